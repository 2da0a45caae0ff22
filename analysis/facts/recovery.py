"""What a failure that was solved does to coming again: the same people in the same weeks, with the failure and without.

Frequent visitors fail more often and come again more often, and who complains is loyal: so whoever complained and was
satisfied is compared with themselves. Two worlds share people and luck; once a quarter, one of them has a week in which
nothing fails. Pairs are links whose complaint of that week was solved within it, where the other world's customer
visited the same retailer in the same week.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation import RetailModel
from simulation.scenario import Scenario

Array = NDArray[Any]
QUARTER = 13  # weeks after the failure
WARMUP, QUARTERS = 26, 6
ALL = 1.0  # share of failures prevented


@dataclass(frozen=True)
class Recovery:
    """Pairs of one market: visits in the quarter after a solved failure and without it, and satisfaction that week."""

    visits: Array
    visits_without: Array
    satisfaction: Array
    satisfaction_without: Array

    @classmethod
    def of(cls, scenario: Scenario) -> Recovery | None:
        """A market without service desks solves nothing."""
        if not scenario.desks:
            return None
        short = scenario.replace(weeks=(QUARTER + 1) * QUARTERS, edits={"market.warmup_weeks": WARMUP})
        models = RetailModel(short), RetailModel(short)
        quarters = [_quarter(*models) for _ in range(QUARTERS)]
        return cls(*(np.concatenate(parts) for parts in zip(*quarters, strict=True)))

    def repurchase(self) -> float:
        """Fact 34b. Share who come again after a solved failure, less that of the same without it (de Matos: none)."""
        return _mean(self.visits > 0) - _mean(self.visits_without > 0)

    def frequency(self) -> float:
        """Fact 34c. Visits in the quarter after a solved failure over those of the same without it, less 1."""
        return _mean(self.visits) / _mean(self.visits_without) - 1.0

    def paradox(self) -> float:
        """Mean satisfaction after a solved failure over that of the same without it, less 1."""
        return _mean(self.satisfaction) / _mean(self.satisfaction_without) - 1.0


def _mean(values: Array) -> float:
    """NaN where no failure was solved."""
    return float(values.mean()) if values.size else float("nan")


def _quarter(failing: RetailModel, calm: RetailModel) -> tuple[Array, Array, Array, Array]:
    """A week that is calm in one world, and a quarter in both; what came of the pairs."""
    learned = calm.world.market.learning["fewer_failures"].copy()
    calm.world.market.learning["fewer_failures"] = ALL
    for model in (failing, calm):
        model.step()
    calm.world.market.learning["fewer_failures"] = learned
    pairs = failing.solved_this_week() & calm.visited_since(1)
    pairs &= failing.world.links.retailer == calm.world.links.retailer
    satisfaction = [model.world.links.level("satisfaction")[pairs] for model in (failing, calm)]
    before = [model.world.links.visits.astype(np.int64) for model in (failing, calm)]
    for model in (failing, calm):
        for _ in range(QUARTER):
            model.step()
    visits = [(model.world.links.visits - was)[pairs] for model, was in zip((failing, calm), before, strict=True)]
    stayed = (visits[0] >= 0) & (visits[1] >= 0)  # who moves away is replaced by somebody who has been nowhere
    return visits[0][stayed], visits[1][stayed], satisfaction[0][stayed], satisfaction[1][stayed]
