"""Run folders: complete or not there, and the same numbers come back."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from simulation import files
from simulation.files import RunFolderError, load, save
from simulation.results import CompareResults, Labels, RunResults, Table
from simulation.tables import PANDAS_PAYS_FROM_ROWS, read_csv, read_parquet, write_csv, write_parquet
from tests.conftest import ROOT
from tests.synthetic import compare_results, run_results

SLOWEST_ROWS_PER_SECOND = 500_000  # far below what was measured (4 to 7 million): only a wrong path is this slow


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(compare_results(), tmp_path_factory.mktemp("runs") / "compared")


def same(one: Table, other: Table) -> bool:
    """Equal names, values and NaNs, bit for bit."""
    return list(one.columns) == list(other.columns) and all(
        np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f") for name in one.columns
    )


def mixed(rows: int) -> Table:
    rng = np.random.default_rng(0)
    value = rng.standard_normal(rows) * 10.0 ** rng.integers(-300, 300, rows)
    value[:4] = [np.nan, -0.0, 5e-324, 1 / 3]
    words = ("", "it's", 'a "quoted" word', "ünïcode", "NULL", "a,b\nc")
    return Table.of(word=Labels(rng.integers(0, 6, rows), words), week=np.arange(rows, dtype=np.int32), value=value)


@pytest.mark.parametrize("rows", [6, 1_000, PANDAS_PAYS_FROM_ROWS])
def test_a_table_comes_back_bit_for_bit(tmp_path: Path, rows: int):
    table = mixed(rows)
    write_parquet(table, tmp_path / "table.parquet")
    assert same(read_parquet(tmp_path / "table.parquet"), table)


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path):
    write_parquet(mixed(6).where(week=99), tmp_path / "table.parquet")
    found = read_parquet(tmp_path / "table.parquet")
    assert (list(found.columns), len(found)) == (["word", "week", "value"], 0)


def test_minus_zero_stays_minus_zero(tmp_path: Path):
    write_parquet(mixed(6), tmp_path / "table.parquet")
    assert np.signbit(read_parquet(tmp_path / "table.parquet")["value"][1])


def test_ten_thousand_ids_come_back(tmp_path: Path):
    ids = np.array([f"customer {i}" for i in range(10_000)], dtype=object)
    write_parquet(Table.of(customer_id=ids), tmp_path / "table.parquet")
    assert read_parquet(tmp_path / "table.parquet")["customer_id"].tolist() == ids.tolist()


def test_a_part_of_a_table_can_be_read(tmp_path: Path):
    write_parquet(mixed(1000), tmp_path / "table.parquet")
    found = read_parquet(tmp_path / "table.parquet", columns=["week", "value"], word="it's")
    assert same(found, Table({name: mixed(1000).where(word="it's")[name] for name in ("week", "value")}))


def test_folders_may_have_names_that_look_like_patterns(tmp_path: Path):
    folder = tmp_path / "a[1]*?'b"
    folder.mkdir()
    write_parquet(mixed(6), folder / "table.parquet")
    assert len(read_parquet(folder / "table.parquet")) == 6


def test_writing_a_million_rows_is_not_slow(tmp_path: Path):
    pytest.importorskip("pandas")
    table = mixed(PANDAS_PAYS_FROM_ROWS)
    started = time.perf_counter()
    write_parquet(table, tmp_path / "table.parquet")
    assert len(table) / (time.perf_counter() - started) > SLOWEST_ROWS_PER_SECOND


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_texts_that_a_spreadsheet_would_run_are_made_harmless(tmp_path: Path, start: str):
    write_csv(Table.of(customer_id=[f"{start}cmd()", "plain"], amount=[-1.5, 2.0]), tmp_path / "log.csv")
    ids = read_csv(tmp_path / "log.csv")["customer_id"]
    assert sorted(ids) == sorted([f"'{start}cmd()", "plain"])


def test_numbers_in_csv_stay_numbers(tmp_path: Path):
    write_csv(Table.of(customer_id=["a"], amount=[-1.5]), tmp_path / "log.csv")
    assert (tmp_path / "log.csv").read_text().splitlines() == ["customer_id,amount", "a,-1.5"]


def test_dates_in_csv_are_dates(tmp_path: Path):
    write_csv(Table.of(date=np.array(["2026-01-05"], "M8[D]")), tmp_path / "log.csv")
    assert (tmp_path / "log.csv").read_text().splitlines() == ["date", "2026-01-05"]


def test_a_comparison_is_saved_as_the_contract_says(compared: Path):
    names = "manifest.json scenario.toml weekly.parquet summary.parquet effects.parquet twins.parquet customers.parquet"
    assert {*names.split(), "tenure.parquet", "transitions.parquet", "transactions.csv"} <= {
        path.name for path in compared.iterdir()
    }


def test_a_run_has_nothing_to_compare(tmp_path: Path):
    folder = save(run_results(), tmp_path / "run")
    assert not {"effects.parquet", "twins.parquet", "baseline.toml"} & {path.name for path in folder.iterdir()}


def test_nothing_unfinished_is_left_behind(compared: Path):
    assert [path.name for path in compared.parent.iterdir()] == ["compared"]
    assert not [path.name for path in compared.iterdir() if "unfinished" in path.name]


@pytest.mark.parametrize("name", ["weekly", "summary", "effects", "twins", "tenure", "transitions"])
def test_saved_tables_come_back_bit_for_bit(compared: Path, name: str):
    assert same(getattr(load(compared), name), getattr(compare_results(), name))


def test_customers_say_which_world_they_lived_in(compared: Path):
    assert load(compared).customers.values("scenario") == ("grocery", "training")


def test_what_was_not_recorded_is_empty(compared: Path):
    assert (len(load(compared).rfm), load(compared).rfm.columns) == (0, {})


def test_the_log_is_the_scenarios_own(compared: Path):
    assert load(compared).transactions["customer_id"].tolist() == ["'=cmd()", "b"]


def test_the_manifest_says_where_results_come_from(compared: Path):
    words = (
        "name verb status seed replicates customers represents weeks versions cpu source_sha256 scenario_sha256 "
        "wall_seconds customer_weeks results_sha256 assumptions"
    )
    manifest = json.loads((compared / "manifest.json").read_text())
    assert [word for word in words.split() if manifest.get(word) in (None, "")] == []
    assert (manifest["verb"], manifest["status"], manifest["seed"]) == ("compare", "finished", 7)


def test_the_saved_scenario_is_the_one_that_ran(compared: Path):
    assert load(compared).scenario == run_results().scenario


def test_the_saved_scenario_has_the_same_baseline(compared: Path):
    assert load(compared).scenario.needed_baseline() == run_results(trained=False).scenario


def test_what_was_compared_comes_back(compared: Path):
    (told,) = load(compared).comparisons
    assert (told.scenario, told.baseline, told.first_week) == ("training", "grocery", 13)
    assert told.subject == "Staff training (45 hours per employee, from week 13)"


def test_the_default_folder_is_named_after_the_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert save(run_results()).as_posix().startswith("runs/training-20")


def test_a_name_cannot_lead_out_of_the_folder():
    assert files.default_folder("../../etc/passwd").parent == Path("runs")


def test_an_empty_folder_may_be_filled(tmp_path: Path):
    (tmp_path / "run").mkdir()
    assert load(save(run_results(), tmp_path / "run")).replicates == 4


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunFolderError, match="not empty, and nothing is overwritten"):
        save(run_results(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(RunFolderError, match="is a file"):
        save(run_results(), tmp_path / "run")


def test_a_folder_that_is_not_there_is_named():
    with pytest.raises(RunFolderError, match="nowhere: there is no such folder"):
        load("nowhere")


def test_a_folder_without_a_manifest_is_unfinished(tmp_path: Path):
    folder = save(run_results(), tmp_path / "run")
    (folder / "manifest.json").unlink()
    with pytest.raises(RunFolderError, match="unfinished"):
        load(folder)


def test_any_other_folder_is_no_run_folder(tmp_path: Path):
    with pytest.raises(RunFolderError, match="not a run folder"):
        load(tmp_path)


@pytest.mark.parametrize("text", ['{"program": "another"}', "[]"])
def test_a_manifest_of_something_else_is_not_ours(tmp_path: Path, text: str):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(RunFolderError, match="not a run folder"):
        load(tmp_path)


def test_a_broken_manifest_is_named(tmp_path: Path):
    (tmp_path / "manifest.json").write_text('{"program": ')
    with pytest.raises(RunFolderError, match="cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize("damage", [b"", b"junk", None], ids=["empty", "junk", "missing"])
def test_a_damaged_table_is_said_in_words(tmp_path: Path, damage: bytes | None):
    saved = load(save(run_results(), tmp_path / "run"))
    table = saved.folder / "weekly.parquet"
    table.unlink()
    if damage is not None:
        table.write_bytes(damage)
    with pytest.raises(RunFolderError, match=r"weekly\.parquet"):
        saved.read("weekly", retailer="ours")


def test_a_manifest_that_says_too_little_is_none(tmp_path: Path):
    (tmp_path / "manifest.json").write_text('{"program": "retailcx"}')
    with pytest.raises(RunFolderError, match="not a run folder"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("error", "seen"), [(KeyboardInterrupt, KeyboardInterrupt), (OSError, RunFolderError), (TypeError, TypeError)]
)
def test_an_interrupted_save_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], seen: type[BaseException]
):
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(files, "write_csv", fail)
    with pytest.raises(seen):
        save(run_results(), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from simulation.files import save
from tests.synthetic import run_results
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
setattr(Path, sys.argv[2], die)
save(run_results(16, 1), sys.argv[1])
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
@pytest.mark.parametrize("moment", ["rename", "replace"])
def test_a_process_killed_while_renaming_leaves_nothing_that_looks_finished(tmp_path: Path, moment: str):
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "run", moment], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert list(tmp_path.rglob("manifest.json")) == []
    for folder in (tmp_path / "run", *tmp_path.iterdir()):
        with pytest.raises(RunFolderError):
            load(folder)


def test_several_scenarios_stand_side_by_side(tmp_path: Path):
    results = compare_results(16, 2)
    (after, before) = results.scenarios[0]
    second = after.replace(name="more_training", edits={"lever.staff_training.hours_per_employee": 90})
    world = RunResults(scenario=second, results_sha256="", weekly=results.weekly, summary=results.summary)
    several = CompareResults(
        scenarios=[(after, before), (second, before)],
        worlds={**results.worlds, "more_training": world},
        effects=results.effects,
        summary=results.summary,
        results_sha256="",
    )
    folder = save(several, tmp_path / "several")
    assert {"scenario.toml", "scenario-2.toml", "baseline.toml", "baseline-2.toml"} <= {
        p.name for p in folder.iterdir()
    }
    assert [told.scenario for told in load(folder).comparisons] == ["training", "more_training"]


def test_a_tuple_reads_the_rows_of_any_of_its_values(compared: Path):
    saved = load(compared)
    both = saved.read("weekly", measure=("acsi", "trust"), retailer="ours")
    assert both.values("measure") == ("acsi", "trust")
    alone = [len(saved.read("weekly", measure=name, retailer="ours")) for name in ("acsi", "trust")]
    assert len(both) == sum(alone)
