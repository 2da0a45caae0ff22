"""What customers will buy, by the engine: it lives the next weeks with many possible selves of each of them.

Every replicate is the whole list of customers once, each with a rate, a pace, a readiness to leave and a state drawn
from what the history leaves possible. A few replicates at a time share numbers of the process drawn from their own
uncertainty. The market is the firm alone: a need met elsewhere is none of it, as in the log. Satisfaction is held out
of leaving, because a log of purchases tells how often people leave, not how they felt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.engine_buying import (
    Draws,
    PurchaseFit,
    expected_baskets,
    point_of,
    posterior_draws,
    process_at,
    standing,
)
from analysis.calibration.histories import histories_of
from analysis.calibration.purchases import Purchases
from simulation import Scenario, run
from simulation.parameters import PARAMETERS, TRAITS
from simulation.scenario import People

Array = NDArray[Any]
LEAST = 200  # replicates
SETS = 8  # of numbers of the process, drawn in pairs on both sides of the likeliest
AT_ONCE = 250_000  # customers of a run
WEEKS_PER_YEAR = 52.0
WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12.0
INTERVAL = (0.025, 0.975)
MARKET = """
name = "forecast"
question = "What will these customers buy?"
seed = 1
weeks = 1
replicates = 1
[market]
start = 2026-01-05
trade = "none"
warmup_weeks = 0
[population]
customers = 2
cells = 1
[record]
transactions = true
[moderators]
household_basket = 0.0
[parameters]
unaware_at_start = 0.0
links_kept = 0
moving_yearly = 0.0
none_utility = -3.75
buy_base = 6.0         # a need is an order
failure_rate = 0.01    # as few as the model has
failure_ends_minor = 0.0
failure_ends_major = 0.1
leaving_slope = 0.0    # satisfaction is held out of leaving
leaving_sd = 0.0       # each customer's readiness is given
leaving_quantitative = 1.0
leaving_social = 1.0
leaving_emotional = 1.0
[[retailer]]
id = "firm"
focal = true
attraction = 10.0      # hardly anybody stays at home
[[outlet]]
id = "firm_online"
retailer = "firm"
channel = "online"
format = "online"
location = "online"
capacity_visits_week = 1e9
staff = 1000
[outlet.levels]
social = 0.75
service = 0.75
atmosphere = 0.75
assortment = 1.0       # nothing is missing
price = 0.75
channels = 0.75
brand = 0.75
"""


@dataclass(frozen=True, eq=False)
class Forecast:
    """What customers will do: by customer over all weeks, and all of them by week with a 95 % interval."""

    expected: Array  # purchases of each customer, mean over replicates
    active: Array  # probability that the customer is still active at the end of the log
    buying: Array  # share of replicates with a purchase
    spend: Array  # money
    weekly: Array  # purchases of all
    low: Array
    high: Array


def forecast(fit: PurchaseFit, log: Purchases, horizon_weeks: int, replicates: int = LEAST, seed: int = 0) -> Forecast:
    """The next weeks of these customers, given their histories.

    Args:
        fit: the process; it need not have seen these customers.
        log: their purchases, up to the day from which is forecast.
        horizon_weeks: weeks to come.
        replicates: of all customers.
        seed: of all that is drawn.
    """
    bought, someone = np.zeros(log.customers), np.zeros(log.customers)
    weekly = []
    for part, (process, draws) in enumerate(_possible(fit, log, replicates, seed)):
        counts, by_week = _lived(process, draws, horizon_weeks, log, seed + part)
        bought += counts.sum(0)
        someone += (counts > 0).sum(0)
        weekly.append(by_week)
    all_weeks = np.concatenate(weekly)
    low, high = np.quantile(all_weeks, INTERVAL, axis=0)
    expected, buying = _shared(histories_of(log, fit.before).of, bought / replicates, someone / replicates)
    return Forecast(
        expected,
        standing(fit, log).active,
        buying,
        expected * expected_baskets(fit.baskets, log),
        all_weeks.mean(0),
        low,
        high,
    )


def _shared(history: Array, *found: Array) -> Iterator[Array]:
    """Customers with the same history have the same prospects: the mean over them has less noise."""
    alike = np.bincount(history)
    for values in found:
        yield (np.bincount(history, values) / alike)[history]


def _possible(fit: PurchaseFit, log: Purchases, replicates: int, seed: int) -> Iterator[tuple[PurchaseFit, Draws]]:
    """Numbers of the process with replicates of all customers under them, as many as a run can hold."""
    chance = np.random.default_rng(seed)
    root = np.linalg.cholesky(fit.covariance)
    middle = point_of(fit.process)
    steps = chance.standard_normal((SETS // 2, middle.size)) @ root.T
    each = max(1, AT_ONCE // log.customers)
    for part, share in enumerate(np.array_split(np.arange(replicates), min(SETS, replicates))):
        step = steps[part // 2] * (1.0 if part % 2 == 0 else -1.0)
        varied = replace(fit, process=process_at(middle + step)) if replicates >= SETS else fit
        for begin in range(0, share.size, each):
            number = min(each, share.size - begin)
            yield varied, posterior_draws(varied, log, number, int(chance.integers(2**31)))


def _lived(fit: PurchaseFit, draws: Draws, weeks: int, log: Purchases, seed: int) -> tuple[Array, Array]:
    """Purchases by replicate and customer, and by replicate and week."""
    scenario = scenario_of(fit, weeks, log.first_day + timedelta(days=log.until), seed)
    customers, replicates = draws.rate.shape
    people = _selves(traits_of(fit, draws, expected_baskets(fit.baskets, log)))
    bought = run(scenario.with_people(people), threads=1).transactions
    if bought is None or not len(bought):
        return np.zeros((replicates, customers)), np.zeros((replicates, weeks))
    row = bought["customer_id"].astype(np.int64)
    dates: Any = bought.columns["date"]
    week = dates.codes.astype(np.int64) // 7
    by_week = np.bincount(row // customers * weeks + week, minlength=replicates * weeks)
    counts = np.bincount(row, minlength=replicates * customers)
    return counts.reshape(replicates, customers), by_week.reshape(replicates, weeks)


def scenario_of(fit: PurchaseFit, weeks: int, start: date, seed: int) -> Scenario:
    """The firm alone in a market, for weeks after a log; its customers are still to be given.

    A market's weeks begin on Mondays; these begin on the last one not after `start`.
    """
    edits = {**edits_of(fit), "market.start": start - timedelta(days=start.weekday())}
    return Scenario.from_toml(MARKET).replace(seed=seed, weeks=weeks, edits=edits)


def edits_of(fit: PurchaseFit) -> dict[str, float]:
    """The numbers of the process as parameters of a scenario, within their ranges."""
    found = {
        "leaving_monthly": fit.process.readiness + float(np.log(WEEKS_PER_MONTH)),
        "return_weekly": fit.process.returning,
        "pace_sd": fit.process.pace_sd,
        "pace_kept": fit.process.pace_kept,
        "basket_sd_within": fit.baskets.within,
    }
    return {f"parameters.{name}": _held(PARAMETERS[name], value) for name, value in found.items()}


def traits_of(fit: PurchaseFit, draws: Draws, baskets: Array) -> dict[str, Array]:
    """Columns of a population file, each of the shape of the draws: (customers, draws)."""
    usual = edits_of(fit)["parameters.leaving_monthly"] - float(np.log(WEEKS_PER_MONTH))
    found = {
        "need_rate": draws.rate * WEEKS_PER_YEAR,
        "basket": np.broadcast_to(baskets[:, None], draws.rate.shape),
        "pace": draws.pace,
        "leaving": draws.readiness - usual,
        "lapsed": 1.0 - draws.active,
    }
    return {name: np.clip(values, TRAITS[name].low, TRAITS[name].high) for name, values in found.items()}


def _held(row: Any, value: float) -> float:
    return float(np.clip(value, row.low, row.high))


def _selves(traits: dict[str, Array]) -> People:
    """One person for each customer and draw, replicate by replicate, numbered."""
    columns = {name: np.ascontiguousarray(values.T).ravel() for name, values in traits.items()}
    rows = np.arange(columns["lapsed"].size)
    return People(rows.astype(object), rows.astype(np.uint64), columns)
