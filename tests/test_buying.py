"""What the fitted process says of weeks to come: exact expectations, against counting what is drawn from it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analysis.calibration import buying, forecasting
from analysis.calibration.buying_process import Process, Size
from analysis.calibration.engine_buying import Baskets, PurchaseFit, point_of, process_at
from analysis.calibration.forecasting import forecast
from analysis.calibration.purchases import Purchases

ORDINARY = Size(8, 3, 5)


def fit_at(size: Size = ORDINARY, **numbers: float) -> PurchaseFit:
    """A process with these numbers, as if it had been fitted."""
    usual = {"shape": 1.0, "mean": 0.2, "readiness": -4.0, "leaving_sd": 1.0, "returning": 0.01}
    process = Process(**{**usual, "pace_sd": 0.6, "pace_kept": 0.95, **numbers})
    point = point_of(process)
    return PurchaseFit(
        process, Baskets(20.0, 0.4, 0.5), size, point, point, 0.02 * np.eye(7), point[None], 0.0, 1, 1, 0
    )


@pytest.fixture
def log() -> Purchases:
    """Four customers: one who comes every week, one who came once, one who stopped, one who began lately."""
    days = {0: range(0, 140, 7), 1: [3], 2: range(0, 70, 7), 3: [120, 130]}
    who = np.concatenate([np.full(len(list(each)), name) for name, each in days.items()])
    return Purchases.of(
        who, np.concatenate([list(each) for each in days.values()]), who * 0.0 + 10.0, date(2026, 1, 5), 140
    )


def test_who_stopped_is_less_likely_a_customer_than_who_comes_every_week(log: Purchases):
    found = forecast(fit_at(), log, 13, 200, 1)
    assert found.active[0] > 0.95
    assert found.active[2] < found.active[3] < found.active[0]
    assert found.expected[0] > found.expected[3] > found.expected[1]


def test_without_leaving_and_wandering_the_expectation_is_that_of_the_nbd(log: Purchases):
    from analysis.calibration.buyers import Nbd, nbd_shrinkage

    steady = fit_at(Size(60, 1, 1), readiness=-40.0, leaving_sd=0.01, returning=1e-9, pace_sd=1e-9)
    found = forecast(steady, log, 10, 200, 1)
    weeks = 20.0 - (log.first + 1.0) / 7.0
    repeats = log.summary().frequency
    assert found.expected == pytest.approx(nbd_shrinkage(Nbd(1.0, 0.2), repeats, weeks, 10.0), rel=0.02)
    assert found.active == pytest.approx(1.0, abs=1e-6)


def test_weeks_add_up_to_customers_and_lie_in_what_is_drawn(log: Purchases):
    found = forecast(fit_at(), log, 26, 400, 1)
    assert found.weekly.sum() == pytest.approx(found.expected.sum())
    assert (found.low <= found.weekly).all()
    assert (found.weekly <= found.high + 1e-9).all()


def test_the_chance_of_a_purchase_grows_with_the_horizon_and_never_exceeds_the_expectation(log: Purchases):
    short, long = (forecast(fit_at(), log, weeks, 200, 1) for weeks in (4, 40))
    assert (short.buying < long.buying).all()
    assert (long.buying <= np.minimum(long.expected, 1.0)).all()


def test_customers_are_foretold_alike_however_many_at_once(log: Purchases, monkeypatch: pytest.MonkeyPatch):
    whole = forecast(fit_at(), log, 13, 200, 1)
    monkeypatch.setattr(forecasting, "AT_ONCE", 3)
    parts = forecast(fit_at(), log, 13, 200, 1)
    assert parts.expected == pytest.approx(whole.expected)
    assert parts.weekly == pytest.approx(whole.weekly)


def test_a_record_is_the_fit_again(log: Purchases):
    fit = buying.from_record(buying.as_record(fit_at()))
    assert fit.process == fit_at().process
    assert forecast(fit, log, 9).expected == pytest.approx(forecast(fit_at(), log, 9).expected)


def test_the_population_has_what_histories_leave_open(log: Purchases):
    days = [np.arange(0, 140, 7)] * 200 + [np.arange(0, 70, 7)] * 200  # half come every week, half stopped
    who = np.repeat(np.arange(400), [each.size for each in days])
    many = Purchases.of(who, np.concatenate(days), np.ones(who.size), log.first_day, 140)
    traits = buying.population(fit_at(), many, 1)
    assert traits["lapsed"][:200].mean() < 0.05 < traits["lapsed"][200:].mean()
    assert traits["need_rate"][:200].mean() > traits["need_rate"][200:].mean()


def test_the_interval_is_wider_when_numbers_are_drawn_too(log: Purchases):
    days = [np.arange(n % 50, 140, 9 + n % 40) for n in range(300)]
    who = np.repeat(np.arange(300), [each.size for each in days])
    many = Purchases.of(who, np.concatenate(days), np.ones(who.size), log.first_day, 140)
    spread = np.random.default_rng(1).standard_normal((40, 7)) * 0.7
    unsure = replace(fit_at(), points=fit_at().point + spread)
    narrow, wide = (forecast(fit, many, 40, 400, 1) for fit in (fit_at(), unsure))
    assert (wide.high - wide.low).sum() > 1.2 * (narrow.high - narrow.low).sum()


def test_a_forecast_is_the_mean_over_draws_of_the_numbers(log: Purchases):
    points = fit_at().point + 0.5 * np.array([[1.0], [-1.0]])
    both = forecast(replace(fit_at(), points=points), log, 13)
    each = [forecast(replace(fit_at(), process=process_at(point), points=point[None]), log, 13) for point in points]
    for name in ("expected", "active", "buying", "weekly"):
        assert getattr(both, name) == pytest.approx(np.mean([getattr(one, name) for one in each], axis=0)), name


def test_a_population_buys_as_much_as_is_expected_of_it(log: Purchases):
    """Customer by customer it is drawn by chance; all together it hardly varies."""
    days = [np.arange(n % 50, 140, 9 + n % 40) for n in range(150)]
    who = np.repeat(np.arange(150), [each.size for each in days])
    many = Purchases.of(who, np.concatenate(days), np.ones(who.size), log.first_day, 140)
    drawn = [buying.population(fit_at(), many, seed) for seed in range(8)]
    now = [(t["need_rate"] / 52 * np.exp(0.6 * t["pace"] - 0.18) * (1 - t["lapsed"])).sum() for t in drawn]
    expected = forecast(fit_at(), many, 1).weekly[0]
    assert now == pytest.approx([expected] * 8, rel=0.07)
    assert np.std([t["need_rate"] for t in drawn], axis=0).min() > 0
