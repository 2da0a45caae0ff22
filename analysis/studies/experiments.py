"""What every reading of a study works on: the points that were run, what was put in, and what came out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
POLICIES = "policies"  # the design in which every policy meets every future
COSTS = ("cost",)  # outcomes in money of which less is better
EFFECT = "_effect"  # what a measure of a difference from the baseline ends with


@dataclass(frozen=True)
class Factor:
    """What a study moves.

    `name` is a parameter's name, "lever_id.field", or a dotted path of a scenario. Of `choices` (words, or numbers as
    text) the input holds the index, so `low` is 0 and `high` one less than there are. A lever is what a strategist
    decides; everything else nobody controls.
    """

    name: str
    low: float
    high: float
    log: bool = False
    integer: bool = False
    choices: tuple[str, ...] = ()
    is_lever: bool = False
    label: str = ""
    unit: str = ""

    @property
    def words(self) -> str:
        """The factor as people call it."""
        return self.label or self.name.replace(".", ": ").replace("_", " ")


@dataclass(frozen=True)
class Outcome:
    """What came out of every run: a number called `name`, in words `label`, in `unit`."""

    name: str
    label: str
    unit: str

    @property
    def words(self) -> str:
        """The outcome as people call it."""
        return self.label or self.name.replace("_", " ")


@dataclass(frozen=True, eq=False)
class Experiments:
    """The points of a study.

    Attributes:
        name: of the study.
        question: that it answers.
        design: grid, one_at_a_time, latin_hypercube, sobol, morris, saltelli, policies or list.
        second_order: whether a saltelli design holds the points for pairs.
        levels: of a morris design (SALib's num_levels).
        factors: what was moved.
        inputs: where to, (points, factors).
        outcomes: what was measured.
        values: means over replicates, (points, outcomes); NaN where a run failed.
        errors: standard errors of these means, (points, outcomes); NaN with one replicate.
        replicates: of every point.
        policies: of a policies design.
        policy: which policy a point belongs to, (points,).
        future: which future a point belongs to, (points,); points of one future have the same inputs.
    """

    name: str
    question: str
    design: str
    second_order: bool
    levels: int
    factors: tuple[Factor, ...]
    inputs: Floats
    outcomes: tuple[Outcome, ...]
    values: Floats
    errors: Floats
    replicates: int
    policies: tuple[str, ...] = ()
    policy: Ints | None = None
    future: Ints | None = None


def points(experiments: Experiments) -> int:
    """How many points were run."""
    return len(experiments.inputs)


def factor_names(experiments: Experiments) -> list[str]:
    """The names of what was moved."""
    return [factor.name for factor in experiments.factors]


def factor_named(experiments: Experiments, name: str) -> int:
    """The column of a factor.

    Raises:
        ValueError: nothing of that name was moved.
    """
    return _place(name, factor_names(experiments), "moves no")


def outcome_named(experiments: Experiments, name: str) -> int:
    """The column of an outcome.

    Raises:
        ValueError: nothing of that name was measured.
    """
    return _place(name, [outcome.name for outcome in experiments.outcomes], "has no outcome")


def _place(name: str, names: list[str], lacks: str) -> int:
    if name not in names:
        raise ValueError(f"the study {lacks} {name!r}; there are: {', '.join(names) or 'none'}")
    return names.index(name)


def outcome_values(experiments: Experiments, name: str) -> Floats:
    """An outcome at every point; NaN where the run failed."""
    return np.asarray(experiments.values[:, outcome_named(experiments, name)], np.float64)


def taking(experiments: Experiments, rows: Any) -> Experiments:
    """Only some of the points: a mask, or row numbers."""
    part = {name: getattr(experiments, name)[rows] for name in ("inputs", "values", "errors")}
    kept = {name: ints[rows] for name in ("policy", "future") if (ints := getattr(experiments, name)) is not None}
    return replace(experiments, **part, **kept)


def of_policy(experiments: Experiments, policy: str) -> Experiments:
    """What one policy met, future by future.

    Raises:
        ValueError: the study has no such policy.
    """
    if experiments.policy is None:
        raise ValueError(f"only a study of policies has them; this is a {experiments.design}")
    return taking(experiments, experiments.policy == _place(policy, list(experiments.policies), "has no policy"))


def by_future(experiments: Experiments, name: str) -> Floats:
    """An outcome as (policies, futures); NaN where a run failed or is missing."""
    if experiments.policy is None or experiments.future is None:
        raise ValueError(f"only a study of policies has them; this is a {experiments.design}")
    futures, column = np.unique(experiments.future, return_inverse=True)
    table = np.full((len(experiments.policies), len(futures)), np.nan)
    table[experiments.policy, column] = outcome_values(experiments, name)
    return table


def higher_is_better(outcome: str) -> bool:
    """Whether more of an outcome is what a retailer wants, as the list of measures says; of money but costs, it is."""
    from simulation.parameters import MEASURES

    measure = outcome.removesuffix(EFFECT)
    if measure in COSTS:
        return False
    return measure not in MEASURES or MEASURES[measure].better != "down"


def is_constant(values: Floats) -> bool:
    """True if what is there does not vary, or nothing is there."""
    there = values[np.isfinite(values)]
    if not len(there):
        return True
    return bool(np.ptp(there) <= np.finfo(np.float64).eps * np.abs(there).max())


def constant_outcomes(experiments: Experiments) -> tuple[str, ...]:
    """The outcomes that came out the same wherever the study went: nothing matters to them."""
    columns = zip(experiments.outcomes, experiments.values.T, strict=True)
    return tuple(outcome.name for outcome, values in columns if is_constant(values))


def luck_share(experiments: Experiments, outcome: str) -> float:
    """The share of an outcome's variance over points that is luck of replicates; NaN if that cannot be told.

    The mean squared standard error over the variance of the means: the means vary by what was moved and by their
    errors, and the two are independent.
    """
    column = outcome_named(experiments, outcome)
    values, errors = experiments.values[:, column], experiments.errors[:, column]
    there = np.isfinite(values) & np.isfinite(errors)
    if experiments.replicates < 2 or there.sum() < 2 or is_constant(values[there]):  # noqa: PLR2004
        return float("nan")
    return min(1.0, float(np.mean(errors[there] ** 2) / np.var(values[there], ddof=1)))
