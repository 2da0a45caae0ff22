"""The folder of a study: finished runs in batches that appear whole or not at all, so that little is ever lost.

`runs/*.parquet` is what is true; `index.duckdb` knows what stands in them and is made anew from them where it does not.
"""

from __future__ import annotations

import errno
import json
import math
import os
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.files import MANIFEST, RunFolderError
from simulation.results import Table
from simulation.sweeping.locking import NAME as LOCK
from simulation.sweeping.locking import FolderLock
from simulation.sweeping.plan import PLAN, Plan, differences
from simulation.tables import UnreadableTableError, read_parquet, write_parquet

if TYPE_CHECKING:
    import duckdb

    from simulation.sweeping.evaluating import Lived
    from simulation.sweeping.outcomes import Values

RUNS, INDEX, PROGRESS, POINTS = "runs", "index.duckdb", "progress.json", "points.parquet"
BATCH, PATIENCE_SECONDS = 64, 2.0  # points, and seconds, until what is in memory is written
FAILED = -1  # the replicate of a row that says why there is none


class Store:
    """The folder of one study, open for writing.

    Raises:
        RunFolderError: another process writes here; it holds another study, or something else; it cannot be written.
    """

    def __init__(self, folder: Path, plan: Plan, *, extend: bool = False) -> None:
        self.folder = folder
        _made(folder)
        self.lock = FolderLock(folder)
        try:
            self.plan = _agreed(folder, plan, extend=extend)
            self.writing_seconds = 0.0
            self._waiting: list[Lived] = []
            self._written = time.monotonic()
            self._index = _Index(folder, plan.outcome_names)
        except BaseException:
            self.lock.release()
            raise

    def replicates_done(self) -> Mapping[str, int]:
        """By the key of a point, how many replicates of it are here; 0 where it failed."""
        return self._index.replicates_done()

    def values(self, keys: Iterable[str]) -> dict[str, tuple[Values, ...]]:
        """The replicates of some points, in order."""
        return self._index.values(keys)

    def add(self, lived: Iterable[Lived], keys: Mapping[int, str]) -> None:
        """Keep what came of points; written when it is enough, or when it has waited for long."""
        self._keys = keys
        self._waiting += lived
        if len(self._waiting) >= BATCH:
            self.write()

    def write_if_due(self) -> bool:
        """Write what has waited for two seconds."""
        if self._waiting and time.monotonic() - self._written >= PATIENCE_SECONDS:
            self.write()
            return True
        return False

    def write(self) -> None:
        """Write all that waits, as one file that appears whole."""
        started = self._written = time.monotonic()
        if not self._waiting:
            return
        table = _rows(self._waiting, self._keys, self.plan.outcome_names)
        try:
            name = _next_name(self.folder / RUNS)
            temporary = self.folder / RUNS / f".{name}.unfinished"
            write_parquet(table, temporary)
            _synced(temporary)
            temporary.replace(self.folder / RUNS / name)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        self._waiting.clear()
        self._index.take_in(name)
        self.writing_seconds += time.monotonic() - started

    def say(self, **about: Any) -> None:
        """How far the study is, for `status` in another terminal."""
        with suppress(OSError):  # nobody misses it
            write_json(
                self.folder / PROGRESS,
                {"written": time.time(), "process": os.getpid(), "writing_seconds": self.writing_seconds, **about},
            )

    def finish(self, manifest: Mapping[str, Any], runs: Table) -> None:
        """All runs in one file, and the manifest, which makes the folder a finished one."""
        self._replace_table("runs.parquet", runs)
        write_json(self.folder / MANIFEST, manifest)

    def unfinish(self) -> None:
        """What was said to be finished is to be more."""
        for name in (MANIFEST, "runs.parquet"):
            (self.folder / name).unlink(missing_ok=True)

    def copy(self, runs: Path) -> None:
        """Take over the batches of another folder of the same study."""
        for path in sorted(runs.glob("[!.]*.parquet")):
            name = _next_name(self.folder / RUNS)
            shutil.copyfile(path, self.folder / RUNS / name)
            self._index.take_in(name)

    def keep_points(self, table: Table) -> None:
        """The points of the study."""
        self._replace_table(POINTS, table)

    def close(self) -> None:
        """Let others write."""
        self._index.close()
        self.lock.release()

    def _replace_table(self, name: str, table: Table) -> None:
        temporary = self.folder / f".{name}.unfinished"
        write_parquet(table, temporary)
        temporary.replace(self.folder / name)


class _Index:
    """What stands in the batches, in a database that can be thrown away."""

    def __init__(self, folder: Path, outcomes: Sequence[str]) -> None:
        self.folder = folder
        self.outcomes = outcomes
        self.database = self._opened()
        known = {name for (name,) in self.database.execute("SELECT file FROM batches").fetchall()}
        there = {path.name for path in (folder / RUNS).glob("[!.]*.parquet")}
        if known - there:
            self._anew()
            known = set()
        for name in sorted(there - known):
            self.take_in(name)

    def _opened(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        try:
            database = duckdb.connect(str(self.folder / INDEX))
            self._tables(database)
        except duckdb.Error:
            (self.folder / INDEX).unlink(missing_ok=True)
            (self.folder / f"{INDEX}.wal").unlink(missing_ok=True)
            database = duckdb.connect(str(self.folder / INDEX))
            self._tables(database)
        return database

    def _tables(self, database: duckdb.DuckDBPyConnection) -> None:
        columns = ", ".join(f"{quoted(name)} DOUBLE" for name in self.outcomes)
        database.execute("CREATE TABLE IF NOT EXISTS batches (file VARCHAR)")
        about = "key VARCHAR, replicate INTEGER, seconds DOUBLE, cause VARCHAR"
        database.execute(f"CREATE TABLE IF NOT EXISTS runs ({about}, {columns})")

    def _anew(self) -> None:
        self.database.execute("DELETE FROM runs")
        self.database.execute("DELETE FROM batches")

    def take_in(self, name: str) -> None:
        """Note what a batch holds.

        Raises:
            RunFolderError: the batch is damaged.
        """
        import duckdb

        path = self.folder / RUNS / name
        columns = ", ".join(["key", "replicate", "seconds", "cause", *map(quoted, self.outcomes)])
        try:
            self.database.execute(f"INSERT INTO runs SELECT {columns} FROM read_parquet(?)", [str(path)])  # noqa: S608
            self.database.execute("INSERT INTO batches VALUES (?)", [name])
        except duckdb.Error as error:
            if _is_whole(path):
                raise OSError(errno.EIO, str(error).splitlines()[0]) from error  # it is the index that has no room
            raise RunFolderError(
                f"{path} is damaged ({str(error).splitlines()[0]}). Remove it: its runs are done again."
            ) from error

    def replicates_done(self) -> dict[str, int]:
        found = self.database.execute(
            "SELECT key, count(DISTINCT replicate) FILTER (replicate >= 0) FROM runs GROUP BY key"
        )
        return dict(found.fetchall())

    def values(self, keys: Iterable[str]) -> dict[str, tuple[Values, ...]]:
        columns = ", ".join(map(quoted, self.outcomes))
        rows = self.database.execute(
            f"SELECT key, {columns} FROM runs WHERE replicate >= 0 AND key IN (SELECT unnest(?)) "  # noqa: S608
            "ORDER BY key, replicate",
            [list(keys)],
        ).fetchall()
        found: dict[str, list[Values]] = {}
        for key, *values in rows:
            found.setdefault(key, []).append(tuple(math.nan if each is None else each for each in values))
        return {key: tuple(values) for key, values in found.items()}

    def close(self) -> None:
        self.database.close()


def _is_whole(path: Path) -> bool:
    try:
        return "key" in read_parquet(path)
    except UnreadableTableError:
        return False


def unwritable(folder: Path, error: Exception) -> RunFolderError:
    """What is said where there is no room or no right to write."""
    why = (getattr(error, "strerror", None) or str(error)).partition("\n")[0]
    kept = "What was written before is kept, and the same command goes on from there"
    return RunFolderError(f"{folder} cannot be written: {why}. {kept}.")


def _made(folder: Path) -> None:
    """The folder, if it is new or a study's."""
    if folder.exists() and not folder.is_dir():
        raise RunFolderError(f"{folder} is a file. Name a folder.")
    if folder.is_dir() and not (folder / PLAN).is_file() and not _is_begun(folder):
        raise RunFolderError(f"{folder} is not empty and holds no study. Name another folder.")
    try:
        (folder / RUNS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(f"{folder} cannot be written: {error.strerror}.") from error


def _is_begun(folder: Path) -> bool:
    """Whether all that it holds is what a sweep makes before its plan, which found no room."""
    others = {path.name for path in folder.iterdir()} - {RUNS, LOCK, f".{PLAN}.unfinished"}
    return not others and not ((folder / RUNS).is_dir() and any((folder / RUNS).iterdir()))


def _agreed(folder: Path, plan: Plan, *, extend: bool) -> Plan:
    """The plan, once the folder's own says the same, or may be extended to it."""
    path = folder / PLAN
    if path.is_file():
        before = Plan.read(folder)
        changed = differences(before.identity, plan.identity)
        other = [each for each in changed if not (extend and each.may_grow)]
        if other:
            hint = (
                "" if extend or not all(each.may_grow for each in other) else " Add --extend to add to what is there."
            )
            told = "\n".join(f"  {each}" for each in other)
            advice = f"Give this one another name, or remove the folder.{hint}"
            raise RunFolderError(f"{folder} holds another study of that name:\n{told}\n{advice}")
    write_json(path, plan.as_dict())
    return plan


def _rows(lived: Sequence[Lived], keys: Mapping[int, str], outcomes: Sequence[str]) -> Table:
    """One row a replicate, and one for each point that failed."""
    rows: list[tuple[Any, ...]] = []
    nothing = (math.nan,) * len(outcomes)
    for each in lived:
        key, share = keys[each.point], each.seconds / max(len(each.values), 1)
        rows += [(key, each.first_replicate + n, share, "", *values) for n, values in enumerate(each.values)]
        if each.cause:
            rows.append((key, FAILED, each.seconds, each.cause[:1_000], *nothing))
    columns = list(zip(*rows, strict=True))
    return Table.of(
        key=list(columns[0]),
        replicate=np.array(columns[1], np.int32),
        seconds=np.array(columns[2]),
        cause=list(columns[3]),
        **{name: np.array(columns[4 + n], np.float64) for n, name in enumerate(outcomes)},
    )


def _next_name(folder: Path) -> str:
    """The number after the last one."""
    last = max((int(path.stem.partition("-")[0]) for path in folder.glob("[0-9]*.parquet")), default=0)
    return f"{last + 1:08d}.parquet"


def batches(folder: Path) -> Table:
    """All rows of all batches of a study's folder, finished or not.

    Raises:
        RunFolderError: one is damaged.
    """
    whole = folder / "runs.parquet"
    try:
        if whole.is_file():
            return read_parquet(whole)
        parts = [read_parquet(path) for path in sorted((folder / RUNS).glob("[!.]*.parquet"))]
    except UnreadableTableError as error:
        raise RunFolderError(f"{folder}: {error}") from error
    return Table.concat(parts) if parts else Table({})


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Replace a file of JSON as a whole."""
    temporary = path.with_name(f".{path.name}.unfinished")
    temporary.write_text(json.dumps(values, indent=2, default=str) + "\n", encoding="utf-8")
    _synced(temporary)
    temporary.replace(path)


def _synced(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'
