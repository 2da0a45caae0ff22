"""A study leaves as the pair that ema_workbench reads."""

from dataclasses import replace

import numpy as np

from analysis.studies.exporting import ema_pair
from tests.studying import grid, policies, study, unit
from tests.test_studies_report import FACTORS

INPUTS = np.array([[0.5, 30.0, 1.0], [0.5, 60.0, 1.0], [1.5, 30.0, 0.0]])
MADE = study("list", FACTORS, INPUTS, lambda x: x[:, 1])


def test_uncertainties_come_before_levers_then_scenario_policy_and_model():
    frame, _ = ema_pair(MADE)
    last = ["staff_training.hours", "scenario", "policy", "model"]
    assert list(frame) == ["price_weight", "market.segment", *last]


def test_choices_are_words_and_whole_numbers_whole():
    frame, _ = ema_pair(MADE)
    assert frame["market.segment"].tolist()[2] == "households"
    assert frame["staff_training.hours"].tolist() == [30, 60, 30]
    assert frame["staff_training.hours"].dtype.kind == "i"


def test_points_with_the_same_uncertainties_are_one_scenario_and_with_the_same_levers_one_policy():
    frame, _ = ema_pair(MADE)
    assert frame["scenario"].tolist() == [0, 0, 1]
    assert frame["policy"].tolist() == ["policy 0", "policy 1", "policy 0"]


def test_policies_keep_their_names_and_futures_their_numbers():
    frame, outcomes = ema_pair(policies(np.array([[1.0, 2.0], [3.0, 4.0]]), ["a", "b"]))
    assert frame["policy"].tolist() == ["a", "a", "b", "b"]
    assert frame["scenario"].tolist() == [0, 1, 0, 1]
    assert outcomes["npv"].tolist() == [1.0, 2.0, 3.0, 4.0]


def test_a_study_without_levers_has_no_policy():
    frame, _ = ema_pair(grid(unit(1), [(0, 1)], lambda x: x[:, 0]))
    assert set(frame["policy"]) == {"None"}
    assert set(frame["model"]) == {"planted"}


def test_a_failed_point_is_nan():
    _, outcomes = ema_pair(replace(MADE, values=np.array([[1.0], [np.nan], [2.0]])))
    assert np.isnan(outcomes["npv"]).tolist() == [False, True, False]
