"""A study as other tools have it: the pair (experiments, outcomes) of ema_workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.studies.experiments import Experiments, Factor, Floats, points

if TYPE_CHECKING:
    import pandas as pd

    from simulation.results import Array

NO_POLICY = "None"  # as ema_workbench calls the policy of a study without levers


def ema_pair(experiments: Experiments) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """The points as a data frame, and the outcomes as arrays in the same order.

    As Kwakkel 2017 has them (Environmental Modelling & Software 96:239-250; ema_workbench's `load_results`): a column
    for every uncertainty and lever, choices as categories, then "scenario" (the future), "policy" (the levers) and
    "model". Outcomes of failed points are NaN.

    Returns:
        Experiments, (points) rows; outcomes, name to (points,).
    """
    import pandas as pd

    order = sorted(range(len(experiments.factors)), key=lambda place: experiments.factors[place].is_lever)
    columns = {experiments.factors[n].name: _column(experiments.factors[n], experiments.inputs[:, n]) for n in order}
    frame = pd.DataFrame(columns, index=range(points(experiments)))
    frame["scenario"] = _scenario(experiments)
    frame["policy"] = pd.Categorical(_policy(experiments))
    frame["model"] = pd.Categorical([experiments.name] * points(experiments))
    outcomes = {each.name: np.array(experiments.values[:, n]) for n, each in enumerate(experiments.outcomes)}
    return frame, outcomes


def _column(factor: Factor, inputs: Floats) -> Any:
    """The settings as values: whole numbers whole, choices as categories."""
    import pandas as pd

    if factor.choices:
        return pd.Categorical.from_codes(np.rint(inputs).astype(np.int64).tolist(), categories=list(factor.choices))
    return np.rint(inputs).astype(np.int64) if factor.integer else np.array(inputs)


def _scenario(experiments: Experiments) -> Array:
    """The number of the future: points with the same uncertainties share one."""
    if experiments.future is not None:
        return np.array(experiments.future)
    return _numbers(experiments, lever=False)


def _policy(experiments: Experiments) -> list[str]:
    """The name of the policy; without policies, a number for every setting of the levers."""
    if experiments.policy is not None:
        return [experiments.policies[n] for n in experiments.policy]
    if not any(factor.is_lever for factor in experiments.factors):
        return [NO_POLICY] * points(experiments)
    return [f"policy {n}" for n in _numbers(experiments, lever=True)]


def _numbers(experiments: Experiments, *, lever: bool) -> Array:
    """Which distinct setting of the levers (or of what nobody controls) a point has, in order of their settings."""
    chosen = [factor.is_lever == lever for factor in experiments.factors]
    if not any(chosen):
        return np.zeros(points(experiments), np.int64)
    _, number = np.unique(experiments.inputs[:, chosen], axis=0, return_inverse=True)
    return np.asarray(number.ravel(), np.int64)
