"""The judgement of one visit, phase by phase as in the compiled `judging.py`."""

from __future__ import annotations

from typing import Any

from simulation.chance import VISIT
from simulation.customer.account import points_after, promised, rewards_due, with_voucher
from simulation.customer.experience import felt, mean_of_met, mood
from simulation.customer.failure import by_severity, happens_here, is_at, loss_at
from simulation.customer.lane import (
    ADVICE,
    BASKET,
    DISCONFIRMATION,
    INNOVATIVENESS,
    INVOLVEMENT,
    LENIENCY,
    READS_DETERMINANT,
    READS_FAILURE,
    READS_OUTLET,
    READS_WAIT,
    WAIT_SENSITIVITY,
)
from simulation.customer.needs import MOST_OCCASIONS
from simulation.customer.plain.luck import Luck
from simulation.customer.plain.values import Values
from simulation.customer.purchase import (
    base_of_channel,
    basket,
    certainly,
    chance_to_buy,
    chance_to_look_on,
    gross_margin,
    if_served,
    paid,
    with_open_need,
)
from simulation.customer.relation import happens_if
from simulation.customer.satisfaction import (
    encounter,
    gap,
    larger_deviation,
    latest_deviation,
    perception,
    remembered,
    response_to,
)
from simulation.customer.tie import tolerance
from simulation.customer.wants import difference_from_ordinary, loss_weight, need_counts, promise_kept, speed
from simulation.records import GIVEN_COLUMNS, NEEDS, TOUCHPOINTS


def failure_strikes(visit: Values, experience: Any, ties: Any, bought_counts: float) -> None:
    """Mood at each touchpoint: person, fit, luck, less what a failure costs there, given who bought (or nobody yet)."""
    bought = visit.bought * bought_counts
    met_advice = visit.met_advice
    first = 2.0 + met_advice
    planned = first + 1.0 + visit.met_aftercare
    strikes = happens_here(visit.place_luck, first, planned, bought)
    visit.touchpoints = first + bought * (1.0 + visit.met_aftercare)
    loss = by_severity(
        visit.degree, experience.failure_loss_trivial, experience.failure_loss_minor, experience.failure_loss_major
    )
    felt_by = tolerance(visit.kind, visit.degree, ties.failure_social, ties.failure_emotional, ties.failure_betrayal)
    visit.loss = loss * visit.fails * strikes * felt_by
    planned = 3.0 + met_advice + visit.met_aftercare
    for t in range(TOUCHPOINTS):
        place = float(t) if t <= ADVICE else float(t) - 1.0 + met_advice
        exists = met_advice if t == ADVICE else 1.0
        here = is_at(visit.place_luck, planned, place) * exists
        lost = loss_at(visit.loss, experience.failure_spread, visit.touchpoints, here)
        visit.mood[t] = mood(visit.source[LENIENCY], visit.fit, visit.visit_luck, visit.luck[t]) - lost
        visit.felt[t] = felt(visit.met_whole[t], experience.past_weight, visit.mood[t])


def customers_decide_to_buy(visit: Values, purchase: Any, ordinary: float) -> None:
    """Whether the customer buys, judging by discover, browse and any advice."""
    early = visit.felt[0] + visit.felt[1] + visit.met_advice * visit.felt[2]
    visit.first_part = mean_of_met(early, 2.0 + visit.met_advice)
    chance = chance_to_buy(
        base_of_channel(purchase.buy_base, purchase.buy_online, visit.online),
        purchase.buy_experience,
        visit.first_part,
        ordinary,
        purchase.buy_wait * visit.factor[WAIT_SENSITIVITY] * visit.wait,
        purchase.buy_stock_out * visit.out_of_stock,
    )
    visit.buy_chance = certainly(if_served(chance, visit.served), visit.arriving)
    visit.bought = 1.0 if visit.buy_luck < visit.buy_chance else 0.0


def looking_leaves_needs_open(visit: Values, luck: Luck, week: int, occasion: int, met: Values, share: float) -> None:
    """A session without an order may have been research: the need stays, for one more occasion of the week."""
    if share > 0.0:
        u, _, _, _ = luck.uniforms(week, occasion, 4, VISIT, visit.number)
        chance = chance_to_look_on(share, visit.source[INVOLVEMENT], visit.source[INNOVATIVENESS])
        left_open = happens_if(u, chance, visit.online * (1.0 - visit.bought))
        met.wanted = with_open_need(met.wanted, left_open, float(MOST_OCCASIONS))
        met.looked_at = left_open * (float(visit.slot) + 1.0)


def visit_is_felt(visit: Values, past_weight: float) -> None:
    """The visit as a whole and in four dimensions: means over the touchpoints met."""
    visit.met = [1.0, 1.0, visit.met_advice, visit.bought, visit.bought * visit.met_aftercare]
    visit.experience = mean_of_met(_met_total(visit.met, visit.felt), visit.touchpoints)
    average_mood = mean_of_met(_met_total(visit.met, visit.mood), visit.touchpoints)
    for d in range(4):
        part = _met_total(visit.met, [delivered[d] for delivered in visit.delivered])
        visit.dimension[d] = felt(mean_of_met(part, visit.touchpoints), past_weight, average_mood)


def _met_total(met: list[float], values: list[float]) -> float:
    total = 0.0
    for t in range(TOUCHPOINTS):
        total = total + met[t] * values[t]
    return total


def needs_are_met(visit: Values, offers: list[Values], tables: Any, needs: Any, ordinary: float) -> None:
    """How well the visit met each need: by failure, by wait, by a determinant, by what the outlet gives."""
    for n in range(NEEDS):
        reads = tables.need_reads[n]
        if reads == READS_FAILURE:
            visit.need[n] = promise_kept(ordinary, visit.loss)
        elif reads == READS_WAIT:
            visit.need[n] = speed(ordinary, visit.wait, needs.usual_wait, needs.speed_per_minute, visit.online)
        elif reads < READS_OUTLET:
            visit.need[n] = visit.level[reads - READS_DETERMINANT]
        else:
            visit.need[n] = getattr(offers[visit.outlet], GIVEN_COLUMNS[reads - READS_OUTLET])


def needs_are_counted(visit: Values, tables: Any, basic_factor: float, ordinary: float, loss_aversion: float) -> None:
    """What the needs add to satisfaction, each by what it matters to the customer."""
    visit.needs_met, visit.need_adds = 0.0, []
    for n in range(NEEDS):
        basic, importance, trait = tables.need_basic[n], tables.need_importance[n], tables.need_trait[n]
        weight = loss_weight(loss_aversion, basic, basic_factor)
        personal = visit.source[trait] if trait >= 0 else 1.0
        difference = difference_from_ordinary(visit.need[n], ordinary, tables.need_zone[n])
        visit.need_adds.append(need_counts(difference, importance, personal, basic, weight))
        visit.needs_met = visit.needs_met + visit.need_adds[n]


def visit_is_judged(visit: Values, satisfaction: Any, needs_weight: float) -> None:
    """What was met against what was expected, and what will be remembered."""
    visit.expected = promised(visit.will, visit.promise)
    visit.perceived = perception(
        visit.experience, visit.expected, visit.should, satisfaction.assimilation, satisfaction.contrast
    )
    visit.gap = gap(visit.experience, visit.expected, satisfaction.assimilation, satisfaction.tolerance_zone)
    response = response_to(visit.gap, satisfaction.loss_aversion, satisfaction.gain_saturation)
    visit.encounter = encounter(
        satisfaction.intercept,
        satisfaction.performance_weight,
        visit.perceived,
        satisfaction.disconfirmation_weight * visit.factor[DISCONFIRMATION],
        response,
        needs_weight,
        visit.needs_met,
    )
    visit.peak = 0.0
    visit.end = 0.0
    for t in range(TOUCHPOINTS):
        deviation = visit.felt[t] - visit.experience
        visit.peak = larger_deviation(visit.peak, deviation, visit.met[t])
        visit.end = latest_deviation(visit.end, deviation, visit.met[t])
    visit.remembered = remembered(
        visit.encounter,
        satisfaction.performance_weight,
        satisfaction.peak_weight,
        visit.peak,
        satisfaction.end_weight,
        visit.end,
    )


def basket_is_filled(visit: Values, purchase: Any, ties: Any, ordinary: float) -> None:
    """Money spent, if anything is bought."""
    amount = basket(
        visit.log_basket,
        purchase.basket_sd_within,
        visit.basket_luck,
        purchase.basket_price_exponent,
        visit.log_price,
        purchase.basket_memory,
        visit.remembered - ordinary,
        visit.factor[BASKET],
    )
    whole_price = amount * visit.bought
    less = paid(whole_price, ties.offer_discount, visit.offer)
    visit.rewards = rewards_due(visit.points, whole_price, visit.reward_spend, visit.scheme)
    visit.points_new = points_after(visit.points, whole_price, visit.reward_spend, visit.scheme)
    visit.amount = with_voucher(less, visit.rebate, visit.rewards, visit.reward_value)
    visit.discount = whole_price - visit.amount
    visit.margin = gross_margin(visit.amount, whole_price, visit.cost_share)
