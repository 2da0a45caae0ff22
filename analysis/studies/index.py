"""One number of how much a factor matters, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

RESAMPLES = 200  # of a bootstrap; a 95 % interval by its standard deviation is then known within a tenth
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Index:
    """How much a factor matters: which index, its value, and its 95 % interval (NaN where there is none)."""

    factor: str
    index: str
    value: float
    low: float
    high: float


def around(factor: str, index: str, value: float, half: float) -> Index:
    """An index with an interval of `half` to either side."""
    return Index(factor, index, float(value), float(value - half), float(value + half))
