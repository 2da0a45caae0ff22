"""Where the experience is made: its dimensions, and the touchpoints of the journey."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.chart import Change, Chart, basis, change, colour
from analysis.drawing import INK, SCENARIO, SOFT, WARN, Sheet, plain
from analysis.effects import Interval
from analysis.labels import broken, name_ends
from analysis.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DIMENSIONS = ("cognitive", "affective", "social", "physical")
TOUCHPOINTS = ("discover", "browse", "advice", "checkout", "aftercare")
ORDINARY = 0.75  # what an ordinary good visit is felt as
BEHIND = 0.005  # half a point less than the mean of the rivals
LETTERS_PER_INCH = 11.5


class Felt(NamedTuple):
    """One dimension or touchpoint: its level in each world (the baseline first), what changed, and the rivals' mean."""

    name: str
    levels: tuple[Interval, ...]
    change: Change | None
    rivals: float | None = None

    @property
    def now(self) -> float:
        """Its level in the scenario."""
        return self.levels[-1].mean


def dimensions(view: View) -> Chart | None:
    """The four dimensions of experience in both worlds, and what changed."""
    felt = _felt(view, "experience", DIMENSIONS)
    if not felt:
        return None
    title = _dimension_title(felt)
    sheet = Sheet(3.2, title, f"{basis(view)}; axis not from 0")
    letters = max(len(each.change.figures) if each.change else 0 for each in felt)
    right = 0.3 + letters / LETTERS_PER_INCH if view.baseline else 0.5
    lines = 1 + max(broken(view.name(world)).count("\n") for world in view.worlds)
    axes = sheet.axes(0.92, 0.45, right, top=sheet.top - 0.15 * lines)
    for row, each in enumerate(reversed(felt)):
        _dumbbell(view, each, row, axes)
    axes.set_yticks(range(len(felt)), [each.name for each in reversed(felt)], color=INK, fontsize=10)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_ylim(-0.5, len(felt) - 0.5)
    axes.margins(x=0.14)
    axes.xaxis.set_major_formatter(plain)
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel("felt experience, points of 100")
    _name_dots(view, felt[0], axes)
    return Chart("experience", title, sheet.figure)


def journey(view: View) -> Chart | None:
    """The touchpoints in the order in which customers meet them; pain points marked."""
    felt = _felt(view, "touchpoint", TOUCHPOINTS)
    if not felt:
        return None
    title = _journey_title(felt)
    sheet = Sheet(3.2, title, f"Points of 100, {basis(view)}; axis not from 0")
    axes = sheet.axes(0.42, 0.62 if view.baseline else 0.35, 1.2)
    places = np.arange(len(felt), dtype=float)
    ends = [
        _draw_rivals(view, felt, axes),
        *(_draw_world(view, felt, world, axes) for world in range(len(view.worlds))),
    ]
    axes.axhline(100 * ORDINARY, color=SOFT, linewidth=0.8, linestyle=(0, (3, 2)))
    axes.margins(x=0.07, y=0.25)
    for place, each in zip(places, felt, strict=True):
        _name_touchpoint(axes, place, each, why_painful(each, felt))
    axes.set_xticks(places, [each.name for each in felt], color=INK, fontsize=10)
    axes.yaxis.set_major_formatter(plain)
    axes.locator_params(axis="y", nbins=5)
    name_ends(axes, [*(end for end in ends if end), *_ordinary_end(axes)])
    return Chart("journey", title, sheet.figure)


def why_painful(each: Felt, felt: list[Felt]) -> str:
    """What a touchpoint is marked as; nothing if it is as good as the journey's mean.

    A pain point is felt as less than an ordinary good visit. One that is not may still be behind the rivals.
    """
    if each.now >= sum(other.now for other in felt) / len(felt):
        return ""
    if each.now < ORDINARY:
        return "pain point"
    return "behind\nrivals" if each.rivals is not None and each.levels[-1].mean < each.rivals - BEHIND else ""


def _felt(view: View, group: str, names: tuple[str, ...]) -> list[Felt]:
    found = []
    for name in names:
        measure = f"{group}_{name}"
        levels = [view.level(world, measure) for world in view.worlds]
        known = tuple(level for level in levels if level is not None)
        if len(known) == len(levels):
            found.append(Felt(name, known, change(view, measure, view.scale(measure)), _of_rivals(view, measure)))
    return found


def _dimension_title(felt: list[Felt]) -> str:
    moved = [each for each in felt if each.change is not None and each.change.clear]
    if felt[0].change is None:
        weakest = min(felt, key=lambda each: each.now)
        return f"Experience is weakest in the {weakest.name} dimension"
    if not moved:
        return "No dimension of experience changed clearly"
    most = max(moved, key=lambda each: abs(each.change.found.mean) if each.change else 0.0)
    up = most.change is not None and most.change.found.mean > 0
    return f"Experience {'rose' if up else 'fell'} most in the {most.name} dimension"


def _journey_title(felt: list[Felt]) -> str:
    weakest = min(felt, key=lambda each: each.now)
    title = f"{weakest.name.capitalize()} is the weakest touchpoint of the journey"
    moved = [each for each in felt if each.change is not None and each.change.clear]
    if not moved:
        return title
    most = max(moved, key=lambda each: abs(each.change.found.mean) if each.change else 0.0)
    verb = "improved" if most.change is not None and most.change.found.mean > 0 else "worsened"
    return f"{title}, and {verb} most" if most is weakest else f"{title}; {most.name} {verb} most"


def _dumbbell(view: View, each: Felt, row: int, axes: Axes) -> None:
    means = [100 * level.mean for level in each.levels]
    axes.plot(means, [row] * len(means), color=SOFT, linewidth=1)
    for world, level in zip(view.worlds, each.levels, strict=True):
        paint = colour(view, world)
        axes.plot([100 * level.low, 100 * level.high], [row, row], color=paint, linewidth=5, alpha=0.25)
        axes.plot(100 * level.mean, row, "o", color=paint, markersize=7)
    if each.change is not None:
        axes.annotate(
            each.change.figures,
            (1, row),
            (8, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
            color=SCENARIO if each.change.clear else SOFT,
        )


def _name_dots(view: View, first: Felt, axes: Axes) -> None:
    """Name the two dots of the first row, on their outer sides."""
    order = sorted(zip(view.worlds, first.levels, strict=True), key=lambda pair: pair[1].mean)
    for place, (world, level) in enumerate(order):
        axes.annotate(
            broken(view.name(world)),
            (100 * level.mean, axes.get_ylim()[1]),
            ((-3, 3)[place] if len(order) > 1 else 0, 2),
            textcoords="offset points",
            ha=("right", "left")[place] if len(order) > 1 else "center",
            color=colour(view, world),
            fontweight="bold",
            annotation_clip=False,
        )


def _draw_world(view: View, felt: list[Felt], world: int, axes: Axes) -> tuple[str, float, str]:
    paint = colour(view, view.worlds[world])
    levels = [each.levels[world] for each in felt]
    places = range(len(felt))
    axes.fill_between(
        places, [100 * v.low for v in levels], [100 * v.high for v in levels], color=paint, alpha=0.18, linewidth=0
    )
    axes.plot(places, [100 * level.mean for level in levels], "o-", color=paint, markersize=6)
    return view.name(view.worlds[world]), 100 * levels[-1].mean, paint


def _draw_rivals(view: View, felt: list[Felt], axes: Axes) -> tuple[str, float, str] | None:
    """The mean of the other retailers in the scenario, if they were measured."""
    means = [100 * each.rivals for each in felt if each.rivals is not None]
    if len(means) < len(felt):
        return None
    axes.plot(range(len(felt)), means, color=SOFT, linewidth=1.2, linestyle=(0, (1, 1.4)))
    return "mean of rivals", means[-1], SOFT


def _of_rivals(view: View, measure: str) -> float | None:
    levels = [view.level(view.scenario, measure, rival) for rival in view.rivals()]
    known = [level.mean for level in levels if level is not None]
    return sum(known) / len(known) if known else None


def _ordinary_end(axes: Axes) -> list[tuple[str, float, str]]:
    low, high = axes.get_ylim()
    return [("good visit: 75", 100 * ORDINARY, SOFT)] if low < 100 * ORDINARY < high else []


def _name_touchpoint(axes: Axes, place: float, each: Felt, pain: str) -> None:
    if pain:
        axes.plot(
            place, 100 * each.now, "o", markersize=13, markerfacecolor="none", markeredgecolor=WARN, markeredgewidth=1.8
        )
        axes.annotate(
            pain,
            (place, 100 * min(level.mean for level in each.levels)),
            (0, -16),
            textcoords="offset points",
            ha="center",
            va="top",
            color=WARN,
            fontweight="bold",
            fontsize=9.5,
        )
    if each.change is not None:
        axes.annotate(
            each.change.size if each.change.clear or not each.change.measured else "no clear\nchange",
            (place, 0),
            (0, -20),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=9,
            color=SCENARIO if each.change.clear else SOFT,
            annotation_clip=False,
        )
