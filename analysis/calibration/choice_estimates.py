"""What a fit of choices found, as estimates: with intervals, with what the data cannot tell, and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.choice_fit import FEWEST, NORMAL, PRIOR_SD, Solution, shares_of_odds
from analysis.calibration.choice_likelihood import DISTANCE, PRICE
from analysis.calibration.choice_mixture import Mixture
from analysis.calibration.choice_shape import Fitted, slot
from analysis.calibration.choice_table import Choices
from analysis.calibration.estimates import Estimate
from simulation.parameters import PARAMETERS
from simulation.results import Labels, Table

Array = NDArray[Any]
WEIGHTS = {PRICE: "price_weight", DISTANCE: "distance_weight"}  # the model's own, both of logarithms
FEW, PER_L = "too few choices follow one another", "utility per unit of L"
ALIKE = 0.98  # correlation within occasions from which two attributes are said to move together


def estimates_of(
    choices: Choices, best: Fitted, panel: Fitted, alike: Fitted, apart: Mixture | None
) -> tuple[Estimate, ...]:
    """All estimates but the constants.

    `best` is the likeliest shape, `panel` the one that takes all persistence for habit, `alike` that with price and
    distance as the model has them, `apart` the same beside the tastes that the model has too: what a scenario is set to
    comes from the last there is.
    """
    structure = alike.solution if apart is None else apart
    found = [*_weights(choices, best, alike, structure)]
    if best.shape.habit:
        found += _habits(best, panel, structure)
    if apart is not None:
        found.append(_taste(apart))
    return tuple(found)


def _weights(choices: Choices, best: Fitted, alike: Fitted, structure: Solution | Mixture) -> Iterator[Estimate]:
    """Weights of the model's own terms, and of the attributes as `choice_probabilities` has them."""
    for k, name in enumerate(choices.attributes):
        own = WEIGHTS.get(slot(name))
        if own is not None and alike.shape.forms[name].kind == "log":
            yield _parameter(own, structure, k, -1.0, why_not(choices, structure, k))
        form = best.shape.forms[name]
        unit = f"utility per {'unit' if form.kind in {'linear', 'exponential'} else form} of {name}"
        yield _weight(f"choices.{name}", best.solution, k, unit, why_not(choices, best.solution, k))


def _habits(best: Fitted, panel: Fitted, structure: Solution | Mixture) -> Iterator[Estimate]:
    place = structure.width
    yield _parameter("habit_weight", structure, place, 1.0, FEW)
    yield _parameter("habit_carryover", structure, place + 1, 1.0, FEW)
    about = "all persistence taken for habit, as panel studies report it (Guadagni & Little 1983: 3.9)"
    yield _weight("choices.panel_loyalty_weight", panel.solution, panel.solution.width, PER_L, FEW, about)
    if best.shape.smoothing is not None:
        about = f"persistent taste (Fader & Lattin 1993); popularity is worth {best.shape.smoothing:g} choices"
        unit = "utility per log share of past choices"
        yield _weight("choices.taste_weight", best.solution, best.solution.width - 1, unit, FEW, about)
        yield _weight(
            "choices.loyalty_weight", best.solution, best.solution.width, PER_L, FEW, "beside the taste weight"
        )


def _taste(apart: Mixture) -> Estimate:
    """Taste among alternatives that are offered. No setting: a scenario's customers have tastes for all outlets."""
    about = "among the alternatives offered, which are often liked ones already; a scenario keeps its own"
    reach = NORMAL * float(apart.deviations[-1])
    ends = apart.taste_sd, max(apart.taste_sd - reach, 0.0), apart.taste_sd + reach
    return Estimate("choices.taste_sd", *ends, "utility", "choices", told=bool(apart.told[-1]), remark=about)


def _interval(solution: Solution | Mixture, place: int) -> tuple[float, float, float]:
    """A parameter and the ends of its 95 % interval; of a share, on the scale of its log-odds."""
    value = float(solution.theta[place])
    reach = NORMAL * float(solution.deviations[place])
    if place == solution.width + 1:
        odds = np.log(value / (1.0 - value))
        return value, *shares_of_odds(np.array([odds - reach, odds + reach])).tolist()
    return value, value - reach, value + reach


def _weight(path: str, solution: Solution, place: int, unit: str, why: str, about: str = "") -> Estimate:
    if not solution.told[place]:
        reach = NORMAL / float(np.sqrt(solution.model.precision[place]))
        value = float(solution.theta[place])
        return Estimate(path, value, -reach, reach, unit, "choices", told=False, remark=why)
    return Estimate(path, *_interval(solution, place), unit, "choices", remark=about)


def _parameter(name: str, solution: Solution | Mixture, place: int, sign: float, why: str) -> Estimate:
    row = PARAMETERS[name]
    path = f"parameters.{name}"
    if not solution.told[place]:
        return Estimate(path, row.value, row.low, row.high, row.unit, "choices", told=False, remark=why)
    value, low, high = (sign * end for end in _interval(solution, place))
    beyond = "" if row.low <= value <= row.high else f"outside the {row.low:g} to {row.high:g} that the model allows"
    return Estimate(path, value, min(low, high), max(low, high), row.unit, "choices", remark=beyond)


def settings_of(estimates: tuple[Estimate, ...]) -> dict[str, float]:
    """What a scenario is set to: the estimates that it has a place for, within the range of each."""
    mine = [each for each in estimates if each.told and each.path.startswith("parameters.")]
    rows = {each.path: PARAMETERS[each.path.removeprefix("parameters.")] for each in mine}
    return {each.path: float(np.clip(each.value, rows[each.path].low, rows[each.path].high)) for each in mine}


def why_not(choices: Choices, solution: Solution | Mixture, place: int) -> str:
    """Why data do not tell the weight of an attribute."""
    if not solution.model.free[place]:
        return "it never differs between the alternatives of an occasion"
    if solution.model.separating(solution.theta)[place]:
        return "it separates chosen from not chosen nearly perfectly: only the prior keeps the weight from infinity"
    rows = choices.rows
    within = rows.values - np.repeat(
        np.add.reduceat(rows.values, rows.first[:-1], axis=0) / np.diff(rows.first)[:, None],
        np.diff(rows.first),
        axis=0,
    )
    for k, name in enumerate(choices.attributes):
        size = float(np.sqrt((within[:, k] ** 2).sum() * (within[:, place] ** 2).sum()))
        if k != place and size > 0 and abs(float(within[:, k] @ within[:, place])) > ALIKE * size:
            return f"it moves together with {name}"
    if _is_fixed(choices, place):
        return "it is the same whenever an alternative is offered: nothing but the constants tells it"
    return "too few choices"


def _is_fixed(choices: Choices, place: int) -> bool:
    values, alternative = choices.rows.values[:, place], choices.rows.alternative
    least, most = np.full(len(choices.alternatives), np.inf), np.full(len(choices.alternatives), -np.inf)
    np.minimum.at(least, alternative, values)
    np.maximum.at(most, alternative, values)
    return bool((most <= least).all())


def constants_of(choices: Choices, best: Fitted) -> Table:
    """Constants of the alternatives, as distances from their mean, with 95 % intervals."""
    solution = best.solution
    free = np.flatnonzero(solution.model.free)
    ours = free >= solution.width + 2
    values = solution.theta[free[ours]]
    spread = solution.covariance[np.ix_(ours, ours)]
    centred = np.eye(len(values)) - 1.0 / len(values)
    reach = NORMAL * np.sqrt(np.maximum((centred @ spread @ centred).diagonal(), 0.0))
    middle = values - values.mean()
    codes = free[ours] - solution.width - 2
    return Table.of(
        alternative=Labels(codes, choices.alternatives), constant=middle, low=middle - reach, high=middle + reach
    )


def remarks_of(
    choices: Choices, best: Fitted, panel: Fitted, apart: Mixture | None, estimates: tuple[Estimate, ...]
) -> tuple[str, ...]:
    """What a reader must know, in sentences, the most important first."""
    return (
        *_how_well(choices, best),
        *_untold(estimates),
        *_persistence(best, panel, apart),
        *_forms(best),
        *_priors(best),
    )


def _how_well(choices: Choices, best: Fitted) -> Iterator[str]:
    solution = best.solution
    yield (
        f"{solution.counted:,} choices of {solution.people:,} customers, {len(choices.alternatives)} alternatives: "
        f"log-likelihood {solution.loglik / solution.counted:.3f} a choice, {chance_level(choices):.3f} by chance."
    )


def _untold(estimates: tuple[Estimate, ...]) -> Iterator[str]:
    untold = [f"{each.path} ({each.remark})" for each in estimates if not each.told]
    if untold:
        yield f"The data cannot tell {'; '.join(untold)}."
    for each in estimates:
        if each.told and "outside" in each.remark:
            yield f"{each.path} is {each.value:.3g}, {each.remark}: the scenario gets the nearest that is allowed."


def _persistence(best: Fitted, panel: Fitted, apart: Mixture | None) -> Iterator[str]:
    if not best.shape.habit:
        yield "Nobody chooses twice: habit is off, and its weight and carry-over stay at the model's own."
        return
    if apart is None:
        yield "Too few customers choose often enough to tell habit from taste: all persistence counts as habit."
        return
    panels = panel.solution.theta[panel.solution.width]
    yield (
        f"The loyalty weight is {panels:.2f} if all persistence is taken for habit, and "
        f" {apart.theta[apart.width]:.2f} beside tastes that last (spread {apart.taste_sd:.2f}, mixed logit of "
        f"{apart.customers:,} customers). A scenario gets the latter, because its customers have tastes of their own."
    )
    if best.shape.smoothing is not None:
        yield "Forecasts also read taste from past choices, because that makes the choices likelier."


def _forms(best: Fitted) -> Iterator[str]:
    for name, form in best.shape.forms.items():
        if slot(name) in WEIGHTS:
            engine = "" if form.kind == "log" else "; a scenario has logarithms, and their weight"
            yield f"{name} acts as {form}, likelier than the other forms (Akaike){engine}."


def _priors(best: Fitted) -> Iterator[str]:
    solution = best.solution
    yield (
        f"Constants of alternatives have a spread of {solution.spread:.2f}, estimated; the prior of a weight is normal "
        f"with a standard deviation of {PRIOR_SD:g} per standard deviation of its attribute."
    )
    how = "robust, by customer" if solution.people >= FEWEST else f"those of fewer than {FEWEST} customers, not robust"
    yield f"Intervals are of 95 %, {how}; they do not count the choice of the forms."


def chance_level(choices: Choices) -> float:
    """Log-likelihood of a choice if all alternatives of an occasion were equally likely."""
    return float(-np.log(np.diff(choices.rows.first)[choices.rows.counts]).mean())
