"""The model's weights, what they come to over a visit, and weights that come to given shares.

A determinant counts at a touchpoint as far as it is present there, so that its share in the effect on a whole visit is
not its base weight: the brand is met at discovery, staff at advice, which few visits have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.calibration.answers import Floats
from simulation.parameters import (
    DETERMINANT_NAMES,
    DETERMINANTS,
    DIMENSION_NAMES,
    DIMENSIONS,
    PARAMETERS,
    TOUCHPOINT_NAMES,
)

if TYPE_CHECKING:
    from simulation.scenario import Scenario

ROUNDS, FITTINGS = 25, 30  # towards given shares; of proportional fitting within each


@dataclass(frozen=True)
class Weights:
    """Weights before moderation: `base` (determinants, dimensions), `dimensions`; columns sum to 1.

    `met` (touchpoints,) is how often a visit has each touchpoint, `presence` (touchpoints, determinants) how far each
    determinant is there.
    """

    base: Floats
    dimensions: Floats
    met: Floats
    presence: Floats

    @classmethod
    def of(cls, scenario: Scenario | None = None) -> Weights:
        """Those of a scenario, or of the data files."""
        own = {} if scenario is None else scenario.weights
        whole = {} if scenario is None else scenario.dimensions
        numbers = {} if scenario is None else scenario.parameters
        base = np.array(
            [[own.get(d, {}).get(k, DETERMINANTS[k].weights[d]) for d in DIMENSION_NAMES] for k in DETERMINANT_NAMES]
        )
        dimensions = np.array([whole.get(d, DIMENSIONS[d].value) for d in DIMENSION_NAMES])
        rare = {
            name: numbers.get(f"{name}_share", PARAMETERS[f"{name}_share"].value) for name in ("advice", "aftercare")
        }
        met = np.array([rare.get(name, 1.0) for name in TOUCHPOINT_NAMES])
        presence = np.array([[DETERMINANTS[k].touchpoints[t] for k in DETERMINANT_NAMES] for t in TOUCHPOINT_NAMES])
        return cls(base / base.sum(axis=0), dimensions / dimensions.sum(), met / met.sum(), presence)

    @property
    def shares(self) -> Floats:
        """The share of each determinant in the effect on a visit."""
        return np.asarray(self.shares_of(self.base[None])[0])

    def shares_in(self, dimension: int) -> Floats:
        """The share of each determinant in the effect on one dimension of a visit."""
        return np.asarray(self.by_dimension(self.base[None])[0, :, dimension])

    def by_dimension(self, base: Floats) -> Floats:
        """Shares in the effect on each dimension, (draws, determinants, dimensions), of such base weights."""
        found = np.zeros_like(base)
        for share, there in zip(self.met, self.presence, strict=True):
            pull = base * there[:, None]
            found += share * pull / pull.sum(axis=1, keepdims=True)
        return found

    def shares_of(self, base: Floats) -> Floats:
        """Shares in the effect on the whole visit, (draws, determinants), of base weights."""
        return np.asarray(self.by_dimension(base) @ self.dimensions)

    def with_shares(self, shares: Floats) -> Floats:
        """Base weights (draws, determinants, dimensions) with given shares (draws, determinants) in the effect.

        They are as near as can be to the base weights there were: ratios within a determinant stay, zeros too.
        """
        known = np.maximum(self.shares, np.finfo(float).tiny)
        totals = shares * (self.base @ self.dimensions) / known
        base = split(totals, self.base, self.dimensions)
        for _ in range(ROUNDS):
            now = self.shares_of(base)
            totals = totals * np.divide(shares, now, out=np.ones_like(now), where=now > 0)
            base = split(totals, self.base, self.dimensions)
        return base

    def with_shares_in(self, dimension: int, shares: Floats) -> Floats:
        """Base weights of one dimension (draws, determinants) with given shares in the effect on it."""
        base = np.broadcast_to(shares[:, :, None], (*shares.shape, 1))
        for _ in range(ROUNDS):
            now = self.by_dimension(base)
            ratio = np.divide(shares[:, :, None], now, out=np.ones_like(now), where=now > 0)
            base = base * ratio
            base = base / base.sum(axis=1, keepdims=True)
        return np.asarray(base[:, :, 0])


def split(totals: Floats, base: Floats, dimensions: Floats) -> Floats:
    """Weights of determinants in each dimension that have given totals, as near as can be to base weights.

    Iterative proportional fitting (Deming & Stephan 1940): the ratios of the base stay, its zeros too.

    Args:
        totals: (draws, determinants) shares of the whole, in any scale.
        base: (determinants, dimensions) base weights; each column sums to 1.
        dimensions: (dimensions,) weights of the dimensions; they sum to 1.

    Returns:
        (draws, determinants, dimensions), each column of each draw sums to 1.
    """
    wanted = totals / totals.sum(axis=1, keepdims=True)
    cells = np.broadcast_to(base * dimensions, (len(wanted), *base.shape)).copy()
    for _ in range(FITTINGS):
        across = cells.sum(axis=2, keepdims=True)
        cells *= np.divide(wanted[:, :, None], across, out=np.zeros_like(across), where=across > 0)
        down = cells.sum(axis=1, keepdims=True)
        cells *= np.divide(dimensions, down, out=np.zeros_like(down), where=down > 0)
    return np.asarray(np.divide(cells, dimensions, out=np.zeros_like(cells), where=dimensions > 0))
