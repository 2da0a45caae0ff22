"""Boxes of experience, moderation and failure: known values, limits, direction."""

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from simulation.customer import experience, failure, moderation
from simulation.parameters import DETERMINANTS, DIMENSION_NAMES, MODERATORS, TOUCHPOINT_NAMES, Moderator
from tests.plainly import boxes_of, parameter

its = boxes_of(experience, failure, moderation)
levels = st.floats(0.0, 1.0)
weights = st.floats(0.01, 5.0)
deviations = st.floats(-0.5, 0.5)
ORDINARY = parameter("ordinary_level")
SEVERITIES = [(0.0, 0), (0.7999, 0), (0.80, 1), (0.9699, 1), (0.97, 2), (0.9999, 2)]


def seven(values: Any) -> Any:
    return st.tuples(*[values] * 7)


# --- moderation ---


@pytest.mark.parametrize("row", MODERATORS.values(), ids=lambda row: row.name)
def test_a_moderator_multiplies_by_what_its_row_says(row: Moderator):
    middle, per_unit = (row.low + row.high) / 2.0, 2.0 / (row.high - row.low)
    at = {source: its.on_scale(source, middle, per_unit) for source in (row.low, middle, row.high)}
    assert list(at.values()) == pytest.approx([-1.0, 0.0, 1.0])
    assert its.moderate(1.0, row.strength, at[row.high]) == pytest.approx(1.0 + row.strength)
    assert its.moderate(1.0, row.strength, at[row.low]) == pytest.approx(max(0.0, 1.0 - row.strength))
    assert its.moderate(1.0, row.strength, at[middle]) == 1.0


@pytest.mark.parametrize("row", MODERATORS.values(), ids=lambda row: row.name)
def test_no_moderator_within_its_range_turns_a_weight_round(row: Moderator):
    for strength in (row.strength_low, row.strength_high):
        assert its.moderate(1.0, strength, 1.0) >= 0.0
        assert its.moderate(1.0, strength, -1.0) >= 0.0


@given(st.floats(-1e6, 1e6))
def test_a_source_beyond_its_ends_counts_as_the_end(source: float):
    assert -1.0 <= its.on_scale(source, 50.0, 0.02) <= 1.0


@given(weights, st.floats(-1.0, 1.0))
def test_a_moderator_of_zero_strength_multiplies_by_exactly_one(factor: float, z: float):
    assert its.moderate(factor, 0.0, z) == factor


# --- levels as met ---


@given(levels)
def test_a_determinant_of_zero_strength_is_ordinary(level: float):
    assert its.stands_out(level, 0.0, ORDINARY) == ORDINARY
    assert its.stands_out(level, 1.0, ORDINARY) == pytest.approx(level)


def test_strength_stretches_what_stands_out():
    assert its.stands_out(0.85, 2.0, 0.75) == pytest.approx(0.95)


def test_crowds_hurt_by_sensitivity_and_bustle_pleases_by_goal():
    usual = its.social_level(0.75, 0.1, 1.0, 0.0, 0.0)
    assert usual == pytest.approx(0.65)
    assert its.social_level(0.75, 0.1, 0.5, 0.0, 0.0) > usual
    assert its.social_level(0.75, 0.1, 1.0, 0.1, 1.0) > its.social_level(0.75, 0.1, 1.0, 0.1, 0.2) > usual


def test_a_queue_lowers_service_by_sensitivity():
    assert its.service_level(0.75, 0.1, 1.0) == pytest.approx(0.65)
    assert its.service_level(0.75, 0.1, 2.0) == pytest.approx(0.55)
    assert its.service_level(0.75, 0.0, 2.0) == 0.75


def test_something_missing_lowers_the_range():
    assert its.assortment_level(0.75, 1.0, 0.15) == pytest.approx(0.60)
    assert its.assortment_level(0.75, 0.0, 0.15) == 0.75


def test_the_other_channel_counts_as_far_as_channels_are_integrated():
    assert its.channels_level(0.75, 0.5, 0.95, 0.75) == pytest.approx(0.85)
    assert its.channels_level(0.75, 0.0, 0.95, 0.75) == 0.75


@given(levels, st.floats(0.0, 2.0), st.floats(0.0, 2.0), st.floats(-0.2, 0.2), levels)
def test_levels_stay_levels(given_level: float, a: float, b: float, bustle: float, c: float):
    assert 0.0 <= its.social_level(given_level, a, b, bustle, c) <= 1.0
    assert 0.0 <= its.service_level(given_level, a, b) <= 1.0
    assert 0.0 <= its.assortment_level(given_level, a, b) <= 1.0
    assert 0.0 <= its.channels_level(given_level, a, c, ORDINARY) <= 1.0


# --- weights ---


def test_base_weights_of_a_dimension_sum_to_one():
    for dimension in DIMENSION_NAMES:
        assert sum(row.weights[dimension] for row in DETERMINANTS.values()) == pytest.approx(1.0)


def test_presences_of_a_determinant_average_one_over_touchpoints():
    for row in DETERMINANTS.values():
        assert sum(row.touchpoints[name] for name in TOUCHPOINT_NAMES) == pytest.approx(5.0)


def test_a_determinant_that_does_not_exist_has_no_pull():
    assert its.pull(0.4, its.exists_or_not(1.3, 0.0)) == 0.0
    assert its.pull(0.4, its.exists_or_not(1.3, 1.0)) == pytest.approx(0.52)


@given(seven(weights), weights)
def test_importances_of_a_dimension_sum_to_its_weight(pulls: Any, omega: float):
    total = sum(pulls)
    assert sum(its.importance(omega, one, total) for one in pulls) == pytest.approx(omega)


@given(weights, weights, weights)
def test_shares_of_the_whole_sum_to_one(a: float, b: float, c: float):
    assert sum(its.share_of_whole(one, a + b + c) for one in (a, b, c)) == pytest.approx(1.0)


def mean_at_a_touchpoint(pulls: Any, presence: Any, values: Any) -> float:
    """A dimension at one touchpoint, as the drivers sum it up."""
    top = bottom = 0.0
    for pull, at, value in zip(pulls, presence, values, strict=True):
        weight = its.present(pull, at)
        top, bottom = its.weighed(top, weight, value), bottom + weight
    return its.mean_of_determinants(top, bottom)


@given(seven(weights), seven(weights), levels)
def test_the_response_to_a_uniform_improvement_is_one(pulls: Any, presence: Any, level: float):
    assert mean_at_a_touchpoint(pulls, presence, (level,) * 7) == pytest.approx(level)


@given(seven(weights), seven(weights), seven(levels), st.floats(0.1, 10.0))
def test_only_the_ratio_of_weights_matters(pulls: Any, presence: Any, values: Any, times: float):
    stretched = tuple(one * times for one in pulls)
    mean = mean_at_a_touchpoint(pulls, presence, values)
    assert mean_at_a_touchpoint(stretched, presence, values) == pytest.approx(mean)
    assert min(values) - 1e-12 <= mean <= max(values) + 1e-12


@given(seven(weights), seven(levels), st.integers(0, 6))
def test_a_determinant_that_weighs_more_draws_the_mean_to_its_level(pulls: Any, values: Any, k: int):
    heavier = tuple(one * 2.0 if n == k else one for n, one in enumerate(pulls))
    here, there = (mean_at_a_touchpoint(p, (1.0,) * 7, values) for p in (pulls, heavier))
    assert abs(there - values[k]) <= abs(here - values[k]) + 1e-12


# --- feeling ---


def test_mood_is_the_sum_of_what_lifts_all_dimensions_alike():
    assert its.mood(0.1, 0.02, -0.03, 0.04) == pytest.approx(0.13)


@pytest.mark.parametrize(("past_weight", "blended"), [(0.0, 0.8), (1.0, 0.4), (0.25, 0.7)])
def test_past_experience_counts_by_its_weight(past_weight: float, blended: float):
    assert its.blended(0.8, past_weight, 0.4) == pytest.approx(blended)


@given(levels, levels, levels, levels)
def test_the_whole_is_a_weighted_sum(a: float, b: float, c: float, d: float):
    assert its.whole(0.4, 0.3, 0.15, 0.15, a, b, c, d) == pytest.approx(0.4 * a + 0.3 * b + 0.15 * c + 0.15 * d)


@given(levels, levels, deviations)
def test_a_feeling_is_a_level_and_rises_with_the_mood(value: float, past_weight: float, mood: float):
    assert 0.0 <= its.felt(value, past_weight, mood) <= its.felt(value, past_weight, mood + 0.1) <= 1.0


def test_the_mood_counts_as_far_as_the_present_counts():
    assert its.felt(0.5, 0.1, 0.2) == pytest.approx(0.68)
    assert its.felt(0.5, 1.0, 0.2) == 0.5


def test_means_are_over_what_was_met():
    assert its.mean_of_met(2.4, 3.0) == pytest.approx(0.8)


@given(st.floats(-4.0, 4.0), st.floats(-4.0, 4.0))
def test_fit_is_taste_at_correlation_one_and_its_own_at_zero(z_fit: float, z_taste: float):
    assert its.fit_of(z_fit, z_taste, 1.0, 0.0, 0.09) == pytest.approx(0.09 * z_taste)
    assert its.fit_of(z_fit, z_taste, 0.0, 1.0, 0.09) == pytest.approx(0.09 * z_fit)


# --- failure ---


def test_a_failure_strikes_with_its_rate():
    assert its.fails(0.0299, 0.03) == 1.0
    assert its.fails(0.03, 0.03) == 0.0
    assert its.fails(2.0**-33, 0.0) == 0.0


@pytest.mark.parametrize(("u", "degree"), SEVERITIES)
def test_severity_is_trivial_minor_or_major(u: float, degree: int):
    assert its.severity(u, 0.80, 0.97) == degree
    assert its.by_severity(float(degree), 0.1, 0.3, 0.6) == (0.1, 0.3, 0.6)[degree]


@given(st.floats(0.0, 0.999999), st.sampled_from([2.0, 3.0]), st.sampled_from([0.0, 1.0]))
def test_a_failure_after_the_purchase_needs_a_purchase(u: float, first: float, aftercare: float):
    planned = first + 1.0 + aftercare
    assert its.happens_here(u, first, planned, 1.0) == 1.0
    assert its.happens_here(u, first, planned, 0.0) == (1.0 if u * planned < first else 0.0)


@given(st.floats(0.0, 0.999999), st.integers(3, 5))
def test_a_failure_is_at_one_place(u: float, touchpoints: int):
    places = [its.is_at(u, float(touchpoints), float(place)) for place in range(touchpoints)]
    assert sum(places) == 1.0
    assert places.index(1.0) == math.floor(u * touchpoints)


@given(st.floats(0.0, 0.6), levels, st.integers(2, 5))
def test_a_failure_costs_the_visit_its_severity(loss: float, spread: float, met: int):
    """Met at one of the touchpoints: the mean loss over all of them is the severity."""
    assume(met > 0)
    lost = [its.loss_at(loss, spread, float(met), 1.0 if place == 0 else 0.0) for place in range(met)]
    assert sum(lost) / met == pytest.approx(loss)
    assert lost[0] >= max(lost) - 1e-12
