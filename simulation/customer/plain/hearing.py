"""Word reaches people, link by link of one customer, phase by phase as in the compiled `hearing.py`."""

from __future__ import annotations

from typing import Any

from simulation.chance import WORD
from simulation.customer.hearing import AWARE_BY_WORD, HEARD_BADLY, HEARD_WELL, REACHED
from simulation.customer.lane import LENIENCY, SOCIABILITY
from simulation.customer.memory import moved
from simulation.customer.plain.luck import Luck
from simulation.customer.plain.values import Values
from simulation.customer.rating import promised_by_stars
from simulation.customer.word import (
    belief_in_blame,
    belief_in_praise,
    heard_after,
    inexperience,
    messages,
    will_after_word,
)


def listeners_gather(relate: Values, i: int, people: Any) -> None:
    """Where the customer lives, and how they hear."""
    relate.cell = int(people.cell[i])
    relate.leniency = float(people.traits[LENIENCY, i])
    relate.sociability = float(people.traits[SOCIABILITY, i])


def messages_arrive(
    relate: Values, slot: int, i: int, week: int, luck: Luck, links: Any, retailers: Any, pools: Any
) -> None:
    """For one link: what the neighbourhood says of its retailer this week, and what stars its ratings show."""
    relate.retailer = max(int(links.retailer[slot, i]), 0)
    relate.pool = relate.cell * len(retailers) + relate.retailer
    relate.praise_rate = pools[relate.pool].praise
    relate.blame_rate = pools[relate.pool].blame
    relate.rating = retailers[relate.retailer].rating
    relate.will = float(links.will[slot, i])
    relate.visits = float(links.visits[slot, i])
    relate.heard = float(links.heard[slot, i])
    relate.heard_before, relate.will_before = relate.heard, relate.will
    a, b, _, _ = luck.uniforms(week, 0, 0, WORD, relate.number)
    relate.praise = messages(a, relate.praise_rate * relate.sociability)
    relate.blame = messages(b, relate.blame_rate * relate.sociability)
    relate.messages = relate.praise + relate.blame


def word_is_heard(relate: Values, word: Any, relations: Any, prior: float) -> None:
    """What messages and ratings leave: what is in the ear, and the expectation of who has little own experience."""
    good = belief_in_praise(relate.visits, relate.satisfaction, relations.dissatisfied_to, word.contrary_share)
    bad = belief_in_blame(relate.visits, relate.satisfaction, relations.satisfied_from, word.contrary_share)
    relate.heard = heard_after(
        relate.heard,
        word.heard_kept,
        good * word.praise_heard * relate.praise,
        bad * word.blame_heard * relate.blame,
        word.heard_most,
    )
    naive = inexperience(prior, relate.visits)
    relate.will = will_after_word(relate.will, word.will_per_message, naive, relate.praise, relate.blame)
    promised = promised_by_stars(relate.rating, relate.leniency)
    relate.will = moved(relate.will, word.will_per_rating * naive, promised)


def listening_is_counted(relate: Values, slot: int, i: int, people: Any, links: Any, totals: Any) -> None:
    """Write back what was heard, and add it to the week's totals by retailer and segment."""
    if links.retailer[slot, i] < 0:
        return
    row = totals.links[links.retailer[slot, i], people.segment[i]]
    links.heard[slot, i] = relate.heard
    links.will[slot, i] = relate.will
    row[HEARD_WELL] += int(relate.praise)
    row[HEARD_BADLY] += int(relate.blame)
    row[REACHED] += 1 if relate.messages > 0.0 else 0
    row[AWARE_BY_WORD] += 1 if relate.by_word > 0.0 else 0
