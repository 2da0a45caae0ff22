"""A merged file, table by table, as far as its forms allow: what `checking` looks at and a `Scenario` is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from simulation import parameters as numbers
from simulation.scenario.forms import (
    ARRAY_FORMS,
    NESTED_TABLES,
    NUMBER_TABLES,
    TABLE_FORMS,
    Desk,
    Event,
    Form,
    Lever,
    Market,
    Money,
    Optimise,
    Outlet,
    Population,
    Record,
    Retailer,
    Review,
    Run,
    Sourced,
    Uncertainty,
    World,
    keys_of,
)
from simulation.scenario.merging import Tree
from simulation.scenario.problems import Problem, ScenarioError, unknown_key
from simulation.scenario.reading import inside, is_file
from simulation.scenario.sourcing import unwrapped
from simulation.scenario.wording import faults

if TYPE_CHECKING:
    from simulation.scenario.population_file import People

AnyForm = TypeVar("AnyForm", bound=Form)


@dataclass
class Draft:
    """The tables that have the right form; a table with a fault is absent, its problems are in `problems`."""

    tree: Tree
    problems: list[Problem] = field(default_factory=list)
    run: Run | None = None
    market: Market | None = None
    population: Population | None = None
    record: Record | None = None
    uncertainty: Uncertainty | None = None
    money: Money | None = None
    optimise: Optimise | None = None
    review: Review | None = None
    retailers: dict[str, Retailer] = field(default_factory=dict)
    outlets: dict[str, Outlet] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)
    levers: dict[str, Lever] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    people: People | None = None
    sources: dict[str, Sourced] = field(default_factory=dict)

    @property
    def weeks(self) -> int | None:
        """Length of the run, when it is known."""
        return self.run.weeks if self.run else None

    @property
    def customers(self) -> int | None:
        """How many customers there will be, when it is known."""
        if self.people is not None:
            return len(self.people)
        return self.population.customers if self.population and self.population.file is None else None

    @property
    def focal(self) -> str:
        """The focal retailer's id, or nothing while there is no single one."""
        focal = [retailer.id for retailer in self.retailers.values() if retailer.focal]
        return focal[0] if len(focal) == 1 else ""


def draft_of(tree: Tree, people: People | None = None) -> Draft:
    """Each table of a tree in its form, with the problems met; `people` when its population file is read already."""
    tree, sources = unwrapped(tree)
    draft = Draft(tree, list(tree.problems), sources=sources)
    _refuse_unknown_tables(draft)
    draft.run = _form(draft, Run, (), {key: tree.values[key] for key in keys_of(Run) if key in tree.values})
    draft.market = _form(draft, Market, ("market",), tree.get("market"))
    draft.population = _form(draft, Population, ("population",), tree.get("population"))
    draft.uncertainty = _form(draft, Uncertainty, ("uncertainty",), _listed(tree.get("uncertainty")))
    draft.money = _form(draft, Money, ("money",), tree.get("money"))
    draft.optimise = _form(draft, Optimise, ("optimise",), _listed(tree.get("optimise")))
    draft.review = _form(draft, Review, ("review",), tree.get("review"))
    draft.record = _form(draft, Record, ("record",), tree.get("record"))
    draft.retailers = _forms(draft, Retailer, "retailer")
    draft.outlets = _forms(draft, Outlet, "outlet")
    draft.desks = _forms(draft, Desk, "desk")
    draft.levers = _forms(draft, Lever, "lever")
    draft.events = _forms(draft, Event, "event")
    draft.people = people or _people(draft)
    return draft


def own_fields(element: Mapping[str, Any], form: type[Form]) -> dict[str, Any]:
    """The keys of a lever or event that belong to its kind."""
    return {key: value for key, value in element.items() if key not in keys_of(form)}


def kinds_of(array: str) -> Mapping[str, numbers.Lever] | Mapping[str, numbers.Event]:
    """The kinds of lever or of event there are."""
    return numbers.LEVERS if array == "lever" else numbers.EVENTS


def _people(draft: Draft) -> People | None:
    """The customers of the population file."""
    if draft.population is None or draft.population.file is None:
        return None
    path, fault = _population_path(draft, draft.population.file)
    if path is None:
        draft.problems.append(draft.tree.problem(("population", "file"), fault))
        return None
    from simulation.scenario.population_file import load_people  # takes numpy, which few scenarios need

    try:
        return load_people(path, draft.population.cells)
    except ScenarioError as error:
        draft.problems += error.problems
        return None


def _population_path(draft: Draft, name: str) -> tuple[Path | None, str]:
    folder = draft.tree.place(("population", "file")).folder
    path = inside(folder, name) if folder else None
    if path is None:
        return None, f"{name!r} leads out of the folder of this file; paths must stay inside it"
    return (path, "") if is_file(path) else (None, f"there is no file {name!r} beside this file")


def _refuse_unknown_tables(draft: Draft) -> None:
    if "design" in draft.tree.values:
        message = "[design] makes this a study of many runs: `sweep` simulates it, `check` says what it holds"
        draft.problems.append(draft.tree.problem(("design",), message))
        return
    known = [*keys_of(Run), *TABLE_FORMS, *ARRAY_FORMS, *NUMBER_TABLES, *NESTED_TABLES, "based_on"]
    for key in draft.tree.values:
        if key not in known:
            message = unknown_key(key, "a scenario", [*keys_of(World), "based_on"])
            draft.problems.append(draft.tree.problem((key,), message))


def _listed(table: Any) -> Any:
    """A table of the file with its lists as tuples, which can be frozen."""
    if not isinstance(table, dict):
        return table
    return {key: _as_tuple(value) for key, value in table.items()}


def _as_tuple(value: Any) -> Any:
    return tuple(_as_tuple(each) for each in value) if isinstance(value, list) else value


def _forms(draft: Draft, form: type[AnyForm], array: str) -> dict[str, AnyForm]:
    made = {
        name: _form(draft, form, (array, name), _shaped(array, element)) for name, element in _elements(draft, array)
    }
    return {name: table for name, table in made.items() if table is not None}


def _elements(draft: Draft, array: str) -> list[tuple[str, dict[str, Any]]]:
    return list(draft.tree.table(array).items())


def _shaped(array: str, element: dict[str, Any]) -> dict[str, Any]:
    """A lever or event with the fields of its kind, defaults filled in, in a table of their own."""
    if array not in ("lever", "event"):
        return element
    fields = own_fields(element, ARRAY_FORMS[array])
    kind = element.get("kind")
    known = kinds_of(array).get(kind) if isinstance(kind, str) else None
    defaults = {name: row.value for name, row in known.fields.items() if not row.choices} if known else {}
    return {**{key: value for key, value in element.items() if key not in fields}, "fields": {**defaults, **fields}}


def _form(draft: Draft, form: type[AnyForm], path: tuple[str, ...], values: Any) -> AnyForm | None:
    try:
        return form.model_validate({} if values is None else values)
    except ValidationError as error:
        found = dict(faults(form, error, _called(path)))
        for key, message in found.items():
            draft.problems.append(draft.tree.problem((*path, key) if key else path, message))
        faulty = {*found, *(str(fault["loc"][0]) for fault in error.errors() if fault["loc"])}
        return _rest(form, values, faulty) if isinstance(values, dict) else None


def _rest(form: type[AnyForm], values: Mapping[str, Any], faulty: set[str]) -> AnyForm | None:
    """The table without its faulty keys, if it can do without them: the others still have to be checked."""
    try:
        return form.model_validate({key: value for key, value in values.items() if key not in faulty})
    except ValidationError:
        return None


def _called(path: tuple[str, ...]) -> str:
    """A table as messages call it."""
    if not path:
        return "the scenario"
    return f"[{path[0]}]" if len(path) == 1 else f"{path[0]} {path[1]!r}"
