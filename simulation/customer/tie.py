"""Ties: what kind of relationship customer and retailer have, and what it changes.

Four types on absolute thresholds, so that what a retailer does can change their mix. They map onto financial and social
bonds (Berry 1995), spurious, latent and true loyalty (Dick & Basu 1994), hostages and loyalists (Jones & Sasser 1995).
"""

from __future__ import annotations

from simulation.compiling import box
from simulation.parameters import RELATIONSHIPS

TRANSACTIONAL, QUANTITATIVE, SOCIAL, EMOTIONAL = range(len(RELATIONSHIPS))


@box
def smoothed(stock: float, pace: float, seen: float) -> float:
    """A weekly rate as a slow average of the weeks, at most 1 a week."""
    return stock + pace * (min(seen, 1.0) - stock)


@box
def reaches(value: float, limit: float, hysteresis: float, is_held: float) -> float:
    """1 where a limit is reached: a little more is asked to enter a type, a little less to keep it."""
    return 1.0 if value >= (limit - hysteresis if is_held > 0.0 else limit + hysteresis) else 0.0


@box
def deserved_type(frequent: float, in_touch: float, feels: float, trusts: float) -> float:
    """Emotional before social before quantitative before transactional; each argument is 1 or 0."""
    tied = 3.0 if feels * trusts > 0.0 else 2.0
    return tied if in_touch > 0.0 else (1.0 if frequent > 0.0 else 0.0)


@box
def is_quantitative(kind: float) -> float:
    """1 for a quantitative relationship."""
    return 1.0 if kind > 0.5 and kind < 1.5 else 0.0


@box
def type_after(now: float, deserved: float, weeks: float, least: float) -> float:
    """A relationship keeps its type for some weeks at least."""
    return deserved if weeks >= least else now


@box
def by_type(kind: float, quantitative: float, social: float, emotional: float) -> float:
    """The multiplier that belongs to a type; a transactional relationship changes nothing."""
    return emotional if kind > 2.5 else (social if kind > 1.5 else (quantitative if kind > 0.5 else 1.0))


@box
def log_odds_by_type(kind: float, quantitative: float, social: float, emotional: float) -> float:
    """The term in log-odds that belongs to a type; a transactional relationship adds none."""
    return emotional if kind > 2.5 else (social if kind > 1.5 else (quantitative if kind > 0.5 else 0.0))


@box
def is_tied(kind: float) -> float:
    """1 for a social or emotional relationship."""
    return 1.0 if kind > 1.5 else 0.0


@box
def is_emotional(kind: float) -> float:
    """1 for an emotional relationship."""
    return 1.0 if kind > 2.5 else 0.0


@box
def tolerance(kind: float, degree: float, social: float, emotional: float, betrayal: float) -> float:
    """How much of a failure's loss is felt: friends forgive, but a major failure of somebody loved is a betrayal."""
    return betrayal if kind > 2.5 and degree > 1.5 else (emotional if kind > 2.5 else (social if kind > 1.5 else 1.0))


@box
def rivals_count(u: float, chance: float, has_emotional: float, is_emotional_here: float) -> float:
    """0 for a rival that an emotional tie to somebody else keeps from being thought of on this occasion."""
    return 0.0 if u < chance and has_emotional > 0.0 and is_emotional_here < 0.5 else 1.0


@box
def may_answer(u: float, chance: float, tied: float, has_offer: float) -> float:
    """1 when a retailer learns of a rival's offer to a customer tied to it, and answers: the last refusal."""
    return 1.0 if u < chance and tied > 0.0 and has_offer < 0.5 else 0.0


@box
def chance_to_return(alone: float, contacted: float, success: float) -> float:
    """Weekly chance that a lapsed relationship comes back: by itself, or won back."""
    return alone + contacted * success
