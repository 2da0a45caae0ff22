"""How a customer begins, and how a new outlet comes within reach.

Both twins run this as it stands, customer by customer.
"""

from __future__ import annotations

import math
from typing import Any

from simulation.arithmetic import clip, log_, normal
from simulation.bits import uniforms
from simulation.chance import START, TASTE_OUTLET, TASTE_RETAILER
from simulation.compiling import box, driver, phase
from simulation.customer.choice import digital_appeal, from_parts, in_parts
from simulation.customer.experience import fit_of
from simulation.customer.lane import CHANNEL_PREFERENCE, HAS_LAPSED, LENIENCY, PRICE_SENSITIVITY
from simulation.customer.memory import from_steps, in_steps
from simulation.customer.needs import is_here, pace_of_newcomer
from simulation.customer.relation import ACTIVE, LAPSED, PROSPECT, UNAWARE
from simulation.records import REACH


@box
def taste_of(z_retailer: float, z_outlet: float, sd_retailer: float, sd_outlet: float) -> float:
    """Persistent taste for an outlet: its retailer's and its own."""
    return sd_retailer * z_retailer + sd_outlet * z_outlet


@box
def standing_appeal(attraction: float, distance: float, price: float, channel: float, taste: float) -> float:
    """What makes an outlet worth keeping in mind, before any experience."""
    return attraction - distance - price + channel + taste


@box
def first_level(ordinary: float, leniency: float, fit: float) -> float:
    """What a customer expects of a retailer, and feels of it, before the first visit."""
    return clip(ordinary + leniency + fit)


@phase
def taste_for(i: int, outlet: Any, retailer: Any, seed: int, replicate: int, people: Any, choice: Any) -> float:
    """A customer's persistent taste for an outlet."""
    a, _, _, _ = uniforms(seed, replicate, people.key[i], 0, 0, 0, TASTE_RETAILER, retailer.number)
    b, _, _, _ = uniforms(seed, replicate, people.key[i], 0, 0, 0, TASTE_OUTLET, outlet.number)
    return taste_of(normal(a), normal(b), choice.taste_retailer_sd, choice.taste_outlet_sd)


@phase
def appeal_of(
    i: int, o: int, taste: float, price_index_log: float, market: Any, tables: Any, people: Any, choice: Any
) -> float:
    """Standing appeal of an outlet to a customer."""
    outlet = market.outlets[o]
    channel = digital_appeal(
        outlet.online, choice.online_utility, choice.online_preference_sd, float(people.traits[CHANNEL_PREFERENCE, i])
    )
    return standing_appeal(
        outlet.attraction,
        choice.distance_weight * tables.log_minutes[people.cell[i], o],
        choice.price_weight * float(people.traits[PRICE_SENSITIVITY, i]) * price_index_log,
        channel,
        taste,
    )


@phase
def link_begins(
    i: int,
    slot: int,
    r: int,
    week: int,
    status: int,
    seed: int,
    replicate: int,
    people: Any,
    links: Any,
    market: Any,
    numbers: Any,
) -> None:
    """Fill a slot with a retailer that the customer has not been to."""
    experience = numbers.experience
    a, b, _, _ = uniforms(seed, replicate, people.key[i], 0, 0, 0, TASTE_RETAILER, market.retailers[r].number)
    rest = math.sqrt(1.0 - experience.fit_taste_correlation * experience.fit_taste_correlation)
    fit = fit_of(normal(b), normal(a), experience.fit_taste_correlation, rest, experience.fit_sd)
    level = first_level(numbers.store.ordinary_level, float(people.traits[LENIENCY, i]), fit)
    satisfaction = clip(numbers.satisfaction.intercept + level)
    links.retailer[slot, i] = r
    links.status[slot, i] = status
    links.will[slot, i] = level
    links.cognitive[slot, i] = in_steps(level)
    links.affective[slot, i] = in_steps(level)
    links.social[slot, i] = in_steps(level)
    links.physical[slot, i] = in_steps(level)
    links.store_stock[slot, i] = in_steps(level)
    links.digital_stock[slot, i] = in_steps(level)
    links.satisfaction[slot, i] = in_steps(satisfaction)
    links.trust[slot, i] = in_steps(satisfaction)
    links.visits[slot, i] = 0
    links.last_visit[slot, i] = week
    links.since[slot, i] = week
    links.spend[slot, i] = 0
    links.complaint[slot, i] = 0
    links.complaint_due[slot, i] = week
    links.complaint_loss[slot, i] = 0
    links.heard[slot, i] = 0.0
    links.interactions[slot, i] = 0.0
    links.frequency[slot, i] = 0.0
    links.type[slot, i] = 0
    links.type_since[slot, i] = week
    links.points[slot, i] = 0


@phase
def slot_of(i: int, r: int, links: Any) -> int:
    """The slot that holds a retailer, or -1."""
    found = -1
    for s in range(links.retailer.shape[0]):
        if links.retailer[s, i] == r:
            found = s
    return found


@phase
def free_slot(i: int, links: Any) -> int:
    """The first empty slot, or -1."""
    for s in range(links.retailer.shape[0]):
        if links.retailer[s, i] < 0:
            return s
    return -1


@phase
def outlets_are_found(
    i: int,
    week: int,
    known: int,
    seed: int,
    replicate: int,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    tables: Any,
    log_prices: Any,
    is_open: Any,
    appeal: Any,
    numbers: Any,
) -> int:
    """The customer keeps the outlets that appeal most, at most eight, of at most six retailers.

    A retailer that is known has the status `known`. Returns their number.
    """
    for o in range(market.outlets.size):
        outlet = market.outlets[o]
        taste = taste_for(i, outlet, market.retailers[outlet.retailer], seed, replicate, people, numbers.choice)
        appeal[o, 0] = appeal_of(i, o, taste, log_prices[o], market, tables, people, numbers.choice)
        appeal[o, 1] = taste
        appeal[o, 2] = is_open[o]
    number = 0
    for _ in range(market.outlets.size):
        best = -1
        for o in range(market.outlets.size):
            if appeal[o, 2] > 0.0 and (best < 0 or appeal[o, 0] > appeal[best, 0]):
                best = o
        if best < 0 or number == REACH:
            break
        appeal[best, 2] = 0.0
        r = market.outlets[best].retailer
        slot = slot_of(i, r, links)
        if slot < 0:
            slot = free_slot(i, links)
            if slot >= 0:
                u, _, _, _ = uniforms(seed, replicate, people.key[i], 0, 0, 0, START, market.retailers[r].number)
                status = UNAWARE if u < numbers.relations.unaware_at_start else known
                link_begins(i, slot, r, week, status, seed, replicate, people, links, market, numbers)
        if slot >= 0:
            reach.outlet[number, i] = best
            reach.link[number, i] = slot
            reach.taste[number, i] = in_parts(appeal[best, 1])
            number += 1
    return number


@phase
def mind_begins(i: int, people: Any, links: Any, memory: Any) -> None:
    """What a customer is used to and what ought to be, from the relationships that begin."""
    best_will = 0.0
    satisfaction = 0.0
    known = 0
    for s in range(links.retailer.shape[0]):
        if links.retailer[s, i] >= 0:
            known += 1
            best_will = max(best_will, float(links.will[s, i]))
            satisfaction += from_steps(links.satisfaction[s, i])
    people.habitual[i] = satisfaction / max(known, 1)
    people.should[i] = clip(best_will + memory.should_margin)


@phase
def some_have_left(i: int, focal: int, people: Any, links: Any) -> None:
    """Who left the focal retailer before the first week."""
    for s in range(links.retailer.shape[0]):
        if links.retailer[s, i] == focal and people.traits[HAS_LAPSED, i] > 0.0:
            links.status[s, i] = LAPSED


@phase
def customer_begins(
    i: int,
    week: int,
    known: int,
    key: Any,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    tables: Any,
    log_prices: Any,
    is_open: Any,
    appeal: Any,
    numbers: Any,
) -> None:
    """What a customer knows, expects and is used to on the first day."""
    number = outlets_are_found(
        i, week, known, key[0], key[1], people, links, reach, market, tables, log_prices, is_open, appeal, numbers
    )
    for a in range(number):
        reach.loyalty[a, i] = 1.0 / number
    mind_begins(i, people, links, numbers.memory)


@driver
def customers_begin(
    begin: int,
    end: int,
    key: Any,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    tables: Any,
    log_prices: Any,
    is_open: Any,
    appeal: Any,
    numbers: Any,
    focal: int,
) -> None:
    """Customers `begin`..`end` who are there before the first week; `appeal` is scratch of shape (outlets, 3)."""
    for i in range(begin, end):
        if people.first_week[i] <= 0:
            customer_begins(
                i, 0, ACTIVE, key, people, links, reach, market, tables, log_prices, is_open, appeal, numbers
            )
            some_have_left(i, focal, people, links)


@driver
def newcomers_begin(
    begin: int,
    end: int,
    week: int,
    draw_week: int,
    key: Any,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    tables: Any,
    log_prices: Any,
    is_open: Any,
    appeal: Any,
    numbers: Any,
) -> None:
    """Customers `begin`..`end` whose first week this is: prospects of what they know, until they buy."""
    for i in range(begin, end):
        if people.first_week[i] > 0 and people.first_week[i] == draw_week:
            customer_begins(
                i, week, PROSPECT, key, people, links, reach, market, tables, log_prices, is_open, appeal, numbers
            )
            people.pace[i] = pace_of_newcomer(float(people.pace[i]), numbers.pace.pace_sd)


@phase
def slot_to_give_up(i: int, links: Any) -> int:
    """The slot a later retailer takes: an unaware one, else a lapsed one, else the least visited."""
    worst = -1
    worst_rank = 1.0e30
    for s in range(links.retailer.shape[0]):
        rank = float(links.visits[s, i])
        if links.status[s, i] == UNAWARE:
            rank = -2.0
        elif links.status[s, i] == LAPSED:
            rank = -1.0
        if rank < worst_rank:
            worst = s
            worst_rank = rank
    return worst


@phase
def place_to_give_up(i: int, links: Any, reach: Any) -> int:
    """The outlet a later one takes the place of.

    None, else one of an unaware or lapsed link, else the least habitual.
    """
    worst = 0
    worst_rank = 1.0e30
    for a in range(REACH):
        rank = float(reach.loyalty[a, i])
        if reach.outlet[a, i] < 0:
            rank = -3.0
        elif links.status[reach.link[a, i], i] == UNAWARE:
            rank = -2.0
        elif links.status[reach.link[a, i], i] == LAPSED:
            rank = -1.0
        if rank < worst_rank:
            worst = a
            worst_rank = rank
    return worst


@phase
def outlet_comes_within_reach(
    i: int,
    o: int,
    week: int,
    seed: int,
    replicate: int,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    tables: Any,
    numbers: Any,
) -> None:
    """One customer and one outlet that opens.

    It enters where there is room, or where it appeals more than the least appealing.
    """
    outlet = market.outlets[o]
    r = outlet.retailer
    taste = taste_for(i, outlet, market.retailers[r], seed, replicate, people, numbers.choice)
    appeal = appeal_of(i, o, taste, log_(market.offers[o].price_index), market, tables, people, numbers.choice)
    least = 1.0e30
    full = True
    for a in range(REACH):
        held = reach.outlet[a, i]
        if held < 0:
            full = False
        else:
            price = log_(market.offers[held].price_index)
            least = min(
                least, appeal_of(i, held, from_parts(reach.taste[a, i]), price, market, tables, people, numbers.choice)
            )
    if full and appeal <= least:
        return
    slot = slot_of(i, r, links)
    if slot < 0:
        slot = free_slot(i, links)
        if slot < 0:
            slot = slot_to_give_up(i, links)
            for a in range(REACH):
                if reach.outlet[a, i] >= 0 and reach.link[a, i] == slot:
                    reach.outlet[a, i] = -1
                    reach.loyalty[a, i] = 0.0
        link_begins(i, slot, r, week, UNAWARE, seed, replicate, people, links, market, numbers)
    place = place_to_give_up(i, links, reach)
    reach.outlet[place, i] = o
    reach.link[place, i] = slot
    reach.loyalty[place, i] = 0.0
    reach.taste[place, i] = in_parts(taste)


@driver
def outlets_open(
    begin: int,
    end: int,
    week: int,
    draw_week: int,
    key: Any,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    plans: Any,
    tables: Any,
    numbers: Any,
) -> None:
    """Every outlet that opens this week comes within reach of customers `begin`..`end`, if they were there before."""
    for o in range(market.outlets.size):
        if plans.outlets[week, o].opens > 0.0:
            for i in range(begin, end):
                if is_here(float(people.first_week[i]), float(draw_week - 1)) > 0.0:
                    outlet_comes_within_reach(i, o, week, key[0], key[1], people, links, reach, market, tables, numbers)
