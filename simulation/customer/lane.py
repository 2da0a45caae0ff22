"""The scratch of the compiled driver.

The intermediate columns of a lane of customers on one visit, and of a block in one week.

A lane is one record whose fields are short columns, so that each loop over it is packed and nothing leaves the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.records import REACH, SLOTS

LANE = 256
BLOCK = 16384

SOURCES = (
    "goal",
    "age",
    "income",
    "household",
    "price_sensitivity",
    "involvement",
    "innovativeness",
    "culture",
    "season",
    "climate",
    "competition",
    "entry",
    "hedonic",
    "online",
    "location",
)
CONSUMER_SOURCES = SOURCES[:7]
SITUATION_SOURCES = SOURCES[7:12]
OUTLET_SOURCES = SOURCES[12:]

# Targets of moderation, by the stage of the week at which they are needed:
WEEK_TARGETS = ("need_rate", "leaving_slope")
CHOICE_TARGETS = ("price_response", "satisfaction_response")
VISIT_TARGETS = (
    "weight.social",
    "weight.service",
    "weight.atmosphere",
    "weight.assortment",
    "weight.price",
    "weight.channels",
    "weight.brand",
    "dimension.cognitive",
    "dimension.affective",
    "dimension.social",
    "dimension.physical",
    "wait_sensitivity",
    "crowding_sensitivity",
    "disconfirmation",
    "basket",
)

_whole = ("who", "key", "slot", "outlet", "number", "retailer_number", "best", "place", "cell", "last_visit")
_real = (
    "went",
    "status",
    "kept",
    "sum",
    "log_basket",
    "channel_preference",
    "leniency",
    "habitual",
    "should",
    "retailer_luck",
    "home_utility",
    # the outlet chosen
    "online",
    "integration",
    "social",
    "crowd",
    "bustle",
    "service",
    "queue",
    "wait",
    "atmosphere",
    "assortment",
    "stock_out",
    "price",
    "channels",
    "brand",
    "log_price",
    "cost_share",
    # what is carried for its retailer
    "satisfaction",
    "will",
    "trust",
    "own_stock",
    "other_stock",
    "other_exists",
    "visits",
    "best_will",
    # chance and failure
    "fit",
    "visit_luck",
    "met_advice",
    "met_aftercare",
    "buy_luck",
    "basket_luck",
    "end_luck",
    "place_luck",
    "fails",
    "degree",
    "loss",
    "out_of_stock",
    # experience and what follows
    "touchpoints",
    "experience",
    "first_part",
    "bought",
    "perceived",
    "gap",
    "encounter",
    "peak",
    "end",
    "remembered",
    "amount",
    "margin",
)

VISIT = np.dtype(
    [(name, "i8", (LANE,)) for name in _whole]
    + [(name, "f8", (LANE,)) for name in _real]
    + [
        ("source", "f8", (len(SOURCES), LANE)),
        ("factor", "f8", (len(VISIT_TARGETS), LANE)),
        ("link_satisfaction", "f8", (SLOTS, LANE)),
        ("link_loyalty", "f8", (SLOTS, LANE)),
        ("a_outlet", "i8", (REACH, LANE)),
        ("a_link", "i8", (REACH, LANE)),
        ("a_number", "i8", (REACH, LANE)),
        ("a_may", "f8", (REACH, LANE)),
        ("a_attraction", "f8", (REACH, LANE)),
        ("a_log_price", "f8", (REACH, LANE)),
        ("a_log_minutes", "f8", (REACH, LANE)),
        ("a_online", "f8", (REACH, LANE)),
        ("a_taste", "f8", (REACH, LANE)),
        ("a_loyalty", "f8", (REACH, LANE)),
        ("a_link_loyalty", "f8", (REACH, LANE)),
        ("a_satisfaction", "f8", (REACH, LANE)),
        ("a_utility", "f8", (REACH, LANE)),
        ("past", "f8", (4, LANE)),
        ("omega", "f8", (4, LANE)),
        ("level", "f8", (7, LANE)),
        ("pull", "f8", (4, 7, LANE)),
        ("weight", "f8", (7, LANE)),
        ("delivered", "f8", (5, 4, LANE)),
        ("met_whole", "f8", (5, LANE)),
        ("met", "f8", (5, LANE)),
        ("luck", "f8", (5, LANE)),
        ("mood", "f8", (5, LANE)),
        ("felt", "f8", (5, LANE)),
        ("dimension", "f8", (4, LANE)),
    ]
)

RELATE = np.dtype(
    [(name, "i8", (LANE,)) for name in ("who", "key", "retailer", "number", "last_visit")]
    + [
        (name, "f8", (LANE,))
        for name in (
            "status",
            "satisfaction",
            "trust",
            "awareness",
            "mu",
            "slope",
            "habitual",
            "kept",
            "leave_luck",
            "return_luck",
            "hear_luck",
            "active_links",
            "left",
            "returned",
            "heard_of",
        )
    ]
    + [("loyalty", "f8", (SLOTS, LANE))]
)

BLOCK_WEEK = np.dtype(
    [
        ("wanted", "f8", (BLOCK,)),
        ("slope", "f8", (BLOCK,)),
        ("everybody", "i8", (BLOCK,)),
        ("who", "i8", (BLOCK,)),
        ("spent", "i8", (BLOCK,)),
        ("spent_at", "i8", (SLOTS, BLOCK)),
    ]
)


def scratch() -> tuple[Any, Any, Any]:
    """Fresh scratch for one thread: a lane on a visit, a lane of relationships, a block's week."""
    return np.zeros(1, VISIT), np.zeros(1, RELATE), np.zeros(1, BLOCK_WEEK)
