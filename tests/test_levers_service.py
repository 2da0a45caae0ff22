"""Levers of service and of listening in small worlds: what they need, what they cost, and which way they act."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from simulation.parameters import LEVERS
from simulation.records import DESK_TOTALS, VISIT_TOTALS
from simulation.running import run
from simulation.scenario import Scenario
from simulation.scenario.forms import Lever
from simulation.world import World
from tests.lives import difference, fingerprints, lived

MANY = {  # failures that hurt, and no luck in when they are settled
    "failure_rate": 0.2,
    "failure_minor_from": 0.0,
    "failure_major_from": 1.0,
    "settled_at_once": 1.0,
}
ITEMS = ("alarm_cost", "call_cost", "callback_cost", "compensation", "wage_per_hour")
ROOMY, BUSY = 1_000.0, 0.05  # people at each desk


def market(customers: int = 1_000, weeks: int = 12, staff: float = ROOMY, **values: float) -> Scenario:
    """The grocery market where much goes wrong, with so many people at each desk."""
    whole = Scenario.load("grocery", customers=customers, weeks=weeks, edits={"market.warmup_weeks": 2})
    desks = tuple(desk.model_copy(update={"staff": staff}) for desk in whole.desks)
    return whole.model_copy(update={"desks": desks, "parameters": MANY | values})


def lever(kind: str, **fields: Any) -> Lever:
    usual = {name: row.value for name, row in LEVERS[kind].fields.items() if not row.choices}
    return Lever(id=kind, kind=kind, retailer="ours", ramp_weeks=0, half_life_weeks=0, fields={**usual, **fields})


def bought(scenario: Scenario, *levers: Lever) -> World:
    return lived(scenario.model_copy(update={"levers": levers}))


def of_ours(world: World, name: str) -> int:
    ours = world.market.outlets.retailer == world.focal
    return int(world.totals.visits[world.warmup :, ours, :, VISIT_TOTALS.index(name)].sum())


def at_desks(world: World, name: str) -> int:
    ours = world.market.desks.retailer == world.focal
    return int(world.totals.desks[world.warmup :, ours, DESK_TOTALS.index(name)].sum())


def satisfaction(world: World) -> float:
    ours = (world.links.retailer == world.focal) & (world.links.visits > 0)
    return float(world.links.level("satisfaction")[ours].mean())


def our_desks(world: World) -> Any:
    return world.market.desks[world.market.desks.retailer == world.focal]


@cache
def without(staff: float = ROOMY) -> World:
    return lived(market(staff=staff))


# --- at the desks ---


def test_routing_helps_where_there_is_room_and_not_where_there_is_none():
    routing = lever("ticket_routing", answered=0.3)
    gained = {staff: our_desks(bought(market(staff=staff), routing)).recovery for staff in (ROOMY, BUSY)}
    assert (gained[ROOMY] > 1.3 * our_desks(without()).recovery).all()
    assert (our_desks(without(BUSY)).strain > 0.5).all()
    assert gained[BUSY] == pytest.approx(our_desks(without(BUSY)).recovery)


def test_ticket_routing_without_staff_does_nothing_to_satisfaction():
    busy = market(staff=BUSY)
    routed = bought(busy, lever("ticket_routing"))
    assert satisfaction(routed) == pytest.approx(satisfaction(without(BUSY)), abs=2e-4)


def test_personal_support_solves_more_and_answers_sooner_where_somebody_must_look_first():
    supported = our_desks(bought(market(), lever("personal_support", recovered=0.2, wait=40)))
    before = our_desks(without())
    assert supported.recovery == pytest.approx(before.recovery + 0.2)
    slowest = int(np.argmax(before.response))  # e-mail, hours until somebody looks
    assert supported.response[slowest] < 0.65 * before.response[slowest]


def test_a_desk_that_may_decide_settles_more_and_pleases_more():
    handled = bought(market(), lever("complaint_handling", recovered=0.4))
    assert at_desks(handled, "solved") > 1.5 * at_desks(without(), "solved")
    assert satisfaction(handled) > satisfaction(without())


def test_a_bot_at_the_desks_deflects_what_it_answers_and_takes_nobodys_time():
    chatty = market(contact_store=0.3, contact_online=0.3)
    helped = bought(chatty, lever("answering_bot", tried=0.5, answers=0.6))
    ordinary = at_desks(helped, "ordinary")
    assert at_desks(helped, "deflected") / ordinary == pytest.approx(0.3, abs=0.03)
    assert at_desks(helped, "bot_failures") / ordinary == pytest.approx(0.2, abs=0.03)
    assert at_desks(helped, "contacts") < at_desks(lived(chatty), "contacts")


def test_a_bot_that_fails_is_worse_than_none_and_one_that_answers_is_better():
    chatty = market(contact_store=0.5, contact_online=0.5)
    bots = {share: satisfaction(bought(chatty, lever("answering_bot", tried=1.0, answers=share))) for share in (0, 1)}
    assert bots[0] < satisfaction(lived(chatty)) < bots[1]


def test_answers_where_customers_look_spare_contacts():
    spared = bought(market(), lever("answers_page", contacts=50))
    assert at_desks(spared, "ordinary") == pytest.approx(0.5 * at_desks(without(), "ordinary"), rel=0.25)


# --- failures ---


def test_preventing_problems_prevents_its_share_of_failures():
    kept = bought(market(), lever("problem_prevention", failures=30))
    rates = [of_ours(world, "failures") / of_ours(world, "visits") for world in (kept, without())]
    assert rates[0] / rates[1] == pytest.approx(0.7, abs=0.05)
    assert satisfaction(kept) > satisfaction(without())


@pytest.mark.parametrize("kind", ["order_reliability", "guidance"])
def test_what_helps_online_is_nothing_to_who_comes_to_stores_only(kind: str):
    whole = market(200, online_utility=-50.0)
    assert difference(_carried(lived(whole)), _carried(bought(whole, lever(kind)))) == []


def _carried(world: World) -> dict[str, str]:
    kept = ("people", "links", "reach", "totals")
    return {name: mark for name, mark in fingerprints(world).items() if name.split(".")[0] in kept}


# --- asking, calling, replying ---

ASKED = {"asked": 1.0, "response": 1.0}


def asking(staff: float, recovery: float | None = None) -> tuple[World, World]:
    """Without and with a key question that everybody answers."""
    whole = market(staff=staff, survey_fatigue=0.0)
    if recovery is not None:
        desks = tuple(desk.model_copy(update={"complaint_resolution": recovery}) for desk in whole.desks)
        whole = whole.model_copy(update={"desks": desks})
    return lived(whole), bought(whole, lever("closing_the_loop", **ASKED))


def test_asking_makes_more_problems_heard():
    before, after = asking(ROOMY)
    assert at_desks(before, "reached") == 0
    assert at_desks(after, "reached") > at_desks(before, "complaints")
    assert at_desks(after, "complaints") > 2 * at_desks(before, "complaints")


def test_asking_and_solving_satisfies():
    before, after = asking(ROOMY, recovery=0.5)
    assert satisfaction(after) > satisfaction(before) + 0.002


@pytest.mark.parametrize(("staff", "recovery"), [(BUSY, 0.35), (ROOMY, 0.0)], ids=["nobody there", "nobody able"])
def test_a_survey_without_capacity_to_act_is_worth_nothing_or_less(staff: float, recovery: float):
    before, after = asking(staff, recovery)
    assert satisfaction(after) < satisfaction(before) + 2e-4


def test_calls_after_visits_are_heard_at_the_desks():
    called = bought(market(), lever("follow_up", called=0.5))
    assert at_desks(called, "reached") > 0.3 * (of_ours(called, "failures") - of_ours(called, "failures_told"))


def test_being_asked_may_bring_visits_or_cost_them():
    more, less = (
        of_ours(bought(market(weeks=6), lever("closing_the_loop", response=0.0, measuring=size)), "visits")
        for size in (0.2, -0.2)
    )
    assert more > 1.1 * less


def test_replies_calm_bad_word_in_town():
    quiet = bought(market(town_share=1.0), lever("social_listening", replied=1.0, calmed=0.5, encouraged=0.0))
    loud = lived(market(town_share=1.0))
    blame = {name: _blame(world) for name, world in (("quiet", quiet), ("loud", loud))}
    assert 0.4 < blame["quiet"] / blame["loud"] < 0.6


def _blame(world: World) -> float:
    pools = world.market.word.reshape(-1, world.market.retailers.size)
    return float(pools[:, world.focal]["blame"].sum())


def test_who_gets_replies_complains_more():
    replied = bought(market(), lever("social_listening", calmed=0.0, encouraged=2.0))
    assert at_desks(replied, "complaints") > 1.3 * at_desks(without(), "complaints")


# --- learning by the quarter ---


def mended(*levers: Lever) -> Any:
    world = bought(market(weeks=30), *levers)
    return world.market.learning[world.focal]


def test_a_policy_mends_what_it_names():
    budget = {"budget": 1e6, "feedback": 0.1}
    by = {name: mended(lever("periodic_review", policy=f"mend_{name}", **budget)) for name in ("range", "rules")}
    touched = mended(lever("periodic_review", policy="mend_touchpoint", **budget))
    assert by["range"].fewer_stock_outs > 0.1 > by["range"].fewer_failures == 0.0
    assert by["rules"].fewer_failures > 0.05 > by["rules"].fewer_stock_outs == 0.0
    assert touched.gain.sum() > 0.01
    assert touched.fewer_failures == touched.fewer_stock_outs == 0.0


def test_money_for_the_worst_mends_what_somebody_who_acts_on_feedback_mends():
    found = mended(lever("periodic_review", policy="mend_worst", budget=1e6, feedback=0.1))
    acting = mended(lever("continuous_feedback", acting=0.5, feedback=0.1))
    for name in ("gain", "fewer_failures", "fewer_stock_outs"):
        assert np.array_equal(found[name] > 0.0, acting[name] > 0.0), name
    assert found.gain.sum() + found.fewer_failures + found.fewer_stock_outs > 0.01


@pytest.mark.parametrize(
    "levers",
    [
        (lever("customer_insight", feedback=1.0),),
        (lever("journey_mapping", budget=0.0, mapped=1.0),),
        (lever("journey_mapping", budget=1e6, mapped=0.0),),
        (lever("periodic_review", policy="mend_rules", budget=1e6, feedback=0.0),),
    ],
    ids=["insight", "map", "repairs", "budget"],
)
def test_money_without_knowledge_and_knowledge_without_money_mend_nothing(levers: tuple[Lever, ...]):
    whole = market(200, weeks=16)
    assert difference(fingerprints(lived(whole)), fingerprints(bought(whole, *levers))) == []


def test_insight_helps_who_acts_on_it():
    acting = lever("better_rules", feedback=0.0, budget=1e6)
    alone, both = mended(acting), mended(acting, lever("customer_insight", feedback=0.1))
    assert alone.fewer_failures == 0.0
    assert both.fewer_failures > 0.05


def test_a_map_shows_the_worst_touchpoint_without_asking():
    assert mended(lever("journey_mapping", budget=1e6)).gain.max() > 0.005


# --- what recovery does, and what it does not ---


def test_recovery_lifts_satisfaction_and_not_repurchase_beyond_no_failure():
    """de Matos, Henrique & Rossi 2007: visits with everything solved are no more than where nothing fails."""
    whole = market(4_000, weeks=40)
    desks = tuple(desk.model_copy(update={"complaint_resolution": 0.2}) for desk in whole.desks)
    whole = whole.model_copy(update={"desks": desks})
    recovered = bought(whole, lever("complaint_handling", recovered=0.6), lever("follow_up", called=1.0))
    flawless = bought(whole, lever("problem_prevention", failures=90))
    assert satisfaction(recovered) > satisfaction(lived(whole)) + 0.005
    assert of_ours(recovered, "visits") < of_ours(flawless, "visits")


# --- prices ---


def test_prices_are_paid_for_what_they_are_the_price_of():
    kinds = ("follow_up", "problem_prevention", "closing_the_loop", "complaint_handling", "desk_change")
    levers = tuple(
        lever(kind, asked=1.0, response=1.0) if kind == "closing_the_loop" else lever(kind) for kind in kinds
    )
    results = run(market(200, weeks=3).model_copy(update={"levers": levers, "replicates": 1}))
    weight = 1_000.0  # 200,000 people by 200
    paid = {item: results.costs.where(item=item)["amount"].sum() for item in ITEMS}
    counted = bought(market(200, weeks=3), *levers)
    visits = of_ours(counted, "visits") * weight
    assert paid["alarm_cost"] == pytest.approx(0.008 * visits)
    assert paid["call_cost"] == pytest.approx(1.5 * 0.02 * visits)
    assert paid["callback_cost"] == pytest.approx(4.0 * at_desks(counted, "reached") * weight)
    assert paid["compensation"] == pytest.approx(8.0 * at_desks(counted, "solved") * weight)
    hours = 3 * ROOMY * 0.25 * 3 * counted.numbers.service.hours_per_year / 52.0  # a quarter more, at three desks
    assert paid["wage_per_hour"] == pytest.approx(25.0 * hours)
