"""The page of a study: what matters most and how sure, then pictures, conditions, policies, failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from analysis.chart import Chart
from analysis.drawing import as_svg, file_name, inline, replace_file, save_drawing, style
from analysis.effects import Interval
from analysis.report import Picture, page_template
from analysis.studies.discovery import discover
from analysis.studies.discovery_words import told
from analysis.studies.experiments import (
    POLICIES,
    Experiments,
    Outcome,
    constant_outcomes,
    higher_is_better,
    of_policy,
    outcome_named,
    points,
)
from analysis.studies.policy_words import best_first, policies_in_words
from analysis.studies.robustness import limit_of, robustness, shared_futures
from analysis.studies.sensitivity import method_of, ranking, sensitivity
from analysis.studies.settings import outcome_scale
from analysis.studies.study_charts import charts_of_study
from analysis.studies.words import doubts, lead, share_words
from analysis.views import Scale
from analysis.wording import bracketed, short
from simulation.results import EMPTY, Table

SHOWN_FAILURES = 20
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
Write = Callable[[str, Chart], str]


class Finding(NamedTuple):
    """What the page says of one outcome."""

    lead: str
    doubts: list[str]
    conditions: list[str]


class Grid(NamedTuple):
    """A table of words: its heading, the heads of its columns, its rows, and a note."""

    heading: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]
    note: str = ""


def study_page(experiments: Experiments, failures: Sequence[tuple[int, str]], about: Mapping[str, Any]) -> str:
    """The page of a study as one HTML document that needs nothing else.

    Args:
        experiments: the study.
        failures: (number of the point, cause) of every failed run.
        about: facts for the foot of the page by name (seed, customers, weeks, results_sha256, written ...); `currency`
            names that of money, `assumptions` counts the model's.
    """
    return _page(experiments, failures, about, _drawn)


def write_study_report(
    experiments: Experiments,
    failures: Sequence[tuple[int, str]],
    about: Mapping[str, Any],
    folder: Path,
    *,
    png: bool = False,
) -> Path:
    """Write `report.html` and `charts/*.svg` (with `png` also `charts/*.png`) of a study into its folder.

    Returns:
        The path of the page.
    """

    def saved(name: str, chart: Chart) -> str:
        return save_drawing(folder / "charts", name, chart.figure, png=png)

    return replace_file(folder / "report.html", _page(experiments, failures, about, saved).encode())


def _drawn(_name: str, chart: Chart) -> str:
    with style():
        return as_svg(chart.figure)


def _page(experiments: Experiments, failures: Sequence[tuple[int, str]], about: Mapping[str, Any], write: Write) -> str:
    currency = str(about.get("currency", ""))
    tables = found_by_outcome(experiments)
    parts: dict[str, list[Picture]] = {}
    for chart in charts_of_study(experiments, Table.concat(tables.values()), currency):
        name = file_name(chart.name)
        parts.setdefault(chart.part, []).append(Picture(chart.title, inline(write(name, chart), name), chart.broad))
    return page_template("study.html.j2").render(
        manifest={"question": experiments.question, "name": experiments.name},
        findings=findings(experiments, tables, currency),
        how=how(experiments, about),
        parts=list(parts.items()),
        grids=[*_policy_grids(experiments, currency), *_sensitivity_grids(experiments, tables, currency)],
        failures=[(number, cause) for number, cause in failures][:SHOWN_FAILURES],
        failed=len(failures),
        facts=_facts(about),
    )


def found_by_outcome(experiments: Experiments) -> dict[str, Table]:
    """The sensitivity of every outcome; empty where too few points ran to tell."""
    return {each.name: _found(experiments, each.name) for each in experiments.outcomes}


def _found(experiments: Experiments, outcome: str) -> Table:
    try:
        return sensitivity(experiments, outcome)
    except ValueError:  # too few points: the page says so in the words of `lead`
        method_of(experiments)
        return EMPTY


def findings(experiments: Experiments, tables: Mapping[str, Table], currency: str) -> list[Finding]:
    """What is said of every outcome, the first of the study in front."""
    return [_finding(experiments, tables[each.name], each, currency) for each in experiments.outcomes]


def _finding(experiments: Experiments, table: Table, outcome: Outcome, currency: str) -> Finding:
    """Of policies how they stand comes first, then what matters whichever is taken."""
    varies, unsure = lead(experiments, table, outcome.name, currency), doubts(experiments, table, outcome.name)
    conditions = list(_conditions(experiments, outcome, currency))
    standing = policies_in_words(experiments, outcome.name, currency) if experiments.design == POLICIES else []
    if not standing:
        return Finding(varies, unsure, conditions)
    return Finding(standing[0], standing[1:], [" ".join([varies, *unsure]), *conditions])


def _conditions(experiments: Experiments, outcome: Outcome, currency: str) -> Iterator[str]:
    """Under which conditions it fails; of policies, for the one with the best mean."""
    if outcome.name in constant_outcomes(experiments):
        return
    try:
        if experiments.design == POLICIES:
            best = _best_policy(experiments, outcome.name)
            words = told(discover(of_policy(experiments, best), outcome.name), outcome.words, outcome.unit, currency)
            yield f"With {best.replace('_', ' ')}: {words}"
        else:
            yield told(discover(experiments, outcome.name), outcome.words, outcome.unit, currency)
    except ValueError:  # this design has no points all over the space, or too few
        return


def _best_policy(experiments: Experiments, outcome: str) -> str:
    return experiments.policies[int(best_first(experiments, outcome)[0])]


def how(experiments: Experiments, about: Mapping[str, Any]) -> str:
    """What was done, in a sentence or two."""
    each = "once" if experiments.replicates == 1 else f"{experiments.replicates} times"
    kind = experiments.design.replace("_", " ")
    words = (
        f"{points(experiments):,} points of a {kind} design over {len(experiments.factors):,} factors were simulated, "
        f"each {each}. Square brackets are 95 % intervals."
    )
    number = about.get("assumptions")
    if number is None:
        return words
    return f"{words} A simulation rests on its assumptions: {number:,} numbers of this model are assumptions."


def _policy_grids(experiments: Experiments, currency: str) -> Iterator[Grid]:
    """How policies stand, outcome by outcome."""
    for outcome in experiments.outcomes if experiments.design == POLICIES else ():
        try:
            table, seen = robustness(experiments, outcome.name), shared_futures(experiments, outcome.name)
        except ValueError:  # no two futures ran under every policy
            continue
        scale = outcome_scale(outcome, float(np.abs(seen).max()), currency)
        limit = f"{short(scale.factor * limit_of(outcome.name, seen))} {scale.unit}".rstrip()
        note = (
            f"Over {seen.shape[1]:,} futures that all policies met{f', in {scale.unit}' if scale.unit else ''}. Regret: "
            f"what is lost beside the policy that is best in that future. Good enough, best of all: the share of futures "
            f"in which it is {'at least' if higher_is_better(outcome.name) else 'at most'} {limit}, or is the best."
        )
        rows = [(policy.replace("_", " "), _standing(table, policy, scale)) for policy in experiments.policies]
        yield Grid(f"How policies stand: {outcome.words}", list(POLICY_WORDS.values()), rows, note)


def _standing(table: Table, policy: str, scale: Scale) -> list[str]:
    rows = {row["measure"]: row for row in table.where(policy=policy).rows()}
    return [_cell(rows[measure], 100.0 if measure in OF_FUTURES else scale.factor, measure) for measure in POLICY_WORDS]


def _cell(row: Mapping[str, Any], factor: float, measure: str) -> str:
    found = Interval(*(factor * row[end] for end in ("value", "low", "high")))
    words = bracketed(found, sign=False) if found.low < found.high else short(found.mean)
    return f"{words} %" if measure in OF_FUTURES else words


def _sensitivity_grids(experiments: Experiments, tables: Mapping[str, Table], currency: str) -> Iterator[Grid]:
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
    from analysis.studies.index import Index

    rows = {row["index"]: row for row in table.where(factor=factor).rows()}
    shares = indices[0] in SHARES
    return [
        share_words(Index(factor, index, *(rows[index][end] for end in ("value", "low", "high"))))
        if shares
        else _cell(rows[index], scale.factor, index)
        for index in indices
    ]


def _facts(about: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name.replace("_sha256", "").replace("_", " "), str(value)) for name, value in about.items()]
