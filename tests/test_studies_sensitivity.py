"""Sensitivity analyses beside functions whose indices are known."""

from dataclasses import replace

import numpy as np
import pytest
from SALib.analyze import rbd_fast

from analysis.studies.experiments import Experiments, Factor, Outcome, constant_outcomes, luck_share
from analysis.studies.given_data import shares_of_samples
from analysis.studies.sensitivity import DEFAULTS, method_of, ranking, sensitivity
from analysis.studies.usable import left_out
from simulation.results import Table
from tests.studying import (
    ISHIGAMI_FIRST,
    ISHIGAMI_TOTAL,
    angles,
    grid,
    ishigami,
    morris,
    policies,
    saltelli,
    sampled,
    study,
    unit,
)

WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0])  # of the g-function


def g_function(inputs):
    """Sobol 1993; the first order of each factor is 1 / (3 (1 + a)²) over the product of the rest, less 1."""
    return np.prod((np.abs(4.0 * inputs - 2.0) + WEIGHTS) / (1.0 + WEIGHTS), axis=1)


G_PARTS = 1.0 / (3.0 * (1.0 + WEIGHTS) ** 2)
G_VARIANCE = np.prod(1.0 + G_PARTS) - 1.0
G_FIRST = G_PARTS / G_VARIANCE
G_TOTAL = G_PARTS * np.prod(1.0 + G_PARTS) / (1.0 + G_PARTS) / G_VARIANCE


def values(table: Table, index: str) -> list[float]:
    """An index of every factor, in order of their names."""
    rows = sorted(table.where(index=index).rows(), key=lambda row: row["factor"])
    return [row["value"] for row in rows]


@pytest.mark.parametrize("second_order", [False, True])
def test_sobol_indices_of_ishigami_are_the_known_ones(second_order: bool):
    found = sensitivity(saltelli(angles(), ishigami, second_order=second_order))
    assert values(found, "first") == pytest.approx(ISHIGAMI_FIRST, abs=0.04)
    assert values(found, "total") == pytest.approx(ISHIGAMI_TOTAL, abs=0.04)


def test_sobol_indices_of_the_g_function_are_the_known_ones():
    found = sensitivity(saltelli(unit(4), g_function, 2_048))
    assert values(found, "first") == pytest.approx(G_FIRST, abs=0.03)
    assert values(found, "total") == pytest.approx(G_TOTAL, abs=0.03)


def test_intervals_of_total_indices_hold_the_known_ones():
    rows = sensitivity(saltelli(angles(), ishigami)).where(index="total").rows()
    held = [row["low"] <= known <= row["high"] for row, known in zip(rows, ISHIGAMI_TOTAL, strict=True)]
    assert held == [True] * 3


def test_elementary_effects_screen_the_g_function_in_the_order_of_its_weights():
    names = [each.factor for each in ranking(sensitivity(morris(unit(4), g_function)), "npv", "morris")]
    assert names == ["x1", "x2", "x3", "x4"]


def test_an_elementary_effect_of_a_straight_line_is_its_slope_over_the_range_without_spread():
    factors = [Factor("a", 0.0, 10.0), Factor("b", 0.0, 1.0)]
    found = sensitivity(morris(factors, lambda x: 0.3 * x[:, 0] - 2.0 * x[:, 1]))
    assert values(found, "mu_star") == pytest.approx([3.0, 2.0])
    assert values(found, "sigma") == pytest.approx([0.0, 0.0], abs=1e-9)


def test_given_data_ranks_what_acts_and_a_dummy_has_0_in_its_interval():
    found = sensitivity(sampled(angles(4), ishigami, 1_000))
    assert [each.factor for each in ranking(found, "npv", "given_data")][:2] == ["x2", "x1"]
    assert values(found, "first_given") == pytest.approx([*ISHIGAMI_FIRST, 0.0], abs=0.08)
    dummy = found.where(factor="x4").rows()[0]
    assert dummy["low"] <= 0.0 <= dummy["high"]


@pytest.mark.parametrize("points", [60, 61])
def test_shares_of_halves_are_reckoned_as_salib_does(points: int):
    outputs = np.random.default_rng(1).normal(size=points)
    folded = rbd_fast.permute_outputs(np.arange(points), outputs)
    known = rbd_fast.unskew_S1(rbd_fast.compute_first_order(folded, 3), 3, points)
    assert shares_of_samples(outputs[None], 3) == pytest.approx([known])


def test_given_data_does_not_take_the_order_of_a_list_for_a_factor():
    """Sorted by what acts, a list would lend its order to a factor with two values that does nothing."""
    made = sampled([Factor("acts", 0, 1), Factor("idle", 0, 1, choices=("no", "yes"))], lambda x: x[:, 0])
    inputs = made.inputs[np.argsort(made.inputs[:, 0])]
    inputs[:, 1] = np.arange(len(inputs)) % 2
    listed = study("list", made.factors, inputs, lambda x: x[:, 0])
    assert values(sensitivity(listed), "first_given") == pytest.approx([1.0, 0.0], abs=0.1)


def test_shares_of_a_grid_are_exact():
    """Of a + 2ab over -1 and 1: a fifth is a, the rest the two together."""
    found = sensitivity(grid(unit(2), [(-1, 1), (-1, 1)], lambda x: x[:, 0] + 2.0 * x[:, 0] * x[:, 1]))
    assert values(found, "first") == pytest.approx([0.2, 0.0], abs=1e-12)
    assert values(found, "total") == pytest.approx([1.0, 0.8])


def one_at_a_time() -> Experiments:
    inputs = np.array([[1.0, 5.0], [0.0, 5.0], [2.0, 5.0], [1.0, 0.0], [1.0, 9.0]])
    return study("one_at_a_time", [Factor("a", 0, 2), Factor("b", 0, 9)], inputs, lambda x: 10.0 * x[:, 0] - x[:, 1])


def test_a_swing_is_what_the_outcome_is_at_the_highest_less_at_the_lowest():
    found = sensitivity(one_at_a_time())
    assert values(found, "swing") == pytest.approx([20.0, -9.0])
    assert values(found, "at_low") == pytest.approx([-5.0, 10.0])


def test_the_interval_of_a_swing_comes_from_the_errors_of_both_ends():
    made = replace(one_at_a_time(), errors=np.full((5, 1), 3.0), replicates=4)
    row = sensitivity(made).where(factor="a", index="swing").rows()[0]
    assert row["high"] - row["value"] == pytest.approx(1.96 * np.sqrt(18.0), rel=1e-3)


def test_of_policies_a_future_counts_once_with_its_mean_over_policies():
    futures = np.linspace(0.0, 1.0, 60)
    found = sensitivity(policies(np.array([futures, 1.0 + futures]), ["a", "b"]))
    assert values(found, "first_given") == pytest.approx([1.0], abs=0.05)


def test_an_outcome_that_does_not_vary_is_called_constant_and_has_no_rows():
    made = sampled(angles(), ishigami)
    outcomes = (*made.outcomes, Outcome("acsi", "satisfaction", "ACSI points"))
    both = replace(made, outcomes=outcomes, values=np.column_stack([made.values, np.full(len(made.values), 0.1)]))
    assert constant_outcomes(both) == ("acsi",)
    assert sensitivity(both).values("outcome") == ("npv",)


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("sobol", "Sobol indices need a saltelli design; this is a latin_hypercube: use given data"),
        ("morris", "elementary effects need a morris design; this is a latin_hypercube"),
        ("grid", "main effects need a grid"),
        ("guess", "there is no analysis 'guess'; there are: sobol, morris"),
    ],
)
def test_an_analysis_that_the_design_does_not_carry_is_refused(method: str, words: str):
    with pytest.raises(ValueError, match=words):
        sensitivity(sampled(angles(), ishigami), method=method)


@pytest.mark.parametrize("design", ["grid", "one_at_a_time", "morris"])
def test_given_data_need_a_sampled_design(design: str):
    with pytest.raises(ValueError, match=f"this is a {design}: use {DEFAULTS[design].replace('_', ' ')}"):
        method_of(replace(sampled(angles(), ishigami), design=design), "given_data")


def test_an_outcome_nobody_measured_is_named():
    with pytest.raises(ValueError, match="the study has no outcome 'profit'; there are: npv"):
        sensitivity(sampled(angles(), ishigami), "profit")


@pytest.mark.parametrize("make", [saltelli, morris, sampled])
def test_the_same_seed_gives_the_same_bits_and_another_another_interval(make):
    made = make(angles(), ishigami)
    first, again, other = (sensitivity(made, seed=seed) for seed in (0, 0, 1))
    assert first["low"].tobytes() == again["low"].tobytes()
    assert first["low"].tobytes() != other["low"].tobytes()


def failed(made: Experiments, *rows: int) -> Experiments:
    holes = np.array(made.values)
    holes[list(rows)] = np.nan
    return replace(made, values=holes)


def test_a_block_with_a_failed_point_is_left_out_as_a_whole():
    made = failed(saltelli(angles(), ishigami), 3, 7, 8)  # of blocks of five points: the first and the second
    assert left_out(made, "npv", "sobol") == 10
    kept = replace(made, inputs=made.inputs[10:], values=made.values[10:], errors=made.errors[10:])
    assert sensitivity(made)["value"].tobytes() == sensitivity(kept)["value"].tobytes()


def test_a_trajectory_with_a_failed_point_is_left_out_as_a_whole():
    assert left_out(failed(morris(unit(4), g_function), 0), "npv", "morris") == 5


def test_given_data_leave_out_the_failed_point_alone():
    made = failed(sampled(angles(), ishigami), 3)
    assert left_out(made, "npv", "given_data") == 1
    assert np.isfinite(sensitivity(made)["value"]).all()


def test_too_few_complete_blocks_are_said():
    made = saltelli(angles(), ishigami, 8)
    with pytest.raises(ValueError, match="at least 4 complete blocks of 5"):
        sensitivity(failed(made, *range(0, 30, 5)))


def test_luck_is_the_share_of_variance_that_errors_make():
    made = sampled(unit(1), lambda x: x[:, 0], 2_000)
    noisy = replace(made, errors=np.full((2_000, 1), 0.1), replicates=5)
    assert luck_share(noisy, "npv") == pytest.approx(0.01 * 12.0, rel=0.01)
    assert np.isnan(luck_share(made, "npv"))
