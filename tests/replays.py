"""Replays for tests: `python -m tests.replays FOLDER ID...` prints how customers end in each world of a run folder.

It runs where NUMBA_DISABLE_JIT=1.
"""

import json
import sys
from typing import Any

from simulation.files import load
from simulation.replay import origins, replayed
from simulation.world import World


def state(world: World, place: int) -> dict[str, str]:
    """Every column of state of one customer, as hexadecimal bytes."""
    return {
        f"{part}.{name}": column[..., place].tobytes().hex()
        for part in ("people", "links", "reach")
        for name, column in getattr(world, part)._asdict().items()
    }


def ends(folder: str, places: list[int], replicate: int) -> dict[str, Any]:
    """The state at the end by world and customer."""
    return {
        origin.scenario.name: {str(n): state(replayed(origin, n, replicate)[1], 0) for n in places}
        for origin in origins(load(folder))
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(ends(sys.argv[1], [int(n) for n in sys.argv[3:]], int(sys.argv[2]))))
