"""The arithmetic that boxes may use beyond + - * / and comparisons.

The same bits compiled and uncompiled, in packed loops.

`exp_` and `log_` are polynomials (relative error below 1e-11), evaluated pairwise because a long Horner chain waits
for itself. `**`, `math.exp` and `math.log` are not used in boxes: their results differ between compiled and plain
code.
"""

from __future__ import annotations

import math

from simulation.bits import split, two_to_the
from simulation.compiling import box

_ROUNDING = 6755399441055744.0  # 1.5 * 2^52: adding and subtracting it rounds to the nearest whole number


@box
def clip(x: float) -> float:
    """Hold x within [0, 1], where every level and stock lives."""
    return min(max(x, 0.0), 1.0)


@box
def soft(d: float, zone: float) -> float:
    """Give d a zone of indifference: sign(d) max(0, |d| - zone)."""
    return max(d - zone, 0.0) - max(-d - zone, 0.0)


@box
def exp_(x: float) -> float:
    """e^x for x in [-700, 700] (held there)."""
    x = min(max(x, -700.0), 700.0)
    n = (x * 1.4426950408889634 + _ROUNDING) - _ROUNDING
    r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r) + r2 * (0.5 + r * 0.16666666666666666)
    middle = (0.041666666666666664 + r * 0.008333333333333333) + r2 * (0.001388888888888889 + r * 0.0001984126984126984)
    high = 2.48015873015873e-05 + r * 2.7557319223985893e-06
    return (low + r4 * (middle + r4 * high)) * two_to_the(n)


@box
def log_(x: float) -> float:
    """Natural logarithm of a positive x."""
    mantissa, exponent = split(x)
    s = (mantissa - 1.0) / (mantissa + 1.0)
    z = s * s
    z2 = z * z
    p = (0.6666666666666735 + z * 0.3999999999940941) + z2 * (
        (0.2857142874366239 + z * 0.22222198432149784) + z2 * (0.18183571621628 + z * 0.15313837699209373)
    )
    return exponent * 0.6931471805599453 + (s * (z * p) + 2.0 * s)


@box
def logistic(x: float) -> float:
    """1 / (1 + e^-x)."""
    return 1.0 / (1.0 + exp_(-x))


@box
def power(x: float, y: float) -> float:
    """x^y for a positive x."""
    return exp_(y * log_(x))


@box
def normal(u: float) -> float:
    """Standard normal quantile of a uniform u in (0, 1), relative error below 1.2e-9. Source: Acklam 2003."""
    q = u - 0.5
    r = q * q
    top = (
        (
            (((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.3577518672690) * r
            - 30.66479806614716
        )
        * r
        + 2.506628277459239
    ) * q
    bottom = (
        (((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r
        - 13.28068155288572
    ) * r + 1.0
    t = math.sqrt(-2.0 * log_(min(u, 1.0 - u)))
    tail_top = (
        (((-0.007784894002430293 * t - 0.3223964580411365) * t - 2.400758277161838) * t - 2.549732539343734) * t
        + 4.374664141464968
    ) * t + 2.938163982698783
    tail_bottom = (
        ((0.007784695709041462 * t + 0.3224671290700398) * t + 2.445134137142996) * t + 3.754408661907416
    ) * t + 1.0
    sign = 1.0 if q < 0.0 else -1.0
    in_tail = abs(q) > 0.47575
    numerator = sign * tail_top if in_tail else top
    denominator = tail_bottom if in_tail else bottom
    return numerator / denominator


@box
def gumbel(u: float) -> float:
    """Standard Gumbel quantile of a uniform u in (0, 1): the luck of an alternative in a logit choice."""
    return -log_(-log_(u))
