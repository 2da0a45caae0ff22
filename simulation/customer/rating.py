"""Ratings: who posts stars, and what stars say to who reads them.

Ho, Wu & Tan 2017: the probit of posting rises with the squared gap to the posted mean and with extreme quality.
"""

from __future__ import annotations

from simulation.arithmetic import clip, normal
from simulation.compiling import box


@box
def stars(said: float, two: float, three: float, four: float, five: float) -> float:
    """The visit in stars, 1 to 5, by cut points of what the customer says of M (`latent`): a review is an answer."""
    low = (1.0 if said >= two else 0.0) + (1.0 if said >= three else 0.0)
    high = (1.0 if said >= four else 0.0) + (1.0 if said >= five else 0.0)
    return 1.0 + low + high


@box
def urge_to_post(quality: float, posted: float, base: float, gap: float, gap_squared: float, extreme: float) -> float:
    """Index of the probit of posting: `quality` in stars beside the posted mean, and beside the middle of the scale."""
    distance = quality - posted
    return base + gap * distance + gap_squared * distance * distance + extreme * (quality - 3.0) * (quality - 3.0)


@box
def posts(u: float, urge: float) -> float:
    """1 when a rating is posted: a probit with one uniform."""
    return 1.0 if normal(u) < urge else 0.0


@box
def level_of_stars(mean: float) -> float:
    """Stars 1 to 5 on the scale of levels."""
    return (mean - 1.0) / 4.0


@box
def promised_by_stars(mean: float, leniency: float) -> float:
    """The level that a reader of ratings expects: as they say it, seen with the reader's own leniency."""
    return clip(level_of_stars(mean) + leniency)
