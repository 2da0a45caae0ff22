"""`--set path=VALUE`: changes to a scenario from outside its file, by the paths of its tree."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation import parameters as numbers
from simulation.scenario.merging import ARRAYS, Place, Tree
from simulation.scenario.problems import Problem, ScenarioError, unknown

OPTIONS = {  # the command line's own words for some paths
    "seed": "seed",
    "weeks": "weeks",
    "replicates": "replicates",
    "customers": "population.customers",
}
_PARTS = 3  # of the path of an element: its array, its id, its key
_BARE_WORD = re.compile(r"[^\W\d][\w .%/+-]*")


@dataclass(frozen=True)
class Edit:
    """One change: a dotted path through ids, the new value, and the word that messages use for its place."""

    path: str
    value: Any
    file: str = "--set"

    @property
    def keys(self) -> tuple[str, ...]:
        """The path in parts."""
        return tuple(self.path.split("."))

    def problem(self, message: str) -> Problem:
        """A problem with this edit."""
        return Problem(self.file, None, self.path, f"{self.path}: {message}")


def parse_edits(texts: Iterable[str]) -> dict[str, Any]:
    """`path=VALUE` texts as path to value; VALUE is TOML, a bare word is a string. Raises `ScenarioError`."""
    edits: dict[str, Any] = {}
    problems: list[Problem] = []
    for text in texts:
        path, equals, value = (part.strip() for part in text.partition("="))
        if not (path and equals and value):
            problems.append(
                Problem("--set", None, path, f"{text!r} is not path=VALUE, such as outlet.ours_centre.staff=12")
            )
            continue
        try:
            edits[path] = _value(value)
        except ValueError:
            problems.append(Problem("--set", None, path, f"{path}: {value!r} is not a number, true, false or a word"))
    if problems:
        raise ScenarioError(problems)
    return edits


def edits_of(edits: Mapping[str, Any] | None, **options: int | None) -> tuple[Edit, ...]:
    """Edits by path, then those given by options such as `customers`, which win."""
    changes = [Edit(path, value) for path, value in (edits or {}).items()]
    return (
        *changes,
        *(Edit(OPTIONS[name], value, f"--{name}") for name, value in options.items() if value is not None),
    )


def edited(tree: Tree, edits: Iterable[Edit]) -> Tree:
    """The tree with edits made; what cannot be made is among its problems. Their paths start where the user stands."""
    result = tree.copy()
    folder = Path.cwd()
    for edit in edits:
        _add_lever(result, edit)
        problem = _obstacle(result, edit)
        if problem:
            result.problems.append(problem)
        else:
            _put(result, edit, folder)
    return result


def _value(text: str) -> Any:
    try:
        values = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        if _BARE_WORD.fullmatch(text):
            return text
        raise ValueError(text) from None
    if list(values) != ["value"]:
        raise ValueError(text)
    return values["value"]


def _obstacle(tree: Tree, edit: Edit) -> Problem | None:
    """What keeps a path from being followed."""
    keys = edit.keys
    if not all(keys):
        return edit.problem("a path has its parts between single dots, such as outlet.ours_centre.staff")
    if keys[0] == "based_on":
        return edit.problem("what a scenario is based on can only be changed in its file")
    if keys[0] in ARRAYS:
        return _element_obstacle(tree, edit)
    return _table_obstacle(tree, edit)


def _element_obstacle(tree: Tree, edit: Edit) -> Problem | None:
    array, *rest = edit.keys
    if len(edit.keys) < _PARTS:
        return edit.problem(f"say which {array} and which of its keys: {array}.ID.KEY=VALUE")
    if rest[0] not in tree.table(array):
        return edit.problem(unknown(array, rest[0], tree.ids(array)))
    if rest[1] in ("id", "kind", "remove"):
        return edit.problem(f"{rest[1]} can only be changed in the file")
    return _table_obstacle(tree, edit)


def _table_obstacle(tree: Tree, edit: Edit) -> Problem | None:
    for length in range(1, len(edit.keys)):
        value = tree.get(*edit.keys[:length])
        if value is not None and not isinstance(value, dict):
            return edit.problem(f"{'.'.join(edit.keys[:length])} is a single value and has nothing inside")
    return None


def _add_lever(tree: Tree, edit: Edit) -> None:
    """A lever that the scenario lacks is added when the path names a kind of lever: what if we bought it too?"""
    array, name = (*edit.keys, "", "")[:2]
    if array == "lever" and len(edit.keys) >= _PARTS and name in numbers.LEVERS and name not in tree.table("lever"):
        tree.values.setdefault("lever", {})[name] = {"id": name, "kind": name}
        tree.places[("lever", name)] = Place(edit.file, None)


def _put(tree: Tree, edit: Edit, folder: Path) -> None:
    *tables, last = edit.keys
    table = tree.values
    for depth, key in enumerate(tables, 1):
        table = table.setdefault(key, {})
        tree.places.setdefault(edit.keys[:depth], Place(edit.file, None, folder))
    table[last] = edit.value
    for path in [path for path in tree.places if path[: len(edit.keys)] == edit.keys]:
        del tree.places[path]
    tree.places[edit.keys] = Place(edit.file, None, folder)
