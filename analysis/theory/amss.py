"""How the Aggregate Marketing System Simulator splits sales (Zhang & Vaver 2017, Google; the code of R package amss).

Its documentation's worked example differs from its code (60 : 40 instead of 70 : 30); this is the code.
"""

from __future__ import annotations

from typing import NamedTuple


class Split(NamedTuple):
    """Probabilities that somebody ready to purchase buys the brand, and a competitor's product."""

    brand: float
    competitor: float


def split(demand: float, competitor_most: float, replaced: float) -> Split:
    """One person's purchase.

    Args:
        demand: probability to buy the brand if there were no competitor.
        competitor_most: probability to buy the competitor's if there were no brand.
        replaced: 0 to 1, how much of the brand's sales are lost to the competitor rather than new ones.
    """
    competitor = max(0.0, competitor_most - (1.0 - replaced) * demand)
    return Split(max(demand, competitor_most) - competitor, competitor)
