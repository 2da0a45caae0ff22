"""What one world leaves behind: totals, offers, purchases, final state, and the hash of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.chance import SURVEY, uniform_columns
from simulation.chance import TRAITS as TRAIT_STREAM
from simulation.offers import Readings
from simulation.records import DETERMINANTS, Totals
from simulation.world import World

if TYPE_CHECKING:
    from simulation.reviews import Decision

RESPONDENT = 0  # the entity whose luck chooses who is interviewed; retailers have numbers from 1
SAMPLE_ROWS = 200_000  # of the tables that have one row per customer


@dataclass
class Record:
    """One replicate of one world, finished."""

    totals: Totals  # from week 1
    readings: Readings  # warm-up included where the world lived it
    digest: bytes
    world: World
    purchases: list[tuple[int, Any, Any, Any, Any]] = field(
        default_factory=list
    )  # week, customer, occasion, outlet, cents
    interviews: list[tuple[int, Any, Any, Any]] = field(default_factory=list)  # week, customer, retailer, answers
    reviews: list[Decision] = field(default_factory=list)

    @property
    def offers(self) -> Any:
        """What outlets offered from week 1 on, (weeks, outlets) OFFER."""
        return self.readings.since(self.world.warmup)

    @property
    def desks(self) -> Any:
        """How service desks stood from week 1 on, (weeks, desks) DESK."""
        return self.readings.since(self.world.warmup, "desk")


def digest_of(world: World) -> bytes:
    """Hash of the weekly int64 totals from week 1 and of the final state of all customers, before any conversion."""
    found = hashlib.sha256()
    for column in world.totals:
        found.update(np.ascontiguousarray(column[world.warmup :]).data)
    for group in (world.people, world.links, world.reach):
        for column in group:
            found.update(np.ascontiguousarray(column).data)
    return found.digest()


def purchases_of_week(week: int, log: Any) -> tuple[int, Any, Any, Any, Any]:
    """The week's log as columns: customer, number in the week, outlet, cents."""
    bought = np.arange(log.outlet.shape[1])[None, :] < log.occasions[:, None]
    customer, occasion = np.nonzero(bought)
    return (
        week,
        customer.astype(np.int32),
        occasion.astype(np.int8),
        log.outlet[bought].copy(),
        log.cents[bought].copy(),
    )


def respondents_of(world: World, share: float) -> Any:
    """Who is interviewed: the same customers in every wave and in both worlds, a share of all."""
    luck = uniform_columns(*world.key, world.people.key, SURVEY, 0, RESPONDENT)[:, 0]
    return np.nonzero(luck < share)[0]


def interviews_of_week(world: World, week: int, calendar: int, who: Any) -> tuple[int, Any, Any, Any]:
    """One wave at the end of a week: customer, retailer and answers of each interview, in order of customers."""
    from simulation.customer.surveying import DRIVER, respondents_answer

    shape = (world.links.retailer.shape[0], who.size, DRIVER + DETERMINANTS)
    answers, levels = np.full(shape, np.nan), np.empty(shape)
    respondents_answer(
        week,
        calendar,
        world.key,
        who,
        world.people,
        world.links,
        world.reach,
        world.market,
        world.tables,
        world.numbers,
        world.notes,
        levels,
        answers,
    )
    person, slot = np.nonzero(np.isfinite(answers[:, :, 0].T))
    customer = who[person]
    return calendar, customer, world.links.retailer[slot, customer].astype(np.int64), answers[slot, person]


def sample_of(world: World, rows: int) -> Any:
    """Customers for a table of at most `rows` rows: always the same ones for the same draw keys."""
    return sample_of_keys(world.people.key, rows)


def sample_of_keys(keys: Any, rows: int) -> Any:
    """The places of at most `rows` customers, who are always the same for the same draw keys."""
    if keys.size <= rows:
        return np.arange(keys.size)
    luck = uniform_columns(0, 0, keys, TRAIT_STREAM, 1)[:, 0]
    return np.sort(np.argsort(luck, kind="stable")[:rows])
