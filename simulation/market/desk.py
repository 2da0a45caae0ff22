"""Service desks: what they can take, what they leave for next week, how fast and how well they answer.

Waits as at the tills (Sakasegawa 1977), plus what the backlog takes. Without capacity the queue only moves.
"""

from __future__ import annotations

from simulation.compiling import box


@box
def desk_capacity(staff: float, weekly_hours: float, minutes: float) -> float:
    """Contacts that a desk can take in a week; people work their own hours, a machine all that it is open."""
    return max(staff * weekly_hours * 60.0 / minutes, 1.0e-9)


@box
def desk_servers(staff: float, weekly_hours: float, open_hours: float) -> float:
    """How many answer at a time while the desk is open, at least one."""
    return max(1.0, staff * weekly_hours / open_hours)


@box
def usual_contacts(before: float, last_week: float, pace: float) -> float:
    """Contacts a week that meet the desk: last week's, smoothed."""
    return before + pace * (last_week - before)


@box
def backlog_after(backlog: float, contacts: float, capacity: float, patience: float) -> float:
    """Contacts still waiting at the end of a week; beyond `patience` weeks of capacity people give up."""
    return min(max(0.0, backlog + contacts - capacity), patience * capacity)


@box
def desk_use(contacts: float, capacity: float) -> float:
    """Use of the desk by a week's contacts, for the queue; at most .98."""
    return min(0.98, contacts / capacity)


@box
def room_at_desk(strain: float, comfortable: float) -> float:
    """1 while a desk works in comfort, 0 from full use on: without room, routing only moves the queue."""
    return max(0.0, 1.0 - strain / max(1.0 - comfortable, 1.0e-9))


@box
def as_room_allows(factor: float, room: float) -> float:
    """What multiplies waits, as far as there is room: 1 leaves them as they are."""
    return 1.0 + room * (factor - 1.0)


@box
def reaching_the_right_one(given: float, more: float, usual: float, room: float) -> float:
    """Share solved where more contacts reach somebody who can answer, `usual` of them having done so.

    Who reaches nobody is not helped: never more are solved than reach one, beyond those solved before.
    """
    return min(given * (1.0 + room * more / usual), max(given, min(1.0, usual + room * more)))


@box
def response_hours(lag: float, services: float, minutes: float, backlog: float, capacity: float) -> float:
    """Mean hours until an answer: until somebody looks, the queue, and the backlog before it (168 h a week)."""
    return lag + (1.0 + services) * minutes / 60.0 + 168.0 * backlog / capacity


@box
def strain_of(contacts: float, backlog: float, capacity: float, comfortable: float, cap: float) -> float:
    """How far contacts and backlog exceed what the desk can take in comfort, as a share of its capacity."""
    return min(max(0.0, (contacts + backlog) / capacity - comfortable), cap)


@box
def solved_share(given: float, response: float, strain: float) -> float:
    """Share of contacts, or of complaints, that the desk solves under strain."""
    return given * max(0.0, 1.0 - response * strain)
