"""Facts of the market as a whole: season, tenure, price, distance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.facts.purchases import YEAR, Purchases
from analysis.theory import published, value
from simulation.results import CompareResults, RunResults, Table
from simulation.scenario import Scenario

Array = NDArray[Any]
MEAN_MONTH_DAYS = 30.44
DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
JANUARY, DECEMBER = 0, 11
STEPS = 50  # of Newton's method at most


def whole(results: RunResults, measure: str) -> Table:
    """The weekly rows of a measure for each retailer as a whole."""
    return results.weekly.where(measure=measure, outlet="", channel="", segment="", relationship="")


def by_week(results: RunResults, measure: str) -> Array:
    """A measure that adds, of all retailers together, by week: mean over replicates."""
    rows = whole(results, measure)
    return np.bincount(rows["week"] - 1, np.nan_to_num(rows["value"])) / results.replicates


def month_factor(results: RunResults, which: int) -> float:
    """Facts 23 and 24. Visits of a month (0: January) to those of the mean month, both as month totals (US Census).

    Month totals are weekly visits x days / 30.44; a week belongs to the month of its Thursday.
    """
    visits = by_week(results, "visits")[:YEAR]
    start = results.scenario.market.start
    month = np.array([(start + timedelta(days=7 * week + 3)).month - 1 for week in range(visits.size)])
    weekly = np.bincount(month, visits, 12) / np.bincount(month, minlength=12)
    totals = weekly * DAYS / MEAN_MONTH_DAYS
    return float(totals[which] / totals.mean())


def conversion(results: RunResults, channel: str) -> float:
    """Fact 53. Baskets over visits in a channel, all retailers together (trade sources)."""
    rows = results.weekly.where(channel=channel, outlet="", segment="", relationship="")
    baskets, visits = (float(np.nansum(rows.where(measure=name)["value"])) for name in ("baskets", "visits"))
    return baskets / visits


def retention_rises(results: RunResults) -> float:
    """Fact 17. Retention by tenure of links: least step of its 3-group average (Fader & Hardie 2007: never falls)."""
    tenure = results.tenure
    weeks, departures = (
        np.bincount(np.unique(tenure["tenure_low"], return_inverse=True)[1], tenure[name])
        for name in ("link_weeks", "departures")
    )
    retention = 1.0 - departures[weeks > 0] / weeks[weeks > 0]
    smooth = np.convolve(retention, np.ones(3) / 3.0, mode="valid")
    return float(np.diff(smooth).min())


def retention_leverage(results: RunResults, focal: int) -> float:
    """Fact 6. % more lifetime value by 1 % more retention, where customers stay as the focal retailer's do.

    Gupta, Lehmann & Stuart 2004: 3 to 7 % of firm value, in closed form with their discount of 12 % a year.
    """
    name = results.scenario.retailers[focal].id
    tenure = results.tenure.where(retailer=name)
    weekly = 1.0 - float(tenure["departures"].sum()) / float(tenure["link_weeks"].sum())
    return value.retention_elasticity(weekly**YEAR, published.DISCOUNT)


def margin_per_point(worlds: CompareResults, retailer: str) -> float:
    """Fact 50. % more gross margin a point of ACSI after weeks of better service (Gruca & Rego 2005: 7 %).

    Theirs is an association over firms and years; this is what satisfaction brings when service causes it.
    """
    pair = worlds.scenarios[0]
    better, base = (
        {name: whole(worlds.worlds[world.name], name).where(retailer=retailer) for name in ("gross_margin", "acsi")}
        for world in pair
    )
    late = {name: base[name]["week"] > YEAR // 2 for name in base}
    margins = [float(rows["gross_margin"]["value"][late["gross_margin"]].sum()) for rows in (base, better)]
    points = [float(rows["acsi"]["value"][late["acsi"]].mean()) for rows in (base, better)]
    return 100.0 * (margins[1] / margins[0] - 1.0) / (points[1] - points[0])


def price_elasticity(base: RunResults, dearer: RunResults, percent: float) -> float:
    """Fact 45. ln ratio of quantities (revenue over price, weeks 1-52) to ln ratio of prices, when all raise theirs.

    Andreyeva, Long & Brownell 2010 bound it for categories; that of stores is an assumption between them and brands.
    """
    ratio = 1.0 + percent / 100.0
    before, after = (by_week(results, "revenue")[:YEAR].sum() for results in (base, dearer))
    return float(np.log(after / ratio / before) / np.log(ratio))


def advertising_elasticity(worlds: CompareResults, retailer: str, percent: float, first: int, last: int) -> float:
    """Fact 46. ln ratio of a retailer's revenue in weeks `first` to `last` to ln ratio of its advertising budget.

    Sethuraman, Tellis & Briesch 2011: .12 in the short run, twice that in the long run.
    """
    louder, usual = (
        whole(worlds.worlds[world.name], "revenue").where(retailer=retailer) for world in worlds.scenarios[0]
    )
    sold = [float(rows["value"][(rows["week"] >= first) & (rows["week"] <= last)].sum()) for rows in (louder, usual)]
    return float(np.log(sold[0] / sold[1]) / np.log(1.0 + percent / 100.0))


def minutes_to_stores(scenario: Scenario) -> tuple[Array, Array]:
    """Numbers of the stores, and minutes from each cell to each of them: a square grid, half a cell within one."""
    cells = scenario.population.cells
    side = int(np.ceil(np.sqrt(cells)))
    stores = [(number, outlet.cell) for number, outlet in enumerate(scenario.outlets) if outlet.cell is not None]
    here = np.array(np.divmod(np.arange(cells), side), float)
    there = np.array(np.divmod([cell for _, cell in stores], side), float)
    away = np.hypot(*(here[:, :, None] - there[:, None, :]))
    return np.array([number for number, _ in stores]), scenario.population.cell_minutes * np.maximum(away, 0.5)


def distance_slope(results: RunResults, panel: Purchases) -> float:
    """Fact 52. Slope of log trips on log minutes, with an effect of each store and place: Huff's (1963) exponent.

    A Poisson regression of trips by cell and store, which needs no cell to have trips to every store. Their own
    effects are what each store attracts, and what is bought in each cell.
    """
    stores, minutes = minutes_to_stores(results.scenario)
    cell = np.zeros(panel.size[0], np.int64)
    first = np.unique(results.customers["customer_id"], return_index=True)[1]
    cell[results.customers["customer_id"][first].astype(np.int64)] = results.customers["cell"][first].astype(np.int64)
    trips = np.zeros((minutes.shape[0], panel.size[2]))
    np.add.at(trips, cell, panel.until(YEAR).trips_to_outlets)
    trips = trips[:, stores]
    return gravity_slope(trips, np.log(minutes))


def gravity_slope(trips: Array, log_minutes: Array) -> float:
    """Coefficient of log minutes in a Poisson regression of trips (places, stores) with effects of both."""
    kept = trips.sum(1) > 0
    trips, log_minutes = trips[kept][:, trips.sum(0) > 0], log_minutes[kept][:, trips.sum(0) > 0]
    places, stores = trips.shape
    row, column = (axis.ravel() for axis in np.indices(trips.shape))
    design = np.column_stack([log_minutes.ravel(), np.eye(places)[row], np.eye(stores)[column][:, 1:]])
    counts = trips.ravel()
    beta = np.linalg.lstsq(design, np.log(counts + 0.5), rcond=None)[0]
    for _ in range(STEPS):
        mean = np.exp(np.clip(design @ beta, -30.0, 30.0))
        step = np.linalg.solve(design.T @ (mean[:, None] * design), design.T @ (counts - mean))
        beta = beta + step
        if np.abs(step).max() < 1e-8:  # noqa: PLR2004  (converged)
            break
    return float(beta[0])
