"""What each phase of the model writes, as checksums: a small world lived where NUMBA_DISABLE_JIT=1.

`python -m tests.phases` prints them as JSON. In each week a phase is known by what its first call wrote, in the order
in which phases are called, so that the first difference from the golden file names the phase that changed: all before
it wrote what it had written. Later calls of the week (other occasions, other retailers) are put together at its end.
"""

import ast
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from simulation import living
from simulation.compiling import IS_PLAIN
from simulation.customer import week as customers_week
from simulation.market import week as markets_week
from simulation.scenario import Scenario
from tests.conftest import ROOT
from tests.lives import columns, lived, trouble

GOLDEN = Path(__file__).with_name("phases.json")
CUSTOMERS, WARMUP, WEEKS = 24, 1, 3
READ_ONLY = {"numbers", "tables", "moderation", "plans", "plan", "situation"}
CALLERS: tuple[ModuleType, ...] = (living, markets_week, customers_week)

Weeks = list[dict[str, str]]


def world() -> Scenario:
    """A town in which much goes wrong, so that every phase has something to do."""
    return trouble().replace(customers=CUSTOMERS, weeks=WEEKS, edits={"market.warmup_weeks": WARMUP})


def phase_names() -> set[str]:
    """Phases that the week of the market or of the customers calls; those that phases call are part of them."""
    folders = (ROOT / "simulation" / name for name in ("customer", "market"))
    trees = (ast.parse(path.read_text(encoding="utf-8")) for folder in folders for path in folder.glob("*.py"))
    functions = (node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef))
    marked = {f.name for f in functions if any(getattr(mark, "id", "") == "phase" for mark in f.decorator_list)}
    return {name for module in CALLERS for name in marked & set(vars(module))}


def arrays(value: Any) -> Iterator[Any]:
    """Arrays and records in an argument, in order; a lane's record is a namespace of its columns."""
    if isinstance(value, np.ndarray | np.void):
        yield value
    elif isinstance(value, SimpleNamespace):
        yield from vars(value).values()
    elif isinstance(value, tuple):
        for part in value:
            yield from arrays(part)


class Watch:
    """Notes what phases write."""

    def __init__(self) -> None:
        self.weeks: Weeks = []
        self._later = hashlib.sha256()

    def a_week_begins(self) -> None:
        """Close the week before and open another."""
        if self.weeks:
            self.weeks[-1]["later calls"] = self._later.hexdigest()[:8]
        self._later = hashlib.sha256()
        self.weeks.append({})

    def watched(self, name: str, phase: Callable[..., Any]) -> Callable[..., Any]:
        """The same phase, noted."""
        names = phase.__code__.co_varnames

        def noted(*arguments: Any) -> Any:
            given = [value for key, value in zip(names, arguments, strict=False) if key not in READ_ONLY]
            found = [each for value in given for each in arrays(value)]
            before = [each.tobytes() for each in found]
            result = phase(*arguments)
            self._note(name, before, [each.tobytes() for each in found], result)
            return result

        return noted

    def _note(self, name: str, before: list[bytes], after: list[bytes], result: Any) -> None:
        written = hashlib.sha256(repr(result).encode())
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                written.update(place.to_bytes(2, "big") + new)
        if name in self.weeks[-1]:
            self._later.update(name.encode() + written.digest())
        else:
            self.weeks[-1][name] = written.hexdigest()[:8]


def checksums() -> Weeks:
    """A hash of what every phase wrote first, by week; the first entry is the world before its first week."""
    watch = Watch()
    watch.a_week_begins()
    for module in CALLERS:
        for name in phase_names() & set(vars(module)):
            setattr(module, name, watch.watched(name, getattr(module, name)))
    begun = hashlib.sha256(b"".join(column.tobytes() for _, column in columns(lived(world(), 0))))
    watch.weeks[-1]["the world before its first week"] = begun.hexdigest()[:8]

    def market(*arguments: Any) -> None:
        watch.a_week_begins()
        living.market_lives_its_week(*arguments)

    def live(begin: int, end: int, week: int, draw_week: int, key: Any, scratch: Any, *rest: Any) -> None:
        records = [[SimpleNamespace(**{name: each[0][name] for name in each.dtype.names})] for each in scratch]
        customers_week.customers_live_their_week(begin, end, week, draw_week, key, records, *rest)

    lived(world(), market=market, live=live)
    watch.a_week_begins()
    return watch.weeks[:-1]


def found() -> Weeks:
    """The checksums of the model as it is, from a process whose phases are plain functions."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.phases"],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    weeks: Weeks = json.loads(ended.stdout)
    return weeks


def changed(now: Weeks, golden: Weeks) -> str:
    """Which phase was the first to write something else than in the golden file, in words; empty if none."""
    for week, (ours, theirs) in enumerate(zip(now, golden, strict=True)):
        if ours != theirs:
            others = [name for name in theirs if name not in ours]
            first = next((name for name in ours if ours[name] != theirs.get(name)), f"{others} that is gone")
            return f"since {GOLDEN.name} was written the first to change is {first}, in week {week} of the small world"
    return ""


@cache
def since_golden() -> str:
    """The same for the model as it is: what to say where a regularity of a market breaks."""
    return changed(found(), json.loads(GOLDEN.read_text(encoding="utf-8"))) or "no phase has changed"


if __name__ == "__main__":
    if not IS_PLAIN:
        sys.exit("tests.phases runs in a process with NUMBA_DISABLE_JIT=1")
    sys.stdout.write(json.dumps(checksums()))
