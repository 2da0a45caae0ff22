"""The season that purchases of a log have, from a series of sales or from the log itself, and the process beside it.

A series of sales tells it where there is one. Else a log of two years and more does: purchases of each week over those
that the process expects of its customers, whose coming and going are no season, regressed on months and a steady trend
(Poisson; chance beyond it widens the errors: McCullagh & Nelder 1989). Months that differ no more than by chance are
no season; the others are drawn to 1 by how uncertain they are. A shorter log cannot tell a season from a trend.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.buying import by_week
from analysis.calibration.calendar import DAYS_IN_MEAN_YEAR, month_shares
from analysis.calibration.course import FLAT, Course
from analysis.calibration.engine_buying import PurchaseFit, fit_purchases
from analysis.calibration.estimates import Estimate, Fit
from analysis.calibration.firm_tables import FirmTable
from analysis.calibration.purchases import Purchases
from analysis.calibration.season import LEAST, MOST, fit_season
from simulation.results import Table

Array = NDArray[Any]
WEEK, MONTHS = 7, 12
LEAST_WEEKS = 104  # of a log that tells a season
BY_CHANCE = 0.01  # probability of months that differ so much by chance, below which they are a season
ROUNDS, CLOSE = 50, 1e-8  # of the regression
FEWEST = 0.5  # purchases expected in a week that is read
NAME, SOURCE, WIDE = "season of the log", "transactions", 1.96
TOO_SHORT = (
    "The log has less than two years and there is no --sales: a season is not told apart from customers who come and "
    "go. A forecast has none; runs of the scenario keep the season of the scenario."
)
NO_SEASON = "The log's months differ no more than by chance: it has no season; runs of the scenario keep their own."


class Told(NamedTuple):
    """A process with the season it was fitted beside, and what is said of that season."""

    process: PurchaseFit
    season: Fit


def fitted(
    log: Purchases,
    sales: FirmTable | None,
    seed: int,
    *,
    threads: int | None = None,
    near: PurchaseFit | None = None,
    known_by: date = date.max,
) -> Told:
    """The process of a log, beside its season.

    Args:
        log: the purchases.
        sales: a dated series, if there is one.
        seed: of what is drawn.
        threads: to use.
        near: a fit of a part of the log, from which the search begins.
        known_by: only sales before that day are read, so that a comparison stays out of sample.
    """
    start = None if near is None else near.point
    course, season = Course.of(_sales_season(sales, known_by)), Fit(NAME, ())
    if sales is None and log.until < WEEK * LEAST_WEEKS:
        season = Fit(NAME, (), remarks=(TOO_SHORT,))
    elif sales is None:
        without = fit_purchases(log, seed=seed, start=start, rough=True)
        season, start = season_of_log(without, log), without.point
        course = Course.of(season.edits.get("market.season"))
    return Told(fit_purchases(log, seed=seed, course=course, start=start, threads=threads), season)


def _sales_season(sales: FirmTable | None, known_by: date) -> Any:
    """Factors from what was sold before a day; None where that is less than two years."""
    if sales is None:
        return None
    known = [row for row, day in enumerate(sales.table["date"]) if day < known_by.isoformat()]
    try:
        dates = [date.fromisoformat(sales.table["date"][row]) for row in known]
        return fit_season(dates, sales.table["sales"][known]).edits["market.season"]
    except ValueError:
        return None


def season_of_log(fit: PurchaseFit, log: Purchases) -> Fit:
    """Factors of months by which a log's weeks differ from what a fit without season expects of them."""
    weeks = log.until // WEEK
    begin = log.until - WEEK * weeks
    expected = by_week(replace(fit, course=FLAT), log)
    again = log.day[~log.is_first] - begin
    observed = np.bincount(again[again >= 0] // WEEK, minlength=weeks)
    first = [log.first_day + timedelta(days=begin + WEEK * week) for week in range(weeks)]
    rows = np.array([month_shares(day, WEEK) for day in first])
    read = expected > FEWEST
    if np.any(rows[read].sum(0) < 1.0):
        return Fit(NAME, (), remarks=(NO_SEASON,))
    logs, variance = _regressed(rows[read], observed[read], expected[read])
    centre = np.array(DAYS_IN_MEAN_YEAR) / sum(DAYS_IN_MEAN_YEAR)
    aside = np.eye(MONTHS) - centre
    logs, variance = aside @ logs, aside @ variance @ aside.T
    if not _differ(logs, variance):
        return Fit(NAME, (), remarks=(NO_SEASON,))
    errors = np.sqrt(np.diag(variance))
    between = max(float((logs**2).mean() - (errors**2).mean()), 0.0)
    return _as_fit(logs * between / (between + errors**2), errors, centre)


def _regressed(rows: Array, observed: Array, expected: Array) -> tuple[Array, Array]:
    """Logs of the months' factors and their covariance, by Fisher scoring beside a trend."""
    design = np.column_stack([rows, np.linspace(-1.0, 1.0, len(rows))])
    point = np.zeros(MONTHS + 1)
    for _ in range(ROUNDS):
        mean = expected * np.exp(design @ point)
        step = np.linalg.lstsq(design.T * mean @ design, design.T @ (observed - mean), rcond=None)[0]
        point = point + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < CLOSE:
            break
    mean = expected * np.exp(design @ point)
    chance = float(((observed - mean) ** 2 / mean).sum()) / max(len(rows) - MONTHS - 1, 1)
    variance = max(chance, 1.0) * np.linalg.pinv(design.T * mean @ design)
    return point[:MONTHS], np.asarray(variance[:MONTHS, :MONTHS])


def _differ(logs: Array, variance: Array) -> bool:
    """Whether months differ by more than chance (Wald)."""
    from scipy.stats import chi2

    return bool(logs @ np.linalg.pinv(variance, rcond=CLOSE) @ logs > chi2.ppf(1.0 - BY_CHANCE, MONTHS - 1))


def _as_fit(logs: Array, errors: Array, centre: Array) -> Fit:
    factors = np.exp(logs)
    factors = np.clip(factors / (centre @ factors), LEAST, MOST)
    low, high = factors * np.exp(-WIDE * errors), factors * np.exp(WIDE * errors)
    estimates = tuple(
        Estimate(f"market.season.months.{n + 1}", float(factors[n]), float(low[n]), float(high[n]), "rate", SOURCE)
        for n in range(MONTHS)
    )
    season = {"months": [round(float(each), 4) for each in factors], "source": SOURCE}
    table = Table.of(month=np.arange(1, MONTHS + 1), factor=factors, low=low, high=high)
    top, least = (date(2001, 1 + int(n), 1).strftime("%B") for n in (factors.argmax(), factors.argmin()))
    words = (
        f"By the log, purchases are most frequent in {top} ({100 * factors.max() - 100:+.0f} %) and least in {least} "
        f"({100 * factors.min() - 100:+.0f} %), customers who come and go apart."
    )
    edits = {"market.season": season}
    return Fit(NAME, estimates, edits, tables={"season_factors": table}, remarks=(words.replace("-", "−"),))
