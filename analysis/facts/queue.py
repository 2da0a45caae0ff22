"""Fact 48: what a longer queue does to buying, on the model's own boxes.

Lu, Musalem, Olivares & Schilkrut 2013 (Management Science 59:1743-1763): at a deli counter, from 10 to 15 people
waiting, purchases fall from 30 to 27 % of visits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from simulation.customer.experience import service_level
from simulation.customer.purchase import chance_to_buy
from simulation.market.queue import queue_penalty
from simulation.parameters import DETERMINANTS, DIMENSIONS, PARAMETERS
from simulation.scenario import Scenario

WAITING = (10.0, 15.0)  # people in front of all tills
FELT_BEFORE = ("discover", "browse")  # touchpoints at which whether to buy is decided


def incidence_change(scenario: Scenario) -> float:
    """Fact 48. Chance to buy with 15 people in front of the mean store's tills / with 10, less 1."""
    staff = [outlet.staff for outlet in scenario.outlets if outlet.cell is not None]
    if not staff:
        return math.nan
    number = {**{name: each.value for name, each in PARAMETERS.items()}, **scenario.parameters}
    tills = max(1.0, number["tills_share"] * float(np.mean(staff)))
    few, many = (chance(people / tills, number) for people in WAITING)
    return many / few - 1.0


def chance(people: float, number: Mapping[str, float]) -> float:
    """Chance to buy of somebody who sees so many people in front of each open till, all else being ordinary."""
    penalty = queue_penalty(people, number["queue_penalty"], number["queue_penalty_cap"])
    lost = number["ordinary_level"] - service_level(number["ordinary_level"], penalty, 1.0)
    minutes = min(people * number["till_minutes"], number["wait_cap_minutes"])
    experience = number["ordinary_level"] - (1.0 - number["past_weight"]) * service_weight() * lost
    return float(
        chance_to_buy(
            number["buy_base"],
            number["buy_experience"],
            experience,
            number["ordinary_level"],
            number["buy_wait"] * minutes,
            0.0,
        )
    )


def service_weight() -> float:
    """Weight of the service interface in what is felt before the purchase, unmoderated."""
    return float(np.mean([_weight_at(touchpoint) for touchpoint in FELT_BEFORE]))


def _weight_at(touchpoint: str) -> float:
    whole = 0.0
    for name, dimension in DIMENSIONS.items():
        pulls = {key: each.weights[name] * each.touchpoints[touchpoint] for key, each in DETERMINANTS.items()}
        whole += dimension.value * pulls["service"] / sum(pulls.values())
    return whole
