"""Memory: experience at t becomes past experience at t+1.

Anchoring and adjustment; Guadagni & Little 1983; Boulding et al. 1993.
"""

from __future__ import annotations

import math

from simulation.arithmetic import clip, exp_
from simulation.compiling import box
from simulation.records import STEP


@box
def in_steps(level: float) -> int:
    """A level as it is kept between visits: in whole steps of 1/65535, which take two bytes."""
    return math.floor(clip(level) * 65535.0 + 0.5)


@box
def from_steps(steps: float) -> float:
    """The level that so many steps are; `in_steps` of it are the same steps."""
    return float(steps) * STEP


@box
def kept_after(weeks: float, half_life: float) -> float:
    """Share of a deviation that is left after some weeks without a visit."""
    return exp_(-0.6931471805599453 * weeks / half_life)


@box
def drifted(stock: float, towards: float, kept: float) -> float:
    """A stock that has drifted towards the customer's habitual level since the last visit."""
    return towards + (stock - towards) * kept


@box
def learning_gain(floor: float, prior: float, visits: float) -> float:
    """How much a visit moves the will expectation: much at first, little later."""
    return max(floor, 1.0 / (prior + visits))


@box
def moved(stock: float, gain: float, value: float) -> float:
    """A stock moved towards a value by a share."""
    return stock + gain * (value - stock)


@box
def anchor(carryover: float, renewal: float, kept: float) -> float:
    """What a visit leaves of a stock: the less, the more of it was forgotten (Bolton 1998; Erdem & Keane 1996)."""
    return carryover * (1.0 - renewal * (1.0 - kept))


@box
def weight_of_visit(kept_anchor: float, usual_anchor: float) -> float:
    """How much a visit weighs in memory, as a ratio to one that follows soon after another."""
    return (1.0 - kept_anchor) / (1.0 - usual_anchor)


@box
def carried(stock: float, carryover: float, value: float) -> float:
    """A stock that keeps a share of itself and takes the rest from the visit."""
    return carryover * stock + (1.0 - carryover) * value


@box
def ratcheted(should: float, pace: float, best_will: float, margin: float) -> float:
    """The should expectation: revised upward only."""
    return should + pace * max(0.0, best_will + margin - should)


@box
def habit_after(loyalty: float, carryover: float, was_chosen: float) -> float:
    """Behavioural loyalty after a purchase of anything anywhere."""
    return carryover * loyalty + (1.0 - carryover) * was_chosen


@box
def usual_level(ordinary: float, leniency: float) -> float:
    """Where experience drifts to between visits: an ordinary level, as this customer sees it."""
    return clip(ordinary + leniency)
