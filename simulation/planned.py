"""The columns of the plan of weeks: what is known beforehand of outlets, retailers and desks, levers included."""

from __future__ import annotations

import numpy as np

from simulation.parameters import DETERMINANT_NAMES

PLAN_OUTLET = np.dtype(
    [
        (name, "f8")
        for name in (
            *DETERMINANT_NAMES,
            "price_index",
            "staff",
            "capacity",
            "upkeep",
            "training_hours",
            "openness",
            "support",  # what is added to the motivation that staff tend to
            "tills",  # what checkouts get done, over the usual
            "failures",  # over the usual rate
            "stock_outs",  # over the usual chance
            "questions",  # over the usual chance of a contact
            "appeal",  # added to its attraction, utility
            "is_open",
            "opens",
        )
    ]
)
PERSONAL = (  # what customers read of what a retailer does by name: see simulation.outreach
    "identified",
    "consent",
    "sent",
    "sent_before",
    "sent_earlier",
    "sent_lately",
    "to_responsive",
    "to_others",
    "message_gain",
    "message_discount",
    "preferred",
    "scheme",
    "inertia",
    "acceleration",
    "kept_at_risk",
    "kept_others",
    "winning",
    "personal",  # 1 where it does anything at all by name, 0 where nobody needs to ask
)
PLANNED_OF_RETAILERS = ("awareness", "offers", "winback", "answers", "wave", "wave_stars")
PLAN_RETAILER = np.dtype(
    [
        (name, "f8")
        for name in (
            *PLANNED_OF_RETAILERS,
            "feedback",
            "acting",
            "mapped",  # share of what is wrong that is known without asking
            "mend_worst",  # money a year for mending what hurts most,
            "mend_touchpoint",  # or only the worst touchpoint,
            "mend_range",  # the range,
            "mend_rules",  # the rules
            "asked",  # share of visits followed by the key question
            "response",  # share of those asked who answer
            "called",  # share of visits followed by a call
            "replied",  # share of public complaints that get a reply
            "calmed",  # bad word less by it, of those who got a reply
            *PERSONAL,
            "messages",  # a week, to everybody whom they are sent to
            "message_percent",  # more of the odds of a visit by a message, of those whom it is sent to
            "chosen",  # share of those known whom they are sent to
            "opting_out",  # share of those who agreed that each message makes disagree
            "privacy",  # share of them who disagree because much is known of them
            "preferred_percent",  # more of the odds of a visit in the channel that suits
            "preferred_spend",  # money a year for it, per known customer
            "profile",  # better match for who is known, level
            "continuity",  # of channels for who is known, over the usual integration
            "reward_spend",  # money spent for one reward
            "reward_percent",  # of it that the reward gives back
            "felt",  # how far that counts as a lower price
            "retention",  # share of those about to leave who get an offer
            "budget",  # of advertising, over the usual
            "promise",  # what is promised beyond what customers expect, level
            "operational",
            "analytical",
            "collaborative",
        )
    ]
)
PLAN_DESK = np.dtype(
    [
        (name, "f8")
        for name in (
            "staff",
            "minutes",
            "lag",
            "resolution",
            "recovery",
            "waiting",  # until somebody looks and in the queue, over the usual
            "answered",  # added to the share of contacts that reach somebody who can answer
            "at_once",  # share of complaints settled with the answer
            "encouraged",  # added to the log-odds of a complaint
            "tried",  # share of questions that a machine takes first
            "answers",  # share of them that it answers
        )
    ]
)
