"""Large parts of the engine, compiled in a process of their own while the command's own process compiles the rest.

numba compiles one thing at a time in a process. What the other process made lies in the cache folder, where the first
one finds it; if it fails, or is slow, nothing is lost but time.
"""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

PACKAGE = Path(__file__).parent


@contextmanager
def parts_are_made() -> Iterator[None]:
    """Have the parts made meanwhile; whoever needs one waits for it."""
    from simulation.within import Part

    with _other_process() as process:
        made: set[str] = set()

        def wait(name: str) -> None:
            for line in process.stdout or ():
                made.add(line.strip())
                if name in made:
                    return

        Part.when_made = wait
        try:
            yield
        finally:
            Part.when_made = None
            process.kill()


def _other_process() -> subprocess.Popen[str]:
    paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", "simulation.compiling_beside"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )


def make_parts() -> Iterator[str]:
    """Compile every part as the week calls it; gives the name of each that is made, in the order of their use."""
    from numba import typeof

    from simulation.customer.week import relationships_change, visit_has_consequences

    given = _examples()
    type_of: Any = typeof
    for part in (visit_has_consequences, relationships_change):
        function: Any = part
        names = inspect.signature(function.py_func).parameters
        function.compile(tuple(type_of(given.get(name, 0)) for name in names))
        yield function.py_func.__name__


def _examples() -> dict[str, Any]:
    """An argument of each type that a part is called with, by name; all others are whole numbers."""
    from simulation.customer.lane import scratch
    from simulation.living import totals_of_week
    from simulation.scenario import Scenario
    from simulation.world import empty_log, world_of

    world = world_of(Scenario.load("grocery", customers=2, edits={"market.warmup_weeks": 1}), 0, begin=False)
    visit, relate, block = (each[0] for each in scratch())
    return {
        **world._asdict(),
        "visit": visit,
        "relate": relate,
        "block": block,
        "occasion": np.int64(0),
        "totals": totals_of_week(world.totals, 0),
        "log": empty_log(0, world.notes),
    }


if __name__ == "__main__":
    for each in make_parts():
        sys.stdout.write(f"{each}\n")
        sys.stdout.flush()
