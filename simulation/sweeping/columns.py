"""The tables of a study's folder, looked at before they are trusted: columns, kinds, and numbers within reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from simulation.files import RunFolderError
from simulation.results import Labels, Table
from simulation.scenario.forms import MAX_REPLICATES
from simulation.sweeping.plan import Plan

MOST_POINTS = 10**8  # numbers of points: of a study that grew, and grew again


def checked_points(plan: Plan, table: Table) -> Table:
    """The points, once every column is there and right; raises `RunFolderError`."""
    _has(table, "points", ("point", "key", "in_design", *(factor.name for factor in plan.factors)), plan)
    _whole(table, "points", "point", 0, MOST_POINTS)
    for factor in plan.factors:
        if factor.choices:
            _one_of(table, "points", factor.name, {str(choice) for choice in factor.choices}, plan)
        else:
            _numbers(table, "points", (factor.name,))
    if plan.policies:
        _has(table, "points", ("policy", "future"), plan)
        _one_of(table, "points", "policy", set(plan.policies), plan)
        _whole(table, "points", "future", 0, MOST_POINTS)
    return table


def checked_rows(plan: Plan, table: Table) -> Table:
    """What came of runs, once every column is there and right; raises `RunFolderError`."""
    if table.columns:
        _has(table, "runs", ("key", "replicate", "seconds", "cause", *plan.outcome_names), plan)
        _numbers(table, "runs", ("seconds", *plan.outcome_names))
        _whole(table, "runs", "replicate", -1, MAX_REPLICATES)
    return table


def _has(table: Table, name: str, columns: Iterable[str], plan: Plan) -> None:
    lacking = [column for column in columns if column not in table]
    if lacking:
        raise _damaged(name, f"they have no {lacking[0][:60]!r}, which the study {plan.name[:60]!r} needs")


def _numbers(table: Table, name: str, columns: Iterable[str]) -> None:
    for column in columns:
        if isinstance(table.columns[column], Labels) or table[column].dtype.kind not in "fiu":
            raise _damaged(name, f"{column[:60]!r} does not hold numbers")


def _whole(table: Table, name: str, column: str, low: int, high: int) -> None:
    """Numbers of rows and replicates: others would ask for memory without end."""
    _numbers(table, name, (column,))
    values = table[column]
    if values.dtype.kind == "f" or (len(values) and not low <= values.min() <= values.max() <= high):
        raise _damaged(name, f"{column!r} does not hold whole numbers between {low} and {high:,}")


def _one_of(table: Table, name: str, column: str, words: Collection[str], plan: Plan) -> None:
    others = {str(word) for word in table.values(column)} - set(words)
    if others:
        raise _damaged(name, f"{column[:60]!r} is never {min(others)[:60]!r} in the study {plan.name[:60]!r}")


def _damaged(name: str, why: str) -> RunFolderError:
    return RunFolderError(f"the {name} of this study are damaged, or another's: {why}.")
