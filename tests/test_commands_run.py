"""`run`, `compare`, `report` and `benchmark`: what they leave, what they leave alone, how they end."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from simulation.commands.options import Edits
from simulation.files import load
from tests.commanding import SMALL, SMALL_MARKET, TRAINING, Ended, Verb, end, invoke_drawing_all, written
from tests.conftest import ROOT, Command


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    words = ("run", "grocery", "--json", "--threads=1", *SMALL_MARKET)
    return end(tmp_path_factory.mktemp("ran"), *words, call=invoke_drawing_all)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    words = ("compare", TRAINING, "--json", *SMALL)
    return end(tmp_path_factory.mktemp("compared"), *words, call=invoke_drawing_all)


def test_run_gives_the_summary_of_the_focal_retailer(ran: Ended):
    assert ran.json["out"] == str(ran.folder)
    assert len(ran.json["results_sha256"]) == 64
    assert set(ran.json["summary"]["acsi"]) == {"mean", "low", "high", "unit"}


@pytest.mark.parametrize(
    "name",
    ["manifest.json", "scenario.toml", "weekly.parquet", "summary.parquet", "customers.parquet", "offers.parquet"],
)
def test_run_leaves_a_finished_folder(name: str, ran: Ended):
    assert (ran.folder / name).exists()


def test_run_and_compare_draw_every_chart_that_their_tables_hold_something_for(ran: Ended, compared: Ended):
    charts = [{path.stem for path in written(each.folder / "charts")} for each in (ran, compared)]
    assert len(charts[0]) > 10
    assert len(charts[1] - charts[0]) >= 2


def test_compare_leaves_effects_and_twins_too(compared: Ended):
    assert {"effects.parquet", "twins.parquet"} <= {path.name for path in written(compared.folder)}


def test_a_run_folders_scenario_runs_again_to_the_same_bits(ran: Ended, verb: Verb):
    again = verb("run", ran.folder / "scenario.toml", "--json")
    assert json.loads(again.stdout)["results_sha256"] == ran.json["results_sha256"]


def test_two_threads_give_the_same_bits_as_one_in_a_stamped_folder(ran: Ended, verb: Verb, tmp_path: Path):
    answer = json.loads(verb("run", "grocery", "--json", "--threads=2", *SMALL_MARKET).stdout)
    assert answer["results_sha256"] == ran.json["results_sha256"]
    assert [folder.name.startswith("grocery-") for folder in (tmp_path / "runs").iterdir()] == [True]


def test_one_replicate_has_no_interval(verb: Verb):
    answer = json.loads(verb("run", "grocery", "--json", *SMALL_MARKET, "--replicates=1").stdout)
    assert (answer["summary"]["acsi"]["low"], answer["summary"]["acsi"]["high"]) == (None, None)


def test_run_shows_people_a_table(verb: Verb):
    ended = verb("run", "grocery", *SMALL_MARKET)
    assert "95 % interval" in ended.stdout
    assert "written to runs" in ended.stderr


def test_compare_answers_in_the_form_of_the_contract(compared: Ended):
    assert {"answer", "out", "results_sha256", "baseline", "scenarios"} <= set(compared.json)
    only = compared.json["scenarios"][0]
    assert {"name", "baseline", "effects", "money"} <= set(only)
    assert set(only["effects"]["acsi"]) == {"effect", "low", "high", "unit", "interval"}
    assert set(only["money"]) >= {"npv", "low", "high", "p_positive", "roi", "payback_week", "interval"}


def test_compare_tells_people_the_answer_first(compared: Ended, verb: Verb):
    ended = verb("compare", TRAINING, *SMALL)
    assert ended.stdout.splitlines()[0] == compared.json["answer"]
    assert "staff_training against" in ended.stdout


def test_compare_of_a_market_with_nothing_to_compare_ends_with_2(verb: Verb, tmp_path: Path):
    ended = verb("compare", "grocery", *SMALL_MARKET)
    assert (ended.exit_code, written(tmp_path)) == (2, [])
    assert "baseline" in ended.stderr


TINY = (
    "grocery",
    "--json",
    "--quiet",
    "--customers=60",
    "--weeks=3",
    "--replicates=1",
    "--set=market.warmup_weeks=1",
)


def test_what_was_compiled_once_is_found_again(command: Command, verb: Verb):
    verb("run", *TINY)
    again = command("run", *TINY, NUMBA_DEBUG_CACHE="1")
    loaded = set(re.findall(r"data loaded from '.*\.(\w+)-\d", again.stdout))
    assert loaded >= {"customers_begin", "market_lives_its_week", "customers_live_their_week"}
    assert "data saved" not in again.stdout, "this process compiled again what the one before it had kept"


def test_the_plain_twin_gives_the_same_bits(command: Command, verb: Verb):
    compiled, uncompiled = verb("run", *TINY), command("run", *TINY, "--plain")
    assert uncompiled.returncode == 0, uncompiled.stderr
    assert json.loads(compiled.stdout)["results_sha256"] == json.loads(uncompiled.stdout)["results_sha256"]


@pytest.mark.parametrize(
    "words",
    [
        ("run", "grocery", "--customers=1", "--weeks=1", "--replicates=1", "--set=market.warmup_weeks=0"),
        ("compare", TRAINING, "--customers=2", "--weeks=13", "--replicates=2", "--set=market.warmup_weeks=0"),
        ("check", TRAINING, "--customers=1", "--weeks=13", "--replicates=1", "--set=market.warmup_weeks=0"),
    ],
    ids=" ".join,
)
def test_the_smallest_worlds_are_worlds(words: tuple[str, ...], verb: Verb):
    ended = verb(*words)
    assert ended.exit_code == 0, ended.stderr + repr(ended.exception)


@pytest.mark.parametrize("weeks", [1, 6])
def test_the_warm_up_of_twins_is_the_baselines(weeks: int, verb: Verb, tmp_path: Path):
    (tmp_path / "market.toml").write_text('based_on = "grocery"\n[market]\nwarmup_weeks = 3\n', encoding="utf-8")
    asked = f'based_on = "market.toml"\n[market]\nwarmup_weeks = {weeks}\nclimate = -0.5\n'
    (tmp_path / "asked.toml").write_text(asked, encoding="utf-8")
    small = ("--customers=50", "--weeks=3", "--replicates=2")
    assert "warm-up of 3" in verb("check", "asked.toml", *small).stdout
    assert verb("compare", "asked.toml", *small, "--out=out").exit_code == 0
    assert load("out").scenario.market.warmup_weeks == 3


# --- what is wrong, and what is left alone ---


@pytest.mark.parametrize(
    "words",
    [
        ("run", "nowhere.toml"),
        ("run", "grocery", "--set=market.climat=1"),
        ("run", "grocery", "--set=nonsense"),
        ("run", "grocery", "--weeks=0"),
        ("compare", TRAINING, TRAINING, *SMALL),
        ("report", "nowhere"),
        ("check", "nowhere.toml"),
    ],
    ids=" ".join,
)
def test_wrong_input_ends_with_2_in_words_and_writes_nothing(words: tuple[str, ...], verb: Verb, tmp_path: Path):
    ended = verb(*words)
    assert (ended.exit_code, ended.stdout, written(tmp_path)) == (2, "", [])
    assert ended.stderr.strip()
    assert "Traceback" not in ended.stderr


def test_all_problems_of_all_scenarios_are_said_at_once(broken: Path, verb: Verb):
    ended = verb("compare", broken, "nowhere.toml")
    assert "broken.toml:3" in ended.stderr
    assert "nowhere.toml" in ended.stderr


def test_a_setting_of_a_lever_that_one_scenario_has_adds_it_to_no_other():
    edits = Edits(settings=["lever.staff_training.hours_per_employee=30", "market.warmup_weeks=4"])
    training, recession = edits.load_all(["staff_training", "recession"])
    assert training.levers[0].fields["hours_per_employee"] == 30
    assert (recession.levers, recession.market.warmup_weeks) == ((), 4)


def test_a_setting_of_a_lever_that_no_scenario_has_adds_it_to_all():
    edits = Edits(settings=["lever.staff_training.hours_per_employee=30"])
    assert all(each.levers for each in edits.load_all(["rival_enters", "recession"]))


@pytest.mark.parametrize("taken", ["folder", "folder/file"])
def test_a_folder_that_is_taken_is_refused_before_anything_is_simulated(
    taken: str, verb: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("precious", encoding="utf-8")
    monkeypatch.setattr("simulation.running.run", _raise(AssertionError("it was simulated")))
    ended = verb("run", "grocery", f"--out={taken}")
    assert (ended.exit_code, (tmp_path / "folder" / "file").read_text()) == (2, "precious")
    assert "Name a" in ended.stderr


@pytest.mark.parametrize("out", ["file/inside", "file/much/deeper", "/proc/nothing"])
def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_simulated(
    out: str, verb: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("precious", encoding="utf-8")
    monkeypatch.setattr("simulation.running.compare", _raise(AssertionError("it was simulated")))
    ended = verb("compare", TRAINING, f"--out={out}")
    assert (ended.exit_code, [path.name for path in written(tmp_path)]) == (2, ["file"])
    assert ended.stderr.startswith("--out: nothing can be written in ")


def test_the_folder_one_is_in_is_not_written_over(verb: Verb, tmp_path: Path):
    ended = verb("run", *TINY, "--out=.")
    assert (ended.exit_code, written(tmp_path)) == (2, [])


def test_a_link_to_an_empty_folder_is_as_good_as_the_folder(verb: Verb, tmp_path: Path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    assert verb("run", *TINY, "--out=link").exit_code == 0
    assert (tmp_path / "there" / "manifest.json").is_file()


def test_a_disk_that_is_full_is_said_in_words(verb: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("simulation.files.write_parquet", _raise(OSError(28, "No space left on device")))
    ended = verb("run", *TINY, "--out=full")
    assert (ended.exit_code, written(tmp_path)) == (2, [])
    assert "No space left on device" in ended.stderr


def _raise(error: BaseException) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (ValueError("a bug"), 1), (RuntimeError(), 1)])
def test_how_a_command_ends_when_a_run_fails(
    error: BaseException, code: int, verb: Verb, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr("simulation.running.run", _raise(error))
    ended = verb("run", "grocery", *SMALL_MARKET)
    assert (ended.exit_code, written(tmp_path)) == (code, [])


def test_a_reader_who_leaves_early_is_no_error(tmp_path: Path):
    words = [sys.executable, str(ROOT / "run.py"), "list", "parameters", "--json"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    assert process.stdout is not None
    process.stdout.close()
    assert (process.communicate()[1], process.returncode) == (b"", 0)


@pytest.mark.parametrize("words", [("list", "parameters"), ("check", TRAINING, *SMALL)], ids=" ".join)
def test_a_reader_of_a_table_who_leaves_early_is_no_error(words: tuple[str, ...], tmp_path: Path):
    command = [sys.executable, str(ROOT / "run.py"), *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    assert process.stdout is not None
    process.stdout.close()
    assert (b"Traceback" in process.communicate()[1], process.returncode) == (False, 0)


def test_interrupted_while_drawing_says_where_the_tables_are(verb: Verb, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("analysis.report.write_report", _raise(KeyboardInterrupt()))
    ended = verb("run", *TINY[:1], *TINY[2:], "--out=here")
    assert ended.exit_code == 130
    assert "every table is in here" in ended.stderr
    assert load("here").manifest["status"] == "finished"


# --- report, benchmark ---


def test_report_draws_again_what_was_deleted(compared: Ended, verb: Verb):
    (compared.folder / "report.html").unlink()
    ended = verb("report", compared.folder, "--png")
    assert ended.exit_code == 0, ended.stderr
    assert (compared.folder / "report.html").exists()
    assert list((compared.folder / "charts").glob("*.png"))


def test_a_report_that_cannot_be_written_is_said_in_words(compared: Ended, verb: Verb, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("analysis.report.write_report", _raise(PermissionError(13, "Permission denied")))
    ended = verb("report", compared.folder)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "Permission denied" in ended.stderr


MEASURED = {"mesa_ratio_1_thread": 400.0, "ns_per_customer_week": {"1e5": 200.0, "1e7": None}, "same_results": True}


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A benchmark that takes no time, and remembers what was asked of it."""
    asked: dict[str, Any] = {}

    def measure(**options: Any) -> dict[str, Any]:
        asked.update(options)
        return MEASURED

    monkeypatch.setattr("simulation.benchmarks.measure", measure)
    return asked


def test_benchmark_prints_what_was_measured_alone(stopwatch: dict[str, Any], verb: Verb):
    assert json.loads(verb("benchmark", "--json").stdout) == MEASURED
    assert stopwatch["large"] is True


def test_benchmark_can_be_quick(stopwatch: dict[str, Any], verb: Verb):
    shown = verb("benchmark", "--quick", "--quiet").stdout
    assert re.search(r"faster than Mesa.* 400 ", shown)
    assert re.search(r"nanoseconds .*100,000.* 200 ", shown)
    assert (stopwatch["large"], stopwatch["progress"]) == (False, None)
