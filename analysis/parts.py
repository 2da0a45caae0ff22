"""Parts of the focal retailer's business: its channels, its segments of customers, its kinds of relationship.

The tables of effects and levels are about whole retailers. Here the same functions see each part as if it were one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.effects import Interval, Window, effects_table, summary_table
from analysis.views import View
from simulation.results import EMPTY, Labels, Table

FIRST_LETTERS = {"low": 0, "middle": 1, "high": 2}


def parts_weekly(view: View, measure: str, margin: str) -> Table:
    """The weeks of one measure by the parts of a margin; the part stands in the column `retailer`."""
    if not len(view.parted):
        return EMPTY
    rows = view.parted.where(measure=measure)
    rows = rows.take(rows[margin] != "")
    return (
        rows.adding(retailer=Labels.of(rows[margin]), **{margin: Labels.constant("", len(rows))})
        if len(rows)
        else EMPTY
    )


def effects_by(view: View, measures: Iterable[str], margin: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Rows of a table of effects by measure and part; empty without a comparison."""
    windows = {(view.scenario, str(view.baseline)): view.window}
    return {measure: _by_part(_effects(view, measure, margin, windows)) for measure in measures if view.baseline}


def levels_by(view: View, measure: str, margin: str) -> dict[str, Interval]:
    """Levels of a measure in the scenario, by part."""
    weekly = parts_weekly(view, measure, margin)
    if not len(weekly):
        return {}
    rows = _by_part(summary_table(weekly, {view.scenario: view.window}, _measures()))
    return {part: Interval(row["mean"], row["low"], row["high"]) for part, row in rows.items()}


def _effects(view: View, measure: str, margin: str, windows: dict[tuple[str, str], Window]) -> Table:
    weekly = parts_weekly(view, measure, margin)
    return effects_table(weekly, windows, _measures()) if len(weekly) else EMPTY


def _by_part(table: Table) -> dict[str, dict[str, Any]]:
    rows = table.rows() if table.columns else []
    return {str(row["retailer"]): row for row in sorted(rows, key=lambda row: part_order(str(row["retailer"])))}


def part_order(part: str) -> tuple[int, str]:
    """Low before middle before high; otherwise by name."""
    return FIRST_LETTERS.get(part.partition(" ")[0], 0), part


def _measures() -> Any:
    from simulation.parameters import MEASURES

    return MEASURES
