"""Which levers make an effect: Shapley values over all of a scenario's levers, every subset lived once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.answer import window_of
from analysis.why.outcomes import NPV, differences
from analysis.why.shapley import Attribution, Subset, attribution, needed
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
    asked = subsets_of_levers(scenario, baseline)
    causes, subsets = _causes(scenario, baseline), list(asked)
    lived = branches.live([Variant(each) for each in asked.values()], progress=progress)
    window = window_of(Comparison.of(scenario, baseline))
    found = [differences(branches.before, each, scenario, window, names) for each in lived]
    return {
        name: attribution(causes, {s: each[name] for s, each in zip(subsets, found, strict=True)}, scenario.seed)
        for name in names
    }


def subsets_of_levers(scenario: Scenario, baseline: Scenario) -> dict[Subset, Scenario]:
    """The scenario with every subset of the levers that it adds, as far as attribution asks for them.

    Raises:
        ValueError: the scenario adds no lever to its baseline.
    """
    causes = _causes(scenario, baseline)
    if not causes:
        raise ValueError(f"{scenario.name} adds no lever to {baseline.name}: there is nothing to attribute")
    return {
        subset: scenario.with_levers(lever for lever in scenario.levers if lever.id not in causes or lever.id in subset)
        for subset in needed(causes, scenario.seed)
    }


def _causes(scenario: Scenario, baseline: Scenario) -> list[str]:
    shared = {lever.id for lever in baseline.levers}
    return [lever.id for lever in scenario.levers if lever.id not in shared]
