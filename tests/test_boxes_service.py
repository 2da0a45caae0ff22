"""Boxes of service desks, complaints and learning: known values, limits, direction."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.customer import complaint, experience
from simulation.market import desk, learning
from simulation.parameters import DESKS
from tests.plainly import boxes_of, parameter

its = boxes_of(desk, complaint, learning, experience)
shares = st.floats(0.0, 1.0)
contacts = st.floats(0.0, 5_000.0)
capacities = st.floats(1.0, 5_000.0)
hours = st.floats(1e-6, 5_000.0)
chances = st.floats(0.01, 0.95)

# --- the desk ---


def test_a_desk_takes_what_its_people_have_time_for():
    assert its.desk_capacity(2.0, 35.0, 7.0) == pytest.approx(2 * 35 * 60 / 7)


def test_as_many_answer_at_a_time_as_hours_allow_and_never_fewer_than_one():
    assert its.desk_servers(6.0, 35.0, 70.0) == pytest.approx(3.0)
    assert its.desk_servers(0.5, 35.0, 168.0) == 1.0


@given(contacts, contacts, capacities, st.floats(0.02, 8.0))
def test_a_backlog_is_what_was_not_taken_until_people_give_up(
    backlog: float, new: float, capacity: float, weeks: float
):
    left = its.backlog_after(backlog, new, capacity, weeks)
    assert left == pytest.approx(min(max(0.0, backlog + new - capacity), weeks * capacity))
    assert its.backlog_after(backlog, new, capacity * 2.0, weeks) <= max(left, weeks * capacity * 2.0)


def test_without_a_queue_an_answer_takes_the_lag_and_the_work():
    assert its.response_hours(8.0, 0.0, 6.0, 0.0, 100.0) == pytest.approx(8.1)


def test_a_weeks_backlog_takes_a_week():
    assert its.response_hours(0.0, 0.0, 6.0, 100.0, 100.0) == pytest.approx(168.1)


@given(contacts, contacts, capacities)
def test_strain_begins_beyond_comfort_and_ends_at_its_cap(new: float, backlog: float, capacity: float):
    strain = its.strain_of(new, backlog, capacity, 0.85, 1.0)
    assert 0.0 <= strain <= 1.0
    assert (strain == 0.0) == ((new + backlog) / capacity <= 0.85)


@given(shares, shares, st.floats(0.0, 2.0))
def test_strain_only_lowers_what_is_solved(given_share: float, response: float, strain: float):
    assert 0.0 <= its.solved_share(given_share, response, strain) <= given_share
    assert its.solved_share(given_share, response, 0.0) == given_share


# --- who speaks up ---


@given(chances)
def test_a_middling_person_complains_as_usual(usual: float):
    assert its.chance_to_complain(usual, 0.0, 0.0, 1.0, 0.4, 0.4) == pytest.approx(usual, rel=1e-9)


@given(chances, st.floats(-2.0, 2.0), st.floats(0.01, 1.0))
def test_readiness_ease_and_loyalty_each_raise_the_chance(usual: float, at: float, more: float):
    chance = its.chance_to_complain(usual, at, 0.0, 1.0, 0.4, 0.4)
    assert its.chance_to_complain(usual, at + more, 0.0, 1.0, 0.4, 0.4) > chance
    assert its.chance_to_complain(usual, at, more, 1.0, 0.4, 0.4) > chance
    assert its.chance_to_complain(usual, at, 0.0, 1.0, 0.4 + more, 0.4) > chance


def test_the_larger_the_loss_the_likelier_a_complaint():
    usual = [parameter(f"complain_{size}") for size in ("trivial", "minor", "major")]
    assert usual == sorted(usual)
    assert usual == [0.03, 0.25, 0.60]


def test_only_a_failure_or_a_bad_visit_is_complained_of():
    assert its.chance_for(0.3, 0.25, 0.03, 0.9, 0.4) == 0.25
    assert its.chance_for(0.0, 0.25, 0.03, 0.39, 0.4) == 0.03
    assert its.chance_for(0.0, 0.25, 0.03, 0.41, 0.4) == 0.0


def test_what_is_lost_is_the_failure_or_the_shortfall():
    assert its.lost_by(0.3, 0.8, 0.2, 0.1) == 0.3
    assert its.lost_by(0.0, 0.8, 0.75, 0.1) == pytest.approx(0.05)
    assert its.lost_by(0.0, 0.8, 0.2, 0.1) == 0.1
    assert its.lost_by(0.0, 0.5, 0.6, 0.1) == 0.0


@pytest.mark.parametrize(("loss", "size"), [(0.05, 0), (0.1, 0), (0.29, 1), (0.3, 1), (0.58, 2), (0.6, 2)])
def test_a_loss_tells_its_severity(loss: float, size: int):
    assert its.nearest_severity(loss, 0.1, 0.3, 0.6) == size


def test_who_likes_digital_channels_turns_to_them():
    chat, counter = DESKS["chat"]["digital"].value, DESKS["face_to_face"]["digital"].value
    assert its.desk_appeal(1.0, 2.0, chat, 0.0) > its.desk_appeal(1.0, 2.0, counter, 0.0)
    assert its.desk_appeal(1.0, -2.0, chat, 0.0) < its.desk_appeal(1.0, -2.0, counter, 0.0)
    assert its.desk_appeal(0.0, 2.0, chat, 0.3) == 0.3


def test_more_questions_follow_an_order_online():
    assert its.chance_of_contact(0.015, 0.08, 0.0, 1.0) == 0.015
    assert its.chance_of_contact(0.015, 0.08, 1.0, 1.0) == 0.08


def test_fewer_questions_are_asked_where_they_are_answered_before():
    assert its.chance_of_contact(0.015, 0.08, 1.0, 0.5) == pytest.approx(0.04)


def test_a_machine_takes_first_what_is_tried_there_and_all_where_it_is_alone():
    assert its.machine_first(1.0, 0.0, 0.4, 0.0) == 0.0
    assert its.machine_first(1.0, 1.0, 0.4, 0.0) == 0.4
    assert its.machine_first(1.0, 0.0, 0.4, 0.3) == 0.3
    assert its.machine_first(0.0, 1.0, 0.4, 0.0) == 1.0


def test_the_better_machine_answers():
    assert its.share_answered(1.0, 0.6, 1.0, 0.2) == 0.6
    assert its.share_answered(1.0, 0.2, 1.0, 0.6) == 0.6
    assert its.share_answered(0.0, 0.9, 1.0, 0.6) == 0.6
    assert its.share_answered(1.0, 0.2, 0.0, 0.6) == 0.2


@given(shares, shares)
def test_who_is_called_after_every_visit_is_always_heard(chance: float, reached: float):
    assert its.heard_too(chance, 1.0) == pytest.approx(1.0)
    assert its.heard_too(chance, 0.0) == chance
    assert chance <= its.heard_too(chance, reached) <= 1.0 + 1e-12


def test_room_goes_from_comfort_to_full_use():
    comfortable = 0.85
    assert its.room_at_desk(0.0, comfortable) == 1.0
    assert its.room_at_desk(0.075, comfortable) == pytest.approx(0.5)
    assert its.room_at_desk(0.15, comfortable) == pytest.approx(0.0)
    assert its.room_at_desk(1.0, comfortable) == 0.0


@given(shares, st.floats(0.0, 2.0))
def test_without_room_neither_waits_nor_solutions_change(given_share: float, factor: float):
    assert its.as_room_allows(factor, 0.0) == 1.0
    assert its.as_room_allows(1.0, 0.3) == 1.0
    assert its.reaching_the_right_one(given_share, 0.3, 0.7, 0.0) == given_share
    assert its.reaching_the_right_one(0.35, 0.2, 0.7, 1.0) == pytest.approx(0.45)


@given(shares, st.floats(0.0, 0.5), st.floats(0.3, 1.0), shares)
def test_routing_solves_no_more_than_reach_somebody_who_can_answer(
    given_share: float, more: float, usual: float, room: float
):
    found = its.reaching_the_right_one(given_share, more, usual, room)
    assert given_share <= found <= max(given_share, min(1.0, usual + room * more))


# --- when the answer comes ---


def test_hours_are_exponential_around_the_mean():
    draws = [(n + 0.5) / 10_000 for n in range(10_000)]
    found = [its.hours_until_answer(10.0, u) for u in draws]
    assert sum(found) / len(found) == pytest.approx(10.0, rel=0.001)
    assert sorted(found)[5_000] == pytest.approx(10.0 * math.log(2.0), rel=0.001)


def test_the_share_settled_at_once_is_settled_with_the_answer_the_rest_later_by_the_mean():
    draws = [(n + 0.5) / 10_000 for n in range(10_000)]
    later = [its.hours_until_settled(3.0, 0.6, 336.0, u) - 3.0 for u in draws]
    assert sum(extra == 0.0 for extra in later) == 6_000
    assert sum(later) / 4_000 == pytest.approx(336.0, rel=0.002)


@given(hours, st.floats(0.0, 0.999))
def test_where_settling_takes_no_time_or_nothing_is_left_to_settle_the_answer_is_all(answer: float, u: float):
    assert its.hours_until_settled(answer, 0.6, 0.0, u) == answer
    assert its.hours_until_settled(answer, 1.0, 336.0, u) == answer


def test_the_luck_left_to_who_complained_is_uniform_among_them():
    assert its.luck_of_who_complained(0.0, 0.3) == 0.0
    assert its.luck_of_who_complained(0.15, 0.3) == pytest.approx(0.5)
    assert its.luck_of_who_complained(0.3, 0.3) < 1.0


@given(hours)
def test_the_week_of_the_answer_follows_from_the_hours(wait: float):
    assert its.weeks_until(wait) == float(int(wait / 168.0))


@given(hours, hours)
def test_a_later_answer_is_never_quicker(a: float, b: float):
    early, late = sorted((a, b))
    assert 0.0 <= its.quickness(late, 12.0) <= its.quickness(early, 12.0) <= 1.0


@given(hours)
def test_a_wait_falls_into_the_bin_of_its_half_octave(wait: float):
    place = its.response_bin(wait)
    low = 2.0 ** (place / 2.0) / 60.0
    assert 0.0 <= place <= 39.0
    assert place in (0.0, 39.0) or low * (1 - 1e-9) <= wait <= low * math.sqrt(2.0) * (1 + 1e-9)


# --- what it restores ---

RESTORED = [parameter(name) for name in ("restored_cap", "restored_fair", "restored_quick", "recovery_paradox")]


@given(st.floats(0.0, 1.0), shares, shares)
def test_a_quicker_solution_restores_more(loss: float, a: float, b: float):
    slow, quick = sorted((a, b))
    assert its.restored(loss, *RESTORED, slow, 1.0) <= its.restored(loss, *RESTORED, quick, 1.0)


def test_being_just_restores_more_than_being_quick():
    assert parameter("restored_fair") >= 2.0 * parameter("restored_quick")


def test_a_solution_restores_more_satisfaction_than_trust():
    loss = 0.3
    trust = its.part_of_loss(loss, parameter("restored_cap"), parameter("restored_trust"))
    assert its.restored(loss, *RESTORED, 0.0, 1.0) > 3.0 * trust > 0.0


def test_a_loss_beyond_the_cap_counts_as_the_cap():
    assert its.part_of_loss(0.9, 0.35, 0.1) == pytest.approx(0.035)
    assert its.restored(0.9, 0.35, 0.3, 0.1, 0.0, 0.0, 1.0) == pytest.approx(0.105)


def test_a_contact_that_solves_nothing_costs_and_so_does_waiting():
    assert its.contact_effect(1.0, 0.006, 0.014, 1.0, 0.02) == pytest.approx(0.006)
    assert its.contact_effect(0.0, 0.006, 0.014, 1.0, 0.02) == pytest.approx(-0.014)
    assert its.contact_effect(1.0, 0.006, 0.014, 0.0, 0.02) == pytest.approx(-0.02)


def test_at_the_average_resolution_a_quick_desk_neither_gains_nor_loses():
    gain, loss = parameter("contact_gain"), parameter("contact_loss")
    share = 0.70
    effect = share * its.contact_effect(1.0, gain, loss, 1.0, 0.02)
    assert effect + (1.0 - share) * its.contact_effect(0.0, gain, loss, 1.0, 0.02) == pytest.approx(0.0, abs=1e-9)


@given(st.floats(0.2, 0.8), st.floats(-0.1, 0.1), st.floats(0.3, 1.0))
def test_a_stored_stock_moves_so_that_what_is_left_of_it_moves_by_the_change(stock: float, change: float, kept: float):
    habitual = 0.75
    moved = its.shifted(stock, change, kept)
    assert 0.0 <= moved <= 1.0
    if 0.0 < moved < 1.0:
        assert habitual + (moved - habitual) * kept == pytest.approx(habitual + (stock - habitual) * kept + change)


# --- learning ---


def test_half_is_heard_at_half():
    assert its.share_heard(0.01, 20_000.0, 100.0, 300.0) == pytest.approx(0.5)


def test_who_does_not_ask_hears_nothing():
    assert its.share_heard(0.0, 1e6, 1e6, 300.0) == 0.0


@given(shares, st.floats(0.0, 0.5), shares, shares, shares)
def test_gains_are_bounded(gain: float, limit: float, pace: float, heard: float, acting: float):
    after = its.gain_after(gain, limit, pace, heard, acting)
    assert gain <= after <= max(gain, limit) + 1e-12


@given(shares, st.floats(0.0, 0.5), shares)
def test_hearing_without_acting_and_acting_without_hearing_gain_nothing(gain: float, limit: float, other: float):
    assert its.gain_after(gain, limit, 0.3, other, 0.0) == gain
    assert its.gain_after(gain, limit, 0.3, 0.0, other) == gain


def test_a_map_shows_what_nobody_tells():
    assert its.share_known(0.0, 0.5) == 0.5
    assert its.share_known(0.7, 0.5) == 0.7


def test_half_is_mended_at_half_a_visit():
    assert its.share_mended(2_000.0, 100_000.0, 0.02) == pytest.approx(0.5)
    assert its.share_mended(0.0, 100_000.0, 0.02) == 0.0


def test_nobody_acts_on_more_than_all():
    assert its.able_to_act(0.5, 0.2) == pytest.approx(0.7)
    assert its.able_to_act(0.9, 0.9) == 1.0


def test_asking_everybody_tires_and_calls_add_to_it():
    assert its.reached_after_visit(0.5, 0.2, 0.0, 0.0) == pytest.approx(0.1)
    assert its.reached_after_visit(1.0, 0.2, 0.5, 0.0) == pytest.approx(0.1)
    assert its.reached_after_visit(1.0, 1.0, 1.0, 0.3) == pytest.approx(0.3)
    assert its.reached_after_visit(1.0, 1.0, 0.0, 0.3) == 1.0


def test_who_is_asked_and_called_is_heard_once():
    assert its.reached_after_visit(0.5, 0.2, 0.0, 0.3) == pytest.approx(0.1 + 0.9 * 0.3)


def test_an_ordinary_touchpoint_hurts_as_much_as_an_ordinary_rate():
    assert its.touchpoint_pain(0.95, 0.75, 0.75) == pytest.approx(1.0)
    assert its.rate_pain(30.0, 1_000.0, 0.03) == pytest.approx(1.0)
    assert its.rate_pain(0.0, 0.0, 0.03) == 0.0


def test_what_is_prevented_is_taken_off():
    assert its.less_by(0.03, 0.3) == pytest.approx(0.021)
    assert its.less_by(0.03, 0.0) == 0.03
    assert its.improved(0.7, 0.0) == 0.7
    assert its.improved(0.7, 0.05) == pytest.approx(0.75)


def test_a_desk_is_used_by_its_contacts_up_to_nearly_all_of_its_time():
    assert its.desk_use(70.0, 100.0) == pytest.approx(0.7)
    assert its.desk_use(700.0, 100.0) == 0.98


def test_the_load_follows_contacts_by_its_pace():
    assert its.usual_contacts(100.0, 200.0, 0.25) == pytest.approx(125.0)
    assert its.usual_contacts(100.0, 200.0, 1.0) == 200.0
