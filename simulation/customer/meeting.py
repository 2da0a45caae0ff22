"""The visit, compiled: the outlet is entered, the past recalled, determinants are met at every touchpoint."""

from __future__ import annotations

import math
from typing import Any

from simulation.arithmetic import normal
from simulation.bits import uniforms
from simulation.chance import TASTE_RETAILER, VISIT
from simulation.compiling import phase
from simulation.customer.account import as_one, suited
from simulation.customer.experience import (
    assortment_level,
    blended,
    channels_level,
    exists_or_not,
    fit_of,
    importance,
    improved,
    mean_of_determinants,
    present,
    pull,
    service_level,
    share_of_whole,
    social_level,
    stands_out,
    weighed,
    whole,
)
from simulation.customer.failure import fails, severity
from simulation.customer.gathering import fill, gather, gather_at, gather_from
from simulation.customer.lane import (
    ASSORTMENT,
    CHANNELS,
    CROWDING_SENSITIVITY,
    DISCOVER,
    FIRST_DIMENSION,
    FIRST_OUTLET,
    GOAL,
    LANE,
    LENIENCY,
    SERVICE,
    SOCIAL,
    SUITED,
    WAIT_SENSITIVITY,
)
from simulation.customer.memory import drifted, from_steps, usual_level
from simulation.customer.purchase import informed, is_prepared
from simulation.records import DETERMINANTS, REACH, TOUCHPOINTS


@phase
def outlet_is_entered(visit: Any, offers: Any, levels: Any, gains: Any) -> None:
    """Load what the chosen outlet offers."""
    for j in range(LANE):
        visit.place[j] = max(visit.best[j], 0)
    for j in range(LANE):
        visit.outlet[j] = visit.a_outlet[visit.place[j], j]
    for j in range(LANE):
        visit.slot[j] = visit.a_link[visit.place[j], j]
    for j in range(LANE):
        visit.kind[j] = visit.link_type[visit.slot[j], j]
    for j in range(LANE):
        visit.known[j] = visit.link_known[visit.slot[j], j]
    for j in range(LANE):
        visit.rebate[j] = visit.link_rebate[visit.slot[j], j]
    gather(visit.number, offers.number, visit.outlet)
    gather(visit.retailer_number, offers.retailer_number, visit.outlet)
    gather(visit.online, offers.online, visit.outlet)
    gather(visit.integration, offers.integration, visit.outlet)
    gather(visit.crowd, offers.crowd, visit.outlet)
    gather(visit.bustle, offers.bustle, visit.outlet)
    gather(visit.queue, offers.queue, visit.outlet)
    gather(visit.wait, offers.wait, visit.outlet)
    gather(visit.served, offers.served, visit.outlet)
    gather(visit.stock_out, offers.stock_out, visit.outlet)
    gather(visit.log_price, offers.log_price, visit.outlet)
    gather(visit.cost_share, offers.cost_share, visit.outlet)
    gather(visit.failure_rate, offers.failure_rate, visit.outlet)
    gather(visit.questions, offers.questions, visit.outlet)
    gather(visit.rating, offers.rating, visit.outlet)
    gather(visit.promise, offers.promise, visit.outlet)
    gather(visit.profile, offers.profile, visit.outlet)
    gather(visit.continuity, offers.continuity, visit.outlet)
    gather(visit.scheme, offers.scheme, visit.outlet)
    gather(visit.reward_spend, offers.reward_spend, visit.outlet)
    gather(visit.reward_value, offers.reward_value, visit.outlet)
    for k in range(DETERMINANTS):
        gather_from(visit.level[k], levels, k, visit.outlet)
    for t in range(TOUCHPOINTS):
        gather_from(visit.gain[t], gains, t, visit.outlet)
    gather(visit.source[FIRST_OUTLET], offers.hedonic, visit.outlet)
    gather(visit.source[FIRST_OUTLET + 1], offers.online, visit.outlet)
    gather(visit.source[FIRST_OUTLET + 2], offers.location, visit.outlet)


@phase
def past_is_recalled(visit: Any, links: Any, kept: Any, week: int, ordinary: float, strength: float) -> None:
    """Stocks of the chosen retailer as they have drifted since the last visit.

    Whether its other channel is in reach.
    """
    gather_at(visit.last_visit, links.last_visit, visit.slot, visit.who)
    gather_at(visit.will, links.will, visit.slot, visit.who)
    gather_at(visit.trust, links.trust, visit.slot, visit.who)
    gather_at(visit.visits, links.visits, visit.slot, visit.who)
    gather_at(visit.points, links.points, visit.slot, visit.who)
    gather_at(visit.past[0], links.cognitive, visit.slot, visit.who)
    gather_at(visit.past[1], links.affective, visit.slot, visit.who)
    gather_at(visit.past[2], links.social, visit.slot, visit.who)
    gather_at(visit.past[3], links.physical, visit.slot, visit.who)
    gather_at(visit.own_stock, links.store_stock, visit.slot, visit.who)
    gather_at(visit.other_stock, links.digital_stock, visit.slot, visit.who)
    for j in range(LANE):
        visit.satisfaction[j] = visit.link_satisfaction[visit.slot[j], j]
    for j in range(LANE):
        visit.kept[j] = kept[week - visit.last_visit[j]]
    for j in range(LANE):
        usual = usual_level(ordinary, visit.source[LENIENCY, j])
        visit.trust[j] = drifted(from_steps(visit.trust[j]), visit.habitual[j], visit.kept[j])
        store = drifted(from_steps(visit.own_stock[j]), usual, visit.kept[j])
        digital = drifted(from_steps(visit.other_stock[j]), usual, visit.kept[j])
        visit.own_stock[j] = digital if visit.online[j] > 0.0 else store
        visit.other_stock[j] = store if visit.online[j] > 0.0 else digital
        for d in range(4):
            visit.past[d, j] = stands_out(drifted(from_steps(visit.past[d, j]), usual, visit.kept[j]), strength, usual)
    fill(visit.other_exists, 0.0)
    for a in range(REACH):
        for j in range(LANE):
            other = visit.a_may[a, j] * abs(visit.a_online[a, j] - visit.online[j])
            visit.other_exists[j] = max(visit.other_exists[j], other if visit.a_link[a, j] == visit.slot[j] else 0.0)


@phase
def chance_strikes(visit: Any, seed: int, replicate: int, week: int, occasion: int, experience: Any) -> None:
    """The luck of this visit: moods, touchpoints met, failure, stock-out, purse."""
    rest = math.sqrt(1.0 - experience.fit_taste_correlation * experience.fit_taste_correlation)
    for j in range(LANE):
        a, b, _, _ = uniforms(seed, replicate, visit.key[j], 0, 0, 0, TASTE_RETAILER, visit.retailer_number[j])
        visit.fit[j] = fit_of(normal(b), normal(a), experience.fit_taste_correlation, rest, experience.fit_sd)
    for j in range(LANE):
        a, b, c, d = uniforms(seed, replicate, visit.key[j], week, occasion, 0, VISIT, visit.number[j])
        visit.visit_luck[j] = experience.visit_noise_sd * normal(a)
        visit.met_advice[j] = 1.0 if b < experience.advice_share else 0.0
        visit.met_aftercare[j] = 1.0 if c < experience.aftercare_share else 0.0
        visit.buy_luck[j] = d
    for j in range(LANE):
        a, b, c, d = uniforms(seed, replicate, visit.key[j], week, occasion, 1, VISIT, visit.number[j])
        visit.fails[j] = fails(a, visit.failure_rate[j])
        visit.degree[j] = severity(b, experience.failure_minor_from, experience.failure_major_from)
        visit.place_luck[j] = c
        visit.out_of_stock[j] = fails(d, visit.stock_out[j])
    for j in range(LANE):
        a, b, c, d = uniforms(seed, replicate, visit.key[j], week, occasion, 2, VISIT, visit.number[j])
        visit.luck[0, j] = a
        visit.luck[1, j] = b
        visit.luck[2, j] = c
        visit.luck[3, j] = d
    for j in range(LANE):
        a, b, c, d = uniforms(seed, replicate, visit.key[j], week, occasion, 3, VISIT, visit.number[j])
        visit.luck[4, j] = a
        visit.basket_luck[j] = normal(b)
        visit.end_luck[j] = c
        visit.survey_luck[j] = d
    for t in range(5):
        for j in range(LANE):
            visit.luck[t, j] = experience.touchpoint_noise_sd * normal(visit.luck[t, j])


@phase
def determinants_are_met(visit: Any, experience: Any, ordinary: float, strength: Any) -> None:
    """The determinants as this customer meets them here and now; most of them as the outlet gives them."""
    for j in range(LANE):
        visit.level[SOCIAL, j] = social_level(
            visit.level[SOCIAL, j],
            visit.crowd[j],
            visit.factor[CROWDING_SENSITIVITY, j],
            visit.bustle[j],
            visit.source[GOAL, j],
        )
        visit.level[SERVICE, j] = service_level(
            visit.level[SERVICE, j], visit.queue[j], visit.factor[WAIT_SENSITIVITY, j]
        )
        visit.level[ASSORTMENT, j] = assortment_level(
            visit.level[ASSORTMENT, j], visit.out_of_stock[j], experience.stock_out_loss
        )
        visit.level[CHANNELS, j] = channels_level(
            visit.level[CHANNELS, j],
            as_one(visit.integration[j], visit.continuity[j], visit.known[j]),
            visit.other_stock[j],
            ordinary,
        )
    for k in SUITED:
        for j in range(LANE):
            visit.level[k, j] = suited(visit.level[k, j], visit.profile[j], visit.known[j])
    for k in range(DETERMINANTS):
        for j in range(LANE):
            visit.level[k, j] = stands_out(visit.level[k, j], strength[k], ordinary)


@phase
def discovery_was_online(visit: Any, looked_at: Any, start: int, purchase: Any) -> None:
    """Who has just looked at the retailer's site discovers more in its store."""
    if purchase.research_online > 0.0:
        for j in range(LANE):
            visit.prepared[j] = is_prepared(looked_at[visit.who[j] - start], float(visit.slot[j]), visit.online[j])
        for j in range(LANE):
            more = informed(purchase.research_gain, visit.level[CHANNELS, j], visit.prepared[j])
            visit.gain[DISCOVER, j] = improved(visit.gain[DISCOVER, j], more)


@phase
def weights_are_moderated(visit: Any, base: Any, omega: Any) -> None:
    """How much each determinant counts in each dimension, and each dimension in the whole, for this customer here."""
    for j in range(LANE):
        visit.factor[CHANNELS, j] = exists_or_not(visit.factor[CHANNELS, j], visit.other_exists[j])
    for d in range(4):
        for k in range(DETERMINANTS):
            for j in range(LANE):
                visit.pull[d, k, j] = pull(base[d, k], visit.factor[k, j])
    for j in range(LANE):
        c = omega[0] * visit.factor[FIRST_DIMENSION, j]
        a = omega[1] * visit.factor[FIRST_DIMENSION + 1, j]
        s = omega[2] * visit.factor[FIRST_DIMENSION + 2, j]
        p = omega[3] * visit.factor[FIRST_DIMENSION + 3, j]
        total = (c + a) + (s + p)
        visit.omega[0, j] = share_of_whole(c, total)
        visit.omega[1, j] = share_of_whole(a, total)
        visit.omega[2, j] = share_of_whole(s, total)
        visit.omega[3, j] = share_of_whole(p, total)
    determinants_are_weighed(visit)


@phase
def determinants_are_weighed(visit: Any) -> None:
    """Share of each determinant in the whole experience, over the four dimensions."""
    for k in range(DETERMINANTS):
        fill(visit.weight[k], 0.0)
    for d in range(4):
        for j in range(LANE):
            total = 0.0
            for k in range(DETERMINANTS):
                total = total + visit.pull[d, k, j]
            visit.sum[j] = total
        for k in range(DETERMINANTS):
            for j in range(LANE):
                share = importance(visit.omega[d, j], visit.pull[d, k, j], visit.sum[j])
                visit.weight[k, j] = visit.weight[k, j] + share


@phase
def touchpoints_deliver(visit: Any, presence: Any, past_weight: float) -> None:
    """Each dimension at each touchpoint, blended with past experience, and each touchpoint as a whole, before mood."""
    for t in range(TOUCHPOINTS):
        for k in range(DETERMINANTS):
            fill(visit.presence[k], presence[t, k])
        for d in range(4):
            for j in range(LANE):
                top = 0.0
                weights = 0.0
                for k in range(DETERMINANTS):
                    weight = present(visit.pull[d, k, j], visit.presence[k, j])
                    top = weighed(top, weight, visit.level[k, j])
                    weights = weights + weight
                delivered = improved(mean_of_determinants(top, weights), visit.gain[t, j])
                visit.delivered[t, d, j] = blended(delivered, past_weight, visit.past[d, j])
        for j in range(LANE):
            visit.met_whole[t, j] = whole(
                visit.omega[0, j],
                visit.omega[1, j],
                visit.omega[2, j],
                visit.omega[3, j],
                visit.delivered[t, 0, j],
                visit.delivered[t, 1, j],
                visit.delivered[t, 2, j],
                visit.delivered[t, 3, j],
            )
