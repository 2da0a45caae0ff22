"""Pictures of how an outcome answers: maps over two factors, and curves of one by groups of another."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.chart import Chart
from analysis.drawing import LINE, SCENARIO, SOFT, WARN, Sheet, plain
from analysis.studies.bins import Groups, cell_means, grouped, groups_for
from analysis.studies.experiments import Experiments, Floats, Ints, outcome_named, outcome_values, points
from analysis.studies.settings import outcome_scale
from analysis.studies.swings import NORMAL_95
from analysis.wording import short

PART = "How it answers"
PALEST, DARKEST = 0.06, 0.6  # of a cell's colour: a number must stay readable on it
CELL = 0.42  # inches
PANELS = 4
LETTERS = 18  # of a name beside a map
LETTER = 0.072  # inches
TITLE_LETTERS = 56  # of the names of all panels together
CURVE_GROUPS = 6
LEAST_IN_GROUP = 3  # points that make a mean with an interval


def response_map(experiments: Experiments, outcome: str, row: int, column: int, currency: str = "") -> Chart:
    """The mean of an outcome over two factors: every value of a grid, or groups of what was sampled.

    Blue is more, where the outcome can fall below 0 vermilion is below; a cell in which nothing ran stays empty.
    """
    most = groups_for(points(experiments))
    down, across = (grouped(experiments, place, most) for place in (row, column))
    described = experiments.outcomes[outcome_named(experiments, outcome)]
    means, count = cell_means(down, across, outcome_values(experiments, outcome))
    scale = outcome_scale(described, float(np.nanmax(np.abs(means))), currency)
    title = f"{described.words[:1].upper()}{described.words[1:]} by {across.factor.words} and {down.factor.words}"
    sheet = Sheet(1.7 + CELL * down.number, title, f"{scale.unit}{_each_cell(count[count > 0])}".lstrip("; "))
    sheet.figure.text(0.011 / sheet.width, sheet.top / sheet.height, f"{down.axis} ↓", va="top", color=SOFT, fontsize=9)
    axes = sheet.axes(_room(down), 0.6, 0.2, sheet.top - 0.22)
    _cells(axes, scale.factor * means)
    _name_axes(axes, down, across)
    return Chart(f"{outcome}_by_{down.factor.name}_and_{across.factor.name}", title, sheet.figure, PART)


def _room(down: Groups) -> float:
    """Inches for the names of rows."""
    return 0.3 + LETTER * min(LETTERS, max(len(name) for name in down.ticks()[1]))


def _each_cell(count: Ints) -> str:
    """Words for how many points the cells rest on."""
    least, most = int(count.min()), int(count.max())
    if most == 1:
        return ""
    return f"; each cell is the mean of {least:,}{f' to {most:,}' if most > least else ''} points"


def _cells(axes: Any, means: Floats) -> None:
    from matplotlib.patches import Rectangle

    for (row, column), value in np.ndenumerate(means):
        if np.isfinite(value):
            colour, strength = _paint(float(value), means)
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=colour, alpha=strength, linewidth=0))
            words = short(float(value), like=float(np.nanmax(np.abs(means))) / 10.0)
            axes.text(column + 0.5, row + 0.5, words, ha="center", va="center", fontsize=8.5)
    axes.set_xlim(0, means.shape[1])
    axes.set_ylim(0, means.shape[0])


def _paint(value: float, means: Floats) -> tuple[str, float]:
    """Colour and strength of a cell: from the lowest to the highest, or to both sides of 0 if some are below it."""
    least, most = float(np.nanmin(means)), float(np.nanmax(means))
    if least < 0.0 < most:
        part = abs(value) / max(most, -least)
        return (SCENARIO if value >= 0.0 else WARN), PALEST + (DARKEST - PALEST) * part
    part = (value - least) / (most - least) if most > least else 0.5
    return SCENARIO if most > 0.0 else WARN, PALEST + (DARKEST - PALEST) * (part if most > 0.0 else 1.0 - part)


def _name_axes(axes: Any, down: Groups, across: Groups) -> None:
    axes.set_xticks(*across.ticks())
    places, names = down.ticks()
    axes.set_yticks(places, [_cut(name, LETTERS) for name in names])
    axes.set_xlabel(across.axis)
    axes.tick_params(labelsize=8.5, length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def _cut(name: str, letters: int) -> str:
    return name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"


def responses(experiments: Experiments, outcome: str, lever: int, moderator: int, currency: str = "") -> Chart:
    """Small multiples: how an outcome answers one factor, for each group of another, with 95 % intervals of the means.

    The intervals are of what all else makes the outcome vary by within a group.
    """
    panels = grouped(experiments, moderator, min(PANELS - 1, groups_for(points(experiments))))
    along = grouped(experiments, lever, min(CURVE_GROUPS, max(2, points(experiments) // (10 * panels.number))))
    described = experiments.outcomes[outcome_named(experiments, outcome)]
    values = outcome_values(experiments, outcome)
    scale = outcome_scale(described, float(np.nanmax(np.abs(values))), currency)
    title = f"What {along.factor.words} does to {described.words}, by {panels.factor.words}"
    sheet = Sheet(2.9, title, f"Means with their 95 % interval over the other factors; {scale.unit}".rstrip("; "))
    shown = min(panels.number, PANELS)
    first = None
    for panel in range(shown):
        axes = _panel(sheet, panel, shown, first)
        first = first or axes
        _curve(axes, along, np.where(panels.group == panel, scale.factor * values, np.nan))
        axes.set_title(_cut(_panel_name(panels, panel), TITLE_LETTERS // shown), fontsize=9, color=SOFT)
    first.set_ylabel(scale.unit) if first else None
    sheet.figure.text(0.5, 0.02, along.axis, ha="center", color=SOFT, fontsize=9.5)
    name = f"{outcome}_of_{along.factor.name}_by_{panels.factor.name}"
    return Chart(name, title, sheet.figure, PART)


def _panel(sheet: Sheet, place: int, number: int, first: Any) -> Any:
    """The axes of one panel, on the scale of the first."""
    left, right, gap = 0.75, 0.2, 0.3
    width = (sheet.width - left - right - gap * (number - 1)) / number
    start = left + place * (width + gap)
    axes: Any = sheet.axes(start, 0.5, sheet.width - start - width, sheet.top - 0.22)
    if first is not None:
        axes.sharey(first)
        axes.tick_params(labelleft=False)
    return axes


def _panel_name(panels: Groups, panel: int) -> str:
    if panels.names:
        return panels.names[panel]
    return f"{panels.edges[panel]} to {panels.edges[panel + 1]}"


def _curve(axes: Any, along: Groups, values: Floats) -> None:
    parts = [values[(along.group == group) & np.isfinite(values)] for group in range(along.number)]
    means = np.array([part.mean() if len(part) else np.nan for part in parts])
    wide = [len(part) >= LEAST_IN_GROUP for part in parts]
    half = np.array(
        [
            NORMAL_95 * part.std(ddof=1) / np.sqrt(len(part)) if ok else np.nan
            for part, ok in zip(parts, wide, strict=True)
        ]
    )
    middle = np.arange(along.number) + 0.5
    axes.fill_between(middle, means - half, means + half, color=SCENARIO, alpha=0.18, linewidth=0)
    axes.plot(middle, means, "o-", color=SCENARIO, markersize=3.5)
    axes.axhline(0.0, color=LINE, linewidth=1.0) if np.nanmin(means) < 0.0 < np.nanmax(means) else None
    places, names = along.ticks()
    step = max(1, -(-len(places) // 4))
    axes.set_xticks(places[::step], names[::step])
    axes.set_xlim(0, along.number)
    axes.tick_params(axis="x", labelsize=8.5)
    axes.yaxis.set_major_formatter(plain)
    axes.locator_params(axis="y", nbins=5)
