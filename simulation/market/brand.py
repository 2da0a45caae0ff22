"""Price and brand: what a retailer seems to be beside the others."""

from __future__ import annotations

from simulation.arithmetic import clip
from simulation.compiling import box


@box
def price_level(ordinary: float, theta: float, price_index: float, market_mean: float, offset: float) -> float:
    """How favourable prices seem: dearer than the market lowers the level."""
    return clip(ordinary - theta * (price_index / market_mean - 1.0) + offset)


@box
def price_offset(given: float, ordinary: float, theta: float, price_index: float, market_mean: float) -> float:
    """The offset at which a given price level holds at the first prices."""
    return given - (ordinary - theta * (price_index / market_mean - 1.0))


@box
def brand_after(brand: float, pace: float, reputation: float) -> float:
    """The brand follows reputation, slowly."""
    return clip(brand + pace * (reputation - brand))


@box
def advertising_level(awareness: float, half: float) -> float:
    """How present a retailer's advertising is: half at `half` of awareness a week, with falling returns."""
    return awareness / (awareness + half)


@box
def reputation(
    satisfaction: float, rating: float, advertising: float, rating_share: float, advertising_share: float
) -> float:
    """What a brand moves to: its customers' satisfaction, its ratings and its advertising, all as levels."""
    own = 1.0 - rating_share - advertising_share
    return own * satisfaction + rating_share * rating + advertising_share * advertising
