"""The columns of a population file, and what is wrong with its rows."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn, TextIO

import numpy as np
from numpy.typing import NDArray

from simulation import parameters as numbers
from simulation.scenario.forms import MAX_CUSTOMERS
from simulation.scenario.problems import Problem, ScenarioError, one_of

LISTED = 20  # problems shown; the rest are counted
CHUNK = 65_536  # rows converted at a time, so that a large file is never held as text
MAX_DRAW_KEY = 2**64 - 1
_PARQUET_MARK = b"PAR1"
_NUMERIC = ("INT", "FLOAT", "DOUBLE", "DECIMAL")


@dataclass
class Columns:
    """What was read: ids as text (empty where missing), numbers with NaN where a cell was refused."""

    names: list[str]
    word: str  # what `lines` counts: CSV lines or Parquet rows
    lines: Sequence[int]
    ids: list[str]
    draw_keys: NDArray[np.uint64] | None
    numbers: dict[str, NDArray[np.float64]]


@dataclass
class Faults:
    """Problems of rows: the first of each column are kept, all are counted."""

    file: str
    count: int = 0
    kept: list[Problem] = field(default_factory=list)

    def fail(self, message: str, line: int | None = None) -> NoReturn:
        """Give up on the file."""
        raise ScenarioError([Problem(self.file, line, "", message)])

    def note(self, line: int, key: str, message: str) -> None:
        """One faulty cell."""
        self.count += 1
        if sum(problem.key == key for problem in self.kept) < LISTED:
            self.kept.append(Problem(self.file, line, key, message))

    def add(self, columns: Columns, bad: NDArray[np.bool_], key: str, message: Callable[[int], str]) -> None:
        """All rows of a mask."""
        rows = np.flatnonzero(bad)
        self.count += len(rows)
        for row in rows[:LISTED].tolist():
            line = columns.lines[row]
            at = f"row {line}: " if columns.word == "row" else ""  # a Parquet file has rows, not lines
            self.kept.append(Problem(self.file, line, key, at + message(row)))

    def problems(self) -> list[Problem]:
        """The first problems by line, then how many more there are."""
        first = sorted(self.kept, key=lambda problem: problem.line or 0)[:LISTED]
        more = self.count - len(first)
        return [*first, Problem(self.file, first[-1].line, "", f"and {more:,} more problems")] if more else first


def read_csv(path: Path, faults: Faults) -> Columns:
    """A CSV file with a header line, in UTF-8, columns separated by commas."""
    with path.open("rb") as raw:
        if b"\0" in raw.read(8192):
            faults.fail("this is not a CSV file: it is binary")
    with path.open(encoding="utf-8-sig", newline="") as text:
        return _CsvReader(text, faults).columns()


class _CsvReader:
    """One pass over a CSV file, a chunk of rows at a time."""

    def __init__(self, text: TextIO, faults: Faults) -> None:
        self.faults = faults
        self.rows = csv.reader(text)
        self.names = _header(self.next_row() or [], faults)

    def columns(self) -> Columns:
        lines: list[int] = []
        ids: list[str] = []
        keys: list[NDArray[np.uint64]] = []
        values: dict[str, list[NDArray[np.float64]]] = {name: [] for name in self.names if name in numbers.TRAITS}
        while chunk := list(islice(self.numbered_rows(), CHUNK)):
            at = [line for line, _ in chunk]
            columns = dict(zip(self.names, zip(*(row for _, row in chunk), strict=True), strict=True))
            lines += at
            ids += self.ids(columns["id"], at)
            if "draw_key" in columns:
                keys.append(self.draw_keys(columns["draw_key"], at))
            for name, parts in values.items():
                parts.append(self.floats(name, columns[name], at))
        if not lines and not self.faults.count:
            self.faults.fail("there are no customers below the header")
        joined = {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in values.items()}
        draw_keys = np.concatenate(keys) if keys else None
        return Columns(self.names, "line", lines, ids, draw_keys, joined)

    def numbered_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows with as many values as there are columns, each with its first line; blank lines are passed over."""
        while True:
            line = self.rows.line_num + 1
            row = self.next_row()
            if row is None:
                return
            if len(row) == len(self.names):
                yield line, row
            elif row:
                message = f"this row has {len(row)} values; there are {len(self.names)} columns"
                self.faults.note(line, "row", message)

    def next_row(self) -> list[str] | None:
        try:
            return next(self.rows, None)
        except UnicodeDecodeError:
            self.faults.fail(
                "a character here or soon after is not UTF-8; save the file as UTF-8", self.rows.line_num + 1
            )
        except csv.Error as error:
            self.faults.fail(f"this row cannot be read as CSV: {error}", self.rows.line_num)

    def ids(self, texts: Sequence[str], lines: list[int]) -> list[str]:
        names = [text.strip() for text in texts]
        for line, name in zip(lines, names, strict=True):
            if not name:
                self.faults.note(line, "id", "there is no id in this row")
        return names

    def floats(self, name: str, texts: Sequence[str], lines: list[int]) -> NDArray[np.float64]:
        """Numbers all at once; only when a cell is refused, one by one, to say which."""
        try:
            values = np.asarray(texts, dtype=np.float64)
        except ValueError:
            values = np.array([_float(text) for text in texts])
        for row in np.flatnonzero(~np.isfinite(values)).tolist():
            self.faults.note(lines[row], name, f"{name} must be a number; {_quoted(texts[row])}")
        return values

    def draw_keys(self, texts: Sequence[str], lines: list[int]) -> NDArray[np.uint64]:
        keys = [int(text) if text.strip().isdecimal() else -1 for text in texts]
        for line, key, text in zip(lines, keys, texts, strict=True):
            if not 0 <= key <= MAX_DRAW_KEY:
                message = f"draw_key must be a whole number between 0 and 2^64 - 1; {_quoted(text)}"
                self.faults.note(line, "draw_key", message)
        return np.array([key if 0 <= key <= MAX_DRAW_KEY else 0 for key in keys], np.uint64)


def read_parquet(path: Path, faults: Faults) -> Columns:
    """A Parquet file with an id column."""
    import duckdb

    _refuse_other_files(path, faults)
    settings: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    try:
        with duckdb.connect(config=settings) as database:
            return _parquet_columns(database, str(path), faults)
    except ScenarioError:
        raise
    except (duckdb.Error, RuntimeError, MemoryError, ValueError) as error:  # what a broken file can set off
        faults.fail(f"this Parquet file cannot be read: {' '.join(str(error).split())[:160]}")


def _refuse_other_files(path: Path, faults: Faults) -> None:
    with path.open("rb") as raw:
        start = raw.read(4)
        raw.seek(max(0, path.stat().st_size - 4))
        end = raw.read(4)
    if start != _PARQUET_MARK or end != _PARQUET_MARK:
        faults.fail("this is not a Parquet file, whatever its name says")
    if set("*?[]{}") & set(path.name):
        faults.fail("the name of a Parquet file may not have * ? [ ] { } in it")


def _parquet_columns(database: Any, path: str, faults: Faults) -> Columns:
    types = {row[0]: row[1] for row in database.execute("describe select * from read_parquet(?)", [path]).fetchall()}
    names = _header(list(types), faults)
    (count,) = database.execute("select count(*) from read_parquet(?)", [path]).fetchone()
    if not 0 < count <= MAX_CUSTOMERS:
        faults.fail(f"it has {count:,} rows; there may be 1 to {MAX_CUSTOMERS:,} customers")
    wanted = [name for name in names if name in numbers.TRAITS]
    texts = [name for name in wanted if not types[name].startswith(_NUMERIC) and "INT" not in types[name]]
    if texts:
        faults.fail(f"{texts[0]} must be a column of numbers; it is {types[texts[0]]}")
    parts = ["cast(id as varchar) as id", *(f'cast("{name}" as double) as "{name}"' for name in wanted)]
    if "draw_key" in names:
        parts.append("try_cast(draw_key as ubigint) as draw_key")
    # Only names of traits and our own words reach the query.
    found = database.execute(f"select {', '.join(parts)} from read_parquet(?)", [path]).fetchnumpy()  # noqa: S608
    return _from_arrays(found, names, wanted, faults)


def _from_arrays(found: dict[str, Any], names: list[str], wanted: list[str], faults: Faults) -> Columns:
    ids = [str(name).strip() for name in np.ma.filled(found["id"].astype(object), "")]
    lines = range(1, len(ids) + 1)
    values = {name: np.ma.filled(found[name].astype(np.float64), math.nan) for name in wanted}
    columns = Columns(names, "row", lines, ids, None, values)
    faults.add(columns, np.array([not name for name in ids]), "id", lambda _: "there is no id in this row")
    for name in wanted:
        _refuse_gaps(columns, faults, name)
    if "draw_key" in found:
        refused = np.ma.getmaskarray(found["draw_key"])
        message = "draw_key must be a whole number between 0 and 2^64 - 1"
        faults.add(columns, refused, "draw_key", lambda _: message)
        columns.draw_keys = np.ma.filled(found["draw_key"], 0).astype(np.uint64)
    return columns


def _refuse_gaps(columns: Columns, faults: Faults, name: str) -> None:
    faults.add(
        columns, ~np.isfinite(columns.numbers[name]), name, lambda _: f"{name} must be a number; it is missing or NaN"
    )


def _header(names: list[str], faults: Faults) -> list[str]:
    """The names of the columns; an id must be among them, none twice."""
    names = [name.strip() for name in names]
    if not any(names):
        faults.fail("the file is empty; it needs a header line with an id column")
    twice = [name for number, name in enumerate(names) if name in names[:number]]
    if twice:
        faults.fail(f"there are two columns {twice[0]!r}; names must differ", 1)
    if "id" not in names:
        hint = " Separate columns by commas" if ";" in names[0] else f" The columns are {one_of(names)[:200]}"
        faults.fail(f"there is no column 'id'; every customer needs one.{hint}", 1)
    return names


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _quoted(text: str) -> str:
    return f"it is {text[:40]!r}" if text.strip() else "it is empty"
