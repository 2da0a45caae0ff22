"""What a study moves: numbers that nobody controls, and what a strategist decides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation import parameters as numbers
from simulation.sweeping.forms import Choice

Floats = NDArray[np.float64]
LATER = ("lever.", "event.")  # what begins after the warm-up: points that differ in nothing else share one
TABLES = {"parameters": "PARAMETERS", "moderators": "MODERATORS", "needs": "NEEDS", "determinants": "DETERMINANTS"}


@dataclass(frozen=True)
class Factor:
    """One number or word: where it stands in a scenario, and what it may be.

    `path` is that of `--set`; `choices` take the place of the range.
    """

    name: str
    path: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    integer: bool = False
    choices: tuple[Choice, ...] = ()
    is_lever: bool = False
    label: str = ""
    unit: str = ""

    @property
    def is_later(self) -> bool:
        """Whether it changes nothing before week 1."""
        return self.path.startswith(LATER)

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the most that stands in a design: of choices, their places."""
        return (0.0, len(self.choices) - 1.0) if self.choices else (self.low, self.high)

    def from_unit(self, shares: Floats) -> Floats:
        """Values, or places among the choices, for shares of the range from 0 to 1."""
        if self.choices:
            return np.minimum(np.floor(shares * len(self.choices)), len(self.choices) - 1.0)
        if self.integer:
            return np.minimum(np.floor(self.low + shares * (self.high - self.low + 1.0)), self.high)
        logs = math.log(self.low) + shares * math.log(self.high / self.low) if self.log else None
        values = self.low + shares * (self.high - self.low) if logs is None else np.exp(logs)
        return np.clip(values, self.low, self.high)  # not beyond an end by rounding

    def levels(self, count: int) -> Floats:
        """Values at even distances over the range, or all choices."""
        if self.choices:
            return np.arange(len(self.choices), dtype=np.float64)
        if self.integer:
            return np.unique(np.round(np.linspace(self.low, self.high, count)))
        return self.from_unit(np.linspace(0.0, 1.0, count))

    def value(self, cell: float) -> Choice:
        """What the scenario is given for a cell of the design."""
        if self.choices:
            return self.choices[int(cell)]
        return int(cell) if self.integer else float(cell)

    def place(self, value: object) -> float | None:
        """The cell of a design that stands for a value; None where the factor cannot have it."""
        if self.choices:
            same = [n for n, choice in enumerate(self.choices) if choice == value and type(choice) is type(value)]
            return float(same[0]) if same else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        if self.integer and float(value) != int(value):
            return None
        return float(value) if self.low <= value <= self.high else None


def known_names() -> dict[str, str]:
    """Numbers of the model that a study calls by their name alone, and their paths."""
    return {name: f"{table}.{name}" for table, rows in reversed(TABLES.items()) for name in getattr(numbers, rows)}


def row_of(path: str) -> numbers.Parameter | None:
    """What the data files say of a number: of a parameter, or of a field of a kind of lever that has that id."""
    table, _, rest = path.partition(".")
    if table == "parameters":
        return numbers.PARAMETERS.get(rest)
    if table == "moderators" and rest in numbers.MODERATORS:
        row = numbers.MODERATORS[rest]
        return numbers.Parameter(rest, row.strength, row.strength_low, row.strength_high, "", row.source, row.about)
    if table == "needs" and rest in numbers.NEEDS:
        return numbers.NEEDS[rest].importance
    return None


def all_parameters(but: frozenset[str]) -> Mapping[str, Any]:
    """Every parameter over its declared range."""
    return {
        name: {"min": row.low, "max": row.high}
        for name, row in numbers.PARAMETERS.items()
        if name not in but and row.low < row.high and not row.choices
    }
