"""How policies stand over futures nobody controls: regret, satisficing, the worst, how often each is best.

Measures as in McPhail, Maier, Kwakkel, Giuliani, Castelletti & Westra 2018 (Earth's Future 6:169-191): regret after
Savage 1951 (Journal of the American Statistical Association 46:55-67), satisficing after Starr 1963 (the share of
futures in which a requirement is met), worst case after Wald 1950; the mean of the worst fifth is conditional value at
risk (Rockafellar & Uryasev 2000, Journal of Risk 2:21-41). Policies meet the same futures, and the bootstrap draws
futures for all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from analysis.studies.experiments import Experiments, Floats, by_future, higher_is_better
from analysis.studies.index import CONFIDENCE
from simulation.results import Labels, Table

RESAMPLES = 1_000
WORST = 0.2
EXTREME = ("worst", "largest_regret")  # a bootstrap cannot tell how bad it could get beyond what was seen
LEAST_FUTURES = 2


def robustness(
    experiments: Experiments,
    outcome: str | None = None,
    *,
    limit: float | None = None,
    larger_is_better: bool | None = None,
    seed: int = 0,
) -> Table:
    """How every policy stands.

    Args:
        experiments: a study of policies.
        outcome: judged by (default: the first).
        limit: what is good enough (default: 0 of a net present value or of an effect, else the median of all).
        larger_is_better: default: as the list of measures says.
        seed: of the bootstrap.

    Returns:
        Rows: policy, measure ("mean", "worst", "worst_fifth", "mean_regret", "largest_regret", "satisficing", "best"),
        value, and its 95 % interval over futures, low, high (NaN of "worst" and "largest_regret"); in the outcome's
        unit, shares of futures of 1. Futures in which the run of any policy failed are left out for all.

    Raises:
        ValueError: it is not a study of policies, or fewer than two futures ran.
    """
    name = outcome or experiments.outcomes[0].name
    upward = higher_is_better(name) if larger_is_better is None else larger_is_better
    table = shared_futures(experiments, name)
    good = limit_of(name, table) if limit is None else limit
    sign = 1.0 if upward else -1.0
    found = {measure: _with_ends(measure, sign * table, sign * good, seed) for measure in MEASURES}
    for measure in ("mean", "worst", "worst_fifth") if not upward else ():
        value, low, high = found[measure]
        found[measure] = -value, -high, -low
    return _table(experiments.policies, found)


def shared_futures(experiments: Experiments, outcome: str) -> Floats:
    """An outcome as (policies, futures), of the futures in which every policy ran.

    Raises:
        ValueError: there are fewer than two.
    """
    table = by_future(experiments, outcome)
    table = table[:, np.isfinite(table).all(0)]
    if table.shape[1] < LEAST_FUTURES:
        raise ValueError(f"policies are compared over at least {LEAST_FUTURES} futures; {table.shape[1]} ran for all")
    return table


def limit_of(outcome: str, table: Floats) -> float:
    """What is good enough when nobody says: 0 of money and of effects, else the median of all."""
    return 0.0 if outcome == "npv" or outcome.endswith("_effect") else float(np.median(table))


def _mean(table: Floats, _limit: float) -> Floats:
    return np.asarray(table.mean(1))


def _worst(table: Floats, _limit: float) -> Floats:
    return np.asarray(table.min(1))


def _worst_fifth(table: Floats, _limit: float) -> Floats:
    worst = max(1, int(np.ceil(WORST * table.shape[1])))
    return np.asarray(np.partition(table, worst - 1, axis=1)[:, :worst].mean(1))


def _mean_regret(table: Floats, _limit: float) -> Floats:
    return np.asarray((table.max(0) - table).mean(1))


def _largest_regret(table: Floats, _limit: float) -> Floats:
    return np.asarray((table.max(0) - table).max(1))


def _satisficing(table: Floats, limit: float) -> Floats:
    return np.asarray((table >= limit).mean(1))


def _best(table: Floats, _limit: float) -> Floats:
    """The share of futures in which a policy is the best; equals share one."""
    best = table == table.max(0)
    return np.asarray((best / best.sum(0)).mean(1))


MEASURES: Mapping[str, Callable[[Floats, float], Floats]] = {
    "mean": _mean,
    "worst": _worst,
    "worst_fifth": _worst_fifth,
    "mean_regret": _mean_regret,
    "largest_regret": _largest_regret,
    "satisficing": _satisficing,
    "best": _best,
}


def _with_ends(measure: str, table: Floats, limit: float, seed: int) -> tuple[Floats, Floats, Floats]:
    """A measure of every policy, with the ends of its interval."""
    value = MEASURES[measure](table, limit)
    if measure in EXTREME:
        return value, np.full_like(value, np.nan), np.full_like(value, np.nan)
    chance, futures = np.random.default_rng(seed), table.shape[1]
    again = [MEASURES[measure](table[:, chance.integers(futures, size=futures)], limit) for _ in range(RESAMPLES)]
    outside = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(np.array(again), [outside, 1.0 - outside], axis=0)
    return value, low, high


def _table(policies: tuple[str, ...], found: Mapping[str, tuple[Floats, Floats, Floats]]) -> Table:
    ends = (np.concatenate([each[n] for each in found.values()]) for n in range(3))
    return Table.of(
        policy=Labels.of(list(policies) * len(found)),
        measure=Labels.of([measure for measure in found for _ in policies]),
        **dict(zip(("value", "low", "high"), ends, strict=True)),
    )
