"""The search for the highest point of a posterior."""

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.calibration.likeliest import FAR, likeliest

Array = NDArray[np.float64]
VALUES = np.random.default_rng(1).normal(2.0, 0.7, 200)
COPIES = np.random.default_rng(2).integers(1, 3, 200)
PRIOR = (np.array([0.0, 0.0]), np.array([10.0, 10.0]))


def normal(point: Array) -> Array:
    """Log-likelihood of each value under a normal law of this mean and logarithm of sd."""
    return np.asarray(-point[1] - 0.5 * ((VALUES - point[0]) / np.exp(point[1])) ** 2)


def test_the_top_of_a_normal_law_is_its_mean_and_spread():
    mean = np.average(VALUES, weights=COPIES)
    spread = np.sqrt(np.average((VALUES - mean) ** 2, weights=COPIES))
    found = likeliest(normal, COPIES, PRIOR, None, 1e-6, 1)
    assert found.point == pytest.approx([mean, np.log(spread)], abs=0.02)


def test_a_narrow_prior_holds_the_point():
    prior = (np.array([0.0, 0.0]), np.array([1e-3, 10.0]))
    found = likeliest(normal, COPIES, prior, None, 1e-6, 1)
    assert abs(found.point[0]) < FAR * 1e-3
    assert np.sqrt(found.covariance[0, 0]) == pytest.approx(1e-3, rel=0.01)


def test_the_search_does_not_depend_on_threads_and_hardly_on_its_start():
    one = likeliest(normal, COPIES, PRIOR, None, 1e-6, 1)
    two = likeliest(normal, COPIES, PRIOR, None, 1e-6, 2)
    other = likeliest(normal, COPIES, PRIOR, np.array([5.0, -1.0]), 1e-6, 1)
    assert (one.point == two.point).all()
    assert other.point == pytest.approx(one.point, abs=0.01)
