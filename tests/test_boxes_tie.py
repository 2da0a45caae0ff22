"""Boxes of relationship types: known values, limits, direction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.customer import tie
from tests.plainly import boxes_of

its = boxes_of(tie)
flags = st.sampled_from([0.0, 1.0])
kinds = st.sampled_from([0.0, 1.0, 2.0, 3.0])
TRANSACTIONAL, QUANTITATIVE, SOCIAL, EMOTIONAL = 0.0, 1.0, 2.0, 3.0


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 15.0))
def test_a_slow_average_of_weeks_stays_between_none_and_one_a_week(stock: float, pace: float, seen: float):
    assert 0.0 <= its.smoothed(stock, pace, seen) <= 1.0


def test_a_slow_average_settles_where_the_weeks_are():
    stock = 0.0
    for _ in range(400):
        stock = its.smoothed(stock, 0.05, 0.4)
    assert stock == pytest.approx(0.4, abs=1e-6)


def test_more_is_asked_to_enter_a_type_than_to_keep_it():
    assert its.reaches(0.80, 0.80, 0.03, 0.0) == 0.0
    assert its.reaches(0.84, 0.80, 0.03, 0.0) == 1.0
    assert its.reaches(0.78, 0.80, 0.03, 1.0) == 1.0
    assert its.reaches(0.76, 0.80, 0.03, 1.0) == 0.0


@pytest.mark.parametrize(
    ("frequent", "in_touch", "feels", "trusts", "kind"),
    [
        (0, 0, 0, 0, TRANSACTIONAL),
        (1, 0, 1, 1, QUANTITATIVE),
        (1, 1, 0, 1, SOCIAL),
        (0, 1, 1, 0, SOCIAL),
        (0, 1, 1, 1, EMOTIONAL),
        (0, 0, 1, 1, TRANSACTIONAL),
    ],
)
def test_emotional_before_social_before_quantitative(
    frequent: float, in_touch: float, feels: float, trusts: float, kind: float
):
    assert its.deserved_type(float(frequent), float(in_touch), float(feels), float(trusts)) == kind


@pytest.mark.parametrize(("weeks", "kind"), [(7.0, SOCIAL), (8.0, EMOTIONAL), (30.0, EMOTIONAL)])
def test_a_relationship_keeps_its_type_for_eight_weeks(weeks: float, kind: float):
    assert its.type_after(SOCIAL, EMOTIONAL, weeks, 8.0) == kind


@given(kinds)
def test_multipliers_of_one_change_nothing(kind: float):
    assert its.by_type(kind, 1.0, 1.0, 1.0) == 1.0
    assert its.log_odds_by_type(kind, 0.0, 0.0, 0.0) == 0.0
    assert its.tolerance(kind, 2.0, 1.0, 1.0, 1.0) == 1.0


def test_each_type_has_its_multiplier():
    assert [its.by_type(kind, 0.8, 0.9, 0.6) for kind in (0.0, 1.0, 2.0, 3.0)] == [1.0, 0.8, 0.9, 0.6]
    assert [its.log_odds_by_type(kind, 0.1, -0.2, -0.7) for kind in (0.0, 1.0, 2.0, 3.0)] == [0.0, 0.1, -0.2, -0.7]


def test_friends_forgive_but_a_betrayal_hurts_more():
    assert its.tolerance(TRANSACTIONAL, 2.0, 0.5, 0.75, 1.25) == 1.0
    assert its.tolerance(QUANTITATIVE, 2.0, 0.5, 0.75, 1.25) == 1.0
    assert its.tolerance(SOCIAL, 2.0, 0.5, 0.75, 1.25) == 0.5
    assert its.tolerance(EMOTIONAL, 1.0, 0.5, 0.75, 1.25) == 0.75
    assert its.tolerance(EMOTIONAL, 2.0, 0.5, 0.75, 1.25) == 1.25


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), flags)
def test_an_emotional_tie_never_hides_itself_and_none_hides_nobody(u: float, chance: float, has: float):
    assert its.rivals_count(u, chance, 1.0, 1.0) == 1.0
    assert its.rivals_count(u, chance, 0.0, 0.0) == 1.0
    assert its.rivals_count(u, 0.0, has, 0.0) == 1.0


def test_an_emotional_tie_hides_rivals_with_its_chance():
    assert its.rivals_count(0.2, 0.3, 1.0, 0.0) == 0.0
    assert its.rivals_count(0.4, 0.3, 1.0, 0.0) == 1.0


@pytest.mark.parametrize(
    ("u", "tied", "has_offer", "answers"), [(0.1, 1, 0, 1), (0.9, 1, 0, 0), (0.1, 0, 0, 0), (0.1, 1, 1, 0)]
)
def test_who_is_tied_and_has_no_offer_of_its_own_gets_an_answer(u: float, tied: int, has_offer: int, answers: int):
    assert its.may_answer(u, 0.5, float(tied), float(has_offer)) == answers


def test_contact_adds_to_the_chance_to_return():
    assert its.chance_to_return(0.024, 0.0, 0.05) == 0.024
    assert its.chance_to_return(0.02, 0.5, 0.1) == pytest.approx(0.07)


def test_types_are_told_apart():
    assert [its.is_quantitative(kind) for kind in (0.0, 1.0, 2.0, 3.0)] == [0.0, 1.0, 0.0, 0.0]
    assert [its.is_tied(kind) for kind in (0.0, 1.0, 2.0, 3.0)] == [0.0, 0.0, 1.0, 1.0]
    assert [its.is_emotional(kind) for kind in (0.0, 1.0, 2.0, 3.0)] == [0.0, 0.0, 0.0, 1.0]
