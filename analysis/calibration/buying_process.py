"""The engine's purchase process as a hidden Markov chain in weeks, on a small grid: its nodes, and what it expects.

A customer has a usual need rate, Gamma between customers; a pace around it, the exponential of a slow stationary wander
(`pace_sd`, `pace_kept`); a weekly chance to leave, logistic of a normal readiness; a chance to come back. In a week an
active customer buys Poisson times at rate x pace x season, a lapsed one never; then the customer may leave or return;
then the pace wanders on. That is what `simulation.customer.needs` and `simulation.customer.relation` do with one
retailer. Who is newly acquired comes in when the pace is high, because a first purchase is one of the needs: the pace
at the first purchase is weighted by itself.

The grid: quantiles of the Gamma, Gauss-Hermite nodes of the readiness, and the chain of Rouwenhorst (1995) for the
wander, whose mean, variance and autocorrelation are exact.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
MOST_UNLIKE = 1.9  # of one coin of the wander: a grid cannot be wider (2)
BAND = 2  # steps of the wander's grid that one week can go


class Process(NamedTuple):
    """The numbers of the process."""

    shape: float  # of the Gamma of need rates between customers
    mean: float  # usual needs a week
    readiness: float  # mean log-odds to leave in a week
    leaving_sd: float  # between customers
    returning: float  # probability a week
    pace_sd: float  # of the log of the pace, in the long run
    pace_kept: float  # share of a deviation left after a week


class Size(NamedTuple):
    """Nodes of the grid."""

    rates: int
    hazards: int
    paces: int


class Grid(NamedTuple):
    """The process on its nodes; K pairs of rate and hazard, J paces."""

    weight: Array  # (K,)
    rate: Array  # (K,) usual needs a week
    leaving: Array  # (K,) probability a week
    readiness: Array  # (K,) its log-odds
    returning: float
    pace: Array  # (J,) log of the pace over pace_sd, before its mean is made 1
    multiple: Array  # (J,) of the usual rate
    settled: Array  # (J,) probability of each pace in the long run
    arriving: Array  # (J,) and at a first purchase
    step: Array  # (J, J) of the wander in a week, of no more than BAND nodes


def grid_of(process: Process, size: Size) -> Grid:
    """The nodes for these numbers."""
    from scipy.special import gammaincinv

    quantile, share = _towards_both_ends(size.rates)
    z, chance = np.polynomial.hermite_e.hermegauss(size.hazards)
    rate = gammaincinv(process.shape, quantile) * (process.mean / process.shape)
    readiness = process.readiness + process.leaving_sd * z
    pace, settled, step = _wander(size.paces if process.pace_sd > 0.0 else 1, process.pace_kept)
    pace = pace * _stretch(process.pace_sd, pace.size)
    multiple = np.exp(process.pace_sd * pace)
    multiple /= settled @ multiple
    if process.pace_sd > 0.0:  # where the engine's pace has these multiples: it subtracts half of the variance
        pace = np.log(multiple) / process.pace_sd + process.pace_sd / 2.0
    leaving = np.tile(readiness, size.rates)
    return Grid(
        weight=np.repeat(share, size.hazards) * np.tile(chance / chance.sum(), size.rates),
        rate=np.repeat(rate, size.hazards),
        leaving=1.0 / (1.0 + np.exp(-leaving)),
        readiness=leaving,
        returning=process.returning,
        pace=pace,
        multiple=multiple,
        settled=settled,
        arriving=settled * multiple,
        step=step,
    )


def _towards_both_ends(nodes: int) -> tuple[Array, Array]:
    """Quantiles, dense at both ends, and the probability that each stands for."""
    x, weight = np.polynomial.legendre.leggauss(nodes)
    t = (x + 1.0) / 2.0
    share = 6.0 * t * (1.0 - t) * weight / 2.0
    return t * t * (3.0 - 2.0 * t), share / share.sum()


def _wander(nodes: int, kept: float) -> tuple[Array, Array, Array]:
    """Nodes in standard deviations, their long-run probabilities, and the week's transitions (Rouwenhorst 1995)."""
    from scipy.stats import binom

    if nodes == 1:
        return np.zeros(1), np.ones(1), np.ones((1, 1))
    stay = (1.0 + kept) / 2.0
    step = np.array([[stay, 1.0 - stay], [1.0 - stay, stay]])
    for number in range(3, nodes + 1):
        wider = np.zeros((number, number))
        wider[:-1, :-1] += stay * step
        wider[:-1, 1:] += (1.0 - stay) * step
        wider[1:, :-1] += (1.0 - stay) * step
        wider[1:, 1:] += stay * step
        wider[1:-1] /= 2.0
        step = wider
    far = np.abs(np.subtract.outer(np.arange(nodes), np.arange(nodes))) > BAND
    step = np.where(far, 0.0, step)
    nodes_at = np.linspace(-1.0, 1.0, nodes) * np.sqrt(nodes - 1.0)
    settled = binom.pmf(np.arange(nodes), nodes - 1, 0.5)
    return nodes_at, settled, step / step.sum(1, keepdims=True)


def _stretch(sd: float, nodes: int) -> float:
    """By how much nodes lie farther apart, so that paces are as unlike as the lognormal they stand for.

    A sum of n coins has thinner tails than a normal: exp(a x) has a squared coefficient of variation of
    (2 - 1 / cosh(y)^2)^n - 1 with y = a / sqrt(n), which is made that of the lognormal, exp(sd^2) - 1.
    """
    if nodes == 1 or sd <= 0.0:
        return 1.0
    coins = nodes - 1
    unlike = min(float(np.exp(sd * sd / coins)), MOST_UNLIKE)
    return float(np.arccosh(1.0 / np.sqrt(2.0 - unlike)) * np.sqrt(coins) / sd)


# --- weeks to come ---


def to_come(grid: Grid, season: Array) -> tuple[Array, Array]:
    """Purchases expected in the coming weeks, and the chance of none, from each state: (2, J, K), active then lapsed.

    `season` has the factor of the need rate in each of these weeks.
    """
    rate = grid.multiple[:, None] * grid.rate
    purchases, nothing = np.zeros((2, *rate.shape)), np.ones((2, *rate.shape))
    for factor in season[::-1]:
        purchases, nothing = _a_week_before(grid, purchases), _a_week_before(grid, nothing)
        purchases[0] += factor * rate
        nothing[0] *= np.exp(-factor * rate)
    return purchases, nothing


def _a_week_before(grid: Grid, value: Array) -> Array:
    """What each state is worth a week earlier: leaving and return, then the wander."""
    active, lapsed = grid.step @ value[0], grid.step @ value[1]
    stays = active * (1.0 - grid.leaving) + lapsed * grid.leaving
    return np.stack([stays, active * grid.returning + lapsed * (1.0 - grid.returning)])


def _a_week_later(grid: Grid, state: Array) -> Array:
    """Where a population of states stands after a week."""
    active = state[0] * (1.0 - grid.leaving) + state[1] * grid.returning
    lapsed = state[1] * (1.0 - grid.returning) + state[0] * grid.leaving
    return np.stack([grid.step.T @ active, grid.step.T @ lapsed])


def silences(grid: Grid, season: Array, after: Array) -> Array:
    """What each state is worth before weeks without a purchase: (weeks + 1, 2, J, K), all of them first.

    Args:
        grid: the process on its nodes.
        season: factor of the need rate in each of these weeks.
        after: what each state is worth after them, (2, J, K): 1 gives the chance that nothing is bought.
    """
    rate = grid.multiple[:, None] * grid.rate
    found = np.empty((season.size + 1, *after.shape))
    found[-1] = after
    for week in range(season.size - 1, -1, -1):
        found[week] = _a_week_before(grid, found[week + 1])
        found[week, 0] *= np.exp(-season[week] * rate)
    return found


def expected_by_week(grid: Grid, state: Array, weeks: int) -> Array:
    """Purchases expected of a population of states, week by week."""
    rate = grid.multiple[:, None] * grid.rate
    found = np.empty(weeks)
    for week in range(weeks):
        found[week] = (state[0] * rate).sum()
        state = _a_week_later(grid, state)
    return found
