"""Shares of variance over a full grid, exact: no sampling, no interval.

The first order is the variance of means given a factor, the total what is left when all others are given (Saltelli et
al. 2008, Global Sensitivity Analysis: The Primer, chapter 1), of the values the grid has, each as likely as any other.
"""

from __future__ import annotations

import numpy as np

from analysis.studies.experiments import Experiments, Floats, factor_names
from analysis.studies.index import Index


def grid_effects(experiments: Experiments, values: Floats) -> list[Index]:
    """First and total order of every factor, of the points that ran."""
    places = enumerate(factor_names(experiments))
    shares = [(name, _explained(experiments.inputs, [place], values)) for place, name in places]
    others = [
        (name, 1.0 - _explained(np.delete(experiments.inputs, place, 1), None, values))
        for place, name in enumerate(factor_names(experiments))
    ]
    return [
        *(Index(name, "first", share, share, share) for name, share in shares),
        *(Index(name, "total", share, share, share) for name, share in others),
    ]


def _explained(inputs: Floats, columns: list[int] | None, values: Floats) -> float:
    """The share of variance between groups of points that agree in some columns (default: in all)."""
    chosen = inputs if columns is None else inputs[:, columns]
    if not chosen.shape[1]:
        return 0.0
    _, group = np.unique(chosen, axis=0, return_inverse=True)
    group = group.ravel()
    size = np.bincount(group)
    means = np.bincount(group, values) / size
    return float(np.average((means - values.mean()) ** 2, weights=size) / values.var())
