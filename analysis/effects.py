"""What a scenario changed: differences between twins, with 95 % t intervals over replicates.

Twins share their luck replicate by replicate, so intervals are over *paired* differences: they are narrower than those
of either world by itself. Everything here is a pure function of tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from simulation.results import Labels, Table

Floats = NDArray[np.float64]
MARGINS = ("outlet", "channel", "segment", "relationship")
CONFIDENCE = 0.95
POWER = 0.80


class Measured(Protocol):
    """What is read of a measure (a row of `simulation/numbers/measures.toml`)."""

    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def adds(self) -> str: ...  # noqa: D102


class Window(NamedTuple):
    """Weeks `first` to `last`, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"weeks {self.first}-{self.last}"

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read back what `str` wrote: "weeks 13-104"."""
        first, last = text.removeprefix("weeks ").split("-")
        return cls(int(first), int(last))


class Interval(NamedTuple):
    """A mean over replicates and its 95 % t interval; `low` and `high` are NaN with one replicate."""

    mean: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """True if the interval leaves out 0: the sign can be told from chance."""
        return self.low > 0 or self.high < 0


class Estimates(NamedTuple):
    """Means over the last axis with interval ends, standard errors, numbers of replicates and degrees of freedom."""

    mean: Floats
    low: Floats
    high: Floats
    error: Floats
    replicates: NDArray[np.int64]
    degrees: Floats  # of freedom


class Cube(NamedTuple):
    """One value per scenario, retailer, measure and replicate (axes in this order); NaN where there is none."""

    scenarios: tuple[str, ...]
    retailers: tuple[str, ...]
    measures: tuple[str, ...]
    values: Floats

    def world(self, scenario: str) -> Floats:
        """Values of one world: retailer × measure × replicate."""
        world: Floats = self.values[self.scenarios.index(scenario)]
        return world


def t_quantile(probability: float, degrees: NDArray[Any]) -> Floats:
    """Quantile of Student's t; NaN without degrees of freedom."""
    from scipy.special import stdtrit  # scipy.stats would take 1.6 s to import

    return np.asarray(np.where(degrees > 0, stdtrit(np.maximum(degrees, 1), probability), np.nan))


def estimate(samples: Floats) -> Estimates:
    """Mean and 95 % t interval over the last axis; NaN samples are left out."""
    present = np.isfinite(samples)
    count = present.sum(axis=-1)
    filled = np.where(present, samples, 0.0)
    mean = np.where(count > 0, filled.sum(axis=-1) / np.maximum(count, 1), np.nan)
    squares = (np.where(present, samples - mean[..., None], 0.0) ** 2).sum(axis=-1)
    error = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1) / np.maximum(count, 1)), np.nan)
    half = t_quantile((1 + CONFIDENCE) / 2, count - 1) * error
    return Estimates(mean, mean - half, mean + half, error, count, count - 1.0)


class Shares(NamedTuple):
    """Variances of a mean effect: by luck, which more replicates average out, and by what is not known, which stays."""

    luck: Floats
    unknown: Floats


def joint_estimate(samples: Floats, each: int) -> tuple[Estimates, Shares]:
    """Mean and 95 % interval when every `each` replicates in a row share a draw of what is not known.

    Analysis of variance: replicates of one draw differ by luck, means of draws by both. The interval holds the mean
    over luck at numbers drawn once more (degrees of freedom of Welch and Satterthwaite), and is never wider than that
    of the draws' means as they are, which have some luck in them; it is NaN where a replicate has no value, or with
    fewer than two draws of two replicates.
    """
    draws = samples.shape[-1] // each
    groups = samples[..., : draws * each].reshape(*samples.shape[:-1], draws, each)
    mean, middles = groups.mean((-2, -1)), groups.mean(-1)
    if draws == 1 or each == 1:
        nothing = np.full(mean.shape, np.nan)
        count = np.full(mean.shape, draws * each)
        return Estimates(mean, nothing, nothing, nothing, count, nothing), Shares(nothing, nothing)
    within = ((groups - middles[..., None]) ** 2).sum((-2, -1)) / (draws * (each - 1))
    between = (1.0 + 1.0 / draws) * middles.var(-1, ddof=1)
    variance = between - within / each
    by_luck = np.maximum(within, groups.var((-2, -1), ddof=1)) / (draws * each)  # if nothing else varies
    only_luck = variance <= by_luck
    spread = between**2 / (draws - 1) + (within / each) ** 2 / (draws * (each - 1))
    degrees = np.divide(variance**2, spread, out=np.full_like(mean, draws * each - 1.0), where=~only_luck)
    error = np.sqrt(np.where(only_luck, by_luck, variance))
    luck = np.minimum(within / (draws * each), error**2)
    shares = Shares(luck, np.where(only_luck, 0.0, error**2 - luck))
    whole, of_whole = np.sqrt(between), np.full_like(mean, draws - 1.0)  # the means of draws, their luck not taken out
    wide = t_quantile((1 + CONFIDENCE) / 2, degrees) * error > t_quantile((1 + CONFIDENCE) / 2, of_whole) * whole
    error, degrees = np.where(wide, whole, error), np.where(wide, of_whole, degrees)
    half = t_quantile((1 + CONFIDENCE) / 2, degrees) * error
    return Estimates(mean, mean - half, mean + half, error, np.full(mean.shape, draws * each), degrees), shares


def interval(samples: Sequence[float] | Floats) -> Interval:
    """Mean and 95 % t interval of one list of replicates."""
    found = estimate(np.asarray(samples, np.float64))
    return Interval(float(found.mean), float(found.low), float(found.high))


def detectable(error: Floats, count: NDArray[Any]) -> Floats:
    """The smallest true effect that this standard error finds with a power of 80 % (two-sided, 5 %)."""
    degrees = count - 1
    return (t_quantile((1 + CONFIDENCE) / 2, degrees) + t_quantile(POWER, degrees)) * error


def everybody(weekly: Table) -> Table:
    """The rows that are about all customers of a retailer, not about a part of them."""
    mask = np.ones(len(weekly), np.bool_)
    for margin in MARGINS:
        column = weekly.columns[margin]
        mask &= column.equals("") if isinstance(column, Labels) else mask
    return weekly if mask.all() else weekly.take(mask)


def _codes(table: Table, name: str) -> tuple[NDArray[np.int64], tuple[Any, ...]]:
    column = table.columns[name]
    if isinstance(column, Labels):
        return column.codes.astype(np.int64), column.words
    values, codes = np.unique(column, return_inverse=True)
    return codes.astype(np.int64), tuple(values.tolist())


def window_cube(weekly: Table, window: Window, measures: Mapping[str, Measured]) -> Cube:
    """Each measure over a window of weeks, added up as the measure says: "sum", "mean" or the "last" week."""
    rows = everybody(weekly)
    rows = rows.take(_within(rows, window, measures))
    axes = [_codes(rows, name) for name in ("scenario", "retailer", "measure", "replicate")]
    shape = tuple(len(words) for _, words in axes)
    place = np.zeros(len(rows), np.int64)
    for codes, words in axes:
        place = place * len(words) + codes
    total = np.bincount(place, weights=rows["value"], minlength=int(np.prod(shape))).reshape(shape)
    count = np.bincount(place, minlength=int(np.prod(shape))).reshape(shape)
    sums = np.array([_adds(measures, name) == "sum" for name in axes[2][1]], np.bool_)[None, None, :, None]
    values = np.where(count > 0, total / np.where(sums, 1, np.maximum(count, 1)), np.nan)
    scenarios, retailers, names = (tuple(str(word) for word in words) for _, words in axes[:3])
    return Cube(scenarios, retailers, names, values)


def _adds(measures: Mapping[str, Measured], name: str) -> str:
    return measures[name].adds if name in measures else "mean"


def _within(rows: Table, window: Window, measures: Mapping[str, Measured]) -> NDArray[np.bool_]:
    codes, words = _codes(rows, "measure")
    first = np.array([window.last if _adds(measures, word) == "last" else window.first for word in words], np.int64)
    week = rows["week"]
    return np.asarray((week >= first[codes]) & (week <= window.last) & np.isfinite(rows["value"]))


def summary_table(weekly: Table, windows: Mapping[str, Window], measures: Mapping[str, Measured]) -> Table:
    """Every measure of every retailer in every world of `windows`: mean over replicates with interval."""
    return Table.concat(_summary(weekly, world, window, measures) for world, window in windows.items())


def _summary(weekly: Table, world: str, window: Window, measures: Mapping[str, Measured]) -> Table:
    cube = window_cube(weekly.where(scenario=world), window, measures)
    found = estimate(cube.world(world))
    columns = {"mean": found.mean, "low": found.low, "high": found.high, "unit": _units(cube, measures)}
    return _tidy(world, cube, found.mean, **columns, window=str(window))


def effects_table(
    weekly: Table,
    windows: Mapping[tuple[str, str], Window],
    measures: Mapping[str, Measured],
    source: str = "",
    sharing: Mapping[str, int] | None = None,
) -> Table:
    """What each scenario changed against its baseline.

    Args:
        weekly: margins of all worlds.
        windows: (scenario, baseline) -> the weeks that count.
        measures: unit and way of adding of each measure.
        source: where the effect comes from; empty: all sources together.
        sharing: by scenario, how many replicates share a draw of what is not known; those left out draw nothing.

    Returns:
        One row per scenario, retailer and measure: `effect`, `low`, `high` in `unit`, and besides `baseline` (the mean
        there), `relative`, `relative_low`, `relative_high` (% of the baseline, replicate by replicate) and `detectable`
        (what this many customers and replicates find with a power of 80 %, in `unit`). `interval` is "joint" where
        numbers were drawn, and `luck` the share of the variance that more replicates would take away.
    """
    return Table.concat(
        _effects(weekly, *pair, window, measures, source, (sharing or {}).get(pair[0], 0))
        for pair, window in windows.items()
    )


def _effects(
    weekly: Table,
    scenario: str,
    baseline: str,
    window: Window,
    measures: Mapping[str, Measured],
    source: str,
    each: int,
) -> Table:
    cube = window_cube(weekly, window, measures)
    before, after = (_with_absent(cube, cube.world(world), measures) for world in (baseline, scenario))
    relative = 100.0 * np.divide(after - before, before, out=np.full_like(before, np.nan), where=before > 0)
    change, luck = told(after - before, each)
    share, _ = told(relative, each)
    by_luck = estimate(after - before).error if not each else np.sqrt(luck.luck)
    return _tidy(
        scenario,
        cube,
        change.mean,
        source=source,
        effect=change.mean,
        low=change.low,
        high=change.high,
        unit=_units(cube, measures),
        interval="joint" if each else "replicates",
        window=str(window),
        baseline=estimate(before).mean,
        relative=share.mean,
        relative_low=share.low,
        relative_high=share.high,
        detectable=detectable(by_luck, change.replicates),
        luck=_part(luck),
    )


def told(samples: Floats, each: int) -> tuple[Estimates, Shares]:
    """`joint_estimate` where replicates share draws of what is not known, else `estimate`: then all is luck."""
    if each:
        return joint_estimate(samples, each)
    found = estimate(samples)
    return found, Shares(found.error**2, np.zeros_like(found.error))


def _part(shares: Shares) -> Floats:
    """The part of the variance that is luck; 1 where nothing varies."""
    whole = shares.luck + shares.unknown
    return np.divide(shares.luck, whole, out=np.ones_like(whole), where=whole > 0)


def _with_absent(cube: Cube, world: Floats, measures: Mapping[str, Measured]) -> Floats:
    """A retailer that is not in a world sells nothing there: its sums are 0, the rest is not defined."""
    absent = np.asarray(np.isnan(world).all(axis=(1, 2)))
    sums = np.array([_adds(measures, name) == "sum" for name in cube.measures], np.bool_)
    return np.where(absent[:, None, None] & sums[None, :, None], 0.0, world)


def _units(cube: Cube, measures: Mapping[str, Measured]) -> NDArray[Any]:
    units = [measures[name].unit if name in measures else "" for name in cube.measures]
    return np.broadcast_to(np.array(units, dtype=object), (len(cube.retailers), len(units)))


def _tidy(world: str, cube: Cube, known: Floats, **columns: NDArray[Any] | str) -> Table:
    """Rows for each retailer and measure that is known; columns are texts, or arrays over retailers and measures."""
    retailer, measure = rows = np.nonzero(np.isfinite(known))
    names = {"retailer": Labels(retailer, cube.retailers), "measure": Labels(measure, cube.measures)}
    cells = {
        name: Labels.constant(values, len(retailer)) if isinstance(values, str) else values[rows]
        for name, values in columns.items()
    }
    return Table.of(scenario=Labels.constant(world, len(retailer)), **names, **cells)
