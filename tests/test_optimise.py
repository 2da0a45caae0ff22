"""`optimise`: what a file may ask, and what a small plan says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import Result

from analysis.optimising.plan import bought, dials_of_scenario, regrets
from simulation.scenario import Scenario, ScenarioError

LEVERS = """
based_on = "grocery"
weeks = 8
[[lever]]
kind = "staff_training"
start_week = 2
[[lever]]
kind = "price_change"
start_week = 2
percent = 0
"""
TABLE = """
[optimise]
budget = 20_000
exclude = [["staff_training", "price_change"]]
[optimise.levers]
"staff_training.hours_per_employee" = { min = 0, max = 90 }
"price_change.percent" = { min = 0, max = 3 }
"""


def asked(table: str = TABLE) -> Scenario:
    return Scenario.from_toml(LEVERS + table)


def test_a_file_says_what_can_be_set_and_what_excludes_what():
    scenario = asked()
    assert scenario.optimise.budget == 20_000
    assert [dial.name for dial in dials_of_scenario(scenario)] == [
        "staff_training.hours_per_employee",
        "price_change.percent",
    ]
    assert Scenario.from_toml(scenario.to_toml()).optimise == scenario.optimise


def test_unless_said_the_main_field_of_every_lever_is_set_as_far_as_evidence_goes():
    dials = {dial.name: dial.high for dial in dials_of_scenario(asked(""))}
    assert dials["staff_training.hours_per_employee"] == 100


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            '[optimise.levers]\n"staff_trainig.hours_per_employee" = { min = 0, max = 9 }',
            "Did you mean 'staff_training'",
        ),
        ('[optimise.levers]\n"staff_training.hours" = { min = 0, max = 9 }', "hours_per_employee"),
        ('[optimise.levers]\n"staff_training.cost_per_hour" = { min = 0, max = 9 }', "no number of staff_training"),
        ('[optimise.levers]\n"staff_training.hours_per_employee" = { min = 9, max = 9 }', "not above min"),
        ('[optimise.levers]\n"staff_training.hours_per_employee" = { min = 0 }', "lack max"),
        ('[optimise.levers]\n"staff_training.hours_per_employee" = 3', "must be a table"),
        ('[optimise.levers]\n"staff_training.hours_per_employee" = { min = -1, max = 9 }', "min must lie between"),
        ('[optimise]\nexclude = [["staff_training", "bot"]]', "no lever 'bot'"),
        ("[optimise]\nbudget = -5", "budget must be above 0"),
    ],
)
def test_what_cannot_be_is_refused_in_words(table: str, message: str):
    with pytest.raises(ScenarioError) as refusal:
        asked(table)
    assert message in str(refusal.value)


def test_regret_is_what_the_best_of_each_draw_would_have_brought_more():
    """Two replicates share a draw: draws of 4 and -2 against nothing lose 1 on average, nothing loses 2."""
    assert regrets([np.array([5.0, 3.0, -1.0, -3.0]), np.zeros(4)]) == [1.0, 2.0]


def test_a_lever_set_to_nothing_is_not_bought():
    scenario = asked()
    levers = bought(scenario, dials_of_scenario(scenario), (30.0, 0.0)).levers
    assert [(lever.id, lever.fields["hours_per_employee"]) for lever in levers] == [("staff_training", 30.0)]


SMALL = ("--customers", "100", "--replicates", "2", "--set", "market.warmup_weeks=0", "--quiet")


def plan(verb: Callable[..., Result], tmp_path: Path, *words: str, table: str = TABLE) -> Any:
    (tmp_path / "plan.toml").write_text(LEVERS + table, encoding="utf-8")
    return verb("optimise", "plan.toml", *SMALL, *words)


def test_a_plan_is_told_and_kept(verb: Callable[..., Result], tmp_path: Path):
    found = plan(verb, tmp_path, "--out", "kept", "--json")
    told = json.loads(found.stdout)
    assert [option["name"] for option in told["options"]] == ["best", "equal split", "nothing"]
    assert told["options"][2]["npv"] == 0
    assert min(option["regret"] for option in told["options"]) >= 0
    assert all(option["regret"] is None for option in told["front"])
    assert told["options"][0]["cost"] <= 20_000 * 1.001
    kept = {path.name for path in (tmp_path / "kept").iterdir()}
    assert kept >= {"options.parquet", "looks.parquet", "information.parquet", "report.html", "manifest.json"}
    assert told["answer"] in (tmp_path / "kept" / "report.html").read_text(encoding="utf-8")


def test_a_plan_is_drawn_again(verb: Callable[..., Result], tmp_path: Path):
    plan(verb, tmp_path, "--out", "kept")
    page = tmp_path / "kept" / "report.html"
    before = page.read_bytes()
    page.unlink()
    assert verb("report", "kept").exit_code == 0
    assert page.read_bytes() == before


def test_a_budget_below_every_least_price_ends_with_2(verb: Callable[..., Result], tmp_path: Path):
    least = '[optimise]\nbudget = 10\n[optimise.levers]\n"staff_training.hours_per_employee" = { min = 20, max = 90 }'
    found = plan(verb, tmp_path, table=least)
    assert found.exit_code == 2
    assert "below the least" in found.stderr


def test_without_a_budget_it_says_where_to_write_one(verb: Callable[..., Result], tmp_path: Path):
    found = plan(verb, tmp_path, table="")
    assert found.exit_code == 2
    assert "--budget" in found.stderr
