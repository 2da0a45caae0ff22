"""The customer's week, compiled: one pass over a range of customers, a block at a time, a lane at a time.

Read it beside the diagram: needs arise; for each occasion the customer chooses, enters, is met, decides, judges,
remembers; relationships change. Week t reads only what stood at the end of week t-1, and each customer writes only
their own row, so any split gives the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.arithmetic import normal
from simulation.bits import uniforms
from simulation.chance import NEED, PACE
from simulation.compiling import driver, part, phase
from simulation.customer.choosing import (
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
from simulation.customer.contacting import (
    complaints_are_answered,
    complaints_are_made,
    customers_get_in_touch,
    trouble_is_drawn,
)
from simulation.customer.hearing import listeners_gather, listening_is_counted, messages_arrive, word_is_heard
from simulation.customer.judging import (
    basket_is_filled,
    customers_decide_to_buy,
    failure_strikes,
    looking_leaves_needs_open,
    needs_are_counted,
    needs_are_met,
    visit_is_felt,
    visit_is_judged,
)
from simulation.customer.lane import BLOCK, LANE
from simulation.customer.meeting import (
    chance_strikes,
    determinants_are_met,
    discovery_was_online,
    outlet_is_entered,
    past_is_recalled,
    touchpoints_deliver,
    weights_are_moderated,
)
from simulation.customer.moving import people_move
from simulation.customer.needs import arrives, is_here, occasions, pace_after, paced, wanted, was_cut, weekly_rate
from simulation.customer.reaching import (
    accounts_are_counted,
    accounts_are_kept,
    outlets_are_personal,
    retailers_reach_out,
)
from simulation.customer.relating import (
    chances_are_drawn,
    links_are_counted,
    links_change,
    loyalty_is_summed,
    margins_are_summed,
)
from simulation.customer.remembering import (
    failure_ends_links,
    meetings_are_counted,
    purchase_makes_habit,
    purchases_are_logged,
    visit_is_remembered,
    visits_are_counted,
)
from simulation.customer.surveying import customers_are_asked, effort_is_felt, visits_are_asked_about, visits_are_noted
from simulation.customer.telling import visit_is_rated, visit_is_told, voices_are_counted
from simulation.customer.tying import ties_are_kept, ties_form


@phase
def needs_arise(
    visit: Any,
    block: Any,
    start: int,
    size: int,
    week: int,
    seed: int,
    replicate: int,
    people: Any,
    situation: Any,
    moderation: Any,
    wander: Any,
    market_totals: Any,
) -> None:
    """How many occasions this week brings each customer of the block, and how much satisfaction counts for staying."""
    pace_of_person = people.pace
    key_of_person = people.key
    need_rate_of_person = people.need_rate
    first_week_of_person = people.first_week
    for k in range(size):
        block.everybody[k] = start + k
        block.looked_at[k] = 0.0
        block.spent[k] = 0
        for s in range(block.spent_at.shape[0]):
            block.spent_at[s, k] = 0
            block.margin_at[s, k] = 0
            block.won_by_word[s, k] = 0
            block.visits_at[s, k] = 0
            block.contacts_at[s, k] = 0
    for first in range(0, size, LANE):
        count = min(LANE, size - first)
        customers_arrive(visit, first, count, block.everybody, people, situation)
        moderators_act(visit, moderation)
        for j in range(count):
            i = start + first + j
            luck, _, _, _ = uniforms(seed, replicate, key_of_person[i], week, 0, 0, NEED, 0)
            need_rate = paced(float(need_rate_of_person[i]), wander.pace_sd, float(pace_of_person[i]))
            rate = weekly_rate(need_rate, situation.season, visit.factor[0, j])
            begins = float(first_week_of_person[i])
            here = is_here(begins, float(week))
            block.wanted[first + j] = wanted(occasions(luck, rate), here, arrives(begins, float(week), 0.0))
            block.slope[first + j] = visit.factor[1, j]
            market_totals[2] += 1 if was_cut(luck, rate) * here > 0.0 else 0
            if wander.pace_sd * here > 0.0:
                z, _, _, _ = uniforms(seed, replicate, key_of_person[i], week, 0, 0, PACE, 0)
                pace_of_person[i] = pace_after(float(pace_of_person[i]), wander.pace_kept, normal(z))


@phase
def who_goes(block: Any, start: int, size: int, occasion: Any) -> int:
    """Gather the customers of the block who have another occasion; returns their number."""
    number = 0
    for k in range(size):
        if block.wanted[k] > occasion:
            block.who[number] = start + k
            number += 1
    return number


@part
def visit_has_consequences(
    visit: Any,
    block: Any,
    start: int,
    count: int,
    week: int,
    draw_week: int,
    occasion: Any,
    key: Any,
    people: Any,
    links: Any,
    market: Any,
    tables: Any,
    numbers: Any,
    totals: Any,
    log: Any,
) -> None:
    """What comes of the visits of a lane: questions and complaints, ends, what is counted, told and rated."""
    segment_of_person = people.segment
    slots = links.retailer.shape[0]
    trouble_is_drawn(visit, key[0], key[1], draw_week, occasion, numbers.desk)
    customers_get_in_touch(
        visit,
        count,
        draw_week,
        occasion,
        key[0],
        key[1],
        market.desks,
        people,
        links,
        block.contacts_at,
        start,
        numbers.desk,
        totals,
    )
    complaints_are_made(
        visit,
        count,
        week,
        key[0],
        key[1],
        market.desks,
        people,
        links,
        block.contacts_at,
        start,
        market.retailers,
        numbers,
        totals,
    )
    failure_ends_links(visit, count, week, slots, people, links, numbers.relations, totals)
    visits_are_counted(visit, count, segment_of_person, numbers, totals.visits)
    meetings_are_counted(visit, count, start, block.visits_at, block.contacts_at)
    visits_are_asked_about(visit, count, segment_of_person, numbers.survey, tables, totals.visits)
    purchases_are_logged(visit, count, log)
    visit_is_told(visit, key[0], key[1], draw_week, occasion, numbers.word, numbers.relationships)
    visit_is_rated(visit, key[0], key[1], draw_week, occasion, numbers.word, numbers.survey.answer_error_sd)
    voices_are_counted(visit, count, people, links, totals)
    visits_are_noted(visit, count, log.notes)


@phase
def journey(
    visit: Any,
    block: Any,
    start: int,
    first: int,
    count: int,
    week: int,
    draw_week: int,
    occasion: Any,
    key: Any,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    situation: Any,
    tables: Any,
    moderation: Any,
    numbers: Any,
    totals: Any,
    log: Any,
) -> None:
    """One occasion of a lane of customers, from choice to memory."""
    retailer_of_link = links.retailer
    slots = retailer_of_link.shape[0]
    ordinary = numbers.store.ordinary_level
    customers_arrive(visit, first, count, block.who, people, situation)
    newcomers_are_known(visit, draw_week, occasion, people)
    moderators_act(visit, moderation.choice)
    retailers_are_recalled(visit, week, slots, links, tables.kept)
    offers_reach(visit, draw_week, slots, links, market.retailers, key[0], key[1])
    retailers_reach_out(visit, slots, links, market.retailers, key[0], key[1], numbers.account)
    outlets_come_to_mind(visit, links, reach, market.offers, tables.log_minutes)
    outlets_are_personal(visit, market.retailers, numbers.choice, numbers.account.cannibalised)
    utilities_form(visit, key[0], key[1], draw_week, occasion, numbers.choice, numbers.relationships, ordinary)
    best_is_chosen(visit, count)
    offers_are_answered(visit, numbers.relationships.offer_utility)
    outlet_is_entered(visit, market.offers, market.levels, market.gains)
    past_is_recalled(visit, links, tables.kept, week, ordinary, numbers.experience.past_strength)
    moderators_act(visit, moderation.visit)
    chance_strikes(visit, key[0], key[1], draw_week, occasion, numbers.experience)
    determinants_are_met(visit, numbers.experience, ordinary, tables.strength)
    discovery_was_online(visit, block.looked_at, start, numbers.purchase)
    weights_are_moderated(visit, tables.base, tables.omega)
    touchpoints_deliver(visit, tables.presence, numbers.experience.past_weight)
    failure_strikes(visit, numbers.experience, numbers.relationships, 0.0)
    customers_decide_to_buy(visit, numbers.purchase, ordinary)
    looking_leaves_needs_open(
        visit, count, block, start, key[0], key[1], draw_week, occasion, numbers.purchase.research_online
    )
    failure_strikes(visit, numbers.experience, numbers.relationships, 1.0)
    visit_is_felt(visit, numbers.experience.past_weight)
    needs_are_met(visit, market.given_needs, tables, numbers.needs, ordinary)
    needs_are_counted(visit, tables, numbers.needs.basic_loss_factor, ordinary, numbers.satisfaction.loss_aversion)
    visit_is_judged(visit, numbers.satisfaction, numbers.needs.needs_weight)
    effort_is_felt(visit)
    basket_is_filled(visit, numbers.purchase, numbers.relationships, ordinary)
    visit_is_remembered(visit, count, week, slots, people, links, numbers)
    purchase_makes_habit(
        visit,
        count,
        week,
        links,
        reach,
        block.spent,
        block.spent_at,
        block.margin_at,
        block.won_by_word,
        start,
        totals,
        people,
        numbers.memory,
        numbers.word.heard_lately,
    )
    visit_has_consequences(
        visit, block, start, count, week, draw_week, occasion, key, people, links, market, tables, numbers, totals, log
    )
    for j in range(count):
        totals.market[0] += 1
        totals.market[1] += 1 if visit.went[j] == 0.0 else 0


@part
def relationships_change(
    relate: Any,
    block: Any,
    start: int,
    size: int,
    week: int,
    draw_week: int,
    key: Any,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    tables: Any,
    numbers: Any,
    focal: int,
    outcomes: Any,
    totals: Any,
) -> None:
    """Forgetting, word of mouth, leaving, return and awareness of every link of the block."""
    retailer_of_link = links.retailer
    slots = retailer_of_link.shape[0]
    for offset in range(0, size, LANE):
        first = start + offset
        count = min(LANE, size - offset)
        loyalty_is_summed(relate, first, count, offset, slots, block, people, links, reach, market.offers)
        listeners_gather(relate, people)
        for slot in range(slots):
            complaints_are_answered(
                relate,
                slot,
                first,
                count,
                week,
                draw_week,
                key[0],
                key[1],
                people,
                links,
                market,
                tables.kept,
                numbers,
                totals,
            )
            chances_are_drawn(
                relate,
                slot,
                week,
                draw_week,
                key[0],
                key[1],
                links,
                market.retailers,
                tables.kept,
                numbers.relations,
                numbers.store.ordinary_level,
            )
            messages_arrive(relate, slot, draw_week, key[0], key[1], links, market.retailers, market.word)
            word_is_heard(relate, numbers.word, numbers.relations, numbers.memory.learning_prior)
            ties_form(relate, slot, week, start, block, links, numbers.relationships)
            accounts_are_kept(relate, slot, draw_week, key[0], key[1], links, market.retailers, numbers.account)
            links_change(
                relate,
                slot,
                market.retailers,
                numbers.relations,
                numbers.word,
                numbers.relationships,
                numbers.account,
            )
            links_are_counted(
                relate,
                slot,
                first,
                count,
                start,
                week,
                people,
                links,
                block,
                numbers.relations,
                focal,
                outcomes,
                totals,
            )
            accounts_are_counted(relate, slot, first, count, start, people, links, market.retailers, block, totals)
            margins_are_summed(relate, slot, first, count, start, links, block, focal, outcomes)
            listening_is_counted(relate, slot, first, count, people, links, totals)
            ties_are_kept(relate, slot, first, count, start, week, links, block, totals)
            customers_are_asked(
                relate,
                slot,
                first,
                count,
                draw_week,
                key[0],
                key[1],
                people,
                links,
                numbers.survey,
                tables,
                totals,
            )
    people_move(start, size, week, draw_week, key, people, links, reach, market, numbers, totals.market)


@driver
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
) -> None:
    """Customers `begin`..`end` live one week.

    `week` counts from the warm-up's first, `draw_week` is the calendar's that keys the draws.
    """
    visit = scratch[0][0]
    relate = scratch[1][0]
    block = scratch[2][0]
    for start in range(begin, end, BLOCK):
        size = min(BLOCK, end - start)
        needs_arise(
            visit,
            block,
            start,
            size,
            draw_week,
            key[0],
            key[1],
            people,
            situation,
            moderation.week,
            numbers.pace,
            totals.market,
        )
        occasion = np.int64(0)  # a literal 0 would be compiled as a case of its own
        number = who_goes(block, start, size, occasion)
        while number > 0:
            for first in range(0, number, LANE):
                count = min(LANE, number - first)
                journey(
                    visit,
                    block,
                    start,
                    first,
                    count,
                    week,
                    draw_week,
                    occasion,
                    key,
                    people,
                    links,
                    reach,
                    market,
                    situation,
                    tables,
                    moderation,
                    numbers,
                    totals,
                    log,
                )
            occasion = np.int64(occasion + 1)
            number = who_goes(block, start, size, occasion)
        relationships_change(
            relate,
            block,
            start,
            size,
            week,
            draw_week,
            key,
            people,
            links,
            reach,
            market,
            tables,
            numbers,
            focal,
            outcomes,
            totals,
        )
