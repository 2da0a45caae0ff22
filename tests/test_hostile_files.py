"""Whatever a file holds, by accident or by malice: a result or a refusal in words, within seconds and memory."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import Result

from simulation import Scenario, Study, load
from simulation.files import RunFolderError, save
from simulation.scenario import ScenarioError
from simulation.scenario.population_file import load_people
from tests.commanding import Verb, invoke
from tests.conftest import ROOT
from tests.mutating import KINDS, MEMORY, examples, mutated, wrong_with
from tests.sweeps import text_of
from tests.synthetic import run_results

INPUTS = int(os.environ.get("RETAILCX_MUTATED_INPUTS", "1500"))  # of the long test; each its own
FEW = 180
GROCERY = 'based_on = "grocery"\n'
TINY = ("--customers=16", "--weeks=2", "--replicates=1", "--set=market.warmup_weeks=1", "--quiet")
EVIL = "<script>alert(1)</script><svg onload=alert(2)>"


def wrong_among(kinds: str, first: int, count: int) -> list[dict[str, Any]]:
    """What is wrong with inputs of these numbers, read in a process with limits, which must outlive them."""
    words = [sys.executable, "-m", "tests.mutating", kinds, str(first), str(count)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the process ended after {done.stderr[-400:]}"
    *wrong, about = map(json.loads, done.stdout.splitlines())
    assert about["read"] == count
    assert about["kilobytes"] * 1024 < MEMORY
    return wrong


def test_changed_files_of_every_kind_are_read_or_refused():
    assert wrong_among("all", 10**6, FEW) == []


@pytest.mark.slow
def test_ten_thousand_changed_files_are_read_or_refused():
    assert wrong_among("all", 0, INPUTS) == []


def test_the_same_number_is_the_same_input():
    assert mutated(examples("log"), 5) == mutated(examples("log"), 5) != mutated(examples("log"), 6)


def test_what_is_wrong_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(_: Path) -> None:
        raise KeyError("a bug")

    monkeypatch.setitem(KINDS, "log", KINDS["log"]._replace(read=fail))  # type: ignore[misc]
    assert "KeyError: 'a bug'" in wrong_with("log", b"", tmp_path)


@settings(max_examples=40)
@given(kind=st.sampled_from(sorted(KINDS)), raw=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, kind: str, raw: bytes):
    assert wrong_with(kind, raw, tmp_path_factory.getbasetemp()) == ""


CELLS = st.text(st.sampled_from('0123456789.,;-"\n\rabeE \t=é'), max_size=8) | st.sampled_from(["nan", "1e308", "id"])


@settings(max_examples=60)
@given(kind=st.sampled_from(["people", "points", "log", "survey", "choices", "customers", "sales"]), data=st.data())
def test_any_cells_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject):
    header = examples(kind)[0].split(b"\n")[0].decode()
    width = header.count(",") + 1
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width - 1, max_size=width + 1), max_size=4))
    text = "\n".join([header, *(",".join(row) for row in rows)])
    assert wrong_with(kind, text.encode(), tmp_path_factory.getbasetemp()) == ""


VALUES = st.sampled_from(["0", "-1", "1e308", "nan", "true", "'x'", "[]", "{}", "[1, 2]", "{min = 1, max = 2}", "''"])
KEYS = st.sampled_from(
    ["seed", "outcomes", "replicates", "design.kind", "design.samples", "population", "runs.retries"]
)


@settings(max_examples=60)
@given(st.dictionaries(KEYS | st.text(max_size=5).map(json.dumps), VALUES, max_size=3))
def test_any_key_of_a_study_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, keys: dict[str, str]):
    text = "".join(f"{key} = {value}\n" for key, value in keys.items()) + text_of()
    assert wrong_with("study", text.encode(), tmp_path_factory.getbasetemp()) == ""


def ended(result: Result) -> int:
    """How a command ended; a traceback is a failure, and so is a refusal without a word."""
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == 0 or result.stderr.strip()
    return int(result.exit_code)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 60, 20))
def test_commands_end_in_words_with_changed_files(verb: Verb, first: int):
    for number in range(first, first + 20):
        kind = ("scenario", "market", "study")[number % 3]
        Path("input.toml").write_bytes(mutated(examples(kind), number))
        assert ended(verb("check", "input.toml", *(TINY if kind != "study" else TINY[:3]), "--threads=1")) in (0, 2)
        if kind != "study":
            assert ended(verb("run", "input.toml", *TINY, "--threads=1")) in (0, 2)


# --- hostile content by name

UNITS = "".join(f'[[outlet]]\nid = "o{n}"\n' for n in range(100_000))
HUGE = {
    "a million keys": GROCERY + "".join(f"k{n} = 1\n" for n in range(1_000_000)),
    "many keys in a table": GROCERY + "[parameters]\n" + "".join(f"k{n} = 1\n" for n in range(100_000)),
    "many outlets": GROCERY + UNITS,
    "a key of a million parts": GROCERY + "a" + ".a" * 900_000 + " = 1\n",
    "keys of many quoted parts": GROCERY + "'a' . \"b\"" + '."c"' * 300_000 + " = 1\n",
    "deep arrays": GROCERY + "x = " + "[" * 500_000,
    "deep tables": GROCERY + "x = " + "{a=" * 100_000,
    "a long text": GROCERY + f'question = "{"x" * 2_000_000}"',
    "control characters": GROCERY + 'question = "\x1b[2J\x07"',
    "a number without end": GROCERY + "weeks = " + "9" * 1_000_000,
    "a large number": GROCERY + "seed = 1" + "0" * 308,
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_and_deep_files_are_refused_within_seconds(tmp_path: Path, name: str):
    assert wrong_with("scenario", HUGE[name].encode(), tmp_path) == ""
    with pytest.raises(ScenarioError) as error:
        Scenario.load(tmp_path / "input.toml")
    assert len(str(error.value)) < 2_000


MANY_LEVERS = "".join(f"[[lever]]\nid = 'o{n}'\nkind = 'staff_training'\nstart_week = {1 + n}\n" for n in range(3_000))
LARGEST = {
    "levers": GROCERY + MANY_LEVERS,
    "points of a range": text_of(uncertainties="", levers='"staff_training.start_week" = ' + str([*range(1, 400)])),
    "numbers moved": text_of(uncertainties="\n".join(f'"outlet.x{n}.staff" = [1, 2]' for n in range(1_900))),
    "policies": text_of(
        design='kind = "policies"\nsamples = 2',
        rest="".join(f'[[policy]]\nid = "p{n}"\nlevers = {{ "staff_training.start_week" = 1 }}\n' for n in range(900)),
    ),
}


@pytest.mark.parametrize("name", LARGEST)
def test_what_would_take_minutes_to_check_is_refused(tmp_path: Path, name: str):
    assert wrong_with("study" if "[design]" in LARGEST[name] else "scenario", LARGEST[name].encode(), tmp_path) == ""
    reader = Study.load if "[design]" in LARGEST[name] else Scenario.load
    with pytest.raises(ScenarioError):
        reader(tmp_path / "input.toml")


def test_a_market_of_thousands_of_outlets_is_read(tmp_path: Path):
    text = (ROOT / "scenarios" / "grocery.toml").read_text()
    outlets = re.findall(r"(?ms)^\[\[outlet\]\]\n.*?(?=^\[|\Z)", text)
    more = "".join(re.sub(r'(?m)^id = ".*"', f'id = "o{n}"', outlets[0]) for n in range(2_000))
    (tmp_path / "input.toml").write_text(text + more)
    assert wrong_with("market", (text + more).encode(), tmp_path) == ""
    assert len(Scenario.load(tmp_path / "input.toml").outlets) == 2_000 + len(outlets)


@pytest.mark.parametrize("ending", [".toml", ".csv", ".parquet"])
def test_a_pickle_is_not_unpickled(tmp_path: Path, ending: str):
    class Evil:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
            return os.system, (f"touch {tmp_path}/owned",)

    for kind in [name for name, each in KINDS.items() if each.ending == ending]:
        assert wrong_with(kind, pickle.dumps(Evil()), tmp_path) == ""
    assert not (tmp_path / "owned").exists()


def special(path: Path, what: str) -> None:
    """Something that is no file at a path."""
    if what == "fifo":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    else:
        path.symlink_to({"device": "/dev/zero", "nowhere": "nowhere", "itself": path.name}[what])


@pytest.mark.skipif(os.name != "posix", reason="needs devices and pipes")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["fifo", "device", "folder", "nowhere", "itself"])
def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path, kind: str, what: str):
    special(tmp_path / f"input{KINDS[kind].ending}", what)
    with pytest.raises(ScenarioError):
        KINDS[kind].read(tmp_path / f"input{KINDS[kind].ending}")


@pytest.mark.parametrize("outside", ["../secret.csv", "/etc/passwd", "link.csv", "a/../../secret.csv"])
@pytest.mark.parametrize("key", ["based_on", "file"])
def test_a_study_reads_nothing_outside_its_folder(tmp_path: Path, outside: str, key: str):
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret.csv").write_text("price_weight,staff_training.hours_per_employee\n2,10\n")
    (home / "link.csv").symlink_to(tmp_path / "secret.csv")
    (tmp_path / "secret.toml").write_text(GROCERY)
    (home / "link.toml").symlink_to(tmp_path / "secret.toml")
    design = f'kind = "list"\nfile = "{outside}"' if key == "file" else 'kind = "grid"\nlevels = 2'
    base = outside.replace(".csv", ".toml").replace("passwd", "passwd.toml") if key == "based_on" else "grocery"
    (home / "study.toml").write_text(text_of(design=design, based_on=base))
    with pytest.raises(ScenarioError, match=r"beside the study|no scenario"):
        Study.load(home / "study.toml")


@pytest.mark.parametrize("name", ["../../up", "/elsewhere/x", "..", "a" * 900, "a\nb", "con\0", "~"])
def test_the_name_of_a_study_is_no_path(tmp_path: Path, name: str):
    from simulation.sweeping.sweeping import STUDIES, folder_of

    (tmp_path / "study.toml").write_text(text_of(top=f"name = {json.dumps(name)}"))
    folder = folder_of(Study.load(tmp_path / "study.toml"))
    assert folder.parent == STUDIES
    assert folder.name not in ("", ".", "..")
    assert len(folder.name) < 200


def test_a_list_of_points_of_large_and_odd_numbers_is_refused_with_lines(tmp_path: Path):
    text = b"price_weight,staff_training.hours_per_employee\n1e308,1\n2,10\nnan,=cmd()\n2\n"
    assert wrong_with("points", text, tmp_path) == ""
    with pytest.raises(ScenarioError) as error:
        KINDS["points"].read(tmp_path / "input.csv")
    said = str(error.value)
    assert all(f"input.csv:{line}:" in said for line in (2, 4, 5))
    assert "input.csv:3:" not in said


def test_a_parquet_file_whose_header_lies_is_refused(tmp_path: Path):
    (raw,) = examples("people_parquet")[:1]
    for at in range(len(raw) - 8, len(raw) - 4):  # the length of the footer
        for byte in (0, 0x7F, 0xFF):
            assert wrong_with("people_parquet", raw[:at] + bytes([byte]) + raw[at + 1 :], tmp_path) == ""
    (tmp_path / "p.parquet").write_bytes(b"PAR1" + b"\xff" * 64 + (2**31 - 1).to_bytes(4, "little") + b"PAR1")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_people(tmp_path / "p.parquet")


# --- folders of studies and of runs


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished study with hostile words in all its names, as a command wrote it."""
    place = tmp_path_factory.mktemp("swept")
    top = f'name = "{EVIL}"\nquestion = "Is it {EVIL}?"\noutcomes = ["npv", "acsi"]'
    rest = "".join(
        f'[[policy]]\nid = "=p{n}{EVIL}"\nlevers = {{ "staff_training.hours_per_employee" = {n * 20} }}\n'
        for n in range(2)
    )
    design = 'kind = "policies"\nsamples = 4'
    (place / "study.toml").write_text(text_of(design=design, levers="", top=top, rest=rest))
    result = invoke("sweep", place / "study.toml", f"--out={place / 'out'}", "--threads=1", "--quiet")
    assert ended(result) == 0
    return place


def test_words_of_a_study_are_no_markup_in_its_page(swept: Path):
    page = (swept / "out" / "report.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<svg onload" not in page


def test_words_of_a_study_are_no_formulas_in_its_tables(swept: Path, tmp_path: Path):
    out = tmp_path / "points.csv"
    assert ended(invoke("sql", swept / "out", "select policy, '=1+1' as x from points", f"--out={out}")) == 0
    rows = out.read_text(encoding="utf-8").splitlines()[1:]
    assert len(rows) == 8
    assert all(row.startswith(("'=p", "\"'=p")) and row.endswith("'=1+1") for row in rows)


HOSTILE: list[Any] = [None, [], {}, EVIL, -1, 1e308, 10**30, "x" * 10_000, [[]], [{}], True]
RAW = [b"", b"junk", b"[" * 100_000, b'{"a":' * 5_000, b"{}", b"[]", b"null", b"\xff\xfe", b"NaN", b"9" * 5_000]
FILES = ("plan.json", "progress.json", "manifest.json")


def damaged(folder: Path, name: str) -> list[bytes]:
    """A file of JSON, damaged in all ways: raw, without a key, and with each key of another kind."""
    good = json.loads((folder / name).read_text())
    found = [*RAW, *(json.dumps({**good, key: value}).encode() for key in good for value in HOSTILE)]
    found += [json.dumps({other: good[other] for other in good if other != key}).encode() for key in good]
    inner = {key: each for key, each in good.items() if isinstance(each, dict)}
    inner |= {f"{key} 0": each[0] for key, each in good.items() if isinstance(each, list) and each}
    for key, each in inner.items():
        for word in each if isinstance(each, dict) else ():
            for value in HOSTILE:
                changed = {**each, word: value}
                name, _, first = key.partition(" ")
                found.append(json.dumps({**good, name: [changed, *good[name][1:]] if first else changed}).encode())
    return found


def calls(verb: str, place: Path) -> tuple[object, ...]:
    """A verb on the folder `bad`."""
    bad, words = place / "bad", ("--threads=1", "--quiet")
    return {
        "status": ("status", bad),
        "sensitivity": ("sensitivity", bad),
        "sql": ("sql", bad, "select * from means"),
        "report": ("report", bad),
        "merge": ("merge", bad, f"--out={place / 'merged'}", "--quiet"),
        "sweep": ("sweep", place / "study.toml", f"--out={bad}", *words),
    }[verb]


def tried_on(swept: Path, place: Path, verb: str, name: str, raw: bytes) -> int:
    """How a verb ends on a copy of a study's folder in which one file is something else."""
    for folder in ("bad", "merged"):
        shutil.rmtree(place / folder, ignore_errors=True)
    shutil.copytree(swept / "out", place / "bad", ignore=shutil.ignore_patterns("charts", "report.html"))
    shutil.copyfile(swept / "study.toml", place / "study.toml")
    (place / "bad" / name).write_bytes(raw)
    return ended(invoke(*calls(verb, place)))


VERBS = ("status", "sensitivity", "sql", "merge", "sweep", "report")


@pytest.mark.parametrize("verb", VERBS)
def test_a_damaged_folder_of_a_study_ends_in_words(swept: Path, tmp_path: Path, verb: str):
    for name in FILES:
        step = {"sweep": 400, "report": 400}.get(verb, 97)
        for raw in [*RAW[:1], *damaged(swept / "out", name)[VERBS.index(verb) :: step]]:
            assert tried_on(swept, tmp_path, verb, name, raw) in (0, 2)


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_a_folder_of_a_study_damaged_in_any_way_ends_in_words(swept: Path, tmp_path: Path, verb: str):
    for name in FILES:
        for raw in damaged(swept / "out", name)[:: {"sweep": 5, "report": 9}.get(verb, 2)]:
            assert tried_on(swept, tmp_path, verb, name, raw) in (0, 2)


@pytest.mark.parametrize("verb", ["sensitivity", *(pytest.param(verb, marks=pytest.mark.slow) for verb in VERBS)])
@pytest.mark.parametrize("name", ["points.parquet", "runs.parquet", "runs/00000001.parquet"])
def test_a_damaged_table_of_a_study_ends_in_words(swept: Path, tmp_path: Path, verb: str, name: str):
    good = (swept / "out" / name).read_bytes()
    others = (swept / "out" / ("runs.parquet" if name == "points.parquet" else "points.parquet")).read_bytes()
    for raw in (b"", b"PAR1", good[:-9] + b"\xff" + good[-8:], others):
        assert tried_on(swept, tmp_path, verb, name, raw) in (0, 2)


def test_a_folder_that_is_made_of_links_and_pipes_ends_in_words(swept: Path, tmp_path: Path):
    for name in FILES:
        shutil.rmtree(tmp_path / "bad", ignore_errors=True)
        shutil.copytree(swept / "out", tmp_path / "bad")
        (tmp_path / "bad" / name).unlink()
        os.mkfifo(tmp_path / "bad" / name)
        assert ended(invoke("status", tmp_path / "bad")) in (0, 2)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(run_results(16, 2), tmp_path_factory.mktemp("run") / "out")


def test_a_damaged_manifest_of_a_run_ends_in_words(saved: Path, tmp_path: Path):
    folder = tmp_path / "bad"
    shutil.copytree(saved, folder)
    for raw in damaged(saved, "manifest.json"):
        (folder / "manifest.json").write_bytes(raw)
        with suppress(RunFolderError):
            assert load(folder).comparisons is not None  # type: ignore[union-attr]


@pytest.mark.filterwarnings("ignore:Mean of empty slice")  # of weeks that a damaged manifest names and nobody lived
@pytest.mark.parametrize("step", [60, pytest.param(2, marks=pytest.mark.slow)])
def test_a_report_of_a_damaged_manifest_ends_in_words(saved: Path, tmp_path: Path, step: int):
    folder = tmp_path / "bad"
    shutil.copytree(saved, folder)
    for raw in damaged(saved, "manifest.json")[::step]:
        (folder / "manifest.json").write_bytes(raw)
        assert ended(invoke("report", folder)) in (0, 2)
