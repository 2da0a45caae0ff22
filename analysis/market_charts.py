"""The market: who gained and who lost, and scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from analysis.chart import Change, Chart, basis, capital, change, scaled
from analysis.drawing import BASELINE, INK, SCENARIO, SOFT, WARN, WIDTH, Sheet, plain
from analysis.views import View

if TYPE_CHECKING:
    from matplotlib.figure import Figure


LETTERS_PER_INCH = 11.5


class Row(NamedTuple):
    """A line of a forest: a name, its change, whether it stands out."""

    label: str
    change: Change
    strong: bool = False


def gains_and_losses(view: View) -> Chart | None:
    """Change of revenue by retailer, in money: where a gain comes from."""
    found = {name: row for name in view.retailers() if (row := view.effect("revenue", name)) is not None}
    scale = view.scale("revenue", max((abs(row["effect"]) for row in found.values()), default=0.0))
    rows = [
        Row(view.retailer_label(name), scaled(row, scale), name == view.comparison.focal) for name, row in found.items()
    ]
    if len(rows) < 2:  # noqa: PLR2004  (nobody to compare with)
        return None
    rows.sort(key=lambda row: -row.change.found.mean)
    title = _title(rows)
    return Chart("market", title, forest(title, f"Change of revenue over {view.window}, {basis(view)}", rows))


def side_by_side(views: Sequence[View], measure: str) -> Chart | None:
    """The same measure of several scenarios, each against its baseline."""
    rows = [
        Row(view.name(view.scenario), found)
        for view in views
        if (found := change(view, measure, view.scale(measure))) is not None
    ]
    if len(rows) < 2:  # noqa: PLR2004
        return None
    rows.sort(key=lambda row: -row.change.found.mean)
    clear = [row for row in rows if row.change.clear]
    label = capital(views[0].label(measure))
    best = f"{'gains most' if rows[0].change.found.mean > 0 else 'loses least'} with {rows[0].label}: {rows[0].change}"
    title = f"{label} {best}" if clear else f"{label}: no clear change"
    return Chart(f"scenarios_{measure}", title, forest(title, f"Each against its baseline, {basis(views[0])}", rows))


def forest(title: str, subtitle: str, rows: list[Row]) -> Figure:
    """Changes with their intervals, one a line, against 0."""
    sheet = Sheet(1.3 + 0.29 * len(rows), title, subtitle)
    left = 0.25 + max(len(row.label) for row in rows) / LETTERS_PER_INCH
    right = 0.2 + max(len(row.change.figures) for row in rows) / LETTERS_PER_INCH
    axes = sheet.axes(left, 0.42, right)
    axes.axvline(0, color=SOFT, linewidth=0.9)
    for height, row in enumerate(reversed(rows)):
        paint = (
            SCENARIO if row.strong else WARN if row.change.found.high < 0 else BASELINE if not row.change.clear else INK
        )
        axes.plot([row.change.found.low, row.change.found.high], [height, height], color=paint, linewidth=4, alpha=0.35)
        axes.plot(row.change.found.mean, height, "o", color=paint, markersize=6)
        axes.annotate(
            row.change.figures,
            (1, height),
            (8, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
            color=paint,
        )
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_yticks(range(len(rows)), [row.label for row in reversed(rows)], color=INK)
    for tick, row in zip(axes.get_yticklabels(), reversed(rows), strict=True):
        tick.set_fontweight("bold" if row.strong else "normal")
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.margins(x=0.1)
    axes.locator_params(axis="x", nbins=3 if left + right > WIDTH / 2 else 5)
    axes.xaxis.set_major_formatter(plain)
    axes.set_xlabel(rows[0].change.step)
    return sheet.figure


def _title(rows: list[Row]) -> str:
    mine = next(row for row in rows if row.strong)
    if not mine.change.clear:
        return f"{mine.label}: revenue did not change clearly"
    others = [row for row in rows if row.change.clear and not row.strong]
    losers = [row.label for row in others if row.change.found.mean < 0]
    winners = [row.label for row in others if row.change.found.mean > 0]
    if mine.change.found.mean > 0:
        return f"{mine.label} gained, and {losers[-1]} lost most" if losers else f"{mine.label} gained revenue"
    return f"{mine.label} lost, and {winners[0]} gained most" if winners else f"{mine.label} lost revenue"
