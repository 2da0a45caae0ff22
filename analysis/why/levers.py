"""Which levers make an effect: Shapley values over all of a scenario's levers, every subset lived once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set

from analysis.answer import window_of
from analysis.why.outcomes import NPV, differences
from analysis.why.shapley import Attribution, attribution, needed
from simulation.provenance import Comparison
from simulation.scenario import Scenario
from simulation.variants import Branches, Variant

Progress = Callable[[float, str], None]


def attribution_to_levers(
    scenario: Scenario,
    branches: Branches,
    *,
    names: tuple[str, ...] = (NPV, "acsi"),
    progress: Progress | None = None,
) -> Mapping[str, Attribution]:
    """What each lever adds to the effect of a scenario on each figure, and which levers help or hinder one another.

    Args:
        scenario: with levers of its own.
        branches: of its baseline.
        names: "npv", "margin", or measures.
        progress: called with the share done and a message.

    Raises:
        ValueError: the scenario adds no lever to its baseline.
    """
    baseline = branches.baseline
    shared = {lever.id for lever in baseline.levers}
    causes = [lever.id for lever in scenario.levers if lever.id not in shared]
    if not causes:
        raise ValueError(f"{scenario.name} adds no lever to {baseline.name}: there is nothing to attribute")
    subsets = needed(causes, scenario.seed)
    asked = [Variant(_with_some(scenario, shared | subset)) for subset in subsets]
    lived = branches.live(asked, progress=progress)
    window = window_of(Comparison.of(scenario, baseline))
    found = [differences(branches.before, each, scenario, window, names) for each in lived]
    return {
        name: attribution(causes, {s: each[name] for s, each in zip(subsets, found, strict=True)}, scenario.seed)
        for name in names
    }


def _with_some(scenario: Scenario, names: Set[str]) -> Scenario:
    return scenario.with_levers(lever for lever in scenario.levers if lever.id in names)
