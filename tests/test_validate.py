"""`validate`: the card in words, as JSON, as a folder and as a picture."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analysis.facts import facts, finding, known
from analysis.facts.summary import counts, sentence
from analysis.facts_chart import band, groups, place
from simulation import Scenario
from simulation.commands import app
from simulation.files import load

MUSIC = ("online_music", "--customers=150", "--replicates=2", "--threads=1", "--quiet")  # few facts, soon lived
KEYS = {"id", "fact", "value", "low", "high", "band", "kind", "use", "verdict"}
GROCERY = Scenario.load("grocery")

Verb = Callable[..., Result]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """A shop that acquires customers judged, for programs."""
    folder = tmp_path_factory.mktemp("card") / "music"
    return CliRunner().invoke(app, ["validate", *MUSIC, "--json", f"--out={folder}"]), folder


def test_programs_get_every_fact_with_what_was_promised(answered: tuple[Result, Path]):
    ended, folder = answered
    assert ended.exit_code == 0, ended.output
    said = json.loads(ended.stdout)
    assert said["out"] == str(folder)
    assert [row["id"] for row in said["facts"]] == [fact.id for fact in facts()]
    assert all(set(row) >= KEYS for row in said["facts"])
    assert {row["verdict"] for row in said["facts"]} <= {"holds", "fails", "not applicable"}


def test_what_does_not_apply_has_no_value_and_says_why(answered: tuple[Result, Path]):
    rows = {row["id"]: row for row in json.loads(answered[0].stdout)["facts"]}
    assert (rows["25"]["value"], rows["25"]["verdict"]) == (None, "not applicable")
    assert rows["25"]["why"] == known()["25"]
    assert rows["13b"]["why"] == "customers come in one by one here"
    assert rows["18b"]["value"] is not None
    assert rows["18b"]["low"] < rows["18b"]["value"] < rows["18b"]["high"]


def test_the_folder_holds_the_card_and_its_picture(answered: tuple[Result, Path]):
    saved = load(answered[1])
    rows = saved.read("facts").rows()
    assert [row["id"] for row in rows] == [fact.id for fact in facts()]
    assert saved.manifest["verb"] == "validate"
    assert saved.manifest["answer"] in (answered[1] / "report.html").read_text(encoding="utf-8")
    assert "lifetime value" in (answered[1] / "charts" / "facts.svg").read_text(encoding="utf-8")


def test_a_card_is_drawn_again_from_its_table(answered: tuple[Result, Path]):
    page = answered[1] / "report.html"
    before = page.read_bytes()
    page.unlink()
    assert CliRunner().invoke(app, ["report", str(answered[1])]).exit_code == 0
    assert page.read_bytes() == before


def test_there_is_no_life_to_tell_in_a_card(answered: tuple[Result, Path], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    ended = CliRunner().invoke(app, ["story", str(answered[1]), "--customer=1"])
    assert ended.exit_code == 2
    assert "no lives were kept" in ended.output


def test_an_unknown_market_is_refused_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(app, ["validate", "grocrey"])
    assert ended.exit_code == 2
    assert "grocery" in ended.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_market_of_ones_own_is_judged_with_its_own_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "town.toml").write_text('question = "?"\nbased_on = "grocery"\n', encoding="utf-8")
    words = ["mine/town.toml", "--customers=300", "--replicates=1", "--set=parameters.past_strength=0", "--json"]
    ended = CliRunner().invoke(app, ["validate", *words, "--out=card"])
    assert ended.exit_code == 0, ended.output
    rows = {row["id"]: row for row in json.loads(ended.stdout)["facts"]}
    assert abs(rows["55a"]["value"]) < 0.01, "past experience was cut already; else it is twice as much"
    assert rows["55a"]["low"] is None, "one seed has no interval"


def judged(fact_id: str, *values: float) -> dict[str, float | str]:
    """A row of the card."""
    fact = next(fact for fact in facts() if fact.id == fact_id)
    row = finding(fact, GROCERY, values).row
    ends = (math.nan if end is None else end for end in row["band"])
    return {**row, **dict(zip(("band_low", "band_high"), ends, strict=True))}


def test_every_band_is_drawn_from_minus_one_to_one():
    duplication = judged("13b", 1.55)
    assert [place(value, duplication) for value in (1.1, 1.55, 2.0)] == pytest.approx([-1.0, 0.0, 1.0])


@pytest.mark.parametrize(("fact", "inside", "outside"), [("29b", 0.1, -0.1), ("32a", 0.9, 0.99), ("33b", 0.9, 0.8)])
def test_a_band_with_one_end_has_its_inside_inside(fact: str, inside: float, outside: float):
    assert abs(place(inside, judged(fact, inside))) <= 1.0
    assert abs(place(outside, judged(fact, outside))) > 1.0


def test_bands_are_said_as_people_say_them():
    assert [band(judged(fact, 0.5)) for fact in ("13b", "29b", "32a")] == ["1.1 to 2", "from 0", "up to 0.97"]


def test_the_page_begins_with_what_fails():
    rows = [judged("13a", 0.9), judged("13b", 1.0), judged("25")]
    assert [name for name, _ in groups(rows)] == ["Outside their bands", "Inside, firm", "Not applicable"]


def test_the_pass_rate_counts_what_applies_and_was_not_calibrated():
    rows = {"13a": [0.9], "13b": [1.0], "15a": [0.6], "25": [], "31": [2.0], "1": [0.0]}
    found = [finding(fact, GROCERY, rows[fact.id]) for fact in facts() if fact.id in rows]
    assert counts(found) == {"firm": (2, 3), "soft": (1, 1), "hard": (1, 1), "validate": (2, 3)}
    assert sentence(found) == ("Firm facts: 2 of 3 hold; soft: 1 of 1; hard: 1 of 1; on validate alone: 2 of 3 (67 %).")
