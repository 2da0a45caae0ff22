"""Facts of failures and complaints: who stays silent, who comes again, and what a solution does to satisfaction.

Customers are asked a quarter after a failure (or after the answer to their complaint) whether they have come again.
Minor and major failures are put together by how often each occurs, so that who complains more of large losses is not
compared with who is silent about small ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulation import RetailModel
from simulation.scenario import Scenario

LOSSES = ("trivial", "minor", "major")
HURTS = ("minor", "major")
ENDS = ("quick", "late", "vain", "silent")
WARMUP, WEEKS = 26, 78


@dataclass(frozen=True)
class Service:
    """How failures ended in one market, all retailers together: (came again, asked) by loss and end."""

    repurchase: dict[tuple[str, str], tuple[int, int]]
    paradox: float  # satisfaction after a solution within the week / before the failure, less 1

    @classmethod
    def of(cls, scenario: Scenario) -> Service | None:
        """A market without service desks has nothing to say of it."""
        if not scenario.desks:
            return None
        short = scenario.replace(weeks=WEEKS, edits={"market.warmup_weeks": WARMUP})
        model = RetailModel(short)
        model.run_model()
        return cls(model.repurchase(), model.recovery_paradox())

    @cached_property
    def mix(self) -> dict[str, float]:
        """Shares of minor and major among the failures that hurt."""
        asked = {loss: sum(self.repurchase[loss, end][1] for end in ENDS) for loss in HURTS}
        return {loss: asked[loss] / sum(asked.values()) for loss in HURTS}

    def rate(self, *ends: str) -> float:
        """Share who came again after failures that ended so."""
        counts = {loss: np.sum([self.repurchase[loss, end] for end in ends], axis=0) for loss in HURTS}
        return float(sum(self.mix[loss] * again / asked for loss, (again, asked) in counts.items()))

    def silent(self, loss: str) -> float:
        """Share of failures of a size that nobody complained of."""
        return self.repurchase[loss, "silent"][1] / sum(self.repurchase[loss, end][1] for end in ENDS)


def most_silent(service: Service) -> float:
    """Fact 32. Largest share of silent failures over sizes of the loss (TARP: up to 97 %)."""
    return max(service.silent(loss) for loss in LOSSES)


def least_silent(service: Service) -> float:
    """Fact 32. Smallest share of silent failures over sizes of the loss (TARP: from 30 %)."""
    return min(service.silent(loss) for loss in LOSSES)


def silence_falls(service: Service) -> float:
    """Fact 32. Least fall of the silent share from a size of loss to the next."""
    shares = [service.silent(loss) for loss in LOSSES]
    return float(-np.diff(shares).max())


def repurchase_order(service: Service) -> float:
    """Fact 33. Least step of repurchase from solved to complained of in vain to silent (TARP: strict)."""
    rates = [service.rate("quick", "late"), service.rate("vain"), service.rate("silent")]
    return float(-np.diff(rates).max())


def repurchase_quick(service: Service) -> float:
    """Fact 33. Repurchase after a quick solution (TARP: .82 or more)."""
    return service.rate("quick")


def repurchase_speed(service: Service) -> float:
    """Fact 33. Repurchase after a quick solution less after a late one (TARP: above 0)."""
    return service.rate("quick") - service.rate("late")
