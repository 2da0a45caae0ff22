"""Relationships in words: how likely the customer was to leave and why, offers, and word heard and told."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from analysis.story_words import Names, listed, points, signed, tenths
from simulation.life import Leaving, Occasion, Relation, Visit, Week

REMARKABLE = 0.02  # chance of leaving in a week
TOLD_FACTOR = 1.05  # of the odds of leaving
TOLD_HEARD = 0.1  # of a utility
REASONS = {
    "person": "who they are",
    "satisfaction": "satisfaction",
    "competition": "competition",
    "relationship": "the kind of relationship",
    "offer": "an offer to stay",
}


def leaving(week: Week, names: Names) -> Iterator[str]:
    """Whom the customer left by chance of the week, or might well have left after what was met, and why."""
    met = _met([week])
    for retailer, relation in week.relations.items():
        seen = relation.leaving
        if seen is not None and (seen.left or (seen.chance >= REMARKABLE and retailer in met)):
            yield f"{names.retailer(retailer)} with a chance of {tenths(seen.chance)} {reasons(seen)}."


def reasons(seen: Leaving) -> str:
    """What multiplies the odds of leaving, beside a usual customer."""
    usual = 1.0 / (1.0 + math.exp(-seen.terms["usual"]))
    factors = {name: math.exp(seen.terms[name]) for name in REASONS if name in seen.terms}
    told = sorted(factors.items(), key=lambda each: -abs(math.log(each[1])))
    parts = [f"{REASONS[name]} × {factor:.2g}" for name, factor in told if max(factor, 1 / factor) >= TOLD_FACTOR]
    return f"(a usual customer {tenths(usual)}): {listed(parts) or 'nothing unusual'}"


def _met(weeks: Iterable[Week]) -> set[str]:
    """Retailers visited, or whose answer came or was waited for."""
    visited = {visit.retailer for week in weeks for visit in week.visits}
    return visited | {name for week in weeks for name, each in week.relations.items() if each.answer is not None}


def largest_chance(weeks: list[Week], names: Names) -> Iterator[str]:
    """The largest chance of leaving a retailer met in weeks that are folded, if it is remarkable."""
    met = _met(weeks)
    chances = [
        (relation.leaving.chance, retailer)
        for week in weeks
        for retailer, relation in week.relations.items()
        if relation.leaving is not None and retailer in met
    ]
    chance, retailer = max(chances, default=(0.0, ""))
    if chance >= REMARKABLE:
        yield f"a chance of up to {tenths(chance)} a week to leave {names.retailer(retailer)}"


def offer(occasion: Occasion, names: Names) -> str | None:
    """A personal offer that was taken, or answered by the retailer that would have lost the visit."""
    visit = occasion.visit
    if visit is None or not visit.offer:
        return None
    saved = f", {names.money(visit.discount)} less" if visit.discount else ""
    if occasion.refused:
        rival = next(each for each in occasion.alternatives if each.outlet == occasion.refused)
        lost = names.outlet(rival.outlet, rival.retailer)
        return f"would have followed an offer to {lost}, but {names.retailer(visit.retailer)} made the same{saved}."
    return f"took a personal offer of {names.retailer(visit.retailer)}{saved}."


def reward(visit: Visit, names: Names) -> str | None:
    """A reward for points, paid out on a visit."""
    return f"{names.money(visit.reward)} less for points, which begin anew." if visit.reward else None


def addressed(week: Week, names: Names) -> str | None:
    """What retailers did for the customer by name in a week, beyond messages, and whether a scheme was joined."""
    parts = [
        f"{words} {names.retailer(retailer)}"
        for retailer, relation in week.relations.items()
        for words, happened in (
            ("joined the loyalty scheme of", relation.joined),
            ("was called back by", relation.called_back),
        )
        if happened
    ]
    return f"{'; '.join(parts)}." if parts else None


def voices(visit: Visit) -> str | None:
    """What others learn of the visit."""
    told = f"told others of it, {visit.told}" if visit.told else ""
    rated = f"posted {visit.stars} star{'s' * (visit.stars != 1)}" if visit.stars else ""
    return f"{'; '.join(filter(None, (told, rated)))}." if told or rated else None


def heard(week: Week, names: Names) -> str | None:
    """Messages of the week, and how far they moved what counts in choice and what is expected."""
    parts = [_heard(name, relation, names) for name, relation in week.relations.items() if _is_moving(relation)]
    return f"{'; '.join(parts)}." if parts else None


def _is_moving(relation: Relation) -> bool:
    before, after = relation.heard.in_ear
    return bool(relation.heard.good + relation.heard.bad) and abs(after - before) >= TOLD_HEARD


def _heard(retailer: str, relation: Relation, names: Names) -> str:
    seen = relation.heard
    words = listed(f"{number} {word}" for word, number in (("good", seen.good), ("bad", seen.bad)) if number)
    (before, after), (was, now) = seen.in_ear, seen.expectation
    expects = f", expectation {points(now - was)}" if points(now - was) != "0.0" else ""
    return f"{words} of {names.retailer(retailer)} (in choice {signed(before)} → {signed(after)}{expects})"


def ties_folded(weeks: list[Week], names: Names) -> Iterator[str]:
    """Offers, word and ratings of dull weeks, counted."""
    relations = [each for week in weeks for each in week.relations.items()]
    good, bad = (sum(getattr(relation.heard, kind) for _, relation in relations) for kind in ("good", "bad"))
    if good + bad:
        yield f"heard {good} good and {bad} bad messages"
    made = Counter(names.retailer(retailer) for retailer, relation in relations if relation.offer)
    if made:
        yield "personal offers of " + listed(f"{name} {number} ×" for name, number in made.most_common(3))
    sent = Counter[str]()
    for retailer, relation in relations:
        sent[names.retailer(retailer)] += relation.messages
    if sent.total():
        yield "messages of " + listed(f"{name} {number} ×" for name, number in sent.most_common(3) if number)
    visits = [visit for week in weeks for visit in week.visits]
    rewards = sum(visit.reward > 0 for visit in visits)
    if rewards:
        yield f"{rewards} reward{'s' * (rewards != 1)} for points"
    told = Counter(visit.told for visit in visits if visit.told)
    if told:
        yield "told others " + listed(f"{number} × {how}" for how, number in told.items())
    stars = [visit.stars for visit in visits if visit.stars]
    if stars:
        yield f"posted {listed(map(str, stars))} star{'s' * (stars != [1])}"
    yield from largest_chance(weeks, names)


def cause(week: Week, retailer: str) -> str:
    """Why a relationship ended or began again in a week."""
    relation = week.relations.get(retailer)
    if relation is None:
        return ""
    if relation.returned:
        return ", won back by its contact" if relation.won_back else ""
    if relation.answer is not None and relation.answer.ended:
        return ", after a complaint in vain"
    failed = (visit.retailer == retailer and visit.chance_to_end for visit in week.visits)
    by_chance = relation.leaving is not None and relation.leaving.left
    return ", after a failure" if any(failed) and not by_chance else ""


def chance_now(week: Week, retailer: str) -> str:
    """How likely the customer is to leave as things stand."""
    relation = week.relations.get(retailer)
    if relation is None or relation.leaving is None or relation.leaving.left:
        return ""
    return f"chance to leave {tenths(relation.leaving.chance)} a week"


def offers_of(weeks: Iterable[Week], retailer: str) -> int:
    """Personal offers of a retailer that reached the customer."""
    return sum(retailer in week.relations and week.relations[retailer].offer for week in weeks)
