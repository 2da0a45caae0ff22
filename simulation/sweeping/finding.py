"""Where studies are: those that come with the program, and files."""

from __future__ import annotations

from pathlib import Path

from simulation.scenario.finding import SHIPPED, find, shipped
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading import read

STUDIES = SHIPPED / "studies"


def shipped_studies() -> list[str]:
    """Names of the studies that come with the program."""
    return shipped(STUDIES)


def is_study(path: Path) -> bool:
    """Whether a file describes a study rather than a scenario."""
    try:
        return "design" in read(path).data
    except ScenarioError:
        return False


def find_study(name_or_path: str | Path) -> Path:
    """The file of a shipped study or a path; raises `ScenarioError` when there is none."""
    return find(name_or_path, STUDIES, "shipped study")
