"""Worlds that live a few weeks for tests, and their columns as fingerprints.

`python -m tests.lives NAME...` lives them plain, customer by customer, where NUMBA_DISABLE_JIT=1.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from simulation.compiling import IS_PLAIN
from simulation.customer.week import customers_live_their_week
from simulation.living import Clock, market_lives_its_week
from simulation.scenario import Scenario
from simulation.world import World, outcomes_for, world_of

CUSTOMERS = 200
LEVER = """
based_on = "rival_enters"
[[lever]]
kind = "staff_training"
start_week = 4
hours_per_employee = 400
[[lever]]
kind = "price_change"
start_week = 6
percent = -5
"""


def grocery(customers: int = CUSTOMERS) -> Scenario:
    """The grocery market for 12 weeks, 4 of them before the first."""
    return Scenario.load("grocery", customers=customers, weeks=8, edits={"market.warmup_weeks": 4})


def entry() -> Scenario:
    """A rival enters in week 3 and the focal chain answers with training and lower prices."""
    edits = {
        "market.warmup_weeks": 4,
        "event.entry.week": 3,
        "seed": 11,
        "record.survey": {"every": 4, "sample": 1.0},
        "parameters.survey_weeks": 3,
        "outlet.ours_centre.needs": {"health": 0.95},
    }
    return Scenario.from_toml(LEVER).replace(customers=CUSTOMERS, weeks=8, edits=edits)


TROUBLE = """
based_on = "grocery"
[parameters]
failure_rate = 0.1
failure_minor_from = 0.5
failure_major_from = 0.9
contact_store = 0.05
contact_online = 0.3
[[desk]]
id = "ours_bot"
retailer = "ours"
channel = "self_service"
staff = 20
minutes_per_contact = 2
[[desk]]
id = "corner_bot"
retailer = "corner"
channel = "self_service"
staff = 1
minutes_per_contact = 2
[[desk]]
id = "corner_phone"
remove = true
[[desk]]
id = "corner_face_to_face"
remove = true
[[lever]]
kind = "continuous_feedback"
feedback = 0.5
acting = 1.0
[[lever]]
kind = "desk_change"
start_week = 3
percent = -50
[[lever]]
kind = "closing_the_loop"
asked = 0.6
response = 0.8
[[lever]]
kind = "social_listening"
start_week = 2
encouraged = 1.0
[[lever]]
kind = "complaint_handling"
[[lever]]
kind = "answering_bot"
retailer = "northgate"
[[lever]]
kind = "answers_page"
retailer = "northgate"
contacts = 50
[[lever]]
kind = "periodic_review"
retailer = "northgate"
policy = "mend_rules"
[[lever]]
kind = "loyalty_scheme"
spend_for_reward = 60
reward_percent = 5
[[lever]]
kind = "targeted_messages"
messages = 104
discount = 0.1
[[lever]]
kind = "personal_profiles"
ramp_weeks = 2
[[lever]]
kind = "multichannel_marketing"
ramp_weeks = 2
[[lever]]
kind = "retention_offers"
share = 1.0
[[lever]]
kind = "expectation_setting"
promise = 0.05
[[lever]]
kind = "advertising"
[[lever]]
kind = "unified_database"
ramp_weeks = 2
[[lever]]
kind = "crm_operational"
ramp_weeks = 2
[[lever]]
kind = "crm_analytical"
ramp_weeks = 2
[[lever]]
kind = "crm_collaborative"
ramp_weeks = 2
"""


def trouble() -> Scenario:
    """Much goes wrong, desks cannot cope, machines answer, and the focal chain listens for more than a quarter."""
    backlog = {f"desk.{r}_{c}.staff": 0.3 for r in ("ours", "northgate") for c in ("phone", "email")}
    edits = {"market.warmup_weeks": 4, "seed": 3, **backlog}
    return Scenario.from_toml(TROUBLE).replace(customers=CUSTOMERS, weeks=24, edits=edits)


# Relationships that form fast, offers to many, and people who come and go.
CLOSE = {
    "market.warmup_weeks": 4,
    "parameters.type_weeks": 2,
    "parameters.tie_pace": 0.2,
    "parameters.interactions_limit": 0.1,
    "parameters.affect_limit": 0.75,
    "parameters.trust_limit": 0.75,
    "parameters.moving_yearly": 0.15,
    "parameters.leaving_monthly": -2.5,
    "retailer.ours.winback": 0.8,
    "retailer.ours.last_refusal": 1.0,
    "retailer.northgate.offers": 0.5,
    "retailer.ours.offers": 0.3,
}


def close() -> Scenario:
    """Close relationships: all four types, offers, answers to them, people won back and people who move."""
    return Scenario.load("grocery", customers=CUSTOMERS, weeks=8, edits=CLOSE)


# Customers who come later and may leave everybody, with wandering needs and a readiness of their own to leave, some of
# whom have left before; channels that convert on their own terms, staff for the season.
COMING = {
    "market.warmup_weeks": 4,
    "market.trade": "fashion",
    "population.traits.first_week.values": [0, 1, 3, 6],
    "population.traits.first_week.shares": [0.4, 0.2, 0.2, 0.2],
    "event.entry.week": 4,
    "parameters.buy_online": -5.0,
    "parameters.links_kept": 0.0,
    "parameters.leaving_monthly": -1.5,
    "parameters.online_occasion_sd": 3.0,
    "parameters.online_utility": 0.5,
    "parameters.research_online": 0.8,
    "parameters.seasonal_staff": 0.7,
    "parameters.unaware_at_start": 0.2,
    "parameters.pace_sd": 0.8,
    "population.traits.leaving.sd": 0.5,
    "population.traits.lapsed.values": [0, 1],
    "population.traits.lapsed.shares": [0.8, 0.2],
}


def coming() -> Scenario:
    """Customers who come in weeks 1, 3 and 6 and look online before they go, while a rival enters in week 4."""
    return Scenario.load("rival_enters", customers=CUSTOMERS, weeks=8, edits=COMING)


NAMED = {"grocery": grocery, "entry": entry, "close": close, "coming": coming, "trouble": trouble}


def lived(
    scenario: Scenario,
    weeks: int | None = None,
    *,
    threads: int = 1,
    replicate: int = 0,
    live: Callable[..., None] = customers_live_their_week,
    market: Callable[..., None] = market_lives_its_week,
    change: Callable[[World], World] = lambda world: world,
    log: bool = True,
) -> World:
    """The world of a scenario after its weeks (or the first `weeks`); `change` alters it before it begins to live."""
    world = world_of(scenario, replicate)
    world = change(world._replace(outcomes=outcomes_for(world.people.key.size)))
    clock = Clock(world, threads=threads, live=live, log=log, market=market)
    for _ in range(world.plans.situations.size if weeks is None else weeks):
        clock.step()
    clock.close()
    return world


def columns(world: World) -> Iterator[tuple[str, Any]]:
    """Every column of state and every total of a world, by name."""
    for part in ("people", "links", "reach", "outcomes", "notes", "totals"):
        for name, column in getattr(world, part)._asdict().items():
            yield f"{part}.{name}", column
    for part in ("outlets", "retailers", "offers", "word", "desks", "learning"):
        records = getattr(world.market, part)
        for name in records.dtype.names:
            yield f"{part}.{name}", np.ascontiguousarray(records[name])


def fingerprints(world: World) -> dict[str, str]:
    """A hash of each column, in order."""
    return {name: hashlib.sha256(column.tobytes()).hexdigest() for name, column in columns(world)}


def difference(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """The columns that differ; the first is where to look."""
    return [name for name in ours if ours[name] != theirs.get(name)]


def _plain() -> None:
    from simulation.customer import plain

    worlds = {name: lived(NAMED[name](), live=plain.customers_live_their_week) for name in sys.argv[1:]}
    sys.stdout.write(json.dumps({name: fingerprints(world) for name, world in worlds.items()}))


if __name__ == "__main__":
    if not IS_PLAIN:
        sys.exit("tests.lives runs in a process with NUMBA_DISABLE_JIT=1")
    _plain()
