"""The forecast of `forecasting` by the engine: it lives the next weeks with many possible selves of each customer.

Every replicate is the whole list of customers once, each with a rate, a pace, a readiness to leave and a state drawn
from what the history leaves possible, under one of the fit's draws of the numbers of the process. More replicates come
nearer to what `forecasting` reckons exactly. The market is the firm alone: a need met elsewhere is none of it, as in
the log. Satisfaction is held out of leaving: a log of purchases tells how often people leave, not how they felt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.engine_buying import (
    Draws,
    PurchaseFit,
    expected_baskets,
    posterior_draws,
    process_at,
)
from analysis.calibration.forecasting import INTERVAL, REPLICATES, Forecast
from analysis.calibration.histories import histories_of
from analysis.calibration.purchases import Purchases
from simulation import Scenario, run
from simulation.parameters import PARAMETERS, TRAITS
from simulation.scenario import People

Array = NDArray[Any]
AT_ONCE = 250_000  # selves of a run
FILTERED = 10_000  # customers whose states are held at a time
ROOMY = 3.0  # needs a week of one person, so that hardly any is cut when the pace is high
WEEKS_PER_YEAR = 52.0
WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12.0
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


def engine_forecast(
    fit: PurchaseFit, log: Purchases, horizon_weeks: int, replicates: int = REPLICATES, seed: int = 0
) -> Forecast:
    """The next weeks of these customers, given their histories, as the mean over runs of the engine.

    Args:
        fit: the process; it need not have seen these customers.
        log: their purchases, up to the day from which is forecast.
        horizon_weeks: weeks to come.
        replicates: of all customers.
        seed: of all that is drawn.
    """
    bought, someone = np.zeros(log.customers), np.zeros(log.customers)
    active = np.zeros(log.customers)
    weekly = np.zeros((replicates, horizon_weeks))
    for codes in np.split(np.arange(log.customers), range(FILTERED, log.customers, FILTERED)):
        some = log.some(codes)
        for rows, varied in _possible(fit, replicates, some.customers):
            draws = posterior_draws(varied, some, rows.size, _seed_of(seed, int(codes[0]), int(rows[0])))
            counts, by_week = _lived(varied, draws, horizon_weeks, some, _seed_of(seed, int(codes[0]), int(rows[0]), 1))
            bought[codes] += counts.sum(0)
            someone[codes] += (counts > 0).sum(0)
            active[codes] += draws.active.sum(1)
            weekly[rows] += by_week
    low, high = np.quantile(weekly, INTERVAL, axis=0)
    found = (values / replicates for values in (bought, someone, active))
    expected, buying, staying = _shared(histories_of(log, fit.before).of, *found)
    spend = expected * expected_baskets(fit.baskets, log)
    return Forecast(expected, staying, buying, spend, weekly.mean(0), low, high)


def _shared(history: Array, *found: Array) -> Iterator[Array]:
    """Customers with the same history have the same prospects: the mean over them has less noise."""
    alike = np.bincount(history)
    for values in found:
        yield (np.bincount(history, values) / alike)[history]


def _possible(fit: PurchaseFit, replicates: int, customers: int) -> Iterator[tuple[Array, PurchaseFit]]:
    """Draws of the numbers with the replicates that live under them, as many at a time as a run can hold."""
    for point, rows in zip(fit.points, np.array_split(np.arange(replicates), len(fit.points)), strict=True):
        varied = replace(fit, process=process_at(point))
        for some in np.array_split(rows, -(-rows.size * customers // AT_ONCE)) if rows.size else []:
            yield some, varied


def _seed_of(*numbers: int) -> int:
    return int(np.random.SeedSequence(numbers).generate_state(1)[0] >> 1)


def _lived(fit: PurchaseFit, draws: Draws, weeks: int, log: Purchases, seed: int) -> tuple[Array, Array]:
    """Purchases by replicate and customer, and by replicate and week."""
    scenario = scenario_of(fit, weeks, log.first_day + timedelta(days=log.until), seed)
    customers, replicates = draws.rate.shape
    people, self_of = _selves(traits_of(fit, draws, expected_baskets(fit.baskets, log)), fit.process.pace_sd)
    bought = run(scenario.with_people(people), threads=1).transactions
    if bought is None or not len(bought):
        return np.zeros((replicates, customers)), np.zeros((replicates, weeks))
    row = self_of[bought["customer_id"].astype(np.int64)]
    dates: Any = bought.columns["date"]
    week = dates.codes.astype(np.int64) // 7
    by_week = np.bincount(row // customers * weeks + week, minlength=replicates * weeks)
    counts = np.bincount(row, minlength=replicates * customers)
    return counts.reshape(replicates, customers), by_week.reshape(replicates, weeks)


def scenario_of(fit: PurchaseFit, weeks: int, start: date, seed: int) -> Scenario:
    """The firm alone in a market, for weeks after a log; its customers are still to be given.

    A market's weeks begin on Mondays; these begin on the last one not after `start`.
    """
    season = {} if fit.course.is_flat else {"market.season": fit.course.as_season()}
    edits = {**edits_of(fit), **season, "market.start": start - timedelta(days=start.weekday())}
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


def _selves(traits: dict[str, Array], pace_sd: float) -> tuple[People, Array]:
    """One person for each customer and draw, replicate by replicate; and whose draw each person is.

    The engine's week has room for 15 occasions. Who needs many lives as several persons who share them, each with the
    same history: their purchases add up to the same expectation.
    """
    columns = {name: np.ascontiguousarray(values.T).ravel() for name, values in traits.items()}
    now = columns["need_rate"] * np.exp(pace_sd * np.maximum(columns["pace"], pace_sd / 2.0) - pace_sd**2 / 2.0)
    shares = np.maximum(np.ceil(now / (ROOMY * WEEKS_PER_YEAR)).astype(np.int64), 1)
    columns["need_rate"] = columns["need_rate"] / shares
    self_of = np.repeat(np.arange(shares.size), shares)
    rows = np.arange(self_of.size)
    people = People(rows.astype(object), rows.astype(np.uint64), {name: c[self_of] for name, c in columns.items()})
    return people, self_of
