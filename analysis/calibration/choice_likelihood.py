"""The likelihood of choices under the model's own choice box, with its slopes.

Multinomial logit (McFadden 1974) with behavioural loyalty (Guadagni & Little 1983). Utility, loyalty and its carry-over
are those of `simulation/customer/choice.py` and `memory.py`: the boxes themselves, called for each row.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.calibration.choice_table import Rows
from analysis.calibration.compiling import loop
from simulation.customer.choice import habit, utility
from simulation.customer.memory import habit_after

ATTRACTION, SATISFACTION, PRICE, DISTANCE, TASTE = range(5)  # the term of the utility that an attribute belongs to
HABIT_PLACES = 2  # parameters between the attributes' weights and the constants: loyalty weight, carry-over


@loop
def loyalty_carries(
    rows: Any, carryover: float, known: Any, stock: Any, stock_slope: Any, level: Any, slope: Any
) -> int:
    """Behavioural loyalty before every occasion, `level` by row, and its slope in the carry-over.

    Customers that are `known` go on from `stock` (by pair). The others begin as Guadagni & Little have it: before their
    first choice no alternative is dearer than another; after it the chosen one has the carry-over, the others share
    the rest. `stock` ends as loyalty after the last occasion. Returns the number of occasions.
    """
    occasions = 0
    for c in range(rows.start.size - 1):
        low, high = rows.pairs[c], rows.pairs[c + 1]
        if not known[c]:
            for q in range(low, high):
                stock[q] = 1.0 / (high - low)
                stock_slope[q] = 0.0
        for t in range(rows.start[c], rows.start[c + 1]):
            for r in range(rows.first[t], rows.first[t + 1]):
                level[r] = stock[rows.pair[r]]
                slope[r] = stock_slope[rows.pair[r]]
            occasions += 1
            if rows.chosen[t] < 0:
                continue
            bought = rows.pair[rows.chosen[t]]
            for q in range(low, high):
                is_bought = 1.0 if q == bought else 0.0
                if t == rows.start[c] and not known[c]:
                    share = 1.0 / max(high - low - 1, 1)
                    stock[q] = carryover * is_bought + (1.0 - carryover) * share * (1.0 - is_bought)
                    stock_slope[q] = is_bought - share * (1.0 - is_bought)
                else:
                    stock_slope[q] = stock[q] - is_bought + carryover * stock_slope[q]
                    stock[q] = habit_after(stock[q], carryover, is_bought)
    return occasions


@loop
def choices_are_counted(rows: Any, smoothing: float, popularity: Any, past: Any, total: Any, log_share: Any) -> int:
    """What a customer has chosen so far, as a log share: a persistent taste, apart from habit (Fader & Lattin 1993).

    The expected share of a Dirichlet taste: (choices of it + smoothing x popularity) / (all choices + smoothing), with
    the popularity of a pair among the customer's alternatives. `past` (by pair) and `total` (by customer) go on from
    the choices before.
    Returns the number of occasions.
    """
    for c in range(rows.start.size - 1):
        for t in range(rows.start[c], rows.start[c + 1]):
            for r in range(rows.first[t], rows.first[t + 1]):
                q = rows.pair[r]
                log_share[r] = math.log((past[q] + smoothing * popularity[q]) / (total[c] + smoothing))
            if rows.chosen[t] >= 0:
                past[rows.pair[rows.chosen[t]]] += 1.0
                total[c] += 1.0
    return int(rows.chosen.size)


@loop
def _utility_of(rows: Any, r: int, slots: Any, theta: Any, loyalty: float) -> float:
    """The choice box on one row: each attribute under the term that it belongs to, its constant with the attraction."""
    width = slots.size
    attraction, satisfaction, price, distance, taste = theta[width + 2 + rows.alternative[r]], 0.0, 0.0, 0.0, 0.0
    for k in range(width):
        worth = theta[k] * rows.values[r, k]
        attraction += worth if slots[k] == ATTRACTION else 0.0
        satisfaction += worth if slots[k] == SATISFACTION else 0.0
        price -= worth if slots[k] == PRICE else 0.0  # the box takes it off again
        distance -= worth if slots[k] == DISTANCE else 0.0
        taste += worth if slots[k] == TASTE else 0.0
    own = theta[width] * habit(0.0, 0.0, loyalty)
    return utility(attraction, satisfaction, own, price, distance, 0.0, taste, 0.0, 0.0, 0.0, 0.0)


@loop
def probabilities(rows: Any, slots: Any, theta: Any, level: Any, chance: Any) -> float:
    """Fill `chance` with the logit share of each row; returns the log-likelihood of the occasions that count.

    `theta` holds weights of attributes, loyalty weight, carry-over (not read here), constants of alternatives.
    """
    total = 0.0
    for t in range(rows.chosen.size):
        low, high = rows.first[t], rows.first[t + 1]
        best = -1.0e300
        for r in range(low, high):
            chance[r] = _utility_of(rows, r, slots, theta, level[r])
            best = max(best, chance[r])
        mass = 0.0
        for r in range(low, high):
            chance[r] = math.exp(chance[r] - best)
            mass += chance[r]
        for r in range(low, high):
            chance[r] /= mass
        if rows.counts[t] and rows.chosen[t] >= 0:
            total += math.log(max(chance[rows.chosen[t]], 1.0e-300))
    return total


@loop
def _means(rows: Any, t: int, theta: Any, level: Any, slope: Any, chance: Any, mean: Any) -> None:
    """What an occasion's alternatives have of each slope of the utility, on average over their shares."""
    width = rows.values.shape[1]
    mean[:] = 0.0
    for r in range(rows.first[t], rows.first[t + 1]):
        for k in range(width):
            mean[k] += chance[r] * rows.values[r, k]
        mean[width] += chance[r] * level[r]
        mean[width + 1] += chance[r] * theta[width] * slope[r]


@loop
def _row_is_added(
    rows: Any,
    r: int,
    t: int,
    c: int,
    theta: Any,
    level: Any,
    slope: Any,
    chance: Any,
    mean: Any,
    x: Any,
    scores: Any,
    information: Any,
) -> None:
    """Add what an alternative says; `x` is scratch. Loops, not slices: these would allocate for every row."""
    width = rows.values.shape[1]
    dense = width + HABIT_PLACES
    p, a = chance[r], dense + rows.alternative[r]
    for k in range(width):
        x[k] = rows.values[r, k] - mean[k]
    x[width], x[width + 1] = level[r] - mean[width], theta[width] * slope[r] - mean[width + 1]
    surprise = (1.0 if r == rows.chosen[t] else 0.0) - p
    scores[c, a] += surprise
    information[a, a] += p
    for k in range(dense):
        scores[c, k] += surprise * x[k]
        information[k, a] += p * x[k]
        information[a, k] += p * x[k]
        for m in range(dense):
            information[k, m] += p * x[k] * x[m]
    for s in range(rows.first[t], rows.first[t + 1]):
        information[a, dense + rows.alternative[s]] -= p * chance[s]


@loop
def slopes(rows: Any, theta: Any, level: Any, slope: Any, chance: Any, scores: Any, information: Any) -> int:
    """Add the scores of each customer and the expected information of all to the two arrays, at these shares.

    Utility is linear in all but the carry-over, whose effect is loyalty weight times the slope of loyalty in it.
    Returns how many occasions counted.
    """
    width = rows.values.shape[1]
    dense = width + HABIT_PLACES
    x, mean = np.zeros(dense), np.zeros(dense)
    counted = 0
    for c in range(rows.start.size - 1):
        for t in range(rows.start[c], rows.start[c + 1]):
            if not rows.counts[t] or rows.chosen[t] < 0:
                continue
            counted += 1
            _means(rows, t, theta, level, slope, chance, mean)
            for r in range(rows.first[t], rows.first[t + 1]):
                _row_is_added(rows, r, t, c, theta, level, slope, chance, mean, x, scores, information)
    return counted


def carried(rows: Rows, carryover: float, known: Any = None, stock: Any = None) -> tuple[Any, Any, Any]:
    """Loyalty by row, its slope in the carry-over, and loyalty by pair in the end."""
    pairs = int(rows.pairs[-1])
    known = np.zeros(rows.start.size - 1, np.bool_) if known is None else known
    stock = np.zeros(pairs) if stock is None else np.array(stock, float)
    level, slope = np.zeros(rows.pair.size), np.zeros(rows.pair.size)
    loyalty_carries(rows, carryover, known, stock, np.zeros(pairs), level, slope)
    return level, slope, stock
