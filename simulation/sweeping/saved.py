"""A study's folder, opened for reading: finished or not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.files import MANIFEST, RunFolderError, read_manifest
from simulation.manifests import numbers_of, read_json
from simulation.results import Labels, Table
from simulation.sweeping.columns import checked_points, checked_rows
from simulation.sweeping.factors import Factor, Floats
from simulation.sweeping.plan import PLAN, Plan
from simulation.sweeping.store import FAILED, POINTS, PROGRESS, batches
from simulation.sweeping.study import Study, key_of
from simulation.tables import UnreadableTableError, read_parquet

if TYPE_CHECKING:
    import pandas as pd


class SavedStudy:
    """What a sweep has found: `points`, `runs` and `failures` are tables; `to_frame` has points and outcomes together.

    A study that is not finished can be read too: `is_finished` says so.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plan = Plan.read(folder)

    def __repr__(self) -> str:
        return f"SavedStudy({str(self.folder)!r})"

    @property
    def name(self) -> str:
        """The study's name."""
        return self.plan.name

    @property
    def is_finished(self) -> bool:
        """Whether every run of the study is here, done or failed."""
        return (self.folder / MANIFEST).is_file()

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What the finished study says of itself; empty before that."""
        return read_manifest(self.folder) if self.is_finished else {}

    @property
    def results_sha256(self) -> str | None:
        """The fingerprint of all results; None before the study is finished."""
        return self.manifest.get("results_sha256")

    @property
    def progress(self) -> Mapping[str, float]:
        """How far it was when it was last written, in numbers; what is damaged of it is left out."""
        try:
            return numbers_of(read_json(self.folder / PROGRESS))
        except (OSError, ValueError):  # written anew every few seconds: nobody misses it
            return {}

    @cached_property
    def points(self) -> Table:
        """One row a point: point, key, whether it is one of the design, policy and future, every number moved."""
        return checked_points(self.plan, _read(self.folder, POINTS))

    @cached_property
    def rows(self) -> Table:
        """One row a replicate of a key, and one for a failure: key, replicate (−1), seconds, cause, outcomes."""
        return checked_rows(self.plan, batches(self.folder))

    @cached_property
    def runs(self) -> Table:
        """One row a replicate of a point: point, replicate, seconds, every outcome."""
        return self._of_points(failed=False)

    @cached_property
    def failures(self) -> Table:
        """One row a point that failed: point, seconds, cause."""
        return self._of_points(failed=True)

    def _of_points(self, *, failed: bool) -> Table:
        """Rows with the number of their point; a key that stands for several points counts for each."""
        if not self.rows.columns:
            names = (
                ("point", "seconds", "cause") if failed else ("point", "replicate", "seconds", *self.plan.outcome_names)
            )
            return Table.of(**{name: np.empty(0) for name in names})
        rows, points = self._joined(failed=failed)
        kept = self.rows.take(rows)
        columns: dict[str, Any] = {"point": points}
        if failed:
            columns |= {"seconds": kept["seconds"], "cause": kept.columns["cause"]}
        else:
            columns |= {name: kept[name] for name in ("replicate", "seconds", *self.plan.outcome_names)}
        return Table.of(**columns)

    def _joined(self, *, failed: bool) -> tuple[Any, Any]:
        """Places of rows and numbers of points, in the order of points and replicates."""
        keys, replicate = self.rows["key"].astype(str), self.rows["replicate"]
        done = set(keys[replicate >= 0].tolist())
        last: dict[tuple[str, int], int] = {
            (key, int(n)): row for row, (key, n) in enumerate(zip(keys, replicate, strict=True))
        }
        by_key: dict[str, list[tuple[int, int]]] = {}
        for (key, n), row in last.items():
            if (n == FAILED) == failed and (n != FAILED or key not in done):
                by_key.setdefault(key, []).append((n, row))
        found = [
            (row, point)
            for point, key in zip(self.points["point"].tolist(), self.points["key"].astype(str), strict=True)
            for _, row in sorted(by_key.get(key, ()))
        ]
        pairs = np.array(found, np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    @cached_property
    def means(self) -> Table:
        """One row a point that is done: point, replicates, mean of each outcome, its standard error."""
        points, place = np.unique(self.runs["point"], return_inverse=True)
        count = np.bincount(place, minlength=len(points)).astype(float)
        columns: dict[str, Any] = {"point": points.astype(np.int64), "replicates": count.astype(np.int64)}
        for name in self.plan.outcome_names:
            values = self.runs[name]
            mean = np.bincount(place, values, len(points)) / np.maximum(count, 1)
            squares = np.bincount(place, (values - mean[place]) ** 2, len(points))
            with np.errstate(invalid="ignore", divide="ignore"):
                error = np.where(count > 1, np.sqrt(squares / (count - 1) / count), np.nan)
            columns |= {name: mean, f"se_{name}": error}
        return Table.of(**columns)

    def to_frame(self) -> pd.DataFrame:
        """Points and the means of their outcomes side by side, one row a point; NaN where a point failed."""
        return self.points.to_frame().merge(self.means.to_frame(), on="point", how="left")

    def sql(self, query: str) -> Table:
        """What a query says of the views `points`, `runs`, `failures` and `means` (DuckDB's SQL).

        Raises:
            RunFolderError: the query is wrong.
        """
        from simulation.sweeping.querying import query_of

        return query_of(self, query)

    def export(self, path: Path | str) -> Path:
        """Write points with the means of their outcomes as CSV or Parquet, by the ending of the path.

        Raises:
            RunFolderError: another ending.
        """
        from simulation.sweeping.querying import exported

        return exported(self, Path(path))


def load_study(folder: Path | str) -> SavedStudy:
    """Open the folder of a study; raises `RunFolderError` if it is none."""
    path = Path(folder)
    if not (path / PLAN).is_file():
        raise RunFolderError(f"{path}: this is no folder of a study. `sweep` writes one, by default under studies/.")
    return SavedStudy(path)


def _read(folder: Path, name: str) -> Table:
    try:
        return read_parquet(folder / name)
    except UnreadableTableError as error:
        raise RunFolderError(f"{folder}: {name}: {error}") from error


def points_table(study: Study, keys: Mapping[int, str], folder: Path) -> Table:
    """The points of a study in the order of its design, then those that its folder holds from before it grew."""
    cells, own = study.points.cells, [keys[point] for point in range(len(study.points))]
    older = _older(study, set(own), folder)
    columns: dict[str, Any] = {
        "point": np.arange(len(own) + len(older)),
        "key": [*own, *older],
        "in_design": np.arange(len(own) + len(older)) < len(own),
    }
    if study.points.policy is not None and study.points.future is not None:
        names = [policy.id for policy in study.policies]
        columns["policy"] = [names[n] for n in study.points.policy]
        columns["future"] = study.points.future
        older = {}  # policies and futures keep their numbers
        columns = {name: column[: len(own)] for name, column in columns.items()}
    for k, factor in enumerate(study.factors):
        column = np.r_[cells[:, k], [row[k] for row in older.values()]]
        columns[factor.name] = written(factor, column)
    return Table.of(**columns)


def _older(study: Study, own: set[str], folder: Path) -> dict[str, Floats]:
    """Cells of points that a smaller design had and this one has not, by their keys."""
    path = folder / POINTS
    if not path.is_file() or study.points.policy is not None:
        return {}
    before = _read(folder, POINTS)
    cells = cells_of(study.factors, before)
    return {
        key: row
        for key, row in zip(before["key"].astype(str), cells, strict=True)
        if key not in own and key == key_of(row)
    }


def written(factor: Factor, cells: Floats) -> Any:
    """A column of a table: numbers, or the choices in words."""
    if not factor.choices:
        return cells
    words = tuple(str(choice) for choice in factor.choices)
    return Labels(cells.astype(np.int64), words)


def cells_of(factors: tuple[Factor, ...], points: Table) -> Floats:
    """The cells of a table of points, (points, factors)."""
    return np.column_stack([_cells(factor, points) for factor in factors]) if factors else np.empty((len(points), 0))


def _cells(factor: Factor, points: Table) -> Floats:
    if not factor.choices:
        return np.asarray(points[factor.name], np.float64)
    place = {str(choice): n for n, choice in enumerate(factor.choices)}
    return np.array([place[str(word)] for word in points[factor.name]], np.float64)
