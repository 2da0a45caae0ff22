"""Choice: which outlet an occasion goes to.

Multinomial logit with persistent taste and behavioural loyalty (Guadagni & Little 1983; Huff 1963).
"""

from __future__ import annotations

import math

from simulation.compiling import box

NEVER = -1.0e30  # utility of what is not considered


@box
def in_parts(taste: float) -> int:
    """A taste as it is kept: in whole parts of 1/2048 of a unit of utility, at most 15 units, which take two bytes."""
    return math.floor(min(max(taste, -15.0), 15.0) * 2048.0 + 0.5)


@box
def from_parts(parts: float) -> float:
    """The taste that so many parts are."""
    return parts / 2048.0


@box
def habit(at_retailer: float, habit_retailer: float, habit_outlet: float) -> float:
    """Behavioural loyalty L of an outlet: partly the retailer's, partly its own."""
    return at_retailer * habit_retailer + (1.0 - at_retailer) * habit_outlet


@box
def digital_appeal(online: float, constant: float, preference_sd: float, preference: float) -> float:
    """Utility of a digital channel to this customer (0 for a store)."""
    return online * (constant + preference_sd * preference)


@box
def mood_for_screens(sd: float, z: float) -> float:
    """How much more than usual a customer would rather look at a screen than go, on one occasion.

    Digital channels share it, so that they compete with one another more than with stores (a mixed logit).
    """
    return sd * z


@box
def appeal_now(usual: float, online: float, mood: float) -> float:
    """Utility of the channel on this occasion."""
    return usual + online * mood


@box
def utility(
    attraction: float,
    satisfaction: float,
    loyalty: float,
    price: float,
    distance: float,
    channel: float,
    taste: float,
    heard: float,
    tie: float,
    offer: float,
    personal: float,
) -> float:
    """Utility of an outlet before the luck of the occasion; `price` and `distance` are disutilities."""
    return attraction + satisfaction + loyalty - price - distance + channel + taste + heard + tie + offer + personal


@box
def considered(value: float, may_be_chosen: float) -> float:
    """The utility of what may be chosen; what may not is never best."""
    return value if may_be_chosen > 0.0 else -1.0e30


@box
def may_be_chosen(is_open: float, status: float) -> float:
    """1 for an open outlet of a retailer that the customer knows and has not left (prospect 2 or active 3)."""
    return 1.0 if is_open > 0.0 and status > 1.5 and status < 3.5 else 0.0
