"""Choices: what customers' own decisions say of prices, distances, habit and taste; and what they will choose next.

The model is the engine's: its choice box and its carry-over of loyalty (`choice_likelihood.py`), fitted by maximum
likelihood (`choice_fit.py`) in the form that the choices prefer (`choice_shape.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.choice_estimates import constants_of, estimates_of, remarks_of, settings_of
from analysis.calibration.choice_likelihood import carried, probabilities
from analysis.calibration.choice_mixture import mixed
from analysis.calibration.choice_shape import (
    Fitted,
    Form,
    Shape,
    best_forms,
    candidates,
    fitted,
    popularity_of,
    shaped,
    with_taste,
)
from analysis.calibration.choice_table import Choices, choices_of
from analysis.calibration.estimates import Fit
from simulation.results import Labels, Table

Array = NDArray[Any]
STATE, CONSTANTS = "choice_state", "choice_constants"


def fit_choices(table: Table | Mapping[str, Any], *, counted: Array | None = None, taste: bool = True) -> Fit:
    """Sensitivities, loyalty weight and carry-over from choices between alternatives.

    Args:
        table: one row an occasion and alternative: `customer_id`, `occasion` (numbers or ISO dates, whose order is
            time), `alternative`, `chosen` (1 in one row of each occasion, else 0) and numeric attributes. `price` and
            `minutes` (or `distance`) are disutilities of the choice box, `satisfaction` is its satisfaction; what else
            there is adds to attraction.
        counted: by row, whether its occasion is fitted; the others say what customers are used to. Without it, that is
            the first occasion of each customer with several (Guadagni & Little 1983).
        taste: whether customers may have tastes that last, beside habit: in forecasts through the share of past choices
            (where that makes the data likelier by more than its parameters cost), in a scenario as the model has them.

    Returns:
        A fit with source `choices`. `record` holds all that `choice_probabilities` needs but the customers; these
        stand in the table `choice_state`: loyalty to each alternative at the end and how often it was chosen.

    Raises:
        ValueError: the table has a fault, in words that name its rows; or nothing in it counts.
    """
    choices = choices_of(table)
    habit = bool((np.diff(choices.rows.start) > 1).any())
    choices = choices.counting(_counted(choices, counted, habit=habit))
    if not choices.rows.counts.any():
        raise ValueError("no choice is left to fit: none is among those to be counted")
    engine = Shape(habit, popularity_of(choices), {name: candidates(choices, name)[0] for name in choices.attributes})
    alike = fitted(choices, engine)
    shape = best_forms(choices, engine, alike)
    panel = alike if shape is engine else fitted(choices, shape)
    best = with_taste(choices, panel) if habit and taste else panel
    apart = mixed(shaped(choices, engine)[0], alike.solution) if habit and taste else None
    estimates = estimates_of(choices, best, panel, alike, apart)
    return Fit(
        source="choices",
        estimates=estimates,
        edits=settings_of(estimates),
        record=record_of(choices, best),
        tables={STATE: _state(choices, best), CONSTANTS: constants_of(choices, best)},
        remarks=remarks_of(choices, best, panel, apart, estimates),
    )


def _counted(choices: Choices, counted: Array | None, *, habit: bool) -> Array:
    """Which occasions are fitted."""
    rows = choices.rows
    if counted is not None:
        return np.asarray(counted, np.bool_)[choices.order[rows.first[:-1]]]
    counts = np.ones(choices.occasions, np.bool_)
    if habit:
        several = np.diff(rows.start) > 1
        counts[rows.start[:-1][several]] = False
    return counts


def record_of(choices: Choices, best: Fitted) -> dict[str, Any]:
    """The fitted model as plain values."""
    shape, solution = best.shape, best.solution
    width = len(choices.attributes)
    weights = solution.theta.tolist()
    return {
        "attributes": list(choices.attributes),
        "forms": {name: [form.kind, form.exponent] for name, form in shape.forms.items()},
        "weights": dict(zip(choices.attributes, weights, strict=False)),
        "habit": shape.habit,
        "loyalty_weight": weights[solution.width] if shape.habit else 0.0,
        "carryover": solution.carryover,
        "taste_smoothing": shape.smoothing,
        "taste_weight": weights[width] if shape.smoothing is not None else 0.0,
        "constants": dict(zip(choices.alternatives, weights[solution.width + 2 :], strict=True)),
        "popularity": dict(zip(choices.alternatives, shape.popularity.tolist(), strict=True)),
        "occasions": int(solution.counted),
        "log_likelihood": float(solution.loglik),
    }


def _state(choices: Choices, best: Fitted) -> Table:
    """What each customer takes along: loyalty to each alternative that they could choose, and choices of it."""
    rows = choices.rows
    chosen = rows.pair[rows.chosen[rows.chosen >= 0]]
    return Table.of(
        customer_id=np.array(choices.customers)[choices.pair_customer],
        alternative=Labels(choices.pair_alternative, choices.alternatives),
        loyalty=best.solution.stock if best.shape.habit else np.zeros(len(choices.pair_alternative)),
        choices=np.bincount(chosen, minlength=len(choices.pair_alternative)),
    )


def choice_probabilities(
    record: Mapping[str, Any], later: Table | Mapping[str, Any], state: Table | None = None
) -> Table:
    """The probability of each alternative on later occasions.

    Args:
        record: of a fit of choices, as it stands or read back from JSON.
        later: occasions and alternatives with the attributes that were fitted. Where `chosen` is given, loyalty moves
            on with each choice, after its probability is computed; where it is not, loyalty stays as the history left
            it.
        state: the table `choice_state` of the fit, with the ids that `later` has. Who is not in it begins anew.

    Returns:
        A table with the rows of `later`, in its order: customer_id, occasion, alternative, probability. An alternative
        that was never seen has the mean constant.

    Raises:
        ValueError: an attribute is missing, or the table has a fault.
    """
    later = later if isinstance(later, Table) else Table.of(**later)
    names = tuple(record["constants"])
    choices = choices_of(later, attributes=record["attributes"], alternatives=names, must_choose=False)
    shape = _shape(record, choices)
    known, stock, past, total = _remembered(choices, state)
    ours, slots = shaped(choices, shape, past, total)
    theta = _parameters(record, choices)
    level, _, _ = carried(choices.rows, record["carryover"], known, stock)
    chance = np.zeros(len(level))
    probabilities(ours.rows, slots, theta, level, chance)
    columns = {name: later.columns[name] for name in ("customer_id", "occasion", "alternative")}
    inverse = np.empty(len(chance), np.int64)
    inverse[choices.order] = np.arange(len(chance))
    return Table.of(**columns, probability=chance[inverse])


def _shape(record: Mapping[str, Any], choices: Choices) -> Shape:
    popularity = record["popularity"]
    rare = min(popularity.values())
    forms = {name: Form(kind, exponent) for name, (kind, exponent) in record["forms"].items()}
    shares = np.array([popularity.get(name, rare) for name in choices.alternatives])
    for k, name in enumerate(choices.attributes):
        if forms[name].kind == "log" and choices.rows.values[:, k].min() <= 0:
            raise ValueError(f"{name} was fitted as a logarithm and must be above 0; the least is below")
    return Shape(record["habit"], shares, forms, record["taste_smoothing"])


def _parameters(record: Mapping[str, Any], choices: Choices) -> Array:
    taste = [record["taste_weight"]] if record["taste_smoothing"] is not None else []
    mean = float(np.mean(list(record["constants"].values())))
    constants = [record["constants"].get(name, mean) for name in choices.alternatives]
    weights = [record["weights"][name] for name in choices.attributes]
    return np.array([*weights, *taste, record["loyalty_weight"], record["carryover"], *constants])


def _remembered(choices: Choices, state: Table | None) -> tuple[Array, Array, Array, Array]:
    """Who is known; loyalty and past choices by pair, past choices by customer."""
    people, pairs = len(choices.customers), len(choices.pair_alternative)
    known, total, stock, past = np.zeros(people, np.bool_), np.zeros(people), np.zeros(pairs), np.zeros(pairs)
    if state is None or not len(state):
        return known, stock, past, total
    place = {str(name): number for number, name in enumerate(choices.customers)}
    who = np.array([place.get(str(name), -1) for name in state["customer_id"]])
    mine = np.flatnonzero(who >= 0)
    known[who[mine]] = True
    np.add.at(total, who[mine], state["choices"][mine])
    at = {
        (int(c), choices.alternatives[a]): n
        for n, (c, a) in enumerate(zip(choices.pair_customer, choices.pair_alternative, strict=True))
    }
    for row in mine.tolist():
        pair = at.get((int(who[row]), str(state["alternative"][row])))
        if pair is not None:
            stock[pair], past[pair] = state["loyalty"][row], state["choices"][row]
    return known, stock, past, total
