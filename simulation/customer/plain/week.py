"""The week of one customer after another, phase by phase as in the compiled `week.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulation.chance import NEED
from simulation.customer.needs import occasions, was_cut, weekly_rate
from simulation.customer.plain.choosing import (
    best_is_chosen,
    customers_arrive,
    moderators_act,
    outlets_come_to_mind,
    retailers_are_recalled,
    utilities_form,
)
from simulation.customer.plain.contacting import (
    complaints_are_answered,
    complaints_are_made,
    customers_get_in_touch,
    trouble_is_drawn,
)
from simulation.customer.plain.judging import (
    basket_is_filled,
    customers_decide_to_buy,
    failure_strikes,
    visit_is_felt,
    visit_is_judged,
)
from simulation.customer.plain.luck import Luck, LuckOf, OwnLuck
from simulation.customer.plain.meeting import (
    chance_strikes,
    determinants_are_met,
    outlet_is_entered,
    past_is_recalled,
    touchpoints_deliver,
    weights_are_moderated,
)
from simulation.customer.plain.relating import chances_are_drawn, links_are_counted, links_change, loyalty_is_summed
from simulation.customer.plain.remembering import (
    failure_ends_links,
    purchase_makes_habit,
    purchases_are_logged,
    visit_is_remembered,
    visits_are_counted,
)
from simulation.customer.plain.values import (
    Trace,
    Values,
    blank_relation,
    blank_visit,
    lists_of,
    moderators_of,
    row_of,
    rows_of,
)


@dataclass(frozen=True, slots=True)
class Week:
    """All that customers read and write in one week; what they only read is held as plain Python numbers."""

    week: int
    draw_week: int
    people: Any
    links: Any
    reach: Any
    offers: list[Values]
    retailers: list[Values]
    desks: list[Values]
    situation: Values
    tables: Any
    moderation: Any
    numbers: Any
    focal: int
    outcomes: Any
    totals: Any
    log: Any


def week_of(
    week: int,
    draw_week: int,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    situation: Any,
    tables: Any,
    moderation: Any,
    numbers: Any,
    focal: int,
    outcomes: Any,
    totals: Any,
    log: Any,
) -> Week:
    """One week, from the arrays that the compiled driver reads."""
    return Week(
        week=week,
        draw_week=draw_week,
        people=people,
        links=links,
        reach=reach,
        offers=rows_of(market.offers),
        retailers=rows_of(market.retailers),
        desks=rows_of(market.desks),
        situation=row_of(situation),
        tables=lists_of(tables),
        moderation=type(moderation)(*(moderators_of(stage) for stage in moderation)),
        numbers=numbers,
        focal=focal,
        outcomes=outcomes,
        totals=totals,
        log=log,
    )


def needs_arise(i: int, luck: Luck, now: Week) -> tuple[float, float]:
    """How many occasions this week brings the customer, and how much satisfaction counts for staying."""
    visit = blank_visit(i, now.draw_week, 0)
    customers_arrive(visit, now.people, now.situation)
    moderators_act(visit, now.moderation.week)
    u, _, _, _ = luck.uniforms(now.draw_week, 0, 0, NEED, 0)
    rate = weekly_rate(float(now.people.need_rate[i]), now.situation.season, visit.factor[0])
    wanted = occasions(u, rate)
    now.totals.market[2] += 1 if was_cut(u, rate) > 0.0 else 0
    return wanted, visit.factor[1]


def journey(visit: Values, luck: Luck, now: Week, spent_at: list[int], contacts_at: list[int]) -> None:
    """One occasion, from choice to memory. Who stays at home meets nothing."""
    week, draw_week, occasion = now.week, now.draw_week, visit.occasion
    people, links, reach, numbers, totals = now.people, now.links, now.reach, now.numbers, now.totals
    slots = links.retailer.shape[0]
    ordinary = numbers.store.ordinary_level
    customers_arrive(visit, people, now.situation)
    moderators_act(visit, now.moderation.choice)
    retailers_are_recalled(visit, week, slots, links, now.tables.kept)
    outlets_come_to_mind(visit, links, reach, now.offers, now.tables.log_minutes)
    utilities_form(visit, luck, draw_week, occasion, numbers.choice, ordinary)
    best_is_chosen(visit)
    totals.market[0] += 1
    if visit.went == 0.0:
        totals.market[1] += 1
        return
    outlet_is_entered(visit, now.offers)
    past_is_recalled(visit, links, now.tables.kept, week, ordinary, numbers.experience.past_strength)
    moderators_act(visit, now.moderation.visit)
    chance_strikes(visit, luck, draw_week, occasion, numbers.experience)
    determinants_are_met(visit, numbers.experience, ordinary, now.tables.strength)
    weights_are_moderated(visit, now.tables.base, now.tables.omega)
    touchpoints_deliver(visit, now.tables.presence, numbers.experience.past_weight)
    failure_strikes(visit, numbers.experience, 0.0)
    customers_decide_to_buy(visit, numbers.purchase, ordinary)
    failure_strikes(visit, numbers.experience, 1.0)
    visit_is_felt(visit, numbers.experience.past_weight)
    visit_is_judged(visit, numbers.satisfaction)
    basket_is_filled(visit, numbers.purchase, ordinary)
    visit_is_remembered(visit, week, slots, people, links, numbers)
    purchase_makes_habit(visit, week, links, reach, spent_at, totals, people, numbers.memory)
    trouble_is_drawn(visit, luck, draw_week, occasion, numbers.desk)
    customers_get_in_touch(
        visit, draw_week, occasion, luck, now.desks, people, links, contacts_at, numbers.desk, totals
    )
    complaints_are_made(visit, week, luck, now.desks, people, links, contacts_at, numbers, totals)
    failure_ends_links(visit, week, slots, people, links, numbers.relations, totals)
    visits_are_counted(visit, int(people.segment[visit.who]), numbers.relations, totals.visits)
    purchases_are_logged(visit, now.log)


def relationships_change(i: int, slope: float, luck: Luck, now: Week, spent_at: list[int]) -> None:
    """Forgetting, leaving, return and awareness of every link of the customer."""
    slots = now.links.retailer.shape[0]
    relate = blank_relation()
    loyalty_is_summed(relate, i, slots, now.links, now.reach, now.offers)
    for slot in range(slots):
        complaints_are_answered(
            relate,
            slot,
            i,
            now.week,
            now.draw_week,
            luck,
            now.people,
            now.links,
            now.retailers,
            now.desks,
            now.tables.kept,
            now.numbers,
            now.totals,
        )
        chances_are_drawn(
            relate,
            slot,
            i,
            now.week,
            now.draw_week,
            luck,
            now.people,
            now.links,
            now.retailers,
            now.tables.kept,
            now.numbers.relations,
        )
        links_change(relate, slot, slope, now.numbers.relations)
        links_are_counted(
            relate,
            slot,
            i,
            now.week,
            now.people,
            now.links,
            spent_at,
            now.numbers.relations,
            now.focal,
            now.outcomes,
            now.totals,
        )


def customer_lives_a_week(i: int, luck: Luck, now: Week, trace: Trace | None = None) -> None:
    """One customer's week. `trace` is told of every occasion: all that was met, felt, expected and decided."""
    spent_at = [0] * now.links.retailer.shape[0]
    contacts_at = [0] * now.links.retailer.shape[0]
    wanted, slope = needs_arise(i, luck, now)
    for occasion in range(int(wanted)):
        visit = blank_visit(i, now.draw_week, occasion)
        journey(visit, luck, now, spent_at, contacts_at)
        if trace is not None:
            trace.append(visit)
    relationships_change(i, slope, luck, now, spent_at)


def customers_live_their_week(
    begin: int,
    end: int,
    week: int,
    draw_week: int,
    key: Any,
    scratch: Any,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    situation: Any,
    tables: Any,
    moderation: Any,
    numbers: Any,
    focal: int,
    outcomes: Any,
    totals: Any,
    log: Any,
    trace: Trace | None = None,
    luck_of: LuckOf = OwnLuck,
) -> None:
    """Customers `begin`..`end` live one week, with the signature of the compiled driver; it needs no scratch.

    `trace` is told of every occasion; `luck_of` makes a customer's luck from seed, replicate and draw key.
    """
    now = week_of(
        week,
        draw_week,
        people,
        links,
        reach,
        market,
        situation,
        tables,
        moderation,
        numbers,
        focal,
        outcomes,
        totals,
        log,
    )
    for i in range(begin, end):
        customer_lives_a_week(i, luck_of(key[0], key[1], int(people.key[i])), now, trace)
