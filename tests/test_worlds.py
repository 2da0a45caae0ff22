"""Worlds that differ in one thing: what must stay bit for bit as it was, and what must not."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from simulation import parameters as numbers
from simulation.parameters import DETERMINANT_NAMES, MODERATORS
from simulation.records import MARKET_TOTALS, VISIT_TOTALS
from simulation.scenario import Scenario
from simulation.world import World, world_of
from tests.lives import columns, difference, fingerprints, grocery, lived

NEEDS, STAYED = MARKET_TOTALS.index("needs"), MARKET_TOTALS.index("stayed_at_home")
LEVER = 'based_on = "grocery"\n[[lever]]\nkind = "{kind}"\nstart_week = {start}\n{fields}\n'
EVENT = 'based_on = "grocery"\n[[event]]\nkind = "{kind}"\nweek = {start}\n{fields}\n'
ENTRY = 'based_on = "rival_enters"\n[event.entry]\nweek = {start}\n'

# Each lever and event: how it is written, strongly and at nothing.
LEVERS = {
    "staff_training": ("hours_per_employee = 400", "hours_per_employee = 0"),
    "level_change": ('determinant = "brand"\nchange = -0.3', 'determinant = "brand"\nchange = 0'),
    "staff_change": ("percent = -50", "percent = 0"),
    "price_change": ("percent = 20", "percent = 0"),
    "capacity_change": ("percent = -50", "percent = 0"),
    "staff_openness": ("share = 1", "share = 0"),
    "upkeep_change": ("change = -1", "change = 0"),
    "desk_change": ("percent = -95", "percent = 0"),
    "personal_support": ("recovered = 0.5\nwait = 90", "recovered = 0\nwait = 0"),
    "ticket_routing": ("answered = 0.5\nwait = 90", "answered = 0\nwait = 0"),
    "answering_bot": ("tried = 1\nanswers = 0", "tried = 0\nanswers = 0"),
    "answers_page": ("contacts = 90", "contacts = 0"),
    "complaint_handling": ("recovered = 0.6\nat_once = 0.4", "recovered = 0\nat_once = 0\nminutes = 0"),
    "problem_prevention": ("failures = 90", "failures = 0"),
    "follow_up": ("called = 1", "called = 0"),
    "closing_the_loop": ("asked = 1\nresponse = 1", "asked = 0.5\nresponse = 0"),
    "social_listening": ("replied = 1\ncalmed = 1\nencouraged = 2", "replied = 0\nencouraged = 0"),
    "guidance": ("friction = 90\ncontacts = 90", "friction = 0\ncontacts = 0"),
}
EVENTS = {
    "recession": ("depth = 1", "depth = 0"),
    "competition": ("change = 0.5", "change = 0"),
    "price_attack": ('retailer = "northgate"\npercent = -20', 'retailer = "northgate"\npercent = 0'),
    "rating_crisis": ('retailer = "northgate"\npostings = 5000', 'retailer = "northgate"\npostings = 0'),
}
ACTIONS = {**dict.fromkeys(LEVERS, LEVER), **dict.fromkeys(EVENTS, EVENT)}
FIELDS = {**LEVERS, **EVENTS}


def short(text: str, **edits: Any) -> Scenario:
    """A scenario of 200 customers for 12 weeks after 2."""
    edits = {"market.warmup_weeks": 2, **edits}
    return Scenario.from_toml(text).replace(customers=200, weeks=12, edits=edits)


def acted(kind: str, strength: int, start: int) -> Scenario:
    """A lever at nothing is given away: what costs and changes nothing is refused."""
    prices = [name for name, row in numbers.LEVERS[kind].fields.items() if row.cost] if kind in numbers.LEVERS else []
    free = "".join(f"\n{name} = 0" for name in prices if strength)
    return short(ACTIONS[kind].format(kind=kind, start=start, fields=FIELDS[kind][strength] + free))


@cache
def untouched(weeks: int | None = None) -> dict[str, str]:
    return fingerprints(lived(short('based_on = "grocery"'), weeks))


def of_customers(world: World) -> dict[str, str]:
    """Fingerprints of what customers carry."""
    return {
        name: mark for name, mark in fingerprints(world).items() if name.split(".")[0] in ("people", "links", "reach")
    }


# --- the same again, and not the same ---


def test_the_same_scenario_lives_the_same_again():
    assert difference(untouched(), fingerprints(lived(short('based_on = "grocery"')))) == []


@pytest.mark.parametrize("other", [{"seed": 1}, {"seed": 0}])
def test_another_seed_is_another_world(other: dict[str, int]):
    changed = difference(untouched(), fingerprints(lived(short('based_on = "grocery"', **other))))
    assert {"people.traits", "links.satisfaction", "totals.visits"} <= set(changed)


def test_another_replicate_is_another_world():
    changed = difference(untouched(), fingerprints(lived(short('based_on = "grocery"'), replicate=1)))
    assert {"people.traits", "links.satisfaction", "totals.visits"} <= set(changed)


# --- levers and events ---


@pytest.mark.parametrize("kind", ACTIONS)
def test_before_it_begins_nothing_has_changed(kind: str):
    until_week_9 = 2 + 9
    world = lived(acted(kind, 0, start=10), until_week_9)
    assert difference(untouched(until_week_9), fingerprints(world)) == []


@pytest.mark.parametrize("kind", ACTIONS)
def test_once_it_has_begun_something_has_changed(kind: str):
    assert "links.satisfaction" in difference(untouched(), fingerprints(lived(acted(kind, 0, start=3))))


@pytest.mark.parametrize("kind", ACTIONS)
def test_at_strength_zero_it_changes_nothing(kind: str):
    assert difference(untouched(), fingerprints(lived(acted(kind, 1, start=3)))) == []


def test_before_a_rival_enters_nothing_depends_on_when_it_will():
    early, late = (short('based_on = "rival_enters"', **{"event.entry.week": week}) for week in (10, 12))
    assert difference(fingerprints(lived(early, 2 + 9)), fingerprints(lived(late, 2 + 9))) == []
    assert "reach.outlet" in difference(fingerprints(lived(early)), fingerprints(lived(late, 2 + 9)))


# --- moderators and determinants ---

EXTREME = """
based_on = "rival_enters"
[market]
culture = 0.7
climate = -0.6
competition = 0.4
"""


@cache
def moderated() -> Scenario:
    """A market where every source of moderation is away from its middle."""
    return short(EXTREME, **{"event.entry.week": 2})


def without(name: str) -> Any:
    """A change of a world that takes a moderator's row out of its arrays."""
    row = MODERATORS[name]

    def kept(world: World) -> World:
        stages = []
        for stage in world.moderation:
            keep = ~_is_row(stage, row, world)
            stages.append(stage._replace(**{part: getattr(stage, part)[keep] for part in stage._fields[1:]}))
        return world._replace(moderation=type(world.moderation)(*stages))

    return kept


def _is_row(stage: Any, row: Any, world: World) -> Any:
    from simulation.customer.lane import SOURCES
    from simulation.parameters import CHOICE_TARGETS, VISIT_TARGETS, WEEK_TARGETS

    targets = dict(zip(map(id, world.moderation), (WEEK_TARGETS, CHOICE_TARGETS, VISIT_TARGETS), strict=True))[
        id(stage)
    ]
    if row.target not in targets:
        return np.zeros(stage.source.size, bool)
    return (stage.source == SOURCES.index(row.source_variable)) & (stage.target == targets.index(row.target))


@pytest.mark.parametrize("name", MODERATORS)
def test_a_moderator_of_zero_strength_changes_nothing(name: str):
    world = lived(moderated().replace(edits={f"moderators.{name}": 0.0}), 6)
    removed = lived(moderated(), 6, change=without(name))
    assert difference(fingerprints(removed), fingerprints(world)) == []


@cache
def all_moderated() -> dict[str, str]:
    return fingerprints(lived(moderated()))


@pytest.mark.parametrize("name", MODERATORS)
def test_a_moderator_taken_away_changes_something(name: str):
    assert difference(all_moderated(), fingerprints(lived(moderated(), change=without(name)))) != []


def test_what_looking_online_adds_counts_for_nothing_where_nobody_looks():
    nobody = {"parameters.research_online": 0.0, "parameters.research_gain": 0.2}
    assert difference(untouched(), fingerprints(lived(short('based_on = "grocery"', **nobody)))) == []


def test_looking_online_changes_lives():
    some = {"parameters.research_online": 0.5, "parameters.buy_online": -2.0, "parameters.online_utility": 0.5}
    less = lived(short('based_on = "grocery"', **some, **{"parameters.research_gain": 0.0}))
    more = lived(short('based_on = "grocery"', **some, **{"parameters.research_gain": 0.2}))
    assert less.totals.market[0, NEEDS] > lived(short('based_on = "grocery"')).totals.market[0, NEEDS]
    felt = [world.totals.visits[..., VISIT_TOTALS.index("at_discover")].sum() for world in (less, more)]
    assert felt[1] > felt[0]


@pytest.mark.parametrize("name", DETERMINANT_NAMES)
def test_the_level_of_a_determinant_of_zero_strength_does_not_matter_to_anybody(name: str):
    off = {f"determinants.{name}": 0.0}
    fields = f'determinant = "{name}"\nchange = -0.3'
    changed = short(LEVER.format(kind="level_change", start=2, fields=fields), **off)
    same = of_customers(lived(short('based_on = "grocery"', **off)))
    assert difference(same, of_customers(lived(changed))) == []


# --- one more customer, one more outlet ---

# Everything by which one customer's visit changes what others meet.
COUPLINGS = {
    "crowding_response": 0.0,
    "bustle_response": 0.0,
    "stock_out_response": 0.0,
    "price_perception": 0.0,
    "brand_pace": 0.0,
    "cover_weight": 0.0,
    "queue_penalty": 0.0,
    "till_minutes": 0.0,
    "till_most": 1.0e9,
    "overload_response": 0.0,
    "tell_delighted": 0.0,
    "tell_satisfied": 0.0,
    "tell_dissatisfied": 0.0,
    "will_per_rating": 0.0,
}


def uncoupled(scenario: Scenario) -> Scenario:
    """A market in which nobody's visit changes what others meet (values that no file may hold; no desk to crowd)."""
    return scenario.model_copy(update={"parameters": COUPLINGS, "desks": ()})


def one_more() -> tuple[Scenario, Scenario]:
    return grocery(300), grocery(301)


def first(world: World, customers: int) -> dict[str, Any]:
    """What the first customers carry."""
    return {
        name: column[..., :customers]
        for name, column in columns(world)
        if name.split(".")[0] in ("people", "links", "reach", "outcomes")
    }


def unequal(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    return [name for name, column in ours.items() if not np.array_equal(column, theirs[name])]


def test_one_more_customer_changes_nobody_else_where_nobody_meets_others():
    few, more = (lived(uncoupled(scenario)) for scenario in one_more())
    assert unequal(first(few, 300), first(more, 300)) == []


def test_one_more_customer_is_met_by_others_where_shops_fill():
    few, more = (lived(scenario) for scenario in one_more())
    assert "links.satisfaction" in unequal(first(few, 300), first(more, 300))


def test_one_more_customer_changes_no_traits_no_tastes_and_no_needs():
    few, more = (lived(scenario) for scenario in one_more())
    kept = {"people.habitual", "people.should"}
    assert [n for n in unequal(first(few, 300), first(more, 300)) if n.startswith("people") and n not in kept] == []
    assert np.array_equal(few.reach.taste, more.reach.taste[:, :300])
    own = more.totals.market[:, NEEDS] - few.totals.market[:, NEEDS]
    assert (own >= 0).all()
    assert (own <= 15).all()


def test_nobody_meets_others_in_the_first_week():
    few, more = (lived(scenario, 1) for scenario in one_more())
    assert unequal(first(few, 300), first(more, 300)) == []


def unreachable(scenario: Scenario) -> Scenario:
    """The scenario with one more retailer whose only outlet nobody would ever keep in mind."""
    retailer = scenario.retailers[0].model_copy(update={"id": "hermit", "attraction": -10.0})
    outlet = scenario.outlets[0].model_copy(update={"id": "hermitage", "retailer": "hermit", "cell": 0})
    return scenario.model_copy(
        update={"retailers": (retailer, *scenario.retailers), "outlets": (outlet, *scenario.outlets)}
    )


def test_an_outlet_that_nobody_can_reach_changes_nobodys_choices():
    market = grocery()
    without_it, with_it = (lived(uncoupled(scenario)) for scenario in (market, unreachable(market)))
    assert not (with_it.reach.outlet == 0).any()
    ours, theirs = first(without_it, 200), first(with_it, 200)
    is_held = ours["reach.outlet"] >= 0
    assert set(unequal(ours, theirs)) <= {"links.retailer", "reach.outlet"}
    assert np.array_equal(ours["reach.outlet"][is_held] + 1, theirs["reach.outlet"][is_held])
    assert np.array_equal(without_it.totals.visits, with_it.totals.visits[:, 1:])


def test_the_order_of_retailers_and_outlets_in_the_file_does_not_matter():
    market = grocery()
    turned = market.model_copy(update={"retailers": market.retailers[::-1], "outlets": market.outlets[::-1]})
    there, back = (lived(uncoupled(scenario)) for scenario in (market, turned))
    assert set(unequal(first(there, 200), first(back, 200))) <= {"links.retailer", "reach.outlet"}
    assert np.array_equal(there.totals.visits, back.totals.visits[:, ::-1])
    assert np.array_equal(there.totals.links, back.totals.links[:, ::-1])


# --- numbers of customers change noise only ---


@pytest.mark.parametrize("customers", [200, 600])
def test_a_customer_is_the_same_in_a_sample_of_any_size(customers: int):
    few, many = (world_of(grocery(number), 0) for number in (100, customers))
    assert unequal(first(few, 100), first(many, 100)) == []


def rates(customers: int) -> dict[str, float]:
    """What a market of 200,000 does in twelve weeks, seen through so many of them."""
    world = lived(grocery(customers), threads=2)
    visits = world.totals.visits.sum(axis=(0, 2)).sum(axis=0)
    last = world.totals.links[-1].sum(axis=(0, 1))
    return {
        "visits": visits[0] * world.weight / 200_000 / 12,
        "revenue": visits[2] * world.weight / 200_000 / 12 / 100,
        "remembered": visits[20] / visits[0] / 65536,
        "satisfaction": last[6] / last[3] / 65536,
        "load": float(world.market.outlets.load.mean()),
    }


def test_5000_customers_and_50000_agree():
    few, many = rates(5_000), rates(50_000)
    noise = {"visits": 0.05, "revenue": 0.05, "remembered": 0.01, "satisfaction": 0.01, "load": 0.05}
    assert {name: few[name] / many[name] for name in few} == {
        name: pytest.approx(1.0, abs=share) for name, share in noise.items()
    }
