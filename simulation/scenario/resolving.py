"""From the forms of a checked draft to a complete scenario: every default filled in, so that nothing later guesses."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any

from simulation import parameters as numbers
from simulation.scenario.drafting import Draft
from simulation.scenario.forms import (
    NESTED_TABLES,
    NUMBER_TABLES,
    Desk,
    Lever,
    Market,
    Money,
    Optimise,
    Outlet,
    Population,
    Record,
    Retailer,
    Review,
    Run,
    Uncertainty,
    World,
)

DESK_USUALS = ("hours_open_week", "first_contact_resolution", "complaint_resolution")


def resolved(draft: Draft, name: str) -> dict[str, Any]:
    """The fields of a scenario."""
    tree = draft.tree
    run = draft.run or Run(seed=0, weeks=1)
    return {
        **{key: getattr(run, key) for key in Run.model_fields},
        "name": tree.get("name") or name,
        "market": draft.market or Market(),
        "population": _population(draft),
        "retailers": tuple(_retailer(draft, retailer) for retailer in draft.retailers.values()),
        "outlets": tuple(_outlet(draft, outlet) for outlet in draft.outlets.values()),
        "desks": tuple(_desk(draft, desk) for desk in draft.desks.values()),
        "levers": tuple(_lever(draft, lever) for lever in draft.levers.values()),
        "events": tuple(draft.events.values()),
        "record": draft.record or Record(),
        "uncertainty": draft.uncertainty or Uncertainty(),
        "money": draft.money or Money(),
        "optimise": draft.optimise or Optimise(),
        "review": draft.review or Review(),
        **{table: _numbers(tree.table(table)) for table in NUMBER_TABLES},
        **{table: {name: _numbers(tree.table(table, name)) for name in tree.table(table)} for table in NESTED_TABLES},
    }


def file_shape(world: World) -> dict[str, Any]:
    """A scenario as nested values with the keys of its file."""
    values = world.model_dump(by_alias=True)
    for array in ("lever", "event"):
        values[array] = [_flat(action) for action in values[array]]
    if not world.review.levers:
        del values["review"]  # there is none
    return values


def _population(draft: Draft) -> Population:
    population = draft.population or Population()
    count = draft.customers or population.customers
    represents = population.represents if draft.tree.get("population", "represents") else count
    return population.model_copy(update={"customers": count, "represents": represents})


def _retailer(draft: Draft, retailer: Retailer) -> Retailer:
    update: dict[str, Any] = {"name": retailer.name or retailer.id}
    if draft.tree.get("retailer", retailer.id, "brand") is None:
        brands = [outlet.levels["brand"] for outlet in draft.outlets.values() if outlet.retailer == retailer.id]
        update["brand"] = fmean(brands)
    return retailer.model_copy(update=update)


def _outlet(draft: Draft, outlet: Outlet) -> Outlet:
    if draft.tree.get("outlet", outlet.id, "hedonic") is not None:
        return outlet
    return outlet.model_copy(update={"hedonic": numbers.FORMATS[outlet.format].value})


def _desk(draft: Draft, desk: Desk) -> Desk:
    """A desk with what its file leaves out as its channel usually has it."""
    usual = numbers.DESKS[desk.channel]
    missing = [name for name in DESK_USUALS if draft.tree.get("desk", desk.id, name) is None]
    return desk.model_copy(update={name: usual[name].value for name in missing})


def _lever(draft: Draft, lever: Lever) -> Lever:
    """A lever with what its file leaves out: the focal retailer buys it, and it takes its kind's time."""
    kind = numbers.LEVERS[lever.kind]
    usual = {"retailer": draft.focal, "ramp_weeks": kind.ramp_weeks, "half_life_weeks": float(kind.half_life_weeks)}
    return lever.model_copy(update={key: value for key, value in usual.items() if getattr(lever, key) in ("", None)})


def _numbers(table: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in table.items()}


def _flat(action: Mapping[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in action.items() if key != "fields"}, **action["fields"]}
