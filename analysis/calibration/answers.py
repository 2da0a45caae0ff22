"""Answers of a survey on the scale 0 to 1: what was answered, by whom about whom, and what is left out.

What a person adds to every answer alike (leniency, habits of answering, halo) is taken out where the person rated
several things: then each answer is what it is beside the person's others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.results import Labels, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Scale = tuple[float, float]
Scales = Scale | Mapping[str, Scale]
USUAL_SCALES: tuple[Scale, ...] = ((0, 1), (1, 4), (1, 5), (0, 5), (1, 6), (1, 7), (1, 9), (1, 10), (0, 10), (0, 100))
CENTRED_SHARE = 0.5  # of the rows must be of people who rated several things, if only these are to be used
ROWS_A_DRIVER = 10  # that are left when only they are


@dataclass(frozen=True)
class Sheet:
    """Complete rows of a survey: `outcome` (rows,) and `drivers` (rows, columns) from 0 to 1, or less their means.

    `cluster` numbers the people, whose rows are not independent; `free` counts the means that were taken out;
    `error` (rows,) is how much of one answer's error variance is in each row; `remarks` say what was done.
    """

    outcome: Floats
    drivers: Floats
    cluster: Ints
    free: int
    error: Floats
    remarks: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows are used."""
        return len(self.outcome)


def levels(table: Table, columns: Sequence[str], scale: Scales | None = None) -> dict[str, Floats]:
    """Columns of answers as levels from 0 to 1, NaN where nothing was answered.

    Args:
        table: the survey.
        columns: names of its columns.
        scale: lowest and highest answer of all columns or, by name, of some; those not given share the smallest usual
            scale that holds their answers.

    Raises:
        ValueError: a column is missing, is text, is empty, or has answers outside its scale.
    """
    raw = {name: _numbers(table, name) for name in columns}
    given = scale if isinstance(scale, Mapping) else {} if scale is None else dict.fromkeys(columns, scale)
    found = [values for name, values in raw.items() if name not in given]
    usual = scale_of(*found) if found else (0.0, 1.0)
    return {name: _level(name, values, given.get(name, usual)) for name, values in raw.items()}


def scale_of(*columns: Floats) -> Scale:
    """The smallest usual scale that holds all answers of some columns, else what they span.

    Raises:
        ValueError: nobody answered.
    """
    answers = np.concatenate([column[np.isfinite(column)] for column in columns])
    if not answers.size:
        raise ValueError("nobody answered: the scale cannot be found")
    lowest, highest = float(answers.min()), float(answers.max())
    for low, high in USUAL_SCALES:
        if low <= lowest and highest <= high:
            return float(low), float(high)
    return lowest, highest


def sheet_of(
    outcome: Floats, drivers: Floats, person: Ints | None = None, subject: Ints | None = None, *, name: str
) -> Sheet:
    """The complete rows, what a person said of one thing averaged, people's own means taken out where that can be.

    Args:
        outcome: (rows,) what is to be explained, NaN where missing.
        drivers: (rows, columns) what explains it.
        person: who answered, as numbers.
        subject: what the answers are about, as numbers.
        name: what the remarks call the outcome.

    Raises:
        ValueError: too few complete rows for so many drivers.
    """
    complete = np.isfinite(outcome) & np.isfinite(drivers).all(axis=1)
    remarks = []
    if not complete.all():
        lost = int((~complete).sum())
        remarks.append(f"{lost:,} of {len(outcome):,} rows lack an answer and do not count for {name}.")
    values = np.column_stack([outcome, drivers])[complete]
    who, asked = np.arange(len(values)) if person is None else person[complete], np.ones(len(values))
    if person is not None and subject is not None:
        values, who, asked = _averaged(values, who, subject[complete])
    _enough(len(values), drivers.shape[1], name)
    values, who, asked, means, said = _centred(values, who, asked, known=person is not None)
    error = (1 - len(means) / len(values)) / asked
    return Sheet(values[:, 0], values[:, 1:], who, len(means), error, (*remarks, *said))


def codes(table: Table, name: str | None) -> Ints | None:
    """A column of ids as numbers; None if there is none.

    Raises:
        ValueError: the table has no such column.
    """
    if name is None:
        return None
    if name not in table.columns:
        raise ValueError(f"the survey has no column {name!r}; it has {', '.join(table.columns)}")
    return np.unique(table[name], return_inverse=True)[1].astype(np.int64)


def _numbers(table: Table, name: str) -> Floats:
    if name not in table.columns:
        raise ValueError(f"the survey has no column {name!r}; it has {', '.join(table.columns)}")
    if isinstance(table.columns[name], Labels):
        raise ValueError(f"column {name!r} holds text; answers must be numbers")  # noqa: TRY004  (a file's fault)
    values = np.asarray(table[name], np.float64)
    if not np.isfinite(values).any():
        raise ValueError(f"column {name!r} has no answers")
    return np.where(np.isfinite(values), values, np.nan)


def _level(name: str, values: Floats, scale: Scale) -> Floats:
    low, high = scale
    if not low < high:
        raise ValueError(f"everybody answered {low:g} in column {name!r}, and its scale is not given")
    known = values[np.isfinite(values)]
    if known.min() < low or known.max() > high:
        outside = known.min() if known.min() < low else known.max()
        raise ValueError(f"column {name!r} has the answer {outside:g}, outside its scale {low:g} to {high:g}")
    return (values - low) / (high - low)


def _averaged(values: Floats, who: Ints, subject: Ints) -> tuple[Floats, Ints, Floats]:
    """One row for each person and thing rated: the mean of what the person said of it, and how often."""
    pairs, place = np.unique(np.column_stack([who, subject]), axis=0, return_inverse=True)
    place = place.reshape(-1)
    counts = np.bincount(place, minlength=len(pairs))
    sums = [np.bincount(place, weights=column, minlength=len(pairs)) for column in values.T]
    return np.column_stack(sums) / counts[:, None], pairs[:, 0].astype(np.int64), counts.astype(np.float64)


def _centred(
    values: Floats, who: Ints, asked: Floats, *, known: bool
) -> tuple[Floats, Ints, Floats, Floats, tuple[str, ...]]:
    """Values less the means of each person, if enough people rated several things; else less the means of all."""
    place, counts = np.unique(who, return_inverse=True, return_counts=True)[1:]
    several = counts[place] > 1
    if several.mean() < CENTRED_SHARE or several.sum() < 2 * ROWS_A_DRIVER * (values.shape[1] - 1):
        rest = "few people rated several things" if known else "who answered is not known"
        words = (
            f"Habits of answering stay in the answers, because {rest}: what a person adds to all answers alike "
            "makes drivers look alike and more important together."
        )
        mean = values.mean(axis=0)[None]
        return values - mean, who, asked, mean, (words,)
    values, who, asked = values[several], who[several], asked[several]
    place, counts = np.unique(who, return_inverse=True, return_counts=True)[1:]
    means = np.column_stack([np.bincount(place, weights=column) for column in values.T]) / counts[:, None]
    single = int((~several).sum())
    words = "Each answer counts beside the same person's others: habits of answering and halo drop out"
    left = f" ({single:,} ratings of people who rated one thing are left out)." if single else "."
    return values - means[place], who, asked, means, (words + left,)


def _enough(rows: int, drivers: int, name: str) -> None:
    needed = drivers + 3
    if rows < needed:
        raise ValueError(f"{rows} complete rows are too few for {drivers} drivers of {name}; there must be {needed}")
