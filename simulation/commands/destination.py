"""Where a command writes."""

from pathlib import Path

from simulation.commands.endings import WrongInputError, say


def check_free(out: Path | None) -> None:
    """Refuse a folder that has something in it, before anything is simulated for it."""
    if out is None or not out.exists():
        return
    if not out.is_dir():
        raise WrongInputError(f"--out: {out} is a file. Name a folder.")
    if any(out.iterdir()):
        raise WrongInputError(f"--out: {out} is not empty, and nothing is overwritten. Name a new folder.")


def say_where(folder: Path) -> None:
    """Say where the result is, and what to open."""
    report = folder / "report.html"
    say(f"written to {folder}" + (f"; open {report} in a browser" if report.exists() else ""))
