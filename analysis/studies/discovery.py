"""Scenario discovery: under which conditions a study fails, as a box in a few factors, in words.

Bryant & Lempert 2010 (Technological Forecasting and Social Change 77:34-49): PRIM peels; of its boxes the one is taken
whose coverage (share of the cases of interest inside) and density (share of interest among the points inside) are best
together, by their harmonic mean; a restriction stays if what it adds to the density would seldom come by chance (their
quasi-p-value, a binomial test). A search always finds something, so what it finds must also beat every one of the same
searches on shuffled outcomes; else nothing is found, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from analysis.studies.experiments import (
    POLICIES,
    Bools,
    Experiments,
    Factor,
    Floats,
    higher_is_better,
    outcome_named,
    outcome_values,
    taking,
)
from analysis.studies.peeling import Limits, everything, peeled

SIGNIFICANT = 0.05
SHUFFLES = 19  # the found box is above all of them once in twenty by chance
WORST = 0.2  # the share of points that is of interest when no limit is given
LEAST_POINTS = 40


class Interest(NamedTuple):
    """Which points are looked for: an outcome below (or above) a limit."""

    outcome: str
    below: bool
    limit: float

    def holds(self, values: Floats) -> Bools:
        """Which values are of interest."""
        return np.asarray(values < self.limit if self.below else values > self.limit)


@dataclass(frozen=True)
class Restriction:
    """What a factor must be for a point to lie in the box, and how easily chance would ask for it."""

    factor: Factor
    low: float
    high: float
    kept: tuple[str, ...]
    quasi_p: float


@dataclass(frozen=True)
class Discovery:
    """The conditions that were found; no restrictions: nothing was found."""

    interest: Interest
    points: int
    of_interest: int
    restrictions: tuple[Restriction, ...]
    inside: int
    hits: int

    @property
    def coverage(self) -> float:
        """The share of the cases of interest that the box holds."""
        return self.hits / self.of_interest if self.of_interest else float("nan")

    @property
    def density(self) -> float:
        """The share of interest among the points in the box."""
        return self.hits / self.inside if self.inside else float("nan")

    @property
    def rate(self) -> float:
        """The share of interest among all points."""
        return self.of_interest / self.points if self.points else float("nan")


def discover(
    experiments: Experiments, outcome: str | None = None, interest: Interest | None = None, seed: int = 0
) -> Discovery:
    """Under which conditions an outcome fails.

    Args:
        experiments: a sampled study; of a study of policies one policy (`of_policy`).
        outcome: whose failure (default: the first).
        interest: what failing is (default: `usual_interest`).
        seed: of the shuffles.

    Raises:
        ValueError: points do not stand for themselves, or are too few.
    """
    name = outcome or (interest.outcome if interest else experiments.outcomes[0].name)
    used = taking(experiments, np.isfinite(outcome_values(experiments, name)))
    _check(used)
    looked_for = interest or usual_interest(used, name)
    of_interest = looked_for.holds(outcome_values(used, name))
    found = Discovery(looked_for, len(of_interest), int(of_interest.sum()), (), 0, 0)
    if not 0 < found.of_interest < found.points:
        return found
    limits = _best(used.inputs, of_interest, used.factors)
    if limits is None or not _beats_chance(used, of_interest, limits, seed):
        return found
    return _described(found, used, of_interest, limits)


def usual_interest(experiments: Experiments, outcome: str) -> Interest:
    """A net present value below 0 if there are such; else the worst fifth of the points."""
    outcome_named(experiments, outcome)
    values = outcome_values(experiments, outcome)
    there = values[np.isfinite(values)]
    if outcome == "npv" and (there < 0.0).any():
        return Interest(outcome, below=True, limit=0.0)
    below = higher_is_better(outcome)
    return Interest(outcome, below, float(np.quantile(there, WORST if below else 1.0 - WORST)))


def _check(experiments: Experiments) -> None:
    if experiments.design == POLICIES and len(np.unique(np.asarray(experiments.policy))) > 1:
        raise ValueError("conditions are looked for under one policy: take one with of_policy(experiments, policy)")
    if experiments.design in ("one_at_a_time", "morris"):
        raise ValueError(
            f"conditions need points all over the space; a {experiments.design} design walks along its axes"
        )
    if len(experiments.inputs) < LEAST_POINTS:
        raise ValueError(
            f"conditions need at least {LEAST_POINTS} points that ran; there are {len(experiments.inputs)}"
        )


def _best(inputs: Floats, of_interest: Bools, factors: tuple[Factor, ...]) -> Limits | None:
    """Of all boxes the one with the best coverage and density together, without what chance could ask for."""
    boxes = list(peeled(inputs, of_interest, factors))
    if not boxes:
        return None
    best = max(boxes, key=lambda limits: _merit(limits.inside(inputs, factors), of_interest))
    return _thinned(best, inputs, of_interest, factors)


def _merit(inside: Bools, of_interest: Bools) -> float:
    """The harmonic mean of coverage and density."""
    return float(2.0 * (inside & of_interest).sum() / (inside.sum() + of_interest.sum()))


def _thinned(limits: Limits, inputs: Floats, of_interest: Bools, factors: tuple[Factor, ...]) -> Limits:
    """The box without restrictions that chance could ask for, the least sure gone first."""
    while chances := quasi_p_values(limits, inputs, of_interest, factors):
        place, worst = max(chances.items(), key=lambda item: item[1])
        if worst < SIGNIFICANT:
            break
        limits = limits.loosened(place, everything(inputs, factors))
    return limits


def quasi_p_values(limits: Limits, inputs: Floats, of_interest: Bools, factors: tuple[Factor, ...]) -> dict[int, float]:
    """For each restriction, how often as many hits would come if it told nothing.

    The chance of at least as many cases of interest among as many points, if each were one with the density of the box
    without the restriction (Bryant & Lempert 2010, section 3.3). "Quasi": the restriction was chosen to look well.
    """
    from scipy.stats import binom

    whole, inside = everything(inputs, factors), limits.inside(inputs, factors)
    hits = int((inside & of_interest).sum())
    chances = {}
    for place in range(len(factors)):
        if limits.restricted(place, whole):
            without = limits.loosened(place, whole).inside(inputs, factors)
            density = float(of_interest[without].mean())
            chances[place] = float(binom.sf(hits - 1, int(inside.sum()), density))
    return chances


def _beats_chance(experiments: Experiments, of_interest: Bools, limits: Limits, seed: int) -> bool:
    """Whether the box is better than all that the same search finds in shuffled outcomes."""
    chance = np.random.default_rng(seed)
    found = _merit(limits.inside(experiments.inputs, experiments.factors), of_interest)
    for _ in range(SHUFFLES):
        shuffled = chance.permutation(of_interest)
        by_luck = _best(experiments.inputs, shuffled, experiments.factors)
        if by_luck and _merit(by_luck.inside(experiments.inputs, experiments.factors), shuffled) >= found:
            return False
    return True


def _described(found: Discovery, experiments: Experiments, of_interest: Bools, limits: Limits) -> Discovery:
    """The box as restrictions, the surest first."""
    inside = limits.inside(experiments.inputs, experiments.factors)
    chances = quasi_p_values(limits, experiments.inputs, of_interest, experiments.factors)
    restrictions = [
        _restriction(experiments.factors[place], limits, place, chance)
        for place, chance in sorted(chances.items(), key=lambda item: item[1])
    ]
    hits = int((inside & of_interest).sum())
    return replace(found, restrictions=tuple(restrictions), inside=int(inside.sum()), hits=hits)


def _restriction(factor: Factor, limits: Limits, place: int, chance: float) -> Restriction:
    kept = tuple(word for code, word in enumerate(factor.choices) if code in limits.kept[place])
    return Restriction(factor, float(limits.low[place]), float(limits.high[place]), kept, chance)
