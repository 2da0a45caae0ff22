"""What a visit leaves behind, compiled: memory is written back, and the week's totals are counted."""

from __future__ import annotations

import math
from typing import Any

from simulation.compiling import box, phase
from simulation.customer.failure import by_severity
from simulation.customer.memory import (
    anchor,
    carried,
    habit_after,
    in_steps,
    learning_gain,
    moved,
    ratcheted,
)
from simulation.customer.relation import ACTIVE, LAPSED, PROSPECT, leaves
from simulation.records import (
    DETERMINANTS,
    KINDS_AFTER,
    LINK_TOTALS,
    MOST_CENTS,
    MOST_VISITS,
    REACH,
    TENURE_WEEKS,
    TOUCHPOINTS,
    TYPE_TOTALS,
    VISIT_TOTALS,
)

_V = {name: number for number, name in enumerate(VISIT_TOTALS)}
VISITS, BASKETS, REVENUE, MARGIN = _V["visits"], _V["baskets"], _V["revenue_cents"], _V["margin_cents"]
EXPERIENCE, FIRST_DIMENSION, FIRST_TOUCHPOINT = _V["experience"], _V["cognitive"], _V["at_discover"]
MET_ADVICE, MET_AFTERCARE = _V["met_advice"], _V["met_aftercare"]
PERFORMANCE, EXPECTATION, GAP = _V["performance"], _V["expectation"], _V["gap"]
ENCOUNTER, REMEMBERED, FAILURES = _V["encounter"], _V["remembered"], _V["failures"]
CONTACTS, COMPLAINTS, FAILURES_TOLD = _V["contacts"], _V["complaints"], _V["failures_told"]
STOCK_OUTS, WAIT, SATISFIED, DISSATISFIED = _V["stock_outs"], _V["wait"], _V["satisfied"], _V["dissatisfied"]
OFFERS_TAKEN, ANSWERS, DISCOUNT = _V["offers_taken"], _V["answers"], _V["discount_cents"]
FIRST_LEVEL, FIRST_WEIGHT = _V["level_social"], _V["weight_social"]
ACQUIRED, ACQUIRED_BY_WORD = LINK_TOTALS.index("acquired"), LINK_TOTALS.index("acquired_by_word")
NEEDS_EFFECT = _V["needs_effect"]
REWARDS, REWARD = _V["rewards"], _V["reward_cents"]
LEFT = LINK_TOTALS.index("left")
AT_RISK = LINK_TOTALS.index("at_risk")
AS_LAPSED = KINDS_AFTER.index("lapsed")
TYPE_LEFT, TYPE_AT_RISK = TYPE_TOTALS.index("left"), TYPE_TOTALS.index("at_risk")


@box
def fixed(x: float) -> int:
    """A level as int64 in units of 2^-16, so that sums do not depend on their order."""
    return math.floor(x * 65536.0 + 0.5)


@box
def cents(x: float) -> int:
    """Money as whole cents."""
    return math.floor(x * 100.0 + 0.5)


@phase
def visit_is_remembered(visit: Any, count: int, week: int, slots: int, people: Any, links: Any, numbers: Any) -> None:
    """Expectations, satisfaction, experience and trust after the visit (forgetting came first.

    When they were recalled).
    """
    should_of_person = people.should
    habitual_of_person = people.habitual
    will_of_link = links.will
    visits_of_link = links.visits
    satisfaction_of_link = links.satisfaction
    cognitive_of_link = links.cognitive
    affective_of_link = links.affective
    social_of_link = links.social
    physical_of_link = links.physical
    digital_stock_of_link = links.digital_stock
    store_stock_of_link = links.store_stock
    trust_of_link = links.trust
    last_visit_of_link = links.last_visit
    memory = numbers.memory
    for j in range(count):
        if visit.went[j] > 0.0:
            i = visit.who[j]
            slot = visit.slot[j]
            gain = learning_gain(memory.learning_floor, memory.learning_prior, visit.visits[j])
            will = moved(visit.will[j], gain, visit.experience[j])
            will_of_link[slot, i] = will
            visits_of_link[slot, i] = min(visits_of_link[slot, i] + 1, MOST_VISITS)
            best_will = 0.0
            for s in range(slots):
                used = visits_of_link[s, i] > 0
                best_will = max(best_will, float(will_of_link[s, i]) if used else 0.0)
            should_of_person[i] = ratcheted(visit.should[j], memory.should_ratchet, best_will, memory.should_margin)
            carryover = anchor(memory.satisfaction_carryover, memory.forgetting_renews, visit.kept[j])
            satisfaction_of_link[slot, i] = in_steps(carried(visit.satisfaction[j], carryover, visit.remembered[j]))
            cognitive_of_link[slot, i] = in_steps(carried(visit.past[0, j], carryover, visit.dimension[0, j]))
            affective_of_link[slot, i] = in_steps(carried(visit.past[1, j], carryover, visit.dimension[1, j]))
            social_of_link[slot, i] = in_steps(carried(visit.past[2, j], carryover, visit.dimension[2, j]))
            physical_of_link[slot, i] = in_steps(carried(visit.past[3, j], carryover, visit.dimension[3, j]))
            own = carried(visit.own_stock[j], carryover, visit.experience[j])
            digital = visit.online[j] > 0.0
            digital_stock_of_link[slot, i] = in_steps(own if digital else visit.other_stock[j])
            store_stock_of_link[slot, i] = in_steps(visit.other_stock[j] if digital else own)
            trust_of_link[slot, i] = in_steps(moved(visit.trust[j], memory.trust_gain, visit.remembered[j]))
            last_visit_of_link[slot, i] = week
            habitual_of_person[i] = moved(visit.habitual[j], memory.habitual_gain, visit.remembered[j])


@phase
def purchase_makes_habit(
    visit: Any,
    count: int,
    week: int,
    links: Any,
    reach: Any,
    spent: Any,
    spent_at: Any,
    margin_at: Any,
    won_by_word: Any,
    start: int,
    totals: Any,
    people: Any,
    memory: Any,
    heard_lately: float,
) -> None:
    """A purchase of anything moves behavioural loyalty at every outlet in reach; a prospect who buys becomes active."""
    segment_of_person = people.segment
    spend_of_link = links.spend
    points_of_link = links.points
    status_of_link = links.status
    since_of_link = links.since
    retailer_of_link = links.retailer
    loyalty_of_place = reach.loyalty
    for j in range(count):
        if visit.went[j] * visit.bought[j] > 0.0:
            i = visit.who[j]
            slot = visit.slot[j]
            for a in range(REACH):
                chosen = 1.0 if a == visit.best[j] else 0.0
                loyalty_of_place[a, i] = habit_after(float(loyalty_of_place[a, i]), memory.habit_carryover, chosen)
            amount = cents(visit.amount[j])
            spend_of_link[slot, i] = min(spend_of_link[slot, i] + amount, MOST_CENTS)
            spent[i - start] += amount
            spent_at[slot, i - start] += amount
            margin_at[slot, i - start] += cents(visit.margin[j])
            points_of_link[slot, i] = visit.points_new[j]
            if status_of_link[slot, i] == PROSPECT:
                status_of_link[slot, i] = ACTIVE
                since_of_link[slot, i] = week
                by_word = 1 if visit.a_heard[visit.place[j], j] >= heard_lately else 0
                totals.links[retailer_of_link[slot, i], segment_of_person[i], ACQUIRED] += 1
                totals.links[retailer_of_link[slot, i], segment_of_person[i], ACQUIRED_BY_WORD] += by_word
                won_by_word[slot, i - start] = by_word


@phase
def tenure_group(weeks: int) -> int:
    """Which tenure group a link of so many weeks belongs to."""
    group = 0
    for g in range(1, len(TENURE_WEEKS)):
        group = g if weeks >= TENURE_WEEKS[g] else group
    return group


@phase
def departure_is_counted(totals: Any, retailer: int, segment: int, weeks: int, kind: int) -> None:
    """A link that lapsed this week, by segment, by tenure and by the type of relationship that it was."""
    totals.links[retailer, segment, LEFT] += 1
    totals.tenure[retailer, tenure_group(weeks), 1] += 1
    totals.types[retailer, kind, TYPE_LEFT] += 1
    totals.types[retailer, kind, TYPE_AT_RISK] += 1
    totals.transitions[retailer, kind, AS_LAPSED] += 1


@phase
def link_is_at_risk(totals: Any, retailer: int, segment: int, weeks: int) -> None:
    """An active link that may lapse this week: the denominator of churn."""
    totals.links[retailer, segment, AT_RISK] += 1
    totals.tenure[retailer, tenure_group(weeks), 0] += 1


@phase
def failure_ends_links(
    visit: Any, count: int, week: int, slots: int, people: Any, links: Any, relations: Any, totals: Any
) -> None:
    """A failure can end a link at once, if silent or complained of in vain (`may_end`); some links are kept."""
    segment_of_person = people.segment
    status_of_link = links.status
    since_of_link = links.since
    retailer_of_link = links.retailer
    for j in range(count):
        if visit.went[j] * visit.loss[j] * visit.may_end[j] > 0.0:
            ends = by_severity(visit.degree[j], 0.0, relations.failure_ends_minor, relations.failure_ends_major)
            i = visit.who[j]
            slot = visit.slot[j]
            active = 0.0
            for s in range(slots):
                can_go = 0.0
                for a in range(REACH):
                    can_go = max(can_go, visit.a_may[a, j] if visit.a_link[a, j] == s else 0.0)
                active += can_go if status_of_link[s, i] == ACTIVE else 0.0
            is_active = 1.0 if status_of_link[slot, i] == ACTIVE else 0.0
            if leaves(visit.end_luck[j], ends, is_active, active, relations.links_kept) > 0.0:
                status_of_link[slot, i] = LAPSED
                weeks = week - since_of_link[slot, i]
                link_is_at_risk(totals, retailer_of_link[slot, i], segment_of_person[i], weeks)
                kind = links.type[slot, i]
                departure_is_counted(totals, retailer_of_link[slot, i], segment_of_person[i], weeks, kind)


@phase
def visits_are_counted(visit: Any, count: int, segment: Any, numbers: Any, totals: Any) -> None:
    """Add the lane's visits to the week's totals, by outlet and segment."""
    relations = numbers.relations
    for j in range(count):
        if visit.went[j] > 0.0:
            o = visit.outlet[j]
            g = segment[visit.who[j]]
            totals[o, g, VISITS] += 1
            totals[o, g, BASKETS] += 1 if visit.bought[j] > 0.0 else 0
            totals[o, g, REVENUE] += cents(visit.amount[j])
            totals[o, g, MARGIN] += cents(visit.margin[j])
            totals[o, g, EXPERIENCE] += fixed(visit.experience[j])
            for d in range(4):
                totals[o, g, FIRST_DIMENSION + d] += fixed(visit.dimension[d, j])
            for t in range(TOUCHPOINTS):
                totals[o, g, FIRST_TOUCHPOINT + t] += fixed(visit.felt[t, j] * visit.met[t, j])
            totals[o, g, MET_ADVICE] += 1 if visit.met[2, j] > 0.0 else 0
            totals[o, g, MET_AFTERCARE] += 1 if visit.met[4, j] > 0.0 else 0
            totals[o, g, PERFORMANCE] += fixed(visit.perceived[j])
            totals[o, g, EXPECTATION] += fixed(visit.expected[j])
            totals[o, g, GAP] += fixed(visit.gap[j])
            totals[o, g, ENCOUNTER] += fixed(visit.encounter[j])
            totals[o, g, REMEMBERED] += fixed(visit.remembered[j])
            totals[o, g, FAILURES] += 1 if visit.loss[j] > 0.0 else 0
            totals[o, g, STOCK_OUTS] += 1 if visit.out_of_stock[j] > 0.0 else 0
            totals[o, g, WAIT] += fixed(visit.wait[j])
            totals[o, g, SATISFIED] += 1 if visit.remembered[j] >= relations.satisfied_from else 0
            totals[o, g, DISSATISFIED] += 1 if visit.remembered[j] <= relations.dissatisfied_to else 0
            totals[o, g, OFFERS_TAKEN] += 1 if visit.bought[j] * visit.offer[j] > 0.0 else 0
            totals[o, g, ANSWERS] += 1 if visit.answered[j] > 0.0 else 0
            totals[o, g, DISCOUNT] += cents(visit.discount[j])
            for k in range(DETERMINANTS):
                totals[o, g, FIRST_LEVEL + k] += fixed(visit.level[k, j])
                totals[o, g, FIRST_WEIGHT + k] += fixed(visit.weight[k, j])
            totals[o, g, REWARDS] += int(visit.rewards[j])
            totals[o, g, REWARD] += cents(visit.rewards[j] * visit.reward_value[j])
            totals[o, g, NEEDS_EFFECT] += fixed(numbers.needs.needs_weight * visit.needs_met[j])


@phase
def meetings_are_counted(visit: Any, count: int, start: int, visits_at: Any, contacts_at: Any) -> None:
    """Visits of the week to each retailer, and contacts beyond the exchange: advice."""
    for j in range(count):
        if visit.went[j] > 0.0:
            k = visit.who[j] - start
            visits_at[visit.slot[j], k] += 1
            contacts_at[visit.slot[j], k] += 1 if visit.met_advice[j] > 0.0 else 0


@phase
def purchases_are_logged(visit: Any, count: int, log: Any) -> None:
    """Write each purchase to the log, where one is kept."""
    outlet_logged = log.outlet
    occasions_logged = log.occasions
    cents_logged = log.cents
    if outlet_logged.shape[0] > 0:
        for j in range(count):
            if visit.went[j] * visit.bought[j] > 0.0:
                i = visit.who[j]
                number = occasions_logged[i]
                outlet_logged[i, number] = visit.outlet[j]
                cents_logged[i, number] = cents(visit.amount[j])
                occasions_logged[i] = number + 1
