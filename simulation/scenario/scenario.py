"""One question about one market: checked, complete, frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pydantic import PrivateAttr

from simulation.scenario.baselines import COMMON, Origin, base_name, baseline_of, name_of, origin_of
from simulation.scenario.checking import problems_of
from simulation.scenario.drafting import draft_of
from simulation.scenario.edits import OPTIONS, Edit, edits_of
from simulation.scenario.finding import find, shipped
from simulation.scenario.forms import NESTED_TABLES, NUMBER_TABLES, TABLE_FORMS, Lever, Sourced, World
from simulation.scenario.merging import Tree
from simulation.scenario.problems import Problem, ScenarioError, in_order
from simulation.scenario.reading import parse, read
from simulation.scenario.resolving import file_shape, resolved
from simulation.scenario.sourcing import wrapped
from simulation.scenario.writing import as_toml

if TYPE_CHECKING:
    from simulation.scenario.population_file import People

_LABELS = ("name", "question", "baseline")  # they change no result


class Difference(NamedTuple):
    """A key to which two scenarios give different values; an element that only one has differs as a whole."""

    key: str
    here: Any
    there: Any


class Scenario(World):
    """A complete, frozen scenario. Make one with `Scenario.load`; change it with `replace`."""

    _origin: Origin | None = PrivateAttr(None)
    _sources: Mapping[str, Sourced] = PrivateAttr(default_factory=dict)
    _people: Any = PrivateAttr(None)  # People, a type that would bring numpy along

    @classmethod
    def load(
        cls,
        name_or_path: str | Path,
        *,
        edits: Mapping[str, Any] | None = None,
        customers: int | None = None,
        weeks: int | None = None,
        replicates: int | None = None,
        seed: int | None = None,
    ) -> Self:
        """A built-in scenario by name, or a file; `edits` (path to value) and options come before the baseline.

        Raises `ScenarioError` with every problem found.
        """
        changes = edits_of(edits, seed=seed, weeks=weeks, replicates=replicates, customers=customers)
        return cls._made(origin_of(read(find(name_or_path)), changes))

    @classmethod
    def from_toml(cls, text: str, *, file: str = "scenario.toml", folder: Path | None = None) -> Self:
        """A scenario from TOML text; `file` is what messages call it, `folder` is where its paths start."""
        return cls._made(origin_of(parse(text, file, folder)))

    @property
    def path(self) -> Path | None:
        """The file it was loaded from."""
        return self._origin.document.path if self._origin else None

    @property
    def people(self) -> People | None:
        """The customers of its population file, when it has one."""
        people: People | None = self._people
        return people

    @property
    def sources(self) -> Mapping[str, Sourced]:
        """What is known of the numbers that came with a source, by path ("parameters.habit_weight")."""
        return MappingProxyType(self._sources)

    def with_people(self, people: People) -> Self:
        """The same scenario with other customers: for replaying a few of them."""
        changed = self.model_copy()
        changed._people = people
        return changed

    def with_levers(self, levers: Iterable[Lever]) -> Self:
        """The same scenario with other levers: a world of an explanation or a search, not of a file."""
        return self.model_copy(update={"levers": tuple(levers)})

    def replace(self, *, edits: Mapping[str, Any] | None = None, **changes: Any) -> Self:
        """The same scenario with changes.

        `seed`, `weeks`, `replicates`, `customers`, `represents`, `name`, `question` by name; tables such as `market` or
        `parameters` as mappings of the keys to change; anything else by `edits`, path to value.
        Raises `ScenarioError` when the result would be wrong, `TypeError` for what cannot be changed by that name.
        """
        made = [Edit(path, value, "replace") for path, value in (edits or {}).items()]
        origin = self._where_from()
        return type(self)._made(Origin(origin.documents, (*origin.edits, *made, *_edits_of_changes(changes))))

    def baseline(self) -> Self | None:
        """What it is compared with, or None: a market that asks nothing has no baseline."""
        found = baseline_of(self._where_from())
        return None if found is None else type(self)._of(*found, people=self._people)

    def needed_baseline(self) -> Self:
        """The baseline; raises `ScenarioError` when there is none."""
        baseline = self.baseline()
        if baseline is None:
            file = self._where_from().document.file
            message = (
                f"{self.name!r} is a market and asks no question: there is nothing to compare it with. Write a "
                f'scenario based on it that adds levers or events, or add baseline = "name"'
            )
            raise ScenarioError([Problem(file, None, "baseline", message)])
        return baseline

    def base(self) -> Self | None:
        """What its file is based on, as that stands."""
        origin = self._where_from()
        return None if origin.base is None else type(self)._of(base_name(origin), origin.base)

    def differences(self, other: World | None = None) -> list[Difference]:
        """What differs from another scenario; by default from what it is based on, else from its baseline."""
        there = other or self.base() or self.baseline()
        return [] if there is None else list(_differences(file_shape(self), file_shape(there)))

    def to_toml(self, *, baseline: str | None = None, population_file: str | None = None) -> str:
        """The complete scenario as a file that loads as an equal one.

        `baseline` is what that file should name as its baseline (default: a built-in name where that says the same);
        `population_file` where its customers are kept, relative to it.
        """
        values = {**self._as_given(), "baseline": baseline or self._built_in_baseline()}
        if population_file or self.population.file is not None:
            values["population"].update(file=population_file or self.population.file, customers=None)
        return as_toml(values)

    @cached_property
    def sha256(self) -> str:
        """Hash of all that can change a result: not of name, question and baseline."""
        values = {key: value for key, value in file_shape(self).items() if key not in _LABELS}
        digest = self._people.sha256 if self._people else ""
        return hashlib.sha256((as_toml(values) + digest).encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        """Whether both say the same, wherever they were loaded from."""
        if not isinstance(other, Scenario):
            return NotImplemented
        mine, others = ((each.name, each.question, each.sha256, each._sources) for each in (self, other))
        return mine == others

    def __hash__(self) -> int:
        return hash((self.name, self.sha256))

    @classmethod
    def _made(cls, origin: Origin) -> Self:
        """A scenario from its files, or `ScenarioError` with the problems of both worlds."""
        problems: list[Problem] = []
        try:
            scenario = cls._of(name_of(origin.document), origin.tree)
            scenario._origin = origin
        except ScenarioError as error:
            problems += error.problems
        try:
            baseline = baseline_of(origin)
            if baseline and not problems:
                cls._of(*baseline, people=scenario._people)
        except ScenarioError as error:
            problems += error.problems
        if problems:
            raise ScenarioError(in_order(problems))
        return scenario

    @classmethod
    def _of(cls, name: str, tree: Tree, people: People | None = None) -> Self:
        """A tree as a scenario, or `ScenarioError` with all that is wrong with it."""
        draft = draft_of(tree, people)
        problems = problems_of(draft)
        if problems:
            raise ScenarioError(problems)
        scenario = cls(**resolved(draft, name))
        scenario._people = draft.people
        scenario._sources = draft.sources
        return scenario

    def _as_given(self) -> dict[str, Any]:
        """All it says with the keys of its file, sources included."""
        return wrapped(file_shape(self), self._sources)

    def _where_from(self) -> Origin:
        """Its files; for one made in Python, the file it would be."""
        return self._origin or origin_of(parse(as_toml(self._as_given()), f"{self.name}.toml"))

    def _built_in_baseline(self) -> str | None:
        origin = self._origin
        if self.baseline_name in shipped():
            return self.baseline_name
        if origin is None or origin.levers or any(edit.keys not in COMMON for edit in origin.edits):
            return None
        return base_name(origin) if base_name(origin) in shipped() else None


def _edits_of_changes(changes: Mapping[str, Any]) -> Iterator[Edit]:
    for key, value in changes.items():
        if key in (*TABLE_FORMS, *NUMBER_TABLES) and isinstance(value, Mapping):
            yield from (Edit(f"{key}.{inner}", item, "replace") for inner, item in value.items())
        elif key in NESTED_TABLES and isinstance(value, Mapping):
            for outer, table in value.items():
                yield from (Edit(f"{key}.{outer}.{inner}", item, "replace") for inner, item in table.items())
        elif key in OPTIONS or key in ("name", "question", "baseline", "represents"):
            path = "population.represents" if key == "represents" else OPTIONS.get(key, key)
            yield Edit(path, value, "replace")
        else:
            raise TypeError(f"replace() cannot change {key!r} by name; use edits={{path: value}}")


def _differences(here: Mapping[str, Any], there: Mapping[str, Any], path: str = "") -> Iterator[Difference]:
    for key in dict.fromkeys([*here, *there]):
        ours, theirs = _by_id(here.get(key)), _by_id(there.get(key))
        whole = f"{path}{key}"
        if whole in _LABELS or ours == theirs:
            continue
        if isinstance(ours, dict) and isinstance(theirs, dict):
            yield from _differences(ours, theirs, f"{whole}.")
        else:
            yield Difference(whole, ours, theirs)


def _by_id(value: Any) -> Any:
    """Arrays of tables compare by id, not by position."""
    if isinstance(value, list | tuple) and value and all(isinstance(row, dict) for row in value):
        return {row["id"]: row for row in value}
    return {} if isinstance(value, list) else value
