"""The highest point of a posterior, by scoring with the outer product of scores (Berndt, Hall, Hall & Hausman 1974).

Scores are the slopes of each history's log-likelihood. The sum of their outer products stands for the information: it
is positive, needs no second derivatives, and is known when the search ends.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Normal = tuple[Array, Array]  # means and sd of the priors
STEP = 1e-3  # of the scale a number is searched on, for slopes
FAR = 4.0  # sd of a prior that the search may go
LONGEST = 1.5  # sd of a prior that one step may go
STEPS = 60
SHORTER, TRIES = 0.4, 14  # of a step that led down


class Highest(NamedTuple):
    """Where a posterior is highest, and its covariance there."""

    point: Array
    covariance: Array


class _Slope(NamedTuple):
    gradient: Array
    information: Array


def likeliest(
    by_history: Callable[[Array], Array],
    copies: Array,
    prior: Normal,
    start: Array | None,
    ease: float,
    threads: int | None = None,
) -> Highest:
    """Climb to the highest point of a posterior.

    Args:
        by_history: log-likelihood of each history at a point.
        copies: how many customers have each history.
        prior: means and sd of a normal law.
        start: a point to begin at; default the middle of the prior.
        ease: the search ends when a step promises less than this, in log-posterior.
        threads: that reckon slopes; default one for each processor. The result does not depend on it.
    """
    point = np.array(prior[0] if start is None else start, float)
    found = by_history(point)
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        for _ in range(STEPS):
            slope = _slope(pool.map, by_history, copies, prior, point, found)
            step = np.linalg.solve(slope.information, slope.gradient)
            if slope.gradient @ step < 2.0 * ease:
                break
            moved = _climbed(by_history, copies, prior, point, found, step)
            if moved is None:
                break
            point, found = moved
    return Highest(point, np.linalg.inv(slope.information))


def log_prior(prior: Normal, point: Array) -> float:
    """Logarithm of a normal prior's density, up to a constant."""
    return -0.5 * float((((point - prior[0]) / prior[1]) ** 2).sum())


def _slope(
    each: Callable[..., Any],
    by_history: Callable[[Array], Array],
    copies: Array,
    prior: Normal,
    point: Array,
    found: Array,
) -> _Slope:
    beside = each(by_history, point + STEP * np.eye(point.size))
    scores = np.array([(value - found) / STEP for value in beside])
    middle, spread = prior
    return _Slope(
        scores @ copies - (point - middle) / spread**2,
        np.asarray((scores * copies) @ scores.T + np.diag(spread**-2.0)),
    )


def _climbed(
    by_history: Callable[[Array], Array], copies: Array, prior: Normal, point: Array, found: Array, step: Array
) -> tuple[Array, Array] | None:
    """The point that a step leads up to, and the log-likelihoods there; None if no part of it leads up.

    Far from the top scores are large and steps too short: one that leads up is tried longer.
    """
    middle, spread = prior

    def at(share: float) -> tuple[float, Array, Array]:
        there = np.clip(point + share * step, middle - FAR * spread, middle + FAR * spread)
        values = by_history(there)
        return float(copies @ values) + log_prior(prior, there), there, values

    height = start = float(copies @ found) + log_prior(prior, point)
    moved = [point, found]
    share = 1.0 / max(1.0, float(np.abs(step / spread).max()) / LONGEST)
    best = at(share)
    for _ in range(TRIES):
        if best[0] > height:
            break
        share *= SHORTER
        best = at(share)
    while best[0] > height:
        height, *moved = best
        share /= SHORTER
        best = at(share)
    return (moved[0], moved[1]) if height > start else None
