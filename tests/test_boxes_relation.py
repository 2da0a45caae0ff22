"""Boxes of leaving and return: known values, limits, direction."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.customer import relating, relation
from tests.plainly import boxes_of, parameter

its = boxes_of(relation, relating)
levels = st.floats(0.0, 1.0)
competitions = st.floats(-0.7, 2.0)
SLOPE = parameter("leaving_slope")
PIVOT = parameter("leaving_pivot")
MU = -6.14


def hazard(mu: float, slope: float, satisfaction: float, competition: float) -> float:
    """The chance to leave in a week, from its terms."""
    by_satisfaction = its.dissatisfaction(slope, satisfaction, PIVOT)
    return its.chance_to_leave(mu, by_satisfaction, its.temptation(slope, satisfaction, competition))


def test_the_weekly_readiness_is_the_monthly_one_in_weeks():
    assert its.weekly_readiness(-4.1, 2.5, 0.72, 0.95) == pytest.approx(-4.1 - 2.5 * (0.95 - 0.72) - math.log(52 / 12))
    assert its.weekly_readiness(-4.1, 2.5, 0.72, 0.95) == pytest.approx(MU, abs=0.005)


def test_readiness_varies_between_links():
    assert its.readiness(MU, 1.0, -2.0) == pytest.approx(MU - 2.0)


def test_what_is_known_of_a_customer_is_added_to_the_readiness():
    assert its.own_readiness(MU, 0.7) == MU + 0.7
    assert its.own_readiness(MU, 0.0) == MU


def test_the_hazard_at_the_reference_satisfaction_is_a_months_in_weeks():
    """At CS .72 the monthly log-odds are -4.1; a week has close to 12/52 of it."""
    weekly = hazard(its.weekly_readiness(-4.1, SLOPE, 0.72, PIVOT), SLOPE, 0.72, 0.0)
    assert weekly * 52 / 12 == pytest.approx(1.0 / (1.0 + math.exp(4.1)), rel=0.02)


@given(levels, levels, competitions)
def test_satisfaction_never_raises_the_hazard(a: float, b: float, competition: float):
    low, high = sorted((a, b))
    hazards = [hazard(MU, SLOPE, level, competition) for level in (low, high)]
    assert hazards[0] >= hazards[1]


@given(levels, competitions, competitions, st.floats(0.0, 3.4), st.floats(-10.0, 0.0))
def test_competition_never_lowers_the_hazard(satisfaction: float, a: float, b: float, slope: float, mu: float):
    low, high = sorted((a, b))
    calm, fierce = (hazard(mu, slope, satisfaction, competition) for competition in (low, high))
    assert fierce >= calm * (1.0 - 1e-9)


def test_at_the_pivot_without_competition_only_readiness_counts():
    assert hazard(MU, SLOPE, PIVOT, 0.0) == pytest.approx(1.0 / (1.0 + math.exp(-MU)))


@given(st.floats(0.0, 3.4), competitions)
def test_competition_does_not_tempt_the_fully_satisfied(slope: float, competition: float):
    assert its.temptation(slope, 1.0, competition) == 0.0


def test_competition_makes_satisfaction_count_more():
    def drop(competition: float) -> float:
        low, high = (hazard(MU, SLOPE, level, competition) for level in (0.6, 0.9))
        return low / high

    assert drop(2.0) > drop(1.0) > drop(0.0) > drop(-0.7) > 1.0


@pytest.mark.parametrize(
    ("u", "is_active", "links", "left"), [(0.01, 1, 2, 1), (0.03, 1, 2, 0), (0.01, 0, 2, 0), (0.01, 1, 1, 0)]
)
def test_an_active_link_lapses_by_chance_but_never_the_last(u: float, is_active: float, links: float, left: float):
    assert its.leaves(u, 0.02, float(is_active), float(links), 1.0) == left


def test_where_no_link_is_kept_the_last_one_can_be_left_too():
    assert its.leaves(0.01, 0.02, 1.0, 1.0, 0.0) == 1.0
    assert its.leaves(0.03, 0.02, 1.0, 1.0, 0.0) == 0.0


@pytest.mark.parametrize(("u", "applies", "happens"), [(0.01, 1, 1), (0.03, 1, 0), (0.01, 0, 0)])
def test_what_happens_by_chance_happens_where_it_applies(u: float, applies: float, happens: float):
    assert its.happens_if(u, 0.02, float(applies)) == happens


@pytest.mark.parametrize(("visits", "weeks", "recent"), [(0, 0, 0.0), (1, 0, 1.0), (1, 51, 1.0), (1, 52, 0.0)])
def test_who_has_been_there_within_a_year_is_a_recent_customer(visits: int, weeks: int, recent: float):
    assert its.is_recent(visits, weeks, 52.0) == recent
