"""How policies stand, in words: which is best, by how much, how surely, and how often it fails."""

from __future__ import annotations

import numpy as np

from analysis.chart import capital
from analysis.effects import Interval
from analysis.studies.experiments import Experiments, Floats, Ints, higher_is_better, outcome_named
from analysis.studies.robustness import limit_of, robustness, shared_futures
from analysis.studies.settings import outcome_scale
from analysis.studies.swings import NORMAL_95
from analysis.views import Scale
from analysis.wording import bracketed, short
from simulation.results import Table


def policies_in_words(experiments: Experiments, outcome: str, currency: str = "") -> list[str]:
    """Sentences: the policy with the best mean over futures, whether it is surely ahead, how often it is good enough.

    Empty where no two futures ran under every policy.
    """
    try:
        seen = shared_futures(experiments, outcome)
    except ValueError:
        return []
    described = experiments.outcomes[outcome_named(experiments, outcome)]
    scale = outcome_scale(described, float(np.abs(seen).max()), currency)
    order, table = best_first(experiments, outcome), robustness(experiments, outcome)
    best = experiments.policies[order[0]]
    mean = _interval(table, best, "mean", scale)
    found = [f"{_named(best, start=True)} is best for {described.words} on average over futures: {mean}."]
    if len(order) > 1:
        found.append(_ahead(experiments, scale.factor * seen, order))
    return [*found, _standing(table, best, outcome, scale, limit_of(outcome, seen)), _regret(table, scale)]


def best_first(experiments: Experiments, outcome: str) -> Ints:
    """Policies by their mean over the futures that all met, the best in front."""
    sign = 1.0 if higher_is_better(outcome) else -1.0
    return np.argsort(-sign * shared_futures(experiments, outcome).mean(1), kind="stable")


def _ahead(experiments: Experiments, seen: Floats, order: Ints) -> str:
    """Whether the best mean is surely ahead of the next, future by future."""
    second = experiments.policies[order[1]]
    gap = np.abs(seen[order[0]].mean() - seen[order[1]].mean())
    half = NORMAL_95 * float((seen[order[0]] - seen[order[1]]).std(ddof=1)) / np.sqrt(seen.shape[1])
    if gap <= half:
        return f"Whether it or {_named(second)} is better on average is not sure."
    lead = Interval(float(gap), float(gap - half), float(gap + half))
    return f"It is ahead of {_named(second)} by {_words(lead)}."


def _standing(table: Table, best: str, outcome: str, scale: Scale, limit: float) -> str:
    """How often it is the best, how often good enough, and how bad the worst fifth is."""
    shares = {name: table.where(policy=best, measure=name).rows()[0]["value"] for name in ("best", "satisficing")}
    side = "at least" if higher_is_better(outcome) else "at most"
    worst = _interval(table, best, "worst_fifth", scale)
    return (
        f"It is the best in {100 * shares['best']:.0f} % of futures and {side} {_number(limit, scale)} in "
        f"{100 * shares['satisficing']:.0f} %; in its worst fifth the mean is {worst}."
    )


def _regret(table: Table, scale: Scale) -> str:
    """Which policy is regretted least."""
    rows = table.where(measure="largest_regret").rows()
    least = min(rows, key=lambda row: row["value"])
    return f"Least is lost at worst with {_named(least['policy'])}: {_number(least['value'], scale)} beside the best."


def _interval(table: Table, policy: str, measure: str, scale: Scale) -> str:
    row = table.where(policy=policy, measure=measure).rows()[0]
    found = Interval(*(scale.factor * row[end] for end in ("value", "low", "high")))
    return f"{_words(found)} {scale.unit}".rstrip()


def _words(found: Interval) -> str:
    """A size with its interval; without one where all futures say the same."""
    differs = found.high - found.low > np.finfo(np.float32).eps * abs(found.mean)
    return bracketed(found, sign=False) if differs else short(found.mean)


def _number(value: float, scale: Scale) -> str:
    return f"{short(scale.factor * value)} {scale.unit}".rstrip() if value else "0"


def _named(policy: str, *, start: bool = False) -> str:
    words = policy.replace("_", " ")
    return f"“{capital(words) if start else words}”"  # names may be whole clauses
