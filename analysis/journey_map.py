"""The journey as a map: how many visits meet each touchpoint, how it is felt, how much is missing there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analysis.chart import Chart, capital
from analysis.drawing import BASELINE, INK, SCENARIO, SOFT, WARN, Sheet, plain
from analysis.experience_charts import TOUCHPOINTS
from analysis.importance_chart import mean_of_rivals
from analysis.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MET_BY = {"checkout": "conversion", "advice": "met_advice", "aftercare": "met_aftercare"}  # others: every visit
BEHIND = 0.5  # points less than the mean of rivals


class Stop(NamedTuple):
    """A touchpoint: visits that meet it, its level and the rivals' mean (points of 100), its part of what is missing.

    Missing is what its level falls short of `aspired_level`, in all visits that meet it; `before` is the baseline's.
    """

    name: str
    met: float
    level: float
    part: float
    before: float
    rivals: float | None

    @property
    def words(self) -> str:
        """What stands beside its bar."""
        behind = self.rivals is not None and self.level < self.rivals - BEHIND
        rivals = f", rivals {self.rivals:.0f}" if behind else ""
        return f"met by {100 * self.met:.0f} %, felt as {self.level:.0f}{rivals}"


def journey_map(view: View) -> Chart | None:
    """Where most is missing in the journey of the focal retailer's customers."""
    stops = stops_of(view)
    if not stops:
        return None
    most = max(stops, key=lambda stop: stop.part)
    worst = min(stops, key=lambda stop: stop.level)
    title = f"{capital(most.name)} holds most of what is missing ({100 * most.part:.0f} %)"
    title += ", and is felt as the worst" if worst is most else f"; {worst.name} is felt as the worst"
    note = f"Part of all that falls short of a faultless experience ({_aspired(view):.0f} points), {view.window}"
    sheet = Sheet(3.0, title, f"{note}; ring: baseline" if view.baseline else note)
    axes = sheet.axes(0.92, 0.45, 0.2)
    _draw(axes, stops, worst, compared=view.baseline is not None)
    return Chart("journey_map", title, sheet.figure)


def stops_of(view: View) -> list[Stop]:
    """Every touchpoint of the journey, in order; nothing where one was not measured."""
    now, before = (_levels(view, world) for world in (view.scenario, view.baseline or view.scenario))
    if len(now) < len(TOUCHPOINTS) or len(before) < len(TOUCHPOINTS):
        return []
    parts, parts_before = _parts(view, view.scenario, now), _parts(view, view.baseline or view.scenario, before)
    return [
        Stop(
            name,
            _met(view, view.scenario, name),
            now[name],
            parts[name],
            parts_before[name],
            mean_of_rivals(view, f"touchpoint_{name}"),
        )
        for name in TOUCHPOINTS
    ]


def _levels(view: View, world: str) -> dict[str, float]:
    """How each touchpoint that was measured is felt in one world, in points of 100."""
    found = {name: view.level(world, f"touchpoint_{name}") for name in TOUCHPOINTS}
    return {name: 100 * level.mean for name, level in found.items() if level is not None}


def _parts(view: View, world: str, levels: dict[str, float]) -> dict[str, float]:
    """What is missing at each touchpoint over all that is missing in one world."""
    aspired = _aspired(view)
    missing = {name: _met(view, world, name) * max(0.0, aspired - level) for name, level in levels.items()}
    whole = sum(missing.values()) or 1.0
    return {name: part / whole for name, part in missing.items()}


def _met(view: View, world: str, name: str) -> float:
    met = view.level(world, MET_BY[name]) if name in MET_BY else None
    return 1.0 if met is None else met.mean


def _aspired(view: View) -> float:
    """The level that leaves nothing to be improved, in points of 100."""
    from simulation.parameters import PARAMETERS

    return 100 * float(view.saved.scenario.parameters.get("aspired_level", PARAMETERS["aspired_level"].value))


def _draw(axes: Axes, stops: list[Stop], worst: Stop, *, compared: bool) -> None:
    rows = range(len(stops))
    for row, stop in zip(rows, reversed(stops), strict=True):
        marked = stop is worst
        axes.barh(row, 100 * stop.part, height=0.55, color=WARN if marked else SCENARIO)
        if compared:
            axes.plot(100 * stop.before, row, "o", markersize=6, markerfacecolor="none", markeredgecolor=BASELINE)
        words = f"{stop.words} (worst)" if marked else stop.words
        axes.annotate(
            words,
            (100 * max(stop.part, stop.before if compared else 0.0), row),
            (8, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.2,
            color=WARN if marked else SOFT,
        )
    axes.set_yticks(rows, [stop.name for stop in reversed(stops)], color=INK, fontsize=10)
    axes.set_xlim(0, 2.7 * max(100 * max(stop.part, stop.before) for stop in stops))
    axes.grid(visible=False)
    axes.xaxis.set_major_formatter(plain)
    axes.set_xlabel("% of what is missing")
