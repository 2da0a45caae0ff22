"""Where a command writes."""

from pathlib import Path
from typing import TYPE_CHECKING

from simulation.commands.endings import WrongInputError, say
from simulation.commands.progress import Progress

if TYPE_CHECKING:
    from simulation.results import CompareResults, RunResults


def check_free(out: Path | None) -> None:
    """Refuse a folder that has something in it, before anything is simulated for it."""
    if out is None or not out.exists():
        return
    if not out.is_dir():
        raise WrongInputError(f"--out: {out} is a file. Name a folder.")
    if any(out.iterdir()):
        raise WrongInputError(f"--out: {out} is not empty, and nothing is overwritten. Name a new folder.")


def keep(results: "RunResults | CompareResults", out: Path | None, progress: Progress | None) -> Path:
    """Save results and draw their report; returns the folder."""
    from analysis.report import write_report
    from simulation import files

    folder = files.save(results, out)
    if progress:
        progress(1.0, "drawing the report")
    write_report(folder)
    return folder


def say_where(folder: Path) -> None:
    """Say where the result is, and what to open."""
    report = folder / "report.html"
    say(f"written to {folder}" + (f"; open {report} in a browser" if report.exists() else ""))
