"""What would turn the recommendation: each assumption moved over its range, alone, with the same luck.

An assumption whose range turns the sign of net present value is searched for the value at which it turns.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from analysis.answer import window_of
from analysis.effects import Interval, interval
from analysis.why.outcomes import NPV, differences
from simulation import parameters as numbers
from simulation.provenance import Comparison
from simulation.scenario import Scenario
from simulation.variants import Branches, Outcome, Variant

Progress = Callable[[float, str], None]
LINKS = ("satisfaction_weight",)  # from experience to money, whatever the lever; all others when every number is asked
STEPS = 2  # of the search for where the sign turns
CLOSE = 0.01  # of what the whole range does to the value: near enough to 0
STRAIGHT = 1e-6  # of what is searched
Point: TypeAlias = tuple[float, float]  # a setting of an assumption, and the value there


class Assumption(NamedTuple):
    """A number that somebody chose: its path, the value here, and between what it may lie."""

    path: str
    low: float
    value: float
    high: float
    unit: str
    about: str
    source: str


class Swing(NamedTuple):
    """Net present value with an assumption at the ends of its range, and where it changes its sign, if it does."""

    assumption: Assumption
    at_low: Interval
    at_high: Interval
    turns_at: float | None

    @property
    def size(self) -> float:
        """How far apart the ends bring it."""
        return abs(self.at_high.mean - self.at_low.mean)


@dataclass(frozen=True)
class Flips:
    """Net present value as assumed, and every assumption's swing, the largest first."""

    base: Interval
    swings: tuple[Swing, ...]

    @property
    def turning(self) -> tuple[Swing, ...]:
        """Those that turn the recommendation."""
        return tuple(swing for swing in self.swings if swing.turns_at is not None)


def assumptions_of(scenario: Scenario, every: bool = False) -> list[Assumption]:
    """What a scenario's value hangs on: its levers' effects and prices, what they hang on, the links to money.

    `every`: all parameters of the model.
    """
    shared = {lever.id for lever in scenario.needed_baseline().levers}
    bought = [lever for lever in scenario.levers if lever.id not in shared]
    hung = [name for lever in bought for name in numbers.LEVERS[lever.kind].hangs_on]
    names = numbers.PARAMETERS if every else dict.fromkeys((*hung, *LINKS))
    return [*(each for lever in bought for each in _fields(scenario, lever.id)), *_parameters(scenario, names)]


def _fields(scenario: Scenario, name: str) -> Iterator[Assumption]:
    lever = next(lever for lever in scenario.levers if lever.id == name)
    for field, row in numbers.LEVERS[lever.kind].fields.items():
        path, value = f"lever.{name}.{field}", lever.fields[field]
        known = scenario.sources.get(path)
        ends = row.spread if known is None or known.low is None or known.high is None else (known.low, known.high)
        if ends is not None:
            yield Assumption(path, ends[0], float(value), ends[1], row.unit, row.about, row.source)


def _parameters(scenario: Scenario, names: Iterable[str]) -> Iterator[Assumption]:
    for name in names:
        row = numbers.PARAMETERS[name]
        value = float(scenario.parameters.get(name, row.value))
        if row.low < row.high:
            yield Assumption(f"parameters.{name}", row.low, value, row.high, row.unit, row.about, row.source)


def flips(
    scenario: Scenario,
    branches: Branches,
    assumptions: Sequence[Assumption],
    *,
    progress: Progress | None = None,
) -> Flips:
    """How far each assumption moves the net present value of a scenario, and which of them turn its sign.

    Args:
        scenario: any question.
        branches: of its baseline.
        assumptions: what to move.
        progress: called with the share done and a message.
    """
    value = _Valuing(scenario, branches, progress)
    ends = value.of([(each, end) for each in assumptions for end in (each.low, each.high)])
    swings = [Swing(each, low, high, None) for each, low, high in zip(assumptions, ends[::2], ends[1::2], strict=True)]
    turns = _where_they_turn(value, swings)
    found = [swing._replace(turns_at=turns.get(swing.assumption)) for swing in swings]
    return Flips(value.base, tuple(sorted(found, key=lambda swing: -swing.size)))


def ends_of_levers(scenario: Scenario, assumptions: Iterable[Assumption]) -> list[Scenario]:
    """The scenario as it stands, and with what is assumed of its levers at either end: worlds of one baseline."""
    of_levers = [each for each in assumptions if _is_of_a_lever(each)]
    return [scenario, *(_changed(scenario, each, end) for each in of_levers for end in (each.low, each.high))]


def _is_of_a_lever(assumption: Assumption) -> bool:
    """What belongs to a lever does not touch the baseline, so its warm-up and weeks serve again."""
    return assumption.path.startswith("lever.")


def _changed(scenario: Scenario, assumption: Assumption, number: float) -> Scenario:
    return scenario if number == assumption.value else scenario.replace(edits={assumption.path: number})


class _Valuing:
    """Net present value of a scenario with one assumption changed in both worlds."""

    def __init__(self, scenario: Scenario, branches: Branches, progress: Progress | None) -> None:
        self.scenario, self.branches, self.progress = scenario, branches, progress
        self.window = window_of(Comparison.of(scenario, branches.baseline))
        (self.base,) = self._of_levers([scenario])

    def of(self, asked: Sequence[tuple[Assumption, float]]) -> list[Interval]:
        """Values with each assumption at a number, in the same order."""
        own = [each for each in asked if _is_of_a_lever(each[0]) or each[1] == each[0].value]
        both = [each for each in asked if each not in own]
        values = dict(zip(own, self._of_levers([_changed(self.scenario, *each) for each in own]), strict=True))
        values |= zip(both, self._of_both([_changed(self.scenario, *each) for each in both]), strict=True)
        return [values[each] for each in asked]

    def _of_levers(self, scenarios: Sequence[Scenario]) -> list[Interval]:
        lived = self.branches.live([Variant(each) for each in scenarios], progress=self.progress)
        return [self._npv(self.branches.before, *each) for each in zip(lived, scenarios, strict=True)]

    def _of_both(self, scenarios: Sequence[Scenario]) -> list[Interval]:
        lived = self.branches.live_beside_their_own(scenarios, progress=self.progress)
        return [self._npv(*pair, each) for pair, each in zip(lived, scenarios, strict=True)]

    def _npv(self, before: Outcome, after: Outcome, scenario: Scenario) -> Interval:
        return interval(differences(before, after, scenario, self.window, (NPV,))[NPV])


def _where_they_turn(value: _Valuing, swings: Sequence[Swing]) -> dict[Assumption, float]:
    """Where value changes its sign, nearest to what is assumed, of those that turn it; searched side by side."""
    searches = [
        _Search(swing.assumption, swing.size, (swing.assumption.value, value.base.mean), end, tuple(_points(swing)))
        for swing in swings
        for end in _points(swing)
        if end[1] * value.base.mean < 0.0
    ]
    for _ in range(STEPS):
        todo = [search for search in searches if not search.is_over]
        found = value.of([(search.assumption, search.guess) for search in todo])
        looked = {id(search): search.narrowed(each.mean) for search, each in zip(todo, found, strict=True)}
        searches = [looked.get(id(search), search) for search in searches]
    turns: dict[Assumption, float] = {}
    for search in sorted(searches, key=lambda search: abs(search.guess - search.assumption.value)):
        turns.setdefault(search.assumption, search.guess)
    return turns


def _points(swing: Swing) -> Iterator[Point]:
    yield swing.assumption.low, swing.at_low.mean
    yield swing.assumption.high, swing.at_high.mean


class _Search(NamedTuple):
    """For where value changes its sign between two settings of an assumption, with what is known of others."""

    assumption: Assumption
    size: float  # how far apart the ends of its range bring the value
    here: Point
    there: Point  # of the other sign
    others: tuple[Point, ...]

    @property
    def guess(self) -> float:
        """Where a parabola through both and the nearest other is 0 (inverse: Brent 1973, chapter 4); else, a line."""
        line = _on_a_line(self.here, self.there)
        third = min(self._thirds(), key=lambda point: abs(point[0] - line), default=None)
        bent = line if third is None else _on_a_parabola(self.here, self.there, third)
        low, high = sorted((self.here[0], self.there[0]))
        return bent if low < bent < high else line

    @property
    def is_over(self) -> bool:
        """Whether a setting is near enough, or value is a straight line, on which there is nothing to search."""
        near = min(abs(self.here[1]), abs(self.there[1])) <= CLOSE * self.size
        bends = (abs(_on_a_line(self.here, third) - _on_a_line(self.here, self.there)) for third in self._thirds())
        return near or max(bends, default=1.0) <= STRAIGHT * abs(self.there[0] - self.here[0])

    def narrowed(self, found: float) -> _Search:
        """With the value at the guess."""
        looked, others = (self.guess, found), (*self.others, self.here, self.there)
        if found * self.here[1] > 0.0:
            return self._replace(here=looked, others=others)
        return self._replace(there=looked, others=others)

    def _thirds(self) -> list[Point]:
        """Other points, of other values than both."""
        return [each for each in self.others if each[1] not in (self.here[1], self.there[1])]


def _on_a_line(here: Point, there: Point) -> float:
    """Where the line through two points is 0."""
    return here[0] - here[1] * (there[0] - here[0]) / (there[1] - here[1])


def _on_a_parabola(*points: Point) -> float:
    """Where the parabola through three points is 0, settings as a function of values."""
    settings, values = zip(*points, strict=True)
    total = 0.0
    for place, setting in enumerate(settings):
        others = [value for other, value in enumerate(values) if other != place]
        total += setting * math.prod(value / (value - values[place]) for value in others)
    return float(total)
