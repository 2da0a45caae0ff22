"""Small multiples: several measures by week side by side, both worlds in each, on axes of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.chart import Change, colour
from analysis.drawing import INK, LINE, SCENARIO, SOFT, Sheet, head, plain
from analysis.effects import Floats, estimate, interval
from analysis.time_charts import quarters
from analysis.views import View
from analysis.wording import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS, UP = 2, 0.9  # panels in a row, inches of one
LEFT, BETWEEN, RIGHT = 0.5, 0.62, 0.1
HEADING, KEY = 0.5, 0.24  # above each row of panels, above all of them
WEEKS = 4  # that make a point of a line, so that it is calm
Samples = Callable[[str], tuple[Floats, Floats]]  # of a world: weeks, and values by replicate and week


@dataclass(frozen=True)
class Panel:
    """One measure: its name, the unit it is shown in, the step of its changes, and its values in a world."""

    label: str
    unit: str
    step: str
    samples: Samples


def of_measure(view: View, measure: str, label: str = "") -> Panel | None:
    """A panel of a measure as it is; None if it was not measured, or never there to be measured."""
    if measure not in view.measures:
        return None
    _, values = view.samples(view.scenario, measure)
    if not all(np.isfinite(view.samples(world, measure)[1]).any() for world in view.worlds):
        return None
    scale = view.scale(measure, float(np.nanmedian(values)))

    def samples(world: str) -> tuple[Floats, Floats]:
        weeks, values = view.samples(world, measure)
        return weeks, scale.factor * values

    return Panel(label or view.label(measure), scale.unit, scale.step, samples)


def change_of(view: View, panel: Panel) -> Change | None:
    """What the scenario changed in a panel, over the window."""
    if view.baseline is None:
        return None
    weeks, after = panel.samples(view.scenario)
    _, before = panel.samples(view.baseline)
    counted = (weeks >= view.window.first) & (weeks <= view.window.last)
    return Change(interval(_mean(after[:, counted]) - _mean(before[:, counted])), panel.step)


def level_of(view: View, panel: Panel) -> float:
    """The mean of a panel over the window, in the scenario."""
    weeks, values = panel.samples(view.scenario)
    counted = (weeks >= view.window.first) & (weeks <= view.window.last)
    return float(_mean(_mean(values[:, counted])))


def _mean(values: Floats) -> Floats:
    """Means over the last axis, of what is known."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=-1)
    return np.asarray(np.divide(total, known.sum(axis=-1), out=np.full(total.shape, np.nan), where=known.any(axis=-1)))


def small_multiples(view: View, title: str, subtitle: str, panels: list[Panel], heads: tuple[str, ...] = ()) -> Figure:
    """Panels two in a row; `heads` name the columns."""
    rows = -(-len(panels) // ACROSS)
    height = head(title, subtitle) + KEY + (0.22 if heads else 0) + rows * (UP + HEADING) + 0.4
    sheet = Sheet(height, title, subtitle)
    width = (sheet.width - LEFT - BETWEEN - RIGHT) / ACROSS
    top = sheet.top + 0.02
    _key(view, sheet, top)
    top -= KEY
    for column, words in enumerate(heads):
        x = (LEFT + column * (width + BETWEEN) - 0.32) / sheet.width
        sheet.figure.text(x, top / height, words, va="top", color=INK, fontsize=10.5, fontweight="bold")
    top -= 0.22 if heads else 0
    for n, panel in enumerate(panels):
        row, column = divmod(n, ACROSS)
        left = LEFT + column * (width + BETWEEN)
        upper = top - row * (UP + HEADING) - HEADING
        axes = sheet.axes(left, upper - UP, sheet.width - left - width, upper)
        _draw(axes, view, panel, last=n + ACROSS >= len(panels))
    return sheet.figure


def _key(view: View, sheet: Sheet, top: float) -> None:
    """The names of both worlds in their colours, above the panels."""
    if view.baseline is None:
        return
    x = 0.011
    for world in view.worlds:
        words = view.name(world)
        place = (x / sheet.width, top / sheet.height)
        look: Any = {"color": colour(view, world), "fontsize": 9.5, "fontweight": "bold"}
        sheet.figure.text(*place, f"— {words}", va="top", **look)
        x += 0.35 + 0.092 * len(words)


def _draw(axes: Axes, view: View, panel: Panel, *, last: bool) -> None:
    """Lines of both worlds; the band is that of their difference, on the baseline, or of the level if there is one."""
    weeks, after = _calm(*panel.samples(view.scenario))
    before = _calm(*panel.samples(view.baseline))[1] if view.baseline else np.zeros_like(after)
    base, found = estimate(before.T), estimate((after - before).T)
    paint = colour(view, view.scenario)
    if view.baseline:
        axes.plot(weeks, base.mean, color=colour(view, view.baseline), linewidth=1.5)
    axes.plot(weeks, base.mean + found.mean, color=paint, linewidth=1.5)
    band = (base.mean + found.low, base.mean + found.high)
    axes.fill_between(weeks, *band, color=paint, alpha=0.22, linewidth=0)
    axes.set_xlim(weeks[0], max(weeks[-1], weeks[0] + 1))
    for week in sorted({each.first for each in view.comparison.changes}):
        axes.axvline(week, color=SOFT, linewidth=0.8, linestyle=(0, (3, 2)))
    axes.margins(y=0.12)
    drawn = np.concatenate([base.mean, base.mean + found.mean])
    if np.all(drawn[np.isfinite(drawn)] >= 0):
        axes.set_ylim(bottom=max(0.0, axes.get_ylim()[0]))  # a band does not make sense of less than nothing
    axes.locator_params(axis="y", nbins=3)
    axes.yaxis.set_major_formatter(plain)
    axes.xaxis.set_major_locator(quarters(2 * int(weeks[-1])))
    axes.tick_params(labelsize=8.8, labelbottom=last)
    axes.spines["bottom"].set_color(LINE)
    if last:
        axes.set_xlabel("week", fontsize=9)
    _name(axes, view, panel)


def bands(view: View) -> str:
    """What the bands of panels are, for subtitles."""
    if view.replicates == 1:
        return "one replicate, no interval"
    whose = "of the difference" if view.baseline else "of the mean"
    return f"bands: 95 % interval {whose}, {view.replicates} replicates; {WEEKS} weeks a point"


def _name(axes: Axes, view: View, panel: Panel) -> None:
    """The panel's name, and under it its unit and what changed."""
    found = change_of(view, panel)
    clear = found is not None and (found.clear or not found.measured)
    words = f"{short(level_of(view, panel))} {panel.unit}"
    if found is not None:
        words = f"{found.figures} {found.step}" if clear else f"{words}; no clear change"
    look: Any = {"xycoords": "axes fraction", "textcoords": "offset points", "annotation_clip": False}
    axes.annotate(panel.label, (0, 1), (-23, 17), **look, color=INK, fontsize=9.5)
    axes.annotate(words, (0, 1), (-23, 5), **look, color=SCENARIO if found and clear else SOFT, fontsize=8.8)


def _calm(weeks: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Means of some weeks at a time; the last ones count if at least half are there."""
    if len(weeks) < 4 * WEEKS:
        return weeks, values
    whole = len(weeks) // WEEKS * WEEKS
    parted = values[:, :whole].reshape(len(values), -1, WEEKS)
    return weeks[:whole].reshape(-1, WEEKS).mean(axis=1), _mean(parted)
