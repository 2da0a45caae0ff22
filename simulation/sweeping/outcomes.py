"""What is kept of a run: levels, differences from its baseline, and money; and when it is known well enough."""

from __future__ import annotations

from collections.abc import Sequence

from simulation.parameters import MEASURES
from simulation.scenario import Scenario
from simulation.sweeping.study import EFFECT, MONEY, Study
from simulation.variants import Outcome

Values = tuple[float, ...]


def wants_more(study: Study, values: Sequence[Values]) -> bool:
    """Whether a point with these replicates needs another: decided by its own values alone, in their order."""
    if len(values) < study.replicates:
        return True
    rule = study.stopping
    if rule is None or len(values) >= rule.most_replicates:
        return False
    from analysis.effects import interval

    found = interval([each[study.outcomes.index(rule.outcome)] for each in values])
    return not (found.high - found.low) / 2.0 <= rule.half_width


def values_of(
    names: Sequence[str], scenario: Scenario, first_week: int, before: Outcome | None, after: Outcome
) -> Values:
    """The outcomes of one replicate: levels over all weeks, and differences over those from `first_week` on."""
    from analysis.effects import Window
    from analysis.why.outcomes import differences, over_window

    levels = {name for name in names if name not in MONEY and not name.endswith(EFFECT)}
    found = {
        name: float(over_window(after.weekly.where(measure=name), Window(1, scenario.weeks))[0]) for name in levels
    }
    if before is not None:
        window = Window(first_week, scenario.weeks)
        asked = {name: name.removesuffix(EFFECT) for name in names if name not in levels}
        changes = differences(before, after, scenario, window, tuple(set(asked.values())))
        found |= {name: float(changes[measure][0]) for name, measure in asked.items()}
    return tuple(found[name] for name in names)


def unit_of(name: str) -> str:
    """The unit of an outcome."""
    return "currency" if name in MONEY else MEASURES[name.removesuffix(EFFECT)].unit


def label_of(name: str) -> str:
    """An outcome in words."""
    if name in MONEY:
        return {"npv": "NPV", "margin": "margin gained", "cost": "cost"}[name]
    label = MEASURES[name.removesuffix(EFFECT)].label
    return f"effect on {label}" if name.endswith(EFFECT) else label
