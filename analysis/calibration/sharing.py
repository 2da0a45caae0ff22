"""Shares of drivers in an outcome: a linear model held to prior weights, with signs, and what each driver explains.

The likelihood is least squares with the covariance of clustered rows; the prior has the model's own weights with
standard deviations from their declared ranges; weights of determinants are not negative. Draws come from the
truncated normal posterior by Gibbs sampling (Geweke 1991). Importance by Shapley values of R2: Lindeman, Merenda &
Gold 1980.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.answers import Floats, Ints, Sheet

CHAINS, BURN, KEPT, EVERY = 200, 300, 20, 15  # chains side by side; sweeps before, draws of each, sweeps between
CLUSTERS_A_DRIVER = 5  # fewer say nothing of their own covariance
MANY_DRIVERS = 12  # from here on Shapley values come from random orders
ORDERS = 2_000
LEAST_VARIANCE = 1e-12
LEAST_RELIABLE = 0.3  # share of a driver's variance that is no error; a correction beyond it is a guess
SINGULAR = 1e-12  # smallest root of a correlation matrix that can be inverted
TINY = 1e-300  # the smallest chance that its normal quantile is asked for


@dataclass(frozen=True)
class Prior:
    """What is known beforehand of the drivers of an outcome: `mean` weights, their `sd`, which have a `sign`."""

    mean: Floats
    sd: Floats
    signed: NDArray[np.bool_]


@dataclass(frozen=True)
class Weighing:
    """Draws of slopes (draws, drivers), the prior's own overall `slope`, and how well all drivers explain."""

    draws: Floats
    slope: float
    slope_error: float
    r_squared: float
    condition: float
    inflation: Floats
    reliability: Floats

    @property
    def rises(self) -> bool:
        """Whether the outcome rises with the drivers at all, beyond chance."""
        return self.slope > 2 * self.slope_error


def weigh(sheet: Sheet, prior: Prior, seed: int = 0, error_variance: Floats | float = 0.0) -> Weighing:
    """Slopes of an outcome on its drivers, with what was known beforehand.

    `error_variance` is that of one answer about a driver: errors hide what people meant, and a slope with it (Fuller
    1987).
    """
    gram, information, pull, reliability = _likelihood(sheet, error_variance)
    along = float(prior.mean @ information @ prior.mean)
    slope = float(prior.mean @ pull) / along if along > 0 else 0.0
    error = along**-0.5 if along > 0 else np.inf
    size = max(slope, error if np.isfinite(error) else 1.0)
    precision = information + np.diag((size * prior.sd) ** -2.0)
    centre = np.linalg.solve(precision, pull + size * prior.mean / (size * prior.sd) ** 2)
    draws = _truncated(precision, centre, prior.signed, np.random.default_rng(seed))
    best = np.linalg.lstsq(sheet.drivers, sheet.outcome, rcond=None)[0]
    total = float(sheet.outcome @ sheet.outcome)
    left = float(np.sum((sheet.outcome - sheet.drivers @ best) ** 2))
    return Weighing(draws, slope, float(error), 1 - left / total if total else 0.0, *_collinearity(gram), reliability)


def prior_draws(prior: Prior, seed: int = 0) -> Floats:
    """Draws of the weights before any data."""
    return _truncated(np.diag(prior.sd**-2.0), prior.mean, prior.signed, np.random.default_rng(seed))


def shapley(sheet: Sheet, seed: int = 0) -> Floats:
    """What each driver explains of the outcome, averaged over all orders of taking them up; the sum is R2."""
    count = sheet.drivers.shape[1]
    gram = sheet.drivers.T @ sheet.drivers
    pull = sheet.drivers.T @ sheet.outcome
    total = float(sheet.outcome @ sheet.outcome) or 1.0
    known: dict[frozenset[int], float] = {frozenset(): 0.0}

    def explained(chosen: frozenset[int]) -> float:
        if chosen not in known:
            some = sorted(chosen)
            slopes = np.linalg.lstsq(gram[np.ix_(some, some)], pull[some], rcond=None)[0]
            known[chosen] = float(pull[some] @ slopes) / total
        return known[chosen]

    if count > MANY_DRIVERS:
        orders = np.random.default_rng(seed).permuted(np.tile(np.arange(count), (ORDERS // count, 1)), axis=1)
        gains = np.zeros(count)
        for order in orders:
            for n, k in enumerate(order):
                gains[k] += explained(frozenset(order[: n + 1].tolist())) - explained(frozenset(order[:n].tolist()))
        return gains / len(orders)
    return np.array([_gain(k, count, explained) for k in range(count)])


def _likelihood(sheet: Sheet, error_variance: Floats | float) -> tuple[Floats, Floats, Floats, Floats]:
    """Products of drivers, the information on slopes, information times the slopes, and reliabilities."""
    x, y = sheet.drivers, sheet.outcome
    gram = x.T @ x
    noise, reliability = _noise(gram, sheet, error_variance)
    true = gram - np.diag(noise)
    slopes = np.linalg.lstsq(true, x.T @ y, rcond=None)[0]
    residual = y - x @ slopes
    free = max(sheet.rows - sheet.free - x.shape[1], 1)
    numbers = np.unique(sheet.cluster, return_inverse=True)[1]
    groups = int(numbers.max()) + 1
    if groups < CLUSTERS_A_DRIVER * x.shape[1]:
        spread = gram * max(float(residual @ residual) / free, LEAST_VARIANCE)
    else:
        scores = x * residual[:, None] + np.outer(sheet.error / sheet.error.sum(), noise * slopes)
        spread = _meat(scores, numbers, groups) * groups / (groups - 1) * (sheet.rows - sheet.free) / free
    bread = true @ np.linalg.pinv(spread, rcond=SINGULAR, hermitian=True)
    return gram, bread @ true, bread @ (x.T @ y), reliability


def _noise(gram: Floats, sheet: Sheet, error_variance: Floats | float) -> tuple[Floats, Floats]:
    """What errors of answers add to the squares of drivers, and the share of these that is no error."""
    squares = np.diag(gram)
    share = np.minimum(error_variance * sheet.error.sum() / np.maximum(squares, LEAST_VARIANCE), 1 - LEAST_RELIABLE)
    sizes = np.sqrt(squares)
    smallest = float(np.linalg.eigvalsh(gram / np.outer(sizes, sizes))[0])
    share = np.minimum(share, (1 - LEAST_RELIABLE) * max(smallest, 0.0))
    return share * squares, 1 - share


def _meat(scores: Floats, numbers: Ints, groups: int) -> Floats:
    """Products of the scores of clusters."""
    sums = np.column_stack([np.bincount(numbers, weights=column, minlength=groups) for column in scores.T])
    return np.asarray(sums.T @ sums)


def _truncated(precision: Floats, centre: Floats, signed: NDArray[np.bool_], chance: np.random.Generator) -> Floats:
    """Draws of a normal whose signed coordinates are not negative."""
    from scipy.special import ndtr, ndtri

    sd = np.diag(precision) ** -0.5
    state = np.tile(np.where(signed, np.maximum(centre, 0.0), centre), (CHAINS, 1))
    kept = []
    for sweep in range(BURN + KEPT * EVERY):
        for k in range(len(centre)):
            away = (state - centre) @ precision[k] - (state[:, k] - centre[k]) * precision[k, k]
            mean = centre[k] - away * sd[k] ** 2
            room = np.maximum(ndtr(mean / sd[k]), TINY) if signed[k] else 1.0
            luck = np.maximum(chance.random(CHAINS) * room, TINY)
            state[:, k] = mean - sd[k] * ndtri(luck)
            if signed[k]:
                state[:, k] = np.maximum(state[:, k], 0.0)
        if sweep >= BURN and (sweep - BURN) % EVERY == 0:
            kept.append(state.copy())
    return np.concatenate(kept)


def _collinearity(gram: Floats) -> tuple[float, Floats]:
    """Condition number of the drivers brought to one size, and how much each one's variance is inflated."""
    sizes = np.sqrt(np.diag(gram))
    correlation = gram / np.outer(sizes, sizes)
    roots = np.linalg.eigvalsh(correlation)
    smallest = max(float(roots[0]), SINGULAR)
    inflation = np.diag(np.linalg.inv(correlation)) if smallest > SINGULAR else np.full(len(gram), np.inf)
    return float(np.sqrt(roots[-1] / smallest)), inflation


def _gain(k: int, count: int, explained: Callable[[frozenset[int]], float]) -> float:
    """What one driver adds, over all sets of the others."""
    others = [each for each in range(count) if each != k]
    gain = 0.0
    for size in range(count):
        weight = factorial(size) * factorial(count - size - 1) / factorial(count)
        for chosen in combinations(others, size):
            with_it, without = frozenset((*chosen, k)), frozenset(chosen)
            gain += weight * (explained(with_it) - explained(without))
    return gain
