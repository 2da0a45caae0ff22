"""A chart of curves of buying, observed beside simulated: one small picture for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.chart import Chart
from analysis.drawing import BROAD, INK, SCENARIO, SOFT, Sheet, file_name, plain
from simulation.results import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]
PART = "The simulated market beside the log"
COLUMNS, SHORTEST, CELL = 4, 5, 1.62  # pictures in a row; ticks of an axis that are named at most; inches of a picture
GAP, LEFT, BELOW, OVER = 0.45, 0.35, 0.52, 0.3  # inches
TITLES = {
    "bought again": "Have bought by the end of week",
    "gaps": "Weeks between purchases",
    "frequency": "Purchases of a customer",
    "recency": "Weeks since the last purchase",
    "money": "Share of money by fifth",
    "place": "Share by place",
}
COHORT = "cohort: "
NEAR = 0.03  # mean distance of shares that is called close


def curves(table: Table) -> Chart:
    """All curves of the weeks held back; black: the log, blue: the simulation with the range of its replicates."""
    rows = table.rows()
    names = list(dict.fromkeys(row["curve"] for row in rows))
    away = {name: _distance([row for row in rows if row["curve"] == name]) for name in names}
    title = _title(away)
    lines = -(-len(names) // COLUMNS)
    height = 0.75 + lines * CELL
    sheet = Sheet(height, title, "Per cent, in the weeks held back; black: the log, blue: simulated", BROAD)
    wide = (BROAD - LEFT - GAP * (COLUMNS - 1)) / COLUMNS
    for n, name in enumerate(names):
        line, column = divmod(n, COLUMNS)
        left = LEFT + column * (wide + GAP)
        top = sheet.top - line * CELL - OVER
        axes = sheet.axes(left, top - CELL + OVER + BELOW, BROAD - left - wide, top=top)
        _picture(axes, name, [row for row in rows if row["curve"] == name])
    return Chart(file_name("curves"), title, sheet.figure, PART, broad=True)


def _distance(rows: list[dict[str, Any]]) -> float:
    gaps = [abs(row["observed"] - row["simulated"]) for row in rows]
    known = [gap for gap in gaps if np.isfinite(gap)]
    return float(np.mean(known)) if known else 0.0


def _title(away: dict[str, float]) -> str:
    worst = max(away, key=lambda name: away[name])
    points = 100.0 * away[worst]
    if away[worst] <= NEAR:
        return f"Simulated customers buy as the firm's do: curves are at most {points:.1f} points off on average"
    return f"Farthest from the log: {_words(worst)[0].lower()}{_words(worst)[1:]}, {points:.0f} points off on average"


def _words(name: str) -> str:
    return TITLES.get(name, f"Buy, of those who {name.removeprefix(COHORT)}")


def _picture(axes: Axes, name: str, rows: list[dict[str, Any]]) -> None:
    place = np.arange(len(rows))
    observed, simulated, low, high = (100.0 * np.array([row[key] for row in rows]) for key in KEYS)
    axes.fill_between(place, low, high, color=SCENARIO, alpha=0.2, linewidth=0)
    axes.plot(place, simulated, color=SCENARIO, linewidth=1.6, marker="o", markersize=2.5)
    axes.plot(place, observed, color=INK, linewidth=1.1, marker="o", markersize=2.5)
    axes.set_title(_words(name), fontsize=9, color=SOFT, loc="left")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(plain)
    shown = place if len(rows) <= SHORTEST + 2 else place[:: -(-len(rows) // SHORTEST)]
    axes.set_xticks(shown, [_short(rows[k]["at"], name) for k in shown], fontsize=7.5)
    axes.tick_params(axis="y", labelsize=8)


KEYS = ("observed", "simulated", "low", "high")


def _short(words: str, name: str) -> str:
    """The name of a tick in the room that it has."""
    words = words.replace(" or more", "+").replace("same week", "0").replace("top fifth", "top").replace("weeks ", "")
    return words.replace("_", "\n") if name == "place" else words
