"""A firm's other files as tables: answers of a survey, choices, a dated series of sales, a list of customers.

Columns of text that nobody asks for (names, addresses, remarks) are left behind where the file is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.data_file import NO_NAMES, DataFile, Meanings, codes_of
from analysis.calibration.transaction_log import day_of
from simulation.parameters import TRAITS
from simulation.results import Labels, Table
from simulation.scenario import suggestion

Array = NDArray[Any]
MOSTLY = 0.5  # of the cells of a column that are numbers, from which on it is a column of numbers


@dataclass(frozen=True, eq=False)
class FirmTable:
    """What was read of a file, and what must be said of it."""

    name: str  # of the file
    table: Table
    remarks: tuple[str, ...] = ()


def read_survey(path: Path | str) -> FirmTable:
    """Answers, one row an interview: `satisfaction` and every other column of numbers; cells may be empty (NaN).

    Who answered (`customer_id`) and about whom (`retailer`) are kept as numbers that stand for them.
    """
    file = DataFile.open(path, ("satisfaction",), "a survey")
    who: dict[str, str] = {name: "code" for name in ("customer_id", "retailer") if name in file.names}
    return _read(file, who, numbers=(), answers=("satisfaction",))


def read_choices(path: Path | str, *, must_choose: bool = True) -> FirmTable:
    """Choices, one row an occasion and alternative; `chosen` is 1 in the row that was chosen, else 0."""
    keys = ("customer_id", "occasion", "alternative")
    file = DataFile.open(path, (*keys, "chosen") if must_choose else keys, "a file of choices")
    return _read(file, dict.fromkeys(keys, "text"), numbers=("chosen",) if must_choose else ())


def read_sales(path: Path | str, *, date_format: str | None = None) -> FirmTable:
    """A dated series: columns `date` and `sales` (or one other column alone), one row a day, week or month."""
    file = DataFile.open(path, ("date",), "a series of sales")
    others = [name for name in file.names if name and name != "date"]
    value = "sales" if "sales" in others or len(others) != 1 else others[0]
    if value not in others:
        file.faults.fail(
            f"there is no column 'sales', and a series of sales needs one. The columns are: {', '.join(file.names)}", 1
        )
    found = _read(file, {"date": "date"}, numbers=(value,), only=("date", value), date_format=date_format)
    table = Table.of(date=found.table.columns["date"], sales=found.table[value])
    found = FirmTable(found.name, table, found.remarks)
    dates, count = np.unique(found.table["date"], return_counts=True)
    if count.max() > 1:
        twice = dates[count.argmax()]
        file.faults.fail(f"the date {twice} has {count.max()} rows; a series has one a date")
    return found


def read_customers(path: Path | str, *, date_format: str | None = None) -> FirmTable:
    """The firm's list of customers: `customer_id`, `since` (a date) if known, and any traits of the model."""
    file = DataFile.open(path, ("customer_id",), "a list of customers")
    kinds = {"customer_id": "text", **({"since": "date"} if "since" in file.names else {})}
    wanted = [name for name in file.names if name in TRAITS]
    found = _read(file, kinds, numbers=tuple(wanted), only=(*kinds, *wanted), date_format=date_format)
    ids, count = np.unique(found.table["customer_id"], return_counts=True)
    for place in np.flatnonzero(count > 1).tolist():
        file.faults.note(1, "customer_id", f"the customer {ids[place]!r} is listed {count[place]} times")
    _check_traits(file, found.table, wanted)
    file.refuse_if_faulty()
    return found


def _check_traits(file: DataFile, table: Table, names: Sequence[str]) -> None:
    for name in names:
        trait = TRAITS[name]
        outside = (table[name] < trait.low) | (table[name] > trait.high)
        if outside.any():
            value = table[name][outside][0]
            message = f"{name} must lie between {trait.low:g} and {trait.high:g}; in {outside.sum():,} rows it does not"
            file.faults.note(1, name, f"{message}, such as {value:g}")


def _read(
    file: DataFile,
    kinds: dict[str, str],
    *,
    numbers: Sequence[str] = (),
    answers: Sequence[str] = (),
    only: Sequence[str] | None = None,
    date_format: str | None = None,
) -> FirmTable:
    """Columns by kind (text and date must be there in every row), `numbers`, `answers` (that may be missing), others.

    Others are read where they hold numbers, unless `only` some are asked for.
    """
    columns: dict[str, list[str]] = {name: [] for name in file.names if name and (only is None or name in only)}
    lines: list[Array] = []
    for texts, at, _ in file.chunks():
        lines.append(at)
        for name, cells in columns.items():
            cells.extend(texts[name])
    file.refuse_if_faulty()
    if not lines:
        file.faults.fail("there are no rows below the header")
    reader = _Columns(file, np.concatenate(lines), date_format)
    kinds = {**dict.fromkeys(numbers, "number"), **dict.fromkeys(answers, "answer"), **kinds}
    found = {name: reader.column(name, cells, kinds.get(name, "")) for name, cells in columns.items()}
    file.refuse_if_faulty()
    table = Table.of(**{name: column for name, column in found.items() if column is not None})
    left = [name for name in file.names if name and found.get(name) is None]
    return FirmTable(file.faults.file, table, tuple(_left_behind(file, left, TRAITS if only else ())))


def _left_behind(file: DataFile, names: Sequence[str], known: Iterable[str]) -> Iterator[str]:
    if names:
        near = [f"{name} ({hint})" if (hint := suggestion(name, known)).startswith("Did") else name for name in names]
        yield f"Columns of {file.faults.file} that are not read: {', '.join(near)}."


@dataclass
class _Columns:
    """Columns of one file as numbers or words."""

    file: DataFile
    lines: Array
    date_format: str | None

    def column(self, name: str, cells: list[str], kind: str) -> Any:
        """A column; None for one of text that nobody asks for."""
        if kind == "text":
            return self._words(name, cells)
        if kind == "date":
            return self._dates(name, cells)
        if kind == "code":
            return codes_of(cells, Meanings(str))
        if kind or self._are_mostly_numbers(cells):
            return self.file.numbers(name, cells, self.lines, empty=kind != "number")
        return None

    def _words(self, name: str, cells: list[str]) -> Labels:
        meanings = Meanings(lambda text: None if text.lower() in NO_NAMES else text)
        codes = codes_of(cells, meanings)
        self.file.fault_codes(codes, meanings, self.lines, name, f"{name} must not be empty")
        return Labels(codes, tuple(meanings))

    def _dates(self, name: str, cells: list[str]) -> Labels:
        meanings = Meanings(day_of(self.date_format, self.file))
        codes = codes_of(cells, meanings)
        hint = "an ISO date such as 2026-01-05" if self.date_format is None else f"written as {self.date_format!r}"
        self.file.fault_codes(codes, meanings, self.lines, name, f"{name} must be {hint}")
        self.file.refuse_if_faulty()
        return Labels.of([date.fromordinal(meanings.values_found[code]).isoformat() for code in codes.tolist()])

    def _are_mostly_numbers(self, cells: Sequence[str]) -> bool:
        given = [cell for cell in cells if cell.strip().lower() not in NO_NAMES]
        return bool(given) and sum(map(self.file.is_number, given)) >= MOSTLY * len(given)
