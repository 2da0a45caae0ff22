"""The season: how much busier than an ordinary week the market is, and what that does to the focal retailer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.chart import Chart
from analysis.drawing import INK, LINE, SCENARIO, SOFT, Sheet, plain
from analysis.effects import MARGINS, Estimates, Floats, estimate
from analysis.labels import name_ends
from analysis.views import View
from analysis.wording import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

YEAR = 52  # weeks
MONTH = 4  # weeks over which the busiest time is looked for
MONTHS = tuple(date(2001, month, 1).strftime("%B") for month in range(1, 13))


class Year(NamedTuple):
    """A measure by week of the year: the mean over the years of each replicate."""

    found: Estimates
    calm: Floats  # means of a month around each week


def season(view: View) -> Chart | None:
    """Revenue of the whole market by week of the year, and the focal retailer's waiting time in the same weeks."""
    world = view.worlds[0]
    revenue = _whole_years(*_market(view, world, "revenue"))
    waits = _whole_years(*view.samples(world, "wait_minutes")) if "wait_minutes" in view.measures else None
    if revenue is None:
        return None
    index = _year(100 * revenue / revenue.mean(axis=1, keepdims=True))
    wait = _year(waits) if waits is not None else None
    title = _title(view, index, wait)
    note = f"By week of the year ({view.name(world)}); bands: 95 % interval over {view.replicates} replicates"
    sheet = Sheet(3.9, title, note if view.replicates > 1 else f"By week of the year ({view.name(world)})")
    upper = sheet.axes(0.62, 1.62 if wait else 0.42, 1.2, top=sheet.top - 0.17)
    upper.axhline(100, color=SOFT, linewidth=0.8)
    _draw(upper, view, index, INK, "100: mean week of the year", "market's revenue")
    if wait is not None:
        upper.tick_params(labelbottom=False)
        lower = sheet.axes(0.62, 0.42, 1.2, top=1.34)
        _draw(lower, view, wait, SCENARIO, "minutes", f"waiting at {view.comparison.focal_label}")
    return Chart("season", title, sheet.figure)


def _market(view: View, world: str, measure: str) -> tuple[Floats, Floats]:
    """Weeks, and a sum over all retailers by replicate and week."""
    rows = view.saved.read("weekly", scenario=world, measure=measure, **dict.fromkeys(MARGINS, ""))
    weeks, week = np.unique(rows["week"], return_inverse=True)
    replicates, replicate = np.unique(rows["replicate"], return_inverse=True)
    total = np.bincount(replicate * len(weeks) + week, weights=rows["value"], minlength=len(replicates) * len(weeks))
    return weeks.astype(np.float64), total.reshape(len(replicates), len(weeks)).astype(np.float64)


def _whole_years(weeks: Floats, values: Floats) -> Floats | None:
    """Values by replicate and week of the year, means over whole years; None if there is none."""
    years = len(weeks) // YEAR
    if not years or not np.isfinite(values).all():
        return None
    found: Floats = values[:, : years * YEAR].reshape(len(values), years, YEAR).mean(axis=1)
    return found


def _year(values: Floats) -> Year:
    means = values.mean(axis=0)
    around = np.concatenate([means[-MONTH:], means, means[:MONTH]])
    calm = np.convolve(around, np.ones(MONTH) / MONTH, mode="same")[MONTH:-MONTH]
    return Year(estimate(values.T), calm)


def _title(view: View, index: Year, wait: Year | None) -> str:
    busiest = int(np.argmax(index.calm))
    lead = f"Busiest in {_month(view, busiest)}: {index.calm[busiest] - 100:.0f} % above the year's mean"
    if wait is None:
        return lead
    then, ever = (short(float(each), like=1.0) for each in (wait.calm[busiest], wait.found.mean.mean()))
    if then == ever:
        return f"{lead}, and no longer waits"
    return f"{lead}, and customers of {view.comparison.focal_label} wait {then} instead of {ever} minutes"


def _month(view: View, week: int) -> str:
    start = _start(view)
    return f"week {week + 1}" if start is None else MONTHS[(start + timedelta(days=7 * week + 3)).month - 1]


def _start(view: View) -> date | None:
    return date.fromisoformat(view.comparison.start) if view.comparison.start else None


def _draw(axes: Axes, view: View, year: Year, paint: str, unit: str, name: str) -> None:
    weeks = np.arange(1, YEAR + 1)
    axes.plot(weeks, year.found.mean, color=paint)
    axes.fill_between(weeks, year.found.low, year.found.high, color=paint, alpha=0.18, linewidth=0)
    axes.set_xlim(1, YEAR)
    axes.margins(y=0.12)
    axes.set_ylim(bottom=max(0.0, axes.get_ylim()[0]))
    axes.locator_params(axis="y", nbins=4)
    axes.yaxis.set_major_formatter(plain)
    axes.spines["bottom"].set_color(LINE)
    _ticks(axes, view)
    axes.annotate(unit, (0, 1), (-44, 4), xycoords="axes fraction", textcoords="offset points", fontsize=9, color=SOFT)
    name_ends(axes, [(name, float(year.found.mean[-4:].mean()), paint)])


def _ticks(axes: Axes, view: View) -> None:
    """Quarters of the year: the months in which they begin, or week numbers."""
    start = _start(view)
    if start is None:
        axes.set_xticks([1, 14, 27, 40, 52])
        return
    months = [(start + timedelta(days=7 * week + 3)).month for week in range(YEAR)]
    first = {month: months.index(month) + 1 for month in (1, 4, 7, 10) if month in months}
    axes.set_xticks(list(first.values()), [MONTHS[month - 1] for month in first])
