"""Measures by week: both worlds, and under them their difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from analysis.chart import Chart, basis, capital, change, colour
from analysis.drawing import LINE, SCENARIO, SOFT, Sheet, plain
from analysis.labels import name_ends
from analysis.views import Scale, Series, View
from analysis.wording import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.ticker import Locator

HEIGHT = 3.9
QUARTERS, MOST_TICKS = (4, 13, 26, 52, 104, 260, 520), 10
RIGHT = 1.2  # inches for the names at the ends of the lines
UNIT_LINE = 0.17  # inches for the unit above an axis


def over_time(measure: str) -> Callable[[View], Chart | None]:
    """A chart of one measure by week."""

    def chart(view: View) -> Chart | None:
        if measure not in view.measures:
            return None
        _, values = view.samples(view.scenario, measure)
        scale = view.scale(measure, float(np.nanmedian(values)))
        return _compared(view, measure, scale) if view.baseline else _alone(view, measure, scale)

    return chart


def _compared(view: View, measure: str, scale: Scale) -> Chart:
    label = capital(view.label(measure))
    title = f"{label}: {change(view, measure, scale)}"
    sheet = Sheet(HEIGHT, title, f"By week, {basis(view)}; upper axis not from 0")
    upper = sheet.axes(0.62, 1.62, RIGHT, top=sheet.top - UNIT_LINE)
    lower = sheet.axes(0.62, 0.42, RIGHT, top=1.34)
    lines = [
        (view.name(world), view.series(world, measure, scale.factor), colour(view, world)) for world in view.worlds
    ]
    _draw(upper, lines)
    _mark_changes(view, upper)
    upper.tick_params(labelbottom=False)
    lower.axhline(0, color=SOFT, linewidth=0.8)
    _draw(lower, [("difference", view.difference(measure, scale.factor), SCENARIO)])
    _mark_changes(view, lower, named=False)
    lower.set_xlabel("week")
    _unit(upper, scale.unit)
    _unit(lower, scale.step)
    return Chart(measure, title, sheet.figure)


def _alone(view: View, measure: str, scale: Scale) -> Chart:
    level = view.series(view.scenario, measure, scale.factor)
    counted = level.found.mean[level.weeks >= view.window.first]
    label = capital(view.label(measure))
    title = f"{label}: {short(float(np.nanmean(counted)))} {scale.unit}, mean of {view.window}"
    sheet = Sheet(HEIGHT - 0.9, title, f"By week, {basis(view)}; axis not from 0")
    axes = sheet.axes(0.62, 0.42, 0.3, top=sheet.top - UNIT_LINE)
    _draw(axes, [("", level, SCENARIO)])
    _mark_changes(view, axes)
    axes.set_xlabel("week")
    _unit(axes, scale.unit)
    return Chart(measure, title, sheet.figure)


def _draw(axes: Axes, lines: list[tuple[str, Series, str]]) -> None:
    for _, series, paint in lines:
        axes.plot(series.weeks, series.found.mean, color=paint)
        axes.fill_between(series.weeks, series.found.low, series.found.high, color=paint, alpha=0.18, linewidth=0)
    first, last = lines[0][1].weeks[0], lines[0][1].weeks[-1]
    axes.set_xlim(first, max(last, first + 1))
    axes.margins(y=0.12)
    axes.locator_params(axis="y", nbins=4)
    axes.yaxis.set_major_formatter(plain)
    axes.xaxis.set_major_locator(quarters(int(last)))
    name_ends(axes, [(name, float(np.nanmean(series.found.mean[-4:])), paint) for name, series, paint in lines])


def _mark_changes(view: View, axes: Axes, *, named: bool = True) -> None:
    """A line at each week in which something starts; the first is named."""
    for week in sorted({each.first for each in view.comparison.changes}):
        axes.axvline(week, color=SOFT, linewidth=0.9, linestyle=(0, (3, 2)))
    if named and view.comparison.changes:
        week = view.comparison.first_week
        late = week > 0.6 * axes.get_xlim()[1]
        axes.annotate(
            f"from week {week}",
            (week, 1),
            (-4 if late else 4, -1),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="right" if late else "left",
            va="top",
            fontsize=9,
            color=SOFT,
        )


def _unit(axes: Axes, unit: str) -> None:
    axes.annotate(
        unit,
        (0, 1),
        (-44, 4),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=9,
        color=SOFT,
        va="bottom",
    )
    axes.spines["bottom"].set_color(LINE)


def quarters(last: int) -> Locator:
    """Ticks at quarters, half years or years, as many as fit."""
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(next((step for step in QUARTERS if last / step < MOST_TICKS), 1040))
