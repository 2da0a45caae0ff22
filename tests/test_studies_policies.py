"""How policies stand, and fronts, beside answers in closed form."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.studies.experiments import higher_is_better
from analysis.studies.fronts import front, not_dominated
from analysis.studies.policy_words import policies_in_words
from analysis.studies.robustness import robustness
from simulation.results import Table
from tests.studying import policies, sampled, unit

BRAVE, STEADY = [9.0, 7.0, 5.0, 3.0, -6.0], [2.0, 2.0, 5.0, 2.0, 2.0]
TWO = policies(np.array([BRAVE, STEADY]), ["brave", "steady"])


def value(table: Table, policy: str, measure: str) -> float:
    return table.where(policy=policy, measure=measure).rows()[0]["value"]


@pytest.mark.parametrize(
    ("measure", "brave", "steady"),
    [
        ("mean", 3.6, 2.6),
        ("worst", -6.0, 2.0),
        ("worst_fifth", -6.0, 2.0),
        ("mean_regret", 8.0 / 5.0, 13.0 / 5.0),
        ("largest_regret", 8.0, 7.0),
        ("satisficing", 0.8, 1.0),
        ("best", 3.5 / 5.0, 1.5 / 5.0),
    ],
)
def test_measures_of_two_policies_over_five_futures(measure: str, brave: float, steady: float):
    found = robustness(TWO)
    assert value(found, "brave", measure) == pytest.approx(brave)
    assert value(found, "steady", measure) == pytest.approx(steady)


def test_where_less_is_better_the_largest_is_the_worst():
    found = robustness(TWO, larger_is_better=False)
    assert value(found, "brave", "worst") == 9.0
    assert value(found, "brave", "largest_regret") == 7.0
    assert value(found, "steady", "best") == pytest.approx(3.5 / 5.0)


def test_where_less_is_better_intervals_stay_the_right_way_round():
    rows = robustness(TWO, larger_is_better=False).where(measure="mean").rows()
    assert [row["low"] <= row["value"] <= row["high"] for row in rows] == [True, True]


def test_the_limit_of_what_is_good_enough_can_be_said():
    assert value(robustness(TWO, limit=3.0), "steady", "satisficing") == pytest.approx(0.2)


def test_a_policy_that_is_always_the_same_has_no_interval_to_speak_of():
    row = robustness(policies(np.array([BRAVE, [1.0] * 5]), ["a", "b"])).where(policy="b", measure="mean").rows()[0]
    assert (row["low"], row["high"]) == (1.0, 1.0)


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    draws = np.random.default_rng(1).normal(size=(1, 400))
    row = robustness(policies(draws, ["a"])).where(measure="mean").rows()[0]
    assert row["high"] - row["low"] == pytest.approx(2 * 1.96 / 20.0, rel=0.1)


def test_how_bad_it_could_get_has_no_interval():
    assert np.isnan(robustness(TWO).where(measure="worst")["low"]).all()


def test_a_future_in_which_one_policy_failed_is_left_out_for_all():
    holes = np.array(TWO.values)
    holes[4] = np.nan  # the bad future of the brave
    assert value(robustness(replace(TWO, values=holes)), "steady", "mean") == pytest.approx(11.0 / 4.0)


def test_the_same_seed_gives_the_same_bits():
    assert robustness(TWO, seed=3)["low"].tobytes() == robustness(TWO, seed=3)["low"].tobytes()


def test_only_policies_are_compared():
    with pytest.raises(ValueError, match="only a study of policies has them; this is a latin_hypercube"):
        robustness(sampled(unit(1), lambda x: x[:, 0]))


def test_a_front_keeps_what_nothing_beats():
    """Cost is low, benefit high: the third costs as much as the second and brings less, the fifth failed."""
    values = np.array([[1.0, 1.0], [2.0, 5.0], [2.0, 4.0], [3.0, 5.5], [0.5, np.nan]])
    assert not_dominated(values, [False, True]).tolist() == [True, True, False, True, False]


def test_equals_share_a_front():
    assert not_dominated(np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 0.5]]), [True, True]).tolist() == [True, True, False]


def test_a_front_of_three_outcomes_is_what_comparing_all_pairs_keeps():
    values = np.random.default_rng(4).random((200, 3))
    beaten = [((values >= mine).all(1) & (values > mine).any(1)).any() for mine in values]
    assert not_dominated(values, [True] * 3).tolist() == [not each for each in beaten]


def test_a_direction_for_every_outcome():
    with pytest.raises(ValueError, match="2 outcomes need as many directions; there are 1"):
        not_dominated(np.ones((3, 2)), [True])


def test_a_front_of_a_study_names_its_points_in_order():
    made = sampled(unit(1), lambda x: np.abs(x[:, 0] - 0.5), 50)
    found = front(made, {"npv": False})
    assert found["point"].tolist() == [int(np.argmin(made.values))]


def test_the_best_policy_is_said_with_its_mean_and_how_often_it_is_best():
    words = policies_in_words(TWO, "npv")
    assert words[0].startswith("“Brave” is best for net present value on average over futures: 3.6 [")
    assert words[2].startswith(
        "It is the best in 70 % of futures and at least 0 in 80 %; in its worst fifth the mean is −6.0 "
    )
    assert words[3] == "Least is lost at worst with “steady”: 7.0 EUR beside the best."


def test_a_best_policy_that_is_not_surely_ahead_is_said_to_be_unsure():
    assert policies_in_words(TWO, "npv")[1] == "Whether it or “steady” is better on average is not sure."


def test_a_policy_surely_ahead_is_said_to_be_so_by_its_gap():
    made = policies(np.array([[1.0, 5.0, 9.0], [3.0, 7.0, 11.0]]), ["low", "high"])
    assert policies_in_words(made, "npv")[1].startswith("It is ahead of “low” by 2.0")


def test_less_is_better_of_a_cost_and_of_what_customers_suffer():
    assert [higher_is_better(name) for name in ("npv", "cost", "acsi_effect", "churn", "churn_effect")] == [
        True,
        False,
        True,
        False,
        False,
    ]
