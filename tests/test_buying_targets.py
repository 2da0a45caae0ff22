"""The comparison of models of buying: known answers of its errors, and words without the data."""

import numpy as np
import pytest

from analysis import buying_targets as targets


def test_errors_of_a_known_forecast():
    found = targets.errors(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0, 1, 0, 3]))
    assert found["total error %"] == pytest.approx(50.0)
    assert (found["MAE"], found["RMSE"]) == (0.5, 1.0)
    assert found["AUC"] == 0.75


def test_a_perfect_order_has_an_area_of_one_and_none_a_half():
    happened = np.array([False, True, True])
    assert targets.area_under_curve(np.array([0.1, 0.2, 0.3]), happened) == 1.0
    assert targets.area_under_curve(np.zeros(3), happened) == 0.5


def test_of_two_forecasts_the_better_is_called_so():
    truth = np.random.default_rng(1).poisson(2.0, 400).astype(float)
    low, high = targets.against(truth + 0.1, np.full(400, 2.0), truth, 100)
    rmse = targets.MEASURES.index("RMSE")
    assert high[rmse] < 0
    assert low[rmse] < high[rmse]


def test_weeks_are_judged_one_by_one():
    assert targets.weekly_error(np.array([8.0, 12.0]), np.array([10.0, 10.0])) == pytest.approx(20.0)


def test_without_the_data_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, capsys):
    def missing() -> None:
        raise ModuleNotFoundError("pip install it")

    monkeypatch.setattr(targets.cdnow, "sample", missing)
    assert targets.main() == 1
    assert "pip install it" in capsys.readouterr().err


@pytest.mark.slow
def test_on_the_weeks_of_choice_this_model_is_no_worse_than_the_pareto_nbd_in_anything():
    try:
        task = targets.cohort(26, 13)
    except ModuleNotFoundError as error:
        pytest.skip(str(error))
    found = dict(targets.models(task))
    low, _ = targets.against(found[targets.OURS].expected, found[targets.PARETO].expected, task.bought, 300)
    assert (low <= 0).all()


@pytest.mark.slow
def test_households_are_foretold_better_than_by_shrinkage():
    try:
        task = targets.trips(13, 13)
    except ModuleNotFoundError as error:
        pytest.skip(str(error))
    found = dict(targets.models(task))
    _, high = targets.against(found[targets.OURS].expected, found[targets.SHRINKAGE].expected, task.bought, 300)
    assert high[targets.MEASURES.index("RMSE")] < 0
