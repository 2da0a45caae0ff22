"""An explanation of a comparison: its levers, the routes of its effect, and what would turn its recommendation.

By default it is made of a smaller world than the comparison itself, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from analysis.effects import Interval
from analysis.why.flips import Flips, assumptions_of, ends_of_levers, flips
from analysis.why.levers import attribution_to_levers, subsets_of_levers
from analysis.why.ranking import kept_under_other_weights
from analysis.why.routes import Routes, attribution_to_routes
from analysis.why.shapley import Attribution
from simulation.results import EMPTY, Table
from simulation.scenario import Scenario
from simulation.variants import Branches, Variant

Progress = Callable[[float, str], None]
CUSTOMERS, REPLICATES = 2_000, 4
ROUTES = {False: 3, True: 5}  # told apart, in short and in full
WHOLE, LEVER, TOGETHER, ROUTE, OTHER, ASSUMPTION = "whole", "lever", "together", "route", "other", "assumption"
SIGN, ORDER = "sign", "order"  # shares of draws of weights that keep them
NOTHING = float("nan")
NUMBERS = ("value", "low", "high", "here", "from", "to", "at_from", "at_to", "turns_at")


class Shares(NamedTuple):
    """Of so many draws of weights, those that keep a scenario's sign, and the order of all (None: it is the only)."""

    sign: int
    order: int | None
    draws: int


@dataclass(frozen=True)
class Explanation:
    """Why a scenario has the effect it has; a part that does not apply is absent."""

    scenario: Scenario  # as large as it was lived for this
    levers: dict[str, Attribution]
    routes: dict[str, Routes]
    flips: Flips | None
    kept: Shares | None = None


def explained_together(
    scenarios: Sequence[Scenario], *, full: bool = False, threads: int | None = None, progress: Progress | None = None
) -> Table:
    """Explain scenarios, and say whether what they are worth, and their order, stand under other weights.

    Those of one baseline share its warm-ups. Rows as `as_table` has them.

    Args:
        scenarios: any questions.
        full: with all customers and replicates and every assumption of the model, instead of a small world.
        threads: cores to use; default all.
        progress: called with the share done and a message.
    """
    groups: dict[str, list[tuple[str, Scenario]]] = {}
    for scenario in scenarios:
        small = scenario if full else smaller(scenario)
        groups.setdefault(small.needed_baseline().sha256, []).append((scenario.name, small))
    each, begin, all_found = 1.0 / max(1, len(scenarios)), 0.0, []
    for group in groups.values():
        branches = Branches(group[0][1].needed_baseline(), threads=threads)
        found = []
        for place, (name, small) in enumerate(group):
            part = _part(progress, begin + each * place, begin + each * (place + 0.9))
            found.append((name, explained(small, branches, full=full, progress=part)))
        last = _part(progress, begin + each * (len(group) - 0.1), begin + each * len(group))
        all_found += _ranked(found, branches, full=full, threads=threads, progress=last)
        begin += each * len(group)
    return as_table(all_found)


def _ranked(
    found: list[tuple[str, Explanation]],
    branches: Branches,
    *,
    full: bool,
    threads: int | None,
    progress: Progress | None,
) -> list[tuple[str, Explanation]]:
    """Explanations of one baseline with how often weights drawn anew keep them; without levers there is no value."""
    paid = [(name, each) for name, each in found if each.levers]
    if not paid:
        return found
    worlds = [each.scenario for _, each in paid]
    kept = kept_under_other_weights(worlds, branches, full=full, threads=threads, progress=progress)
    order = kept.order if len(paid) > 1 else None
    shares = {name: Shares(sign, order, kept.draws) for (name, _), sign in zip(paid, kept.signs, strict=True)}
    return [(name, replace(each, kept=shares.get(name))) for name, each in found]


def explained(
    scenario: Scenario,
    branches: Branches,
    *,
    full: bool = False,
    progress: Progress | None = None,
) -> Explanation:
    """Explain what a scenario does.

    Args:
        scenario: any question.
        branches: of its baseline.
        full: more routes, and every assumption of the model.
        progress: called with the share done and a message.
    """
    baseline = branches.baseline
    levers: dict[str, Attribution] = {}
    routes: dict[str, Routes] = {}
    turns = None
    if len(scenario.levers) > len(baseline.levers):
        asked = assumptions_of(scenario, every=full)
        worlds = [*subsets_of_levers(scenario, baseline).values(), *ends_of_levers(scenario, asked)]
        branches.live([Variant(each) for each in worlds], progress=_part(progress, 0.0, 0.2))  # at once: no core waits
        levers |= attribution_to_levers(scenario, branches)
        turns = flips(scenario, branches, asked, progress=_part(progress, 0.4, 1.0))
    if [outlet.id for outlet in scenario.outlets] == [outlet.id for outlet in baseline.outlets]:
        part = _part(progress, 0.2, 0.4)
        routes |= attribution_to_routes(scenario, branches, most=ROUTES[full], progress=part)
    return Explanation(scenario, levers, routes, turns)


def smaller(scenario: Scenario) -> Scenario:
    """The scenario as large as an explanation needs it; customers of a file stay all."""
    replicates = min(scenario.replicates, REPLICATES)
    if scenario.people is not None or scenario.population.customers <= CUSTOMERS:
        return scenario.replace(replicates=replicates)
    return scenario.replace(replicates=replicates, customers=CUSTOMERS, represents=scenario.population.represents)


def _part(progress: Progress | None, begin: float, end: float) -> Progress | None:
    """Progress of a part of the whole."""
    if progress is None:
        return None
    whole = progress
    return lambda share, message: whole(begin + share * (end - begin), message)


def as_table(explanations: list[tuple[str, Explanation]]) -> Table:
    """Tidy rows: scenario, kind, name, figure and numbers.

    Kinds are "whole", "lever", "together" (two levers), "route", "other" (ways) and "assumption". An assumption has
    its value `here`, its range `from` .. `to`, net present value at both ends, and `turns_at`, where that changes sign.
    "sign" and "order" are shares of draws of weights that keep them; `replicates` has the number of draws.
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
    if explanation.kept is not None:
        of = {**size, "name": "weights", "figure": "npv", "unit": "share", "replicates": explanation.kept.draws}
        yield {**of, "kind": SIGN, "value": explanation.kept.sign / explanation.kept.draws}
        if explanation.kept.order is not None:
            yield {**of, "kind": ORDER, "value": explanation.kept.order / explanation.kept.draws}
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
