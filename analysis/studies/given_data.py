"""Shares of variance from points as they are, however they were drawn: the first order of every factor.

RBD-FAST (Tarantola, Gatelli & Mara 2006, Reliability Engineering & System Safety 91:717-727) in the form for given data
of Plischke 2010 (95:354-360): the points are sorted by a factor, and what of the outcome follows slowly is its. It is
taken rather than delta or PAWN because it is a share of variance, so it can be read beside Sobol's first order; because
with the correction of Tissot & Prieur 2012 (107:205-213) a factor that does nothing has 0 on average, where the others
have a floor that falls with the number of points; and because it stays quick with hundreds of factors. What factors do
only together it does not see: what the shares leave over is that, and luck.
"""

from __future__ import annotations

import numpy as np

from analysis.studies.experiments import Experiments, Floats, factor_names
from analysis.studies.index import CONFIDENCE, RESAMPLES, Index, around

LEAST_POINTS = 40
HARMONICS = 10  # SALib's own; fewer where there are few points, so that the correction stays small
POINTS_PER_HARMONIC = 20


def given_data_shares(experiments: Experiments, values: Floats, seed: int) -> list[Index]:
    """The first order of every factor, with a seeded bootstrap.

    Raises:
        ValueError: there are too few points.
    """
    from SALib.analyze import rbd_fast

    if len(values) < LEAST_POINTS:
        raise ValueError(
            f"shares from given data need at least {LEAST_POINTS} points that ran; there are {len(values)}"
        )
    # A factor with few values leaves the order among equals open: as listed, it could follow another factor.
    order = np.random.default_rng(seed).permutation(len(values))
    names = factor_names(experiments)
    found = rbd_fast.analyze(
        {"num_vars": len(names), "names": names},
        experiments.inputs[order],
        values[order],
        M=min(HARMONICS, len(values) // POINTS_PER_HARMONIC),
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        seed=seed,
    )
    return [
        around(*each) for each in zip(names, ["first_given"] * len(names), found["S1"], found["S1_conf"], strict=True)
    ]
