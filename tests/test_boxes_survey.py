"""Boxes of surveys and of needs: known values, limits, direction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.customer import survey, wants
from tests.plainly import boxes_of, parameter

its = boxes_of(survey, wants)
levels = st.floats(0.0, 1.0)
uniforms = st.floats(2.0**-33, 1.0 - 2.0**-33)
ORDINARY = parameter("ordinary_level")

# --- who is asked ---


@given(uniforms, st.integers(-104, 5000))
def test_everybody_has_exactly_one_turn_in_thirteen_weeks(u: float, week: int):
    assert sum(its.is_asked(u, float(week + n), 13.0) for n in range(13)) == 1.0


@given(uniforms, st.integers(-104, 5000))
def test_a_turn_comes_back_after_thirteen_weeks(u: float, week: int):
    assert its.is_asked(u, float(week), 13.0) == its.is_asked(u, float(week + 13), 13.0)


@given(uniforms)
def test_a_round_of_weeks_and_a_half_is_one_of_whole_weeks(u: float):
    assert its.is_asked(u, 5.0, 13.5) == its.is_asked(u, 5.0, 13.0)


def test_a_thirteenth_is_asked_each_week():
    asked = sum(its.is_asked((n + 0.5) / 1300, 7.0, 13.0) for n in range(1300))
    assert asked == 100.0


@given(uniforms)
def test_every_week_asks_everybody_where_a_round_is_one_week(u: float):
    assert its.is_asked(u, 5.0, 1.0) == its.is_asked_after_visit(u, 1.0) == 1.0


@given(uniforms, st.floats(1.0, 52.0))
def test_what_the_luck_of_being_asked_leaves_is_a_uniform(u: float, weeks: float):
    if its.is_asked_after_visit(u, weeks) > 0.0:
        assert 0.0 < its.luck_left(u, weeks) < 1.0


# --- what is answered ---


@given(levels, levels, levels)
def test_the_ease_of_a_visit_is_a_mean_of_what_was_met(discover: float, checkout: float, aftercare: float):
    assert its.ease(discover, checkout, aftercare, 0.0, 0.0) == discover
    assert its.ease(discover, checkout, aftercare, 1.0, 0.0) == pytest.approx((discover + checkout) / 2.0)
    assert its.ease(discover, checkout, aftercare, 1.0, 1.0) == pytest.approx((discover + checkout + aftercare) / 3.0)


@given(levels, levels)
def test_a_question_without_trust_is_about_satisfaction_bit_for_bit(satisfaction: float, trust: float):
    assert its.asked_about(satisfaction, trust, 0.0) == satisfaction


def test_attitudinal_loyalty_is_six_tenths_satisfaction():
    assert its.asked_about(0.8, 0.7, 0.4) == pytest.approx(0.6 * 0.8 + 0.4 * 0.7)


@given(levels)
def test_without_style_and_error_a_question_hears_the_level(level: float):
    assert its.latent(level, 0.0, 0.0, 3.0) == level


def test_style_and_error_add_up():
    assert its.latent(0.7, 0.05, 0.1, -1.0) == pytest.approx(0.65)


def test_a_cut_point_is_reached_from_itself_on():
    assert [its.reaches(level, 0.5) for level in (0.49, 0.5, 0.51)] == [0.0, 1.0, 1.0]


# --- needs ---


def test_a_promise_is_kept_where_nothing_failed():
    assert its.promise_kept(ORDINARY, 0.0) == ORDINARY
    assert its.promise_kept(ORDINARY, 0.3) == pytest.approx(ORDINARY - 0.3)
    assert its.promise_kept(0.1, 0.6) == 0.0


@given(st.floats(0.0, 30.0), st.floats(0.0, 30.0))
def test_waiting_longer_is_never_faster(short: float, more: float):
    assert its.speed(ORDINARY, short + more, 2.0, 0.03, 0.0) <= its.speed(ORDINARY, short, 2.0, 0.03, 0.0)


def test_the_usual_wait_is_ordinary_and_so_is_a_digital_channel():
    assert its.speed(ORDINARY, 2.0, 2.0, 0.03, 0.0) == its.speed(ORDINARY, 9.0, 2.0, 0.03, 1.0) == ORDINARY


def test_a_basic_loss_weighs_half_as_much_again():
    assert its.loss_weight(2.0, 1.0, 1.5) == 3.0
    assert its.loss_weight(2.0, 0.0, 1.5) == 2.0


@given(st.floats(0.0, 1.0), st.floats(0.0, 3.0))
def test_a_basic_need_met_adds_nothing(difference: float, personal: float):
    assert its.need_counts(difference, 0.3, personal, 1.0, 3.0) == 0.0


@given(st.floats(0.001, 1.0))
def test_a_need_missed_costs_more_than_the_same_need_met_adds(difference: float):
    gain, loss = (its.need_counts(sign * difference, 0.2, 1.0, 0.0, 2.0) for sign in (1.0, -1.0))
    assert loss == pytest.approx(-2.0 * gain)


def test_a_need_counts_by_what_it_matters_to_the_customer():
    assert its.need_counts(0.1, 0.2, 0.0, 0.0, 2.0) == 0.0
    assert its.need_counts(0.1, 0.2, 1.5, 0.0, 2.0) == pytest.approx(0.03)


@given(levels)
def test_nobody_notices_a_difference_within_the_zone(level: float):
    if abs(level - ORDINARY) <= 0.03:
        assert its.difference_from_ordinary(level, ORDINARY, 0.03) == 0.0
