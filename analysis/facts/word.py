"""Facts of word of mouth and ratings: who tells, what is posted, how an unknown retailer becomes known."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.facts.market import by_week, whole
from simulation import run
from simulation.parameters import DETERMINANT_NAMES
from simulation.results import RunResults
from simulation.scenario import Scenario

Array = NDArray[Any]
STARS = (1, 2, 3, 4, 5)
ENTRANT = "unknown"
SPREAD_WEEKS = 156
GOOD = 0.85  # level of every determinant
START = (0.003, 0.03)  # p and q of a week to begin the fit with
UNKNOWN = """
[market]
warmup_weeks = 52
[parameters]
moving_yearly = 0 # who learns of it is counted once, as adopters are
[[retailer]]
id = "unknown"
name = "Unknown"
attraction = 0.6
price_index = 1.0
margin = 0.25
advertising = 0.0
integration = 0.3
[[outlet]]
id = "unknown_centre"
retailer = "unknown"
channel = "store"
format = "supermarket"
location = "centre"
cell = {cell}
capacity_visits_week = 60_000
staff = 200
levels = {{ {levels} }}
[[event]]
kind = "entry"
retailer = "unknown"
week = 1
launch_awareness = 0.0
launch_weeks = 1
"""


def _each(results: RunResults, measure: str) -> Array:
    """A measure of every retailer and week; 0 where there was nothing to measure."""
    return np.nan_to_num(whole(results, measure)["value"])


def star_counts(results: RunResults) -> Array:
    """Ratings posted by number of stars, of all retailers and weeks."""
    posted = _each(results, "ratings_posted")
    return np.array([(_each(results, f"star_share_{number}") * posted).sum() for number in STARS])


def gap_of_stars(results: RunResults, more: int, less: int) -> float:
    """Fact 29. Share of ratings with `more` stars less that with `less` (Hu, Pavlou & Zhang 2009: 5 - 4, 1 - 2)."""
    shares = star_counts(results) / star_counts(results).sum()
    return float(shares[more - 1] - shares[less - 1])


def mean_stars(results: RunResults) -> float:
    """Fact 29. Mean of the ratings posted."""
    counts = star_counts(results)
    return float((counts * STARS).sum() / counts.sum())


def good_per_bad(results: RunResults) -> float:
    """Fact 30. Good tellings per bad one (East, Hammond & Wright 2007: about 3)."""
    good, bad = (by_week(results, f"word_sent_{tone}").sum() for tone in ("positive", "negative"))
    return float(good / bad)


def tellers_ratio(results: RunResults) -> float:
    """Fact 31. Share of disappointed visits that are told of, to that of the others (TARP: about 2)."""
    visits = _each(results, "visits")
    bad = (visits * _each(results, "disappointed_share")).sum()
    told_well, told_badly = (by_week(results, f"word_sent_{tone}").sum() for tone in ("positive", "negative"))
    return float((told_badly / bad) / (told_well / (visits.sum() - bad)))


class Spread(NamedTuple):
    """How an unknown retailer becomes known: cumulative customers, by week."""

    awareness: Array
    first_purchases: Array


class Bass(NamedTuple):
    """A diffusion curve: market, innovation p and imitation q a week (Bass 1969)."""

    market: float
    p: float
    q: float

    @property
    def ratio(self) -> float:
        """Imitation to innovation; above 1 the curve is an S."""
        return self.q / self.p


def unknown_retailer(cell: int) -> str:
    """What makes a market one in which a good retailer opens a store in a cell, unknown, and never advertises."""
    levels = ", ".join(f"{name} = {GOOD}" for name in DETERMINANT_NAMES)
    return UNKNOWN.format(cell=cell, levels=levels)


def spread_of(scenario: Scenario) -> Spread:
    """Live that market."""
    results = run(scenario)

    def cumulative(measure: str) -> Array:
        return np.cumsum(results.weekly.where(measure=measure, retailer=ENTRANT, outlet="", segment="")["value"])

    return Spread(cumulative("newly_aware"), cumulative("acquisition"))


def bass_curve(week: Array, market: float, p: float, q: float) -> Array:
    """Cumulative adopters at the end of each week (Bass 1969)."""
    gone = np.exp(-(p + q) * week)
    return market * (1.0 - gone) / (1.0 + q / p * gone)


def bass(cumulative: Array) -> Bass:
    """Fact 54. The curve through cumulative adopters, by least squares (Sultan, Farley & Lehmann 1990: .38 / .03)."""
    from scipy.optimize import curve_fit

    end = float(cumulative[-1])
    week = np.arange(1, cumulative.size + 1, dtype=float)
    bounds = ([0.5 * end, 1e-6, 0.0], [20.0 * end, 1.0, 5.0])
    found, _ = curve_fit(bass_curve, week, cumulative, p0=(1.1 * end, *START), bounds=bounds)
    return Bass(*(float(value) for value in found))
