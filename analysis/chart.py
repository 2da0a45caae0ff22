"""What all charts share: the drawn thing, colours of the worlds, and a change in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.drawing import BASELINE, SCENARIO
from analysis.effects import Interval
from analysis.views import Scale, View
from analysis.wording import bracketed, size

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Chart:
    """A drawn chart: the name of its file, its title, what it says to those who cannot see it, and the figure.

    `part` is the heading it stands under on the page; a `broad` one takes the whole width of the page.
    """

    name: str
    title: str
    figure: Figure
    part: str = ""
    broad: bool = False


class Change(NamedTuple):
    """A change on the scale it is shown in."""

    found: Interval
    step: str

    @property
    def clear(self) -> bool:
        """True if it can be told from chance."""
        return self.found.clear

    @property
    def measured(self) -> bool:
        """False with one replicate: there is no interval."""
        return math.isfinite(self.found.low)

    @property
    def size(self) -> str:
        """The size alone: "+0.9"."""
        return size(self.found)

    @property
    def figures(self) -> str:
        """The size and its interval without words: "+0.9 [0.7, 1.1]"."""
        return bracketed(self.found)

    def __str__(self) -> str:
        if not self.measured:
            return f"{self.size} {self.step} (one replicate)"
        doubt = "" if self.clear else "no clear change, "
        return f"{doubt}{self.size} {self.step} {self.figures.removeprefix(self.size).lstrip()}"


def change(view: View, measure: str, scale: Scale, retailer: str | None = None) -> Change | None:
    """What the scenario changed in a measure, as it is shown (money: in %); None without a comparison."""
    row = view.effect(measure, retailer)
    if row is None:
        return None
    if "currency" in row["unit"] and math.isfinite(row["relative"]):
        return Change(Interval(row["relative"], row["relative_low"], row["relative_high"]), "%")
    return scaled(row, scale)


def scaled(row: Mapping[str, Any], scale: Scale) -> Change:
    """A row of the effects table on the scale it is shown in."""
    return Change(Interval(*(scale.factor * row[key] for key in ("effect", "low", "high"))), scale.step)


def colour(view: View, world: str) -> str:
    """The scenario stands out; what it is compared with is grey."""
    return SCENARIO if world == view.scenario else BASELINE


def basis(view: View) -> str:
    """What the intervals are over, for subtitles."""
    if view.replicates == 1:
        return "one replicate, no interval"
    return f"mean of {view.replicates} replicates with 95 % interval"


def capital(words: str) -> str:
    """Words as a title begins; str.capitalize would lower what follows."""
    return words[:1].upper() + words[1:]
