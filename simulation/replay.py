"""Any customer of a finished run lives again, alone, in the plain twin: against the offers that the run saved.

Nothing but these offers ties customers together, so the life is the same, bit for bit. This module only drives the
engine (`Clock`, with the market's week replaced by what it was) and the plain twin; it has no behaviour of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from simulation.compiling import IS_PLAIN
from simulation.customer.plain import Values, customers_live_their_week
from simulation.diary import ONLY, Diary, stocks_of
from simulation.files import RunFolderError, SavedRun
from simulation.life import Life, Stocks
from simulation.living import Clock
from simulation.offers import TABLES, Readings, readings_from
from simulation.people_tables import traits_of
from simulation.scenario import Scenario
from simulation.scenario.population_file import People
from simulation.scenario.problems import unknown, unknown_customer
from simulation.twins import twin_of
from simulation.uncertainty import drawn
from simulation.world import World, world_of

NOT_SAVED = "it has not saved what customers could read in every week. Run it again with this version."


@dataclass(frozen=True)
class Origin:
    """A world of a run folder: its scenario, and the baseline whose warm-up it went on from (a baseline has none)."""

    scenario: Scenario
    baseline: Scenario | None
    saved: SavedRun

    def lived(self, replicate: int) -> tuple[Scenario, Scenario]:
        """The world it went on from and itself as that replicate lived them: comparisons draw what is not known."""
        both = (self.baseline or self.scenario, self.scenario)
        if self.saved.manifest["verb"] != "compare":
            return both
        return drawn(both[0], replicate), drawn(both[1], replicate)

    def readings(self, scenario: Scenario, world: World) -> Readings:
        """What customers of one of its two scenarios read in the replicate of a world."""
        try:
            name, replicate = scenario.name, world.key[1]
            rows = {table: self.saved.read(table, scenario=name, replicate=replicate) for table in TABLES}
            return readings_from(rows, scenario, world.market)
        except (KeyError, ValueError) as error:  # no such table, or one of another version
            raise RunFolderError(f"{self.saved.folder}: {NOT_SAVED}") from error


class Trips:
    """Counts occasions that nobody wants to read about."""

    def __init__(self) -> None:
        self.number = 0

    def append(self, visit: Values, /) -> None:
        """One more, if it did not end at home."""
        self.number += int(visit.went)


def alone(scenario: Scenario, place: int) -> Scenario:
    """The same scenario with one of its customers only: their draw key, and their traits where a file gave them."""
    people = scenario.people
    if people is None:
        return scenario.with_people(People(np.array([str(place)], object), np.array([place], np.uint64), {}))
    traits = {name: values[[place]] for name, values in people.traits.items()}
    return scenario.with_people(People(people.ids[[place]], people.draw_keys[[place]], traits))


def replayed(origin: Origin, place: int, replicate: int) -> tuple[Life, World]:
    """The life of the customer at a place of the population, from week 1, and the world it ends in.

    Raises:
        RuntimeError: this process compiles its boxes; a replay needs one started with NUMBA_DISABLE_JIT=1.
        RunFolderError: the folder has not saved every week's offers.
    """
    if not IS_PLAIN:
        raise RuntimeError("a replay needs a process started with NUMBA_DISABLE_JIT=1")
    first, scenario = (alone(each, place) for each in origin.lived(replicate))
    world = world_of(first, replicate)
    trips = Trips()
    _live(world, origin.readings(first, world), 0, world.warmup, trips)
    if origin.baseline is not None:
        world = twin_of(world, first, scenario)
    diary = Diary(world, scenario)
    beginning = stocks_of(world, scenario, max(world.warmup - 1, 0))
    _live(world, origin.readings(scenario, world), world.warmup, world.plans.situations.size, diary)
    return _life(diary, beginning, trips.number), world


def _life(diary: Diary, beginning: dict[str, Stocks], trips: int) -> Life:
    """What the diary saw, with who it is about."""
    world, people = diary.world, diary.scenario.people
    traits = traits_of(world, np.array([ONLY]))
    segment = traits.pop("segment")
    return Life(
        customer="" if people is None else str(people.ids[ONLY]),
        scenario=diary.scenario.name,
        replicate=world.key[1],
        traits={name: float(values[0]) for name, values in traits.items()},
        segment=str(segment.texts()[0]),
        ordinary=world.numbers.store.ordinary_level,
        beginning=beginning,
        trips_before=trips,
        weeks=tuple(diary.weeks),
    )


def _live(world: World, readings: Readings, first: int, end: int, trace: Trips | Diary) -> None:
    """Live engine weeks `first` to before `end`."""
    if not readings.holds(first, end - 1):
        raise RunFolderError(NOT_SAVED)
    live = _noted(trace) if isinstance(trace, Diary) else partial(customers_live_their_week, trace=trace)
    clock = Clock(world, live=live, market=remembering(readings))
    clock.week = first
    for _ in range(first, end):
        clock.step()
        if isinstance(trace, Diary):
            trace.week_ends()


def _noted(diary: Diary) -> Any:
    """The customers' week in a diary, which opens when outlets have opened and newcomers have begun."""
    live = partial(customers_live_their_week, trace=diary, link_trace=diary.links)

    def customers_live_a_week_noted(begin: int, end: int, week: int, *others: Any) -> None:
        diary.week_begins(week)
        live(begin, end, week, *others)

    return customers_live_a_week_noted


def remembering(readings: Readings) -> Any:
    """A market's week, with the signature of the engine's, in which every offer is what it was."""

    def market_remembers_its_week(week: int, market: Any, *_: Any) -> None:
        readings.put_back(week, market)

    return market_remembers_its_week


def origins(saved: SavedRun) -> Iterator[Origin]:
    """The worlds of a run folder: each scenario and each baseline once."""
    seen = set()
    for scenario, baseline in saved.scenarios:
        seen.add(scenario.name)
        yield Origin(scenario, baseline, saved)
    for _, baseline in saved.scenarios:
        if baseline is not None and baseline.name not in seen:
            seen.add(baseline.name)
            yield Origin(baseline, None, saved)


def origin_of(saved: SavedRun, name: str | None = None) -> Origin:
    """A world of a run folder by name; the first scenario's if none is given.

    Raises:
        RunFolderError: there is none of that name.
    """
    found = {origin.scenario.name: origin for origin in origins(saved)}
    if name is None:
        return next(iter(found.values()))
    if name not in found:
        raise RunFolderError(f"{saved.folder}: {unknown('scenario', name, found)}")
    return found[name]


def place_of(saved: SavedRun, scenario: Scenario, customer: str) -> int:
    """Where a customer stands in the population.

    Raises:
        RunFolderError: there is no such customer.
    """
    people = scenario.people
    count = len(people) if people is not None else scenario.population.customers
    fault = unknown_customer(customer, count, people.ids if people is not None else None)
    if fault:
        raise RunFolderError(f"{saved.folder}: {fault}")
    return int(customer) if people is None else int(np.flatnonzero(people.ids == customer)[0])


def lives(saved: SavedRun, customer: str, replicate: int = 0, scenario: str | None = None) -> tuple[Life, Life | None]:
    """A customer's life in one world of a run folder, and the twin's in its baseline (None if it has none).

    Raises:
        RunFolderError: there is no such customer, replicate or scenario, or not every week's offers were saved.
    """
    origin = origin_of(saved, scenario)
    place = place_of(saved, origin.scenario, customer)
    if not 0 <= replicate < saved.replicates:
        last = f"0 to {saved.replicates - 1}" if saved.replicates > 1 else "0 only"
        raise RunFolderError(f"{saved.folder}: there is no replicate {replicate}; it has replicates {last}")
    life, _ = replayed(origin, place, replicate)
    if origin.baseline is None:
        return life, None
    return life, replayed(Origin(origin.baseline, None, saved), place, replicate)[0]


def agrees(saved: SavedRun, life: Life) -> bool | None:
    """Whether a replayed life ends as the saved table of customers says; None if that sample has not this customer.

    It does not when the folder was written by another version of the program.
    """
    people = origin_of(saved, life.scenario).scenario.people
    who = life.customer if people is not None else int(life.customer)
    rows = saved.read("customers", scenario=life.scenario, replicate=life.replicate, customer_id=who)
    if not len(rows):
        return None
    names = ("status", "satisfaction", "trust", "expectation", "visits", "spend")
    ends = {row["retailer"]: tuple(row[name] for name in names) for row in rows.rows()}
    return ends == {r: tuple(getattr(s, name) for name in names) for r, s in life.weeks[-1].stocks.items()}
