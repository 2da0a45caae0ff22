"""Shares of variance from points as they are, however they were drawn: the first order of every factor.

RBD-FAST (Tarantola, Gatelli & Mara 2006, Reliability Engineering & System Safety 91:717-727) in the form for given data
of Plischke 2010 (95:354-360): the points are sorted by a factor, and what of the outcome follows slowly is its. It is
taken rather than delta or PAWN because it is a share of variance, so it can be read beside Sobol's first order; because
with the correction of Tissot & Prieur 2012 (107:205-213) a factor that does nothing has 0 on average, where the others
have a floor that falls with the number of points; and because it stays quick with hundreds of factors. What factors do
only together it does not see: what the shares leave over is that, and luck.

Shares are SALib's. Its bootstrap draws points twice, which looks like order to this method; here intervals come from
halves of the points, drawn without putting back: the spread of the shares of halves is the standard error of the whole
(the delete-half jackknife of Shao & Wu 1989, Annals of Statistics 17:1176-1197). They are rather too wide: over 60
samples of 200 points by a third to two thirds, most for a factor that does nothing.
"""

from __future__ import annotations

import numpy as np

from analysis.studies.experiments import Experiments, Floats, Ints, factor_names
from analysis.studies.index import RESAMPLES, Index, around
from analysis.studies.swings import NORMAL_95

LEAST_POINTS = 40
HARMONICS = 10  # SALib's own; fewer where there are few points, so that the correction stays small
POINTS_PER_HARMONIC = 20


def given_data_shares(experiments: Experiments, values: Floats, seed: int) -> list[Index]:
    """The first order of every factor, with a seeded jackknife.

    Raises:
        ValueError: there are too few points.
    """
    from SALib.analyze import rbd_fast

    if len(values) < LEAST_POINTS:
        raise ValueError(
            f"shares from given data need at least {LEAST_POINTS} points that ran; there are {len(values)}"
        )
    # A factor with few values leaves the order among equals open: as listed, it could follow another factor.
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(values))
    inputs, outputs = experiments.inputs[order], values[order]
    harmonics = min(HARMONICS, len(values) // POINTS_PER_HARMONIC)
    names = factor_names(experiments)
    problem = {"num_vars": len(names), "names": names}
    found = rbd_fast.analyze(problem, inputs, outputs, M=harmonics, num_resamples=2, seed=seed)
    halves = _halves(len(values), chance)
    errors = [shares_of_samples(outputs[np.argsort(column)][halves], harmonics).std(ddof=1) for column in inputs.T]
    triples = zip(names, found["S1"], errors, strict=True)
    return [around(name, "first_given", share, NORMAL_95 * error) for name, share, error in triples]


def _halves(points: int, chance: np.random.Generator) -> Ints:
    """Row numbers of random halves, each in order: whatever the points are sorted by, a half stays sorted."""
    drawn = np.argsort(chance.random((RESAMPLES, points)), axis=1)[:, : points // 2]
    return np.sort(drawn, axis=1).astype(np.int64)


def shares_of_samples(outputs: Floats, harmonics: int) -> Floats:
    """The corrected first order of many samples, (samples, points), each sorted by the factor."""
    there_and_back = np.concatenate([outputs[:, ::2], outputs[:, 1::2][:, ::-1]], axis=1)
    power = np.abs(np.fft.rfft(there_and_back, axis=1)[:, 1:]) ** 2
    if outputs.shape[1] % 2 == 0:
        power[:, -1] /= 2.0  # the highest frequency has no twin
    share = power[:, :harmonics].sum(1) / power.sum(1)
    chance = 2.0 * harmonics / outputs.shape[1]
    return np.asarray(share - chance / (1.0 - chance) * (1.0 - share))
