"""The columns that the engine works on: what each record and each total is called.

A record array of outlets or retailers is what Mesa's agents are views of; customers are columns, one row each. Levels
are in [0, 1], weeks are engine weeks (0 is the first week of the warm-up) unless said.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from simulation.parameters import (
    DETERMINANT_NAMES,
    GIVEN_NEEDS,
    NEED_NAMES,
    RELATIONSHIPS,
    RETAILER_QUESTIONS,
    TOUCHPOINT_NAMES,
    TRAIT_NAMES,
    VISIT_QUESTIONS,
)
from simulation.planned import PERSONAL, PLANNED_OF_RETAILERS

SLOTS = 6  # retailers that a customer can hold
REACH = 8  # outlets that a customer can hold
SEGMENTS = 6  # price tertile x goal
STARS = 5  # that a rating can have
STEP = 1.0 / 65535.0  # of the levels that are kept in two bytes
IN_STEPS = (  # of a link; not its `will`, which word moves a very little every week
    "satisfaction",
    "trust",
    "cognitive",
    "affective",
    "social",
    "physical",
    "store_stock",
    "digital_stock",
    "complaint_loss",
)
MOST_VISITS = 65535  # that are remembered of a link
MOST_CENTS = 4294967295  # that are remembered as spent at a retailer: 42.9 million, for good
DETERMINANTS = len(DETERMINANT_NAMES)
TOUCHPOINTS = len(TOUCHPOINT_NAMES)
NEEDS = len(NEED_NAMES)
GIVEN_COLUMNS = tuple(f"need_{name}" for name in GIVEN_NEEDS)  # levels that outlets give for needs of their own
TRAITS_APART = ("cell", "need_rate", "basket", "first_week", "pace")  # columns of their own, in units of their own
TRAITS = tuple(name for name in TRAIT_NAMES if name not in TRAITS_APART)
TENURE_WEEKS = (0, 13, 26, 52, 104, 208)  # lower ends of the tenure groups, in weeks

GAIN_COLUMNS = tuple(f"gain_{name}" for name in TOUCHPOINT_NAMES)  # learned, by touchpoint

SITUATION = np.dtype(
    [(name, "f8") for name in ("season", "season_ratio", "climate", "culture", "competition", "entry")]
)

OUTLET = np.dtype(
    [("number", "i8"), ("retailer", "i8")]
    + [
        (name, "f8")
        for name in (
            "online",
            "hedonic",
            "location",
            "attraction",
            "base_price",
            "usual_staff",
            "newcomer",
            "given_service",
            "given_price",
            "price_offset",
            "skill",
            "motivation",
            "openness",
            "turnover",
            "fresh",
            "visits",
            "load",
        )
    ]
)
RETAILER = np.dtype(
    [("number", "i8")]
    + [
        (name, "f8")
        for name in (
            "attraction",
            "integration",
            "margin",
            "given_brand",
            "brand",
            *PLANNED_OF_RETAILERS,
            "rating",
            "postings",
            "reached",
            "public_blame",
            *PERSONAL,
        )
    ]
)
POOL = np.dtype([("praise", "f8"), ("blame", "f8")])

DESK = np.dtype(
    [("number", "i8"), ("retailer", "i8")]
    + [
        (name, "f8")
        for name in (
            "self_service",
            "digital",
            "ease",
            "patience",
            "open_hours",
            "contacts",
            "capacity",
            "backlog",
            "strain",
            "response",
            "resolution",
            "recovery",
            "at_once",
            "encouraged",
            "tried",
            "answers",
        )
    ]
)
LEARNING = np.dtype(
    [
        (name, "f8")
        for name in ("weeks", "visits", "failures", "stock_outs", "complaints", "fewer_failures", "fewer_stock_outs")
    ]
    + [(name, "f8", (TOUCHPOINTS,)) for name in ("felt", "met", "gain")]
)

OFFER = np.dtype(
    [("number", "i8"), ("retailer", "i8"), ("retailer_number", "i8")]
    + [
        (name, "f8")
        for name in (
            *DETERMINANT_NAMES,
            "is_open",
            "online",
            "hedonic",
            "location",
            "attraction",
            "price_index",
            "log_price",
            "cost_share",
            "integration",
            "crowd",
            "bustle",
            "queue",
            "wait",
            "served",
            "stock_out",
            "load",
            "skill",
            "motivation",
            "turnover",
            "failure_rate",
            "questions",
            *GAIN_COLUMNS,
            "rating",
            "promise",
            "profile",
            "continuity",
            "scheme",
            "reward_spend",
            "reward_value",
            *GIVEN_COLUMNS,
        )
    ]
)

LOSSES = ("trivial", "minor", "major")  # what a failure costs
OUTCOMES = ("quick", "late", "vain", "silent")  # solved within quick_hours, solved later, not solved, not told


def _counts_of(question: str) -> tuple[str, ...]:
    """What is counted of the answers to a question: their sum, those that its score counts, those it counts off."""
    return tuple(f"{question}_{count}" for count in ("answers", "top", "bottom"))


VISIT_TOTALS = (
    "visits",
    "baskets",
    "revenue_cents",
    "margin_cents",
    "experience",
    "cognitive",
    "affective",
    "social",
    "physical",
    *(f"at_{name}" for name in TOUCHPOINT_NAMES),
    "met_advice",
    "met_aftercare",
    "performance",
    "expectation",
    "gap",
    "encounter",
    "remembered",
    "failures",
    "stock_outs",
    "wait",
    "satisfied",
    "dissatisfied",
    "offers_taken",
    "answers",
    "discount_cents",
    *(f"level_{name}" for name in DETERMINANT_NAMES),
    *(f"weight_{name}" for name in DETERMINANT_NAMES),
    "contacts",
    "complaints",
    "failures_told",
    "disappointed",
    "told_well",
    "told_badly",
    *(f"stars_{number}" for number in range(1, STARS + 1)),
    "needs_effect",
    "rewards",
    "reward_cents",
    *(name for question in VISIT_QUESTIONS for name in (f"{question}_asked", *_counts_of(question))),
)
LINK_TOTALS = (
    "customers",
    "known",
    "unaware",
    "active",
    "lapsed",
    "at_risk",
    "satisfaction",
    "trust",
    "loyalty",
    "wallet_cents",
    "own_cents",
    "own_active_cents",
    "buyers",
    "left",
    "returned",
    "became_aware",
    "acquired",
    "positive",
    "negative",
    "heard_well",
    "heard_badly",
    "reached",
    "aware_by_word",
    "acquired_by_word",
    "offers",
    "won_back",
    "identified",
    "members",
    "joined",
    "member_wallet_cents",
    "member_own_cents",
    "messages",
    "retention_offers",
    "winback_contacts",
    "asked",
    *(name for question in RETAILER_QUESTIONS for name in _counts_of(question)),
    "answered",
    "solved",
    "waiting",
    "before_failure",
    "after_solution",
    "solved_at_once",
    *(f"asked_{loss}_{outcome}" for loss in LOSSES for outcome in OUTCOMES),
    *(f"again_{loss}_{outcome}" for loss in LOSSES for outcome in OUTCOMES),
)
RESPONSE_BINS = 40  # of response hours, half an octave each
DESK_TOTALS = (
    "contacts",
    "ordinary",
    "complaints",
    "first_solved",
    "answered",
    "solved",
    "deflected",
    "bot_failures",
    "reached",
    *(f"response_{place:02d}" for place in range(RESPONSE_BINS)),
)
TYPE_TOTALS = (
    "active",
    "customers",
    "at_risk",
    "left",
    "visits",
    "own_cents",
    "wallet_cents",
    "satisfaction",
    "trust",
    "loyalty",
    "entered",
)
KINDS_AFTER = (*RELATIONSHIPS, "lapsed")  # what a relationship can be, and what it can have become
MARKET_TOTALS = ("needs", "stayed_at_home", "cut", "moved")


class People(NamedTuple):
    """One row per customer: traits, and what a customer carries that belongs to no retailer."""

    key: Any
    cell: Any
    segment: Any
    need_rate: Any  # occasions per week
    log_basket: Any
    first_week: Any  # of the calendar; 0: from the start
    traits: Any  # shape (TRAITS, customers)
    habitual: Any
    should: Any
    pace: Any  # of needs, in long-run standard deviations of the wander

    def trait(self, name: str) -> Any:
        """A trait of every customer, by its name in `numbers/traits.toml`: a view, not a copy."""
        return self.traits[TRAITS.index(name)]


class Links(NamedTuple):
    """Customer and retailer, shape (slots, customers): what is remembered of each retailer.

    Levels that IN_STEPS names are kept in whole steps of STEP: uint16.
    """

    retailer: Any
    status: Any
    satisfaction: Any
    will: Any
    trust: Any
    cognitive: Any
    affective: Any
    social: Any
    physical: Any
    store_stock: Any
    digital_stock: Any
    visits: Any
    last_visit: Any
    since: Any
    spend: Any  # cents, since the first week, at most MOST_CENTS
    complaint: Any  # 0 none; n > 0 waits at desk n - 1; below 0 how the last failure ended: see `customer.complaint`
    complaint_due: Any  # engine week of the answer, or of that end
    complaint_loss: Any  # experience lost by the failure
    heard: Any  # word of mouth still in the ear, in units of utility
    interactions: Any  # contacts beyond the exchange, a slow average a week
    frequency: Any  # visits, a slow average a week
    type: Any  # of relationship
    type_since: Any  # week
    points: Any  # of a loyalty scheme: 0 no member, 1 + n with n thousandths of a reward

    def level(self, name: str) -> Any:
        """A column that is kept in steps as levels in [0, 1]: a copy."""
        return getattr(self, name) * STEP


class Reach(NamedTuple):
    """Customer and outlet, shape (8, customers): the outlets in reach.

    `taste` is a constant of the draws, kept for speed, in whole parts (`customer.choice.in_parts`).
    """

    outlet: Any
    link: Any
    loyalty: Any
    taste: Any


class Outcomes(NamedTuple):
    """Per customer, about the focal retailer from the first week of interest; empty arrays when nobody asks."""

    satisfaction: Any  # int64 fixed point, summed over the weeks of an active link
    weeks: Any
    margin: Any  # int64, cents times the discount factors of their weeks: exact sums
    by_word: Any  # 1 from when word of mouth made one aware, or brought a first purchase
    before: Any  # who was a customer when the first week began
    factor: Any  # (1,) discount factor of this week (simulation.discounting)


class Totals(NamedTuple):
    """int64 totals of one week: levels in 2^-16, money in cents, the rest counts."""

    visits: Any  # (outlets, segments, VISIT_TOTALS)
    links: Any  # (retailers, segments, LINK_TOTALS)
    tenure: Any  # (retailers, tenure groups, 2): weeks of active links, departures
    types: Any  # (retailers, relationship types, TYPE_TOTALS)
    transitions: Any  # (retailers, KINDS_AFTER, KINDS_AFTER): relationships that became another, from and to
    market: Any  # (MARKET_TOTALS,)
    desks: Any  # (desks, DESK_TOTALS)
    word: Any  # (cells, retailers, 2): visits told of well, badly


class Notes(NamedTuple):
    """The last visit to each retailer as it was, NaN before one; empty arrays when no survey is recorded.

    Only `survey.csv` reads it: nothing that customers do depends on it.
    """

    performance: Any  # (slots, customers)
    ease: Any  # (slots, customers)
    levels: Any  # (determinants, slots, customers)


class Log(NamedTuple):
    """What every customer bought in one week, shape (customers, 15), and the notes of visits.

    Empty arrays when transactions are not recorded.
    """

    outlet: Any
    cents: Any
    occasions: Any
    notes: Notes


class Moderation(NamedTuple):
    """Rows of the moderators table as arrays.

    Source and target by number, middle and slope of the mapping, strength.
    """

    targets: int  # how many things this stage moderates
    source: Any
    target: Any
    middle: Any
    per_unit: Any
    strength: Any


class Tables(NamedTuple):
    """Constant arrays of a market: weights, presence, geography, forgetting."""

    base: Any  # (4, 7) base weight of determinants on dimensions
    presence: Any  # (5, 7) of determinants at touchpoints
    omega: Any  # (4,) dimensions in the whole
    strength: Any  # (7,) of the determinants
    log_minutes: Any  # (cells, outlets)
    kept: Any  # (weeks,) share of a deviation left after so many weeks
    need_reads: Any  # (needs,) see simulation.customer.lane
    need_basic: Any  # (needs,) 1 where only a shortfall counts
    need_importance: Any  # (needs,)
    need_zone: Any  # (needs,)
    need_trait: Any  # (needs,) number of the trait that multiplies the importance, -1: none
    lowest: Any  # (questions,) the least answer
    cuts: Any  # (questions, most cuts) of the latent level; those that a question has not are out of reach
    top: Any  # (questions,) answers from here on count for its score
    bottom: Any  # (questions,) answers down from here count against it
    trust_share: Any  # (questions,) beside satisfaction


def levels_of(records: Any, names: tuple[str, ...] = DETERMINANT_NAMES) -> Any:
    """Columns that stand side by side in an array of records as one more axis: a view of the same memory.

    By default the determinants' levels.
    """
    if not names:
        return np.zeros((*records.shape, 0))
    first = records.dtype.fields[names[0]][1]
    strides = (*records.strides, np.dtype("f8").itemsize)
    return np.ndarray((*records.shape, len(names)), "f8", records.view(np.ndarray), first, strides)


class Plans(NamedTuple):
    """What is known of every week beforehand."""

    situations: Any  # (weeks,) SITUATION
    outlets: Any  # (weeks, outlets) PLAN_OUTLET
    retailers: Any  # (weeks, retailers) PLAN_RETAILER
    desks: Any  # (weeks, desks) PLAN_DESK
    levels: Any  # (weeks, outlets, determinants): those of `outlets`, by number


class Market(NamedTuple):
    """The market's records."""

    outlets: Any
    retailers: Any
    offers: Any  # this week's OFFER per outlet
    levels: Any  # (outlets, determinants): those of `offers`, by number
    gains: Any  # (outlets, touchpoints): those of `offers`, by number
    desks: Any
    learning: Any  # what each retailer has learned
    word: Any  # POOL per cell and retailer, the retailers of a cell together: what may be heard this week
    residents: Any  # (cells,) simulated customers who live there
    given_needs: Any  # (outlets, needs that outlets give a level for): those of `offers`, by number
