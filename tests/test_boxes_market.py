"""Boxes of the market: queue, staff, store, price, brand; known values, limits, direction."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.market import brand, queue, staff, store
from tests.plainly import boxes_of

its = boxes_of(queue, staff, store, brand)
levels = st.floats(0.0, 1.0)
loads = st.floats(0.0, 3.0)
uses = st.floats(0.01, 0.97)

# --- queue ---


def erlang_c(servers: int, use: float) -> float:
    """Chance to wait in M/M/c (Erlang 1917)."""
    offered = servers * use
    last = offered**servers / math.factorial(servers) / (1.0 - use)
    return last / (sum(offered**n / math.factorial(n) for n in range(servers)) + last)


@given(uses)
def test_the_wait_at_one_till_is_exact(use: float):
    assert its.waiting_in_services(use, 1.0) == pytest.approx(use / (1.0 - use), rel=1e-9)


@pytest.mark.parametrize("servers", [2, 3, 5, 10, 20])
@pytest.mark.parametrize("use", [0.5, 0.7, 0.8, 0.9, 0.95, 0.98])
def test_the_wait_at_several_tills_is_near_erlang_c(servers: int, use: float):
    """Sakasegawa (1977): within 5 % where waits are long, within .035 of a service time where they are short."""
    exact = erlang_c(servers, use) / (servers * (1.0 - use))
    assert its.waiting_in_services(use, float(servers)) == pytest.approx(exact, rel=0.05, abs=0.035)


@given(uses)
def test_the_queue_obeys_littles_law(use: float):
    """People waiting = arrivals x wait; at one till that is rho^2 / (1 - rho)."""
    wait = its.waiting_in_services(use, 1.0)
    assert its.queue_per_till(wait, use) == pytest.approx(use * use / (1.0 - use), rel=1e-9)


@given(uses, st.floats(1.0, 30.0))
def test_more_use_never_shortens_the_wait_and_more_tills_never_lengthen_it(use: float, servers: float):
    wait = its.waiting_in_services(use, servers)
    assert its.waiting_in_services(min(use + 0.01, 0.98), servers) >= wait
    assert its.waiting_in_services(use, servers + 1.0) <= wait


def test_nobody_waits_where_nobody_comes():
    assert its.waiting_in_services(0.0, 2.0) == pytest.approx(0.0, abs=1e-9)


def test_tills_are_as_busy_as_load_and_staff_say():
    assert its.utilisation(0.8, 0.7, 0.7, 10.0, 10.0) == pytest.approx(0.8)
    assert its.utilisation(0.8, 0.35, 0.7, 10.0, 10.0) == pytest.approx(0.4)
    assert its.utilisation(0.8, 0.35, 0.7, 5.0, 10.0) == pytest.approx(0.8)
    assert its.utilisation(0.8, 7.0, 0.7, 10.0, 10.0) == 0.98


def test_tills_serve_all_up_to_their_limit_and_then_what_they_can():
    assert its.asked_of_tills(0.8, 0.7, 0.7, 2.0, 10.0) == pytest.approx(4.0)
    assert its.share_served(0.8, 0.7, 0.7, 10.0, 10.0, 1.25, 1.0) == 1.0
    assert its.share_served(0.8, 0.7, 0.7, 2.0, 10.0, 1.25, 1.0) == pytest.approx(1.25 / 4.0)
    assert its.share_served(0.8, 0.7, 0.7, 2.0, 10.0, 1.25, 0.0) == 1.0  # nobody queues online


def test_waits_are_capped():
    assert its.wait_minutes(2.0, 3.0, 30.0) == 6.0
    assert its.wait_minutes(50.0, 3.0, 30.0) == 30.0


def test_the_penalty_is_convex_in_the_queue_and_capped():
    assert its.queue_penalty(2.0, 0.01, 0.3) == pytest.approx(0.04)
    assert its.queue_penalty(4.0, 0.01, 0.3) == pytest.approx(0.16)
    assert its.queue_penalty(100.0, 0.01, 0.3) == 0.3


# --- staff ---


def test_training_takes_staff_off_the_floor():
    assert its.on_the_floor(20.0, 0.0, 1800.0) == 20.0
    assert its.on_the_floor(20.0, 180.0, 1800.0) == pytest.approx(18.0)
    assert its.on_the_floor(20.0, 9999.0, 1800.0) > 0.0


def test_the_usual_staff_cover_the_reference_load():
    assert its.cover(10.0, 10.0, 0.7, 0.7) == pytest.approx(1.0)
    assert its.cover(10.0, 10.0, 1.4, 0.7) == pytest.approx(0.5)
    assert its.cover(20.0, 10.0, 1.4, 0.7) == pytest.approx(1.0)
    assert its.cover(10.0, 10.0, 0.0, 0.7) == 1.0


def test_motivation_falls_with_overload_and_rises_with_support():
    usual = its.motivation_target(0.75, 0.5, 1.0, 0.05, 0.0, 0.0, 0.0)
    assert usual == 0.75
    assert its.motivation_target(0.75, 0.5, 0.8, 0.05, 0.0, 0.0, 0.0) < usual
    assert usual < its.motivation_target(0.75, 0.5, 1.0, 0.05, 1.0, 0.0, 0.0)
    assert its.motivation_target(0.75, 0.5, 1.0, 0.05, 0.0, 0.02, 0.05) == pytest.approx(usual - 0.03)


def test_turnover_rises_as_motivation_falls():
    assert its.turnover(0.52, 2.0, 0.75, 0.75) == pytest.approx(0.01)
    assert its.turnover(0.52, 2.0, 0.75, 0.50) == pytest.approx(0.015)
    assert its.turnover(0.52, 9.0, 0.0, 1.0) == 0.0


@given(levels, levels, st.floats(0.0, 8.0))
def test_skill_stays_a_level_and_learns_less_the_more_there_is(skill: float, newcomer: float, hours: float):
    after = its.skill_after(skill, 0.006, hours, 0.01, 0.01, newcomer)
    assert 0.0 <= after <= 1.0
    assert its.skill_after(1.0, 0.006, hours, 0.0, 0.0, newcomer) == 1.0


def test_untrained_staff_are_as_newcomers():
    skill = 0.9
    for _ in range(2000):
        skill = its.skill_after(skill, 0.006, 0.0, 0.01, 0.01, 0.6)
    assert skill == pytest.approx(0.6)


def test_service_is_skill_motivation_and_cover():
    assert its.service(0.5, 0.8, 0.3, 0.7, 0.2, 0.9) == pytest.approx(0.79)


@given(st.floats(0.4, 0.95), st.floats(0.0, 0.1), st.floats(0.0, 2.0), st.floats(0.01, 0.05))
def test_at_the_newcomers_skill_the_given_service_level_holds_for_ever(
    level: float, queue: float, hours: float, leak: float
):
    newcomer = its.newcomers_skill(level, 0.5, 0.3 * 0.75, 0.2, queue, 0.006, hours, leak)
    steady = (leak * newcomer + 0.006 * hours) / (leak + 0.006 * hours)  # where skill_after changes nothing
    assert its.service(0.5, steady, 0.3, 0.75, 0.2, 1.0) - queue == pytest.approx(level)


# --- store ---


def test_load_is_last_weeks_visits_carried_by_the_season():
    assert its.load(700.0, 1.2, 1000.0) == pytest.approx(0.84)


@pytest.mark.parametrize(("load", "lost"), [(0.7, 0.0), (0.85, 0.0), (1.05, 0.1)])
def test_crowding_begins_above_the_comfortable_load(load: float, lost: float):
    assert its.crowding(load, 0.85, 0.5, 0.7) == pytest.approx(lost)


def test_crowding_is_none_at_the_reference_load_even_where_that_is_crowded():
    assert its.crowding(1.0, 0.85, 0.5, 1.0) == 0.0


@given(loads)
def test_bustle_is_best_at_the_comfortable_load_and_none_at_the_reference(load: float):
    assert its.bustle(0.7, 0.85, 0.1, 0.7) == 0.0
    assert its.bustle(load, 0.85, 0.1, 0.7) <= its.bustle(0.85, 0.85, 0.1, 0.7)


@given(loads)
def test_stock_outs_rise_with_load_within_limits(load: float):
    chance = its.stock_out_chance(load, 0.05, 0.3, 0.7, 0.5)
    assert 0.0 <= chance <= its.stock_out_chance(load + 0.1, 0.05, 0.3, 0.7, 0.5) <= 0.5
    assert its.stock_out_chance(0.7, 0.05, 0.3, 0.7, 0.5) == pytest.approx(0.05)


@pytest.mark.parametrize(("upkeep", "fresh"), [(1.0, 0.9), (2.0, 0.9), (0.0, 0.9 * 0.995), (0.5, 0.9 * 0.9975)])
def test_full_upkeep_stops_the_wear(upkeep: float, fresh: float):
    assert its.freshness_after(0.9, 0.005, upkeep) == pytest.approx(fresh)


@given(levels, levels)
def test_the_atmosphere_wears_from_the_given_level_to_the_floor(given_level: float, fresh: float):
    worn, new = its.atmosphere(given_level, 0.45, 0.0), its.atmosphere(given_level, 0.45, 1.0)
    assert worn == min(given_level, 0.45)
    assert new == pytest.approx(given_level)
    assert worn - 1e-12 <= its.atmosphere(given_level, 0.45, fresh) <= new + 1e-12


# --- price and brand ---


@given(st.floats(0.2, 0.9), st.floats(0.8, 1.2), st.floats(0.9, 1.1))
def test_a_given_price_level_holds_at_the_first_prices(level: float, price: float, mean: float):
    offset = its.price_offset(level, 0.75, 1.0, price, mean)
    assert its.price_level(0.75, 1.0, price, mean, offset) == pytest.approx(level)


def test_dearer_than_the_market_lowers_the_price_level():
    assert its.price_level(0.75, 1.0, 1.1, 1.0, 0.0) == pytest.approx(0.65)
    assert its.price_level(0.75, 1.0, 1.1, 1.1, 0.0) == 0.75


def test_the_brand_follows_reputation_slowly():
    assert its.brand_after(0.7, 0.02, 0.8) == pytest.approx(0.702)
    assert its.brand_after(0.7, 0.0, 0.8) == 0.7
    level = 0.5
    for _ in range(1000):
        level = its.brand_after(level, 0.02, 0.8)
    assert level == pytest.approx(0.8)


def test_open_figures_hurt_while_they_are_new_and_help_once_staff_are_used_to_them():
    assert its.openness_effect(1.0, 0.0, 0.06, 0.05) == pytest.approx(-0.05)
    assert its.openness_effect(1.0, 1.0, 0.06, 0.05) == pytest.approx(0.06)
    assert its.openness_effect(0.0, 0.0, 0.06, 0.05) == 0.0


def test_a_brand_that_promises_more_than_staff_deliver_costs_motivation():
    assert its.broken_promise(0.85, 0.75, 0.0, 0.1) == pytest.approx(0.01)
    assert its.broken_promise(0.85, 0.75, 0.1, 0.1) == pytest.approx(0.0)
    assert its.broken_promise(0.70, 0.75, 0.0, 0.1) == 0.0
    assert its.broken_promise(0.85, 0.75, 0.0, 0.0) == 0.0
