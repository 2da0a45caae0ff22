"""`check`: a file that is valid, one that is not, and the pilot."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from simulation.files import load
from tests.commanding import SMALL, TRAINING, Verb, invoke

WORDS = (TRAINING, *SMALL, "--replicates=6", "--set=market.warmup_weeks=8")  # as many as the pilot has, fewer customers


@pytest.fixture(scope="module")
def found() -> Any:
    """What programs are told of a valid file."""
    return json.loads(invoke("check", *WORDS, "--json").stdout)


@pytest.fixture(scope="module")
def said() -> Result:
    """What people are told of it."""
    return invoke("check", *WORDS)


def test_check_of_a_valid_file_gives_it_resolved(found: Any):
    assert (found["ok"], found["problems"]) == (True, [])
    assert found["resolved"]["population"]["customers"] == 300


def test_check_says_what_differs_when_it_moves_and_what_is_assumed(found: Any):
    assert found["timetable"][0]["first"] == 3
    assert found["differences"]
    assert found["assumptions"]
    assert found["size"]["seconds"] > 0


def test_check_estimates_drift_and_what_can_be_detected(found: Any):
    assert found["detectable"]["acsi"] > 0
    assert "acsi" in found["drift"]


def test_what_check_says_is_detectable_is_what_a_run_of_that_size_detects(found: Any, verb: Verb):
    assert found["pilot"] == {"customers": 300, "weeks": 8, "replicates": 6}
    verb("compare", *WORDS, "--out=out")
    rows = {row["measure"]: row for row in load("out").effects.where(retailer="ours").rows()}
    assert found["detectable"]["acsi"] == pytest.approx(rows["acsi"]["detectable"])
    assert found["detectable"]["revenue"] * 6 == pytest.approx(rows["revenue"]["detectable"]), "of a week, from week 3"


@pytest.mark.parametrize("scenario", ["rival_enters", "recession"])  # a world with more outlets; an event of a year
def test_the_pilot_of_a_long_question_is_short(scenario: str, verb: Verb):
    found = json.loads(verb("check", scenario, "--json", "--customers=60", "--set=market.warmup_weeks=4").stdout)
    assert found["resolved"]["weeks"] == 104
    assert found["pilot"]["weeks"] == 52
    assert set(found["detectable"]) >= {"acsi", "revenue"}


def test_the_pilot_of_many_customers_from_a_file_takes_some_of_them(verb: Verb, tmp_path: Path):
    rows = "".join(f"c{number},40\n" for number in range(3000))
    (tmp_path / "members.csv").write_text(f"id,age\n{rows}", encoding="utf-8")
    (tmp_path / "members.toml").write_text(
        'based_on = "grocery"\n[population]\nfile = "members.csv"\n', encoding="utf-8"
    )
    found = json.loads(verb("check", "members.toml", "--json", "--weeks=4", "--set=market.warmup_weeks=2").stdout)
    assert (found["resolved"]["population"]["customers"], found["pilot"]["customers"]) == (3000, 2000)


MEMBERS = {
    "members.csv": "id,age,agee\na,30,1\nb,40,1\n",
    "members.toml": 'based_on = "grocery"\n[population]\nfile = "members.csv"\n',
}
FEW_WEEKS = ("--weeks=2", "--replicates=1", "--set=market.warmup_weeks=1")


@pytest.mark.parametrize("name", ["check", "run"])
def test_what_becomes_of_a_population_file_is_said(name: str, verb: Verb, tmp_path: Path):
    for file, content in MEMBERS.items():
        (tmp_path / file).write_text(content, encoding="utf-8")
    ended = verb(name, "members.toml", *FEW_WEEKS)
    assert ended.exit_code == 0, ended.stderr
    said = re.sub(r"\s+", " ", ended.stdout + ended.stderr)
    for words in ("id, age", "drawn", "income", "agee is ignored", "Did you mean 'age'?"):
        assert words in said


def test_check_tells_people_the_same(said: Result):
    assert said.exit_code == 0, said.stderr
    for words in ("staff_training is valid", "What differs", "from week 3", "assumptions", "drift"):
        assert words in said.stdout


def test_check_lists_all_problems_at_once_with_their_lines(broken: Path, verb: Verb):
    ended = verb("check", broken)
    assert ended.exit_code == 2
    assert [line.split(": ")[0].rsplit("/")[-1] for line in ended.stderr.splitlines()] == [
        "broken.toml:3",
        "broken.toml:5",
    ]


def test_check_gives_programs_the_problems(broken: Path, verb: Verb):
    ended = verb("check", broken, "--json")
    found = json.loads(ended.stdout)
    assert (ended.exit_code, found["ok"], found["resolved"]) == (2, False, None)
    assert [set(problem) for problem in found["problems"]] == [{"file", "line", "key", "message"}] * 2


def test_the_pilot_shows_retention_of_a_year(said: Result):
    (line,) = (line for line in said.stdout.splitlines() if "retention in a year, %" in line)
    assert 40 < float(line.split("%")[1].split()[0]) < 100
