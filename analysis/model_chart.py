"""The model itself with the numbers of a run on it: from what customers met to what they did, and back."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.chart import Chart
from analysis.drawing import BASELINE, BROAD, INK, LINE, SCENARIO, SOFT, WARN, Sheet, bare, head
from analysis.model_words import (
    EXPERIENCE,
    JUDGEMENT,
    MEMORY,
    OUTCOMES,
    SHOP,
    Box,
    Met,
    boxes,
    met,
    moderation,
    title,
)
from analysis.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# All in inches.
PITCH, BOX = 0.53, 0.44  # of a row, of the box in it
MODERATORS, ARROW, HEADING = 0.58, 0.26, 0.24
FOOT = 0.98  # the strip of the shop, and the way to it
LEFT, BAND = 0.38, 1.2  # where the determinants begin; room for the bands of weight
WIDTHS = (1.8, 1.5, 1.66, 1.58, 1.85)  # of the columns
GAP = 0.3
WEIGHT = 1.15  # the height of all weights together
PAINT = {"better": SCENARIO, "worse": WARN, "changed": INK, "": SOFT}
FEWEST = 3  # boxes with numbers, below which the picture says nothing


class Place(NamedTuple):
    """A rectangle on the sheet: its left and lower ends, width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right end."""
        return self.x + self.width

    @property
    def top(self) -> float:
        """The upper end."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Half way up."""
        return self.y + self.height / 2

    @property
    def centre(self) -> float:
        """Half way across."""
        return self.x + self.width / 2

    def grown(self, by: float) -> Place:
        """The rectangle with a margin around it."""
        return Place(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)


def model_picture(view: View) -> Chart | None:
    """Verhoef's model from left to right, each box with its level in both worlds and what changed."""
    determinants = met(view)
    columns = [boxes(view, names) for names in (EXPERIENCE, JUDGEMENT, MEMORY, OUTCOMES)]
    if len(determinants) < FEWEST or not all(columns):
        return None
    words = title(view, determinants)
    rows = max(len(determinants), *map(len, columns))
    note = _subtitle(view)
    height = head(words, note, BROAD) + MODERATORS + ARROW + HEADING + (rows + 1) * PITCH + FOOT
    sheet = Sheet(height, words, note, BROAD)
    axes = sheet.axes(0, 0, 0, height)
    bare(axes)
    axes.set_xlim(0, BROAD)
    axes.set_ylim(0, height)
    axes.set_xticks([])
    axes.set_yticks([])
    _draw(axes, view, determinants, columns, sheet.top, rows)
    return Chart("model", words, sheet.figure, broad=True)


def _subtitle(view: View) -> str:
    whose = f"The model with the numbers of {view.comparison.focal_label}, {view.window}"
    if view.baseline is None:
        return f"{whose}; points of 100 unless a unit is named; widths of arrows: weight in the experience"
    worlds = f"{view.name(view.baseline)} → {view.name(view.scenario)}"
    colours = "blue: better, orange: worse, brackets: no clear change or less than 0.05"
    told = colours if view.replicates > 1 else "one replicate, no interval"
    return (
        f"{whose}, {worlds}; points of 100 unless a unit is named; {told}; widths of arrows: weight in the experience"
    )


def _draw(axes: Axes, view: View, determinants: list[Met], columns: list[list[Box]], top: float, rows: int) -> None:
    strip = Place(LEFT, top - MODERATORS, BROAD - LEFT - 0.06, MODERATORS)
    ceiling = strip.y - ARROW - HEADING
    lefts = [LEFT]
    for width, gap in zip(WIDTHS, (BAND, GAP, GAP, GAP), strict=False):
        lefts.append(lefts[-1] + width + gap)
    first = _column(axes, [each.box for each in determinants], lefts[0], WIDTHS[0], ceiling, rows)
    others = [
        _column(axes, column, left, width, ceiling, rows)
        for column, left, width in zip(columns, lefts[1:], WIDTHS[1:], strict=True)
    ]
    heads = ("What customers met", "The visit as felt", "The visit as judged", "What it leaves", "What follows")
    for words, place in zip(heads, (first[0], *(column[0] for column in others)), strict=True):
        axes.text(place.centre, ceiling + 0.1, words, ha="center", va="center", fontweight="bold", fontsize=10.5)
    felt = _around(others[0])
    _frame(axes, felt)
    _bands(axes, determinants, first, felt)
    for here, there in pairwise(others):
        _step(axes, _around(here), _around(there))
    _moderators(axes, view, strip, [first[0].right + BAND / 2, felt.centre, others[-1][0].centre], ceiling)
    floor = ceiling - (rows + 1) * PITCH
    past = Place(first[0].x, floor + PITCH - BOX - 0.1, WIDTHS[0], BOX)
    _past(axes, past, others[2], felt)
    _shop(axes, view, first, others[-1], floor - FOOT + 0.06)


def _column(axes: Axes, column: list[Box], left: float, width: float, ceiling: float, rows: int) -> list[Place]:
    """Boxes under each other, in the middle of the height of all rows."""
    start = ceiling - (rows - len(column)) * PITCH / 2
    places = [Place(left, start - (n + 1) * PITCH + (PITCH - BOX) / 2, width, BOX) for n in range(len(column))]
    for each, place in zip(column, places, strict=True):
        _box(axes, each, place)
    return places


def _box(axes: Axes, each: Box, place: Place) -> None:
    paint = PAINT[each.mark]
    _rectangle(axes, place, paint if each.mark else LINE, fill=paint if each.mark else None)
    axes.text(place.x + 0.08, place.top - 0.055, each.label, va="top", fontsize=8.8, color=SOFT)
    axes.text(place.x + 0.08, place.y + 0.06, each.value, va="bottom", fontsize=9.6, color=INK)
    axes.text(
        place.right - 0.08,
        place.y + 0.06,
        each.change,
        va="bottom",
        ha="right",
        fontsize=9.6,
        color=paint,
        fontweight="bold" if each.mark else "normal",
    )


def _rectangle(axes: Axes, place: Place, edge: str, fill: str | None = None, width: float = 1.2) -> None:
    from matplotlib.colors import to_rgba
    from matplotlib.patches import FancyBboxPatch

    look: Any = {"facecolor": to_rgba(fill, 0.10) if fill else "none", "edgecolor": edge, "linewidth": width}
    axes.add_patch(FancyBboxPatch(place[:2], *place[2:], boxstyle="round,pad=0,rounding_size=0.06", **look))


def _frame(axes: Axes, place: Place) -> None:
    _rectangle(axes, place, LINE, width=1.0)


def _around(places: list[Place]) -> Place:
    low, high = places[-1].y, places[0].top
    return Place(places[0].x, low, places[0].width, high - low).grown(0.07)


def _bands(axes: Axes, determinants: list[Met], places: list[Place], felt: Place) -> None:
    """Arrows as wide as the weights, which come together in the experience."""
    whole = sum(each.weight for each in determinants)
    upper = felt.middle + WEIGHT / 2
    for each, place in zip(determinants, places, strict=True):
        width = WEIGHT * each.weight / whole
        paint = PAINT[each.box.mark] if each.box.mark else BASELINE
        _band(axes, (place.right + 0.02, place.middle), (felt.x - 0.16, upper - width / 2), width, paint)
        axes.text(
            place.right + 0.08,
            place.middle,
            f"{100 * each.weight:.0f} %",
            va="center",
            fontsize=9.2,
            color=INK,
            fontweight="bold",
        )
        upper -= width
    head = [(felt.x - 0.16, felt.middle + WEIGHT / 2 + 0.1), (felt.x - 0.16, felt.middle - WEIGHT / 2 - 0.1)]
    axes.fill(*zip(*head, (felt.x - 0.02, felt.middle), strict=True), color=BASELINE, alpha=0.55, linewidth=0)


def _band(axes: Axes, start: tuple[float, float], end: tuple[float, float], width: float, paint: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (x, y), (across, up), half = start, end, width / 2
    middle = (x + across) / 2
    upper = [(x, y + half), (middle, y + half), (middle, up + half), (across, up + half)]
    lower = [(across, up - half), (middle, up - half), (middle, y - half), (x, y - half)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3]
    axes.add_patch(PathPatch(Path([*upper, *lower], codes), facecolor=paint, edgecolor="none", alpha=0.42))


def _step(axes: Axes, here: Place, there: Place) -> None:
    _arrow(axes, [(here.right + 0.01, here.middle), (there.x - 0.01, here.middle)], width=2.4)


def _arrow(axes: Axes, way: list[tuple[float, float]], width: float = 1.5, paint: str = SOFT) -> None:
    """A line through points, with a head at its last one."""
    xs, ys = zip(*way, strict=True)
    axes.plot(xs[:-1], ys[:-1], color=paint, linewidth=width)
    look = {"arrowstyle": "-|>,head_width=0.28,head_length=0.5", "color": paint, "linewidth": width}
    axes.annotate("", way[-1], way[-2], arrowprops={**look, "shrinkA": 0, "shrinkB": 0})


def _moderators(axes: Axes, view: View, strip: Place, targets: list[float], ceiling: float) -> None:
    """The strip above, and what moderators act on: weights, dimensions, responses."""
    _rectangle(axes, strip, LINE)
    lines = (
        ("Moderators: the situation", "store type, channel, location, culture, season, climate, competition, entry"),
        ("the customer", "goal, age, income, household, price sensitivity, involvement, innovativeness"),
    )
    for n, (who, which) in enumerate(lines):
        height = strip.top - 0.16 - 0.25 * n
        axes.text(strip.x + 1.98, height, who, va="center", ha="right", fontsize=9.2, fontweight="bold")
        axes.text(strip.x + 2.08, height, which, va="center", fontsize=9.2, color=SOFT)
    for n, words in enumerate(moderation(view)):
        height = strip.top - 0.16 - 0.25 * n
        axes.text(strip.right - 0.1, height, words, va="center", ha="right", fontsize=9.2, color=INK)
    for words, x in zip(("weights", "dimensions", "responses"), targets, strict=True):
        _arrow(axes, [(x, strip.y), (x, strip.y - ARROW + 0.02)], width=1.2)
        axes.text(x + 0.08, strip.y - ARROW / 2, words, va="center", fontsize=8.6, color=SOFT)


def _past(axes: Axes, past: Place, memory: list[Place], felt: Place) -> None:
    """The loop that is the heart of it: what a visit leaves is the past of the next."""
    _rectangle(axes, past, LINE)
    axes.text(past.x + 0.08, past.middle, "past experience", va="center", fontsize=9.2, color=INK)
    bottom, lane = _around(memory), past.middle - 0.08
    _arrow(axes, [(bottom.centre, bottom.y), (bottom.centre, lane), (past.right + 0.01, lane)])
    words = "carried to the next visit: past experience and expectations"
    axes.text((felt.centre + bottom.centre) / 2, lane + 0.04, words, va="bottom", ha="center", fontsize=8.8, color=SOFT)
    up = past.middle + 0.1
    _arrow(axes, [(past.right, up), (felt.x + 0.25, up), (felt.x + 0.25, felt.y - 0.01)])


def _shop(axes: Axes, view: View, first: list[Place], last: list[Place], floor: float) -> None:
    """The loop outside customers: their visits load the shop, and its staff and shelves meet the next ones."""
    shown = boxes(view, SHOP)
    if not shown:
        return
    width = (last[0].right - LEFT + 0.08) / len(shown) - 0.08
    places = [Place(LEFT + n * (width + 0.08), floor + 0.02, width, BOX) for n in range(len(shown))]
    for each, place in zip(shown, places, strict=True):
        _box(axes, each, place)
    words = "What visits do to the shop, and the shop to the next visits"
    axes.text(LEFT, places[0].top + 0.13, words, va="center", fontsize=9.4, fontweight="bold")
    bottom, met_here = _around(last), _around(first)
    _frame(axes, met_here)
    _arrow(axes, [(places[-1].centre, bottom.y), (places[-1].centre, places[-1].top + 0.01)])
    _arrow(
        axes, [(LEFT, places[0].middle), (0.1, places[0].middle), (0.1, met_here.middle), (met_here.x, met_here.middle)]
    )
