"""Every fact of a card inside or outside its band, at a glance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.chart import Chart
from analysis.drawing import BASELINE, BROAD, LINE, SCENARIO, SOFT, WARN, Sheet, bare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Row = Mapping[str, Any]
ROW_INCHES = 0.2
FURTHEST = 2.4  # half-widths of a band that are drawn; what lies beyond stands at the end
NAMES, BAND = 2.35, 1.6  # inches for the names of facts, and for their bands; figures have the rest of the half page
LETTERS = 28  # of a fact's name
NOT_APPLICABLE = "not applicable"
KINDS = ("firm", "soft", "hard")


def place(value: float, row: Row) -> float:
    """Where a value stands beside its band, whose ends are -1 and 1.

    A band with one end has its end at 1 or -1; the scale is then the size of the value and of that end together, so
    that a value of the wrong sign stands outside, and 0 is as far inside as the value is from nothing.
    """
    low, high = row["band_low"], row["band_high"]
    if math.isfinite(low) and math.isfinite(high):
        return float((2.0 * value - low - high) / (high - low))
    end = low if math.isfinite(low) else high
    size = abs(row["value"]) + abs(end) or 1.0
    return float((value - end) / size - 1.0 if math.isfinite(low) else (value - end) / size + 1.0)


class Line(NamedTuple):
    """A fact as a row of the page's table."""

    id: str
    statistic: str
    value: str
    band: str
    use: str
    verdict: str
    note: str
    source: str


def groups(rows: Sequence[Row]) -> list[tuple[str, list[Line]]]:
    """The card for a page: facts that fail, then those that hold by kind, then those that do not apply."""
    parts = {
        "Outside their bands": [row for row in rows if row["verdict"] == "fails"],
        **{
            f"Inside, {kind}": [row for row in rows if (row["verdict"], row["kind"]) == ("holds", kind)]
            for kind in KINDS
        },
        "Not applicable": [row for row in rows if row["verdict"] == NOT_APPLICABLE],
    }
    return [(name, [_line(row) for row in part]) for name, part in parts.items() if part]


def _line(row: Row) -> Line:
    value = "" if row["verdict"] == NOT_APPLICABLE else _figures(row)
    use = f"{row['kind']}, {row['use']}"
    return Line(row["id"], row["statistic"], value, band(row), use, row["verdict"], row["why"], row["source"])


def band(row: Row) -> str:
    """The band in words: 1.1 to 2, up to 0, from 5."""
    low, high = (f"{row[end]:g}".replace("-", "−") for end in ("band_low", "band_high"))
    if not math.isfinite(row["band_low"]):
        return f"up to {high}"
    return f"{low} to {high}" if math.isfinite(row["band_high"]) else f"from {low}"


def _figures(row: Row) -> str:
    """Value and interval in three figures; no interval where there is one seed, or no chance in it."""
    ends = f" [{_three(row['low'])}, {_three(row['high'])}]" if row["low"] < row["high"] else ""
    return _three(row["value"]) + ends


def _three(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _name(words: str) -> str:
    return words if len(words) <= LETTERS else f"{words[: LETTERS - 1].rstrip()}…"


def facts_in_their_bands(rows: Sequence[Row], title: str) -> Chart | None:
    """All facts that apply: hard and firm ones at the left, soft ones at the right; None if there are none."""
    seen = [row for row in rows if row["verdict"] != NOT_APPLICABLE]
    if not seen:
        return None
    sides = [[row for row in seen if row["kind"] == "firm"], [row for row in seen if row["kind"] != "firm"]]
    tallest = max(len(side) for side in sides)
    words = (
        "Grey: the band that real markets lie in, drawn equally wide for every fact; lines: 95 % interval over seeds. "
        "Full dots: facts that no number was set by (validate); rings: calibrate, or a check of the code."
    )
    sheet = Sheet(1.1 + ROW_INCHES * (tallest + 1), title, words, width=BROAD)
    for number, side in enumerate(sides):
        if side:
            left = NAMES + number * BROAD / 2
            bottom = 0.2 + ROW_INCHES * (tallest - len(side))
            axes = sheet.axes(left, bottom, BROAD - left - BAND, top=sheet.top - 0.3)
            _draw(axes, side, "firm evidence" if number == 0 else "soft evidence, and formulas (hard)")
    return Chart("facts", title, sheet.figure, broad=True)


def _draw(axes: Axes, rows: Sequence[Row], heading: str) -> None:
    bare(axes)
    axes.set_xlim(-FURTHEST - 0.1, FURTHEST + 0.1)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.axvspan(-1.0, 1.0, color=LINE, alpha=0.55, linewidth=0)
    axes.set_xticks([])
    axes.set_yticks(range(len(rows)), [f"{_name(row['fact'])}  {row['id']}" for row in rows], fontsize=8.5)
    axes.annotate(
        heading, (0.5, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", ha="center", color=SOFT
    )
    for height, row in enumerate(rows):
        _mark(axes, height, row)


def _mark(axes: Axes, height: int, row: Row) -> None:
    """The value in its band with its interval, and in figures at the right."""
    colour = SCENARIO if row["verdict"] == "holds" else WARN
    at = _shown(place(row["value"], row))
    if math.isfinite(row["low"]):
        left, right = (_shown(place(row[end], row)) for end in ("low", "high"))
        axes.hlines(height, left, right, color=colour, linewidth=3, alpha=0.35)
    face = colour if row["use"] == "validate" else "none"
    axes.plot([at], [height], "o", color=colour, markerfacecolor=face, markersize=5)
    axes.annotate(
        _figures(row),
        (1, height),
        (6, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        color=colour if row["verdict"] != "holds" else BASELINE,
    )


def _shown(position: float) -> float:
    return max(-FURTHEST, min(FURTHEST, position))
