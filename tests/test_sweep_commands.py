"""The commands for studies: what they print, how they end, what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from simulation.sweeping import evaluating
from simulation.sweeping.sweeping import StudyInterruptedError
from tests.commanding import invoke
from tests.sweeps import text_of


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small study in the folder where the test stands; its page is written without charts."""
    from analysis.studies import study_report

    monkeypatch.setattr(study_report, "charts_of_study", lambda *_: [])
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(text_of(replicates=1), encoding="utf-8")
    return "small.toml"


def swept(study: str, *words: object) -> Result:
    return invoke("sweep", study, "--threads=1", "--quiet", *words)


def shown(ended: Result) -> Any:
    return json.loads(ended.stdout)


def test_a_sweep_says_what_it_found_and_where(study: str):
    ended = swept(study)
    assert ended.exit_code == 0, ended.stderr + repr(ended.exception)
    assert ended.stdout.startswith("small: 6 of 6 runs are there.")
    assert "studies/small/report.html" in ended.stderr
    assert Path("studies/small/report.html").is_file()


def test_for_programs_it_prints_json_alone(study: str):
    found = shown(swept(study, "--json"))
    assert {key: found[key] for key in ("name", "runs", "failed")} == {"name": "small", "runs": 6, "failed": 0}
    assert len(found["results_sha256"]) == 64
    assert shown(swept(study, "--json")) == found, "the same command again does nothing, and says the same"


def test_failed_runs_end_with_3_and_their_causes(study: str, monkeypatch: pytest.MonkeyPatch):
    def values_of(*_: object) -> None:
        raise ZeroDivisionError("nobody came")

    monkeypatch.setattr(evaluating, "values_of", values_of)
    ended = swept(study)
    assert ended.exit_code == 3
    assert "6 runs failed" in ended.stderr
    assert "run 0: ZeroDivisionError: nobody came" in ended.stderr
    assert shown(invoke("status", "studies/small", "--json"))["failed"] == 6


def test_an_interrupted_sweep_ends_with_130_and_says_how_to_go_on(study: str, monkeypatch: pytest.MonkeyPatch):
    def stopped(*_: object, **__: object) -> None:
        raise StudyInterruptedError(Path("studies/small"), 2, 6)

    monkeypatch.setattr("simulation.sweeping.sweeping.sweep", stopped)
    ended = swept(study)
    assert ended.exit_code == 130
    assert "2 of 6 runs are in studies/small. The same command goes on" in ended.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sweep", "nothing.toml"), "there is no such file or shipped study"),
        (("sweep", "which_number_matter"), "Did you mean 'which_numbers_matter'?"),
        (("sweep", "small.toml", "--shard=3/2"), "is not I/N"),
        (("sweep", "small.toml", "--shard=all"), "is not I/N"),
        (("check", "small.toml", "--set=seed=3"), "--set changes a scenario"),
        (("run", "small.toml"), "`sweep` simulates it"),
        (("status", "nowhere"), "this is no folder of a study"),
        (("sql", ".", "select 1"), "this is no folder of a study"),
        (("merge", "nowhere"), "this is no folder of a study"),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_2(study: str, words: tuple[str, ...], said: str):
    ended = invoke(*words)
    assert ended.exit_code == 2, ended.output + repr(ended.exception)
    assert said in " ".join(ended.stderr.split())


def test_check_says_how_many_how_long_and_how_large(study: str):
    found = shown(invoke("check", study, "--json", "--quiet"))["resolved"]
    assert (found["runs"], found["replicates"], found["customers"]) == (6, 1, 12)
    assert found["seconds"] > 0
    assert found["bytes"] > 0
    assert [each["name"] for each in found["factors"]] == ["price_weight", "staff_training.hours_per_employee"]
    assert not Path("studies").exists(), "nothing is simulated"


def test_check_names_everything_wrong_as_json(study: str):
    Path("bad.toml").write_text(text_of(design='kind = "grid"\nsamples = 2', top='outcomes = ["x"]'), encoding="utf-8")
    ended = invoke("check", "bad.toml", "--json")
    assert ended.exit_code == 2
    problems = shown(ended)["problems"]
    assert [(each["file"], each["line"]) for each in problems] == [("bad.toml", 6), ("bad.toml", 11)]


def test_tables_are_asked_and_written(study: str):
    swept(study)
    rows = shown(invoke("sql", "studies/small", "select count(*) as n from runs", "--json"))
    assert rows == [{"n": 6}]
    assert "n" in invoke("sql", "studies/small", "select count(*) as n from runs").stdout
    assert invoke("sql", "studies/small", "select * from points", "--out=points.csv").exit_code == 0
    assert len(Path("points.csv").read_text(encoding="utf-8").splitlines()) == 7
    assert invoke("sql", "studies/small", "select 1", "--out=x.xlsx").exit_code == 2


def test_sensitivity_refuses_what_the_design_does_not_carry(study: str):
    swept(study)
    ended = invoke("sensitivity", "studies/small", "--method=sobol")
    assert ended.exit_code == 2
    assert "need a saltelli design" in " ".join(ended.stderr.split())


def test_sensitivity_prints_a_table_of_each_outcome(study: str):
    Path(study).write_text(text_of(replicates=1, design='kind = "one_at_a_time"'), encoding="utf-8")
    swept(study)
    rows = shown(invoke("sensitivity", "studies/small", "--outcome=npv", "--json"))
    assert {row["factor"] for row in rows} == {"price_weight", "staff_training.hours_per_employee"}
    assert "npv" in invoke("sensitivity", "studies/small").stdout


def test_parts_are_merged(study: str):
    for part in (1, 2):
        assert swept(study, f"--shard={part}/2").exit_code == 0
    ended = invoke("merge", "studies/small-shard-1-of-2", "studies/small-shard-2-of-2", "--quiet", "--json")
    assert ended.exit_code == 0, ended.stderr + repr(ended.exception)
    assert shown(ended)["runs"] == 6
    assert shown(ended)["results_sha256"] == shown(swept(study, "--out=alone", "--json"))["results_sha256"]


def test_the_report_of_a_study_is_drawn_again(study: str):
    swept(study)
    page = Path("studies/small/report.html")
    page.unlink()
    assert invoke("report", "studies/small").exit_code == 0
    assert page.is_file()
