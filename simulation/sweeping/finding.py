"""Where studies are: those that come with the program, and files."""

from __future__ import annotations

from pathlib import Path

from simulation.scenario.finding import SHIPPED
from simulation.scenario.problems import Problem, ScenarioError, suggestion
from simulation.scenario.reading import is_file, read

STUDIES = SHIPPED / "studies"


def shipped_studies() -> list[str]:
    """Names of the studies that come with the program."""
    return sorted(path.stem for path in STUDIES.glob("*.toml"))


def is_study(path: Path) -> bool:
    """Whether a file describes a study rather than a scenario."""
    try:
        return "design" in read(path).data
    except ScenarioError:
        return False


def find_study(name_or_path: str | Path) -> Path:
    """The file of a shipped study or a path; raises `ScenarioError` when there is none."""
    if str(name_or_path) in shipped_studies():
        return STUDIES / f"{name_or_path}.toml"
    path = Path(name_or_path)
    if is_file(path):
        return path
    hint = suggestion(path.stem, shipped_studies())
    message = f"there is no such file or shipped study. {hint}".rstrip()
    raise ScenarioError([Problem(str(name_or_path), None, "", message)])
