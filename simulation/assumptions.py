"""Which numbers behind a scenario are assumptions: no publication stands behind their size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

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


class Beyond(NamedTuple):
    """A number of a lever that lies outside what evidence covers: its path, its value, and the ends of that."""

    path: str
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.path} is {self.value:g}; evidence covers {self.low:g} to {self.high:g}"


def beyond_evidence(scenario: Scenario) -> list[Beyond]:
    """Doses and effects of levers beyond what was seen, or what the evidence leaves open: their effect is a guess."""
    return [
        Beyond(f"lever.{lever.id}.{name}", float(lever.fields[name]), *ends)
        for lever in scenario.levers
        for name, row in parameters.LEVERS[lever.kind].fields.items()
        if (ends := row.seen or row.spread) and not row.cost and not ends[0] <= float(lever.fields[name]) <= ends[1]
    ]


def assumed_levers(scenario: Scenario) -> list[str]:
    """Kinds of the levers in use whose effect is an assumption, or of which only the direction is known."""
    kinds = dict.fromkeys(lever.kind for lever in scenario.levers)
    return [kind for kind in kinds if parameters.LEVERS[kind].evidence != "measured"]


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
