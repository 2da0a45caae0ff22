"""The README says what is true: its commands, scenarios and Python run, its output is real, its links lead on."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from simulation.commands import VERBS
from simulation.sweeping.finding import shipped_studies
from tests.commanding import Verb, invoke
from tests.conftest import ROOT, Command

DOCUMENTS = sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("simulation/*.md"))
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
TABLE_ROW = re.compile(r"^\| [^|]+ \| (`[^|]+) \| (\[[^|]+) \|$", re.MULTILINE)
MAIN_JOB = "compare scenarios/staff_training.toml"
QUICK_VERBS = ("list", "schema")


def blocks(language: str) -> list[str]:
    return [text for name, text in FENCE.findall(TEXT) if name == language]


def shell_lines() -> list[str]:
    lines = (line.split("  #")[0].split(" # ")[0].strip() for block in blocks("sh") for line in block.splitlines())
    return [line for line in lines if line]


def run_lines() -> list[list[str]]:
    """The words after `python run.py` of each such command, alone on its line."""
    return [shlex.split(line)[2:] for line in shell_lines() if line.startswith("python run.py ")]


def scenarios() -> dict[str, str]:
    """Scenario files by name: a comment in their first line says it."""
    named = {text.splitlines()[0].removeprefix("# "): text for text in blocks("toml")}
    return {name: text for name, text in named.items() if name.endswith(".toml") and " " not in name}


def consoles() -> list[tuple[str, str]]:
    """Commands with the output that the README shows."""
    parts = [block.partition("\n") for block in blocks("console")]
    return [(command.removeprefix("$ python run.py "), output) for command, _, output in parts]


def story() -> str:
    """The command that tells a customer's life."""
    return next(command for command, _ in consoles() if command.startswith("story "))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all files of the README in it, where the test stands."""
    for name, text in scenarios().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "members.csv").write_text(blocks("csv")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def same(text: str) -> str:
    """Without spaces at the ends of lines, which tables are padded with; all spaces alike."""
    return "\n".join(line.rstrip() for line in text.replace("\u00a0", " ").strip().splitlines())


def test_the_two_commands_of_the_readme_are_there_to_the_letter():
    installs = [line for line in shell_lines() if "pip install" in line]
    assert installs == [
        "python -m pip install -e . && python run.py compare scenarios/staff_training.toml",
        'python -m pip install -e ".[test]" && python -m pytest',
    ]


def test_every_language_of_a_code_block_is_one_that_is_tested():
    assert {name for name, _ in FENCE.findall(TEXT)} == {"sh", "console", "toml", "csv", "python", "text"}


def test_commands_of_the_readme_name_verbs_that_exist():
    assert [words for words in run_lines() if words[0] not in VERBS] == []


@pytest.mark.parametrize("words", [words for words in run_lines() if words[0] in QUICK_VERBS], ids=" ".join)
def test_quick_commands_of_the_readme_run(words: list[str], verb: Verb):
    ended = verb(*words)
    assert ended.exit_code == 0, ended.stderr


def on_a_calibration(words: list[str]) -> bool:
    """Whether a command needs what `calibrate` writes: these are run one after the other."""
    return "calibrate" in words or any(word.startswith(("runs/shop", "runs/own")) for word in words)


def test_the_commands_for_a_firms_own_transactions_run_one_after_the_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    words = [words for words in run_lines() if on_a_calibration(words)]
    assert [each[0] for each in words] == ["run", "calibrate", "forecast", "run"]
    for each in words:
        small = ("--customers=150",) if each[1] == "online_music" and each[0] == "run" else ()
        ended = invoke(*each, *small, "--quiet")
        assert ended.exit_code == 0, ended.stderr + repr(ended.exception)


def test_the_commands_for_studies_run_one_after_the_other(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """As they stand there, but with few points, customers and charts."""
    from analysis.studies import study_report

    charts = study_report.charts_of_study
    monkeypatch.setattr(study_report, "charts_of_study", lambda *some: charts(*some)[:1])
    path = folder / "how_much_training.toml"
    text = path.read_text(encoding="utf-8").replace("[uncertainties]", '[uncertainties]\n"market.warmup_weeks" = 2')
    path.write_text(text.replace("samples = 32", "samples = 8"), encoding="utf-8")
    words = [each for each in run_lines() if "how_much_training" in " ".join(each)]
    assert [each[0] for each in words] == ["check", "sweep", "status", "sensitivity", "sql", "report"]
    for each in words:
        small = ("--customers=40", "--weeks=20", "--quiet") if each[0] in ("check", "sweep") else ()
        ended = invoke(*each, *small)
        assert ended.exit_code == 0, ended.stderr + repr(ended.exception)
    assert (folder / "studies" / "how_much_training" / "report.html").is_file()


def test_all_studies_that_are_shipped_are_named():
    assert [name for name in shipped_studies() if f"](scenarios/studies/{name}.toml)" not in TEXT] == []


@pytest.mark.parametrize(
    "words",
    [words for words in run_lines() if words[0] in ("compare", "run", "optimise") and not on_a_calibration(words)],
    ids=" ".join,
)
def test_what_the_readme_runs_and_compares_can_be_run(words: list[str], folder: Path):
    """As it stands there, but small: an option given twice counts as it stands last."""
    small = ["--customers=100", "--weeks=30", "--replicates=2", "--set=market.warmup_weeks=2", "--json"]
    if words[:2] == ["compare", "staff_training"]:
        small.append("--explain=none")  # as the others are explained
    ended = invoke(*words, *small)
    assert ended.exit_code == 0, ended.stderr + repr(ended.exception)


def test_the_example_keeps_its_rivals_attack_in_both_worlds(folder: Path):
    from simulation import Scenario

    baseline = Scenario.load("friendlier.toml").baseline()
    assert baseline is not None
    assert [event.id for event in baseline.events] == ["price_attack"]
    assert baseline.levers == ()


def test_customers_from_a_file_live_in_both_worlds(folder: Path):
    from simulation import Scenario, compare

    members = Scenario.load("members.toml", weeks=8, replicates=2, edits={"market.warmup_weeks": 2})
    results = compare(members)
    assert set(results.worlds["members"].customers.to_frame()["customer_id"]) == {"anna", "ben", "carla"}


@pytest.mark.parametrize(("words", "shown"), [p for p in consoles() if p[0] not in (MAIN_JOB, story())])
def test_output_that_the_readme_shows_is_what_is_printed(words: str, shown: str, folder: Path, command: Command):
    ended = command(*shlex.split(words))
    assert same(ended.stdout + ended.stderr) == same(shown)


def test_the_story_that_the_readme_shows_is_the_one_told(folder: Path, command: Command):
    [simulate] = [words for words in run_lines() if "runs/friendlier" in words]
    assert invoke(*simulate, "--quiet", "--explain=none").exit_code == 0
    printed = same(command(*shlex.split(story())).stdout)
    parts = [same(part) for part in dict(consoles())[story()].split("...\n")]
    assert [part for part in parts if part not in printed] == []


@pytest.mark.slow
def test_the_answer_that_the_readme_shows_is_the_one_given(tmp_path: Path):
    """The whole main job; about a minute on an idle machine."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    command = [sys.executable, str(ROOT / "run.py"), *MAIN_JOB.split(), "--quiet"]
    width = {**os.environ, "COLUMNS": "100"}
    ended = subprocess.run(command, cwd=tmp_path, env=width, capture_output=True, text=True, timeout=3600, check=True)
    printed = same(ended.stdout)
    parts = [same(part) for part in dict(consoles())[MAIN_JOB].split("...\n")]
    assert [part for part in parts if part not in printed] == []


def test_python_of_the_readme_runs(folder: Path, capsys: pytest.CaptureFixture[str]):
    names: dict[str, object] = {"__name__": "readme"}
    for text in blocks("python"):
        exec(compile(text, "README.md", "exec"), names)  # noqa: S102
    assert "ACSI of Ours" in capsys.readouterr().out
    assert len({run["acsi"] for run in names["runs"]}) == 2, "replicates of batch_run have the same luck"  # type: ignore[attr-defined]


def test_the_row_that_the_readme_adds_is_a_moderator():
    from simulation import parameters
    from simulation.customer.lane import SOURCES
    from simulation.parameters import VISIT_TARGETS

    text = next(text for text in blocks("toml") if text.startswith("# a row of moderators.toml"))
    [(name, row)] = tomllib.loads(text).items()
    known = parameters.table("moderators")
    assert name not in known
    assert {*row} == {*next(iter(known.values()))}
    assert {*row["strength"]} == {*next(iter(known.values()))["strength"]}
    assert row["source_variable"] in SOURCES
    assert row["target"] in VISIT_TARGETS


ROWS = ("determinants", "traits")
LIVES = """
from simulation import RetailModel, parameters
model = RetailModel("grocery", customers=15, weeks=2, edits={"market.warmup_weeks": 1})
model.run_model()
print(sorted(set(parameters.MEASURES)), sorted(model.customer(3).traits), model.world.market.levels.shape[1])
"""


def test_a_determinant_and_a_trait_are_rows(tmp_path: Path):
    """The rows that README adds, in a copy of the project: measured, drawn, and lived with, nothing else touched."""
    for name in ("simulation", "scenarios", "analysis"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ROWS:
        row = next(text for text in blocks("toml") if text.startswith(f"# a row of {name}.toml"))
        file = tmp_path / "simulation" / "numbers" / f"{name}.toml"
        file.write_text(f"{file.read_text('utf-8')}\n{row}", "utf-8")
    market = tmp_path / "scenarios" / "grocery.toml"
    market.write_text(market.read_text("utf-8").replace("levels = {", "levels = { cleanliness = 0.7,"), "utf-8")
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}  # the same boxes, without compiling them anew
    lived = subprocess.run(
        [sys.executable, "-c", LIVES], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert lived.returncode == 0, lived.stderr
    assert "level_cleanliness" in lived.stdout
    assert "importance_cleanliness" in lived.stdout
    assert "environmental_concern" in lived.stdout
    assert lived.stdout.split()[-1] == "8"


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("names", "files"), TABLE_ROW.findall(TEXT))
def test_boxes_of_the_picture_are_functions_of_the_files_named(names: str, files: str):
    there = set().union(*(functions(ROOT / file) for file in LINK.findall(files)))
    assert set(re.findall(r"`(\w+)`", names)) <= there


def test_the_readme_counts_the_assumptions():
    from simulation import Scenario
    from simulation.assumptions import assumptions

    counted = re.search(r"\*\*(\d+) numbers\*\*", TEXT)
    assert counted is not None
    assert int(counted[1]) == len(assumptions(Scenario.load("staff_training")))


def test_the_readme_counts_what_the_training_costs():
    from simulation import Scenario

    scenario = Scenario.load("staff_training")
    staff = sum(outlet.staff for outlet in scenario.outlets if outlet.retailer == "ours")
    fields = scenario.levers[0].fields
    hours, price = float(fields["hours_per_employee"]), float(fields["cost_per_hour"])
    words = f"{staff:g} employees × {hours:g} hours × {price:g} USD, about {staff * hours * price / 1e6:.2f} million"
    assert words in " ".join(TEXT.split())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_that_exist(document: Path):
    links = [link.split("#")[0] for link in LINK.findall(document.read_text(encoding="utf-8"))]
    files = [link for link in links if link and "://" not in link]
    assert [link for link in files if not (document.parent / link).exists()] == []


def changes() -> list[str]:
    """The entries of the changelog, each on one line."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return [" ".join(entry.split()) for entry in re.findall(r"^- (.*?)(?=^- |^#|\Z)", text, re.MULTILINE | re.DOTALL)]


def test_every_change_says_whether_results_changed():
    said = re.compile(r"Results: (unchanged|changed, because [^.]+\.)$")
    assert changes()
    assert [entry for entry in changes() if not said.search(entry)] == []
