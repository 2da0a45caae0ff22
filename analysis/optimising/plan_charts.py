"""Pictures of a plan: what the budget buys, what each lever gives alone, the front of budgets, what to find out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from analysis.chart import Chart, capital
from analysis.drawing import BASELINE, LINE, SCENARIO, SOFT, WARN, Sheet, plain, style
from analysis.views import scale_of
from simulation.results import Table

LEFT = 1.9  # inches for names
ROW = 0.42
ALL = "everything"


def charts_of_plan(tables: Mapping[str, Table], currency: str) -> list[Chart]:
    """Every chart of the saved tables of a plan."""
    with style():
        return [
            chart
            for chart in (
                worth_of_options(tables["options"], currency),
                *response_curves(tables["looks"], currency),
                front_of_budgets(tables["options"], currency),
                worth_of_knowing(tables["information"], currency),
            )
            if chart is not None
        ]


def worth_of_options(options: Table, currency: str) -> Chart:
    """Net present value of the best split, an equal split and nothing, judged on other luck."""
    rows = [row for row in options.rows() if not row["option"].startswith("budget")]
    scale = scale_of("currency", currency, max(abs(row["npv"]) for row in rows) or 1.0)
    title = "What the best split is worth, beside an equal one"
    sheet = Sheet(1.2 + ROW * len(rows), title, "Net present value on other luck, with its 95 % interval")
    axes = sheet.axes(LEFT, 0.55, 0.3)
    for place, row in enumerate(reversed(rows)):
        ends = [scale.factor * row[key] for key in ("low", "high")]
        axes.plot(ends, [place, place], color=SCENARIO if row is rows[0] else BASELINE, linewidth=2.2)
        axes.plot(scale.factor * row["npv"], place, "o", color=SCENARIO if row is rows[0] else BASELINE, markersize=8)
    _rows(axes, [row["option"] for row in reversed(rows)])
    axes.axvline(0.0, color=LINE, linewidth=1.2)
    axes.set_xlabel(f"net present value, {scale.unit}")
    return Chart("options", title, sheet.figure)


def response_curves(looks: Table, currency: str) -> Iterator[Chart]:
    """What each lever gives by itself, by what it costs."""
    dials = [name for name in looks.columns if name not in ("npv", "sd", "cost")]
    settings = np.array([looks[name] for name in dials])
    scale = scale_of("currency", currency, float(np.abs(looks["npv"]).max()) or 1.0)
    for n, name in enumerate(dials):
        alone = (np.delete(settings, n, 0) == 0.0).all(0)
        order = np.flatnonzero(alone)[np.argsort(settings[n][alone])]
        title = f"{capital(name.partition('.')[0].replace('_', ' '))} alone"
        note = f"Expected net present value by setting, {scale.unit}; the searches share their luck"
        sheet = Sheet(2.9, title, note)
        axes = sheet.axes(0.75, 0.5, 0.2)
        axes.axhline(0.0, color=LINE, linewidth=1.2)
        axes.plot(settings[n][order], scale.factor * looks["npv"][order], "o-", color=SCENARIO, markersize=4)
        axes.set_xlabel(name.partition(".")[2].replace("_", " "))
        axes.locator_params(nbins=5)
        axes.xaxis.set_major_formatter(plain)
        axes.yaxis.set_major_formatter(plain)
        yield Chart(f"alone_{name}", title, sheet.figure, "Each lever by itself")


def front_of_budgets(options: Table, currency: str) -> Chart | None:
    """The best within each budget, with its interval."""
    rows = [row for row in options.rows() if row["option"].startswith("budget")]
    if not rows:
        return None
    budgets = np.array([float(row["option"].removeprefix("budget ")) for row in rows])
    scale = scale_of("currency", currency, float(budgets.max()))
    values = {key: scale.factor * np.array([row[key] for row in rows]) for key in ("npv", "low", "high")}
    title = "What a smaller budget would bring"
    note = f"Net present value of the best within each budget, with its 95 % interval, {scale.unit}"
    sheet = Sheet(2.9, title, note)
    axes = sheet.axes(0.75, 0.5, 0.2)
    axes.axhline(0.0, color=LINE, linewidth=1.2)
    axes.fill_between(scale.factor * budgets, values["low"], values["high"], color=SCENARIO, alpha=0.18, linewidth=0)
    axes.plot(scale.factor * budgets, values["npv"], "o-", color=SCENARIO, markersize=5)
    axes.set_xlabel(f"budget, {scale.unit}")
    axes.locator_params(nbins=5)
    axes.xaxis.set_major_formatter(plain)
    axes.yaxis.set_major_formatter(plain)
    return Chart("front", title, sheet.figure, "The budget")


def worth_of_knowing(information: Table, currency: str) -> Chart | None:
    """What it would be worth to know each number before deciding."""
    rows = [row for row in information.rows() if row["number"] != ALL][:8]
    if not rows:
        return None
    scale = scale_of("currency", currency, max(row["value"] for row in rows) or 1.0)
    title = "What it would be worth to know before deciding"
    note = "Most that finding out one number exactly can be worth; grey is what chance alone would seem to be worth"
    sheet = Sheet(1.2 + ROW * len(rows), title, note)
    axes = sheet.axes(LEFT + 0.7, 0.55, 0.3)
    for place, row in enumerate(reversed(rows)):
        axes.barh(place, scale.factor * max(row["value"], 0.0), 0.55, color=SCENARIO)
        axes.barh(place, scale.factor * max(row["by_chance"], 0.0), 0.2, color=WARN if row["net"] == 0 else SOFT)
    _rows(axes, [row["number"].partition(".")[2].replace("_", " ").replace(".", ": ") for row in reversed(rows)])
    axes.set_xlabel(scale.unit)
    return Chart("information", title, sheet.figure, "What to find out first")


def _rows(axes: Any, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.xaxis.set_major_formatter(plain)
    axes.grid(axis="y", visible=False)
