"""What a visit leaves behind, phase by phase as in the compiled `remembering.py`."""

from __future__ import annotations

from typing import Any

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
from simulation.customer.plain.values import Values
from simulation.customer.relation import ACTIVE, LAPSED, PROSPECT, leaves
from simulation.customer.remembering import (
    ACQUIRED,
    ACQUIRED_BY_WORD,
    ANSWERS,
    BASKETS,
    DISCOUNT,
    DISSATISFIED,
    ENCOUNTER,
    EXPECTATION,
    EXPERIENCE,
    FAILURES,
    FIRST_DIMENSION,
    FIRST_LEVEL,
    FIRST_TOUCHPOINT,
    FIRST_WEIGHT,
    GAP,
    MARGIN,
    MET_ADVICE,
    MET_AFTERCARE,
    NEEDS_EFFECT,
    OFFERS_TAKEN,
    PERFORMANCE,
    REMEMBERED,
    REVENUE,
    REWARD,
    REWARDS,
    SATISFIED,
    STOCK_OUTS,
    VISITS,
    WAIT,
    cents,
    departure_is_counted,
    fixed,
    link_is_at_risk,
)
from simulation.records import DETERMINANTS, MOST_CENTS, MOST_VISITS, REACH, TOUCHPOINTS


def visit_is_remembered(visit: Values, week: int, slots: int, people: Any, links: Any, numbers: Any) -> None:
    """Expectations, satisfaction, experience and trust after the visit (they were forgotten in part when recalled)."""
    memory, i, at = numbers.memory, visit.who, (visit.slot, visit.who)
    gain = learning_gain(memory.learning_floor, memory.learning_prior, visit.visits)
    links.will[at] = moved(visit.will, gain, visit.experience)
    links.visits[at] = min(int(links.visits[at]) + 1, MOST_VISITS)
    best_will = 0.0
    for s in range(slots):
        used = links.visits[s, i] > 0
        best_will = max(best_will, float(links.will[s, i]) if used else 0.0)
    people.should[i] = ratcheted(visit.should, memory.should_ratchet, best_will, memory.should_margin)
    carryover = anchor(memory.satisfaction_carryover, memory.forgetting_renews, visit.kept)
    links.satisfaction[at] = in_steps(carried(visit.satisfaction, carryover, visit.remembered))
    links.cognitive[at] = in_steps(carried(visit.past[0], carryover, visit.dimension[0]))
    links.affective[at] = in_steps(carried(visit.past[1], carryover, visit.dimension[1]))
    links.social[at] = in_steps(carried(visit.past[2], carryover, visit.dimension[2]))
    links.physical[at] = in_steps(carried(visit.past[3], carryover, visit.dimension[3]))
    own = carried(visit.own_stock, carryover, visit.experience)
    digital = visit.online > 0.0
    links.digital_stock[at] = in_steps(own if digital else visit.other_stock)
    links.store_stock[at] = in_steps(visit.other_stock if digital else own)
    links.trust[at] = in_steps(moved(visit.trust, memory.trust_gain, visit.remembered))
    links.last_visit[at] = week
    people.habitual[i] = moved(visit.habitual, memory.habitual_gain, visit.remembered)


def purchase_makes_habit(
    visit: Values,
    week: int,
    links: Any,
    reach: Any,
    met: Values,
    totals: Any,
    people: Any,
    memory: Any,
    heard_lately: float,
) -> None:
    """A purchase of anything moves behavioural loyalty at every outlet in reach; a prospect who buys becomes active."""
    if visit.bought == 0.0:
        return
    i, at = visit.who, (visit.slot, visit.who)
    for a in range(REACH):
        chosen = 1.0 if a == visit.best else 0.0
        reach.loyalty[a, i] = habit_after(float(reach.loyalty[a, i]), memory.habit_carryover, chosen)
    amount = cents(visit.amount)
    links.spend[at] = min(int(links.spend[at]) + amount, MOST_CENTS)
    met.spent_at[visit.slot] += amount
    met.margin_at[visit.slot] += cents(visit.margin)
    links.points[at] = visit.points_new
    if links.status[at] == PROSPECT:
        links.status[at] = ACTIVE
        links.since[at] = week
        row = totals.links[links.retailer[at], people.segment[i]]
        row[ACQUIRED] += 1
        by_word = 1 if visit.a_heard[visit.place] >= heard_lately else 0
        row[ACQUIRED_BY_WORD] += by_word
        met.won_by_word[visit.slot] = by_word


def failure_ends_links(
    visit: Values, week: int, slots: int, people: Any, links: Any, relations: Any, totals: Any
) -> None:
    """A failure can end a link at once, if silent or complained of in vain (`may_end`); some links are kept."""
    ends = by_severity(visit.degree, 0.0, relations.failure_ends_minor, relations.failure_ends_major)
    hurt = 1.0 if visit.loss * visit.may_end > 0.0 else 0.0
    visit.end_chance = ends * hurt
    i, at = visit.who, (visit.slot, visit.who)
    active = 0.0
    for s in range(slots):
        can_go = max((may for may, link in zip(visit.a_may, visit.a_link, strict=True) if link == s), default=0.0)
        active += can_go if links.status[s, i] == ACTIVE else 0.0
    is_active = hurt if links.status[at] == ACTIVE else 0.0
    if leaves(visit.end_luck, ends, is_active, active, relations.links_kept) > 0.0:
        links.status[at] = LAPSED
        weeks = week - int(links.since[at])
        link_is_at_risk(totals, links.retailer[at], people.segment[i], weeks)
        departure_is_counted(totals, links.retailer[at], people.segment[i], weeks, int(links.type[at]))


def visits_are_counted(visit: Values, segment: int, numbers: Any, totals: Any) -> None:
    """Add the visit to the week's totals, by outlet and segment."""
    relations = numbers.relations
    row = totals[visit.outlet, segment]
    row[VISITS] += 1
    row[BASKETS] += 1 if visit.bought > 0.0 else 0
    row[REVENUE] += cents(visit.amount)
    row[MARGIN] += cents(visit.margin)
    row[EXPERIENCE] += fixed(visit.experience)
    for d in range(4):
        row[FIRST_DIMENSION + d] += fixed(visit.dimension[d])
    for t in range(TOUCHPOINTS):
        row[FIRST_TOUCHPOINT + t] += fixed(visit.felt[t] * visit.met[t])
    row[MET_ADVICE] += 1 if visit.met[2] > 0.0 else 0
    row[MET_AFTERCARE] += 1 if visit.met[4] > 0.0 else 0
    row[PERFORMANCE] += fixed(visit.perceived)
    row[EXPECTATION] += fixed(visit.expected)
    row[GAP] += fixed(visit.gap)
    row[ENCOUNTER] += fixed(visit.encounter)
    row[REMEMBERED] += fixed(visit.remembered)
    row[FAILURES] += 1 if visit.loss > 0.0 else 0
    row[STOCK_OUTS] += 1 if visit.out_of_stock > 0.0 else 0
    row[WAIT] += fixed(visit.wait)
    row[SATISFIED] += 1 if visit.remembered >= relations.satisfied_from else 0
    row[DISSATISFIED] += 1 if visit.remembered <= relations.dissatisfied_to else 0
    row[OFFERS_TAKEN] += 1 if visit.bought * visit.offer > 0.0 else 0
    row[ANSWERS] += 1 if visit.answered > 0.0 else 0
    row[DISCOUNT] += cents(visit.discount)
    for k in range(DETERMINANTS):
        row[FIRST_LEVEL + k] += fixed(visit.level[k])
        row[FIRST_WEIGHT + k] += fixed(visit.weight[k])
    row[REWARDS] += int(visit.rewards)
    row[REWARD] += cents(visit.rewards * visit.reward_value)
    row[NEEDS_EFFECT] += fixed(numbers.needs.needs_weight * visit.needs_met)


def meetings_are_counted(visit: Values, met: Values) -> None:
    """Visits of the week to each retailer, and contacts beyond the exchange: advice."""
    met.visits_at[visit.slot] += 1
    met.contacts_at[visit.slot] += 1 if visit.met_advice > 0.0 else 0


def purchases_are_logged(visit: Values, log: Any) -> None:
    """Write the purchase to the log, where one is kept."""
    if visit.bought == 0.0 or log.outlet.shape[0] == 0:
        return
    number = log.occasions[visit.who]
    log.outlet[visit.who, number] = visit.outlet
    log.cents[visit.who, number] = cents(visit.amount)
    log.occasions[visit.who] = number + 1
