"""Rows of the effects table about money: margin gained by source, value of customers, customer equity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.effects import Window, detectable, estimate, everybody, told
from analysis.lifetime import residual
from simulation.discounting import WEEKS_A_YEAR, WHOLE, discount
from simulation.results import EMPTY, Table

if TYPE_CHECKING:
    from simulation.scenario import Scenario

MARGIN, EQUITY, LIFETIME = "discounted_margin", "customer_equity", "customer_lifetime_value"
EARLIER = ("repurchase", "retention")  # sources of those who were customers before
WORLDS = ("baseline", "scenario")


def worth_table(
    gains: Table,
    weekly: Table,
    pairs: Sequence[tuple[Scenario, Scenario]],
    windows: Mapping[tuple[str, str], Window],
    sharing: Mapping[str, int],
) -> Table:
    """Rows with the columns of `effects_table`: discounted margin, in all and by source, and what customers are worth.

    `gains` is the table of that name. By source there are effects alone: the levels of both worlds say nothing.
    """
    if not gains.columns:
        return EMPTY
    return Table.concat(
        _of_pair(gains.where(scenario=scenario.name), weekly, scenario, baseline, windows, sharing[scenario.name])
        for scenario, baseline in pairs
    )


def _of_pair(
    gains: Table,
    weekly: Table,
    scenario: Scenario,
    baseline: Scenario,
    windows: Mapping[tuple[str, str], Window],
    each: int,
) -> Table:
    window = windows[scenario.name, baseline.name]
    focal = next(retailer.id for retailer in scenario.retailers if retailer.focal)
    rows = [
        _row(measure, source, before, after, each)
        for measure, source, before, after in _figures(gains, weekly, scenario, baseline, focal, window)
    ]
    count = len(rows)
    front = {"scenario": scenario.name, "retailer": focal}
    back = {"interval": "joint" if each else "replicates", "window": str(window), "unit": "currency"}
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    table = Table.of(**columns, **{name: [words] * count for name, words in {**front, **back}.items()})
    return Table({name: table.columns[name] for name in ORDER})


ORDER = (
    *("scenario", "retailer", "measure", "source", "effect", "low", "high", "unit", "interval", "window"),
    *("baseline", "relative", "relative_low", "relative_high", "detectable", "luck"),
)


def _row(measure: str, source: str, before: Any, after: Any, each: int) -> dict[str, Any]:
    change, shares = told(after - before, each)
    relative, _ = told(
        100.0 * np.divide(after - before, before, out=np.full_like(before, np.nan), where=before > 0), each
    )
    whole = float(shares.luck + shares.unknown)
    return {
        "measure": measure,
        "source": source,
        "effect": float(change.mean),
        "low": float(change.low),
        "high": float(change.high),
        "baseline": float(estimate(before).mean) if not source else np.nan,
        "relative": float(relative.mean) if not source else np.nan,
        "relative_low": float(relative.low) if not source else np.nan,
        "relative_high": float(relative.high) if not source else np.nan,
        "detectable": float(detectable(np.sqrt(shares.luck), change.replicates)),
        "luck": float(shares.luck) / whole if whole > 0.0 else 1.0,
    }


def _figures(
    gains: Table, weekly: Table, scenario: Scenario, baseline: Scenario, focal: str, window: Window
) -> Iterator[tuple[str, str, Any, Any]]:
    """Measure, source, and its values by replicate in the baseline and in the scenario."""
    margins = [_sums(gains, f"margin_{world}") for world in WORLDS]
    yield MARGIN, "", *margins
    for source in gains.values("source"):
        yield MARGIN, source, *(_sums(gains.where(source=source), f"margin_{world}") for world in WORLDS)
    yearly = scenario.money.discount_yearly
    names = {"baseline": baseline.name, "scenario": scenario.name}
    left = {world: _residual(weekly, names[world], focal, window, yearly) for world in WORLDS}
    staying = {world: _sums(gains, f"staying_{world}") for world in WORLDS}
    yield EQUITY, "", *(m + staying[w] * left[w] for m, w in zip(margins, WORLDS, strict=True))
    mask = np.isin(gains["source"], EARLIER)
    earlier = gains.take(mask)
    many = np.maximum(_sums(earlier, "customers"), 1e-9)
    yield (
        LIFETIME,
        "",
        *((_sums(earlier, f"margin_{w}") + _sums(earlier, f"staying_{w}") * left[w]) / many for w in WORLDS),
    )


def _sums(gains: Table, column: str) -> Any:
    """A column added up by replicate."""
    return np.bincount(gains["replicate"], gains[column])


def _residual(weekly: Table, world: str, focal: str, window: Window, yearly: float) -> Any:
    """What a customer of the last week is worth, by replicate, discounted to the first week of the window.

    Margin and retention are those of the last year of the window, week by week.
    """
    weeks = (max(window.first, window.last - int(WEEKS_A_YEAR) + 1), window.last)
    rows = everybody(weekly.where(scenario=world, retailer=focal))
    margin, active, retention = (_mean(rows, name, weeks) for name in ("gross_margin", "active", "retention"))
    weekly_discount = (1.0 + yearly) ** (1.0 / WEEKS_A_YEAR) - 1.0
    each = np.divide(margin, active, out=np.zeros_like(margin), where=active > 0)
    factor = discount(window.last - window.first + 1, yearly) / WHOLE
    return residual(1.0, each, np.nan_to_num(retention), weekly_discount) * factor


def _mean(rows: Table, measure: str, weeks: tuple[int, int]) -> Any:
    """The mean of a weekly measure over some weeks, by replicate; weeks without a value are left out."""
    chosen = rows.where(measure=measure)
    chosen = chosen.take((chosen["week"] >= weeks[0]) & (chosen["week"] <= weeks[1]) & np.isfinite(chosen["value"]))
    count = np.bincount(chosen["replicate"])
    return np.bincount(chosen["replicate"], chosen["value"]) / np.maximum(count, 1)
