"""The negative binomial model of purchases (Ehrenberg 1988, Repeat-Buying): Poisson purchases, gamma rates.

`mean` is purchases per customer in a period, `shape` the k of the gamma distribution. The shape is the same for every
length of period, the mean grows with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def distribution(mean: float, shape: float) -> Any:
    """Purchases of one customer, as a distribution of SciPy."""
    from scipy.stats import nbinom

    return nbinom(shape, shape / (shape + mean))


def zeros(mean: float, shape: float) -> float:
    """P0 = (1 + a)^-k with a = mean / k: share of customers who buy nothing."""
    return float((1.0 + mean / shape) ** -shape)


def penetration(mean: float, shape: float) -> float:
    """b: share of customers who buy."""
    return 1.0 - zeros(mean, shape)


def per_buyer(mean: float, shape: float) -> float:
    """w: purchases per buyer."""
    return mean / penetration(mean, shape)


def repeat_buyers(mean: float, shape: float) -> float:
    """b_R: share of customers who buy in each of two equal periods."""
    return 1.0 - 2.0 * zeros(mean, shape) + zeros(2.0 * mean, shape)


def bought_by_repeat_buyers(mean: float, shape: float) -> float:
    """m_R: purchases per customer in a period, by those who also buy in the other one."""
    return float(mean * (1.0 - (1.0 + mean / shape) ** (-shape - 1.0)))


def expected_after(bought: ArrayLike, mean: float, shape: float) -> Array:
    """Purchases in the next equal period of those who made `bought` in this one: regression to the mean."""
    return np.asarray((shape + np.asarray(bought, float)) * mean / (shape + mean))
