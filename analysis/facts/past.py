"""Fact 55: what experience at t does to experience at t+1, and what is lost without that arrow.

Cut is every stock of experience that enters the felt experience of a visit: what is usual for the customer takes the
place of the stock of the four dimensions (`past_strength`), and of the stock of the other channel (`integration`). The
weight of the past stays, so that the luck of a visit counts as before. Expectations stay, and so does
everything that experience does afterwards: satisfaction, habit, choice, leaving.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation import RetailModel
from simulation.parameters import PARAMETERS, STATUSES
from simulation.scenario import Scenario

Array = NDArray[Any]
MONTHS = 12


class Course(NamedTuple):
    """What a market shows of memory."""

    autocorrelation: float  # of experience at a retailer, from one visit to the next
    dispersion: float  # sd over active links of the yearly retention that satisfaction implies


def without_past(scenario: Scenario) -> Scenario:
    """The same market with the arrow from t-1 cut: instead of what is remembered, what is usual enters the visit."""
    edits = {"parameters.past_strength": 0.0}
    return scenario.replace(edits={**edits, **{f"retailer.{r.id}.integration": 0.0 for r in scenario.retailers}})


def course_of(scenario: Scenario) -> Course:
    """Live the scenario's weeks, reading experience of single visits from how far they moved the will expectation.

    W moves by max(floor, 1 / (prior + n)) of the way to X; a link with one visit in a week therefore tells its X.
    """
    model = RetailModel(scenario)
    links = model.world.links
    last = np.full(links.will.shape, np.nan)
    pairs = []
    while model.week < scenario.weeks:
        will, visits, retailer = links.will.astype(float), links.visits.copy(), links.retailer.copy()
        model.step()
        once = (links.visits - visits == 1) & (links.retailer == retailer)
        gain = np.maximum(_value("learning_floor"), 1.0 / (_value("learning_prior") + visits))
        met = np.where(once, will + (links.will - will) / gain, np.nan)
        both = once & np.isfinite(last)
        pairs.append((last[both], met[both]))
        last = np.where(links.visits != visits, met, last)
    before, after = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return Course(float(np.corrcoef(before, after)[0, 1]), _dispersion(model))


def _value(name: str) -> float:
    return PARAMETERS[name].value


def _dispersion(model: Any) -> float:
    links = model.world.links
    active = (links.retailer >= 0) & (links.status == STATUSES.index("active")) & (links.visits > 0)
    above = links.level("satisfaction")[active] - _value("leaving_known_at")
    log_odds = _value("leaving_monthly") - _value("leaving_slope") * above
    return float(((1.0 - 1.0 / (1.0 + np.exp(-log_odds))) ** MONTHS).std())
