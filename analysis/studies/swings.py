"""How far an outcome swings when one factor goes from its lowest to its highest and all others stay: the tornado.

Says nothing of what factors do together (Saltelli & Annoni 2010, Environmental Modelling & Software 25:1508-1517): it
is offered for designs that move one factor at a time and for no other.
"""

from __future__ import annotations

import numpy as np

from analysis.studies.experiments import Bools, Experiments, Floats, factor_names
from analysis.studies.index import Index, around

NORMAL_95 = 1.959964  # of the standard normal: a 95 % interval is that many standard errors to either side


def reference(experiments: Experiments) -> Floats:
    """Where all factors stand while one is moved: what each is at most often."""
    return np.array([_commonest(column) for column in experiments.inputs.T])


def _commonest(column: Floats) -> float:
    values, counts = np.unique(column, return_counts=True)
    return float(values[np.argmax(counts)])


def moving(experiments: Experiments, factor: int) -> Bools:
    """The points at which no factor but this one is away from the reference."""
    away = experiments.inputs != reference(experiments)
    return np.asarray(~np.delete(away, factor, 1).any(1))


def swings(experiments: Experiments, values: Floats, errors: Floats) -> list[Index]:
    """The outcome at each factor's lowest and highest, and the difference; intervals from errors of independent luck.

    Runs of a study share their luck, so the interval of a difference is wider than it need be, never narrower.
    """
    return [
        each
        for place, name in enumerate(factor_names(experiments))
        for each in _swing(name, experiments.inputs[:, place], moving(experiments, place), values, errors)
    ]


def _swing(name: str, inputs: Floats, rows: Bools, values: Floats, errors: Floats) -> list[Index]:
    there = np.flatnonzero(rows & np.isfinite(values))
    if not len(there):
        return []
    low, high = there[np.argmin(inputs[there])], there[np.argmax(inputs[there])]
    half = NORMAL_95 * np.array([errors[low], errors[high], np.hypot(errors[low], errors[high])])
    return [
        around(name, "at_low", values[low], half[0]),
        around(name, "at_high", values[high], half[1]),
        around(name, "swing", values[high] - values[low], half[2]),
    ]
