"""Which pictures a study has: what matters, how it answers, how policies stand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.chart import Chart
from analysis.drawing import style
from analysis.studies.bins import FEW
from analysis.studies.experiments import (
    POLICIES,
    Experiments,
    constant_outcomes,
    factor_named,
)
from analysis.studies.policy_charts import by_policy, trade_off
from analysis.studies.response_charts import response_map, responses
from analysis.studies.sensitivity import method_of, ranking, stands_out
from analysis.studies.sensitivity_charts import charts_of_sensitivity
from analysis.studies.usable import usable
from simulation.results import Table

SPREAD = ("grid", "latin_hypercube", "sobol", "saltelli", "list", POLICIES)  # designs with points all over the space
LEAST_POINTS = 30  # for means in groups; a grid has its own values
PAIR = 2
WHOLE = 2  # outcomes that are told in full; of the others what matters to them


def charts_of_study(experiments: Experiments, table: Table, currency: str = "") -> list[Chart]:
    """Every chart of a study.

    Args:
        experiments: the study.
        table: its `sensitivity`.
        currency: of money.
    """
    varying = _varying(experiments)
    with style():
        return [
            *(
                chart
                for place, name in enumerate(varying)
                for chart in _of_outcome(experiments, table, name, currency, whole=place < WHOLE)
            ),
            *_fronts(experiments, varying, currency),
        ]


def _varying(experiments: Experiments) -> list[str]:
    """Outcomes that there is something to draw of."""
    constant = constant_outcomes(experiments)
    return [each.name for each in experiments.outcomes if each.name not in constant]


def _of_outcome(experiments: Experiments, table: Table, outcome: str, currency: str, *, whole: bool) -> Iterator[Chart]:
    if experiments.design == POLICIES:
        yield by_policy(experiments, outcome, currency)
    yield from charts_of_sensitivity(experiments, table, outcome, currency)
    ranked = ranked_factors(experiments, table, outcome)
    if not whole or len(ranked) < PAIR or not _can_be_grouped(experiments):
        return
    ran = usable(experiments, outcome, "given_data")
    yield response_map(ran, outcome, *rows_and_columns(experiments, ranked), currency)
    lever, moderator = lever_and_moderator(experiments, ranked)
    yield responses(ran, outcome, lever, moderator, currency)


def ranked_factors(experiments: Experiments, table: Table, outcome: str) -> list[int]:
    """Columns of the factors, what matters most in front; empty if nobody could tell, or nothing stands out."""
    method = method_of(experiments)
    ranked = ranking(table, outcome, method) if len(table) else []
    return [factor_named(experiments, each.factor) for each in ranked] if stands_out(ranked, method) else []


def _can_be_grouped(experiments: Experiments) -> bool:
    if experiments.design == "grid":
        return all(len(np.unique(column)) <= FEW for column in experiments.inputs.T) or _many(experiments)
    return experiments.design in SPREAD and _many(experiments)


def _many(experiments: Experiments) -> bool:
    return len(experiments.inputs) >= LEAST_POINTS


def rows_and_columns(experiments: Experiments, ranked: list[int]) -> tuple[int, int]:
    """The two factors that matter most; one with names stands beside the map, where there is room for them."""
    first, second = ranked[:PAIR]
    return (first, second) if experiments.factors[first].choices else (second, first)


def lever_and_moderator(experiments: Experiments, ranked: list[int]) -> tuple[int, int]:
    """The lever that matters most (else: the number that does), and by what it is looked at: choices, if there are."""
    numbers = [place for place in ranked if not experiments.factors[place].choices] or ranked
    levers = [place for place in numbers if experiments.factors[place].is_lever]
    lever = (levers or numbers)[0]
    others = [place for place in ranked if place != lever]
    named = [place for place in others if experiments.factors[place].choices]
    return lever, (named or others)[0]


def _fronts(experiments: Experiments, varying: list[str], currency: str) -> Iterator[Chart]:
    """A front of the first two outcomes, if all that moves is decided: else a lucky future would beat a good choice."""
    decided = experiments.design == POLICIES or all(factor.is_lever for factor in experiments.factors)
    if decided and len(varying) >= PAIR:
        chart = trade_off(experiments, varying[0], varying[1], currency)
        if chart is not None:
            yield chart


def cohort_map(experiments: Experiments, outcome: str, cohort: str, other: str, currency: str = "") -> Chart:
    """An outcome by cohort (a factor, a row for each of its values) and another factor.

    Raises:
        ValueError: the study does not move one of them.
    """
    row, column = (factor_named(experiments, name) for name in (cohort, other))
    with style():
        return response_map(experiments, outcome, row, column, currency)
