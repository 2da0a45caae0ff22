"""Kills, full disks, folders that cannot be written, and more that happens to a command: it ends in words."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import Result

from simulation import load, sweep
from simulation.files import RunFolderError, default_folder
from simulation.sweeping.saved import load_study
from tests.commanding import invoke
from tests.conftest import ROOT, Command
from tests.killing import contents, words_of
from tests.sweeps import study_in

posix = pytest.mark.skipif(os.name != "posix", reason="needs the signals and limits of POSIX")
TIMES = int(os.environ.get("RETAILCX_TIMES", "1"))  # 5: two hundred kills
KILLS = {"run": 12 * TIMES, "compare": 8 * TIMES, "report": 20 * TIMES}
SMALL = (
    "run",
    "grocery",
    "--customers=20",
    "--weeks=2",
    "--replicates=1",
    "--set=market.warmup_weeks=1",
    "--threads=1",
)


def refused(result: Result | subprocess.CompletedProcess[str]) -> str:
    """The words of a command that ended as one whose input is wrong."""
    code = result.exit_code if isinstance(result, Result) else result.returncode
    assert code == 2, result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr


# --- killed


def killed(place: Path, verb: str, kills: int) -> dict[str, object]:
    words = [sys.executable, "-m", "tests.killing", str(place), verb, str(kills), "1"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@posix
@pytest.mark.slow
@pytest.mark.parametrize("verb", KILLS)
def test_a_killed_command_leaves_nothing_that_looks_finished_and_all_earlier_results(tmp_path: Path, verb: str):
    found = killed(tmp_path, verb, KILLS[verb])
    assert found["broken"] == []
    assert int(str(found["died"])) > KILLS[verb] / 2, "most victims died on the way"


@posix
@pytest.mark.slow
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_command_killed_on_its_way_can_be_given_again(tmp_path: Path, share: float):
    run_py, words = str(ROOT / "run.py"), (*SMALL, f"--out={tmp_path / 'out'}", "--quiet")
    started = time.monotonic()
    subprocess.run([sys.executable, run_py, *SMALL, f"--out={tmp_path / 'a'}", "--quiet"], check=True)
    process = subprocess.Popen([sys.executable, run_py, *words])
    try:
        process.wait(share * (time.monotonic() - started))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if not (tmp_path / "out" / "manifest.json").exists():
        with pytest.raises(RunFolderError):
            load(tmp_path / "out")
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        assert invoke(*words).exit_code == 0
    assert load(tmp_path / "out").results_sha256 == load(tmp_path / "a").results_sha256


# --- no room, no right


@contextmanager
def disk(place: Path, kilobytes: int, options: str = "") -> Iterator[Path]:
    """A small file system in memory; the test is skipped where none can be made."""
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k{options}", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(words, capture_output=True, check=False).returncode != 0:
        pytest.skip("no small disk can be made here (that needs root and tmpfs)")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("kilobytes", [8, 64])
@pytest.mark.parametrize("verb", ["run", "compare"])
def test_a_full_disk_ends_in_words_and_leaves_nothing_that_looks_finished(tmp_path: Path, verb: str, kilobytes: int):
    with disk(tmp_path / "disk", kilobytes) as place:
        words = refused(invoke(*words_of(verb, place, "out")))
        assert "disk" in words
        if (place / "out" / "manifest.json").exists():
            assert "every table is in" in words
            load(place / "out").read("weekly")  # type: ignore[union-attr]
        else:
            with pytest.raises(RunFolderError):
                load(place / "out")


def test_a_disk_that_fills_up_under_a_report_keeps_the_one_before(tmp_path: Path):
    assert invoke(*SMALL, f"--out={tmp_path / 'out'}").exit_code == 0
    with disk(tmp_path / "disk", 4_000) as place:
        shutil.copytree(tmp_path / "out", place / "out")
        before = contents(place / "out")
        fill(place)
        assert "cannot be written" in refused(invoke("report", place / "out"))
        assert contents(place / "out") == before


def fill(place: Path) -> Path:
    """Takes all the room that is left."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1024))
        except OSError:
            pass
    return filler


@pytest.mark.parametrize("room", [0, 1_000, 4_000])
def test_a_sweep_on_a_full_disk_stops_and_goes_on_when_there_is_room(tmp_path: Path, room: int):
    study = study_in(tmp_path, design='kind = "latin_hypercube"\nsamples = 12', replicates=1)
    whole = sweep(study, folder=tmp_path / "whole", threads=1)
    command = ("sweep", tmp_path / "small.toml", "--threads=1", "--quiet")
    with disk(tmp_path / "disk", 12_000) as place:
        filler = fill(place)
        os.truncate(filler, max(0, filler.stat().st_size - room * 1024))
        first = invoke(*command, f"--out={place / 'out'}")
        if not room or first.exit_code:
            assert str(place) in refused(first)
            assert not (place / "out" / "manifest.json").exists()
        filler.unlink()
        second = invoke(*command, f"--out={place / 'out'}")
        assert second.exit_code == 0, second.stderr
        assert load_study(place / "out").results_sha256 == whole.results_sha256


def test_a_sweep_that_runs_out_of_room_keeps_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from simulation.sweeping import store

    study = study_in(tmp_path, replicates=1)
    whole = sweep(study, folder=tmp_path / "whole", threads=1)
    written: list[str] = []

    def once(table: object, path: Path) -> None:
        if path.parent.name == "runs" and written:
            raise OSError(28, "No space left on device")
        written.append(path.name)
        plain(table, path)  # type: ignore[arg-type]

    plain = store.write_parquet
    with monkeypatch.context() as patched:
        patched.setattr(store, "BATCH", 2)
        patched.setattr(store, "write_parquet", once)
        written.clear()
        with pytest.raises(RunFolderError, match="What was written before is kept"):
            sweep(study, folder=tmp_path / "x", threads=1)
    kept = len(load_study(tmp_path / "x").means)
    begun: list[int] = []
    after = sweep(study, folder=tmp_path / "x", threads=1, watch=lambda count: begun.append(count.begun))
    assert after.results_sha256 == whole.results_sha256
    assert set(begun) == {kept}


@pytest.mark.parametrize("verb", ["run", "compare", "sweep", "merge"])
def test_a_folder_that_cannot_be_written_ends_in_words(tmp_path: Path, verb: str):
    study = study_in(tmp_path, replicates=1)
    with disk(tmp_path / "disk", 100, ",ro") as place:
        words = {
            "sweep": ("sweep", tmp_path / "small.toml", f"--out={place / 'out'}", "--quiet"),
            "merge": ("merge", tmp_path / "part", f"--out={place / 'out'}", "--quiet"),
        }
        if verb == "merge":
            sweep(study, folder=tmp_path / "part", shard=(1, 2), threads=1)
        assert str(place) in refused(invoke(*words.get(verb, words_of(verb, place, "out"))))


def test_a_run_in_a_folder_that_cannot_be_written_is_reported_in_words(tmp_path: Path):
    assert invoke(*SMALL, f"--out={tmp_path / 'out'}").exit_code == 0
    with disk(tmp_path / "disk", 4_000) as place:
        shutil.copytree(tmp_path / "out", place / "out")
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        assert str(place) in refused(invoke("report", place / "out"))


# --- no handles, no reader, others


@posix
@pytest.mark.parametrize("handles", [9, 13])
def test_out_of_file_handles_ends_in_words(tmp_path: Path, handles: int):
    words = [sys.executable, str(ROOT / "run.py"), *SMALL, f"--out={tmp_path / 'out'}", "--quiet"]
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},  # it wants handles too
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (handles, handles)),
    )
    if done.returncode != 0:
        words = refused(done)
        assert ("every table is in" in words) == (tmp_path / "out" / "manifest.json").exists()


@posix
@pytest.mark.parametrize("words", [("list", "parameters"), ("list", "scenarios", "--json"), ("schema",)])
def test_a_reader_who_has_left_is_no_error(tmp_path: Path, words: tuple[str, ...]):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        command = [sys.executable, str(ROOT / "run.py"), *words]
        done = subprocess.run(command, cwd=tmp_path, stdout=closed, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_two_commands_on_one_folder_leave_one_whole_result(tmp_path: Path):
    words = [sys.executable, str(ROOT / "run.py"), *SMALL, f"--out={tmp_path / 'out'}", "--quiet"]
    both = [subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=120)[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], told
    assert "Traceback" not in "".join(told)
    assert load(tmp_path / "out").results_sha256
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_clock_that_goes_backwards_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    study = study_in(tmp_path, replicates=1)
    whole = sweep(study, folder=tmp_path / "whole", threads=1).results_sha256
    ticks = iter(range(2_000_000_000, 0, -1_000))
    for name in ("time", "monotonic", "perf_counter"):
        monkeypatch.setattr(f"simulation.sweeping.sweeping.time.{name}", lambda: float(next(ticks)))
    assert sweep(study, folder=tmp_path / "x", threads=1).results_sha256 == whole
    result = invoke("status", tmp_path / "x")
    assert (result.exit_code, "finished" in result.stdout) == (0, True)


def test_two_runs_in_one_second_have_two_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    names = []
    for _ in range(2):
        names.append(default_folder("again"))
        names[-1].mkdir(parents=True)
    assert names[0] != names[1]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"LC_ALL": "C", "TZ": "Pacific/Kiritimati"},
        pytest.param({"LC_ALL": "tr_TR.UTF-8", "TZ": "America/Adak"}, marks=pytest.mark.slow),
    ],
)
def test_locale_and_time_zone_change_no_bit(tmp_path: Path, command: Command, elsewhere: dict[str, str]):
    here, there = (
        json.loads(command(*SMALL, "--json", "--quiet", f"--out={tmp_path / name}", **environment).stdout)
        for name, environment in (("here", {"LC_ALL": "C.UTF-8", "TZ": "UTC"}), ("there", elsewhere))
    )
    assert here["results_sha256"] == there["results_sha256"]
    assert here["summary"] == there["summary"]
    tables = (contents(tmp_path / name, ".toml", ".svg") for name in ("here", "there"))
    assert next(tables) == next(tables)


def test_a_run_of_a_scenario_whose_lever_starts_late_has_a_report(tmp_path: Path):
    """Its summary is of all weeks, and there is no baseline whose weeks could be others."""
    result = invoke(*words_of("run", tmp_path, "out"))
    assert result.exit_code == 0, repr(result.exception)
    assert (tmp_path / "out" / "report.html").is_file()
