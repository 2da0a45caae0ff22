"""The page of a calibration, drawn from the saved tables of its folder alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analysis.calibration.calibration_charts import charts_of
from analysis.calibration.calibration_words import GRID_COLUMNS, comparison_cells
from analysis.chart import Chart
from analysis.drawing import inline, replace_file, save_drawing
from analysis.report import Picture, page_template
from analysis.wording import short
from simulation.results import Table

TEMPLATE = "calibration.html.j2"


class Grid(NamedTuple):
    """A table of the page."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def write_calibration_report(
    folder: Path,
    manifest: Mapping[str, Any],
    saved: Mapping[str, Any],
    tables: Mapping[str, Table],
    own: Sequence[Chart] = (),
    *,
    png: bool = False,
) -> Path:
    """Draw `report.html` and `charts/*.svg` of a calibration.

    Args:
        folder: where it goes.
        manifest: of the folder.
        saved: what `calibration.json` holds.
        tables: the saved tables by name.
        own: charts that the fits have drawn; of a folder that is drawn again, their saved drawings are taken.
        png: whether to write pictures too.
    """
    parts: dict[str, list[Picture]] = {}
    for chart in (*charts_of(dict(tables)), *own):
        svg = save_drawing(folder / "charts", chart.name, chart.figure, png=png)
        parts.setdefault(chart.part, []).append(Picture(chart.title, inline(svg, chart.name), chart.broad))
    for chart in () if own else saved["charts"]:
        svg = (folder / "charts" / f"{chart['name']}.svg").read_text(encoding="utf-8")
        parts.setdefault(chart["part"], []).append(Picture(chart["title"], inline(svg, chart["name"]), chart["broad"]))
    page = page_template(TEMPLATE).render(
        manifest=manifest,
        lead=_lead(manifest),
        verdict=saved["verdict"],
        parts=list(parts.items()),
        grids=list(_grids(tables)),
        remarks=saved["remarks"],
        facts=_facts(manifest),
    )
    return replace_file(folder / "report.html", page.encode())


def _lead(manifest: Mapping[str, Any]) -> str:
    return (
        f"{manifest['name']}: {manifest['customers']:,} customers with {manifest['purchases']:,} purchases "
        f"from {manifest['first']} to {manifest['until']}."
    )


def _grids(tables: Mapping[str, Table]) -> Iterator[Grid]:
    if "holdout" in tables:
        note = (
            "RMSE above ours: how much larger the error by customer is, with a 95 % interval over customers drawn "
            "anew. No single error is enough: a forecast of nothing has a fair mean absolute error."
        )
        yield Grid("Out of sample, beside other models", GRID_COLUMNS, comparison_cells(tables["holdout"]), note)
    rows = tables["estimates"].rows()
    told, untold = ([row for row in rows if row["told"] is flag] for flag in (True, False))
    columns = ("number", "estimate [95 %]", "from", "remark", "unit")
    if told:
        yield Grid("What the data say", columns, [_estimate(row) for row in told])
    if untold:
        note = "These stayed where they were; the interval is the range that was known before."
        yield Grid("What the data cannot tell", columns, [_estimate(row) for row in untold], note)
    if "moments" in tables:
        cells = [
            (
                row["moment"],
                short(row["observed"]),
                f"{short(row['simulated'])} [{short(row['low'])}, {short(row['high'])}]",
            )
            for row in tables["moments"].rows()
        ]
        note = "The market simulated over the weeks held back, calibrated on what came before; ranges over replicates."
        yield Grid("The simulation beside the log", ("moment", "observed", "simulated [range]"), cells, note)


def _estimate(row: Mapping[str, Any]) -> Sequence[str]:
    value, low, high = (short(row[key]) if math.isfinite(row[key]) else "–" for key in ("value", "low", "high"))
    return (row["path"], f"{value} [{low}, {high}]", row["source"], row["remark"], row["unit"])


def _facts(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    versions = ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
    return [
        ("seed", str(manifest["seed"])),
        ("files", ", ".join(manifest["files"].values())),
        ("weeks held back", str(manifest["held_back_weeks"])),
        ("customers", "stand in this folder under salted hashes; the salt is kept elsewhere, for its owner alone"),
        ("salt", manifest["salt"]),
        ("assumptions", f"{manifest['assumptions']:,} of the model's numbers have no published size behind them"),
        ("versions", versions),
        ("written", f"{manifest['written']}, after {manifest['wall_seconds']:,.1f} s on {manifest['cpu']}"),
    ]
