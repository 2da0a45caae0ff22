"""One occasion in words: what was chosen and why, met, felt, and what it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from analysis.story_ties import offer, reward, voices
from analysis.story_trouble import complaint, contact
from analysis.story_words import (
    HOME,
    Names,
    exact,
    largest,
    level,
    listed,
    need,
    per_cent,
    points,
    signed,
    source,
    term,
)
from simulation.life import Alternative, Occasion, Visit

LONG_WAIT = 3.0  # minutes
TOLD_TERM = 0.05  # of a utility
TOLD_MOVE = 0.002  # of a level
TOLD_NEED = 0.005  # of a level
TOLD_SHIFT = 0.01  # between satisfied and remembered
DETERMINANTS_LAST = ("past", "leniency", "fit", "luck", "failure")


class Line(NamedTuple):
    """A line of the story: a word that leads it, and what it says."""

    lead: str
    text: str


def occasion_lines(occasion: Occasion, names: Names) -> Iterator[Line]:
    """An occasion in full."""
    yield Line("Chose", choice(occasion, names))
    yield Line("Why", reasons(occasion, names))
    if occasion.visit is not None:
        yield Line("Met", met(occasion.visit))
        yield Line("Moved by", moves(occasion.visit))
        yield Line("Felt", felt(occasion.visit))
        yield Line("Leaves", leaves(occasion.visit, names))
        yield from beyond_lines(occasion, occasion.visit, names)


def beyond_lines(occasion: Occasion, visit: Visit, names: Names) -> Iterator[Line]:
    """What a visit led to beyond memory: an offer taken, a reward, a contact, a complaint, word told."""
    told = {
        "Offer": offer(occasion, names),
        "Reward": reward(visit, names),
        "Desk": contact(visit.contact, names) if visit.contact is not None else None,
        "Complaint": complaint(visit.complaint, visit, names) if visit.complaint is not None else None,
        "Told": voices(visit),
    }
    yield from (Line(lead, text) for lead, text in told.items() if text)


def place(alternative: Alternative, names: Names) -> str:
    """Where an occasion could go."""
    return names.outlet(alternative.outlet, alternative.retailer)


def choice(occasion: Occasion, names: Names) -> str:
    """What was chosen with which probability, and what else was likely."""
    chosen, others = occasion.chosen, occasion.others[:3]
    rest = listed(f"{place(each, names)} {per_cent(each.probability)}" for each in others)
    went = "to stay at home" if not chosen.outlet else place(chosen, names)
    return f"{went}, at a chance of {per_cent(chosen.probability)}; {rest}."


def reasons(occasion: Occasion, names: Names) -> str:
    """The terms of the utility that speak for and against the choice, beside the likeliest alternative."""
    chosen, rival = occasion.chosen, occasion.others[0]
    sums = {name: chosen.terms.get(name, 0.0) - rival.terms.get(name, 0.0) for name in (*chosen.terms, *rival.terms)}
    told = largest(sums, TOLD_TERM)
    pro = listed(f"{term(name)} {signed(value)}" for name, value in told if value > 0)
    contra = listed(f"{term(name)} {signed(value)}" for name, value in told if value < 0)
    luck = chosen.luck - rival.luck
    tipped = luck > 0 > chosen.utility - rival.utility
    beside = f"staying {HOME}" if not rival.outlet else place(rival, names)
    parts = [f"beside {beside}, for it: {pro or 'nothing'}", f"against it: {contra or 'nothing'}"]
    return "; ".join(parts) + f"; luck of the day {signed(luck)}" + (", which decided." if tipped else ".")


def met(visit: Visit) -> str:
    """Touchpoints as felt, and what went wrong."""
    parts = [listed(f"{each.name} {level(each.felt)}" for each in visit.touchpoints)]
    if visit.failure is not None:
        failure = visit.failure
        parts.append(f"a {failure.severity} failure at {failure.touchpoint} ({points(-failure.loss)})")
    if visit.out_of_stock:
        parts.append("something was out of stock")
    if visit.wait_minutes >= LONG_WAIT:
        parts.append(f"{visit.wait_minutes:.0f} minutes of waiting")
    return "; ".join(parts) + "."


def whole_effects(visit: Visit) -> dict[str, float]:
    """How far each source moved the whole experience: its part in each dimension, weighted."""
    weights = visit.dimension_weights
    names = next(iter(visit.contributions.values()))
    return {name: sum(weights[d] * parts[name] for d, parts in visit.contributions.items()) for name in names}


def moves(visit: Visit) -> str:
    """Which determinant moved the visit from an ordinary one, and the dimension that it moved most."""
    effects = whole_effects(visit)
    retailers = {name: value for name, value in effects.items() if name not in DETERMINANTS_LAST}
    own = {name: value for name, value in effects.items() if name in DETERMINANTS_LAST}
    parts = [f"{source(name)} {points(value)} ({_most(visit, name)})" for name, value in largest(retailers, TOLD_MOVE)]
    parts += [f"{source(name)} {points(value)}" for name, value in largest(own, TOLD_MOVE)]
    return (listed(parts) or "nothing that counts") + "."


def _most(visit: Visit, name: str) -> str:
    """The dimension that a source moved most."""
    moved: Mapping[str, float] = {d: parts[name] for d, parts in visit.contributions.items()}
    dimension = max(moved, key=lambda d: abs(moved[d]))
    return f"{dimension} {points(moved[dimension])}"


def felt(visit: Visit) -> str:
    """The visit as felt, against what was expected, as it satisfied and will be remembered."""
    dimensions = listed(f"{name} {level(value)}" for name, value in visit.dimensions.items())
    verdict = "within the zone of tolerance"
    if visit.gap:
        verdict = f"{exact(abs(visit.gap))} {'above' if visit.gap > 0 else 'below'} the zone of tolerance"
    whole = f"{level(visit.experience)} of 100 ({dimensions}); expected {level(visit.will)}: {verdict}"
    satisfied = f"Satisfied {level(visit.encounter)}{needs(visit)}"
    return f"{whole}. {satisfied}, remembered as {level(visit.remembered)}{_why(visit)}."


def needs(visit: Visit) -> str:
    """Which needs, met or missed, moved the satisfaction with a visit."""
    told = largest(visit.needs, TOLD_NEED)
    return f" (needs: {listed(f'{need(name)} {points(value)}' for name, value in told)})" if told else ""


def _why(visit: Visit) -> str:
    """What memory made of it: the moment that stood out, or the last one."""
    shift = visit.remembered - visit.encounter
    if abs(shift) < TOLD_SHIFT:
        return ""
    moment = ("high point" if visit.peak > 0 else "low point") if abs(visit.peak) > abs(visit.end) else "end"
    return f" (its {moment} counts most)"


def leaves(visit: Visit, names: Names) -> str:
    """What was bought, and what is carried on."""
    bought = f"bought for {names.money(visit.amount)}"
    if not visit.bought:
        bought = f"bought nothing, though the chance to buy was {per_cent(visit.chance_to_buy)}"
    before, after = visit.before, visit.after
    carried = listed(
        f"{name} {exact(getattr(before, name))} → {exact(getattr(after, name))}"
        for name in ("satisfaction", "expectation", "trust")
    )
    return f"{bought}; {names.retailer(visit.retailer)}: {carried}."


def in_short(occasion: Occasion, names: Names) -> str:
    """An ordinary occasion in a few words."""
    visit = occasion.visit
    if visit is None:
        return f"stayed {HOME}"
    satisfaction = f"satisfaction {exact(visit.before.satisfaction)} → {exact(visit.after.satisfaction)}"
    more = {"a failure": visit.failure is not None, "complained": visit.complains, "an offer taken": visit.offer}
    told = "".join(f", {words}" for words, happened in more.items() if happened)
    return f"{place(occasion.chosen, names)} (remembered as {level(visit.remembered)}, {satisfaction}{told})"
