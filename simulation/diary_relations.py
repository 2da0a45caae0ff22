"""What a diary notes of needs, desks and relationships: values of the plain twin, as plain values of a `Life`.

Nothing is computed here but what the model's own boxes say when asked again (what is left of a stock this week, what
satisfaction of the usual size would add to the odds of leaving).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulation.customer.memory import drifted
from simulation.customer.plain import Values
from simulation.customer.relation import ACTIVE, PROSPECT, dissatisfaction
from simulation.life import Answer, Complaint, Contact, Heard, Leaving, Moved, Relation
from simulation.parameters import NEED_NAMES
from simulation.scenario import Scenario
from simulation.world import World

ONLY = 0  # a replayed world has one customer
NOTHING = 0.0


def needs_of(visit: Values, world: World) -> dict[str, float]:
    """What each need added to satisfaction with a visit."""
    weight = world.numbers.needs.needs_weight
    return {name: weight * added for name, added in zip(NEED_NAMES, visit.need_adds, strict=True)}


def _desk(number: int, scenario: Scenario) -> str:
    return scenario.desks[number].id if number >= 0 else ""


def contact_of(visit: Values, scenario: Scenario) -> Contact | None:
    """An ordinary contact after a visit."""
    seen = visit.contact
    if seen is None:
        return None
    helped = seen.solved > NOTHING
    return Contact(_desk(seen.machine, scenario), _desk(seen.desk, scenario), helped, seen.hours, seen.change)


def complaint_of(visit: Values, scenario: Scenario) -> Complaint | None:
    """A reason to complain after a visit, and what came of it at once."""
    seen = visit.complaint
    if seen is None:
        return None
    solved = None if seen.solved is None else seen.solved > NOTHING
    moved = Moved(*zip(seen.before, seen.after, strict=True))
    return Complaint(
        _desk(seen.desk, scenario), seen.chance, seen.told > NOTHING, seen.hours, seen.weeks, solved, moved
    )


def relations_of(
    links: Iterable[Values], world: World, scenario: Scenario, complained: Mapping[str, int]
) -> dict[str, Relation]:
    """What the week did to every link that holds a retailer; `complained` has the week of the last complaint."""
    held = [link for link in links if world.links.retailer[link.slot, ONLY] >= 0]
    named = {scenario.retailers[int(world.links.retailer[link.slot, ONLY])].id: link for link in held}
    return {name: _relation(link, world, scenario, complained.get(name)) for name, link in named.items()}


def _relation(link: Values, world: World, scenario: Scenario, made: int | None) -> Relation:
    returned = link.returned > NOTHING
    alone = link.return_luck < world.numbers.relations.return_weekly
    return Relation(
        leaving=_leaving(link, world.numbers.relations),
        heard=Heard(
            good=int(link.praise),
            bad=int(link.blame),
            in_ear=(link.heard_before, link.heard),
            expectation=(link.will_before, link.will),
        ),
        offer=link.offer > NOTHING and world.links.status[link.slot, ONLY] >= PROSPECT,
        returned=returned,
        won_back=returned and not alone,
        answer=_answer(link, world, scenario, made),
        messages=int(link.sent) if link.status >= PROSPECT else 0,
        joined=link.joins > NOTHING,
        called_back=link.called_back > NOTHING,
    )


def _leaving(link: Values, relations: Any) -> Leaving | None:
    """The terms beside those of a customer of usual readiness, as satisfied as where the monthly odds are known."""
    if link.status != ACTIVE or link.open[link.slot] <= NOTHING:
        return None
    usual = dissatisfaction(relations.leaving_slope, relations.leaving_known_at, relations.leaving_pivot)
    terms = {
        "usual": link.mu - link.by_type - link.by_person + usual,
        "person": link.by_person,
        "satisfaction": link.by_satisfaction - usual,
        "competition": link.by_competition,
        "relationship": link.by_type,
    }
    if link.kept_by > NOTHING:
        terms["offer"] = link.by_keeping
    return Leaving(link.leaving, terms, link.left > NOTHING)


def _answer(link: Values, world: World, scenario: Scenario, made: int | None) -> Answer | None:
    seen = link.answer
    if seen is None:
        return None
    habitual = float(world.people.habitual[ONLY])
    now = [[drifted(stock, habitual, seen.kept) for stock in stocks] for stocks in (seen.before, seen.after)]
    moved = Moved(*zip(*now, strict=True))
    solved = None if seen.solved is None else seen.solved > NOTHING
    return Answer(_desk(seen.desk, scenario), made, max(seen.weeks, 0), solved, seen.ended > NOTHING, moved)
