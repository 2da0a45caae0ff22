"""Time passes: the market's week, then the customers' week, on one thread or several, always with the same bits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from simulation.arithmetic import log_
from simulation.compiling import driver
from simulation.customer.beginning import newcomers_begin, outlets_open
from simulation.customer.lane import scratch
from simulation.customer.week import customers_live_their_week
from simulation.market.reviewing import quarter_is_added_up, retailers_learn
from simulation.market.serving import desks_open, desks_remember
from simulation.market.week import market_remembers, offers_arise
from simulation.records import Log, Totals
from simulation.schedule import calendar_week
from simulation.world import World, empty_log


@driver
def market_lives_its_week(week: int, market: Any, plans: Any, numbers: Any, weight: float, last_week: Any) -> None:
    """The market's part of a week: remember last week, make this week's offers."""
    if week > 0:
        market_remembers(market, last_week, weight, numbers)
        desks_remember(market.desks, last_week.desks, weight, numbers.desk.load_pace)
        quarter_is_added_up(market.learning, market.outlets, last_week.visits, weight)
        retailers_learn(week, market.learning, plans.retailers, numbers)
    desks_open(week, market.desks, plans.desks, numbers.desk, numbers.service.hours_per_year)
    offers_arise(week, market, plans, numbers)


MarketsWeek = Callable[..., None]
CustomersWeek = Callable[..., None]


def totals_of_week(totals: Totals, week: int) -> Totals:
    """A view of one week."""
    return Totals(*(column[week] for column in totals))


class Clock:
    """Runs the weeks of a world.

    `threads` share one world's customers; `log` keeps this week's purchases; `live` and `market` are the customers' and
    the market's week (a replay has a market of its own, which remembers what the offers were).
    """

    def __init__(
        self,
        world: World,
        threads: int = 1,
        live: CustomersWeek = customers_live_their_week,
        log: bool = False,
        market: MarketsWeek = market_lives_its_week,
    ):
        self.world = world
        self.week = 0
        self.threads = max(1, min(threads, world.people.key.size))
        self.live = live
        self.market = market
        self.log: Log = empty_log(world.people.key.size if log else 0, world.notes)
        self._first_weeks = frozenset(np.unique(world.people.first_week[world.people.first_week > 0]).tolist())
        self._scratch = [scratch() for _ in range(self.threads)]
        self._pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None

    def step(self) -> None:
        """One week of the market."""
        world, week = self.world, self.week
        last_week = totals_of_week(world.totals, max(week - 1, 0))
        self.market(week, world.market, world.plans, world.numbers, world.weight, last_week)
        self._outlets_open(week)
        self._newcomers_begin(week)
        self._customers_live(week)
        self.week += 1

    def _outlets_open(self, week: int) -> None:
        world = self.world
        if world.plans.outlets[week].opens.any():
            outlets_open(
                0,
                world.people.key.size,
                week,
                calendar_week(week, world.warmup),
                world.key,
                world.people,
                world.links,
                world.reach,
                world.market,
                world.plans,
                world.tables,
                world.numbers,
            )

    def _newcomers_begin(self, week: int) -> None:
        world = self.world
        calendar = calendar_week(week, world.warmup)
        if calendar in self._first_weeks:
            offers = world.market.offers  # of this week already
            newcomers_begin(
                0,
                world.people.key.size,
                week,
                calendar,
                world.key,
                world.people,
                world.links,
                world.reach,
                world.market,
                world.tables,
                np.array([log_(float(price)) for price in offers.price_index]),
                np.ascontiguousarray(offers.is_open),
                np.zeros((world.market.outlets.size, 3)),
                world.numbers,
            )

    def _customers_live(self, week: int) -> None:
        now = totals_of_week(self.world.totals, week)
        self.log.occasions[:] = 0
        if self._pool is None:
            self._part(week, 0, self.world.people.key.size, self._scratch[0], now)
            return
        edges = np.linspace(0, self.world.people.key.size, self.threads + 1).astype(int)
        parts = [Totals(*(np.zeros_like(column) for column in now)) for _ in range(self.threads)]
        jobs = [
            self._pool.submit(self._part, week, int(edges[n]), int(edges[n + 1]), self._scratch[n], parts[n])
            for n in range(self.threads)
        ]
        for job, part in zip(jobs, parts, strict=True):
            job.result()
            for total, own in zip(now, part, strict=True):
                np.add(total, own, out=total)

    def _part(self, week: int, begin: int, end: int, own_scratch: Any, totals: Totals) -> None:
        world = self.world
        self.live(
            begin,
            end,
            week,
            calendar_week(week, world.warmup),
            world.key,
            own_scratch,
            world.people,
            world.links,
            world.reach,
            world.market,
            world.plans.situations[week],
            world.tables,
            world.moderation,
            world.numbers,
            world.focal,
            world.outcomes,
            totals,
            self.log,
        )

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()
