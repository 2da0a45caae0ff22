"""Explanations of small worlds: what must hold whatever the numbers are."""

from functools import cache

import numpy as np
import pytest

from analysis.why.explaining import (
    CUSTOMERS,
    REPLICATES,
    Explanation,
    as_table,
    explained,
    explained_together,
    smaller,
)
from analysis.why.flips import Assumption, assumptions_of, flips
from analysis.why.levers import attribution_to_levers
from analysis.why.ranking import _loose, judged
from analysis.why.routes import attribution_to_routes
from simulation.scenario import Scenario
from simulation.uncertainty import drawn, shared_by
from simulation.variants import Branches

BOTH = """
based_on = "grocery"
[[lever]]
kind = "staff_training"
start_week = 2
hours_per_employee = 50
cost_per_hour = 20
[[lever]]
kind = "price_change"
start_week = 2
percent = 4
"""
IDLE = '[[lever]]\nkind = "staff_openness"\nshare = 0\n'
COST = "lever.staff_training.cost_per_hour"


def short(text: str) -> Scenario:
    return Scenario.from_toml(text).replace(customers=200, weeks=10, replicates=2, edits={"market.warmup_weeks": 2})


@cache
def branches() -> Branches:
    return Branches(short(BOTH).needed_baseline())


@cache
def whole() -> Explanation:
    return explained(short(BOTH), branches())


def test_levers_share_the_whole_effect_and_an_idle_one_gets_exactly_nothing():
    found = attribution_to_levers(short(BOTH + IDLE), branches())["npv"]
    shares = {share.causes[0]: share.value.mean for share in found.shares}
    assert sum(shares.values()) == pytest.approx(found.whole.mean)
    assert shares["staff_openness"] == 0.0
    assert shares["price_change"] != 0.0


def test_a_scenario_without_levers_has_nothing_to_attribute():
    with pytest.raises(ValueError, match="adds no lever"):
        attribution_to_levers(short(BOTH).needed_baseline().replace(name="same"), branches())


def test_ways_share_the_whole_effect_on_margin():
    found = whole().routes["margin"]
    assert sum(share.value.mean for share in found.parts.shares) == pytest.approx(found.parts.whole.mean)
    assert {share.causes[0] for share in found.parts.shares} > {"price"}


def test_a_price_works_through_nothing_but_itself_and_what_follows():
    only_price = short(BOTH).replace(edits={"lever.staff_training.hours_per_employee": 0})
    found = attribution_to_routes(only_price, branches())["margin"]
    shares = {share.causes[0]: share.value.mean for share in found.parts.shares}
    assert abs(shares["price"]) > 0.8 * sum(map(abs, shares.values()))
    assert found.other.mean == 0.0, "no desk, message or word differs where nothing that is offered does"


def test_an_assumption_that_turns_the_answer_is_found_where_it_turns_it():
    """Cost rises in a straight line with its price: the search must find where value is 0."""
    scenario = short(BOTH)
    cost = Assumption(COST, 0.0, 20.0, 500.0, "", "", "")
    (swing,) = flips(scenario, branches(), [cost]).swings
    assert swing.turns_at is not None
    there = scenario.replace(edits={COST: swing.turns_at})
    at_turn = flips(there, branches(), []).base.mean
    assert abs(at_turn) < 1e-6 * swing.size


def test_an_assumption_that_moves_nothing_turns_nothing():
    idle = Assumption("parameters.post_base", -2.065, -2.065, -2.065, "", "", "")
    (swing,) = flips(short(BOTH), branches(), [idle]).swings
    assert swing.turns_at is None
    assert swing.size == 0.0


def test_what_is_asked_is_what_the_levers_leave_open_what_they_hang_on_and_the_links_to_money():
    paths = [each.path for each in assumptions_of(short(BOTH))]
    assert {COST, "parameters.training_gain", "parameters.satisfaction_weight"} <= set(paths)
    assert len(paths) == len(set(paths)) < 20 < len(assumptions_of(short(BOTH), every=True))


def test_an_entry_is_not_explained_by_ways_of_outlets_that_were_not_there():
    entry = Scenario.load("rival_enters", customers=100, weeks=28, replicates=2, edits={"market.warmup_weeks": 0})
    rows = explained(entry, Branches(entry.needed_baseline()))
    assert (rows.levers, rows.routes, rows.flips) == ({}, {}, None)
    assert not as_table([("entry", rows)]).columns


def test_an_explanation_is_made_of_a_smaller_world_that_stands_for_as_many():
    large = Scenario.load("staff_training")
    small = smaller(large)
    assert (small.population.customers, small.replicates) == (CUSTOMERS, REPLICATES)
    assert small.population.represents == large.population.represents


def test_the_table_has_a_row_for_every_share_and_swing():
    table = as_table([("both", whole())])
    kinds = table["kind"].tolist()
    assert (kinds.count("lever"), kinds.count("together"), kinds.count("whole")) == (4, 2, 2)
    assert kinds.count("assumption") == len(assumptions_of(short(BOTH)))
    swings = table.where(kind="assumption")
    assert np.isfinite(swings["at_from"]).all()


# --- under other weights ---


def test_an_order_is_kept_in_the_draws_that_have_it_and_a_sign_where_it_is_the_same():
    usual = np.array([2.0, -1.0])
    found = np.array([[3.0, 1.0, -1.0, 2.0], [-2.0, -1.0, -2.0, 3.0]])
    kept = judged(usual, found)
    assert (kept.order, kept.signs, kept.draws) == (2, (3, 3), 4)


def test_weights_are_drawn_for_the_question_whether_it_stands_and_nothing_else_is():
    world = _loose(short(BOTH), 8)
    assert shared_by(world) == 1
    lived = [drawn(world, replicate) for replicate in range(2)]
    assert lived[0].weights != lived[1].weights
    assert lived[0].levers == lived[1].levers == world.levers


def test_scenarios_of_one_baseline_are_explained_together_with_their_order():
    paid, gift = (
        short(BOTH).replace(name="paid"),
        short(BOTH.replace("percent = 4", "percent = -9")).replace(name="gift"),
    )
    table = explained_together([paid, gift])
    for name in ("paid", "gift"):
        (sign,) = table.where(scenario=name, kind="sign").rows()
        (order,) = table.where(scenario=name, kind="order").rows()
        assert 0.0 <= order["value"] <= sign["value"] <= 1.0
        assert sign["replicates"] == 8
    assert not explained_together([paid]).where(kind="order")["value"].size
