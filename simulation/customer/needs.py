"""Needs arise: how many shopping occasions a week brings.

Poisson with a personal Gamma rate is the negative binomial (NBD) of Ehrenberg. Where `pace_sd` is above 0, the rate
wanders slowly around the usual one, so that recent purchases tell more than old ones.
"""

from __future__ import annotations

import math

from simulation.arithmetic import exp_
from simulation.compiling import box

MOST_OCCASIONS = 15  # what four bits of a counter can name


@box
def weekly_rate(need_rate: float, season: float, response: float) -> float:
    """Expected occasions this week, from a rate per week."""
    return need_rate * season * response


@box
def paced(need_rate: float, sd: float, pace: float) -> float:
    """The need rate as it stands: its log wanders, and its mean in the long run is the usual rate."""
    return need_rate * exp_(sd * pace - 0.5 * sd * sd)


@box
def pace_after(pace: float, kept: float, z: float) -> float:
    """The wander of a week, in its long-run standard deviations (an AR(1) process, stationary)."""
    return kept * pace + math.sqrt(1.0 - kept * kept) * z


@box
def pace_of_newcomer(pace: float, sd: float) -> float:
    """A first purchase is one of the needs, so it comes when they are many: the pace is weighted by itself."""
    return pace + sd


@box
def occasions(u: float, rate: float) -> float:
    """Number of occasions: the Poisson quantile of `u`, at most 15."""
    chance = exp_(-rate)
    so_far = chance
    number = 0.0
    for k in range(1, 16):
        number = number + (1.0 if u > so_far else 0.0)
        chance = chance * rate * (1.0 / k)
        so_far = so_far + chance
    return number


@box
def is_here(first_week: float, week: float) -> float:
    """1 from the customer's first week on; a first week of 0 is the beginning of time."""
    return 1.0 if first_week <= 0.0 or week >= first_week else 0.0


@box
def arrives(first_week: float, week: float, occasion: float) -> float:
    """1 on the first occasion of the first week of a customer who comes into the market."""
    return 1.0 if first_week > 0.0 and week == first_week and occasion < 0.5 else 0.0


@box
def wanted(number: float, here: float, arriving: float) -> float:
    """Occasions of a week: none before the first week, at least one in it."""
    return max(number * here, arriving)


@box
def was_cut(u: float, rate: float) -> float:
    """1 when more than 15 occasions were wanted."""
    chance = exp_(-rate)
    so_far = chance
    for k in range(1, 16):
        chance = chance * rate * (1.0 / k)
        so_far = so_far + chance
    return 1.0 if u > so_far else 0.0
