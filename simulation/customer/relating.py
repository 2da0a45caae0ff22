"""Relationships change, compiled.

Every week, for every link of a lane of customers, forgetting, leaving, return and awareness.
"""

from __future__ import annotations

from typing import Any

from simulation.arithmetic import log_, normal
from simulation.bits import uniforms
from simulation.chance import OFFER, RELATION, TASTE_RETAILER
from simulation.compiling import phase
from simulation.customer.gathering import fill, gather
from simulation.customer.lane import LANE, LEAVING, LENIENCY
from simulation.customer.memory import drifted, from_steps, usual_level
from simulation.customer.reaching import offers_keep
from simulation.customer.relation import (
    ACTIVE,
    LAPSED,
    PROSPECT,
    UNAWARE,
    chance_to_leave,
    dissatisfaction,
    happens_if,
    is_recent,
    leaves,
    own_readiness,
    readiness,
    temptation,
    weekly_readiness,
)
from simulation.customer.remembering import (
    AS_LAPSED,
    departure_is_counted,
    fixed,
    link_is_at_risk,
)
from simulation.customer.tie import chance_to_return, log_odds_by_type
from simulation.customer.word import chance_to_learn
from simulation.records import LINK_TOTALS, REACH

_L = {name: number for number, name in enumerate(LINK_TOTALS)}
CUSTOMERS, KNOWN, UNAWARE_LINKS, ACTIVE_LINKS = _L["customers"], _L["known"], _L["unaware"], _L["active"]
LAPSED_LINKS, SATISFACTION, TRUST, LOYALTY = _L["lapsed"], _L["satisfaction"], _L["trust"], _L["loyalty"]
WALLET, OWN, OWN_ACTIVE = _L["wallet_cents"], _L["own_cents"], _L["own_active_cents"]
BUYERS, RETURNED, WON_BACK, OFFERS = _L["buyers"], _L["returned"], _L["won_back"], _L["offers"]
BECAME_AWARE, POSITIVE, NEGATIVE = _L["became_aware"], _L["positive"], _L["negative"]


@phase
def loyalty_is_summed(
    relate: Any,
    first: int,
    count: int,
    offset: int,
    slots: int,
    block: Any,
    people: Any,
    links: Any,
    reach: Any,
    offers: Any,
) -> None:
    """Load the lane; behavioural loyalty to each retailer, over its outlets in reach; which can be gone to."""
    for j in range(LANE):
        relate.who[j] = first + min(j, count - 1)
    for j in range(LANE):
        relate.slope[j] = block.slope[offset + min(j, count - 1)]
    gather(relate.key, people.key, relate.who)
    gather(relate.habitual, people.habitual, relate.who)
    gather(relate.leniency, people.traits[LENIENCY], relate.who)
    gather(relate.own_leaving, people.traits[LEAVING], relate.who)
    for s in range(slots):
        fill(relate.loyalty[s], 0.0)
        fill(relate.open[s], 0.0)
    loyalty_of_place = reach.loyalty
    link_of_place = reach.link
    outlet_of_place = reach.outlet
    for a in range(REACH):
        for j in range(LANE):
            i = relate.who[j]
            o = outlet_of_place[a, i]
            relate.loyalty[link_of_place[a, i], j] += loyalty_of_place[a, i] if o >= 0 else 0.0
            is_open = offers.is_open[max(o, 0)] if o >= 0 else 0.0
            relate.open[link_of_place[a, i], j] = max(relate.open[link_of_place[a, i], j], is_open)
    fill(relate.active_links, 0.0)
    for s in range(slots):
        gather(relate.status, links.status[s], relate.who)
        for j in range(LANE):
            relate.active_links[j] += relate.open[s, j] if relate.status[j] == ACTIVE else 0.0


@phase
def chances_are_drawn(
    relate: Any,
    slot: int,
    week: int,
    draw_week: int,
    seed: int,
    replicate: int,
    links: Any,
    retailers: Any,
    kept: Any,
    relations: Any,
    ordinary: float,
) -> None:
    """For one slot: satisfaction and trust drifted to this week; readiness to leave; the luck of the week."""
    gather(relate.retailer, links.retailer[slot], relate.who)
    for j in range(LANE):
        relate.retailer[j] = max(relate.retailer[j], 0)
    gather(relate.number, retailers.number, relate.retailer)
    gather(relate.awareness, retailers.awareness, relate.retailer)
    gather(relate.status, links.status[slot], relate.who)
    gather(relate.last_visit, links.last_visit[slot], relate.who)
    gather(relate.satisfaction, links.satisfaction[slot], relate.who)
    gather(relate.trust, links.trust[slot], relate.who)
    gather(relate.affective, links.affective[slot], relate.who)
    gather(relate.offers, retailers.offers, relate.retailer)
    gather(relate.winback, retailers.winback, relate.retailer)
    for j in range(LANE):
        relate.kept[j] = kept[week - relate.last_visit[j]]
    for j in range(LANE):
        relate.satisfaction[j] = drifted(from_steps(relate.satisfaction[j]), relate.habitual[j], relate.kept[j])
        relate.trust[j] = drifted(from_steps(relate.trust[j]), relate.habitual[j], relate.kept[j])
        relate.affective[j] = drifted(
            from_steps(relate.affective[j]), usual_level(ordinary, relate.leniency[j]), relate.kept[j]
        )
    mean = weekly_readiness(
        relations.leaving_monthly, relations.leaving_slope, relations.leaving_known_at, relations.leaving_pivot
    )
    for j in range(LANE):
        _, _, c, d = uniforms(seed, replicate, relate.key[j], 0, 0, 0, TASTE_RETAILER, relate.number[j])
        relate.mu[j] = own_readiness(readiness(mean, relations.leaving_sd, normal(c)), relate.own_leaving[j])
        relate.panel[j] = d
    for j in range(LANE):
        a, b, c, d = uniforms(seed, replicate, relate.key[j], draw_week, 0, 0, RELATION, relate.number[j])
        relate.leave_luck[j] = a
        relate.return_luck[j] = b
        relate.hear_luck[j] = c
        relate.join_luck[j] = d
    for j in range(LANE):
        luck, call, _, _ = uniforms(seed, replicate, relate.key[j], draw_week, 0, 0, OFFER, relate.number[j])
        relate.call_luck[j] = call
        relate.offer[j] = happens_if(luck, relate.offers[j], 1.0)


@phase
def links_change(relate: Any, slot: int, retailers: Any, relations: Any, word: Any, ties: Any, account: Any) -> None:
    """Who leaves, who returns, who hears of a retailer, in one slot; nothing changes where no outlet is open."""
    quantitative, social = log_(ties.leaving_quantitative), log_(ties.leaving_social)
    emotional = log_(ties.leaving_emotional)
    for j in range(LANE):
        kind = relate.kind[j]
        relate.mu[j] = relate.mu[j] + log_odds_by_type(kind, quantitative, social, emotional)
    offers_keep(relate, retailers, relations, account)
    for j in range(LANE):
        slope = relations.leaving_slope
        by_satisfaction = dissatisfaction(slope, relate.satisfaction[j], relations.leaving_pivot)
        by_competition = temptation(slope, relate.satisfaction[j], relate.slope[j] - 1.0)
        chance = chance_to_leave(relate.mu[j] + relate.by_keeping[j], by_satisfaction, by_competition)
        is_active = relate.open[slot, j] if relate.status[j] == ACTIVE else 0.0
        relate.left[j] = leaves(relate.leave_luck[j], chance, is_active, relate.active_links[j], relations.links_kept)
    for j in range(LANE):
        relate.active_links[j] = relate.active_links[j] - relate.left[j]
        is_lapsed = relate.open[slot, j] if relate.status[j] == LAPSED else 0.0
        returning = chance_to_return(
            relations.return_weekly, relate.called_back[j], ties.winback_success * relate.winning[j]
        )
        relate.returned[j] = happens_if(relate.return_luck[j], returning, is_lapsed)
        is_unaware = relate.open[slot, j] if relate.status[j] == UNAWARE else 0.0
        hearing = chance_to_learn(
            relations.awareness_weekly, relate.awareness[j], word.awareness_per_message, relate.messages[j]
        )
        without = chance_to_learn(relations.awareness_weekly, relate.awareness[j], word.awareness_per_message, 0.0)
        relate.heard_of[j] = happens_if(relate.hear_luck[j], hearing, is_unaware)
        relate.by_word[j] = relate.heard_of[j] - happens_if(relate.hear_luck[j], without, is_unaware)


@phase
def customer_is_counted(row: Any, satisfaction: float, trust: float, loyalty: float, relations: Any) -> None:
    """A recent customer in the totals of the retailer and segment."""
    row[CUSTOMERS] += 1
    row[SATISFACTION] += fixed(satisfaction)
    row[TRUST] += fixed(trust)
    row[LOYALTY] += fixed(loyalty)
    row[POSITIVE] += 1 if satisfaction >= relations.satisfied_from else 0
    row[NEGATIVE] += 1 if satisfaction <= relations.dissatisfied_to else 0


@phase
def links_are_counted(
    relate: Any,
    slot: int,
    first: int,
    count: int,
    start: int,
    week: int,
    people: Any,
    links: Any,
    block: Any,
    relations: Any,
    focal: int,
    outcomes: Any,
    totals: Any,
) -> None:
    """Write the changes back and add the links to the week's totals, by retailer and segment."""
    counts = totals.links
    segment_of_person = people.segment
    retailer_of_link = links.retailer
    status_of_link = links.status
    since_of_link = links.since
    type_of_link = links.type
    visits_of_link = links.visits
    weeks_outcome = outcomes.weeks
    satisfaction_outcome = outcomes.satisfaction
    fill(relate.recent, 0.0)
    for j in range(count):
        i = first + j
        r = retailer_of_link[slot, i]
        if r >= 0:
            before = status_of_link[slot, i]
            segment = segment_of_person[i]
            can_go = relate.open[slot, j] > 0.0
            if can_go and before == ACTIVE:
                counts[r, segment, WALLET] += block.spent[i - start]
                counts[r, segment, OWN_ACTIVE] += block.spent_at[slot, i - start]
                link_is_at_risk(totals, r, segment, week - since_of_link[slot, i])
            counts[r, segment, OWN] += block.spent_at[slot, i - start]
            counts[r, segment, BUYERS] += 1 if block.spent_at[slot, i - start] > 0 else 0
            if relate.left[j] > 0.0:
                status_of_link[slot, i] = LAPSED
                departure_is_counted(totals, r, segment, week - since_of_link[slot, i], type_of_link[slot, i])
            if relate.returned[j] > 0.0:
                status_of_link[slot, i] = ACTIVE
                since_of_link[slot, i] = week
                counts[r, segment, RETURNED] += 1
                totals.transitions[r, AS_LAPSED, type_of_link[slot, i]] += 1
                counts[r, segment, WON_BACK] += 1 if relate.return_luck[j] >= relations.return_weekly else 0
            if relate.heard_of[j] > 0.0:
                status_of_link[slot, i] = PROSPECT
                counts[r, segment, BECAME_AWARE] += 1
            after = status_of_link[slot, i]
            counts[r, segment, OFFERS] += 1 if after >= PROSPECT and relate.offer[j] > 0.0 else 0
            counts[r, segment, KNOWN] += 1 if after >= PROSPECT else 0
            counts[r, segment, UNAWARE_LINKS] += 1 if after == UNAWARE else 0
            counts[r, segment, LAPSED_LINKS] += 1 if after == LAPSED else 0
            if can_go and after == ACTIVE:
                counts[r, segment, ACTIVE_LINKS] += 1
                weeks = week - relate.last_visit[j]
                relate.recent[j] = is_recent(visits_of_link[slot, i], weeks, relations.customer_weeks)
                if relate.recent[j] > 0.0:
                    customer_is_counted(
                        counts[r, segment], relate.satisfaction[j], relate.trust[j], relate.loyalty[slot, j], relations
                    )
                if r == focal and weeks_outcome.size > 0:
                    satisfaction_outcome[i] += fixed(relate.satisfaction[j])
                    weeks_outcome[i] += 1


@phase
def margins_are_summed(
    relate: Any, slot: int, first: int, count: int, start: int, links: Any, block: Any, focal: int, outcomes: Any
) -> None:
    """What the focal retailer had of each customer this week: discounted margin; whether word of mouth brought it."""
    retailer_of_link = links.retailer
    margin = outcomes.margin
    by_word = outcomes.by_word
    if margin.size > 0:
        for j in range(count):
            i = first + j
            if retailer_of_link[slot, i] == focal:
                margin[i] += block.margin_at[slot, i - start] * outcomes.factor[0]
                if relate.by_word[j] > 0.0 or block.won_by_word[slot, i - start] > 0:
                    by_word[i] = 1
