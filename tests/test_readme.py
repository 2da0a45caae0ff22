"""The README says what is true: its commands exist, its links lead somewhere, its scenario is one."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from simulation.commands import VERBS
from tests.conftest import ROOT, Command

DOCUMENTS = sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("simulation/*.md"))
README = ROOT / "README.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
QUICK_VERBS = ("list", "schema")


def blocks(language: str) -> list[str]:
    return [text for name, text in FENCE.findall(README.read_text(encoding="utf-8")) if name == language]


def shell_lines() -> list[str]:
    lines = (line.split("  #")[0].strip() for block in blocks("sh") for line in block.splitlines())
    return [line for line in lines if line]


def run_lines() -> list[list[str]]:
    """The words after `python run.py` of each such command, alone on its line."""
    return [shlex.split(line)[2:] for line in shell_lines() if line.startswith("python run.py ")]


def test_the_two_commands_of_the_readme_are_there_to_the_letter():
    installs = [line for line in shell_lines() if "pip install" in line]
    assert installs == [
        "python -m pip install -e . && python run.py compare scenarios/staff_training.toml",
        'python -m pip install -e ".[test]" && python -m pytest',
    ]


def test_every_language_of_a_code_block_is_one_that_is_tested():
    assert {name for name, _ in FENCE.findall(README.read_text(encoding="utf-8"))} == {"sh", "toml"}


@pytest.mark.parametrize("words", run_lines(), ids=" ".join)
def test_commands_of_the_readme_name_verbs_that_exist(words: list[str]):
    assert words[0] in VERBS


@pytest.mark.parametrize("words", [words for words in run_lines() if words[0] in QUICK_VERBS], ids=" ".join)
def test_quick_commands_of_the_readme_run(words: list[str], command: Command):
    ended = command(*words)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("text", blocks("toml"))
def test_scenarios_of_the_readme_are_valid(text: str, tmp_path: Path):
    from simulation import Scenario

    file = tmp_path / "question.toml"
    file.write_text(text, encoding="utf-8")
    assert Scenario.load(file).question == tomllib.loads(text)["question"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_that_exist(document: Path):
    links = [link.split("#")[0] for link in LINK.findall(document.read_text(encoding="utf-8"))]
    files = [link for link in links if link and "://" not in link]
    assert [link for link in files if not (document.parent / link).exists()] == []
