"""Sentences say what matters most, how sure that is, how much is luck and what failed."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.studies.experiments import Experiments, Factor, Outcome
from analysis.studies.index import Index
from analysis.studies.sensitivity import sensitivity, stands_out
from analysis.studies.settings import setting
from analysis.studies.words import lead, share_words, statement, told_apart
from tests.studying import NPV, angles, grid, ishigami, morris, saltelli, sampled, study, unit


def said(made: Experiments, outcome: str = "npv") -> str:
    return statement(made, sensitivity(made), outcome, "EUR")


def steep(inputs):
    return 8.0 * inputs[:, 0] + inputs[:, 1]


def test_a_share_is_said_in_words_and_figures():
    words = said(saltelli(angles(), ishigami, 4_096))
    assert words.startswith(
        "56 % of what net present value varies by goes with x1, alone or together with others (total 0."
    )


def test_a_ranking_that_is_sure_is_called_so():
    assert "That x1 matters most is sure: the 95 % intervals lie apart." in said(saltelli(unit(2), steep))


def test_a_ranking_that_is_not_sure_is_called_so():
    assert "Which of x1 and x2 matters more is not sure." in said(saltelli(angles(), ishigami, 64))


def test_what_shares_of_factors_by_themselves_leave_over_is_said():
    made = sampled(unit(2), lambda x: np.sign((x[:, 0] - 0.5) * (x[:, 1] - 0.5)) + 2.0 * x[:, 0])
    assert "goes with no factor that stands out: with the others, with what all do together, and luck." in said(made)


def test_where_nothing_stands_out_that_is_said():
    noise = np.random.default_rng(1).normal(size=300)
    assert said(sampled(unit(4), lambda _: noise, 300)).startswith("Nothing stands out: ")


def test_the_largest_of_many_must_stand_out_more():
    edge = Index("a", "first_given", 0.1, 0.01, 0.19)
    assert stands_out([edge], "given_data")
    assert not stands_out([edge] * 50, "given_data")


def test_of_many_factors_one_that_only_seems_to_matter_is_not_named_next():
    """Of 80 factors that do nothing the largest share is not near 0."""
    words = said(sampled(unit(81), lambda x: x[:, 0], 120))
    assert "goes with x1, by itself" in words
    assert "; no other can be told from none." in words


def test_a_grid_is_exact():
    words = said(grid(unit(2), [(0, 1), (0, 1, 2)], steep))
    assert "(total 0.96); next is x2 (0.04)" in words
    assert "On this grid that is exact." in words


def test_an_elementary_effect_is_said_in_the_unit_of_the_outcome():
    words = said(morris([Factor("a", 0, 10), Factor("b", 0, 1)], lambda x: 3.0 * x[:, 0]))
    assert words.startswith(
        "Net present value moves most with a: 30.0 EUR on average from one end of its range to the other"
    )


def test_an_effect_that_turns_is_said_to_depend():
    words = said(morris(unit(2), lambda x: (x[:, 0] - 0.5) * (x[:, 1] - 0.5)))
    assert "depends on where it and the others stand" in words


def test_a_swing_is_said_from_end_to_end():
    inputs = np.array([[1.0, 5.0], [0.0, 5.0], [2.0, 5.0], [1.0, 0.0], [1.0, 9.0]])
    factors = [Factor("a", 0, 2, label="hours", unit="hours"), Factor("b", 0, 9)]
    words = said(study("one_at_a_time", factors, inputs, lambda x: 10.0 * x[:, 0] - x[:, 1]))
    assert words.startswith(
        "Net present value swings most with hours: from −5.0 at 0 hours to 15.0 EUR at 2 hours; next is b"
    )


def test_an_outcome_that_does_not_vary_is_called_constant():
    made = replace(
        sampled(unit(1), lambda x: 0 * x[:, 0] + 70.0), outcomes=(Outcome("acsi", "satisfaction", "ACSI points"),)
    )
    assert said(made, "acsi") == "Satisfaction is constant (70.0 points of 100): nothing that was moved matters to it."


def test_luck_is_told_with_replicates_and_said_to_be_unknown_without():
    made = sampled(unit(1), lambda x: x[:, 0])
    assert "how much of this is luck cannot be told" in said(made)
    assert "12 % of the variation is luck of 5 replicates." in said(
        replace(made, errors=np.full(made.values.shape, 0.1), replicates=5)
    )


def test_failures_and_what_goes_with_them_are_counted():
    made = saltelli(unit(2), steep)
    holes = np.array(made.values)
    holes[1] = np.nan
    words = said(replace(made, values=holes))
    assert words.endswith("1 of 2,048 points gave nothing; left out with their blocks: 4 points.")


def test_a_study_without_a_run_says_so():
    made = sampled(unit(1), lambda x: np.nan * x[:, 0])
    assert lead(made, sensitivity(made), "npv") == "No run gave net present value."


def test_intervals_that_touch_are_not_told_apart():
    first, second = Index("a", "swing", -5.0, -6.0, -4.0), Index("b", "swing", 3.0, 2.0, 4.0)
    assert not told_apart(first, second)
    assert told_apart(replace(first, low=-5.9, high=-4.1), second)


@pytest.mark.parametrize(
    ("factor", "value", "words"),
    [
        (Factor("a", 0, 1, choices=("no", "yes")), 1.0, "yes"),
        (Factor("a", 0, 1, unit="share per year"), 0.35, "35 % per year"),
        (Factor("a", 0, 90, unit="hours per employee"), 90.0, "90 hours per employee"),
        (Factor("a", 0, 4_000, integer=True), 1_200.0, "1,200"),
    ],
)
def test_a_setting_is_said_with_its_unit(factor: Factor, value: float, words: str):
    assert setting(factor, value) == words


def test_a_share_without_an_interval_is_said_alone():
    assert share_words(Index("a", "total", 0.5, 0.5, 0.5)) == "0.50"
    assert NPV.words == "net present value"
