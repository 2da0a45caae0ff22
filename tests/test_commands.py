"""Every verb: how it starts, what can be listed, how tables and figures are printed."""

import json
import os
import re
from pathlib import Path

import pytest

from simulation.commands import VERBS
from simulation.commands.listing import CATALOGUES
from simulation.commands.printing import number, plain, text
from tests.commanding import Verb
from tests.conftest import Command

HEAVY = {"numpy", "numba", "scipy", "pandas", "mesa", "matplotlib", "networkx", "duckdb", "jinja2"}


@pytest.mark.parametrize(
    "words", [["--help"], ["compare", "--help"], ["list"], ["list", "lever", "staff_training"], ["schema"]]
)
def test_quick_commands_import_nothing_heavy(words: list[str], command: Command):
    ended = command(*words, PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rsplit("|")[-1].strip() for line in ended.stderr.splitlines() if line.startswith("import time:")}
    assert ended.returncode == 0
    assert imported & HEAVY == set()


def test_help_does_not_wait_for_pydantic_either(command: Command):  # typer itself needs it to read a verb's words
    assert not re.search(r"\| +pydantic$", command("--help", PYTHONPROFILEIMPORTTIME="1").stderr, re.MULTILINE)


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_explains_itself(name: str, verb: Verb):
    assert verb(name, "--help").exit_code == 0


@pytest.mark.parametrize(
    "words", [("nonsense",), ("run",), ("run", "a", "--weeks", "many"), ("run", "a", "--threads", "0")]
)
def test_a_command_that_is_none_ends_with_2(words: tuple[str, ...], command: Command):
    ended = command(*words)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("what", CATALOGUES)
def test_everything_that_can_be_listed_is_an_array_of_named_things(what: str, verb: Verb):
    rows = json.loads(verb("list", what, "--json").stdout)
    assert rows
    assert all(row["name"] for row in rows)


@pytest.mark.parametrize("what", CATALOGUES)
def test_everything_that_can_be_listed_is_a_table_for_people(what: str, verb: Verb):
    ended = verb("list", what)
    assert ended.exit_code == 0
    assert CATALOGUES[what].about.capitalize() in ended.stdout


def test_list_alone_says_what_can_be_listed(verb: Verb):
    assert [row["name"] for row in json.loads(verb("list", "--json").stdout)] == list(CATALOGUES)


def test_a_lever_has_an_evidence_card(verb: Verb):
    card = json.loads(verb("list", "lever", "staff_training", "--json").stdout)[0]
    assert {"about", "evidence", "source", "fields"} <= set(card)
    assert {"value", "low", "high", "unit", "source"} <= set(card["fields"]["hours_per_employee"])


def test_an_evidence_card_shows_the_range_of_each_field(verb: Verb):
    assert "0 to 400" in verb("list", "lever", "staff_training").stdout


@pytest.mark.parametrize(
    ("words", "nearest"),
    [
        (("lever", "staff_trainin"), "staff_training"),
        (("leversx",), "levers"),
        (("parameter", "x"), ""),
        (("nothing",), "list of 'nothing'."),
    ],
)
def test_a_name_that_is_none_ends_with_2_and_the_nearest(words: tuple[str, ...], nearest: str, verb: Verb):
    ended = verb("list", *words)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert nearest in ended.stderr


def test_the_schema_is_one(verb: Verb):
    schema = json.loads(verb("schema").stdout)
    assert {"question", "based_on", "lever", "market"} <= set(schema["properties"])


@pytest.mark.parametrize(
    ("value", "said"),
    [(45.0, "45"), (0.35, "0.35"), (12345.678, "12,346"), (0.0123456, "0.0123"), (-71.23456, "-71.2"), (0.0, "0")],
)
def test_numbers_have_three_figures(value: float, said: str):
    assert number(value) == said


@pytest.mark.parametrize(("value", "said"), [(None, "-"), (float("nan"), "-"), (True, "yes"), (7, "7"), ("a", "a")])
def test_what_is_not_known_is_a_dash(value: object, said: str):
    assert text(value) == said


def test_json_has_no_numbers_that_are_none():
    assert plain({"a": float("nan"), "b": (1, float("inf")), "c": Path("x")}) == {"a": None, "b": [1, None], "c": "x"}


def test_environment_is_not_changed_by_commands(verb: Verb):
    before = dict(os.environ)
    verb("list")
    assert dict(os.environ) == before


def test_what_a_table_holds_is_said_without_what_is_not_set():
    assert text({"a": 1.0, "b": None, "c": "x", "d": {}}) == "a = 1, c = x"


def test_a_table_in_a_table_is_in_brackets():
    assert text({"a": {"b": 1.0, "c": 2.0}, "d": False}) == "a (b = 1, c = 2), d = no"
