"""The week of one customer after another, phase by phase as in the compiled `week.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulation.arithmetic import normal
from simulation.chance import NEED, PACE
from simulation.customer.moving import people_move
from simulation.customer.needs import arrives, is_here, occasions, pace_after, paced, wanted, was_cut, weekly_rate
from simulation.customer.plain.choosing import (
    best_is_chosen,
    customers_arrive,
    moderators_act,
    newcomers_are_known,
    offers_are_answered,
    offers_reach,
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
from simulation.customer.plain.hearing import (
    listeners_gather,
    listening_is_counted,
    messages_arrive,
    word_is_heard,
)
from simulation.customer.plain.judging import (
    basket_is_filled,
    customers_decide_to_buy,
    failure_strikes,
    looking_leaves_needs_open,
    needs_are_counted,
    needs_are_met,
    visit_is_felt,
    visit_is_judged,
)
from simulation.customer.plain.luck import Luck, LuckOf, OwnLuck
from simulation.customer.plain.meeting import (
    chance_strikes,
    determinants_are_met,
    discovery_was_online,
    outlet_is_entered,
    past_is_recalled,
    touchpoints_deliver,
    weights_are_moderated,
)
from simulation.customer.plain.reaching import (
    accounts_are_counted,
    accounts_are_kept,
    outlets_are_personal,
    retailers_reach_out,
)
from simulation.customer.plain.relating import (
    chances_are_drawn,
    links_are_counted,
    links_change,
    loyalty_is_summed,
    margins_are_summed,
)
from simulation.customer.plain.remembering import (
    failure_ends_links,
    meetings_are_counted,
    purchase_makes_habit,
    purchases_are_logged,
    visit_is_remembered,
    visits_are_counted,
)
from simulation.customer.plain.surveying import (
    customers_are_asked,
    effort_is_felt,
    visits_are_asked_about,
    visits_are_noted,
)
from simulation.customer.plain.telling import visit_is_rated, visit_is_told, voices_are_counted
from simulation.customer.plain.tying import ties_are_kept, ties_form
from simulation.customer.plain.values import (
    Trace,
    Values,
    blank_relation,
    blank_visit,
    blank_week,
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
    key: Any
    people: Any
    links: Any
    reach: Any
    market: Any
    offers: list[Values]
    retailers: list[Values]
    desks: list[Values]
    pools: list[Values]
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
    key: Any,
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
        key=key,
        people=people,
        links=links,
        reach=reach,
        market=market,
        offers=rows_of(market.offers),
        retailers=rows_of(market.retailers),
        desks=rows_of(market.desks),
        pools=rows_of(market.word),
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
    wander = now.numbers.pace
    need_rate = paced(float(now.people.need_rate[i]), wander.pace_sd, float(now.people.pace[i]))
    rate = weekly_rate(need_rate, now.situation.season, visit.factor[0])
    begins = float(now.people.first_week[i])
    here = is_here(begins, float(now.draw_week))
    number = wanted(occasions(u, rate), here, arrives(begins, float(now.draw_week), 0.0))
    now.totals.market[2] += 1 if was_cut(u, rate) * here > 0.0 else 0
    if wander.pace_sd * here > 0.0:
        z, _, _, _ = luck.uniforms(now.draw_week, 0, 0, PACE, 0)
        now.people.pace[i] = pace_after(float(now.people.pace[i]), wander.pace_kept, normal(z))
    return number, visit.factor[1]


def visit_has_consequences(visit: Values, luck: Luck, now: Week, met: Values) -> None:
    """What comes of a visit: questions and complaints, ends, what is counted, told and rated."""
    week, draw_week, occasion = now.week, now.draw_week, visit.occasion
    people, links, numbers, totals = now.people, now.links, now.numbers, now.totals
    slots = links.retailer.shape[0]
    trouble_is_drawn(visit, luck, draw_week, occasion, numbers.desk)
    customers_get_in_touch(
        visit, draw_week, occasion, luck, now.desks, people, links, met.contacts_at, numbers.desk, totals
    )
    complaints_are_made(visit, week, luck, now.desks, people, links, met.contacts_at, now.retailers, numbers, totals)
    failure_ends_links(visit, week, slots, people, links, numbers.relations, totals)
    visits_are_counted(visit, int(people.segment[visit.who]), numbers, totals.visits)
    meetings_are_counted(visit, met)
    visits_are_asked_about(visit, int(people.segment[visit.who]), numbers.survey, now.tables, totals.visits)
    purchases_are_logged(visit, now.log)
    visit_is_told(visit, luck, draw_week, occasion, numbers.word, numbers.relationships)
    visit_is_rated(visit, luck, draw_week, occasion, numbers.word, numbers.survey.answer_error_sd)
    voices_are_counted(visit, people, links, totals)
    visits_are_noted(visit, now.log.notes)


def journey(visit: Values, luck: Luck, now: Week, met: Values) -> None:
    """One occasion, from choice to memory. Who stays at home meets nothing."""
    week, draw_week, occasion = now.week, now.draw_week, visit.occasion
    people, links, reach, numbers, totals = now.people, now.links, now.reach, now.numbers, now.totals
    slots, ordinary = links.retailer.shape[0], numbers.store.ordinary_level
    customers_arrive(visit, people, now.situation)
    newcomers_are_known(visit, draw_week, occasion, people)
    moderators_act(visit, now.moderation.choice)
    retailers_are_recalled(visit, week, slots, links, now.tables.kept)
    offers_reach(visit, luck, draw_week, slots, links, now.retailers)
    retailers_reach_out(visit, luck, slots, links, now.retailers, numbers.account)
    outlets_come_to_mind(visit, links, reach, now.offers, now.tables.log_minutes)
    outlets_are_personal(visit, now.retailers, numbers.choice, numbers.account.cannibalised)
    utilities_form(visit, luck, draw_week, occasion, numbers.choice, numbers.relationships, ordinary)
    best_is_chosen(visit)
    offers_are_answered(visit, numbers.relationships.offer_utility)
    totals.market[0] += 1
    if visit.went == 0.0:
        totals.market[1] += 1
        return
    outlet_is_entered(visit, now.offers)
    past_is_recalled(visit, links, now.tables.kept, week, ordinary, numbers.experience.past_strength)
    moderators_act(visit, now.moderation.visit)
    chance_strikes(visit, luck, draw_week, occasion, numbers.experience)
    determinants_are_met(visit, numbers.experience, ordinary, now.tables.strength)
    discovery_was_online(visit, met.looked_at, numbers.purchase)
    weights_are_moderated(visit, now.tables.base, now.tables.omega)
    touchpoints_deliver(visit, now.tables.presence, numbers.experience.past_weight)
    failure_strikes(visit, numbers.experience, numbers.relationships, 0.0)
    customers_decide_to_buy(visit, numbers.purchase, ordinary)
    looking_leaves_needs_open(visit, luck, draw_week, occasion, met, numbers.purchase.research_online)
    failure_strikes(visit, numbers.experience, numbers.relationships, 1.0)
    visit_is_felt(visit, numbers.experience.past_weight)
    needs_are_met(visit, now.offers, now.tables, numbers.needs, ordinary)
    needs_are_counted(visit, now.tables, numbers.needs.basic_loss_factor, ordinary, numbers.satisfaction.loss_aversion)
    visit_is_judged(visit, numbers.satisfaction, numbers.needs.needs_weight)
    effort_is_felt(visit)
    basket_is_filled(visit, numbers.purchase, numbers.relationships, ordinary)
    visit_is_remembered(visit, week, slots, people, links, numbers)
    purchase_makes_habit(visit, week, links, reach, met, totals, people, numbers.memory, numbers.word.heard_lately)
    visit_has_consequences(visit, luck, now, met)


def relationships_change(i: int, slope: float, luck: Luck, now: Week, met: Values, trace: Trace | None) -> None:
    """Forgetting, word of mouth, leaving, return and awareness of every link of the customer."""
    slots = now.links.retailer.shape[0]
    relate = blank_relation()
    loyalty_is_summed(relate, i, slots, now.links, now.reach, now.offers)
    listeners_gather(relate, i, now.people)
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
            now.numbers.store.ordinary_level,
        )
        messages_arrive(relate, slot, i, now.draw_week, luck, now.links, now.retailers, now.pools)
        word_is_heard(relate, now.numbers.word, now.numbers.relations, now.numbers.memory.learning_prior)
        ties_form(relate, slot, i, now.week, met, now.links, now.numbers.relationships)
        accounts_are_kept(relate, slot, i, now.draw_week, luck, now.links, now.retailers, now.numbers.account)
        links_change(
            relate,
            slot,
            slope,
            now.retailers[max(int(now.links.retailer[slot, i]), 0)],
            now.retailers,
            now.numbers.relations,
            now.numbers.word,
            now.numbers.relationships,
            now.numbers.account,
        )
        links_are_counted(
            relate,
            slot,
            i,
            now.week,
            now.people,
            now.links,
            met,
            now.numbers.relations,
            now.focal,
            now.outcomes,
            now.totals,
        )
        accounts_are_counted(relate, slot, i, now.people, now.links, now.retailers, met, now.totals)
        margins_are_summed(relate, slot, i, now.links, met, now.focal, now.outcomes)
        listening_is_counted(relate, slot, i, now.people, now.links, now.totals)
        ties_are_kept(relate, slot, i, now.week, now.links, met, now.totals)
        customers_are_asked(
            relate,
            slot,
            i,
            now.draw_week,
            luck,
            now.people,
            now.links,
            now.numbers.survey,
            now.tables,
            now.totals,
        )
        if trace is not None:
            trace.append(Values(**{**vars(relate), "slot": slot}))
    people_move(
        i,
        1,
        now.week,
        now.draw_week,
        now.key,
        now.people,
        now.links,
        now.reach,
        now.market,
        now.numbers,
        now.totals.market,
    )


def customer_lives_a_week(
    i: int, luck: Luck, now: Week, trace: Trace | None = None, link_trace: Trace | None = None
) -> None:
    """One customer's week.

    `trace` is told of every occasion: all that was met, felt, expected and decided; `link_trace` of every link.
    """
    slots = now.links.retailer.shape[0]
    number, slope = needs_arise(i, luck, now)
    met = blank_week(slots, number)
    occasion = 0
    while occasion < met.wanted:
        visit = blank_visit(i, now.draw_week, occasion)
        journey(visit, luck, now, met)
        if trace is not None:
            trace.append(visit)
        occasion += 1
    relationships_change(i, slope, luck, now, met, link_trace)


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
    link_trace: Trace | None = None,
) -> None:
    """Customers `begin`..`end` live one week, with the signature of the compiled driver; it needs no scratch.

    `trace` is told of every occasion, `link_trace` of what the week did to every link; `luck_of` makes a customer's
    luck from seed, replicate and draw key.
    """
    now = week_of(
        week,
        draw_week,
        key,
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
        customer_lives_a_week(i, luck_of(key[0], key[1], int(people.key[i])), now, trace, link_trace)
