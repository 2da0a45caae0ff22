"""What a scenario is compared with.

The file without the levers it adds itself, if it adds any; otherwise what it is based on; or what `baseline = "name"`
says. Seed, weeks, replicates, customers, represents and start are the scenario's in both worlds, and so are edits from
outside, unless they edit the very difference the scenario is about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from simulation.scenario.edits import Edit, edited
from simulation.scenario.finding import based_on, chain
from simulation.scenario.forms import Money, Uncertainty, keys_of
from simulation.scenario.merging import ARRAYS, OWN_KEYS, Tree, merged, nameless, tree_of, without
from simulation.scenario.reading import Document, read

COMMON = (  # alike in both worlds
    ("seed",),
    ("weeks",),
    ("replicates",),
    ("population", "customers"),
    ("population", "represents"),
    ("population", "file"),  # the same people
    ("market", "start"),
    *(("uncertainty", key) for key in keys_of(Uncertainty)),
    *(("money", key) for key in keys_of(Money)),
)


@dataclass(frozen=True)
class Origin:
    """The files a scenario was made from, the first of the chain in front, and the edits made to it."""

    documents: tuple[Document, ...]
    edits: tuple[Edit, ...] = ()

    @property
    def document(self) -> Document:
        """The scenario's own file."""
        return self.documents[-1]

    @cached_property
    def base(self) -> Tree | None:
        """What the file is based on."""
        return _merged(self.documents[:-1]) if len(self.documents) > 1 else None

    @cached_property
    def tree(self) -> Tree:
        """The whole scenario."""
        return edited(_merged(self.documents), self.edits)

    @cached_property
    def levers(self) -> list[str]:
        """The levers the file, or an edit, adds itself."""
        present = set(self.base.ids("lever")) if self.base else set()
        return [name for name in self.tree.ids("lever") if name not in present]


def origin_of(document: Document, edits: tuple[Edit, ...] = ()) -> Origin:
    """A document with all it is based on; raises `ScenarioError`."""
    return Origin(chain(document), edits)


def base_name(origin: Origin) -> str:
    """What results call the thing a scenario is based on."""
    return name_of(origin.documents[-2]) if len(origin.documents) > 1 else ""


def name_of(document: Document) -> str:
    """A document's own name, else its file's."""
    name = document.data.get("name")
    if isinstance(name, str):
        return name
    word = "".join(letter if letter.isalnum() or letter in "_-" else "_" for letter in Path(document.file).stem)
    return word or "scenario"


def baseline_of(origin: Origin) -> tuple[str, Tree] | None:
    """Name and tree of the world to compare with, or None when the file is a market and asks nothing."""
    named = origin.tree.get("baseline")
    if isinstance(named, str):
        return _named_baseline(origin)
    if origin.levers:
        tree = without(origin.tree, "lever", origin.levers)
        _take_over(tree, origin.base or Tree(), ("review",))  # it buys them
        return _name_without_levers(origin, tree), nameless(tree)
    if origin.base is not None:
        return base_name(origin), _with_common(origin, origin.base)
    return None


def _named_baseline(origin: Origin) -> tuple[str, Tree]:
    document = origin.document
    asked = replace(document, data={**document.data, "baseline": origin.tree.get("baseline")})
    other = read(based_on(asked, "baseline"))
    return name_of(other), _with_common(origin, _merged(chain(other)))


def _name_without_levers(origin: Origin, tree: Tree) -> str:
    """The base's name when levers are all that the file adds to it."""
    if origin.base is not None and _world(tree) == _world(_with_common(origin, origin.base)):
        return base_name(origin)
    return f"{name_of(origin.document)}_without_levers"


def _world(tree: Tree) -> dict[str, Any]:
    """What a tree says about the world, apart from how it is called, recorded and compared."""
    apart = (*OWN_KEYS, "record", "uncertainty", "money", "optimise")
    return {key: value for key, value in tree.values.items() if value and key not in apart}


def _with_common(origin: Origin, base: Tree) -> Tree:
    """A base in the scenario's frame: the same size and luck, the same edits from outside."""
    tree = edited(base, [edit for edit in origin.edits if _touches_both(origin, base, edit)])
    for path in COMMON:
        _take_over(tree, origin.tree, path)
    return tree


def _touches_both(origin: Origin, base: Tree, edit: Edit) -> bool:
    """False for an edit of what the scenario adds or changes itself."""
    keys = edit.keys
    if keys[0] in (*OWN_KEYS, "review") or (keys[0] in ARRAYS and len(keys) > 1 and keys[1] not in base.table(keys[0])):
        return False
    return tree_of(origin.document).get(*keys) is None


def _take_over(tree: Tree, source: Tree, path: tuple[str, ...]) -> None:
    """One value as the source has it, or has it not; a table that is no table has been refused already."""
    *tables, last = path
    for depth, key in enumerate(tables):
        tree.table(*tables[:depth]).setdefault(key, {})
    target = tree.table(*tables)
    target.pop(last, None)
    value = source.get(*path)
    if value is not None:
        target[last] = value
        tree.places[path] = source.place(path)


def _merged(documents: tuple[Document, ...]) -> Tree:
    tree = Tree()
    for document in documents:
        tree = merged(tree, tree_of(document))
    return tree
