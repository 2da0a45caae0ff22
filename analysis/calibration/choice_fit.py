"""Maximum likelihood of a choice model: Fisher scoring under weak priors that only speak where choices do not.

Constants of alternatives have a common spread that is estimated with them (empirical Bayes): with four brands it says
next to nothing, with hundreds of stores it keeps the rare ones from being told by three visits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.choice_likelihood import carried, probabilities, slopes
from analysis.calibration.choice_table import Choices
from simulation.parameters import PARAMETERS

Array = NDArray[Any]
PRIOR_SD = 10.0  # of a weight per standard deviation of its attribute: far beyond what is ever seen
DECISIVE = 4.0  # utility per standard deviation of an attribute from which choices are said to be separated by it
SPREADS, SPREAD_CLOSE, LEAST_SPREAD = 12, 0.02, 0.02  # rounds for the spread of constants, when to stop, its least
CARRYOVER_SD = 1.5  # of its log-odds: 95 % between .3 and .99
STARTS = (0.5, 0.75, 0.9, 0.97)  # carry-overs to climb from: the likelihood may have several tops in it
ROUNDS, CLOSE = 60, 1e-5  # and the promised gain in log-likelihood at which the top is reached
LIMITS = (-4.0, 6.0)  # log-odds of the carry-over
FEWEST = 20  # customers from which intervals are by customer
NORMAL = 1.959964


@dataclass(frozen=True, eq=False)
class Model:
    """Which parameters there are and what is thought of them before: weights, loyalty weight, carry-over, constants."""

    slots: Array
    centre: Array  # of the prior; of the carry-over's log-odds
    precision: Array
    free: Array

    def separating(self, theta: Array) -> Array:
        """Which weights of attributes are so large that a standard deviation of the attribute all but decides."""
        size = np.abs(theta[: len(self.free)]) * np.sqrt(self.precision) * PRIOR_SD
        return np.asarray((size > DECISIVE) & (np.arange(len(self.free)) < len(self.slots)))

    def spreading(self, spread: float) -> Model:
        """The same model with constants of another spread."""
        precision = self.precision.copy()
        precision[len(self.slots) + 2 :] = 1.0 / spread**2
        return replace(self, precision=precision)


@dataclass(frozen=True, eq=False)
class Solution:
    """The top of the likelihood. `theta` holds the carry-over itself; slopes and covariance are of its log-odds."""

    model: Model
    theta: Array
    loglik: float
    counted: int
    information: Array
    scores: Array
    level: Array
    stock: Array

    @property
    def width(self) -> int:
        """How many attributes there are."""
        return len(self.model.slots)

    @property
    def people(self) -> int:
        """Customers with choices that count."""
        return int((np.abs(self.scores).sum(1) > 0).sum())

    @property
    def spread(self) -> float:
        """Standard deviation of constants, as the prior has it."""
        return float(1.0 / np.sqrt(self.model.precision[-1]))

    @property
    def carryover(self) -> float:
        """Share of loyalty that a choice leaves."""
        return float(self.theta[self.width + 1])

    @cached_property
    def covariance(self) -> Array:
        """Of free parameters, robust to what choices of one customer share (White 1982; Liang & Zeger 1986).

        With fewer than 20 customers it is the inverse of the information.
        """
        free = self.model.free
        prior = np.diag(self.model.precision[free])
        bread = np.linalg.inv(self.information[np.ix_(free, free)] + prior)
        seen = self.scores[np.abs(self.scores).sum(1) > 0][:, free]
        if len(seen) < FEWEST:
            return np.asarray(bread)
        meat = seen.T @ seen * len(seen) / (len(seen) - 1)
        return np.asarray(bread @ (meat + prior) @ bread)

    @cached_property
    def deviations(self) -> Array:
        """Standard deviation of each parameter; 0 of those that are not free."""
        result = np.zeros(len(self.theta))
        result[self.model.free] = np.sqrt(self.covariance.diagonal())
        return result

    @cached_property
    def told(self) -> Array:
        """Which parameters the data tell: less than a quarter of the prior's variance is left of them.

        A weight that all but decides choices is not told: only the prior keeps it from infinity.
        """
        heard = self.model.free & (self.left * self.model.precision < 1.0 / 4.0)
        return np.asarray(heard & ~self.model.separating(self.theta))

    @cached_property
    def left(self) -> Array:
        """Variance of each parameter by the information and the prior; infinite of those that are not free."""
        free = self.model.free
        result = np.full(len(self.theta), np.inf)
        prior = np.diag(self.model.precision[free])
        result[free] = np.linalg.inv(self.information[np.ix_(free, free)] + prior).diagonal()
        return result


def model_of(choices: Choices, slots: Array, *, habit: bool, spread: float = PRIOR_SD) -> Model:
    """The model of these choices, with constants of this spread; what never differs within an occasion has no say."""
    rows = choices.rows
    differs = _differences(choices)
    constants = len(choices.alternatives)
    outlook = PARAMETERS["habit_carryover"].value
    one = 1.0 / PRIOR_SD**2
    return Model(
        np.asarray(slots, np.int64),
        np.r_[np.zeros(len(slots) + 1), _log_odds(outlook), np.zeros(constants)],
        np.r_[
            np.where(differs > 0, differs**2, 1.0) * one,
            one,
            1.0 / CARRYOVER_SD**2,
            np.full(constants, 1.0 / spread**2),
        ],
        np.r_[differs > 0, habit, habit, np.bincount(rows.alternative, minlength=constants) > 0],
    )


def _differences(choices: Choices) -> Array:
    """Standard deviation of each attribute within occasions; 0 for what only numerical noise tells apart."""
    rows = choices.rows
    sizes = np.diff(rows.first)
    mean = np.add.reduceat(rows.values, rows.first[:-1], axis=0) / sizes[:, None]
    sd = np.sqrt(((rows.values - np.repeat(mean, sizes, axis=0)) ** 2).mean(0))
    return np.where(sd > 1e-9 * (1.0 + np.abs(mean).max(0, initial=0.0)), sd, 0.0)


def beginning(model: Model, carryover: float) -> Array:
    """Nothing is thought of anything but the carry-over."""
    theta = np.zeros(len(model.free))
    theta[len(model.slots) + 1] = carryover
    return theta


def at(model: Model, choices: Choices, theta: Array) -> Solution:
    """Likelihood, scores and information at these parameters."""
    rows, size = choices.rows, len(theta)
    level, slope, stock = carried(rows, theta[len(model.slots) + 1])
    chance, scores, information = np.zeros(len(level)), np.zeros((len(choices.customers), size)), np.zeros((size, size))
    loglik = probabilities(rows, model.slots, theta, level, chance)
    counted = slopes(rows, theta, level, slope, chance, scores, information)
    odds = odds_scale(model, theta)
    return Solution(model, theta, loglik, counted, information * odds[:, None] * odds, scores * odds, level, stock)


def odds_scale(model: Model, theta: Array) -> Array:
    """What slopes are multiplied by, so that those in the carry-over become slopes in its log-odds."""
    scale = np.ones(len(theta))
    carryover = theta[len(model.slots) + 1]
    scale[len(model.slots) + 1] = carryover * (1.0 - carryover)
    return scale


def climbed(model: Model, choices: Choices, theta: Array, rounds: int = ROUNDS) -> Solution:
    """Fisher scoring from `theta` to the top, halving steps that go down."""
    here = at(model, choices, theta)
    for _ in range(rounds):
        step, gain = _step(here)
        if gain < CLOSE:
            break
        for halving in range(12):
            there = at(model, choices, _moved(here, step / 2.0**halving))
            if _height(there) > _height(here):
                break
        else:
            break
        here = there
    return here


def _step(here: Solution) -> tuple[Array, float]:
    """The scoring step, and what it promises."""
    model, free = here.model, here.model.free
    pull = -model.precision * (coordinates_of(model, here.theta) - model.centre)
    slope = (here.scores.sum(0) + pull)[free]
    step = np.zeros(len(free))
    step[free] = np.linalg.solve(here.information[np.ix_(free, free)] + np.diag(model.precision[free]), slope)
    return step, float(slope @ step[free])


def coordinates_of(model: Model, theta: Array) -> Array:
    """The parameters with the carry-over as log-odds."""
    place = len(model.slots) + 1
    return np.asarray(np.r_[theta[:place], _log_odds(theta[place]), theta[place + 1 :]])


def _moved(here: Solution, step: Array) -> Array:
    place = here.width + 1
    theta = coordinates_of(here.model, here.theta) + step
    theta[place] = shares_of_odds(np.clip(theta[place], *LIMITS))
    return theta


def shares_of_odds(odds: Array) -> Array:
    """Shares from log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def _height(solution: Solution) -> float:
    model = solution.model
    away = coordinates_of(model, solution.theta) - model.centre
    return solution.loglik - 0.5 * float((model.precision * away**2)[model.free].sum())


def _log_odds(share: float) -> float:
    return float(np.log(share / (1.0 - share)))


def solved(model: Model, choices: Choices) -> Solution:
    """The top: from the best of several carry-overs held, then with all parameters and the spread of constants free."""
    place = len(model.slots) + 1
    if model.free[place]:
        held = replace(model, free=model.free & (np.arange(len(model.free)) != place))
        starts = [climbed(held, choices, beginning(model, start), rounds=4) for start in STARTS]
        top = climbed(model, choices, max(starts, key=_height).theta)
    else:
        top = climbed(model, choices, beginning(model, STARTS[1]))
    for _ in range(SPREADS):
        spread = _spread_of_constants(top)
        if abs(spread / top.spread - 1.0) < SPREAD_CLOSE:
            break
        top = climbed(top.model.spreading(spread), choices, top.theta)
    return top


def _spread_of_constants(top: Solution) -> float:
    """The likeliest spread given the constants and how well they are known (MacKay 1992)."""
    free = top.model.free
    mine = np.flatnonzero(free & (np.arange(len(free)) >= top.width + 2))
    constants = top.theta[mine]
    known = float((1.0 - top.left[mine] / top.spread**2).sum())
    return max(float(np.sqrt((constants**2).sum() / max(known, 1e-3))), LEAST_SPREAD) if known > 0 else LEAST_SPREAD
