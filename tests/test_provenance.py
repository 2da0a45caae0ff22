"""What a scenario does, in words that an answer can begin with."""

import pytest

from simulation.provenance import Comparison, processor, versions
from simulation.scenario import Scenario

BASE = """
name = "question"
based_on = "grocery"
seed = 1
weeks = 52
"""


def subject(text: str) -> str:
    scenario = Scenario.from_toml(BASE + text)
    return Comparison.of(scenario, scenario.needed_baseline()).subject


LEVER = '[[lever]]\nkind = "{}"\nstart_week = 5\n{}\n'


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("staff_training", "hours_per_employee = 30", "Staff training (30 hours per employee, from week 5)"),
        (
            "staff_training",
            "cost_per_hour = 35",
            "Staff training (45 hours per employee, cost per hour 35, from week 5)",
        ),
        ("price_change", "percent = -3", "Price change (−3 %, from week 5)"),
        ("price_change", "percent = 3\nend_week = 9", "Price change (+3 %, in weeks 5-9)"),
        ("staff_change", 'retailer = "harvest"', "Staff change of Harvest (+10 %, from week 5)"),
        ("upkeep_change", 'outlet = "ours_centre"', "Upkeep change in ours_centre (−100 %, from week 5)"),
        ("staff_change", 'outlet = "ours_centre"', "Staff change in ours_centre (+10 %, from week 5)"),
    ],
)
def test_a_lever_is_named_with_its_dose_and_weeks(kind: str, fields: str, words: str):
    assert subject(LEVER.format(kind, fields)) == words


def test_words_of_a_lever_come_first():
    found = subject(LEVER.format("level_change", 'determinant = "service"'))
    assert found == "Level change (service, +0.05, from week 5)"


def test_an_event_is_named_with_its_weeks():
    assert subject('[[event]]\nid = "slump"\nkind = "recession"\nweek = 9\nweeks = 4\n') == (
        "Recession (in weeks 9-12)"
    )


def test_an_event_is_named_with_what_differs_from_the_usual_one():
    assert subject('[[event]]\nkind = "recession"\nweek = 9\ndepth = 0.5\n') == "Recession (depth 0.5, from week 9)"


def test_a_cut_of_prices_is_named_with_its_size_even_the_usual_one():
    found = subject('[[event]]\nkind = "price_attack"\nretailer = "valumart"\nweek = 9\n')
    assert found == "Price attack of Valumart (−5 %, from week 9)"


def test_what_the_baseline_does_too_is_not_a_change():
    scenario = Scenario.from_toml(BASE + LEVER.format("staff_training", ""))
    assert Comparison.of(scenario, scenario).changes == ()


def test_words_survive_being_saved():
    scenario = Scenario.from_toml(BASE + LEVER.format("staff_training", ""))
    told = Comparison.of(scenario, None)
    assert Comparison.from_dict(told.as_dict()) == told


def test_versions_and_processor_are_known():
    assert {"retailcx", "python", "numpy", "numba"} <= set(versions())
    assert processor()
