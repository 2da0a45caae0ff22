"""The service desk: complaints and how they are answered, and whether those who complained come again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analysis.chart import Chart, basis, colour
from analysis.drawing import INK, SOFT, Sheet, plain
from analysis.effects import Interval
from analysis.panels import Panel, bands, change_of, level_of, of_measure, small_multiples
from analysis.views import View
from analysis.wording import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DESK = {
    "complaints": "complaints a week",
    "response_time_p90": "response, slowest tenth",
    "response_time_median": "response, median",
    "complaints_solved": "complaints solved",
    "complaints_waiting": "complaints waiting",
    "first_contact_resolution": "solved at first contact",
}
DAYS = 3  # from which on nobody counts hours
FATES = {"quick": "solved quickly", "late": "solved late", "vain": "in vain", "silent": "did not complain"}
SEVERITIES = ("minor", "major")


def service_desk(view: View) -> Chart | None:
    """Complaints, how long answers take and what they solve, by week."""
    panels = {name: panel for name, label in DESK.items() if (panel := of_measure(view, name, label)) is not None}
    if not {"complaints", "response_time_p90", "complaints_solved"} <= set(panels):
        return None
    title = _desk_title(view, panels)
    note = f"{bands(view)}; axes not from 0"
    return Chart("service_desk", title, small_multiples(view, title, note, list(panels.values())))


def _desk_title(view: View, panels: dict[str, Panel]) -> str:
    solved, slow = (level_of(view, panels[name]) for name in ("complaints_solved", "response_time_p90"))
    lead = f"{solved:.0f} % of complaints are solved; one answer in ten takes {_time(slow)} or more"
    if view.baseline is None:
        return lead
    found = change_of(view, panels["response_time_p90"])
    before = slow - found.found.mean if found is not None and found.clear else slow
    return f"{lead}, instead of {_time(before)}" if before != slow else lead


def _time(hours: float) -> str:
    return f"{short(hours)} hours" if hours < DAYS * 24 else f"{hours / 24:.0f} days"


class Fate(NamedTuple):
    """What became of a failure, and the share of customers who came again in the quarter after it, by world."""

    label: str
    levels: tuple[Interval, ...]


def coming_again(view: View) -> Chart | None:
    """After a failure: who comes again, by how it was answered; is a good answer worth more than none needed?"""
    groups = {severity: _fates(view, severity) for severity in SEVERITIES}
    if not all(groups.values()):
        return None
    title = _again_title(groups)
    note = f"Customers who came again in the quarter after it, {view.window}, {basis(view)}"
    rows = sum(map(len, groups.values())) + len(groups)
    sheet = Sheet(1.3 + 0.27 * rows, title, note)
    axes = sheet.axes(1.55, 0.45, 0.7, top=sheet.top - 0.05)
    height = float(rows)
    for severity, fates in groups.items():
        height -= 1
        _heading(axes, f"{severity} failure", height)
        for fate in fates:
            height -= 1
            _draw(axes, view, fate, height)
    _frame(axes, rows)
    return Chart("coming_again", title, sheet.figure)


def _fates(view: View, severity: str) -> list[Fate]:
    found = []
    for fate, label in FATES.items():
        levels = [view.level(world, f"repurchase_{severity}_{fate}") for world in view.worlds]
        known = tuple(level for level in levels if level is not None)
        if len(known) == len(levels):
            found.append(Fate(label, known))
    return found


def _again_title(groups: dict[str, list[Fate]]) -> str:
    now = {fate.label: fate.levels[-1] for fate in groups["major"]}
    ends = [now[label] for label in (FATES["quick"], FATES["vain"]) if label in now]
    if len(ends) < 2:  # noqa: PLR2004  (nothing to set against each other)
        return "Who comes again after a failure"
    good, bad = ends
    told = f"After a major failure {100 * good.mean:.0f} % come again if it is solved quickly,"
    told += f" {100 * bad.mean:.0f} % if they complain in vain"
    return f"{told}; too few to tell them apart" if good.low <= bad.high and bad.low <= good.high else told


def _heading(axes: Axes, words: str, height: float) -> None:
    axes.annotate(
        words,
        (0, height),
        (-6, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="center",
        color=INK,
        fontweight="bold",
        annotation_clip=False,
    )


def _draw(axes: Axes, view: View, fate: Fate, height: float) -> None:
    axes.annotate(
        fate.label,
        (0, height),
        (-6, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="center",
        color=SOFT,
    )
    for world, level in zip(view.worlds, fate.levels, strict=True):
        paint = colour(view, world)
        axes.plot([100 * level.low, 100 * level.high], [height, height], color=paint, linewidth=5, alpha=0.25)
        axes.plot(100 * level.mean, height, "o", color=paint, markersize=6)
    last = fate.levels[-1]
    axes.annotate(
        f"{100 * last.mean:.0f} %",
        (1, height),
        (8, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        color=colour(view, view.scenario),
    )


def _frame(axes: Axes, rows: int) -> None:
    axes.set_yticks([])
    axes.set_ylim(-0.6, rows - 0.4)
    axes.grid(visible=True, axis="x")
    axes.set_xlim(0, 102)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(plain)
    axes.set_xlabel("% who come again")
