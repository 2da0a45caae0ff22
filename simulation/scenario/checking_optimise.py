"""`[optimise]`: dials turn fields of levers that are there, and sets of levers that exclude one another name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from simulation import parameters as numbers
from simulation.scenario.drafting import Draft
from simulation.scenario.problems import Problem, one_of, unknown
from simulation.scenario.wording import number_fault, said

ENDS = ("min", "max")
Path = tuple[str, ...]


def dials_are_sound(draft: Draft) -> Iterator[Problem]:
    """A dial is a number of a lever of the scenario, between bounds that the lever allows."""
    for name in draft.tree.table("optimise", "levers"):
        path = ("optimise", "levers", name)
        lever, _, field = name.partition(".")
        row = _row(draft, lever, field)
        if lever not in draft.tree.ids("lever"):
            yield draft.tree.problem(path, unknown("lever", lever, draft.tree.ids("lever")))
        elif lever in draft.levers and row is None:
            kind = draft.levers[lever].kind
            yield draft.tree.problem(path, unknown(f"number of {kind} to turn", field, dials_of(kind)))
        elif row is not None:
            yield from _bound_problems(draft, path, row)


def exclusions_are_sound(draft: Draft) -> Iterator[Problem]:
    """Only levers of the scenario exclude one another."""
    given: Any = draft.tree.get("optimise", "exclude")
    for names in given if isinstance(given, list) else ():
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str) and name not in draft.tree.ids("lever"):
                message = unknown("lever", name, draft.tree.ids("lever"))
                yield draft.tree.problem(("optimise", "exclude"), message)


def dials_of(kind: str) -> list[str]:
    """The fields of a kind of lever that can be turned: its numbers, apart from prices; a budget is both."""
    doses = {effect.by for effect in numbers.LEVERS[kind].effects}
    rows = numbers.LEVERS[kind].fields.items()
    return [name for name, row in rows if not row.choices and (not row.cost or name in doses)]


def _row(draft: Draft, lever: str, field: str) -> numbers.Parameter | None:
    kind = draft.levers[lever].kind if lever in draft.levers else ""
    return numbers.LEVERS[kind].fields[field] if kind in numbers.LEVERS and field in dials_of(kind) else None


def _bound_problems(draft: Draft, path: Path, row: numbers.Parameter) -> Iterator[Problem]:
    bounds = draft.tree.get(*path)
    if not isinstance(bounds, dict):
        message = f"bounds must be a table, such as {{ min = 0, max = 90 }}; it is {said(bounds)}"
        yield draft.tree.problem(path, message)
        return
    for key in [key for key in bounds if key not in ENDS]:
        yield draft.tree.problem((*path, key), unknown("bound", key, ENDS))
    missing = [key for key in ENDS if key not in bounds]
    if missing:
        yield draft.tree.problem(path, f"bounds of {path[-1]} lack {one_of(missing)}")
        return
    faulty = {key: fault for key in ENDS if (fault := number_fault(bounds[key], max(0.0, row.low), row.high))}
    for key, fault in faulty.items():
        yield draft.tree.problem((*path, key), f"{key} {fault}")
    if not faulty and bounds["min"] >= bounds["max"]:
        yield draft.tree.problem((*path, "max"), f"max {said(bounds['max'])} is not above min {said(bounds['min'])}")


OPTIMISE_CHECKS: tuple[Callable[[Draft], Iterable[Problem]], ...] = (dials_are_sound, exclusions_are_sound)
