"""A dated series of sales: what periods its dates stand for, in order, with its gaps, and its trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.calendar import days_of_month

Floats = NDArray[np.float64]
DAY, WEEK, MONTH = "day", "week", "month"
PERIODS = {MONTH: 12, WEEK: 52}  # in a year
CUT_WEEKS = 2  # that two years of days may lose at both ends
MOST_MISSING = 0.2  # of the periods between the first and the last
ROUNDS = 6  # of filling gaps by trend and season


@dataclass(frozen=True)
class Series:
    """Values of whole periods one after another, NaN where there is a gap; `unit` is week or month.

    `first` are their first days, `days` how long they are.
    """

    unit: str
    first: tuple[date, ...]
    days: tuple[int, ...]
    values: Floats
    remarks: tuple[str, ...] = ()

    @property
    def year(self) -> int:
        """Periods in a year."""
        return PERIODS[self.unit]

    @property
    def rates(self) -> Floats:
        """Values a day."""
        return np.asarray(self.values / np.array(self.days))

    def latest(self, years: int) -> Series:
        """The last years of it, with half a year more at both ends for their trend."""
        return self.part(max(0, len(self.values) - (years + 1) * self.year))

    def part(self, start: int, end: int | None = None) -> Series:
        """Some of its periods."""
        some = slice(start, end)
        return Series(self.unit, self.first[some], self.days[some], self.values[some], self.remarks)


def series_of(dates: Sequence[date], values: Sequence[float] | Floats) -> Series:
    """Dated values as a series of weeks or months; days are added up to ISO weeks.

    Args:
        dates: one for each value, in any order: a day, the first day of a week, any day of a month.
        values: sales of that day, week or month.

    Raises:
        ValueError: dates and values differ in number, a date is given twice, a value is no number, a week or month has
            sales below zero, dates are neither daily, weekly nor monthly, or a fifth of the periods are missing.
    """
    amounts = np.asarray(values, np.float64)
    if len(dates) != amounts.size:
        raise ValueError(f"there are {len(dates)} dates and {amounts.size} values")
    if len(dates) < 2:  # noqa: PLR2004  (the distance of two dates tells what they stand for)
        raise ValueError("a series of sales needs two years of dated values")
    order = sorted(range(len(dates)), key=lambda n: dates[n])
    days, amounts = [dates[n] for n in order], amounts[order]
    _refuse_doubles(days)
    unit = _unit(days)
    found = _months(days, amounts) if unit == MONTH else _weeks(days, amounts, daily=unit == DAY)
    _refuse_negatives(found)
    return found


def trend_of(series: Series) -> tuple[Floats, Floats]:
    """The centred mean of a year around each period, NaN at both ends, and the values with gaps filled.

    Gaps are filled by trend and season, over and over, so that they pull neither.
    """
    values, missing = series.values.copy(), ~np.isfinite(series.values)
    places = np.arange(len(values))
    values[missing] = np.interp(places[missing], places[~missing], values[~missing])
    for _ in range(ROUNDS if missing.any() else 0):
        trend = centred_mean(values, series.year)
        ratio = np.where(missing, np.nan, values / np.where(trend > 0, trend, np.nan))
        season = np.array([_mean(ratio[places % series.year == k]) for k in range(series.year)])
        whole = np.interp(places, places[np.isfinite(trend)], trend[np.isfinite(trend)])
        values[missing] = (whole * season[places % series.year])[missing]
    return centred_mean(values, series.year), values


def centred_mean(values: Floats, year: int) -> Floats:
    """The mean of a year around each value: half of both ends where a year is even; NaN where it does not fit."""
    weights = np.ones(year + 1) / year
    weights[[0, -1]] /= 2
    found = np.full(len(values), np.nan)
    half = year // 2
    if len(values) > year:
        found[half : len(values) - half] = np.convolve(values, weights, mode="valid")
    return found


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else 1.0


def _refuse_doubles(days: list[date]) -> None:
    for before, after in pairwise(days):
        if before == after:
            raise ValueError(f"{after} is given twice; add its sales up, or keep one")


def _refuse_negatives(series: Series) -> None:
    for first, value in zip(series.first, series.values, strict=True):
        if value < 0:
            raise ValueError(f"the {series.unit} of {first} has sales of {value:g}: below zero")
    if not np.nansum(series.values) > 0:
        raise ValueError("all sales are zero")


def _unit(days: list[date]) -> str:
    gap = float(np.median(np.diff([day.toordinal() for day in days])))
    for unit, low, high in ((DAY, 0, 3), (WEEK, 5, 9), (MONTH, 26, 33)):
        if low <= gap <= high:
            return unit
    raise ValueError(f"dates {gap:g} days apart are neither daily, weekly nor monthly")


def _months(days: list[date], values: Floats) -> Series:
    """One value for each month from the first to the last."""
    number = [12 * day.year + day.month - 1 for day in days]
    for k in range(1, len(number)):
        if number[k] == number[k - 1]:
            raise ValueError(f"{days[k]:%B %Y} has two values, of {days[k - 1]} and {days[k]}")
    months = range(number[0], number[-1] + 1)
    first = tuple(date(month // 12, month % 12 + 1, 1) for month in months)
    found = np.full(len(months), np.nan)
    found[np.array(number) - number[0]] = np.where(np.isfinite(values), values, np.nan)
    return _checked(Series(MONTH, first, tuple(days_of_month(each) for each in first), found))


def _weeks(days: list[date], values: Floats, *, daily: bool) -> Series:
    """One value for each week: of seven days from the weekly dates, or ISO weeks whose usual days are all there."""
    start = days[0] if not daily else days[0] - timedelta(days=days[0].weekday())
    number = np.array([(day - start).days // 7 for day in days])
    count = int(number[-1]) + 1
    known = np.isfinite(values)
    sums = np.bincount(number[known], weights=values[known], minlength=count)
    there = np.bincount(number[known], minlength=count)
    usual = int(np.median(there[there > 0])) if daily else 1
    found = np.where(there >= usual, sums, np.nan)
    first = tuple(start + timedelta(weeks=n) for n in range(count))
    whole = np.nonzero(np.isfinite(found))[0]
    if not whole.size:
        raise ValueError("no week has all of its days")
    remarks = (f"Days are added up to ISO weeks; a week usually has {usual} of them.",) if daily else ()
    series = Series(WEEK, first, (7,) * count, found, remarks)
    return _checked(series.part(int(whole[0]), int(whole[-1]) + 1))


def _checked(series: Series) -> Series:
    """Two years at least, few gaps; gaps are said."""
    count, missing = len(series.values), int((~np.isfinite(series.values)).sum())
    if count < 2 * series.year - (CUT_WEEKS if series.unit == WEEK else 0):
        raise ValueError(f"a season needs two years; these are {count} {series.unit}s")
    if missing > MOST_MISSING * count:
        raise ValueError(f"{missing} of {count} {series.unit}s are missing: too many for a season")
    if not missing:
        return series
    said = f"{missing} of {count} {series.unit}s are missing; they are filled by trend and season."
    return Series(series.unit, series.first, series.days, series.values, (*series.remarks, said))
