"""Worlds that are the same until some week are lived as one, and come out as if each were lived alone."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from simulation import variants as living
from simulation.alike import Stretch, stretches
from simulation.scenario import Scenario
from simulation.variants import MET, Branches, Outcome, Variant

LEVERS = """
based_on = "grocery"
[[lever]]
kind = "targeted_messages"
start_week = 3
[[lever]]
kind = "unified_database"
start_week = 3
[[lever]]
kind = "crm_analytical"
start_week = 3
[[lever]]
id = "early"
kind = "staff_training"
start_week = 3
hours_per_employee = 400
[[lever]]
id = "late"
kind = "price_change"
start_week = 6
percent = 3
"""


def scenario() -> Scenario:
    edits = {"market.warmup_weeks": 3}
    return Scenario.from_toml(LEVERS).replace(customers=150, weeks=9, replicates=2, edits=edits)


def asked() -> list[Variant]:
    whole = scenario()
    cheaper = whole.replace(edits={"lever.early.cost_per_hour": 1.0})
    without = whole.with_levers(lever for lever in whole.levers if lever.id != "late")
    return [Variant(whole), Variant(cheaper), Variant(without), Variant(whole, frozenset(MET))]


def branches() -> Branches:
    return Branches(scenario().needed_baseline(), threads=1)


@cache
def together() -> list[Outcome]:
    return branches().live(asked())


@pytest.mark.parametrize("number", range(4))
def test_worlds_lived_together_are_what_each_is_alone(number: int):
    (alone,) = branches().live([asked()[number]])
    for own, other in zip(together()[number].tables, alone.tables, strict=True):
        for name in ("value", "amount"):
            if name in own:
                assert np.array_equal(own[name], other[name], equal_nan=True)


def test_what_is_the_same_is_lived_once(monkeypatch: pytest.MonkeyPatch):
    lived: list[range] = []
    whole = living.lived

    def counted(*given: object) -> object:
        lived.append(given[-1])
        return whole(*given)

    world = branches()
    monkeypatch.setattr(living, "lived", counted)
    world.live(asked()[:3])
    assert sorted((weeks.start, weeks.stop) for weeks in lived) == 2 * [(0, 5)] + 4 * [(5, 9)]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        (["aaa", "aaa"], [Stretch((0, 1), 0, 3)]),
        (["aab", "aac"], [Stretch((0, 1), 0, 2)]),
        (["aaa", "baa"], [Stretch((0,), 0, 3), Stretch((1,), 0, 3)]),
    ],
)
def test_worlds_part_in_the_first_week_whose_marks_differ(marks: Sequence[str], expected: list[Stretch]):
    assert stretches(marks, [0, 1]) == expected


# --- assumptions about both worlds ---


@pytest.mark.parametrize("number", [("training_gain", 0.0), ("satisfaction_weight", 3.0)])  # the baseline reads one
def test_beside_a_baseline_of_its_own_a_scenario_is_what_it_is_after_that_baselines_warm_up(number: tuple[str, float]):
    changed = scenario().replace(parameters=dict([number]))
    ((before, after),) = branches().live_beside_their_own([changed])
    own = Branches(changed.needed_baseline(), threads=1)
    (alone,) = own.live([Variant(changed)])
    for found, expected in ((before, own.before), (after, alone)):
        assert np.array_equal(found.weekly["value"], expected.weekly["value"], equal_nan=True)
