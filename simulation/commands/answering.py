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
    """The headlines of the focal retailer."""
    cells = [(_what(row), row["mean"], interval(row["low"], row["high"])) for row in headlines(summary_rows(results))]
    title = f"{results.name}: {focal(results.scenario)}"
    print_table(title, ("measure", "mean", "95 % interval"), cells, numeric=("mean", "95 % interval"))


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
    headings = ("measure", "was", "effect", "95 % interval")
    for scenario, baseline in results.scenarios:
        cells = [
            (_what(row), row["baseline"], row["effect"], interval(row["low"], row["high"]))
            for row in headlines(effect_rows(results, scenario))
        ]
        title = f"{scenario.name} against {baseline.name}: what changes for {focal(scenario)}"
        print_table(title, headings, cells, numeric=headings[1:])


# What people see first; the other measures are in the report, in the tables, and in --json.
HEADLINES = (
    "acsi",
    "satisfied_share",
    "attitudinal_loyalty",
    "behavioural_loyalty",
    "trust",
    "share_of_wallet",
    "retention",
    "active",
    "visits",
    "basket",
    "revenue",
    "gross_margin",
    "share_of_market",
    "failures",
    "wait_minutes",
)


def headlines(rows: list[Row]) -> list[Row]:
    """The rows of the measures that people see first, in their order."""
    by_measure = {row["measure"]: row for row in rows}
    return [by_measure[name] for name in HEADLINES if name in by_measure]


def _what(row: Row) -> str:
    """The measure as people call it, with its unit where that says more."""
    from simulation.parameters import MEASURES

    name = row["measure"]
    label = MEASURES[name].label if name in MEASURES else name
    return label if row["unit"] in ("", label) else f"{label} ({row['unit']})"


def summary_rows(results: "RunResults") -> list[Row]:
    """The summary of the focal retailer, one row a measure."""
    return results.summary.where(retailer=focal(results.scenario)).rows()


def effect_rows(results: "CompareResults", scenario: "Scenario") -> list[Row]:
    """What a scenario changes for its focal retailer, from all sources together, one row a measure."""
    return results.effects.where(scenario=scenario.name, retailer=focal(scenario), source="").rows()


def focal(scenario: "Scenario") -> str:
    """The id of the retailer whose question it is."""
    return next(retailer.id for retailer in scenario.retailers if retailer.focal)
