"""The value of information where it is known."""

import numpy as np
import pytest

from analysis.optimising.information import value_of_knowing

CHANCE = np.random.default_rng(3)
DRAWS = 400
DECIDES, IDLE = CHANCE.standard_normal((2, DRAWS))


def options(luck: float) -> np.ndarray:
    """To do nothing, or something worth 10 times a number that is as often above as below 0."""
    return np.array([np.zeros(DRAWS), 10.0 * DECIDES]) + luck * CHANCE.standard_normal((2, DRAWS))


def test_knowing_the_number_that_decides_is_worth_what_theory_says():
    """E max(0, 10 z) of a standard normal z is 10 / sqrt(2 pi); the best blind choice is worth its mean."""
    _, (first, second) = value_of_knowing(options(0.0), {"idle": IDLE, "decides": DECIDES})
    theory = np.maximum(0.0, 10 * DECIDES).mean() - max(0.0, 10 * DECIDES.mean())
    assert theory == pytest.approx(10 / np.sqrt(2 * np.pi), rel=0.15)
    assert first.names == ("decides",)
    assert first.net == pytest.approx(theory, rel=0.15)
    assert second.net < 0.1 * theory


def test_luck_is_not_taken_for_information():
    everything, (first, second) = value_of_knowing(options(10.0), {"decides": DECIDES, "idle": IDLE})
    theory = 10 / np.sqrt(2 * np.pi)
    assert everything.net == pytest.approx(theory, rel=0.3)
    assert first.net == pytest.approx(theory, rel=0.3)
    assert second.net < 0.15 * theory


def test_where_one_option_is_always_best_knowing_more_is_worth_nothing():
    always = np.array([np.zeros(DRAWS), 50.0 + DECIDES])
    everything, each = value_of_knowing(always, {"decides": DECIDES, "idle": IDLE})
    assert everything.net == pytest.approx(0.0, abs=1e-9)
    assert all(worth.net == pytest.approx(0.0, abs=1e-9) for worth in each)


def test_without_open_numbers_there_is_nothing_to_know():
    assert value_of_knowing(options(0.0), {})[0].net == 0.0


def test_too_few_draws_are_refused():
    with pytest.raises(ValueError, match="too few"):
        value_of_knowing(options(0.0)[:, :3], {"decides": DECIDES[:3]})
