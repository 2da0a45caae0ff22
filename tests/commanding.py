"""Commands as tests call them: inside this process, small, and what they left behind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from typer.testing import CliRunner, Result

from simulation.commands import app
from tests.conftest import ROOT

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


def invoke(*words: object) -> Result:
    """A verb inside this process."""
    return CliRunner().invoke(app, [str(word) for word in words])


def written(folder: Path) -> list[Path]:
    """Everything in a folder, in order."""
    return sorted(folder.rglob("*"))


class Ended(NamedTuple):
    """A finished command: what it printed, the folder it wrote."""

    result: Result
    folder: Path

    @property
    def json(self) -> Any:
        return json.loads(self.result.stdout)


def end(place: Path, *words: str) -> Ended:
    """Run a command that must end well, into a folder `out` of `place`."""
    result = invoke(*words, f"--out={place / 'out'}")
    assert result.exit_code == 0, result.stderr + repr(result.exception)
    return Ended(result, place / "out")
