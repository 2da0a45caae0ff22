"""Facts of purchasing: what a panel of everybody's purchases shows. Trips are purchases; a year is weeks 1-52."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.results import Labels, RunResults

Array = NDArray[Any]
YEAR, QUARTER, MONTH = 52, 13, 4  # weeks
TOP = 0.2  # of buyers, in the fact of concentration


@dataclass(frozen=True, eq=False)
class Purchases:
    """Everybody's purchases as columns, in the order in which each customer made them. Weeks count from 1."""

    customer: Array
    week: Array
    retailer: Array
    outlet: Array
    amount: Array
    size: tuple[int, int, int]  # customers, retailers, outlets

    @classmethod
    def of(cls, results: RunResults) -> Purchases:
        """The log of a run with `record.transactions = "all"`; customers by their numbers.

        Raises:
            ValueError: the run kept no such log.
        """
        log = results.transactions
        if log is None or "retailer" not in log:
            raise ValueError('facts of purchasing need a run with record.transactions = "all"')
        scenario = results.scenario
        return cls(
            customer=log["customer_id"].astype(np.int64),
            week=_weeks(log.columns["date"], scenario.market.start),
            retailer=_numbers(log.columns["retailer"], [r.id for r in scenario.retailers]),
            outlet=_numbers(log.columns["outlet"], [o.id for o in scenario.outlets]),
            amount=log["amount"],
            size=(scenario.population.customers, len(scenario.retailers), len(scenario.outlets)),
        )

    def until(self, week: int) -> Purchases:
        """Those of weeks 1 to `week`."""
        kept = self.week <= week
        return Purchases(
            self.customer[kept],
            self.week[kept],
            self.retailer[kept],
            self.outlet[kept],
            self.amount[kept],
            self.size,
        )

    @cached_property
    def trips(self) -> Array:
        """Purchases by customer and retailer."""
        return _table(self.customer, self.retailer, self.size[0], self.size[1])

    @cached_property
    def spend(self) -> Array:
        """Money by customer and retailer."""
        return _table(self.customer, self.retailer, self.size[0], self.size[1], self.amount)

    @cached_property
    def trips_to_outlets(self) -> Array:
        """Purchases by customer and outlet."""
        return _table(self.customer, self.outlet, self.size[0], self.size[2])


def _weeks(dates: Any, start: date) -> Array:
    weeks = np.array([(date.fromisoformat(word) - start).days // 7 + 1 for word in dates.words], np.int64)
    return np.asarray(weeks[dates.codes])


def _numbers(column: Any, names: list[str]) -> Array:
    labels: Labels = column
    return np.array([names.index(word) for word in labels.words], np.int64)[labels.codes]


def _table(rows: Array, columns: Array, height: int, width: int, weights: Array | None = None) -> Array:
    return np.bincount(rows * width + columns, weights, height * width).reshape(height, width)


def log_likelihood(counts: Array, k: float) -> float:
    """Log-likelihood of counts under the NBD with their mean and shape `k`, constants in the counts left out."""
    from scipy.special import gammaln

    mean = counts.mean()
    tail = counts * np.log(mean / (mean + k)) - k * np.log1p(mean / k)
    return float((gammaln(counts + k) - gammaln(k) + tail).sum())


def nbd_shape(counts: Array) -> float:
    """Maximum-likelihood k of the negative binomial with the mean of the counts (Ehrenberg 1988)."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda log_k: -log_likelihood(counts, float(np.exp(log_k))), bounds=(-6.0, 6.0), method="bounded"
    )
    return float(np.exp(found.x))


def constant_k(panel: Purchases) -> float:
    """Fact 10. Largest over smallest NBD shape k of trips in 4, 13 and 26 weeks (Ehrenberg 1988: one k)."""
    shapes = [nbd_shape(panel.until(weeks).trips.sum(1)) for weeks in (MONTH, QUARTER, 2 * QUARTER)]
    return max(shapes) / min(shapes)


def zeros(panel: Purchases) -> float:
    """Fact 11. Distance of the share without a trip in a quarter from (1 + m / k)^-k (Ehrenberg 1988)."""
    counts = panel.until(QUARTER).trips.sum(1)
    k = nbd_shape(counts)
    return abs(float((counts == 0).mean()) - float((1.0 + counts.mean() / k) ** -k))


def double_jeopardy(panel: Purchases) -> float:
    """Fact 12. Correlation over retailers of penetration with trips per buyer in a year.

    Double jeopardy (Ehrenberg 1988): small ones have fewer buyers, who come less often.
    """
    trips = panel.until(YEAR).trips
    buyers = (trips > 0).sum(0)
    return float(np.corrcoef(buyers, trips.sum(0) / buyers)[0, 1])


def _duplication(panel: Purchases) -> tuple[Array, Array]:
    """b(X|Y) and b(X), shares of all customers, for every ordered pair of different retailers, in a year."""
    bought = (panel.until(YEAR).trips > 0).astype(float)
    both = bought.T @ bought / bought.sum(0)[None, :]
    pairs = ~np.eye(bought.shape[1], dtype=bool)
    return both[pairs], np.broadcast_to(bought.mean(0)[:, None], pairs.shape)[pairs]


def duplication_fit(panel: Purchases) -> float:
    """Fact 13. Correlation of the share of Y's buyers who also buy X with X's penetration (Ehrenberg 1988)."""
    given, alone = _duplication(panel)
    return float(np.corrcoef(given, alone)[0, 1])


def duplication_coefficient(panel: Purchases) -> float:
    """Fact 13. The market's duplication coefficient D, by least squares through 0 (Ehrenberg 1988)."""
    given, alone = _duplication(panel)
    return float((given * alone).sum() / (alone * alone).sum())


def duplication_among_buyers(panel: Purchases) -> float:
    """Fact 13. D where penetrations are of those who bought anything in the year, not of everybody.

    b(X|Y) stays as it is and b(X) grows, so that this is D times the share of customers who bought. D of brands is of a
    whole panel, of which .52 to .92 buy the category; groceries are bought by everybody, and only this can be compared.
    """
    return duplication_coefficient(panel) * float(panel.until(YEAR).trips.any(1).mean())


def sole_buyers(panel: Purchases, weeks: int) -> float:
    """Fact 14. Share of a retailer's buyers who buy nowhere else, mean over retailers (Ehrenberg 1988)."""
    bought = panel.until(weeks).trips > 0
    sole = bought & (bought.sum(1) == 1)[:, None]
    return float((sole.sum(0) / bought.sum(0)).mean())


def sole_buyers_fall(panel: Purchases) -> float:
    """Fact 14. Least fall of the sole-buyer share, 4 weeks to a quarter, a quarter to a year (Ehrenberg 1988)."""
    month, quarter, year = (sole_buyers(panel, weeks) for weeks in (MONTH, QUARTER, YEAR))
    return min(month - quarter, quarter - year)


def top_share(spend: Array) -> float:
    """Share of sales of the top 20 % of buyers."""
    ordered = np.sort(spend[spend > 0])[::-1]
    return float(ordered[: max(1, round(TOP * ordered.size))].sum() / ordered.sum())


def concentration(panel: Purchases) -> float:
    """Fact 15. Top 20 % of households' share of everything spent in a year (Complete Journey .546)."""
    return top_share(panel.until(YEAR).spend.sum(1))


def focal_concentration(panel: Purchases, focal: int) -> float:
    """Fact 15. Top 20 % of one retailer's customers' share of its sales in a year (McCarthy & Winer .67)."""
    return top_share(panel.until(YEAR).spend[:, focal])


def frequent_concentration(panel: Purchases, focal: int) -> float:
    """Fact 15. The same of its frequent customers, who bought there in every quarter (Complete Journey .546).

    The Complete Journey is a panel of one chain's frequent shoppers: 94 % of them buy there in a quarter.
    """
    year = panel.until(YEAR)
    there = year.retailer == focal
    quarter = np.minimum((year.week[there] - 1) // QUARTER, YEAR // QUARTER - 1)
    often = _table(year.customer[there], quarter, year.size[0], YEAR // QUARTER).all(1)
    return top_share(year.spend[often, focal])


def favourite_share(panel: Purchases) -> float:
    """Fact 20. Favourite outlet's share of a customer's trips in a year, mean over customers (Complete Journey .73)."""
    trips = panel.until(YEAR).trips_to_outlets
    trips = trips[trips.sum(1) > 0]
    return float((trips.max(1) / trips.sum(1)).mean())


def favourite_share_of_spend(panel: Purchases) -> float:
    """Fact 20. Largest share of a customer's spending at one outlet, mean over customers (Complete Journey .75)."""
    year = panel.until(YEAR)
    spend = _table(year.customer, year.outlet, year.size[0], year.size[2], year.amount)
    spend = spend[spend.sum(1) > 0]
    return float((spend.max(1) / spend.sum(1)).mean())


def retailers_used(panel: Purchases) -> float:
    """Fact 21. Retailers used in a year, mean over customers (Zhang, Gangwar & Seetharaman 2017: about 6 of 14)."""
    used = (panel.until(YEAR).trips > 0).sum(1)
    return float(used[used > 0].mean())


def exclusive(panel: Purchases) -> float:
    """Fact 21. Share of customers who use one retailer only in a year (FMI 2019 13 %; Zhang et al. 2017 .9 %)."""
    used = (panel.until(YEAR).trips > 0).sum(1)
    return float((used[used > 0] == 1).mean())


def omnichannel(panel: Purchases, online: Array, channel: bool) -> float:
    """Fact 49. Money per purchase in a channel: who bought through both in a year to who bought through it alone.

    Args:
        panel: everybody's purchases.
        online: of each outlet, whether it is a digital channel.
        channel: the channel looked at: True for digital ones, False for stores.

    Returns:
        The ratio (Sopadjieva, Dholakia & Benjamin 2017: 1.04 in stores, 1.10 online); NaN where nobody does either.
    """
    year = panel.until(YEAR)
    through = online[year.outlet].astype(int)
    number = _table(year.customer, through, year.size[0], 2)
    money = _table(year.customer, through, year.size[0], 2, year.amount)
    here, other = int(channel), int(not channel)
    both = (number[:, here] > 0) & (number[:, other] > 0)
    single = (number[:, here] > 0) & (number[:, other] == 0)
    if not both.any() or not single.any():
        return float("nan")
    of_both, of_single = (money[who, here].sum() / number[who, here].sum() for who in (both, single))
    return float(of_both / of_single)


def switching(panel: Purchases) -> float:
    """Fact 22. Share of consecutive trips of a customer that go to different outlets (Complete Journey .306)."""
    year = panel.until(YEAR)
    order = np.argsort(year.customer, kind="stable")
    customer, outlet = year.customer[order], year.outlet[order]
    same = customer[1:] == customer[:-1]
    return float((outlet[1:] != outlet[:-1])[same].mean())
