"""What levers do to the plan of weeks, whatever their kind: in force, ramp, wear, place, and what is refused."""

from typing import Any

import numpy as np
import pytest

from simulation.levers import intensity
from simulation.parameters import LEVERS
from simulation.planned import PLAN_DESK, PLAN_OUTLET, PLAN_RETAILER
from simulation.scenario import Scenario, ScenarioError
from simulation.schedule import plans_of

PLANS = {"outlet": PLAN_OUTLET, "retailer": PLAN_RETAILER, "desk": PLAN_DESK}
WEEKS = np.arange(1, 21)


def asked(*levers: str) -> Scenario:
    text = 'based_on = "grocery"\nweeks = 20\n' + "".join(f"[[lever]]\n{lever}\n" for lever in levers)
    return Scenario.from_toml(text).replace(edits={"market.warmup_weeks": 0})


def planned(*levers: str) -> Any:
    return plans_of(asked(*levers))


def problems(*levers: str) -> str:
    with pytest.raises(ScenarioError) as refusal:
        asked(*levers)
    return str(refusal.value)


def test_a_lever_rises_in_equal_steps_to_its_full_force():
    assert intensity(WEEKS, 3, None, 3)[:7].tolist() == [0, 0, 0.25, 0.5, 0.75, 1, 1]


def test_a_lever_ends_with_its_last_week():
    assert intensity(WEEKS, 3, 5, 0)[:7].tolist() == [0, 0, 1, 1, 1, 0, 0]


def test_half_of_a_lever_wears_off_in_a_half_life_from_its_full_force_on():
    force = intensity(WEEKS, 2, None, 1, 4.0)
    assert force[[1, 2, 6, 10]] == pytest.approx([0.5, 1.0, 0.5, 0.25])


@pytest.mark.parametrize(
    ("kind", "effect"), [(kind, effect) for kind, row in LEVERS.items() for effect in row.effects], ids=str
)
def test_every_effect_of_the_catalogue_moves_a_column_that_there_is(kind: str, effect: Any):
    columns = PLANS[effect.plan].names or ()
    choices = LEVERS[kind].fields[effect.column[1:-1]].choices if effect.column.startswith("{") else (effect.column,)
    assert set(choices) <= set(columns)


def test_a_lever_acts_in_its_outlet_only():
    staff = planned('kind = "staff_change"\noutlet = "ours_centre"\npercent = 50\nstart_week = 5').outlets.staff
    usual = planned().outlets.staff
    ids = [outlet.id for outlet in asked().outlets]
    changed = {ids[o] for o in np.flatnonzero((staff != usual).any(0))}
    assert changed == {"ours_centre"}
    assert staff[:, ids.index("ours_centre")] / usual[:, ids.index("ours_centre")] == pytest.approx(
        [1.0] * 4 + [1.5] * 16
    )


def test_a_scenarios_own_ramp_goes_before_its_kinds():
    hours = planned('kind = "staff_training"\nramp_weeks = 1\nhours_per_employee = 40').outlets.training_hours
    assert hours.max(1)[:3].tolist() == [20, 40, 40]


def test_a_lever_on_stores_leaves_online_outlets_alone():
    upkeep = planned('kind = "upkeep_change"\nchange = -1').outlets.upkeep[0]
    theirs = [o for o, outlet in enumerate(asked().outlets) if outlet.retailer == "ours" and outlet.channel == "online"]
    assert theirs
    assert (upkeep[theirs] == 1).all()


def test_the_same_lever_twice_in_one_place_and_week_is_refused_with_the_weeks():
    text = problems(
        'id = "early"\nkind = "staff_change"\nend_week = 12', 'id = "late"\nkind = "staff_change"\nstart_week = 8'
    )
    assert "'late' buys staff_change again where 'early' has it, in weeks 8 to 12" in text


@pytest.mark.parametrize(
    "second",
    [
        'kind = "staff_change"\nstart_week = 13',
        'kind = "staff_change"\nretailer = "northgate"',
        'kind = "level_change"\ndeterminant = "price"',
    ],
    ids=["later", "another buyer", "another kind"],
)
def test_levers_that_do_not_meet_are_bought_side_by_side(second: str):
    first = 'id = "first"\nkind = "staff_change"\nend_week = 12'
    assert len(asked(first, f'id = "second"\n{second}').levers) == 2


def test_two_changes_of_level_are_of_two_determinants():
    both = [f'id = "{name}"\nkind = "level_change"\ndeterminant = "{name}"' for name in ("price", "brand")]
    assert len(asked(*both).levers) == 2
    assert "buys level_change again" in problems(both[0], both[0].replace('"price"\nkind', '"again"\nkind'))
