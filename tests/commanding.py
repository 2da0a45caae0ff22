"""Commands as tests call them: inside this process, small, and what they left behind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

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


DRAWING = ("run", "compare", "report")


def invoke(*words: object) -> Result:
    """A verb inside this process; its report has the first chart only: charts take longer than what is tested."""
    if words[0] not in DRAWING:
        return invoke_drawing_all(*words)
    from analysis.charts import CHARTS

    with patch("analysis.charts.CHARTS", CHARTS[:1]):
        return invoke_drawing_all(*words)


def invoke_drawing_all(*words: object) -> Result:
    """A verb inside this process, with every chart of its report."""
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


def end(place: Path, *words: str, call: Verb = invoke) -> Ended:
    """Run a command that must end well, into a folder `out` of `place`."""
    result = call(*words, f"--out={place / 'out'}")
    assert result.exit_code == 0, result.stderr + repr(result.exception)
    return Ended(result, place / "out")
