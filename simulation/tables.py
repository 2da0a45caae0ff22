"""Tables in files: Parquet and CSV, written and read by DuckDB (which needs neither pyarrow nor a server).

The SQL is put together from names and paths of our own, quoted; values are parameters.
"""

# ruff: noqa: S608

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from functools import cache
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.results import Array, Column, Labels, Table

if TYPE_CHECKING:
    import duckdb

# DuckDB takes pandas' categories as they are (7 M rows/s on two cores), and looks the words of codes up in a list at
# 2 M rows/s; but importing pandas takes half a second, which pays from here on.
PANDAS_PAYS_FROM_ROWS = 1_000_000
MANY_WORDS = 1_000  # ids of customers are looked up here, not by DuckDB
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class UnreadableTableError(ValueError):
    """A file that should hold a table holds none."""


def write_parquet(table: Table, path: Path) -> None:
    """Write a table as Parquet (zstd); NaN becomes null."""
    _copy(table, path, "FORMAT parquet, COMPRESSION zstd")


def write_csv(table: Table, path: Path) -> None:
    """Write a table as CSV; texts that a spreadsheet would take for a formula get an apostrophe in front."""
    harmless = {name: _harmless(column) for name, column in table.columns.items()}
    _copy(Table(harmless), path, "FORMAT csv, HEADER")


def read_parquet(path: Path, columns: Iterable[str] | None = None, **equals: Any) -> Table:
    """Read a table, or some columns of it, or the rows in which the named columns have the given values.

    A tuple stands for any of its values.

    Raises:
        UnreadableTableError: the file is damaged, or no Parquet file at all.
    """
    import duckdb

    with _connection() as connection:
        try:
            return _read(connection, path, columns, equals)
        except (duckdb.Error, RuntimeError, MemoryError, ValueError) as error:  # what a broken file can set off
            raise UnreadableTableError(f"this is no Parquet file, or a damaged one ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _read(
    connection: duckdb.DuckDBPyConnection, path: Path, columns: Iterable[str] | None, equals: Mapping[str, Any]
) -> Table:
    source = f"read_parquet({_quoted(escape(str(path)))})"
    types = dict(connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM {source})").fetchall())
    rows = f"FROM {source}" + _condition(equals)
    names = [name for name in types if columns is None or name in set(columns)]
    values = [each for value in equals.values() for each in _any_of(value)]
    texts = {name: _words(connection, name, rows, values) for name in names if _is_text(types[name])}
    chosen = ", ".join(_coded(name, texts.get(name, ())) for name in names)
    arrays = connection.execute(f"SELECT {chosen} {rows}", values).fetchnumpy()
    return Table({name: _column(arrays[name], texts.get(name)) for name in names})


def read_csv(path: Path) -> Table:
    """Read a CSV file that `write_csv` wrote."""
    with _connection() as connection:
        frame = connection.execute(f"SELECT * FROM read_csv({_quoted(escape(str(path)))}, header = true)").fetchnumpy()
    return Table.of(**{name: _plain(values) for name, values in frame.items()})


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Opened once: opening it takes as long as writing fifty thousand rows."""
    import duckdb

    return duckdb.connect(":memory:")


def _connection() -> duckdb.DuckDBPyConnection:
    return _database().cursor()


def _copy(table: Table, path: Path, options: str) -> None:
    import duckdb

    with _connection() as connection:
        chosen = _registered(connection, table)
        try:
            connection.execute(f"COPY (SELECT {chosen} FROM source) TO {_quoted(str(path))} ({options})")
        except duckdb.IOException as error:  # no room, no right: what Python calls by its own name
            raise OSError(errno.EIO, _first_line(error)) from error


def _registered(connection: duckdb.DuckDBPyConnection, table: Table) -> str:
    """Make a table known as `source`; gives what is to be selected from it."""
    if len(table) >= PANDAS_PAYS_FROM_ROWS:
        connection.register("source", table.to_frame())
        return "*"
    connection.register("source", {str(place): _codes(column) for place, column in enumerate(table.columns.values())})
    return ", ".join(_decoded(place, name, column) for place, (name, column) in enumerate(table.columns.items()))


def _codes(column: Column) -> Array:
    if isinstance(column, Labels):
        return column.texts() if len(column.words) > MANY_WORDS else column.codes
    return column.astype("M8[us]") if column.dtype.kind == "M" else column


def _decoded(place: int, name: str, column: Column) -> str:
    if not isinstance(column, Labels) or len(column.words) > MANY_WORDS:
        kind = "::DATE" if not isinstance(column, Labels) and column.dtype == np.dtype("M8[D]") else ""
        return f'"{place}"{kind} AS {_name(name)}'
    words = ", ".join(_quoted(word) for word in column.words)
    return f'([{words}]::VARCHAR[])["{place}"::BIGINT + 1] AS {_name(name)}'


def _harmless(column: Column) -> Column:
    if not isinstance(column, Labels):
        return column
    words = tuple(f"'{word}" if word.startswith(FORMULA_STARTS) else word for word in column.words)
    return Labels(column.codes, words) if len(set(words)) == len(words) else Labels.of(np.array(words)[column.codes])


def _condition(equals: Mapping[str, Any]) -> str:
    each = (f"{_name(name)} IN ({', '.join('?' * len(_any_of(value)))})" for name, value in equals.items())
    return f" WHERE {' AND '.join(each)}" if equals else ""


def _any_of(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _words(connection: duckdb.DuckDBPyConnection, name: str, rows: str, values: list[Any]) -> tuple[str, ...]:
    found = connection.execute(f"SELECT DISTINCT {_name(name)} AS word {rows} ORDER BY word", values).fetchall()
    return tuple(str(word) for (word,) in found)


def _coded(name: str, words: tuple[str, ...]) -> str:
    """A column as it is read: texts of a few words as codes, counted by DuckDB."""
    if not 0 < len(words) <= MANY_WORDS:
        return _name(name)
    listed = ", ".join(_quoted(word) for word in words)
    return f"enum_code({_name(name)}::ENUM({listed})) AS {_name(name)}"


def _column(values: Any, words: tuple[str, ...] | None) -> Column:
    array = _plain(values)
    if words is None:
        return array
    if 0 < len(words) <= MANY_WORDS:
        return Labels(array, words)
    place = {word: code for code, word in enumerate(words)}
    return Labels(np.fromiter((place[text] for text in array), np.int64, len(array)), words)


def _plain(values: Any) -> Array:
    """An array without a mask: null numbers are NaN."""
    if isinstance(values, np.ma.MaskedArray):
        return np.asarray(values.filled(np.nan) if values.dtype.kind == "f" else values.data)
    return np.asarray(values)


def _is_text(kind: str) -> bool:
    return kind == "VARCHAR" or kind.startswith("ENUM")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def answer_of(query: str, tables: Mapping[str, Table]) -> Table:
    """The answer to a query on tables by their names. It can read nothing else: no file, no extension, no setting."""
    import duckdb

    with duckdb.connect(":memory:") as database:
        for name, table in tables.items():
            source = {str(place): _codes(column) for place, column in enumerate(table.columns.values())}
            database.register("source", source)
            chosen = ", ".join(
                _decoded(place, each, column) for place, (each, column) in enumerate(table.columns.items())
            )
            database.execute(f"CREATE TABLE {_name(name)} AS SELECT {chosen} FROM source")
            database.unregister("source")
        database.execute("SET enable_external_access = false; SET lock_configuration = true")
        found = database.execute(query).fetchnumpy()
    return Table.of(**{name: _plain(values) for name, values in found.items()})
