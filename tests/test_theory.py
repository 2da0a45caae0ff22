"""Closed forms against published numbers (facts 1, 2, 3, 4, 5, 7, 8, 9), and what they say in general."""

import numpy as np
import pytest

from analysis.facts import Fact, facts
from analysis.facts.card import VALUES
from analysis.theory import nbd, published
from analysis.theory.churn import Churn, fitted
from analysis.theory.dirichlet import Dirichlet
from analysis.theory.value import CustomerBase, multiple, retention_elasticity, return_on
from analysis.theory.wallet import share_of_wallet

HARD = [fact for fact in facts() if fact.kind == "hard"]
TOLERANCES = {
    "1": 1e-6,
    "2a": 0.005,
    "2b": 0.02,
    "3": 0.002,
    "4": 0.005,
    "5": 0.01,
    "7": 0.005,
    "8": 0.0005,
    "9": 0.001,
}


def test_hard_facts_have_the_tolerances_of_their_sources():
    assert {fact.id: fact.high for fact in HARD} == TOLERANCES


@pytest.mark.parametrize("fact", HARD, ids=lambda fact: f"{fact.id} {fact.fact}")
def test_our_formulas_give_the_published_numbers(fact: Fact):
    assert VALUES[fact.id](None) <= fact.high


def test_who_bought_nothing_is_expected_to_buy_least():
    after = nbd.expected_after(np.arange(5), 1.456, 0.78)
    assert np.diff(after) == pytest.approx(1.456 / (0.78 + 1.456))
    chances = nbd.distribution(1.456, 0.78).pmf(np.arange(400))
    assert chances @ nbd.expected_after(np.arange(400), 1.456, 0.78) == pytest.approx(1.456), "a stationary market"


def test_drawn_repeat_buyers_are_as_many_as_the_formula_says():
    rng = np.random.default_rng(0)
    rates = rng.gamma(0.78, 1.456 / 0.78, 400_000)
    one, two = rng.poisson(rates), rng.poisson(rates)
    assert ((one > 0) & (two > 0)).mean() == pytest.approx(nbd.repeat_buyers(1.456, 0.78), abs=0.003)
    assert one[two > 0].sum() / one.size == pytest.approx(nbd.bought_by_repeat_buyers(1.456, 0.78), rel=0.01)


def test_a_brand_with_the_whole_market_is_the_category():
    market = Dirichlet(1.456, 0.78, 1.55)
    almost = 1.0 - 1e-9
    assert market.penetration(almost) == pytest.approx(market.category_penetration, abs=1e-6)
    assert market.sole_share(almost) == pytest.approx(1.0, abs=1e-6)


def test_larger_brands_have_more_buyers_who_buy_more_often():
    shares = published.toothpaste("share").tolist()
    buyers = [published.TOOTHPASTE.penetration(share) for share in shares]
    often = [published.TOOTHPASTE.per_buyer(share) for share in shares]
    assert np.corrcoef(buyers, often)[0, 1] > 0.9


def test_retention_of_a_mixed_cohort_rises_although_nobody_changes():
    assert (np.diff(Churn(0.7, 1.2).retention(np.arange(1, 20))) > 0).all()


def test_the_churn_of_a_cohort_that_follows_the_model_is_found():
    true = Churn(0.8, 2.5)
    assert fitted(true.survival(np.arange(9))) == pytest.approx(true, rel=1e-3)


def test_retention_and_survival_are_one():
    churn = Churn(0.7, 1.2)
    assert np.cumprod(churn.retention(np.arange(1, 13))) == pytest.approx(churn.survival(np.arange(1, 13)))


def test_a_lifetime_is_the_sum_of_its_discounted_margins():
    years = np.arange(1, 400)
    assert multiple(0.8, 0.12) == pytest.approx(((0.8 / 1.12) ** years).sum())


def test_retention_moves_value_more_than_margin_and_margin_more_than_acquisition_cost():
    base = CustomerBase(margin=100.0, retention=0.8, discount=0.12, customers=1_000, acquired=100, cost=30.0)
    retention, margin, cost = (base.elasticity(name) for name in ("retention", "margin", "cost"))
    assert 3 <= retention <= 7
    assert margin == pytest.approx(1.0, abs=0.1)
    assert -0.3 <= cost <= -0.0002
    assert margin + cost == pytest.approx(1.0, abs=1e-6), "both doubled, value doubles"


def test_without_newcomers_the_leverage_of_retention_is_that_of_a_lifetime():
    base = CustomerBase(margin=1.0, retention=0.7, discount=0.12, customers=10.0, acquired=0.0, cost=5.0)
    assert base.elasticity("retention") == pytest.approx(retention_elasticity(0.7, 0.12), rel=1e-4)


@pytest.mark.parametrize("used", [1, 2, 5, 9])
def test_shares_of_wallet_make_a_whole_wallet(used: int):
    assert sum(share_of_wallet(rank, used) for rank in range(1, used + 1)) == pytest.approx(1.0)


def test_an_investment_that_brings_what_it_costs_returns_nothing():
    assert return_on(70.0, 70.0) == 0.0
