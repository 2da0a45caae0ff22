"""Results: frozen, tidy tables with their provenance.

A `Table` is columns of equal length. Text columns are `Labels` (small whole numbers and the words they stand for),
because a table of weekly margins has millions of rows and a handful of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd

    from simulation.scenario import Scenario

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Labels:
    """A text column: `words[codes[i]]` is the text of row i. Words are distinct."""

    codes: Array
    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.words)) != len(self.words):
            raise ValueError(f"the words of a label column must differ: {self.words}")
        if len(self.codes) and not 0 <= int(self.codes.min()) <= int(self.codes.max()) < len(self.words):
            raise ValueError(f"codes must lie in 0..{len(self.words) - 1}, one for each word")
        object.__setattr__(self, "codes", _frozen(self.codes.astype(_code_type(len(self.words)), copy=False)))

    @classmethod
    def of(cls, texts: ArrayLike) -> Labels:
        """Label any array of texts; words in alphabetical order."""
        words, codes = np.unique(np.asarray(texts, dtype=np.str_), return_inverse=True)
        return cls(codes, tuple(words.tolist()))

    @classmethod
    def constant(cls, word: str, length: int) -> Labels:
        """The same word in every row."""
        return cls(np.zeros(length, np.uint8), (word,))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: Any) -> Labels:
        return Labels(self.codes[rows], self.words)

    def equals(self, word: str) -> NDArray[np.bool_]:
        """Which rows hold this word."""
        code = self.words.index(word) if word in self.words else -1
        return np.asarray(self.codes == code) if code >= 0 else np.zeros(len(self), np.bool_)

    def texts(self) -> Array:
        """The column as an array of Python strings."""
        return np.array(self.words, dtype=object)[self.codes] if len(self) else np.empty(0, dtype=object)

    def recoded(self, words: tuple[str, ...]) -> Labels:
        """The same texts over a longer list of words."""
        place = {word: code for code, word in enumerate(words)}
        return Labels(np.array([place[word] for word in self.words], np.int64)[self.codes], words)


Column: TypeAlias = Array | Labels


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length, in order; none can be written to.

    Columns are numpy arrays (numbers, booleans) or `Labels` (text). `table["week"]` gives a column as an array.
    """

    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self.columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"all columns of a table have the same length; these do not: {lengths}")
        object.__setattr__(self, "columns", {name: _column(values) for name, values in self.columns.items()})

    @classmethod
    def of(cls, **columns: ArrayLike | Labels) -> Table:
        """A table from its columns; sequences of texts become `Labels`."""
        return cls({name: _column(values) for name, values in columns.items()})

    @classmethod
    def concat(cls, tables: Iterable[Table]) -> Table:
        """One table under the other. All have the same columns; tables without columns are left out."""
        parts = [table for table in tables if table.columns]
        if not parts:
            return cls({})
        names = list(parts[0].columns)
        for part in parts[1:]:
            if list(part.columns) != names:
                raise ValueError(f"tables to join must have the same columns: {names} and {list(part.columns)}")
        return cls({name: _joined([part.columns[name] for part in parts]) for name in names})

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __getitem__(self, name: str) -> Array:
        column = self.columns[name]
        return column.texts() if isinstance(column, Labels) else column

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def take(self, rows: Any) -> Table:
        """The rows of a mask, a slice or an array of row numbers."""
        return Table({name: column[rows] for name, column in self.columns.items()})

    def where(self, **equals: Any) -> Table:
        """The rows in which every named column has the given value: `weekly.where(retailer="ours", measure="acsi")`."""
        mask = np.ones(len(self), np.bool_)
        for name, value in equals.items():
            column = self.columns[name]
            mask &= column.equals(value) if isinstance(column, Labels) else column == value
        return self.take(mask)

    def values(self, name: str) -> tuple[Any, ...]:
        """The distinct values of a column: texts in order of their codes, numbers ascending."""
        column = self.columns[name]
        if isinstance(column, Labels):
            return tuple(column.words[code] for code in np.unique(column.codes))
        return tuple(np.unique(column).tolist())

    def adding(self, **columns: ArrayLike | Labels) -> Table:
        """The same table with columns added at the end (or replaced where they are)."""
        return Table.of(**{**self.columns, **columns})

    def leading(self, **columns: ArrayLike | Labels) -> Table:
        """The same table with columns added at the front."""
        return Table.of(**{**columns, **{name: c for name, c in self.columns.items() if name not in columns}})

    def to_frame(self) -> pd.DataFrame:
        """The table as a pandas data frame; texts become categories."""
        import pandas as pd

        return pd.DataFrame({name: _series(column) for name, column in self.columns.items()})

    def rows(self) -> list[dict[str, Any]]:
        """The table as a list of plain dicts, one a row (for small tables)."""
        lists = [self[name].tolist() for name in self.columns]
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*lists, strict=True)]


EMPTY = Table({})


@dataclass(frozen=True, eq=False, kw_only=True)
class RunResults:
    """What one simulated scenario gave. Tables have the columns of the files of the same name."""

    scenario: Scenario
    results_sha256: str
    weekly: Table
    summary: Table
    customers: Table = EMPTY
    offers: Table = EMPTY
    word: Table = EMPTY
    tenure: Table = EMPTY
    transitions: Table = EMPTY
    transactions: Table | None = None
    rfm: Table | None = None
    events: Table | None = None
    survey: Table | None = None
    population: Table | None = None
    costs: Table = EMPTY
    reviews: Table = EMPTY
    replicates: int = 1
    customer_weeks: int = 0
    wall_seconds: float = 0.0

    @property
    def name(self) -> str:
        """The name of the scenario."""
        return self.scenario.name


@dataclass(frozen=True, eq=False, kw_only=True)
class CompareResults:
    """Scenarios and their baselines, simulated as twins.

    `scenarios` pairs each scenario with its baseline; `worlds` has each of them once, by name.
    """

    scenarios: Sequence[tuple[Scenario, Scenario]]
    worlds: Mapping[str, RunResults]
    effects: Table
    summary: Table
    results_sha256: str
    twins: Table = EMPTY
    gains: Table = EMPTY
    money: Table = EMPTY
    why: Table = EMPTY
    events: Table | None = None
    answer: str = ""
    wall_seconds: float = 0.0

    def __post_init__(self) -> None:
        missing = {s.name for pair in self.scenarios for s in pair} - set(self.worlds)
        if missing:
            raise ValueError(f"compared, but not among the simulated worlds: {', '.join(sorted(missing))}")

    @cached_property
    def weekly(self) -> Table:
        """The weekly margins of all worlds."""
        return Table.concat(world.weekly for world in self.worlds.values())

    @cached_property
    def tenure(self) -> Table:
        """Links at risk and departures by tenure, all worlds."""
        return Table.concat(world.tenure for world in self.worlds.values())

    @cached_property
    def transitions(self) -> Table:
        """Relationships that changed their type, lapsed or came back, all worlds."""
        return Table.concat(world.transitions for world in self.worlds.values())

    @cached_property
    def costs(self) -> Table:
        """What levers cost by week, all worlds."""
        return Table.concat(world.costs for world in self.worlds.values())

    @cached_property
    def reviews(self) -> Table:
        """What periodic reviews measured and bought, all worlds."""
        return Table.concat(world.reviews for world in self.worlds.values())

    @property
    def customer_weeks(self) -> int:
        """Simulated weeks of customers, all worlds and replicates."""
        return sum(world.customer_weeks for world in self.worlds.values())

    @property
    def replicates(self) -> int:
        """Replicates of each world."""
        return min(world.replicates for world in self.worlds.values())


def _frozen(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view


def _code_type(words: int) -> type[np.unsignedinteger[Any]]:
    return np.uint8 if words <= 1 << 8 else np.uint16 if words <= 1 << 16 else np.uint32


def _column(values: ArrayLike | Labels) -> Column:
    if isinstance(values, Labels):
        return values
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"a column has one dimension, not {array.ndim}")
    return Labels.of(array) if array.dtype.kind in "OUT" else _frozen(array)


def _joined(columns: Sequence[Column]) -> Column:
    labels = [column for column in columns if isinstance(column, Labels)]
    if not labels:
        return np.concatenate([column for column in columns if not isinstance(column, Labels)])
    if len(labels) != len(columns):
        raise ValueError("a column is text in one table and numbers in another")
    words = tuple(dict.fromkeys(word for column in labels for word in column.words))
    return Labels(np.concatenate([column.recoded(words).codes for column in labels]), words)


def _series(column: Column) -> Any:
    import pandas as pd

    if isinstance(column, Labels):
        return pd.Categorical.from_codes(column.codes, categories=list(column.words))
    return column
