"""Which points an analysis can rest on when some runs failed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.studies.experiments import POLICIES, Bools, Experiments, by_future, outcome_named, taking
from analysis.studies.morris_effects import trajectory_length
from analysis.studies.sobol_indices import block_length

BLOCKS = {"sobol": block_length, "morris": trajectory_length}  # methods that compare the points of a block


def usable(experiments: Experiments, outcome: str, method: str) -> Experiments:
    """The points that an analysis of an outcome rests on.

    Sobol indices and elementary effects compare points of a block, so a block with a failed point is left out
    whole; the others leave out failed points. Of policies it is the futures: each counts once, with its mean over
    policies, because points that share a future do not tell of it independently.
    """
    if experiments.design == POLICIES:
        return _futures(experiments, outcome)
    return taking(experiments, _complete(experiments, outcome, method))


def left_out(experiments: Experiments, outcome: str, method: str) -> int:
    """How many points an analysis of an outcome leaves out because they, or others of their block, failed."""
    if experiments.design == POLICIES:
        return int(np.isnan(by_future(experiments, outcome)).any(0).sum()) * len(experiments.policies)
    return int((~_complete(experiments, outcome, method)).sum())


def _complete(experiments: Experiments, outcome: str, method: str) -> Bools:
    """The points that ran, or those of blocks that ran as a whole."""
    ran = np.isfinite(experiments.values[:, outcome_named(experiments, outcome)])
    if method not in BLOCKS:
        return np.asarray(ran)
    length = BLOCKS[method](experiments)
    used = len(ran) // length * length
    kept = np.zeros(len(ran), np.bool_)
    kept[:used] = np.repeat(ran[:used].reshape(-1, length).all(1), length)
    return kept


def _futures(experiments: Experiments, outcome: str) -> Experiments:
    """One point for each future that ran under every policy, with the mean over policies."""
    means = by_future(experiments, outcome).mean(0)
    _, first = np.unique(np.asarray(experiments.future), return_index=True)
    part = taking(experiments, first[np.isfinite(means)])
    values = np.array(part.values)
    values[:, outcome_named(experiments, outcome)] = means[np.isfinite(means)]
    return replace(part, values=values)
