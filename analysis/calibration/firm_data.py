"""A firm's own data as read from its files, and which customers they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import firm_tables
from analysis.calibration.pseudonyms import Pseudonyms
from analysis.calibration.purchases import Purchases
from analysis.calibration.transaction_log import TransactionLog, read_log
from simulation.results import Table
from simulation.scenario import Problem, ScenarioError

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The files that a calibration reads, and how it reads them."""

    transactions: Path
    survey: Path | None = None
    customer_list: Path | None = None
    choices: Path | None = None
    sales: Path | None = None
    date_format: str | None = None
    until: date | None = None

    @property
    def names(self) -> dict[str, str]:
        """The names of the files, without their folders."""
        kinds = ("transactions", "survey", "customer_list", "choices", "sales")
        return {kind: path.name for kind in kinds if (path := getattr(self, kind)) is not None}


@dataclass(frozen=True, eq=False)
class FirmData:
    """What was read of them."""

    log: TransactionLog
    tables: Mapping[str, firm_tables.FirmTable] = field(default_factory=dict)  # survey, customer_list, choices, sales

    @property
    def remarks(self) -> tuple[str, ...]:
        """What must be said of the files."""
        return (*self.log.remarks, *(remark for each in self.tables.values() for remark in each.remarks))


def read_sources(sources: Sources) -> FirmData:
    """Read all files.

    Raises:
        ScenarioError: everything that is wrong with any of them.
    """
    written = {"date_format": sources.date_format}
    readers: dict[str, Callable[[], Any]] = {
        "log": lambda: read_log(sources.transactions, until=sources.until, **written)
    }
    if sources.survey is not None:
        readers["survey"] = lambda: firm_tables.read_survey(sources.survey or "")
    if sources.customer_list is not None:
        readers["customer_list"] = lambda: firm_tables.read_customers(sources.customer_list or "", **written)
    if sources.choices is not None:
        readers["choices"] = lambda: firm_tables.read_choices(sources.choices or "")
    if sources.sales is not None:
        readers["sales"] = lambda: firm_tables.read_sales(sources.sales or "", **written)
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, read in readers.items():
        try:
            found[name] = read()
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return FirmData(found.pop("log"), found)


def customers_of(data: FirmData) -> tuple[Pseudonyms, Purchases, tuple[str, ...]]:
    """Who is simulated and forecast: the customers of the list if there is one, else of the log; with their purchases.

    Somebody on the list who never bought came on the day of `since` (else the first of the log) and has not come back.
    """
    log, listed = data.log.purchases, data.tables.get("customer_list")
    if listed is None:
        return Pseudonyms.new(data.log.ids), log, ()
    ids = tuple(map(str, listed.table["customer_id"]))
    code = {name: n for n, name in enumerate(data.log.ids)}
    place = np.array([code.get(name, -1) for name in ids], np.int64)
    never = np.flatnonzero(place < 0)
    came = _first_days(listed.table, log)[never]
    new_place = np.full(log.customers, -1)
    new_place[place[place >= 0]] = np.flatnonzero(place >= 0)
    kept = new_place[log.customer] >= 0
    who = Purchases.of(
        np.r_[new_place[log.customer[kept]], never],
        np.r_[log.day[kept], came],
        np.r_[log.amount[kept], np.zeros(never.size)],
        log.first_day,
        log.until,
    )
    left_out = log.customers - int((place >= 0).sum())
    return Pseudonyms.new(ids), who, tuple(_of_the_list(never.size, left_out))


def _first_days(listed: Table, log: Purchases) -> Array:
    if "since" not in listed:
        return np.zeros(len(listed), np.int64)
    start = np.datetime64(log.first_day)
    days = (np.array(listed["since"], "M8[D]") - start).astype(np.int64)
    return np.asarray(np.clip(days, 0, log.until - 1))


def _of_the_list(never: int, left_out: int) -> Iterator[str]:
    if never:
        yield (
            f"{never:,} customers of the list have no purchase in the log: they are taken to have come on their day of "
            "`since` (else the first of the log) and not to have come back."
        )
    if left_out:
        yield f"{left_out:,} customers of the log are not on the list: they are fitted on, and not forecast."
