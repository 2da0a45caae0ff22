"""Curves of buying, observed beside simulated: who has bought again, gaps, recency, frequency and money, cohorts.

All of the same weeks and customers. They are compared and set nothing: what they show is whether the market, simulated
with what was found, has customers who buy as the firm's do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.simulated import Bought
from simulation.results import Table

Array = NDArray[Any]
WEEK, MONTH = 7, 28  # days
GAPS = ((0, "same week"), (1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5-8"), (9, "9 or more"))
COUNTS = ((0, "0"), (1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5-9"), (10, "10 or more"))
SINCE = ((0, "0-1"), (2, "2-3"), (4, "4-7"), (8, "8 or more"))
FIFTHS = ("top fifth", "second", "third", "fourth", "last")
COHORTS = ("first came longest ago", "earlier", "later", "first came last")


class Curve(NamedTuple):
    """One statistic at several places; `at` names them."""

    name: str
    at: tuple[str, ...]
    values: Array


def curves_of(bought: Bought, first: Array) -> list[Curve]:
    """All curves of some weeks; `first` is the day on which each customer was first seen."""
    count = np.bincount(bought.customer, minlength=bought.customers)
    return [
        _bought_again(bought),
        _binned("gaps", _gaps(bought), GAPS),
        _binned("frequency", count, COUNTS),
        _binned("recency", _weeks_since(bought), SINCE),
        _money(bought),
        *_cohorts(bought, first),
    ]


def curves_table(
    observed: Bought, simulated: Sequence[Bought], first: Array, shares: Mapping[str, tuple[float, float]]
) -> Table:
    """Curves observed beside simulated (mean of the replicates, and their range); shares of places too.

    Args:
        observed: of the log.
        simulated: one a replicate.
        first: day on which each customer was first seen.
        shares: of each place, observed and simulated.
    """
    seen = curves_of(observed, first)
    made = [curves_of(each, first) for each in simulated]
    rows = [
        (curve.name, place, float(curve.values[k]), [float(one[n].values[k]) for one in made])
        for n, curve in enumerate(seen)
        for k, place in enumerate(curve.at)
    ]
    rows += [("place", name, pair[0], [pair[1]]) for name, pair in shares.items()]
    return Table.of(
        curve=[row[0] for row in rows],
        at=[row[1] for row in rows],
        observed=[row[2] for row in rows],
        **{name: [_of(how, row[3]) for row in rows] for name, how in RANGE.items()},
    )


RANGE: Mapping[str, Callable[[Any], Any]] = {"simulated": np.mean, "low": np.min, "high": np.max}


def _of(how: Callable[[Any], Any], values: list[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(how(known)) if known else float("nan")


def _bought_again(bought: Bought) -> Curve:
    """Share of customers who have bought by the end of each week: all had bought before."""
    first = np.full(bought.customers, np.iinfo(np.int64).max)
    np.minimum.at(first, bought.customer, bought.day // WEEK)
    values = [float((first <= week).mean()) for week in range(bought.weeks)]
    return Curve("bought again", tuple(str(week + 1) for week in range(bought.weeks)), np.array(values))


def _gaps(bought: Bought) -> Array:
    """Weeks between the purchases of a customer: the engine's weeks have no days."""
    order = np.lexsort((bought.day, bought.customer))
    gap, same = np.diff(bought.day[order] // WEEK), np.diff(bought.customer[order]) == 0
    return np.asarray(gap[same])


def _weeks_since(bought: Bought) -> Array:
    """Weeks since the last purchase of those who bought."""
    last = np.full(bought.customers, -1)
    np.maximum.at(last, bought.customer, bought.day // WEEK)
    return np.asarray(bought.weeks - 1 - last[last >= 0])


def _binned(name: str, values: Array, bins: tuple[tuple[int, str], ...]) -> Curve:
    """Shares of values between the lower ends of bins."""
    place = np.searchsorted([low for low, _ in bins], values, side="right") - 1
    count = np.bincount(place, minlength=len(bins)).astype(float)
    return Curve(name, tuple(words for _, words in bins), count / count.sum() if count.sum() else count * np.nan)


def _money(bought: Bought) -> Curve:
    """Share of all money from each fifth of the customers, by what they spent."""
    spent = np.sort(np.bincount(bought.customer, bought.amount, minlength=bought.customers))[::-1]
    parts = np.array([part.sum() for part in np.array_split(spent, len(FIFTHS))])
    return Curve("money", FIFTHS, parts / parts.sum() if parts.sum() else parts * np.nan)


def _cohorts(bought: Bought, first: Array) -> list[Curve]:
    """Share of each quarter of the customers, by when they were first seen, who buy in each four weeks."""
    months = max(bought.weeks * WEEK // MONTH, 1)
    there = np.zeros((bought.customers, months), np.bool_)
    month = bought.day // MONTH
    there[bought.customer[month < months], month[month < months]] = True
    at = tuple(f"weeks {4 * n + 1}-{4 * n + 4}" for n in range(months))
    quarters = np.array_split(np.argsort(first, kind="stable"), len(COHORTS))
    return [
        Curve(f"cohort: {name}", at, there[rows].mean(0) if rows.size else np.full(months, np.nan))
        for name, rows in zip(COHORTS, quarters, strict=True)
    ]
