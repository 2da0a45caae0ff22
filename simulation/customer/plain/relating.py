"""Relationships change, link by link of one customer, phase by phase as in the compiled `relating.py`."""

from __future__ import annotations

from typing import Any

from simulation.arithmetic import log_, normal
from simulation.chance import OFFER, RELATION, TASTE_RETAILER
from simulation.customer.lane import LEAVING, LENIENCY
from simulation.customer.memory import drifted, from_steps, usual_level
from simulation.customer.plain.luck import Luck
from simulation.customer.plain.reaching import offers_keep
from simulation.customer.plain.values import Values
from simulation.customer.relating import (
    ACTIVE_LINKS,
    BECAME_AWARE,
    BUYERS,
    KNOWN,
    LAPSED_LINKS,
    OFFERS,
    OWN,
    OWN_ACTIVE,
    RETURNED,
    UNAWARE_LINKS,
    WALLET,
    WON_BACK,
    customer_is_counted,
)
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
from simulation.records import REACH


def loyalty_is_summed(relate: Values, i: int, slots: int, links: Any, reach: Any, offers: Any) -> None:
    """Behavioural loyalty to each retailer, over its outlets in reach; which can be gone to."""
    for a in range(REACH):
        if reach.outlet[a, i] >= 0:
            link = reach.link[a, i]
            relate.loyalty[link] += float(reach.loyalty[a, i])
            relate.open[link] = max(relate.open[link], offers[reach.outlet[a, i]].is_open)
    for s in range(slots):
        relate.active_links += relate.open[s] if links.status[s, i] == ACTIVE else 0.0


def chances_are_drawn(
    relate: Values,
    slot: int,
    i: int,
    week: int,
    draw_week: int,
    luck: Luck,
    people: Any,
    links: Any,
    retailers: Any,
    kept: Any,
    relations: Any,
    ordinary: float,
) -> None:
    """For one link: satisfaction and trust drifted to this week; readiness to leave; the luck of the week."""
    retailer = retailers[max(int(links.retailer[slot, i]), 0)]
    relate.key = int(people.key[i])
    relate.number = retailer.number
    relate.awareness = retailer.awareness
    relate.status = float(links.status[slot, i])
    habitual = float(people.habitual[i])
    share = kept[week - int(links.last_visit[slot, i])]
    relate.satisfaction = drifted(from_steps(links.satisfaction[slot, i]), habitual, share)
    relate.trust = drifted(from_steps(links.trust[slot, i]), habitual, share)
    leniency = float(people.traits[LENIENCY, i])
    relate.affective = drifted(from_steps(links.affective[slot, i]), usual_level(ordinary, leniency), share)
    mean = weekly_readiness(
        relations.leaving_monthly, relations.leaving_slope, relations.leaving_known_at, relations.leaving_pivot
    )
    _, _, c, d = luck.uniforms(0, 0, 0, TASTE_RETAILER, relate.number)
    own = float(people.traits[LEAVING, i])
    relate.mu = own_readiness(readiness(mean, relations.leaving_sd, normal(c)), own)
    relate.by_person = relate.mu - mean
    relate.panel = d
    a, b, c, d = luck.uniforms(draw_week, 0, 0, RELATION, relate.number)
    relate.leave_luck = a
    relate.return_luck = b
    relate.hear_luck = c
    relate.join_luck = d
    relate.winback = retailer.winback
    u, relate.call_luck, _, _ = luck.uniforms(draw_week, 0, 0, OFFER, relate.number)
    relate.offer = happens_if(u, retailer.offers, 1.0)


def links_change(
    relate: Values,
    slot: int,
    slope: float,
    here: Values,
    retailers: list[Values],
    relations: Any,
    word: Any,
    ties: Any,
    account: Any,
) -> None:
    """Whether the customer leaves, returns to, or hears of a retailer; nothing changes where no outlet is open."""
    quantitative, social = log_(ties.leaving_quantitative), log_(ties.leaving_social)
    emotional = log_(ties.leaving_emotional)
    relate.by_type = log_odds_by_type(relate.kind, quantitative, social, emotional)
    relate.mu = relate.mu + relate.by_type
    offers_keep(relate, slope, here, retailers, relations, account)
    relate.by_satisfaction = dissatisfaction(relations.leaving_slope, relate.satisfaction, relations.leaving_pivot)
    relate.by_competition = temptation(relations.leaving_slope, relate.satisfaction, slope - 1.0)
    relate.leaving = chance_to_leave(relate.mu + relate.by_keeping, relate.by_satisfaction, relate.by_competition)
    is_active = relate.open[slot] if relate.status == ACTIVE else 0.0
    relate.left = leaves(relate.leave_luck, relate.leaving, is_active, relate.active_links, relations.links_kept)
    relate.active_links = relate.active_links - relate.left
    is_lapsed = relate.open[slot] if relate.status == LAPSED else 0.0
    returning = chance_to_return(relations.return_weekly, relate.called_back, ties.winback_success * relate.winning)
    relate.returned = happens_if(relate.return_luck, returning, is_lapsed)
    is_unaware = relate.open[slot] if relate.status == UNAWARE else 0.0
    hearing = chance_to_learn(relations.awareness_weekly, relate.awareness, word.awareness_per_message, relate.messages)
    without = chance_to_learn(relations.awareness_weekly, relate.awareness, word.awareness_per_message, 0.0)
    relate.heard_of = happens_if(relate.hear_luck, hearing, is_unaware)
    relate.by_word = relate.heard_of - happens_if(relate.hear_luck, without, is_unaware)


def links_are_counted(
    relate: Values,
    slot: int,
    i: int,
    week: int,
    people: Any,
    links: Any,
    met: Values,
    relations: Any,
    focal: int,
    outcomes: Any,
    totals: Any,
) -> None:
    """Write the changes back and add the link to the week's totals, by retailer and segment."""
    r, segment = int(links.retailer[slot, i]), int(people.segment[i])
    relate.recent = 0.0
    if r < 0:
        return
    row = totals.links[r, segment]
    can_go = relate.open[slot] > 0.0
    if can_go and links.status[slot, i] == ACTIVE:
        row[WALLET] += sum(met.spent_at)
        row[OWN_ACTIVE] += met.spent_at[slot]
        link_is_at_risk(totals, r, segment, week - int(links.since[slot, i]))
    row[OWN] += met.spent_at[slot]
    row[BUYERS] += 1 if met.spent_at[slot] > 0 else 0
    _change_status(relate, slot, i, week, links, r, segment, relations, totals)
    after = links.status[slot, i]
    row[OFFERS] += 1 if after >= PROSPECT and relate.offer > 0.0 else 0
    row[KNOWN] += 1 if after >= PROSPECT else 0
    row[UNAWARE_LINKS] += 1 if after == UNAWARE else 0
    row[LAPSED_LINKS] += 1 if after == LAPSED else 0
    if can_go and after == ACTIVE:
        row[ACTIVE_LINKS] += 1
        since = week - int(links.last_visit[slot, i])
        relate.recent = is_recent(int(links.visits[slot, i]), since, relations.customer_weeks)
        if relate.recent > 0.0:
            customer_is_counted(row, relate.satisfaction, relate.trust, relate.loyalty[slot], relations)
        if r == focal and outcomes.weeks.size > 0:
            outcomes.satisfaction[i] += fixed(relate.satisfaction)
            outcomes.weeks[i] += 1


def _change_status(
    relate: Values, slot: int, i: int, week: int, links: Any, r: int, segment: int, relations: Any, totals: Any
) -> None:
    row = totals.links[r, segment]
    if relate.left > 0.0:
        links.status[slot, i] = LAPSED
        departure_is_counted(totals, r, segment, week - int(links.since[slot, i]), int(links.type[slot, i]))
    if relate.returned > 0.0:
        links.status[slot, i] = ACTIVE
        links.since[slot, i] = week
        row[RETURNED] += 1
        totals.transitions[r, AS_LAPSED, links.type[slot, i]] += 1
        row[WON_BACK] += 1 if relate.return_luck >= relations.return_weekly else 0
    if relate.heard_of > 0.0:
        links.status[slot, i] = PROSPECT
        row[BECAME_AWARE] += 1


def margins_are_summed(relate: Values, slot: int, i: int, links: Any, met: Values, focal: int, outcomes: Any) -> None:
    """What the focal retailer had of the customer this week: discounted margin; whether word of mouth brought it."""
    if outcomes.margin.size == 0 or links.retailer[slot, i] != focal:
        return
    outcomes.margin[i] += met.margin_at[slot] * int(outcomes.factor[0])
    if relate.by_word > 0.0 or met.won_by_word[slot] > 0:
        outcomes.by_word[i] = 1
