"""Boxes of relations by name: who is known, chosen and reached, points and rewards, offers that keep, promises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.customer import account
from simulation.customer.account import A_REWARD, WEEKS_OF_A_QUARTER
from tests.plainly import boxes_of

its = boxes_of(account)
shares = st.floats(0.0, 1.0)


def test_who_is_known_and_agreed_can_be_addressed_and_a_member_is_known():
    assert its.is_reachable(0.3, 0.4, 0.1, 0.5, 0.0) == 1.0
    assert its.is_reachable(0.5, 0.4, 0.1, 0.5, 0.0) == 0.0
    assert its.is_reachable(0.5, 0.4, 0.1, 0.5, 3.0) == 1.0, "a member"
    assert its.is_reachable(0.3, 0.4, 0.6, 0.5, 3.0) == 0.0, "did not agree"


def test_messages_are_sent_to_shares_of_those_who_respond_and_of_others():
    assert (its.responds(0.2, 0.3), its.responds(0.3, 0.3)) == (1.0, 0.0)
    assert (its.is_chosen(0.1, 0.5, 0.3, 0.0), its.is_chosen(0.2, 0.5, 0.3, 0.0)) == (1.0, 0.0)
    assert (its.is_chosen(0.6, 0.5, 0.0, 0.3), its.is_chosen(0.7, 0.5, 0.0, 0.3)) == (1.0, 0.0)


@given(shares, st.floats(0.0, 50.0))
def test_messages_come_one_by_one_and_to_everybody_in_turn(luck: float, sent: float):
    assert sent - 1.0 <= its.received(sent, luck) <= sent + 1.0
    assert its.received(2.0, 0.5) == 2.0
    assert (its.received(2.6, 0.5), its.received(2.6, 0.3)) == (3.0, 2.0)


def test_a_message_counts_less_among_many_nothing_among_few_and_borrows_from_the_next_week():
    assert its.message_pull(1.0, 0.0, 2.0, 3.0, 6.0, 0.0) == 0.0, "fewer than the least of a quarter"
    assert its.message_pull(1.0, 0.0, 6.0, 3.0, 6.0, 0.0) == 0.5
    assert its.message_pull(0.0, 1.0, 6.0, 3.0, 6.0, 0.4) == pytest.approx(-0.2)


def test_the_channel_that_suits_gains_and_the_other_loses_what_is_taken_from_it():
    assert (its.suits(1.0, 0.2, 0.3), its.suits(0.0, 0.2, 0.3)) == (1.0, -0.3)
    assert (its.suits(1.0, -0.2, 0.3), its.suits(0.0, -0.2, 0.3)) == (-0.3, 1.0)
    assert its.personal_pull(0.1, 0.2, 0.3) == pytest.approx(0.6)


def test_points_pull_by_membership_and_by_the_square_of_how_near_the_reward_is():
    assert its.pull_of_points(0.0, 0.1, 2.0) == 0.0, "no member"
    assert its.pull_of_points(1.0, 0.1, 2.0) == 0.1
    assert its.pull_of_points(1.0 + 0.5 * A_REWARD, 0.1, 2.0) == pytest.approx(0.1 + 2.0 / 4.0)


def test_what_is_spent_brings_points_and_points_rewards():
    assert its.points_collected(1.0, 50.0, 100.0) == pytest.approx(0.5 * A_REWARD)
    assert (its.rewards_due(1.0, 250.0, 100.0, 1.0), its.rewards_due(1.0, 50.0, 100.0, 1.0)) == (2.0, 0.0)
    assert (its.rewards_due(0.0, 250.0, 100.0, 1.0), its.rewards_due(1.0, 250.0, 100.0, 0.0)) == (0.0, 0.0)
    assert its.points_after(1.0, 150.0, 100.0, 1.0) == pytest.approx(1.0 + 0.5 * A_REWARD)
    assert (its.points_after(0.0, 150.0, 100.0, 1.0), its.points_after(7.0, 150.0, 100.0, 0.0)) == (0.0, 7.0)


@given(st.floats(0.0, 500.0), shares, st.floats(0.0, 5.0), st.floats(0.0, 100.0))
def test_nobody_gets_money_back(paid: float, discount: float, rewards: float, value: float):
    assert 0.0 <= its.with_voucher(paid, discount, rewards, value) <= paid


def test_vouchers_and_discounts_are_taken_off_what_is_paid():
    assert its.with_voucher(100.0, 0.1, 2.0, 5.0) == pytest.approx(80.0)


def test_a_quarter_is_thirteen_weeks():
    assert WEEKS_OF_A_QUARTER == 13
    assert [its.quarter_of(week) for week in (0, 12, 13, 26)] == [0, 0, 1, 2]


def test_who_comes_often_joins_first_and_nobody_where_there_is_no_scheme():
    assert its.chance_to_join(1.0, 0.02, 3.0) == pytest.approx(0.06)
    assert (its.chance_to_join(1.0, 0.5, 9.0), its.chance_to_join(0.0, 0.5, 9.0)) == (1.0, 0.0)


def test_an_offer_keeps_who_was_about_to_go_and_wakes_who_was_not():
    assert its.by_offer(1.0, 1.0, 0.8, 0.1) == pytest.approx(-0.8)
    assert its.by_offer(1.0, 0.0, 0.8, 0.1) == pytest.approx(0.1)
    assert its.by_offer(0.0, 1.0, 0.8, 0.1) == 0.0
    assert (its.at_risk_of_leaving(0.02, 0.02), its.at_risk_of_leaving(0.01, 0.02)) == (1.0, 0.0)


def test_of_two_shares_the_one_is_taken_that_it_is_about():
    assert (its.either(1.0, 0.7, 0.2), its.either(0.0, 0.7, 0.2)) == (0.7, 0.2)


def test_a_promise_is_expected_and_who_is_known_meets_what_suits():
    assert its.promised(0.7, 0.05) == pytest.approx(0.75)
    assert (its.suited(0.7, 0.05, 1.0), its.suited(0.7, 0.05, 0.0)) == (pytest.approx(0.75), 0.7)


def test_channels_are_at_most_one():
    assert its.as_one(0.6, 0.3, 1.0) == pytest.approx(0.78)
    assert (its.as_one(0.8, 0.5, 1.0), its.as_one(0.6, 0.3, 0.0)) == (1.0, 0.6)
