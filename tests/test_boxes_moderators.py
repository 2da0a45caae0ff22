"""Every moderator acts in its direction: what it targets answers when its source is at either end of its scale."""

from typing import Any

import numpy as np
import pytest

from simulation.customer.lane import SOURCES
from simulation.parameters import (
    CHOICE_TARGETS,
    MODERATORS,
    OUTLET_SOURCES,
    RESPONSES,
    SITUATION_SOURCES,
    VISIT_TARGETS,
    WEEK_TARGETS,
    Moderator,
)
from simulation.records import LINK_TOTALS, MARKET_TOTALS, TRAITS, VISIT_TOTALS
from simulation.world import World
from tests.lives import grocery, lived

STAGES = (WEEK_TARGETS, CHOICE_TARGETS, VISIT_TARGETS)
CUSTOMERS = 1_000
BUSY = 1.7  # times the reference load, so that there are crowds and queues
# The determinant that is first of all about one dimension: it weighs more when that dimension does.
OWN_DETERMINANT = {"cognitive": "assortment", "affective": "brand", "social": "social", "physical": "atmosphere"}
# Sources that cannot be at the lower end of their scale: there is no less than none.
ONE_SIDED = {"online", "entry"}
CASES = [
    (row, end) for row in MODERATORS.values() for end in (-1, 1) if end > 0 or row.source_variable not in ONE_SIDED
]


def source_held(world: World, name: str, value: float) -> None:
    """Hold a source variable at one value for everybody everywhere (a channel is left as it is)."""
    if name in TRAITS:
        world.people.trait(name)[:] = value
    elif name in SITUATION_SOURCES:
        world.plans.situations[name][:] = value
    elif name in OUTLET_SOURCES and name != "online":
        world.market.offers[name][:] = value


def only(row: Moderator, strength: float, value: float) -> Any:
    """A change of a world: this moderator alone, at a strength, with its source at a value; shops are busy."""

    def alone(world: World) -> World:
        source_held(world, row.source_variable, value)
        world.market.outlets.visits *= BUSY
        stages = [
            _alone(stage, targets, row, strength) for stage, targets in zip(world.moderation, STAGES, strict=True)
        ]
        return world._replace(moderation=type(world.moderation)(*stages))

    return alone


def _alone(stage: Any, targets: tuple[str, ...], row: Moderator, strength: float) -> Any:
    acts = np.zeros(stage.source.size)
    if row.target in targets:
        own = stage.target == targets.index(row.target)
        acts[own & (stage.source == SOURCES.index(row.source_variable))] = strength
    return stage._replace(strength=acts)


def a_week(row: Moderator, strength: float, end: int) -> World:
    value = row.high if end > 0 else row.low
    return lived(grocery(CUSTOMERS), 1, change=only(row, strength, value))


def outcome(world: World, row: Moderator) -> float:
    """What the target of a moderator moves, rising with the target."""
    totals = world.totals.visits[0].sum(axis=1)
    if row.source_variable == "online":
        totals = totals[world.market.offers.online > 0.0]
    mean = {name: totals[:, n].sum() / totals[:, 0].sum() / 65536 for n, name in enumerate(VISIT_TOTALS)}
    kind, _, name = row.target.partition(".")
    if kind == "weight":
        return float(mean[f"weight_{name}"])
    if kind == "dimension":
        return float(mean[f"weight_{OWN_DETERMINANT[name]}"])
    return RESPONSES_SEEN[row.target](world, mean)


def cheapness(world: World) -> float:
    """How cheap the outlets chosen are."""
    chosen = world.totals.visits[0, :, :, 0].sum(axis=1)
    return -float((chosen * world.market.offers.log_price).sum() / chosen.sum())


def total(world: World, table: str, name: str) -> float:
    names = {"links": LINK_TOTALS, "market": MARKET_TOTALS, "visits": VISIT_TOTALS}[table]
    return float(getattr(world.totals, table)[0][..., names.index(name)].sum())


# What is seen of a response that grows.
RESPONSES_SEEN: dict[str, Any] = {
    "price_response": lambda world, mean: cheapness(world),
    "satisfaction_response": lambda world, mean: mean["expectation"],  # where satisfaction draws, more is expected
    "wait_sensitivity": lambda world, mean: -mean["level_service"],
    "crowding_sensitivity": lambda world, mean: -mean["level_social"],
    "disconfirmation": lambda world, mean: -mean["encounter"],  # losses weigh more, so surprises lower the mean
    "basket": lambda world, mean: total(world, "visits", "revenue_cents") / total(world, "visits", "baskets"),
    "need_rate": lambda world, mean: total(world, "market", "needs"),
    "leaving_slope": lambda world, mean: total(world, "links", "left"),
}


@pytest.mark.parametrize(("row", "end"), CASES, ids=lambda case: getattr(case, "name", case))
def test_a_moderator_acts_in_its_direction(row: Moderator, end: int):
    with_it, without = (outcome(a_week(row, strength, end), row) for strength in (row.strength, 0.0))
    change = with_it - without
    assert np.sign(change) == np.sign(row.strength * end), f"{row.about}: {row.target} changed by {change:+.5f}"


def test_every_response_has_something_to_be_seen_by():
    assert set(RESPONSES_SEEN) == set(RESPONSES)


def test_every_source_and_target_is_known_to_the_engine():
    targets = {target for stage in STAGES for target in stage}
    assert {row.source_variable for row in MODERATORS.values()} <= set(SOURCES)
    assert {row.target for row in MODERATORS.values()} <= targets


@pytest.mark.parametrize("row", MODERATORS.values(), ids=lambda row: row.name)
def test_what_an_outlet_moderates_is_needed_only_once_it_is_entered(row: Moderator):
    """Before the choice a lane does not know the outlet: its sources are then those of an earlier visit."""
    if row.source_variable in OUTLET_SOURCES:
        assert row.target in VISIT_TARGETS
