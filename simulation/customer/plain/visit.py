"""One visit of one customer, phase by phase as in the compiled `visit.py`."""

from __future__ import annotations

import math
from inspect import signature
from typing import Any

from simulation.arithmetic import gumbel, normal
from simulation.chance import CHOICE, STAY_AT_HOME, TASTE_RETAILER, VISIT
from simulation.customer.choice import considered, digital_appeal, habit, may_be_chosen, utility
from simulation.customer.experience import (
    assortment_level,
    blended,
    channels_level,
    exists_or_not,
    felt,
    fit_of,
    importance,
    mean_of_determinants,
    mean_of_met,
    mood,
    pull,
    service_level,
    share_of_whole,
    social_level,
    stands_out,
    sum_of_pulls,
    whole,
)
from simulation.customer.failure import by_severity, fails, happens_here, is_at, loss_at, severity
from simulation.customer.lane import CONSUMER_SOURCES, OUTLET_SOURCES, SITUATION_SOURCES
from simulation.customer.memory import drifted, usual_level
from simulation.customer.moderation import moderate, on_scale
from simulation.customer.plain.luck import Luck
from simulation.customer.plain.values import Values
from simulation.customer.purchase import basket, chance_to_buy, gross_margin
from simulation.customer.satisfaction import (
    encounter,
    gap,
    larger_deviation,
    latest_deviation,
    perception,
    remembered,
    response_to,
)
from simulation.customer.visit import (
    BASKET,
    CROWDING_SENSITIVITY,
    CULTURE,
    DISCONFIRMATION,
    FIRST_DIMENSION,
    HEDONIC,
    WAIT_SENSITIVITY,
)
from simulation.parameters import TOUCHPOINT_NAMES
from simulation.records import REACH

ADVICE = TOUCHPOINT_NAMES.index("advice")
UTILITY_TERMS = tuple(signature(getattr(utility, "py_func", utility)).parameters)
TRAITS_READ = ("log_basket", "channel_preference", "leniency", "habitual", "should")
OFFER_READ = (
    "number",
    "retailer_number",
    "online",
    "integration",
    "social",
    "crowd",
    "bustle",
    "service",
    "queue",
    "wait",
    "atmosphere",
    "assortment",
    "stock_out",
    "price",
    "channels",
    "brand",
    "log_price",
    "cost_share",
)


def customers_arrive(visit: Values, people: Any, situation: Any) -> None:
    """Load who the customer is and what everybody meets this week."""
    visit.key = int(people.key[visit.who])
    visit.cell = int(people.cell[visit.who])
    for name in TRAITS_READ:
        setattr(visit, name, float(getattr(people, name)[visit.who]))
    for number, name in enumerate(CONSUMER_SOURCES):
        visit.source[number] = float(getattr(people, name)[visit.who])
    for number, name in enumerate(SITUATION_SOURCES, CULTURE):
        visit.source[number] = getattr(situation, name)


def moderators_act(visit: Values, moderation: Any) -> None:
    """Every moderator of this stage multiplies its target."""
    for t in range(moderation.targets):
        visit.factor[t] = 1.0
    for s, t, middle, per_unit, strength in zip(*moderation[1:], strict=True):
        z = on_scale(visit.source[s], middle, per_unit)
        visit.factor[t] = moderate(visit.factor[t], strength, z)


def retailers_are_recalled(visit: Values, week: int, slots: int, links: Any, kept: Any) -> None:
    """Satisfaction with each retailer, as it has drifted to this week."""
    for s in range(slots):
        share = kept[week - int(links.last_visit[s, visit.who])]
        visit.link_satisfaction[s] = drifted(float(links.satisfaction[s, visit.who]), visit.habitual, share)
        visit.link_loyalty[s] = 0.0


def outlets_come_to_mind(visit: Values, links: Any, reach: Any, offers: Any, log_minutes: Any) -> None:
    """The outlets in reach: what they offer, what habit and satisfaction say of them."""
    for a in range(REACH):
        held = int(reach.outlet[a, visit.who])
        offer = offers[max(held, 0)]
        visit.a_outlet[a] = max(held, 0)
        visit.a_link[a] = int(reach.link[a, visit.who])
        visit.a_taste[a] = float(reach.taste[a, visit.who])
        visit.a_loyalty[a] = float(reach.loyalty[a, visit.who])
        visit.status = float(links.status[visit.a_link[a], visit.who])
        is_there = 1.0 if held >= 0 else 0.0
        visit.a_may[a] = may_be_chosen(is_there * offer.is_open, visit.status)
        visit.a_number[a] = offer.number
        visit.a_attraction[a] = offer.attraction
        visit.a_log_price[a] = offer.log_price
        visit.a_online[a] = offer.online
        visit.a_log_minutes[a] = log_minutes[visit.cell][visit.a_outlet[a]]
        visit.link_loyalty[visit.a_link[a]] += visit.a_loyalty[a]
    for a in range(REACH):
        visit.a_link_loyalty[a] = visit.link_loyalty[visit.a_link[a]]
        visit.a_satisfaction[a] = visit.link_satisfaction[visit.a_link[a]]


def utilities_form(visit: Values, luck: Luck, week: int, occasion: int, choice: Any, ordinary: float) -> None:
    """Utility of every outlet in reach and of staying at home, with the luck of this occasion.

    The terms of each utility, by the names that `utility` gives them, stay in `a_terms` for stories.
    """
    for a in range(REACH):
        u, _, _, _ = luck.uniforms(week, occasion, 0, CHOICE, visit.a_number[a])
        visit.a_utility[a] = gumbel(u)
    for a in range(REACH):
        loyalty = habit(choice.habit_at_retailer, visit.a_link_loyalty[a], visit.a_loyalty[a])
        channel = digital_appeal(
            visit.a_online[a], choice.online_utility, choice.online_preference_sd, visit.channel_preference
        )
        terms = (
            visit.a_attraction[a],
            choice.satisfaction_weight * visit.factor[1] * (visit.a_satisfaction[a] - ordinary),
            choice.habit_weight * loyalty,
            choice.price_weight * visit.factor[0] * visit.source[4] * visit.a_log_price[a],
            choice.distance_weight * visit.a_log_minutes[a],
            channel,
            visit.a_taste[a],
        )
        value = utility(*terms)
        visit.a_terms[a] = dict(zip(UTILITY_TERMS, terms, strict=True))
        visit.a_value[a] = value
        visit.a_utility[a] = considered(value + visit.a_utility[a], visit.a_may[a])
    u, _, _, _ = luck.uniforms(week, occasion, 0, CHOICE, STAY_AT_HOME)
    visit.home_value = choice.none_utility
    visit.home_utility = choice.none_utility + gumbel(u)


def best_is_chosen(visit: Values) -> None:
    """The largest utility wins; `best` is -1 for staying at home."""
    visit.best = -1
    best_utility = visit.home_utility
    for a in range(REACH):
        if visit.a_utility[a] > best_utility:
            visit.best = a
            best_utility = visit.a_utility[a]
    visit.went = 1.0 if visit.best >= 0 else 0.0


def outlet_is_entered(visit: Values, offers: Any) -> None:
    """Load what the chosen outlet offers."""
    visit.place = max(visit.best, 0)
    visit.outlet = visit.a_outlet[visit.place]
    visit.slot = visit.a_link[visit.place]
    offer = offers[visit.outlet]
    for name in OFFER_READ:
        setattr(visit, name, getattr(offer, name))
    for number, name in enumerate(OUTLET_SOURCES, HEDONIC):
        visit.source[number] = getattr(offer, name)


def past_is_recalled(visit: Values, links: Any, kept: Any, week: int, ordinary: float) -> None:
    """Stocks of the chosen retailer, drifted since the last visit; whether its other channel is in reach."""
    at = (visit.slot, visit.who)
    visit.last_visit = int(links.last_visit[at])
    visit.will = float(links.will[at])
    visit.visits = float(links.visits[at])
    visit.satisfaction = visit.link_satisfaction[visit.slot]
    visit.kept = kept[week - visit.last_visit]
    usual = usual_level(ordinary, visit.leniency)
    visit.trust = drifted(float(links.trust[at]), visit.habitual, visit.kept)
    store = drifted(float(links.store_stock[at]), usual, visit.kept)
    digital = drifted(float(links.digital_stock[at]), usual, visit.kept)
    visit.own_stock = digital if visit.online > 0.0 else store
    visit.other_stock = store if visit.online > 0.0 else digital
    for d, stock in enumerate((links.cognitive, links.affective, links.social, links.physical)):
        visit.past[d] = drifted(float(stock[at]), usual, visit.kept)
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
    visit.fails = fails(a, experience.failure_rate)
    visit.degree = severity(b, experience.failure_minor_from, experience.failure_major_from)
    visit.place_luck = c
    visit.out_of_stock = fails(d, visit.stock_out)
    first_four = luck.uniforms(week, occasion, 2, VISIT, visit.number)
    last, b, c, _ = luck.uniforms(week, occasion, 3, VISIT, visit.number)
    visit.basket_luck = normal(b)
    visit.end_luck = c
    for t, u in enumerate((*first_four, last)):
        visit.luck[t] = experience.touchpoint_noise_sd * normal(u)


def determinants_are_met(visit: Values, experience: Any, ordinary: float, strength: Any) -> None:
    """The seven determinants as this customer meets them here and now."""
    patience = visit.factor[WAIT_SENSITIVITY]
    tolerance = visit.factor[CROWDING_SENSITIVITY]
    met = (
        social_level(visit.social, visit.crowd, tolerance, visit.bustle, visit.source[0]),
        service_level(visit.service, visit.queue, patience),
        visit.atmosphere,
        assortment_level(visit.assortment, visit.out_of_stock, experience.stock_out_loss),
        visit.price,
        channels_level(visit.channels, visit.integration, visit.other_stock, ordinary),
        visit.brand,
    )
    for k in range(7):
        visit.level[k] = stands_out(met[k], strength[k], ordinary)


def weights_are_moderated(visit: Values, base: Any, omega: Any) -> None:
    """How much each determinant counts in each dimension, each dimension in the whole, for this customer now."""
    visit.factor[5] = exists_or_not(visit.factor[5], visit.other_exists)
    for d in range(4):
        for k in range(7):
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
    for k in range(7):
        visit.weight[k] = 0.0
    for d in range(4):
        visit.sum = sum_of_pulls(*visit.pull[d])
        for k in range(7):
            share = importance(visit.omega[d], visit.pull[d][k], visit.sum)
            visit.weight[k] = visit.weight[k] + share


def touchpoints_deliver(visit: Values, presence: Any, past_weight: float) -> None:
    """Each dimension at each touchpoint, blended with past experience, and each touchpoint as a whole, before mood."""
    levels = tuple(visit.level)
    for t in range(5):
        at = tuple(presence[t])
        for d in range(4):
            delivered = mean_of_determinants(tuple(visit.pull[d]), at, levels)
            visit.delivered[t][d] = blended(delivered, past_weight, visit.past[d])
        visit.met_whole[t] = whole(*visit.omega, *visit.delivered[t])


def failure_strikes(visit: Values, experience: Any, bought_counts: float) -> None:
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
    visit.loss = loss * visit.fails * strikes
    planned = 3.0 + met_advice + visit.met_aftercare
    for t in range(5):
        place = float(t) if t <= ADVICE else float(t) - 1.0 + met_advice
        exists = met_advice if t == ADVICE else 1.0
        here = is_at(visit.place_luck, planned, place) * exists
        lost = loss_at(visit.loss, experience.failure_spread, visit.touchpoints, here)
        visit.mood[t] = mood(visit.leniency, visit.fit, visit.visit_luck, visit.luck[t]) - lost
        visit.felt[t] = felt(visit.met_whole[t], experience.past_weight, visit.mood[t])


def customers_decide_to_buy(visit: Values, purchase: Any, ordinary: float) -> None:
    """Whether the customer buys, judging by discover, browse and any advice."""
    early = visit.felt[0] + visit.felt[1] + visit.met_advice * visit.felt[2]
    visit.first_part = mean_of_met(early, 2.0 + visit.met_advice)
    chance = chance_to_buy(
        purchase.buy_base,
        purchase.buy_experience,
        visit.first_part,
        ordinary,
        purchase.buy_wait * visit.factor[WAIT_SENSITIVITY] * visit.wait,
        purchase.buy_stock_out * visit.out_of_stock,
    )
    visit.buy_chance = chance
    visit.bought = 1.0 if visit.buy_luck < chance else 0.0


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
    for t in range(5):
        total = total + met[t] * values[t]
    return total


def visit_is_judged(visit: Values, satisfaction: Any) -> None:
    """What was met against what was expected, and what will be remembered."""
    visit.perceived = perception(
        visit.experience, visit.will, visit.should, satisfaction.assimilation, satisfaction.contrast
    )
    visit.gap = gap(visit.experience, visit.will, satisfaction.assimilation, satisfaction.tolerance_zone)
    response = response_to(visit.gap, satisfaction.loss_aversion, satisfaction.gain_saturation)
    visit.encounter = encounter(
        satisfaction.intercept,
        satisfaction.performance_weight,
        visit.perceived,
        satisfaction.disconfirmation_weight * visit.factor[DISCONFIRMATION],
        response,
    )
    visit.peak = 0.0
    visit.end = 0.0
    for t in range(5):
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


def basket_is_filled(visit: Values, purchase: Any, ordinary: float) -> None:
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
    visit.amount = amount * visit.bought
    visit.margin = gross_margin(visit.amount, visit.cost_share)
