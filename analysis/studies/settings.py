"""What a factor is set to, in words: "35 % a year", "1,200 EUR", "yes"."""

from __future__ import annotations

import math

import numpy as np

from analysis.drawing import plain
from analysis.studies.experiments import Factor, Outcome
from analysis.views import Scale, scale_of

RATE = "share per year"
GRAINS = 50  # parts of a range that a reader cares for
QUIET = {"", "count", "number", "none", "ratio", "-"}  # units that say nothing beside a number


def factor_scale(factor: Factor, currency: str = "") -> Scale:
    """How the settings of a factor are shown."""
    if factor.unit.startswith(RATE):
        return Scale(100.0, f"% per year{factor.unit.removeprefix(RATE)}", "% points")
    return _said(scale_of(factor.unit, currency, max(abs(factor.low), abs(factor.high))))


def outcome_scale(outcome: Outcome, size: float, currency: str = "") -> Scale:
    """How an outcome about as large as `size` is shown."""
    return _said(scale_of(outcome.unit, currency, size))


def _said(scale: Scale) -> Scale:
    unit = "" if scale.unit in QUIET else " ".join(scale.unit.split())
    return scale._replace(unit=unit)


def rounded(factor: Factor, value: float, currency: str = "") -> float:
    """A setting of a number on its scale, as exact as a fiftieth of its range (log: as two digits are)."""
    factor_of = factor_scale(factor, currency).factor
    if factor.log or not factor.high > factor.low:
        return float(f"{factor_of * value:.2g}")
    return round(factor_of * value, -math.floor(math.log10(factor_of * (factor.high - factor.low) / GRAINS))) + 0.0


def setting(factor: Factor, value: float, currency: str = "") -> str:
    """A setting with its unit."""
    if factor.choices:
        return factor.choices[int(np.clip(round(value), 0, len(factor.choices) - 1))]
    scale = factor_scale(factor, currency)
    return f"{plain(float(f'{scale.factor * value:.4g}'))} {scale.unit}".rstrip()
