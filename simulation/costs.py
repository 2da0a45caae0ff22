"""What levers cost, week by week: prices of the catalogue, or of the scenario, times what they are the price of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulation.discounting import WEEKS_A_YEAR
from simulation.levers import force_of, outlets_of
from simulation.parameters import LEVERS, Parameter
from simulation.records import DESK_TOTALS, LINK_TOTALS, VISIT_TOTALS
from simulation.results import EMPTY, Labels, Table
from simulation.uncertainty import drawn

if TYPE_CHECKING:
    from simulation.recording import Record
    from simulation.scenario import Scenario
    from simulation.scenario.forms import Lever


class Bought(NamedTuple):
    """A lever in one replicate of a world, with what its prices are reckoned on."""

    lever: Lever
    scenario: Scenario
    record: Record
    plans: Any
    weeks: Any  # of the calendar, 1 .. the last

    @property
    def on(self) -> Any:
        """1 in the weeks from its first to its last: it is paid for while it is bought, however slowly it works."""
        last = self.weeks[-1] if self.lever.end_week is None else self.lever.end_week
        return ((self.weeks >= self.lever.start_week) & (self.weeks <= last)).astype(float)

    @property
    def force(self) -> Any:
        """How far it is in force."""
        return force_of(self.lever, self.weeks)

    @property
    def outlets(self) -> list[int]:
        """The outlets that it acts on, by number."""
        acted_on = {outlet.id for outlet in outlets_of(self.scenario, self.lever)}
        return [o for o, outlet in enumerate(self.scenario.outlets) if outlet.id in acted_on]

    @property
    def desks(self) -> list[int]:
        """The desks that it acts on, by number."""
        return [
            d
            for d, desk in enumerate(self.scenario.desks)
            if desk.retailer == self.lever.retailer and self.lever.desk in (None, desk.id)
        ]

    @property
    def retailer(self) -> int:
        """Its buyer, by number."""
        return [retailer.id for retailer in self.scenario.retailers].index(self.lever.retailer)

    @property
    def staff(self) -> Any:
        """People in the outlets, or at the desks, that it acts on, levers included."""
        kind = LEVERS[self.lever.kind]
        plan, places = (self.plans.desks, self.desks) if kind.acts_on == "desks" else (self.plans.outlets, self.outlets)
        return plan.staff[-self.weeks.size :][:, places].sum(1)


def _training_hours(bought: Bought) -> Any:
    return bought.staff * float(bought.lever.fields["hours_per_employee"]) * bought.force


def _staff_hours(bought: Bought) -> Any:
    """Paid hours that a change of staff adds, or saves, a year."""
    change = float(bought.lever.fields["percent"]) / 100.0 * bought.force
    return bought.staff * change / (1.0 + change) * bought.record.world.numbers.service.hours_per_year


def _capacity(bought: Bought) -> Any:
    """Visits a week that outlets can take more, or less."""
    change = float(bought.lever.fields["percent"]) / 100.0 * bought.force
    capacity = bought.plans.outlets.capacity[-bought.weeks.size :][:, bought.outlets].sum(1)
    return _final(capacity * change / (1.0 + change)) * bought.on


def _final(amounts: Any) -> Any:
    """The amount of the week in which it is greatest: what is built once is built for that."""
    return amounts[np.abs(amounts).argmax()]


def _upkeep(bought: Bought) -> Any:
    return float(bought.lever.fields["change"]) * bought.force * len(bought.outlets)


def _customers(bought: Bought) -> Any:
    active = bought.record.totals.links[:, bought.retailer, :, LINK_TOTALS.index("active")].sum(1)
    return active * bought.record.world.weight * bought.on


def _at_desks(bought: Bought, total: str) -> Any:
    counts = bought.record.totals.desks[:, bought.desks, DESK_TOTALS.index(total)].sum(1)
    return counts * bought.record.world.weight * bought.on


def _visits(bought: Bought) -> Any:
    visits = bought.record.totals.visits[..., VISIT_TOTALS.index("visits")]  # by week, outlet and segment
    counts = visits[:, bought.outlets].sum((1, 2))
    return counts * bought.record.world.weight * bought.on


def _calls(bought: Bought) -> Any:
    """Visits that are followed by a call."""
    return _visits(bought) * float(bought.lever.fields["called"]) * bought.force


def _linked(bought: Bought, total: str) -> Any:
    """Relationships counted in each week, of real customers."""
    counts = bought.record.totals.links[:, bought.retailer, :, LINK_TOTALS.index(total)].sum(1)
    return counts * bought.record.world.weight * bought.on


def _learning_hours(bought: Bought) -> Any:
    """Hours in which everybody at the retailer's desks learns to use something, in the week in which it is bought."""
    staff = bought.plans.desks.staff[-bought.weeks.size :][:, bought.desks].sum(1)
    return staff * float(bought.lever.fields["training_hours"]) * bought.on


def _budget(bought: Bought) -> Any:
    """Hundredths of the usual advertising budget that are spent more, for every customer."""
    return _customers(bought) * float(bought.lever.fields["percent"]) / 100.0 * bought.force


DRIVERS: Mapping[str, Callable[[Bought], Any]] = {  # what a price is the price of: how many there are in each week
    "retailer": lambda bought: bought.on,
    "outlet": lambda bought: bought.on * len(bought.outlets),
    "employee": lambda bought: bought.on * bought.staff,
    "training_hour": _training_hours,
    "staff_hour": _staff_hours,
    "capacity_visit": _capacity,
    "upkeep": _upkeep,
    "customer": _customers,
    "contact": lambda bought: _at_desks(bought, "contacts"),
    "solution": lambda bought: _at_desks(bought, "solved"),
    "callback": lambda bought: _at_desks(bought, "reached"),
    "visit": _visits,
    "identified": lambda bought: _linked(bought, "identified"),
    "member": lambda bought: _linked(bought, "members"),
    "message": lambda bought: _linked(bought, "messages"),
    "retention_offer": lambda bought: _linked(bought, "retention_offers"),
    "winback_contact": lambda bought: _linked(bought, "winback_contacts"),
    "learning_hour": _learning_hours,
    "budget": _budget,
    "call": _calls,
}
EACH = (
    "message",
    "winback_contact",
    "contact",
    "solution",
    "callback",
    "visit",
    "call",
)  # counted by the week, and paid for each


def costs_table(scenario: Scenario, records: Sequence[Record], joint: bool) -> Table:
    """What each price of each lever came to: scenario, replicate, week, retailer, lever, item, amount.

    `joint`: the replicates are those of a comparison, which draws what is not known.
    """
    parts = [row for record in records for row in _of_replicate(scenario, record, joint)]
    return (
        Table.concat(parts).leading(scenario=Labels.constant(scenario.name, sum(map(len, parts)))) if parts else EMPTY
    )


def _of_replicate(scenario: Scenario, record: Record, joint: bool) -> Iterator[Table]:
    replicate = record.world.key[1]
    lived = drawn(scenario, replicate) if joint else scenario
    plans, weeks = record.world.plans, np.arange(1, scenario.weeks + 1)
    at_once = (lever for lever in lived.levers if lever.id not in lived.review.waiting)
    paid: list[tuple[Lever, Any, Mapping[str, Any]]]
    paid = [(lever, weeks, costs_of(Bought(lever, lived, record, plans, weeks))) for lever in at_once]
    paid += [(each.lever, weeks[each.week - 1 :], each.costs) for each in record.reviews if each.lever is not None]
    for lever, own, costs in paid:
        for name, amounts in costs.items():
            yield Table.of(
                replicate=np.full(own.size, replicate, np.int32),
                week=own.astype(np.int32),
                retailer=Labels.constant(lever.retailer, own.size),
                lever=Labels.constant(lever.id, own.size),
                item=Labels.constant(name, own.size),
                amount=amounts,
            )


def costs_of(bought: Bought) -> dict[str, Any]:
    """What each price of a lever comes to, week by week."""
    prices = {name: row for name, row in LEVERS[bought.lever.kind].fields.items() if row.cost}
    return {name: float(bought.lever.fields[name]) * quantity(bought, row) for name, row in prices.items()}


def quantity(bought: Bought, price: Parameter) -> Any:
    """How many of what it is the price of are paid for in each week."""
    number = DRIVERS[price.cost](bought)
    if price.per == "once":
        first = bought.weeks == bought.lever.start_week
        return np.where(first, number, 0.0)
    return number if price.cost in EACH else number / WEEKS_A_YEAR
