"""What would turn the recommendation: each assumption moved over its range, alone, with the same luck.

An assumption whose range turns the sign of net present value is searched for the value at which it turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analysis.answer import window_of
from analysis.effects import Interval, interval
from analysis.why.outcomes import NPV, differences
from simulation import parameters as numbers
from simulation.provenance import Comparison
from simulation.scenario import Scenario
from simulation.variants import Branches, Variant

Progress = Callable[[float, str], None]
LINKS = ("satisfaction_weight",)  # from experience to money, whatever the lever; all others when every number is asked
STEPS = 3  # of the search for where the sign turns


class Assumption(NamedTuple):
    """A number that somebody chose: its path, the value here, and between what it may lie."""

    path: str
    low: float
    value: float
    high: float
    unit: str
    about: str
    source: str


@dataclass(frozen=True)
class Swing:
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
    threads: int | None = None,
    progress: Progress | None = None,
) -> Flips:
    """How far each assumption moves the net present value of a scenario, and which of them turn its sign.

    Args:
        scenario: any question.
        branches: of its baseline.
        assumptions: what to move.
        threads: cores to use; default all.
        progress: called with the share done and a message.
    """
    value = _Valuing(scenario, branches, threads)
    base = value()
    found = []
    for number, assumption in enumerate(assumptions):
        if progress is not None:
            progress(number / len(assumptions), f"what if {assumption.path} were otherwise")
        found.append(_swing(value, assumption, base))
    return Flips(base, tuple(sorted(found, key=lambda swing: -swing.size)))


class _Valuing:
    """Net present value of a scenario with one assumption changed in both worlds.

    What belongs to a lever does not touch the baseline, so its warm-up and weeks serve again.
    """

    def __init__(self, scenario: Scenario, branches: Branches, threads: int | None) -> None:
        self.scenario, self.branches, self.threads = scenario, branches, threads
        self.window = window_of(Comparison.of(scenario, branches.baseline))

    def __call__(self, path: str = "", number: float = 0.0) -> Interval:
        changed = self.scenario.replace(edits={path: number}) if path else self.scenario
        branches = self.branches
        if not path.startswith("lever.") and path:
            branches = Branches(changed.needed_baseline(), threads=self.threads)
        (after,) = branches.live([Variant(changed)])
        return interval(differences(branches.before, after, changed, self.window, (NPV,))[NPV])


def _swing(value: _Valuing, assumption: Assumption, base: Interval) -> Swing:
    ends = [value(assumption.path, end) for end in (assumption.low, assumption.high)]
    turned = [
        (end, found.mean)
        for end, found in zip((assumption.low, assumption.high), ends, strict=True)
        if found.mean * base.mean < 0.0
    ]
    where = [_crossing(value, assumption, (assumption.value, base.mean), end) for end in turned]
    nearest = min(where, key=lambda number: abs(number - assumption.value), default=None)
    return Swing(assumption, ends[0], ends[1], nearest)


def _crossing(value: _Valuing, assumption: Assumption, here: tuple[float, float], there: tuple[float, float]) -> float:
    """Where value changes its sign between two settings of an assumption with opposite signs: regula falsi."""
    for _ in range(STEPS):
        middle = _between(here, there)
        found = value(assumption.path, middle).mean
        if found == 0.0:
            return middle
        here, there = ((middle, found), there) if found * here[1] > 0.0 else (here, (middle, found))
    return _between(here, there)


def _between(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Where the line through two points is 0."""
    return here[0] - here[1] * (there[0] - here[0]) / (there[1] - here[1])
