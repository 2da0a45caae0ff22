"""The calendar behind a series of sales: Easter, weekends, and the months and ISO weeks that days belong to."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
EASTER_DAYS = 8  # shopping before Easter Sunday: the week, and the Saturday before it
SATURDAY = 5  # of date.weekday()
DAYS_IN_MEAN_YEAR = (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (anonymous algorithm, Meeus 1991)."""
    golden, century, within = year % 19, year // 100, year % 100
    leaps, rest = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    quarter, left = divmod(within, 4)
    weekday = (32 + 2 * rest + 2 * quarter - moon - left) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def easter_share(first: date, days: int) -> float:
    """The share of Easter's shopping days that falls into so many days from the first."""
    last = first + timedelta(days=days)
    found = 0
    for year in {first.year, last.year}:
        sunday = easter(year)
        shopping = [sunday - timedelta(days=n) for n in range(1, EASTER_DAYS + 1)]
        found += sum(first <= day < last for day in shopping)
    return found / EASTER_DAYS


def weekend_share(first: date, days: int) -> float:
    """The share of Saturdays and Sundays among so many days from the first."""
    return sum((first + timedelta(days=n)).weekday() >= SATURDAY for n in range(days)) / days


def month_shares(first: date, days: int) -> Floats:
    """How much of so many days from the first lies in each month, January to December."""
    found = np.zeros(12)
    for n in range(days):
        found[(first + timedelta(days=n)).month - 1] += 1 / days
    return found


def days_of_month(first: date) -> int:
    """Days in the month of a date."""
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return (following - first.replace(day=1)).days
