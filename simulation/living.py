"""Time passes: the market's week and the customers' week, one week or many, on one thread or several, always with the same bits."""

from __future__ import annotations

from typing import Any

from simulation.compiling import driver
from simulation.customer.beginning import outlets_open
from simulation.customer.week import customers_live_their_week
from simulation.market.week import market_remembers, offers_arise
from simulation.records import Totals


@driver
def market_week(week: int, key: Any, people: Any, links: Any, reach: Any, market: Any, plans: Any, tables: Any, numbers: Any, weight: float, totals: Any) -> None:
    """The market's part of a week: remember last week, make the offers, open what opens. `totals` are last week's."""
    if week > 0:
        market_remembers(market, totals, weight, numbers.store.brand_pace)
    offers_arise(week, market, plans, numbers)
    outlets_open(0, people.key.size, week, key, people, links, reach, market, plans, tables, numbers)


@driver
def weeks_pass(
    first: int, last: int, warmup: int, key: Any, scratch: Any, people: Any, links: Any, reach: Any, market: Any, plans: Any, tables: Any, moderation: Any, numbers: Any, weight: float, focal: int, outcomes: Any, totals: Any, log: Any, offers: Any
) -> None:
    """Weeks `first`..`last` of a whole market on this thread; `offers` keeps what was offered each week (may be empty)."""
    for week in range(first, last):
        before = max(week - 1, 0)
        past = Totals(totals.visits[before], totals.links[before], totals.tenure[before], totals.market[before])
        now = Totals(totals.visits[week], totals.links[week], totals.tenure[week], totals.market[week])
        market_week(week, key, people, links, reach, market, plans, tables, numbers, weight, past)
        if offers.shape[0] > 0:
            for o in range(market.offers.size):
                offers[week, o] = market.offers[o]
        draw_week = week - warmup if week < warmup else week - warmup + 1
        customers_live_their_week(
            0, people.key.size, week, draw_week, key, scratch, people, links, reach, market, plans.situations[week], tables, moderation, numbers, focal, outcomes, now, log
        )
