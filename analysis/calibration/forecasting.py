"""What customers will buy: the fitted process, carried on from where each history leaves its customer.

With given numbers of the process the expectation is exact on the grid of the fit: found by going back from the last
week, state by state, it is what infinitely many replicates would come to. It is averaged over draws of what the log
leaves open about those numbers. The interval of all purchases of a week is drawn, in replicates: customers are taken
at random from what their histories leave open, under one draw of the numbers or another, and live on.
`engine_forecast` lets the engine itself live these weeks; a test holds the two together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.buying_process import expected_by_week, to_come
from analysis.calibration.engine_buying import Draws, PurchaseFit, drawn, expected_baskets, process_at, states_of
from analysis.calibration.purchases import Purchases

Array = NDArray[Any]
REPLICATES = 200
AT_ONCE = 2_000  # customers whose states are held at a time
INTERVAL = (0.025, 0.975)


@dataclass(frozen=True, eq=False)
class Forecast:
    """What customers will do: by customer over all weeks, and all of them by week with a 95 % interval."""

    expected: Array  # purchases of each customer
    active: Array  # probability that the customer is still active at the end of the log
    buying: Array  # probability of at least one purchase
    spend: Array  # money
    weekly: Array  # purchases of all
    low: Array
    high: Array


class _Part(NamedTuple):
    """What one draw of the numbers says of some of the customers."""

    by_customer: Array  # (3, customers) purchases, chance of one, chance of being active
    weekly: Array
    totals: Array  # (replicates of this draw, weeks)


def forecast(
    fit: PurchaseFit,
    log: Purchases,
    weeks: int,
    replicates: int = REPLICATES,
    seed: int = 0,
    threads: int | None = None,
) -> Forecast:
    """The next weeks of these customers, given their histories.

    Args:
        fit: the process; it need not have seen these customers.
        log: their purchases, up to the day from which is forecast.
        weeks: to come.
        replicates: of all customers, for the interval of each week.
        seed: of the replicates.
        threads: to use; default one for each processor. The result does not depend on it.
    """
    by_customer = np.zeros((3, log.customers))
    weekly, totals = np.zeros(weeks), np.zeros((replicates, weeks))
    sets = len(fit.points)
    parts = list(_parts(sets, log.customers))

    def reckoned(number: int) -> _Part:
        part, codes = parts[number]
        varied = replace(fit, process=process_at(fit.points[part]))
        return _foretold(varied, log.some(codes), weeks, len(range(part, replicates, sets)), _seed(seed, number))

    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        for (part, codes), found in zip(parts, pool.map(reckoned, range(len(parts))), strict=True):
            by_customer[:, codes] += found.by_customer / sets
            weekly += found.weekly / sets
            totals[part::sets] += found.totals
    low, high = np.quantile(totals, INTERVAL, axis=0)
    expected, buying, active = by_customer
    return Forecast(
        expected,
        active,
        buying,
        expected * expected_baskets(fit.baskets, log),
        weekly,
        np.minimum(low, weekly),  # of few purchases hardly any replicate may have one
        np.maximum(high, weekly),
    )


def _foretold(fit: PurchaseFit, log: Purchases, weeks: int, replicates: int, seed: int) -> _Part:
    histories, grid, states = states_of(fit, log)
    season = fit.course.over(log.first_day + timedelta(days=log.until), weeks)
    purchases, nothing = to_come(grid, season)
    found = [np.tensordot(states, each, 3) for each in (purchases, 1.0 - nothing)]
    by_customer = np.array([*found, states[:, 0].sum((1, 2))])[:, histories.of]
    weekly = expected_by_week(grid, np.tensordot(histories.copies.astype(float), states, 1), weeks) * season
    draws = drawn(histories, grid, states, replicates, seed)
    return _Part(by_customer, weekly, _lived(fit, draws, season, _seed(seed, 1)))


def _parts(sets: int, customers: int) -> Iterator[tuple[int, Array]]:
    """Every draw of the numbers with every part of the customers, so many at a time that their states fit in memory."""
    for part in range(sets):
        for codes in np.split(np.arange(customers), range(AT_ONCE, customers, AT_ONCE)):
            yield part, codes


def _seed(*numbers: int) -> int:
    return int(np.random.SeedSequence(numbers).generate_state(1)[0] >> 1)


def _lived(fit: PurchaseFit, draws: Draws, season: Array, seed: int) -> Array:
    """Purchases of all by replicate and week; `season` has the factor of each week."""
    chance = np.random.default_rng(seed)
    sd, kept = fit.process.pace_sd, fit.process.pace_kept
    leaving = 1.0 / (1.0 + np.exp(-draws.readiness))
    pace, active = draws.pace.copy(), draws.active.astype(bool)
    totals = np.empty((pace.shape[1], season.size))
    for week, factor in enumerate(season):
        rate = np.where(active, draws.rate * np.exp(sd * pace - sd * sd / 2.0), 0.0)
        totals[:, week] = chance.poisson(factor * rate.sum(0))  # a sum of Poisson counts is one
        luck = chance.random(pace.shape)
        active = np.where(active, luck >= leaving, luck < fit.process.returning)
        if sd > 0.0:
            pace = kept * pace + np.sqrt(1.0 - kept * kept) * chance.standard_normal(pace.shape)
    return totals
