"""Boxes that were planted are found, and nothing is found where none was."""

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest

from analysis.studies.discovery import Discovery, Interest, discover, quasi_p_values, usual_interest
from analysis.studies.discovery_words import conditions, told
from analysis.studies.experiments import Experiments, Factor, Floats, of_policy
from analysis.studies.peeling import everything, peeled
from tests.studying import angles, ishigami, morris, policies, sampled, unit

ENTRY = Factor("rival.enters", 0, 1, choices=("no", "yes"), label="a rival enters")
TURNOVER = Factor("turnover", 0.0, 1.0, label="turnover", unit="share per year")


def planted(noise: float = 0.05) -> Experiments:
    """Fails when turnover is above 0.6 and the second factor is below 0.5; a few points are turned over."""

    def model(inputs: Floats) -> Floats:
        fails = (inputs[:, 0] > 0.6) & (inputs[:, 1] < 0.5)
        turned = np.random.default_rng(3).random(len(inputs)) < noise
        return np.where(fails ^ turned, -1.0, 1.0)

    return sampled(unit(5), model, 600)


def limits_of(found: Discovery) -> dict[str, tuple[float, float]]:
    return {each.factor.name: (each.low, each.high) for each in found.restrictions}


def test_a_planted_box_is_found_and_nothing_else():
    found = limits_of(discover(planted()))
    assert found["x1"] == (pytest.approx(0.6, abs=0.04), np.inf)
    assert found["x2"] == (-np.inf, pytest.approx(0.5, abs=0.04))
    assert set(found) == {"x1", "x2"}


def test_coverage_and_density_are_counted():
    made = planted()
    found = discover(made)
    (low, _), (_, high) = limits_of(found)["x1"], limits_of(found)["x2"]
    inside = (made.inputs[:, 0] > low) & (made.inputs[:, 1] < high)
    failed = made.values[:, 0] < 0.0
    assert found.coverage == pytest.approx(failed[inside].sum() / failed.sum())
    assert found.density == pytest.approx(failed[inside].mean())


def with_a_rival() -> Experiments:
    factors = (TURNOVER, ENTRY, *unit(2))

    def model(inputs: Floats) -> Floats:
        return np.where((inputs[:, 0] > 0.35) & (inputs[:, 1] == 1.0), -1.0, 1.0)

    made = sampled(factors, lambda x: x[:, 0], 400)
    inputs = np.array(made.inputs)
    inputs[:, 1] = np.round(inputs[:, 1])
    return replace(made, inputs=inputs, values=model(inputs)[:, None])


def test_a_category_is_a_condition_of_the_box():
    found = {each.factor.name: each for each in discover(with_a_rival()).restrictions}
    assert set(found) == {"turnover", "rival.enters"}
    assert found["rival.enters"].kept == ("yes",)
    assert found["turnover"].low == pytest.approx(0.35, abs=0.03)


def test_conditions_are_told_in_words():
    rival, turnover = sorted(conditions(discover(with_a_rival())))
    assert rival == "a rival enters: yes"
    assert re.fullmatch(r"turnover > 3[4-7] % per year", turnover)


def test_a_limit_of_a_whole_number_is_whole():
    made = sampled([Factor("hours", 0, 90, integer=True)], lambda x: x[:, 0], 200)
    inputs = np.round(made.inputs)
    found = discover(replace(made, inputs=inputs, values=np.where(inputs > 31.0, 1.0, -1.0)))
    assert conditions(found) == ["hours < 32"]


def test_the_sentence_has_what_fails_under_which_conditions_and_how_much_that_explains():
    found = discover(with_a_rival())
    words = told(found, "net present value", "EUR")
    assert words.startswith("Net present value is below 0 mostly when a rival enters: yes and turnover > ")
    assert f"{100 * found.coverage:.0f} % of these cases are there" in words
    assert f"{100 * found.density:.0f} % of what is there are such cases" in words


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_none_was_planted_nothing_is_found(seed: int):
    noise = np.random.default_rng(seed).normal(size=300)
    found = discover(sampled(unit(4), lambda _: noise, 300))
    assert found.restrictions == ()
    assert "No conditions were found" in told(found, "net present value", "EUR")


def test_where_nothing_fails_that_is_said():
    found = discover(sampled(unit(2), lambda x: 1.0 + x[:, 0], 100), interest=Interest("npv", below=True, limit=0.0))
    assert told(found, "net present value", "EUR") == "Net present value is below 0 at none of 100 points."


def test_what_is_looked_for_is_a_loss_if_there_is_one():
    assert usual_interest(planted(), "npv") == Interest("npv", below=True, limit=0.0)


def test_what_is_looked_for_is_else_the_worst_fifth():
    found = discover(sampled(unit(2), lambda x: 1.0 + x[:, 0], 200))
    assert found.of_interest == 40
    assert limits_of(found) == {"x1": (-np.inf, pytest.approx(0.2, abs=0.02))}


def test_failed_points_are_left_out():
    made = planted()
    holes = np.array(made.values)
    holes[:7] = np.nan
    assert discover(replace(made, values=holes)).points == 593


def test_a_quasi_p_value_is_the_binomial_tail_of_the_box_without_the_restriction():
    """Half of four points are of interest; the box holds just these two: (1/2)²."""
    inputs, of_interest = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([False, False, True, True])
    limits = everything(inputs, unit(1)).tightened(0, 1.5, np.inf, frozenset())
    assert quasi_p_values(limits, inputs, of_interest, unit(1)) == {0: pytest.approx(0.25)}


def test_every_box_lies_inside_the_one_before():
    made = planted()
    boxes = list(peeled(made.inputs, made.values[:, 0] < 0.0, made.factors))
    inside = [box.inside(made.inputs, made.factors) for box in boxes]
    assert all(not (later & ~earlier).any() for earlier, later in itertools.pairwise(inside))


def test_conditions_are_looked_for_under_one_policy():
    made = policies(np.tile(np.linspace(-1.0, 1.0, 80), (2, 1)), ["a", "b"])
    with pytest.raises(ValueError, match="under one policy"):
        discover(made)
    found = limits_of(discover(of_policy(made, "b")))
    assert found["luck"][1] == pytest.approx(39.5, abs=0.6)


def test_a_design_along_the_axes_has_no_conditions():
    with pytest.raises(ValueError, match="a morris design walks along its axes"):
        discover(morris(angles(), ishigami))


def test_the_same_seed_discovers_the_same():
    assert discover(planted(), seed=2) == discover(planted(), seed=2)
