"""Why, in pictures: what the effect goes through, which lever makes it, and what would turn the recommendation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.board import called, condition, is_doubtful, nearness
from analysis.chart import Chart
from analysis.drawing import BASELINE, INK, LINE, SCENARIO, SOFT, WARN, Sheet, plain
from analysis.effects import Interval
from analysis.views import View, scale_of
from analysis.wording import bracketed, short
from simulation.results import Table

LEFT, ROW = 2.3, 0.4  # inches
MOST = 10  # rows of a chart
MARGIN, NPV = "margin", "npv"
OTHER = "desks, messages, word"
DOUBTFUL = "What would turn it cannot be told: its value here may be chance"


def through_what(view: View) -> Chart | None:
    """What of the effect on margin goes through what customers meet."""
    rows = [row for kind in ("route", "other") for row in _rows(view, kind, MARGIN)]
    rows = [row for row in rows if row["value"] or row["name"] != OTHER]
    if not rows or not any(row["value"] for row in rows):
        return None
    rows.sort(key=lambda row: -abs(row["value"]))
    helps, costs = (max(rows, key=lambda row: sign * row["value"]) for sign in (1, -1))
    title = f"{helps['name'].capitalize()} brings margin" if helps["value"] > 0 else "Nothing met brings margin"
    title += f", {costs['name']} costs some" if costs["value"] < 0 else ""
    return _bars(view, rows, title, "Shapley values: each way opened in every order")


def which_lever(view: View) -> Chart | None:
    """What each of several levers adds to net present value."""
    rows = _rows(view, "lever", NPV)
    if len(rows) < 2:  # noqa: PLR2004  (one lever makes all of the effect)
        return None
    rows.sort(key=lambda row: -row["value"])
    best = rows[0]["name"].replace("_", " ")
    title = f"{best.capitalize()} adds most to net present value" if rows[0]["value"] > 0 else "No lever pays by itself"
    return _bars(view, rows, title, "Shapley values: each lever added in every order")


def what_could_turn_it(view: View) -> Chart | None:
    """Net present value with each assumption at the ends of its range, the others as they are."""
    rows = sorted(_rows(view, "assumption", NPV), key=lambda row: -row["value"])[:MOST]
    total = _rows(view, "whole", NPV)
    if not rows or not total:
        return None
    base = total[0]["value"]
    turning = [row for row in rows if np.isfinite(row["turns_at"])]
    scale = scale_of("currency", view.comparison.currency, max(abs(row["value"]) for row in rows) or 1.0)
    title = DOUBTFUL if turning and is_doubtful(view.why) else _turning_title(turning, base)
    note = f"Net present value over the range of each assumption, {scale.unit}{_size(rows)}"
    sheet = Sheet(1.35 + ROW * len(rows), title, note)
    axes = sheet.axes(LEFT + 0.5, 0.4, 0.35)
    for place, row in enumerate(reversed(rows)):
        ends = sorted(scale.factor * row[key] for key in ("at_from", "at_to"))
        colour = WARN if row in turning else SCENARIO
        axes.barh(place, ends[1] - ends[0], 0.5, left=ends[0], color=colour, alpha=0.85)
        for key, end in (("from", "at_from"), ("to", "at_to")):
            side = "right" if scale.factor * row[end] == ends[0] else "left"
            offset = (-3, 0) if side == "right" else (3, 0)
            axes.annotate(
                short(row[key]),
                (scale.factor * row[end], place),
                offset,
                textcoords="offset points",
                ha=side,
                va="center",
                fontsize=8,
                color=SOFT,
            )
    axes.axvline(scale.factor * base, color=INK, linewidth=1.0)
    axes.axvline(0.0, color=LINE, linewidth=1.4)
    across = [0.0, *(scale.factor * row[key] for row in rows for key in ("at_from", "at_to"))]
    room = 0.16 * (max(across) - min(across))
    axes.set_xlim(min(across) - room, max(across) + room)
    _names(axes, [called(row["name"]) for row in reversed(rows)])
    return Chart("what_could_turn_it", title, sheet.figure)


def _turning_title(turning: Sequence[dict[str, Any]], base: float) -> str:
    if not turning:
        return f"No single assumption within its range {'makes it pay' if base < 0 else 'keeps it from paying'}"
    verdict = "It would not pay" if base > 0 else "It would pay"
    return f"{verdict} with {condition(min(turning, key=nearness))}"


def _bars(view: View, rows: list[dict[str, Any]], title: str, note: str) -> Chart:
    scale = scale_of("currency", view.comparison.currency, max(abs(row["value"]) for row in rows))
    sheet = Sheet(1.15 + ROW * len(rows), title, f"{note}; {scale.unit}{_size(rows)}")
    axes = sheet.axes(LEFT - 0.3, 0.35, 1.6)
    for place, row in enumerate(reversed(rows)):
        found = Interval(*(scale.factor * row[key] for key in ("value", "low", "high")))
        axes.barh(place, found.mean, 0.5, color=SCENARIO if found.mean >= 0 else WARN)
        if np.isfinite(found.low):
            axes.plot([found.low, found.high], [place, place], color=INK, linewidth=1.0)
        words = bracketed(found)
        axes.text(1.02, place, words, transform=axes.get_yaxis_transform(), va="center", fontsize=8.5, color=SOFT)
    axes.axvline(0.0, color=BASELINE, linewidth=1.0)
    _names(axes, [row["name"].replace("_", " ") for row in reversed(rows)])
    return Chart("which_lever" if "lever" in note else "through_what", title, sheet.figure)


def _size(rows: Sequence[dict[str, Any]]) -> str:
    """What the explanation was made of, which is less than the comparison."""
    return f"; of {rows[0]['customers']:,} customers, {rows[0]['replicates']} replicates"


def _names(axes: Any, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.xaxis.set_major_formatter(plain)
    axes.grid(visible=False)


def _rows(view: View, kind: str, figure: str) -> list[dict[str, Any]]:
    why: Table = view.why
    return why.where(kind=kind, figure=figure).rows() if why.columns else []
