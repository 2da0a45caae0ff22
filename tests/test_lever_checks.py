"""What the catalogue of levers must pass: known of the field, and not put into any one lever."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from simulation import Scenario, compare
from simulation.parameters import LEVERS
from simulation.scenario.forms import Lever
from simulation.variants import Branches, Outcome, Variant

NINE = (  # capabilities of tools that retailers buy
    *("guidance", "personal_support", "social_listening", "targeted_messages", "closing_the_loop"),
    *("personal_profiles", "ticket_routing", "multichannel_marketing", "customer_insight"),
)
CHAIN = ("ticket_routing", "personal_support")
KNOWN = {"uncertainty.effects": False, "uncertainty.weights": 0.0, "market.warmup_weeks": 26}
MANY = {"failure_rate": 0.2, "failure_minor_from": 0.0, "failure_major_from": 1.0}  # failures that hurt
NOBODY, ROOMY = 0.02, 50.0  # times the people at service desks
WEEKS, REPLICATES = 39, 4


def lever(kind: str, **fields: float) -> Lever:
    usual = {name: row.value for name, row in LEVERS[kind].fields.items() if not row.choices}
    return Lever(id=kind, kind=kind, retailer="ours", ramp_weeks=0, half_life_weeks=0, fields={**usual, **fields})


def strong(kind: str) -> Lever:
    """A lever whose effects are as large as evidence leaves open."""
    doses = {effect.by for effect in LEVERS[kind].effects}
    rows = {name: row for name, row in LEVERS[kind].fields.items() if name in doses and row.spread}
    return lever(kind, **{name: row.spread[1] for name, row in rows.items() if row.spread})


@cache
def branches(
    customers: int = 2_000, desks: float = 1.0, failing: bool = False, replicates: int = REPLICATES
) -> Branches:
    """A grocery market, with so many times its people at service desks."""
    market = Scenario.load("grocery", customers=customers, weeks=WEEKS, replicates=replicates, edits=KNOWN)
    staffed = tuple(desk.model_copy(update={"staff": desk.staff * desks}) for desk in market.desks)
    parameters = {**market.parameters, **MANY} if failing else market.parameters
    return Branches(market.model_copy(update={"desks": staffed, "parameters": parameters}), threads=2)


def lived(world: Branches, *bought: Sequence[Lever]) -> list[Outcome]:
    return world.live([Variant(world.baseline.with_levers(levers)) for levers in bought])


def of(outcome: Outcome, measure: str) -> Any:
    """A measure added up over the weeks, by replicate."""
    rows = outcome.weekly.where(measure=measure)
    return np.bincount(rows["replicate"], rows["value"])


def npv(world: Branches, outcome: Outcome) -> Any:
    """Margin gained less cost, by replicate; so few weeks are not discounted."""
    paid = np.bincount(outcome.costs["replicate"], outcome.costs["amount"], REPLICATES)
    return of(outcome, "gross_margin") - of(world.before, "gross_margin") - paid


@pytest.mark.slow
def test_all_nine_capabilities_together_give_less_than_the_sum_of_the_parts():
    """At the doses of the catalogue; with so many customers because the difference is a fifth of one per cent."""
    world = branches(10_000, replicates=16)
    kinds = [lever(kind) for kind in NINE]
    *alone, together = lived(world, *([each] for each in kinds), kinds)
    before = of(world.before, "gross_margin")
    parts = sum(of(each, "gross_margin") - before for each in alone)
    assert (of(together, "gross_margin") - before).mean() < parts.mean()


@pytest.mark.slow
def test_reaching_who_can_answer_and_answering_well_are_a_chain():
    """A share of a share is solved, so that each is worth more with the other: the exception among the nine."""
    world = branches(2_000, ROOMY, failing=True)
    routed, supported, both = (
        (of(each, "complaints_solved") - of(world.before, "complaints_solved")).mean()
        for each in lived(world, [lever("ticket_routing")], [lever("personal_support")], [*map(lever, CHAIN)])
    )
    assert both > routed + supported


@pytest.mark.slow
def test_asking_where_nobody_can_act_is_worth_nothing_or_less():
    """Continuous feedback without the capability to act changes no life, and costs its fee; calling back is in vain."""
    world = branches(2_000, NOBODY, failing=True)
    heard, asked = lived(
        world, [lever("continuous_feedback", acting=0.0)], [lever("closing_the_loop", asked=1.0, response=0.25)]
    )
    assert (of(heard, "gross_margin") == of(world.before, "gross_margin")).all()
    assert (npv(world, heard) < 0.0).all()
    assert npv(world, asked).mean() < 0.0


@pytest.mark.slow
def test_routing_gains_where_there_is_room_and_not_where_nobody_answers():
    gained = {}
    for desks in (NOBODY, ROOMY):
        world = branches(2_000, desks, failing=True)
        (routed,) = lived(world, [strong("ticket_routing")])
        gained[desks] = 100.0 * (of(routed, "gross_margin") / of(world.before, "gross_margin") - 1.0).mean()
    assert abs(gained[NOBODY]) < 0.5 < gained[ROOMY]


@pytest.mark.slow
def test_saving_on_staff_has_a_best_size_between_none_and_nearly_all():
    """Fact 51: an optimum inside; who saves nearly everybody sells nearly nothing."""
    world = branches()
    some, most, nearly_all = (
        npv(world, each).mean() for each in lived(world, *([lever("staff_change", percent=p)] for p in (-20, -60, -90)))
    )
    assert some > most > nearly_all
    assert some > 0.0 > nearly_all


@pytest.mark.slow
def test_word_of_mouth_is_a_minor_part_of_what_better_service_gains():
    """Below 7 % in most trades (Forrester 2020, 2022): people who buy again and stay are the rest."""
    better = '[[lever]]\nkind = "level_change"\ndeterminant = "service"\nchange = 0.15\n'
    size = f"weeks = {WEEKS}\nreplicates = {REPLICATES}\n[population]\ncustomers = 2000\n"
    scenario = Scenario.from_toml(f'based_on = "grocery"\n{size}{better}').replace(edits=KNOWN)
    margins = compare(scenario, threads=2).effects.where(measure="discounted_margin").rows()
    gained = {row["source"]: row["effect"] for row in margins}
    assert gained[""] > 0.0
    assert abs(gained["word_of_mouth"]) < 0.15 * gained[""]
