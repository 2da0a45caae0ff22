"""Money: where what was gained came from and what it cost, and when it was paid back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.chart import Chart, capital
from analysis.drawing import BASELINE, INK, LINE, SCENARIO, SOFT, WARN, Sheet, plain
from analysis.effects import Interval
from analysis.money import Money, money
from analysis.time_charts import quarters
from analysis.verdict import shown
from analysis.views import Scale, View, scale_of
from analysis.wording import bracketed, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SOURCES = {
    "repurchase": "repurchase: customers\nwho stay as long",
    "retention": "retention: customers who\nstay longer or shorter",
    "acquisition": "acquisition: customers\nwho are new",
    "word_of_mouth": "word of mouth: new\ncustomers by word",
}


class Bar(NamedTuple):
    """A line of the waterfall: its name, where it begins, how far it goes, its interval, its colour."""

    label: str
    start: float
    change: Interval
    paint: str


def sources_and_cost(view: View) -> Chart | None:
    """Margin gained by source, less cost: net present value."""
    if view.money is None or not view.margins:
        return None
    scale = scale_of("currency", view.comparison.currency, _most(view))
    bars = list(_bars(view, scale))
    total = bars[-1].change
    title = f"Net present value: {bracketed(total)} {scale.unit}"
    doubt = "one replicate, no interval" if view.replicates == 1 else "with 95 % intervals"
    sheet = Sheet(1.45 + 0.42 * len(bars), title, f"Discounted margin by source, less cost, {view.window}, {doubt}")
    axes = sheet.axes(1.85, 0.45, 1.65)
    for place, bar in enumerate(bars):
        _draw(axes, place, bar)
    axes.set_yticks(range(len(bars)), [bar.label for bar in bars], color=INK, fontsize=9.2)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.axvline(0, color=SOFT, linewidth=0.8)
    axes.grid(axis="x", color=LINE)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.06)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(plain)
    axes.set_xlabel(scale.unit)
    return Chart("money_sources", title, sheet.figure)


def _most(view: View) -> float:
    row = view.money or {}
    return max(abs(float(row[name])) for name in ("npv", "margin", "cost", "low", "high") if row[name] == row[name])


def _bars(view: View, scale: Scale) -> Iterator[Bar]:
    """Each source begins where the last one ended; the last line is what is left."""
    row = view.money or {}
    reached = 0.0
    for source, found in view.margins.items():
        change = Interval(*(scale.factor * value for value in found))
        yield Bar(SOURCES[source], reached, change, SCENARIO if change.mean >= 0 else WARN)
        reached += change.mean
    cost = -scale.factor * float(row["cost"])
    yield Bar("cost", reached, Interval(cost, np.nan, np.nan), BASELINE)
    yield Bar("net present value", 0.0, Interval(*(scale.factor * float(row[k]) for k in ("npv", "low", "high"))), INK)


def _draw(axes: Axes, place: int, bar: Bar) -> None:
    axes.barh(place, bar.change.mean, left=bar.start, height=0.62, color=bar.paint)
    if np.isfinite(bar.change.low):
        ends = (bar.start + bar.change.low, bar.start + bar.change.high)
        axes.plot(ends, (place, place), color=SOFT, linewidth=1.6)
    axes.annotate(
        bracketed(bar.change) if bar.label != "cost" else short(bar.change.mean, sign=True),
        (1, place),
        (4, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        fontsize=9,
        color=INK,
        annotation_clip=False,
    )


def value_by_week(view: View) -> Chart | None:
    """Discounted value of all weeks so far, with interval: where it crosses 0, what was spent is made good."""
    if view.money is None or not view.money["cost"]:
        return None
    row, found = view.money, _money(view)
    weeks = found.by_week
    scale = scale_of("currency", view.comparison.currency, _most(view))
    value, low, high = (scale.factor * weeks[name] for name in ("value", "low", "high"))
    title = _title(view, row)
    luck = float(row["luck"])
    shares = f"; of the uncertainty {luck:.0%} is luck, {1 - luck:.0%} what is not known" if view.replicates > 1 else ""
    doubt = f"95 % interval{shares}".replace("%,", " %,").replace("% is", " % is").replace("% what", " % what")
    sheet = Sheet(3.3, title, f"Discounted value of all weeks so far; {doubt}")
    axes = sheet.axes(0.62, 0.42, 0.3, top=sheet.top - 0.17)
    axes.plot(weeks["week"], value, color=SCENARIO)
    axes.fill_between(weeks["week"], low, high, color=SCENARIO, alpha=0.18, linewidth=0)
    axes.axhline(0, color=SOFT, linewidth=0.9)
    axes.set_xlim(weeks["week"][0], max(weeks["week"][-1], weeks["week"][0] + 1))
    axes.yaxis.set_major_formatter(plain)
    axes.locator_params(axis="y", nbins=5)
    axes.xaxis.set_major_locator(quarters(int(weeks["week"][-1])))
    axes.set_xlabel("week")
    look: Any = {"xycoords": "axes fraction", "textcoords": "offset points"}
    axes.annotate(scale.unit, (0, 1), (-44, 4), **look, fontsize=9, color=SOFT, va="bottom")
    return Chart("money_by_week", title, sheet.figure)


def _title(view: View, row: dict[str, float]) -> str:
    paid = float(row["payback_week"])
    if paid == paid:  # noqa: PLR0124  (NaN: it never comes)
        return capital(f"paid back from week {paid:.0f} on, in the mean")
    found, unit = shown(row, view.comparison.currency)
    return capital(f"not paid back by week {view.window.last}: {short(found.mean, like=found.mean)} {unit}")


def _money(view: View) -> Money:
    """The money of a view again, with its weeks, from the saved tables."""
    scenario, _ = next(pair for pair in view.saved.scenarios if pair[0].name == view.scenario)
    each = scenario.uncertainty.replicates_each if (view.money or {})["interval"] == "joint" else 0
    names = (view.scenario, str(view.baseline), view.comparison.focal)
    return money(view.weekly, view.saved.costs, *names, view.window, scenario.money.discount_yearly, each)
