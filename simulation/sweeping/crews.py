"""Who lives the runs of a study: threads of this process."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol

from simulation.running import InterruptedRunError
from simulation.sweeping.evaluating import Job, Lived, lived_job
from simulation.sweeping.study import Study


class Crew(Protocol):
    """Somebody who takes jobs and gives back what came of them, in any order."""

    points_each: int  # that a job should have, at least

    @property
    def room(self) -> int:
        """How many more jobs it would take now."""

    @property
    def busy(self) -> bool:
        """Whether any job is not given back yet."""

    def submit(self, job: Job) -> None:
        """Begin a job, or queue it."""

    def finished(self, seconds: float) -> Sequence[Lived]:
        """What has come of jobs, waiting at most so long for one; jobs that were stopped give nothing."""

    def stop(self) -> None:
        """Give up all jobs."""

    def close(self) -> None:
        """Let go of everything."""


class Threads:
    """Threads over the compiled kernel, which runs beside itself."""

    points_each = 1

    def __init__(self, study: Study, threads: int) -> None:
        self._study = study
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads)
        self._stopped = threading.Event()
        self._running: set[Future[list[Lived]]] = set()

    @property
    def room(self) -> int:
        """One job waits for each thread, so that none is idle."""
        return max(0, 2 * self._threads - len(self._running))

    @property
    def busy(self) -> bool:
        """Whether any job is not given back yet."""
        return bool(self._running)

    def submit(self, job: Job) -> None:
        """Begin a job, or queue it."""
        self._running.add(self._pool.submit(lived_job, self._study, job, self._stopped.is_set))

    def finished(self, seconds: float) -> list[Lived]:
        """What has come of jobs, waiting at most so long for one."""
        done, self._running = wait(self._running, timeout=seconds, return_when=FIRST_COMPLETED)
        return [lived for future in done for lived in _given(future)]

    def stop(self) -> None:
        """Give up all jobs, those that run within a week of theirs."""
        self._stopped.set()
        for future in list(self._running):
            if future.cancel():
                self._running.discard(future)

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(cancel_futures=True)


def _given(future: Future[list[Lived]]) -> list[Lived]:
    try:
        return future.result()
    except InterruptedRunError:
        return []
