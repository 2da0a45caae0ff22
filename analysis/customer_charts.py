"""The customers: who stays how long, and who was helped and who was hurt."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.chart import Chart, basis, colour
from analysis.drawing import INK, SCENARIO, SOFT, WARN, Sheet, bare, plain
from analysis.effects import Estimates, Floats, estimate, t_quantile
from analysis.labels import name_ends
from analysis.views import View
from simulation.results import Labels, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

YEAR = 52
NOT_TRAITS = ("scenario", "replicate", "customer_id", "draw_key", "cell", "effect", "outcome", "kept")
OUTCOMES = ("_baseline", "_scenario")
FEW_VALUES = 4
MOST_TRAITS = 3
SURE = 0.9999  # the best and the worst part of many traits were chosen: chance has had many tries
PARTS = {"goal": ("task", "mixed", "experiential")}  # elsewhere: low, middle, high
Mask = NDArray[np.bool_]


class Group(NamedTuple):
    """Some customers and the shares of them that were helped and hurt (%)."""

    label: str
    helped: float
    hurt: float


def retention_by_tenure(view: View) -> Chart | None:
    """The share of customers who would stay a year, by how long they have been customers."""
    if not len(view.tenure):
        return None
    lows = sorted(view.tenure.values("tenure_low"))
    kept = {world: _yearly_retention(view.tenure.where(scenario=world), lows) for world in view.worlds}
    now = kept[view.scenario].mean
    known = np.flatnonzero(np.isfinite(now))
    if len(known) < 2:  # noqa: PLR2004  (one group shows no course)
        return None
    title = _retention_title(lows, now, known)
    sheet = Sheet(3.3, title, f"Customers who would stay a year, {basis(view)}; axis not from 0")
    axes = sheet.axes(0.62, 0.5, 1.2, top=sheet.top - 0.17)
    for nudge, (world, found) in zip((-0.06, 0.06), kept.items(), strict=False):
        places = known + (nudge if len(kept) > 1 else 0.0)
        paint = colour(view, world)
        axes.plot(places, found.mean[known], "o-", color=paint, markersize=5)
        axes.vlines(places, found.low[known], found.high[known], color=paint, linewidth=4, alpha=0.3)
    axes.margins(y=0.12)
    axes.yaxis.set_major_formatter(plain)
    axes.set_xticks(known, [_tenure_label(lows[each], lows) for each in known])
    axes.set_xlabel("weeks as a customer")
    axes.annotate(
        "% a year", (0, 1), (-44, 4), xycoords="axes fraction", textcoords="offset points", fontsize=9, color=SOFT
    )
    name_ends(axes, [(view.name(w), float(found.mean[known[-1]]), colour(view, w)) for w, found in kept.items()])
    return Chart("retention", title, sheet.figure)


def _yearly_retention(rows: Table, lows: list[float]) -> Estimates:
    """(1 − departures / weeks at risk)^52 in %, by tenure, over replicates."""
    replicates, replicate = np.unique(rows["replicate"], return_inverse=True)
    place = replicate * len(lows) + np.searchsorted(lows, rows["tenure_low"])
    size = len(replicates) * len(lows)
    weeks = np.bincount(place, weights=rows["link_weeks"], minlength=size)
    left = np.bincount(place, weights=rows["departures"], minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        kept = np.where(weeks > 0, 100 * (1 - left / weeks) ** YEAR, np.nan)
    return estimate(kept.reshape(len(replicates), len(lows)).T)


def _retention_title(lows: list[float], now: Floats, known: NDArray[np.intp]) -> str:
    first, last = known[0], known[-1]
    course = f"{now[first]:.0f} % a year at first, {now[last]:.0f} % after {lows[last]:g} weeks"
    if now[last] > now[first]:
        return f"The longer a customer, the likelier to stay: {course}"
    return f"Long customers are no likelier to stay: {course}"


def _tenure_label(low: float, lows: list[float]) -> str:
    later = [each for each in lows if each > low]
    return f"{low:g}-{later[0] - 1:g}" if later else f"{low:g}+"


def helped_and_hurt(view: View) -> Chart | None:
    """Twins in both worlds: shares helped and hurt, over all and along the traits that matter most."""
    if not len(view.twins):
        return None
    groups = [_group("all customers", view.twins, np.ones(len(view.twins), np.bool_)), *_groups(view.twins)]
    everyone = groups[0]
    title = f"{_percent(everyone.helped)} of customers were helped, {_percent(everyone.hurt)} were hurt"
    note = "Mean satisfaction more than 1 point of 100 above or below the customer's twin"
    if len(groups) == 1:
        note += "; no trait sets them apart"
    sheet = Sheet(1.35 + 0.27 * len(groups), title, note)
    axes = sheet.axes(1.95, 0.2, 0.55, top=sheet.top - 0.2)
    for row, group in enumerate(reversed(groups)):
        _bars(axes, row, group, strong=group is everyone)
    bare(axes)
    axes.axvline(0, color=SOFT, linewidth=0.9)
    axes.set_yticks(range(len(groups)), [group.label for group in reversed(groups)], color=INK)
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.set_xticks([])
    right, left = (max(1.0, *sizes) for sizes in zip(*((group.helped, group.hurt) for group in groups), strict=True))
    axes.set_xlim(-left - 0.16 * (left + right), right + 0.12 * (left + right))
    axes.set_ylim(-0.6, len(groups) - 0.4)
    for words, paint, side in (("hurt", WARN, "right"), ("helped", SCENARIO, "left")):
        axes.annotate(
            words,
            (0, len(groups) - 0.4),
            (-5 if side == "right" else 5, 3),
            textcoords="offset points",
            ha=side,
            color=paint,
            fontweight="bold",
            annotation_clip=False,
        )
    return Chart("helped_and_hurt", title, sheet.figure)


def _bars(axes: Axes, row: int, group: Group, *, strong: bool) -> None:
    for size, paint, side in ((-group.hurt, WARN, "right"), (group.helped, SCENARIO, "left")):
        axes.barh(row, size, height=0.66, color=paint, alpha=1.0 if strong else 0.72)
        axes.annotate(
            _percent(abs(size)),
            (size, row),
            (-4 if side == "right" else 4, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=9,
        )


def _percent(share: float) -> str:
    return f"{share:.0f} %" if share >= 1 or not share else f"{share:.1f} %"


def _group(label: str, twins: Table, mask: Mask) -> Group:
    count = max(1, int(mask.sum()))
    return Group(label, *(100 * float((_is(twins, word) & mask).sum()) / count for word in ("helped", "hurt")))


def _is(twins: Table, outcome: str) -> Mask:
    column = twins.columns["outcome"]
    return column.equals(outcome) if isinstance(column, Labels) else column == outcome


def _groups(twins: Table) -> Iterator[Group]:
    """Groups along the traits that set helped and hurt apart most, if more than chance does over replicates."""
    scored = sorted(
        ((_contrast(twins, parts), name, parts) for name, parts in _traits(twins)), key=lambda each: -each[0]
    )
    for contrast, name, parts in scored[:MOST_TRAITS]:
        if contrast > 0:
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
    """How far the best and the worst part are surely apart in (helped − hurt); 0 if chance may do it."""
    score = _is(twins, "helped").astype(float) - _is(twins, "hurt")
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
