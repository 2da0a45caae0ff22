"""Inputs as accidents and malice leave them: bytes of good files with a few of them changed, by a seed.

`python -m tests.mutating KINDS FIRST COUNT` reads so many of them in a process with limits, and prints what was wrong.
"""

from __future__ import annotations

import json
import random
import resource
import signal
import sys
import tempfile
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.sweeps import text_of

SECONDS, MEMORY = 10.0, 2 * 2**30  # of one input, and of a whole process that reads them
WORDS = (
    b'nan -inf 1e308 1e309 -1 0 9223372036854775808 1_0 true \'x\' "" "\\u0000" 0x1F 1979-05-27 07:32:00 =cmd()'
    b" @SUM(A1) <script> ../../etc/passwd /dev/zero grocery [] {} [[]] {a=1} \xff \xc3 \x00 \x1b[2J \xef\xbb\xbf , ;"
    b" \t \r \" ' # = \xe2\x80\xae \xd9\xa3 1,5 00 id kind remove file based_on design all but min max"
).split(b" ")
LONG = (b"9" * 5_000, b"[" * 300, b"a." * 300, b"a" * 70_000, b"\n" * 500, b"x" * 200_000, b",")


class Kind(NamedTuple):
    """One sort of file: its ending, good examples of it, and who reads it."""

    ending: str
    examples: Callable[[], list[bytes]]
    read: Callable[[Path], object]


def mutated(examples: list[bytes], seed: int) -> bytes:
    """One of the examples with one to four changes."""
    chance = random.Random(seed)  # noqa: S311
    raw = chance.choice(examples)
    for _ in range(chance.randint(1, 4)):
        raw = chance.choice(CHANGES)(raw, examples, chance)
    return raw


def _flipped(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    at = chance.randrange(len(raw) or 1)
    return raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]


def _cut(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    begin = chance.randrange(len(raw) + 1)
    return raw[:begin] + raw[begin + min(int(chance.expovariate(0.05)), len(raw)) :]


def _ended(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _with_word(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    at, word = chance.randrange(len(raw) + 1), chance.choice(WORDS if chance.random() < 0.97 else LONG)
    return raw[:at] + word + raw[at + chance.choice((0, 0, 1, len(word))) :]


def _with_value(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    """Another value after an equals sign, or in a cell."""
    mark = b"=" if b"=" in raw else b","
    parts = raw.split(mark)
    at = chance.randrange(len(parts))
    _, end, rest = parts[at].partition(b"\n")
    parts[at] = b" " + chance.choice(WORDS if chance.random() < 0.97 else LONG) + end + rest
    return mark.join(parts)


def _with_line(raw: bytes, examples: list[bytes], chance: random.Random) -> bytes:
    """A line of another example, a line twice, or two lines in the other order."""
    lines = raw.split(b"\n")
    other = chance.choice(chance.choice((examples, [raw]))).split(b"\n")
    at = chance.randrange(len(lines))
    lines[at : at + chance.choice((0, 1))] = [chance.choice(other)]
    return b"\n".join(lines)


def _without_line(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    del lines[chance.randrange(len(lines))]
    return b"\n".join(lines)


CHANGES = (_flipped, _cut, _ended, _with_word, _with_word, _with_value, _with_value, _with_line, _without_line)


# --- what is changed, and who reads it


def _texts(folder: str, names: str = "*") -> list[bytes]:
    from simulation.scenario.finding import SHIPPED

    return [path.read_bytes() for path in sorted((SHIPPED / folder).glob(f"{names}.toml"))]


def _scenarios() -> list[bytes]:
    return [raw for raw in _texts("") if b"based_on" in raw]


def _markets() -> list[bytes]:
    return [raw for raw in _texts("") if b"based_on" not in raw]


def _studies() -> list[bytes]:
    small = [
        text_of(),
        text_of(design='kind = "grid"', uncertainties="", levers='"staff_training.start_week" = [1, 3]'),
    ]
    return [*_texts("studies"), *(text.encode() for text in small for _ in range(4))]


def _points() -> list[bytes]:
    rows = b"".join(b"%.2f,%d\n" % (1.5 + n / 10, 6 * n) for n in range(9))
    return [b"price_weight,staff_training.hours_per_employee\n" + rows]


def _people() -> list[bytes]:
    rows = b"".join(b"c%d,%d,%d,%d\n" % (n, 20 + n, n % 25, 10**15 + n) for n in range(12))
    return [b"id,age,cell,draw_key\n" + rows, b"id,age\nann,30\nbob,40\n", b'id,need_rate,x\n"a,\nb",1.5,=cmd()\n']


def _logs() -> list[bytes]:
    rows = [(n % 5, 1 + n % 28, n * 1.25, "ab"[n % 2]) for n in range(1, 25)]
    text = "".join(f"c{who},2026-01-{day:02},{amount:.2f},{place},store\n" for who, day, amount, place in rows)
    semicolons = "".join(f"c{who};{day:02}.01.2026;{amount:.2f}\n".replace(".2f", ",") for who, day, amount, _ in rows)
    return [
        ("customer_id,date,amount,outlet,channel\n" + text).encode(),
        ("customer_id;date;amount\n" + semicolons).encode(),
    ]


def _surveys() -> list[bytes]:
    rows = "".join(f"c{n},{1 + n % 10},{n % 5},{n / 7:.3f}\n" for n in range(20))
    return [("customer_id,satisfaction,loyalty,service\n" + rows).encode()]


def _choices() -> list[bytes]:
    rows = "".join(f"c{n % 3},{n},{each},{int(each == 'a')},{n / 9:.2f}\n" for n in range(8) for each in "abc")
    return [("customer_id,occasion,alternative,chosen,price\n" + rows).encode()]


def _sales() -> list[bytes]:
    return [("date,sales\n" + "".join(f"2025-{n:02}-01,{n * 100}\n" for n in range(1, 13))).encode()]


def _as_parquet(texts: list[bytes]) -> list[bytes]:
    """The same tables in Parquet."""
    import duckdb

    found = []
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as database:
        for text in texts:
            path = Path(folder) / "t.csv"
            path.write_bytes(text)
            for how in ("zstd", "uncompressed"):
                database.read_csv(str(path)).write_parquet(f"{folder}/t.parquet", compression=how)
                found.append((Path(folder) / "t.parquet").read_bytes())
    return found


def _read_scenario(path: Path) -> object:
    from simulation import Scenario

    made = Scenario.load(path)
    return Scenario.from_toml(made.to_toml())


def _read_study(path: Path) -> object:
    from simulation import Study

    return Study.load(path)


def _read_points(path: Path) -> object:
    levers = '"staff_training.hours_per_employee" = { min = 0, max = 90 }\n"staff_training.start_week" = 1'
    study = path.with_name("of_points.toml")
    study.write_text(text_of(design=f'kind = "list"\nfile = "{path.name}"', levers=levers), encoding="utf-8")
    return _read_study(study)


def _read_people(path: Path) -> object:
    from simulation.scenario.population_file import load_people

    return load_people(path, 25)


def _firm(name: str) -> Callable[[Path], object]:
    def read(path: Path) -> object:
        from analysis.calibration import firm_tables, transaction_log

        readers: Mapping[str, Callable[[Path], object]] = {
            "log": transaction_log.read_log,
            "survey": firm_tables.read_survey,
            "choices": firm_tables.read_choices,
            "customers": firm_tables.read_customers,
            "sales": firm_tables.read_sales,
        }
        return readers[name](path)

    return read


KINDS: Mapping[str, Kind] = {
    "scenario": Kind(".toml", _scenarios, _read_scenario),
    "market": Kind(".toml", _markets, _read_scenario),
    "study": Kind(".toml", _studies, _read_study),
    "points": Kind(".csv", _points, _read_points),
    "people": Kind(".csv", _people, _read_people),
    "people_parquet": Kind(".parquet", lambda: _as_parquet(_people()[:2]), _read_people),
    "log": Kind(".csv", _logs, _firm("log")),
    "log_parquet": Kind(".parquet", lambda: _as_parquet(_logs()[:1]), _firm("log")),
    "survey": Kind(".csv", _surveys, _firm("survey")),
    "choices": Kind(".csv", _choices, _firm("choices")),
    "customers": Kind(
        ".csv", lambda: [text.replace(b"id,", b"customer_id,") for text in _people()], _firm("customers")
    ),
    "sales": Kind(".csv", _sales, _firm("sales")),
}


@cache
def examples(kind: str) -> list[bytes]:
    """Good files of a kind."""
    return KINDS[kind].examples()


def wrong_with(kind: str, raw: bytes, folder: Path) -> str:
    """What came of reading some bytes, if it was neither something to work with nor a refusal in words."""
    from simulation.scenario import ScenarioError

    path = folder / f"input{KINDS[kind].ending}"
    path.write_bytes(raw)
    _timed(SECONDS)
    try:
        KINDS[kind].read(path)
    except ScenarioError as error:
        return "" if str(error).strip() else "refused without a word"
    except BaseException:  # whatever else comes out is what is looked for
        return traceback.format_exc()
    finally:
        _timed(0)
    return ""


def _timed(seconds: float) -> None:
    """Ends what works for longer, or waits ten times as long: other processes may have the processor."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 10 * seconds)


def within_limits() -> None:
    """This process: so much memory, and so long for an input."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for each in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(each, _too_long)


def _too_long(*_: types.FrameType | int | None) -> None:
    raise TimeoutError(f"still reading after {SECONDS} s")


def tried(kinds: str, first: int, count: int) -> Iterator[dict[str, object]]:
    """Inputs in turn of several kinds, by number; what is wrong with those that are wrong, then how many there were."""
    names = list(KINDS) if kinds == "all" else kinds.split(",")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + count):
            kind = names[number % len(names)]
            sys.stderr.write(f"{number} {kind}\n")  # the last line tells what ended the process, if anything did
            wrong = wrong_with(kind, mutated(examples(kind), number), Path(folder))
            if wrong:
                yield {"kind": kind, "number": number, "wrong": wrong}
    yield {"read": count, "kilobytes": largest()}


def largest() -> int:
    """Kilobytes that this process took at most; what the system counts otherwise is also whose child it is."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(int(line.split()[1]) for line in status.read_text(encoding="ascii").splitlines() if "VmHWM" in line)


if __name__ == "__main__":
    within_limits()
    for line in tried(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])):
        sys.stdout.write(json.dumps(line) + "\n")
