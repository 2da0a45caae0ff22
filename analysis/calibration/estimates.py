"""What a kind of data said: estimates with their intervals, and all that a calibrated scenario keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.chart import Chart
    from simulation.results import Table


@dataclass(frozen=True)
class Estimate:
    """One number that data were asked for.

    `path` is where a scenario has it, as `--set` would name it ("parameters.habit_weight"); a number that the model has
    no place for keeps a name of its own ("choices.size"), and is read by `forecast` alone.
    """

    path: str
    value: float
    low: float  # 95 % interval; both ends are the prior's range where the data cannot tell
    high: float
    unit: str
    source: str  # transactions, survey, choices or season
    told: bool = True  # False: the data cannot tell it, it stays where it was
    remark: str = ""  # why not, or what else a reader must know


@dataclass(frozen=True, eq=False)
class Fit:
    """What one kind of data said.

    `edits` set a scenario, by path; `record` is what `forecast` needs besides and fits into JSON; `tables` are written
    under their names as Parquet; `remarks` are whole sentences for the report, the most important first.
    """

    source: str
    estimates: tuple[Estimate, ...]
    edits: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()
    remarks: tuple[str, ...] = ()
