"""Retention by tenure: how likely customers are to stay, by how long they have been customers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.chart import Chart, basis, colour
from analysis.drawing import SOFT, Sheet, plain
from analysis.effects import Estimates, Floats, estimate
from analysis.labels import name_ends
from analysis.views import View
from analysis.yearly import kept
from simulation.results import Table


def retention_by_tenure(view: View) -> Chart | None:
    """The share of customers who would stay a year, by how long they have been customers."""
    if not len(view.tenure):
        return None
    lows = sorted(view.tenure.values("tenure_low"))
    stay = {world: _yearly_retention(view.tenure.where(scenario=world), lows) for world in view.worlds}
    now = stay[view.scenario].mean
    known = np.flatnonzero(np.isfinite(now))
    if len(known) < 2:  # noqa: PLR2004  (one group shows no course)
        return None
    title = _retention_title(lows, now, known)
    sheet = Sheet(3.3, title, f"Customers who would stay a year, {basis(view)}; axis not from 0")
    axes = sheet.axes(0.62, 0.5, 1.2, top=sheet.top - 0.17)
    for nudge, (world, found) in zip((-0.06, 0.06), stay.items(), strict=False):
        places = known + (nudge if len(stay) > 1 else 0.0)
        paint = colour(view, world)
        axes.plot(places, found.mean[known], "o-", color=paint, markersize=5)
        axes.vlines(places, found.low[known], found.high[known], color=paint, linewidth=4, alpha=0.3)
    axes.margins(y=0.12)
    axes.yaxis.set_major_formatter(plain)
    axes.set_xticks(known, [_tenure_label(lows[each], lows) for each in known])
    axes.set_xlabel("weeks as a customer")
    axes.annotate(
        "% a year", (0, 1), (-44, 4), xycoords="axes fraction", textcoords="offset points", fontsize=9, color=SOFT
    )
    name_ends(axes, [(view.name(w), float(found.mean[known[-1]]), colour(view, w)) for w, found in stay.items()])
    return Chart("retention", title, sheet.figure)


def _yearly_retention(rows: Table, lows: list[float]) -> Estimates:
    """(1 − departures / weeks at risk)^52 in %, by tenure, over replicates."""
    replicates, replicate = np.unique(rows["replicate"], return_inverse=True)
    place = replicate * len(lows) + np.searchsorted(lows, rows["tenure_low"])
    size = len(replicates) * len(lows)
    weeks = np.bincount(place, weights=rows["link_weeks"], minlength=size)
    left = np.bincount(place, weights=rows["departures"], minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(weeks > 0, 100 * kept(1 - left / weeks), np.nan)
    return estimate(share.reshape(len(replicates), len(lows)).T)


def _retention_title(lows: list[float], now: Floats, known: NDArray[np.intp]) -> str:
    first, last = known[0], known[-1]
    course = f"{now[first]:.0f} % a year at first, {now[last]:.0f} % after {lows[last]:g} weeks"
    if now[last] > now[first]:
        return f"The longer a customer, the likelier to stay: {course}"
    return f"Long customers are no likelier to stay: {course}"


def _tenure_label(low: float, lows: list[float]) -> str:
    later = [each for each in lows if each > low]
    return f"{low:g}-{later[0] - 1:g}" if later else f"{low:g}+"
