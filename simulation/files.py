"""Run folders: everything that one command found, complete or not there at all.

A folder is written beside its place under another name and renamed when it is complete; `manifest.json` comes last. So
a folder without a manifest is unfinished, whatever interrupted it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from simulation.manifests import damage_of, read_json
from simulation.provenance import Comparison, processor, versions
from simulation.results import EMPTY, CompareResults, Labels, RunResults, Table
from simulation.tables import UnreadableTableError, read_csv, read_parquet, write_csv, write_parquet

if TYPE_CHECKING:
    from simulation.scenario import Scenario

MANIFEST = "manifest.json"
PROGRAM = "retailcx"
RUNS = Path("runs")
VERBS = ("run", "compare", "validate")  # whose folders `load` opens
ALWAYS_THERE = ("weekly", "summary")
LONGEST_NAME = 100  # of a folder, without its stamp; systems allow 255


class RunFolderError(ValueError):
    """A folder cannot be written or read; the message says which, why, and what to do."""


def save(results: RunResults | CompareResults, folder: Path | str | None = None) -> Path:
    """Write a run folder and return its path.

    Args:
        results: what `run` or `compare` gave.
        folder: a new or empty folder; default `runs/<name>-<date and time>`.

    Raises:
        RunFolderError: the folder holds something already; nothing is overwritten.
    """
    target = Path(folder) if folder is not None else default_folder(_name(results))
    worlds = _worlds(results)
    with writing(target, manifest(results)) as place:
        _write_scenarios(results, place)
        for name, table in _parquet_tables(results, worlds):
            if table.columns:
                write_parquet(table, place / f"{name}.parquet")
        for name, table in _csv_tables(worlds[0]):
            write_csv(table, place / f"{name}.csv")
    return target


def save_found(
    verb: str, scenario: Scenario, tables: Mapping[str, Table], folder: Path | str | None = None, **about: Any
) -> Path:
    """Write the run folder of a command that found something about a scenario, rather than results of it.

    Args:
        verb: the command.
        scenario: what it was about; written as it was resolved.
        tables: what was found, by the name of the file.
        folder: a new or empty folder; default `runs/<verb>-<name>-<date and time>`.
        about: what else the manifest says, such as the seconds it took.

    Raises:
        RunFolderError: the folder holds something already; nothing is overwritten.
    """
    target = Path(folder) if folder is not None else default_folder(f"{verb}-{scenario.name}")
    with writing(target, {**_about(scenario, verb, scenario.name), "comparisons": [], **about}) as place:
        (place / "scenario.toml").write_text(scenario.to_toml(), encoding="utf-8")
        for name, table in tables.items():
            write_parquet(table, place / f"{name}.parquet")
    return target


def load(folder: Path | str) -> SavedRun:
    """Open a finished run folder; its tables are read when they are asked for.

    Raises:
        RunFolderError: there is no such folder, it is unfinished, or no run folder at all.
    """
    path = Path(folder)
    if not path.is_dir():
        raise RunFolderError(
            f"{path}: there is no such folder. `run` and `compare` write one, by default under {RUNS}/."
        )
    verb = read_manifest(path)["verb"]
    if verb not in VERBS:
        raise RunFolderError(f"{path} was written by `{verb}`; name a folder that `run` or `compare` wrote.")
    return SavedRun(path)


def read_manifest(folder: Path | str) -> dict[str, Any]:
    """What a finished folder says about itself, whichever verb wrote it.

    Raises:
        RunFolderError: it is unfinished, or no folder of ours.
    """
    path = Path(folder)
    if not (path / MANIFEST).is_file():
        raise RunFolderError(f"{path}: {_why_unreadable(path)}")
    return _read_manifest(path)


def is_by(folder: Path | str, verb: str) -> bool:
    """Whether a finished folder was written by a verb."""
    path = Path(folder)
    return (path / MANIFEST).is_file() and _read_manifest(path)["verb"] == verb


def default_folder(name: str, parent: Path = RUNS) -> Path:
    """A new folder's name: `runs/<name>-<date and time>`."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    names = (f"{file_name(name)}-{stamp}{again}" for again in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(parent / each for each in names if not (parent / each).exists())


class SavedRun:
    """A finished run folder: the manifest, and tables that are read when first asked for.

    `saved.weekly`, `.summary`, `.effects`, `.twins`, `.tenure`, `.transitions`, `.customers`, `.offers`, `.word`,
    `.events`, `.transactions`, `.rfm` and `.survey` are tables (without columns if the run did not write them); `read`
    reads a part of one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: Mapping[str, Any] = _read_manifest(folder)

    def __repr__(self) -> str:
        return f"SavedRun({str(self.folder)!r})"

    @cached_property
    def weekly(self) -> Table:
        """Weekly margins of all worlds."""
        return self.read("weekly")

    @cached_property
    def summary(self) -> Table:
        """Means over the window, all worlds."""
        return self.read("summary")

    @cached_property
    def effects(self) -> Table:
        """Differences from the baseline."""
        return self.read("effects")

    @cached_property
    def twins(self) -> Table:
        """Customers in both worlds."""
        return self.read("twins")

    @cached_property
    def costs(self) -> Table:
        """What levers cost, week by week."""
        return self.read("costs")

    @cached_property
    def reviews(self) -> Table:
        """What periodic reviews measured and bought."""
        return self.read("reviews")

    @cached_property
    def gains(self) -> Table:
        """Discounted margin of customers in both worlds, by source."""
        return self.read("gains")

    @cached_property
    def money(self) -> Table:
        """What scenarios pay back, one row each."""
        return self.read("money")

    @cached_property
    def why(self) -> Table:
        """Which levers and ways make an effect, and what would turn it; see `analysis.why.explaining`."""
        return self.read("why")

    @cached_property
    def tenure(self) -> Table:
        """Links at risk and departures by tenure."""
        return self.read("tenure")

    @cached_property
    def transitions(self) -> Table:
        """Relationships that changed their type, lapsed or came back, by quarter."""
        return self.read("transitions")

    @cached_property
    def customers(self) -> Table:
        """Traits and final states of a sample of customers."""
        return self.read("customers")

    @cached_property
    def offers(self) -> Table:
        """What customers could read, week by week."""
        return self.read("offers")

    @cached_property
    def word(self) -> Table:
        """What could be heard of each retailer in each neighbourhood, week by week."""
        return self.read("word")

    @cached_property
    def events(self) -> Table:
        """Touchpoint by touchpoint, if some customers' events were recorded."""
        return self.read("events")

    @cached_property
    def transactions(self) -> Table:
        """The log of purchases, if it was recorded."""
        return self.read("transactions")

    @cached_property
    def rfm(self) -> Table:
        """Frequency, recency and monetary value per customer, if transactions were recorded."""
        return self.read("rfm")

    @cached_property
    def survey(self) -> Table:
        """Answers of the customers interviewed, if a survey was recorded."""
        return self.read("survey")

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """What was compared with what; of a single run, the scenario with no baseline."""
        try:
            return tuple(Comparison.from_dict(each) for each in self.manifest["comparisons"])
        except ValueError as error:
            told = str(error).partition("\n")[0]
            raise RunFolderError(f"{self.folder}: the comparisons of its {MANIFEST} are damaged ({told}).") from error

    def refuse_others(self) -> None:
        """Raise `RunFolderError` if it says that something was compared, or lived, and has no table of it."""
        named = {name for each in self.comparisons for name in (each.scenario, each.baseline) if name is not None}
        if not named or named - set(self.weekly.values("scenario")):
            raise RunFolderError(f"{self.folder} is damaged: its {MANIFEST} names other worlds than its tables.")
        focal = {each.focal for each in self.comparisons}
        if focal - set(self.weekly.values("retailer")):
            raise RunFolderError(f"{self.folder} is damaged: its {MANIFEST} names a retailer that its tables have not.")
        if any(each.baseline is not None for each in self.comparisons) and not self.effects.columns:
            raise RunFolderError(
                f"{self.folder} is damaged: its {MANIFEST} names a baseline, and there are no effects."
            )

    @property
    def results_sha256(self) -> str:
        """The fingerprint of the results."""
        return str(self.manifest["results_sha256"])

    @property
    def replicates(self) -> int:
        """Replicates of each world."""
        return int(self.manifest["replicates"])

    @cached_property
    def scenario(self) -> Scenario:
        """The (first) scenario as it was run."""
        from simulation.scenario import Scenario

        return Scenario.load(self.folder / "scenario.toml")

    @cached_property
    def scenarios(self) -> tuple[tuple[Scenario, Scenario | None], ...]:
        """Each scenario as it was run, with its baseline."""
        from simulation.scenario import Scenario

        def read(kind: str, number: int) -> Scenario:
            return Scenario.load(self.folder / _scenario_file(kind, number))

        numbered = enumerate(self.comparisons, start=1)
        return tuple((read("scenario", n), read("baseline", n) if each.baseline else None) for n, each in numbered)

    def read(self, name: str, columns: Iterable[str] | None = None, **equals: Any) -> Table:
        """Read a table, or some columns of it, or the rows in which named columns have given values.

        In a Parquet table a tuple stands for any of its values.
        """
        parquet, csv = self.folder / f"{name}.parquet", self.folder / f"{name}.csv"
        if parquet.is_file():
            try:
                return read_parquet(parquet, columns, **equals)
            except UnreadableTableError as error:
                raise RunFolderError(f"{parquet}: {error}") from error
        if name in ALWAYS_THERE:
            raise RunFolderError(f"{self.folder}: its {name}.parquet is missing.")
        return read_csv(csv).where(**equals) if csv.is_file() else EMPTY


def manifest(results: RunResults | CompareResults) -> dict[str, Any]:
    """What a run folder says about itself."""
    verb = "compare" if isinstance(results, CompareResults) else "run"
    return {
        **_about(_scenario(results), verb, _name(results)),
        "answer": results.answer if isinstance(results, CompareResults) else "",
        "comparisons": [Comparison.of(*pair).as_dict() for pair in _pairs(results)],
        "results_sha256": results.results_sha256,
        "customer_weeks": results.customer_weeks,
        "wall_seconds": round(results.wall_seconds, 3),
    }


def _about(scenario: Scenario, verb: str, name: str) -> dict[str, Any]:
    """What the folder of any command says of what it was about, when, and with what."""
    from simulation.assumptions import assumptions, sources

    return {
        **made_by(verb, name),
        "question": scenario.question,
        "seed": scenario.seed,
        "replicates": scenario.replicates,
        "customers": scenario.population.customers,
        "represents": scenario.population.represents,
        "weeks": scenario.weeks,
        "assumptions": len(assumptions(scenario)),
        "sources": {source: len(paths) for source, paths in sources(scenario).items()},
        "scenario_sha256": scenario.sha256,
    }


def made_by(verb: str, name: str) -> dict[str, Any]:
    """What the manifest of every verb says: what it is, and of which program on which machine."""
    from simulation.compiling import source_hash

    return {
        "program": PROGRAM,
        "name": name,
        "verb": verb,
        "status": "finished",
        "versions": versions(),
        "cpu": processor(),
        "source_sha256": source_hash(),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _worlds(results: RunResults | CompareResults) -> list[RunResults]:
    """Every world once; that of the first scenario in front."""
    if isinstance(results, RunResults):
        return [results]
    first = results.worlds[_scenario(results).name]
    return [first, *(world for world in results.worlds.values() if world is not first)]


def _pairs(results: RunResults | CompareResults) -> list[tuple[Scenario, Scenario | None]]:
    return list(results.scenarios) if isinstance(results, CompareResults) else [(results.scenario, None)]


def _scenario(results: RunResults | CompareResults) -> Scenario:
    return _pairs(results)[0][0]


def _name(results: RunResults | CompareResults) -> str:
    return "-".join(scenario.name for scenario, _ in _pairs(results)[:3])


def _parquet_tables(results: RunResults | CompareResults, worlds: list[RunResults]) -> Iterator[tuple[str, Table]]:
    yield "weekly", results.weekly
    yield "summary", results.summary
    yield "tenure", _of_all(worlds, "tenure")
    yield "costs", _of_all(worlds, "costs")
    yield "reviews", _of_all(worlds, "reviews")
    yield "transitions", _of_all(worlds, "transitions")
    yield "customers", _of_all(worlds, "customers")
    yield "offers", _of_all(worlds, "offers")
    yield "word", _of_all(worlds, "word")
    if isinstance(results, CompareResults):
        yield "effects", results.effects
        yield "twins", results.twins
        yield "gains", results.gains
        yield "money", results.money
        yield "why", results.why
    if results.events is not None:
        yield "events", results.events
    if worlds[0].population is not None:
        yield "population", worlds[0].population


def _csv_tables(world: RunResults) -> Iterator[tuple[str, Table]]:
    """The firm's own log and survey, which know one world: the first scenario's."""
    if world.transactions is not None:
        yield "transactions", world.transactions
    if world.rfm is not None:
        yield "rfm", world.rfm
    if world.survey is not None:
        yield "survey", world.survey


def _of_all(worlds: list[RunResults], name: str) -> Table:
    """A table of all worlds, which says of each row whose it is."""
    tables = [(world.name, getattr(world, name)) for world in worlds]
    return Table.concat(_labelled(table, world) for world, table in tables if table.columns)


def _labelled(table: Table, world: str) -> Table:
    return table if "scenario" in table else table.leading(scenario=Labels.constant(world, len(table)))


def _write_scenarios(results: RunResults | CompareResults, place: Path) -> None:
    """Each scenario as it was run, naming its baseline beside it: running the first one again gives the same bits."""
    people = "population.parquet" if _worlds(results)[0].population is not None else None
    for number, (scenario, baseline) in enumerate(_pairs(results), start=1):
        names = {kind: _scenario_file(kind, number) for kind in ("scenario", "baseline")}
        text = scenario.to_toml(baseline=names["baseline"] if baseline else None, population_file=people)
        (place / names["scenario"]).write_text(text, encoding="utf-8")
        if baseline is not None:
            (place / names["baseline"]).write_text(baseline.to_toml(population_file=people), encoding="utf-8")


def _scenario_file(kind: str, number: int) -> str:
    return f"{kind}.toml" if number == 1 else f"{kind}-{number}.toml"


@contextmanager
def writing(target: Path, about: Mapping[str, Any]) -> Iterator[Path]:
    """A place to write in, which becomes `target` if the block succeeds, and vanishes if it does not.

    `about` is the manifest, written last; what the block adds to it is in it.
    """
    _refuse_to_overwrite(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    place = target.parent / f".{target.name}.unfinished-{uuid4().hex[:8]}"
    place.mkdir()
    try:
        yield place
        _write_json(place / f"{MANIFEST}.unfinished", about)
        target = target.resolve()  # a link to a folder is as good as the folder
        if target.exists():
            target.rmdir()  # empty, or it would have been refused; Windows renames onto nothing that exists
        place.rename(target)
    except BaseException as error:
        shutil.rmtree(place, ignore_errors=True)
        if isinstance(error, OSError):
            raise RunFolderError(f"{target} cannot be written: {error.strerror or type(error).__name__}.") from error
        raise
    (target / f"{MANIFEST}.unfinished").replace(target / MANIFEST)


def _refuse_to_overwrite(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise RunFolderError(f"{target} is a file. Name a folder.")
    if target.exists() and any(target.iterdir()):
        raise RunFolderError(f"{target} is not empty, and nothing is overwritten. Name a new folder.")


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(values, file, indent=2, ensure_ascii=False, allow_nan=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        found = read_json(folder / MANIFEST)
    except (OSError, ValueError) as error:
        raise RunFolderError(f"{folder} is not a run folder: its {MANIFEST} cannot be read ({error}).") from error
    if found.get("program") != PROGRAM or "verb" not in found:
        raise RunFolderError(f"{folder} is not a run folder: its {MANIFEST} was not written by {PROGRAM}.")
    if damage := damage_of(found):
        raise RunFolderError(f"{folder}: its {MANIFEST} is damaged ({damage}).")
    return found


def _why_unreadable(path: Path) -> str:
    traces = ("weekly.parquet", "scenario.toml", f"{MANIFEST}.unfinished")
    if any((path / trace).exists() for trace in traces):
        return f"unfinished (it has no {MANIFEST}): what wrote it was interrupted. Run that command again."
    return f"this is not a run folder: it has no {MANIFEST}. Name a folder that `run` or `compare` wrote."


def file_name(name: str) -> str:
    """A name as that of a folder: without what a path cannot have or what leads elsewhere, and not too long."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:LONGEST_NAME].strip(".") or "run"
