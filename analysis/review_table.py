"""What periodic reviews measured and bought, review by review, for the page."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.views import View
from simulation.parameters import DETERMINANTS
from simulation.results import Table


class Bought(NamedTuple):
    """What some replicates' reviews bought before a week, in words."""

    week: str
    determinant: str
    lever: str
    replicates: str  # in how many of all
    level: str  # of the determinant as visitors met it in the weeks before, and how much it counts
    spent: str


def reviews_of(view: View) -> list[Bought]:
    """A line for every review and lever that was chosen in any replicate, the most frequent of a week first."""
    rows = view.saved.read("reviews", scenario=view.scenario)
    if not rows.columns:
        return []
    chosen = rows.take(rows["lever"] != "")
    found = []
    for week in chosen.values("week"):
        held = chosen.where(week=week)
        levers = sorted(set(zip(held["lever"], held["determinant"], strict=True)))
        lines = [held.where(lever=lever, determinant=determinant) for lever, determinant in levers]
        found += [_line(week, line, view) for line in sorted(lines, key=len, reverse=True)]
    return found


def _line(week: int, rows: Table, view: View) -> Bought:
    determinant = str(rows["determinant"][0])
    level, importance = float(np.mean(rows["level"])), float(np.mean(rows["importance"]))
    return Bought(
        week=str(week),
        determinant=DETERMINANTS[determinant].label,
        lever=str(rows["lever"][0]).replace("_", " "),
        replicates=f"{len(rows)} of {view.replicates}",
        level=f"{level:.2f}, counts {100.0 * importance:.0f} %",
        spent=f"{float(np.mean(rows['spent'])):,.0f} {view.comparison.currency}",
    )
