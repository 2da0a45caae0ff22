"""Habit apart from taste: the choice model with a normal taste of each customer for each alternative.

The engine has such tastes. A mixed logit by simulated maximum likelihood (Train 2009). Loyalty follows from the choices
made, so it does not depend on the draws; tastes do. All choices count, also the first ones, which are made before there
is a habit: a habit that is taken as given has some taste in it (the initial conditions of Heckman 1981).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from analysis.calibration.choice_fit import Model, Solution, coordinates_of, odds_scale, shares_of_odds
from analysis.calibration.choice_likelihood import carried, probabilities, slopes
from analysis.calibration.choice_table import Choices
from analysis.calibration.compiling import loop

Array = NDArray[Any]
DRAWS = 64  # a power of two, as Sobol's sequence wants; four times as many move no estimate by a tenth of its interval
MOST_ROWS = 50_000  # of all choices; customers are drawn beyond that
FEWEST_CUSTOMERS, FEWEST_CHOICES = 20, 3
ROUNDS, SETTLED, FARTHEST = 60, 0.001, 0.5  # of weights; promised gain that ends them; longest step of a weight
NEGLIGIBLE, TINY = 1e-9, 1e-12  # probability of a draw; least of a point's
STEPS, LONGEST, CLOSE = 8, 2.0, 1e-3  # of Newton, in standard deviations of tastes
WIDER = 1.15  # draws than the tastes that they stand for
NUDGE = 1e-4  # of a parameter, for the slope of its slope
SEED = 20261125
START_SD, SD_PRIOR = 1.0, 5.0  # standard deviation of tastes: where to begin, and of its prior


@loop
def _is_counted(rows: Any, t: int) -> bool:
    return bool(rows.counts[t] and rows.chosen[t] >= 0)


@loop
def _odds_against(rows: Any, t: int, value: Any, draws: Any, d: int, sd: float) -> float:
    """The sum of odds of all alternatives against the chosen one, 1 for itself, at the tastes of a draw."""
    chosen = rows.chosen[t]
    own = value[chosen] + sd * draws[rows.pair[chosen], d]
    mass = 0.0
    for r in range(rows.first[t], rows.first[t + 1]):
        mass += math.exp(value[r] + sd * draws[rows.pair[r], d] - own)
    return mass


@loop
def draws_are_judged(rows: Any, draws: Any, log_weight: Any, sd: float, value: Any, likely: Any) -> float:
    """Simulated log-likelihood over draws of tastes; `value` is utility but for taste, by row.

    `log_weight` corrects for where the draws of a customer come from. Fills `likely` (by customer and draw) with the
    probability of each draw given all choices of the customer.
    """
    number = draws.shape[1]
    total = 0.0
    for c in range(rows.start.size - 1):
        for d in range(number):
            likely[c, d] = log_weight[c, d]
            for t in range(rows.start[c], rows.start[c + 1]):
                if _is_counted(rows, t):
                    likely[c, d] -= math.log(_odds_against(rows, t, value, draws, d, sd))
        best = likely[c].max()
        mass = 0.0
        for d in range(number):
            likely[c, d] = math.exp(likely[c, d] - best)
            mass += likely[c, d]
        total += best + math.log(mass / number)
        for d in range(number):
            likely[c, d] /= mass
    return total


@loop
def tastes_are_mixed(rows: Any, draws: Any, likely: Any, sd: float, value: Any, mean_chance: Any, sd_score: Any) -> int:
    """Fill `mean_chance` with the probability of each row over the draws, `sd_score` with slopes in `sd` by customer.

    Returns the number of customers.
    """
    for c in range(rows.start.size - 1):
        for t in range(rows.start[c], rows.start[c + 1]):
            if not _is_counted(rows, t):
                continue
            chosen = rows.chosen[t]
            for d in range(draws.shape[1]):
                if likely[c, d] < NEGLIGIBLE:
                    continue
                mass = _odds_against(rows, t, value, draws, d, sd)
                own = value[chosen] + sd * draws[rows.pair[chosen], d]
                sd_score[c] += likely[c, d] * draws[rows.pair[chosen], d]
                for r in range(rows.first[t], rows.first[t + 1]):
                    share = likely[c, d] * math.exp(value[r] + sd * draws[rows.pair[r], d] - own) / mass
                    mean_chance[r] += share
                    sd_score[c] -= share * draws[rows.pair[r], d]
    return int(rows.start.size - 1)


@loop
def _taste_bends(rows: Any, c: int, sd: float, value: Any, taste: Any, slope: Any, bend: Any) -> None:
    """Add the slope and the curvature of a customer's log-likelihood in standardised tastes."""
    low = rows.pairs[c]
    for t in range(rows.start[c], rows.start[c + 1]):
        if not _is_counted(rows, t):
            continue
        mass = 0.0
        for r in range(rows.first[t], rows.first[t + 1]):
            mass += math.exp(value[r] + sd * taste[rows.pair[r] - low])
        slope[rows.pair[rows.chosen[t]] - low] += sd
        for r in range(rows.first[t], rows.first[t + 1]):
            q = rows.pair[r] - low
            p = math.exp(value[r] + sd * taste[q]) / mass
            slope[q] -= sd * p
            bend[q, q] += sd * sd * p
            for s in range(rows.first[t], rows.first[t + 1]):
                other = rows.pair[s] - low
                bend[q, other] -= sd * sd * p * math.exp(value[s] + sd * taste[other]) / mass


@loop
def tastes_are_found(rows: Any, sd: float, value: Any, wider: float, luck: Any, draws: Any, log_weight: Any) -> float:
    """Draws around the likeliest tastes of each customer, with the spread that the choices leave (Laplace).

    Steps of Newton in standardised tastes. Returns the largest last step of a customer.
    """
    largest = 0.0
    for c in range(rows.start.size - 1):
        low, size = rows.pairs[c], rows.pairs[c + 1] - rows.pairs[c]
        taste, bend, reach = np.zeros(size), np.eye(size), 0.0
        for _ in range(STEPS):
            slope, bend = -taste, np.eye(size)
            _taste_bends(rows, c, sd, value, taste, slope, bend)
            step = np.linalg.solve(bend, slope)
            reach = np.abs(step).max()
            taste += step * min(1.0, LONGEST / max(reach, CLOSE))
            if reach < CLOSE:
                break
        largest = max(largest, reach)
        left = np.linalg.inv(bend)
        root = wider * np.linalg.cholesky((left + left.T) / 2.0)
        for d in range(luck.shape[1]):
            worth = 0.0
            for q in range(size):
                own = taste[q]
                for k in range(q + 1):
                    own += root[q, k] * luck[low + k, d]
                draws[low + q, d] = own
                worth += 0.5 * luck[low + q, d] * luck[low + q, d] - 0.5 * own * own + math.log(root[q, q])
            log_weight[c, d] = worth
    return largest


@dataclass(frozen=True, eq=False)
class Mixture:
    """The best weights beside tastes. Arrays are those of a `Solution`; the tastes' standard deviation comes last."""

    model: Model
    theta: Array
    loglik: float
    customers: int
    deviations: Array
    told: Array

    @property
    def width(self) -> int:
        """How many attributes there are."""
        return len(self.model.slots)

    @property
    def taste_sd(self) -> float:
        """Standard deviation of the taste of a customer for an alternative."""
        return float(self.theta[-1])


def mixed(choices: Choices, from_: Solution) -> Mixture | None:
    """Weights beside tastes, from a solution without them; None where fewer than 20 customers chose three times.

    Constants stay at those of the solution when there are more of them than half of the customers.
    """
    some = sampled(choices)
    if some is None:
        return None
    model = replace(from_.model, free=from_.model.free.copy())
    if 2 * model.free.sum() > len(some.customers):
        model.free[len(model.slots) + 2 :] = False
    target = _Target(model, some, np.r_[coordinates_of(model, from_.theta), START_SD], np.r_[model.free, True])
    point, luck = target.base[target.free], Draws.of(some)
    for _ in range(ROUNDS):  # the draws move to where each customer's tastes are now, then weights take a step
        luck = luck.moved(some, point[-1], target.values(point))
        slope, curvature = target.slope(point, luck)
        step = np.linalg.solve(curvature, slope)
        if slope @ step < SETTLED:
            break
        point = point + step * min(1.0, FARTHEST / float(np.abs(step).max()))
    return target.mixture(point, luck)


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of standardised tastes, shape (pairs, draws), and by customer the log of what each is worth."""

    luck: Array
    draws: Array
    log_weight: Array

    @classmethod
    def of(cls, choices: Choices) -> Draws:
        """Draws from what is thought before any choice is seen: a standard normal.

        The points of each customer are Sobol's, shifted by chance (Cranley & Patterson 1976): as many independent ones
        make tastes .06 too narrow in choices of 150 customers, because the log of a noisy mean is too low.
        """
        sizes, luck = np.diff(choices.rows.pairs), np.empty((int(choices.rows.pairs[-1]), DRAWS))
        points = qmc.Sobol(int(sizes.max()), rng=SEED).random(DRAWS).T
        shifts = np.random.default_rng(SEED).random((len(luck), 1))
        for low, size in zip(choices.rows.pairs[:-1], sizes, strict=True):
            luck[low : low + size] = (points[:size] + shifts[low : low + size]) % 1.0
        luck = ndtri(np.clip(luck, TINY, 1.0 - TINY))
        return cls(luck, luck, np.zeros((len(choices.customers), DRAWS)))

    def moved(self, choices: Choices, sd: float, value: Array) -> Draws:
        """The same luck around the tastes that each customer's choices speak for, somewhat wider than these are."""
        draws, log_weight = np.zeros_like(self.luck), np.zeros_like(self.log_weight)
        tastes_are_found(choices.rows, sd, value, WIDER, self.luck, draws, log_weight)
        return Draws(self.luck, draws, log_weight)


@dataclass(frozen=True, eq=False)
class _Target:
    """What is climbed: the simulated likelihood under the priors, at coordinates of the free parameters."""

    model: Model
    choices: Choices
    base: Array  # all coordinates; those that are not free stay at these
    free: Array

    @property
    def prior(self) -> Array:
        return np.append(self.model.precision, 1.0 / SD_PRIOR**2)

    def full(self, point: Array) -> Array:
        result = self.base.copy()
        result[self.free] = point
        return result

    def slope(self, point: Array, luck: Draws) -> tuple[Array, Array]:
        """Slope of the log-likelihood under the priors, and the products of customers' scores for its curvature."""
        full = self.full(point)
        scores = self.scores(point, luck)
        pull = (self.prior * (full - np.append(self.model.centre, 0.0)))[self.free]
        return scores.sum(0) - pull, np.asarray(scores.T @ scores + np.diag(self.prior[self.free]))

    def scores(self, point: Array, luck: Draws) -> Array:
        """The slope by customer, without the priors."""
        return _mixed_at(self.model, self.choices, self.full(point), luck)[1][:, self.free]

    def covariance(self, point: Array, luck: Draws) -> Array:
        """Robust to what the model leaves out (White 1982), such as customers who differ in how they weigh prices.

        Those differ between samples of customers; curvature alone knows nothing of it.
        """
        bend = np.empty((len(point), len(point)))
        for k in range(len(point)):
            nudge = np.where(np.arange(len(point)) == k, NUDGE, 0.0)
            bend[k] = (self.slope(point - nudge, luck)[0] - self.slope(point + nudge, luck)[0]) / (2.0 * NUDGE)
        bend = (bend + bend.T) / 2.0
        if np.linalg.eigvalsh(bend)[0] <= 0.0:  # no top, where choices say next to nothing
            bend = self.slope(point, luck)[1]
        bread = np.linalg.inv(bend)
        scores, prior = self.scores(point, luck), np.diag(self.prior[self.free])
        return np.asarray(bread @ (scores.T @ scores * len(scores) / (len(scores) - 1) + prior) @ bread)

    def values(self, point: Array) -> Array:
        return _values_at(self.model, self.choices, self.full(point))[1]

    def mixture(self, point: Array, luck: Draws) -> Mixture:
        spread = self.covariance(point, luck).diagonal()
        theta, deviations, told = self.full(point), np.zeros(len(self.base)), np.zeros(len(self.base), np.bool_)
        loglik = _mixed_at(self.model, self.choices, theta, luck)[0]
        deviations[self.free] = np.sqrt(spread)
        told[self.free] = spread * self.prior[self.free] < 1.0 / 4.0
        place = len(self.model.slots) + 1
        theta[place], theta[-1] = shares_of_odds(theta[place]), abs(theta[-1])
        return Mixture(self.model, theta, loglik, len(self.choices.customers), deviations, told)


def _values_at(model: Model, choices: Choices, point: Array) -> tuple[Array, Array, Array, Array]:
    """Parameters, utilities but for taste (and for a number that all of an occasion share), loyalty and its slope."""
    rows, place = choices.rows, len(model.slots) + 1
    theta = point[:-1].copy()
    theta[place] = shares_of_odds(theta[place])
    level, slope, _ = carried(rows, theta[place])
    chance = np.zeros(len(level))
    probabilities(rows, model.slots, theta, level, chance)
    return theta, np.log(np.maximum(chance, 1e-300)), level, slope


def _mixed_at(model: Model, choices: Choices, point: Array, luck: Draws) -> tuple[float, Array]:
    """Log-likelihood and scores by customer at coordinates (the tastes' spread comes last)."""
    rows, size = choices.rows, len(point) - 1
    theta, value, level, slope = _values_at(model, choices, point)
    scores, sd_score, chance = np.zeros((len(choices.customers), size)), np.zeros(len(choices.customers)), 0.0 * level
    likely, sd = np.zeros_like(luck.log_weight), float(point[-1])
    loglik = draws_are_judged(rows, luck.draws, luck.log_weight, sd, value, likely)
    tastes_are_mixed(rows, luck.draws, likely, sd, value, chance, sd_score)
    slopes(rows, theta, level, slope, chance, scores, np.zeros((size, size)))
    return loglik, np.column_stack([scores * odds_scale(model, theta), sd_score])


def sampled(choices: Choices) -> Choices | None:
    """Customers with three choices or more, at most as many as can be simulated in seconds; None if there are few."""
    rows = choices.rows
    several = np.flatnonzero(np.diff(rows.start) >= FEWEST_CHOICES)
    if len(several) < FEWEST_CUSTOMERS:
        return None
    sizes = rows.first[rows.start[several + 1]] - rows.first[rows.start[several]]
    order = np.random.default_rng(SEED).permutation(len(several))
    enough = max(FEWEST_CUSTOMERS, int(np.searchsorted(np.cumsum(sizes[order]), MOST_ROWS)))
    some = choices.of_customers(np.sort(several[order[:enough]]))
    return some.counting(np.ones(some.occasions, np.bool_))
