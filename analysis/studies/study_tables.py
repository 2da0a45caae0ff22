"""The tables of a study's page: how policies stand, and every index of every factor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.effects import Interval
from analysis.studies.experiments import POLICIES, Experiments, Floats, Outcome, higher_is_better, outcome_named
from analysis.studies.index import Index
from analysis.studies.robustness import limit_of, robustness, shared_futures
from analysis.studies.sensitivity import method_of, ranking
from analysis.studies.settings import outcome_scale
from analysis.studies.words import share_words
from analysis.views import Scale
from analysis.wording import bracketed, short
from simulation.results import Table

SHARES = ("total", "first", "first_given")
INDEX_WORDS = {
    "first": "alone",
    "total": "alone or together",
    "first_given": "by itself",
    "mu_star": "mean effect",
    "sigma": "spread",
    "at_low": "at its lowest",
    "at_high": "at its highest",
    "swing": "swing",
}
POLICY_WORDS = {
    "mean": "mean",
    "worst_fifth": "mean of worst fifth",
    "worst": "worst",
    "mean_regret": "mean regret",
    "largest_regret": "largest regret",
    "satisficing": "good enough",
    "best": "best of all",
}
OF_FUTURES = ("satisficing", "best")


class Grid(NamedTuple):
    """A table of words: its heading, the heads of its columns, its rows, and a note."""

    heading: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]
    note: str = ""


def policy_grids(experiments: Experiments, currency: str) -> Iterator[Grid]:
    """How policies stand, outcome by outcome."""
    for outcome in experiments.outcomes if experiments.design == POLICIES else ():
        try:
            table, seen = robustness(experiments, outcome.name), shared_futures(experiments, outcome.name)
        except ValueError:  # no two futures ran under every policy
            continue
        scale = outcome_scale(outcome, float(np.abs(seen).max()), currency)
        note = _policy_note(outcome, seen, scale)
        rows = [(policy.replace("_", " "), _standing(table, policy, scale)) for policy in experiments.policies]
        yield Grid(f"How policies stand: {outcome.words}", list(POLICY_WORDS.values()), rows, note)


def _policy_note(outcome: Outcome, seen: Floats, scale: Scale) -> str:
    side = "at least" if higher_is_better(outcome.name) else "at most"
    limit = f"{short(scale.factor * limit_of(outcome.name, seen))} {scale.unit}".rstrip()
    unit = f", in {scale.unit}" if scale.unit else ""
    return (
        f"Over {seen.shape[1]:,} futures that all policies met{unit}. Regret: what is lost beside the policy that is "
        f"best in that future. Good enough, best of all: the share of futures in which it is {side} {limit}, or is the "
        "best."
    )


def _standing(table: Table, policy: str, scale: Scale) -> list[str]:
    rows = {row["measure"]: row for row in table.where(policy=policy).rows()}
    return [_cell(rows[measure], 100.0 if measure in OF_FUTURES else scale.factor, measure) for measure in POLICY_WORDS]


def _cell(row: Mapping[str, Any], factor: float, measure: str) -> str:
    found = Interval(*(factor * row[end] for end in ("value", "low", "high")))
    words = bracketed(found, sign=False) if found.low < found.high else short(found.mean)
    return f"{words} %" if measure in OF_FUTURES else words


def sensitivity_grids(experiments: Experiments, tables: Mapping[str, Table], currency: str) -> Iterator[Grid]:
    """Every factor's indices, outcome by outcome, in order of what matters."""
    method = method_of(experiments)
    for name, table in tables.items():
        ranked = ranking(table, name, method) if len(table) else []
        if not ranked:
            continue
        outcome = experiments.outcomes[outcome_named(experiments, name)]
        scale = outcome_scale(outcome, float(np.abs(table["value"]).max()), currency)
        labels = {factor.name: factor.words for factor in experiments.factors}
        indices = [index for index in INDEX_WORDS if index in table.values("index")]
        rows = [(labels[each.factor], _indices(table, each.factor, indices, scale)) for each in ranked]
        unit = "shares of the variance" if indices[0] in SHARES else scale.unit
        heading = f"What {outcome.words} varies by" + (f", {unit}" if unit else "")
        yield Grid(heading, [INDEX_WORDS[index] for index in indices], rows)


def _indices(table: Table, factor: str, indices: Sequence[str], scale: Scale) -> list[str]:

    rows = {row["index"]: row for row in table.where(factor=factor).rows()}
    shares = indices[0] in SHARES
    return [
        share_words(Index(factor, index, *(rows[index][end] for end in ("value", "low", "high"))))
        if shares
        else _cell(rows[index], scale.factor, index)
        for index in indices
    ]
