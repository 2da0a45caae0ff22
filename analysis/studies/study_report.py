"""The page of a study: what matters most and how sure, then pictures, conditions, policies, failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analysis.chart import Chart
from analysis.drawing import as_svg, file_name, inline, replace_file, save_drawing, style
from analysis.report import Picture, page_template
from analysis.studies.discovery import discover
from analysis.studies.discovery_words import told
from analysis.studies.experiments import (
    POLICIES,
    Experiments,
    Outcome,
    constant_outcomes,
    of_policy,
    points,
)
from analysis.studies.policy_words import best_first, policies_in_words
from analysis.studies.sensitivity import method_of, sensitivity
from analysis.studies.study_charts import WHOLE, charts_of_study
from analysis.studies.study_tables import policy_grids, sensitivity_grids
from analysis.studies.words import doubts, lead
from simulation.results import EMPTY, Table

SHOWN_FAILURES = 20
Write = Callable[[str, Chart], str]


class Finding(NamedTuple):
    """What the page says of one outcome."""

    lead: str
    doubts: list[str]
    conditions: list[str]


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
        grids=[*policy_grids(experiments, currency), *sensitivity_grids(experiments, tables, currency)],
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
    outcomes = enumerate(experiments.outcomes)
    return [_finding(experiments, tables[each.name], each, currency, whole=place < WHOLE) for place, each in outcomes]


def _finding(experiments: Experiments, table: Table, outcome: Outcome, currency: str, *, whole: bool) -> Finding:
    """Of policies how they stand comes first, then what matters whichever is taken."""
    varies, unsure = lead(experiments, table, outcome.name, currency), doubts(experiments, table, outcome.name)
    conditions = list(_conditions(experiments, outcome, currency)) if whole else []
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


def _facts(about: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name.replace("_sha256", "").replace("_", " "), _in_words(value)) for name, value in about.items()]


def _in_words(value: Any) -> str:
    """A fact; of several their names and values."""
    return ", ".join(f"{name} {each}" for name, each in value.items()) if isinstance(value, Mapping) else str(value)
