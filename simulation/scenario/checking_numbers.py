"""Tables whose keys are names from the data files: levels, traits, parameters, strengths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from simulation import parameters as numbers
from simulation.scenario.drafting import Draft
from simulation.scenario.problems import Problem, one_of, unknown
from simulation.scenario.wording import number_fault, said

Ranges = Mapping[str, tuple[float, float]]

_TRAIT_NUMBERS = {  # what may be changed, by how a trait is drawn
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sd"),
    "gamma": ("mean", "shape"),
    "choice": ("values", "shares"),
}
_POSITIVE = ("sd", "median", "shape")

ROUNDING = 1e-6  # of shares that add up to 1


def levels_are_complete(draft: Draft) -> Iterator[Problem]:
    """Every outlet gives a level for each determinant, on the scale of a survey score: (rating 1..10 - 1) / 9."""
    ranges = dict.fromkeys(numbers.DETERMINANTS, (0.0, 1.0))
    for name in draft.tree.ids("outlet"):
        levels = draft.tree.get("outlet", name, "levels")
        if levels is None:
            continue  # the form has said so
        path = ("outlet", name, "levels")
        yield from _number_problems(draft, path, "determinant", ranges)
        missing = [key for key in ranges if isinstance(levels, dict) and key not in levels]
        if missing:
            yield draft.tree.problem(
                path, f"levels of outlet {name!r} lack {one_of(missing)}; .75 is an ordinary level"
            )


def capabilities_are_known(draft: Draft) -> Iterator[Problem]:
    """The three ways to manage customer relationships, each from nothing to all."""
    for name in draft.tree.ids("retailer"):
        path = ("retailer", name, "capabilities")
        yield from _number_problems(draft, path, "capability", dict.fromkeys(numbers.CAPABILITIES, (0.0, 1.0)))


def parameters_are_known(draft: Draft) -> Iterator[Problem]:
    """Parameters and strengths exist and lie in their ranges."""
    parameters = {name: (row.low, row.high) for name, row in numbers.PARAMETERS.items()}
    moderators = {name: (row.strength_low, row.strength_high) for name, row in numbers.MODERATORS.items()}
    determinants = dict.fromkeys(numbers.DETERMINANTS, (0.0, 2.0))
    needs = {name: (row.importance.low, row.importance.high) for name, row in numbers.NEEDS.items()}
    yield from _number_problems(draft, ("parameters",), "parameter", parameters)
    yield from _number_problems(draft, ("moderators",), "moderator", moderators)
    yield from _number_problems(draft, ("determinants",), "determinant", determinants)
    yield from _number_problems(draft, ("needs",), "need", needs)


def weights_are_known(draft: Draft) -> Iterator[Problem]:
    """Weights are of dimensions and determinants that exist; the engine needs some of each, and scales them to 1."""
    shares = dict.fromkeys(numbers.DIMENSION_NAMES, (0.0, 1.0))
    yield from _number_problems(draft, ("dimensions",), "dimension", shares)
    given = draft.tree.table("dimensions")
    if all(_is_zero(given.get(name, numbers.DIMENSIONS[name].value)) for name in numbers.DIMENSION_NAMES):
        yield draft.tree.problem(("dimensions",), "all dimensions have the weight 0; one must count")
    yield from _table_problems(draft, ("weights",), "dimension", numbers.DIMENSION_NAMES)
    for dimension in set(draft.tree.table("weights")) & set(numbers.DIMENSION_NAMES):
        yield from _weight_problems(draft, ("weights", dimension))


def _weight_problems(draft: Draft, path: tuple[str, ...]) -> Iterator[Problem]:
    """A dimension's own weights; the other channel alone cannot carry it, because not every customer has one."""
    yield from _number_problems(draft, path, "determinant", dict.fromkeys(numbers.DETERMINANTS, (0.0, 1.0)))
    given = draft.tree.table(*path)
    base = {name: row.weights[path[-1]] for name, row in numbers.DETERMINANTS.items() if name != "channels"}
    if all(_is_zero(given.get(name, weight)) for name, weight in base.items()):
        message = f"all determinants but channels have the weight 0 in {path[-1]}; one of them must count"
        yield draft.tree.problem(path, message)


def _is_zero(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and value == 0


def season_is_sound(draft: Draft) -> Iterator[Problem]:
    """A season of the market's own has a factor for every month, or for every ISO week."""
    path = ("market", "season")
    given = draft.tree.get(*path)
    if given is None:
        return
    if not isinstance(given, dict):
        message = f"season must be a table, such as {{ months = [...] }}; it is {said(given)}"
        yield draft.tree.problem(path, message)
        return
    for key in given:
        if key not in (*SEASON_FACTORS, "source"):
            yield draft.tree.problem((*path, key), unknown("key of a season", key, (*SEASON_FACTORS, "source")))
    if not isinstance(given.get("source", ""), str):
        yield draft.tree.problem((*path, "source"), f"source must be text in quotes; it is {said(given['source'])}")
    if len(given.keys() & SEASON_FACTORS.keys()) != 1:
        yield draft.tree.problem(path, "a season has either months or weeks")
    for key in given.keys() & SEASON_FACTORS.keys():
        fault = _season_fault(key, given[key])
        if fault:
            yield draft.tree.problem((*path, key), fault)


SEASON_FACTORS = {"months": 12, "weeks": 53}
FACTOR_RANGE = (0.01, 20.0)  # sales never stop altogether, and no week sells half a year's


def _season_fault(key: str, value: object) -> str | None:
    if not isinstance(value, list | tuple) or len(value) != SEASON_FACTORS[key]:
        count = f"{len(value)} values" if isinstance(value, list | tuple) else said(value)
        return f"{key} must be a list of {SEASON_FACTORS[key]} numbers; it is {count}"
    return next((f"each of {key} {fault}" for item in value if (fault := number_fault(item, *FACTOR_RANGE))), None)


def needs_of_outlets_are_known(draft: Draft) -> Iterator[Problem]:
    """An outlet gives levels for needs that read the outlet, not for those that read something else."""
    ranges = dict.fromkeys(numbers.GIVEN_NEEDS, (0.0, 1.0))
    for name in draft.tree.ids("outlet"):
        path = ("outlet", name, "needs")
        given = draft.tree.table(*path)
        others = [need for need in given if need in numbers.NEEDS and need not in ranges]
        for need in others:
            message = f"how well the need {need} is met follows from {numbers.NEEDS[need].reads}; take it out"
            yield draft.tree.problem((*path, need), message)
        if not others:
            yield from _number_problems(draft, path, "need that an outlet gives a level for", ranges)


SURVEY_KEYS = ("every", "sample")


def survey_is_sound(draft: Draft) -> Iterator[Problem]:
    """A recorded survey says how often and how many are asked, and somebody is."""
    path = ("record", "survey")
    given: Any = draft.tree.get(*path)
    if given is None:
        return
    if not isinstance(given, dict):
        message = f"survey must be a table, such as {{ every = 13, sample = 0.1 }}; it is {said(given)}"
        yield draft.tree.problem(path, message)
        return
    for key in given:
        if key not in SURVEY_KEYS:
            yield draft.tree.problem((*path, key), unknown("key of a survey", key, SURVEY_KEYS))
    every, sample = given.get("every", 13), given.get("sample", 0.1)
    if isinstance(every, bool) or not isinstance(every, int) or every < 1:
        yield draft.tree.problem((*path, "every"), f"every must be a whole number of weeks from 1; it is {said(every)}")
    elif draft.weeks is not None and every > draft.weeks:
        message = f"every is {every} and the run has {draft.weeks} weeks: nobody would be asked"
        yield draft.tree.problem((*path, "every"), message)
    fault = number_fault(sample, 0.0, 1.0)
    if fault or not sample:
        yield draft.tree.problem(
            (*path, "sample"), f"sample must be a share above 0 and at most 1; it is {said(sample)}"
        )


def traits_are_sound(draft: Draft) -> Iterator[Problem]:
    """Changes to traits name a trait, and what its kind of distribution has."""
    traits = draft.tree.get("population", "traits")
    if traits is not None and not isinstance(traits, dict):
        yield draft.tree.problem(("population", "traits"), f"traits must be a table; it is {said(traits)}")
    for name in draft.tree.table("population", "traits"):
        path = ("population", "traits", name)
        if name not in numbers.TRAITS:
            yield draft.tree.problem(path, unknown("trait", name, numbers.TRAITS))
        elif not isinstance(draft.tree.get(*path), dict):
            yield draft.tree.problem(path, f"{name} must be a table, such as {{ mean = 1.0, sd = 0.3 }}")
        else:
            yield from _trait_problems(draft, path, numbers.TRAITS[name])


def _trait_problems(draft: Draft, path: tuple[str, ...], trait: numbers.Trait) -> Iterator[Problem]:
    allowed = _TRAIT_NUMBERS.get(trait.kind, ())
    given = draft.tree.table(*path)
    if not allowed:
        yield draft.tree.problem(path, f"how {trait.name} is drawn cannot be changed")
        return
    for key, value in given.items():
        fault = _trait_fault(trait, key, value, allowed)
        if fault:
            yield draft.tree.problem((*path, key), fault)
    if trait.kind == "choice" and all(isinstance(given.get(key, []), list) for key in allowed):
        yield from _share_problems(draft, path, trait)


def _trait_fault(trait: numbers.Trait, key: str, value: object, allowed: tuple[str, ...]) -> str | None:
    if key not in (*allowed, "low", "high"):
        return f"{trait.name} is {trait.kind}: it has {one_of(allowed)}, low and high, but no {key!r}"
    if key in ("values", "shares"):
        return _list_fault(trait, key, value)
    low = 0.0 if key in _POSITIVE else trait.low
    high = max(trait.high, 1e6) if key in _POSITIVE else trait.high
    fault = number_fault(value, low, high)
    return f"{key} {fault}" if fault else None


def _list_fault(trait: numbers.Trait, key: str, value: object) -> str | None:
    if not isinstance(value, list) or not value:
        return f"{key} must be a list of numbers; it is {said(value)}"
    low, high = (0.0, 1.0) if key == "shares" else (trait.low, trait.high)
    return next((f"each of {key} {fault}" for item in value if (fault := number_fault(item, low, high))), None)


def _share_problems(draft: Draft, path: tuple[str, ...], trait: numbers.Trait) -> Iterator[Problem]:
    given = draft.tree.table(*path)
    values, shares = given.get("values", trait.values), given.get("shares", trait.shares)
    if len(values) != len(shares):
        yield draft.tree.problem(
            path, f"values and shares must be equally many; they are {len(values)} and {len(shares)}"
        )
    elif all(number_fault(share, 0, 1) is None for share in shares) and abs(sum(shares) - 1) > ROUNDING:
        yield draft.tree.problem((*path, "shares"), f"shares must add up to 1; they add up to {sum(shares):g}")


def _table_problems(draft: Draft, path: tuple[str, ...], kind: str, known: Iterable[str]) -> Iterator[Problem]:
    """What should be a table and is none, and unknown names in it."""
    table: Any = draft.tree.get(*path)
    if table is not None and not isinstance(table, dict):
        yield draft.tree.problem(path, f"{path[-1]} must be a table; it is {said(table)}")
    for name in draft.tree.table(*path):
        if name not in known:
            yield draft.tree.problem((*path, name), unknown(kind, name, known))


def _number_problems(draft: Draft, path: tuple[str, ...], kind: str, ranges: Ranges) -> Iterator[Problem]:
    """Unknown names and values out of range in a table of numbers."""
    yield from _table_problems(draft, path, kind, ranges)
    for name, value in draft.tree.table(*path).items():
        if name in ranges and (fault := number_fault(value, *ranges[name])):
            yield draft.tree.problem((*path, name), f"{name} {fault}")


NUMBER_CHECKS: tuple[Callable[[Draft], Iterable[Problem]], ...] = (
    levels_are_complete,
    capabilities_are_known,
    parameters_are_known,
    weights_are_known,
    season_is_sound,
    needs_of_outlets_are_known,
    survey_is_sound,
    traits_are_sound,
)
