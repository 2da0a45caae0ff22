"""Importance against performance: which determinants weigh much with customers, and how well they are met."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analysis.chart import Chart
from analysis.drawing import INK, LINE, SCENARIO, SOFT, WARN, Sheet, plain
from analysis.labels import name_points
from analysis.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DETERMINANTS = ("social", "service", "atmosphere", "assortment", "price", "channels", "brand")


class Place(NamedTuple):
    """A determinant: its share of weight, its level now and in the baseline (in per cent of their scale)."""

    name: str
    importance: float
    level: float
    before: float
    rivals: float | None = None  # mean level of the rivals


def importance_and_performance(view: View) -> Chart | None:
    """The seven determinants in four quarters; arrows show what the scenario moved."""
    places = [place for name in DETERMINANTS if (place := _place(view, name)) is not None]
    if len(places) < 2:  # noqa: PLR2004  (one point has no quarters)
        return None
    compared = any(each.rivals is not None for each in places)
    rivals = "; dashes: mean of rivals" if compared else ""
    note = f"What weighs in the experience, and how well it is met; lines at the means{rivals}"
    return quarters_of(places, note, moved=view.baseline is not None)


def quarters_of(places: list[Place], note: str, *, moved: bool = False) -> Chart:
    """Two places or more in four quarters around their means; `moved` draws arrows from the levels before."""
    middle = (
        sum(each.importance for each in places) / len(places),
        sum(each.level for each in places) / len(places),
    )
    urgent = [each for each in places if each.importance > middle[0] and each.level < middle[1]]
    title = _title(urgent)
    sheet = Sheet(3.9, title, note)
    axes = sheet.axes(0.62, 0.5, 0.15)
    _draw_quarters(axes, places, middle)
    for each in places:
        _draw(axes, each, urgent=each in urgent, moved=moved)
    ways = [(each.importance, each.before + part * (each.level - each.before)) for each in places for part in (0, 0.5)]
    name_points(axes, [(each.name, each.importance, each.level) for each in places], INK, clear_of=ways)
    axes.set_xlabel("importance, % of the weight")
    axes.set_ylabel("performance, points of 100")
    return Chart("importance", title, sheet.figure)


def _place(view: View, name: str) -> Place | None:
    importance = view.level(view.scenario, f"importance_{name}")
    level = view.level(view.scenario, f"level_{name}")
    before = view.level(view.baseline or view.scenario, f"level_{name}")
    if importance is None or level is None or before is None:
        return None
    rivals = mean_of_rivals(view, f"level_{name}")
    return Place(name, 100 * importance.mean, 100 * level.mean, 100 * before.mean, rivals)


def mean_of_rivals(view: View, measure: str) -> float | None:
    """A level as the mean of the other retailers in the scenario, in points of 100; None where none was measured."""
    levels = [view.level(view.scenario, measure, rival) for rival in view.rivals()]
    known = [100 * level.mean for level in levels if level is not None]
    return sum(known) / len(known) if known else None


def _title(urgent: list[Place]) -> str:
    names = [each.name for each in sorted(urgent, key=lambda each: -each.importance)]
    if not names:
        return "What weighs most with customers is met best"
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{listed.capitalize()}: more important than most, met less well"


def _draw_quarters(axes: Axes, places: list[Place], middle: tuple[float, float]) -> None:
    across = [each.importance for each in places]
    up = [value for each in places for value in (each.level, each.before, each.rivals) if value is not None]
    axes.set_xlim(min(across) - 0.18 * _span(across), max(across) + 0.22 * _span(across))
    axes.set_ylim(min(up) - 0.28 * _span(up), max(up) + 0.28 * _span(up))
    axes.grid(visible=False)
    axes.axvline(middle[0], color=LINE, linewidth=1.2)
    axes.axhline(middle[1], color=LINE, linewidth=1.2)
    axes.xaxis.set_major_formatter(plain)
    axes.yaxis.set_major_formatter(plain)
    corners = {
        ("left", "top"): "more than needed",
        ("right", "top"): "keep it up",
        ("left", "bottom"): "low priority",
        ("right", "bottom"): "improve first",
    }
    for (side, end), words in corners.items():
        axes.text(
            0.985 if side == "right" else 0.015,
            0.975 if end == "top" else 0.025,
            words,
            transform=axes.transAxes,
            ha=side,
            va=end,
            fontsize=9.5,
            fontstyle="italic",
            color=WARN if words == "improve first" else SOFT,
        )


def _draw(axes: Axes, each: Place, *, urgent: bool, moved: bool) -> None:
    low, high = axes.get_ylim()
    if each.rivals is not None:
        axes.plot(each.importance, each.rivals, "_", markersize=13, markeredgewidth=2.2, color=SOFT)
    if moved and abs(each.level - each.before) > 0.06 * (high - low):
        axes.annotate(
            "",
            (each.importance, each.level),
            (each.importance, each.before),
            arrowprops={"arrowstyle": "-|>", "color": SCENARIO, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 4},
        )
        axes.plot(each.importance, each.before, "o", markersize=5, markerfacecolor="none", markeredgecolor=SCENARIO)
    axes.plot(each.importance, each.level, "o", markersize=8, color=WARN if urgent else SCENARIO)


def _span(values: list[float]) -> float:
    return max(values) - min(values) or 1.0
