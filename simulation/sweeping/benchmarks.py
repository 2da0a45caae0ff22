"""How much a sweep costs beside the engine alone, as ratios measured in one sitting on this machine."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simulation.scenario import Scenario
from simulation.sweeping.evaluating import Job, Lived
from simulation.sweeping.factors import Factor
from simulation.sweeping.forms import Design
from simulation.sweeping.plan import Plan
from simulation.sweeping.store import Store
from simulation.sweeping.study import Study
from simulation.sweeping.sweeping import Sweep, sweep

FULL, QUICK = (200, 5_000, 104), (12, 5_000, 52)  # runs, customers, weeks
FINISHED, SMALL_RUNS = 10_000, 100_000  # whose resuming is timed; that are kept, to see how much memory that takes
MEGABYTE = 1024.0 if os.uname().sysname == "Linux" else 1024.0**2  # of what the system calls a process's largest size
Tell = Callable[[float, str], None]


def study_of(runs: int, customers: int, weeks: int) -> Study:
    """A study of so many points of the grocery market without a warm-up."""
    edits = {"market.warmup_weeks": 0}
    scenario = Scenario.load("grocery", customers=customers, weeks=weeks, replicates=1, seed=1, edits=edits)
    return Study(
        name="benchmark",
        question="",
        scenario=scenario,
        seed=1,
        design=Design(kind="latin_hypercube", samples=runs),
        factors=(Factor("price_weight", "parameters.price_weight", 1.5, 3.0),),
        usual=(2.2,),
        outcomes=("acsi", "retention", "revenue"),
    )


def measure(*, quick: bool, progress: Tell | None = None) -> dict[str, Any]:
    """All ratios of sweeps; the cluster's is None where Dask is not installed."""
    tell = progress or (lambda _done, _what: None)
    study = study_of(*(QUICK if quick else FULL))
    with tempfile.TemporaryDirectory(prefix="retailcx-") as folder:
        place = Path(folder)
        tell(0.0, "compiling the engine, if it is not yet")
        sweep(study_of(2, 100, 2), folder=place / "first", threads=2)
        tell(0.02, "timing the engine alone")
        bare = _bare(study)
        tell(0.25, "timing a sweep on one thread")
        one, writing = _timed(study, place / "one", 1)
        tell(0.55, "timing a sweep on two threads")
        two, _ = _timed(study, place / "two", 2)
        tell(0.7, "timing a sweep on two workers of Dask")
        workers = _on_workers(study, place / "workers")
        tell(0.9, "keeping and resuming many runs")
        return {
            "runs": study.count,
            "customers": study.scenario.population.customers,
            "weeks": study.scenario.weeks,
            "thread_scaling": one / two,
            "overhead": one / bare - 1.0,
            "writing": writing / one,
            "cluster_ratio": None if workers is None else workers / two,
            "resume_seconds": _resumed(place / "resumed", FINISHED),
            "megabytes_of_many": _kept(place / "kept", SMALL_RUNS),
        }


def _bare(study: Study) -> float:
    """Seconds of the weeks of all points, and of nothing else, on one thread."""
    from simulation.living import Clock
    from simulation.sweeping.evaluating import worlds_of
    from simulation.world import world_of

    total = 0.0
    for point in range(study.count):
        clock = Clock(world_of(worlds_of(study, point)[0], 0))
        started = time.perf_counter()
        for _ in range(study.scenario.weeks):
            clock.step()
        total += time.perf_counter() - started
    return total


def _timed(study: Study, folder: Path, threads: int, **how: Any) -> tuple[float, float]:
    """Seconds of a sweep, and of its writing."""
    started = time.perf_counter()
    saved = sweep(study, folder=folder, threads=threads, **how)
    return time.perf_counter() - started, float(saved.progress["writing_seconds"])


def _on_workers(study: Study, folder: Path) -> float | None:
    """Seconds on two processes of Dask that have compiled, from the first run to the last; None without Dask."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        return None
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        address = client.scheduler.address
        sweep(study_of(40, 100, 2), folder=folder / "first", cluster=address)
        return _timed(study, folder / "timed", 2, cluster=address)[0]


@dataclass
class _Nobody:
    """A crew that gives every run the same values at once: what is left is the keeping."""

    outcomes: int
    waiting: list[Job] = field(default_factory=list)
    points_each: int = 1

    @property
    def room(self) -> int:
        return 64 - len(self.waiting)

    @property
    def busy(self) -> bool:
        return bool(self.waiting)

    def submit(self, job: Job) -> None:
        self.waiting.append(job)

    def finished(self, seconds: float) -> Sequence[Lived]:
        found = [Lived(point, 0, ((1.0,) * self.outcomes,), 0.0) for job in self.waiting for point in job.points]
        self.waiting.clear()
        return found

    def stop(self) -> None:
        self.waiting.clear()

    def close(self) -> None:
        """It has nothing."""


def _without_living(study: Study, folder: Path) -> None:
    store = Store(folder, Plan.of(study))
    try:
        Sweep(study, store, None, None).run_with(_Nobody(len(study.outcomes)), 1)
    finally:
        store.close()


def _resumed(folder: Path, runs: int) -> float:
    """Seconds until a study of so many finished runs says that nothing is left."""
    study = study_of(runs, 100, 2)
    _without_living(study, folder)
    (folder / "manifest.json").unlink()
    started = time.perf_counter()
    store = Store(folder, Plan.of(study))
    left = Sweep(study, store, None, None).left
    seconds = time.perf_counter() - started
    store.close()
    if left:
        raise AssertionError("a finished study has runs left")
    return seconds


def _kept(folder: Path, runs: int) -> float:
    """The largest that this process has been, in megabytes, after it kept so many runs."""
    _without_living(replace(study_of(runs, 100, 2), name="many"), folder)
    shutil.rmtree(folder)
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / MEGABYTE
