"""The season of purchases: found in a log, or in a series of sales, taken off histories and carried into forecasts."""

from datetime import date, timedelta

import numpy as np
import pytest

from analysis.calibration.buying_process import Process, Size
from analysis.calibration.buying_season import season_of_log
from analysis.calibration.course import FLAT, Course
from analysis.calibration.engine_buying import Baskets, PurchaseFit, point_of, standing
from analysis.calibration.forecasting import forecast
from analysis.calibration.purchases import Purchases

MONTHS = (0.7, 0.8, 0.9, 1.0, 1.0, 1.0, 0.9, 0.9, 1.0, 1.1, 1.2, 1.5)
CHRISTMAS = Course(months=MONTHS)
START, WEEKS, AHEAD = date(2023, 1, 2), 140, 26
STEADY = Process(shape=2.0, mean=0.3, readiness=-20.0, leaving_sd=0.01, returning=0.001, pace_sd=1e-9, pace_kept=0.9)


def fit_at(process: Process = STEADY, course: Course = FLAT) -> PurchaseFit:
    """A fit that found just this process."""
    point, size = point_of(process), Size(12, 1, 1)
    return PurchaseFit(
        process, Baskets(20.0, 0.3, 0.5), size, point, point, 1e-9 * np.eye(7), point[None], 0.0, 1, 1, 0, course
    )


def log_of(course: Course, customers: int, weeks: int) -> Purchases:
    """A log of the steady process, everybody acquired in its first weeks."""
    chance = np.random.default_rng(2)
    rate = chance.gamma(STEADY.shape, STEADY.mean / STEADY.shape, customers)[:, None]
    counts = chance.poisson(rate * course.over(START, weeks))
    counts[:, 0] = 1
    who, week = np.repeat(np.array(np.nonzero(counts)), counts[np.nonzero(counts)], axis=1)
    return Purchases.of(who, 7 * week + chance.integers(0, 7, week.size), np.ones(week.size), START, 7 * weeks)


def test_a_week_between_two_months_has_something_of_both():
    assert CHRISTMAS.over(date(2025, 11, 29), 2) == pytest.approx([(2 * 1.2 + 5 * 1.5) / 7, 1.5])


def test_an_iso_week_has_its_own_factor():
    course = Course(weeks=tuple(1.0 + n / 100 for n in range(53)))
    assert course.over(date(2025, 1, 6), 2) == pytest.approx([1.01, 1.02])


def test_purchases_to_come_follow_the_season():
    log = log_of(FLAT, 50, 20)
    alike, seasonal = (forecast(fit_at(course=each), log, AHEAD, 200, 1) for each in (FLAT, CHRISTMAS))
    beside = seasonal.weekly / alike.weekly / CHRISTMAS.over(START + timedelta(weeks=20), AHEAD)
    assert beside == pytest.approx(beside.mean(), rel=1e-6)  # other rates, as their past has another season
    assert seasonal.expected.sum() == pytest.approx(seasonal.weekly.sum())


def test_silence_in_a_quiet_season_is_less_of_a_sign_of_having_left():
    log = Purchases.of([0] * 10, [7 * n for n in range(10)], [1.0] * 10, date(2025, 10, 20), 112)
    leaving = STEADY._replace(readiness=-3.0)
    quiet = Course(months=(0.05, *MONTHS[1:]))
    assert standing(fit_at(leaving, quiet), log).active > standing(fit_at(leaving), log).active + 0.05


def test_the_season_of_a_log_is_recovered_and_foretells_better_than_none():
    log = log_of(CHRISTMAS, 300, WEEKS + AHEAD)
    past = log.until_day(7 * WEEKS)
    found = season_of_log(fit_at(), past)
    course = Course.of(found.edits["market.season"])
    assert course.months == pytest.approx(MONTHS, abs=0.1)
    assert sum(each.low < truth < each.high for each, truth in zip(found.estimates, MONTHS, strict=True)) >= 10
    came = log.some(log.seen_by(past.until)).by_week(past.until, AHEAD)
    plain, seasonal = (forecast(fit_at(course=each), past, AHEAD, 200, 1).weekly - came for each in (FLAT, course))
    assert (seasonal**2).mean() < 0.5 * (plain**2).mean()


def test_months_that_differ_by_chance_are_no_season():
    found = season_of_log(fit_at(), log_of(FLAT, 100, WEEKS))
    assert found.edits == {}
    assert "no season" in found.remarks[0]
