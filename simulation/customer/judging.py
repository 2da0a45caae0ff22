"""The judgement, compiled: what failed, who buys, how the visit was felt, what it is measured against and leaves."""

from __future__ import annotations

from typing import Any

from simulation.bits import uniforms
from simulation.chance import VISIT
from simulation.compiling import phase
from simulation.customer.account import points_after, promised, rewards_due, with_voucher
from simulation.customer.experience import felt, mean_of_met, mood
from simulation.customer.failure import by_severity, happens_here, is_at, loss_at
from simulation.customer.gathering import fill, gather_from
from simulation.customer.lane import (
    ADVICE,
    BASKET,
    DISCONFIRMATION,
    INNOVATIVENESS,
    INVOLVEMENT,
    LANE,
    LENIENCY,
    READS_DETERMINANT,
    READS_FAILURE,
    READS_OUTLET,
    READS_WAIT,
    WAIT_SENSITIVITY,
)
from simulation.customer.needs import MOST_OCCASIONS
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
from simulation.records import NEEDS, TOUCHPOINTS


@phase
def failure_strikes(visit: Any, experience: Any, ties: Any, bought_counts: float) -> None:
    """Mood at each touchpoint: person, fit, luck, less what a failure costs there, given who bought (or nobody yet)."""
    for j in range(LANE):
        bought = visit.bought[j] * bought_counts
        first = 2.0 + visit.met_advice[j]
        planned = first + 1.0 + visit.met_aftercare[j]
        strikes = happens_here(visit.place_luck[j], first, planned, bought)
        visit.touchpoints[j] = first + bought * (1.0 + visit.met_aftercare[j])
        visit.loss[j] = (
            by_severity(
                visit.degree[j],
                experience.failure_loss_trivial,
                experience.failure_loss_minor,
                experience.failure_loss_major,
            )
            * visit.fails[j]
            * strikes
            * tolerance(
                visit.kind[j], visit.degree[j], ties.failure_social, ties.failure_emotional, ties.failure_betrayal
            )
        )
    for t in range(TOUCHPOINTS):
        for j in range(LANE):
            met_advice = visit.met_advice[j]
            planned = 3.0 + met_advice + visit.met_aftercare[j]
            place = float(t) if t <= ADVICE else float(t) - 1.0 + met_advice
            exists = met_advice if t == ADVICE else 1.0
            here = is_at(visit.place_luck[j], planned, place) * exists
            lost = loss_at(visit.loss[j], experience.failure_spread, visit.touchpoints[j], here)
            visit.mood[t, j] = (
                mood(visit.source[LENIENCY, j], visit.fit[j], visit.visit_luck[j], visit.luck[t, j]) - lost
            )
            visit.felt[t, j] = felt(visit.met_whole[t, j], experience.past_weight, visit.mood[t, j])


@phase
def customers_decide_to_buy(visit: Any, purchase: Any, ordinary: float) -> None:
    """Who buys, judging by discover, browse and any advice."""
    for j in range(LANE):
        early = visit.felt[0, j] + visit.felt[1, j] + visit.met_advice[j] * visit.felt[2, j]
        visit.first_part[j] = mean_of_met(early, 2.0 + visit.met_advice[j])
        chance = chance_to_buy(
            base_of_channel(purchase.buy_base, purchase.buy_online, visit.online[j]),
            purchase.buy_experience,
            visit.first_part[j],
            ordinary,
            purchase.buy_wait * visit.factor[WAIT_SENSITIVITY, j] * visit.wait[j],
            purchase.buy_stock_out * visit.out_of_stock[j],
        )
        visit.bought[j] = (
            1.0 if visit.buy_luck[j] < certainly(if_served(chance, visit.served[j]), visit.arriving[j]) else 0.0
        )


@phase
def looking_leaves_needs_open(
    visit: Any, count: int, block: Any, start: int, seed: int, replicate: int, week: int, occasion: int, share: float
) -> None:
    """A session without an order may have been research: the need stays, for one more occasion of the week."""
    if share > 0.0:
        for j in range(count):
            if visit.went[j] > 0.0:
                luck, _, _, _ = uniforms(seed, replicate, visit.key[j], week, occasion, 4, VISIT, visit.number[j])
                chance = chance_to_look_on(share, visit.source[INVOLVEMENT, j], visit.source[INNOVATIVENESS, j])
                left_open = happens_if(luck, chance, visit.online[j] * (1.0 - visit.bought[j]))
                k = visit.who[j] - start
                block.wanted[k] = with_open_need(block.wanted[k], left_open, float(MOST_OCCASIONS))
                block.looked_at[k] = left_open * (float(visit.slot[j]) + 1.0)


@phase
def visit_is_felt(visit: Any, past_weight: float) -> None:
    """The visit as a whole and in four dimensions: means over the touchpoints met."""
    for j in range(LANE):
        visit.met[0, j] = 1.0
        visit.met[1, j] = 1.0
        visit.met[2, j] = visit.met_advice[j]
        visit.met[3, j] = visit.bought[j]
        visit.met[4, j] = visit.bought[j] * visit.met_aftercare[j]
    for j in range(LANE):
        total = 0.0
        for t in range(TOUCHPOINTS):
            total = total + visit.met[t, j] * visit.felt[t, j]
        visit.experience[j] = mean_of_met(total, visit.touchpoints[j])
    for j in range(LANE):
        total = 0.0
        for t in range(TOUCHPOINTS):
            total = total + visit.met[t, j] * visit.mood[t, j]
        average_mood = mean_of_met(total, visit.touchpoints[j])
        for d in range(4):
            part = 0.0
            for t in range(TOUCHPOINTS):
                part = part + visit.met[t, j] * visit.delivered[t, d, j]
            visit.dimension[d, j] = felt(mean_of_met(part, visit.touchpoints[j]), past_weight, average_mood)


@phase
def needs_are_met(visit: Any, given: Any, tables: Any, needs: Any, ordinary: float) -> None:
    """How well the visit met each need: by failure, by wait, by a determinant, by what the outlet gives."""
    for n in range(NEEDS):
        reads = tables.need_reads[n]
        if reads == READS_FAILURE:
            for j in range(LANE):
                visit.need[n, j] = promise_kept(ordinary, visit.loss[j])
        elif reads == READS_WAIT:
            for j in range(LANE):
                visit.need[n, j] = speed(
                    ordinary, visit.wait[j], needs.usual_wait, needs.speed_per_minute, visit.online[j]
                )
        elif reads < READS_OUTLET:
            for j in range(LANE):
                visit.need[n, j] = visit.level[reads - READS_DETERMINANT, j]
        else:
            gather_from(visit.need[n], given, reads - READS_OUTLET, visit.outlet)


@phase
def needs_are_counted(visit: Any, tables: Any, basic_factor: float, ordinary: float, loss_aversion: float) -> None:
    """What the needs add to satisfaction, each by what it matters to the customer."""
    fill(visit.needs_met, 0.0)
    for n in range(NEEDS):
        basic = tables.need_basic[n]
        importance = tables.need_importance[n]
        zone = tables.need_zone[n]
        weight = loss_weight(loss_aversion, basic, basic_factor)
        trait = tables.need_trait[n]
        if trait >= 0:
            for j in range(LANE):
                visit.sum[j] = visit.source[trait, j]
        else:
            fill(visit.sum, 1.0)
        for j in range(LANE):
            difference = difference_from_ordinary(visit.need[n, j], ordinary, zone)
            added = need_counts(difference, importance, visit.sum[j], basic, weight)
            visit.needs_met[j] = visit.needs_met[j] + added


@phase
def visit_is_judged(visit: Any, satisfaction: Any, needs_weight: float) -> None:
    """What was met against what was expected, and what will be remembered."""
    for j in range(LANE):
        visit.expected[j] = promised(visit.will[j], visit.promise[j])
        visit.perceived[j] = perception(
            visit.experience[j], visit.expected[j], visit.should[j], satisfaction.assimilation, satisfaction.contrast
        )
        visit.gap[j] = gap(
            visit.experience[j], visit.expected[j], satisfaction.assimilation, satisfaction.tolerance_zone
        )
        response = response_to(visit.gap[j], satisfaction.loss_aversion, satisfaction.gain_saturation)
        visit.encounter[j] = encounter(
            satisfaction.intercept,
            satisfaction.performance_weight,
            visit.perceived[j],
            satisfaction.disconfirmation_weight * visit.factor[DISCONFIRMATION, j],
            response,
            needs_weight,
            visit.needs_met[j],
        )
        visit.peak[j] = 0.0
        visit.end[j] = 0.0
    for t in range(TOUCHPOINTS):
        for j in range(LANE):
            deviation = visit.felt[t, j] - visit.experience[j]
            visit.peak[j] = larger_deviation(visit.peak[j], deviation, visit.met[t, j])
            visit.end[j] = latest_deviation(visit.end[j], deviation, visit.met[t, j])
    for j in range(LANE):
        visit.remembered[j] = remembered(
            visit.encounter[j],
            satisfaction.performance_weight,
            satisfaction.peak_weight,
            visit.peak[j],
            satisfaction.end_weight,
            visit.end[j],
        )


@phase
def basket_is_filled(visit: Any, purchase: Any, ties: Any, ordinary: float) -> None:
    """Money spent by those who buy."""
    for j in range(LANE):
        amount = basket(
            visit.log_basket[j],
            purchase.basket_sd_within,
            visit.basket_luck[j],
            purchase.basket_price_exponent,
            visit.log_price[j],
            purchase.basket_memory,
            visit.remembered[j] - ordinary,
            visit.factor[BASKET, j],
        )
        whole_price = amount * visit.bought[j]
        less = paid(whole_price, ties.offer_discount, visit.offer[j])
        visit.rewards[j] = rewards_due(visit.points[j], whole_price, visit.reward_spend[j], visit.scheme[j])
        visit.points_new[j] = points_after(visit.points[j], whole_price, visit.reward_spend[j], visit.scheme[j])
        visit.amount[j] = with_voucher(less, visit.rebate[j], visit.rewards[j], visit.reward_value[j])
        visit.discount[j] = whole_price - visit.amount[j]
        visit.margin[j] = gross_margin(visit.amount[j], whole_price, visit.cost_share[j])
