"""Boxes of word of mouth, ratings and reputation: known values, limits, direction."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from simulation.customer import rating, word
from simulation.market import brand
from simulation.market import word as pools
from tests.plainly import boxes_of, parameter

its = boxes_of(word, rating, pools, brand)
levels = st.floats(0.0, 1.0)
uniforms = st.floats(1e-9, 1.0 - 1e-9)
stars_read = st.floats(1.0, 5.0)
CHANCES = tuple(parameter(f"tell_{who}") for who in ("delighted", "satisfied", "dissatisfied"))
EDGES = (parameter("delighted_from"), parameter("disappointed_below"))
CUTS = tuple(parameter(f"star_{number}_from") for number in ("two", "three", "four", "five"))
PROBIT = tuple(parameter(f"post_{name}") for name in ("base", "gap", "gap_squared", "extremity"))
MOST = parameter("heard_most")


# --- telling ---


@pytest.mark.parametrize(
    ("remembered", "chance"), [(0.91, 0.10), (0.90, 0.04), (0.75, 0.04), (0.58, 0.04), (0.57, 0.16), (0.0, 0.16)]
)
def test_the_delighted_tell_the_disappointed_tell_more(remembered: float, chance: float):
    assert its.chance_to_tell(remembered, *EDGES, *CHANCES) == chance


@pytest.mark.parametrize(("u", "sociability", "bond", "told"), [(0.09, 1, 1, 1), (0.11, 1, 1, 0), (0.11, 2, 1, 1)])
def test_the_sociable_tell_more(u: float, sociability: float, bond: float, told: float):
    assert its.tells(u, 0.10, sociability, bond) == told


def test_a_bond_makes_tell_more():
    assert its.tells(0.15, 0.10, 1.0, 1.0) == 0.0
    assert its.tells(0.15, 0.10, 1.0, 2.0) == 1.0


@given(uniforms, st.floats(0.0, 10.0))
def test_nobody_tells_where_the_chance_is_zero(u: float, sociability: float):
    assert its.tells(u, 0.0, sociability, 1.0) == 0.0


@pytest.mark.parametrize(("remembered", "well"), [(0.95, 1.0), (0.70, 1.0), (0.58, 1.0), (0.579, 0.0)])
def test_what_the_merely_satisfied_tell_is_good_word(remembered: float, well: float):
    assert its.speaks_well(remembered, EDGES[1]) == well


# --- pools and messages ---


def test_what_is_told_reaches_listeners_near_and_in_town():
    near, town = its.message_rate(10.0, 100.0, 10.0, 1000.0, 3.0, 0.0), its.message_rate(0, 100.0, 10.0, 1000.0, 3.0, 1)
    assert near == pytest.approx(3.0 * 0.1)
    assert town == pytest.approx(3.0 * 0.01)
    assert its.message_rate(10.0, 100.0, 10.0, 1000.0, 3.0, 0.3) == pytest.approx(0.7 * near + 0.3 * town)


@given(st.lists(st.integers(0, 50), min_size=4, max_size=4), st.floats(0.0, 1.0))
def test_every_telling_has_its_listeners(told: list[int], town: float):
    people = (20.0, 40.0, 10.0, 30.0)
    heard = sum(
        n * its.message_rate(float(here), n, float(sum(told)), sum(people), 3.0, town)
        for here, n in zip(told, people, strict=True)
    )
    assert heard == pytest.approx(3.0 * sum(told))


def test_an_empty_neighbourhood_hears_only_the_town():
    assert its.message_rate(0.0, 0.0, 50.0, 100.0, 2.0, 0.3) == pytest.approx(2.0 * 0.3 * 0.5)


@pytest.mark.parametrize(("calmed", "left"), [(0.0, 40.0), (0.5, 30.0), (1.0, 20.0), (-0.5, 50.0)])
def test_replies_leave_what_they_did_not_calm(calmed: float, left: float):
    assert its.less_by_replies(40.0, 0.5, calmed) == left


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.5, 1.5])
@pytest.mark.parametrize("u", [0.001, 0.4, 0.9, 0.985, 0.999])
def test_messages_are_the_poisson_quantile(u: float, rate: float):
    assert its.messages(u, rate) == min(max(poisson.ppf(u, rate), 0.0), word.MOST_MESSAGES)


@given(uniforms, st.floats(0.0, 50.0))
def test_nobody_hears_more_than_so_many_messages(u: float, rate: float):
    assert 0.0 <= its.messages(u, rate) <= word.MOST_MESSAGES


def test_nobody_is_told_what_nobody_tells():
    assert its.messages(1.0 - 2.0**-33, 0.0) == 0.0


# --- hearing ---


@pytest.mark.parametrize(("visits", "satisfaction", "counts"), [(3, 0.5, 0.5), (0, 0.5, 1), (3, 0.7, 1), (3, 0.9, 1)])
def test_praise_counts_half_for_who_knows_worse(visits: float, satisfaction: float, counts: float):
    assert its.belief_in_praise(visits, satisfaction, 0.60, 0.5) == counts


@pytest.mark.parametrize(("visits", "satisfaction", "counts"), [(3, 0.9, 0.5), (0, 0.9, 1), (3, 0.7, 1), (3, 0.5, 1)])
def test_blame_counts_half_for_who_knows_better(visits: float, satisfaction: float, counts: float):
    assert its.belief_in_blame(visits, satisfaction, 0.75, 0.5) == counts


def test_what_is_heard_fades_and_adds():
    assert its.heard_after(0.2, 0.8, 0.10, 0.06, MOST) == pytest.approx(0.16 + 0.10 - 0.06)
    assert its.heard_after(0.0, 0.8, 0.0, 0.0, MOST) == 0.0


def test_a_message_a_week_settles_where_fading_equals_it():
    heard = 0.0
    for _ in range(200):
        heard = its.heard_after(heard, 0.8, 0.0, 0.06, MOST)
    assert heard == pytest.approx(-0.06 / 0.2)


@given(st.floats(-0.5, 0.5), st.floats(0.0, 5.0), st.floats(0.0, 5.0))
def test_what_is_heard_is_capped(heard: float, praise: float, blame: float):
    assert -MOST <= its.heard_after(heard, 0.8, praise, blame, MOST) <= MOST


def test_inexperience_falls_with_visits():
    assert [its.inexperience(3.0, float(n)) for n in (0, 3, 9)] == pytest.approx([1.0, 0.5, 0.25])


def test_word_moves_expectations_of_the_inexperienced_only():
    assert its.will_after_word(0.7, 0.002, 1.0, 3.0, 1.0) == pytest.approx(0.704)
    assert its.will_after_word(0.7, 0.002, its.inexperience(3.0, 1e9), 6.0, 0.0) == pytest.approx(0.7, abs=1e-9)
    assert its.will_after_word(1.0, 0.02, 1.0, 6.0, 0.0) == 1.0


def test_every_message_is_a_chance_to_learn():
    assert its.chance_to_learn(0.0025, 0.003, 0.25, 2.0) == pytest.approx(0.5055)
    assert its.chance_to_learn(0.0025, 0.003, 0.25, 0.0) == 0.0025 + 0.003


# --- ratings ---


@pytest.mark.parametrize(
    ("remembered", "expected"), [(0.0, 1), (0.349, 1), (0.35, 2), (0.5, 3), (0.64, 3), (0.65, 4), (0.8, 5), (1.0, 5)]
)
def test_stars_are_cut_from_what_is_remembered(remembered: float, expected: float):
    assert its.stars(remembered, *CUTS) == expected


@pytest.mark.parametrize(
    ("quality", "chance"), [(5.0, 0.0323), (4.0, 0.0220), (3.0, 0.0230), (2.0, 0.0364), (1.0, 0.0791)]
)
def test_the_urge_to_post_is_the_probit_of_ho_and_others(quality: float, chance: float):
    gap = quality - 4.2
    index = -2.065 - 0.0067 * gap + 0.0428 * gap**2 + 0.0485 * (quality - 3.0) ** 2
    assert its.urge_to_post(quality, 4.2, *PROBIT) == pytest.approx(index)
    assert norm.cdf(index) == pytest.approx(chance, abs=1e-4)


@given(uniforms, st.floats(-4.0, 1.0))
def test_posting_is_a_probit(u: float, urge: float):
    if abs(u - norm.cdf(urge)) > 1e-8:
        assert its.posts(u, urge) == (1.0 if u < norm.cdf(urge) else 0.0)


@given(stars_read)
def test_extremes_post_more_than_the_middle(posted: float):
    urges = [its.urge_to_post(float(quality), posted, *PROBIT) for quality in (1, 3, 5)]
    assert max(urges[0], urges[2]) > urges[1]


@given(stars_read, st.floats(1.0, 1e6), st.floats(0.0, 1e6), stars_read)
def test_the_posted_mean_lies_between_the_old_one_and_the_new(mean: float, worth: float, new: float, stars: float):
    after = its.posted_mean(mean, worth, stars * new, new)
    assert min(mean, stars) - 1e-9 <= after <= max(mean, stars) + 1e-9


def test_the_posted_mean_is_a_weighted_mean_and_stays_without_postings():
    assert its.posted_mean(4.0, 100.0, 2.0 * 50.0, 50.0) == pytest.approx(500.0 / 150.0)
    assert its.posted_mean(4.2, 3.0, 0.0, 0.0) == 4.2
    assert its.postings_kept(100.0, 0.98) == pytest.approx(98.0)


def test_stars_are_levels():
    assert [its.level_of_stars(mean) for mean in (1.0, 4.2, 5.0)] == pytest.approx([0.0, 0.8, 1.0])
    assert its.promised_by_stars(4.2, -0.1) == pytest.approx(0.7)
    assert its.promised_by_stars(5.0, 0.2) == 1.0


# --- reputation ---


@given(levels, levels, levels)
def test_reputation_without_ratings_and_advertising_is_satisfaction(own: float, stars: float, advertising: float):
    assert its.reputation(own, stars, advertising, 0.0, 0.0) == own


@given(levels, levels, levels, st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_reputation_is_a_mean_of_what_it_is_made_of(own: float, stars: float, ads: float, a: float, b: float):
    found = its.reputation(own, stars, ads, a, b)
    assert min(own, stars, ads) - 1e-12 <= found <= max(own, stars, ads) + 1e-12


def test_usual_advertising_is_ordinary_and_more_of_it_helps_less_and_less():
    half = parameter("advertising_half")
    shown = [its.advertising_level(awareness, half) for awareness in (0.0, half, 3 * half, 1.0)]
    assert shown[:3] == pytest.approx([0.0, 0.5, 0.75])
    assert 0.99 < shown[3] < 1.0
    assert math.isclose(shown[2], parameter("ordinary_level"))
