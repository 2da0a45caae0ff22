"""Questions in SQL about a study's tables, and the tables in other formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulation.files import RunFolderError
from simulation.results import Table
from simulation.tables import write_csv, write_parquet

if TYPE_CHECKING:
    from simulation.sweeping.saved import SavedStudy

VIEWS = ("points", "runs", "failures", "means")


def query_of(study: SavedStudy, query: str) -> Table:
    """The answer to a query on the views; it can read them and nothing else."""
    import duckdb

    from simulation.tables import answer_of

    try:
        return answer_of(query, {name: getattr(study, name) for name in VIEWS})
    except duckdb.Error as error:
        known = ", ".join(f"{name} ({', '.join(getattr(study, name).columns)})" for name in VIEWS)
        raise RunFolderError(f"{str(error).strip()}\nThere are: {known}") from error


def exported(study: SavedStudy, path: Path) -> Path:
    """Points with the means of their outcomes, in one file."""
    return written(query_of(study, "SELECT * FROM points LEFT JOIN means USING (point) ORDER BY point"), path)


def written(table: Table, path: Path) -> Path:
    """A table as CSV or Parquet, by the ending of the path.

    Raises:
        RunFolderError: another ending.
    """
    writers = {".csv": write_csv, ".parquet": write_parquet}
    if path.suffix not in writers:
        raise RunFolderError(f"{path}: a table is written as .csv or .parquet")
    writers[path.suffix](table, path)
    return path
