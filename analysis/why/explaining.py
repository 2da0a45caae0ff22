"""An explanation of a comparison: its levers, the routes of its effect, and what would turn its recommendation.

By default it is made of a smaller world than the comparison itself, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from analysis.effects import Interval
from analysis.why.flips import Flips, assumptions_of, flips
from analysis.why.levers import attribution_to_levers
from analysis.why.routes import Routes, attribution_to_routes
from analysis.why.shapley import Attribution
from simulation.results import EMPTY, Table
from simulation.scenario import Scenario
from simulation.variants import Branches

Progress = Callable[[float, str], None]
CUSTOMERS, REPLICATES = 2_000, 4
ROUTES = {False: 3, True: 5}  # told apart, in short and in full
WHOLE, LEVER, TOGETHER, ROUTE, OTHER, ASSUMPTION = "whole", "lever", "together", "route", "other", "assumption"
NOTHING = float("nan")
NUMBERS = ("value", "low", "high", "here", "from", "to", "at_from", "at_to", "turns_at")


@dataclass(frozen=True)
class Explanation:
    """Why a scenario has the effect it has; a part that does not apply is absent."""

    scenario: Scenario  # as large as it was lived for this
    levers: dict[str, Attribution]
    routes: dict[str, Routes]
    flips: Flips | None


def explained(
    scenario: Scenario, *, full: bool = False, threads: int | None = None, progress: Progress | None = None
) -> Explanation:
    """Explain what a scenario does.

    Args:
        scenario: any question.
        full: with all customers and replicates and every assumption of the model, instead of a small world.
        threads: cores to use; default all.
        progress: called with the share done and a message.
    """
    small = scenario if full else smaller(scenario)
    baseline = small.needed_baseline()
    branches = Branches(baseline, threads=threads)
    part = _Parts(progress)
    levers: dict[str, Attribution] = {}
    routes: dict[str, Routes] = {}
    turns = None
    if len(small.levers) > len(baseline.levers):
        levers |= attribution_to_levers(small, branches, progress=part(0.0, 0.2))
        asked = assumptions_of(small, every=full)
        turns = flips(small, branches, asked, threads=threads, progress=part(0.4, 1.0))
    if [outlet.id for outlet in small.outlets] == [outlet.id for outlet in baseline.outlets]:
        routes |= attribution_to_routes(small, branches, most=ROUTES[full], progress=part(0.2, 0.4))
    return Explanation(small, levers, routes, turns)


def smaller(scenario: Scenario) -> Scenario:
    """The scenario as large as an explanation needs it; customers of a file stay all."""
    replicates = min(scenario.replicates, REPLICATES)
    if scenario.people is not None or scenario.population.customers <= CUSTOMERS:
        return scenario.replace(replicates=replicates)
    return scenario.replace(replicates=replicates, customers=CUSTOMERS, represents=scenario.population.represents)


@dataclass(frozen=True)
class _Parts:
    """Parts of a progress."""

    progress: Progress | None

    def __call__(self, begin: float, end: float) -> Progress | None:
        if self.progress is None:
            return None
        whole = self.progress
        return lambda share, message: whole(begin + share * (end - begin), f"why: {message}")


def as_table(explanations: list[tuple[str, Explanation]]) -> Table:
    """Tidy rows: scenario, kind, name, figure and numbers.

    Kinds are "whole", "lever", "together" (two levers), "route", "other" (ways) and "assumption". An assumption has
    its value `here`, its range `from` .. `to`, net present value at both ends, and `turns_at`, where that changes sign.
    """
    rows = [{"scenario": name, **row} for name, each in explanations for row in _rows(each)]
    if not rows:
        return EMPTY
    return Table.of(
        **{key: [str(row[key]) for row in rows] for key in ("scenario", "kind", "name", "figure", "unit", "about")},
        **{key: np.array([row[key] for row in rows], np.float64) for key in NUMBERS},
        customers=np.array([row["customers"] for row in rows], np.int64),
        replicates=np.array([row["replicates"] for row in rows], np.int64),
    )


def _rows(explanation: Explanation) -> Iterator[dict[str, object]]:
    size = {
        "customers": explanation.scenario.population.customers,
        "replicates": explanation.scenario.replicates,
        **dict.fromkeys(NUMBERS, NOTHING),
        "unit": "",
        "about": "",
    }
    for figure, found in explanation.levers.items():
        yield {**size, "kind": WHOLE, "name": "all levers", "figure": figure, **_interval(found.whole)}
        for share in found.shares:
            yield {**size, "kind": LEVER, "name": share.causes[0], "figure": figure, **_interval(share.value)}
        for share in found.interactions:
            yield {
                **size,
                "kind": TOGETHER,
                "name": " + ".join(share.causes),
                "figure": figure,
                **_interval(share.value),
            }
    for figure, routes in explanation.routes.items():
        for share in routes.parts.shares:
            yield {**size, "kind": ROUTE, "name": share.causes[0], "figure": figure, **_interval(share.value)}
        yield {**size, "kind": OTHER, "name": "desks, messages, word", "figure": figure, **_interval(routes.other)}
    for swing in explanation.flips.swings if explanation.flips else ():
        assumption = swing.assumption
        yield {
            **size,
            "kind": ASSUMPTION,
            "name": assumption.path,
            "figure": "npv",
            "unit": assumption.unit,
            "about": assumption.about,
            "here": assumption.value,
            "from": assumption.low,
            "to": assumption.high,
            "at_from": swing.at_low.mean,
            "at_to": swing.at_high.mean,
            "value": swing.size,
            "turns_at": NOTHING if swing.turns_at is None else swing.turns_at,
        }


def _interval(found: Interval) -> dict[str, float]:
    return {"value": found.mean, "low": found.low, "high": found.high}
