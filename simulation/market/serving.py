"""The desks' week: what last week left, what staff can take now, and so how fast and how well contacts are answered."""

from __future__ import annotations

from typing import Any

from simulation.compiling import phase
from simulation.market.desk import (
    as_room_allows,
    backlog_after,
    desk_capacity,
    desk_servers,
    desk_use,
    reaching_the_right_one,
    response_hours,
    room_at_desk,
    solved_share,
    strain_of,
    usual_contacts,
)
from simulation.market.queue import waiting_in_services
from simulation.records import DESK_TOTALS

CONTACTS = DESK_TOTALS.index("contacts")
WEEKS_OF_A_YEAR = 52.0


@phase
def desks_remember(desks: Any, totals: Any, weight: float, pace: float) -> None:
    """Last week's contacts, real ones, met the desk; what it could not take is its backlog."""
    for d in range(desks.size):
        desk = desks[d]
        desk.contacts = usual_contacts(desk.contacts, totals[d, CONTACTS] * weight, pace)
        desk.backlog = backlog_after(desk.backlog, desk.contacts, desk.capacity, desk.patience)


@phase
def desks_open(week: int, desks: Any, plan: Any, numbers: Any, hours_per_year: float) -> None:
    """How fast and how well each desk answers this week."""
    for d in range(desks.size):
        desk = desks[d]
        today = plan[week, d]
        weekly_hours = desk.open_hours if desk.self_service > 0.0 else hours_per_year / WEEKS_OF_A_YEAR
        desk.capacity = desk_capacity(today.staff, weekly_hours, today.minutes)
        servers = desk_servers(today.staff, weekly_hours, desk.open_hours)
        services = waiting_in_services(desk_use(desk.contacts, desk.capacity), servers)
        desk.strain = strain_of(desk.contacts, desk.backlog, desk.capacity, numbers.comfortable_use, numbers.strain_cap)
        room = room_at_desk(desk.strain, numbers.comfortable_use)
        wait = as_room_allows(today.waiting, room)
        desk.response = response_hours(today.lag * wait, services * wait, today.minutes, desk.backlog, desk.capacity)
        resolution = reaching_the_right_one(today.resolution, today.answered, numbers.usual_answered, room)
        recovery = reaching_the_right_one(today.recovery, today.answered, numbers.usual_answered, room)
        desk.resolution = solved_share(resolution, numbers.strain_response, desk.strain)
        desk.recovery = solved_share(recovery, numbers.strain_response, desk.strain)
        desk.at_once = today.at_once
        desk.encouraged = today.encouraged
        desk.tried = today.tried
        desk.answers = today.answers
