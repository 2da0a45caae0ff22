"""Many worlds from the same warm-ups: what explanations and optimisation ask again and again, kept small.

Every variant goes on from where the baseline's warm-up ended, as twins do: same people, same luck. What customers meet
can be held at the baseline's, column by column, to see through what an effect goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from simulation.alike import Marks, gone_on, marks_of_weeks, stretches
from simulation.costs import costs_table
from simulation.living import market_lives_its_week
from simulation.measures import focal_margin, weekly_table
from simulation.offers import Readings
from simulation.recording import digest_of
from simulation.records import OFFER
from simulation.results import Labels, Table
from simulation.running import (
    MarketsWeek,
    Progress,
    Work,
    beside_its_baseline,
    compile_first,
    cores,
    lived,
    shares_of,
    spread,
    warmed,
)
from simulation.twins import twin_of
from simulation.uncertainty import drawn

if TYPE_CHECKING:
    from simulation.recording import Record
    from simulation.scenario import Scenario
    from simulation.world import World

MET = tuple(name for name in OFFER.names or () if OFFER[name].kind == "f")  # what can be held: all that customers meet


@dataclass(frozen=True)
class Variant:
    """A scenario to live, with the columns of offers that stay as they are in the baseline."""

    scenario: Scenario
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Outcome:
    """One world, all replicates: the focal retailer's weekly measures, and what levers cost."""

    weekly: Table
    costs: Table

    @property
    def tables(self) -> tuple[Table, Table]:
        """Both."""
        return self.weekly, self.costs


class Branches:
    """The warm-ups of a baseline, and its weeks; from there any number of variants can be lived, as often as asked.

    Args:
        baseline: the world that all others are variants of.
        threads: cores to use; default all.
        progress: called with the share done and a message.
    """

    def __init__(self, baseline: Scenario, *, threads: int | None = None, progress: Progress | None = None) -> None:
        compile_first(baseline, progress, threads)
        self.baseline = baseline
        self.threads = cores(threads)
        replicates = range(baseline.replicates)
        work = self._work(len(replicates) * self._weeks(1), progress, f"{baseline.name}: warm-up")
        self._stems = self._spread([partial(_stem, baseline, n) for n in replicates], work)
        self.before = _together([stem.outcome for stem in self._stems])  # the baseline's own weeks
        self._known = {_key(Variant(baseline)): self.before}

    def live(self, asked: Sequence[Variant], *, progress: Progress | None = None) -> list[Outcome]:
        """Live variants: scenarios with the baseline's seed, weeks, replicates and customers; none is lived twice.

        Those that are the same until some week are lived as one until then; those that differ in prices are one.

        Raises:
            ValueError: one that holds what customers meet has other outlets than the baseline.
        """
        for variant in asked:
            if variant.held and [o.id for o in variant.scenario.outlets] != [o.id for o in self.baseline.outlets]:
                raise ValueError(f"{variant.scenario.name}: what customers meet can be held only in the same outlets")
        chosen = [Variant(beside_its_baseline(each.scenario, self.baseline)[0], each.held) for each in asked]
        keys = [_key(each) for each in chosen]
        new = {key: each for key, each in zip(keys, chosen, strict=True) if key not in self._known}
        work = self._work(len(new) * self.baseline.replicates * self.baseline.weeks, progress, f"{len(new)} variants")
        jobs = [partial(_lived, stem, list(new.values())) for stem in self._stems] if new else []
        by_variant = zip(*self._spread(jobs, work), strict=True)
        self._known |= {key: _together(outcomes) for key, outcomes in zip(new, by_variant, strict=True)}
        return [self._known[key] for key in keys]

    def live_beside_their_own(
        self, asked: Sequence[Scenario], *, progress: Progress | None = None
    ) -> list[tuple[Outcome, Outcome]]:
        """Live scenarios that assume something else of their baselines as well, each after its own.

        Where the first replicate of such a baseline is, bit for bit, what it is here, its customers and its market do
        not read what is assumed otherwise; then the other replicates go on from here.
        """
        pairs = [beside_its_baseline(each, each.needed_baseline()) for each in asked]
        others = range(1, self.baseline.replicates)
        work = self._work(len(pairs) * self.baseline.replicates * self._weeks(2), progress, f"{len(pairs)} assumptions")
        begun = self._spread([partial(_stem_and_branch, *pair, 0) for pair in pairs], work)
        alike = [stem.is_like(self._stems[0]) for stem, _ in begun]
        todo = [(place, n) for place in range(len(pairs)) for n in others]
        jobs = [
            partial(_stem_and_branch, *pairs[place], n, stem=self._stems[n] if alike[place] else None)
            for place, n in todo
        ]
        found = [[each] for each in begun]
        for (place, _), pair in zip(todo, self._spread(jobs, work), strict=True):
            found[place].append(pair)
        return [(_together([stem.outcome for stem, _ in each]), _together([own for _, own in each])) for each in found]

    def _weeks(self, worlds: int) -> int:
        """Weeks of a replicate: its warm-up, and so many worlds from there on."""
        return self.baseline.market.warmup_weeks + worlds * self.baseline.weeks

    def _work(self, weeks: int, progress: Progress | None, message: str) -> Work:
        return Work(max(1, weeks), progress, message)

    def _spread(self, jobs: Sequence[Callable[..., Any]], work: Work) -> list[Any]:
        """Jobs over threads; each is told how many threads it may use itself."""
        outer, inner = shares_of(self.threads, max(1, len(jobs)))
        return spread([partial(job, threads=inner, work=work) for job in jobs], outer, work)


Key: TypeAlias = tuple[str, frozenset[str]]


def _key(variant: Variant) -> Key:
    """What a variant is known by: all that its scenario says, whatever it is called, and what is held."""
    return variant.scenario.model_dump_json(exclude={"name", "question", "baseline_name"}), variant.held


class _Stem(NamedTuple):
    """One replicate of the baseline: as it stood after the warm-up, and what its weeks were."""

    scenario: Scenario  # as the replicate lived it
    warm: World
    met: Readings
    outcome: Outcome
    marks: bytes

    def is_like(self, other: _Stem) -> bool:
        """Whether both are the same to the bit: the warm-up, the weeks, and what came of them."""
        tables = zip(self.outcome.tables, other.outcome.tables, strict=True)
        return self.marks == other.marks and all(_same_numbers(own, others) for own, others in tables)


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    """The replicates of one world in one table each."""
    return Outcome(*map(Table.concat, zip(*(each.tables for each in outcomes), strict=True)))


def _stem(baseline: Scenario, replicate: int, threads: int, work: Work) -> _Stem:
    """The baseline in one replicate; its twin lives, so that others can go on from where it began."""
    plain = drawn(baseline, replicate)
    warm = warmed(plain, replicate, threads, work)
    met = Readings(warm.warmup)
    record = lived(plain, twin_of(warm, plain, plain), plain.weeks + 1, threads, work, met)
    return _Stem(plain, warm, met, outcome_of(plain, record), _marks(warm) + _marks(record.world))


def _marks(world: World) -> bytes:
    """What tells a world as it stands from any other: all of its customers and its market."""
    market = hashlib.sha256()
    for column in world.market:
        market.update(np.ascontiguousarray(column).tobytes())
    return digest_of(world) + market.digest()


def _same_numbers(own: Table, other: Table) -> bool:
    """Whether two tables have the same numbers, to the bit, in the same columns."""
    if list(own.columns) != list(other.columns) or len(own) != len(other):
        return False
    numbers = (name for name, column in own.columns.items() if not isinstance(column, Labels))
    return all(np.array_equal(own[name], other[name], equal_nan=True) for name in numbers)


def _stem_and_branch(
    scenario: Scenario, baseline: Scenario, replicate: int, threads: int, work: Work, stem: _Stem | None = None
) -> tuple[_Stem, Outcome]:
    """One replicate of a baseline, unless it is there, and of a scenario that goes on from its warm-up."""
    begun = stem or _stem(baseline, replicate, threads, work)
    return begun, _lived(begun, [Variant(scenario)], threads, work)[0]


def _lived(stem: _Stem, variants: Sequence[Variant], threads: int, work: Work) -> list[Outcome]:
    """One replicate of every variant; those that are one until some week are lived as one until then."""
    replicate = stem.warm.key[1]
    changed = [drawn(variant.scenario, replicate) for variant in variants]
    marks = _marks_of(stem, changed, variants)
    todo = [
        (stretch, twin_of(stem.warm, stem.scenario, changed[stretch.worlds[0]]), Readings(stem.warm.warmup))
        for stretch in stretches(marks, range(len(variants)))
    ]
    found: dict[int, Outcome] = {}
    while todo:
        stretch, world, met = todo.pop()
        first = stretch.worlds[0]
        market = _holding(variants[first].held, stem.met) if variants[first].held else None
        weeks = range(stretch.begin, stretch.end)
        record = lived(changed[first], world, changed[first].weeks + 1, threads, work, met, market, weeks)
        if stretch.end == changed[first].weeks:
            found |= {n: outcome_of(changed[n], record) for n in stretch.worlds}
        else:
            parts = stretches(marks, stretch.worlds, stretch.end)
            todo += [(part, gone_on(record.world, changed[part.worlds[0]]), met.copied()) for part in parts]
    return [found[n] for n in range(len(variants))]


def _marks_of(stem: _Stem, changed: Sequence[Scenario], variants: Sequence[Variant]) -> list[Marks]:
    """Marks of the weeks of variants; what is held at the baseline's tells from the week in which they part from it."""
    if len(variants) == 1:
        return [range(changed[0].weeks)]  # there is nothing that it could be like
    baseline = marks_of_weeks(stem.scenario, twin_of(stem.warm, stem.scenario, stem.scenario))
    marks = [marks_of_weeks(scenario, twin_of(stem.warm, stem.scenario, scenario)) for scenario in changed]
    return [_marks_with_held(own, baseline, each.held) for own, each in zip(marks, variants, strict=True)]


def _marks_with_held(marks: Marks, baseline: Marks, held: frozenset[str]) -> Marks:
    parts = next((week for week, mark in enumerate(marks) if mark != baseline[week]), len(marks))
    return [*marks[:parts], *((mark, held) for mark in marks[parts:])]


def _holding(held: frozenset[str], met: Readings) -> MarketsWeek:
    """The market's week, with some columns of its offers as they were in the baseline."""

    def market_lives_its_week_held(week: int, market: Any, *others: Any) -> None:
        market_lives_its_week(week, market, *others)
        there = met.weeks["outlet"][week - met.first]
        for name in held:
            market.offers[name][:] = there[name]

    return market_lives_its_week_held


def outcome_of(scenario: Scenario, record: Record) -> Outcome:
    """What is kept of one replicate of one world; `scenario` is as the replicate lived it."""
    part = (record.totals, record.offers, record.desks)
    customers = record.world.people.key.size
    focal = focal_margin(scenario)
    weekly = weekly_table(scenario, [part], customers, record.world.weight, [focal]).where(retailer=focal.retailer)
    replicate = np.full(len(weekly), record.world.key[1], np.int32)
    return Outcome(weekly.adding(replicate=replicate), costs_table(scenario, [record], joint=False))
