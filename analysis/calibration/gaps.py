"""Weeks in which nobody bought although many did before and after: the shop was closed, or the log lacks them.

Silence of one customer says something of that customer; silence of all at once says something of the log. Such weeks
are left out of every history: nobody could have been seen buying.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.course import Course
from analysis.calibration.purchases import Purchases

Array = NDArray[Any]
WEEK = 7
SHORTEST = 2  # weeks of a gap
CROWD = 12  # customers who bought just before, as many weeks as the gap has, and just after: chance would be e^-12


def open_weeks(log: Purchases) -> Array:
    """1 for each week of the histories of a log, 0 for those in gaps; the last week is the log's last."""
    factors = np.ones(-(-log.until // WEEK))
    for first, end in _gaps(log):
        factors[first:end] = 0.0
    return factors


def factors_of(log: Purchases, course: Course) -> Array:
    """The factor of the need rate in each week of the histories of a log: its season, 0 in gaps."""
    factors = open_weeks(log)
    first = log.first_day + timedelta(days=log.until - WEEK * factors.size)
    return factors * course.over(first, factors.size)


def remarks_on_gaps(log: Purchases) -> Iterator[str]:
    """What has to be said of weeks without any purchase, inside a log and at its end."""
    weeks = -(-log.until // WEEK)
    begin = log.until - WEEK * weeks
    for first, end in _gaps(log):
        a, b = (log.first_day + timedelta(days=begin + WEEK * week) for week in (first, end))
        yield (
            f"Nobody bought from {a} to {b - timedelta(days=1)}, though many did before and after: these "
            f"{end - first} weeks are left out, as if the shop was closed or the log lacks them."
        )
    silent = (log.until - 1 - int(log.day.max())) // WEEK
    if silent >= SHORTEST and _buyers(log, weeks - 2 * silent, weeks - silent) >= CROWD:
        last = log.first_day + timedelta(days=int(log.day.max()))
        yield (
            f"Nobody bought in the last {silent} weeks, which count as weeks without purchases: many customers seem "
            f"to have left. If the log was cut, calibrate it with --until {last}."
        )


def _gaps(log: Purchases) -> Iterator[tuple[int, int]]:
    """First week of each gap, and the week after it."""
    weeks = -(-log.until // WEEK)
    empty = np.bincount(_week(log), minlength=weeks) == 0
    edges = np.flatnonzero(np.diff(np.r_[0, empty.astype(int), 0]))
    for first, end in edges.reshape(-1, 2).tolist():
        length = end - first
        around = _buyers(log, first - length, first), _buyers(log, end, end + length)
        if length >= SHORTEST and min(around) >= CROWD:
            yield first, end


def _week(log: Purchases) -> Array:
    return np.asarray((log.day - log.until) // WEEK - (-log.until) // WEEK)


def _buyers(log: Purchases, first: int, end: int) -> int:
    week = _week(log)
    return int(np.unique(log.customer[(week >= first) & (week < end)]).size)
