"""Choice, compiled: who arrives, what comes to mind, which outlet wins.

A lane of customers runs through the journey one phase at a time: here, then in `meeting.py`, then in `judging.py`. The
loops hold no behaviour; the boxes do. `plain` calls the same boxes in the same order for one customer; a test compares
the two, call by call and bit by bit.
"""

from __future__ import annotations

from typing import Any

from simulation.arithmetic import gumbel, normal
from simulation.bits import uniforms
from simulation.chance import CHOICE, OFFER, STAY_AT_HOME
from simulation.compiling import phase
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
from simulation.customer.gathering import fill, gather, gather_at
from simulation.customer.lane import CHANNEL_PREFERENCE, FIRST_SITUATION, LANE, PRICE_SENSITIVITY
from simulation.customer.memory import drifted, from_steps
from simulation.customer.moderation import moderate, on_scale
from simulation.customer.needs import arrives
from simulation.customer.relation import happens_if
from simulation.customer.tie import by_type, is_emotional, is_tied, may_answer, rivals_count
from simulation.records import REACH, TRAITS


@phase
def customers_arrive(visit: Any, first: int, count: int, who: Any, people: Any, situation: Any) -> None:
    """Load who is in the lane; the rest of a short lane repeats its last customer and is masked when written."""
    for j in range(LANE):
        visit.who[j] = who[first + min(j, count - 1)]
    gather(visit.key, people.key, visit.who)
    gather(visit.cell, people.cell, visit.who)
    gather(visit.log_basket, people.log_basket, visit.who)
    gather(visit.habitual, people.habitual, visit.who)
    gather(visit.should, people.should, visit.who)
    for trait in range(len(TRAITS)):
        gather(visit.source[trait], people.traits[trait], visit.who)
    fill(visit.source[FIRST_SITUATION], situation.culture)
    fill(visit.source[FIRST_SITUATION + 1], situation.season)
    fill(visit.source[FIRST_SITUATION + 2], situation.climate)
    fill(visit.source[FIRST_SITUATION + 3], situation.competition)
    fill(visit.source[FIRST_SITUATION + 4], situation.entry)


@phase
def newcomers_are_known(visit: Any, week: int, occasion: int, people: Any) -> None:
    """Whose first occasion this is: they come into the market now."""
    gather(visit.first_week, people.first_week, visit.who)
    for j in range(LANE):
        visit.arriving[j] = arrives(float(visit.first_week[j]), float(week), float(occasion))


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
            visit.link_satisfaction[s, j] = drifted(from_steps(visit.satisfaction[j]), visit.habitual[j], share)
        fill(visit.link_loyalty[s], 0.0)


@phase
def offers_reach(visit: Any, week: int, slots: int, links: Any, retailers: Any, seed: int, replicate: int) -> None:
    """Whom a personal offer of each retailer reaches this week, and what kind of relationship there is."""
    for s in range(slots):
        gather(visit.retailer, links.retailer[s], visit.who)
        for j in range(LANE):
            visit.retailer[j] = max(visit.retailer[j], 0)
        gather(visit.retailer_number, retailers.number, visit.retailer)
        gather(visit.offer, retailers.offers, visit.retailer)
        gather(visit.link_answers[s], retailers.answers, visit.retailer)
        gather(visit.link_type[s], links.type[s], visit.who)
        for j in range(LANE):
            luck, _, _, _ = uniforms(seed, replicate, visit.key[j], week, 0, 0, OFFER, visit.retailer_number[j])
            visit.link_offer[s, j] = happens_if(luck, visit.offer[j], 1.0)


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
            visit.a_taste[a, j] = from_parts(visit.a_taste[a, j])
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
        gather_at(visit.a_heard[a], links.heard, visit.a_link[a], visit.who)
        for j in range(LANE):
            visit.link_loyalty[visit.a_link[a, j], j] += visit.a_loyalty[a, j]
    outlets_are_of_retailers(visit)


@phase
def outlets_are_of_retailers(visit: Any) -> None:
    """What habit, satisfaction and the relationship say of the retailer holds for each of its outlets."""
    for a in range(REACH):
        for j in range(LANE):
            visit.a_link_loyalty[a, j] = visit.link_loyalty[visit.a_link[a, j], j]
        for j in range(LANE):
            visit.a_satisfaction[a, j] = visit.link_satisfaction[visit.a_link[a, j], j]
        for j in range(LANE):
            visit.a_type[a, j] = visit.link_type[visit.a_link[a, j], j]
        for j in range(LANE):
            visit.a_offer[a, j] = visit.link_offer[visit.a_link[a, j], j]
        for j in range(LANE):
            visit.a_answers[a, j] = visit.link_answers[visit.a_link[a, j], j]


@phase
def utilities_form(
    visit: Any, seed: int, replicate: int, week: int, occasion: int, choice: Any, ties: Any, ordinary: float
) -> None:
    """Utility of every outlet in reach and of staying at home, with the luck of this occasion."""
    for j in range(LANE):
        luck, b, c, d = uniforms(seed, replicate, visit.key[j], week, occasion, 0, CHOICE, STAY_AT_HOME)
        visit.home_utility[j] = considered(choice.none_utility + gumbel(luck), 1.0 - visit.arriving[j])
        visit.screen_mood[j] = mood_for_screens(choice.online_occasion_sd, normal(d))
        visit.loyal_luck[j] = b
        visit.answer_luck[j] = c
        visit.emotional[j] = 0.0
    for a in range(REACH):
        for j in range(LANE):
            visit.emotional[j] = max(visit.emotional[j], visit.a_may[a, j] * is_emotional(visit.a_type[a, j]))
    for a in range(REACH):
        for j in range(LANE):
            luck, _, _, _ = uniforms(seed, replicate, visit.key[j], week, occasion, 0, CHOICE, visit.a_number[a, j])
            visit.a_utility[a, j] = gumbel(luck)
    for a in range(REACH):
        for j in range(LANE):
            loyalty = habit(choice.habit_at_retailer, visit.a_link_loyalty[a, j], visit.a_loyalty[a, j])
            channel = digital_appeal(
                visit.a_online[a, j],
                choice.online_utility,
                choice.online_preference_sd,
                visit.source[CHANNEL_PREFERENCE, j],
            )
            channel = appeal_now(channel, visit.a_online[a, j], visit.screen_mood[j])
            kind = visit.a_type[a, j]
            price = choice.price_weight * visit.factor[0, j] * visit.source[PRICE_SENSITIVITY, j]
            price = price * by_type(
                kind, ties.price_response_quantitative, ties.price_response_social, ties.price_response_emotional
            )
            tie = ties.tie_utility * is_tied(kind)
            value = utility(
                visit.a_attraction[a, j],
                choice.satisfaction_weight * visit.factor[1, j] * (visit.a_satisfaction[a, j] - ordinary),
                choice.habit_weight * loyalty,
                price * visit.a_log_price[a, j],
                choice.distance_weight * visit.a_log_minutes[a, j],
                channel,
                visit.a_taste[a, j],
                visit.a_heard[a, j],
                tie,
                ties.offer_utility * visit.a_offer[a, j],
                visit.a_personal[a, j],
            )
            counts = rivals_count(visit.loyal_luck[j], ties.emotional_exclusive, visit.emotional[j], is_emotional(kind))
            visit.a_utility[a, j] = considered(value + visit.a_utility[a, j], visit.a_may[a, j] * counts)


@phase
def best_is_chosen(visit: Any, count: int) -> None:
    """The largest utility wins; `best` is -1 for staying at home."""
    for j in range(LANE):
        visit.best[j] = -1
        visit.best_utility[j] = visit.home_utility[j]
    for a in range(REACH):
        for j in range(LANE):
            better = visit.a_utility[a, j] > visit.best_utility[j]
            visit.best[j] = a if better else visit.best[j]
            visit.best_utility[j] = visit.a_utility[a, j] if better else visit.best_utility[j]
    for j in range(LANE):
        visit.went[j] = 1.0 if visit.best[j] >= 0 and j < count else 0.0


@phase
def offers_are_answered(visit: Any, offer_utility: float) -> None:
    """A retailer whose tied customer would follow a rival's offer may make the same one: the last refusal."""
    for j in range(LANE):
        visit.place[j] = max(visit.best[j], 0)
    for j in range(LANE):
        visit.slot[j] = visit.a_link[visit.place[j], j]
    for j in range(LANE):
        visit.offer[j] = visit.a_offer[visit.place[j], j] * visit.went[j]
        visit.answered[j] = 0.0
    for a in range(REACH):
        for j in range(LANE):
            elsewhere = visit.offer[j] if visit.a_link[a, j] != visit.slot[j] else 0.0
            answers = elsewhere * may_answer(
                visit.answer_luck[j], visit.a_answers[a, j], is_tied(visit.a_type[a, j]), visit.a_offer[a, j]
            )
            value = visit.a_utility[a, j] + offer_utility
            wins = answers > 0.0 and value > visit.best_utility[j]
            visit.best[j] = a if wins else visit.best[j]
            visit.best_utility[j] = value if wins else visit.best_utility[j]
            visit.answered[j] = 1.0 if wins else visit.answered[j]
