"""Numbers as words: with the decimals they deserve, a true minus sign, and intervals whose ends can be told apart."""

from __future__ import annotations

import math

from analysis.effects import Interval

DECIMALS = ((100, 0), (0.1, 1), (0.01, 2), (0.001, 3))  # from this size on, so many decimals
MOST_NEAR = 20  # an end nearer to 0 than this part of half the width may be written as 0
MANY = 10_000  # from here on nobody reads decimals


def short(value: float, sign: bool = False, like: float | None = None) -> str:
    """A number with as many decimals as its size deserves, or as the size of `like` does."""
    size = abs(value if like is None else like)
    decimals = next((places for least, places in DECIMALS if size >= least), 1 if size == 0 else 4)
    text = f"{abs(value):,.{0 if abs(value) >= MANY else decimals}f}"
    nothing = not float(text.replace(",", ""))
    return ("" if nothing else "−" if value < 0 else "+" if sign else "") + text


def size(found: Interval, sign: bool = True) -> str:
    """The mean with the decimals that its interval deserves: "+0.12"."""
    return short(found.mean, sign=sign, like=grain(found))


def ends(found: Interval, between: str = ", ") -> str:
    """Both ends of the interval with the same decimals as the mean: "0.11, 0.13"; empty with one replicate."""
    if not math.isfinite(found.low):
        return ""
    return f"{short(found.low, like=grain(found))}{between}{short(found.high, like=grain(found))}"


def bracketed(found: Interval, sign: bool = True) -> str:
    """Mean and interval: "+0.12 [0.11, 0.13]", kept in one line after the space."""
    inside = ends(found, ",\u00a0")
    return f"{size(found, sign)} [{inside}]" if inside else size(found, sign)


def grain(found: Interval) -> float:
    """The size that sets the decimals: half the interval's width.

    Without an interval it is the mean; where an end comes near 0 and the change is clear, it is that end, so that it is
    not written as 0.
    """
    half = (found.high - found.low) / 2
    if not half > 0:  # NaN too
        return abs(found.mean)
    nearest = min(abs(found.low), abs(found.high))
    return min(half, max(nearest, half / MOST_NEAR)) if found.clear else half
