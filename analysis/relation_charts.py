"""Relationships: their mix over time, what the retailer gives beside what it gets, and loyalty against satisfaction."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.chart import Chart, capital
from analysis.drawing import BASELINE, INK, SCENARIO, SOFT, Sheet, plain
from analysis.effects import Floats
from analysis.labels import name_ends
from analysis.panels import Panel, bands, change_of, level_of, of_measure, small_multiples
from analysis.views import View
from analysis.wording import short
from analysis.yearly import WEEKS
from simulation.results import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TYPES = ("transactional", "quantitative", "social", "emotional")
TENURES = (("under 1 year", 0, 52), ("1 to 2 years", 52, 104), ("longer", 104, 10_000))
PAINTS = (SCENARIO, INK, BASELINE)
BIN = 5  # points of satisfaction
FEWEST = 20  # customers that make a point of a curve
SHOWN = 3  # points that make a curve


def relationship_mix(view: View) -> Chart | None:
    """The four types of relationship by week, in both worlds."""
    panels = [panel for name in TYPES if (panel := of_measure(view, f"relationship_{name}", name)) is not None]
    if len(panels) < len(TYPES):
        return None
    title = _mix_title(view, panels)
    note = f"% of active customers; {bands(view)}; axes not from 0 and not alike"
    return Chart("relationships", title, small_multiples(view, title, note, panels))


def _mix_title(view: View, panels: list[Panel]) -> str:
    levels = {panel.label: level_of(view, panel) for panel in panels}
    most = max(levels, key=levels.__getitem__)
    lead = f"{capital(most)} relationships are {levels[most]:.0f} %, emotional ones {levels['emotional']:.0f} %"
    if view.baseline is None:
        return lead
    changes = {panel.label: found for panel in panels if (found := change_of(view, panel)) is not None}
    clear = {name: found for name, found in changes.items() if found.clear}
    if not clear:
        return f"{lead}; {'no clear change' if view.replicates > 1 else 'one replicate'}"
    name = max(clear, key=lambda each: abs(clear[each].found.mean))
    return f"{lead}; {name} {clear[name].size} points"


def giving_and_getting(view: View) -> Chart | None:
    """Offers and discounts beside visits, margin and loyalty: what a relationship costs and brings."""
    offers, discount = (_year_of_a_customer(view, *each) for each in GIVES[:2])
    if offers is None or discount is None or not level_of(view, offers):
        return None
    panels = [
        panel
        for gives, gets in zip(GIVES, GETS, strict=True)
        if (given := _year_of_a_customer(view, *gives)) is not None and (got := _got(view, gets)) is not None
        for panel in (given, got)
    ]
    title = _giving_title(view)
    note = f"Per active customer and year, loyalty of 100; {bands(view)}; axes not from 0"
    heads = (f"{view.comparison.focal_label} gives", f"{view.comparison.focal_label} gets")
    return Chart("giving", title, small_multiples(view, title, note, panels, heads))


GIVES = (
    ("offers_made", "personal offers", "offers"),
    ("discount_given", "discounts with them", "currency"),
    ("offers_taken", "offers taken", "offers"),
    ("contacts", "contacts at its desks", "contacts"),
)
GETS = (
    ("visits", "visits", "visits"),
    ("gross_margin", "gross margin", "currency"),
    ("behavioural_loyalty", "behavioural loyalty", ""),
    ("attitudinal_loyalty", "attitudinal loyalty", ""),
)


def _got(view: View, gets: tuple[str, str, str]) -> Panel | None:
    return _year_of_a_customer(view, *gets) if gets[2] else of_measure(view, *gets[:2])


def _year_of_a_customer(view: View, measure: str, label: str, unit: str) -> Panel | None:
    """A sum as that of one active customer in a year."""
    if not {measure, "active"} <= view.measures:
        return None

    def samples(world: str) -> tuple[Floats, Floats]:
        weeks, values = view.samples(world, measure)
        _, active = view.samples(world, "active")
        return weeks, WEEKS * np.divide(values, active, out=np.full(values.shape, np.nan), where=active > 0)

    unit = unit.replace("currency", view.comparison.currency)
    return Panel(label, unit, unit, samples)


def _giving_title(view: View) -> str:
    made, taken, discount, margin = (
        level.mean if (level := view.level(view.scenario, name)) is not None else 0.0
        for name in ("offers_made", "offers_taken", "discount_given", "gross_margin")
    )
    cost = f"Discounts of personal offers are {short(100 * discount / margin)} % of the gross margin" if margin else ""
    return f"{cost}; {100 * taken / made:.0f} % of offers are taken" if made and cost else "Personal offers"


class Curve(NamedTuple):
    """Mean loyalty of customers by their satisfaction, with the 95 % interval of the mean."""

    name: str
    at: Floats
    mean: Floats
    half: Floats


def loyalty_and_satisfaction(view: View) -> Chart | None:
    """Is loyalty flat or steep in satisfaction (Jones and Sasser 1995), and is it so for new and for old customers?"""
    table = view.saved.read("customers", retailer=view.comparison.focal, status="active")
    if not {"satisfaction", "loyalty", "visits"} <= set(table.columns):
        return None
    table = table.where(scenario=view.scenario) if "scenario" in table else table
    table = table.take(table["visits"] > 0)
    curves = list(_curves(table))
    if not curves:
        return None
    title = _curve_title(_curve("", table))
    note = "Share of a customer's shopping (last choices count most) by satisfaction, of those who are"
    note += " customers at the end; 95 % interval of means"
    sheet = Sheet(3.6, title, note)
    axes = sheet.axes(0.62, 0.5, 1.2, top=sheet.top - 0.3)
    for curve, paint in zip(curves, PAINTS, strict=False):
        axes.plot(curve.at, curve.mean, "o-", color=paint, markersize=4.5)
        axes.fill_between(
            curve.at, curve.mean - curve.half, curve.mean + curve.half, color=paint, alpha=0.16, linewidth=0
        )
    _dress(axes, named=len(curves) > 1)
    name_ends(axes, [(c.name, float(c.mean[-1]), paint) for c, paint in zip(curves, PAINTS, strict=False)])
    return Chart("loyalty_curve", title, sheet.figure)


def _dress(axes: Axes, *, named: bool) -> None:
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(plain)
    axes.xaxis.set_major_formatter(plain)
    axes.locator_params(axis="y", nbins=5)
    axes.set_xlabel("satisfaction, points of 100")
    axes.annotate(
        "% of shopping", (0, 1), (-44, 4), xycoords="axes fraction", textcoords="offset points", fontsize=9, color=SOFT
    )
    if named:
        look: Any = {"xycoords": "axes fraction", "textcoords": "offset points", "fontsize": 9, "color": INK}
        axes.annotate("a customer for", (1, 1), (6, 13), **look)  # above a curve that ends at the top


def _curves(table: Table) -> list[Curve]:
    """By tenure where it is known."""
    if "tenure" not in table:
        return [curve for curve in (_curve("", table),) if len(curve.at) >= SHOWN]
    tenure = table["tenure"]
    found = [_curve(name, table.take((tenure >= low) & (tenure < high))) for name, low, high in TENURES]
    return [curve for curve in found if len(curve.at) >= SHOWN]


def _curve(name: str, table: Table) -> Curve:
    satisfaction, loyalty = 100 * table["satisfaction"], 100 * table["loyalty"]
    place = np.floor(satisfaction / BIN).astype(np.int64)
    count = np.bincount(place)
    kept = np.flatnonzero(count >= FEWEST)
    many = count[kept]
    mean = np.bincount(place, weights=loyalty)[kept] / many
    spread = np.bincount(place, weights=loyalty**2)[kept] / many - mean**2
    at = np.bincount(place, weights=satisfaction)[kept] / many
    return Curve(name, at, mean, 1.96 * np.sqrt(np.maximum(spread, 0.0) / many))


def _curve_title(curve: Curve) -> str:
    """Flat or steep, below and above the middle of what customers feel."""
    if len(curve.at) < SHOWN:
        return "Loyalty by satisfaction"
    middle, last = len(curve.at) // 2, len(curve.at) - 1
    below, above = _course(curve, 0, middle), _course(curve, middle, last)
    return f"Below {curve.at[middle]:.0f} points of satisfaction loyalty {below}, above it {above}"


def _course(curve: Curve, first: int, last: int) -> str:
    ends = f"{curve.mean[first]:.0f} to {curve.mean[last]:.0f} %"
    room = math.hypot(curve.half[first], curve.half[last])
    rise = curve.mean[last] - curve.mean[first]
    return f"is flat ({ends})" if abs(rise) <= room else f"{'climbs' if rise > 0 else 'falls'} ({ends})"
