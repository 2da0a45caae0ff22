"""The answer: what a sentence may claim, and what it must say when nothing can be told."""

import dataclasses

import numpy as np
import pytest

from analysis.answer import answer, window_of
from analysis.effects import Interval
from analysis.wording import bracketed, short
from simulation.provenance import Change, Comparison
from simulation.results import Table

TRAINING = Comparison(
    scenario="training",
    baseline="grocery",
    question="",
    focal="ours",
    focal_label="Ours",
    currency="USD",
    weeks=104,
    changes=(Change("staff training (45 hours per employee)", 13),),
)


def effects(acsi: tuple[float, float, float], revenue: tuple[float, float, float], luck: float = 1.0) -> Table:
    """Effects in points, and in % of a baseline of 1,000."""
    rows = (acsi, tuple(10 * each for each in revenue))
    return Table.of(
        scenario=["training"] * 2,
        retailer=["ours"] * 2,
        measure=["acsi", "revenue"],
        source=["", ""],
        effect=[row[0] for row in rows],
        low=[row[1] for row in rows],
        high=[row[2] for row in rows],
        unit=["points", "currency"],
        baseline=[78.0, 1000.0],
        relative=[acsi[0] / 0.78, revenue[0]],
        relative_low=[acsi[1] / 0.78, revenue[1]],
        relative_high=[acsi[2] / 0.78, revenue[2]],
        detectable=[0.4, 9.0],
        luck=[luck] * 2,
    )


def test_two_clear_effects_make_one_claim():
    assert answer(effects((0.9, 0.7, 1.1), (1.2, 0.4, 2.0)), TRAINING) == (
        "Staff training (45 hours per employee, from week 13) raised the ACSI of Ours by 0.9 points [0.7, 1.1] and its "
        "revenue by 1.2 % [0.4, 2.0] over weeks 13-104, compared with the same market without it (grocery)."
    )


def test_effects_of_opposite_sign_are_set_against_each_other():
    found = answer(effects((0.9, 0.7, 1.1), (-1.2, -2.0, -0.4)), TRAINING)
    assert "raised the ACSI of Ours by 0.9 points [0.7, 1.1] but lowered its revenue by 1.2 % [0.4, 2.0]" in found


def test_a_doubtful_effect_is_not_claimed():
    found = answer(effects((0.9, 0.7, 1.1), (0.3, -0.2, 0.8)), TRAINING)
    assert found.endswith(
        "; in its revenue no difference can be told from chance (+0.3 % [−0.2, 0.8]; this many customers and "
        "replicates detect changes above 0.9 %)."
    )


def test_what_more_replicates_would_not_tell_is_not_laid_on_their_number():
    found = answer(effects((0.9, 0.7, 1.1), (0.3, -0.2, 0.8), luck=0.02), TRAINING)
    assert found.endswith(
        "; in its revenue the direction is not known (+0.3 % [−0.2, 0.8]; luck is 2 % of that doubt, the rest is what "
        "nobody knows exactly)."
    )
    nothing = answer(effects((0.1, -0.2, 0.4), (0.3, -0.2, 0.8), luck=0.02), TRAINING)
    assert nothing.startswith("The direction is not known: with staff training")
    assert "detect" not in nothing


def test_nothing_clear_is_said_first():
    found = answer(effects((0.1, -0.2, 0.4), (0.3, -0.2, 0.8)), TRAINING)
    assert found.startswith("No difference can be told from chance: with staff training")
    assert "detect changes above 0.4 points and 0.9 %" in found


def test_one_replicate_claims_nothing():
    nan = float("nan")
    found = answer(effects((0.9, nan, nan), (1.2, nan, nan)), TRAINING)
    assert found.startswith("One replicate cannot be told from chance")
    assert "nan" not in found


def test_equal_worlds_are_called_equal():
    found = answer(effects((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), TRAINING)
    assert "changed nothing: the ACSI of Ours and its revenue stayed exactly the same" in found


@pytest.mark.parametrize("acsi", [(0.9, 0.7, 1.1), (0.1, -0.2, 0.4), (0.0, 0.0, 0.0), (0.9, np.nan, np.nan)])
def test_every_answer_names_the_baseline(acsi: tuple[float, float, float]):
    assert "(grocery)" in answer(effects(acsi, acsi), TRAINING)


def test_a_scenario_without_levers_is_called_by_its_name():
    plain = dataclasses.replace(TRAINING, changes=())
    found = answer(effects((0.9, 0.7, 1.1), (1.2, 0.4, 2.0)), plain)
    assert found.startswith("Training raised")
    assert found.endswith("over weeks 1-104, compared with grocery.")


def test_unmeasured_is_said():
    nothing = effects((0.9, 0.7, 1.1), (1.2, 0.4, 2.0)).where(measure="nps")
    assert "nothing was measured" in answer(nothing, TRAINING)


def test_the_window_starts_with_the_first_change():
    both = dataclasses.replace(TRAINING, changes=(Change("a", 20), Change("b", 7, 9)))
    assert window_of(both) == (7, 104)


def test_several_changes_are_listed_and_the_rest_counted():
    many = dataclasses.replace(TRAINING, changes=tuple(Change(name, 5) for name in "abcde"))
    assert many.subject == "A (from week 5), b (from week 5), c (from week 5) and 2 more changes"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.914, "0.9"),
        (-1.25, "−1.2"),
        (0.04, "0.04"),
        (0.004, "0.004"),
        (123_456.0, "123,456"),
        (0.0, "0.0"),
        (12_345.6, "12,346"),
        (-0.00001, "0.0000"),
    ],
)
def test_numbers_have_as_many_decimals_as_they_deserve(value: float, words: str):
    assert short(value) == words


def test_signs_are_true_minus_and_plus():
    assert (short(0.9, sign=True), short(-0.9, sign=True)) == ("+0.9", "−0.9")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ((0.9, 0.7, 1.1), "+0.9 [0.7,\u00a01.1]"),
        ((0.12, 0.11, 0.13), "+0.12 [0.11,\u00a00.13]"),
        ((5.0, 4.996, 5.004), "+5.000 [4.996,\u00a05.004]"),
        ((-657.2, -1568.4, 253.1), "−657 [−1,568,\u00a0253]"),
        ((0.008, -0.175, 0.191), "0.0 [−0.2,\u00a00.2]"),  # digits far below the interval mean nothing
        ((0.03, 0.004, 0.056), "+0.030 [0.004,\u00a00.056]"),  # a clear change has no end that reads as 0
        ((0.5, np.nan, np.nan), "+0.5"),
        ((0.0, 0.0, 0.0), "0.0 [0.0,\u00a00.0]"),
    ],
)
def test_the_ends_of_an_interval_can_be_told_apart(found: tuple[float, float, float], words: str):
    assert bracketed(Interval(*found)) == words
