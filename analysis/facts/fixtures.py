"""Facts 1, 2, 3, 4, 5, 7, 8 and 9: how far our formulas are from published numbers. No market is needed for them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from analysis.calibration import buyers
from analysis.theory import amss, churn, nbd, published, value, wallet

MEANS, SHAPES = (0.3, 1.456, 15.9), (0.3, 0.78, 1.13)  # of the NBD: a brand, a category, trips to grocers
BOUGHT = 6  # purchases below which conditional means are checked
SHARES = ("share_of_requirements", "sole_share", "repeat")
PURCHASES = ("per_buyer", "category_per_buyer")


def furthest(found: Iterable[float], known: Iterable[float]) -> float:
    """Largest distance of found numbers from known ones."""
    return float(np.abs(np.subtract(list(found), list(known))).max())


def nbd_identities() -> float:
    """Fact 1. Identities of the NBD against sums over its distribution (Ehrenberg 1988)."""
    return max(_nbd_error(mean, shape) for mean in MEANS for shape in SHAPES)


def _nbd_error(mean: float, shape: float) -> float:
    """Of r purchases in two periods, all fall into the first with probability 1/2^r; E(rate | r) is Robbins' (1956)."""
    one, two = nbd.distribution(mean, shape), nbd.distribution(2.0 * mean, shape)
    counts = np.arange(1, int(one.isf(1e-15)) + 2)
    again = one.pmf(counts) - two.pmf(counts) * 0.5**counts
    few = np.arange(BOUGHT)
    summed = [one.pmf(0), one.pmf(counts).sum(), one.mean() / one.pmf(counts).sum(), again.sum(), counts @ again]
    formulas = (nbd.zeros, nbd.penetration, nbd.per_buyer, nbd.repeat_buyers, nbd.bought_by_repeat_buyers)
    after = (few + 1.0) * one.pmf(few + 1) / one.pmf(few)
    found = [*(formula(mean, shape) for formula in formulas), *nbd.expected_after(few, mean, shape)]
    return furthest(found, [*summed, *after])


def toothpaste_shares() -> float:
    """Fact 2. Shares and penetrations of the Dirichlet toothpaste (Goodhardt, Ehrenberg & Chatfield 1984)."""
    market, brands = published.TOOTHPASTE, published.toothpaste("share").tolist()
    cells = [_brand_error(name, brands) for name in ("penetration", *SHARES)]
    longer = [market.over(quarters) for quarters in published.QUARTERS]
    category = furthest((each.category_penetration for each in longer), published.CATEGORY_BY_QUARTERS)
    colgate = furthest((each.penetration(brands[0]) for each in longer), published.COLGATE_BY_QUARTERS)
    return max(*cells, category, colgate)


def toothpaste_purchases() -> float:
    """Fact 2. Purchases per buyer, and the duplication coefficient (Goodhardt, Ehrenberg & Chatfield 1984)."""
    brands = published.toothpaste("share").tolist()
    duplication = abs(published.TOOTHPASTE.duplication(brands) - published.TOOTHPASTE_DUPLICATION)
    return max(*(_brand_error(name, brands) for name in PURCHASES), duplication)


def _brand_error(name: str, shares: list[float]) -> float:
    formula = getattr(published.TOOTHPASTE, name)
    return furthest((formula(share) for share in shares), published.toothpaste(name))


def repeat_buying() -> float:
    """Fact 3. The BG/NBD of CDNOW: a new customer's purchases, the chance of none, one customer's to come.

    Fader, Hardie & Lee 2005. The model is the one that forecasts are held against.
    """
    model, weeks = buyers.BgNbd(*published.CDNOW_BG_NBD), published.CDNOW_WEEKS
    bought, last, age = (np.array([figure]) for figure in published.CDNOW_CUSTOMER)
    found = [
        float(buyers.bg_nbd_expected(model, weeks)),
        float(buyers.bg_nbd_zero_probability(model, weeks)),
        float(buyers.bg_nbd_conditional(model, bought, last, age, weeks)[0]),
    ]
    return furthest(found, [published.CDNOW_EXPECTED, published.CDNOW_NONE, published.CDNOW_CUSTOMER_EXPECTED])


def cohort_retention() -> float:
    """Fact 4. The sBG fitted on seven years, and its year twelve, for both cohorts (Fader & Hardie 2007)."""
    return max(_cohort_error(name) for name in published.COHORTS)


def _cohort_error(name: str) -> float:
    known, foretold = published.COHORTS[name]
    found = churn.fitted(published.survival(name)[: published.FITTED_YEARS + 1])
    return furthest([*found, float(found.survival(published.FORETOLD_YEAR))], [*known, foretold])


def lifetime_values() -> float:
    """Fact 5. Multiples of the margin and elasticities to retention (Gupta, Lehmann & Stuart 2004)."""
    known = [figure for row in published.VALUES for figure in row[1:]]
    formulas = (value.multiple, value.retention_elasticity)
    return furthest((formula(row[0], published.DISCOUNT) for row in published.VALUES for formula in formulas), known)


def wallets() -> float:
    """Fact 7. Shares of wallet by rank, and their sum (Keiningham et al. 2011)."""
    shares = {used: [wallet.share_of_wallet(rank, used) for rank in range(1, used + 1)] for used in published.WALLETS}
    by_rank = max(furthest(shares[used], known) for used, known in published.WALLETS.items())
    return max(by_rank, furthest(map(sum, shares.values()), [1.0] * len(shares)))


def sales_split() -> float:
    """Fact 8. Who gets the sales of those ready to purchase (Zhang & Vaver 2017)."""
    splits = [amss.split(each, published.AMSS_COMPETITOR, published.AMSS_REPLACED) for each in published.AMSS_DEMAND]
    mixed = np.array(published.AMSS_MIX) @ np.array(splits)
    brand = furthest((each.brand for each in splits), published.AMSS_BRAND)
    return max(brand, furthest(mixed, published.AMSS_SPLIT))


def airline_return() -> float:
    """Fact 9. Return on the airline's investment (Rust, Lemon & Zeithaml 2004)."""
    return abs(value.return_on(published.AIRLINE_GAIN, published.AIRLINE_SPENT) - published.AIRLINE_RETURN)
