"""Through what an effect goes: Shapley values over what customers meet.

A route is closed by holding what customers meet there at the baseline's, week by week; so the baseline itself stays as
it is. What remains when all routes are closed goes by no offer at all: by service desks, messages, and word of mouth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np

from analysis.answer import window_of
from analysis.effects import Interval, interval
from analysis.why.outcomes import MARGIN, differences
from analysis.why.shapley import Attribution, attribution, needed
from simulation.parameters import DETERMINANTS, PARAMETERS
from simulation.provenance import Comparison
from simulation.scenario import Scenario
from simulation.variants import MET, Branches, Outcome, Variant

Progress = Callable[[float, str], None]
ROUTES: Mapping[str, tuple[str, ...]] = {  # columns of offers that are a route together
    **{name: (name,) for name in DETERMINANTS},
    "price": ("price", "price_index", "log_price", "cost_share"),
    "waiting": ("queue", "wait"),
    "failures": ("failure_rate",),
    "stock": ("stock_out",),
}
SEEN_BY = {  # the measure that tells whether anything changed on a route, and what a unit of it is worth as a level
    **{name: (f"level_{name}", fmean(row.weights.values())) for name, row in DETERMINANTS.items()},
    "price": ("level_price", 1.0),  # it moves choice, basket and margin besides
    "waiting": ("wait_minutes", PARAMETERS["speed_per_minute"].value),
    "failures": ("failures", PARAMETERS["failure_loss_minor"].value),
    "stock": ("stock_outs", PARAMETERS["stock_out_loss"].value),
}
REST = "what else is offered"
MOST = 4  # routes told apart by default; each one more doubles the work


class Routes(NamedTuple):
    """How an effect on one figure is parted over routes, and what goes by none of them."""

    parts: Attribution
    other: Interval


def attribution_to_routes(
    scenario: Scenario,
    branches: Branches,
    *,
    names: tuple[str, ...] = (MARGIN, "acsi"),
    most: int = MOST,
    progress: Progress | None = None,
) -> Mapping[str, Routes]:
    """Through what the effect of a scenario goes, figure by figure.

    Args:
        scenario: any question with the outlets of its baseline.
        branches: of its baseline.
        names: "margin", or measures.
        most: routes told apart; those that changed least are one.
        progress: called with the share done and a message.

    Raises:
        ValueError: the scenario opens or closes outlets.
    """
    window = window_of(Comparison.of(scenario, branches.baseline))
    before, (open_,) = branches.before, branches.live([Variant(scenario)])
    routes = _told_apart(before, open_, most)
    subsets = needed(list(routes), scenario.seed)
    asked = [Variant(scenario, _closed(routes, subset)) for subset in subsets]
    lived = branches.live(asked, progress=progress)
    found = [differences(before, each, scenario, window, names) for each in lived]
    values = {name: {s: each[name] for s, each in zip(subsets, found, strict=True)} for name in names}
    return {
        name: Routes(attribution(list(routes), values[name], scenario.seed), interval(values[name][frozenset()]))
        for name in names
    }


def _told_apart(before: Outcome, after: Outcome, most: int) -> dict[str, tuple[str, ...]]:
    """The routes on which most changed; the rest together, last."""
    changes = {route: worth * _change(before, after, measure) for route, (measure, worth) in SEEN_BY.items()}
    first = sorted((route for route, change in changes.items() if change > 0.0), key=lambda route: -changes[route])
    chosen = {route: ROUTES[route] for route in first[: most - 1]}
    named = {column for columns in chosen.values() for column in columns}
    return {**chosen, REST: tuple(column for column in MET if column not in named)}


def _change(before: Outcome, after: Outcome, measure: str) -> float:
    """Mean absolute change of a weekly measure."""
    old, new = (each.weekly.where(measure=measure)["value"] for each in (before, after))
    changes = np.abs(new - old)
    return float(np.nanmean(changes)) if np.isfinite(changes).any() else 0.0


def _closed(routes: Mapping[str, Sequence[str]], open_: frozenset[str]) -> frozenset[str]:
    """The columns of all routes that are not open."""
    return frozenset(column for route, columns in routes.items() if route not in open_ for column in columns)
