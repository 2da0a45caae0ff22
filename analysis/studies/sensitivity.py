"""What matters most: one entry for all designs. A design carries its analysis; another is refused, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from analysis.studies.experiments import (
    POLICIES,
    Experiments,
    Floats,
    constant_outcomes,
    is_constant,
    outcome_named,
)
from analysis.studies.given_data import given_data_shares
from analysis.studies.grid_effects import grid_effects
from analysis.studies.index import CONFIDENCE, Index
from analysis.studies.morris_effects import morris_effects
from analysis.studies.sobol_indices import sobol_indices
from analysis.studies.swings import NORMAL_95, swings
from analysis.studies.usable import usable
from simulation.results import Labels, Table

SAMPLED = ("latin_hypercube", "sobol", "list", POLICIES, "saltelli")
CARRIED_BY = {  # which designs carry which analysis
    "sobol": ("saltelli",),
    "morris": ("morris",),
    "one_at_a_time": ("one_at_a_time",),
    "grid": ("grid",),
    "given_data": SAMPLED,
}
DEFAULTS = {
    "saltelli": "sobol",
    "morris": "morris",
    "one_at_a_time": "one_at_a_time",
    "grid": "grid",
    "latin_hypercube": "given_data",
    "sobol": "given_data",
    "list": "given_data",
    POLICIES: "given_data",
}
NAMES = {
    "sobol": "Sobol indices need a saltelli design",
    "morris": "elementary effects need a morris design",
    "one_at_a_time": "a tornado needs a one_at_a_time design",
    "grid": "main effects need a grid",
    "given_data": f"shares from given data need a sampled design ({', '.join(SAMPLED)})",
}
RANKED_BY = {  # the index that says how much a factor matters, by method
    "sobol": "total",
    "morris": "mu_star",
    "one_at_a_time": "swing",
    "grid": "total",
    "given_data": "first_given",
}


def sensitivity(
    experiments: Experiments, outcome: str | None = None, method: str | None = None, seed: int = 0
) -> Table:
    """How much every factor matters to every outcome.

    Args:
        experiments: the study.
        outcome: only this one (default: all that vary).
        method: sobol, morris, one_at_a_time, grid or given_data (default: what the design is made for).
        seed: of the bootstrap; the same seed gives the same bits.

    Returns:
        Rows: outcome, factor, index ("first", "total", "mu_star", "sigma", "first_given", "at_low", "at_high" or
        "swing"), value, and its 95 % interval low, high (NaN where there is none). Shares are of 1; the others are in
        the outcome's unit. An outcome that does not vary has no rows: `constant_outcomes` names it.

    Raises:
        ValueError: the design does not carry the method, or too few points ran.
    """
    chosen = method_of(experiments, method)
    names = [each.name for each in experiments.outcomes] if outcome is None else [outcome]
    found = {name: _indices(experiments, name, chosen, seed) for name in names}
    rows = [(name, index) for name, indices in found.items() for index in indices]
    return _table(rows)


def method_of(experiments: Experiments, method: str | None = None) -> str:
    """The analysis of a design; a method asked for is refused if the design does not carry it.

    Raises:
        ValueError: it does not, or nobody knows the design or the method.
    """
    if experiments.design not in DEFAULTS:
        raise ValueError(f"there is no design {experiments.design!r}; there are: {', '.join(DEFAULTS)}")
    default = DEFAULTS[experiments.design]
    if method is None:
        return default
    if method not in CARRIED_BY:
        raise ValueError(f"there is no analysis {method!r}; there are: {', '.join(CARRIED_BY)}")
    if experiments.design not in CARRIED_BY[method]:
        raise ValueError(f"{NAMES[method]}; this is a {experiments.design}: use {default.replace('_', ' ')}")
    return method


def _indices(experiments: Experiments, outcome: str, method: str, seed: int) -> Sequence[Index]:
    """The rows of one outcome."""
    if outcome in constant_outcomes(experiments):
        return []
    used = usable(experiments, outcome, method)
    column = outcome_named(used, outcome)
    values = used.values[:, column]
    if is_constant(values):  # what varied went with failed blocks
        return []
    if method == "one_at_a_time":
        return swings(used, values, used.errors[:, column])
    if method == "grid":
        return grid_effects(used, values)
    return ANALYSES[method](used, values, seed)


ANALYSES: dict[str, Callable[[Experiments, Floats, int], list[Index]]] = {
    "sobol": sobol_indices,
    "morris": morris_effects,
    "given_data": given_data_shares,
}


def _table(rows: Sequence[tuple[str, Index]]) -> Table:
    columns = {
        name: np.array([getattr(each, name) for _, each in rows], np.float64) for name in ("value", "low", "high")
    }
    texts = {name: Labels.of([getattr(each, name) for _, each in rows]) for name in ("factor", "index")}
    return Table.of(outcome=Labels.of([name for name, _ in rows]), **texts, **columns)


def ranking(table: Table, outcome: str, method: str) -> list[Index]:
    """The factors of an outcome, the one that matters most in front."""
    rows = table.where(outcome=outcome, index=RANKED_BY[method]).rows()
    indices = [Index(*(row[name] for name in ("factor", "index", "value", "low", "high"))) for row in rows]
    return sorted(indices, key=lambda each: (-abs(each.value), each.factor))


def stands_out(ranked: Sequence[Index], method: str) -> bool:
    """Whether the share of the first can be told from none."""
    return bool(standing_out(ranked[:1], method, len(ranked)))


def standing_out(ranked: Sequence[Index], method: str, looked_at: int) -> list[Index]:
    """The factors whose share can be told from none, given that so many were looked at (Bonferroni).

    Sizes of effects and swings are not shares, and a grid is exact: of these all stand out.
    """
    from scipy.stats import norm

    if method not in ("sobol", "given_data"):
        return list(ranked)
    wider = norm.isf((1.0 - CONFIDENCE) / 2.0 / max(1, looked_at)) / NORMAL_95
    return [each for each in ranked if each.value > wider * (each.high - each.low) / 2.0]
