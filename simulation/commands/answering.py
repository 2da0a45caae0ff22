"""What `run` and `compare` answer: to programs in JSON, to people in a sentence and a table."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import typer

from simulation.commands.printing import interval, print_table

if TYPE_CHECKING:
    from simulation.results import CompareResults, RunResults
    from simulation.scenario import Scenario

Row: TypeAlias = dict[str, Any]

# What an investment pays back; null until the money model is there.
NO_MONEY = dict.fromkeys(("npv", "low", "high", "p_positive", "roi", "payback_week", "interval"))


def run_as_json(results: "RunResults", folder: Path) -> dict[str, Any]:
    """The answer of `run`, for the focal retailer."""
    keys = ("mean", "low", "high", "unit")
    summary = {row["measure"]: {key: row[key] for key in keys} for row in summary_rows(results)}
    return {"out": folder, "results_sha256": results.results_sha256, "summary": summary}


def print_run(results: "RunResults") -> None:
    """The summary of the focal retailer."""
    rows = summary_rows(results)
    cells = [(row["measure"], row["mean"], interval(row["low"], row["high"]), row["unit"]) for row in rows]
    title = f"{results.name}: {focal(results.scenario)}"
    print_table(title, ("measure", "mean", "95 % interval", "unit"), cells, numeric=("mean", "95 % interval"))


def compare_as_json(results: "CompareResults", folder: Path) -> dict[str, Any]:
    """The answer of `compare`, for the focal retailer; the common baseline, or null when they differ."""
    baselines = {baseline.name for _, baseline in results.scenarios}
    return {
        "answer": results.answer,
        "out": folder,
        "results_sha256": results.results_sha256,
        "baseline": baselines.pop() if len(baselines) == 1 else None,
        "scenarios": [_comparison(results, scenario, baseline) for scenario, baseline in results.scenarios],
    }


def _comparison(results: "CompareResults", scenario: "Scenario", baseline: "Scenario") -> dict[str, Any]:
    keys = ("effect", "low", "high", "unit", "interval")
    effects = {row["measure"]: {key: row[key] for key in keys} for row in effect_rows(results, scenario)}
    return {"name": scenario.name, "baseline": baseline.name, "effects": effects, "money": NO_MONEY}


def print_answer(results: "CompareResults") -> None:
    """The answer in a sentence, then what changed for the focal retailer."""
    typer.echo(results.answer)
    headings = ("measure", "effect", "95 % interval", "unit")
    for scenario, baseline in results.scenarios:
        cells = [
            (row["measure"], row["effect"], interval(row["low"], row["high"]), row["unit"])
            for row in effect_rows(results, scenario)
        ]
        title = f"{scenario.name} against {baseline.name}: what changes for {focal(scenario)}"
        print_table(title, headings, cells, numeric=("effect", "95 % interval"))


def summary_rows(results: "RunResults") -> list[Row]:
    """The summary of the focal retailer, one row a measure."""
    return results.summary.where(retailer=focal(results.scenario)).rows()


def effect_rows(results: "CompareResults", scenario: "Scenario") -> list[Row]:
    """What a scenario changes for its focal retailer, from all sources together, one row a measure."""
    return results.effects.where(scenario=scenario.name, retailer=focal(scenario), source="").rows()


def focal(scenario: "Scenario") -> str:
    """The id of the retailer whose question it is."""
    return next(retailer.id for retailer in scenario.retailers if retailer.focal)
