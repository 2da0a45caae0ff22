"""The checkout queue: M/M/c by Sakasegawa's approximation (1977).

Shoppers react to its length, more than in proportion (Lu et al. 2013).
"""

from __future__ import annotations

import math

from simulation.arithmetic import power
from simulation.compiling import box


@box
def asked_of_tills(busy: float, load: float, reference_load: float, staff: float, usual_staff: float) -> float:
    """Use of the open tills in busy hours if all visitors were served: more than 1 where they cannot be."""
    return busy * load / reference_load * usual_staff / staff


@box
def utilisation(busy: float, load: float, reference_load: float, staff: float, usual_staff: float) -> float:
    """Use of the open tills in busy hours, `busy` at the reference load with the usual staff; at most .98."""
    return min(0.98, asked_of_tills(busy, load, reference_load, staff, usual_staff))


@box
def share_served(
    busy: float, load: float, reference_load: float, staff: float, usual_staff: float, most: float, physical: float
) -> float:
    """Share of visitors whom the tills can take in a week: all, up to a use of `most` in busy hours."""
    asked = asked_of_tills(busy, load, reference_load, staff, usual_staff)
    return 1.0 - physical * max(0.0, 1.0 - most / max(asked, 1.0e-9))


@box
def waiting_in_services(use: float, servers: float) -> float:
    """Mean wait in units of one service time: rho^(sqrt(2(c+1)) - 1) / (c (1 - rho)). Exact for one server."""
    return power(max(use, 1.0e-9), math.sqrt(2.0 * (servers + 1.0)) - 1.0) / (servers * (1.0 - use))


@box
def wait_minutes(services: float, minutes: float, cap: float) -> float:
    """Mean wait at a till."""
    return min(services * minutes, cap)


@box
def queue_per_till(services: float, use: float) -> float:
    """People waiting per till: Little's law, arrivals per till times the wait."""
    return use * services


@box
def queue_penalty(people: float, response: float, cap: float) -> float:
    """Service level lost: convex in the length of the queue."""
    return min(response * people * people, cap)
