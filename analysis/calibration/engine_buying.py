"""What a log of purchases says of the engine's purchase process, by maximum likelihood, and of each customer in it.

The likelihood is exact on a grid (`buying_process`). Each number has a wide prior on the scale it is searched on, so
that a log of one-time buyers, or of one customer, gives a sensible answer; it is what remains where the log says
little, and the fit lists those numbers. Two things a short log cannot tell apart: a customer who is gone for good from
one whose need is low for a year, and usual rates that differ from paces that have not come back yet.

The priors of `returning` and `pace_kept` were set on weeks 1-26 of the CDNOW sample, judged on weeks 27-39; nothing
was chosen on later weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.buying_process import Grid, Process, Size, grid_of, likelihoods
from analysis.calibration.histories import Histories, histories_of
from analysis.calibration.purchases import Purchases

Array = NDArray[Any]
SEARCHED = 60_000  # weeks of distinct histories that the search reads; more customers than that are sampled
OFTEN = 8.0  # purchases a customer, from which on a finer grid of paces is needed and leaving is rare
ORDINARY, FINE = Size(rates=12, hazards=5, paces=9), Size(rates=12, hazards=2, paces=27)
STEP = 1e-3  # of the scale a number is searched on, for derivatives
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
    "pace_kept": Prior("log-odds", 4.0, 0.35),
}
NAMES = tuple(PRIORS)


class Baskets(NamedTuple):
    """The engine's baskets: lognormal within a customer, lognormal means between customers."""

    median: float  # of customers' mean baskets, money
    between: float  # sd of the log of a customer's mean
    within: float  # sd of the log of a basket


@dataclass(frozen=True, eq=False)
class PurchaseFit:
    """The process found, how sure that is, and what is needed to ask it again."""

    process: Process
    baskets: Baskets
    size: Size
    point: Array  # the numbers in the order of NAMES, on the scales of their priors
    middle: Array  # of their priors
    covariance: Array  # of `point`
    log_likelihood: float  # of all customers
    customers: int
    searched: int  # customers that the search read
    before: int  # days of new faces who were customers from before

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
    log: Purchases, *, seed: int = 0, before: int | None = None, season: Array | None = None
) -> PurchaseFit:
    """The likeliest numbers of the process for a log.

    Args:
        log: the purchases.
        seed: of the sample of customers that the search reads, where they are many.
        before: who first bought in so many days was a customer before the log; None: decided from new faces by week.
        season: factor of the need rate in each week, the last week being the log's last (default 1).
    """
    from scipy.optimize import minimize

    histories = histories_of(log, before)
    few = _sampled(histories, log.customers, seed)
    size = FINE if log.day.size > OFTEN * log.customers else ORDINARY
    middle = np.array([prior.middle for prior in PRIORS.values()])
    middle[NAMES.index("mean")] = _usual(histories)
    spread = np.array([prior.sd for prior in PRIORS.values()])

    def by_history(point: Array) -> Array:
        return likelihoods(few, grid_of(process_at(point), size), season)[0]

    def badness(point: Array) -> float:
        value = float(few.copies @ by_history(point)) - 0.5 * float((((point - middle) / spread) ** 2).sum())
        return -value / few.copies.sum()

    bounds = list(zip(middle - 4.0 * spread, middle + 4.0 * spread, strict=True))
    options: Any = {"ftol": 1e-8, "maxiter": 80}
    found = minimize(badness, middle, method="L-BFGS-B", bounds=bounds, options=options)
    information = _information(by_history, found.x, few.copies) + np.diag(spread**-2.0)
    whole, _ = likelihoods(histories, grid_of(process_at(found.x), size), season)
    return PurchaseFit(
        process_at(found.x),
        baskets_of(log),
        size,
        found.x,
        middle,
        np.linalg.inv(information),
        float(histories.copies @ whole),
        log.customers,
        int(few.copies.sum()),
        int((histories.newcomer == 0).any()) and (before or _days(log)),
    )


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
    return float(1.0 / (1.0 + np.exp(-value))) if scale == "log-odds" else value


def _to_scale(name: str, value: float) -> float:
    scale = PRIORS[name].scale
    if scale == "log":
        return float(np.log(value))
    return float(np.log(value / (1.0 - value))) if scale == "log-odds" else value


def _days(log: Purchases) -> int:
    from analysis.calibration.histories import days_before

    return days_before(log)


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


def _information(by_history: Any, point: Array, copies: Array) -> Array:
    """Sum over customers of the outer product of their scores (Berndt, Hall, Hall & Hausman 1974)."""
    scores = np.array(
        [(by_history(point + step) - by_history(point - step)) / (2.0 * STEP) for step in STEP * np.eye(point.size)]
    )
    return np.asarray((scores * copies) @ scores.T)


def baskets_of(log: Purchases) -> Baskets:
    """Spread of log amounts within and between customers (analysis of variance), and the median of mean baskets."""
    paid = log.amount > 0
    if not paid.any():
        return Baskets(1.0, 0.0, 0.0)
    who, value = log.customer[paid], np.log(log.amount[paid])
    count = np.bincount(who, minlength=log.customers)
    mean = np.bincount(who, value, log.customers) / np.maximum(count, 1)
    seen = count > 0
    freedom = int((count[seen] - 1).sum())
    within = float(((value - mean[who]) ** 2).sum()) / freedom if freedom > 0 else float(value.var())
    noise = within * float((1.0 / count[seen]).mean())
    between = max(float(mean[seen].var()) - noise, 0.0) if freedom > 0 else 0.0
    return Baskets(float(np.exp(mean[seen].mean() + within / 2.0)), float(np.sqrt(between)), float(np.sqrt(within)))


def expected_baskets(baskets: Baskets, log: Purchases) -> Array:
    """Mean basket of each customer: the own mean of logs, drawn to everybody's by how many baskets it rests on."""
    paid = log.amount > 0
    count = np.bincount(log.customer[paid], minlength=log.customers)
    total = np.bincount(log.customer[paid], np.log(log.amount[paid]), log.customers)
    middle = np.log(baskets.median) - baskets.within**2 / 2.0
    precision = count / max(baskets.within**2, 1e-12)
    trust = precision / (precision + 1.0 / max(baskets.between**2, 1e-12))
    own = total / np.maximum(count, 1)
    left = (1.0 - trust) * baskets.between**2  # variance of what is not known of the customer's mean
    return np.asarray(np.exp(middle + trust * (own - middle) + baskets.within**2 / 2.0 + left / 2.0))


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


def states_of(fit: PurchaseFit, log: Purchases, season: Array | None = None) -> tuple[Histories, Grid, Array]:
    """Histories of a log, the grid, and the probability of each state at the end, (histories, 2, J, K)."""
    histories = histories_of(log, fit.before)
    grid = grid_of(fit.process, fit.size)
    _, states = likelihoods(histories, grid, season, keep=True)
    return histories, grid, states / states.sum((1, 2, 3), keepdims=True)


def standing(fit: PurchaseFit, log: Purchases, season: Array | None = None) -> Standing:
    """Probability that each customer is still active, and the rate if so."""
    histories, grid, states = states_of(fit, log, season)
    active = states[:, 0].sum((1, 2))
    rate = (states[:, 0] * (grid.multiple[:, None] * grid.rate)).sum((1, 2)) / np.maximum(active, 1e-12)
    return Standing(active[histories.of], rate[histories.of])


def posterior_draws(fit: PurchaseFit, log: Purchases, draws: int, seed: int, season: Array | None = None) -> Draws:
    """Samples of what each customer is like given the history, evenly spread over the probabilities of the states.

    A customer's samples come in random order, so that the first of everybody, the second of everybody and so on are
    each a population drawn by chance.
    """
    histories, grid, states = states_of(fit, log, season)
    chance = np.random.default_rng(seed)
    shape = states.shape[1:]
    chosen = np.empty((log.customers, draws), np.int64)
    edges = np.cumsum(states.reshape(states.shape[0], -1), 1)
    for customer, history in enumerate(histories.of):
        ladder = edges[history]
        levels = (chance.permutation(draws) + chance.random(draws)) / draws * ladder[-1]
        chosen[customer] = np.minimum(np.searchsorted(ladder, levels), ladder.size - 1)
    lapsed, pace, node = np.unravel_index(chosen, shape)
    return Draws(grid.rate[node], grid.readiness[node], grid.pace[pace], 1 - lapsed)
