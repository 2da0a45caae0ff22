"""Satisfaction: what was met against what was expected, and what will be remembered of it.

Boulding et al. 1993 (two expectations), Oliver 1980 and Anderson & Sullivan 1993 (disconfirmation, losses weigh
more), Alaybek et al. 2022 (peak and end).
"""

from __future__ import annotations

from simulation.arithmetic import clip, soft
from simulation.compiling import box


@box
def perception(experience: float, will: float, should: float, assimilation: float, contrast: float) -> float:
    """P: drawn to what was expected to happen, lowered by falling short of what ought to happen."""
    return experience + assimilation * (will - experience) - contrast * max(0.0, should - experience)


@box
def gap(experience: float, will: float, assimilation: float, zone: float) -> float:
    """Disconfirmation outside the zone of tolerance, without the contrast."""
    return soft((1.0 - assimilation) * (experience - will), zone)


@box
def response_to(surprise: float, loss_aversion: float, saturation: float) -> float:
    """Gains are concave, losses weigh `loss_aversion` times as much."""
    good = max(surprise, 0.0)
    bad = max(-surprise, 0.0)
    return good / (1.0 + saturation * good) - loss_aversion * bad


@box
def encounter(
    intercept: float,
    c_performance: float,
    performance: float,
    c_gap: float,
    response: float,
    c_needs: float,
    needs: float,
) -> float:
    """S: satisfaction with the visit."""
    return clip((intercept + c_performance * performance + c_gap * response) + c_needs * needs)


@box
def larger_deviation(peak: float, deviation: float, met: float) -> float:
    """The moment that stands out most so far."""
    return deviation if met > 0.0 and abs(deviation) > abs(peak) else peak


@box
def latest_deviation(end: float, deviation: float, met: float) -> float:
    """The last moment so far."""
    return deviation if met > 0.0 else end


@box
def remembered(
    satisfaction: float, c_performance: float, peak_weight: float, peak: float, end_weight: float, end: float
) -> float:
    """M: the visit as remembered; its length has no weight."""
    return clip(satisfaction + c_performance * (peak_weight * peak + end_weight * end))
