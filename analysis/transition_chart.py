"""What relationships become: of a hundred of each type, how many go over to another in a year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.chart import Chart
from analysis.drawing import INK, PAPER, SCENARIO, SOFT, WARN, Sheet, bare
from analysis.effects import Estimates, Floats, estimate
from analysis.views import View
from analysis.wording import short
from simulation.parameters import RELATIONSHIPS
from simulation.results import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LAPSED = len(RELATIONSHIPS)  # the place behind the types
KINDS = (*RELATIONSHIPS, "lapsed")
YEAR = 52.0
DARK = 0.55  # of the shade, from which letters are light
TENTHS_BELOW = 9.95  # a rate is shown with a tenth
LEAST = 0.01  # relationships per 100 and year: a smaller change is nothing to show
FULL = 60.0  # per 100 and year, at which the shade is full


def transitions(view: View) -> Chart | None:
    """From each type of relationship (rows) to each other (columns), per 100 and year; what the scenario changed."""
    table = view.saved.read("transitions", retailer=view.comparison.focal)
    if not table.columns:
        return None
    table = _of_window(view, table)
    counted = {world: Counted.of(table.where(scenario=world)) for world in view.worlds}
    now = counted[view.scenario]
    if not np.isfinite(now.pooled[:LAPSED]).any():
        return None
    changed = estimate(now.yearly - counted[view.baseline].yearly) if view.baseline else None
    title = _title(now)
    sheet = Sheet(3.6, title, _subtitle(changed is not None))
    axes = sheet.axes(1.15, 0.12, 0.1, sheet.top - 0.36)
    _draw(axes, now.pooled, changed)
    return Chart("transitions", title, sheet.figure)


def _of_window(view: View, table: Table) -> Table:
    """The quarters within the weeks that count; all of them where none is."""
    inside = (table["first_week"] >= view.window.first) & (table["last_week"] <= view.window.last)
    return table.take(inside) if inside.any() else table


@dataclass(frozen=True, eq=False)
class Counted:
    """Relationships that changed and the weeks that they were what they were, by was, became and replicate."""

    count: Floats
    weeks: Floats

    @classmethod
    def of(cls, table: Table) -> Counted:
        """Add up the quarters of a world."""
        replicates, replicate = np.unique(table["replicate"], return_inverse=True)
        place = (*(_places(table, name) for name in ("was", "became")), replicate)
        count, weeks = (np.zeros((len(KINDS), len(KINDS), len(replicates))) for _ in range(2))
        np.add.at(count, place, table["count"])
        np.add.at(weeks, place, table["link_weeks"])
        return cls(count, weeks)

    @cached_property
    def yearly(self) -> Floats:
        """Rates per 100 and year by replicate; NaN where there was no such relationship."""
        return _rates(self.count, self.weeks)

    @cached_property
    def pooled(self) -> Floats:
        """The same over all replicates."""
        return _rates(self.count.sum(axis=-1), self.weeks.sum(axis=-1))


def _places(table: Table, name: str) -> NDArray[np.int64]:
    return np.array([KINDS.index(kind) for kind in table[name]], np.int64)


def _rates(count: Floats, weeks: Floats) -> Floats:
    return np.asarray(np.divide(100.0 * YEAR * count, weeks, out=np.full(count.shape, np.nan), where=weeks > 0))


def _title(now: Counted) -> str:
    """Whether ties deepen or cool, and which end most often."""
    among = now.count.sum(axis=-1)[:LAPSED, :LAPSED]
    deeper, cooler = float(np.triu(among).sum()), float(np.tril(among).sum())
    words = f"{deeper / cooler:.2g} relationships deepen for each that cools" if cooler else "Relationships only deepen"
    ends = now.pooled[:LAPSED, LAPSED]
    if not np.isfinite(ends).any():
        return words
    most = int(np.nanargmax(ends))
    return f"{words}; of 100 {RELATIONSHIPS[most]} ones {ends[most]:.0f} end in a year"


def _subtitle(compared: bool) -> str:
    words = "From the type at the left to the one above: relationships per 100 such and year"
    return f"{words}; below, what changed, where it is clear and at least {LEAST:g}" if compared else words


def _draw(axes: Axes, now: Floats, changed: Estimates | None) -> None:
    bare(axes)
    axes.set_xlim(-0.5, len(KINDS) - 0.5)
    axes.set_ylim(len(KINDS) - 0.5, -0.5)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(KINDS)), [f"to {kind}" if kind == "lapsed" else kind for kind in KINDS], fontsize=8.2)
    axes.set_yticks(range(len(KINDS)), KINDS, fontsize=9)
    axes.tick_params(length=0, colors=INK)
    for was, became in np.ndindex(len(KINDS), len(KINDS)):
        if was != became and now[was, became] > 0.0:
            _cell(axes, was, became, float(now[was, became]), _clear(changed, was, became))


def _clear(changed: Estimates | None, was: int, became: int) -> float | None:
    """The change of a rate, if it can be told from chance and is one to speak of."""
    if changed is None:
        return None
    mean, low, high = (float(each[was, became]) for each in (changed.mean, changed.low, changed.high))
    return mean if abs(mean) >= LEAST and (low > 0.0 or high < 0.0) else None


def _cell(axes: Axes, was: int, became: int, rate: float, changed: float | None) -> None:
    from matplotlib.patches import Rectangle

    shade = min(rate / FULL, 1.0)
    axes.add_patch(Rectangle((became - 0.48, was - 0.46), 0.96, 0.92, color=SCENARIO, alpha=shade, linewidth=0))
    ink = PAPER if shade >= DARK else INK if rate >= 1.0 else SOFT
    words = f"{rate:.0f}" if rate >= TENTHS_BELOW else short(rate)
    raised = 0.0 if changed is None else -0.13
    axes.text(became, was + raised, words, ha="center", va="center", color=ink, fontsize=10)
    if changed is not None:
        paint = ink if shade >= DARK else WARN
        axes.text(became, was + 0.24, short(changed, sign=True), ha="center", va="center", color=paint, fontsize=8)
