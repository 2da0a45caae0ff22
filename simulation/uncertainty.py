"""What nobody knows exactly, drawn anew for comparisons: effects of levers, weights of determinants, other numbers.

Some replicates share each draw (`[uncertainty] replicates_each`), and a scenario always shares it with its baseline. So
the spread of its effects has two sources that can be told apart: luck, and what is not known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation import parameters as numbers
from simulation.arithmetic import normal
from simulation.chance import UNCERTAINTY, uniform_columns
from simulation.scenario.identity import customer_number

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from simulation.scenario.forms import Lever

WITHIN = 1.959964  # standard deviations around the middle hold 95 % of a normal distribution


class Open(NamedTuple):
    """A number that is not known exactly: its path in the scenario, and the likeliest value between its ends."""

    path: str
    low: float
    likeliest: float
    high: float


LEAST_DRAWS = 4  # fewer say nothing of what is not known: then all stays at its likeliest value


def shared_by(scenario: Scenario) -> int:
    """How many replicates share a draw; 0 where nothing is drawn: nothing is open, or there are too few replicates."""
    share = scenario.uncertainty
    is_open = share.weights > 0.0 or any(True for _ in open_numbers(scenario))
    return share.replicates_each if is_open and scenario.replicates >= LEAST_DRAWS * share.replicates_each else 0


def drawn(scenario: Scenario, replicate: int) -> Scenario:
    """The scenario as one replicate of a comparison lives it: every open number drawn, by its path alone.

    So adding a lever, or another open number, changes no other draw.
    """
    each = shared_by(scenario)
    if not each:
        return scenario
    draw = replicate // each
    values = {each.path: triangular(_luck(scenario.seed, draw, each.path), each) for each in open_numbers(scenario)}
    changed = {
        "levers": tuple(_with(lever, values) for lever in scenario.levers),
        "parameters": {**scenario.parameters, **_inside("parameters", values)},
        "weights": _weights(scenario, draw) if scenario.uncertainty.weights > 0.0 else scenario.weights,
    }
    return scenario.model_copy(update=changed)


def draws_of(scenario: Scenario) -> dict[str, NDArray[np.float64]]:
    """What was drawn for each open number that is no weight, draw by draw, by its path."""
    each = shared_by(scenario)
    draws = range(scenario.replicates // each) if each else ()
    return {
        number.path: np.array([triangular(_luck(scenario.seed, draw, number.path), number) for draw in draws])
        for number in (open_numbers(scenario) if each else ())
    }


def _with(lever: Lever, values: Mapping[str, float]) -> Lever:
    own = _inside(f"lever.{lever.id}", values)
    return lever.model_copy(update={"fields": {**lever.fields, **own}}) if own else lever


def _inside(table: str, values: Mapping[str, float]) -> dict[str, float]:
    """The values whose paths lie directly in a table, by their last name."""
    return {path.removeprefix(f"{table}."): value for path, value in values.items() if path.startswith(f"{table}.")}


def _weights(scenario: Scenario, draw: int) -> dict[str, dict[str, float]]:
    """Weights of determinants in each dimension, each multiplied by a factor of its own."""
    share = scenario.uncertainty.weights
    return {
        dimension: {
            name: base_weight(scenario, dimension, name)
            * factor(_luck(scenario.seed, draw, f"weights.{dimension}.{name}"), share)
            for name in numbers.DETERMINANT_NAMES
        }
        for dimension in numbers.DIMENSION_NAMES
    }


def base_weight(scenario: Scenario, dimension: str, determinant: str) -> float:
    """Base weight of a determinant in a dimension; what a scenario gives goes before the data files."""
    usual = numbers.DETERMINANTS[determinant].weights[dimension]
    return float(scenario.weights.get(dimension, {}).get(determinant, usual))


def open_numbers(scenario: Scenario) -> Iterator[Open]:
    """Effects of its levers, numbers that it gives with an interval, and parameters that it leaves open."""
    share = scenario.uncertainty
    if share.effects:
        for lever in scenario.levers:
            yield from _effects(scenario, lever)
    for path, known in scenario.sources.items():
        if path.startswith("parameters.") and known.low is not None and known.high is not None:
            yield Open(path, known.low, known.value, known.high)
    for name in numbers.PARAMETERS if share.parameters == "all" else share.parameters:
        if f"parameters.{name}" not in scenario.sources:
            row = numbers.PARAMETERS[name]
            yield Open(f"parameters.{name}", row.low, float(scenario.parameters.get(name, row.value)), row.high)


def _effects(scenario: Scenario, lever: Lever) -> Iterator[Open]:
    """What evidence leaves open of a lever's fields; a number that the user gives is known, unless with an interval."""
    for name, row in numbers.LEVERS[lever.kind].fields.items():
        path = f"lever.{lever.id}.{name}"
        given = scenario.sources.get(path)
        if given is not None and given.low is not None and given.high is not None:
            yield Open(path, given.low, given.value, given.high)
        elif row.spread is not None and given is None and lever.fields[name] == row.value:
            yield Open(path, row.spread[0], row.value, row.spread[1])


def triangular(luck: float, number: Open) -> float:
    """A number between its ends by a uniform draw: density rises to the likeliest value, then falls."""
    low, peak, high = number.low, number.likeliest, number.high
    if high <= low:
        return peak
    below = (peak - low) / (high - low)
    if luck < below:
        return low + math.sqrt(luck * (high - low) * (peak - low))
    return high - math.sqrt((1.0 - luck) * (high - low) * (high - peak))


def factor(luck: float, share: float) -> float:
    """What multiplies a weight: 95 % of draws lie between 1 / (1 + share) and 1 + share."""
    return math.exp(normal(luck) * math.log1p(share) / WITHIN)


def _luck(seed: int, draw: int, path: str) -> float:
    keys = np.array([customer_number(path)], np.uint64)
    return float(uniform_columns(seed, draw, keys, UNCERTAINTY)[0, 0])
