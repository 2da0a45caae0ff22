"""Numbers with a source: a table such as `{ value = 3.9, low = 3.1, high = 4.6, source = "survey" }` for a number.

It may stand wherever a file sets a number of the model's own tables, or a field of a lever. All that follows sees the
plain number; where it comes from is kept beside it, by path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from simulation.scenario.forms import NESTED_TABLES, NUMBER_TABLES, Sourced
from simulation.scenario.merging import Tree
from simulation.scenario.problems import Problem
from simulation.scenario.wording import faults, said

Path = tuple[str, ...]


def unwrapped(tree: Tree) -> tuple[Tree, dict[str, Sourced]]:
    """The tree with plain numbers alone, and what is known of those that came with a source, by path."""
    result, found = tree.copy(), {}
    for path in list(_sourced_paths(tree)):
        row, problems = _read(result, path)
        result.problems += problems
        *tables, name = path
        if row is None:
            del result.table(*tables)[name]
        else:
            result.table(*tables)[name] = row.value
            found[".".join(path)] = row
    return result, found


def wrapped(values: Mapping[str, Any], sources: Mapping[str, Sourced]) -> dict[str, Any]:
    """Nested values of a file with sources put back beside their numbers."""
    result: dict[str, Any] = _opened(values)
    for path, row in sources.items():
        *tables, name = path.split(".")
        table: Any = result
        for key in tables:
            table = next(row for row in table if row["id"] == key) if isinstance(table, list) else table[key]
        table[name] = {**row.model_dump(exclude_none=True), "value": table[name]}
    return result


def _sourced_paths(tree: Tree) -> Iterator[Path]:
    """Where a table stands for a number."""
    tables: list[Path] = [(name,) for name in NUMBER_TABLES]
    tables += [(name, inner) for name in NESTED_TABLES for inner in tree.table(name)]
    tables += [("population", "traits", trait) for trait in tree.table("population", "traits")]
    tables += [("lever", name) for name in tree.table("lever")]
    for table in tables:
        for name, value in tree.table(*table).items():
            if isinstance(value, dict) and value.keys() & Sourced.model_fields.keys():
                yield (*table, name)


def _read(tree: Tree, path: Path) -> tuple[Sourced | None, list[Problem]]:
    """A number with its source, or what is wrong with it."""
    given = tree.get(*path)
    try:
        row = Sourced.model_validate(given)
    except ValidationError as error:
        found = faults(Sourced, error, path[-1])
        return None, [tree.problem((*path, key) if key else path, message) for key, message in found]
    return row, [tree.problem((*path, key), message) for key, message in _disorder(path[-1], row)]


def _disorder(name: str, row: Sourced) -> Iterator[tuple[str, str]]:
    """An interval holds its value."""
    if row.low is not None and row.low > row.value:
        yield "low", f"low of {name} is {said(row.low)}, above its value {said(row.value)}"
    if row.high is not None and row.high < row.value:
        yield "high", f"high of {name} is {said(row.high)}, below its value {said(row.value)}"


def _opened(values: Any) -> Any:
    """Nested values as dicts that can be changed."""
    if isinstance(values, list):
        return [_opened(value) for value in values]
    return {key: _opened(value) for key, value in values.items()} if isinstance(values, Mapping) else values
