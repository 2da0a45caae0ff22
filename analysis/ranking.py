"""Which of several scenarios is the best, and how probably: by values that share their luck, replicate by replicate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from analysis.effects import Floats, Interval, told

GUESSES = 20_000


class Place(NamedTuple):
    """A scenario among several: how probably it is the best, and its lead on the next one (NaN: there is none)."""

    scenario: str
    p_best: float = math.nan
    lead: float = math.nan
    lead_low: float = math.nan
    lead_high: float = math.nan


def ranking(samples: Mapping[str, Floats], each: int) -> list[Place]:
    """Scenarios by their value, the best first.

    Args:
        samples: net present value of each scenario by replicate; replicates of all share their luck.
        each: replicates that share a draw of what is not known, 0: nothing is drawn.

    Returns:
        The probability that each is the best: of values that lie around the means as their differences do, with their
        correlation (a multivariate t, sampled with a fixed seed). The lead is the paired difference to the next.
    """
    names = sorted(samples, key=lambda name: -float(samples[name].mean()))
    values = np.array([samples[name] for name in names])
    chances = _chances(values, each)
    leads = [_lead(values[n] - values[n + 1], each) for n in range(len(names) - 1)] + [Interval(*[math.nan] * 3)]
    return [Place(name, chance, *lead) for name, chance, lead in zip(names, chances, leads, strict=True)]


def _lead(difference: Floats, each: int) -> Interval:
    found, _ = told(difference, each)
    return Interval(float(found.mean), float(found.low), float(found.high))


def _chances(values: Floats, each: int) -> list[float]:
    """How often each is the greatest; NaN with a single draw."""
    each_unit = max(each, 1)
    count = values.shape[1] // each_unit
    units = values[:, : count * each_unit].reshape(len(values), count, each_unit).mean(-1)  # draws, or replicates
    if count < 2:  # noqa: PLR2004  (nothing can be told)
        return [float("nan")] * len(values)
    own = (1.0 + 1.0 / count) if each else 1.0 / count  # one more draw, or the mean over luck
    spread = np.cov(units).reshape(len(values), len(values)) * own
    chance = np.random.default_rng(0)
    around = chance.multivariate_normal(np.zeros(len(values)), spread, GUESSES, method="eigh")
    degrees = count - 1
    guesses = values.mean(1) + around * np.sqrt(degrees / chance.chisquare(degrees, (GUESSES, 1)))
    wins = np.bincount(guesses.argmax(1), minlength=len(values)) / GUESSES
    return [float(share) for share in wins]
