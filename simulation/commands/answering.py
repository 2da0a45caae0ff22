"""What `run` and `compare` answer: to programs in JSON, to people in a sentence and the report's own figures."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import typer

from simulation.commands.printing import print_table

if TYPE_CHECKING:
    from analysis.figures import Line
    from simulation.results import CompareResults, RunResults
    from simulation.scenario import Scenario

Row: TypeAlias = dict[str, Any]

MONEY = (
    "npv",
    "low",
    "high",
    "p_positive",
    "roi",
    "payback_week",
    "interval",
    "margin",
    "cost",
    "luck",
    "p_best",
    "unit",
)
SHOWN = ("Satisfaction and loyalty", "Money and visits")  # groups of measures; the others are in the report


def run_as_json(results: "RunResults", folder: Path) -> Row:
    """The answer of `run`, for the focal retailer."""
    keys = ("mean", "low", "high", "unit")
    rows = results.summary.where(retailer=focal(results.scenario)).rows()
    summary = {row["measure"]: {key: row[key] for key in keys} for row in rows}
    return {"out": folder, "results_sha256": results.results_sha256, "summary": summary}


def compare_as_json(results: "CompareResults", folder: Path) -> Row:
    """The answer of `compare`, for the focal retailer; the common baseline, or null when they differ."""
    baselines = {baseline.name for _, baseline in results.scenarios}
    return {
        "answer": results.answer,
        "out": folder,
        "results_sha256": results.results_sha256,
        "baseline": baselines.pop() if len(baselines) == 1 else None,
        "scenarios": [_comparison(results, scenario, baseline) for scenario, baseline in results.scenarios],
    }


def _comparison(results: "CompareResults", scenario: "Scenario", baseline: "Scenario") -> Row:
    """What one scenario changes, from all sources together."""
    keys = ("effect", "low", "high", "unit", "interval")
    rows = results.effects.where(scenario=scenario.name, retailer=focal(scenario), source="").rows()
    effects = {row["measure"]: {key: row[key] for key in keys} for row in rows}
    return {"name": scenario.name, "baseline": baseline.name, "effects": effects, "money": _money(results, scenario)}


def _money(results: "CompareResults", scenario: "Scenario") -> Row:
    """What a scenario pays back; null where there is nothing to tell."""
    (row,) = results.money.where(scenario=scenario.name).rows()
    return {key: None if row[key] != row[key] else row[key] for key in MONEY}


def focal(scenario: "Scenario") -> str:
    """The id of the retailer whose question it is."""
    return next(retailer.id for retailer in scenario.retailers if retailer.focal)


def print_answer(answer: str, folder: Path) -> None:
    """The answer in a sentence (a run has none), then the figures of the focal retailer, as the report has them."""
    from analysis.figures import levers, money, table
    from analysis.views import View
    from simulation.files import load

    if answer:
        typer.echo(answer)
    saved = load(folder)
    for comparison in saved.comparisons:
        view = View.of(saved, comparison)
        lines = [line for name, group in table(view) if name in SHOWN for line in group]
        against = f" against {view.baseline}" if view.baseline else ""
        _print_lines(
            f"{view.scenario}{against}: {comparison.focal_label}, {view.window}", lines, is_run=not view.baseline
        )

        if worth := money(view):
            print_table(f"Money, {view.window}, discounted to week {view.window.first}", ["figure", "value"], worth)
        if parts := levers(view):
            (whole,) = view.why.where(kind="whole", figure="npv").rows()
            size = f"{whole['customers']:,} customers, {whole['replicates']} replicates"
            headings = ["lever", "net present value [95 %]", "ACSI [95 %]"]
            print_table(f"What each lever adds, averaged over orders; of {size}", headings, parts, numeric=headings[1:])


def _print_lines(title: str, lines: "list[Line]", *, is_run: bool) -> None:
    if is_run:
        headings = ["measure", "mean", "95 % interval"]
        cells = [[_what(line), line.after, line.change] for line in lines]
    else:
        headings = ["measure", "baseline", "scenario", "change [95 %]"]
        cells = [[_what(line), line.before, line.after, line.change] for line in lines]
    print_table(title, headings, cells, numeric=headings[1:])


def _what(line: "Line") -> str:
    """The measure with its unit, where that says more than its name."""
    return line.label if line.unit in line.label else f"{line.label}, {line.unit}"
