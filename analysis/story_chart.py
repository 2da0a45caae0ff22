"""One life at a glance: satisfaction with each retailer by week, one row each; visits as dots, the twin dashed."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.drawing import (
    BASELINE,
    INK,
    LINE,
    SCENARIO,
    SOFT,
    WARN,
    Sheet,
    file_name,
    head,
    plain,
    save_drawing,
    style,
)
from analysis.effects import Floats
from analysis.story import Story
from analysis.time_charts import quarters
from simulation.life import Life

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, GAP = 0.66, 0.13  # inches
NOTE = 0.1  # inches, above the first row
LEFT, RIGHT, BOTTOM = 0.45, 1.3, 0.45
MANY = 60  # visits, above which dots are smaller
KNOWN = ("active", "prospect")


def draw_life(folder: Path, story: Story, *, png: bool) -> Path:
    """Draw the chart of a story into the `charts` of a run folder; the path of the SVG file."""
    life = story.life
    name = file_name(f"story_{life.customer}_{life.scenario}_{life.replicate}")
    save_drawing(folder / "charts", name, life_chart(story), png=png)
    return folder / "charts" / f"{name}.svg"


def life_chart(story: Story) -> Figure:
    """One row a retailer, the one visited most on top."""
    with style():
        shown = retailers(story)
        title, subtitle = f"Customer {story.life.customer}: satisfaction with each retailer", _subtitle(story)
        height = BOTTOM + len(shown) * (ROW + GAP) + head(title, subtitle) + NOTE
        sheet = Sheet(height, title, subtitle)
        low, high = _range(story, shown)
        for row, retailer in enumerate(shown):
            bottom = BOTTOM + (len(shown) - 1 - row) * (ROW + GAP)
            axes = sheet.axes(LEFT, bottom, RIGHT, bottom + ROW)
            axes.set_ylim(low, high)
            _draw(axes, story, retailer)
            _dress(axes, story, retailer, last=row == len(shown) - 1)
            if row == 0:
                _mark_parting(axes, story)
        return sheet.figure


def retailers(story: Story) -> list[str]:
    """Those visited in either life, the most visited first, and whom the question is about if they are known."""
    visits = Counter(visit.retailer for life in _lives(story) for week in life.weeks for visit in week.visits)
    focal = [each.id for each in story.names.scenario.retailers if each.focal]
    asked = [name for name in focal if any(name in life.weeks[-1].stocks for life in _lives(story))]
    return list(dict.fromkeys([*(name for name, _ in visits.most_common()), *asked])) or focal


def _lives(story: Story) -> list[Life]:
    return [story.life] if story.twin is None else [story.life, story.twin]


def _subtitle(story: Story) -> str:
    twin = f"; dashed: the same person in {story.twin.scenario.replace('_', ' ')}" if story.twin is not None else ""
    marks = "dot: visit, orange: with a failure; cross: left; pale: not a customer"
    if any(visit.complains for week in story.life.weeks for visit in week.visits):
        marks += "; ring: a complaint, orange line: waits for its answer"
    return f"of 100, by week; {marks}{twin}"


def satisfaction(life: Life, retailer: str, *, known: bool) -> Floats:
    """Satisfaction of 100 by week, NaN where the retailer is not known, or no longer used (`known` False: reversed)."""
    stocks = [week.stocks.get(retailer) for week in life.weeks]
    return np.array(
        [100.0 * s.satisfaction if s is not None and (s.status in KNOWN) == known else np.nan for s in stocks]
    )


def departures(life: Life, retailer: str) -> list[tuple[int, float]]:
    """The weeks in which a retailer was left, with the satisfaction of 100 then."""
    stocks = [(week.week, week.stocks[retailer]) for week in life.weeks if retailer in week.stocks]
    return [
        (week, 100.0 * now.satisfaction)
        for (_, was), (week, now) in pairwise(stocks)
        if (was.status, now.status) == ("active", "lapsed")
    ]


def _range(story: Story, shown: list[str]) -> tuple[float, float]:
    lines = [satisfaction(each, name, known=True) for each in _lives(story) for name in shown]
    dots = [
        height for name in shown for failed in (False, True) for _, height in _visits(story.life, name, failed=failed)
    ]
    values = np.concatenate([*lines, dots])
    low, high = (np.nanmin(values), np.nanmax(values)) if np.isfinite(values).any() else (0.0, 100.0)
    edge = max(2.0, 0.12 * (high - low))
    return float(low - edge), float(high + edge)


def _draw(axes: Axes, story: Story, retailer: str) -> None:
    weeks = np.array([week.week for week in story.life.weeks])
    axes.plot(weeks, satisfaction(story.life, retailer, known=False), color=LINE, linewidth=1.2)
    if story.twin is not None:
        twin = satisfaction(story.twin, retailer, known=True)
        axes.plot(weeks, twin, color=BASELINE, linewidth=1.3, linestyle=(0, (3, 2)), zorder=3)
    axes.plot(weeks, satisfaction(story.life, retailer, known=True), color=SCENARIO, linewidth=1.4)
    for life, paint in [*zip(_lives(story), (SCENARIO, BASELINE), strict=False)][::-1]:
        left = departures(life, retailer)
        axes.scatter([w for w, _ in left], [height for _, height in left], s=26.0, color=paint, marker="x", zorder=5)
    axes.plot(weeks, waiting(story.life, retailer), color=WARN, linewidth=3.5, solid_capstyle="round", zorder=3.5)
    rings = complaints(story.life, retailer)
    look: Any = {"facecolors": "none", "edgecolors": WARN, "linewidths": 1.2}
    axes.scatter([week for week, _ in rings], [height for _, height in rings], s=64.0, zorder=5, **look)
    small = 9.0 if len(_visits(story.life, retailer, failed=False)) <= MANY else 4.0
    for failed, paint, size in ((False, SCENARIO, small), (True, WARN, 20.0)):
        dots = _visits(story.life, retailer, failed=failed)
        axes.scatter([week for week, _ in dots], [height for _, height in dots], s=size, color=paint, zorder=4)


def complaints(life: Life, retailer: str) -> list[tuple[int, float]]:
    """The weeks of complaints, with the satisfaction of 100 after the visit."""
    return [
        (week.week, 100.0 * visit.after.satisfaction)
        for week in life.weeks
        for visit in week.visits
        if visit.retailer == retailer and visit.complains
    ]


def waiting(life: Life, retailer: str) -> Floats:
    """Satisfaction of 100 in weeks with an open complaint, NaN in others."""
    answers = [week.relations[retailer].answer if retailer in week.relations else None for week in life.weeks]
    levels = [100.0 * week.stocks[retailer].satisfaction if retailer in week.stocks else np.nan for week in life.weeks]
    return np.array([level if answer is not None else np.nan for level, answer in zip(levels, answers, strict=True)])


def _visits(life: Life, retailer: str, *, failed: bool) -> list[tuple[int, float]]:
    return [
        (week.week, 100.0 * visit.after.satisfaction)
        for week in life.weeks
        for visit in week.visits
        if visit.retailer == retailer and (visit.failure is not None) == failed
    ]


def _dress(axes: Axes, story: Story, retailer: str, *, last: bool) -> None:
    first, end = story.life.weeks[0].week, story.life.weeks[-1].week
    axes.set_xlim(first, max(end, first + 1))
    axes.xaxis.set_major_locator(quarters(end))
    axes.tick_params(labelbottom=last, length=3 if last else 0)
    axes.locator_params(axis="y", nbins=3)
    axes.yaxis.set_major_formatter(plain)
    if story.parting is not None and story.parting.felt is not None:
        axes.axvline(story.parting.felt, color=SOFT, linewidth=0.9, linestyle=(0, (1, 2)))
    if last:
        axes.set_xlabel("week")
    _name(axes, story, retailer)


def _mark_parting(axes: Axes, story: Story) -> None:
    """Say what the dotted line is, above the first row."""
    if story.parting is None or story.parting.felt is None:
        return
    late = story.parting.felt > 0.6 * story.life.weeks[-1].week
    axes.annotate(
        f"from week {story.parting.felt} the lives differ",
        (story.parting.felt, 1),
        (-3 if late else 3, 5),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="right" if late else "left",
        va="center",
        fontsize=8.5,
        color=SOFT,
    )


def _name(axes: Axes, story: Story, retailer: str) -> None:
    """The retailer beside its row, with its visits."""
    focal = any(each.id == retailer and each.focal for each in story.names.scenario.retailers)
    counts = [sum(visit.retailer == retailer for week in life.weeks for visit in week.visits) for life in _lives(story)]
    visits = f"{counts[0]} visit{'s' * (counts[0] != 1)}" + "".join(f", twin {n}" for n in counts[1:] if n != counts[0])
    look: Any = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "center"}
    weight = "bold" if focal else "normal"
    axes.annotate(story.names.retailer(retailer), (1, 0.62), (6, 0), color=INK, fontweight=weight, **look)
    axes.annotate(visits, (1, 0.3), (6, 0), color=SOFT, fontsize=8.5, **look)
