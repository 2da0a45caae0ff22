"""Worlds simple enough to know beforehand what must come out."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation.living import Clock, market_lives_its_week, totals_of_week
from simulation.records import LINK_TOTALS, MARKET_TOTALS, MOST_CENTS, VISIT_TOTALS
from simulation.running import run
from simulation.scenario import Scenario
from simulation.world import World, world_of
from tests.lives import grocery, lived
from tests.plainly import parameter

NEEDS, STAYED, CUT = (MARKET_TOTALS.index(name) for name in ("needs", "stayed_at_home", "cut"))
PARTS = ("outlet", "channel", "segment", "relationship")
ERRORS = 4.0  # standard errors that a fixed seed may be off

NO_TASTE = {"taste_outlet_sd": 0.0, "taste_retailer_sd": 0.0, "unaware_at_start": 0.0}
MEANS = ("experience", "expectation", "remembered")
ONLY_ATTRACTION = NO_TASTE | {
    "satisfaction_weight": 0.0,
    "habit_weight": 0.0,
    "price_weight": 0.0,
    "distance_weight": 0.0,
    "failure_rate": 0.0,
    "none_utility": -0.5,
}
NOTHING_HAPPENS = {
    "visit_noise_sd": 0.0,
    "touchpoint_noise_sd": 0.0,
    "fit_sd": 0.0,
    "failure_rate": 0.0,
    "stock_out_loss": 0.0,
    "advice_share": 0.0,
    "aftercare_share": 0.0,
    "contact_store": 0.0,
    "contact_online": 0.0,
}


def with_numbers(scenario: Scenario, **values: float) -> Scenario:
    """A scenario with parameters that no file may hold, such as a spread of zero."""
    return scenario.model_copy(update={"parameters": values})


def market_of(attractions: Mapping[str, float], customers: int = 10_000, **changes: Any) -> Scenario:
    """A part of the grocery market: these retailers, each with its first outlet."""
    whole = grocery(customers)
    retailers = [r.model_copy(update={"attraction": attractions[r.id]}) for r in whole.retailers if r.id in attractions]
    outlets = [next(o for o in whole.outlets if o.retailer == r.id) for r in retailers]
    there = {"retailers": tuple(retailers), "outlets": tuple(outlets), "desks": desks_of(whole, retailers)}
    return whole.model_copy(update={**there, **changes})


def desks_of(scenario: Scenario, retailers: Iterable[Any]) -> tuple[Any, ...]:
    """The service desks of some retailers."""
    names = {retailer.id for retailer in retailers}
    return tuple(desk for desk in scenario.desks if desk.retailer in names)


def visits(world: World, name: str = "visits") -> Any:
    """A total of visits, by outlet, over all weeks."""
    return world.totals.visits[..., VISIT_TOTALS.index(name)].sum(axis=(0, 2))


def links(world: World, name: str) -> int:
    """A total of links over all retailers and weeks."""
    return int(world.totals.links[..., LINK_TOTALS.index(name)].sum())


def share_error(share: float, number: float) -> float:
    """How far a share of so many may be off."""
    return ERRORS * float(np.sqrt(share * (1.0 - share) / number))


# --- choice ---

THREE = {"northgate": 0.5, "ours": 0.0, "valumart": -1.0}


def shares(scenario: Scenario, **numbers: float) -> tuple[Any, int]:
    """Shares of occasions by outlet and staying at home, in the first week, and the number of occasions."""
    world = lived(with_numbers(scenario, **{**ONLY_ATTRACTION, **numbers}), 1)
    needs = int(world.totals.market[0, NEEDS])
    return np.append(visits(world), world.totals.market[0, STAYED]) / needs, needs


def softmax(utilities: Any) -> Any:
    weights = np.exp(np.asarray(utilities))
    return weights / weights.sum()


def test_choices_are_a_logit_in_closed_form():
    found, number = shares(market_of(THREE))
    expected = softmax([*THREE.values(), -0.5])
    order = [list(THREE).index(r.id) for r in market_of(THREE).retailers] + [3]
    assert found == pytest.approx(expected[order], abs=share_error(0.5, number))
    assert stats.chisquare(found * number, expected[order] * number).pvalue > 0.001


def _alike(world: World) -> World:
    """Everybody with the mean price sensitivity, and an income that moderates nothing."""
    world.people.trait("price_sensitivity").fill(1.0)
    world.people.trait("income").fill(70_000.0)
    return world


def test_price_enters_choice_as_its_logarithm():
    scenario = market_of(dict.fromkeys(THREE, 0.0))
    world = lived(
        with_numbers(scenario, **{**ONLY_ATTRACTION, "price_weight": 20.0}),
        1,
        change=_alike,
    )
    prices = np.array([retailer.price_index for retailer in scenario.retailers])
    found = visits(world) / world.totals.market[0, NEEDS]
    expected = softmax([*(-20.0 * np.log(prices)), -0.5])[:-1]
    assert len(set(prices)) > 1
    assert found == pytest.approx(expected, abs=share_error(0.5, world.totals.market[0, NEEDS]))


def test_taking_an_alternative_away_leaves_the_ratio_of_the_others():
    two = {name: THREE[name] for name in ("northgate", "ours")}
    (all_three, number), (without, fewer) = shares(market_of(THREE)), shares(market_of(two))
    first, second = ([r.id for r in market_of(THREE).retailers].index(name) for name in two)
    ratio = all_three[first] / all_three[second]
    assert without[0] / without[1] == pytest.approx(ratio, rel=ERRORS * np.sqrt(8.0 / min(number, fewer)))


def test_where_one_offer_is_best_for_everybody_it_wins():
    found, _ = shares(market_of({**THREE, "ours": 60.0}))
    best = [retailer.id for retailer in market_of(THREE).retailers].index("ours")
    assert found[best] == 1.0


def test_where_nothing_appeals_everybody_stays_at_home():
    found, _ = shares(market_of(THREE), none_utility=60.0)
    assert found[-1] == 1.0


def test_one_retailer_has_the_whole_market():
    whole = grocery(300)
    ours = tuple(retailer for retailer in whole.retailers if retailer.focal)
    outlets = tuple(outlet for outlet in whole.outlets if outlet.retailer == ours[0].id)
    there = {"retailers": ours, "outlets": outlets, "desks": desks_of(whole, ours)}
    alone = run(whole.model_copy(update={**there, "replicates": 1}))
    rows = alone.weekly.rows()
    for measure in ("share_of_market", "share_of_wallet", "share_of_visits"):
        whole_chain = [row for row in rows if row["measure"] == measure and not any(row[part] for part in PARTS)]
        assert {row["value"] for row in whole_chain} == {1.0}, measure


def test_nobody_leaves_the_only_retailer():
    alone = lived(market_of({"ours": 0.0}, 1000), 12)
    assert links(alone, "left") == 0


# --- needs: the negative binomial distribution ---


@cache
def occasions_per_customer() -> Any:
    """Baskets of 4,000 customers in twelve weeks in a world where every need becomes one; expected mean of each."""
    numbers = {"none_utility": -1000.0, "buy_base": 1000.0, "failure_rate": 0.0}
    world = world_of(with_numbers(grocery(4_000), **numbers), 0)
    clock, total = Clock(world, log=True), np.zeros(4_000)
    for _ in range(12):
        clock.step()
        total += clock.log.occasions
    assert world.totals.market[:, CUT].sum() < 20
    return total, 80.0 / 52.0 * world.plans.situations.season.sum()


def test_mean_and_variance_of_needs_are_those_of_a_negative_binomial():
    """Gamma rates of shape 1 between customers, Poisson within: variance = m + m^2 / k (Ehrenberg 1988)."""
    total, mean = occasions_per_customer()
    assert total.mean() == pytest.approx(mean, rel=ERRORS / np.sqrt(total.size))
    assert total.var() == pytest.approx(mean + mean * mean, rel=0.15)


def test_the_whole_distribution_of_needs_is_a_negative_binomial():
    total, mean = occasions_per_customer()
    edges = stats.nbinom.ppf(np.linspace(0.1, 0.9, 9), 1.0, 1.0 / (1.0 + mean))
    found = np.searchsorted(np.sort(total), edges, side="right") / total.size
    expected = stats.nbinom.cdf(edges, 1.0, 1.0 / (1.0 + mean))
    assert found == pytest.approx(expected, abs=share_error(0.5, total.size))


def test_as_many_customers_need_nothing_as_the_negative_binomial_says():
    total, mean = occasions_per_customer()
    nobody = 1.0 / (1.0 + mean)
    assert (total == 0).mean() == pytest.approx(nobody, abs=share_error(nobody, total.size))


# --- buying ---


def test_as_many_visits_end_in_a_purchase_as_the_logit_says():
    numbers = {"buy_base": 0.4, "buy_experience": 0.0, "buy_wait": 0.0, "buy_stock_out": 0.0}
    world = lived(with_numbers(grocery(2_000), **numbers), 4)
    number = visits(world).sum()
    expected = 1.0 / (1.0 + np.exp(-0.4))
    assert visits(world, "baskets").sum() / number == pytest.approx(expected, abs=share_error(expected, number))


def test_as_many_needs_stay_open_as_looking_leaves_open():
    looking = with_numbers(grocery(4_000), moving_yearly=0.0, buy_online=-4.0, research_online=0.4)
    everybody_middling = {name: {"mean": 0.5, "sd": 1e-9} for name in ("involvement", "innovativeness")}
    population = looking.population.model_copy(update={"traits": everybody_middling})
    looking = looking.model_copy(update={"population": population})
    ending = looking.model_copy(update={"parameters": {**looking.parameters, "research_online": 0.0}})
    world, without = lived(looking, 2), lived(ending, 2)
    online = world.market.outlets.online > 0
    looks = (visits(world) - visits(world, "baskets"))[online].sum()
    more = world.totals.market[:, NEEDS].sum() - without.totals.market[:, NEEDS].sum()
    assert more / looks == pytest.approx(0.4, abs=share_error(0.4, looks))


def test_touchpoints_and_failures_are_met_as_often_as_their_shares_say():
    world = lived(with_numbers(grocery(2_000), stock_out_response=0.0), 4)
    number, baskets = visits(world).sum(), visits(world, "baskets").sum()
    advice, aftercare = visits(world, "met_advice").sum() / number, visits(world, "met_aftercare").sum() / baskets
    assert advice == pytest.approx(0.35, abs=share_error(0.35, number))
    assert aftercare == pytest.approx(0.25, abs=share_error(0.25, baskets))
    missing = visits(world, "stock_outs").sum() / number
    assert missing == pytest.approx(parameter("stock_out_base"), abs=share_error(0.05, number))


def test_money_is_what_baskets_add_up_to():
    world = lived(with_numbers(grocery(), moving_yearly=0.0), 8)  # a household that comes has spent nothing yet
    assert visits(world, "revenue_cents").sum() == world.links.spend.sum()


def test_remembered_spending_stops_at_the_most_that_its_column_holds():
    def rich(world: World) -> World:
        world.links.spend[:] = MOST_CENTS
        return world

    world = lived(with_numbers(grocery(), moving_yearly=0.0), 1, change=rich)
    assert visits(world, "revenue_cents").sum() > 0
    assert (world.links.spend == MOST_CENTS).all()


def test_margin_is_the_retailers_share_of_revenue():
    scenario = grocery()
    world = lived(scenario, 8)
    margins = {retailer.id: retailer.margin for retailer in scenario.retailers}
    expected = [margins[outlet.retailer] for outlet in scenario.outlets]
    discount = visits(world, "discount_cents")  # of personal offers: it comes off both
    kept, sold = visits(world, "margin_cents") + discount, visits(world, "revenue_cents") + discount
    assert kept / sold == pytest.approx(expected, abs=1e-3)


# --- relationships ---


def test_as_many_links_lapse_as_the_hazard_says():
    """With no response to satisfaction the hazard is a logistic of a normal: its mean by quadrature."""
    world = lived(with_numbers(grocery(10_000), leaving_slope=0.0, failure_rate=0.0), 1)
    z, weight = np.polynomial.hermite_e.hermegauss(60)
    mean = parameter("leaving_monthly") - np.log(52 / 12)
    hazard = float((weight / (1.0 + np.exp(-(mean + z)))).sum() / weight.sum())
    at_risk = links(world, "at_risk")
    assert links(world, "left") / at_risk == pytest.approx(hazard, abs=share_error(hazard, at_risk))


def test_as_many_hear_of_a_retailer_as_its_advertising_says():
    scenario = grocery(5_000)
    loud = tuple(retailer.model_copy(update={"advertising": 0.2}) for retailer in scenario.retailers)
    world = lived(with_numbers(scenario.model_copy(update={"retailers": loud}), unaware_at_start=0.5), 1)
    heard, unaware = links(world, "became_aware"), links(world, "unaware")
    chance = 0.2 + parameter("awareness_weekly")
    assert heard / (heard + unaware) == pytest.approx(chance, abs=share_error(chance, heard + unaware))


def test_every_link_is_counted_in_exactly_one_status():
    world = lived(grocery(), 8)
    held = (world.links.retailer >= 0).sum() * 8
    prospects = links(world, "known") - links(world, "active") - links(world, "lapsed")
    assert links(world, "customers") <= links(world, "active")
    assert links(world, "unaware") + links(world, "known") == held
    assert prospects >= 0


def test_loyalty_of_a_customer_sums_to_one():
    world = lived(grocery(), 8)
    assert world.reach.loyalty.sum(axis=0) == pytest.approx(np.ones(200), abs=1e-5)


def test_importances_of_the_determinants_sum_to_one():
    world = lived(grocery(), 4)
    names = [name for name in VISIT_TOTALS if name.startswith("weight_")]
    total = sum(visits(world, name) for name in names) / visits(world) / 65536
    assert total == pytest.approx(np.ones(total.size), abs=1e-3)


# --- what satisfaction settles at ---


def test_where_nothing_surprises_satisfaction_is_experience_and_a_constant():
    """One retailer, no luck: W = X, SE = W + margin, so M = c0 + X - b margin, and CS follows."""
    calm = {**NOTHING_HAPPENS, "peak_weight": 0.0, "end_weight": 0.0, "queue_penalty": 0.0, "overload_response": 0.0}
    calm |= {"crowding_response": 0.0, "bustle_response": 0.0, "brand_pace": 0.0, "price_perception": 0.0}
    calm |= {"needs_weight": 0.0}
    scenario = market_of({"ours": 0.0}, 200, weeks=104)
    world = lived(with_numbers(scenario, **calm))
    constant = parameter("intercept") - parameter("contrast") * parameter("should_margin")
    last = dict(zip(VISIT_TOTALS, world.totals.visits[-1].sum(axis=(0, 1)), strict=True))
    experience, expectation, remembered = (last[name] / last["visits"] / 65536 for name in MEANS)
    often = (world.links.visits[0] > 100) & (world.links.last_visit[0] == 107)
    settled = world.links.level("satisfaction")[0][often] - world.links.will[0][often]
    assert expectation == pytest.approx(experience, abs=0.003)
    assert remembered == pytest.approx(experience + constant, abs=0.003)
    assert often.sum() > 20
    assert settled == pytest.approx(np.full(often.sum(), constant), abs=0.005)


# --- the market at its reference load ---


@cache
def at_reference(weeks: int = 200) -> tuple[Scenario, Any]:
    """The grocery market's offers after so many weeks at exactly the reference load; no totals are read."""
    scenario = grocery(10)
    world = world_of(scenario, 0)
    world.plans.situations.season_ratio[0] = 1.0
    unread = totals_of_week(world.totals, 0)
    for _ in range(weeks):
        market_lives_its_week(0, world.market, world.plans, world.numbers, world.weight, unread)
    return scenario, world.market.offers


@pytest.mark.parametrize("name", ["social", "atmosphere", "assortment", "price", "channels"])
def test_a_given_level_holds_at_the_reference_load(name: str):
    scenario, offers = at_reference()
    assert offers[name] == pytest.approx([outlet.levels[name] for outlet in scenario.outlets])


def test_a_given_service_level_holds_at_the_reference_load_queue_included():
    scenario, offers = at_reference()
    assert offers.service - offers.queue == pytest.approx([outlet.levels["service"] for outlet in scenario.outlets])
    assert (offers.queue > 0.0).any()


def test_brands_start_where_they_are_given():
    scenario, offers = at_reference()
    brands = {retailer.id: retailer.brand for retailer in scenario.retailers}
    own = [brands[outlet.retailer] for outlet in scenario.outlets]
    given = [outlet.levels["brand"] for outlet in scenario.outlets]
    assert offers.brand == pytest.approx(given), f"retailers have {own}"


def test_nobody_is_crowded_and_few_miss_an_item_at_the_reference_load():
    _, offers = at_reference()
    assert offers.crowd == pytest.approx(np.zeros(offers.size))
    assert offers.bustle == pytest.approx(np.zeros(offers.size))
    assert offers.stock_out == pytest.approx(np.full(offers.size, parameter("stock_out_base")))
