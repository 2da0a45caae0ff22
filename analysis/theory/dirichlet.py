"""The Dirichlet model of buying brands (Goodhardt, Ehrenberg & Chatfield 1984, JRSS A 147:621-655).

Purchases of the category follow the NBD, and the brand of each is drawn with a customer's own probabilities, which are
Dirichlet over customers. So a brand's purchases among n are beta-binomial, and the rest are sums over n.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.theory.nbd import distribution

Array = NDArray[np.float64]
TAIL = 1e-12  # of the number of category purchases, left out of sums


@dataclass(frozen=True)
class Dirichlet:
    """A category in a period.

    `mean` (M) is category purchases per customer, `shape` (K) that of the NBD, `diversity` (S) the sum of the
    Dirichlet's parameters: the larger, the less customers differ in what they buy.
    """

    mean: float
    shape: float
    diversity: float

    def over(self, periods: float) -> Dirichlet:
        """The same category in a period so many times as long."""
        return Dirichlet(self.mean * periods, self.shape, self.diversity)

    @cached_property
    def _numbers(self) -> Array:
        last = int(distribution(self.mean, self.shape).isf(TAIL))
        return np.arange(last + 1, dtype=float)

    @cached_property
    def _chances(self) -> Array:
        return np.asarray(distribution(self.mean, self.shape).pmf(self._numbers))

    def _none_of(self, share: float) -> Array:
        """Chance that none of n category purchases is of a brand with this share, by n."""
        return self._times(share, np.zeros_like(self._numbers))

    def _times(self, share: float, times: Array) -> Array:
        from scipy.stats import betabinom

        ours = share * self.diversity
        return np.asarray(betabinom(self._numbers, ours, self.diversity - ours).pmf(times))

    @property
    def category_penetration(self) -> float:
        """Share of customers who buy the category."""
        return float(1.0 - self._chances[0])

    def penetration(self, share: float) -> float:
        """b: share of customers who buy the brand with this market share."""
        return float(1.0 - self._chances @ self._none_of(share))

    def per_buyer(self, share: float) -> float:
        """w: purchases of the brand per buyer of it."""
        return self.mean * share / self.penetration(share)

    def category_per_buyer(self, share: float) -> float:
        """w_P: purchases of the category per buyer of the brand."""
        bought = self._numbers * self._chances * (1.0 - self._none_of(share))
        return float(bought.sum()) / self.penetration(share)

    def share_of_requirements(self, share: float) -> float:
        """SCR: the brand's share of its buyers' category purchases."""
        return self.per_buyer(share) / self.category_per_buyer(share)

    def sole_share(self, share: float) -> float:
        """Share of the brand's buyers who buy no other brand."""
        only = self._chances * self._times(share, self._numbers)
        return float(only[1:].sum()) / self.penetration(share)

    def repeat(self, share: float) -> float:
        """rho: probability that a purchase of the brand is followed by another, (alpha + 1) / (S + 1)."""
        return (share * self.diversity + 1.0) / (self.diversity + 1.0)

    def both(self, share: float, other: float) -> float:
        """Share of customers who buy both of two brands."""
        return self.penetration(share) + self.penetration(other) - self.penetration(share + other)

    def duplication(self, shares: ArrayLike) -> float:
        """D of b(X|Y) = D b(X) over all ordered pairs of brands, by least squares through 0."""
        brands = np.asarray(shares, float).tolist()
        pairs = [(x, y) for i, x in enumerate(brands) for j, y in enumerate(brands) if i != j]
        given = np.array([self.both(x, y) / self.penetration(y) for x, y in pairs])
        alone = np.array([self.penetration(x) for x, _ in pairs])
        return float(given @ alone / (alone @ alone))
