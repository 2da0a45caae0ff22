"""Surveys: how what a customer carries becomes an answer, which is not the same thing.

Response style and error of one question: Baumgartner & Steenkamp 2001, Wanous, Reichers & Hudy 1997.
"""

from __future__ import annotations

import math

from simulation.compiling import box

LARGEST = 0.9999999998835847  # 1 - 2^-33, the largest uniform there is


@box
def is_asked(u: float, week: float, weeks: float) -> float:
    """1 in the customer's week of every `weeks`; `u` belongs to customer and retailer, so everybody has a turn."""
    turns = math.floor(weeks)
    return 1.0 if math.floor(u * turns) == week - turns * math.floor(week / turns) else 0.0


@box
def is_asked_after_visit(u: float, weeks: float) -> float:
    """1 for one visit in `weeks`."""
    return 1.0 if u * weeks < 1.0 else 0.0


@box
def luck_left(u: float, weeks: float) -> float:
    """What the luck that chose a visit still says: a uniform among the visits chosen."""
    return min(u * weeks, LARGEST)


@box
def ease(discover: float, checkout: float, aftercare: float, met_checkout: float, met_aftercare: float) -> float:
    """How easy the visit was: mean of finding, paying and what came afterwards, as far as they were met."""
    total = discover + met_checkout * checkout + met_aftercare * aftercare
    return total / (1.0 + met_checkout + met_aftercare)


@box
def asked_about(satisfaction: float, trust: float, trust_share: float) -> float:
    """What a question about a retailer is about: satisfaction, or satisfaction and trust."""
    return (1.0 - trust_share) * satisfaction + trust_share * trust


@box
def latent(level: float, style: float, error_sd: float, z: float) -> float:
    """What is compared with the steps of the scale: the level, the customer's style, the error of this answer."""
    return level + style + error_sd * z


@box
def reaches(level: float, cut: float) -> float:
    """1 when the latent level reaches a cut point."""
    return 1.0 if level >= cut else 0.0
