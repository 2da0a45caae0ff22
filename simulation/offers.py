"""All that customers can read of the market, week by week: kept as it was, saved, and put back for a replay.

A customer of a finished run can be replayed alone because nothing but these records ties customers together. What
customers read is a record array of `Market`; one that is added gets its line in `KINDS`, and nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from simulation.records import DESK, OFFER, POOL, RETAILER, Market
from simulation.results import Labels, Table
from simulation.scenario import Scenario
from simulation.schedule import calendar_week, engine_week


def _outlet_names(scenario: Scenario) -> dict[str, list[str]]:
    return _names(scenario.outlets, outlet=[o.id for o in scenario.outlets])


def _retailer_names(scenario: Scenario) -> dict[str, list[str]]:
    return _names(scenario.retailers, retailer=[r.id for r in scenario.retailers])


def _desk_names(scenario: Scenario) -> dict[str, list[str]]:
    return _names(scenario.desks, desk=[d.id for d in scenario.desks])


def _names(rows: Sequence[Any], **own: list[str]) -> dict[str, list[str]]:
    """Outlet, desk and retailer of each row; empty where it has none."""
    return {"outlet": [""] * len(rows), "desk": [""] * len(rows)} | own | _owners(rows, own)


def _owners(rows: Sequence[Any], own: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {"retailer": own["retailer"] if "retailer" in own else [row.retailer for row in rows]}


def _pool_names(scenario: Scenario) -> dict[str, list[str]]:
    ids, cells = [r.id for r in scenario.retailers], scenario.population.cells
    return {"retailer": ids * cells, "cell": [str(cell) for cell in range(cells) for _ in ids]}


class Kind(NamedTuple):
    """One kind of row: the field of `Market` that holds it, its columns, what each row of a week is about, its table.

    Pools have a table of their own: there are many of them, and they have few columns.
    """

    records: str
    form: np.dtype[Any]
    names: Callable[[Scenario], dict[str, list[str]]]
    table: str = "offers"

    @property
    def levels(self) -> list[str]:
        """The columns that are saved; whole numbers name things and never change."""
        return [name for name in self.form.names or () if self.form[name] == np.dtype(float)]


KINDS: Mapping[str, Kind] = {
    "outlet": Kind("offers", OFFER, _outlet_names),
    "retailer": Kind("retailers", RETAILER, _retailer_names),
    "desk": Kind("desks", DESK, _desk_names),
    "pool": Kind("word", POOL, _pool_names, "word"),
}
TABLES = tuple(dict.fromkeys(kind.table for kind in KINDS.values()))


def _kinds_in(table: str) -> Mapping[str, Kind]:
    return {name: kind for name, kind in KINDS.items() if kind.table == table}


@dataclass
class Readings:
    """The weeks of one world from engine week `first`: per kind, one copy of its records a week."""

    first: int
    weeks: dict[str, list[Any]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def keep(self, market: Market) -> None:
        """Keep what customers read this week."""
        for name, kind in KINDS.items():
            self.weeks[name].append(getattr(market, kind.records).copy())

    def copied(self) -> Readings:
        """The same weeks, from where another world goes on."""
        return Readings(self.first, {kind: list(weeks) for kind, weeks in self.weeks.items()})

    def put_back(self, week: int, market: Market) -> None:
        """Let customers read an engine week as it was."""
        for name, kind in KINDS.items():
            getattr(market, kind.records)[:] = self.weeks[name][week - self.first]

    def since(self, week: int, kind: str = "outlet") -> Any:
        """The records of a kind from an engine week on, shape (weeks, rows)."""
        return np.stack(self.weeks[kind][week - self.first :])

    def holds(self, first: int, last: int) -> bool:
        """True if every engine week from `first` to `last` is there."""
        return self.first <= first and last < self.first + len(self.weeks["outlet"])


def readings_table(scenario: Scenario, readings: list[Readings], table: str = "offers") -> Table:
    """One row per replicate, week and outlet, retailer or pool (`of` says which); a column that it has not is NaN."""
    columns = tuple(dict.fromkeys(name for kind in _kinds_in(table).values() for name in kind.levels))
    parts = (_of_kind(scenario, n, each, kind, columns) for n, each in enumerate(readings) for kind in _kinds_in(table))
    return Table.concat(parts)


def _of_kind(scenario: Scenario, replicate: int, readings: Readings, name: str, columns: tuple[str, ...]) -> Table:
    kind, records = KINDS[name], np.stack(readings.weeks[name])
    weeks, rows = records.shape
    calendar = [calendar_week(readings.first + w, scenario.market.warmup_weeks) for w in range(weeks)]
    nothing = np.full(records.size, np.nan)
    return Table.of(
        replicate=np.full(records.size, replicate, np.int32),
        week=np.repeat(np.array(calendar, np.int32), rows),
        of=Labels.constant(name, records.size),
        **{key: _labels(texts, weeks) for key, texts in kind.names(scenario).items()},
        **{c: np.ascontiguousarray(records[c]).ravel() if c in kind.levels else nothing for c in columns},
    )


def _labels(texts: list[str], weeks: int) -> Labels:
    words = {word: number for number, word in enumerate(dict.fromkeys(texts))}
    return Labels(np.tile(np.array([words[text] for text in texts]), weeks), tuple(words))


def readings_from(tables: Mapping[str, Table], scenario: Scenario, market: Market) -> Readings:
    """What `readings_table` saved of one replicate, by table; `market` gives what never changes.

    Raises:
        ValueError: the tables are about other outlets, retailers or desks than the scenario.
    """
    offers = tables["offers"]
    weeks = np.unique(offers["week"]).size
    first = engine_week(int(offers["week"].min()), scenario.market.warmup_weeks) if len(offers) else 0
    return Readings(
        first,
        {
            name: _weeks_of(tables[kind.table].where(of=name), kind, scenario, market, weeks)
            for name, kind in KINDS.items()
        },
    )


def _weeks_of(rows: Table, kind: Kind, scenario: Scenario, market: Market, weeks: int) -> list[Any]:
    form = getattr(market, kind.records)
    for key, texts in kind.names(scenario).items():
        if rows[key].tolist() != texts * weeks:
            raise ValueError(f"the saved offers are about another {key} than the scenario")
    records = np.tile(form, (weeks, 1))
    for name in kind.levels:
        records[name] = rows[name].reshape(weeks, -1)
    return list(records)
