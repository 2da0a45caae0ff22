"""Where what is gained comes from: the focal retailer's margin of every customer in two worlds, by source, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.customer.relation import ACTIVE
from simulation.discounting import WHOLE
from simulation.records import Outcomes
from simulation.results import Labels, Table

if TYPE_CHECKING:
    from simulation.recording import Record
    from simulation.scenario import Scenario
    from simulation.world import World

SOURCES = ("repurchase", "retention", "acquisition", "word_of_mouth")
REPURCHASE, RETENTION, ACQUISITION, WORD = range(len(SOURCES))


def sources_of(before: Outcomes, after: Outcomes) -> Any:
    """The source of what is gained with each customer, by number in `SOURCES`: every customer has one.

    Who was a customer when the first week began buys more or less (repurchase), or stays longer or shorter (retention);
    anybody else is acquired, by word of mouth where that made them aware or brought the first purchase in either world.
    """
    stayed = np.where(after.weeks == before.weeks, REPURCHASE, RETENTION)
    came = np.where((after.by_word | before.by_word) > 0, WORD, ACQUISITION)
    return np.where(before.before > 0, stayed, came)


def margin_of(outcomes: Outcomes, rows: Any = slice(None)) -> Any:
    """Discounted margin of each customer, in the market's currency."""
    return outcomes.margin[rows] / (100.0 * WHOLE)


def gained(before: Outcomes, after: Outcomes) -> Mapping[str, int]:
    """Discounted margin gained, by source, in cents and 1 / WHOLE: whole numbers that add up to all of it."""
    source, more = sources_of(before, after), after.margin - before.margin
    return {name: int(more[source == number].sum()) for number, name in enumerate(SOURCES)}


def gains_table(scenario: Scenario, after: Sequence[Record], before: Sequence[Record]) -> Table:
    """By replicate and source: customers, and in both worlds their discounted margin and how many end as customers."""
    pairs = enumerate(zip(after, before, strict=True))
    table = Table.concat(_replicate(n, new.world, old.world) for n, (new, old) in pairs)
    return table.leading(scenario=Labels.constant(scenario.name, len(table)))


def _replicate(replicate: int, after: World, before: World) -> Table:
    source = sources_of(before.outcomes, after.outcomes)
    worlds = (("baseline", before), ("scenario", after))
    return Table.of(
        replicate=np.full(len(SOURCES), replicate, np.int32),
        source=Labels(np.arange(len(SOURCES)), SOURCES),
        customers=_count(source, (before.outcomes.weeks + after.outcomes.weeks) > 0) * before.weight,
        **{name: column for place, world in worlds for name, column in _columns(source, place, world)},
    )


def _columns(source: Any, place: str, world: World) -> Iterator[tuple[str, Any]]:
    """What is told of one world, by source."""
    margins = [world.outcomes.margin[source == number].sum() for number in range(len(SOURCES))]
    yield f"margin_{place}", np.array(margins) / (100.0 * WHOLE) * world.weight
    is_customer = (world.links.status == ACTIVE) & (world.links.retailer == world.focal)
    yield f"staying_{place}", _count(source, is_customer.any(0)) * world.weight


def _count(source: Any, who: Any) -> Any:
    return np.bincount(source[who], minlength=len(SOURCES)).astype(float)
