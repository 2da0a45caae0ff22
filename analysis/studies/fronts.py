"""Trade-offs: the points that nothing else beats in every respect (Pareto 1896)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.studies.experiments import Bools, Experiments, Floats, Ints, outcome_values
from simulation.results import Table


def not_dominated(values: Floats, larger_is_better: Sequence[bool]) -> Bools:
    """Which points no other beats: at least as good in every respect and better in one.

    Args:
        values: (points, respects); a point with NaN is never on the front.
        larger_is_better: of every respect; a cost is better when smaller.

    Raises:
        ValueError: directions and respects differ in number.
    """
    if values.shape[1] != len(larger_is_better):
        raise ValueError(f"{values.shape[1]} outcomes need as many directions; there are {len(larger_is_better)}")
    worth = values * np.where(larger_is_better, 1.0, -1.0)
    there = np.flatnonzero(np.isfinite(worth).all(1))
    front = np.zeros(len(values), np.bool_)
    front[_left(worth, there[np.lexsort(-worth[there].T)])] = True
    return front


def _left(worth: Floats, rows: Ints) -> Ints:
    """Rows that stay when each in turn throws out what it beats; good ones first, so that most go early."""
    place = 0
    while place < len(rows):
        mine = worth[rows[place]]
        others = worth[rows]
        stay = (others > mine).any(1) | (others == mine).all(1)
        place = int(stay[: place + 1].sum())
        rows = rows[stay]
    return rows


def front(experiments: Experiments, directions: dict[str, bool]) -> Table:
    """The points of a study that no other beats.

    Args:
        experiments: the study.
        directions: outcome to whether larger is better.

    Returns:
        Rows: point (its number), and a column for every outcome, in order of the first.
    """
    columns = {name: outcome_values(experiments, name) for name in directions}
    on_it = np.flatnonzero(not_dominated(np.column_stack(list(columns.values())), list(directions.values())))
    order = on_it[np.argsort(next(iter(columns.values()))[on_it], kind="stable")]
    return Table.of(point=order, **{name: column[order] for name, column in columns.items()})
