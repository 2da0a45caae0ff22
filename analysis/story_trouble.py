"""Trouble in words: contacts with a desk, a complaint from the visit to its answer, and what they did."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.story_words import Names, exact, listed, per_cent, points
from simulation.life import Answer, Complaint, Contact, Moved, Visit, Week

TOLD_CHANCE = 0.10  # of a complaint that was not made
A_DAY = 24.0  # hours


def contact(seen: Contact, names: Names) -> str:
    """Whom the customer asked, whether it helped, and what it did to satisfaction."""
    parts = []
    if seen.machine:
        alone = f"asked {names.desk(seen.machine)}"
        parts.append(f"{alone}, which {'did not help' if seen.desk or not seen.helped else 'helped'}")
    if seen.desk:
        helped = "was helped" if seen.helped else "was not helped"
        parts.append(f"asked {names.desk(seen.desk)} and {helped} after {hours(seen.hours)}")
    return f"{', then '.join(parts)}: satisfaction {points(seen.change)}."


def complaint(seen: Complaint, visit: Visit, names: Names) -> str | None:
    """A complaint and its course so far; None if there was hardly a reason for one."""
    if not seen.told:
        if visit.failure is None and seen.chance < TOLD_CHANCE:
            return None
        reason = f"the chance of a complaint was {per_cent(seen.chance)}" if seen.desk else "there is no desk to ask"
        return f"none: {reason}.{ending(visit)}"
    made = f"to {names.desk(seen.desk)}, at a chance of {per_cent(seen.chance)}"
    if seen.solved is None:
        return f"{made}; the answer will take {weeks_of(seen.weeks)}."
    end = "solved" if seen.solved else "answered in vain"
    return f"{made}; {end} after {hours(seen.hours)}: {moves(seen.moved)}.{ending(visit)}"


def ending(visit: Visit) -> str:
    """What a failure that was not solved may have done to the relationship."""
    if not visit.chance_to_end:
        return ""
    ended = (visit.before.status, visit.after.status) == ("active", "lapsed")
    chance, end = per_cent(visit.chance_to_end), "did" if ended else "did not"
    return f" The failure could end the relationship ({chance}), and {end}."


def hours(number: float) -> str:
    """A wait in hours or days."""
    if number < 1.0:
        return "less than an hour"
    return f"{number:.0f} hours" if number < 2 * A_DAY else f"{number / A_DAY:.0f} days"


def weeks_of(number: int) -> str:
    """A number of weeks."""
    return f"{number} week{'s' * (number != 1)}"


def moves(moved: Moved) -> str:
    """Satisfaction and trust before and after."""
    pairs = {"satisfaction": moved.satisfaction, "trust": moved.trust}
    return listed(f"{name} {exact(before)} → {exact(after)}" for name, (before, after) in pairs.items())


def answers(week: Week, names: Names) -> Iterator[str]:
    """What became of complaints in a week: waiting or answered."""
    for retailer, relation in week.relations.items():
        if relation.answer is not None and (relation.answer.solved is not None or relation.answer.made != week.week):
            yield _answer(relation.answer, names.retailer(retailer), week.week, names)


def _answer(seen: Answer, retailer: str, week: int, names: Names) -> str:
    desk, moved = names.desk(seen.desk), moves(seen.moved)
    if seen.solved is None:
        return f"still waits for {desk} of {retailer}, {weeks_of(seen.weeks)} to go: {moved}."
    since = f", {weeks_of(week - seen.made)} after the complaint" if seen.made is not None else ""
    ended = "; the relationship ends" if seen.ended else ""
    return f"{desk} of {retailer} {'solves it' if seen.solved else 'answers in vain'}{since}: {moved}{ended}."


def trouble_folded(weeks: list[Week], names: Names) -> Iterator[str]:
    """Contacts, complaints and waits of dull weeks, counted."""
    visits = [visit for week in weeks for visit in week.visits]
    asked = [visit.contact for visit in visits if visit.contact is not None]
    if asked:
        in_vain = sum(not seen.helped for seen in asked)
        yield f"asked a desk {len(asked)} ×" + (f", in vain {in_vain} ×" if in_vain else "")
    waits = [relation.answer for week in weeks for relation in week.relations.values() if relation.answer is not None]
    waiting = [seen.moved for seen in waits if seen.solved is None]
    if waiting:
        lost = sum(after - before for before, after in (each.satisfaction for each in waiting))
        yield f"waited {weeks_of(len(waiting))} for an answer: satisfaction {points(lost)}"
