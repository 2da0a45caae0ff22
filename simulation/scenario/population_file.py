"""Customers from a file: CSV or Parquet, one row each, with an id and any traits as columns.

Every bad row is refused with its line (CSV) or row (Parquet); the first problems are listed, the rest counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulation import parameters as numbers
from simulation.scenario.identity import customer_number
from simulation.scenario.population_columns import Columns, Faults, read_csv, read_parquet
from simulation.scenario.problems import ScenarioError, suggestion
from simulation.scenario.reading import is_file, shown

MAX_POPULATION_BYTES = 2 * 2**30
READERS: Mapping[str, Callable[[Path, Faults], Columns]] = {".csv": read_csv, ".parquet": read_parquet}
KEYS = ("id", "draw_key")


@dataclass(frozen=True, eq=False)
class People:
    """Customers from a file, in its order: ids, draw keys and traits as columns of equal length."""

    ids: NDArray[np.object_]
    draw_keys: NDArray[np.uint64]
    traits: Mapping[str, NDArray[np.float64]]
    used: tuple[str, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)  # column: why

    def __len__(self) -> int:
        return len(self.ids)

    def some(self, rows: NDArray[np.int_]) -> People:
        """These customers alone."""
        traits = {name: values[rows] for name, values in self.traits.items()}
        return People(self.ids[rows], self.draw_keys[rows], traits, self.used, self.ignored)

    @property
    def columns(self) -> dict[str, NDArray[np.object_] | NDArray[np.uint64] | NDArray[np.float64]]:
        """All columns by name."""
        return {"id": self.ids, "draw_key": self.draw_keys, **self.traits}

    @property
    def sha256(self) -> str:
        """Hash of who they are and of their luck."""
        digest = hashlib.sha256(self.draw_keys.tobytes())
        for name in sorted(self.traits):
            digest.update(name.encode() + self.traits[name].tobytes())
        return digest.hexdigest()


def load_people(path: Path, cells: int | None = None) -> People:
    """The customers of a file; `cells` is the number of neighbourhoods. Raises `ScenarioError` with all problems."""
    faults = Faults(shown(path))
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        faults.fail(f"a population file ends in {' or '.join(READERS)}")
    if not is_file(path):
        faults.fail("there is no such file")
    if path.stat().st_size > MAX_POPULATION_BYTES:
        faults.fail(f"the file has {path.stat().st_size:,} bytes; a population file may have 2 GB")
    columns = reader(path, faults)
    people = _people(columns, faults, cells)
    if faults.count:
        raise ScenarioError(faults.problems())
    return people


def _people(columns: Columns, faults: Faults, cells: int | None) -> People:
    traits = {name: values for name, values in columns.numbers.items() if name in numbers.TRAITS}
    for name, values in traits.items():
        _check_range(columns, faults, name, values, cells)
    hashes = np.fromiter((customer_number(name) for name in columns.ids), np.uint64, len(columns.ids))
    _refuse_repeats(columns, faults, hashes, "id")
    draw_keys = hashes if columns.draw_keys is None else columns.draw_keys
    if columns.draw_keys is not None:
        _refuse_repeats(columns, faults, draw_keys, "draw_key")
    used = tuple(name for name in columns.names if name in KEYS or name in numbers.TRAITS)
    ignored = {name: _why_ignored(name) for name in columns.names if name not in used}
    ids = np.array(columns.ids, dtype=object)
    for column in (ids, draw_keys, *traits.values()):
        column.flags.writeable = False
    return People(ids, draw_keys, traits, used, ignored)


def _check_range(columns: Columns, faults: Faults, name: str, values: NDArray[np.float64], cells: int | None) -> None:
    trait = numbers.TRAITS[name]
    low, high = (0.0, float(cells - 1)) if name == "cell" and cells else (trait.low, trait.high)
    outside = np.isfinite(values) & ~((values >= low) & (values <= high))
    faults.add(
        columns, outside, name, lambda row: f"{name} must lie between {low:g} and {high:g}; it is {values[row]:g}"
    )
    if name == "cell":
        broken = np.isfinite(values) & ~outside & (values != np.floor(values))
        faults.add(columns, broken, name, lambda row: f"cell must be a whole number; it is {values[row]:g}")


def _refuse_repeats(columns: Columns, faults: Faults, keys: NDArray[np.uint64], name: str) -> None:
    """Equal keys stand side by side after a stable sort; the first of each run may stay."""
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(keys[order[1:]] == keys[order[:-1]])
    before = dict(zip(order[same + 1].tolist(), order[same].tolist(), strict=True))
    repeated = np.zeros(len(keys), np.bool_)
    repeated[[row for row in before if columns.ids[row]]] = True  # a missing id has been refused already

    def message(row: int) -> str:
        value = columns.ids[row] if name == "id" else int(keys[row])
        return f"the {name} {value!r} is given twice (before in {columns.word} {columns.lines[before[row]]})"

    faults.add(columns, repeated, name, message)


def _why_ignored(name: str) -> str:
    near = suggestion(name, [*numbers.TRAITS, *KEYS])
    return f"no trait of that name. {near}".rstrip() if near.startswith("Did") else "no trait of that name"
