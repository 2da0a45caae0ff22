"""The customers: who was helped and who was hurt, and by how much."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.chart import Chart
from analysis.drawing import INK, LINE, SCENARIO, SOFT, WARN, Sheet, bare, plain
from analysis.effects import estimate, t_quantile
from analysis.views import View
from analysis.wording import short
from simulation.results import Labels, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NOT_TRAITS = ("scenario", "replicate", "customer_id", "draw_key", "cell", "effect", "outcome", "kept")
OUTCOMES = ("_baseline", "_scenario")
USUAL_TRAITS = ("price_sensitivity", "goal")  # shown when no trait sets customers apart
FEW_VALUES = 4
MOST_TRAITS = 3
SURE = 0.9999  # the best and the worst part of many traits were chosen: chance has had many tries
PARTS = {"goal": ("task", "mixed", "experiential")}  # elsewhere: low, middle, high
BAND = 1.0  # points of 100 within which a customer counts as unchanged
RANGES = (5, 25, 50, 75, 95)  # per cent of customers below: nine in ten, the middle half, the median
COLUMNS = (38, 88)  # typographic points beside the axes
Mask = NDArray[np.bool_]


class Group(NamedTuple):
    """Some customers: by how many points they changed (`RANGES`), and shares helped and hurt (%)."""

    label: str
    ranges: tuple[float, ...]
    helped: float
    hurt: float


def helped_and_hurt(view: View) -> Chart | None:
    """Twins in both worlds: by how much customers changed, over all and along the traits that matter most."""
    if not len(view.twins):
        return None
    parted = list(_groups(view.twins, sorted_by_effect=True))
    groups = [_group("all customers", view.twins, np.ones(len(view.twins), np.bool_)), *parted]
    groups += [] if parted else _groups(view.twins, sorted_by_effect=False)
    title = _title(groups[0])
    whose = f"Satisfaction of customers of {view.comparison.focal_label} against their twins"
    note = f"{whose}; shaded: within 1 point, unchanged"
    note += "" if parted else "; no trait sets customers apart"
    sheet = Sheet(1.55 + 0.27 * len(groups), title, note)
    axes = sheet.axes(1.8, 0.45, 1.25, top=sheet.top - 0.2)
    for height, group in enumerate(reversed(groups)):
        _draw(axes, height, group, strong=group is groups[0])
    _frame(axes, groups)
    return Chart("helped_and_hurt", title, sheet.figure)


def _title(everyone: Group) -> str:
    low, high = (short(everyone.ranges[place], sign=True, like=_grain(everyone)) for place in (0, -1))
    counted = f"{_percent(everyone.helped)} of customers were helped, {_percent(everyone.hurt)} were hurt"
    return f"{counted}: nine in ten changed by {low or 0} to {high or 0} points"


def _grain(group: Group) -> float:
    return max(abs(group.ranges[0]), abs(group.ranges[-1]))


def _draw(axes: Axes, height: int, group: Group, *, strong: bool) -> None:
    """Nine in ten customers thin, the middle half thick, the median a dot; the counts beside it."""
    low, lower, middle, upper, high = group.ranges
    shade = 1.0 if strong else 0.6
    axes.plot([low, high], [height, height], color=INK, linewidth=1.2, alpha=shade)
    axes.plot([lower, upper], [height, height], color=INK, linewidth=6, alpha=0.45 * shade)
    axes.plot(middle, height, "o", color=INK, markersize=5)
    for words, paint, place in ((group.hurt, WARN, COLUMNS[0]), (group.helped, SCENARIO, COLUMNS[1])):
        axes.annotate(
            _percent(words),
            (1, height),
            (place, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=9.5,
            color=paint,
        )


def _frame(axes: Axes, groups: list[Group]) -> None:
    """The band of no change, the names of both sides and of the columns, the rows' labels."""
    bare(axes)
    low, high = min(group.ranges[0] for group in groups), max(group.ranges[-1] for group in groups)
    axes.set_xlim(min(-1.6 * BAND, 1.1 * low), max(1.6 * BAND, 1.1 * high))
    axes.set_ylim(-0.6, len(groups) - 0.4)
    axes.axvspan(-BAND, BAND, color=LINE, alpha=0.45, linewidth=0, zorder=0)
    axes.axvline(0, color=SOFT, linewidth=0.9)
    axes.set_yticks(range(len(groups)), [group.label for group in reversed(groups)], color=INK)
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(plain)
    axes.set_xlabel("points of 100; dot: median, thick: middle half, thin: nine in ten")
    for words, paint, place in (("hurt", WARN, COLUMNS[0]), ("helped", SCENARIO, COLUMNS[1])):
        axes.annotate(
            words,
            (1, 1),
            (place, 3),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            color=paint,
            fontweight="bold",
        )


def _percent(share: float) -> str:
    return f"{share:.0f} %" if share >= 1 or not share else f"{share:.1f} %"


def _group(label: str, twins: Table, mask: Mask) -> Group:
    count = max(1, int(mask.sum()))
    ranges = tuple((100 * np.percentile(twins["effect"][mask], RANGES)).tolist())
    return Group(label, ranges, *(100 * float((_is(twins, word) & mask).sum()) / count for word in ("helped", "hurt")))


def _is(twins: Table, outcome: str) -> Mask:
    column = twins.columns["outcome"]
    return column.equals(outcome) if isinstance(column, Labels) else column == outcome


def _groups(twins: Table, *, sorted_by_effect: bool) -> Iterator[Group]:
    """Groups along the traits that set customers apart most, beyond chance; or usual ones."""
    if sorted_by_effect:
        scored = sorted(
            ((_contrast(twins, parts), name, parts) for name, parts in _traits(twins)), key=lambda each: -each[0]
        )
        chosen = [(name, parts) for contrast, name, parts in scored[:MOST_TRAITS] if contrast > 0]
    else:
        chosen = [(name, parts) for name, parts in _traits(twins) if name.replace(" ", "_") in USUAL_TRAITS]
    for name, parts in chosen:
        for word, mask in parts:
            yield _group(f"{name}: {word}", twins, mask)


def _traits(twins: Table) -> Iterator[tuple[str, list[tuple[str, Mask]]]]:
    for name, column in twins.columns.items():
        if name in NOT_TRAITS or name.endswith(OUTCOMES):
            continue
        words = name.replace("_", " ")
        if isinstance(column, Labels):
            parts = [(word, column.equals(word)) for word in twins.values(name)]
        elif len(twins.values(name)) <= FEW_VALUES:
            parts = [(f"{value:g}", column == value) for value in twins.values(name)]
        else:
            low, high = np.nanquantile(column, [1 / 3, 2 / 3])
            thirds = (column <= low, (column > low) & (column <= high), column > high)
            parts = list(zip(PARTS.get(name, ("low", "middle", "high")), thirds, strict=True))
        if 1 < len(parts) <= FEW_VALUES and all(mask.any() for _, mask in parts):
            yield words, parts


def _contrast(twins: Table, parts: list[tuple[str, Mask]]) -> float:
    """How far the best and the worst part are surely apart in their mean change; 0 if chance may do it."""
    score = twins["effect"]
    nets = [float(score[mask].mean()) for _, mask in parts]
    best, worst = parts[int(np.argmax(nets))][1], parts[int(np.argmin(nets))][1]
    replicate = twins["replicate"]
    apart = [
        score[best & (replicate == each)].mean() - score[worst & (replicate == each)].mean()
        for each in np.unique(replicate)
        if (best & (replicate == each)).any() and (worst & (replicate == each)).any()
    ]
    found = estimate(np.array(apart, np.float64))
    surely = float(found.mean - t_quantile(SURE, found.replicates - 1) * found.error)
    return surely if math.isfinite(surely) else 0.0
