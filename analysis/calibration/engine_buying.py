"""What a log of purchases says of the engine's purchase process, by its likelihood, and of each customer in it.

The likelihood is exact on a grid (`buying_process`). Each number has a wide prior on the scale it is searched on, so
that a log of one-time buyers, or of one customer, gives a sensible answer; it is what remains where the log says
little, and the fit lists those numbers. Two things a short log cannot tell apart: a customer who is gone for good from
one whose need is low for a year, and usual rates that differ from paces that have not come back yet. In such
directions the likeliest point is arbitrary, so the estimates are means over the posterior (`posterior`), and a forecast
is an average over its draws.

The priors of `returning` and `pace_kept` were set on weeks 1-26 of the CDNOW sample, judged on weeks 27-39, and on
weeks 1-13 and 14-26 of the Complete Journey; nothing was chosen on later weeks. A likelihood of weeks is ruled by how
the pace moves within a month or two, and finds .97-.98 for `pace_kept`; weeks to come are foretold better with .99
(households: RMSE 8.53 instead of 8.70; CDNOW: as well by customer, total error -1 % instead of -4 %): it is held there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.buying_likelihood import likelihoods, prospects
from analysis.calibration.buying_process import Grid, Process, Size, grid_of, to_come
from analysis.calibration.course import FLAT, Course
from analysis.calibration.gaps import factors_of
from analysis.calibration.histories import Histories, days_before, histories_of
from analysis.calibration.likeliest import Normal, likeliest, log_prior
from analysis.calibration.posterior import Posterior, Weighed, posterior_of
from analysis.calibration.purchases import Purchases

Array = NDArray[Any]
SEARCHED = 65_000  # weeks of distinct histories that the search reads; more customers than that are sampled
OFTEN = 8.0  # purchases a customer, from which on a finer grid of paces is needed and leaving is rare
ORDINARY, FINE = Size(rates=8, hazards=7, paces=19), Size(rates=12, hazards=2, paces=27)
QUICK = Size(rates=8, hazards=5, paces=13)  # finds the way to the likeliest point; what is said of it is not read there
SETS = 32  # draws of the numbers that a forecast is averaged over
AHEAD = 26  # weeks whose purchases put draws in order
GOLDEN = (5.0**0.5 - 1.0) / 2.0
NEAR, NEARER = 0.1, 0.005  # what a step of the search must still promise, in log-posterior
WIDE = 1.96
TOLD = 0.8  # a posterior narrower than so much of its prior was told something


class Prior(NamedTuple):
    """Normal on the scale that a number is searched on: its logarithm, its log-odds, or itself."""

    scale: str
    middle: float
    sd: float


PRIORS = {
    "shape": Prior("log", 0.0, 0.7),
    "mean": Prior("log", np.nan, 2.0),  # around what the log's own number of purchases suggests
    "readiness": Prior("itself", -4.0, 1.5),
    "leaving_sd": Prior("log", 0.4, 0.35),
    "returning": Prior("log-odds", -5.1, 0.5),
    "pace_sd": Prior("log", -0.1, 0.4),
    "pace_kept": Prior("log-odds", 4.6, 0.1),  # .99, hardly moved: see above
}
NAMES = tuple(PRIORS)
FARTHEST = 6.0  # sd of a prior that draws of the posterior may lie away


class Baskets(NamedTuple):
    """The engine's baskets: lognormal within a customer, lognormal means between customers."""

    median: float  # of customers' mean baskets, money
    between: float  # sd of the log of a customer's mean
    within: float  # sd of the log of a basket
    paid: float = 1.0  # share of purchases that were paid for: of others nothing is left after refunds


@dataclass(frozen=True, eq=False)
class PurchaseFit:
    """The process found, how sure that is, and what is needed to ask it again."""

    process: Process
    baskets: Baskets
    size: Size
    point: Array  # the numbers in the order of NAMES, on the scales of their priors: their posterior mean
    middle: Array  # of their priors
    covariance: Array  # of the posterior
    points: Array  # (sets, numbers) draws of it, which weigh the same
    log_likelihood: float  # of all customers
    customers: int
    searched: int  # customers that the search read
    before: int  # days of new faces who were customers from before
    course: Course = FLAT  # of the need rate over a year

    def interval(self, name: str) -> tuple[float, float]:
        """95 % interval of a number."""
        n = NAMES.index(name)
        reach = WIDE * float(np.sqrt(self.covariance[n, n]))
        return _from_scale(name, self.point[n] - reach), _from_scale(name, self.point[n] + reach)

    def is_told(self, name: str) -> bool:
        """Whether the log narrowed what the prior said."""
        n = NAMES.index(name)
        return bool(np.sqrt(self.covariance[n, n]) < TOLD * PRIORS[name].sd)


def fit_purchases(
    log: Purchases,
    *,
    seed: int = 0,
    before: int | None = None,
    course: Course = FLAT,
    start: Array | None = None,
    threads: int | None = None,
    rough: bool = False,
) -> PurchaseFit:
    """The numbers of the process that a log tells, and what it leaves open of them.

    Args:
        log: the purchases.
        seed: of the sample of customers that the search reads, where they are many, and of the posterior's draws.
        before: who first bought in so many days was a customer before the log; None: decided from new faces by week.
        course: of the need rate over a year, which is taken as known.
        start: a point near which the likeliest is expected, such as that of a part of the log.
        threads: that weigh draws; the result does not depend on them.
        rough: whether the likeliest point is enough, without what is left open around it.
    """
    days = days_before(log) if before is None else before
    histories = histories_of(log, days)
    season = factors_of(log, course)
    few = _sampled(histories, log.customers, seed)
    size = FINE if log.day.size > OFTEN * log.customers else ORDINARY
    middle = np.array([prior.middle for prior in PRIORS.values()])
    middle[NAMES.index("mean")] = _usual(histories)
    spread = np.array([prior.sd for prior in PRIORS.values()])

    few_at = partial(_by_history, few, season=season)
    prior = (middle, spread)
    near = likeliest(partial(few_at, QUICK if size is ORDINARY else size), few.copies, prior, start, NEAR, threads)
    mode, covariance = near
    told = Posterior(mode, covariance, mode[None], 1.0)
    if not rough:
        mode, covariance = likeliest(partial(few_at, size), few.copies, prior, mode, NEARER, threads)
        told = posterior_of(partial(_weighed, few, size, season, prior), mode, covariance, SETS, seed, threads)
    process = process_at(told.mean)
    whole, _ = likelihoods(histories, grid_of(process, size), season)
    return PurchaseFit(
        process,
        baskets_of(log),
        size,
        told.mean,
        middle,
        told.covariance,
        told.points,
        float(histories.copies @ whole),
        log.customers,
        int(few.copies.sum()),
        days,
        course,
    )


def _by_history(few: Histories, size: Size, point: Array, season: Array | None) -> Array:
    return likelihoods(few, grid_of(process_at(point), size), season)[0]


def _weighed(few: Histories, size: Size, season: Array | None, prior: Normal, point: Array) -> Weighed:
    """The log-posterior at a point, and all purchases expected there in the weeks ahead."""
    if np.any(np.abs(point - prior[0]) > FARTHEST * prior[1]):
        return Weighed(-np.inf, 0.0)
    grid = grid_of(process_at(point), size)
    found, expected = prospects(few, grid, season, to_come(grid, np.ones(AHEAD))[0])
    return Weighed(float(few.copies @ found) + log_prior(prior, point), float(few.copies @ expected))


def process_at(point: Array) -> Process:
    """The process at a point of the search."""
    return Process(*(_from_scale(name, float(value)) for name, value in zip(NAMES, point, strict=True)))


def point_of(process: Process) -> Array:
    """The point of the search where a process lies."""
    return np.array([_to_scale(name, value) for name, value in zip(NAMES, process, strict=True)])


def _from_scale(name: str, value: float) -> float:
    scale = PRIORS[name].scale
    if scale == "log":
        return float(np.exp(value))
    return float(1.0 / (1.0 + np.exp(-value))) if scale == "log-odds" else float(value)


def _to_scale(name: str, value: float) -> float:
    scale = PRIORS[name].scale
    if scale == "log":
        return float(np.log(value))
    return float(np.log(value / (1.0 - value))) if scale == "log-odds" else float(value)


def _usual(histories: Histories) -> float:
    """Logarithm of all purchases over all weeks, halved for newcomers, who come when their need is high."""
    weeks = (histories.weeks - histories.begin - 1.0 + histories.part) @ histories.copies
    bought = histories.counts.sum(1) @ histories.copies
    return float(np.log((bought + 0.5) / (weeks + 10.0)))


def _sampled(histories: Histories, customers: int, seed: int) -> Histories:
    """The histories of so many customers that their weeks are few enough to search on."""
    weeks = histories.weeks - histories.begin
    if weeks.sum() <= SEARCHED:
        return histories
    chance = np.random.default_rng(seed)
    order = histories.of[chance.permutation(customers)]
    is_new = np.zeros(order.size, bool)
    is_new[np.unique(order, return_index=True)[1]] = True
    enough = int(np.searchsorted(np.cumsum(np.where(is_new, weeks[order], 0)), SEARCHED, side="right"))
    copies = np.bincount(order[: max(enough, 1)], minlength=weeks.size)
    rows = np.flatnonzero(copies)
    return histories.some(rows, copies[rows])


def baskets_of(log: Purchases) -> Baskets:
    """Spread of log amounts within and between customers (analysis of variance), and the median of mean baskets."""
    paid = log.amount > 0
    if not paid.any():
        return Baskets(1.0, 0.0, 0.0, 0.0)
    who, value = log.customer[paid], np.log(log.amount[paid])
    count = np.bincount(who, minlength=log.customers)
    mean = np.bincount(who, value, log.customers) / np.maximum(count, 1)
    seen = count > 0
    freedom = int((count[seen] - 1).sum())
    within = float(((value - mean[who]) ** 2).sum()) / freedom if freedom > 0 else float(value.var())
    noise = within * float((1.0 / count[seen]).mean())
    between = max(float(mean[seen].var()) - noise, 0.0) if freedom > 0 else 0.0
    median = float(np.exp(mean[seen].mean() + within / 2.0))
    return Baskets(median, float(np.sqrt(between)), float(np.sqrt(within)), float(paid.mean()))


def expected_baskets(baskets: Baskets, log: Purchases) -> Array:
    """Money of a customer's purchase: the own mean of logs, drawn to everybody's by how many baskets it rests on.

    Times the share of purchases that are paid for.
    """
    paid = log.amount > 0
    count = np.bincount(log.customer[paid], minlength=log.customers)
    total = np.bincount(log.customer[paid], np.log(log.amount[paid]), log.customers)
    middle = np.log(baskets.median) - baskets.within**2 / 2.0
    precision = count / max(baskets.within**2, 1e-12)
    trust = precision / (precision + 1.0 / max(baskets.between**2, 1e-12))
    own = total / np.maximum(count, 1)
    left = (1.0 - trust) * baskets.between**2  # variance of what is not known of the customer's mean
    return np.asarray(baskets.paid * np.exp(middle + trust * (own - middle) + baskets.within**2 / 2.0 + left / 2.0))


# --- each customer ---


class Draws(NamedTuple):
    """What customers may be like, given their histories: arrays of shape (customers, draws)."""

    rate: Array  # usual needs a week
    readiness: Array  # log-odds to leave in a week
    pace: Array  # log of the pace over pace_sd
    active: Array  # 1 or 0


class Standing(NamedTuple):
    """Each customer at the end of the log."""

    active: Array  # probability
    rate: Array  # expected needs a week, now, of who is active


def states_of(fit: PurchaseFit, log: Purchases) -> tuple[Histories, Grid, Array]:
    """Histories of a log, the grid, and the probability of each state at the end, (histories, 2, J, K)."""
    histories = histories_of(log, fit.before)
    grid = grid_of(fit.process, fit.size)
    _, states = likelihoods(histories, grid, factors_of(log, fit.course), keep=True)
    return histories, grid, states / states.sum((1, 2, 3), keepdims=True)


def standing(fit: PurchaseFit, log: Purchases) -> Standing:
    """Probability that each customer is still active, and the rate if so."""
    histories, grid, states = states_of(fit, log)
    active = states[:, 0].sum((1, 2))
    rate = (states[:, 0] * (grid.multiple[:, None] * grid.rate)).sum((1, 2)) / np.maximum(active, 1e-12)
    return Standing(active[histories.of], rate[histories.of])


def posterior_draws(fit: PurchaseFit, log: Purchases, draws: int, seed: int) -> Draws:
    """Samples of what each customer is like given the history, evenly spread over the probabilities of the states.

    A customer's samples come in random order, so that the first of everybody, the second of everybody and so on are
    each a population drawn by chance.
    """
    histories, grid, states = states_of(fit, log)
    return drawn(histories, grid, states, draws, seed)


def drawn(histories: Histories, grid: Grid, states: Array, draws: int, seed: int) -> Draws:
    """The same of histories whose states are known."""
    chance = np.random.default_rng(seed)
    shape = states.shape[1:]
    chosen = np.empty((histories.of.size, draws), np.int64)
    edges = np.cumsum(states.reshape(states.shape[0], -1), 1)
    for customer, history in enumerate(histories.of):
        ladder = edges[history]
        levels = (chance.permutation(draws) + chance.random(draws)) / draws * ladder[-1]
        chosen[customer] = np.minimum(np.searchsorted(ladder, levels), ladder.size - 1)
    lapsed, pace, node = np.unravel_index(chosen, shape)
    return Draws(grid.rate[node], grid.readiness[node], grid.pace[pace], 1 - lapsed)


def evenly_drawn(fit: PurchaseFit, log: Purchases, seed: int) -> Draws:
    """One sample of each customer such that all together buy about as much as is expected of them.

    States are put in the order of what is still bought from them, customers in that of what is expected of them, and
    levels go round by the golden ratio (Kronecker's sequence): neighbours are drawn from all over what is open.
    """
    histories, grid, states = states_of(fit, log)
    ahead, _ = to_come(grid, np.ones(AHEAD))
    worth = np.argsort(ahead.ravel(), kind="stable")
    ladders = np.cumsum(states.reshape(states.shape[0], -1)[:, worth], 1)
    chance = np.random.default_rng(seed)
    expected = np.tensordot(states, ahead, 3)[histories.of]
    levels = np.empty(log.customers)
    levels[np.lexsort((chance.random(log.customers), expected))] = (
        chance.random() + GOLDEN * np.arange(log.customers)
    ) % 1.0
    rungs = [
        np.searchsorted(ladders[row], level * ladders[row, -1]) for row, level in zip(histories.of, levels, strict=True)
    ]
    lapsed, pace, node = np.unravel_index(worth[np.array(rungs)[:, None]], states.shape[1:])
    return Draws(grid.rate[node], grid.readiness[node], grid.pace[pace], 1 - lapsed)
