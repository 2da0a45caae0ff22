"""Leaving and return.

Bolton 1998 (hazard falls with the cumulative stock), Jones & Sasser 1995 (steeper under competition).
"""

from __future__ import annotations

from simulation.arithmetic import logistic
from simulation.compiling import box

NO_LINK, UNAWARE, PROSPECT, ACTIVE, LAPSED = 0, 1, 2, 3, 4


@box
def readiness(weekly_mean: float, sd: float, z: float) -> float:
    """mu: how ready this customer is to leave this retailer, in log-odds per week at CS .95."""
    return weekly_mean + sd * z


@box
def chance_to_leave(mu: float, slope: float, satisfaction: float, competition: float) -> float:
    """Hazard of leaving in a week.

    Below CS .95 + .05 competition never lowers it, because its own term is slope x .05.
    """
    return logistic(mu + slope * 0.05 * competition - slope * (satisfaction - 0.95) * (1.0 + competition))


@box
def leaves(u: float, chance: float, is_active: float, active_links: float) -> float:
    """1 when an active link lapses; never the customer's last one."""
    return 1.0 if u < chance and is_active > 0.0 and active_links > 1.5 else 0.0


@box
def happens_if(u: float, chance: float, applies: float) -> float:
    """1 with a probability, where it applies."""
    return 1.0 if u < chance and applies > 0.0 else 0.0
