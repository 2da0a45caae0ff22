"""Every verb: how it ends, what it prints, what it leaves alone."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest
from typer.testing import CliRunner, Result

from simulation.commands import VERBS, app, progress
from simulation.commands.listing import CATALOGUES
from simulation.commands.options import Edits
from simulation.commands.printing import duration, number, plain, text
from simulation.files import load
from tests.conftest import ROOT, Command

HEAVY = {"numpy", "numba", "scipy", "pandas", "mesa", "matplotlib", "networkx", "duckdb", "jinja2"}
TRAINING = str(ROOT / "scenarios" / "staff_training.toml")
SMALL = (
    "--customers=300",
    "--weeks=8",
    "--replicates=2",
    "--set=market.warmup_weeks=4",
    "--set=lever.staff_training.start_week=3",
)
SMALL_MARKET = SMALL[:-1]

Verb = Callable[..., Result]


@pytest.fixture
def verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verb:
    """`verb("run", ...)`: a command inside this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def written(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


# --- starting --------------------------------------------------------------------------------


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


# --- list, schema --------------------------------------------------------------------------------


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


# --- check --------------------------------------------------------------------------------

BROKEN = """question = "?"
based_on = "grocery"
weeks = 0
[market]
climat = 0.5
"""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    file = tmp_path / "broken.toml"
    file.write_text(BROKEN, encoding="utf-8")
    return file


def test_check_of_a_valid_file_gives_it_resolved(verb: Verb):
    found = json.loads(verb("check", TRAINING, "--json", *SMALL).stdout)
    assert (found["ok"], found["problems"]) == (True, [])
    assert found["resolved"]["population"]["customers"] == 300


def test_check_says_what_differs_when_it_moves_and_what_is_assumed(verb: Verb):
    found = json.loads(verb("check", TRAINING, "--json", *SMALL).stdout)
    assert found["timetable"][0]["first"] == 3
    assert found["differences"]
    assert found["assumptions"]
    assert found["size"]["seconds"] > 0


def test_check_estimates_drift_and_what_can_be_detected(verb: Verb):
    found = json.loads(verb("check", TRAINING, "--json", *SMALL, "--set=market.warmup_weeks=8").stdout)
    assert found["detectable"]["acsi"] > 0
    assert "acsi" in found["drift"]


def test_what_check_says_is_detectable_is_what_a_run_of_that_size_detects(verb: Verb, tmp_path: Path):
    six = (TRAINING, "--json", *SMALL, "--replicates=6")  # as many as the pilot has, and fewer customers
    said = json.loads(verb("check", *six).stdout)
    assert said["pilot"] == {"customers": 300, "weeks": 8, "replicates": 6}
    verb("compare", *six, f"--out={tmp_path / 'out'}")
    found = {row["measure"]: row for row in load(tmp_path / "out").effects.where(retailer="ours").rows()}
    assert said["detectable"]["acsi"] == pytest.approx(found["acsi"]["detectable"])
    assert said["detectable"]["revenue"] * 6 == pytest.approx(found["revenue"]["detectable"]), "of a week, from week 3"


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


def test_check_tells_people_the_same(verb: Verb):
    ended = verb("check", TRAINING, *SMALL)
    assert ended.exit_code == 0, ended.stderr
    for words in ("staff_training is valid", "What differs", "from week 3", "assumptions", "drift"):
        assert words in ended.stdout


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


# --- run, compare -----------------------------------------------------------------------------------------------------


class Ended(NamedTuple):
    """A finished command: what it printed, the folder it wrote."""

    result: Result
    folder: Path

    @property
    def json(self) -> Any:
        return json.loads(self.result.stdout)


def end(place: Path, *words: str) -> Ended:
    result = CliRunner().invoke(app, [*words, f"--out={place / 'out'}"])
    assert result.exit_code == 0, result.stderr + repr(result.exception)
    return Ended(result, place / "out")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    return end(tmp_path_factory.mktemp("ran"), "run", "grocery", "--json", "--threads=1", *SMALL_MARKET)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    return end(tmp_path_factory.mktemp("compared"), "compare", TRAINING, "--json", *SMALL)


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


def test_what_was_compiled_once_is_found_again(command: Command):
    command("run", *TINY)
    again = command("run", *TINY, NUMBA_DEBUG_CACHE="1")
    assert "data loaded" in again.stdout
    assert "data saved" not in again.stdout, "this process compiled again what the one before it had kept"


def test_the_plain_twin_gives_the_same_bits(command: Command):
    compiled, uncompiled = command("run", *TINY), command("run", *TINY, "--plain")
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


# --- what is wrong, and what is left alone ----------------------------------------------------------------------------


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


# --- report, benchmark --------------------------------------------------------------------------------


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


# --- progress --------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[Any]:
    class Clock:
        seconds = 0.0

        def __call__(self) -> float:
            return self.seconds

    return Clock()


def test_a_log_hears_of_compiling_at_once_and_only_once(clock: Any, capsys: pytest.CaptureFixture[str]):
    lines = progress.Lines(clock)
    lines(0.0, "compiling, once")
    lines(0.0, "compiling, once")
    assert capsys.readouterr().err == "compiling, once\n"


def test_a_log_hears_little_else(clock: Any, capsys: pytest.CaptureFixture[str]):
    lines = progress.Lines(clock)
    for second in range(44):
        clock.seconds = second
        lines(second / 80, "simulating")
    said = [f"simulating: {done}% done, about {left} s left\n" for done, left in ((4, 77), (29, 57), (54, 37))]
    assert capsys.readouterr().err == "".join(said)


def test_the_time_left_does_not_count_compiling(clock: Any, capsys: pytest.CaptureFixture[str]):
    lines = progress.Lines(clock)
    lines(0.0, "compiling, once")
    for second in range(100, 110):
        clock.seconds = second
        lines((second - 99) / 80, "simulating")
    assert capsys.readouterr().err == "compiling, once\nsimulating: 4% done, about 77 s left\n"


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "1 s"), (40, "40 s"), (700, "12 min"), (12_600, "3.5 h")])
def test_times_are_said_as_people_do(seconds: float, said: str):
    assert duration(seconds) == said


def test_what_a_table_holds_is_said_without_what_is_not_set():
    assert text({"a": 1.0, "b": None, "c": "x", "d": {}}) == "a = 1, c = x"


def test_a_table_in_a_table_is_in_brackets():
    assert text({"a": {"b": 1.0, "c": 2.0}, "d": False}) == "a (b = 1, c = 2), d = no"


def test_the_pilot_shows_retention_of_a_year(verb: Verb):
    said = verb("check", TRAINING, *SMALL, "--set=market.warmup_weeks=8").stdout
    (line,) = (line for line in said.splitlines() if "retention in a year, %" in line)
    assert 40 < float(line.split("%")[1].split()[0]) < 100


def test_quiet_means_no_progress():
    with progress.showing(quiet=True) as shown:
        assert shown is None


def test_a_bar_waits_until_the_work_is_long(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress.showing(quiet=False) as shown:
        assert shown is not None
        shown(0.5, "simulating")
    assert capsys.readouterr().err == ""


def test_a_bar_shows_compiling_at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress.showing(quiet=False) as shown:
        assert shown is not None
        shown(0.0, "compiling, once")
    assert "compiling, once" in capsys.readouterr().err


# --- printing --------------------------------------------------------------------------------


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
