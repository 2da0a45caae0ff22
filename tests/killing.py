"""Commands that are killed at a random moment: `python -m tests.killing FOLDER VERB KILLS SEED` says what was broken.

The kernel is compiled once; each victim is a fork of this process, which has opened no database and started no thread.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.commanding import TRAINING, invoke

SMALL = ("--customers=40", "--weeks=4", "--replicates=1", "--threads=1", "--quiet")
QUICK = (*SMALL, "--set=market.warmup_weeks=2", "--set=lever.staff_training.start_week=2")


def words_of(verb: str, place: Path, name: str) -> tuple[str, ...]:
    """A small command of this verb, about a folder of this name."""
    if verb == "report":
        return ("report", str(place / "earlier"))
    return (verb, TRAINING, *QUICK, f"--out={place / name}")


def contents(folder: Path, *endings: str) -> dict[str, str]:
    """A hash of every file in a folder that a person sees."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.name.endswith(endings or ("",))
    }


def born(words: tuple[str, ...]) -> int:
    """A command in a process of its own, begun; its number."""
    process = os.fork()
    if process == 0:
        ended = 1
        try:
            ended = invoke(*words).exit_code
        finally:
            os._exit(ended)
    return process


def lived(process: int, seconds: float) -> int | None:
    """How a process ended by itself, or None if it was killed after so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return None


def broken_in(place: Path, verb: str, name: str, before: dict[str, str]) -> Iterator[str]:
    """What a killed command left that it should not have."""
    endings = (".parquet", ".toml", ".json") if verb == "report" else ()
    if contents(place / "earlier", *endings) != before:
        yield "earlier results are not what they were"
    page = place / "earlier" / "report.html"
    if not page.read_text(encoding="utf-8").rstrip().endswith("</html>"):
        yield "half a page"
    if any(not path.read_text(encoding="utf-8").rstrip().endswith("</svg>") for path in place.rglob("[!.]*.svg")):
        yield "half a chart"
    yield from _looks_finished(place, name)


def _looks_finished(place: Path, name: str) -> Iterator[str]:
    """A folder that has a manifest has everything: the tables, to the last row."""
    if (place / name / "manifest.json").exists():
        mine, whole = (contents(each, ".toml") for each in (place / name, place / "earlier"))
        if mine.keys() != whole.keys() or _results(place / name) != _results(place / "earlier"):
            yield "a folder that looks finished and is not"


def _results(folder: Path) -> str:
    """The fingerprint that a folder states, with the sizes of all its tables."""
    stated = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["results_sha256"]
    sizes = {path.name: path.stat().st_size for path in sorted(folder.glob("*.parquet"))}
    return f"{stated} {sizes}"


def main(place: Path, verb: str, kills: int, seed: int) -> None:
    """Kill a verb so often; prints how many died on the way, and what was broken."""
    import analysis.report  # noqa: F401 - what every victim needs
    from simulation import Scenario, run
    from simulation.running import compile_first

    compile_first(Scenario.load(TRAINING), None)
    run(Scenario.load("grocery", customers=20, weeks=1, replicates=1, edits={"market.warmup_weeks": 1}), threads=1)
    first = words_of("compare" if verb == "report" else verb, place, "earlier")
    assert lived(born(first), 120.0) == 0
    endings = (".parquet", ".toml", ".json") if verb == "report" else ()
    before = contents(place / "earlier", *endings)
    started = time.monotonic()
    assert lived(born(words_of(verb, place, "whole")), 120.0) == 0
    usual = time.monotonic() - started
    chance, died, broken = random.Random(seed), 0, []  # noqa: S311
    for number in range(kills):
        died += lived(born(words_of(verb, place, f"n{number}")), chance.uniform(0.0, usual)) is None
        broken += [f"{number}: {what}" for what in broken_in(place, verb, f"n{number}", before)]
        for path in (each for each in place.iterdir() if each.name != "earlier"):
            shutil.rmtree(path)
    sys.stdout.write(json.dumps({"died": died, "seconds": usual, "broken": broken}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
