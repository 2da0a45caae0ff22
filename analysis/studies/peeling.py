"""PRIM: a box of the inputs in which cases of interest are dense, found by peeling thin slices off.

Friedman & Fisher 1999 (Statistics and Computing 9:123-143). Every step takes off the slice after which the share of
cases of interest has risen most for what was given up, so that a large category competes fairly with a thin
slice of a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from analysis.studies.experiments import Bools, Factor, Floats

PEEL = 0.05  # the share of the points in the box that a slice of a number takes off
LEAST = 0.05  # of all points a box holds


class Limits(NamedTuple):
    """The sides of a box: lowest and highest of every number, and which choices of a category are in."""

    low: Floats
    high: Floats
    kept: tuple[frozenset[int], ...]  # empty for numbers

    def inside(self, inputs: Floats, factors: tuple[Factor, ...]) -> Bools:
        """Which points lie in the box."""
        held = (inputs >= self.low) & (inputs <= self.high)
        for place, factor in enumerate(factors):
            if factor.choices:
                held[:, place] = np.isin(inputs[:, place], list(self.kept[place]))
        return np.asarray(held.all(1))

    def loosened(self, place: int, whole: Limits) -> Limits:
        """The box without its limits on one factor."""
        low, high = np.array(self.low), np.array(self.high)
        low[place], high[place] = whole.low[place], whole.high[place]
        kept = tuple((whole if n == place else self).kept[n] for n in range(len(self.kept)))
        return Limits(low, high, kept)

    def tightened(self, place: int, low: float, high: float, kept: frozenset[int]) -> Limits:
        """The box with new limits on one factor."""
        lows, highs = np.array(self.low), np.array(self.high)
        lows[place], highs[place] = low, high
        return Limits(lows, highs, tuple(kept if n == place else each for n, each in enumerate(self.kept)))

    def restricted(self, place: int, whole: Limits) -> bool:
        """Whether the box is narrower than everything in one factor."""
        same = self.low[place] == whole.low[place] and self.high[place] == whole.high[place]
        return not same or self.kept[place] != whole.kept[place]


class Slice(NamedTuple):
    """What could be peeled next: how good that is, what the box would be, and which points would stay."""

    gain: float
    limits: Limits
    stay: Bools


def everything(inputs: Floats, factors: tuple[Factor, ...]) -> Limits:
    """The box that holds all points, whose sides are no limits."""
    choices = tuple(frozenset(range(len(factor.choices))) for factor in factors)
    return Limits(np.full(inputs.shape[1], -np.inf), np.full(inputs.shape[1], np.inf), choices)


def peeled(inputs: Floats, of_interest: Bools, factors: tuple[Factor, ...]) -> Iterator[Limits]:
    """Boxes, each inside the one before, until one more slice would leave too few points."""
    limits, there = everything(inputs, factors), np.arange(len(inputs))
    least = max(1, int(np.ceil(LEAST * len(inputs))))
    numbers = [place for place, factor in enumerate(factors) if not factor.choices]
    while not of_interest[there].all():
        part, hits = inputs[there], of_interest[there]
        slices = [*_of_numbers(limits, numbers, part, hits, least), *_of_choices(limits, part, hits, least)]
        if not slices:
            return
        best = max(slices, key=lambda each: each.gain)
        limits, there = best.limits, there[best.stay]
        yield limits


def _of_numbers(limits: Limits, numbers: list[int], inputs: Floats, hits: Bools, least: int) -> Iterator[Slice]:
    """The best slice at the low and at the high end of numbers; all numbers are looked at together."""
    for sign in (1.0, -1.0):
        columns = sign * inputs[:, numbers]
        varying = np.flatnonzero(np.ptp(columns, axis=0) > 0.0)
        if not len(varying):
            return
        side = _lowest_that_stays(columns[:, varying])
        gains = _gains(columns[:, varying] >= side, hits, least)
        best = int(np.argmax(gains))
        if np.isfinite(gains[best]):
            column, place = columns[:, varying[best]], numbers[varying[best]]
            end = sign * float((side[best] + column[column < side[best]].max()) / 2.0)  # halfway to what goes
            low, high = (end, limits.high[place]) if sign > 0.0 else (limits.low[place], end)
            yield Slice(gains[best], limits.tightened(place, low, high, frozenset()), column >= side[best])


def _lowest_that_stays(columns: Floats) -> Floats:
    """Of every column the lowest value once a slice is gone; of few values the whole lowest goes."""
    gone = max(1, int(PEEL * len(columns)))
    side, lowest = np.partition(columns, gone, axis=0)[gone], columns.min(0)
    next_lowest = np.where(columns > lowest, columns, np.inf).min(0)
    return np.asarray(np.where(side > lowest, side, next_lowest))


def _of_choices(limits: Limits, inputs: Floats, hits: Bools, least: int) -> Iterator[Slice]:
    """Every choice that could be left out."""
    for place, kept in enumerate(limits.kept):
        for code in sorted(kept):
            stay = inputs[:, place] != code
            gain = float(_gains(stay[:, None], hits, least)[0])
            if np.isfinite(gain):
                yield Slice(gain, limits.tightened(place, -np.inf, np.inf, kept - {code}), stay)


def _gains(stay: Bools, hits: Bools, least: int) -> Floats:
    """The rise of the share of interest per point given up, by column; -inf if too few stay or none goes."""
    staying = stay.sum(0)
    allowed = (staying >= least) & (staying < len(hits))
    share = np.where(allowed, hits.astype(np.float64) @ stay, 0.0) / np.maximum(staying, 1)
    return np.where(allowed, (share - hits.mean()) / np.maximum(len(hits) - staying, 1), -np.inf)
