"""Twins.

A second world that goes on from where the baseline's warm-up ended, with the same people and the same luck.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.records import LEARNING, REACH, Links, Reach
from simulation.scenario import Scenario
from simulation.world import World, empty_links, empty_reach, world_of

OUTLET_STATE = (
    "base_price",
    "usual_staff",
    "newcomer",
    "given_service",
    "given_price",
    "price_offset",
    "skill",
    "motivation",
    "openness",
    "turnover",
    "fresh",
    "visits",
    "load",
)
RETAILER_STATE = ("given_brand", "brand", "rating", "postings")
DESK_STATE = ("contacts", "capacity", "backlog")


def twin_of(warm: World, baseline: Scenario, scenario: Scenario) -> World:
    """The scenario's world at week 1.

    Everything that the baseline's has become, and the scenario's plans from there on.

    What only the scenario has opens in week 1, or in a week of its own; what only the baseline has is gone.
    """
    twin = world_of(scenario, warm.key[1], begin=False)
    outlets = _places([o.id for o in baseline.outlets], [o.id for o in scenario.outlets])
    retailers = _places([r.id for r in baseline.retailers], [r.id for r in scenario.retailers])
    _carry(warm.market.outlets, twin.market.outlets, outlets, OUTLET_STATE)
    _carry(warm.market.retailers, twin.market.retailers, retailers, RETAILER_STATE)
    desks = _places([d.id for d in baseline.desks], [d.id for d in scenario.desks])
    _carry(warm.market.desks, twin.market.desks, desks, DESK_STATE)
    _carry(warm.market.learning, twin.market.learning, retailers, LEARNING.names or ())
    _open_new(twin, outlets)
    last = warm.warmup - 1
    if last >= 0:
        for o, place in enumerate(outlets):
            if place >= 0:
                twin.totals.visits[last, place] = warm.totals.visits[last, o]
        for r, place in enumerate(retailers):
            if place >= 0:
                twin.totals.links[last, place] = warm.totals.links[last, r]
                twin.totals.word[last, :, place] = warm.totals.word[last, :, r]
        for d, place in enumerate(desks):
            if place >= 0:
                twin.totals.desks[last, place] = warm.totals.desks[last, d]
    twin.people.habitual[:] = warm.people.habitual
    twin.people.should[:] = warm.people.should
    twin.people.pace[:] = warm.people.pace
    if twin.notes.ease.size and warm.notes.ease.size:
        for old, new in zip(warm.notes, twin.notes, strict=True):
            new[..., : old.shape[-2], :] = old
    return twin._replace(
        links=_links(warm.links, retailers, desks, twin.links.retailer.shape[0]), reach=_reach(warm.reach, outlets)
    )


def _places(before: list[str], after: list[str]) -> list[int]:
    """Where each id of `before` stands in `after`; -1 where it is gone."""
    return [after.index(name) if name in after else -1 for name in before]


def _carry(source: Any, target: Any, places: list[int], names: tuple[str, ...]) -> None:
    for row, place in enumerate(places):
        if place >= 0:
            for name in names:
                target[name][place] = source[name][row]


def _open_new(twin: World, places: list[int]) -> None:
    """Outlets that the baseline has not, and that are open from the start, open in week 1."""
    for o in set(range(twin.market.outlets.size)) - set(places):
        twin.market.outlets.visits[o] = 0.0
        if twin.warmup < twin.plans.outlets.shape[0] and twin.plans.outlets[twin.warmup].is_open[o] > 0.0:
            twin.plans.outlets[twin.warmup].opens[o] = 1.0


def _mapped(values: Any, places: list[int]) -> Any:
    """Numbers of retailers or outlets in the other world; -1 stays -1."""
    return np.array([*places, -1], values.dtype)[values]


def _links(links: Links, places: list[int], desks: list[int], slots: int) -> Links:
    found = empty_links(max(slots, links.retailer.shape[0]), links.retailer.shape[1])
    for old, new in zip(links, found, strict=True):
        new[: old.shape[0]] = old
    found.retailer[:] = _mapped(found.retailer, places)
    found.status[found.retailer < 0] = 0
    waits = found.complaint > 0  # at a desk, which may have another number, or be gone
    found.complaint[waits] = np.array([*(place + 1 for place in desks), 0], np.int16)[found.complaint[waits] - 1]
    return found


def _reach(reach: Reach, places: list[int]) -> Reach:
    found = empty_reach(reach.outlet.shape[1])
    for old, new in zip(reach, found, strict=True):
        new[:REACH] = old
    found.outlet[:] = _mapped(found.outlet, places)
    found.loyalty[found.outlet < 0] = 0.0
    return found
