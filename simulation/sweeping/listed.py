"""The points of a design of kind "list": a CSV file with a column for each number that is moved."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from simulation.scenario.population_columns import Faults
from simulation.scenario.problems import Problem, ScenarioError, unknown_key
from simulation.scenario.wording import said
from simulation.sweeping.factors import Factor
from simulation.sweeping.forms import MAX_POINTS
from simulation.sweeping.sheet import Sheet

Cells = tuple[float, ...]
Row = dict[str, str]
MAX_POINT_BYTES = 2 * 2**30


def points_listed(sheet: Sheet, name: str | None, factors: Sequence[Factor]) -> tuple[Cells, ...]:
    """The cells of all points; faults are noted, with the lines of the file of points."""
    path = sheet.beside(name) if name else None
    if path is None:
        sheet.add(("design", "file"), 'a list needs the file of its points beside the study: file = "points.csv"')
        return ()
    try:
        return _points(sheet, path, factors)
    except ScenarioError as error:
        sheet.problems += error.problems
    except OSError as error:
        sheet.problems.append(Problem(path.name, None, "", f"it cannot be read ({error.strerror or error})"))
    return ()


def _points(sheet: Sheet, path: Path, factors: Sequence[Factor]) -> tuple[Cells, ...]:
    faults = Faults(path.name)
    if path.stat().st_size > MAX_POINT_BYTES:
        faults.fail(f"the file has {path.stat().st_size:,} bytes; a list of points may have 2 GB")
    with path.open(encoding="utf-8-sig", newline="") as text:
        rows = _Rows(text, faults)
        if not _has_columns(sheet, path, rows.names, factors):
            return ()
        found = tuple(_cells(rows, faults, factors))
    sheet.problems += faults.problems() if faults.count else ()
    return found


class _Rows:
    """Rows by the names of the header, each with its line."""

    def __init__(self, text: TextIO, faults: Faults) -> None:
        self._rows = csv.reader(text)
        self._faults = faults
        self.names = self._next() or []

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        """Rows with as many values as there are columns; blank lines are passed over."""
        while (cells := self._next()) is not None:
            line = self._rows.line_num
            if len(cells) == len(self.names):
                yield line, dict(zip(self.names, cells, strict=True))
            elif cells:
                message = f"this row has {len(cells)} values; there are {len(self.names)} columns"
                self._faults.note(line, "row", message)

    def _next(self) -> list[str] | None:
        try:
            return next(self._rows, None)
        except UnicodeDecodeError:
            message = "a character here or soon after is not UTF-8; save the file as UTF-8"
            self._faults.fail(message, self._rows.line_num + 1)
        except csv.Error as error:
            self._faults.fail(f"this row cannot be read as CSV: {error}", max(self._rows.line_num, 1))


def _has_columns(sheet: Sheet, path: Path, columns: Sequence[str], factors: Sequence[Factor]) -> bool:
    names = [factor.name for factor in factors]
    missing, others = [each for each in names if each not in columns], [each for each in columns if each not in names]
    twice = [each for place, each in enumerate(columns) if each in names and each in columns[:place]]
    for name in missing:
        sheet.add(("design", "file"), f"{path.name} has no column {name!r}")
    for name in others:
        sheet.add(("design", "file"), f"{path.name}: {unknown_key(name, 'the study', names)}")
    for name in twice:
        sheet.add(("design", "file"), f"{path.name} has two columns {name!r}")
    return not missing and not others and not twice


def _cells(rows: _Rows, faults: Faults, factors: Sequence[Factor]) -> Iterator[Cells]:
    for number, (line, row) in enumerate(rows):
        if number >= MAX_POINTS:
            faults.fail(f"there are more points than the {MAX_POINTS:,} that a study may have", line)
        cells = [factor.place(_plain(row[factor.name])) for factor in factors]
        for factor, cell in zip(factors, cells, strict=True):
            if cell is None:
                faults.note(line, factor.name, f"{factor.name} cannot be {said(row[factor.name])}")
        yield tuple(0.0 if cell is None else cell for cell in cells)


def _plain(text: str) -> object:
    """A cell as a number where it is one."""
    try:
        number = float(text)
    except ValueError:
        return {"true": True, "false": False}.get(text.lower(), text)
    return int(number) if number.is_integer() and "." not in text else number
