"""What a chart reads: one comparison (or one run) of a saved folder, cut down to the rows that charts need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from analysis import yearly
from analysis.answer import window_of
from analysis.effects import MARGINS, Estimates, Floats, Interval, Window, estimate, summary_table
from simulation.files import SavedRun
from simulation.parameters import DETERMINANT_NAMES
from simulation.provenance import Comparison
from simulation.results import EMPTY, Table

PARTED = ("encounter_satisfaction", "revenue", *(f"importance_{name}" for name in DETERMINANT_NAMES))
LONGEST_NAME = 26  # letters that fit beside a chart, in two lines


class Scale(NamedTuple):
    """How numbers of a unit are shown to people: times `factor`, in `unit`; differences in `step`."""

    factor: float
    unit: str
    step: str


SHARE = Scale(100.0, "%", "% points")


class Series(NamedTuple):
    """One measure by week: means over replicates with 95 % interval."""

    weeks: Floats
    found: Estimates


@dataclass(frozen=True)
class View:
    """One comparison of a run folder: its worlds, tables and words."""

    comparison: Comparison
    weekly: Table
    summary: Table
    effects: Table
    twins: Table
    tenure: Table
    labels: Mapping[str, str]
    replicates: int
    saved: SavedRun

    @classmethod
    def of(cls, saved: SavedRun, comparison: Comparison) -> View:
        """Read what the charts of one comparison need."""
        world = {"scenario": comparison.scenario}
        return cls(
            comparison=comparison,
            weekly=saved.read("weekly", retailer=comparison.focal, **dict.fromkeys(MARGINS, "")),
            summary=saved.summary,
            effects=saved.effects.where(**world) if saved.effects.columns else EMPTY,
            twins=saved.twins.where(**world) if saved.twins.columns else EMPTY,
            tenure=saved.tenure.where(retailer=comparison.focal) if saved.tenure.columns else EMPTY,
            labels=measure_labels(),
            replicates=saved.replicates,
            saved=saved,
        )

    @cached_property
    def money(self) -> dict[str, Any] | None:
        """The row of the money table; None without a comparison."""
        rows = self.saved.money.where(scenario=self.scenario).rows() if self.saved.money.columns else []
        return rows[0] if rows else None

    @cached_property
    def margins(self) -> dict[str, Interval]:
        """Discounted margin gained, by source."""
        rows = self.effects.where(measure="discounted_margin").rows() if self.effects.columns else []
        return {row["source"]: Interval(row["effect"], row["low"], row["high"]) for row in rows if row["source"]}

    @property
    def scenario(self) -> str:
        """The scenario's name."""
        return self.comparison.scenario

    @property
    def baseline(self) -> str | None:
        """The baseline's name; None in a run without comparison."""
        return self.comparison.baseline

    @property
    def worlds(self) -> tuple[str, ...]:
        """Both worlds, or the only one: the baseline first."""
        return (self.baseline, self.scenario) if self.baseline else (self.scenario,)

    @property
    def window(self) -> Window:
        """The weeks that count."""
        return window_of(self.comparison)

    @cached_property
    def measures(self) -> frozenset[str]:
        """What was measured by week."""
        return frozenset(self.weekly.values("measure")) if self.weekly.columns else frozenset()

    @cached_property
    def baseline_summary(self) -> Table:
        """Levels of the baseline in this comparison's weeks: those saved may be of another that shares it."""
        from simulation.parameters import MEASURES

        rows = self.weekly.where(scenario=self.baseline)
        return summary_table(rows, {str(self.baseline): self.window}, MEASURES)

    @cached_property
    def why(self) -> Table:
        """What explains the comparison, if it was explained."""
        rows = self.saved.why
        return rows.where(scenario=self.scenario) if rows.columns else EMPTY

    @cached_property
    def parted(self) -> Table:
        """The weeks of the focal retailer's channels and segments, of what charts show by part."""
        worlds = {"scenario": self.worlds, "retailer": self.comparison.focal, "measure": PARTED}
        return self.saved.read("weekly", **worlds, outlet="", relationship="")

    def label(self, measure: str) -> str:
        """A measure in words."""
        return yearly.label(measure, self.labels.get(measure, measure.replace("_", " ")))

    def name(self, world: str) -> str:
        """A world in words, short enough for the end of a line (in two lines)."""
        return cut(world.replace("_", " "))

    def samples(self, world: str, measure: str) -> tuple[Floats, Floats]:
        """Weeks, and the values by replicate (rows) and week (columns)."""
        rows = self.weekly.where(scenario=world, measure=measure)
        weeks, week = np.unique(rows["week"], return_inverse=True)
        replicates, replicate = np.unique(rows["replicate"], return_inverse=True)
        values = np.full((len(replicates), len(weeks)), np.nan)
        values[replicate, week] = rows["value"]
        return weeks.astype(np.float64), values

    def series(self, world: str, measure: str, factor: float = 1.0) -> Series:
        """A measure of one world by week."""
        weeks, values = self.samples(world, measure)
        return Series(weeks, estimate(factor * values.T))

    def difference(self, measure: str, factor: float = 1.0) -> Series:
        """Scenario minus baseline by week, replicate by replicate."""
        weeks, after = self.samples(self.scenario, measure)
        _, before = self.samples(str(self.baseline), measure)
        return Series(weeks, estimate(factor * (after - before).T))

    def level(self, world: str, measure: str, retailer: str | None = None) -> Interval | None:
        """A measure over the window in one world; rates of a week as those of a year."""
        if not self.summary.columns:
            return None
        which = {"scenario": world, "retailer": retailer or self.comparison.focal, "measure": measure}
        rows = self.summary.where(**which).rows()
        other_weeks = rows and world == self.baseline and rows[0]["window"] != str(self.window)
        if other_weeks and retailer is None:
            rows = self.baseline_summary.where(**which).rows()
        return yearly.level(measure, Interval(rows[0]["mean"], rows[0]["low"], rows[0]["high"])) if rows else None

    def effect(self, measure: str, retailer: str | None = None) -> dict[str, Any] | None:
        """The row of the effects table about one measure, all sources together; rates of a week as those of a year."""
        if not self.effects.columns:
            return None
        rows = self.effects.where(retailer=retailer or self.comparison.focal, measure=measure, source="").rows()
        return yearly.change(measure, rows[0]) if rows else None

    def unit(self, measure: str) -> str:
        """The unit of a measure in the saved tables."""
        rows = self.summary.where(measure=measure)
        return str(rows["unit"][0]) if len(rows) else ""

    def scale(self, measure: str, size: float = 0.0) -> Scale:
        """How to show a measure whose numbers are about as large as `size`."""
        if measure in yearly.YEARLY:
            return SHARE
        return scale_of(self.unit(measure), self.comparison.currency, size)

    def retailers(self) -> tuple[str, ...]:
        """All retailers that were measured; measures of the market as a whole have none."""
        return tuple(name for name in self.summary.values("retailer") if name)

    def rivals(self) -> tuple[str, ...]:
        """All retailers but the focal one."""
        return tuple(name for name in self.retailers() if name != self.comparison.focal)

    def retailer_label(self, retailer: str) -> str:
        """A retailer in words, short enough for a chart."""
        return cut((self.comparison.retailers or {}).get(retailer, retailer))


def cut(name: str) -> str:
    """A name that fits beside a chart."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def scale_of(unit: str, currency: str, size: float = 0.0) -> Scale:
    """Levels as points of 100, shares as per cent, money in the market's currency with as many zeros as it takes."""
    if unit.startswith(("level", "scale 0-1", "0..1", "0-1")):
        return Scale(100.0, "points of 100", "points")
    if unit.startswith(("share", "probability")):
        a_week = unit == "share per week"  # a rate, shown as that of a year
        words = "% a year" if a_week else "%" + unit.removeprefix("share").removeprefix("probability")
        return Scale(100.0 * yearly.WEEKS if a_week else 100.0, words, "% points")
    if unit == "ACSI points":
        return Scale(1.0, "points of 100", "points")
    if "currency" in unit:
        word, factor = next(((w, f) for least, w, f in MONEY if abs(size) >= least), ("", 1.0))
        money = unit.replace("currency", f"{word}{currency}")
        return Scale(factor, money, money)
    many = unit in COUNTED and abs(size) >= MANY
    return Scale(1e-3, "thousand", "thousand") if many else Scale(1.0, unit, unit)


COUNTED, MANY = ("visits", "baskets", "customers"), 200_000
MONEY = ((2e9, "billion ", 1e-9), (2e6, "million ", 1e-6), (2e4, "thousand ", 1e-3))


def measure_labels() -> dict[str, str]:
    """Every measure in words."""
    from simulation.parameters import MEASURES

    return {name: measure.label for name, measure in MEASURES.items()}
