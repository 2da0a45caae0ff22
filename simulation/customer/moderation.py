"""Moderators: the situation and the person change how much something counts. Verhoef et al. 2009."""

from __future__ import annotations

from simulation.compiling import box


@box
def on_scale(source: float, middle: float, per_unit: float) -> float:
    """A source variable mapped linearly to [-1, 1]: `middle` is 0, and `per_unit` is 2 / (to - from)."""
    return min(max((source - middle) * per_unit, -1.0), 1.0)


@box
def moderate(factor: float, strength: float, z: float) -> float:
    """One moderator's part of a factor: 1 + strength z, never below 0. At strength 0 nothing changes, bit for bit."""
    return factor * max(0.0, 1.0 + strength * z)
