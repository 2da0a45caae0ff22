"""What `[uncertainties]` and `[levers]` of a study move, and what they set once for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from simulation.scenario.problems import ScenarioError, unknown
from simulation.scenario.scenario import Scenario
from simulation.scenario.wording import said
from simulation.sweeping.factors import Factor, all_parameters, known_names, row_of
from simulation.sweeping.forms import MAX_CHOICES, Choice, Policy, Span, StudyForm
from simulation.sweeping.sheet import Sheet

MOST_TRIALS = 400  # scenarios that are made to see whether they can be: each takes some 15 milliseconds
ABOUT = ("all", "but")  # keys of [uncertainties] that are no names of numbers
Given = tuple[tuple[str, str], str, Any]  # where it stands in the file, its path in the scenario, its value


def given_by(sheet: Sheet, form: StudyForm) -> list[Given]:
    """All numbers that a study names, and every parameter where it wants all."""
    named = {name: value for name, value in form.uncertainties.items() if name not in ABOUT}
    return [*_uncertain(sheet, {**_all(sheet, form.uncertainties, named), **named}), *_levers(sheet, form.levers)]


def _uncertain(sheet: Sheet, named: Mapping[str, Any]) -> Iterator[Given]:
    known = known_names()
    for name, value in named.items():
        if "." in name or name in known:
            yield ("uncertainties", name), known.get(name, name), value
        else:
            sheet.add(("uncertainties", name), unknown("number of the model", name, known))


def _levers(sheet: Sheet, levers: Mapping[str, Any]) -> Iterator[Given]:
    for name, value in levers.items():
        if is_field(name):
            yield ("levers", name), f"lever.{name}", value
        else:
            sheet.add(("levers", name), f'{name!r} is not "LEVER_ID.field"')


def is_field(name: str) -> bool:
    """Whether a name is LEVER_ID.field."""
    lever, dot, field = name.partition(".")
    return bool(lever and dot and field) and "." not in field


def _all(sheet: Sheet, uncertainties: Mapping[str, Any], named: Mapping[str, Any]) -> Mapping[str, Any]:
    """Every parameter that is not named itself, where `all = true`."""
    but, wanted = uncertainties.get("but", ()), uncertainties.get("all", False)
    for name in but if isinstance(but, tuple) else (but,):
        if name not in known_names():
            sheet.add(("uncertainties", "but"), unknown("number of the model", str(name), known_names()))
    if not isinstance(wanted, bool):
        sheet.add(("uncertainties", "all"), f"all must be true or false; it is {said(wanted)}")
    return all_parameters(frozenset(map(str, but)) | frozenset(named)) if wanted is True else {}


def fixed_by(given: list[Given]) -> dict[str, Any]:
    """What is set to one value: value by path."""
    return {path: value for _, path, value in given if not isinstance(value, dict | tuple)}


def factors_of(sheet: Sheet, given: list[Given]) -> tuple[Factor, ...]:
    """What is moved; faults of ranges and choices are noted."""
    _refuse_twice(sheet, given)
    made = [
        _span(sheet, keys, path, value) if isinstance(value, dict) else _choices(sheet, keys, path, value)
        for keys, path, value in given
        if isinstance(value, dict | tuple)
    ]
    return tuple(factor for factor in made if factor is not None)


def _refuse_twice(sheet: Sheet, given: list[Given]) -> None:
    """One number by two names would be what only one of them says."""
    seen: dict[str, tuple[str, str]] = {}
    for keys, path, _ in given:
        if path in seen:
            sheet.add(keys, f"{keys[1]} is the same number as {seen[path][1]}; keep one")
        seen.setdefault(path, keys)


def _factor(keys: tuple[str, str], path: str, **what: Any) -> Factor:
    row = row_of(path)
    label, unit = ("", "") if row is None else (row.name.replace("_", " "), row.unit)
    return Factor(keys[1], path, is_lever=keys[0] == "levers", label=label, unit=unit, **what)


def _span(sheet: Sheet, keys: tuple[str, str], path: str, value: Mapping[str, Any]) -> Factor | None:
    if not sheet.fits(Span, keys, value):
        return None
    span, row = Span.model_validate(value), row_of(path)
    for end in ("min", "max") if row is not None else ():  # hundreds of them: no scenario is made for each
        least, most, given = row.low, row.high, getattr(span, end)  # type: ignore[union-attr]
        if not least <= given <= most:
            sheet.add((*keys, end), f"{end} of {keys[1]} must lie between {least:g} and {most:g}; it is {given:g}")
    return _factor(keys, path, low=span.min, high=span.max, log=span.log, integer=span.integer)


def _choices(sheet: Sheet, keys: tuple[str, str], path: str, value: tuple[Any, ...]) -> Factor | None:
    if len(value) > MAX_CHOICES:
        sheet.add(keys, f"there are {len(value):,} choices; a number may have {MAX_CHOICES}")
        return None
    plain = all(isinstance(each, str | int | float) for each in value)
    if not plain or len(value) < 2 or len({repr(each) for each in value}) < len(value):  # noqa: PLR2004
        sheet.add(keys, f"choices are two or more different numbers or words; they are {said(list(value))}")
        return None
    return _factor(keys, path, choices=value)


def _is_faulty(sheet: Sheet, factor: Factor) -> bool:
    return sheet.has_fault("levers" if factor.is_lever else "uncertainties", factor.name)


def _ends(factor: Factor) -> list[Choice]:
    """Both ends of a range, or all choices."""
    return [factor.value(float(cell)) for cell in factor.levels(2)]


def _together(factors: Sequence[Factor]) -> list[dict[str, Choice]]:
    """Of thousands of numbers, all at their lower end, then all at the upper: each alone would take minutes."""
    ends = {factor.path: _ends(factor) for factor in factors}
    return [{path: values[end] for path, values in ends.items()} for end in (0, -1)]


def try_out(sheet: Sheet, scenario: Scenario, factors: tuple[Factor, ...], policies: tuple[Policy, ...]) -> None:
    """Make the scenario at both ends, or all choices, of what is no parameter, and with each policy; note faults."""
    unsure = [factor for factor in factors if row_of(factor.path) is None and not _is_faulty(sheet, factor)]
    trials = [{factor.path: value} for factor in unsure for value in _ends(factor)]
    for trial in trials if len(trials) <= MOST_TRIALS else _together(unsure):
        _try(sheet, scenario, trial)
    for n, policy in enumerate(policies):
        before = len(sheet.problems)
        _try(sheet, scenario, {f"lever.{name}": value for name, value in policy.levers.items()})
        found = sheet.problems[before:]
        sheet.problems[before:] = [sheet.problem(("policy", n), f"{policy.id}: {each.message}") for each in found]


def _try(sheet: Sheet, scenario: Scenario, edits: Mapping[str, Any]) -> None:
    try:
        scenario.replace(edits=edits)
    except ScenarioError as error:
        sheet.of_edits(error, edits)


def usual_of(scenario: Scenario, factor: Factor) -> float:
    """Where a number stands in the scenario as it is; the middle of its range where it is not in it, or is beyond."""
    value, row = _value_at(scenario, factor.path), row_of(factor.path)
    place = factor.place(row.value if value is None and row is not None else value)
    return float(factor.from_unit(np.array([0.5]))[0]) if place is None else place


def _value_at(scenario: Scenario, path: str) -> Any:
    value: Any = scenario.model_dump(by_alias=True)
    for key in path.split("."):
        if isinstance(value, tuple | list):
            value = {each["id"]: {**each, **each.get("fields", {})} for each in value}
        value = value.get(key) if isinstance(value, dict) else None
    return value
