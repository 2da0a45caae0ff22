"""One visit of one customer, phase by phase as in the compiled `meeting.py`."""

from __future__ import annotations

import math
from typing import Any

from simulation.arithmetic import normal
from simulation.chance import TASTE_RETAILER, VISIT
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
from simulation.customer.lane import (
    ASSORTMENT,
    CHANNELS,
    CROWDING_SENSITIVITY,
    DISCOVER,
    FIRST_DIMENSION,
    FIRST_OUTLET,
    GOAL,
    LENIENCY,
    SERVICE,
    SOCIAL,
    SUITED,
    WAIT_SENSITIVITY,
)
from simulation.customer.memory import drifted, from_steps, usual_level
from simulation.customer.plain.luck import Luck
from simulation.customer.plain.values import Values
from simulation.customer.purchase import informed, is_prepared
from simulation.parameters import DETERMINANT_NAMES, OUTLET_SOURCES, TOUCHPOINT_NAMES
from simulation.records import DETERMINANTS, REACH, TOUCHPOINTS

OFFER_READ = (
    "number",
    "retailer_number",
    "online",
    "integration",
    "crowd",
    "bustle",
    "queue",
    "wait",
    "served",
    "stock_out",
    "log_price",
    "cost_share",
    "failure_rate",
    "questions",
    "rating",
    "promise",
    "profile",
    "continuity",
    "scheme",
    "reward_spend",
    "reward_value",
)


def outlet_is_entered(visit: Values, offers: Any) -> None:
    """Load what the chosen outlet offers."""
    visit.place = max(visit.best, 0)
    visit.outlet = visit.a_outlet[visit.place]
    visit.slot = visit.a_link[visit.place]
    visit.kind = visit.link_type[visit.slot]
    visit.known = visit.link_known[visit.slot]
    visit.rebate = visit.link_rebate[visit.slot]
    offer = offers[visit.outlet]
    for name in OFFER_READ:
        setattr(visit, name, getattr(offer, name))
    for k, name in enumerate(DETERMINANT_NAMES):
        visit.level[k] = getattr(offer, name)
    for t, name in enumerate(TOUCHPOINT_NAMES):
        visit.gain[t] = getattr(offer, f"gain_{name}")
    for number, name in enumerate(OUTLET_SOURCES, FIRST_OUTLET):
        visit.source[number] = getattr(offer, name)


def past_is_recalled(visit: Values, links: Any, kept: Any, week: int, ordinary: float, strength: float) -> None:
    """Stocks of the chosen retailer, drifted since the last visit; whether its other channel is in reach."""
    at = (visit.slot, visit.who)
    visit.last_visit = int(links.last_visit[at])
    visit.will = float(links.will[at])
    visit.visits = float(links.visits[at])
    visit.points = float(links.points[at])
    visit.satisfaction = visit.link_satisfaction[visit.slot]
    visit.kept = kept[week - visit.last_visit]
    usual = usual_level(ordinary, visit.source[LENIENCY])
    visit.trust = drifted(from_steps(links.trust[at]), visit.habitual, visit.kept)
    store = drifted(from_steps(links.store_stock[at]), usual, visit.kept)
    digital = drifted(from_steps(links.digital_stock[at]), usual, visit.kept)
    visit.own_stock = digital if visit.online > 0.0 else store
    visit.other_stock = store if visit.online > 0.0 else digital
    for d, stock in enumerate((links.cognitive, links.affective, links.social, links.physical)):
        visit.past[d] = stands_out(drifted(from_steps(stock[at]), usual, visit.kept), strength, usual)
    visit.other_exists = 0.0
    for a in range(REACH):
        if visit.a_link[a] == visit.slot:
            other = visit.a_may[a] * abs(visit.a_online[a] - visit.online)
            visit.other_exists = max(visit.other_exists, other)


def chance_strikes(visit: Values, luck: Luck, week: int, occasion: int, experience: Any) -> None:
    """The luck of this visit: moods, touchpoints met, failure, stock-out, purse."""
    rest = math.sqrt(1.0 - experience.fit_taste_correlation * experience.fit_taste_correlation)
    a, b, _, _ = luck.uniforms(0, 0, 0, TASTE_RETAILER, visit.retailer_number)
    visit.fit = fit_of(normal(b), normal(a), experience.fit_taste_correlation, rest, experience.fit_sd)
    a, b, c, d = luck.uniforms(week, occasion, 0, VISIT, visit.number)
    visit.visit_luck = experience.visit_noise_sd * normal(a)
    visit.met_advice = 1.0 if b < experience.advice_share else 0.0
    visit.met_aftercare = 1.0 if c < experience.aftercare_share else 0.0
    visit.buy_luck = d
    a, b, c, d = luck.uniforms(week, occasion, 1, VISIT, visit.number)
    visit.fails = fails(a, visit.failure_rate)
    visit.degree = severity(b, experience.failure_minor_from, experience.failure_major_from)
    visit.place_luck = c
    visit.out_of_stock = fails(d, visit.stock_out)
    first_four = luck.uniforms(week, occasion, 2, VISIT, visit.number)
    last, b, c, d = luck.uniforms(week, occasion, 3, VISIT, visit.number)
    visit.basket_luck = normal(b)
    visit.end_luck = c
    visit.survey_luck = d
    for t, u in enumerate((*first_four, last)):
        visit.luck[t] = experience.touchpoint_noise_sd * normal(u)


def determinants_are_met(visit: Values, experience: Any, ordinary: float, strength: Any) -> None:
    """The determinants as this customer meets them here and now; most of them as the outlet gives them."""
    level = visit.level
    level[SOCIAL] = social_level(
        level[SOCIAL], visit.crowd, visit.factor[CROWDING_SENSITIVITY], visit.bustle, visit.source[GOAL]
    )
    level[SERVICE] = service_level(level[SERVICE], visit.queue, visit.factor[WAIT_SENSITIVITY])
    level[ASSORTMENT] = assortment_level(level[ASSORTMENT], visit.out_of_stock, experience.stock_out_loss)
    level[CHANNELS] = channels_level(
        level[CHANNELS], as_one(visit.integration, visit.continuity, visit.known), visit.other_stock, ordinary
    )
    for k in SUITED:
        level[k] = suited(level[k], visit.profile, visit.known)
    for k in range(DETERMINANTS):
        level[k] = stands_out(level[k], strength[k], ordinary)


def discovery_was_online(visit: Values, looked_at: float, purchase: Any) -> None:
    """Who has just looked at the retailer's site discovers more in its store."""
    if purchase.research_online > 0.0:
        visit.prepared = is_prepared(looked_at, float(visit.slot), visit.online)
        more = informed(purchase.research_gain, visit.level[CHANNELS], visit.prepared)
        visit.gain[DISCOVER] = improved(visit.gain[DISCOVER], more)


def weights_are_moderated(visit: Values, base: Any, omega: Any) -> None:
    """How much each determinant counts in each dimension, each dimension in the whole, for this customer now."""
    visit.factor[CHANNELS] = exists_or_not(visit.factor[CHANNELS], visit.other_exists)
    for d in range(4):
        for k in range(DETERMINANTS):
            visit.pull[d][k] = pull(base[d][k], visit.factor[k])
    c = omega[0] * visit.factor[FIRST_DIMENSION]
    a = omega[1] * visit.factor[FIRST_DIMENSION + 1]
    s = omega[2] * visit.factor[FIRST_DIMENSION + 2]
    p = omega[3] * visit.factor[FIRST_DIMENSION + 3]
    total = (c + a) + (s + p)
    visit.omega[0] = share_of_whole(c, total)
    visit.omega[1] = share_of_whole(a, total)
    visit.omega[2] = share_of_whole(s, total)
    visit.omega[3] = share_of_whole(p, total)
    determinants_are_weighed(visit)


def determinants_are_weighed(visit: Values) -> None:
    """Share of each determinant in the whole experience, over the four dimensions."""
    for k in range(DETERMINANTS):
        visit.weight[k] = 0.0
    for d in range(4):
        visit.sum = 0.0
        for k in range(DETERMINANTS):
            visit.sum = visit.sum + visit.pull[d][k]
        for k in range(DETERMINANTS):
            share = importance(visit.omega[d], visit.pull[d][k], visit.sum)
            visit.weight[k] = visit.weight[k] + share


def touchpoints_deliver(visit: Values, presence: Any, past_weight: float) -> None:
    """Each dimension at each touchpoint, blended with past experience, and each touchpoint as a whole, before mood."""
    for t in range(TOUCHPOINTS):
        for d in range(4):
            top = 0.0
            weights = 0.0
            for k in range(DETERMINANTS):
                weight = present(visit.pull[d][k], presence[t][k])
                top = weighed(top, weight, visit.level[k])
                weights = weights + weight
            delivered = improved(mean_of_determinants(top, weights), visit.gain[t])
            visit.delivered[t][d] = blended(delivered, past_weight, visit.past[d])
        visit.met_whole[t] = whole(*visit.omega, *visit.delivered[t])
