"""What was found beside real data, kept as small tables for `simulation/VALIDATION.md`: one JSON file each, here.

A command that holds the model against real data keeps what it printed with `keep`; the document shows it under the
heading of its part, with the command that finds it again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CARDS, PEOPLE, CHOICES, FIRMS = "cards", "people", "choices", "firms"
PARTS: Mapping[str, str] = {
    CARDS: "Markets beside the regularities of real ones",
    PEOPLE: "Real customers through the model",
    CHOICES: "Choices between brands and stores",
    FIRMS: "A firm's own data: fits, and forecasts of what was held back",
}


@dataclass(frozen=True)
class Exhibit:
    """A table of what one command found, in words as it is shown."""

    name: str  # of its file
    part: str  # which of PARTS it belongs to
    title: str
    command: str
    said: str  # a sentence or two, most important first
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if self.part not in PARTS:
            raise ValueError(f"{self.name}: there is no part {self.part!r}; there are {', '.join(PARTS)}")
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"{self.name}: a row has not as many cells as there are columns")


def keep(exhibit: Exhibit, folder: Path = FOLDER) -> Path:
    """Write an exhibit in the place of an older one of its name."""
    path = folder / f"{exhibit.name}.json"
    path.write_text(json.dumps(asdict(exhibit), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def of_markdown(name: str, part: str, title: str, command: str, lines: Sequence[str]) -> Exhibit:
    """An exhibit from a Markdown table and the sentences around it, as commands print them.

    Raises:
        ValueError: no table stands in the lines.
    """
    cells = [tuple(cell.strip() for cell in line.strip("| ").split(" | ")) for line in lines if line.startswith("| ")]
    if not cells:
        raise ValueError(f"{name}: there is no table in what {command} prints")
    said = " ".join(line for line in lines if line and not line.startswith("|"))
    return Exhibit(name, part, title, command, said, cells[0], tuple(cells[1:]))


def kept(folder: Path = FOLDER) -> list[Exhibit]:
    """All exhibits in the order of their names."""
    return [_exhibit(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json"))]


def _exhibit(found: Mapping[str, Any]) -> Exhibit:
    rows: Sequence[Sequence[str]] = found["rows"]
    return Exhibit(**{**found, "columns": tuple(found["columns"]), "rows": tuple(map(tuple, rows))})
