"""Boxes of needs, choice and purchase: known values, limits, direction."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulation.customer import beginning, choice, needs, purchase, remembering
from tests.plainly import boxes_of, parameter

its = boxes_of(choice, needs, purchase, beginning, remembering)
levels = st.floats(0.0, 1.0)
utilities = st.floats(-20.0, 20.0)
ORDINARY = parameter("ordinary_level")

# --- needs ---


@given(st.floats(0.001, 1.0 - 1e-9), st.floats(0.001, 8.0))
def test_occasions_are_a_poisson_quantile(u: float, rate: float):
    expected = min(15, stats.poisson.ppf(u, rate))
    below, above = stats.poisson.cdf([expected - 1, expected], rate)
    if min(abs(u - below), abs(u - above)) > 1e-9:  # at the edge of a step rounding decides
        assert its.occasions(u, rate) == expected


def test_occasions_of_a_rate_of_zero_are_none():
    assert its.occasions(1.0 - 2.0**-33, 0.0) == 0.0


@given(st.floats(0.001, 0.999), st.floats(0.1, 8.0))
def test_a_higher_rate_never_brings_fewer_occasions(u: float, rate: float):
    assert its.occasions(u, rate * 1.1) >= its.occasions(u, rate)


def test_at_most_15_occasions_and_the_rest_is_counted():
    assert its.occasions(0.999, 30.0) == 15.0
    assert its.was_cut(0.999, 30.0) == 1.0
    assert its.was_cut(0.5, 5.0) == 0.0


def test_the_weekly_rate_is_a_product():
    assert its.weekly_rate(1.5, 1.2, 0.5) == pytest.approx(0.9)
    assert its.weekly_rate(1.5, 1.2, 0.0) == 0.0


# --- choice ---


@pytest.mark.parametrize(("share", "habit"), [(0.0, 0.2), (1.0, 0.6), (0.25, 0.3)])
def test_habit_is_partly_the_retailers_and_partly_the_outlets(share: float, habit: float):
    assert its.habit(share, 0.6, 0.2) == pytest.approx(habit)


def test_a_store_has_no_digital_appeal():
    assert its.digital_appeal(0.0, -2.5, 1.5, 3.0) == 0.0
    assert its.digital_appeal(1.0, -2.5, 1.5, 2.0) == pytest.approx(0.5)


def test_utility_adds_what_attracts_and_subtracts_what_deters():
    terms = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0)
    assert its.utility(*terms) == 1 + 2 + 3 - 4 - 5 + 6 + 7 + 8 + 9 + 10 + 11


@pytest.mark.parametrize(("status", "may"), [(0.0, 0.0), (1.0, 0.0), (2.0, 1.0), (3.0, 1.0), (4.0, 0.0)])
def test_only_known_retailers_that_were_not_left_may_be_chosen(status: float, may: float):
    assert its.may_be_chosen(1.0, status) == may
    assert its.may_be_chosen(0.0, status) == 0.0


@given(utilities, utilities)
def test_what_may_not_be_chosen_is_worse_than_anything(value: float, other: float):
    assert its.considered(value, 0.0) < other
    assert its.considered(value, 1.0) == value


# --- purchase ---


@given(levels, levels, st.floats(0.0, 30.0))
def test_a_better_experience_never_lowers_the_chance_to_buy(low: float, high: float, wait: float):
    low, high = sorted((low, high))
    chances = [its.chance_to_buy(3.9, 4.0, level, ORDINARY, 0.05 * wait, 0.0) for level in (low, high)]
    assert chances[0] <= chances[1]


@pytest.mark.parametrize(
    ("share", "involvement", "innovativeness", "chance"),
    [(0.0, 0.9, 0.9, 0.0), (0.4, 0.5, 0.5, 0.4), (0.4, 0.8, 0.5, 0.52), (0.9, 1.0, 1.0, 1.0)],
)
def test_the_involved_and_the_innovative_look_on(
    share: float, involvement: float, innovativeness: float, chance: float
):
    assert its.chance_to_look_on(share, involvement, innovativeness) == pytest.approx(chance)


@pytest.mark.parametrize(("wanted", "open_", "after"), [(1, 1, 2), (1, 0, 1), (15, 1, 15)])
def test_a_need_left_open_is_one_more_occasion_of_a_week_that_has_room(wanted: float, open_: float, after: float):
    assert its.with_open_need(float(wanted), float(open_), 15.0) == after


@pytest.mark.parametrize(
    ("looked_at", "slot", "online", "prepared"), [(3, 2, 0, 1), (3, 2, 1, 0), (3, 1, 0, 0), (0, 0, 0, 0)]
)
def test_only_a_trip_to_the_retailer_whose_site_was_seen_is_prepared(
    looked_at: float, slot: float, online: float, prepared: float
):
    assert its.is_prepared(float(looked_at), float(slot), float(online)) == prepared


def test_a_good_other_channel_prepares_better():
    assert its.informed(0.08, 0.75, 1.0) == pytest.approx(0.06)
    assert its.informed(0.08, 0.75, 0.0) == 0.0


def test_who_cannot_be_served_buys_nothing():
    assert its.if_served(0.9, 1.0) == 0.9
    assert its.if_served(0.9, 0.5) == 0.45
    assert its.if_served(0.9, 0.0) == 0.0


def test_waiting_and_missing_items_lower_the_chance_to_buy():
    usual = its.chance_to_buy(3.9, 4.0, ORDINARY, ORDINARY, 0.0, 0.0)
    assert usual == pytest.approx(0.98, abs=0.002)  # grocery: an occasion is a basket
    assert its.chance_to_buy(3.9, 4.0, ORDINARY, ORDINARY, 0.5, 0.0) < usual
    assert its.chance_to_buy(3.9, 4.0, ORDINARY, ORDINARY, 0.0, 1.0) < usual


@given(levels, st.floats(-5.0, 2.0))
def test_a_digital_channel_adds_its_constant_and_a_store_nothing(base: float, online_base: float):
    assert its.base_of_channel(base, online_base, 0.0) == base
    assert its.base_of_channel(base, online_base, 1.0) == base + online_base
    assert its.base_of_channel(base, 0.0, 1.0) == base


@given(st.floats(0.0, 1.0))
def test_who_comes_into_the_market_buys_and_the_others_may(chance: float):
    assert its.certainly(chance, 1.0) == 1.0
    assert its.certainly(chance, 0.0) == chance


@given(utilities, st.floats(-3.0, 3.0))
def test_a_mood_for_screens_moves_digital_channels_alone(usual: float, z: float):
    mood = its.mood_for_screens(5.0, z)
    assert its.appeal_now(usual, 0.0, mood) == usual
    assert its.appeal_now(usual, 1.0, mood) == usual + 5.0 * z
    assert its.appeal_now(usual, 1.0, its.mood_for_screens(0.0, z)) == usual


# --- needs that wander ---


@given(st.floats(0.0, 20.0), st.floats(-6.0, 6.0))
def test_without_a_wander_the_need_rate_is_the_usual_one(rate: float, pace: float):
    assert its.paced(rate, 0.0, pace) == rate


def test_the_need_rate_is_the_usual_one_in_the_long_run():
    z = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    assert np.mean([its.paced(2.0, 0.9, x) for x in z]) == pytest.approx(2.0, rel=0.005)


@given(st.floats(0.5, 0.999))
def test_the_wander_is_stationary(kept: float):
    drift, luck = its.pace_after(1.0, kept, 0.0), its.pace_after(0.0, kept, 1.0)
    assert drift == pytest.approx(kept)
    assert drift**2 + luck**2 == pytest.approx(1.0)


def test_who_comes_into_the_market_comes_when_needs_are_many():
    assert its.pace_of_newcomer(0.3, 0.9) == pytest.approx(1.2)
    assert its.pace_of_newcomer(0.3, 0.0) == 0.3


# --- needs of customers who come later ---


@pytest.mark.parametrize(("first", "week", "here"), [(0, -104, 1), (0, 1, 1), (5, 4, 0), (5, 5, 1), (5, 6, 1)])
def test_a_customer_is_here_from_the_first_week_on(first: float, week: float, here: float):
    assert its.is_here(float(first), float(week)) == here


@pytest.mark.parametrize(
    ("first", "week", "occasion", "coming"), [(5, 5, 0, 1), (5, 5, 1, 0), (5, 6, 0, 0), (5, 4, 0, 0), (0, 0, 0, 0)]
)
def test_a_customer_arrives_once(first: float, week: float, occasion: float, coming: float):
    assert its.arrives(float(first), float(week), float(occasion)) == coming


@pytest.mark.parametrize(
    ("number", "here", "arriving", "wanted"), [(3, 1, 0, 3), (3, 0, 0, 0), (0, 1, 1, 1), (3, 1, 1, 3)]
)
def test_the_first_week_has_an_occasion_and_those_before_have_none(
    number: float, here: float, arriving: float, wanted: float
):
    assert its.wanted(float(number), float(here), float(arriving)) == wanted


def test_the_mean_basket_is_the_customers_own():
    """The expectation of exp(sd z - sd^2 / 2) is 1, by a sum over quantiles."""
    grid = [stats.norm.ppf((n + 0.5) / 4000) for n in range(4000)]
    mean = sum(its.basket(math.log(20.0), 1.05, z, 0.6, 0.0, 0.3, 0.0, 1.0) for z in grid) / len(grid)
    assert mean == pytest.approx(20.0, rel=0.01)


def test_the_basket_answers_to_price_memory_and_moderators():
    usual = its.basket(3.0, 1.05, 0.0, 0.6, 0.0, 0.3, 0.0, 1.0)
    dearer = its.basket(3.0, 1.05, 0.0, 0.6, math.log(1.1), 0.3, 0.0, 1.0)
    assert dearer / usual == pytest.approx(1.1**0.4)
    assert its.basket(3.0, 1.05, 0.0, 0.6, 0.0, 0.3, 0.1, 1.0) / usual == pytest.approx(math.exp(0.03))
    assert its.basket(3.0, 1.05, 0.0, 0.6, 0.0, 0.3, 0.0, 1.2) / usual == pytest.approx(1.2)


def test_gross_margin_is_what_cost_leaves():
    assert its.gross_margin(20.0, 20.0, 0.75) == 5.0
    assert its.gross_margin(its.paid(20.0, 0.1, 1.0), 20.0, 0.75) == 3.0


@pytest.mark.parametrize(("amount", "cents"), [(0.0, 0), (12.344, 1234), (12.345, 1235), (1e6, 100_000_000)])
def test_money_is_whole_cents(amount: float, cents: int):
    assert its.cents(amount) == cents


@pytest.mark.parametrize(("level", "units"), [(0.0, 0), (1.0, 65536), (-0.25, -16384), (2.0**-18, 0)])
def test_levels_are_counted_in_fixed_units(level: float, units: int):
    assert its.fixed(level) == units


# --- how a customer begins ---


def test_persistent_taste_has_two_parts():
    assert its.taste_of(1.0, -1.0, 1.0, 2.3) == pytest.approx(-1.3)


@given(st.floats(-20.0, 20.0))
def test_a_taste_is_kept_to_half_a_part_and_in_two_bytes(taste: float):
    parts = its.in_parts(taste)
    assert -32768 <= parts <= 32767
    assert its.from_parts(float(parts)) == pytest.approx(min(max(taste, -15.0), 15.0), abs=0.5 / 2048.0)
    assert its.in_parts(its.from_parts(float(parts))) == parts


def test_standing_appeal_is_utility_before_any_experience():
    before = its.utility(1.0, 0.0, 0.0, 0.5, 2.0, -1.0, 3.0, 0.0, 0.0, 0.0, 0.0)
    assert its.standing_appeal(1.0, 2.0, 0.5, -1.0, 3.0) == before


@given(st.floats(-2.0, 2.0), st.floats(-2.0, 2.0))
def test_first_levels_are_levels(leniency: float, fit: float):
    assert 0.0 <= its.first_level(ORDINARY, leniency, fit) <= 1.0
    assert its.first_level(ORDINARY, 0.0, 0.0) == ORDINARY
