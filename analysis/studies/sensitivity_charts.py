"""Pictures of what matters: the tornado, shares of variance with their intervals, elementary effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from analysis.chart import Chart
from analysis.drawing import BASELINE, INK, LINE, SCENARIO, Sheet, plain
from analysis.labels import name_points
from analysis.studies.experiments import Experiments, Outcome, factor_named, outcome_named, outcome_values
from analysis.studies.index import Index
from analysis.studies.sensitivity import method_of, ranking
from analysis.studies.settings import outcome_scale, rounded, setting
from analysis.studies.swings import reference
from analysis.views import Scale
from simulation.results import Table

MOST = 12  # factors on a chart
LEFT = 2.0  # inches for names
ROW = 0.36
LETTERS = 24  # of a line of a name
LINE_LETTERS = 28  # of a name in smaller letters
TORNADO_ROW = 0.44
IDLE = 0.02  # of the largest effect: what is below does nothing to speak of
LEAST_SPREAD = 0.3  # of the largest effect, up to which the axis goes at least
PART = "What matters"
TITLES = {
    "tornado": "How far {} swings with each factor",
    "shares": "What {} varies by",
    "screening": "How far {} moves with each factor",
}


def charts_of_sensitivity(experiments: Experiments, table: Table, outcome: str, currency: str) -> list[Chart]:
    """The picture of a design's own analysis of one outcome; none if it says nothing of it."""
    method = method_of(experiments)
    ranked = ranking(table, outcome, method) if len(table) else []
    if not ranked:
        return []
    described = experiments.outcomes[outcome_named(experiments, outcome)]
    largest = max(abs(each.value) for each in ranked)
    if method == "one_at_a_time":
        return [tornado(experiments, table, described, ranked, currency)]
    if method == "morris":
        return [screening(experiments, table, described, ranked, outcome_scale(described, largest, currency))]
    return [shares(experiments, table, described, ranked)]


def tornado(experiments: Experiments, table: Table, outcome: Outcome, ranked: Sequence[Index], currency: str) -> Chart:
    """The outcome with each factor at its lowest (grey) and highest (blue), all others where they stand."""
    shown = list(reversed(([each for each in ranked if each.value] or list(ranked))[:MOST]))
    ends = {index: _values(table, outcome.name, index) for index in ("at_low", "at_high")}
    scale = outcome_scale(outcome, max(abs(each) for found in ends.values() for each in found.values()), currency)
    title = TITLES["tornado"].format(outcome.words)
    note = f"Grey: at its lowest, blue: at its highest, all others stay{_some(ranked, shown)}"
    sheet = Sheet(1.35 + TORNADO_ROW * len(shown), title, note)
    axes = sheet.axes(LEFT, 0.5, 0.3)
    middle = scale.factor * _at_reference(experiments, outcome.name)
    for place, each in enumerate(shown):
        for index, colour in (("at_low", BASELINE), ("at_high", SCENARIO)):
            end = scale.factor * ends[index][each.factor]
            axes.barh(place, end - middle, 0.6, left=middle, color=colour, alpha=0.85)
    _rows(axes, [_ends(experiments, each, currency) for each in shown])
    axes.tick_params(axis="y", labelsize=8.5)
    axes.axvline(middle, color=INK, linewidth=1.0)
    axes.set_xlabel(f"{outcome.words}, {scale.unit}".removesuffix(", "))
    return Chart(f"{outcome.name}_tornado", title, sheet.figure, PART)


def _at_reference(experiments: Experiments, outcome: str) -> float:
    """The outcome where nothing is moved; the mean of all if that point is not among them."""
    values = outcome_values(experiments, outcome)
    here = (experiments.inputs == reference(experiments)).all(1) & np.isfinite(values)
    return float(values[here].mean() if here.any() else np.nanmean(values))


def shares(experiments: Experiments, table: Table, outcome: Outcome, ranked: Sequence[Index]) -> Chart:
    """Shares of variance: the dot is the share that ranks, the bar behind it what goes with the factor alone."""
    method = method_of(experiments)
    shown = list(reversed(ranked[:MOST]))
    alone = _values(table, outcome.name, "first") if method != "given_data" else {}
    title = TITLES["shares"].format(outcome.words)
    sheet = Sheet(1.35 + ROW * len(shown), title, f"{_legend(method)}{_some(ranked, shown)}")
    axes = sheet.axes(LEFT, 0.5, 0.3)
    for place, each in enumerate(shown):
        if alone:
            axes.barh(place, 100 * max(alone[each.factor], 0.0), 0.5, color=BASELINE, alpha=0.45)
        axes.plot([100 * each.low, 100 * each.high], [place, place], color=SCENARIO, linewidth=2.2)
        axes.plot(100 * each.value, place, "o", color=SCENARIO, markersize=7)
    _rows(axes, [_cut(experiments, each) for each in shown])
    axes.axvline(0.0, color=LINE, linewidth=1.2)
    axes.set_xlabel("% of the variance")
    return Chart(f"{outcome.name}_shares", title, sheet.figure, PART)


def _legend(method: str) -> str:
    if method == "given_data":
        return "Share that goes with each factor by itself, with its 95 % interval"
    ends = "" if method == "grid" else ", with its 95 % interval"
    return f"Blue: alone or together with others{ends}; grey: alone"


def screening(experiments: Experiments, table: Table, outcome: Outcome, ranked: Sequence[Index], scale: Scale) -> Chart:
    """Mean size of a factor's effect against its spread: to the right matters, high up depends on the others."""
    spread = _values(table, outcome.name, "sigma")
    title = TITLES["screening"].format(outcome.words)
    note = "Mean size of the effect over a factor's range, with its 95 % interval, and its spread; above the line an "
    sheet = Sheet(4.0, title, f"{note}effect turns with where the others stand")
    axes = sheet.axes(0.75, 0.5, 0.3)
    across = {each.factor: scale.factor * each.value for each in ranked}
    up = {name: scale.factor * value for name, value in spread.items()}
    for each in ranked:
        axes.plot([scale.factor * each.low, scale.factor * each.high], [up[each.factor]] * 2, color=LINE, linewidth=1.4)
    axes.plot(list(across.values()), [up[name] for name in across], "o", color=SCENARIO, markersize=6)
    furthest = max(*across.values(), *up.values())
    axes.plot([0, furthest], [0, furthest], color=LINE, linewidth=1.0, linestyle="--")
    axes.set_xlabel(f"mean size (mu star), {scale.unit}".rstrip(", "))
    axes.set_ylabel(f"spread (sigma), {scale.unit}".rstrip(", "))
    axes.xaxis.set_major_formatter(plain)
    axes.yaxis.set_major_formatter(plain)
    axes.set_xlim(0, 1.5 * furthest)
    axes.set_ylim(0, 1.15 * max(*up.values(), LEAST_SPREAD * furthest))
    name_points(axes, _named_points(experiments, ranked, across, up), INK)
    return Chart(f"{outcome.name}_screening", title, sheet.figure, PART)


def _named_points(
    experiments: Experiments, ranked: Sequence[Index], across: Mapping[str, float], up: Mapping[str, float]
) -> list[tuple[str, float, float]]:
    """The points that are named: what does nothing needs no name."""
    shown = [each.factor for each in ranked[:MOST] if each.value > IDLE * ranked[0].value]
    words = {name: experiments.factors[factor_named(experiments, name)].words for name in shown}
    return [(_in_one_line(words[name]), across[name], up[name]) for name in shown]


def _values(table: Table, outcome: str, index: str) -> Mapping[str, float]:
    return {row["factor"]: row["value"] for row in table.where(outcome=outcome, index=index).rows()}


def _some(ranked: Sequence[Index], shown: Sequence[Index]) -> str:
    """Words for factors that found no room, or move nothing."""
    return f"; {len(shown)} of {len(ranked)} factors" if len(ranked) > len(shown) else ""


def _ends(experiments: Experiments, each: Index, currency: str) -> str:
    """A factor over its lowest and highest."""
    factor = experiments.factors[factor_named(experiments, each.factor)]
    if factor.choices:
        ends = f"{factor.choices[0]} → {factor.choices[-1]}"
    else:
        ends = f"{plain(rounded(factor, factor.low, currency))} → {setting(factor, factor.high, currency)}"
    return f"{_in_one_line(factor.words)}\n{_in_one_line(ends)}"


def _in_one_line(words: str) -> str:
    return words if len(words) <= LINE_LETTERS else f"{words[: LINE_LETTERS - 1].rstrip()}…"


def in_two_lines(words: str) -> str:
    """A name over two lines at most."""
    lines = wrap(words, LETTERS)
    return "\n".join(lines[:2]) + ("…" if len(lines) > 2 else "")  # noqa: PLR2004 - as it says


def _cut(experiments: Experiments, each: Index) -> str:
    return in_two_lines(experiments.factors[factor_named(experiments, each.factor)].words)


def _rows(axes: Any, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.xaxis.set_major_formatter(plain)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.locator_params(axis="x", nbins=6)
