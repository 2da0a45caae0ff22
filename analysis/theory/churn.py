"""Shifted-beta-geometric retention (Fader & Hardie 2007, J. Interactive Marketing 21:76-90).

Every customer leaves at the end of a period with a probability of their own, beta over customers, that never changes.
The retention of the cohort rises with tenure all the same: who stays is who was likely to.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class Churn(NamedTuple):
    """The beta distribution of leaving probabilities."""

    alpha: float
    beta: float

    @property
    def mean(self) -> float:
        """Mean probability to leave after the first period."""
        return self.alpha / (self.alpha + self.beta)

    def retention(self, period: ArrayLike) -> Array:
        """Share of those still there at the start of a period (from 1) who stay beyond it."""
        later = self.beta + np.asarray(period, float) - 1.0
        return np.asarray(later / (self.alpha + later))

    def survival(self, periods: ArrayLike) -> Array:
        """Share still there after so many periods: B(alpha, beta + t) / B(alpha, beta)."""
        from scipy.special import betaln

        later = betaln(self.alpha, self.beta + np.asarray(periods, float))
        return np.asarray(np.exp(later - betaln(self.alpha, self.beta)))


def fitted(survival: ArrayLike) -> Churn:
    """Maximum likelihood from the shares still there after 0, 1, 2, ... periods; the last are censored."""
    from scipy.optimize import minimize

    there = np.asarray(survival, float)
    periods = np.arange(there.size)

    def loss(logs: Array) -> float:
        stay = Churn(*np.exp(logs).tolist()).survival(periods)
        return float(np.diff(there) @ np.log(-np.diff(stay)) - there[-1] * np.log(stay[-1]))

    found = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    return Churn(*np.exp(found.x).tolist())
