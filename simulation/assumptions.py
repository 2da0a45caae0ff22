"""Which numbers behind a scenario are assumptions: no publication stands behind their size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from simulation import parameters

if TYPE_CHECKING:
    from simulation.scenario import Scenario

WORD = "assumption"  # what a source says when there is none, or only for the sign


@dataclass(frozen=True)
class Assumption:
    """A number that somebody chose: what kind of number, its name, what its source says."""

    kind: str
    name: str
    source: str


class Sourced(Protocol):
    """Anything of `simulation.parameters` that says where it comes from."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102


def assumptions(scenario: Scenario) -> list[Assumption]:
    """What a scenario assumes: in the model, but for the numbers it replaces, and in its own levers and events."""
    return [*_of_model(scenario), *_of_kinds(scenario)]


def sources(scenario: Scenario) -> dict[str, list[str]]:
    """Numbers that a scenario gives with a source, such as survey: their paths by source."""
    found: dict[str, list[str]] = {}
    for path, row in scenario.sources.items():
        found.setdefault(row.source, []).append(path)
    season = scenario.market.season
    if season is not None and season.source:
        found.setdefault(season.source, []).append("market.season")
    return found


def _of_model(scenario: Scenario) -> Iterator[Assumption]:
    yield from _among("parameter", parameters.PARAMETERS, without=scenario.parameters)
    yield from _among("dimension", parameters.DIMENSIONS, without=scenario.dimensions)
    yield from _among("moderator", parameters.MODERATORS, without=scenario.moderators)
    yield from _among("need", parameters.NEEDS, without=scenario.needs)
    yield from _among("instrument", parameters.INSTRUMENTS)
    yield from _among("trait", parameters.TRAITS, without=scenario.population.traits)
    yield from _among("format", parameters.FORMATS)
    for channel in dict.fromkeys(desk.channel for desk in scenario.desks):
        yield from _among(f"desk {channel}", parameters.DESKS[channel])


def _of_kinds(scenario: Scenario) -> Iterator[Assumption]:
    """Fields of the levers and events in use; the user's own values are assumptions of the user's."""
    for word, bought, kinds in (
        ("lever", scenario.levers, parameters.LEVERS),
        ("event", scenario.events, parameters.EVENTS),
    ):
        for kind in dict.fromkeys(each.kind for each in bought):
            yield from _among(f"{word} {kind}", kinds[kind].fields)


def _among(kind: str, rows: Mapping[str, Sourced], without: Mapping[str, object] | None = None) -> Iterator[Assumption]:
    for name, row in rows.items():
        if WORD in row.source and name not in (without or {}):
            yield Assumption(kind, name, row.source)
