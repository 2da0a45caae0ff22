"""One visit, compiled: a lane of customers runs through the journey one phase at a time.

The loops hold no behaviour; the boxes do.

`plain` calls the same boxes in the same order for one customer; a test compares the two, call by call and bit by
bit.
"""

from __future__ import annotations

import math
from typing import Any

from simulation.arithmetic import gumbel, normal
from simulation.bits import uniforms
from simulation.chance import CHOICE, STAY_AT_HOME, TASTE_RETAILER, VISIT
from simulation.compiling import phase
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
from simulation.customer.gathering import fill, gather, gather_at
from simulation.customer.lane import CONSUMER_SOURCES, LANE, VISIT_TARGETS
from simulation.customer.memory import drifted, usual_level
from simulation.customer.moderation import moderate, on_scale
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
from simulation.records import REACH

CULTURE = len(CONSUMER_SOURCES)
HEDONIC = CULTURE + 5
FIRST_DIMENSION = VISIT_TARGETS.index("dimension.cognitive")
WAIT_SENSITIVITY = VISIT_TARGETS.index("wait_sensitivity")
CROWDING_SENSITIVITY = VISIT_TARGETS.index("crowding_sensitivity")
DISCONFIRMATION = VISIT_TARGETS.index("disconfirmation")
BASKET = VISIT_TARGETS.index("basket")


@phase
def customers_arrive(visit: Any, first: int, count: int, who: Any, people: Any, situation: Any) -> None:
    """Load who is in the lane; the rest of a short lane repeats its last customer and is masked when written."""
    for j in range(LANE):
        visit.who[j] = who[first + min(j, count - 1)]
    gather(visit.key, people.key, visit.who)
    gather(visit.cell, people.cell, visit.who)
    gather(visit.log_basket, people.log_basket, visit.who)
    gather(visit.channel_preference, people.channel_preference, visit.who)
    gather(visit.leniency, people.leniency, visit.who)
    gather(visit.habitual, people.habitual, visit.who)
    gather(visit.should, people.should, visit.who)
    gather(visit.source[0], people.goal, visit.who)
    gather(visit.source[1], people.age, visit.who)
    gather(visit.source[2], people.income, visit.who)
    gather(visit.source[3], people.household, visit.who)
    gather(visit.source[4], people.price_sensitivity, visit.who)
    gather(visit.source[5], people.involvement, visit.who)
    gather(visit.source[6], people.innovativeness, visit.who)
    fill(visit.source[CULTURE], situation.culture)
    fill(visit.source[CULTURE + 1], situation.season)
    fill(visit.source[CULTURE + 2], situation.climate)
    fill(visit.source[CULTURE + 3], situation.competition)
    fill(visit.source[CULTURE + 4], situation.entry)


@phase
def moderators_act(visit: Any, moderation: Any) -> None:
    """Every moderator of this stage multiplies its target."""
    for t in range(moderation.targets):
        for j in range(LANE):
            visit.factor[t, j] = 1.0
    for row in range(moderation.source.size):
        s = moderation.source[row]
        t = moderation.target[row]
        middle = moderation.middle[row]
        per_unit = moderation.per_unit[row]
        strength = moderation.strength[row]
        for j in range(LANE):
            z = on_scale(visit.source[s, j], middle, per_unit)
            visit.factor[t, j] = moderate(visit.factor[t, j], strength, z)


@phase
def retailers_are_recalled(visit: Any, week: int, slots: int, links: Any, kept: Any) -> None:
    """Satisfaction with each retailer, as it has drifted to this week."""
    for s in range(slots):
        gather(visit.last_visit, links.last_visit[s], visit.who)
        gather(visit.satisfaction, links.satisfaction[s], visit.who)
        for j in range(LANE):
            share = kept[week - visit.last_visit[j]]
            visit.link_satisfaction[s, j] = drifted(visit.satisfaction[j], visit.habitual[j], share)
        fill(visit.link_loyalty[s], 0.0)


@phase
def outlets_come_to_mind(visit: Any, links: Any, reach: Any, offers: Any, log_minutes: Any) -> None:
    """Load the outlets in reach: what they offer, what habit and satisfaction say of them."""
    for a in range(REACH):
        gather(visit.a_outlet[a], reach.outlet[a], visit.who)
        gather(visit.a_link[a], reach.link[a], visit.who)
        gather(visit.a_taste[a], reach.taste[a], visit.who)
        gather(visit.a_loyalty[a], reach.loyalty[a], visit.who)
        gather_at(visit.status, links.status, visit.a_link[a], visit.who)
        for j in range(LANE):
            visit.went[j] = 1.0 if visit.a_outlet[a, j] >= 0 else 0.0
            visit.a_outlet[a, j] = max(visit.a_outlet[a, j], 0)
        gather(visit.online, offers.is_open, visit.a_outlet[a])
        for j in range(LANE):
            visit.a_may[a, j] = may_be_chosen(visit.went[j] * visit.online[j], visit.status[j])
        gather(visit.a_number[a], offers.number, visit.a_outlet[a])
        gather(visit.a_attraction[a], offers.attraction, visit.a_outlet[a])
        gather(visit.a_log_price[a], offers.log_price, visit.a_outlet[a])
        gather(visit.a_online[a], offers.online, visit.a_outlet[a])
        gather_at(visit.a_log_minutes[a], log_minutes, visit.cell, visit.a_outlet[a])
        for j in range(LANE):
            visit.link_loyalty[visit.a_link[a, j], j] += visit.a_loyalty[a, j]
    for a in range(REACH):
        for j in range(LANE):
            visit.a_link_loyalty[a, j] = visit.link_loyalty[visit.a_link[a, j], j]
        for j in range(LANE):
            visit.a_satisfaction[a, j] = visit.link_satisfaction[visit.a_link[a, j], j]


@phase
def utilities_form(
    visit: Any, seed: int, replicate: int, week: int, occasion: int, choice: Any, ordinary: float
) -> None:
    """Utility of every outlet in reach and of staying at home, with the luck of this occasion."""
    for a in range(REACH):
        for j in range(LANE):
            luck, _, _, _ = uniforms(seed, replicate, visit.key[j], week, occasion, 0, CHOICE, visit.a_number[a, j])
            visit.a_utility[a, j] = gumbel(luck)
    for a in range(REACH):
        for j in range(LANE):
            loyalty = habit(choice.habit_at_retailer, visit.a_link_loyalty[a, j], visit.a_loyalty[a, j])
            channel = digital_appeal(
                visit.a_online[a, j], choice.online_utility, choice.online_preference_sd, visit.channel_preference[j]
            )
            value = utility(
                visit.a_attraction[a, j],
                choice.satisfaction_weight * visit.factor[1, j] * (visit.a_satisfaction[a, j] - ordinary),
                choice.habit_weight * loyalty,
                choice.price_weight * visit.factor[0, j] * visit.source[4, j] * visit.a_log_price[a, j],
                choice.distance_weight * visit.a_log_minutes[a, j],
                channel,
                visit.a_taste[a, j],
            )
            visit.a_utility[a, j] = considered(value + visit.a_utility[a, j], visit.a_may[a, j])
    for j in range(LANE):
        luck, _, _, _ = uniforms(seed, replicate, visit.key[j], week, occasion, 0, CHOICE, STAY_AT_HOME)
        visit.home_utility[j] = choice.none_utility + gumbel(luck)


@phase
def best_is_chosen(visit: Any, count: int) -> None:
    """The largest utility wins; `best` is -1 for staying at home."""
    for j in range(LANE):
        visit.best[j] = -1
    for a in range(REACH):
        for j in range(LANE):
            better = visit.a_utility[a, j] > visit.home_utility[j]
            visit.best[j] = a if better else visit.best[j]
            visit.home_utility[j] = visit.a_utility[a, j] if better else visit.home_utility[j]
    for j in range(LANE):
        visit.went[j] = 1.0 if visit.best[j] >= 0 and j < count else 0.0


@phase
def outlet_is_entered(visit: Any, offers: Any) -> None:
    """Load what the chosen outlet offers."""
    for j in range(LANE):
        visit.place[j] = max(visit.best[j], 0)
    for j in range(LANE):
        visit.outlet[j] = visit.a_outlet[visit.place[j], j]
    for j in range(LANE):
        visit.slot[j] = visit.a_link[visit.place[j], j]
    gather(visit.number, offers.number, visit.outlet)
    gather(visit.retailer_number, offers.retailer_number, visit.outlet)
    gather(visit.online, offers.online, visit.outlet)
    gather(visit.integration, offers.integration, visit.outlet)
    gather(visit.social, offers.social, visit.outlet)
    gather(visit.crowd, offers.crowd, visit.outlet)
    gather(visit.bustle, offers.bustle, visit.outlet)
    gather(visit.service, offers.service, visit.outlet)
    gather(visit.queue, offers.queue, visit.outlet)
    gather(visit.wait, offers.wait, visit.outlet)
    gather(visit.atmosphere, offers.atmosphere, visit.outlet)
    gather(visit.assortment, offers.assortment, visit.outlet)
    gather(visit.stock_out, offers.stock_out, visit.outlet)
    gather(visit.price, offers.price, visit.outlet)
    gather(visit.channels, offers.channels, visit.outlet)
    gather(visit.brand, offers.brand, visit.outlet)
    gather(visit.log_price, offers.log_price, visit.outlet)
    gather(visit.cost_share, offers.cost_share, visit.outlet)
    gather(visit.source[HEDONIC], offers.hedonic, visit.outlet)
    gather(visit.source[HEDONIC + 1], offers.online, visit.outlet)
    gather(visit.source[HEDONIC + 2], offers.location, visit.outlet)


@phase
def past_is_recalled(visit: Any, links: Any, kept: Any, week: int, ordinary: float) -> None:
    """Stocks of the chosen retailer as they have drifted since the last visit.

    Whether its other channel is in reach.
    """
    gather_at(visit.last_visit, links.last_visit, visit.slot, visit.who)
    gather_at(visit.will, links.will, visit.slot, visit.who)
    gather_at(visit.trust, links.trust, visit.slot, visit.who)
    gather_at(visit.visits, links.visits, visit.slot, visit.who)
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
        usual = usual_level(ordinary, visit.leniency[j])
        visit.trust[j] = drifted(visit.trust[j], visit.habitual[j], visit.kept[j])
        store = drifted(visit.own_stock[j], usual, visit.kept[j])
        digital = drifted(visit.other_stock[j], usual, visit.kept[j])
        visit.own_stock[j] = digital if visit.online[j] > 0.0 else store
        visit.other_stock[j] = store if visit.online[j] > 0.0 else digital
        for d in range(4):
            visit.past[d, j] = drifted(visit.past[d, j], usual, visit.kept[j])
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
        visit.fails[j] = fails(a, experience.failure_rate)
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
        a, b, c, _ = uniforms(seed, replicate, visit.key[j], week, occasion, 3, VISIT, visit.number[j])
        visit.luck[4, j] = a
        visit.basket_luck[j] = normal(b)
        visit.end_luck[j] = c
    for t in range(5):
        for j in range(LANE):
            visit.luck[t, j] = experience.touchpoint_noise_sd * normal(visit.luck[t, j])


@phase
def determinants_are_met(visit: Any, experience: Any, ordinary: float, strength: Any) -> None:
    """The seven determinants as this customer meets them here and now."""
    for j in range(LANE):
        patience = visit.factor[WAIT_SENSITIVITY, j]
        tolerance = visit.factor[CROWDING_SENSITIVITY, j]
        visit.level[0, j] = social_level(
            visit.social[j], visit.crowd[j], tolerance, visit.bustle[j], visit.source[0, j]
        )
        visit.level[1, j] = service_level(visit.service[j], visit.queue[j], patience)
        visit.level[2, j] = visit.atmosphere[j]
        visit.level[3, j] = assortment_level(visit.assortment[j], visit.out_of_stock[j], experience.stock_out_loss)
        visit.level[4, j] = visit.price[j]
        visit.level[5, j] = channels_level(visit.channels[j], visit.integration[j], visit.other_stock[j], ordinary)
        visit.level[6, j] = visit.brand[j]
    for k in range(7):
        for j in range(LANE):
            visit.level[k, j] = stands_out(visit.level[k, j], strength[k], ordinary)


@phase
def weights_are_moderated(visit: Any, base: Any, omega: Any) -> None:  # noqa: C901  (seven plain loops)
    """How much each determinant counts in each dimension, and each dimension in the whole, for this customer here."""
    for j in range(LANE):
        visit.factor[5, j] = exists_or_not(visit.factor[5, j], visit.other_exists[j])
    for d in range(4):
        for k in range(7):
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
    for k in range(7):
        fill(visit.weight[k], 0.0)
    for d in range(4):
        for j in range(LANE):
            visit.sum[j] = sum_of_pulls(
                visit.pull[d, 0, j],
                visit.pull[d, 1, j],
                visit.pull[d, 2, j],
                visit.pull[d, 3, j],
                visit.pull[d, 4, j],
                visit.pull[d, 5, j],
                visit.pull[d, 6, j],
            )
        for k in range(7):
            for j in range(LANE):
                share = importance(visit.omega[d, j], visit.pull[d, k, j], visit.sum[j])
                visit.weight[k, j] = visit.weight[k, j] + share


@phase
def touchpoints_deliver(visit: Any, presence: Any, past_weight: float) -> None:
    """Each dimension at each touchpoint, blended with past experience, and each touchpoint as a whole, before mood."""
    for t in range(5):
        at = (
            presence[t, 0],
            presence[t, 1],
            presence[t, 2],
            presence[t, 3],
            presence[t, 4],
            presence[t, 5],
            presence[t, 6],
        )
        for d in range(4):
            for j in range(LANE):
                pulls = (
                    visit.pull[d, 0, j],
                    visit.pull[d, 1, j],
                    visit.pull[d, 2, j],
                    visit.pull[d, 3, j],
                    visit.pull[d, 4, j],
                    visit.pull[d, 5, j],
                    visit.pull[d, 6, j],
                )
                levels = (
                    visit.level[0, j],
                    visit.level[1, j],
                    visit.level[2, j],
                    visit.level[3, j],
                    visit.level[4, j],
                    visit.level[5, j],
                    visit.level[6, j],
                )
                delivered = mean_of_determinants(pulls, at, levels)
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


@phase
def failure_strikes(visit: Any, experience: Any, bought_counts: float) -> None:
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
        )
    for t in range(5):
        for j in range(LANE):
            met_advice = visit.met_advice[j]
            planned = 3.0 + met_advice + visit.met_aftercare[j]
            place = float(t) if t < 3 else float(t) - 1.0 + met_advice
            exists = met_advice if t == 2 else 1.0
            here = is_at(visit.place_luck[j], planned, place) * exists
            lost = loss_at(visit.loss[j], experience.failure_spread, visit.touchpoints[j], here)
            visit.mood[t, j] = mood(visit.leniency[j], visit.fit[j], visit.visit_luck[j], visit.luck[t, j]) - lost
            visit.felt[t, j] = felt(visit.met_whole[t, j], experience.past_weight, visit.mood[t, j])


@phase
def customers_decide_to_buy(visit: Any, purchase: Any, ordinary: float) -> None:
    """Who buys, judging by discover, browse and any advice."""
    for j in range(LANE):
        early = visit.felt[0, j] + visit.felt[1, j] + visit.met_advice[j] * visit.felt[2, j]
        visit.first_part[j] = mean_of_met(early, 2.0 + visit.met_advice[j])
        chance = chance_to_buy(
            purchase.buy_base,
            purchase.buy_experience,
            visit.first_part[j],
            ordinary,
            purchase.buy_wait * visit.factor[WAIT_SENSITIVITY, j] * visit.wait[j],
            purchase.buy_stock_out * visit.out_of_stock[j],
        )
        visit.bought[j] = 1.0 if visit.buy_luck[j] < chance else 0.0


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
        for t in range(5):
            total = total + visit.met[t, j] * visit.felt[t, j]
        visit.experience[j] = mean_of_met(total, visit.touchpoints[j])
    for j in range(LANE):
        total = 0.0
        for t in range(5):
            total = total + visit.met[t, j] * visit.mood[t, j]
        average_mood = mean_of_met(total, visit.touchpoints[j])
        for d in range(4):
            part = 0.0
            for t in range(5):
                part = part + visit.met[t, j] * visit.delivered[t, d, j]
            visit.dimension[d, j] = felt(mean_of_met(part, visit.touchpoints[j]), past_weight, average_mood)


@phase
def visit_is_judged(visit: Any, satisfaction: Any) -> None:
    """What was met against what was expected, and what will be remembered."""
    for j in range(LANE):
        visit.perceived[j] = perception(
            visit.experience[j], visit.will[j], visit.should[j], satisfaction.assimilation, satisfaction.contrast
        )
        visit.gap[j] = gap(visit.experience[j], visit.will[j], satisfaction.assimilation, satisfaction.tolerance_zone)
        response = response_to(visit.gap[j], satisfaction.loss_aversion, satisfaction.gain_saturation)
        visit.encounter[j] = encounter(
            satisfaction.intercept,
            satisfaction.performance_weight,
            visit.perceived[j],
            satisfaction.disconfirmation_weight * visit.factor[DISCONFIRMATION, j],
            response,
        )
        visit.peak[j] = 0.0
        visit.end[j] = 0.0
    for t in range(5):
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
def basket_is_filled(visit: Any, purchase: Any, ordinary: float) -> None:
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
        visit.amount[j] = amount * visit.bought[j]
        visit.margin[j] = gross_margin(visit.amount[j], visit.cost_share[j])
