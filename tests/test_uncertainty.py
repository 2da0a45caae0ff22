"""What is not known: how it is drawn, who shares a draw, and how intervals part it from luck."""

from typing import Any

import numpy as np
import pytest

from analysis.effects import joint_estimate
from simulation import parameters as numbers
from simulation.scenario import Scenario
from simulation.uncertainty import Open, drawn, factor, shared_by, triangular

REPLICATES = 8
KNOWN = {"uncertainty.weights": 0.0, "uncertainty.effects": False}
PILOT = {"value": 40.0, "low": 20.0, "high": 60.0, "source": "pilot"}
HOURS = "lever.staff_training.hours_per_employee"


def training(**edits: Any) -> Scenario:
    return Scenario.load("staff_training", customers=50, weeks=14, replicates=REPLICATES, edits=edits)


def test_a_triangular_number_keeps_to_its_ends_and_its_middle():
    luck = (np.arange(20_000) + 0.5) / 20_000
    values = np.array([triangular(each, Open("", 1.0, 2.0, 6.0)) for each in luck])
    assert (values.min(), values.max()) == pytest.approx((1.0, 6.0), abs=0.05)
    assert values.mean() == pytest.approx((1.0 + 2.0 + 6.0) / 3, abs=1e-3)
    assert (values < 2.0).mean() == pytest.approx(0.2, abs=1e-3)


def test_a_number_without_room_is_its_value():
    assert triangular(0.7, Open("", 3.0, 3.0, 3.0)) == 3.0


def test_weights_lie_within_their_share_in_95_of_100_draws():
    luck = (np.arange(10_000) + 0.5) / 10_000
    factors = np.array([factor(each, 0.3) for each in luck])
    assert ((factors > 1 / 1.3) & (factors < 1.3)).mean() == pytest.approx(0.95, abs=2e-3)


def test_two_replicates_share_a_draw_and_the_next_two_another():
    cost = [drawn(training(), n).levers[0].fields["cost_per_hour"] for n in range(4)]
    assert cost[0] == cost[1] != cost[2] == cost[3]


def test_a_scenario_shares_its_draw_with_its_baseline():
    scenario = training()
    assert drawn(scenario, 3).weights == drawn(scenario.needed_baseline(), 3).weights != {}


def test_another_lever_changes_no_draw_of_the_first():
    more = training(**{"lever.price_change.percent": -1})
    both = [drawn(each, 0).levers[0].fields["cost_per_hour"] for each in (training(), more)]
    assert both[0] == both[1]


def test_effects_are_drawn_over_their_evidence():
    low, high = numbers.LEVERS["staff_training"].fields["cost_per_hour"].spread or (0, 0)
    costs = [drawn(training(), n).levers[0].fields["cost_per_hour"] for n in range(0, REPLICATES, 2)]
    assert len(set(costs)) == 4
    assert all(low <= cost <= high for cost in costs)


def test_a_number_of_the_users_own_is_known():
    assert drawn(training(**{"lever.staff_training.cost_per_hour": 25.0}), 0).levers[0].fields["cost_per_hour"] == 25.0


def test_a_number_of_the_users_own_with_an_interval_is_drawn_over_it():
    hours = {drawn(training(**{HOURS: PILOT}), n).levers[0].fields["hours_per_employee"] for n in range(REPLICATES)}
    assert len(hours) == 4
    assert all(20 <= float(each) <= 60 for each in hours)


def test_a_lever_with_an_interval_is_written_and_read_back():
    scenario = training(**{HOURS: PILOT})
    assert Scenario.from_toml(scenario.to_toml()).sources[HOURS] == scenario.sources[HOURS]


def test_a_parameter_that_is_left_open_is_drawn_over_its_range():
    open_ = training(**{"uncertainty.parameters": ["trust_gain"]})
    row = numbers.PARAMETERS["trust_gain"]
    values = {drawn(open_, n).parameters["trust_gain"] for n in range(REPLICATES)}
    assert len(values) == 4
    assert all(row.low <= value <= row.high for value in values)


def test_with_too_few_replicates_nothing_is_drawn():
    few = training().replace(replicates=REPLICATES - 1)
    assert shared_by(few) == 0
    assert drawn(few, 0) is few


def test_with_nothing_open_nothing_is_drawn():
    assert shared_by(training(**KNOWN)) == 0


def samples(luck: float, unknown: float, draws: int) -> Any:
    """Effects of pairs of replicates around 10, with these standard deviations."""
    chance = np.random.default_rng(7)
    middles, each = chance.standard_normal((4_000, draws, 1)), chance.standard_normal((4_000, draws, 2))
    return (10 + unknown * middles + luck * each).reshape(4_000, 2 * draws)


def test_luck_and_what_is_not_known_are_told_apart():
    _, shares = joint_estimate(samples(luck=2.0, unknown=3.0, draws=20), 2)
    assert shares.luck.mean() * 40 == pytest.approx(4.0, rel=0.03)
    assert shares.unknown.mean() / (1 + 1 / 20) == pytest.approx(9.0, rel=0.05)


@pytest.mark.parametrize(("luck", "unknown"), [(0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (1.0, 2.0)])
def test_a_joint_interval_holds_the_effect_of_one_more_draw(luck: float, unknown: float):
    """At least nearly 95 times in 100: where the two can hardly be told apart, it errs on the safe side."""
    found, _ = joint_estimate(samples(luck, unknown, draws=6), 2)
    truth = 10 + unknown * np.random.default_rng(8).standard_normal(4_000)
    assert 0.93 < ((found.low <= truth) & (truth <= found.high)).mean() < 0.99


def test_a_joint_interval_is_no_wider_than_that_of_the_draws_means():
    """Where luck is nearly all there is, a difference of variances has next to no degrees of freedom."""
    values = samples(luck=1.0, unknown=0.7, draws=6)
    found, _ = joint_estimate(values, 2)
    middles = values.reshape(-1, 6, 2).mean(-1)
    most = 2.5706 * np.sqrt(7 / 6 * middles.var(-1, ddof=1))  # t of five degrees of freedom
    by_luck = (found.degrees > 5.5) & (found.high - found.mean > most)
    assert ((found.high - found.mean <= most * 1.0001) | by_luck).all()
    assert by_luck.mean() < 0.5


def test_more_replicates_take_luck_away_and_leave_what_is_not_known():
    few, many = (joint_estimate(samples(2.0, 2.0, draws), 2) for draws in (6, 60))
    assert many[1].luck.mean() < 0.15 * few[1].luck.mean()
    assert many[1].unknown.mean() == pytest.approx(4.0, rel=0.1)


def test_one_draw_gives_no_interval():
    found, _ = joint_estimate(np.array([[1.0, 2.0]]), 2)
    assert np.isnan(found.low).all()
