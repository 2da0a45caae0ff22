"""The page of a plan, drawn from the saved tables of its folder alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from analysis.drawing import inline, replace_file, save_drawing
from analysis.effects import Interval
from analysis.optimising.plan_charts import charts_of_plan
from analysis.report import Picture, page_template
from analysis.views import scale_of
from analysis.wording import bracketed, short
from simulation.files import read_manifest
from simulation.results import Table
from simulation.scenario import Scenario
from simulation.tables import read_parquet

NAMES = ("options", "settings", "looks", "information")


def write_plan_report(
    folder: Path, manifest: Mapping[str, Any], tables: Mapping[str, Table], currency: str, *, png: bool = False
) -> Path:
    """Draw `report.html` and `charts/*.svg` of a plan.

    Args:
        folder: where it goes.
        manifest: of the folder.
        tables: the saved tables by name.
        currency: of the scenario.
        png: whether to write pictures too.
    """
    parts: dict[str, list[Picture]] = {}
    for chart in charts_of_plan(tables, currency):
        name = "".join(letter if letter.isalnum() else "_" for letter in chart.name)
        svg = save_drawing(folder / "charts", name, chart.figure, png=png)
        parts.setdefault(chart.part, []).append(Picture(chart.title, inline(svg, name), chart.broad))
    options = bought_by(tables["settings"])
    page = page_template("optimise.html.j2").render(
        manifest=manifest,
        looks=len(tables["looks"]),
        parts=list(parts.items()),
        options=options,
        judged=list(judged(tables["options"], currency)),
        settings=settings(tables["settings"], options),
        facts=_facts(manifest),
    )
    return replace_file(folder / "report.html", page.encode())


def draw_plan_again(folder: Path, *, png: bool = False) -> Path:
    """Draw the page of a finished folder again."""
    tables = {name: read_parquet(folder / f"{name}.parquet") for name in NAMES}
    currency = Scenario.load(folder / "scenario.toml").market.currency
    return write_plan_report(folder, read_manifest(folder), tables, currency, png=png)


def judged(options: Table, currency: str) -> Iterator[tuple[str, list[str]]]:
    """What every option is worth, how surely, at worst and by mistake, in words."""
    largest = max(float(np.nanmax(np.abs(options[name]))) for name in ("npv", "low", "high", "cost"))
    scale = scale_of("currency", currency, largest or 1.0)
    for row in options.rows():
        worth = Interval(*(scale.factor * row[name] for name in ("npv", "low", "high")))
        amounts = [scale.factor * row[name] for name in ("cost", "cvar", "regret")]
        cells = [bracketed(worth), f"{100 * row['p_positive']:.0f} %" if row["cost"] else ""]
        cells += [short(value) if math.isfinite(value) else "" for value in amounts]
        yield row["option"], [*cells, scale.unit]


def bought_by(table: Table) -> list[str]:
    """The options that buy something."""
    return [name for name in dict.fromkeys(table["option"].tolist()) if name != "nothing"]


def settings(table: Table, options: list[str]) -> list[tuple[str, list[str]]]:
    """What every option sets, dial by dial."""
    values = {(row["option"], row["dial"]): row["setting"] for row in table.rows()}
    dials = dict.fromkeys(table["dial"].tolist())
    return [(dial, [short(values[option, dial]) for option in options]) for dial in dials]


def _facts(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    names = ("seed", "replicates", "customers", "weeks", "results_sha256", "written")
    return [(name.replace("_sha256", ""), str(manifest[name])) for name in names]
