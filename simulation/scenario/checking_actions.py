"""Levers and events: their kind, fields and weeks, and whether what they act on is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from simulation import parameters as numbers
from simulation.scenario.drafting import Draft, kinds_of, own_fields
from simulation.scenario.forms import ARRAY_FORMS, Event, Lever, keys_of
from simulation.scenario.problems import Problem, one_of, suggestion, unknown
from simulation.scenario.wording import number_fault, said

BOTH = ("store", "online")
CHANNELS = {"outlets": BOTH, "stores": ("store",), "online": ("online",), "retailer": BOTH, "desks": BOTH}

DOSED = ("training_hour", "staff_hour", "capacity_visit", "upkeep")  # prices that a dose of 0 makes 0
MOST_LEVERS = 2_000  # each is compared with the others of its kind
ACTIONS = ("lever", "event")
ON_OUTLETS = {"outlets": "an outlet", "stores": "a store", "online": "an online outlet"}  # what levers need of them


def kinds_are_known(draft: Draft) -> Iterator[Problem]:
    """A kind is a row of the catalogue, and its fields are the row's."""
    for array in ACTIONS:
        for name, element in draft.tree.table(array).items():
            kind = element.get("kind")
            if isinstance(kind, str) and kind in kinds_of(array):
                yield from _field_problems(draft, array, name, kinds_of(array)[kind])
            elif isinstance(kind, str):
                yield draft.tree.problem((array, name, "kind"), unknown(f"kind of {array}", kind, kinds_of(array)))


def levers_act_on_what_is_there(draft: Draft) -> Iterator[Problem]:
    """A lever's retailer, outlet and desk exist, belong together, and have what it moves."""
    for name, lever in draft.levers.items():
        yield from _retailer_problems(draft, ("lever", name), lever.retailer or None)
        kind = numbers.LEVERS.get(lever.kind)
        if kind is None:
            continue
        if kind.acts_on in ON_OUTLETS:
            yield from _outlet_problems(draft, lever, kind.acts_on)
        elif lever.outlet is not None:
            message = f"{lever.kind} does not act on outlets; take outlet out"
            yield draft.tree.problem(("lever", name, "outlet"), message)
        yield from _desk_problems(draft, lever, of_desks=kind.acts_on == "desks")


def levers_are_bought_once(draft: Draft) -> Iterator[Problem]:
    """The same kind of lever acts once in an outlet, at a desk, or for a retailer, in any week."""
    if len(draft.levers) > MOST_LEVERS:
        message = f"there are {len(draft.levers):,} levers; a scenario may have {MOST_LEVERS:,}"
        yield draft.tree.problem(("lever",), message)
        return
    focal = draft.focal
    alike: dict[tuple[str, str], list[Lever]] = {}
    for later in draft.levers.values():
        before = alike.setdefault((later.kind, later.retailer or focal), [])
        lever = next((each for each in before if _overlap(draft, each, later)), None)
        if lever is not None:
            weeks = f"weeks {max(lever.start_week, later.start_week)} to {_last(draft, lever, later)}"
            message = f"{later.id!r} buys {later.kind} again where {lever.id!r} has it, in {weeks}; buy it once"
            yield draft.tree.problem(("lever", later.id), message)
        before.append(later)


def levers_do_something(draft: Draft) -> Iterator[Problem]:
    """What costs money whatever its dose has a dose."""
    for name, element in draft.tree.table("lever").items():
        kind = numbers.LEVERS.get(str(element.get("kind")))
        if kind is None:
            continue
        values = {key: element.get(key, row.value) for key, row in kind.fields.items()}
        sizes = [effect.by for effect in kind.effects]
        prices = [key for key, row in kind.fields.items() if row.cost and row.cost not in DOSED and values[key] != 0]
        if prices and sizes and all(values[size] == 0 for size in sizes):
            doses = one_of([f"{size} is 0" for size in dict.fromkeys(sizes)]).replace(" or ", " and ")
            message = f"lever {name!r} costs money ({prices[0]}) and changes nothing: {doses}"
            yield draft.tree.problem(("lever", name, sizes[0]), message)


def _overlap(draft: Draft, lever: Lever, later: Lever) -> bool:
    """Whether levers of a kind and retailer are one thing at one place in one week; of levels, of one determinant."""
    words = [{key: value for key, value in each.fields.items() if isinstance(value, str)} for each in (lever, later)]
    places = all(
        None in (getattr(lever, key), getattr(later, key)) or getattr(lever, key) == getattr(later, key)
        for key in ("outlet", "desk")
    )
    together = max(lever.start_week, later.start_week) <= _last(draft, lever, later)
    return places and together and words[0] == words[1]


def _last(draft: Draft, *levers: Lever) -> int:
    """The last week in which all are in force."""
    end = draft.weeks or max(lever.start_week for lever in levers)
    return min(end if lever.end_week is None else lever.end_week for lever in levers)


def events_act_on_what_is_there(draft: Draft) -> Iterator[Problem]:
    """An event has a retailer of the market exactly when its kind needs one; nobody enters twice."""
    entrants: dict[str, str] = {}
    for name, event in draft.events.items():
        yield from _event_retailer_problems(draft, event)
        if event.kind == "entry" and event.retailer:
            yield from _entry_problems(draft, event, entrants.setdefault(event.retailer, name))


def weeks_are_within_the_run(draft: Draft) -> Iterator[Problem]:
    """Nothing begins or ends after the end, or ends before it begins."""
    for name, lever in draft.levers.items():
        yield from _week_problems(draft, ("lever", name), {"start_week": lever.start_week, "end_week": lever.end_week})
    for name, event in draft.events.items():
        yield from _week_problems(draft, ("event", name), {"week": event.week})
    for name, outlet in draft.outlets.items():
        weeks = {"opens_week": outlet.opens_week, "closes_week": outlet.closes_week}
        yield from _week_problems(draft, ("outlet", name), weeks)
        if outlet.opens_week is not None and outlet.opens_week == outlet.closes_week:
            message = f"outlet {name!r} closes in the week it opens; closes_week is the first week it is closed"
            yield draft.tree.problem(("outlet", name, "closes_week"), message)


def _field_problems(draft: Draft, array: str, name: str, kind: numbers.Lever | numbers.Event) -> Iterator[Problem]:
    given = own_fields(draft.tree.table(array, name), ARRAY_FORMS[array])
    for key, value in given.items():
        if key not in kind.fields:
            known = [*kind.fields, *keys_of(ARRAY_FORMS[array])]
            message = f"{array} {name!r} ({kind.name}) has no field {key!r}. {suggestion(key, known)}"
            yield draft.tree.problem((array, name, key), message.rstrip())
        elif fault := _field_fault(kind.fields[key], value):
            yield draft.tree.problem((array, name, key), f"{key} {fault}")
    for key, row in kind.fields.items():
        if row.choices and key not in given:
            message = f"{array} {name!r} has no {key}; it is one of {one_of(row.choices)}"
            yield draft.tree.problem((array, name), message)


def _field_fault(row: numbers.Parameter, value: object) -> str | None:
    if not row.choices:
        return number_fault(value, row.low, row.high)
    if value in row.choices:
        return None
    hint = suggestion(value, row.choices) if isinstance(value, str) else ""
    return f"must be one of {one_of(row.choices)}; it is {said(value)}. {hint}".rstrip()


def _retailer_problems(draft: Draft, path: tuple[str, str], retailer: str | None) -> Iterator[Problem]:
    if retailer is not None and retailer not in draft.tree.ids("retailer"):
        yield draft.tree.problem((*path, "retailer"), unknown("retailer", retailer, draft.tree.ids("retailer")))


def _outlet_problems(draft: Draft, lever: Lever, needed: str) -> Iterator[Problem]:
    """The outlet that a lever names is the buyer's; one of the kind that it needs is there."""
    path = ("lever", lever.id, "outlet")
    owner = draft.tree.get("outlet", str(lever.outlet), "retailer")
    buyer = lever.retailer or draft.focal
    if lever.outlet is not None and lever.outlet not in draft.tree.ids("outlet"):
        yield draft.tree.problem(path, unknown("outlet", str(lever.outlet), draft.tree.ids("outlet")))
    elif lever.outlet is not None and buyer and owner != buyer:
        message = f"outlet {lever.outlet!r} belongs to {owner!r}, not to {buyer!r}, who buys this lever"
        yield draft.tree.problem(path, message)
    elif not _has_outlet(draft, lever, buyer, CHANNELS[needed]):
        message = f"lever {lever.id!r} needs {ON_OUTLETS[needed]}, and there is none for it to act on"
        yield draft.tree.problem(("lever", lever.id), message)


def _has_outlet(draft: Draft, lever: Lever, buyer: str, channels: tuple[str, ...]) -> bool:
    """Whether a lever reaches an outlet of these channels; True while outlets have faults of their own to mend."""
    outlets = [outlet for outlet in draft.outlets.values() if lever.outlet in (None, outlet.id)]
    reached = [outlet for outlet in outlets if outlet.retailer == buyer]
    return not buyer or not reached or any(outlet.channel in channels for outlet in reached)


def _desk_problems(draft: Draft, lever: Lever, *, of_desks: bool) -> Iterator[Problem]:
    """A lever on desks finds one; nothing else names a desk."""
    buyer = lever.retailer or draft.focal
    owners = {name: draft.tree.get("desk", name, "retailer") for name in draft.tree.ids("desk")}
    if not of_desks:
        if lever.desk is not None:
            message = f"{lever.kind} does not act on service desks; take desk out"
            yield draft.tree.problem(("lever", lever.id, "desk"), message)
    elif lever.desk is not None and lever.desk not in owners:
        yield draft.tree.problem(("lever", lever.id, "desk"), unknown("desk", lever.desk, owners))
    elif lever.desk is not None and buyer and owners[lever.desk] != buyer:
        message = f"desk {lever.desk!r} belongs to {owners[lever.desk]!r}, not to {buyer!r}, who buys this lever"
        yield draft.tree.problem(("lever", lever.id, "desk"), message)
    elif buyer and buyer not in owners.values():
        message = f"lever {lever.id!r} needs a service desk, and {buyer!r} has none; add a [[desk]] for it"
        yield draft.tree.problem(("lever", lever.id), message)


def _event_retailer_problems(draft: Draft, event: Event) -> Iterator[Problem]:
    kind = numbers.EVENTS.get(event.kind)
    path = ("event", event.id)
    if kind is None:
        return
    if kind.needs_retailer and not event.retailer:
        yield draft.tree.problem(path, f"event {event.id!r} has no retailer; say whose {event.kind} it is")
    elif not kind.needs_retailer and event.retailer is not None:
        message = f"{event.kind} happens to the whole market; take retailer out"
        yield draft.tree.problem((*path, "retailer"), message)
    else:
        yield from _retailer_problems(draft, path, event.retailer)


def _entry_problems(draft: Draft, event: Event, first: str) -> Iterator[Problem]:
    path = ("event", event.id)
    if first != event.id:
        yield draft.tree.problem(path, f"{event.retailer!r} enters twice: {first!r} and {event.id!r}")
    if event.weeks is not None:
        message = "an entry is for good; to end it, give the outlets a closes_week"
        yield draft.tree.problem((*path, "weeks"), message)


def _week_problems(draft: Draft, path: tuple[str, str], weeks: Mapping[str, Any]) -> Iterator[Problem]:
    """`weeks` has a first and perhaps a last week by the names of their keys."""
    end = draft.weeks
    for key, week in weeks.items():
        if end is not None and week is not None and week > end:
            yield draft.tree.problem((*path, key), f"{key} {week} is beyond the end of the run ({end} weeks)")
    (first_key, first), *rest = weeks.items()
    for last_key, last in rest:
        if first is not None and last is not None and last < first:
            yield draft.tree.problem((*path, last_key), f"{last_key} {last} is before {first_key} {first}")


ACTION_CHECKS: tuple[Callable[[Draft], Iterable[Problem]], ...] = (
    kinds_are_known,
    levers_act_on_what_is_there,
    levers_are_bought_once,
    levers_do_something,
    events_act_on_what_is_there,
    weeks_are_within_the_run,
)
