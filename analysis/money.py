"""What an investment pays back: margin gained beside the twin, less what was spent, discounted to its first week."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.effects import Estimates, Shares, Window, everybody, told
from analysis.ranking import Place, ranking
from simulation.discounting import WHOLE
from simulation.discounting import discount as discounts
from simulation.results import Table

if TYPE_CHECKING:
    from simulation.scenario import Scenario


@dataclass(frozen=True)
class Money:
    """The value of a scenario to its focal retailer, beside its baseline, in money of the scenario's first week.

    `samples` has NPV, margin and cost of each replicate; `by_week` what each week adds to margin and cost, discounted,
    and with its interval the value of all weeks until its end.
    """

    npv: float
    low: float
    high: float
    p_positive: float
    roi: float
    payback_week: int | None
    interval: str
    luck: float
    margin: float
    cost: float
    samples: Table
    by_week: Table


PLACE = ("p_best", "lead", "lead_low", "lead_high")
COLUMNS = ("npv", "low", "high", "p_positive", "roi", "payback_week", "luck", "margin", "cost")


def money_table(
    weekly: Table,
    costs: Table,
    pairs: Sequence[tuple[Scenario, Scenario]],
    windows: Mapping[tuple[str, str], Window],
    sharing: Mapping[str, int],
) -> Table:
    """`money` of each scenario beside its baseline, one row each; a payback week that never comes is NaN.

    Several scenarios that share their luck are ranked: `p_best`, and the lead on the next one with its interval.
    `sharing`: by scenario, how many replicates share a draw of what is not known (0: nothing is drawn).
    """
    rows = [
        money_of(weekly, costs, *pair, windows[pair[0].name, pair[1].name], sharing[pair[0].name]) for pair in pairs
    ]
    places = _places(pairs, rows, sharing)
    return Table.of(
        scenario=[scenario.name for scenario, _ in pairs],
        baseline=[baseline.name for _, baseline in pairs],
        **{name: np.array([getattr(row, name) for row in rows], np.float64) for name in COLUMNS},
        **{name: np.array([getattr(place, name) for place in places], np.float64) for name in PLACE},
        unit=[scenario.market.currency for scenario, _ in pairs],
        interval=[row.interval for row in rows],
        window=[str(windows[scenario.name, baseline.name]) for scenario, baseline in pairs],
    )


def _places(
    pairs: Sequence[tuple[Scenario, Scenario]], rows: Sequence[Money], sharing: Mapping[str, int]
) -> list[Place]:
    """Their places among each other; NaN where they do not share their luck, buy nothing, or are one."""
    alike = {
        (each.seed, each.replicates, each.population.customers, each.market.currency, sharing[each.name])
        for each, _ in pairs
    }
    if len(pairs) < 2 or len(alike) > 1 or not all(each.levers for each, _ in pairs):  # noqa: PLR2004
        return [Place(scenario.name) for scenario, _ in pairs]
    samples = {scenario.name: row.samples["npv"] for (scenario, _), row in zip(pairs, rows, strict=True)}
    found = {place.scenario: place for place in ranking(samples, max(sharing.values()))}
    return [found[scenario.name] for scenario, _ in pairs]


def money_of(weekly: Table, costs: Table, scenario: Scenario, baseline: Scenario, window: Window, each: int) -> Money:
    """`money` of a scenario beside its baseline, for its focal retailer at its own discount."""
    focal = next(retailer.id for retailer in scenario.retailers if retailer.focal)
    return money(weekly, costs, scenario.name, baseline.name, focal, window, scenario.money.discount_yearly, each)


def money(
    weekly: Table, costs: Table, scenario: str, baseline: str, focal: str, window: Window, discount: float, each: int
) -> Money:
    """Net present value of a scenario beside its baseline.

    Args:
        weekly: margins of both worlds.
        costs: what levers cost in both worlds, by week.
        scenario: its name.
        baseline: the name of its twin.
        focal: whose money it is.
        window: the weeks that count; value is discounted to the first.
        discount: of a year.
        each: replicates that share a draw of what is not known, 0: nothing is drawn.

    Returns:
        ROI is NPV over discounted cost, NaN without cost; the payback week is the first from which on what was gained
        has made good what was spent, None if there is none.
    """
    weeks = np.arange(window.first, window.last + 1)
    factor = discounts(weeks - window.first, discount) / WHOLE
    gained = (_margins(weekly, scenario, focal, weeks) - _margins(weekly, baseline, focal, weeks)) * factor
    shape = gained.shape
    spent = (_costs(costs, scenario, focal, weeks, shape) - _costs(costs, baseline, focal, weeks, shape)) * factor
    values = (gained - spent).sum(1)
    found, shares = told(values, each)
    cost = float(spent.sum(1).mean())
    return Money(
        npv=float(found.mean),
        low=float(found.low),
        high=float(found.high),
        p_positive=chance_above_zero(found),
        roi=float(found.mean) / cost if cost > 0.0 else math.nan,
        payback_week=payback(weeks, (gained - spent).mean(0)),
        interval="joint" if each else "replicates",
        luck=_luck(shares),
        margin=float(gained.sum(1).mean()),
        cost=cost,
        samples=Table.of(replicate=np.arange(values.size), npv=values, margin=gained.sum(1), cost=spent.sum(1)),
        by_week=_by_week(weeks, gained, spent, each),
    )


def chance_above_zero(found: Estimates) -> float:
    """Probability that the expected value is above 0, given what luck and what is not known leave open.

    The interval's own t distribution, read at 0; NaN with one replicate.
    """
    from scipy.special import stdtr

    error, degrees = float(found.error), float(found.degrees)
    if not math.isfinite(error):
        return math.nan
    if error == 0.0:
        return 0.5 if found.mean == 0.0 else float(found.mean > 0.0)
    return float(stdtr(degrees, float(found.mean) / error))


def payback(weeks: Any, value: Any) -> int | None:
    """The first week from which on the sum of what the weeks added stays at or above 0; None if it ends below."""
    total = np.cumsum(value)
    below = np.flatnonzero(total < 0.0)
    if below.size == 0:
        return int(weeks[0])
    return int(weeks[below[-1] + 1]) if below[-1] + 1 < weeks.size else None


def _margins(weekly: Table, world: str, focal: str, weeks: Any) -> Any:
    """Gross margin by replicate and week."""
    rows = everybody(weekly.where(scenario=world, retailer=focal, measure="gross_margin"))
    return _by_replicate(rows, "value", weeks, int(rows["replicate"].max()) + 1)


def _costs(costs: Table, world: str, focal: str, weeks: Any, shape: tuple[int, ...]) -> Any:
    """What all levers cost by replicate and week; 0 where nothing was bought."""
    if not costs.columns:
        return np.zeros(shape)
    return _by_replicate(costs.where(scenario=world, retailer=focal), "amount", weeks, shape[0])


def _by_replicate(rows: Table, value: str, weeks: Any, replicates: int) -> Any:
    inside = (rows["week"] >= weeks[0]) & (rows["week"] <= weeks[-1])
    place = rows["replicate"][inside].astype(np.int64) * weeks.size + rows["week"][inside] - weeks[0]
    amounts = np.nan_to_num(rows[value][inside])
    return np.bincount(place, amounts, replicates * weeks.size).reshape(replicates, weeks.size)


def _by_week(weeks: Any, gained: Any, spent: Any, each: int) -> Table:
    """What each week adds, and with its interval what all weeks to its end have added."""
    total, _ = told((gained - spent).cumsum(1).T, each)
    sums = {"value": total.mean, "low": total.low, "high": total.high}
    return Table.of(week=weeks, margin=gained.mean(0), cost=spent.mean(0), **sums)


def _luck(shares: Shares) -> float:
    whole = float(shares.luck + shares.unknown)
    return float(shares.luck) / whole if whole > 0.0 else 1.0
