"""A firm's own file of rows, CSV or Parquet, as columns of text with the line of every row; nothing is guessed.

A CSV file is read by the strict reader of Python, which says in which line a fault is; a million rows take about two
seconds. What a text means (a day, a number, a name) is found once for each text that occurs.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from simulation.scenario import Faults, Problem, ScenarioError, shown, suggestion

Array = NDArray[Any]
MAX_BYTES = 2 * 2**30
CHUNK = 65_536  # rows at a time, so that a large file is never held as text
DELIMITERS = (",", ";", "\t", "|")
LISTED_COLUMNS = 200  # characters of the list of columns that a message repeats
QUOTED = 40  # characters of a cell that a message repeats
MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
PARQUET_MARK = b"PAR1"
DECIMAL_COMMA = re.compile(r"[-+]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?")
CAN_BE_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
NO_NAMES = frozenset(("", "na", "n/a", "nan", "null", "none", "<na>", "undefined"))


class Chunk(NamedTuple):
    """Some rows: texts by column, the line of each row (of Parquet its number), and a mark of each whole row."""

    texts: Mapping[str, Sequence[str]]
    lines: Array
    marks: Array  # equal for equal rows, of all columns of the file


class Meanings(dict[str, int]):
    """A code for each text that occurs, in order of appearance, and what it means; None is a text that is refused."""

    def __init__(self, meaning: Callable[[str], Any]) -> None:
        super().__init__()
        self._meaning = meaning
        self.values_found: list[Any] = []

    def __missing__(self, text: str) -> int:
        self[text] = code = len(self.values_found)
        self.values_found.append(self._meaning(text))
        return code

    @cached_property
    def refused(self) -> Array:
        """Which codes mean nothing; asked for once all texts are known."""
        return np.array([value is None for value in self.values_found], np.bool_)


@dataclass
class DataFile:
    """A file with a header line. `names` are its columns, `word` is what `Chunk.lines` counts."""

    path: Path
    faults: Faults
    names: list[str]
    word: str = "line"
    delimiter: str = ","
    others: set[str] = field(default_factory=set)  # retailers that a log names
    has_points: bool = False  # decimal points, read in a file whose columns commas do not separate
    has_commas: bool = False  # decimal commas

    @classmethod
    def open(cls, path: Path | str, needed: Sequence[str], what: str) -> DataFile:
        """A file of these columns at least; `what` is how messages call a row ("a purchase").

        Raises:
            ScenarioError: there is no such file, it is no table, or a column is missing.
        """
        path = Path(path)
        faults = Faults(shown(path))
        _refuse_what_is_no_file(path, faults)
        if path.suffix.lower() == ".parquet":
            file = cls(path, faults, _parquet_names(path, faults), "row")
        else:
            names, delimiter = _header(path, faults, needed)
            file = cls(path, faults, names, delimiter=delimiter)
        _check_header(file, needed, what)
        return file

    def fault(self, line: int, key: str, message: str) -> None:
        """One thing that is wrong, in a line (of a Parquet file: a row)."""
        self.faults.note(line, key, message if self.word == "line" else f"row {line}: {message}")

    def refuse_if_faulty(self) -> None:
        """Raise `ScenarioError` with all that was found."""
        if self.faults.count:
            raise ScenarioError(self.faults.problems())

    def chunks(self) -> Iterator[Chunk]:
        """The rows with as many values as there are columns; others are faults."""
        yield from _parquet_chunks(self) if self.word == "row" else _csv_chunks(self)

    def numbers(self, name: str, texts: Sequence[str], lines: Array, *, empty: bool = False) -> Array:
        """A column as numbers: NaN where a cell is refused, or `empty` and that is allowed.

        Where commas do not separate columns, they may be decimal ones; a file has these or decimal points, never both.
        """
        values = self._as_numbers(texts)
        for row in np.flatnonzero(~np.isfinite(values)).tolist():
            if not (empty and texts[row].strip().lower() in NO_NAMES):
                self.fault(
                    int(lines[row]), name, f"{name} must be a number{self._hint(texts[row])}; {said(texts[row])}"
                )
            values[row] = math.nan
        return values

    def _hint(self, text: str) -> str:
        if self.has_commas:
            return " with a decimal comma, as others of the file"
        return " with a decimal point, as in 1234.50" if "," in text else ""

    def is_number(self, text: str) -> bool:
        """Whether a cell can be read as a number."""
        return _float(text) is not None or (self.delimiter != "," and DECIMAL_COMMA.fullmatch(text.strip()) is not None)

    def _as_numbers(self, texts: Sequence[str]) -> Array:
        if self.delimiter != ",":
            self.has_commas |= not self.has_points and any(map(_is_decimal_comma, texts))
            if self.has_commas:
                return np.array([_float_with_comma(text) for text in texts], np.float64)
            self.has_points |= any("." in text for text in texts)
        try:
            return np.asarray(texts, dtype=np.float64)
        except ValueError:
            return np.array([math.nan if (value := _float(text)) is None else value for text in texts], np.float64)

    def fault_codes(self, codes: Array, meanings: Meanings, lines: Array, key: str, message: str) -> None:
        """A fault for every row whose text means nothing; `message` ends with what the text is."""
        meanings.__dict__.pop("refused", None)
        bad = np.flatnonzero(meanings.refused[codes])
        if bad.size:
            texts = list(meanings)
            for row in bad.tolist():
                self.fault(int(lines[row]), key, f"{message}; {said(texts[codes[row]])}")


def said(text: str) -> str:
    """A cell as a message quotes it."""
    return f"it is {text[:QUOTED]!r}" if text.strip() else "it is empty"


def codes_of(texts: Sequence[str], meanings: Meanings) -> Array:
    """The code of each text, stripped of spaces around it."""
    return np.fromiter(map(meanings.__getitem__, map(str.strip, texts)), np.int64, len(texts))


def _refuse_what_is_no_file(path: Path, faults: Faults) -> None:
    try:
        if not path.is_file():
            faults.fail("this is a folder; name a file" if path.is_dir() else "there is no such file")
        size = path.stat().st_size
        with path.open("rb") as raw:
            start = raw.read(8192)
            raw.seek(max(0, size - 4))
            end = raw.read(4)
    except (OSError, ValueError) as error:
        faults.fail(f"it cannot be read ({getattr(error, 'strerror', None) or error})")
    if size > MAX_BYTES:
        faults.fail(f"it has {size:,} bytes; a file may have 2 GB")
    if path.suffix.lower() == ".parquet":
        if start[:4] != PARQUET_MARK or end != PARQUET_MARK:
            faults.fail("this is not a Parquet file, whatever its name says")
    elif start[:2] in MARKS:
        faults.fail(f"the file is saved as {MARKS[start[:2]]}; save it as UTF-8")
    elif b"\0" in start or start[:4] == PARQUET_MARK:
        faults.fail("this is not a CSV file: it is binary. Files are CSV, or Parquet with a name that ends in .parquet")


def _header(path: Path, faults: Faults, needed: Sequence[str]) -> tuple[list[str], str]:
    """The first line that is not blank, split at what gives the most of the columns that are needed."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        line = _first_line(text, path, faults)
    try:
        splits = {mark: [name.strip() for name in next(csv.reader([line], delimiter=mark), [])] for mark in DELIMITERS}
    except csv.Error as error:
        faults.fail(f"the header line cannot be read as CSV ({error})", 1)
    found = {mark: len({name.lower() for name in names} & set(needed)) for mark, names in splits.items()}
    best = max(DELIMITERS, key=lambda mark: (found[mark], len(splits[mark])))
    return splits[best], best


def _first_line(text: TextIO, path: Path, faults: Faults) -> str:
    try:
        line = next((line for line in text if line.strip()), "")
    except UnicodeDecodeError:
        _fail_at_character(path, faults)
    if not line:
        faults.fail("the file is empty; it needs a header line")
    return line


def _fail_at_character(path: Path, faults: Faults) -> None:
    """Give up on a file that is not UTF-8, naming the line of the first character that is not."""
    raw = path.read_bytes()
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        faults.fail("a character here is not UTF-8; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)", line)


def _check_header(file: DataFile, needed: Sequence[str], what: str) -> None:
    at = 1 if file.word == "line" else None
    twice = [name for place, name in enumerate(file.names) if name and name in file.names[:place]]
    if twice:
        file.faults.fail(f"there are two columns {twice[0]!r}; names must differ", at)
    lacking = [name for name in needed if name not in file.names]
    if lacking:
        messages = [f"there is no column {n!r}, and {what} needs one. {_nearest(n, file.names)}" for n in lacking]
        raise ScenarioError([Problem(file.faults.file, at, *each) for each in zip(lacking, messages, strict=True)])


def _nearest(name: str, names: Sequence[str]) -> str:
    """The column that was probably meant, or all there are."""
    near = next((each for each in names if _plain(name) in _plain(each)), "") or _quoted(suggestion(name, names))
    if near:
        return f"The nearest is {near!r}: rename it"
    return f"The columns are: {', '.join(names)[:LISTED_COLUMNS]}"


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _quoted(question: str) -> str:
    """The name in `Did you mean 'x'?`."""
    return question.split("'")[1] if question.startswith("Did") and question.count("'") > 1 else ""


def _csv_chunks(file: DataFile) -> Iterator[Chunk]:
    with file.path.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text, delimiter=file.delimiter, strict=True)
        try:
            next((row for row in rows if row), None)  # the header
            line = rows.line_num + 1
            while chunk := list(islice(rows, CHUNK)):
                yield from _chunk(chunk, _lines(chunk, line, rows.line_num), file)
                line = rows.line_num + 1
        except UnicodeDecodeError:
            _fail_at_character(file.path, file.faults)
        except csv.Error as error:
            _fail_at_row(file, error)


def _fail_at_row(file: DataFile, error: csv.Error) -> None:
    """Give up on a file with a row that is no CSV, naming the line in which that row begins."""
    begins = 1
    with file.path.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text, delimiter=file.delimiter, strict=True)
        try:
            for _ in rows:
                begins = rows.line_num + 1
        except csv.Error:
            file.faults.fail(f"this row cannot be read as CSV ({error}); is a quotation mark open?", begins)


def _lines(rows: list[list[str]], first: int, last: int) -> Array:
    """The first line of each row; a cell in quotation marks may have several lines."""
    if last - first + 1 == len(rows):
        return np.arange(first, last + 1)
    breaks = [sum(cell.replace("\r\n", "\n").replace("\r", "\n").count("\n") for cell in row) for row in rows]
    return np.asarray(first + np.arange(len(rows)) + np.r_[0, np.cumsum(breaks)[:-1]])


def _chunk(rows: list[list[str]], lines: Array, file: DataFile) -> Iterator[Chunk]:
    width, blank = len(file.names), [""] * len(file.names)
    if set(map(len, rows)) != {width} or blank in rows:
        for row, line in zip(rows, lines.tolist(), strict=True):
            if len(row) != width and any(cell.strip() for cell in row):
                message = f"this row has {len(row)} values; there are {width} columns"
                file.fault(line, "row", message)
        kept = [place for place, row in enumerate(rows) if len(row) == width and row != blank]
        rows, lines = [rows[place] for place in kept], lines[kept]
    if rows:
        marks = np.fromiter(map(hash, map(tuple, rows)), np.int64, len(rows))
        columns = zip(*rows, strict=True)
        yield Chunk(dict(zip(file.names, columns, strict=True)), lines, marks)


def _parquet_names(path: Path, faults: Faults) -> list[str]:
    return list(_of_parquet(path, faults, lambda source: source.limit(0).columns))


def _of_parquet(path: Path, faults: Faults, read: Callable[[Any], Any]) -> Any:
    """What `read` finds in a file; a broken one is a fault."""
    import duckdb

    settings: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    if set("*?[]{}") & set(path.name):
        faults.fail("the name of a Parquet file may not have * ? [ ] { } in it")
    try:
        with duckdb.connect(config=settings) as database:
            return read(database.read_parquet(str(path)))
    except (duckdb.Error, RuntimeError, MemoryError, ValueError) as error:  # what a broken file can set off
        faults.fail(f"this Parquet file cannot be read: {' '.join(str(error).split())[:160]}")


def _parquet_chunks(file: DataFile) -> Iterator[Chunk]:
    found = _of_parquet(file.path, file.faults, _all_texts)
    columns: list[Array] = [np.ma.filled(np.ma.asarray(found[name], dtype=object), "") for name in found]
    lines = np.arange(1, len(columns[0]) + 1)
    for begin in range(0, len(lines), CHUNK):
        part = slice(begin, begin + CHUNK)
        texts = [column[part].tolist() for column in columns]
        marks = np.fromiter((hash(row) for row in zip(*texts, strict=True)), np.int64, len(texts[0]))
        yield Chunk(dict(zip(file.names, texts, strict=True)), lines[part], marks)


def _all_texts(source: Any) -> Any:
    """Every column as text: what is written in a CSV file is read from Parquet in the same way."""
    names = [name.replace('"', '""') for name in source.columns]
    return source.project(", ".join(f'cast("{name}" as varchar) as "{name}"' for name in names)).fetchnumpy()


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_decimal_comma(text: str) -> bool:
    """Whether a comma can only be a decimal one; that of 1,234 might be a mark of thousands."""
    text = text.strip()
    return "," in text and DECIMAL_COMMA.fullmatch(text) is not None and CAN_BE_THOUSANDS.fullmatch(text) is None


def _float_with_comma(text: str) -> float:
    """A number such as 1.234,50; one in which a point is no mark of thousands is none."""
    text = text.strip()
    return float(text.replace(".", "").replace(",", ".")) if DECIMAL_COMMA.fullmatch(text) else math.nan
