"""Many worlds from the same warm-ups: what explanations and optimisation ask again and again, kept small.

Every variant goes on from where the baseline's warm-up ended, as twins do: same people, same luck. What customers meet
can be held at the baseline's, column by column, to see through what an effect goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulation.costs import costs_table
from simulation.living import market_lives_its_week
from simulation.measures import focal_margin, weekly_table
from simulation.offers import Readings
from simulation.records import OFFER
from simulation.results import Table
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


class Branches:
    """The warm-ups of a baseline, and its weeks; from there any number of variants can be lived, as often as asked.

    Args:
        baseline: the world that all others are variants of.
        threads: cores to use; default all.
        progress: called with the share done and a message.
    """

    def __init__(self, baseline: Scenario, *, threads: int | None = None, progress: Progress | None = None) -> None:
        compile_first(baseline, progress)
        self.baseline = baseline
        self.threads = cores(threads)
        work = self._work(baseline.market.warmup_weeks + baseline.weeks, progress, f"{baseline.name}: warm-up")
        self._stems = self._spread(lambda replicate, inner: _stem(baseline, replicate, inner, work), work)
        self.before = _together([stem.outcome for stem in self._stems])  # the baseline's own weeks
        self._known = {_key(Variant(baseline)): self.before}

    def live(self, asked: Sequence[Variant], *, progress: Progress | None = None) -> list[Outcome]:
        """Live variants: scenarios with the baseline's seed, weeks, replicates and customers; none is lived twice.

        Raises:
            ValueError: one that holds what customers meet has other outlets than the baseline.
        """
        for variant in asked:
            if variant.held and [o.id for o in variant.scenario.outlets] != [o.id for o in self.baseline.outlets]:
                raise ValueError(f"{variant.scenario.name}: what customers meet can be held only in the same outlets")
        chosen = [Variant(beside_its_baseline(each.scenario, self.baseline)[0], each.held) for each in asked]
        keys = [_key(each) for each in chosen]
        new = {key: each for key, each in zip(keys, chosen, strict=True) if key not in self._known}
        work = self._work(len(new) * self.baseline.weeks, progress, f"{len(new)} variants")
        jobs = list(new.values())
        found = self._spread(lambda n, inner: [_lived(self._stems[n], each, n, inner, work) for each in jobs], work)
        self._known |= {key: _together([outcomes[n] for outcomes in found]) for n, key in enumerate(new)}
        return [self._known[key] for key in keys]

    def _work(self, weeks: int, progress: Progress | None, message: str) -> Work:
        return Work(max(1, self.baseline.replicates * weeks), progress, message)

    def _spread(self, job: Callable[[int, int], Any], work: Work) -> list[Any]:
        """A job for every replicate, over threads."""
        outer, inner = shares_of(self.threads, self.baseline.replicates)
        return spread([partial(job, n, inner) for n in range(self.baseline.replicates)], outer, work)


def _key(variant: Variant) -> tuple[str, frozenset[str]]:
    """What a variant is known by: all that its scenario says, whatever it is called, and what is held."""
    return variant.scenario.model_dump_json(exclude={"name", "question", "baseline_name"}), variant.held


class _Stem(NamedTuple):
    """One replicate of the baseline: as it stood after the warm-up, and what its weeks were."""

    scenario: Scenario  # as the replicate lived it
    warm: World
    met: Readings
    outcome: Outcome


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    """The replicates of one world in one table each."""
    return Outcome(*(Table.concat(getattr(each, name) for each in outcomes) for name in ("weekly", "costs")))


def _stem(baseline: Scenario, replicate: int, threads: int, work: Work) -> _Stem:
    """The baseline in one replicate; its twin lives, so that others can go on from where it began."""
    plain = drawn(baseline, replicate)
    warm = warmed(plain, replicate, threads, work)
    met = Readings(warm.warmup)
    record = lived(plain, twin_of(warm, plain, plain), plain.weeks + 1, threads, work, met)
    return _Stem(plain, warm, met, outcome_of(plain, record))


def _lived(stem: _Stem, variant: Variant, replicate: int, threads: int, work: Work) -> Outcome:
    changed = drawn(variant.scenario, replicate)
    twin = twin_of(stem.warm, stem.scenario, changed)
    market = _holding(variant.held, stem.met) if variant.held else None
    record = lived(changed, twin, changed.weeks + 1, threads, work, Readings(twin.warmup), market)
    return outcome_of(changed, record)


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
