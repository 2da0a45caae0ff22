"""Word reaches people, compiled: every week, for every link of a lane of customers, messages and ratings."""

from __future__ import annotations

from typing import Any

from simulation.bits import uniforms
from simulation.chance import WORD
from simulation.compiling import phase
from simulation.customer.gathering import gather
from simulation.customer.lane import LANE, LENIENCY, SOCIABILITY
from simulation.customer.memory import moved
from simulation.customer.rating import promised_by_stars
from simulation.customer.word import (
    belief_in_blame,
    belief_in_praise,
    heard_after,
    inexperience,
    messages,
    will_after_word,
)
from simulation.records import LINK_TOTALS

HEARD_WELL, HEARD_BADLY, REACHED, AWARE_BY_WORD = (
    LINK_TOTALS.index(name) for name in ("heard_well", "heard_badly", "reached", "aware_by_word")
)


@phase
def listeners_gather(relate: Any, people: Any) -> None:
    """Where the customers of the lane live, and how they hear."""
    gather(relate.cell, people.cell, relate.who)
    gather(relate.leniency, people.traits[LENIENCY], relate.who)
    gather(relate.sociability, people.traits[SOCIABILITY], relate.who)


@phase
def messages_arrive(
    relate: Any, slot: int, week: int, seed: int, replicate: int, links: Any, retailers: Any, pools: Any
) -> None:
    """For one slot: what the neighbourhood says of its retailer this week, and what stars its ratings show."""
    for j in range(LANE):
        relate.pool[j] = relate.cell[j] * retailers.size + relate.retailer[j]
    gather(relate.praise_rate, pools.praise, relate.pool)
    gather(relate.blame_rate, pools.blame, relate.pool)
    gather(relate.rating, retailers.rating, relate.retailer)
    gather(relate.will, links.will[slot], relate.who)
    gather(relate.visits, links.visits[slot], relate.who)
    gather(relate.heard, links.heard[slot], relate.who)
    for j in range(LANE):
        a, b, _, _ = uniforms(seed, replicate, relate.key[j], week, 0, 0, WORD, relate.number[j])
        relate.praise[j] = a
        relate.blame[j] = b
    for j in range(LANE):
        relate.praise[j] = messages(relate.praise[j], relate.praise_rate[j] * relate.sociability[j])
        relate.blame[j] = messages(relate.blame[j], relate.blame_rate[j] * relate.sociability[j])
        relate.messages[j] = relate.praise[j] + relate.blame[j]


@phase
def word_is_heard(relate: Any, word: Any, relations: Any, prior: float) -> None:
    """What messages and ratings leave: what is in the ear, and the expectation of who has little own experience."""
    for j in range(LANE):
        good = belief_in_praise(
            relate.visits[j], relate.satisfaction[j], relations.dissatisfied_to, word.contrary_share
        )
        bad = belief_in_blame(relate.visits[j], relate.satisfaction[j], relations.satisfied_from, word.contrary_share)
        relate.heard[j] = heard_after(
            relate.heard[j],
            word.heard_kept,
            good * word.praise_heard * relate.praise[j],
            bad * word.blame_heard * relate.blame[j],
            word.heard_most,
        )
    for j in range(LANE):
        naive = inexperience(prior, relate.visits[j])
        relate.will[j] = will_after_word(
            relate.will[j], word.will_per_message, naive, relate.praise[j], relate.blame[j]
        )
        promised = promised_by_stars(relate.rating[j], relate.leniency[j])
        relate.will[j] = moved(relate.will[j], word.will_per_rating * naive, promised)


@phase
def listening_is_counted(relate: Any, slot: int, first: int, count: int, people: Any, links: Any, totals: Any) -> None:
    """Write back what was heard, and add it to the week's totals by retailer and segment."""
    counts = totals.links
    segment_of_person = people.segment
    retailer_of_link = links.retailer
    heard_of_link = links.heard
    will_of_link = links.will
    for j in range(count):
        i = first + j
        r = retailer_of_link[slot, i]
        if r >= 0:
            g = segment_of_person[i]
            heard_of_link[slot, i] = relate.heard[j]
            will_of_link[slot, i] = relate.will[j]
            counts[r, g, HEARD_WELL] += int(relate.praise[j])
            counts[r, g, HEARD_BADLY] += int(relate.blame[j])
            counts[r, g, REACHED] += 1 if relate.messages[j] > 0.0 else 0
            counts[r, g, AWARE_BY_WORD] += 1 if relate.by_word[j] > 0.0 else 0
