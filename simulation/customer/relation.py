"""Leaving and return.

Bolton 1998 (hazard falls with the cumulative stock), Jones & Sasser 1995 (steeper under competition).
"""

from __future__ import annotations

from simulation.arithmetic import logistic
from simulation.compiling import box
from simulation.parameters import STATUSES

LOG_WEEKS_PER_MONTH = 1.4663370687934272  # ln(52 / 12)
NO_LINK, UNAWARE, PROSPECT, ACTIVE, LAPSED = range(len(STATUSES))


@box
def readiness(weekly_mean: float, sd: float, z: float) -> float:
    """mu: how ready this customer is to leave this retailer, in log-odds per week at the pivot."""
    return weekly_mean + sd * z


@box
def own_readiness(mu: float, own: float) -> float:
    """Readiness of a customer of whom more is known than the spread: see the trait `leaving`."""
    return mu + own


@box
def weekly_readiness(monthly: float, slope: float, known_at: float, pivot: float) -> float:
    """Mean of mu: log-odds a week at the pivot, from log-odds a month at the satisfaction where they are known."""
    return monthly - slope * (pivot - known_at) - LOG_WEEKS_PER_MONTH


@box
def dissatisfaction(slope: float, satisfaction: float, pivot: float) -> float:
    """What satisfaction adds to the log-odds of leaving: more the further it lies below the pivot."""
    return slope * (pivot - satisfaction)


@box
def temptation(slope: float, satisfaction: float, competition: float) -> float:
    """What competition adds to them: it never lowers the hazard, and hardly moves the fully satisfied."""
    return slope * (1.0 - satisfaction) * competition


@box
def chance_to_leave(mu: float, by_satisfaction: float, by_competition: float) -> float:
    """Hazard of leaving in a week, from its terms in log-odds."""
    return logistic(mu + by_satisfaction + by_competition)


@box
def is_recent(visits: int, weeks: int, limit: float) -> float:
    """1 for a customer who has been there, and not too long ago: whom a survey of satisfaction asks."""
    return 1.0 if visits > 0 and float(weeks) < limit else 0.0


@box
def leaves(u: float, chance: float, is_active: float, active_links: float, kept: float) -> float:
    """1 when an active link lapses; a customer keeps so many (1: never the last one is left)."""
    return 1.0 if u < chance and is_active > 0.0 and active_links > kept + 0.5 else 0.0


@box
def happens_if(u: float, chance: float, applies: float) -> float:
    """1 with a probability, where it applies."""
    return 1.0 if u < chance and applies > 0.0 else 0.0
