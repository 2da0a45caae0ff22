"""Periodic reviews: every so many weeks a retailer measures what it delivers, and spends a budget by a stated policy.

A review is held between two weeks. It reads what is counted up to the end of the week before, and changes the plan of
the weeks to come, as a lever would have done that began then; so nothing in the engine knows of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulation.costs import Bought, costs_of
from simulation.levers import lever_moves
from simulation.offers import Readings
from simulation.parameters import DETERMINANT_NAMES, LEVERS
from simulation.recording import Record
from simulation.records import VISIT_TOTALS
from simulation.results import EMPTY, Labels, Table
from simulation.scenario.checking_actions import DOSED

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from simulation.scenario.forms import Lever
    from simulation.world import World

FIXED = 65536.0  # of levels and weights in totals
ALL = 1.0 - 1e-9  # of a lever, but for rounding


class Shortfall(NamedTuple):
    """How one determinant stood in the weeks that a review looked back on."""

    level: float  # as met by visitors
    importance: float  # mean weight in their experience
    size: float  # importance x what the level lacks of the best


class Decision(NamedTuple):
    """What one review measured, and what it bought (nothing, where all that it may buy is bought already)."""

    week: int  # of the calendar, before which it was held
    measured: Mapping[str, Shortfall]  # by determinant
    determinant: str
    lever: Lever | None  # as it was bought: what the budget pays of it
    share: float  # of the lever as the scenario has it
    costs: Mapping[str, Any]  # by price, amounts of `week` to the last

    @property
    def spent(self) -> float:
        """What it costs, all weeks together."""
        return float(sum(amounts.sum() for amounts in self.costs.values()))


class Reviews:
    """The reviews of one replicate; `hold` is called before every week, and most weeks have none.

    Args:
        scenario: as the replicate lives it; without a review nothing ever happens.
        world: whose totals are read, and whose plans are changed.
    """

    def __init__(self, scenario: Scenario, world: World) -> None:
        self.scenario = scenario
        self.world = world
        self.held: list[Decision] = []
        there = {lever.id: lever for lever in scenario.levers}
        named = scenario.review.levers.items()
        self._choices = {name: there[lever] for name, lever in named if lever in there}

    def hold(self, week: int) -> None:
        """Hold the review that falls due before a calendar week, if one does."""
        review = self.scenario.review
        if self._choices and week >= review.first and (week - review.first) % review.every == 0:
            measured = shortfalls(self.world, max(1, week - review.every), week)
            self.held.append(self._decision(week, measured))

    def _decision(self, week: int, measured: Mapping[str, Shortfall]) -> Decision:
        for name in self._order(measured):
            lever = self._lasting(self._choices[name], week)
            left = 1.0 - self._built(lever)
            if left > 1.0 - ALL:
                whole = self._spent(lever, week)
                share = min(left, float(self.scenario.review.budget or 0.0) / whole) if whole > 0.0 else left
                return self._bought(week, measured, name, _in_part(lever, share), share)
        return Decision(week, measured, "", None, 0.0, {})

    def _order(self, measured: Mapping[str, Shortfall]) -> list[str]:
        """What the policy would buy for, best first; of equals the one that the scenario names first."""
        names = list(self._choices)
        if self.scenario.review.policy == "worst":
            return sorted(names, key=lambda name: -measured[name].size)
        turn = len(self.held) % len(names)
        return names[turn:] + names[:turn]

    def _lasting(self, lever: Lever, week: int) -> Lever:
        """A lever as it is bought before a week: what is built once stays, all else lasts until the next review.

        What is bought again at the next review goes on: it does not begin anew with its ramp.
        """
        if _is_built(lever):
            return lever.model_copy(update={"start_week": week, "end_week": None})
        last = self.held[-1].lever if self.held else None
        since = last.start_week if last is not None and last.id == lever.id else week
        end = min(week + self.scenario.review.every - 1, self.scenario.weeks)
        return lever.model_copy(update={"start_week": since, "end_week": end})

    def _built(self, lever: Lever) -> float:
        """How much of a lever is there to stay."""
        return sum(each.share for each in self.held if each.lever and each.lever.id == lever.id and _is_built(lever))

    def _spent(self, lever: Lever, week: int) -> float:
        """What a lever will cost from a week on; nothing is changed."""
        plans = self.world.plans
        tried = plans._replace(outlets=plans.outlets.copy(), retailers=plans.retailers.copy(), desks=plans.desks.copy())
        return float(sum(amounts.sum() for amounts in self._costs(lever, week, tried).values()))

    def _bought(self, week: int, measured: Mapping[str, Shortfall], name: str, lever: Lever, share: float) -> Decision:
        """Buy: the plan of the weeks to come is what it is with the lever."""
        return Decision(week, measured, name, lever, share, self._costs(lever, week, self.world.plans))

    def _costs(self, lever: Lever, week: int, plans: Any) -> dict[str, Any]:
        """Move a plan from a week on by a lever, and reckon what that costs by week."""
        now = self.world.warmup + week - 1
        weeks = np.arange(week, self.scenario.weeks + 1)
        lever_moves(self.scenario, lever, weeks, plans.outlets[now:], plans.retailers[now:], plans.desks[now:])
        record = Record(self.world.totals, Readings(0), b"", self.world)
        return costs_of(Bought(lever, self.scenario, record, plans, weeks))


def _is_built(lever: Lever) -> bool:
    """Whether any of it is paid for once."""
    return any(row.cost and row.per == "once" for row in LEVERS[lever.kind].fields.values())


def _in_part(lever: Lever, share: float) -> Lever:
    """A share of a lever: so much of what it does, and of the prices that do not follow from that."""
    kind = LEVERS[lever.kind]
    doses = {effect.by for effect in kind.effects}
    prices = {name for name, row in kind.fields.items() if row.cost and row.cost not in DOSED}
    part = {name: share * float(lever.fields[name]) for name in doses | prices}
    return lever.model_copy(update={"fields": {**lever.fields, **part}})


def shortfalls(world: World, first: int, end: int) -> dict[str, Shortfall]:
    """What the focal retailer's visitors met from calendar week `first` to before `end`, by determinant.

    Importance x shortfall from the best level that there is (`aspired_level`): importance-performance analysis
    (Martilla & James 1977). All 0 where nobody came.
    """
    ours = world.market.outlets.retailer == world.focal
    weeks = slice(world.warmup + first - 1, world.warmup + end - 1)
    totals = world.totals.visits[weeks, ours].sum((0, 1, 2))  # whole numbers: the same for any number of threads
    visits = int(totals[VISIT_TOTALS.index("visits")])
    means = totals / FIXED / max(visits, 1)
    best = world.numbers.learning.aspired_level
    found = {}
    for name in DETERMINANT_NAMES:
        level, weight = (float(means[VISIT_TOTALS.index(f"{of}_{name}")]) for of in ("level", "weight"))
        found[name] = Shortfall(level, weight, weight * max(0.0, best - level))
    return found


def reviews_table(scenario: Scenario, records: Sequence[Record]) -> Table:
    """One row per replicate, review and determinant: what was measured, whether it was chosen, bought and spent."""
    rows = [row for record in records for row in _rows(record)]
    if not rows:
        return EMPTY
    table = Table.of(**{name: [row[name] for row in rows] for name in rows[0]})
    return table.leading(scenario=Labels.constant(scenario.name, len(rows)))


def _rows(record: Record) -> Iterator[dict[str, Any]]:
    for decision in record.reviews:
        for name, shortfall in decision.measured.items():
            chosen = name == decision.determinant and decision.lever is not None
            yield {
                "replicate": record.world.key[1],
                "week": decision.week,
                "determinant": name,
                "level": shortfall.level,
                "importance": shortfall.importance,
                "shortfall": shortfall.size,
                "lever": decision.lever.id if chosen and decision.lever is not None else "",
                "share": decision.share if chosen else 0.0,
                "spent": decision.spent if chosen else 0.0,
            }
