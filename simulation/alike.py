"""Worlds that are the same until some week, lived as one until then.

What a customer or a market does in a week follows from what stood before it, from the plan of that week, and from what
holds in all weeks; where all of these are the same to the bit, so is the week.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulation.records import GAIN_COLUMNS, GIVEN_COLUMNS, levels_of
from simulation.schedule import plans_of
from simulation.world import World

if TYPE_CHECKING:
    from simulation.scenario import Scenario

Marks = Sequence[Hashable]  # of each week: what happens in it follows from nothing else but the weeks before


class Stretch(NamedTuple):
    """Worlds, by number, that are one from a week on until another, the last or that in which they part."""

    worlds: tuple[int, ...]
    begin: int
    end: int


def marks_of_weeks(scenario: Scenario, world: World) -> list[bytes]:
    """Marks of the weeks of a world that has not begun to live them; the first has all that holds in every week."""
    rows = [_bytes_of_weeks(column[world.warmup :]) for column in world.plans[:-1]]  # `levels` shows `outlets` again
    marks = [_mark(week) for week in zip(*rows, strict=True)]
    holds = _mark([*world.people, *world.links, *world.reach, *world.market, *world.tables, *_moderation(world)])
    words = repr((world.key, world.focal, world.weight, world.numbers, _review(scenario)))
    return [marks[0] + holds + words.encode(), *marks[1:]] if marks else []


def _bytes_of_weeks(column: Any) -> Any:
    """A column of the plan as numbers of bytes, (weeks, bytes)."""
    whole = np.ascontiguousarray(column)
    return np.frombuffer(whole.tobytes(), np.uint8).reshape(len(whole), -1)


def _review(scenario: Scenario) -> str:
    """What reviews read besides: they choose by all that a scenario says, prices too."""
    return scenario.model_dump_json() if scenario.review.levers else ""


def _moderation(world: World) -> Iterator[Any]:
    return (np.asarray(column) for stage in world.moderation for column in stage)


def _mark(columns: Any) -> bytes:
    found = hashlib.sha256()
    for column in columns:
        found.update(np.ascontiguousarray(column).tobytes())
    return found.digest()


def stretches(marks: Sequence[Marks], worlds: Sequence[int], begin: int = 0) -> list[Stretch]:
    """How worlds with these marks, which are one before week `begin`, part in it, and until when each part is one."""
    parts: dict[Hashable, list[int]] = {}
    for world in worlds:
        parts.setdefault(marks[world][begin] if begin < len(marks[world]) else None, []).append(world)
    return [Stretch(tuple(part), begin, _parting(marks, part, begin)) for part in parts.values()]


def _parting(marks: Sequence[Marks], worlds: Sequence[int], begin: int) -> int:
    """The first week after `begin` in which not all of these worlds are one, or the number of weeks."""
    first = marks[worlds[0]]
    weeks = range(begin + 1, len(first))
    return next((week for week in weeks if any(marks[other][week] != first[week] for other in worlds)), len(first))


def gone_on(world: World, scenario: Scenario) -> World:
    """The world of a scenario that has been the same as this one until now: nothing but the plan may differ."""
    market = world.market
    offers = market.offers.copy()
    return world._replace(
        plans=plans_of(scenario),
        people=_copied(world.people),
        links=_copied(world.links),
        reach=_copied(world.reach),
        market=_copied(market)._replace(
            offers=offers,
            levels=levels_of(offers),
            given_needs=levels_of(offers, GIVEN_COLUMNS),
            gains=levels_of(offers, GAIN_COLUMNS),
        ),
        outcomes=_copied(world.outcomes),
        notes=_copied(world.notes),
        totals=_copied(world.totals),
    )


def _copied(columns: Any) -> Any:
    return type(columns)(*(column.copy() for column in columns))
