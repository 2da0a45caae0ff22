"""The season of a market from a dated series of its sales, with the calendar's effects, and how well it foretells.

Each period is divided by the mean of the year around it (the classical decomposition, Persons 1919); what is left is
regressed on months (or ISO weeks) and on what moves in the calendar: Easter, and weekends in a month. Sales a day are
used, so that a month's length is no season. Intervals are of the regression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.calibration.calendar import DAYS_IN_MEAN_YEAR, easter_share, month_shares, weekend_share
from analysis.calibration.estimates import Estimate, Fit
from analysis.calibration.series import MONTH, Floats, Series, series_of, trend_of
from simulation.results import Table

if TYPE_CHECKING:
    from analysis.chart import Chart

SOURCE = "season"
MOVING_YEARS = 5  # of months, from which Easter and weekends can be told from the months
WEEKLY_YEARS = 3  # of weeks, from which ISO weeks have factors of their own
RECENT_YEARS = 10  # seasons change: December has shrunk
DRIFT = 0.75  # of the last year's growth goes on
LEAST, MOST = 0.01, 20.0  # factors that a market may have
MONTH_NAMES = tuple(date(2001, month, 1).strftime("%B") for month in range(1, 13))


@dataclass(frozen=True)
class Seasonal:
    """A fitted season: factors with errors, of 12 months or 53 ISO weeks, and effects of the calendar.

    `effects` maps what moves to its effect on a period that has all of it (Easter) or a tenth more (weekends), and
    its error; `ratios` are the plain means of value over trend by month, before any of that.
    """

    unit: str
    factors: Floats
    errors: Floats
    effects: dict[str, tuple[float, float]]
    ratios: Floats
    free: int

    @property
    def name(self) -> str:
        """The key that a market has it under."""
        return f"{self.unit}s"

    def expected(self, series: Series) -> Floats:
        """What each period of a series has over its trend."""
        rows, extra = _design(series, self.unit, moving=bool(self.effects))
        slopes = np.array([effect for effect, _ in self.effects.values()])
        return np.asarray(rows @ self.factors + (extra @ slopes if slopes.size else 0.0))


def fit_season(
    dates: Sequence[date],
    values: Sequence[float] | Floats,
    *,
    start: date | None = None,
    weeks: int | None = None,
    by: str = "auto",
    years: int = RECENT_YEARS,
) -> Fit:
    """Factors of months, or of ISO weeks, from a dated series of sales.

    Args:
        dates: days, first days of weeks, or any days of months, in any order.
        values: sales of each.
        start: first day of a scenario's week 1, if its weeks are wanted (table `season_weeks`).
        weeks: how many of them.
        by: "month", "week" (weekly or daily series of three years or more), or "auto" for the finest that the series
            allows.
        years: how many of the last years count.

    Raises:
        ValueError: less than two years, a date given twice, sales below zero, too many gaps, no regular dates.
    """
    whole = series_of(dates, values)
    series = whole.latest(years)
    unit = _unit(series, by)
    found = seasonal(series, unit)
    clipped = np.clip(found.factors, LEAST, MOST)
    older = len(whole.values) - len(series.values)
    left = [f"Only the last {years} years count, because seasons change."] if older else []
    remarks = [_lead(found), *series.remarks, *left, *_effects_in_words(found, series)]
    if (clipped != found.factors).any():
        remarks.append(f"Factors are held between {LEAST:g} and {MOST:g}.")
    tables = {"season_factors": _factor_table(found), "season_series": _series_table(series, found)}
    check = foretold(whole, unit, years)
    remarks.append(_check_in_words(check))
    if check:
        tables["season_check"] = check_table(check)
    if start is not None:
        tables["season_weeks"] = _scenario_weeks(found, start, weeks or 52)
    edits = {"market.season": {found.name: [round(float(each), 4) for each in clipped], "source": SOURCE}}
    record = {"unit": unit, "effects": {name: list(pair) for name, pair in found.effects.items()}}
    return Fit(SOURCE, _estimates(found), edits, record, tables, (_chart(found),), tuple(remarks))


def seasonal(series: Series, unit: str) -> Seasonal:
    """The season of a series by months or by ISO weeks."""
    ratios = _ratios(series)
    daily = Series(series.unit, series.first, series.days, series.rates, series.remarks)
    trend, _ = trend_of(daily)
    ratio = daily.values / np.where(trend > 0, trend, np.nan)
    used = np.isfinite(ratio)
    moving = len(series.values) >= MOVING_YEARS * series.year
    rows, extra = _design(series, unit, moving=moving)
    design = np.column_stack([rows, extra])[used]
    slopes, variance, free = _regressed(design, ratio[used])
    count = rows.shape[1]
    weights = _year_weights(unit)
    seen = design[:, :count].sum(axis=0) > 0
    factors = np.where(seen, slopes[:count], 1.0)
    if unit != MONTH and not seen[-1]:
        factors[-1] = factors[-2]  # no long year in the series: week 53 as week 52
    size = float(weights @ factors)
    errors = np.sqrt(np.maximum(np.diag(variance)[:count], 0.0))
    names = ("easter", "weekends")[: extra.shape[1]]
    effects = {
        name: (float(slopes[count + n]) / size, float(np.sqrt(variance[count + n, count + n])) / size)
        for n, name in enumerate(names)
    }
    return Seasonal(unit, factors / size, np.where(seen, errors, np.nan) / size, effects, ratios, free)


def foretold(series: Series, unit: str, years: int = RECENT_YEARS) -> dict[str, tuple[float, float]]:
    """The last year foretold from those before: mean absolute and root mean squared error over its mean.

    By `season` (this model), `same period a year before`, and `mean of the year before`. Empty for less than three
    years, or if the last year has gaps.
    """
    year = series.year
    past, last = series.part(0, -year).latest(years), series.part(-year)
    if len(past.values) < 2 * year or not np.isfinite(series.values[-2 * year :]).all():
        return {}
    found = seasonal(past, unit)
    days = np.array(last.days)
    actual = last.values
    ways = {
        "season": _level_ahead(past, found) * found.expected(last) * days,
        "same period a year before": past.values[-year:],
        "mean of the year before": np.full(year, past.values[-year:].mean()),
    }
    mean = float(actual.mean())
    if not mean > 0:
        return {}
    return {
        way: (float(np.abs(each - actual).mean()) / mean, float(np.sqrt(np.mean((each - actual) ** 2))) / mean)
        for way, each in ways.items()
    }


def check_table(check: dict[str, tuple[float, float]]) -> Table:
    """The errors of `foretold` as a table."""
    return Table.of(
        forecast=list(check),
        mean_absolute_error=[pair[0] for pair in check.values()],
        root_mean_squared_error=[pair[1] for pair in check.values()],
    )


def _unit(series: Series, by: str) -> str:
    if by not in ("auto", "month", "week"):
        raise ValueError(f"a season is by month or by week, not by {by!r}")
    long = len(series.values) >= WEEKLY_YEARS * series.year
    if by == "auto":
        return "week" if series.unit != MONTH and long else "month"
    if by == "week" and series.unit == MONTH:
        raise ValueError("a monthly series has no season by week")
    if by == "week" and not long:
        raise ValueError(f"a season by week needs {WEEKLY_YEARS} years")
    return by


def _design(series: Series, unit: str, *, moving: bool) -> tuple[Floats, Floats]:
    """Which factor each period has (shares of them), and what moves in it beside the usual."""
    spans = list(zip(series.first, series.days, strict=True))
    if unit == MONTH:
        rows = np.array([month_shares(*span) for span in spans])
    else:
        rows = np.zeros((len(spans), 53))
        for n, (first, days) in enumerate(spans):
            for k in range(days):
                rows[n, (first + timedelta(days=k)).isocalendar().week - 1] += 1 / days
    if not moving:
        return rows, np.zeros((len(spans), 0))
    easters = [easter_share(*span) for span in spans]
    if series.unit != MONTH:
        return rows, np.array(easters)[:, None]
    weekends = [10 * (weekend_share(*span) - 2 / 7) for span in spans]
    return rows, np.column_stack([easters, weekends])


def _regressed(design: Floats, ratio: Floats) -> tuple[Floats, Floats, int]:
    """Least squares: slopes, their covariance, degrees of freedom."""
    slopes, _, rank, _ = np.linalg.lstsq(design, ratio, rcond=None)
    free = max(len(ratio) - int(rank), 0)
    left = ratio - design @ slopes
    variance = float(left @ left) / free if free else np.nan
    spread = variance * np.linalg.pinv(design.T @ design)
    return np.asarray(slopes, np.float64), np.asarray(spread, np.float64), free


def _year_weights(unit: str) -> Floats:
    """How much of a mean year each month, or ISO week, is."""
    days = np.array(DAYS_IN_MEAN_YEAR) if unit == MONTH else np.array([1.0] * 52 + [71 / 400])
    return np.asarray(days / days.sum())


def _ratios(series: Series) -> Floats:
    """Means by month of value over the centred mean of twelve months: the classical factors of month totals."""
    if series.unit != MONTH:
        return np.full(12, np.nan)
    trend, _ = trend_of(series)
    ratio = series.values / np.where(trend > 0, trend, np.nan)
    month = np.array([first.month for first in series.first])
    return np.array([np.nanmean(ratio[(month == m) & np.isfinite(ratio)]) for m in range(1, 13)])


def _level_ahead(past: Series, found: Seasonal) -> Floats:
    """Sales a day of a next year without its season: the last year's, and most of its growth once more."""
    year = past.year
    _, filled = trend_of(Series(past.unit, past.first, past.days, past.rates))
    calm = filled / np.maximum(found.expected(past), LEAST)
    before, after = calm[-2 * year : -year].mean(), calm[-year:].mean()
    ahead = np.arange(1, year + 1) + (year - 1) / 2  # periods from the middle of the last year
    return np.asarray(np.maximum(after + DRIFT * (after - before) / year * ahead, 0.0))


def _estimates(found: Seasonal) -> tuple[Estimate, ...]:
    from scipy.stats import t

    wide = float(t.ppf(0.975, found.free)) if found.free else np.nan
    made = []
    for n, (factor, error) in enumerate(zip(found.factors, found.errors, strict=True)):
        half = wide * float(error)
        told = bool(np.isfinite(half))
        low, high = (factor - half, factor + half) if told else (LEAST, MOST)
        remark = "" if told else "too few years for an interval"
        path = f"market.season.{found.name}.{n + 1}"
        made.append(Estimate(path, float(factor), float(low), float(high), "rate", SOURCE, told, remark))
    for name, (effect, error) in found.effects.items():
        half = wide * error
        unit = "of a period's sales" if name == "easter" else "of a month's sales per tenth more weekend"
        remark = "the model has no place for it"
        made.append(Estimate(f"season.{name}", effect, effect - half, effect + half, unit, SOURCE, remark=remark))
    return tuple(made)


def _lead(found: Seasonal) -> str:
    words = MONTH_NAMES if found.unit == MONTH else tuple(f"ISO week {n}" for n in range(1, 54))
    top, low = int(np.argmax(found.factors)), int(np.argmin(found.factors))
    return (
        f"Sales a day are highest in {words[top]} ({100 * found.factors[top] - 100:+.0f} %) and lowest in {words[low]} "
        f"({100 * found.factors[low] - 100:+.0f} %), beside the year's mean.".replace("-", "−")
    )


def _effects_in_words(found: Seasonal, series: Series) -> list[str]:
    if not found.effects:
        return [f"Less than {MOVING_YEARS} years: Easter and weekends cannot be told from the season."]
    said = []
    for name, (effect, error) in found.effects.items():
        what = f"Easter's shopping days in a {series.unit}" if name == "easter" else "A tenth more days at weekends"
        clear = abs(effect) > 2 * error
        change = f"{100 * effect:+.1f} %".replace("-", "−")
        words = f"{what} change its sales by {change}"
        said.append(f"{words}." if clear else f"{words}, which chance could have done.")
    return said


def _check_in_words(check: dict[str, tuple[float, float]]) -> str:
    if not check:
        return "Less than three whole years: no year can be held back to see how well the season foretells."
    errors = ", ".join(f"{way} {100 * pair[0]:.1f} %" for way, pair in check.items())
    return f"The last year foretold from those before, mean absolute error over its mean: {errors}."


def _factor_table(found: Seasonal) -> Table:
    from scipy.stats import t

    half = (float(t.ppf(0.975, found.free)) if found.free else np.nan) * found.errors
    columns: dict[str, Any] = {
        found.unit: np.arange(1, len(found.factors) + 1),
        "factor": found.factors,
        "low": found.factors - half,
        "high": found.factors + half,
    }
    if found.unit == MONTH:
        columns["ratio_of_totals"] = found.ratios
    return Table.of(**columns)


def _series_table(series: Series, found: Seasonal) -> Table:
    trend, filled = trend_of(Series(series.unit, series.first, series.days, series.rates))
    return Table.of(
        first_day=[each.isoformat() for each in series.first],
        value=series.values,
        trend=trend * np.array(series.days),
        season=found.expected(series),
        filled=filled * np.array(series.days),
    )


def _scenario_weeks(found: Seasonal, start: date, weeks: int) -> Table:
    """The factor of each of a scenario's weeks."""
    first = tuple(start + timedelta(weeks=n) for n in range(weeks))
    series = Series("week", first, (7,) * weeks, np.ones(weeks))
    rows, _ = _design(series, found.unit, moving=False)
    days = [each.isoformat() for each in first]
    return Table.of(week=np.arange(1, weeks + 1), first_day=days, factor=rows @ found.factors)


def _chart(found: Seasonal) -> Chart:
    from analysis.chart import Chart
    from analysis.drawing import SCENARIO, SOFT, Sheet, plain, style

    place = np.arange(1, len(found.factors) + 1)
    with style():
        note = f"Sales a day by {found.unit}; 100: the year's mean; lines: two standard errors"
        sheet = Sheet(3.4, _lead(found), note)
        axes = sheet.axes(0.5, 0.42, 0.15)
        axes.axhline(100, color=SOFT, linewidth=0.8)
        spread = np.nan_to_num(200 * found.errors)
        axes.errorbar(place, 100 * found.factors, yerr=spread, color=SCENARIO, fmt="o", markersize=5, elinewidth=1.4)
        axes.yaxis.set_major_formatter(plain)
        if found.unit == MONTH:
            axes.set_xticks(place, [name[:3] for name in MONTH_NAMES])
        else:
            axes.set_xlabel("ISO week")
        return Chart("season_factors", _lead(found), sheet.figure)
