"""A study: one file that describes many runs, checked as a whole before any of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.scenario import Scenario
from simulation.sweeping import designs
from simulation.sweeping.factors import Factor, Floats
from simulation.sweeping.forms import Choice, Design, Policy, Runs, Stopping

MONEY = ("npv", "margin", "cost")  # of the scenario beside its baseline
EFFECT = "_effect"  # after a measure's name: the scenario less its baseline


@dataclass(frozen=True)
class Study:
    """A checked study. Make one with `Study.load`.

    `scenario` is what every run changes, with what the study itself sets; `factors` are what it moves.
    """

    name: str
    question: str
    scenario: Scenario
    seed: int
    design: Design
    factors: tuple[Factor, ...]
    usual: tuple[float, ...]  # where factors stand in the scenario as it is, as cells of the design
    outcomes: tuple[str, ...]
    policies: tuple[Policy, ...] = ()
    stopping: Stopping | None = None
    runs: Runs = field(default_factory=Runs)
    listed: tuple[tuple[float, ...], ...] = ()  # points of a list

    @classmethod
    def load(
        cls,
        name_or_path: str | Path,
        *,
        customers: int | None = None,
        weeks: int | None = None,
        replicates: int | None = None,
        seed: int | None = None,
    ) -> Study:
        """A shipped study by name, or a file; sizes go before those of the file.

        Raises:
            ScenarioError: with every problem found.
        """
        from simulation.sweeping.checking import study_of

        sizes = {"customers": customers, "weeks": weeks, "replicates": replicates, "seed": seed}
        return study_of(name_or_path, {name: size for name, size in sizes.items() if size is not None})

    @property
    def replicates(self) -> int:
        """Replicates of each point, before any are added."""
        return self.scenario.replicates

    @cached_property
    def points(self) -> Points:
        """All points, in the order of the design."""
        if self.design.kind == "list":
            return Points(np.array(self.listed, np.float64).reshape(len(self.listed), len(self.factors)))
        cells = designs.points(self.design, self.factors, self.seed, np.array(self.usual))
        return Points(cells) if self.design.kind != "policies" else Points.crossed(cells, len(self.policies))

    @cached_property
    def count(self) -> int:
        """How many points there are."""
        return len(self.listed) or designs.count(self.design, self.factors, len(self.policies))

    @cached_property
    def usual_worlds(self) -> tuple[Scenario, Scenario]:
        """The scenario as it is, and what it is compared with."""
        return with_baseline(self.scenario)

    @cached_property
    def first_week(self) -> int:
        """From which week differences count, at all points: they are compared over the same weeks.

        That is the first lever or event of the scenario as it is; week 1 where policies differ, or a week is moved.
        """
        from simulation.provenance import Comparison

        if self.policies or any(factor.path.endswith("week") for factor in self.factors):
            return 1
        return Comparison.of(*self.usual_worlds).first_week

    def edits(self, point: int) -> dict[str, Choice]:
        """What a point changes in the scenario: value by path."""
        cells = self.points.cells[point]
        made = {factor.path: factor.value(cell) for factor, cell in zip(self.factors, cells, strict=True)}
        if self.points.policy is not None:
            policy = self.policies[int(self.points.policy[point])]
            made |= {f"lever.{name}": value for name, value in policy.levers.items()}
        return made

    def key(self, point: int) -> str:
        """A name for what a point says, whatever its place in the design: 16 hexadecimal digits."""
        levers = ""
        if self.points.policy is not None:
            levers = repr(sorted(self.policies[int(self.points.policy[point])].levers.items()))
        return key_of(self.points.cells[point], levers)

    def group(self, point: int) -> tuple[float, ...]:
        """What points have in common that may share a warm-up."""
        cells = self.points.cells[point]
        return tuple(cell for factor, cell in zip(self.factors, cells, strict=True) if not factor.is_later)

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """What makes a study the same study: all but its name, its question and how faults are met."""
        return {
            "scenario": self.scenario.replace(replicates=1).sha256,
            "weeks": self.scenario.weeks,
            "customers": self.scenario.population.customers,
            "replicates": self.replicates,
            "seed": self.seed,
            "outcomes": list(self.outcomes),
            "design": self.design.model_dump(exclude={"file"}),
            "factors": [
                [each.path, each.low, each.high, each.log, each.integer, list(each.choices)] for each in self.factors
            ],
            "policies": [each.model_dump() for each in self.policies],
            "stopping": self.stopping.model_dump() if self.stopping else None,
            "listed": hashlib.sha256(repr(self.listed).encode()).hexdigest() if self.listed else "",
        }

    @property
    def needs_baseline(self) -> bool:
        """Whether any outcome is a difference."""
        return any(name in MONEY or name.endswith(EFFECT) for name in self.outcomes)


def with_baseline(scenario: Scenario) -> tuple[Scenario, Scenario]:
    """A scenario and its baseline, as twins are; itself where it has none."""
    from simulation.running import beside_its_baseline  # brings the engine along

    return beside_its_baseline(scenario, scenario.baseline() or scenario)


def key_of(cells: Floats, levers: str = "") -> str:
    """The name of a point by its cells, and by the levers of its policy."""
    return hashlib.sha256(np.ascontiguousarray(cells, np.float64).tobytes() + levers.encode()).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class Points:
    """Cells of all points, (points, factors), and of policies which is followed in which future."""

    cells: Floats
    policy: NDArray[np.int64] | None = None
    future: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.cells)

    @classmethod
    def crossed(cls, futures: Floats, policies: int) -> Points:
        """Every policy in every future, future by future."""
        count = len(futures)
        return cls(
            np.repeat(futures, policies, axis=0),
            np.tile(np.arange(policies), count),
            np.repeat(np.arange(count), policies),
        )
