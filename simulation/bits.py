"""Integer bit work: Philox4x32-10, powers of two, the parts of a float. Nothing else in the project works on bits.

Compiled, every operation is cast explicitly, because numba widens what NumPy does not. Uncompiled, the same results
come from Python's own integers, `math.ldexp` and `math.frexp`, which are exact; tests hold the two to the same bits.
Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compiling import IS_PLAIN, box

WEEK_OFFSET = 16384  # week -16384 is the first that a counter can name
TO_UNIT = 2.3283064365386963e-10  # 2^-32

_M0, _M1 = 0xD2511F53, 0xCD9E8D57
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_MASK = 0xFFFFFFFF
_U32 = np.uint64(32)
_UMASK = np.uint64(_MASK)
_UM0, _UM1 = np.uint64(_M0), np.uint64(_M1)
_UW0, _UW1 = np.uint64(_W0), np.uint64(_W1)
_ROUNDING = 6755399441055744.0  # 1.5 * 2^52: adding and subtracting it rounds to the nearest integer
_LOW_SQRT_HALF = np.int64(0x3FE6A09E667F3BCD)  # bits of sqrt(1/2)
_EXPONENT = np.int64(-4503599627370496)  # sign and exponent bits

Four = tuple[float, float, float, float]


def _philox_plain(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    for _ in range(10):
        p0, p1 = c0 * _M0, c2 * _M1
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & _MASK, (p0 >> 32) ^ c3 ^ k1, p0 & _MASK
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    return c0, c1, c2, c3


@box
def _philox_packed(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    for _ in range(10):
        p0 = np.uint64(c0 * _UM0)
        p1 = np.uint64(c2 * _UM1)
        n0 = np.uint64(np.uint64(p1 >> _U32) ^ c1 ^ k0)
        n2 = np.uint64(np.uint64(p0 >> _U32) ^ c3 ^ k1)
        c1 = np.uint64(p1 & _UMASK)
        c3 = np.uint64(p0 & _UMASK)
        c0 = n0
        c2 = n2
        k0 = np.uint64((k0 + _UW0) & _UMASK)
        k1 = np.uint64((k1 + _UW1) & _UMASK)
    return c0, c1, c2, c3


def _uniforms_plain(
    seed: int, replicate: int, key: int, week: int, occasion: int, block: int, stream: int, entity: int
) -> Four:
    c2 = ((int(week) + WEEK_OFFSET) << 16) | (int(occasion) << 12) | int(block)
    c3 = (int(stream) << 26) | int(entity)
    key = int(key)
    a, b, c, d = _philox_plain(key & _MASK, key >> 32, c2, c3, int(seed), int(replicate))
    return (a + 0.5) * TO_UNIT, (b + 0.5) * TO_UNIT, (c + 0.5) * TO_UNIT, (d + 0.5) * TO_UNIT


@box
def _unit(word: np.uint64) -> float:
    return (float(np.int64(word)) + 0.5) * 2.3283064365386963e-10


@box
def _uniforms_packed(
    seed: int, replicate: int, key: int, week: int, occasion: int, block: int, stream: int, entity: int
) -> Four:
    c2 = np.uint64(
        ((np.int64(week) + np.int64(16384)) << np.int64(16)) | (np.int64(occasion) << np.int64(12)) | np.int64(block)
    )
    c3 = np.uint64((np.int64(stream) << np.int64(26)) | np.int64(entity))
    k = np.uint64(key)
    a, b, c, d = _philox_packed(
        np.uint64(k & _UMASK), np.uint64(k >> _U32), c2, c3, np.uint64(seed), np.uint64(replicate)
    )
    return _unit(a), _unit(b), _unit(c), _unit(d)


def _two_to_the_plain(n: float) -> float:
    return math.ldexp(1.0, int(n))


@box
def _two_to_the_packed(n: float) -> float:
    return np.int64((np.int64(np.int32(n)) + np.int64(1023)) << np.int64(52)).view(np.float64)


def _split_plain(x: float) -> tuple[float, float]:
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        return mantissa * 2.0, float(exponent - 1)
    return mantissa, float(exponent)


@box
def _split_packed(x: float) -> tuple[float, float]:
    bits = np.float64(x).view(np.int64)
    above = np.int64(bits - _LOW_SQRT_HALF)
    exponent = np.int32(above >> np.int64(52))
    mantissa = np.int64(bits - np.int64(above & _EXPONENT)).view(np.float64)
    return mantissa, float(exponent)


# The four functions that the rest of the project calls:
uniforms = _uniforms_plain if IS_PLAIN else _uniforms_packed
"""Four uniforms in (0, 1), a pure function of seed, replicate (< 2^32), 64-bit key, week, occasion (< 16).

Block (< 4096), stream (< 64) and entity (< 2^26).
"""
philox = _philox_plain if IS_PLAIN else _philox_packed
"""Philox4x32-10 on four counter words and two key words."""
two_to_the = _two_to_the_plain if IS_PLAIN else _two_to_the_packed
"""2^n for a whole number n in [-1022, 1023], exact."""
split = _split_plain if IS_PLAIN else _split_packed
"""(mantissa in [sqrt(1/2), sqrt 2), exponent) of a positive normal x, exact."""
