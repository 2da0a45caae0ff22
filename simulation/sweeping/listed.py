"""The points of a design of kind "list": a CSV file with a column for each number that is moved."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulation.scenario.problems import Problem, unknown_key
from simulation.scenario.wording import said
from simulation.sweeping.factors import Factor
from simulation.sweeping.sheet import Sheet

Cells = tuple[float, ...]


def points_listed(sheet: Sheet, name: str | None, factors: Sequence[Factor]) -> tuple[Cells, ...]:
    """The cells of all points; faults are noted, with the lines of the file of points."""
    path = sheet.beside(name) if name else None
    if path is None:
        sheet.add(("design", "file"), 'a list needs the file of its points beside the study: file = "points.csv"')
        return ()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if _has_columns(sheet, path, reader.fieldnames or [], factors):
            return tuple(_rows(sheet, path, reader, factors))
    return ()


def _has_columns(sheet: Sheet, path: Path, columns: Sequence[str], factors: Sequence[Factor]) -> bool:
    names = [factor.name for factor in factors]
    missing, others = [each for each in names if each not in columns], [each for each in columns if each not in names]
    for name in missing:
        sheet.add(("design", "file"), f"{path.name} has no column {name!r}")
    for name in others:
        sheet.add(("design", "file"), f"{path.name}: {unknown_key(name, 'the study', names)}")
    return not missing and not others


def _rows(sheet: Sheet, path: Path, reader: csv.DictReader[str], factors: Sequence[Factor]) -> Iterator[Cells]:
    for row in reader:
        cells = [factor.place(_plain(row[factor.name])) for factor in factors]
        for factor, cell in zip(factors, cells, strict=True):
            if cell is None:
                message = f"{factor.name} cannot be {said(row[factor.name])}"
                sheet.problems.append(Problem(path.name, reader.line_num, factor.name, message))
        yield tuple(0.0 if cell is None else cell for cell in cells)


def _plain(text: str | None) -> object:
    """A cell as a number where it is one."""
    try:
        number = float(text or "")
    except ValueError:
        return {"true": True, "false": False}.get((text or "").lower(), text)
    return int(number) if number.is_integer() and "." not in (text or "") else number
