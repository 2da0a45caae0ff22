"""A budget over the levers of a scenario: the search by simulation, and its winner judged on other luck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.answer import window_of
from analysis.effects import Estimates, joint_estimate
from analysis.money import chance_above_zero
from analysis.optimising.information import Worth, value_of_knowing
from analysis.optimising.search import SCORES, Allocation, Dial, Look, Search, conditional_value_at_risk, searched
from analysis.why.outcomes import COST, NPV, differences
from simulation.parameters import LEVERS
from simulation.provenance import Comparison
from simulation.scenario import Lever, Scenario, dials_of
from simulation.uncertainty import draws_of
from simulation.variants import Branches, Outcome, Variant

Floats = NDArray[np.float64]
Progress = Callable[[float, str], None]
OTHER_LUCK = 1  # what is added to the seed for the judgement
JUDGED = 24  # replicates of the judgement, at least
EACH = 2  # replicates that share a draw in the judgement
FRONT = (0.25, 0.5, 0.75, 1.0)  # budgets of the front, as shares


class Option(NamedTuple):
    """An allocation judged on other luck.

    `cvar` is the mean of the worst fifth of replicates. `regret` is how much is lost, on average over draws of what is
    not known, beside whichever of the best, the equal split and nothing would have been best in that draw.
    """

    name: str
    allocation: Allocation
    npv: float
    low: float
    high: float
    p_positive: float
    cvar: float
    cost: float
    regret: float = float("nan")


@dataclass(frozen=True)
class Plan:
    """The best split of a budget that was found, what it is worth beside others, and what knowing more would be."""

    scenario: Scenario
    search: Search
    options: tuple[Option, ...]  # the best first, then the equal split and nothing
    front: tuple[tuple[float, Option], ...]  # a budget, and the best within it
    everything: Worth
    each: tuple[Worth, ...]

    @property
    def best(self) -> Option:
        """The best split."""
        return self.options[0]


def dials_of_scenario(scenario: Scenario) -> list[Dial]:
    """What the scenario says can be set; by default the main field of every lever of its own."""
    given = scenario.optimise.levers
    if given:
        return [Dial(name, float(bounds["min"]), float(bounds["max"])) for name, bounds in given.items()]
    shared = {lever.id for lever in scenario.needed_baseline().levers}
    return [_main_dial(lever) for lever in scenario.levers if lever.id not in shared and dials_of(lever.kind)]


def _main_dial(lever: Lever) -> Dial:
    """The first field that can be turned, from nothing to the most that evidence covers, else that is allowed."""
    name = dials_of(lever.kind)[0]
    row = LEVERS[lever.kind].fields[name]
    return Dial(f"{lever.id}.{name}", 0.0, (row.seen or (0.0, row.high))[1])


def bought(scenario: Scenario, dials: Sequence[Dial], allocation: Allocation) -> Scenario:
    """The scenario with its dials set; a lever all of whose dials are at 0 is not bought."""
    settings: dict[str, dict[str, float]] = {}
    for dial, value in zip(dials, allocation, strict=True):
        lever, _, field = dial.name.partition(".")
        settings.setdefault(lever, {})[field] = value
    idle = {lever for lever, fields in settings.items() if not any(fields.values())}
    kept = [lever for lever in scenario.levers if lever.id not in idle]
    return scenario.with_levers(
        lever.model_copy(update={"fields": {**lever.fields, **settings.get(lever.id, {})}}) for lever in kept
    )


def optimised(scenario: Scenario, *, threads: int | None = None, progress: Progress | None = None) -> Plan:
    """Split the budget of a scenario over its levers.

    Args:
        scenario: with `[optimise] budget`; its size is that of every look.
        threads: cores to use; default all.
        progress: called with the share done and a message.

    Raises:
        ValueError: no budget is given, there is nothing to set, or nothing can be afforded.
    """
    if scenario.optimise.budget is None:
        raise ValueError("there is no budget: write budget = ... under [optimise], or give --budget")
    dials = dials_of_scenario(scenario)
    if not dials:
        raise ValueError(f"{scenario.name} adds no lever that could be set")
    look = _Looking(scenario, dials, threads, progress)
    score = SCORES[scenario.optimise.objective]
    found = searched(dials, scenario.optimise.budget, look, score, _excluded(scenario, dials))
    return _judged(scenario, found, threads, progress)


def _excluded(scenario: Scenario, dials: Sequence[Dial]) -> list[frozenset[str]]:
    """Sets of dials instead of sets of levers."""
    return [
        frozenset(dial.name for dial in dials if dial.name.partition(".")[0] in names)
        for names in scenario.optimise.exclude
    ]


class _Looking:
    """Looks at allocations by simulation, from warm-ups that are kept."""

    def __init__(
        self, scenario: Scenario, dials: Sequence[Dial], threads: int | None, progress: Progress | None
    ) -> None:
        self.scenario, self.dials, self.progress = scenario, dials, progress
        baseline = scenario.needed_baseline()
        self.branches = Branches(baseline, threads=threads, progress=progress)
        self.window = window_of(Comparison.of(scenario, baseline))

    def __call__(self, asked: Sequence[Allocation]) -> list[Look]:
        variants = [Variant(bought(self.scenario, self.dials, each)) for each in asked]
        return [self._look(each) for each in self.branches.live(variants, progress=self.progress)]

    def _look(self, outcome: Outcome) -> Look:
        found = differences(self.branches.before, outcome, self.scenario, self.window, (NPV, COST))
        return Look(found[NPV], float(found[COST].mean()))


def _judged(scenario: Scenario, found: Search, threads: int | None, progress: Progress | None) -> Plan:
    """What was found, on other luck and with what is not known drawn."""
    other = scenario.replace(
        seed=scenario.seed + OTHER_LUCK,
        replicates=max(scenario.replicates, JUDGED),
        edits={"uncertainty.replicates_each": EACH},
    )
    look = _Looking(other, found.dials, threads, progress)
    budgets = [share * found.budget for share in FRONT]
    asked = {"best": found.best, "equal split": found.equal, "nothing": found.nothing}
    fronts = {budget: found.affordable(budget) for budget in budgets}
    allocations = list(dict.fromkeys([*asked.values(), *fronts.values()]))
    looks = dict(zip(allocations, look(allocations), strict=True))
    lost = regrets([looks[each].npv for each in asked.values()])
    options = [
        _option(name, each, looks[each])._replace(regret=regret)
        for (name, each), regret in zip(asked.items(), lost, strict=True)
    ]
    front = [(budget, _option("", each, looks[each])) for budget, each in fronts.items()]
    values = np.array([each.npv.reshape(-1, EACH).mean(1) for each in looks.values()])
    everything, single = value_of_knowing(values, draws_of(other))
    return Plan(scenario, found, tuple(options), tuple(front), everything, single)


def regrets(values: Sequence[Floats]) -> list[float]:
    """Expected loss of choosing each option for good: its net present value by replicate beside the best of each draw.

    Luck is averaged within draws, so that only what could have been known counts (Savage 1951, in expectation).
    """
    by_draw = np.array([each.reshape(-1, EACH).mean(1) for each in values])
    return [float(lost) for lost in (by_draw.max(0) - by_draw).mean(1)]


def _option(name: str, allocation: Allocation, look: Look) -> Option:
    found: Estimates = joint_estimate(look.npv, EACH)[0]
    ends = (float(found.mean), float(found.low), float(found.high))
    return Option(name, allocation, *ends, chance_above_zero(found), conditional_value_at_risk(look.npv), look.cost)
