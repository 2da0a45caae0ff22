"""The engine's purchase process fitted to a log: known answers, simulate and fit, and the engine's forecast."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from analysis.calibration import engine_buying as buying
from analysis.calibration.buying_likelihood import likelihoods, prospects
from analysis.calibration.buying_process import Process, Size, grid_of, to_come
from analysis.calibration.engine_forecast import edits_of, engine_forecast, scenario_of
from analysis.calibration.forecasting import forecast
from analysis.calibration.histories import days_before, histories_of
from analysis.calibration.purchases import Purchases
from simulation import Scenario, run

START = date(2026, 1, 5)
STEADY = Process(shape=0.8, mean=0.3, readiness=-40.0, leaving_sd=1e-9, returning=1e-9, pace_sd=1e-6, pace_kept=0.99)
TRUTH = Process(shape=1.0, mean=0.05, readiness=-3.4, leaving_sd=1.4, returning=0.008, pace_sd=0.8, pace_kept=0.99)


def log_of(days: list[list[int]], until: int) -> Purchases:
    """A log of customers by the days they bought on."""
    who = [n for n, row in enumerate(days) for _ in row]
    when = [day for row in days for day in row]
    return Purchases.of(who, when, [10.0] * len(who), START, until)


def fit_at(process: Process, size: Size = buying.ORDINARY) -> buying.PurchaseFit:
    """A fit that found just this process, and is sure of it."""
    point = buying.point_of(process)
    sure = 1e-18 * np.eye(point.size)
    return buying.PurchaseFit(
        process, buying.Baskets(20.0, 0.3, 0.5), size, point, point, sure, point[None], 0.0, 1, 1, 0
    )


# --- histories ---


def test_a_newcomers_history_begins_with_what_is_left_of_the_first_week():
    seen = histories_of(log_of([[2, 3, 15]], 21), before=0)
    assert seen.counts.tolist() == [[1, 0, 1]]
    assert seen.begin.tolist() == [0]
    assert seen.part == pytest.approx([4 / 7])


def test_the_history_of_a_customer_from_before_begins_with_the_log():
    seen = histories_of(log_of([[9, 15]], 21), before=21)
    assert seen.counts.tolist() == [[0, 1, 1]]
    assert (seen.begin.tolist(), seen.part.tolist(), seen.newcomer.tolist()) == ([0], [1.0], [0])


def test_weeks_end_with_the_log_and_a_part_of_a_week_at_its_start_is_left_out():
    assert histories_of(log_of([[0, 9]], 10), before=10).counts.tolist() == [[0, 1]]


def test_equal_histories_are_one():
    seen = histories_of(log_of([[0, 9], [1], [0, 9]], 14), before=0)
    assert seen.copies[seen.of].tolist() == [2, 1, 2]


def test_a_rush_of_new_faces_at_first_tells_of_customers_from_before():
    rush = log_of([[n % 20] for n in range(400)] + [[60 + n % 20] for n in range(20)], 100)
    steady = log_of([[n % 84] for n in range(420)], 100)
    assert (days_before(rush), days_before(steady)) == (91, 0)


# --- likelihood ---


def test_without_leaving_and_pace_the_likelihood_is_the_nbds():
    seen = histories_of(log_of([[0, 8, 9, 30], [0], [0, 50, 51, 52, 64, 65]], 71), before=0)
    found, _ = likelihoods(seen, grid_of(STEADY, Size(60, 1, 1)))
    time = np.ones(seen.counts.shape)
    time[:, 0] = seen.part
    weeks, total = time.sum(1), seen.counts.sum(1)
    rate = STEADY.shape / STEADY.mean
    nbd = stats.nbinom.logpmf(total, STEADY.shape, rate / (rate + weeks))
    split = [
        stats.multinomial.logpmf(row, row.sum(), part / part.sum()) for row, part in zip(seen.counts, time, strict=True)
    ]
    assert found == pytest.approx(nbd + np.array(split), abs=1e-4)


def test_the_likelihood_is_the_sum_over_all_lives():
    """Two weeks, one rate, one hazard: bought in the second week means stayed, or left and came back too late."""
    leaving, returning, rate = 0.3, 0.2, 0.5
    process = Process(1e6, rate, float(np.log(leaving / (1 - leaving))), 1e-9, returning, 0.0, 0.99)
    seen = histories_of(log_of([[6, 14], [6]], 21), before=0)
    found, _ = likelihoods(seen, grid_of(process, Size(1, 1, 1)))
    silent, one = np.exp(-rate), rate * np.exp(-rate)
    here = np.array([1 - leaving, leaving]) * np.array(
        [silent, 1.0]
    )  # active, lapsed in the week after, nothing bought
    active = here[0] * (1 - leaving) + here[1] * returning
    lapsed = here[0] * leaving + here[1] * (1 - returning)
    bought = {1: active * one, 0: active * silent + lapsed}
    expected = [np.log(bought[int(row[2])]) for row in seen.counts]
    assert found == pytest.approx(expected, abs=1e-5)


def test_a_customer_from_before_is_known_by_a_purchase():
    """The chance of a history given at least one purchase: over all histories of one week they add up to 1."""
    grid = grid_of(STEADY, Size(60, 1, 1))
    logs = [log_of([[0]], 7), *(log_of([list(range(n))], 7) for n in range(2, 8))]
    chances = [float(np.exp(likelihoods(histories_of(log, before=7), grid)[0][0])) for log in logs]
    assert sum(chances) == pytest.approx(1.0, abs=1e-3)


def test_the_grid_of_paces_keeps_mean_spread_and_memory():
    grid = grid_of(TRUTH, buying.FINE)
    assert grid.settled @ grid.multiple == pytest.approx(1.0)
    variance = grid.settled @ grid.pace**2
    assert variance == pytest.approx(1.0, abs=0.04)  # a little more, so that multiples are as unlike as they should be
    assert grid.settled @ (grid.pace * (grid.step @ grid.pace)) == pytest.approx(TRUTH.pace_kept * variance, abs=0.002)
    assert np.log(grid.arriving @ grid.multiple) == pytest.approx(TRUTH.pace_sd**2, abs=0.05)


def test_following_a_history_to_its_last_purchase_is_following_it_to_the_end():
    """Histories in part alike, of customers old and new, in a season: state by state, and without the silence."""
    days = [[n % 9, *range(20 + n % 5, 20 + 7 * (n % 4), 9), *[60] * (n % 2)] for n in range(30)]
    seen = histories_of(log_of(days, 140), before=5)
    grid, season = grid_of(TRUTH, Size(3, 2, 9)), np.tile([1.0, 0.4], 10)
    ahead, _ = to_come(grid, np.ones(4))
    short, worth = prospects(seen, grid, season, ahead)
    whole, states = likelihoods(seen, grid, season, keep=True)
    assert seen.newcomer.min() < seen.newcomer.max()
    assert short == pytest.approx(whole, abs=1e-10)
    assert worth == pytest.approx(np.tensordot(states, ahead, 3) / states.sum((1, 2, 3)), rel=1e-10)
    for row in range(len(short)):
        alone, _ = likelihoods(seen.some(np.array([row]), np.ones(1)), grid, season)
        assert alone[0] == pytest.approx(short[row], abs=1e-10)


# --- each customer ---


def test_who_bought_lately_is_likelier_to_be_active_and_buys_more():
    log = log_of([[0, 20, 40], [0, 100, 130], [0, 150, 180]], 182)
    standing = buying.standing(fit_at(TRUTH), log)
    assert (np.diff(standing.active) > 0).all()
    assert (np.diff(standing.active * standing.rate) > 0).all()


def test_draws_are_spread_as_the_posterior_is():
    log = log_of([[0, 20, 40], [0], [0, 150, 180]], 182)
    fit = fit_at(TRUTH)
    draws, standing = buying.posterior_draws(fit, log, 4000, 1), buying.standing(fit, log)
    assert draws.active.mean(1) == pytest.approx(standing.active, abs=0.002)
    pace = np.exp(TRUTH.pace_sd * draws.pace)
    grid = grid_of(TRUTH, fit.size)
    pace /= grid.settled @ np.exp(TRUTH.pace_sd * grid.pace)
    now = (draws.rate * pace * draws.active).sum(1) / draws.active.sum(1)
    assert now == pytest.approx(standing.rate, rel=0.03)


def test_a_small_mean_basket_of_one_purchase_tells_less_than_of_many():
    baskets = buying.Baskets(20.0, 0.5, 0.5)
    log = Purchases.of([0, *[1] * 9], [0, *range(9)], [5.0] * 10, START, 20)
    one, nine = buying.expected_baskets(baskets, log)
    assert 5.0 < nine < one < 20.0


def test_baskets_are_recovered():
    chance = np.random.default_rng(3)
    mean = 3.0 + 0.6 * chance.standard_normal(4000)
    who = np.repeat(np.arange(4000), 5)
    amount = np.exp(mean[who] + 0.4 * chance.standard_normal(who.size))
    found = buying.baskets_of(Purchases.of(who, np.tile(np.arange(5), 4000), amount, START, 5))
    assert found == pytest.approx((np.exp(3.0 + 0.08), 0.6, 0.4, 1.0), rel=0.03)


def test_what_was_given_away_or_taken_back_is_expected_again():
    log = Purchases.of([0, 0, 1, 1], [0, 9, 1, 8], [10.0, 0.0, 10.0, 0.0], START, 20)
    assert buying.expected_baskets(buying.baskets_of(log), log) == pytest.approx([5.0, 5.0])


def test_who_never_paid_is_expected_to_spend_nothing():
    log = Purchases.of([0, 0], [0, 9], [0.0, 0.0], START, 20)
    assert buying.expected_baskets(buying.baskets_of(log), log).tolist() == [0.0]


# --- logs of all kinds ---


@pytest.mark.parametrize("days", [[[0]], [[3], [5], [10]], [[0, 1, 2, 3, 4, 5, 6]], [[0, 100]], [[139]]])
def test_the_smallest_logs_have_a_sensible_answer(days: list[list[int]]):
    log = log_of(days, 140)
    fit = buying.fit_purchases(log, before=0)
    ahead = forecast(fit, log, 4, 40, 1)
    assert np.isfinite(ahead.expected).all()
    assert ((ahead.active >= 0) & (ahead.active <= 1)).all()
    assert fit.interval("shape")[0] < 1.0 < fit.interval("shape")[1], "so few tell nothing of how customers differ"
    assert not fit.is_told("shape")


def test_many_customers_are_sampled_for_the_search_alone():
    chance = np.random.default_rng(1)
    days = [sorted(chance.choice(350, 12, replace=False).tolist()) for _ in range(2500)]
    seen = histories_of(log_of(days, 364), before=0)
    few = buying._sampled(seen, 2500, 0)
    assert (few.weeks - few.begin).sum() <= buying.SEARCHED
    assert 1000 < few.copies.sum() < 2500


# --- the engine ---


def test_the_engine_buys_as_often_as_the_process_says():
    log = log_of([[0, 3, 7, 9, 20, 33]] * 300, 35)
    steady = fit_at(STEADY._replace(mean=1.0), Size(30, 1, 1))
    expected = buying.standing(steady, log).rate[0] * 10
    ahead = engine_forecast(steady, log, 10, 20, 1)
    assert ahead.expected.mean() == pytest.approx(expected, rel=0.02)
    assert ahead.weekly.sum() == pytest.approx(ahead.expected.sum())
    assert ((ahead.low <= ahead.weekly) & (ahead.weekly <= ahead.high)).all()


@pytest.mark.slow
def test_the_forecast_is_what_runs_of_the_engine_come_to():
    """By kind of customer and week, within chance: leaving, return and wander, under numbers that are not sure."""
    log = log_of([[0, 10, 20, 60], [0], [50]] * 100, 70)
    sure = fit_at(TRUTH._replace(mean=0.4, returning=0.03))
    steps = 0.3 * np.random.default_rng(1).standard_normal((8, sure.point.size))
    unsure = replace(sure, points=sure.point + steps)
    exact, lived = forecast(unsure, log, 26, 400, 1), engine_forecast(unsure, log, 26, 400, 1)
    for kind in range(3):
        assert lived.expected[kind] == pytest.approx(exact.expected[kind], rel=0.02), kind
        assert lived.buying[kind] == pytest.approx(exact.buying[kind], rel=0.02), kind
        assert lived.active[kind] == pytest.approx(exact.active[kind], rel=0.02), kind
    assert lived.weekly == pytest.approx(exact.weekly, rel=0.04)
    assert (lived.high - lived.low).mean() == pytest.approx((exact.high - exact.low).mean(), rel=0.15)


def test_the_engine_leaves_returns_and_wanders_as_the_chain_does():
    log = log_of([[0, 10, 20, 60], [0], [50]] * 100, 70)
    fit = fit_at(TRUTH._replace(mean=0.4, returning=0.03))
    expected, found = forecast(fit, log, 26, 20).weekly, engine_forecast(fit, log, 26, 100, 1).weekly
    assert found[-4:].mean() == pytest.approx(expected[-4:].mean(), rel=0.06)


def test_who_needs_more_than_the_engines_week_holds_is_not_cut():
    log = log_of([[*range(0, 70, 1)]] * 4, 70)
    busy = fit_at(STEADY._replace(shape=1e6, mean=14.0), Size(1, 1, 1))
    assert engine_forecast(busy, log, 5, 40, 1).expected.mean() == pytest.approx(70.0, rel=0.02)


def test_customers_with_the_same_history_have_the_same_forecast():
    log = log_of([[0, 20], [3], [0, 20], [3]], 70)
    expected = engine_forecast(fit_at(TRUTH), log, 13, 40, 1).expected
    assert expected[0] == expected[2]
    assert expected[1] == expected[3]


def simulated(process: Process, customers: int, weeks: int, seed: int) -> Purchases:
    """A log of newcomers of the engine's with these numbers.

    The engine's week has no days: those of a week's purchases are drawn. In the first week a customer buys at least
    once, whatever the need; one purchase is put on its last day, and nothing else is told of that week: more of them
    on that day would be repeats for which there was no time.
    """
    base = scenario_of(fit_at(process), weeks, START, seed)
    numbers = {**edits_of(fit_at(process)), "parameters.leaving_sd": process.leaving_sd}
    traits = {
        "need_rate": {"mean": 52.0 * process.mean, "shape": process.shape},
        "first_week": {"values": list(range(1, 13)), "shares": [1 / 12] * 12},
    }
    edits = {**numbers, **{f"population.traits.{name}": value for name, value in traits.items()}}
    bought = run(base.replace(customers=customers, edits=edits), threads=1).transactions
    assert bought is not None
    who = np.unique(bought["customer_id"], return_inverse=True)[1]
    week, place = np.divmod(bought.columns["date"].codes.astype(np.int64), 7)
    groups, group = np.unique(who * weeks + week, return_inverse=True)
    days = np.random.default_rng(seed).permuted(np.tile(np.arange(7), (groups.size, 1)), axis=1)[group, place]
    came = np.full(customers, weeks)
    np.minimum.at(came, who, week)
    first = week == came[who]
    days[first] = 6
    once = ~first
    once[np.unique(np.where(first, who, customers), return_index=True)[1][:customers]] = True
    return Purchases.of(who[once], (7 * week + days)[once], bought["amount"][once], START, 7 * weeks)


def test_a_simulated_log_is_likelier_under_its_own_numbers_than_under_others():
    log = simulated(TRUTH, 1500, 40, 1)
    seen = histories_of(log, before=0)

    def likelihood(**changes: float) -> float:
        grid = grid_of(TRUTH._replace(**changes), buying.ORDINARY)
        return float(seen.copies @ likelihoods(seen, grid)[0])

    own = likelihood()
    for changes in ({"mean": 0.07}, {"mean": 0.035}, {"readiness": -2.4}, {"readiness": -4.6}, {"pace_sd": 0.0}):
        assert own > likelihood(**changes) + 3.0, changes


@pytest.mark.slow
def test_intervals_of_simulated_logs_hold_the_truth():
    """Nine in ten or more of 48 intervals; `pace_kept` is held by its prior, and not asked.

    Intervals of six tenths of the width would hold it three times in four.
    """
    asked = [name for name in buying.NAMES if name != "pace_kept"]
    inside = []
    for seed in range(8):
        fit = buying.fit_purchases(simulated(TRUTH, 800, 40, seed), seed=seed, before=0)
        for name in asked:
            low, high = fit.interval(name)
            inside.append(low <= getattr(TRUTH, name) <= high)
    assert np.mean(inside) >= 0.9


def test_a_scenario_of_a_fit_keeps_to_the_ranges_of_the_model():
    wild = replace(fit_at(TRUTH), process=TRUTH._replace(returning=0.5, pace_sd=9.0))
    made: Scenario = scenario_of(wild, 4, START, 1)
    assert made.parameters["return_weekly"] == 0.036
    assert made.parameters["pace_sd"] == 2.0


@pytest.mark.parametrize("sd", [0.3, 0.8, 1.3])
def test_paces_of_a_grid_are_as_unlike_as_the_lognormal_they_stand_for(sd: float):
    """Its mean is 1, and its squared coefficient of variation exp(sd^2) - 1, whatever the number of nodes."""
    for paces in (9, 19):
        grid = grid_of(TRUTH._replace(pace_sd=sd), Size(1, 1, paces))
        assert grid.settled @ grid.multiple == pytest.approx(1.0)
        assert grid.settled @ grid.multiple**2 == pytest.approx(np.exp(sd * sd))
        assert grid.multiple == pytest.approx(np.exp(sd * grid.pace) / (grid.settled @ np.exp(sd * grid.pace)))
