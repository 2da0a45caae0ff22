"""Which channel and which customers: what a scenario changed by parts of the focal retailer's business."""

from __future__ import annotations

from collections.abc import Callable

from analysis.chart import Change, Chart, basis, capital, change, scaled
from analysis.effects import Interval
from analysis.market_charts import Row, forest
from analysis.parts import effects_by
from analysis.views import View

MARGINS = ("channel", "segment")


def by_part(measure: str) -> Callable[[View], Chart | None]:
    """A chart of what changed in a measure: in all, by channel, by segment of customers."""

    def chart(view: View) -> Chart | None:
        whole = change(view, measure, view.scale(measure))
        if whole is None:
            return None
        parts = [Row(_words(part), found) for margin in MARGINS for part, found in _changes(view, measure, margin)]
        if len(parts) < 2:  # noqa: PLR2004  (no parts to tell apart)
            return None
        title = _title(view, measure, whole, parts)
        note = f"By channel; by price sensitivity (low, middle, high) and goal of customers; {view.window}"
        note += f", {basis(view)}"
        rows = [Row("all", whole, strong=True), *parts]
        return Chart(f"{measure}_by_part", title, forest(title, note, rows))

    return chart


def _changes(view: View, measure: str, margin: str) -> list[tuple[str, Change]]:
    scale = view.scale(measure)
    found = effects_by(view, (measure,), margin).get(measure, {})
    if "currency" in view.unit(measure):
        keys = ("relative", "relative_low", "relative_high")
        return [(part, Change(Interval(*(row[key] for key in keys)), "%")) for part, row in found.items()]
    return [(part, scaled(row, scale)) for part, row in found.items()]


def _words(part: str) -> str:
    """A part in few words: those of "low price sensitivity, task goal" are "low, task"."""
    return part.replace(" price sensitivity", "").replace(" goal", "")


def _title(view: View, measure: str, whole: Change, parts: list[Row]) -> str:
    label = capital(view.label(measure))
    best, worst = (pick(parts, key=lambda row: row.change.found.mean) for pick in (max, min))
    if best.change.measured and best.change.found.low > worst.change.found.high:
        ends = (f"{row.change.size} {row.change.step} ({row.label})" for row in (worst, best))
        return f"{label}: from {' to '.join(ends)}"
    if not whole.measured:
        return f"{label}: {whole}"
    clear = [row.label for row in parts if row.change.clear]
    if len(clear) == len(parts):
        return f"{label}: {whole}, about alike in all parts"
    return f"{label}: {whole}; no part differs clearly from another"
