"""Chance: every draw is a pure function of a key and a counter, so there is no generator state.

Key: seed and replicate. Counter: the customer's draw key; week, occasion and block; the stream and the number of the
outlet or retailer it is about. Hence the same customer has the same luck in two scenarios, and adding a customer, an
outlet or a stream changes nobody else's. Streams are numbered here and never renumbered: a new one takes the next
number.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.bits import uniforms
from simulation.compiling import driver

TRAITS = 1  # who a customer is; one block per trait
START = 2  # state at the beginning, per retailer
TASTE_OUTLET = 3  # persistent taste for an outlet
TASTE_RETAILER = 4  # persistent taste, fit and readiness to leave, per retailer
NEED = 5  # how many occasions a week brings
CHOICE = 6  # fresh luck of every alternative, per occasion and outlet
VISIT = 7  # what happens during a visit
RELATION = 8  # leaving, returning, becoming aware, per week and retailer
CONTACT = 11  # contacts and complaints, per occasion and retailer; answers, per week and retailer; taste for a desk
WORD = 9  # messages heard in a week, per retailer (block 0); whether a visit is told (block 1)
RATING = 10  # whether a visit is rated, and the error of its stars
OFFER = 12  # whom a retailer's offer reaches, per week and retailer (block 0) or quarter (block 1: to keep them)
SURVEY = 13  # the error of answers, per week and retailer; who is interviewed
MOVE = 14  # who moves away, per week
PACE = 15  # how the need rate wanders, per week
UNCERTAINTY = 16  # numbers that nobody knows exactly; the key is the number of their path, the replicate that of a draw
ACCOUNT = 17  # who has an account, agrees to be addressed, responds to messages, and when they come, per retailer

STAY_AT_HOME = 0  # the entity of "none" in the stream CHOICE; outlets have numbers from 1


@driver
def fill_uniforms(seed: int, replicate: int, keys: Any, stream: int, block: int, entity: int, out: Any) -> None:
    """Fill `out` (customers, 4) with the uniforms of one stream and block for each draw key."""
    for i in range(keys.size):
        a, b, c, d = uniforms(seed, replicate, keys[i], 0, 0, block, stream, entity)
        out[i, 0] = a
        out[i, 1] = b
        out[i, 2] = c
        out[i, 3] = d


def uniform_columns(seed: int, replicate: int, keys: Any, stream: int, block: int = 0, entity: int = 0) -> Any:
    """Uniforms in (0, 1), shape (customers, 4), for draw keys of dtype uint64."""
    out = np.empty((keys.size, 4))
    fill_uniforms(seed, replicate, keys, stream, block, entity, out)
    return out
