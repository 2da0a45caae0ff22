"""Boxes of satisfaction and memory: known values, limits, direction, fixed points."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.customer import memory, satisfaction
from tests.plainly import boxes_of, parameter

its = boxes_of(satisfaction, memory)
levels = st.floats(0.0, 1.0)
deviations = st.floats(-1.0, 1.0)
shares = st.floats(0.0, 1.0)
ORDINARY = parameter("ordinary_level")
GAIN, LOSS = 0.1, -0.1

# --- what is kept in two bytes ---


def test_every_step_is_a_level_that_is_kept_as_that_step():
    levels_of_steps = [its.from_steps(float(steps)) for steps in range(65536)]
    assert levels_of_steps[0] == 0.0
    assert levels_of_steps[-1] == 1.0
    assert [its.in_steps(level) for level in levels_of_steps] == list(range(65536))


@given(st.floats(-0.5, 1.5))
def test_a_level_is_kept_to_half_a_step_and_within_its_limits(level: float):
    kept = its.from_steps(float(its.in_steps(level)))
    assert kept == pytest.approx(min(max(level, 0.0), 1.0), abs=0.501 / 65535.0)


# --- comparing ---


def test_perception_is_experience_where_expectations_do_not_count():
    assert its.perception(0.6, 0.9, 0.95, 0.0, 0.0) == 0.6


def test_perception_is_drawn_to_what_was_expected():
    assert its.perception(0.6, 0.8, 0.0, 0.25, 0.1) == pytest.approx(0.65)


@given(levels, levels)
def test_what_ought_to_happen_only_ever_lowers_perception(experience: float, should: float):
    plain = its.perception(experience, experience, 0.0, 0.25, 0.1)
    assert its.perception(experience, experience, should, 0.25, 0.1) <= plain
    if should <= experience:
        assert its.perception(experience, experience, should, 0.25, 0.1) == plain


@given(levels, levels)
def test_there_is_no_gap_within_the_zone_of_tolerance(experience: float, will: float):
    surprise = 0.75 * (experience - will)
    found = its.gap(experience, will, 0.25, 0.03)
    assert found == pytest.approx(math.copysign(max(0.0, abs(surprise) - 0.03), surprise), abs=1e-12)


def test_losses_weigh_more_than_gains():
    assert -its.response_to(LOSS, 2.0, 1.5) > its.response_to(GAIN, 2.0, 1.5) > 0.0
    assert its.response_to(LOSS, 2.0, 1.5) == pytest.approx(-0.2)


def test_gains_are_concave_and_losses_are_not():
    assert its.response_to(2 * GAIN, 2.0, 1.5) < 2 * its.response_to(GAIN, 2.0, 1.5)
    assert its.response_to(2 * LOSS, 2.0, 1.5) == pytest.approx(2 * its.response_to(LOSS, 2.0, 1.5))


@given(deviations, deviations)
def test_a_better_surprise_is_never_worse(a: float, b: float):
    low, high = sorted((a, b))
    assert its.response_to(low, 2.0, 1.5) <= its.response_to(high, 2.0, 1.5) + 1e-12


@given(levels, deviations)
def test_satisfaction_is_a_level(performance: float, response: float):
    assert 0.0 <= its.encounter(0.07, 1.0, performance, 1.2, response, 0.3, -0.5) <= 1.0
    assert its.encounter(0.07, 1.0, 0.6, 1.2, 0.05, 0.0, 9.0) == pytest.approx(0.73)


# --- peak and end ---


def test_the_peak_is_the_largest_deviation_of_either_sign():
    peak = 0.0
    for deviation, met in ((0.1, 1.0), (-0.3, 1.0), (0.2, 1.0), (0.9, 0.0)):
        peak = its.larger_deviation(peak, deviation, met)
    assert peak == -0.3


def test_the_end_is_the_last_touchpoint_met():
    end = 0.0
    for deviation, met in ((0.1, 1.0), (-0.3, 1.0), (0.2, 0.0)):
        end = its.latest_deviation(end, deviation, met)
    assert end == -0.3


def test_memory_adds_peak_and_end_and_not_length():
    assert its.remembered(0.7, 1.0, 0.3, 0.2, 0.2, -0.1) == pytest.approx(0.74)
    assert its.remembered(0.7, 1.0, 0.3, 0.0, 0.2, 0.0) == 0.7
    assert its.remembered(0.9, 1.0, 0.3, 0.9, 0.2, 0.9) == 1.0


# --- memory ---


def test_half_of_a_deviation_is_left_after_the_half_life():
    assert its.kept_after(0.0, 26.0) == 1.0
    assert its.kept_after(26.0, 26.0) == pytest.approx(0.5)
    assert its.kept_after(52.0, 26.0) == pytest.approx(0.25)


@given(levels, levels, shares)
def test_a_stock_drifts_towards_its_level_and_stays_there(stock: float, towards: float, kept: float):
    drifted = its.drifted(stock, towards, kept)
    assert abs(drifted - towards) <= abs(stock - towards) + 1e-12
    assert its.drifted(towards, towards, kept) == towards
    assert its.drifted(stock, towards, 1.0) == pytest.approx(stock)


@given(levels, levels, st.integers(0, 100), st.integers(0, 100))
def test_drifting_twice_is_drifting_for_both_times(stock: float, towards: float, first: int, second: int):
    parts = [its.kept_after(float(weeks), 26.0) for weeks in (first, second, first + second)]
    twice = its.drifted(its.drifted(stock, towards, parts[0]), towards, parts[1])
    assert twice == pytest.approx(its.drifted(stock, towards, parts[2]), abs=1e-9)


def test_learning_is_quick_at_first_and_never_stops():
    assert its.learning_gain(0.125, 3.0, 0.0) == pytest.approx(1 / 3)
    assert its.learning_gain(0.125, 3.0, 2.0) == pytest.approx(0.2)
    assert its.learning_gain(0.125, 3.0, 1000.0) == 0.125


@given(levels, shares, levels)
def test_a_moved_stock_lies_between(stock: float, gain: float, value: float):
    moved = its.moved(stock, gain, value)
    assert min(stock, value) - 1e-12 <= moved <= max(stock, value) + 1e-12


def test_what_was_forgotten_does_not_anchor():
    assert its.anchor(0.8, 1.0, 1.0) == 0.8
    assert its.anchor(0.8, 1.0, 0.5) == pytest.approx(0.4)
    assert its.anchor(0.8, 1.0, 0.0) == 0.0, "nothing is left: the visit is all there is"


@given(shares, shares)
def test_without_renewal_everything_anchors_as_if_nothing_had_been_forgotten(carryover: float, kept: float):
    assert its.anchor(carryover, 0.0, kept) == carryover


def test_a_visit_weighs_as_much_as_the_past_has_lost():
    assert its.weight_of_visit(0.8, 0.8) == 1.0
    assert its.weight_of_visit(0.4, 0.8) == pytest.approx(3.0)


@given(levels, shares, levels)
def test_a_carried_stock_lies_between(stock: float, carryover: float, value: float):
    carried = its.carried(stock, carryover, value)
    assert min(stock, value) - 1e-12 <= carried <= max(stock, value) + 1e-12


@given(levels, levels)
def test_what_ought_to_happen_is_revised_upward_only(should: float, best_will: float):
    assert its.ratcheted(should, 0.05, best_will, 0.03) >= should


def test_loyalty_follows_choice_and_sums_to_one():
    stocks = [0.25] * 4
    for _ in range(5):
        stocks = [its.habit_after(stock, 0.9, 1.0 if n == 2 else 0.0) for n, stock in enumerate(stocks)]
    assert sum(stocks) == pytest.approx(1.0)
    assert stocks[2] == pytest.approx(1.0 - 0.75 * 0.9**5)


@given(st.floats(-2.0, 2.0))
def test_the_usual_level_is_a_level(leniency: float):
    assert 0.0 <= its.usual_level(ORDINARY, leniency) <= 1.0
    assert its.usual_level(ORDINARY, 0.0) == ORDINARY


# --- fixed points of the loop from one visit to the next ---


@given(levels, levels)
def test_the_will_expectation_settles_at_what_is_met(start: float, experience: float):
    will = start
    for visit in range(200):
        will = its.moved(will, its.learning_gain(0.125, 3.0, float(visit)), experience)
    assert will == pytest.approx(experience, abs=1e-9)


@given(levels, levels)
def test_the_should_expectation_settles_a_margin_above_the_best(start: float, best_will: float):
    should = start
    for _ in range(1000):
        should = its.ratcheted(should, 0.05, best_will, 0.03)
    assert should == pytest.approx(max(start, best_will + 0.03), abs=1e-9)


@given(levels, levels)
def test_cumulative_satisfaction_settles_at_what_is_remembered(start: float, remembered: float):
    stock = start
    for _ in range(200):
        stock = its.carried(stock, 0.80, remembered)
    assert stock == pytest.approx(remembered, abs=1e-9)


@pytest.mark.parametrize("experience", [0.4, 0.6, 0.75, 0.85])
def test_where_expectations_are_met_satisfaction_is_performance_plus_a_constant(experience: float):
    performance = its.perception(experience, experience, experience, 0.25, 0.1)
    response = its.response_to(its.gap(experience, experience, 0.25, 0.03), 2.0, 1.5)
    assert its.encounter(0.07, 1.0, performance, 1.2, response, 0.0, 0.0) == pytest.approx(experience + 0.07)
