"""A comparison out of sample as cells of a table, for the page and for the screen."""

from __future__ import annotations

import math

from simulation.results import Table

SCREEN_COLUMNS = ("model", "total, %", "week, %", "MAE", "RMSE", "corr.", "AUC", "none")
GRID_COLUMNS = (
    "model",
    "error in all, %",
    "mean error of a week, %",
    "MAE",
    "RMSE",
    "correlation",
    "AUC",
    "share without a purchase",
    "RMSE above ours [95 %]",
)


def comparison_cells(table: Table) -> list[tuple[str, ...]]:
    """A row for each model, under `GRID_COLUMNS` (the screen leaves out the last); a dash where there is no number."""
    return [
        (
            row["model"],
            _cell(row["total_error_percent"], 1, sign=True),
            _cell(row["weekly_error_percent"], 1),
            _cell(row["mae"], 4),
            _cell(row["rmse"], 3),
            _cell(row["correlation"], 4),
            _cell(row["auc"], 4),
            _cell(row["share_without"], 3),
            _against(row["rmse_above_ours"], row["above_low"], row["above_high"]),
        )
        for row in table.rows()
    ]


def _against(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{_cell(value, 3, sign=True)} [{_cell(low, 3, sign=True)}, {_cell(high, 3, sign=True)}]"


def _cell(value: float, decimals: int, *, sign: bool = False) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:{'+' if sign else ''}.{decimals}f}".replace("-", "−")
