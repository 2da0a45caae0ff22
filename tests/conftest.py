"""What all tests share."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from typer.testing import Result

ROOT = Path(__file__).parent.parent

os.environ.setdefault("MPLBACKEND", "Agg")  # no test opens a window
settings.register_profile("steady", deadline=None, derandomize=True)  # a failure is the same on every machine
settings.load_profile("steady")

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def call_in(folder: Path, *words: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A verb in a process of its own, which takes a second to start: where the process itself is tested."""
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *map(str, words)],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """`command("list", "--json")` runs a verb as a user does, in an empty folder: what it printed, how it ended."""
    return partial(call_in, tmp_path)


@pytest.fixture
def verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`verb("run", ...)`: a command inside this process, in an empty folder."""
    from tests.commanding import invoke

    monkeypatch.chdir(tmp_path)
    return invoke


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
