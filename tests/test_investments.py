"""What can be bought: prices, what levers do beside what was found in the field, and cards of evidence."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from simulation import Scenario, ScenarioError, compare
from simulation.assumptions import assumed_levers, beyond_evidence
from simulation.costs import DRIVERS
from simulation.parameters import LEVERS

KNOWN = "[uncertainty]\nweights = 0.0\neffects = false\n"
GRADES = {"measured", "direction", "assumption"}
PAID = {"people", "store", "price"}  # families whose levers have prices, where they have a price at all
FREE = {"price_change", "staff_openness"}  # their cost is margin, or nothing


def asked(lever: str, *, weeks: int = 40, customers: int = 2_000, replicates: int = 4, more: str = "") -> Scenario:
    size = f"weeks = {weeks}\nreplicates = {replicates}\n"
    people = f"[population]\ncustomers = {customers}\n"
    return Scenario.from_toml(f'based_on = "grocery"\n{size}{KNOWN}{people}{more}[[lever]]\n{lever}\n')


@cache
def found(lever: str, **size: Any) -> dict[str, float]:
    """Change of revenue in %, of discounted margin, its cost and its net present value."""
    results = compare(asked(lever, **size), threads=2)
    (revenue,) = results.effects.where(retailer="ours", measure="revenue", source="").rows()
    (money,) = results.money.rows()
    return {"revenue": revenue["relative"], **{name: money[name] for name in ("margin", "cost", "npv")}}


def problems(lever: str) -> str:
    with pytest.raises(ScenarioError) as refusal:
        asked(lever)
    return str(refusal.value)


# --- the catalogue ---


@pytest.mark.parametrize("kind", [name for name, row in LEVERS.items() if row.family in PAID])
def test_levers_for_people_stores_and_prices_have_a_price_a_grade_and_a_source(kind: str):
    row = LEVERS[kind]
    assert kind in FREE or any(field.cost for field in row.fields.values())
    assert row.evidence in GRADES
    assert row.source


@pytest.mark.parametrize("kind", LEVERS)
def test_every_price_is_that_of_something_that_can_be_counted(kind: str):
    assert {field.cost for field in LEVERS[kind].fields.values() if field.cost} <= set(DRIVERS)


@pytest.mark.parametrize("kind", LEVERS)
def test_what_evidence_leaves_open_holds_the_value_within_what_is_allowed(kind: str):
    for row in LEVERS[kind].fields.values():
        if row.spread:
            assert row.low <= row.spread[0] <= row.value <= row.spread[1] <= row.high


# --- prices ---


def costs(lever: str) -> Any:
    """What a lever costs by week, in a market of few customers."""
    table = compare(asked(lever, weeks=8, customers=100, replicates=1, more="[market]\nwarmup_weeks = 0\n")).costs
    return np.bincount(table["week"], table["amount"])[1:]


def test_fewer_staff_save_their_wages_and_more_staff_cost_as_much():
    saved, spent = costs('kind = "staff_change"\npercent = -10'), costs('kind = "staff_change"\npercent = 10')
    assert (spent > 0).all()
    assert saved == pytest.approx(-spent)


def test_what_is_built_is_paid_for_once_when_it_begins():
    amounts = costs('kind = "refurbishment"\nstart_week = 3\ncost_once = 1000')
    stores = sum(outlet.retailer == "ours" and outlet.channel == "store" for outlet in asked('kind = "layout"').outlets)
    assert amounts.tolist() == [0, 0, 1000 * stores, 0, 0, 0, 0, 0]


def test_capacity_is_paid_for_by_the_visits_that_an_outlet_can_take_more():
    usual = next(o.capacity_visits_week for o in asked('kind = "layout"').outlets if o.id == "ours_centre")
    amounts = costs('kind = "capacity_change"\noutlet = "ours_centre"\npercent = 20\ncost_per_visit = 5')
    assert amounts.sum() == pytest.approx(usual * 0.2 * 5)


def test_less_upkeep_saves_its_share():
    amounts = costs('kind = "upkeep_change"\noutlet = "ours_centre"\nchange = -0.5\ncost_per_outlet = 5200')
    assert amounts == pytest.approx(np.full(8, -50.0))


# --- what they do ---


def test_support_raises_motivation():
    lever = 'kind = "employee_experience"\nsupport = 0.2\nramp_weeks = 0'
    results = compare(asked(lever, weeks=20, customers=200, replicates=1), threads=1)
    (row,) = results.effects.where(retailer="ours", measure="staff_motivation", source="").rows()
    assert row["effect"] > 0.01


@pytest.mark.slow
def test_self_checkout_does_nothing_where_nobody_waits():
    lever = 'kind = "self_checkout"\npercent = 40\nramp_weeks = 0'
    tills = ("till_minutes = 1.5\ntill_busy = 0.6", "till_busy = 0.9")  # quick and idle; busy
    idle, busy = (found(lever, more=f"[parameters]\n{parameters}\n") for parameters in tills)
    assert abs(idle["revenue"]) < 0.25
    assert busy["revenue"] > 3 * abs(idle["revenue"])


@pytest.mark.slow
def test_staffing_to_demand_raises_revenue_by_about_what_the_field_studies_found():
    """Fisher, Gallino & Netessine 2021: 3 to 4.5 %."""
    assert 2.5 < found('kind = "staffing_to_demand"\nramp_weeks = 0', weeks=52, customers=4_000)["revenue"] < 6.0


@pytest.mark.slow
def test_staff_have_diminishing_returns_and_a_best_number_between_few_and_many():
    """Fact 51: diminishing returns; too few drive customers away, too many cost more than they bring."""
    few, fewer, more = (found(f'kind = "staff_change"\npercent = {percent}') for percent in (-40, -20, 30))
    slopes = [(fewer["margin"] - few["margin"]) / 20, -fewer["margin"] / 20, more["margin"] / 30]
    assert slopes[0] > slopes[1] > slopes[2] > 0
    assert fewer["npv"] > max(few["npv"], more["npv"], 0.0)


# --- what is refused, and what is warned of ---


def test_a_lever_with_a_cost_and_no_effect_is_named():
    assert "lever 'self_checkout' costs money (cost_once) and changes nothing: percent is 0" in problems(
        'kind = "self_checkout"\npercent = 0'
    )


def test_a_dose_of_zero_that_costs_nothing_is_allowed():
    assert asked('kind = "staff_training"\nhours_per_employee = 0').levers


def test_negative_reach_is_refused():
    assert "share must lie between 0 and 1; it is -0.2" in problems('kind = "staff_openness"\nshare = -0.2')


def test_a_dose_beyond_what_was_seen_is_warned_of():
    (far,) = beyond_evidence(asked('kind = "staff_training"\nhours_per_employee = 300'))
    assert str(far) == "lever.staff_training.hours_per_employee is 300; evidence covers 1 to 100"
    assert beyond_evidence(asked('kind = "staff_training"\nhours_per_employee = 60')) == []


def test_levers_whose_effect_is_assumed_are_told():
    assert assumed_levers(asked('kind = "availability"')) == ["availability"]
    assert assumed_levers(asked('kind = "staffing_to_demand"')) == []


@pytest.mark.parametrize("words", ["queue", "direction", "Obermeier", "100,000", "once", "10 to 45", "shrinkage"])
def test_a_card_of_evidence_says_what_it_does_how_sure_that_is_and_what_it_costs(words: str, capsys: Any):
    from simulation.commands.evidence import print_evidence

    print_evidence("self_checkout")
    assert words in capsys.readouterr().out
