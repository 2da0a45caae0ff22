"""Many worlds from the same warm-ups: what explanations and optimisation ask again and again, kept small.

Every variant goes on from where the baseline's warm-up ended, as twins do: same people, same luck. What customers meet
can be held at the baseline's, column by column, to see through what an effect goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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


def variants(
    baseline: Scenario, asked: Sequence[Variant], *, threads: int | None = None, progress: Progress | None = None
) -> list[Outcome]:
    """Live the baseline and every variant of it.

    Args:
        baseline: the world that all others are variants of.
        asked: scenarios with its seed, weeks, replicates and customers.
        threads: cores to use; default all.
        progress: called with the share done and a message.

    Returns:
        One outcome for the baseline, then one for each variant, in order.

    Raises:
        ValueError: a variant that holds what customers meet has other outlets than the baseline.
    """
    for variant in asked:
        if variant.held and [o.id for o in variant.scenario.outlets] != [o.id for o in baseline.outlets]:
            raise ValueError(f"{variant.scenario.name}: what customers meet can be held only in the same outlets")
    compile_first(baseline, progress)
    chosen = [Variant(beside_its_baseline(each.scenario, baseline)[0], each.held) for each in asked]
    weeks = baseline.market.warmup_weeks + (1 + len(chosen)) * baseline.weeks
    work = Work(baseline.replicates * weeks, progress, f"{len(chosen)} variants of {baseline.name}")
    outer, inner = shares_of(cores(threads), baseline.replicates)
    jobs = [lambda n=n: _replicate(baseline, chosen, n, inner, work) for n in range(baseline.replicates)]
    found = spread(jobs, outer, work)
    return [_together([outcomes[n] for outcomes in found]) for n in range(1 + len(chosen))]


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    """The replicates of one world in one table each."""
    return Outcome(*(Table.concat(getattr(each, name) for each in outcomes) for name in ("weekly", "costs")))


def _replicate(baseline: Scenario, asked: Sequence[Variant], replicate: int, threads: int, work: Work) -> list[Outcome]:
    """The baseline and every variant in one replicate."""
    plain = drawn(baseline, replicate)
    warm = warmed(plain, replicate, threads, work)
    met = Readings(warm.warmup)

    def live(variant: Variant, readings: Readings) -> Outcome:
        changed = drawn(variant.scenario, replicate)
        twin = twin_of(warm, plain, changed)
        market = _holding(variant.held, met) if variant.held else None
        return _outcome(changed, lived(changed, twin, changed.weeks + 1, threads, work, readings, market))

    return [live(Variant(baseline), met), *(live(variant, Readings(warm.warmup)) for variant in asked)]


def _holding(held: frozenset[str], met: Readings) -> MarketsWeek:
    """The market's week, with some columns of its offers as they were in the baseline."""

    def market_lives_its_week_held(week: int, market: Any, *others: Any) -> None:
        market_lives_its_week(week, market, *others)
        there = met.weeks["outlet"][week - met.first]
        for name in held:
            market.offers[name][:] = there[name]

    return market_lives_its_week_held


def _outcome(scenario: Scenario, record: Record) -> Outcome:
    """What is kept of one replicate of one world; `scenario` is as the replicate lived it."""
    part = (record.totals, record.offers, record.desks)
    customers = record.world.people.key.size
    weekly = weekly_table(scenario, [part], customers, record.world.weight, [focal_margin(scenario)])
    replicate = np.full(len(weekly), record.world.key[1], np.int32)
    return Outcome(weekly.adding(replicate=replicate), costs_table(scenario, [record], joint=False))
