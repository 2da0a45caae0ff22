"""Sweeps: the same results however they are run; what was finished is never lost; faults are kept with their cause."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulation import Study, compare, load, sweep
from simulation.files import RunFolderError
from simulation.results import Table
from simulation.sweeping import evaluating
from simulation.sweeping.evaluating import Job, lived_job
from simulation.sweeping.merging import merge
from simulation.sweeping.saved import SavedStudy, load_study
from simulation.sweeping.sweeping import StudyInterruptedError
from tests.conftest import ROOT
from tests.sweeps import study_in

LARGER = 'kind = "latin_hypercube"\nsamples = 40'


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return study_in(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def swept(study: Study, tmp_path_factory: pytest.TempPathFactory) -> SavedStudy:
    return sweep(study, folder=tmp_path_factory.mktemp("swept") / "one", threads=1)


# --- what a run is


def test_a_run_is_what_compare_gives(study: Study, swept: SavedStudy):
    """The same twins from the same warm-up: NPV and effects of a point are those of its scenario."""
    found = compare(
        study.scenario.replace(edits={**study.edits(2), "uncertainty.effects": False, "uncertainty.weights": 0.0})
    )
    mine = swept.means.where(point=2)
    assert mine["npv"][0] == pytest.approx(float(found.money["npv"][0]), rel=1e-9)
    effects = found.effects.where(retailer="ours", measure="acsi", source="")
    assert mine["acsi_effect"][0] == pytest.approx(float(effects["effect"][0]), rel=1e-9)


def test_points_with_other_weeks_are_compared_over_the_same_weeks(tmp_path: Path):
    levers = '"staff_training.hours_per_employee" = 45\n"staff_training.start_week" = [1, 3]'
    study = study_in(tmp_path, design='kind = "grid"', uncertainties="", levers=levers)
    early, late = (study.scenario.replace(edits=study.edits(point)) for point in range(2))
    costs = [float(compare(each).money["cost"][0]) for each in (early, late)]
    found = study_in(tmp_path, design='kind = "grid"', uncertainties="", levers=levers, top='outcomes = ["cost"]')
    mine = [np.mean([values[0] for values in lived_job(found, Job((point,)))[0].values]) for point in range(2)]
    assert mine[0] == pytest.approx(costs[0], rel=0.02)
    assert mine[1] < costs[1], "discounted to week 1, not to week 3"


def test_points_that_share_a_warm_up_are_what_they_are_alone(tmp_path: Path):
    levers = '"staff_training.hours_per_employee" = { min = 0, max = 90 }\n"staff_training.start_week" = 1'
    study = study_in(tmp_path, design='kind = "grid"\nlevels = 3', uncertainties="", levers=levers)
    together = lived_job(study, Job((0, 1, 2)))
    assert len({study.group(point) for point in range(3)}) == 1
    assert [each.values for each in together] == [lived_job(study, Job((point,)))[0].values for point in range(3)]


def test_replicates_have_other_luck_and_points_the_same(swept: SavedStudy):
    values = swept.runs["acsi"].reshape(-1, 2)
    assert (values[:, 0] != values[:, 1]).all()


def test_nothing_is_drawn_but_luck(tmp_path: Path):
    """Effects that evidence leaves open stay at their value, with many replicates too: the study says what is open."""
    study = study_in(tmp_path, replicates=1)
    many = Study.load(tmp_path / "small.toml", replicates=8)
    assert lived_job(many, Job((0,)))[0].values[0] == lived_job(study, Job((0,)))[0].values[0]


# --- the same whoever runs it


@pytest.mark.parametrize("threads", [2, 3])
def test_results_are_the_same_for_any_number_of_threads(study: Study, swept: SavedStudy, threads: int, tmp_path: Path):
    assert sweep(study, folder=tmp_path / "x", threads=threads).results_sha256 == swept.results_sha256


def test_shards_make_the_same_study(study: Study, swept: SavedStudy, tmp_path: Path):
    parts = [sweep(study, folder=tmp_path / str(n), shard=(n, 2), threads=1) for n in (2, 1)]
    merged = merge([part.folder for part in parts], tmp_path / "whole")
    assert merged.results_sha256 == swept.results_sha256
    assert merged.means["npv"].tolist() == swept.means["npv"].tolist()


def test_one_part_twice_is_refused(study: Study, tmp_path: Path):
    sweep(study, folder=tmp_path / "a", shard=(1, 2), threads=1)
    with pytest.raises(RunFolderError, match="different parts"):
        merge([tmp_path / "a", tmp_path / "a"], tmp_path / "whole")


def test_a_missing_part_leaves_the_study_unfinished(study: Study, tmp_path: Path):
    sweep(study, folder=tmp_path / "a", shard=(1, 2), threads=1)
    merged = merge([tmp_path / "a"], tmp_path / "whole")
    assert not merged.is_finished
    assert 0 < len(merged.means) < study.count


# --- going on


def stopping_after(runs: int) -> Callable[[object], None]:
    """Press Ctrl-C once so many runs are done."""

    def watch(count: object) -> None:
        if count.done >= runs and not pressed:  # type: ignore[attr-defined]
            pressed.append(True)
            raise KeyboardInterrupt

    pressed: list[bool] = []
    return watch


def test_an_interrupted_sweep_goes_on_and_ends_the_same(study: Study, swept: SavedStudy, tmp_path: Path):
    with pytest.raises(StudyInterruptedError, match="of 6 runs are in"):
        sweep(study, folder=tmp_path / "x", threads=1, watch=stopping_after(2))
    before = load_study(tmp_path / "x")
    assert not before.is_finished
    assert 2 <= len(before.means) < 6
    counts: list[int] = []
    after = sweep(study, folder=tmp_path / "x", threads=1, watch=lambda count: counts.append(count.begun))
    assert after.results_sha256 == swept.results_sha256
    assert set(counts) == {len(before.means)}, "what was there was not done again"


def test_nothing_is_done_again(study: Study, swept: SavedStudy, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(evaluating, "lived", None)  # whoever would live a week fails
    assert sweep(study, folder=swept.folder).results_sha256 == swept.results_sha256


def test_a_lost_index_is_made_again(study: Study, tmp_path: Path):
    first = sweep(study, folder=tmp_path / "x", threads=1)
    (first.folder / "index.duckdb").write_bytes(b"no database")
    (first.folder / "manifest.json").unlink()
    done: list[int] = []
    assert (
        sweep(study, folder=first.folder, watch=lambda count: done.append(count.done)).results_sha256
        == first.results_sha256
    )
    assert not done


def test_a_batch_that_was_removed_is_lived_again(study: Study, tmp_path: Path):
    first = sweep(study, folder=tmp_path / "x", threads=1)
    min((first.folder / "runs").glob("*.parquet")).unlink()
    (first.folder / "manifest.json").unlink()
    assert sweep(study, folder=first.folder).results_sha256 == first.results_sha256


def test_a_damaged_batch_is_named(study: Study, tmp_path: Path):
    first = sweep(study, folder=tmp_path / "x", threads=1)
    batch = min((first.folder / "runs").glob("*.parquet"))
    batch.write_bytes(b"PAR1 no longer")
    (first.folder / "index.duckdb").unlink()
    with pytest.raises(RunFolderError, match="is damaged"):
        sweep(study, folder=first.folder)


def test_a_second_writer_is_told_and_stops(study: Study, tmp_path: Path):
    def second(_: object) -> None:
        with pytest.raises(RunFolderError, match=r"another process .* is writing here"):
            sweep(study, folder=tmp_path / "x")
        seen.append(True)

    seen: list[bool] = []
    sweep(study, folder=tmp_path / "x", threads=1, watch=second)
    assert seen


# --- studies that change


def test_a_changed_study_is_refused_with_the_difference(study: Study, swept: SavedStudy, tmp_path: Path):
    other = study_in(tmp_path, uncertainties="price_weight = { min = 1.5, max = 3.2 }")
    with pytest.raises(RunFolderError, match=r"factors: was .*3\.0.*is .*3\.2"):
        sweep(other, folder=swept.folder)
    with pytest.raises(RunFolderError, match="holds another study"):
        sweep(other, folder=swept.folder, extend=True)


def test_a_study_that_grew_keeps_its_runs(tmp_path: Path):
    small = study_in(tmp_path, design='kind = "saltelli"\nsamples = 2', replicates=1)
    large = study_in(tmp_path, design='kind = "saltelli"\nsamples = 4', replicates=1)
    before = len(set(sweep(small, folder=tmp_path / "x").points["key"].tolist()))
    with pytest.raises(RunFolderError, match=r"(?s)design.samples: was 2, is 4.*--extend"):
        sweep(large, folder=tmp_path / "x")
    begun: list[int] = []
    grown = sweep(large, folder=tmp_path / "x", extend=True, watch=lambda count: begun.append(count.begun))
    assert begun[0] == before
    assert grown.results_sha256 == sweep(large, folder=tmp_path / "y").results_sha256


def test_more_replicates_are_added_to_those_there(tmp_path: Path):
    few = sweep(study_in(tmp_path, replicates=1), folder=tmp_path / "x").runs["npv"].tolist()
    more = sweep(study_in(tmp_path, replicates=3), folder=tmp_path / "x", extend=True)
    assert more.runs.where(replicate=0)["npv"].tolist() == few
    assert more.results_sha256 == sweep(study_in(tmp_path, replicates=3), folder=tmp_path / "y").results_sha256


def test_points_of_a_smaller_design_stay_beside_those_of_the_larger(tmp_path: Path):
    first = sweep(study_in(tmp_path, replicates=1), folder=tmp_path / "x").points["price_weight"].tolist()
    larger = study_in(tmp_path, replicates=1, design='kind = "latin_hypercube"\nsamples = 8')
    grown = sweep(larger, folder=tmp_path / "x", extend=True)
    assert len(grown.means) == 6 + 8
    assert grown.points.where(in_design=False)["price_weight"].tolist() == first


# --- faults


def failing(monkeypatch: pytest.MonkeyPatch, at: Callable[[float], bool]) -> list[int]:
    """Runs fail whose price weight is so; a count of the attempts."""
    attempts: list[int] = []
    usual = evaluating.values_of

    def values_of(names: object, scenario: object, *others: object) -> object:
        attempts.append(1)
        if at(scenario.parameters["price_weight"]):  # type: ignore[attr-defined]
            raise ZeroDivisionError("nobody came")
        return usual(names, scenario, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(evaluating, "values_of", values_of)
    return attempts


def test_a_run_that_fails_is_kept_with_its_cause_and_tried_again_later(
    study: Study, swept: SavedStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        failing(patch, lambda weight: weight > 2.5)
        first = sweep(study, folder=tmp_path / "x", threads=2)
    wrong = np.flatnonzero(study.points.cells[:, 0] > 2.5).tolist()
    assert first.failures["point"].tolist() == wrong
    assert "ZeroDivisionError: nobody came (values_of" in first.failures["cause"][0]
    assert first.is_finished
    assert sweep(study, folder=tmp_path / "x").results_sha256 == swept.results_sha256
    assert len(load_study(tmp_path / "x").failures) == 0


def test_the_first_failure_stops_a_study_that_wants_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    study = study_in(tmp_path, rest='[runs]\non_error = "stop"', design=LARGER)
    failing(monkeypatch, lambda _: True)
    saved = sweep(study, folder=tmp_path / "x", threads=1)
    assert not saved.is_finished
    assert 1 <= len(saved.failures) <= 3


def test_a_run_is_tried_as_often_as_the_study_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    study = study_in(tmp_path, rest="[runs]\nretries = 2", design='kind = "latin_hypercube"\nsamples = 1')
    attempts = failing(monkeypatch, lambda _: len(attempts) < 3)
    assert len(sweep(study, folder=tmp_path / "x").failures) == 0


def test_a_run_that_takes_too_long_is_ended(tmp_path: Path):
    study = study_in(tmp_path, rest="[runs]\nseconds_limit = 1e-9")
    saved = sweep(study, folder=tmp_path / "x", threads=1)
    assert len(saved.failures) == study.count
    assert "took more than the 1e-09 seconds" in saved.failures["cause"][0]


def test_a_point_that_cannot_be_is_a_failed_run(tmp_path: Path):
    """Ranges are sound one by one, but not together: the scenario's own words are the cause."""
    levers = '"staff_training.start_week" = [1, 3]\n"staff_training.end_week" = [2, 4]'
    saved = sweep(study_in(tmp_path, design='kind = "grid"', uncertainties="", levers=levers), folder=tmp_path / "x")
    assert saved.failures["point"].tolist() == [2]
    assert "end_week" in saved.failures["cause"][0]
    assert len(saved.means) == 3


def test_what_is_no_study_is_not_written_into(study: Study, tmp_path: Path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(RunFolderError, match="holds no study"):
        sweep(study, folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.slow
def test_a_killed_sweep_loses_at_most_what_was_in_memory(swept: SavedStudy, tmp_path: Path):
    """`kill -9` at any moment: the folder does not look finished, and goes on to the same results."""
    study_in(tmp_path, design=LARGER)
    whole = sweep(Study.load(tmp_path / "small.toml"), folder=tmp_path / "whole")
    rng = np.random.default_rng(1)
    command = [sys.executable, "run.py", "sweep", str(tmp_path / "small.toml"), "--out", str(tmp_path / "x"), "--quiet"]
    for _ in range(8):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(2.0 + 3.0 * rng.random())
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (tmp_path / "x" / "plan.json").exists():
            saved = load_study(tmp_path / "x")
            assert saved.is_finished == (len(saved.means) == whole.plan.count)
    assert sweep(Study.load(tmp_path / "small.toml"), folder=tmp_path / "x").results_sha256 == whole.results_sha256


@pytest.mark.slow
def test_ctrl_c_ends_with_130_and_keeps_what_was_in_flight(tmp_path: Path):
    study_in(tmp_path, design='kind = "latin_hypercube"\nsamples = 2000')
    command = [sys.executable, "run.py", "sweep", str(tmp_path / "small.toml"), "--out", str(tmp_path / "x"), "--quiet"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 120.0
    while not list((tmp_path / "x" / "runs").glob("[0-9]*.parquet")) and time.monotonic() < until:
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "The same command goes on from there" in said
    assert 0 < len(load_study(tmp_path / "x").means) < 2000


# --- replicates until it is known


def test_replicates_are_added_until_the_mean_is_known(tmp_path: Path):
    rule = '[stopping]\noutcome = "acsi_effect"\nhalf_width = 0.1\nmost_replicates = 12'
    saved = sweep(study_in(tmp_path, rest=rule), folder=tmp_path / "x", threads=1)
    counts = saved.means["replicates"]
    assert counts.min() >= 2
    assert len(set(counts.tolist())) > 1, "points differ in how many they need"
    from scipy.stats import t

    half = t.ppf(0.975, counts - 1) * saved.means["se_acsi_effect"]
    assert ((half <= 0.1) | (counts == 12)).all()
    assert sweep(study_in(tmp_path, rest=rule), folder=tmp_path / "y", threads=2).results_sha256 == saved.results_sha256


# --- reading


def test_tables_are_read_by_python_and_by_sql(swept: SavedStudy, tmp_path: Path):
    saved = load(swept.folder)
    assert isinstance(saved, SavedStudy)
    frame = saved.to_frame()
    assert list(frame.columns[:3]) == ["point", "key", "in_design"]
    assert len(frame) == 6
    query = "SELECT count(*) AS n, avg(npv) AS npv FROM runs JOIN points USING (point) WHERE price_weight > 0"
    answer = saved.sql(query)
    assert answer.rows() == [{"n": 12, "npv": pytest.approx(float(np.mean(saved.runs["npv"])))}]
    for name in ("all.csv", "all.parquet"):
        assert saved.export(tmp_path / name).stat().st_size > 0


@pytest.mark.parametrize(
    "query",
    ["SELECT nothing FROM runs", "COPY runs TO 'stolen.csv'", "FROM read_csv('/etc/passwd')", "select"],
)
def test_a_query_reads_the_study_and_nothing_else(swept: SavedStudy, query: str):
    with pytest.raises(RunFolderError, match="There are: points"):
        swept.sql(query)


def test_what_the_folder_says_of_itself(swept: SavedStudy):
    assert swept.manifest["verb"] == "sweep"
    assert swept.manifest["runs"] == 6
    assert json.loads((swept.folder / "progress.json").read_text(encoding="utf-8"))["done"] == 6
    assert isinstance(swept.points, Table)
