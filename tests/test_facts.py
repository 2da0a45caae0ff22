"""Regularities of real markets: known answers of the statistics, and the grocery market beside every band.

The market is lived once per seed for the whole file. Facts that it does not show are listed in `known.csv`, each with
what is known of it; their bands stay as the evidence has them.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from analysis.facts import Finding, Observed, applies, facts, finding, judged, known
from analysis.facts.card import VALUES, observed
from analysis.facts.market import by_week, gravity_slope, minutes_to_stores, whole
from analysis.facts.purchases import (
    Purchases,
    double_jeopardy,
    duplication_among_buyers,
    duplication_coefficient,
    exclusive,
    favourite_share,
    frequent_concentration,
    nbd_shape,
    omnichannel,
    retailers_used,
    sole_buyers,
    switching,
    top_share,
)
from analysis.facts.recovery import Recovery
from analysis.facts.satisfaction import skewness, spread, wallet_by_level, wallet_by_rank
from analysis.facts.table import NONE, OVER_SEEDS
from simulation import Scenario
from tests.phases import since_golden

SEEDS = (1, 2, 3, 4)
CUSTOMERS = 5_000
GROCERY = Scenario.load("grocery")


def log(trips: list[tuple[int, int, int]], size: tuple[int, int, int]) -> Purchases:
    """Purchases of 1 in week 1: (customer, retailer, outlet) each."""
    customer, retailer, outlet = (np.array(column) for column in zip(*trips, strict=True))
    return Purchases(customer, np.ones_like(customer), retailer, outlet, np.ones(customer.size), size)


def independent(seed: int = 0) -> Purchases:
    """Retailers of penetration .6, .4, .2, bought by chance of each other, 3 times each."""
    bought = np.random.default_rng(seed).random((20_000, 3)) < np.array([0.6, 0.4, 0.2])
    customer, retailer = np.nonzero(bought)
    customer, retailer = np.repeat(customer, 3), np.repeat(retailer, 3)
    return log(list(zip(customer, retailer, retailer, strict=True)), (20_000, 3, 3))


def test_the_nbd_shape_of_drawn_counts_is_found():
    counts = np.random.default_rng(0).negative_binomial(0.8, 0.8 / (0.8 + 15.0), 20_000)
    assert nbd_shape(counts) == pytest.approx(0.8, rel=0.03)


def test_the_top_fifth_of_equal_buyers_make_a_fifth_of_sales():
    assert top_share(np.array([2.0] * 50 + [0.0] * 50)) == pytest.approx(0.2)


def test_independent_buying_has_a_duplication_coefficient_of_one():
    assert duplication_coefficient(independent()) == pytest.approx(1.0, abs=0.02)


def test_who_buys_nothing_raises_the_duplication_coefficient_of_everybody_not_that_of_buyers():
    few = independent()
    many = replace(few, size=(2 * few.size[0], *few.size[1:]))
    assert duplication_coefficient(many) == pytest.approx(2.0 * duplication_coefficient(few))
    assert duplication_among_buyers(many) == pytest.approx(duplication_among_buyers(few))


def test_who_misses_a_quarter_is_no_frequent_customer():
    weeks = np.array([1, 14, 27, 40, 52, 2, 15, 28, 41, 1, 14, 27])
    who = np.repeat([0, 1, 2], [5, 4, 3])
    nowhere = np.zeros_like(who)
    panel = Purchases(who, weeks, nowhere, nowhere, np.ones(who.size), (4, 1, 1))
    assert frequent_concentration(panel, 0) == pytest.approx(5 / 9), (
        "the third customer, of three quarters, is left out"
    )


def test_who_buys_at_one_retailer_only_is_exclusive_and_sole():
    panel = log([(0, 0, 0), (0, 0, 1), (1, 0, 0), (1, 1, 2)], (3, 2, 3))
    assert exclusive(panel) == pytest.approx(0.5)
    assert retailers_used(panel) == pytest.approx(1.5)
    assert sole_buyers(panel, 4) == pytest.approx(0.25), "half of the first retailer's buyers, none of the second's"


def test_double_jeopardy_is_one_when_frequency_rises_with_penetration():
    trips = [(c, 0, 0) for c in range(3) for _ in range(3)] + [(c, 1, 1) for c in range(2) for _ in range(2)]
    assert double_jeopardy(log(trips, (3, 2, 2))) == pytest.approx(1.0)


def test_who_buys_through_both_channels_is_held_against_who_buys_through_one():
    panel = log([(0, 0, 0), (0, 0, 1), (1, 0, 0), (2, 0, 0), (3, 0, 1)], (4, 1, 2))
    panel = replace(panel, amount=np.array([30.0, 8.0, 10.0, 20.0, 5.0]))
    online = np.array([False, True])
    assert omnichannel(panel, online, channel=False) == pytest.approx(30.0 / 15.0)
    assert omnichannel(panel, online, channel=True) == pytest.approx(8.0 / 5.0)
    assert np.isnan(omnichannel(panel, np.array([False, False]), channel=False)), "nobody buys online"


def test_trips_are_followed_in_the_order_they_were_made():
    panel = log([(0, 0, 0), (1, 0, 1), (0, 0, 0), (1, 0, 1), (0, 1, 2)], (2, 2, 3))
    assert switching(panel) == pytest.approx(1 / 3)
    assert favourite_share(panel) == pytest.approx((2 / 3 + 1) / 2)


def test_the_distance_exponent_of_a_gravity_law_is_found():
    rng = np.random.default_rng(0)
    log_minutes = rng.normal(2.0, 0.6, (25, 12))
    trips = np.exp(3.0 + rng.normal(0, 1, (25, 1)) + rng.normal(0, 1, (1, 12)) - 1.7 * log_minutes)
    assert gravity_slope(trips, log_minutes) == pytest.approx(-1.7, abs=1e-6)


def test_minutes_are_those_of_the_grid():
    scenario = Scenario.load("grocery", customers=10)
    stores, minutes = minutes_to_stores(scenario)
    first = scenario.outlets[int(stores[0])]
    assert first.cell == 12
    assert minutes[12, 0] == pytest.approx(3.0)
    assert minutes[14, 0] == pytest.approx(12.0)
    assert minutes[0, 0] == pytest.approx(6.0 * math.sqrt(8.0))


def test_rank_explains_what_style_hides_from_level():
    rng = np.random.default_rng(0)
    style, quality = rng.normal(0, 0.1, (4000, 1)), rng.normal(0, 0.02, (4000, 3))
    satisfaction = 0.78 + style + quality
    spend = np.exp(20.0 * quality + rng.normal(0, 0.5, (4000, 3)))
    assert wallet_by_rank(satisfaction, spend) > 3 * wallet_by_level(satisfaction, spend)


def test_spread_and_skewness_leave_out_who_has_no_opinion():
    stock = np.array([[0.7, 0.8], [np.nan, 0.9], [0.7, np.nan]])
    assert spread(stock) == pytest.approx(15.0)
    assert skewness(np.array([[0.9, 0.9, 0.9, 0.1, np.nan]])) < 0


def test_every_fact_that_can_be_seen_has_a_function_and_every_function_a_fact():
    assert {fact.id for fact in facts() if fact.markets != NONE} == set(VALUES)


def test_facts_that_no_market_can_show_say_why():
    silent = [fact.id for fact in facts() if fact.markets == NONE and fact.id not in known()]
    assert silent == []


@pytest.mark.parametrize("market", ["any", "grocery", "fashion", "electronics"])
def test_what_is_known_is_known_of_facts(market: str):
    assert known(market)
    assert set(known(market)) <= {fact.id for fact in facts()}


# --- what a solved failure does to coming again ---

FAILS_OFTEN = {"market.warmup_weeks": 1, "parameters.failure_rate": 0.1, "parameters.complain_trivial": 0.2}


def recovered(**edits: float) -> Recovery:
    found = Recovery.of(Scenario.load("grocery", customers=2_000, replicates=1, edits={**FAILS_OFTEN, **edits}))
    assert found is not None
    assert found.visits.size > 40, "too few solved failures to compare"
    return found


def test_the_effect_of_a_solved_failure_is_that_on_the_same_people():
    pairs = Recovery(*(np.array(values) for values in ([0, 3, 4, 5], [1, 2, 3, 4], [0.8, 0.8], [0.7, 0.9])))
    assert pairs.repurchase() == pytest.approx(-0.25)
    assert pairs.frequency() == pytest.approx(0.2)
    assert pairs.paradox() == pytest.approx(0.0)


def test_a_solution_worth_more_raises_satisfaction_above_that_without_the_failure():
    more, none = (recovered(**{"parameters.recovery_paradox": worth}).paradox() for worth in (0.08, 0.0))
    assert more > none + 0.01


def test_where_there_is_no_desk_nothing_is_recovered():
    assert Recovery.of(Scenario.load("online_music")) is None


def test_every_fact_says_what_it_may_be_used_for():
    for fact in facts():
        assert fact.kind in {"hard", "firm", "soft"}, fact.id
        assert fact.use in {"calibrate", "validate", "verify"}, fact.id
        assert fact.seeds in OVER_SEEDS, fact.id
        assert fact.low < fact.high, fact.id
        assert fact.source, fact.id


def test_a_fact_of_another_trade_is_not_applicable():
    grocers = next(fact for fact in facts() if fact.markets == "grocery")
    found = finding(grocers, Scenario.load("fashion"), [])
    assert (found.verdict, found.why) == ("not applicable", "a fact of grocery")


def of_seeds(*values: float) -> Finding:
    """The duplication coefficient, whose band is 1.1 to 2, in the grocery market."""
    fact = next(fact for fact in facts() if fact.id == "13b")
    return finding(fact, GROCERY, values)


def test_a_value_in_its_band_holds_and_one_outside_fails_with_what_is_known_of_it():
    assert (of_seeds(1.4, 1.6).verdict, of_seeds(1.4, 1.6).why) == ("holds", "")
    assert (of_seeds(1.0, 1.1).verdict, of_seeds(1.0, 1.1).why) == ("fails", known("grocery")["13b"])


def test_the_interval_of_a_finding_is_that_of_the_mean_over_seeds():
    found = of_seeds(1.2, 1.3, 1.4)
    assert (found.low + found.high) / 2 == pytest.approx(found.value)
    assert found.high - found.low == pytest.approx(2 * 4.302653 * 0.1 / math.sqrt(3), rel=1e-5), "t with 2 degrees"
    assert math.isnan(of_seeds(1.2).low), "one seed has no interval"


def test_what_a_market_has_nothing_to_show_of_is_not_applicable():
    silent = next(fact for fact in facts() if fact.id == "32a")
    found = finding(silent, GROCERY, [0.9, math.nan])
    assert (found.verdict, found.why) == ("not applicable", "the market has no service desks")


def test_facts_of_a_cohort_are_those_of_new_customers_alone():
    cohort, rivals = Scenario.load("online_music"), Scenario.load("grocery")
    of_cohorts = {fact.id for fact in facts() if applies(fact, cohort)}
    of_rivals = {fact.id for fact in facts() if applies(fact, rivals)}
    assert of_cohorts - of_rivals == {"18a", "18b", "18c", "19"}
    assert of_cohorts & of_rivals == {fact.id for fact in facts() if fact.kind == "hard"}, "formulas know no market"


@pytest.fixture(scope="module")
def seen() -> list[Observed]:
    return [observed("grocery", seed, CUSTOMERS) for seed in SEEDS]


@pytest.fixture(scope="module")
def found(seen: list[Observed]) -> Iterator[dict[str, Finding]]:
    card = judged(seen)
    print("\n" + "\n".join(map(str, card)))  # noqa: T201  (the card is what a reader of the log wants)
    return {one.fact.id: one for one in card}


SHOWN = [fact.id for fact in facts() if applies(fact, GROCERY) and fact.id not in known("grocery")]


@pytest.mark.slow
@pytest.mark.parametrize("fact", SHOWN)
def test_the_grocery_market_shows(fact: str, found: dict[str, Finding]):
    assert found[fact].verdict == "holds", f"{found[fact]}\n{since_golden()}"


@pytest.mark.slow
def test_what_the_grocery_market_does_not_show_is_known(found: dict[str, Finding]):
    assert {name for name, one in found.items() if one.verdict == "fails"} <= set(known("grocery"))


@pytest.mark.slow
def test_no_outlet_is_far_from_the_load_at_which_its_levels_hold(seen: list[Observed]):
    for outlet in seen[0].market.outlets:
        load = np.mean([one.base.offers.where(outlet=outlet.id)["load"].mean() for one in seen])
        assert 0.55 <= load <= 0.85, f"{outlet.id}: mean load {load:.2f}"


@pytest.mark.slow
def test_nearly_every_grocery_visit_is_a_basket(seen: list[Observed]):
    visits, baskets = (sum(by_week(one.base, name).sum() for one in seen) for name in ("visits", "baskets"))
    assert baskets / visits >= 0.96


@pytest.mark.slow
def test_satisfaction_is_where_the_acsi_of_retailers_is(seen: list[Observed]):
    acsi = np.mean([whole(one.base, "acsi")["value"].mean() for one in seen])
    assert 77.0 <= acsi <= 79.0


@pytest.mark.slow
def test_ours_is_the_third_largest_chain(seen: list[Observed]):
    shares = {r.id: 0.0 for r in seen[0].market.retailers}
    for one in seen:
        rows = whole(one.base, "share_of_visits")
        for retailer, value in zip(rows["retailer"], rows["value"], strict=True):
            shares[retailer] += value
    assert sorted(shares, key=shares.__getitem__)[-3] == "ours"


@pytest.mark.slow
def test_the_market_is_nearly_stationary_after_its_warm_up(seen: list[Observed]):
    active = np.mean([by_week(one.base, "active") for one in seen], axis=0)
    assert abs(active[-8:].mean() / active[:8].mean() - 1.0) < 0.015, "active links drift by less than 1.5 % a year"
    acsi = np.mean([whole(one.base, "acsi")["value"].reshape(-1, 52) for one in seen], axis=0)
    assert np.abs(acsi[:, -8:].mean() - acsi[:, :8].mean()) < 0.5, "mean ACSI drifts by less than half a point a year"
