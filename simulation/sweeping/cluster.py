"""Who lives the runs of a study: workers of a Dask cluster, on this machine or on many (extra `cluster`)."""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import Any

from simulation.scenario import ScenarioError
from simulation.scenario.problems import Problem
from simulation.sweeping.evaluating import Job, Lived, lived_job
from simulation.sweeping.study import Study

LOCAL = "local"
POINTS_EACH = 10  # runs in a task: handing one over takes milliseconds
WAITING_EACH = 2  # tasks for each thread of the cluster
SECONDS_TO_CONNECT = 20
ALLOWED_LOSSES = 5  # of workers, while they had the same task


class Workers:
    """The workers of a Dask cluster; `address` is a scheduler's, or `local` for processes of this machine.

    Raises:
        ScenarioError: Dask is not installed, or nobody answers at that address.
    """

    points_each = POINTS_EACH

    def __init__(self, study: Study, address: str, threads: int) -> None:
        self._client = _client(address, threads)
        self._study = self._client.scatter(study, broadcast=False, hash=False)
        self._running: set[Any] = set()

    @property
    def room(self) -> int:
        """Some tasks wait for each thread, so that none is idle; workers may come and go."""
        threads = sum(map(int, self._client.nthreads().values()))
        return max(0, WAITING_EACH * max(threads, 1) - len(self._running))

    @property
    def busy(self) -> bool:
        """Whether any task is not given back yet."""
        return bool(self._running)

    def submit(self, job: Job) -> None:
        """Hand a job over; whoever loses its worker is begun again by the scheduler."""
        self._running.add(self._client.submit(lived_job, self._study, job, pure=False, retries=ALLOWED_LOSSES))

    def finished(self, seconds: float) -> list[Lived]:
        """What has come of tasks, waiting at most so long for one."""
        from distributed import wait

        if not self._running:
            return []
        try:
            done = wait(list(self._running), timeout=seconds, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            return []
        self._running -= set(done)
        return [lived for future in done for lived in _given(future)]

    def stop(self) -> None:
        """Give up all tasks."""
        self._client.cancel(list(self._running))
        self._running.clear()

    def close(self) -> None:
        """Leave the cluster; processes of our own end."""
        self._client.close()
        if self._client.cluster is not None:
            self._client.cluster.close()


def _given(future: Any) -> list[Lived]:
    try:
        return list(future.result())
    except CancelledError:
        return []


def _client(address: str, threads: int) -> Any:
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise _wrong('a cluster needs Dask: python -m pip install "retailcx[cluster]"') from error
    if address == LOCAL:
        cluster = LocalCluster(n_workers=threads, threads_per_worker=1, dashboard_address=None)
        client = Client(cluster)
        client.cluster = cluster
        return client
    try:
        return Client(address, timeout=SECONDS_TO_CONNECT)
    except (OSError, ValueError) as error:
        raise _wrong(
            f"nobody answers at {address} ({str(error) or type(error).__name__}). Start dask-scheduler there"
        ) from error


def _wrong(message: str) -> ScenarioError:
    return ScenarioError([Problem("--cluster", None, "", message)])
