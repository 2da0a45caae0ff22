"""Service failure: what goes wrong, how much it hurts, where.

Incidence XM Institute 2019; severities are assumptions.
"""

from __future__ import annotations

from simulation.compiling import box


@box
def fails(u: float, rate: float) -> float:
    """1 when something goes wrong on this visit."""
    return 1.0 if u < rate else 0.0


@box
def severity(u: float, minor_from: float, major_from: float) -> float:
    """0 trivial, 1 minor, 2 major."""
    return (1.0 if u >= minor_from else 0.0) + (1.0 if u >= major_from else 0.0)


@box
def by_severity(degree: float, trivial: float, minor: float, major: float) -> float:
    """The value that belongs to a severity."""
    return trivial if degree < 0.5 else (minor if degree < 1.5 else major)


@box
def happens_here(u: float, first: float, touchpoints: float, bought: float) -> float:
    """1 when a failure strikes: before the purchase always, after it only if there is a purchase.

    `u` picks one of `touchpoints` places; those numbered from `first` lie after the purchase.
    """
    return 1.0 if u * touchpoints < first or bought > 0.0 else 0.0


@box
def loss_at(loss: float, spread: float, met: float, is_place: float) -> float:
    """Experience lost at one touchpoint.

    `spread` of it everywhere, the rest (times the touchpoints met) where it happened.
    """
    return loss * (spread + (1.0 - spread) * met * is_place)


@box
def is_at(u: float, touchpoints: float, place: float) -> float:
    """1 when the place drawn is `place` (0, 1, ...)."""
    position = u * touchpoints
    return 1.0 if position >= place and position < place + 1.0 else 0.0
