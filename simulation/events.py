"""`events.parquet`: some customers' lives touchpoint by touchpoint, replayed when the run is over.

Whose, says `[record] events`; of each world, replicate 0. The replay needs uncompiled boxes, so it happens in a process
of its own, on the offers that this run has just saved for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import numpy as np

from simulation.compiling import IS_PLAIN, PACKAGE
from simulation.life import Life, Occasion, Stocks, Visit
from simulation.population import draw_keys
from simulation.recording import sample_of_keys
from simulation.results import EMPTY, CompareResults, RunResults, Table
from simulation.scenario import Scenario

REPLICATE = 0
NAME = "events"
Row: TypeAlias = dict[str, Any]
HEAD = ("scenario", "replicate", "customer_id", "week", "occasion", "event")
TEXTS = ("scenario", "event", "retailer", "outlet", "touchpoint", "failure", "status", "status_before")


def places_of(scenario: Scenario) -> list[int]:
    """Where the customers whose events a scenario wants recorded stand in its population."""
    wanted = scenario.record.events
    if isinstance(wanted, int):
        return [int(place) for place in sample_of_keys(draw_keys(scenario), wanted)] if wanted else []
    if scenario.people is None:
        return sorted({int(name) for name in wanted})
    at = {name: place for place, name in enumerate(scenario.people.ids)}
    return sorted({at[name] for name in wanted})


def recorded_events(
    results: RunResults | CompareResults, progress: Callable[[float, str], None] | None = None
) -> Table | None:
    """The events that the scenarios want recorded, in both worlds of each; None if none does."""
    wanted = _wanted(results)
    if not any(wanted.values()):
        return None
    if progress is not None:
        progress(1.0, "replaying the customers whose events are recorded")
    from simulation import files

    with TemporaryDirectory() as place:
        folder = files.save(_offers_only(results), Path(place) / "run")
        _write(folder, wanted) if IS_PLAIN else _write_elsewhere(folder, wanted)
        return files.load(folder).events


def _wanted(results: RunResults | CompareResults) -> dict[str, list[int]]:
    """By world, whose events: the scenario says so for its baseline too."""
    if isinstance(results, RunResults):
        return {results.name: places_of(results.scenario)}
    wanted: dict[str, set[int]] = {}
    for scenario, baseline in results.scenarios:
        places = places_of(scenario)
        for world in (scenario, baseline):
            wanted.setdefault(world.name, set()).update(places)
    return {world: sorted(places) for world, places in wanted.items()}


def _offers_only(results: RunResults | CompareResults) -> RunResults | CompareResults:
    """What a replay reads, without the large tables."""
    if isinstance(results, RunResults):
        return replace(results, weekly=EMPTY, summary=EMPTY, customers=EMPTY, tenure=EMPTY, transitions=EMPTY)
    worlds = {
        name: replace(world, weekly=EMPTY, summary=EMPTY, customers=EMPTY, tenure=EMPTY, transitions=EMPTY)
        for name, world in results.worlds.items()
    }
    return replace(results, worlds=worlds, twins=EMPTY, effects=EMPTY, summary=EMPTY)


def _write_elsewhere(folder: Path, wanted: Mapping[str, list[int]]) -> None:
    """The same in a process whose boxes are not compiled; -P keeps a `simulation` of the user's out of its way."""
    paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(paths)}
    words = [sys.executable, "-P", "-m", "simulation.events", str(folder.resolve())]
    subprocess.run(words, env=environment, input=json.dumps(wanted), text=True, check=True)  # noqa: S603


def _write(folder: Path, wanted: Mapping[str, list[int]]) -> None:
    """Replay customers of a run folder and write their events into it."""
    from simulation.files import load
    from simulation.replay import origins, replayed
    from simulation.tables import write_parquet

    lives = (
        (replayed(origin, place, REPLICATE)[0], origin.scenario.people is None)
        for origin in origins(load(folder))
        for place in wanted.get(origin.scenario.name, ())
    )
    rows = [row for life, numbered in lives for row in rows_of(life, numbered=numbered)]
    write_parquet(table_of(rows), folder / f"{NAME}.parquet")


def table_of(rows: Iterable[Row]) -> Table:
    """Rows with different columns as one table: a text that a row has not is empty, a number NaN."""
    rows = list(rows)
    names = dict.fromkeys([*HEAD, *(name for row in rows for name in row)])
    return Table.of(**{name: [row.get(name, "" if name in TEXTS else np.nan) for row in rows] for name in names})


def rows_of(life: Life, *, numbered: bool) -> Iterator[Row]:
    """A life as rows: the choice (one row an alternative), touchpoints, purchase and judgement of every occasion."""
    who = int(life.customer) if numbered else life.customer
    head = {"scenario": life.scenario, "replicate": life.replicate, "customer_id": who}
    before = life.beginning
    for week in life.weeks:
        for occasion in week.occasions:
            at = {**head, "week": week.week, "occasion": occasion.number}
            yield from ({**at, **row} for row in _rows_of_occasion(occasion))
        changed = _changes(before, week.stocks)
        yield from ({**head, "week": week.week, "event": "relationship", **row} for row in changed)
        before = week.stocks


def _rows_of_occasion(occasion: Occasion) -> Iterator[Row]:
    for each in occasion.alternatives:
        yield {
            "event": "choice",
            "retailer": each.retailer,
            "outlet": each.outlet,
            "probability": each.probability,
            "happened": float(each.chosen),
            "utility": each.utility,
            "luck": each.luck,
            **_named("term", each.terms),
        }
    if occasion.visit is not None:
        at = {"retailer": occasion.visit.retailer, "outlet": occasion.visit.outlet}
        yield from ({**row, **at} for row in _rows_of_visit(occasion.visit))


def _rows_of_visit(visit: Visit) -> Iterator[Row]:
    for each in visit.touchpoints:
        delivered = _named("delivered", each.dimensions)
        yield {"event": "touchpoint", "touchpoint": each.name, "felt": each.felt, "lost": each.lost, **delivered}
    yield {
        "event": "purchase",
        "probability": visit.chance_to_buy,
        "happened": float(visit.bought),
        "amount": visit.amount,
    }
    yield {
        "event": "visit",
        "failure": visit.failure.severity if visit.failure else "",
        "touchpoint": visit.failure.touchpoint if visit.failure else "",
        "lost": visit.failure.loss if visit.failure else 0.0,
        "out_of_stock": float(visit.out_of_stock),
        "wait_minutes": visit.wait_minutes,
        "felt": visit.experience,
        **visit.dimensions,
        "will_expectation": visit.will,
        "should_expectation": visit.should,
        "perceived": visit.perceived,
        "gap": visit.gap,
        "satisfied": visit.encounter,
        "remembered": visit.remembered,
        **_named("level", visit.levels),
        **_named("importance", visit.importance),
        **_carried(visit.after),
    }


def _named(kind: str, values: Mapping[str, float]) -> Row:
    return {f"{kind}_{name}": value for name, value in values.items()}


def _carried(stocks: Stocks) -> Row:
    return {
        "status": stocks.status,
        "satisfaction": stocks.satisfaction,
        "expectation": stocks.expectation,
        "trust": stocks.trust,
        "loyalty": stocks.loyalty,
    }


def _changes(before: Mapping[str, Stocks], after: Mapping[str, Stocks]) -> Iterator[Row]:
    """Relationships whose status is another at the end of the week."""
    for retailer, stocks in after.items():
        was = before[retailer].status if retailer in before else "none"
        if was != stocks.status:
            yield {"retailer": retailer, "status_before": was, **_carried(stocks)}


if __name__ == "__main__":
    _write(Path(sys.argv[1]), json.load(sys.stdin))
