"""Pictures of policies: what each brings over all futures, and what nothing beats."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.chart import Chart, capital
from analysis.drawing import BASELINE, INK, LINE, SCENARIO, Sheet, plain
from analysis.labels import name_points
from analysis.studies.experiments import (
    POLICIES,
    Experiments,
    Floats,
    by_future,
    higher_is_better,
    outcome_named,
    outcome_values,
)
from analysis.studies.fronts import not_dominated
from analysis.studies.robustness import limit_of, shared_futures
from analysis.studies.sensitivity_charts import in_two_lines
from analysis.studies.settings import outcome_scale

PART = "How policies stand"
LEFT, ROW, MOST = 2.0, 0.42, 15
NAMED = 8  # points of a front that are named


def by_policy(experiments: Experiments, outcome: str, currency: str = "") -> Chart:
    """What every policy brings over the futures: nine in ten, half and the middle of them; the best mean on top."""
    described = experiments.outcomes[outcome_named(experiments, outcome)]
    table = shared_futures(experiments, outcome)
    upward = higher_is_better(outcome)
    order = np.argsort(table.mean(1) * (1.0 if upward else -1.0))[-MOST:]
    scale = outcome_scale(described, float(np.abs(table).max()), currency)
    title = f"{capital(described.words)} by policy"
    note = f"Over {table.shape[1]:,} futures: thin nine in ten, thick half of them, white the middle one; dark the mean"
    sheet = Sheet(1.3 + ROW * len(order), title, note)
    axes = sheet.axes(LEFT, 0.5, 0.3)
    for place, policy in enumerate(order):
        _strip(axes, place, scale.factor * table[policy], SCENARIO if policy == order[-1] else BASELINE)
    axes.axvline(scale.factor * limit_of(outcome, table), color=LINE, linewidth=1.2)
    axes.set_yticks(range(len(order)), [_cut(experiments.policies[policy]) for policy in order])
    axes.set_ylim(-0.6, len(order) - 0.4)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(plain)
    axes.set_xlabel(f"{described.words}, {scale.unit}".removesuffix(", "))
    return Chart(f"{outcome}_by_policy", title, sheet.figure, PART)


def _strip(axes: Any, place: int, values: Floats, colour: str) -> None:
    low, quarter, middle, upper, high = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
    axes.plot([low, high], [place, place], color=colour, linewidth=1.6)
    axes.plot([quarter, upper], [place, place], color=colour, linewidth=8, solid_capstyle="butt")
    axes.plot(middle, place, "o", color="#ffffff", markersize=4.5)
    axes.plot([values.mean()] * 2, [place - 0.24, place + 0.24], color=INK, linewidth=1.4)


def trade_off(experiments: Experiments, across: str, up: str, currency: str = "") -> Chart | None:
    """Two outcomes of every point (of policies: their means), what nothing beats in blue; None if nothing is traded."""
    names = (across, up)
    values = np.column_stack([_levels(experiments, name) for name in names])
    front = not_dominated(values, [higher_is_better(name) for name in names])
    if front.sum() < 2:  # noqa: PLR2004 - one point is best in both
        return None
    described = [experiments.outcomes[outcome_named(experiments, name)] for name in names]
    scales = [
        outcome_scale(each, float(np.nanmax(np.abs(column))), currency)
        for each, column in zip(described, values.T, strict=True)
    ]
    shown = values * np.array([scale.factor for scale in scales])
    title = f"Trade-off: {described[0].words} against {described[1].words}"
    sheet = Sheet(3.6, title, "Blue: nothing is better in both")
    axes = sheet.axes(0.8, 0.5, 0.3)
    _points(axes, shown, front)
    axes.set_xlabel(f"{described[0].words}, {scales[0].unit}".removesuffix(", "))
    axes.set_ylabel(f"{described[1].words}, {scales[1].unit}".removesuffix(", "))
    if experiments.design == POLICIES:
        best = np.flatnonzero(front)[:NAMED]
        named = [(experiments.policies[n].replace("_", " "), float(shown[n, 0]), float(shown[n, 1])) for n in best]
        name_points(axes, named, INK, _pairs(shown))
    return Chart(f"front_{across}_{up}", title, sheet.figure, PART)


def _points(axes: Any, shown: Floats, front: Any) -> None:
    axes.plot(*shown[~front].T, "o", color=BASELINE, alpha=0.45, markersize=3.5)
    order = np.argsort(shown[front, 0])
    axes.plot(*shown[front][order].T, "o-", color=SCENARIO, markersize=6, linewidth=1.2)
    axes.xaxis.set_major_formatter(plain)
    axes.yaxis.set_major_formatter(plain)
    axes.locator_params(nbins=6)
    axes.margins(0.15)
    axes.autoscale_view()  # names are placed by what is where


def _levels(experiments: Experiments, outcome: str) -> Floats:
    """An outcome of every point; of policies their mean over the futures that all share."""
    if experiments.design == POLICIES:
        table = by_future(experiments, outcome)
        return np.asarray(table[:, np.isfinite(table).all(0)].mean(1))
    return outcome_values(experiments, outcome)


def _pairs(shown: Floats) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in shown]


def _cut(name: str) -> str:
    return in_two_lines(name.replace("_", " "))
