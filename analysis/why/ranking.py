"""Whether a recommendation stands when the weights of determinants, which nobody knows exactly, are drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from analysis.answer import window_of
from analysis.why.outcomes import NPV, Floats, differences
from simulation.provenance import Comparison
from simulation.scenario import Scenario
from simulation.variants import Branches, Variant

Progress = Callable[[float, str], None]
WITHIN = 0.3  # of a weight: 95 % of draws
DRAWS = {False: 8, True: 24}  # in short and in full


class Kept(NamedTuple):
    """In how many draws of weights the order stays as it is without: of all scenarios, and of each beside nothing."""

    order: int
    signs: tuple[int, ...]
    draws: int


def kept_under_other_weights(
    scenarios: Sequence[Scenario],
    branches: Branches,
    *,
    full: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Kept:
    """Live scenarios under weights drawn anew, every replicate under its own, and compare net present values.

    Luck differs from draw to draw as well, so that no more is claimed than holds beside it.

    Args:
        scenarios: of one baseline; doing nothing is ranked with them.
        branches: of that baseline, without draws: what the recommendation is there.
        full: more draws.
        threads: cores to use; default all.
        progress: called with the share done and a message.
    """
    draws = DRAWS[full]
    usual = np.array([each.mean() for each in _values(scenarios, branches, None)])
    loose = [_loose(each, draws) for each in scenarios]
    other = Branches(loose[0].needed_baseline(), threads=threads, progress=progress)
    found = np.array(_values(loose, other, progress))
    return judged(usual, found)


def judged(usual: Floats, found: Floats) -> Kept:
    """How often values (scenarios, draws) have the order, and the signs, of the usual ones; nothing is worth 0."""
    order = np.argsort(-np.append(usual, 0.0), kind="stable")
    ranked = np.argsort(-np.vstack([found, np.zeros(found.shape[1])]), axis=0, kind="stable")
    same = (ranked == order[:, None]).all(0)
    signs = np.sign(found) == np.sign(usual)[:, None]
    return Kept(int(same.sum()), tuple(int(each) for each in signs.sum(1)), found.shape[1])


def _loose(scenario: Scenario, draws: int) -> Scenario:
    """A scenario whose replicates draw their weights, each its own, and nothing but what has an interval besides."""
    drawn = {"effects": False, "weights": WITHIN, "parameters": [], "replicates_each": 1}
    return scenario.replace(replicates=draws, uncertainty=drawn)


def _values(scenarios: Sequence[Scenario], branches: Branches, progress: Progress | None) -> list[Floats]:
    lived = branches.live([Variant(each) for each in scenarios], progress=progress)
    return [
        differences(branches.before, after, each, window_of(Comparison.of(each, branches.baseline)), (NPV,))[NPV]
        for each, after in zip(scenarios, lived, strict=True)
    ]
