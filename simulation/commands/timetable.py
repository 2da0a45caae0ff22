"""When each lever and event of a scenario moves, in weeks and dates."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from simulation.scenario import Scenario


class Entry(NamedTuple):
    """One lever or event: `first` to `last` week (None: to the end), in full force `ramp` weeks after it starts."""

    name: str
    kind: str
    who: str
    first: int
    last: int | None
    ramp: int
    fields: dict[str, float | str]
    waits: bool = False  # for a review to buy it


def timetable(scenario: "Scenario") -> list[Entry]:
    """All levers and events in order of their first week."""
    return sorted([*_levers(scenario), *_events(scenario)], key=lambda entry: entry.first)


def _levers(scenario: "Scenario") -> Iterator[Entry]:
    for lever in scenario.levers:
        where = lever.outlet or lever.retailer
        waits = lever.id in scenario.review.waiting
        first = scenario.review.first if waits else lever.start_week
        yield Entry(
            lever.id, lever.kind, where, first, lever.end_week, lever.ramp_weeks or 0, dict(lever.fields), waits
        )


def _events(scenario: "Scenario") -> Iterator[Entry]:
    for event in scenario.events:
        last = None if event.weeks is None else event.week + event.weeks - 1
        yield Entry(event.id, event.kind, event.retailer or "everybody", event.week, last, 0, dict(event.fields))


def in_words(entry: Entry, scenario: "Scenario") -> str:
    """`from week 13 (2026-03-30), in full after 4 weeks, to the end`."""
    ramp = f", in full after {entry.ramp} weeks" if entry.ramp else ""
    end = "to the end" if entry.last is None else f"to week {entry.last}"
    if entry.waits:
        return f"when a review buys it, from week {entry.first} ({monday(entry.first, scenario)}) on"
    return f"from week {entry.first} ({monday(entry.first, scenario)}){ramp}, {end}"


def monday(week: int, scenario: "Scenario") -> str:
    """The date on which a week begins."""
    return (scenario.market.start + timedelta(weeks=week - 1)).isoformat()
