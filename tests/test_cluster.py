"""A real Dask scheduler and two worker processes on the loopback interface; one of them is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulation import ScenarioError, sweep
from tests.conftest import ROOT
from tests.sweeps import study_in

pytest.importorskip("distributed", reason='needs the extra: pip install "retailcx[cluster]"')
PATIENCE_SECONDS = 120.0
MANY = 'kind = "latin_hypercube"\nsamples = 120'


@contextmanager
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that are ended with the block."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


def dask(verb: str, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "distributed.cli.dask_" + verb, *words]
    where = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def address_in(file: Path) -> str:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if file.exists() and (text := file.read_text(encoding="utf-8")):
            return str(json.loads(text)["address"])
        time.sleep(0.1)
    raise TimeoutError("the scheduler does not start")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Dask's own
def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path):
    study = study_in(tmp_path, design=MANY)
    alone = sweep(study, folder=tmp_path / "alone").results_sha256
    file = tmp_path / "scheduler.json"
    with processes() as started:
        started.append(dask("scheduler", "--host=127.0.0.1", "--port=0", "--no-dashboard", f"--scheduler-file={file}"))
        address = address_in(file)
        alike = (address, "--nthreads=1", "--no-nanny", "--no-dashboard", "--host=127.0.0.1")
        workers = [dask("worker", *alike) for _ in range(2)]
        started.extend(workers)

        def kill_one(count: object) -> None:
            if count.done >= 20 and not killed:  # type: ignore[attr-defined]
                workers[0].send_signal(signal.SIGKILL)
                killed.append(count.done)  # type: ignore[attr-defined]

        killed: list[int] = []
        saved = sweep(study, folder=tmp_path / "there", cluster=address, watch=kill_one)
    assert killed
    assert killed[0] < study.count, "it was killed before the end"
    assert len(saved.failures) == 0
    assert saved.results_sha256 == alone


@pytest.mark.filterwarnings("ignore")
def test_an_address_where_nobody_is_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("simulation.sweeping.cluster.SECONDS_TO_CONNECT", 1)
    with pytest.raises(ScenarioError, match=r"nobody answers at tcp://127.0.0.1:9"):
        sweep(study_in(tmp_path), folder=tmp_path / "x", cluster="tcp://127.0.0.1:9")
