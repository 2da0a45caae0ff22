"""The settings of a factor in a few groups, so that an outcome can be averaged over each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.drawing import plain
from analysis.studies.experiments import Experiments, Factor, Floats, Ints
from analysis.studies.settings import factor_scale, rounded

FEW = 8  # so many values are shown one by one
POINTS_PER_CELL = 10  # of a map of two binned factors, on average
FEWEST, MOST = 2, 6  # groups of a number


@dataclass(frozen=True)
class Groups:
    """A factor in groups: of which group each point is, and what stands on the axis where.

    Group n covers n to n + 1 on the axis. `names` are of the groups where each is one value, else empty; then `edges`
    are the values at the ends of groups.
    """

    factor: Factor
    group: Ints
    number: int
    names: tuple[str, ...]
    edges: tuple[str, ...]

    @property
    def axis(self) -> str:
        """What the axis is called, with its unit."""
        unit = "" if self.factor.choices else factor_scale(self.factor).unit
        return self.factor.words if self.factor.words.endswith(unit) else f"{self.factor.words}, {unit}"

    def ticks(self) -> tuple[list[float], tuple[str, ...]]:
        """Where the axis says what."""
        if self.names:
            return [n + 0.5 for n in range(self.number)], self.names
        return [float(n) for n in range(self.number + 1)], self.edges


def grouped(experiments: Experiments, place: int, most: int = MOST) -> Groups:
    """A factor in its own values if they are few, else in so many groups of equal width (log: of equal ratio)."""
    factor, column = experiments.factors[place], experiments.inputs[:, place]
    values, group = np.unique(column, return_inverse=True)
    if factor.choices or len(values) <= FEW:
        return Groups(factor, group.astype(np.int64), len(values), tuple(_name(factor, each) for each in values), ())
    low, high = min(factor.low, float(column.min())), max(factor.high, float(column.max()))
    edges = np.geomspace(low, high, most + 1) if factor.log and low > 0.0 else np.linspace(low, high, most + 1)
    found = np.clip(np.searchsorted(edges, column, side="right") - 1, 0, most - 1)
    return Groups(factor, found.astype(np.int64), most, (), tuple(_name(factor, each) for each in edges))


def groups_for(points: int) -> int:
    """How many groups of each of two numbers leave enough points in a cell."""
    return int(np.clip(int(np.sqrt(points / POINTS_PER_CELL)), FEWEST, MOST))


def cell_means(rows: Groups, columns: Groups, values: Floats) -> tuple[Floats, Ints]:
    """Means of an outcome by cell, NaN where nothing ran, and how many points each rests on; (rows, columns)."""
    ran = np.isfinite(values)
    cell = rows.group[ran] * columns.number + columns.group[ran]
    shape = (rows.number, columns.number)
    count = np.bincount(cell, minlength=rows.number * columns.number)
    total = np.bincount(cell, values[ran], minlength=rows.number * columns.number)
    means = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return means.reshape(shape), count.astype(np.int64).reshape(shape)


def _name(factor: Factor, value: float) -> str:
    """A setting without its unit, which stands on the axis."""
    if factor.choices:
        return factor.choices[int(np.clip(round(value), 0, len(factor.choices) - 1))]
    return plain(rounded(factor, value))
