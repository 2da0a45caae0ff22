"""Moving away: now and then a household leaves the town, and one like it comes that has been to nobody yet.

Both twins run this as it stands, customer by customer. The household that comes has the traits of the one that left.
"""

from __future__ import annotations

from typing import Any

from simulation.bits import uniforms
from simulation.chance import MOVE
from simulation.compiling import phase
from simulation.customer.beginning import link_begins, mind_begins
from simulation.customer.needs import is_here
from simulation.customer.relation import PROSPECT, UNAWARE
from simulation.records import MARKET_TOTALS, REACH

MOVED = MARKET_TOTALS.index("moved")


@phase
def household_is_replaced(
    i: int, week: int, draw_week: int, key: Any, people: Any, links: Any, reach: Any, market: Any, numbers: Any
) -> None:
    """Every relationship begins anew: some retailers are not known yet, the others not tried."""
    for s in range(links.retailer.shape[0]):
        r = links.retailer[s, i]
        if r >= 0:
            number = market.retailers[r].number
            u, _, _, _ = uniforms(key[0], key[1], people.key[i], draw_week, 0, 0, MOVE, number)
            status = UNAWARE if u < numbers.relationships.newcomer_unaware else PROSPECT
            link_begins(i, s, r, week, status, key[0], key[1], people, links, market, numbers)
    held = 0
    for a in range(REACH):
        held += 1 if reach.outlet[a, i] >= 0 else 0
    for a in range(REACH):
        reach.loyalty[a, i] = 1.0 / held if reach.outlet[a, i] >= 0 else 0.0
    mind_begins(i, people, links, numbers.memory)


@phase
def people_move(
    begin: int,
    size: int,
    week: int,
    draw_week: int,
    key: Any,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    numbers: Any,
    totals: Any,
) -> None:
    """Who moves away at the end of the week."""
    chance = numbers.relationships.moving_yearly / 52.0
    for i in range(begin, begin + size):
        u, _, _, _ = uniforms(key[0], key[1], people.key[i], draw_week, 0, 0, MOVE, 0)
        if u < chance and is_here(float(people.first_week[i]), float(draw_week)) > 0.0:
            household_is_replaced(i, week, draw_week, key, people, links, reach, market, numbers)
            totals[MOVED] += 1
