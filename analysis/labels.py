"""Names of lines and points where they are, instead of a legend, without one covering another."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from analysis.drawing import SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_POINTS, LETTER_POINTS = 13.0, 5.9  # height of a label, width of a letter
LETTERS_AT_END = 14  # of a line of a name, in the room that charts leave at the ends of their lines


class Side(NamedTuple):
    """Where a name may stand: its offset from the point in typographic points, and how it is aligned there."""

    dx: float
    dy: float
    align: str

    def box(self, x: float, y: float, width: float) -> Box:
        """The rectangle that a name of this width covers."""
        left = x + self.dx - width * {"left": 0.0, "center": 0.5, "right": 1.0}[self.align]
        return Box(left, y + self.dy - 5, left + width, y + self.dy + 5)


class Box(NamedTuple):
    """A rectangle in typographic points."""

    left: float
    low: float
    right: float
    high: float

    def meets(self, other: Box) -> bool:
        """True if the two overlap."""
        return self.left < other.right and other.left < self.right and self.low < other.high and other.low < self.high


SIDES = (Side(7, 0, "left"), Side(-7, 0, "right"), Side(0, 11, "center"), Side(0, -11, "center"))


def broken(name: str) -> str:
    """A name over two lines if one is too short for it; what is too long for two is cut."""
    lines = wrap(name, LETTERS_AT_END)
    shown = lines[:2]
    if len(lines) > len(shown):
        shown[-1] = f"{shown[-1][: LETTERS_AT_END - 1].rstrip()}…"
    return "\n".join(shown)


def name_ends(axes: Axes, ends: list[tuple[str, float, str]]) -> None:
    """Name lines beside the place where they end, so that no legend is needed: (name, height on the axis, colour)."""
    low, high = axes.get_ylim()
    names = [broken(name) for name, _, _ in ends]
    lines = 1 + max((name.count("\n") for name in names), default=0)
    longest = max((len(line) for name in names for line in name.split("\n")), default=0)
    letters = 9.0 if longest >= LETTERS_AT_END else 10.0
    least = LABEL_POINTS * lines * (high - low) / (axes.bbox.height / axes.figure.dpi * 72)
    places = apart([height for _, height, _ in ends], least)
    for name, (_, _, paint), place in zip(names, ends, places, strict=True):
        axes.annotate(
            name,
            (1, place),
            (6, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            color=paint,
            va="center",
            linespacing=1.05,
            fontsize=letters,
            fontweight="normal" if paint == SOFT else "bold",
        )


def apart(places: list[float], least: float) -> list[float]:
    """Move labels that would overlap apart, keeping their order."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = [places[i] for i in order]
    for _ in range(4 * len(moved)):
        for high in range(1, len(moved)):
            lacking = least - (moved[high] - moved[high - 1])
            if lacking > 0:
                moved[high - 1] -= lacking / 2
                moved[high] += lacking / 2
    found = dict(zip(order, moved, strict=True))
    return [found[i] for i in range(len(places))]


def name_points(
    axes: Axes, points: list[tuple[str, float, float]], paint: str, clear_of: Sequence[tuple[float, float]] = ()
) -> None:
    """Name points, each (name, x, y), on the first side where a name covers neither points nor other names."""
    scale = 72 / axes.figure.dpi
    places = [axes.transData.transform(point[1:]) * scale for point in points]
    others = [axes.transData.transform(place) * scale for place in clear_of]
    taken = [Box(x - 4, y - 4, x + 4, y + 4) for x, y in (*places, *others)]
    for (name, x, y), (across, up) in zip(points, places, strict=True):
        boxes = {side: side.box(across, up, LETTER_POINTS * len(name)) for side in SIDES}
        free = (side for side in SIDES if _is_free(boxes[side], taken, axes.bbox.x1 * scale))
        side = next(free, SIDES[0])
        taken.append(boxes[side])
        axes.annotate(
            name,
            (x, y),
            (side.dx, side.dy),
            textcoords="offset points",
            ha=side.align,
            va="center",
            color=paint,
            fontsize=9.5,
        )


def _is_free(box: Box, taken: list[Box], right_end: float) -> bool:
    return box.right <= right_end and not any(box.meets(other) for other in taken)
