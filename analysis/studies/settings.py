"""What a factor is set to, in words: "35 % a year", "1,200 EUR", "yes"."""

from __future__ import annotations

import numpy as np

from analysis.drawing import plain
from analysis.studies.experiments import Factor, Outcome
from analysis.views import Scale, scale_of

RATE = "share per year"
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


def setting(factor: Factor, value: float, currency: str = "") -> str:
    """A setting with its unit."""
    if factor.choices:
        return factor.choices[int(np.clip(round(value), 0, len(factor.choices) - 1))]
    scale = factor_scale(factor, currency)
    return f"{plain(float(f'{scale.factor * value:.4g}'))} {scale.unit}".rstrip()
