"""A study file while it is read: what it says, and what has been found wrong with it, each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulation.scenario.forms import Form
from simulation.scenario.problems import Problem, ScenarioError, in_order
from simulation.scenario.reading import inside, is_file, read
from simulation.scenario.wording import faults

Keys = tuple[str | int, ...]


class Sheet:
    """One study file; `problems` gathers all that is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document = read(path)
        self.problems: list[Problem] = []

    @property
    def values(self) -> dict[str, Any]:
        """What it says, with tuples for lists, as frozen forms hold them."""
        found: dict[str, Any] = _frozen(self.document.data)
        return found

    def problem(self, keys: Keys, message: str) -> Problem:
        """A problem with a key; of one that is missing, with the table it should be in."""
        lines = self.document.lines
        line = next((lines[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in lines), None)
        return Problem(self.document.file, line, ".".join(map(str, keys)), message)

    def add(self, keys: Keys, message: str) -> None:
        """Note a problem."""
        self.problems.append(self.problem(keys, message))

    def fits(self, form: type[Form], keys: Keys, values: Any) -> bool:
        """Whether a table has its form; its faults are noted."""
        try:
            form.model_validate(values)
        except ValidationError as error:
            called = f"[{keys[0]}]" if keys else "a study"
            for key, message in faults(form, error, called, open_tables=()):
                self.add((*keys, key) if key else keys, message)
            return False
        return True

    def of_edits(self, error: ScenarioError, paths: Iterable[str]) -> None:
        """Problems of a changed scenario, at the lines of the study that made the change."""
        known = sorted(paths, key=len, reverse=True)
        for problem in error.problems:
            path = next((each for each in known if problem.key.startswith(each)), "")
            words = problem.message.removeprefix(f"{path}: ") if path or problem.file.startswith("--") else str(problem)
            self.add(self._keys_of(path), words)

    def _keys_of(self, path: str) -> Keys:
        """Where a study names a path of the scenario; else where it says what it is based on."""
        _, _, rest = path.partition(".")
        wanted: list[Keys] = [("levers", rest), ("uncertainties", path), ("uncertainties", rest)]
        return next((keys for keys in wanted if keys in self.document.lines), ("based_on",))

    def has_fault(self, *keys: str) -> bool:
        """Whether something is wrong with a key."""
        return any(problem.key.startswith(".".join(keys)) for problem in self.problems)

    def beside(self, name: str) -> Path | None:
        """A file in the folder of the study; None where there is none."""
        path = inside(self.path.parent, name)
        return path if path is not None and is_file(path) else None

    def stop_if_wrong(self) -> None:
        """Raise all that has been found."""
        if self.problems:
            raise ScenarioError(in_order(self.problems))


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _frozen(each) for key, each in value.items()}
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value
