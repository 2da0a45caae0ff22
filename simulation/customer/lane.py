"""The scratch of the compiled driver.

The intermediate columns of a lane of customers on one visit, and of a block in one week.

A lane is one record whose fields are short columns, so that each loop over it is packed and nothing leaves the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.parameters import (
    DETERMINANT_NAMES,
    NEED_NAMES,
    OUTLET_SOURCES,
    SITUATION_SOURCES,
    TOUCHPOINT_NAMES,
    VISIT_TARGETS,
)
from simulation.records import DETERMINANTS, REACH, SLOTS, TOUCHPOINTS, TRAITS

LANE = 128
BLOCK = 16384

# What moderates, by number: the customer's traits, the week's situation, the outlet entered.
SOURCES = (*TRAITS, *SITUATION_SOURCES, *OUTLET_SOURCES)
FIRST_SITUATION = len(TRAITS)
FIRST_OUTLET = FIRST_SITUATION + len(SITUATION_SOURCES)
GOAL, PRICE_SENSITIVITY = TRAITS.index("goal"), TRAITS.index("price_sensitivity")
CHANNEL_PREFERENCE, LENIENCY = TRAITS.index("channel_preference"), TRAITS.index("leniency")
COMPLAINT_TENDENCY = TRAITS.index("complaint_tendency")
INVOLVEMENT, INNOVATIVENESS = TRAITS.index("involvement"), TRAITS.index("innovativeness")
SOCIABILITY = TRAITS.index("sociability")
RESPONSE_STYLE = TRAITS.index("response_style")
LEAVING, HAS_LAPSED = TRAITS.index("leaving"), TRAITS.index("lapsed")

FIRST_DIMENSION = VISIT_TARGETS.index("dimension.cognitive")
WAIT_SENSITIVITY = VISIT_TARGETS.index("wait_sensitivity")
CROWDING_SENSITIVITY = VISIT_TARGETS.index("crowding_sensitivity")
DISCONFIRMATION = VISIT_TARGETS.index("disconfirmation")
BASKET = VISIT_TARGETS.index("basket")

# Determinants that are more than the outlet's level: they have a box of their own.
SOCIAL, SERVICE = DETERMINANT_NAMES.index("social"), DETERMINANT_NAMES.index("service")
ASSORTMENT, CHANNELS = DETERMINANT_NAMES.index("assortment"), DETERMINANT_NAMES.index("channels")
PRICE, BRAND = DETERMINANT_NAMES.index("price"), DETERMINANT_NAMES.index("brand")
SUITED = (SERVICE, ASSORTMENT, PRICE, BRAND)  # what is better matched for a customer whom the retailer knows
DISCOVER, ADVICE = TOUCHPOINT_NAMES.index("discover"), TOUCHPOINT_NAMES.index("advice")

# What tells how well a need was met, by number: failure, wait, the determinants, levels that outlets give.
READS_FAILURE, READS_WAIT, READS_DETERMINANT = 0, 1, 2
READS_OUTLET = READS_DETERMINANT + DETERMINANTS

_customer = ("who", "key", "cell")
_place = ("best", "place", "outlet", "number", "slot", "retailer", "retailer_number", "last_visit", "first_week")
_real = (
    "went",
    "status",
    "kept",
    "sum",
    "log_basket",
    "habitual",
    "should",
    "home_utility",
    "best_utility",
    "loyal_luck",
    "answer_luck",
    "emotional",
    "offer",
    "answered",
    "kind",
    "arriving",
    "screen_mood",
    # the outlet chosen
    "online",
    "integration",
    "crowd",
    "bustle",
    "queue",
    "wait",
    "served",
    "stock_out",
    "log_price",
    "cost_share",
    "rating",
    "promise",
    "profile",
    "continuity",
    "scheme",
    "reward_spend",
    "reward_value",
    # what is carried for its retailer
    "satisfaction",
    "will",
    "trust",
    "own_stock",
    "other_stock",
    "other_exists",
    "visits",
    "known",
    "rebate",
    "points",
    "expected",
    # chance and failure
    "fit",
    "visit_luck",
    "met_advice",
    "met_aftercare",
    "buy_luck",
    "basket_luck",
    "end_luck",
    "place_luck",
    "survey_luck",
    "fails",
    "degree",
    "loss",
    "out_of_stock",
    "failure_rate",
    # trouble
    "questions",
    "contact_luck",
    "complaint_luck",
    "hours_luck",
    "solution_luck",
    "contacts",
    "usual_chance",
    "may_end",
    # research online
    "prepared",
    # experience and what follows
    "touchpoints",
    "experience",
    "first_part",
    "bought",
    "perceived",
    "gap",
    "encounter",
    "needs_met",
    "ease",
    "peak",
    "end",
    "remembered",
    "amount",
    "discount",
    "rewards",
    "points_new",
    "margin",
    # what others learn of it
    "bond",
    "tell_luck",
    "told",
    "well",
    "post_luck",
    "rate_luck",
    "stars",
    "posted",
)

VISIT = np.dtype(
    [(name, "i8", (LANE,)) for name in _customer + _place]
    + [(name, "f8", (LANE,)) for name in _real]
    + [
        ("source", "f8", (len(SOURCES), LANE)),
        ("factor", "f8", (len(VISIT_TARGETS), LANE)),
        ("link_satisfaction", "f8", (SLOTS, LANE)),
        ("link_loyalty", "f8", (SLOTS, LANE)),
        ("link_type", "f8", (SLOTS, LANE)),
        ("link_offer", "f8", (SLOTS, LANE)),
        ("link_answers", "f8", (SLOTS, LANE)),
        ("link_known", "f8", (SLOTS, LANE)),
        ("link_personal", "f8", (SLOTS, LANE)),
        ("link_points", "f8", (SLOTS, LANE)),
        ("link_suits", "f8", (SLOTS, LANE)),
        ("link_rebate", "f8", (SLOTS, LANE)),
        ("account", "f8", (4, LANE)),
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
        ("a_heard", "f8", (REACH, LANE)),
        ("a_type", "f8", (REACH, LANE)),
        ("a_offer", "f8", (REACH, LANE)),
        ("a_answers", "f8", (REACH, LANE)),
        ("a_personal", "f8", (REACH, LANE)),
        ("a_utility", "f8", (REACH, LANE)),
        ("past", "f8", (4, LANE)),
        ("omega", "f8", (4, LANE)),
        ("level", "f8", (DETERMINANTS, LANE)),
        ("pull", "f8", (4, DETERMINANTS, LANE)),
        ("presence", "f8", (DETERMINANTS, LANE)),
        ("weight", "f8", (DETERMINANTS, LANE)),
        ("delivered", "f8", (TOUCHPOINTS, 4, LANE)),
        ("gain", "f8", (TOUCHPOINTS, LANE)),
        ("met_whole", "f8", (TOUCHPOINTS, LANE)),
        ("met", "f8", (TOUCHPOINTS, LANE)),
        ("luck", "f8", (TOUCHPOINTS, LANE)),
        ("mood", "f8", (TOUCHPOINTS, LANE)),
        ("felt", "f8", (TOUCHPOINTS, LANE)),
        ("dimension", "f8", (4, LANE)),
        ("need", "f8", (len(NEED_NAMES), LANE)),
    ]
)

RELATE = np.dtype(
    [(name, "i8", (LANE,)) for name in ("who", "key", "cell", "retailer", "number", "pool", "last_visit")]
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
            "leniency",
            "own_leaving",
            "sociability",
            "will",
            "visits",
            "rating",
            "heard",
            "praise_rate",
            "blame_rate",
            "praise",
            "blame",
            "messages",
            "by_word",
            "recent",
            "affective",
            "interactions",
            "frequency",
            "contacts",
            "came",
            "kind",
            "kind_since",
            "offers",
            "winback",
            "offer",
            "panel",
            "points",
            "known",
            "sent",
            "keep_luck",
            "join_luck",
            "call_luck",
            "joins",
            "called_back",
            "winning",
            "kept_by",
            "by_keeping",
        )
    ]
    + [("loyalty", "f8", (SLOTS, LANE)), ("open", "f8", (SLOTS, LANE))]
)

BLOCK_WEEK = np.dtype(
    [
        ("wanted", "f8", (BLOCK,)),
        ("looked_at", "f8", (BLOCK,)),
        ("slope", "f8", (BLOCK,)),
        ("everybody", "i8", (BLOCK,)),
        ("who", "i8", (BLOCK,)),
        ("spent", "i8", (BLOCK,)),
        ("spent_at", "i8", (SLOTS, BLOCK)),
        ("margin_at", "i8", (SLOTS, BLOCK)),
        ("won_by_word", "i8", (SLOTS, BLOCK)),  # first purchases that word brought
        ("visits_at", "i8", (SLOTS, BLOCK)),
        ("contacts_at", "i8", (SLOTS, BLOCK)),
    ]
)


def scratch() -> tuple[Any, Any, Any]:
    """Fresh scratch for one thread: a lane on a visit, a lane of relationships, a block's week."""
    return np.zeros(1, VISIT), np.zeros(1, RELATE), np.zeros(1, BLOCK_WEEK)
