"""The likelihood of histories under the engine's purchase process, exact on its grid (`buying_process`).

A history is followed week by week to its last purchase; what the silence after it is worth is the same for everybody
who is in a state, and reckoned once, from the end backwards. Histories are in order, so that one which begins as the
one before it did is followed from where they part.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from analysis.calibration.buying_process import BAND, Grid, silences
from analysis.calibration.histories import Histories

Array = NDArray[Any]
LEAST = 1e-300  # of a probability whose logarithm is taken


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz"})
def _week(
    active: Any, lapsed: Any, count: int, exposure: float, rate: Any, silent: Any, leaving: Any, returning: float
) -> float:
    """One week of one history, in place: what was bought, then leaving and return. Returns its probability."""
    total = 0.0
    stays = 1.0 - returning
    for j in range(active.shape[0]):
        for k in range(active.shape[1]):
            active[j, k] *= silent[j, k]
        if count > 0:
            for k in range(active.shape[1]):
                chance = 1.0
                for n in range(1, count + 1):
                    chance *= rate[j, k] * exposure / n
                active[j, k] *= chance
                lapsed[j, k] = 0.0
        for k in range(active.shape[1]):
            here = active[j, k]
            gone = lapsed[j, k]
            active[j, k] = here * (1.0 - leaving[k]) + gone * returning
            lapsed[j, k] = gone * stays + here * leaving[k]
            total += here + gone
    return total


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz"})
def _wanders(source: Any, target: Any, step: Any, scale: float) -> None:
    """The pace goes on, and probabilities are scaled."""
    paces = step.shape[0]
    for j in range(paces):
        for k in range(source.shape[1]):
            target[j, k] = 0.0
        for g in range(max(0, j - BAND), min(paces, j + BAND + 1)):
            share = step[g, j] * scale
            for k in range(source.shape[1]):
                target[j, k] += source[g, k] * share


@njit(cache=True, nogil=True)
def _alike(counts: Any, begin: Any, until: Any, part: Any, newcomer: Any, i: int) -> int:
    """The week until which a history was followed with the one before it; its first where they begin otherwise."""
    week = int(begin[i])
    if i == 0 or begin[i - 1] != week or part[i - 1] != part[i] or newcomer[i - 1] != newcomer[i]:
        return week
    while week < until[i - 1] and counts[i, week] == counts[i - 1, week]:
        week += 1
    return week


@njit(cache=True, nogil=True)
def _begins(state: Any, weight: Any, paces: Any) -> None:
    """Active, with each rate, hazard and pace as likely as it is."""
    for j in range(paces.size):
        for k in range(weight.size):
            state[0, j, k] = weight[k] * paces[j]
            state[1, j, k] = 0.0


@njit(cache=True, nogil=True)
def _followed(
    counts: Any,
    begin: Any,
    until: Any,
    part: Any,
    newcomer: Any,
    season: Any,
    season_of: Any,
    weight: Any,
    rate: Any,
    leaving: Any,
    returning: float,
    settled: Any,
    arriving: Any,
    step: Any,
    after: Any,
    log_likelihood: Any,
    worth: Any,
    keep: Any,
) -> None:
    """The log-likelihood of each history to the week it is followed to, and what it is worth from there.

    `after`, shape (values, weeks + 1, 2, J, K), has the worth of states at the start of each week; `worth`, shape
    (histories, values), takes it, and `keep`, shape (histories, 2, J, K) or empty, the state itself.
    """
    weeks = counts.shape[1]
    paces, nodes = rate.shape
    here = np.empty((weeks + 1, 2, paces, nodes))  # at the start of each week, of the history that is followed
    found = np.zeros(weeks + 1)
    now = np.empty((2, paces, nodes))
    silent = np.empty((season.size, paces, nodes))
    first = np.empty((paces, nodes))
    for s in range(season.size):
        silent[s] = np.exp(-rate * season[s])
    for i in range(counts.shape[0]):
        start = _alike(counts, begin, until, part, newcomer, i)
        if start == begin[i]:
            found[start] = 0.0
            _begins(here[start], weight, arriving if newcomer[i] > 0 else settled)
        for week in range(start, until[i]):
            s = season_of[week]
            whole = week > begin[i] or part[i] == 1.0
            exposure = season[s] * (1.0 if whole else part[i])
            if not whole:
                first[:] = np.exp(-rate * exposure)
            now[:] = here[week]
            total = _week(
                now[0], now[1], counts[i, week], exposure, rate, silent[s] if whole else first, leaving, returning
            )
            total = max(total, LEAST)
            found[week + 1] = found[week] + np.log(total)
            _wanders(now[0], here[week + 1, 0], step, 1.0 / total)
            _wanders(now[1], here[week + 1, 1], step, 1.0 / total)
        log_likelihood[i] = found[until[i]]
        for value in range(after.shape[0]):
            worth[i, value] = (here[until[i]] * after[value, until[i]]).sum()
        if keep.shape[0] > 0:
            keep[i] = here[until[i]]


def likelihoods(
    histories: Histories, grid: Grid, season: Array | None = None, *, keep: bool = False
) -> tuple[Array, Array]:
    """Log-likelihood of each history, and the probability of each state at the end of observation.

    A customer from before is known to us by a purchase in the log, so the likelihood is that given at least one.

    Args:
        histories: what was bought.
        grid: the process on its nodes.
        season: factor of the need rate in each week of the histories (default 1).
        keep: whether to return the states.

    Returns:
        Arrays of shape (histories,) and (histories, 2, J, K): active first, then lapsed; empty without `keep`.
    """
    factors = np.ones(histories.weeks) if season is None else season
    silence = silences(grid, factors, np.ones((2, grid.multiple.size, grid.rate.size)))
    found, _, states = _run(histories, grid, factors, silence[None], keep)
    return found - _known(histories, grid, silence), states


def prospects(histories: Histories, grid: Grid, season: Array | None, ahead: Array) -> tuple[Array, Array]:
    """Log-likelihood of each history, and what the state it ended in is worth: two arrays of shape (histories,).

    Args:
        histories: what was bought.
        grid: the process on its nodes.
        season: factor of the need rate in each week of the histories (default 1).
        ahead: worth of each state after them, (2, J, K).
    """
    factors = np.ones(histories.weeks) if season is None else season
    silence = silences(grid, factors, np.ones(ahead.shape))
    found, worth, _ = _run(histories, grid, factors, np.stack([silence, silences(grid, factors, ahead)]), keep=False)
    return found - _known(histories, grid, silence), worth[:, 1] / np.maximum(worth[:, 0], LEAST)


def _known(histories: Histories, grid: Grid, silence: Array) -> Array:
    """Logarithm of the chance that a customer from before buys in the log at all; 0 for others."""
    old = histories.newcomer == 0
    if not old.any():
        return np.zeros(old.size)
    settled = grid.settled[:, None] * grid.weight
    nothing = float((settled * silence[histories.begin[old][0], 0]).sum())
    return np.where(old, np.log(max(1.0 - nothing, LEAST)), 0.0)


def _run(histories: Histories, grid: Grid, factors: Array, after: Array, keep: bool) -> tuple[Array, Array, Array]:
    rows, weeks = histories.counts.shape
    season, season_of = np.unique(factors, return_inverse=True)
    until = np.full(rows, weeks) if keep else _last(histories)
    found, worth = np.zeros(rows), np.zeros((rows, len(after)))
    states = np.zeros((rows if keep else 0, 2, grid.multiple.size, grid.rate.size))
    _followed(
        histories.counts,
        histories.begin,
        until,
        histories.part,
        histories.newcomer,
        season,
        season_of.ravel(),
        grid.weight,
        grid.multiple[:, None] * grid.rate[None, :],
        grid.leaving,
        grid.returning,
        grid.settled,
        grid.arriving / grid.arriving.sum(),
        grid.step,
        after,
        found,
        worth,
        states,
    )
    return found + np.log(np.maximum(worth[:, 0], LEAST)), worth, states


def _last(histories: Histories) -> Array:
    """The week after the last purchase of each, and after a first week of which a part is left."""
    bought = histories.counts > 0
    last = np.where(bought.any(1), histories.weeks - np.argmax(bought[:, ::-1], 1), 0)
    return np.asarray(np.maximum(last, histories.begin + (histories.part < 1.0)))
