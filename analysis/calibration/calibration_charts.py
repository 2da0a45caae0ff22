"""Charts of a calibration, from its saved tables: what was foretold and what came, by week and by past; intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.curve_charts import curves
from analysis.calibration.holdout import OURS
from analysis.chart import Chart
from analysis.drawing import BASELINE, INK, LINE, SCENARIO, SOFT, WARN, Sheet, plain, style
from analysis.labels import name_ends
from simulation.parameters import PARAMETERS
from simulation.results import Table

Array = NDArray[Any]
FORETELLS, SAYS = "How well it foretells", "What the data say"
RIVALS = {"BG/NBD": BASELINE, "Pareto/NBD": WARN}
RIGHT = 1.2  # inches for the names at the ends of the lines
UNIT_LINE = 0.17  # inches for the unit above an axis
ROW = 0.26  # inches of a parameter in the chart of intervals
END_WEEKS = 4  # whose mean is where the name of a line stands


def charts_of(tables: dict[str, Table]) -> list[Chart]:
    """All that the tables hold something for."""
    with style():
        found = (
            tracking(tables["weekly_fit"]) if "weekly_fit" in tables else None,
            by_past(tables["holdout_by_count"]) if "holdout_by_count" in tables else None,
            curves(tables["curves"]) if "curves" in tables else None,
            intervals(tables["estimates"]),
        )
    return [chart for chart in found if chart is not None]


def tracking(table: Table) -> Chart:
    """Repeat purchases by week, observed, fitted, and foretold where weeks were held back."""
    week, observed, held = table["week"], table["observed"].astype(float), table["held_back"].astype(bool)
    error = 100.0 * float((table[OURS][held].sum() - observed[held].sum()) / max(observed[held].sum(), 1.0))
    title = f"{abs(error):.0f} % too {'many' if error > 0 else 'few'} purchases foretold for the weeks held back"
    sheet = Sheet(3.6, title, "Repeat purchases a week of customers known then; fitted up to the line")
    axes = sheet.axes(0.62, 0.42, RIGHT, top=sheet.top - UNIT_LINE)
    axes.plot(week, observed, color=INK, linewidth=1.1)
    ends = [("observed", observed, INK), (OURS, table[OURS], SCENARIO)]
    ends += [(name, table[name], paint) for name, paint in RIVALS.items() if name in table]
    for _, values, paint in ends[1:]:
        axes.plot(week, values, color=paint, linewidth=1.6)
    axes.axvline(float(week[~held].max()) + 0.5, color=SOFT, linewidth=0.9, linestyle=(0, (3, 2)))
    axes.set_xlim(week[0], max(week[-1], week[0] + 1))
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(plain)
    axes.set_xlabel("week of the log")
    name_ends(axes, [(name, float(np.nanmean(values[-END_WEEKS:])), paint) for name, values, paint in ends])
    return Chart("tracking", title, sheet.figure, FORETELLS)


def by_past(table: Table) -> Chart:
    """Mean purchases in the weeks held back, by how often customers had come back before."""
    known = table["customers"] > 0
    past, observed = table["past_repeats"][known], table["observed"][known]
    title = "Who came back more often before does so again"
    sheet = Sheet(3.6, title, "Mean purchases in the weeks held back, by past repeat purchases (7: or more)")
    axes = sheet.axes(0.62, 0.42, RIGHT, top=sheet.top - UNIT_LINE)
    axes.plot(past, observed, color=INK, linewidth=1.1, marker="o", markersize=4)
    ends = [("observed", float(observed[-1]), INK)]
    for name, paint in {OURS: SCENARIO, **RIVALS}.items():
        if name in table:
            axes.plot(past, table[name][known], color=paint, linewidth=1.6)
            ends.append((name, float(table[name][known][-1]), paint))
    axes.set_xticks(past)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(plain)
    axes.set_xlabel("past repeat purchases")
    name_ends(axes, ends)
    return Chart("by_past", title, sheet.figure, FORETELLS)


def intervals(table: Table) -> Chart | None:
    """Parameters of the model with their intervals, each over the range that the model allows it."""
    rows = [row for row in table.rows() if row["told"] and _parameter(row["path"]) in PARAMETERS]
    if not rows:
        return None
    title = "What the data say of the model's parameters"
    sheet = Sheet(
        1.1 + ROW * len(rows), title, "Estimate and 95 % interval; left and right: the range of the parameter"
    )
    axes = sheet.axes(2.1, 0.3, 0.7)
    for place, row in enumerate(reversed(rows)):
        allowed = PARAMETERS[_parameter(row["path"])]
        value, low, high = ((row[key] - allowed.low) / (allowed.high - allowed.low) for key in ("value", "low", "high"))
        axes.plot([0, 1], [place, place], color=LINE, linewidth=5)
        axes.plot(np.clip([low, high], 0, 1), [place, place], color=SCENARIO, linewidth=2)
        axes.plot([min(max(value, 0), 1)], [place], "o", color=SCENARIO, markersize=5)
        axes.text(1.03, place, f"{row['value']:.3g}".replace("-", "−"), va="center", color=INK, fontsize=9)
    axes.set_yticks(range(len(rows)), [_parameter(row["path"]).replace("_", " ") for row in reversed(rows)])
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.spines[:].set_visible(False)
    return Chart("intervals", title, sheet.figure, SAYS)


def _parameter(path: str) -> str:
    return path.removeprefix("parameters.")
