"""The market's week: last week's totals and this week's plan become this week's offers.

Compiled as it stands, and the plain twin runs it too.
"""

from __future__ import annotations

from typing import Any

from simulation.arithmetic import clip, log_
from simulation.compiling import phase
from simulation.customer.rating import level_of_stars
from simulation.market.brand import advertising_level, brand_after, price_level, reputation
from simulation.market.learning import less_by, reached_after_visit
from simulation.market.queue import (
    queue_penalty,
    queue_per_till,
    share_served,
    utilisation,
    wait_minutes,
    waiting_in_services,
)
from simulation.market.staff import (
    broken_promise,
    cover,
    motivation_target,
    on_the_floor,
    openness_effect,
    service,
    skill_after,
    turnover,
)
from simulation.market.store import atmosphere, bustle, crowding, freshness_after, load, stock_out_chance
from simulation.market.word import less_by_replies, message_rate, posted_mean, postings_kept
from simulation.records import DETERMINANTS, LINK_TOTALS, STARS, TOUCHPOINTS, VISIT_TOTALS

CUSTOMERS = LINK_TOTALS.index("customers")
SATISFACTION = LINK_TOTALS.index("satisfaction")
FIRST_STAR = VISIT_TOTALS.index("stars_1")
FIXED = 65536.0


@phase
def offers_arise(week: int, market: Any, plans: Any, numbers: Any) -> None:
    """Every outlet's levels of this week, from its state, its plan and last week's visits."""
    mean_price = market_price(week, market, plans)
    for r in range(market.retailers.size):
        market.retailers[r].awareness = plans.retailers[week, r].awareness
        market.retailers[r].offers = plans.retailers[week, r].offers
        market.retailers[r].winback = plans.retailers[week, r].winback
        market.retailers[r].answers = plans.retailers[week, r].answers
        market.retailers[r].wave = plans.retailers[week, r].wave
        market.retailers[r].wave_stars = plans.retailers[week, r].wave_stars
        customers_are_sought(market.retailers[r], plans.retailers[week, r], numbers.learning.survey_fatigue)
        accounts_are_planned(market.retailers[r], plans.retailers[week, r])
    for o in range(market.outlets.size):
        outlet = market.outlets[o]
        plan = plans.outlets[week, o]
        retailer = market.retailers[outlet.retailer]
        price_index = plan.price_index
        offer = market.offers[o]
        for k in range(DETERMINANTS):  # as given; those that emerge follow, each from its own function
            market.levels[o, k] = plans.levels[week, o, k]
        offer.is_open = plan.is_open
        offer.attraction = outlet.attraction + plan.appeal
        offer.questions = plan.questions
        relation_is_offered(offer, plans.retailers[week, outlet.retailer])
        offer.rating = retailer.rating
        offer.price_index = price_index
        offer.log_price = log_(price_index)
        offer.cost_share = (1.0 - retailer.margin) * outlet.base_price / price_index
        offer.price = price_level(
            numbers.store.ordinary_level, numbers.store.price_perception, price_index, mean_price, outlet.price_offset
        )
        offer.price = clip(offer.price + (plan.price - outlet.given_price))
        offer.brand = clip(retailer.brand + (plan.brand - retailer.given_brand))
        offer.atmosphere = atmosphere(plan.atmosphere, numbers.store.atmosphere_floor, outlet.fresh)
        crowd_in(outlet, offer, plan, plans.situations[week].season_ratio, numbers.store)
        learned = market.learning[outlet.retailer]
        offer.stock_out = less_by(offer.stock_out * plan.stock_outs, learned.fewer_stock_outs)
        offer.failure_rate = less_by(numbers.experience.failure_rate * plan.failures, learned.fewer_failures)
        for t in range(TOUCHPOINTS):
            market.gains[o, t] = learned.gain[t]
        staff_serve(outlet, offer, plan, retailer, numbers.service, numbers.store.reference_load)


@phase
def customers_are_sought(retailer: Any, plan: Any, fatigue: float) -> None:
    """How many visits the retailer itself follows up, and what its replies leave of bad word in public."""
    retailer.reached = reached_after_visit(plan.asked, plan.response, fatigue, plan.called)
    retailer.public_blame = less_by_replies(1.0, plan.replied, plan.calmed)


@phase
def accounts_are_planned(retailer: Any, plan: Any) -> None:
    """What the retailer does by name this week."""
    retailer.identified = plan.identified
    retailer.consent = plan.consent
    retailer.sent = plan.sent
    retailer.sent_before = plan.sent_before
    retailer.sent_earlier = plan.sent_earlier
    retailer.sent_lately = plan.sent_lately
    retailer.to_responsive = plan.to_responsive
    retailer.to_others = plan.to_others
    retailer.message_gain = plan.message_gain
    retailer.message_discount = plan.message_discount
    retailer.preferred = plan.preferred
    retailer.scheme = plan.scheme
    retailer.inertia = plan.inertia
    retailer.acceleration = plan.acceleration
    retailer.kept_at_risk = plan.kept_at_risk
    retailer.kept_others = plan.kept_others
    retailer.winning = plan.winning
    retailer.personal = plan.personal


@phase
def relation_is_offered(offer: Any, plan: Any) -> None:
    """What a visit holds for who is known, or a member, and what was promised."""
    offer.promise = plan.promise
    offer.profile = plan.profile
    offer.continuity = plan.continuity
    offer.scheme = plan.scheme
    offer.reward_spend = plan.reward_spend
    offer.reward_value = plan.reward_spend * plan.reward_percent / 100.0


@phase
def market_price(week: int, market: Any, plans: Any) -> float:
    """Mean price index, weighted by last week's visits."""
    paid = 0.0
    visits = 0.0
    for o in range(market.outlets.size):
        outlet = market.outlets[o]
        weight = outlet.visits * plans.outlets[week, o].is_open
        paid += weight * plans.outlets[week, o].price_index
        visits += weight
    return paid / visits if visits > 0.0 else 1.0


@phase
def crowd_in(outlet: Any, offer: Any, plan: Any, season_ratio: float, store: Any) -> None:
    """Load, and what follows from it for other people and for stock."""
    physical = 1.0 - outlet.online
    outlet.load = load(outlet.visits, season_ratio, plan.capacity)
    offer.load = outlet.load
    offer.crowd = physical * crowding(
        outlet.load, store.comfortable_load, store.crowding_response, store.reference_load
    )
    offer.bustle = physical * bustle(outlet.load, store.comfortable_load, store.bustle_response, store.reference_load)
    offer.stock_out = stock_out_chance(
        outlet.load, store.stock_out_base, store.stock_out_response, store.reference_load, store.stock_out_cap
    )
    outlet.fresh = freshness_after(outlet.fresh, store.atmosphere_wear, plan.upkeep)


@phase
def staff_serve(outlet: Any, offer: Any, plan: Any, retailer: Any, numbers: Any, reference_load: float) -> None:
    """The service level and the queue; then staff learn, tire and leave."""
    physical = 1.0 - outlet.online
    weekly_hours = plan.training_hours / 52.0
    staff = on_the_floor(plan.staff, plan.training_hours, numbers.hours_per_year)
    staff_cover = cover(staff, outlet.usual_staff, outlet.load, reference_load)
    use = utilisation(numbers.till_busy, outlet.load, reference_load, staff * plan.tills, outlet.usual_staff)
    services = physical * waiting_in_services(use, max(1.0, numbers.tills_share * staff))
    offer.served = share_served(
        numbers.till_busy,
        outlet.load,
        reference_load,
        staff * plan.tills,
        outlet.usual_staff,
        numbers.till_most,
        physical,
    )
    offer.wait = wait_minutes(services, numbers.till_minutes, numbers.wait_cap_minutes)
    offer.queue = queue_penalty(queue_per_till(services, use), numbers.queue_penalty, numbers.queue_penalty_cap)
    given = service(
        numbers.skill_weight,
        outlet.skill,
        numbers.motivation_weight,
        outlet.motivation,
        numbers.cover_weight,
        staff_cover,
    )
    offer.service = given + (plan.service - outlet.given_service)
    offer.skill = outlet.skill
    offer.motivation = outlet.motivation
    outlet.turnover = turnover(
        numbers.turnover_yearly, numbers.turnover_response, numbers.motivation_usual, outlet.motivation
    )
    offer.turnover = outlet.turnover
    outlet.skill = skill_after(
        outlet.skill, numbers.training_gain, weekly_hours, numbers.forgetting, outlet.turnover, outlet.newcomer
    )
    target = motivation_target(
        numbers.motivation_usual,
        numbers.overload_response,
        staff_cover,
        numbers.support_response,
        weekly_hours,
        openness_effect(plan.openness, outlet.openness, numbers.openness_gain, numbers.openness_shock) + plan.support,
        broken_promise(
            retailer.brand, given, max(0.0, retailer.given_brand - outlet.given_service), numbers.promise_response
        ),
    )
    outlet.openness = outlet.openness + numbers.openness_pace * (plan.openness - outlet.openness)
    outlet.motivation = outlet.motivation + numbers.motivation_pace * (target - outlet.motivation)


@phase
def market_remembers(market: Any, totals: Any, weight: float, numbers: Any) -> None:
    """Last week's totals become the state that this week reads: visits, ratings, reputations, pools of word."""
    for o in range(market.outlets.size):
        visits = 0
        for segment in range(totals.visits.shape[1]):
            visits += totals.visits[o, segment, 0]
        market.outlets[o].visits = visits * weight
    ratings_are_averaged(market, totals, weight, numbers.word)
    reputations_form(market, totals, numbers)
    pools_fill(market, totals, numbers.word)


@phase
def ratings_are_averaged(market: Any, totals: Any, weight: float, word: Any) -> None:
    """Last week's postings, and those of a crisis, join each retailer's posted mean; older ones count for less."""
    for r in range(market.retailers.size):
        retailer = market.retailers[r]
        new = 0
        stars = 0
        for o in range(market.outlets.size):
            if market.outlets[o].retailer == r:
                for segment in range(totals.visits.shape[1]):
                    for k in range(STARS):
                        count = totals.visits[o, segment, FIRST_STAR + k]
                        new += count
                        stars += count * (k + 1)
        retailer.postings = postings_kept(retailer.postings, word.rating_kept)
        given = stars * weight + retailer.wave * retailer.wave_stars
        posted = new * weight + retailer.wave
        retailer.rating = posted_mean(retailer.rating, retailer.postings, given, posted)
        retailer.postings += posted


@phase
def reputations_form(market: Any, totals: Any, numbers: Any) -> None:
    """Each brand follows its customers' satisfaction, its ratings and its advertising; without customers it stays."""
    word = numbers.word
    for r in range(market.retailers.size):
        retailer = market.retailers[r]
        customers = 0
        satisfaction = 0
        for segment in range(totals.links.shape[1]):
            customers += totals.links[r, segment, CUSTOMERS]
            satisfaction += totals.links[r, segment, SATISFACTION]
        if customers > 0:
            target = reputation(
                satisfaction / FIXED / customers,
                level_of_stars(retailer.rating),
                advertising_level(retailer.awareness, word.advertising_half),
                word.reputation_ratings,
                word.reputation_advertising,
            )
            retailer.brand = brand_after(retailer.brand, numbers.store.brand_pace, target)


@phase
def pools_fill(market: Any, totals: Any, word: Any) -> None:
    """What was told last week, as messages a person may hear this week, per neighbourhood and retailer."""
    retailers = market.retailers.size
    cells = market.residents.size
    people = 0.0
    for c in range(cells):
        people += market.residents[c]
    for r in range(retailers):
        praise = 0
        blame = 0
        for c in range(cells):
            praise += totals.word[c, r, 0]
            blame += totals.word[c, r, 1]
        in_public = blame * market.retailers[r].public_blame
        for c in range(cells):
            pool = market.word[c * retailers + r]
            here = market.residents[c]
            pool.praise = message_rate(totals.word[c, r, 0], here, praise, people, word.listeners, word.town_share)
            pool.blame = message_rate(totals.word[c, r, 1], here, in_public, people, word.listeners, word.town_share)
