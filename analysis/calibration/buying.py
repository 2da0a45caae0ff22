"""The fitted process of buying as `calibrate` keeps it, and what it says of weeks to come.

Expectations are exact on the grid of the fit: each is found by going back from the last week, state by state. Only the
interval of all purchases of a week is drawn: customers are taken at random from what their histories leave open, and
live on, some of them under numbers of the process drawn from their own uncertainty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.buying_process import Grid, Process, Size, grid_of
from analysis.calibration.engine_buying import (
    Baskets,
    PurchaseFit,
    expected_baskets,
    fit_purchases,
    posterior_draws,
    process_at,
    states_of,
)
from analysis.calibration.histories import WEEK
from analysis.calibration.purchases import Purchases

Array = NDArray[Any]
REPLICATES = 200
AT_ONCE = 4_000  # customers drawn at a time
SETS = 8
INTERVAL = (0.025, 0.975)
WEEKS_A_YEAR = 52.0


@dataclass(frozen=True, eq=False)
class Foretold:
    """What customers will do: by customer over all weeks, and all of them by week with a 95 % interval."""

    expected: Array  # purchases
    active: Array  # chance that the customer is still one
    buying: Array  # chance of at least one purchase
    spend: Array  # money
    weekly: Array  # purchases of all
    low: Array
    high: Array


def as_record(fit: PurchaseFit) -> dict[str, Any]:
    """All numbers of a fit, for JSON."""
    names = ("log_likelihood", "customers", "searched", "before")
    return {
        "process": fit.process._asdict(),
        "baskets": fit.baskets._asdict(),
        "size": fit.size._asdict(),
        **{name: getattr(fit, name).tolist() for name in ("point", "middle", "covariance")},
        **{name: getattr(fit, name) for name in names},
    }


def from_record(record: Mapping[str, Any]) -> PurchaseFit:
    """The fit that `as_record` gave."""
    return PurchaseFit(
        process=Process(**record["process"]),
        baskets=Baskets(**record["baskets"]),
        size=Size(**record["size"]),
        point=np.array(record["point"], float),
        middle=np.array(record["middle"], float),
        covariance=np.array(record["covariance"], float),
        log_likelihood=float(record["log_likelihood"]),
        customers=int(record["customers"]),
        searched=int(record["searched"]),
        before=int(record["before"]),
    )


def fitted(log: Purchases, seed: int) -> PurchaseFit:
    """The likeliest process for a log."""
    return fit_purchases(log, seed=seed)


def foretold(fit: PurchaseFit, log: Purchases, weeks: int, replicates: int, seed: int, sets: int = 1) -> Foretold:
    """The next weeks of the customers of a log, given their histories.

    Args:
        fit: of this log or of another.
        log: the histories.
        weeks: how many weeks after its end.
        replicates: drawn for the interval of each week.
        seed: of what is drawn.
        sets: of numbers of the process that the replicates share; 1: the estimates.
    """
    grid = grid_of(fit.process, fit.size)
    purchases, nothing = _to_come(grid, weeks)
    everybody = np.zeros_like(purchases)
    bought, active, silent = (np.empty(log.customers) for _ in range(3))
    totals = np.zeros((replicates, weeks))
    for number, codes in enumerate(_some_at_once(log.customers)):
        some = log.some(codes)
        histories, _, states = states_of(fit, some)
        bought[codes] = np.tensordot(states, purchases, 3)[histories.of]
        silent[codes] = np.tensordot(states, nothing, 3)[histories.of]
        active[codes] = states[:, 0].sum((1, 2))[histories.of]
        everybody += np.tensordot(histories.copies.astype(float), states, 1)
        for part, varied in enumerate(_varied(fit, sets, seed)):
            rows = slice(part, None, sets)
            totals[rows] += _lived(varied, some, weeks, totals[rows].shape[0], seed + number * sets + part)
    low, high = np.quantile(totals, INTERVAL, axis=0)
    spend = bought * expected_baskets(fit.baskets, log)
    return Foretold(bought, active, 1.0 - silent, spend, _by_week(grid, everybody, weeks), low, high)


def _varied(fit: PurchaseFit, sets: int, seed: int) -> Iterator[PurchaseFit]:
    """The fit with numbers drawn from its covariance, in pairs on both sides of the estimates."""
    root = np.linalg.cholesky(fit.covariance)
    chance = np.random.default_rng(seed)
    step = np.zeros(fit.point.size)
    for number in range(sets):
        step = -step if number % 2 else root @ chance.standard_normal(step.size)
        yield replace(fit, process=process_at(fit.point + step)) if sets > 1 else fit


def _some_at_once(customers: int) -> Iterator[Array]:
    """Codes of all customers, so many at a time that their states fit into memory."""
    yield from np.split(np.arange(customers), range(AT_ONCE, customers, AT_ONCE))


def expected(fit: PurchaseFit, log: Purchases, weeks: int) -> Array:
    """Purchases of each customer in the next weeks."""
    histories, grid, states = states_of(fit, log)
    return np.asarray(np.tensordot(states, _to_come(grid, weeks)[0], 3)[histories.of])


def _to_come(grid: Grid, weeks: int) -> tuple[Array, Array]:
    """Purchases expected in so many weeks, and the chance of none, from each state (active or lapsed, pace, node)."""
    rate = grid.multiple[:, None] * grid.rate
    purchases, nothing = np.zeros((2, *rate.shape)), np.ones((2, *rate.shape))
    for _ in range(weeks):
        purchases, nothing = _a_week_before(grid, purchases), _a_week_before(grid, nothing)
        purchases[0] += rate
        nothing[0] *= np.exp(-rate)
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


def _by_week(grid: Grid, state: Array, weeks: int) -> Array:
    """Purchases expected of a population of states, week by week."""
    rate = grid.multiple[:, None] * grid.rate
    found = np.empty(weeks)
    for week in range(weeks):
        found[week] = (state[0] * rate).sum()
        state = _a_week_later(grid, state)
    return found


def _lived(fit: PurchaseFit, log: Purchases, weeks: int, replicates: int, seed: int) -> Array:
    chance = np.random.default_rng(seed)
    draws = posterior_draws(fit, log, replicates, seed)
    sd, kept = fit.process.pace_sd, fit.process.pace_kept
    leaving = 1.0 / (1.0 + np.exp(-draws.readiness))
    pace, active = draws.pace.copy(), draws.active.astype(bool)
    totals = np.empty((replicates, weeks))
    for week in range(weeks):
        rate = np.where(active, draws.rate * np.exp(sd * pace - sd * sd / 2.0), 0.0)
        totals[:, week] = chance.poisson(rate.sum(0))  # a sum of Poisson counts is one
        luck = chance.random(pace.shape)
        active = np.where(active, luck >= leaving, luck < fit.process.returning)
        if sd > 0.0:
            pace = kept * pace + np.sqrt(1.0 - kept * kept) * chance.standard_normal(pace.shape)
    return totals


def by_week(fit: PurchaseFit, log: Purchases) -> Array:
    """Repeat purchases that the model expects of all customers in each week of the log, given their first purchase."""
    grid = grid_of(fit.process, fit.size)
    weeks = log.until // WEEK
    begin = log.until - WEEK * weeks
    start = np.zeros((2, grid.multiple.size, grid.rate.size))
    start[0] = np.outer(grid.arriving / grid.arriving.sum(), grid.weight)
    ages = _by_week(grid, start, weeks + 1)
    came = np.clip((log.first - begin) // WEEK, -1, weeks)
    found = np.zeros(weeks)
    for week, newcomers in zip(*np.unique(came, return_counts=True), strict=True):
        rest = ages[: weeks - max(int(week), 0)]
        found[max(int(week), 0) :] += newcomers * rest
    left = 1.0 - ((log.first - begin) % WEEK + 1.0) / WEEK  # a newcomer's first week is a part of one
    found -= np.bincount(np.maximum(came, 0), ages[0] * (1.0 - left), minlength=weeks + 1)[:weeks]
    return found


def population(fit: PurchaseFit, log: Purchases, seed: int) -> dict[str, Array]:
    """Traits of the customers as the engine has them: one draw each from what the history leaves open.

    `need_rate` is the usual rate, `pace` where the need stands now, `lapsed` whether the customer has left.
    """
    parts = [
        posterior_draws(fit, log.some(codes), 1, seed + number)
        for number, codes in enumerate(_some_at_once(log.customers))
    ]
    rate, readiness, pace, active = (np.concatenate(columns)[:, 0] for columns in zip(*parts, strict=True))
    return {
        "need_rate": rate * WEEKS_A_YEAR,
        "pace": pace,
        "leaving": readiness - fit.process.readiness,
        "lapsed": 1.0 - active,
        "basket": expected_baskets(fit.baskets, log),
    }
