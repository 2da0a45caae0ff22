"""Shapley values: what each of several causes adds to an effect, averaged over the orders in which they may come.

Shapley 1953 (Contributions to the Theory of Games II); the interaction index is Grabisch & Roubens 1999 (International
Journal of Game Theory 28:547-565). Exact to eight causes; of more, orders are drawn, each with its reverse.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.effects import Interval, interval, t_quantile

Floats: TypeAlias = NDArray[np.float64]
Subset: TypeAlias = frozenset[str]
Values: TypeAlias = Mapping[Subset, Floats]  # (replicates,) of each subset of causes
MOST_EXACT = 8
PAIRS = 8  # of orders drawn, each with its reverse
CONFIDENCE = 0.95


class Share(NamedTuple):
    """What one cause adds, with its interval; of two causes, what they add together beyond what each adds."""

    causes: tuple[str, ...]
    value: Interval


class Attribution(NamedTuple):
    """Shares of all causes, which add up to the whole in every replicate; interactions of pairs, where all is exact."""

    shares: tuple[Share, ...]
    interactions: tuple[Share, ...]
    whole: Interval
    exact: bool


def needed(causes: Sequence[str], seed: int = 0) -> list[Subset]:
    """Every subset whose value `attribution` asks for, each once, the empty one first."""
    if len(causes) <= MOST_EXACT:
        return list(_subsets(causes))
    along = (frozenset(order[:length]) for order in orders(causes, seed) for length in range(len(causes) + 1))
    return list(dict.fromkeys(along))


def orders(causes: Sequence[str], seed: int, pairs: int = PAIRS) -> list[tuple[str, ...]]:
    """Orders drawn at random, each followed by its reverse."""
    chance = np.random.default_rng(seed)
    drawn = [tuple(causes[place] for place in chance.permutation(len(causes))) for _ in range(pairs)]
    return [order for each in drawn for order in (each, each[::-1])]


def attribution(causes: Sequence[str], values: Values, seed: int = 0) -> Attribution:
    """What each cause adds.

    Args:
        causes: names, at least one.
        values: the value of every subset that `needed` names, by replicate.
        seed: of the orders, when they are drawn; that of `needed`.

    Returns:
        Shares with 95 % t intervals over replicates, and over pairs of orders where these are drawn.
    """
    exact = len(causes) <= MOST_EXACT
    empty, full = frozenset[str](), frozenset(causes)
    shares = _exact(causes, values) if exact else _drawn(causes, values, seed)
    pairs = combinations(causes, 2) if exact else ()
    together = [Share(pair, interval(_interaction(pair, causes, values))) for pair in pairs]
    return Attribution(tuple(shares), tuple(together), interval(values[full] - values[empty]), exact)


def _subsets(causes: Iterable[str]) -> Iterator[Subset]:
    names = tuple(causes)
    return (frozenset(each) for each in chain.from_iterable(combinations(names, n) for n in range(len(names) + 1)))


def contributions(cause: str, causes: Sequence[str], values: Values) -> Floats:
    """The exact Shapley value of one cause, by replicate."""
    others = [other for other in causes if other != cause]
    total: Any = 0.0
    for subset in _subsets(others):
        weight = 1.0 / (len(causes) * math.comb(len(others), len(subset)))
        total = total + weight * (values[subset | {cause}] - values[subset])
    return np.asarray(total, np.float64)


def _exact(causes: Sequence[str], values: Values) -> list[Share]:
    return [Share((cause,), interval(contributions(cause, causes, values))) for cause in causes]


def _interaction(pair: tuple[str, str], causes: Sequence[str], values: Values) -> Floats:
    """What two causes add together beyond what each adds, averaged over what else there may be."""
    first, second = pair
    others = [other for other in causes if other not in pair]
    total: Any = 0.0
    for subset in _subsets(others):
        weight = 1.0 / ((len(causes) - 1) * math.comb(len(others), len(subset)))
        both = values[subset | {first, second}] - values[subset | {first}] - values[subset | {second}] + values[subset]
        total = total + weight * both
    return np.asarray(total, np.float64)


def _drawn(causes: Sequence[str], values: Values, seed: int) -> list[Share]:
    """Shares from orders drawn: spread over replicates and over pairs of orders, which do not know of one another."""
    added: dict[str, list[Floats]] = {cause: [] for cause in causes}
    for order in orders(causes, seed):
        for place, cause in enumerate(order):
            before = frozenset(order[:place])
            added[cause].append(values[before | {cause}] - values[before])
    return [Share((cause,), _over_both(np.array(found))) for cause, found in added.items()]


def _over_both(found: Floats) -> Interval:
    """Mean and interval of contributions (orders, replicates), orders in pairs with their reverses."""
    pairs = found.reshape(-1, 2, found.shape[1]).mean(1)
    mean = float(pairs.mean())
    number, replicates = pairs.shape
    if replicates == 1:
        return Interval(mean, math.nan, math.nan)
    variance = pairs.mean(0).var(ddof=1) / replicates + pairs.mean(1).var(ddof=1) / number
    half = float(t_quantile((1 + CONFIDENCE) / 2, np.array(min(number, replicates) - 1))) * math.sqrt(variance)
    return Interval(mean, mean - half, mean + half)
