"""The search for the best split of a budget: few looks, because every look is a simulation.

First each lever alone, then pairs and an equal split, so that levers that need one another are found; from the best of
these, SciPy's COBYQA (Ragonneau & Zhang 2023), which fits models to what it has seen and keeps to bounds and budget.
All looks share their luck, so the search sees a smooth surface; its own winner is therefore judged on other luck.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Allocation: TypeAlias = tuple[float, ...]  # the setting of every dial; 0: not bought
LEVELS = (0.25, 0.5, 0.75, 1.0)  # of each dial alone, as shares of what can be afforded
STARTS = 2  # of the search from the best allocations
LOOKS = 24  # most, of each search
WORST = 0.2  # share of draws that the conditional value at risk averages
DIGITS = 6


class Dial(NamedTuple):
    """What can be set: a field of a lever, within bounds."""

    name: str
    low: float
    high: float


class Look(NamedTuple):
    """What an allocation gives: net present value by replicate, and its expected discounted cost."""

    npv: Floats
    cost: float


Evaluate: TypeAlias = Callable[[Sequence[Allocation]], Sequence[Look]]
Score: TypeAlias = Callable[[Floats], float]


def expected(npv: Floats) -> float:
    """Mean net present value."""
    return float(npv.mean())


def conditional_value_at_risk(npv: Floats) -> float:
    """Mean of the worst fifth of draws."""
    number = max(1, math.ceil(WORST * npv.size))
    return float(np.sort(npv)[:number].mean())


def probability_of_gain(npv: Floats) -> float:
    """Share of draws above 0, ties broken by the mean so that the search sees a slope."""
    spread = float(npv.std())
    if spread == 0.0:
        return float(npv.mean() > 0.0)
    return float(np.mean(1.0 / (1.0 + np.exp(-4.0 * npv / spread))))


SCORES: dict[str, Score] = {
    "npv": expected,
    "cvar": conditional_value_at_risk,
    "probability": probability_of_gain,
}


@dataclass
class Archive:
    """All allocations looked at, each once."""

    evaluate: Evaluate
    seen: dict[Allocation, Look] = field(default_factory=dict)

    def look(self, asked: Sequence[Allocation]) -> list[Look]:
        """What allocations give; those that are new are simulated together."""
        keys = [tuple(round(value, DIGITS) for value in each) for each in asked]
        new = [key for key in dict.fromkeys(keys) if key not in self.seen]
        if new:
            self.seen.update(zip(new, self.evaluate(new), strict=True))
        return [self.seen[key] for key in keys]


@dataclass(frozen=True)
class Search:
    """What was searched, all that was seen, and the best that the budget allows."""

    dials: tuple[Dial, ...]
    budget: float
    score: Score
    seen: dict[Allocation, Look]
    best: Allocation
    equal: Allocation

    @property
    def nothing(self) -> Allocation:
        """Nothing bought."""
        return (0.0,) * len(self.dials)

    @property
    def at_bounds(self) -> tuple[str, ...]:
        """Dials that the best allocation turns as far as they go."""
        return tuple(d.name for d, value in zip(self.dials, self.best, strict=True) if math.isclose(value, d.high))

    def affordable(self, budget: float) -> Allocation:
        """The best of what was seen within another budget."""
        return _best(self.seen, budget, self.score)


def searched(
    dials: Sequence[Dial],
    budget: float,
    evaluate: Evaluate,
    score: Score = expected,
    excluded: Sequence[frozenset[str]] = (),
) -> Search:
    """The best allocation of a budget.

    Args:
        dials: what can be set; at 0 a lever is not bought, otherwise between its bounds.
        budget: most expected discounted cost.
        evaluate: what allocations give; it is asked for as many at once as can be.
        score: what is to be as high as possible.
        excluded: sets of dials of which at most one may be bought.

    Raises:
        ValueError: not even the cheapest setting of any dial can be afforded.
    """
    archive = Archive(evaluate)
    nothing = (0.0,) * len(dials)
    tops = _affordable_tops(dials, budget, archive)
    if not any(tops):
        raise ValueError(f"a budget of {budget:,.0f} is below the least that any of these levers costs")
    alone = [_set(nothing, n, _level(dials[n], top, share)) for n, top in enumerate(tops) if top for share in LEVELS]
    equal = _equal_split(dials, tops, budget, archive, excluded)
    archive.look([nothing, *alone, equal, *_pairs(dials, tops, nothing, excluded)])
    for start in _starts(archive, budget, score, dials, excluded):
        _climb(start, dials, budget, archive, score)
    return Search(tuple(dials), budget, score, archive.seen, _best(archive.seen, budget, score), equal)


def _set(allocation: Allocation, place: int, value: float) -> Allocation:
    return (*allocation[:place], value, *allocation[place + 1 :])


def _level(dial: Dial, top: float, share: float) -> float:
    """A share of the way from the least to the most that can be afforded."""
    return dial.low + share * (top - dial.low) if dial.low > 0.0 else share * top


def _affordable_tops(dials: Sequence[Dial], budget: float, archive: Archive) -> list[float]:
    """How far each dial can be turned by the whole budget; 0 where not even its least can be afforded."""
    nothing = (0.0,) * len(dials)
    least = [max(dial.low, 1e-3 * dial.high) for dial in dials]
    ends = [_set(nothing, n, value) for n, dial in enumerate(dials) for value in (least[n], dial.high)]
    costs = [look.cost for look in archive.look(ends)]
    tops = []
    for n, dial in enumerate(dials):
        low, high = costs[2 * n], costs[2 * n + 1]
        if low > budget:
            tops.append(0.0)
        elif high <= budget:
            tops.append(dial.high)
        else:
            tops.append(least[n] + (budget - low) / (high - low) * (dial.high - least[n]))
    return tops


def _equal_split(
    dials: Sequence[Dial], tops: Sequence[float], budget: float, archive: Archive, excluded: Sequence[frozenset[str]]
) -> Allocation:
    """The budget in equal parts over all levers that can be had together, costs taken as straight lines."""
    chosen = [n for n in _together(dials, excluded) if tops[n] > 0.0]
    allocation = (0.0,) * len(dials)
    looks = archive.look([_set(allocation, n, tops[n]) for n in chosen])
    for n, look in zip(chosen, looks, strict=True):
        share = min(1.0, budget / len(chosen) / look.cost) if look.cost > 0.0 else 1.0
        value = share * tops[n]
        allocation = _set(allocation, n, value if value >= dials[n].low else 0.0)
    return allocation


def _together(dials: Sequence[Dial], excluded: Sequence[frozenset[str]]) -> list[int]:
    """Dials that may be bought together: the first of every set of which only one may."""
    chosen: list[int] = []
    for n, dial in enumerate(dials):
        if all(not {dial.name, dials[other].name} <= names for other in chosen for names in excluded):
            chosen.append(n)
    return chosen


def _pairs(
    dials: Sequence[Dial], tops: Sequence[float], nothing: Allocation, excluded: Sequence[frozenset[str]]
) -> list[Allocation]:
    """Every two levers together, each with half of what the budget would buy of it alone."""
    pairs = combinations((n for n, top in enumerate(tops) if top > 0.0), 2)
    allowed = [pair for pair in pairs if not any({dials[n].name for n in pair} <= names for names in excluded)]
    halves = [_level(dial, top, 0.5) if top else 0.0 for dial, top in zip(dials, tops, strict=True)]
    return [_set(_set(nothing, a, halves[a]), b, halves[b]) for a, b in allowed]


def _best(seen: dict[Allocation, Look], budget: float, score: Score) -> Allocation:
    within = {allocation: look for allocation, look in seen.items() if look.cost <= budget * (1.0 + 1e-6)}
    return max(within, key=lambda allocation: (score(within[allocation].npv), -within[allocation].cost))


def _starts(
    archive: Archive, budget: float, score: Score, dials: Sequence[Dial], excluded: Sequence[frozenset[str]]
) -> list[Allocation]:
    """The best allocations seen, and the best of each lever alone put together as far as the budget goes."""
    within = [each for each, look in archive.seen.items() if look.cost <= budget and any(each)]
    ranked = sorted(within, key=lambda each: -score(archive.seen[each].npv))
    gains = {n: _gain_per_cost(archive, n, score) for n in _together(dials, excluded)}
    joined, spent = (0.0,) * len(dials), 0.0
    for n in sorted(gains, key=lambda n: -gains[n][0]):
        rate, value, cost = gains[n]
        if rate > 0.0 and spent + cost <= budget:
            joined, spent = _set(joined, n, value), spent + cost
    return list(dict.fromkeys([*([joined] if any(joined) else []), *ranked[:STARTS]]))[: STARTS + 1]


def _gain_per_cost(archive: Archive, place: int, score: Score) -> tuple[float, float, float]:
    """Of one lever alone, the best gain for its cost that was seen, with its setting and cost."""
    empty = score(archive.seen[(0.0,) * len(next(iter(archive.seen)))].npv)
    alone = [(each, look) for each, look in archive.seen.items() if each[place] and sum(map(bool, each)) == 1]
    rates = [((score(look.npv) - empty) / max(look.cost, 1e-9), each[place], look.cost) for each, look in alone]
    return max(rates, default=(0.0, 0.0, 0.0))


def _climb(start: Allocation, dials: Sequence[Dial], budget: float, archive: Archive, score: Score) -> None:
    """Search near an allocation over the levers that it buys; what is found is in the archive."""
    from scipy.optimize import NonlinearConstraint, minimize

    bought = [n for n, value in enumerate(start) if value > 0.0]
    scale = np.array([dials[n].high for n in bought])
    lows = np.array([max(dials[n].low, 1e-3 * dials[n].high) for n in bought]) / scale

    def look(point: Any) -> Look:
        allocation = (0.0,) * len(dials)
        for n, value in zip(bought, np.clip(point, lows, 1.0) * scale, strict=True):
            allocation = _set(allocation, n, float(value))
        return archive.look([allocation])[0]

    improve: Any = minimize  # its stubs do not know the options of COBYQA
    size = max(1.0, *(abs(score(each.npv)) for each in archive.seen.values()))
    improve(
        lambda point: -score(look(point).npv) / size,
        np.array([start[n] for n in bought]) / scale,
        method="COBYQA",
        bounds=[(float(low), 1.0) for low in lows],
        constraints=NonlinearConstraint(lambda point: np.array([look(point).cost / budget]), -np.inf, 1.0),
        options={"maxfev": LOOKS, "initial_tr_radius": 0.2, "final_tr_radius": 0.01},
    )
