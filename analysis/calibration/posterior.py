"""What a log leaves open about the numbers of a model: draws from their posterior, by importance sampling.

Where a likelihood is flat in some direction its highest point is arbitrary, and a normal law around it is wrong. So
points are laid out evenly (Sobol) under a wide Student law around the highest point, weighted by how likely they are
over how likely they were drawn (Kloek & van Dijk 1978), weights held below the root of their number times their mean
(Ionides 2008), and a few of them kept by steps of equal weight along whatever the forecast is most about.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
DRAWS = 128  # a power of 2, as Sobol's points want
FREEDOM = 5.0  # of the Student law
EDGE = 1e-9
FEW = 32.0  # draws worth of weight, below which the law is moved to what was found, and drawn from anew
ROUNDS = 3
NARROW = 0.1  # of the law before, so that one with hardly any draws is not shut in


class Weighed(NamedTuple):
    """What is asked at a point."""

    log_posterior: float  # up to a constant
    along: float  # what the points are put in order by


class Posterior(NamedTuple):
    """Draws of a posterior."""

    mean: Array  # (numbers,)
    covariance: Array  # (numbers, numbers)
    points: Array  # (sets, numbers), all of the same weight
    worth: float  # independent draws that the weights are worth (Kish 1965)


def posterior_of(
    weigh: Callable[[Array], Weighed], mode: Array, covariance: Array, sets: int, seed: int, threads: int | None = None
) -> Posterior:
    """Draw from the posterior whose highest point and approximate covariance are known.

    Args:
        weigh: the log-posterior at a point, and what points are put in order by.
        mode: the highest point.
        covariance: there.
        sets: draws to keep.
        seed: of the draws.
        threads: that weigh points; default one for each processor. The result does not depend on it.
    """
    middle = mode
    for number in range(ROUNDS):
        points, log_drawn = _laid_out(middle, covariance, seed + number)
        with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
            found = np.array(list(pool.map(weigh, points)), float)
        weight = _weights(found[:, 0] - log_drawn)
        worth = 1.0 / float(weight @ weight)
        mean = weight @ points
        spread = (weight * (points - mean).T) @ (points - mean)
        if worth >= FEW:
            break
        middle, covariance = mean, spread + NARROW * covariance
    return Posterior(mean, spread, points[_kept(weight, found[:, 1], sets)], worth)


def _laid_out(middle: Array, covariance: Array, seed: int) -> tuple[Array, Array]:
    """Points under a Student law, and the logarithm of its density there, up to a constant."""
    from scipy.special import chdtri, ndtri
    from scipy.stats import qmc

    size = middle.size
    even = np.clip(qmc.Sobol(size + 1, seed=seed).random(DRAWS), EDGE, 1.0 - EDGE)
    wide = np.sqrt(chdtri(FREEDOM, 1.0 - even[:, size]) / FREEDOM)
    steps = ndtri(even[:, :size]) / wide[:, None]
    log_drawn = -(FREEDOM + size) / 2.0 * np.log1p((steps**2).sum(1) / FREEDOM)
    return middle + steps @ np.linalg.cholesky(covariance).T, log_drawn


def _weights(logarithm: Array) -> Array:
    """Shares of weight, none too large; a point that cannot be reckoned has none."""
    known = np.where(np.isfinite(logarithm), logarithm, -np.inf)
    weight = np.exp(known - known.max())
    weight = np.minimum(weight, weight.mean() * np.sqrt(weight.size))
    return np.asarray(weight / weight.sum())


def _kept(weight: Array, along: Array, sets: int) -> Array:
    """Rows kept: the middles of so many steps of equal weight, in the order of what matters."""
    order = np.argsort(np.where(np.isfinite(along), along, 0.0), kind="stable")
    ladder = np.cumsum(weight[order])
    levels = (np.arange(sets) + 0.5) / sets * ladder[-1]
    return np.asarray(order[np.searchsorted(ladder, levels)])
