"""Variants live as twins do, and what they hold is held."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from simulation import compare
from simulation.results import Table
from simulation.scenario import Scenario
from simulation.variants import MET, Branches, Variant

WHOLE = {"outlet": "", "channel": "", "segment": "", "relationship": ""}
TRAINING = 'based_on = "grocery"\n[[lever]]\nkind = "staff_training"\nstart_week = 3\nhours_per_employee = 400\n'
OPENING = 'based_on = "rival_enters"\n'


def short(text: str, **edits: Any) -> Scenario:
    return Scenario.from_toml(text).replace(
        customers=150, weeks=8, replicates=2, edits={"market.warmup_weeks": 3, **edits}
    )


@cache
def branches() -> Branches:
    return Branches(short(TRAINING).needed_baseline())


def rows(table: Table) -> Any:
    """Values of the focal retailer as a whole, in the order of measure, replicate and week."""
    order = np.lexsort((table["week"], table["replicate"], table["measure"]))
    return table["value"][order]


def of_compare(name: str) -> Table:
    world = compare(short(TRAINING)).worlds[name]
    return world.weekly.where(retailer="ours", **WHOLE)


def test_the_stem_is_the_baseline_and_a_branch_is_its_twin():
    (training,) = branches().live([Variant(short(TRAINING))])
    for found, name in ((branches().before, "grocery"), (training, "scenario")):
        assert np.array_equal(rows(found.weekly), rows(of_compare(name)), equal_nan=True)


def test_what_has_been_lived_is_not_lived_again_whatever_it_is_called():
    first, again = branches().live([Variant(short(TRAINING)), Variant(short(TRAINING).replace(name="same"))])
    assert first is again


def test_a_variant_that_changes_nothing_is_the_baseline_and_is_not_lived():
    nothing = short(TRAINING).with_levers(())
    assert branches().live([Variant(nothing)])[0] is branches().before


def test_a_branch_lives_the_same_from_other_warm_ups():
    first = branches().live([Variant(short(TRAINING))])[0]
    again = Branches(short(TRAINING).needed_baseline()).live([Variant(short(TRAINING))])[0]
    assert np.array_equal(rows(first.weekly), rows(again.weekly), equal_nan=True)


def test_with_everything_held_customers_live_as_in_the_baseline():
    (held,) = branches().live([Variant(short(TRAINING), frozenset(MET))])
    acsi = [each.weekly.where(measure="acsi")["value"] for each in (held, branches().before)]
    assert np.array_equal(*acsi)


def test_with_one_thing_held_the_others_still_move():
    held, open_ = branches().live([Variant(short(TRAINING), frozenset(["service", "queue"])), Variant(short(TRAINING))])
    changes = {
        name: [np.abs(each.weekly.where(measure=name)["value"] - usual).max() for each in (held, open_)]
        for name in ("level_service", "staff_skill")
        for usual in (branches().before.weekly.where(measure=name)["value"],)
    }
    assert changes["level_service"][0] < 0.25 * changes["level_service"][1]  # who comes where changes a little
    assert changes["staff_skill"][0] == pytest.approx(changes["staff_skill"][1], rel=0.1)


def test_what_is_met_in_other_outlets_cannot_be_held():
    with pytest.raises(ValueError, match="only in the same outlets"):
        Branches(short(TRAINING).needed_baseline()).live(
            [Variant(short(OPENING, **{"event.entry.week": 3}), frozenset(["service", "queue"]))]
        )
