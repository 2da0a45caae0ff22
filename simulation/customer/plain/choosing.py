"""Choice of one customer, phase by phase as in the compiled `choosing.py`."""

from __future__ import annotations

from inspect import signature
from typing import Any

from simulation.arithmetic import gumbel, normal
from simulation.chance import CHOICE, OFFER, STAY_AT_HOME
from simulation.customer.choice import (
    appeal_now,
    considered,
    digital_appeal,
    from_parts,
    habit,
    may_be_chosen,
    mood_for_screens,
    utility,
)
from simulation.customer.lane import CHANNEL_PREFERENCE, FIRST_SITUATION, PRICE_SENSITIVITY
from simulation.customer.memory import drifted, from_steps
from simulation.customer.moderation import moderate, on_scale
from simulation.customer.needs import arrives
from simulation.customer.plain.luck import Luck
from simulation.customer.plain.values import Values
from simulation.customer.relation import happens_if
from simulation.customer.tie import by_type, is_emotional, is_tied, may_answer, rivals_count
from simulation.parameters import SITUATION_SOURCES
from simulation.records import REACH, TRAITS

UTILITY_TERMS = tuple(signature(getattr(utility, "py_func", utility)).parameters)
PERSON_READ = ("log_basket", "habitual", "should")


def customers_arrive(visit: Values, people: Any, situation: Any) -> None:
    """Load who the customer is and what everybody meets this week."""
    visit.key = int(people.key[visit.who])
    visit.cell = int(people.cell[visit.who])
    for name in PERSON_READ:
        setattr(visit, name, float(getattr(people, name)[visit.who]))
    for trait in range(len(TRAITS)):
        visit.source[trait] = float(people.traits[trait, visit.who])
    for number, name in enumerate(SITUATION_SOURCES, FIRST_SITUATION):
        visit.source[number] = getattr(situation, name)


def newcomers_are_known(visit: Values, week: int, occasion: int, people: Any) -> None:
    """Whether this is the customer's first occasion: they come into the market now."""
    visit.first_week = int(people.first_week[visit.who])
    visit.arriving = arrives(float(visit.first_week), float(week), float(occasion))


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
        visit.link_satisfaction[s] = drifted(from_steps(links.satisfaction[s, visit.who]), visit.habitual, share)
        visit.link_loyalty[s] = 0.0


def offers_reach(visit: Values, luck: Luck, week: int, slots: int, links: Any, retailers: list[Values]) -> None:
    """Whom a personal offer of each retailer reaches this week, and what kind of relationship there is."""
    for s in range(slots):
        retailer = retailers[max(int(links.retailer[s, visit.who]), 0)]
        visit.link_answers[s] = retailer.answers
        visit.link_type[s] = float(links.type[s, visit.who])
        u, _, _, _ = luck.uniforms(week, 0, 0, OFFER, retailer.number)
        visit.link_offer[s] = happens_if(u, retailer.offers, 1.0)


def outlets_come_to_mind(visit: Values, links: Any, reach: Any, offers: Any, log_minutes: Any) -> None:
    """The outlets in reach: what they offer, what habit and satisfaction say of them."""
    for a in range(REACH):
        held = int(reach.outlet[a, visit.who])
        offer = offers[max(held, 0)]
        visit.a_outlet[a] = max(held, 0)
        visit.a_link[a] = int(reach.link[a, visit.who])
        visit.a_taste[a] = from_parts(float(reach.taste[a, visit.who]))
        visit.a_loyalty[a] = float(reach.loyalty[a, visit.who])
        visit.status = float(links.status[visit.a_link[a], visit.who])
        is_there = 1.0 if held >= 0 else 0.0
        visit.a_may[a] = may_be_chosen(is_there * offer.is_open, visit.status)
        visit.a_number[a] = offer.number
        visit.a_attraction[a] = offer.attraction
        visit.a_log_price[a] = offer.log_price
        visit.a_online[a] = offer.online
        visit.a_log_minutes[a] = log_minutes[visit.cell][visit.a_outlet[a]]
        visit.a_heard[a] = float(links.heard[visit.a_link[a], visit.who])
        visit.link_loyalty[visit.a_link[a]] += visit.a_loyalty[a]
    outlets_are_of_retailers(visit)


def outlets_are_of_retailers(visit: Values) -> None:
    """What habit, satisfaction and the relationship say of the retailer holds for each of its outlets."""
    for a in range(REACH):
        visit.a_link_loyalty[a] = visit.link_loyalty[visit.a_link[a]]
        visit.a_satisfaction[a] = visit.link_satisfaction[visit.a_link[a]]
        visit.a_type[a] = visit.link_type[visit.a_link[a]]
        visit.a_offer[a] = visit.link_offer[visit.a_link[a]]
        visit.a_answers[a] = visit.link_answers[visit.a_link[a]]


def utilities_form(
    visit: Values, luck: Luck, week: int, occasion: int, choice: Any, ties: Any, ordinary: float
) -> None:
    """Utility of every outlet in reach and of staying at home, with the luck of this occasion.

    The terms of each utility, by the names that `utility` gives them, stay in `a_terms` for stories.
    """
    u, visit.loyal_luck, visit.answer_luck, mood = luck.uniforms(week, occasion, 0, CHOICE, STAY_AT_HOME)
    visit.home_value = choice.none_utility
    visit.home_utility = considered(choice.none_utility + gumbel(u), 1.0 - visit.arriving)
    visit.screen_mood = mood_for_screens(choice.online_occasion_sd, normal(mood))
    visit.emotional = 0.0
    for a in range(REACH):
        visit.emotional = max(visit.emotional, visit.a_may[a] * is_emotional(visit.a_type[a]))
    for a in range(REACH):
        u, _, _, _ = luck.uniforms(week, occasion, 0, CHOICE, visit.a_number[a])
        visit.a_utility[a] = gumbel(u)
    for a in range(REACH):
        loyalty = habit(choice.habit_at_retailer, visit.a_link_loyalty[a], visit.a_loyalty[a])
        channel = digital_appeal(
            visit.a_online[a], choice.online_utility, choice.online_preference_sd, visit.source[CHANNEL_PREFERENCE]
        )
        channel = appeal_now(channel, visit.a_online[a], visit.screen_mood)
        kind = visit.a_type[a]
        price = choice.price_weight * visit.factor[0] * visit.source[PRICE_SENSITIVITY]
        price = price * by_type(
            kind, ties.price_response_quantitative, ties.price_response_social, ties.price_response_emotional
        )
        terms = (
            visit.a_attraction[a],
            choice.satisfaction_weight * visit.factor[1] * (visit.a_satisfaction[a] - ordinary),
            choice.habit_weight * loyalty,
            price * visit.a_log_price[a],
            choice.distance_weight * visit.a_log_minutes[a],
            channel,
            visit.a_taste[a],
            visit.a_heard[a],
            ties.tie_utility * is_tied(kind),
            ties.offer_utility * visit.a_offer[a],
            visit.a_personal[a],
        )
        value = utility(*terms)
        visit.a_terms[a] = dict(zip(UTILITY_TERMS, terms, strict=True))
        visit.a_value[a] = value
        counts = rivals_count(visit.loyal_luck, ties.emotional_exclusive, visit.emotional, is_emotional(kind))
        visit.a_counts[a] = counts
        visit.a_utility[a] = considered(value + visit.a_utility[a], visit.a_may[a] * counts)


def best_is_chosen(visit: Values) -> None:
    """The largest utility wins; `best` is -1 for staying at home."""
    visit.best = -1
    visit.best_utility = visit.home_utility
    for a in range(REACH):
        if visit.a_utility[a] > visit.best_utility:
            visit.best = a
            visit.best_utility = visit.a_utility[a]
    visit.went = 1.0 if visit.best >= 0 else 0.0


def offers_are_answered(visit: Values, offer_utility: float) -> None:
    """A retailer whose tied customer would follow a rival's offer may make the same one: the last refusal."""
    visit.first_choice = visit.best
    visit.place = max(visit.best, 0)
    visit.slot = visit.a_link[visit.place]
    visit.offer = visit.a_offer[visit.place] * visit.went
    visit.answered = 0.0
    for a in range(REACH):
        elsewhere = visit.offer if visit.a_link[a] != visit.slot else 0.0
        answers = elsewhere * may_answer(
            visit.answer_luck, visit.a_answers[a], is_tied(visit.a_type[a]), visit.a_offer[a]
        )
        value = visit.a_utility[a] + offer_utility
        if answers > 0.0 and value > visit.best_utility:
            visit.best = a
            visit.best_utility = value
            visit.answered = 1.0
