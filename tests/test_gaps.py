"""Logs that do not show all there was: weeks without any row, an empty end, customers from before the log."""

from datetime import date

import numpy as np
import pytest

from analysis.calibration.buying import by_week
from analysis.calibration.engine_buying import fit_purchases
from analysis.calibration.forecasting import forecast
from analysis.calibration.gaps import open_weeks, remarks_on_gaps
from analysis.calibration.histories import days_before
from analysis.calibration.purchases import Purchases

START = date(2026, 1, 5)
WEEKS, NEXT = 40, 13


def shop(customers: int = 300, began: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Days of purchases of customers who never leave, each at a rate of the own, from week -`began` on."""
    chance = np.random.default_rng(3)
    rate = chance.gamma(1.5, 0.2, customers)
    came = chance.integers(-7 * began, 70 - 7 * began, customers)
    counts = chance.poisson(rate * (WEEKS + NEXT + began))
    who = np.repeat(np.arange(customers), counts)
    day = chance.integers(-7 * began, 7 * (WEEKS + NEXT), who.size)
    kept = (day > came[who]) & (day >= 0)
    who, day = who[kept], day[kept]
    if not began:
        who, day = np.r_[who, np.arange(customers)], np.r_[day, came]
    return who, day


def log_of(who: np.ndarray, day: np.ndarray, until: int = 7 * WEEKS) -> Purchases:
    seen = day < until
    codes = np.unique(who[seen], return_inverse=True)[1]
    return Purchases.of(codes, day[seen], np.ones(codes.size), START, until)


def without(who: np.ndarray, day: np.ndarray, first: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """The same log without its rows of some weeks; customers first seen in them come later."""
    kept = (day < 7 * first) | (day >= 7 * end)
    return who[kept], day[kept]


def test_weeks_without_any_row_are_left_out_and_said():
    log = log_of(*without(*shop(), 20, 28))
    assert np.flatnonzero(open_weeks(log) == 0).tolist() == list(range(20, 28))
    (said,) = remarks_on_gaps(log)
    assert "Nobody bought from 2026-05-25 to 2026-07-19" in said
    assert "8 weeks are left out" in said


@pytest.mark.parametrize("customers", [3, 300])
def test_a_log_without_gaps_and_one_of_few_customers_who_pause_are_read_as_they_are(customers: int):
    who, day = shop(customers)
    log = log_of(*(without(who, day, 20, 28) if customers == 3 else (who, day)))
    assert open_weeks(log).all()
    assert not list(remarks_on_gaps(log))


def test_a_forecast_is_no_lower_because_the_shop_was_closed():
    who, day = shop()
    cut = log_of(*without(who, day, 26, 36))
    truth = int((day >= 7 * WEEKS).sum())
    fit = fit_purchases(cut, before=0)
    assert forecast(fit, cut, NEXT).expected.sum() == pytest.approx(truth, rel=0.1)
    assert by_week(fit, cut)[26:36].tolist() == [0.0] * 10


def test_an_empty_end_is_said_with_the_day_to_end_at():
    who, day = shop()
    log = log_of(who[day < 7 * WEEKS], day[day < 7 * WEEKS], until=7 * WEEKS + 56)
    (said,) = remarks_on_gaps(log)
    assert "Nobody bought in the last 8 weeks" in said
    assert "--until 2026-10-11" in said


@pytest.mark.parametrize("weeks", [10, WEEKS])
def test_customers_from_before_the_log_are_foretold_as_such(weeks: int):
    who, day = shop(began=100)
    log = log_of(who, day, until=7 * weeks)
    assert days_before(log) == min(91, 7 * weeks)
    seen = np.unique(who[day < 7 * weeks])
    truth = np.isin(who, seen) & (day >= 7 * weeks) & (day < 7 * (weeks + NEXT))
    ahead = forecast(fit_purchases(log), log, NEXT)
    assert ahead.expected.sum() == pytest.approx(int(truth.sum()), rel=0.1)
