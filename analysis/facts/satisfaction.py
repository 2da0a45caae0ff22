"""Facts of satisfaction: how it is distributed over customers, and how little of their wallets it explains."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.facts.purchases import YEAR, Purchases
from simulation.results import RunResults

Array = NDArray[Any]


def stock_of_buyers(results: RunResults, panel: Purchases) -> Array:
    """Cumulative satisfaction at the end by customer and retailer: of a year's buyers who have not left, else NaN.

    A survey such as the ACSI asks those with recent experience; who has not been there for a year has none.
    """
    table = results.customers.where(replicate=0, status="active")
    names = [retailer.id for retailer in results.scenario.retailers]
    found = np.full(panel.size[:2], np.nan)
    retailer = np.array([names.index(word) for word in table["retailer"]], np.int64)
    found[table["customer_id"].astype(np.int64), retailer] = table["satisfaction"]
    return np.where(panel.until(YEAR).trips > 0, found, np.nan)


def skewness(stock: Array) -> float:
    """Fact 26. Skewness of satisfaction over customers and retailers (Peterson & Wilson 1992: negative)."""
    values = stock[np.isfinite(stock)]
    deviation = values - values.mean()
    return float((deviation**3).mean() / (deviation**2).mean() ** 1.5)


def level(stock: Array) -> float:
    """Fact 26. Mean satisfaction on the scale of 0 to 100 (ACSI)."""
    return 100.0 * float(np.nanmean(stock))


def spread(stock: Array) -> float:
    """Fact 27. Highest less lowest retailer, on the scale of 0 to 100 (ACSI)."""
    means = 100.0 * np.nanmean(stock, axis=0)
    return float(means.max() - means.min())


def _of_several(stock: Array, spend: Array) -> tuple[Array, Array, Array]:
    """Who used two retailers or more: satisfaction (NaN elsewhere), share of wallet, mask of the retailers used."""
    used = np.isfinite(stock)
    several = used.sum(1) > 1
    stock, used = stock[several], used[several]
    money = np.where(used, spend[several], 0.0)
    return stock, money / money.sum(1, keepdims=True), used


def wallet_by_level(stock: Array, spend: Array) -> float:
    """Fact 42. Squared correlation of satisfaction with actual share of wallet (Keiningham et al.: about .01)."""
    satisfaction, share, used = _of_several(stock, spend)
    return float(np.corrcoef(satisfaction[used], share[used])[0, 1] ** 2)


def wallet_by_rank(stock: Array, spend: Array) -> float:
    """Squared correlation of share of wallet with the rank of satisfaction among the retailers used, 0 (least) to 1."""
    satisfaction, share, used = _of_several(stock, spend)
    place = np.argsort(np.argsort(np.where(used, satisfaction, np.inf), axis=1), axis=1)
    rank = place / (used.sum(1, keepdims=True) - 1.0)
    return float(np.corrcoef(rank[used], share[used])[0, 1] ** 2)


def rank_beats_level(stock: Array, spend: Array) -> float:
    """Fact 42. What the rank of satisfaction explains of share of wallet beyond its level (Keiningham et al. 2011)."""
    return wallet_by_rank(stock, spend) - wallet_by_level(stock, spend)
