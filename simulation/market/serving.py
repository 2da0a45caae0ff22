"""The desks' week: what last week left, what staff can take now, and so how fast and how well contacts are answered."""

from __future__ import annotations

from typing import Any

from simulation.compiling import phase
from simulation.market.desk import (
    backlog_after,
    desk_capacity,
    desk_servers,
    desk_use,
    response_hours,
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
        desk.response = response_hours(today.lag, services, today.minutes, desk.backlog, desk.capacity)
        desk.strain = strain_of(desk.contacts, desk.backlog, desk.capacity, numbers.comfortable_use, numbers.strain_cap)
        desk.resolution = solved_share(today.resolution, numbers.strain_response, desk.strain)
        desk.recovery = solved_share(today.recovery, numbers.strain_response, desk.strain)
