"""The shape of a choice model: in which form price and distance act, whether past choices speak of a taste."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.choice_fit import Model, Solution, climbed, model_of, solved
from analysis.calibration.choice_likelihood import (
    ATTRACTION,
    DISTANCE,
    PRICE,
    SATISFACTION,
    TASTE,
    choices_are_counted,
)
from analysis.calibration.choice_table import Choices

Array = NDArray[Any]
TERMS = {"price": PRICE, "minutes": DISTANCE, "distance": DISTANCE, "satisfaction": SATISFACTION}
EXPONENTS = (0.1, 0.2, 0.3, 0.5, 0.7, 1.5)  # of a power of the distance: 0 would be the log, 1 the exponential decay
SMOOTHINGS = (0.5, 1.0, 2.0, 4.0, 8.0)  # choices that popularity is worth beside a customer's own
HELD_ROUNDS = 12


@dataclass(frozen=True)
class Form:
    """How an attribute enters the utility: as it is (linear, exponential), its log, or a power of it."""

    kind: str = "linear"
    exponent: float = 1.0

    def of(self, values: Array) -> Array:
        """The attribute as the utility has it."""
        if self.kind == "log":
            return np.asarray(np.log(values))
        return np.asarray(np.power(values, self.exponent)) if self.kind == "power" else values

    def __str__(self) -> str:
        return f"power {self.exponent:g}" if self.kind == "power" else self.kind


@dataclass(frozen=True, eq=False)
class Shape:
    """All that is decided before weights are estimated."""

    habit: bool
    popularity: Array  # share of each alternative among the choices
    forms: Mapping[str, Form] = field(default_factory=dict)
    smoothing: float | None = None  # None: past choices say nothing of taste


@dataclass(frozen=True, eq=False)
class Fitted:
    """A shape with its solution."""

    shape: Shape
    solution: Solution
    parameters: int

    @property
    def worth(self) -> float:
        """Log-likelihood less one a parameter (Akaike 1974): what leaving out one at a time comes to (Stone 1977)."""
        return self.solution.loglik - self.parameters


def slot(name: str) -> int:
    """The term of the choice box that an attribute belongs to."""
    return TERMS.get(name, ATTRACTION)


def shaped(
    choices: Choices, shape: Shape, past: Array | None = None, total: Array | None = None
) -> tuple[Choices, Array]:
    """The choices between the attributes that a shape makes of theirs, and the terms these belong to."""
    columns = [shape.forms.get(name, Form()).of(choices.rows.values[:, k]) for k, name in enumerate(choices.attributes)]
    slots = [slot(name) for name in choices.attributes]
    if shape.smoothing is not None:
        columns.append(_log_shares(choices, shape, shape.smoothing, past, total))
        slots.append(TASTE)
    size = (len(choices.rows.pair), 0)
    return choices.with_values(np.column_stack(columns or [np.empty(size)])), np.array(slots, np.int64)


def _log_shares(choices: Choices, shape: Shape, smoothing: float, past: Array | None, total: Array | None) -> Array:
    pairs = int(choices.rows.pairs[-1])
    popularity = shape.popularity[choices.pair_alternative]
    popularity = popularity / np.bincount(choices.pair_customer, popularity)[choices.pair_customer]
    shares = np.zeros(len(choices.rows.pair))
    past = np.zeros(pairs) if past is None else past.astype(float)
    total = np.zeros(len(choices.customers)) if total is None else total.astype(float)
    choices_are_counted(choices.rows, smoothing, popularity, past, total, shares)
    return shares


def popularity_of(choices: Choices) -> Array:
    """Share of each alternative among choices, half a choice added to each."""
    rows = choices.rows
    count = np.bincount(rows.alternative[rows.chosen[rows.chosen >= 0]], minlength=len(choices.alternatives)) + 0.5
    return np.asarray(count / count.sum())


def candidates(choices: Choices, name: str) -> tuple[Form, ...]:
    """Forms that an attribute may have, the model's own first; only the price and the distance have several.

    Raises:
        ValueError: a distance is negative.
    """
    values = choices.rows.values[:, choices.attributes.index(name)]
    least = float(values.min())
    log = (Form("log"),) if least > 0 else ()
    if slot(name) == PRICE:
        return (*log, Form())
    if slot(name) == DISTANCE:
        if least < 0:
            raise ValueError(f"{name} cannot be negative; the least is {least:g}")
        return (*log, Form("exponential"), *(Form("power", exponent) for exponent in EXPONENTS))
    return (Form(),)


def fitted(choices: Choices, shape: Shape, from_: Solution | None = None) -> Fitted:
    """The best weights of a shape; quickly, with the carry-over held, if there is a solution to begin from."""
    ours, slots = shaped(choices, shape)
    model = model_of(ours, slots, habit=shape.habit)
    if from_ is None:
        solution = solved(model, ours)
    else:
        near = _held(model.spreading(from_.spread))
        solution = climbed(near, ours, _begun(near, from_), HELD_ROUNDS)
    extra = sum(form.kind == "power" for form in shape.forms.values()) + (shape.smoothing is not None)
    return Fitted(shape, solution, int(model.free.sum()) + extra)


def _held(model: Model) -> Model:
    return replace(model, free=model.free & (np.arange(len(model.free)) != len(model.slots) + 1))


def _begun(model: Model, from_: Solution) -> Array:
    """Parameters to begin at: all of a neighbour's but the weights of its attributes, which have another form now."""
    return np.concatenate([np.zeros(len(model.slots)), from_.theta[from_.width :]])


def best_forms(choices: Choices, shape: Shape, start: Fitted) -> Shape:
    """The shape with the forms of price and distance under which the choices are likeliest."""
    for name in choices.attributes:
        tried = [replace(shape, forms={**shape.forms, name: form}) for form in candidates(choices, name)]
        if len(tried) > 1:
            shape = max((fitted(choices, each, start.solution) for each in tried), key=lambda fit: fit.worth).shape
    return shape


def with_taste(choices: Choices, without: Fitted) -> Fitted:
    """The fit that also reads taste from past choices, if they say enough of it; else the one given."""
    tried = [replace(without.shape, smoothing=smoothing) for smoothing in SMOOTHINGS]
    best = max((fitted(choices, each, without.solution) for each in tried), key=lambda fit: fit.solution.loglik)
    full = fitted(choices, best.shape)
    is_taste = full.solution.theta[full.solution.width - 1] > 0  # what turns people off what they chose is not
    return full if is_taste and full.worth > without.worth else without
