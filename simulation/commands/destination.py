"""Where a command writes."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.commands.endings import WrongInputError, say
from simulation.commands.progress import Progress

if TYPE_CHECKING:
    from simulation.results import CompareResults, RunResults


def check_free(out: Path | None) -> None:
    """Refuse a folder that has something in it or cannot be written, before anything is simulated for it."""
    from simulation.files import RUNS

    if out is not None and out.exists():
        if out.resolve() in (Path.cwd(), *Path.cwd().parents):
            raise WrongInputError(f"--out: {out} is the folder you are in. Name a new folder.")
        if not out.is_dir():
            raise WrongInputError(f"--out: {out} is a file. Name a folder.")
        if any(out.iterdir()):
            raise WrongInputError(f"--out: {out} is not empty, and nothing is overwritten. Name a new folder.")
    _check_writable((out if out is not None else RUNS / "new").resolve().parent)


def _check_writable(parent: Path) -> None:
    """Try it where the results will be written; the nearest folder that exists has to let others be made in it."""
    there = next(place for place in (parent, *parent.parents) if os.path.lexists(place))
    try:
        with tempfile.TemporaryDirectory(prefix=".retailcx-", dir=there):
            pass
    except OSError as error:
        reason = "it is a file" if there.is_file() else (error.strerror or str(error)).lower()
        raise WrongInputError(f"--out: nothing can be written in {there} ({reason}). Name another folder.") from error


def keep(results: "RunResults | CompareResults", out: Path | None, progress: Progress | None) -> Path:
    """Save results and draw their report; returns the folder."""
    from analysis.report import write_report
    from simulation import files

    folder = files.save(results, out)
    if progress:
        progress(1.0, "drawing the report")
    try:
        write_report(folder)
    except KeyboardInterrupt:
        say(f"every table is in {folder}; its report can be drawn with: report {folder}")
        raise
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        message = f"every table is in {folder}; its report cannot be written ({why})"
        raise WrongInputError(f"{message}: make room, then: report {folder}") from error
    return folder


def say_where(folder: Path) -> None:
    """Say where the result is, and what to open."""
    report = folder / "report.html"
    say(f"written to {folder}" + (f"; open {report} in a browser" if report.exists() else ""))
