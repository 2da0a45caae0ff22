"""Elementary effects: how far an outcome moves when one factor does, from many places; a screening of many factors.

Morris 1991 (Technometrics 33:161-174): each trajectory moves one factor at a time. The mean size of the steps (mu star;
Campolongo, Cariboni & Saltelli 2007, Environmental Modelling & Software 22:1509-1518) says how much a factor matters,
in the outcome's unit over the factor's whole range; their spread (sigma) whether that depends on where all stand.
"""

from __future__ import annotations

import numpy as np

from analysis.studies.experiments import Experiments, Floats, factor_names
from analysis.studies.index import CONFIDENCE, RESAMPLES, Index, around

LEAST_TRAJECTORIES = 2  # a spread takes two


def trajectory_length(experiments: Experiments) -> int:
    """Points of a trajectory: the start, and one for each factor."""
    return len(experiments.factors) + 1


def morris_effects(experiments: Experiments, values: Floats, seed: int) -> list[Index]:
    """Mu star and sigma of every factor, of complete trajectories.

    A step that rounding keeps in place is a step without effect.

    Raises:
        ValueError: fewer than two trajectories are complete.
    """
    from SALib.analyze import morris

    if len(values) < LEAST_TRAJECTORIES * trajectory_length(experiments):
        raise ValueError(f"elementary effects need at least {LEAST_TRAJECTORIES} complete trajectories")
    names = factor_names(experiments)
    found = morris.analyze(
        {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names), "groups": None},
        np.asarray(experiments.inputs, np.float64),
        np.asarray(values, np.float64),
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        num_levels=experiments.levels,
        seed=seed,
    )
    sizes = zip(names, found["mu_star"], found["mu_star_conf"], strict=True)
    spreads = zip(names, found["sigma"], strict=True)
    return [
        *(around(name, "mu_star", size, half) for name, size, half in sizes),
        *(around(name, "sigma", spread, np.nan) for name, spread in spreads),
    ]
