"""Baselines of buying: the published numbers come out, and what must be a probability is one."""

from datetime import date

import numpy as np
import pytest

from analysis import cdnow
from analysis.calibration import buyers
from analysis.calibration.buyers import BgNbd, ParetoNbd
from analysis.calibration.purchases import Purchases

FADER_HARDIE_LEE = BgNbd(0.243, 4.414, 0.793, 2.426)
ONE = np.array([2.0]), np.array([30.43]), np.array([38.86])


@pytest.fixture(scope="module")
def sample() -> Purchases:
    """Weeks 1-39 of the CDNOW sample."""
    try:
        real = cdnow.sample()
    except ModuleNotFoundError as error:
        pytest.skip(str(error))
    return Purchases.of(real.customer, real.day, real.amount, cdnow.FIRST_DAY, 7 * cdnow.WEEKS).until_day(7 * 39)


def test_repeat_purchases_of_a_new_customer_are_those_of_fixture_b():
    expected = buyers.bg_nbd_expected(FADER_HARDIE_LEE, [13, 26, 39, 52, 78])
    assert expected == pytest.approx([0.534, 0.903, 1.197, 1.446, 1.861], abs=0.002)


def test_the_share_that_never_comes_back_is_that_of_fixture_b():
    assert buyers.bg_nbd_zero_probability(FADER_HARDIE_LEE, 39.0) == pytest.approx(0.574, abs=0.002)


def test_the_customer_of_fixture_b_buys_as_published():
    assert buyers.bg_nbd_conditional(FADER_HARDIE_LEE, *ONE, 39.0) == pytest.approx([1.226], abs=0.002)


def test_bg_nbd_is_fitted_as_published(sample: Purchases):
    x, t_x, age, _ = sample.summary()
    model = buyers.bg_nbd_fit(x, t_x, age)
    assert model == pytest.approx((0.2426, 4.4136, 0.7929, 2.4259), rel=0.002)
    assert buyers.bg_nbd_log_likelihood(model, x, t_x, age).sum() == pytest.approx(-9582.43, abs=0.01)


def test_pareto_nbd_is_fitted_as_published(sample: Purchases):
    x, t_x, age, _ = sample.summary()
    model = buyers.pareto_nbd_fit(x, t_x, age)
    assert model == pytest.approx((0.5533, 10.5777, 0.6062, 11.6687), rel=0.005)
    assert buyers.pareto_nbd_log_likelihood(model, x, t_x, age).sum() == pytest.approx(-9594.98, abs=0.01)


def test_gamma_gamma_is_fitted_as_published(sample: Purchases):
    x, _, _, mean = sample.summary()
    assert buyers.gamma_gamma_fit(x, mean) == pytest.approx((6.25, 3.74, 15.44), rel=0.005)


def test_the_integral_of_the_pareto_nbd_is_its_closed_form():
    from scipy.special import gammaln, hyp2f1

    model, x, t_x, age = ParetoNbd(0.55, 10.6, 0.6, 8.0), np.array([0.0, 3.0]), np.array([0.0, 20.0]), np.full(2, 39.0)
    r, alpha, s, beta = model
    total = r + s + x
    gone = [hyp2f1(total, s + 1, total + 1, (alpha - beta) / (alpha + t)) / (alpha + t) ** total for t in (t_x, age)]
    alive = 1 / ((alpha + age) ** (r + x) * (beta + age) ** s)
    known = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    known = known + np.log(alive + s / total * (gone[0] - gone[1]))
    assert buyers.pareto_nbd_log_likelihood(model, x, t_x, age) == pytest.approx(known, rel=1e-9)


def test_the_pareto_nbd_of_a_frequent_buyer_is_a_number():
    model = ParetoNbd(1.1, 1.0, 0.5, 50.0)
    many = np.array([400.0]), np.array([51.0]), np.array([52.0])
    assert np.isfinite(buyers.pareto_nbd_log_likelihood(model, *many)).all()
    assert 0.0 < buyers.pareto_nbd_alive(model, *many)[0] < 1.0


def test_who_bought_lately_is_likelier_to_be_alive():
    model, x, age = ParetoNbd(0.55, 10.6, 0.6, 11.7), np.full(3, 2.0), np.full(3, 39.0)
    alive = buyers.pareto_nbd_alive(model, x, np.array([5.0, 20.0, 38.0]), age)
    assert (np.diff(alive) > 0).all()


def test_nothing_and_expected_of_the_pareto_nbd_agree_in_a_short_while():
    model, history = ParetoNbd(0.55, 10.6, 0.6, 11.7), ONE
    nothing = buyers.pareto_nbd_nothing(model, *history, 0.001)
    expected = buyers.pareto_nbd_conditional(model, *history, 0.001)
    assert 1.0 - nothing == pytest.approx(expected, rel=1e-3)


def test_who_never_dies_buys_as_the_nbd_says():
    immortal = ParetoNbd(0.5, 10.0, 1e-9, 1.0)
    shape = buyers.Nbd(0.5, 0.05)
    expected = buyers.nbd_shrinkage(shape, ONE[0], ONE[2], 39.0)
    assert buyers.pareto_nbd_conditional(immortal, *ONE, 39.0) == pytest.approx(expected, rel=1e-6)


def test_the_nbd_is_recovered_from_its_own_counts():
    chance = np.random.default_rng(1)
    counts = chance.poisson(chance.gamma(0.8, 0.1 / 0.8, 20_000) * 26.0)
    assert buyers.nbd_fit(counts, np.full(20_000, 26.0)) == pytest.approx((0.8, 0.1), rel=0.05)


def test_a_silent_customer_is_given_up_by_the_hiatus_rule():
    x, age = np.array([4.0, 4.0]), np.array([20.0, 20.0])
    assert buyers.hiatus_rule(x, np.array([7.0, 9.0]), age, 10.0).tolist() == [0.0, 2.0]


# --- the log ---


def few() -> Purchases:
    """Three customers, one with two purchases on a day, in disorder."""
    return Purchases.of([2, 0, 0, 0, 1], [30, 9, 0, 9, 3], [5.0, 4.0, 1.0, 2.0, 7.0], date(2026, 1, 1), 40)


def test_purchases_of_a_day_are_one():
    log = few()
    assert log.customer.tolist() == [0, 0, 1, 2]
    assert log.day.tolist() == [0, 9, 3, 30]
    assert log.amount.tolist() == [1.0, 6.0, 7.0, 5.0]


def test_the_summary_counts_repeats_in_weeks():
    x, t_x, age, mean = few().summary()
    assert x.tolist() == [1, 0, 0]
    assert t_x == pytest.approx([9 / 7, 0.0, 0.0])
    assert age == pytest.approx([39 / 7, 36 / 7, 9 / 7])
    assert mean.tolist() == [6.0, 0.0, 0.0]


def test_a_log_cut_knows_only_who_had_come():
    cut = few().until_day(9)
    assert few().seen_by(9).tolist() == [0, 1]
    assert (cut.customers, cut.until) == (2, 9)
    assert cut.day.tolist() == [0, 3]


def test_some_customers_are_taken_in_the_order_asked():
    chosen = few().some(np.array([2, 0]))
    assert chosen.customer.tolist() == [0, 1, 1]
    assert chosen.day.tolist() == [30, 0, 9]
    assert chosen.first.tolist() == [30, 0]


def test_purchases_are_counted_by_customer_and_by_week():
    assert few().bought(3, 31).tolist() == [1, 1, 1]
    assert few().by_week(0, 5).tolist() == [2, 1, 0, 0, 1]


@pytest.mark.parametrize(
    ("customer", "day", "words"),
    [([], [], "no purchase"), ([0], [50], "outside the observation"), ([0, 2], [1, 1], "without gaps")],
)
def test_a_log_that_cannot_be_is_refused(customer: list[int], day: list[int], words: str):
    with pytest.raises(ValueError, match=words):
        Purchases.of(customer, day, [1.0] * len(day), date(2026, 1, 1), 40)
