"""Where a command writes."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from simulation.commands.endings import WrongInputError, say

RUNS = Path("runs")
NAMED = 3  # how many scenarios a folder is named after


def free_folder(out: Path | None, name: str) -> Path:
    """The folder asked for, which must be new or empty; or a new one, `runs/<name>-<stamp>`. Creates nothing."""
    if out is None:
        return _stamped(name)
    if out.exists() and not out.is_dir():
        raise WrongInputError(f"--out: {out} is a file. Name a folder.")
    if out.exists() and any(out.iterdir()):
        raise WrongInputError(f"--out: {out} is not empty, and nothing is overwritten. Name a new folder.")
    return out


def joined(names: Sequence[str]) -> str:
    """One name for the folder of several scenarios, short enough for any file system."""
    few = "-".join(names[:NAMED])
    return few if len(names) <= NAMED else f"{few}-and-{len(names) - NAMED}-more"


def _stamped(name: str) -> Path:
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    folders = (RUNS / f"{name}-{stamp}{again}" for again in ("", *(f"-{number}" for number in range(2, 1000))))
    return next(folder for folder in folders if not folder.exists())


def say_where(folder: Path) -> None:
    """Say where the result is, and what to open."""
    report = folder / "report.html"
    say(f"written to {folder}" + (f"; open {report} in a browser" if report.exists() else ""))
