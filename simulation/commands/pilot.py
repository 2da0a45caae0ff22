"""A pilot: a short run with few customers, which says how noisy, how settled and how costly the long one would be."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from analysis.effects import Interval, Window, detectable, effects_table, interval, summary_table, t_quantile
from simulation.measures import margins_of, weekly_rows, weekly_table
from simulation.parameters import MEASURES
from simulation.provenance import Comparison
from simulation.recording import Record
from simulation.records import DESK, OFFER, Totals
from simulation.results import Table
from simulation.running import Progress, Work, beside_its_baseline, compile_first, cores, records_of, twin_records
from simulation.scenario import Scenario

PILOT_MEASURES = ("acsi", "experience", "share_of_wallet", "retention", "revenue", "visits")
CUSTOMERS = 2_000
FEWEST_CUSTOMERS = 200
REPLICATES = 6
CUSTOMER_WEEKS = 2_500_000  # two seconds on two cores; a longer pilot takes fewer customers
YEAR, QUARTER = 52, 13
TWIN = "the scenario"  # no name of a file: both worlds may have the same
WEEKS_AFTER = 26  # that the pilot goes on after the first lever or event
SHORTEST_DRIFT = 8  # weeks of warm-up below which a drift says nothing

# Measured: the program and its compiled engine; a customer of one world; a row of the weekly table until it is written.
BYTES_BEFORE, BYTES_PER_CUSTOMER, BYTES_PER_ROW = 320e6, 550, 220


class Size(NamedTuple):
    """What was simulated: so many customers, weeks after the warm-up, and replicates."""

    customers: int
    weeks: int
    replicates: int


@dataclass(frozen=True)
class Pilot:
    """What a short run with few customers tells of a long one."""

    size: Size
    level: Mapping[str, float]  # of the focal retailer in the baseline; sums are those of a week
    drift: Mapping[str, Interval]  # what a level would change by in a year without any lever or event
    detectable: Mapping[str, float]  # the smallest true effect on a level that is found four times in five
    seconds: float  # of the whole scenario, with its baseline
    megabytes: float


def pilot(scenario: Scenario, *, threads: int | None = None, progress: Progress | None = None) -> Pilot:
    """Live a small part of a scenario and its baseline, as twins.

    The noise is taken as the pilot's own. More customers make it smaller, but far less than by the root of their number
    (ten times as many: by a third), because each replicate is another town, on which a lever acts otherwise.
    """
    baseline = scenario.baseline()
    if baseline is not None:
        scenario, baseline = beside_its_baseline(scenario, baseline)
    small = _small(scenario, baseline)
    compile_first(small, progress, threads)
    started = time.perf_counter()
    work = Work(_lives(small, baseline), progress, "a pilot with few customers")
    beside, noise = small if baseline is None else _cut(baseline, _size(small)), {}
    if baseline is None:
        before = records_of(small, cores(threads), work)
    else:
        before, after = twin_records(small, beside, cores(threads), work)
        noise = _noise(scenario, small, beside, before, after)
    seconds = time.perf_counter() - started
    share = _lives(scenario, baseline) / _lives(small, baseline)
    return Pilot(
        size=_size(small),
        level=_levels(beside, before),
        drift=_drift(beside, before),
        detectable=noise,
        seconds=seconds * share * scenario.population.customers / small.population.customers,
        megabytes=_bytes(scenario, 1 if baseline is None else 2) / 1e6,
    )


def _size(scenario: Scenario) -> Size:
    return Size(scenario.population.customers, scenario.weeks, scenario.replicates)


def _lives(scenario: Scenario, baseline: Scenario | None) -> int:
    """Weeks that worlds live."""
    worlds = 1 if baseline is None else 2
    return scenario.replicates * (scenario.market.warmup_weeks + worlds * scenario.weeks)


def _small(scenario: Scenario, baseline: Scenario | None) -> Scenario:
    """A year, or half a year after the first lever or event, of few customers; fewer when the weeks are many."""
    first = Comparison.of(scenario, baseline).first_week
    weeks = min(scenario.weeks, max(YEAR, first + WEEKS_AFTER - 1))
    lives = REPLICATES * (scenario.market.warmup_weeks + 2 * weeks)
    customers = min(CUSTOMERS, max(FEWEST_CUSTOMERS, CUSTOMER_WEEKS // lives), scenario.population.customers)
    return _cut(scenario, Size(customers, weeks, REPLICATES))


def _cut(scenario: Scenario, size: Size) -> Scenario:
    """The first weeks of a scenario with few of its customers. Levers and events of later weeks never come."""
    people = scenario.people
    population = scenario.population.model_copy(update={"customers": size.customers})
    changes = {"population": population, "weeks": size.weeks, "replicates": size.replicates}
    small = scenario.model_copy(update=changes)
    if people is not None:
        step = len(people) / size.customers
        small._people = people.some(np.floor(np.arange(size.customers) * step).astype(int))
    return small


def _focal(scenario: Scenario) -> str:
    return next(retailer.id for retailer in scenario.retailers if retailer.focal)


def _weekly(scenario: Scenario, records: list[Record]) -> Table:
    parts = [(record.totals, record.offers, record.desks) for record in records]
    table = weekly_table(scenario, parts, records[0].world.people.key.size, records[0].world.weight)
    return table.where(retailer=_focal(scenario))


def _levels(scenario: Scenario, records: list[Record]) -> dict[str, float]:
    """Means over the pilot's weeks; of what adds up, a week's."""
    weekly = _weekly(scenario, records)
    table = summary_table(weekly, {scenario.name: Window(1, scenario.weeks)}, MEASURES)
    means = {row["measure"]: row["mean"] for row in table.rows()}
    return {name: means[name] / _weeks_added(name, scenario.weeks) for name in PILOT_MEASURES if name in means}


def _weeks_added(measure: str, weeks: int) -> int:
    return weeks if MEASURES[measure].adds == "sum" else 1


def _noise(
    scenario: Scenario, small: Scenario, beside: Scenario, before: list[Record], after: list[Record]
) -> dict[str, float]:
    """What the scenario's replicates detect, if twins differ from replicate to replicate as the pilot's do.

    Of what adds up, a week's: as if the noise of the pilot's weeks lasted, which is the worse case.
    """
    window = Window(Comparison.of(small, beside).first_week, small.weeks)
    weekly = Table.concat((_weekly(beside, before), _weekly(small.model_copy(update={"name": TWIN}), after)))
    table = effects_table(weekly, {(TWIN, beside.name): window}, MEASURES).where(retailer=_focal(small))
    pilots, count = small.replicates, scenario.replicates
    half = {row["measure"]: (row["high"] - row["low"]) / 2 for row in table.rows()}
    weeks = window.last - window.first + 1
    found = {}
    for name in PILOT_MEASURES:
        if name in half and count > 1:
            error = half[name] / float(t_quantile(0.975, np.array(pilots - 1))) * (pilots / count) ** 0.5
            smallest = float(detectable(np.array(error), np.array(count)))
            found[name] = smallest / _weeks_added(name, weeks)
    return found


def _drift(scenario: Scenario, records: list[Record]) -> dict[str, Interval]:
    """The last quarter of the warm-up against the same weeks a year before; of a short one, its slope at the end."""
    warmup = scenario.market.warmup_weeks
    if warmup < SHORTEST_DRIFT:
        return {}
    changes: dict[str, list[float]] = {}
    for record in records:
        for name, values in _before_week_1(scenario, record, warmup).items():
            changes.setdefault(name, []).append(_change_a_year(values))
    return {name: interval(found) for name, found in changes.items() if np.isfinite(found).any()}


def _change_a_year(values: Any) -> float:
    if not np.isfinite(values).all():
        return math.nan  # too few customers: weeks without a visit
    if values.size >= YEAR + QUARTER:
        return float(values[-QUARTER:].mean() - values[-YEAR - QUARTER : -YEAR].mean())
    quarter = max(4, values.size // 4)
    return float(np.polyfit(np.arange(quarter), values[-quarter:], 1)[0]) * YEAR


def _before_week_1(scenario: Scenario, record: Record, warmup: int) -> dict[str, Any]:
    """The pilot's measures of the focal retailer in each week of the warm-up."""
    world = record.world
    totals = Totals(*(column[:warmup] for column in world.totals))
    nothing, no_desks = np.zeros((warmup, len(scenario.outlets)), OFFER), np.zeros((warmup, len(scenario.desks)), DESK)
    return {
        name: values
        for margin, name, values in weekly_rows(
            scenario, totals, nothing, no_desks, world.people.key.size, world.weight
        )
        if name in PILOT_MEASURES
        and margin.retailer == _focal(scenario)
        and not (margin.outlet or margin.channel or margin.segment or margin.relationship)
    }


def _bytes(scenario: Scenario, worlds: int) -> float:
    """Memory at the end: what every replicate of every world keeps, and its weekly table."""
    rows = worlds * scenario.replicates * scenario.weeks * len(margins_of(scenario)) * len(MEASURES)
    customers = worlds * scenario.replicates * scenario.population.customers
    return BYTES_BEFORE + BYTES_PER_CUSTOMER * customers + BYTES_PER_ROW * rows
