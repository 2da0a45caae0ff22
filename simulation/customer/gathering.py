"""Loading a lane: one short loop per column, because loops that load many columns at once ran three times slower."""

from __future__ import annotations

from typing import Any

from simulation.compiling import phase
from simulation.customer.lane import LANE


@phase
def gather(into: Any, column: Any, rows: Any) -> None:
    """into[j] = column[rows[j]]."""
    for j in range(LANE):
        into[j] = column[rows[j]]


@phase
def gather_at(into: Any, columns: Any, slots: Any, rows: Any) -> None:
    """into[j] = columns[slots[j], rows[j]]."""
    for j in range(LANE):
        into[j] = columns[slots[j], rows[j]]


@phase
def gather_from(into: Any, table: Any, column: int, rows: Any) -> None:
    """into[j] = table[rows[j], column]."""
    for j in range(LANE):
        into[j] = table[rows[j], column]


@phase
def fill(into: Any, value: float) -> None:
    """into[j] = value."""
    for j in range(LANE):
        into[j] = value
