"""A scenario on top of what it is based on: tables key by key, arrays of tables by id, each value with its place.

A `Tree` is the data with every array of tables turned into a dict by id, so that merging is the same act everywhere,
a value's path reads like the path of `--set`, and its place (file and line) stays with it whatever file it came from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulation.scenario.locating import Keys
from simulation.scenario.problems import Problem, suggestion
from simulation.scenario.reading import Document

ARRAYS = ("retailer", "outlet", "desk", "lever", "event")  # tables that have ids
MAX_ID = 64  # characters
NAMED_BY_KIND = ("lever", "event")  # their id is their kind unless given
OWN_KEYS = ("name", "question", "based_on", "baseline")  # a file's own: never inherited


@dataclass(frozen=True)
class Place:
    """Where a value was set; paths in the value start from `folder`."""

    file: str
    line: int | None
    folder: Path | None = None


@dataclass
class Tree:
    """Nested tables, arrays of tables by id, and the place of every key."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[Keys, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    file: str = ""

    def place(self, path: Keys) -> Place:
        """Where a key was set; for a missing one, where its table is."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return Place(self.file, None)

    def problem(self, path: Keys, message: str) -> Problem:
        """A problem with the key at a path."""
        place = self.place(path)
        return Problem(place.file, place.line, ".".join(str(key) for key in path), message)

    def get(self, *path: str) -> Any:
        """The value at a path, or None."""
        value: Any = self.values
        for key in path:
            if not isinstance(value, dict) or key not in value:
                return None
            value = value[key]
        return value

    def table(self, *path: str) -> dict[str, Any]:
        """The table at a path, or an empty one."""
        value = self.get(*path)
        return value if isinstance(value, dict) else {}

    def ids(self, array: str) -> list[str]:
        """The ids of an array of tables, in order."""
        return list(self.table(array))

    def copy(self) -> Tree:
        """A tree that can be changed without changing this one."""
        return Tree(_copied(self.values), dict(self.places), list(self.problems), self.file)


def tree_of(document: Document) -> Tree:
    """One document as a tree, with the problems of its ids."""
    tree = Tree(file=document.file)
    for key, value in document.data.items():
        if key in ARRAYS:
            _add_array(tree, document, key, value)
        else:
            tree.values[key] = _copied(value)
            _add_places(tree, document, (key,), (key,))
    return tree


def merged(base: Tree, top: Tree) -> Tree:
    """`top` over `base`; elements with `remove = true` take out their namesakes."""
    result = nameless(base)
    result.file = top.file
    result.problems += top.problems
    _remove(result, top)
    _overlay(result.values, {key: value for key, value in top.values.items() if key not in ARRAYS})
    for array in ARRAYS:
        elements = top.get(array)
        if elements is not None:
            kept = {name: element for name, element in elements.items() if not _is_removal(element)}
            _overlay(result.values, {array: kept})
    for path, place in top.places.items():
        _put_place(result, path, place)
    return result


def nameless(tree: Tree) -> Tree:
    """The tree less what only its own file can say of itself, and of its levers."""
    result = tree.copy()
    for key in (*OWN_KEYS, "optimise"):
        result.values.pop(key, None)
        result.places.pop((key,), None)
    return result


def without(tree: Tree, array: str, names: Iterable[str]) -> Tree:
    """The tree less some elements of an array of tables."""
    result = tree.copy()
    _take_out(result, array, set(names))
    return result


def _add_array(tree: Tree, document: Document, array: str, elements: object) -> None:
    line = document.lines.get((array,))
    place = Place(document.file, line, document.folder)
    tree.places[(array,)] = place
    tree.values[array] = {}
    if not isinstance(elements, list) or not all(isinstance(element, dict) for element in elements):
        tree.problems.append(tree.problem((array,), f"write each {array} as a table of its own under [[{array}]]"))
        return
    for index, element in enumerate(elements):
        _add_element(tree, document, array, index, element)


def _add_element(tree: Tree, document: Document, array: str, index: int, element: Mapping[str, Any]) -> None:
    name, fault = _id_of(array, element)
    line = document.lines.get((array, index))
    if name in tree.values[array]:
        first = tree.places[(array, name)].line
        fault = f"there are two {array}s with the id {name!r} (first in line {first}); ids must differ"
    if fault:
        key = "id" if "id" in element else "kind"
        line = document.lines.get((array, index, key), line)
        tree.problems.append(Problem(document.file, line, f"{array}.id", fault))
        return
    tree.values[array][name] = {"id": name, **_copied(element)}
    _add_places(tree, document, (array, index), (array, name))


def _id_of(array: str, element: Mapping[str, Any]) -> tuple[str, str]:
    """The id of an element and what is wrong with it."""
    by_kind = array in NAMED_BY_KIND
    name = element.get("id", element.get("kind") if by_kind else None)
    if name is None:
        return "", f"this {array} has no {'kind' if by_kind else 'id'}"
    if not is_id(name):
        return (
            "",
            f"{name!r} cannot be an id; an id is text of up to {MAX_ID} letters, digits, '_' or '-'",
        )
    return name, ""


def is_id(name: object) -> bool:
    """Ids are words, because `--set` and the results call things by them."""
    return (
        isinstance(name, str)
        and 0 < len(name) <= MAX_ID
        and name.isprintable()
        and name.replace("_", "").replace("-", "").isalnum()
    )


def _add_places(tree: Tree, document: Document, inside: Keys, outside: Keys) -> None:
    """The lines of everything under a path of the document, as places under a path of the tree."""
    for path, line in document.under(inside):
        tree.places[outside + path[len(inside) :]] = Place(document.file, line, document.folder)


def _put_place(result: Tree, path: Keys, place: Place) -> None:
    """A value's place is where it was set last; a table's is where it was opened first, where its keys should be."""
    if path not in result.places or not _is_table(result.get(*[str(key) for key in path])):
        result.places[path] = place


def _remove(result: Tree, top: Tree) -> None:
    for array in ARRAYS:
        for name, element in top.table(array).items():
            if "remove" in element:
                result.problems += _removal_problems(result, top, array, name)
        _take_out(result, array, {name for name, element in top.table(array).items() if _is_removal(element)})


def _removal_problems(base: Tree, top: Tree, array: str, name: str) -> Iterator[Problem]:
    path = (array, name)
    element = top.values[array][name]
    others = sorted(set(element) - {"id", "kind", "remove"})
    if element["remove"] is not True:
        yield top.problem((*path, "remove"), "remove can only be true; leave it out to keep the element")
    elif name not in base.table(array):
        message = f"there is no {array} {name!r} to remove. {suggestion(name, base.ids(array))}".rstrip()
        yield top.problem(path, message)
    elif others:
        yield top.problem((*path, others[0]), f"{others[0]} does nothing where the {array} is removed; take it out")


def _is_removal(element: Mapping[str, Any]) -> bool:
    return "remove" in element


def _take_out(tree: Tree, array: str, names: Collection[str]) -> None:
    """All at once: thousands of levers are taken out to see whose effect they are."""
    for name in names:
        tree.table(array).pop(name, None)
    for path in [path for path in tree.places if path[:1] == (array,) and path[1:2] and path[1] in names]:
        del tree.places[path]


def _overlay(below: dict[str, Any], above: Mapping[str, Any]) -> None:
    for key, value in above.items():
        if _is_table(value) and _is_table(below.get(key)):
            _overlay(below[key], value)
        else:
            below[key] = _copied(value)


def _is_table(value: object) -> bool:
    """Tables merge key by key; a number with its source is one value, which replaces another."""
    return isinstance(value, dict) and "value" not in value


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value
