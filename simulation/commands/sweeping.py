"""`sweep`, `status`, `sensitivity`, `sql` and `merge`: studies of many runs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.destination import say_where
from simulation.commands.endings import INTERRUPTED, RUNS_FAILED, WrongInputError, say
from simulation.commands.options import Customers, Json, Quiet, Replicates, Seed, Threads, Weeks
from simulation.commands.printing import duration, print_json, print_table
from simulation.commands.progress import Progress, showing

if TYPE_CHECKING:
    from simulation.results import Table
    from simulation.sweeping.saved import SavedStudy
    from simulation.sweeping.sweeping import Count

StudyFile = Annotated[str, typer.Argument(metavar="STUDY", help="A study (TOML), or a shipped one's name.")]
StudyFolder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that `sweep` wrote.")]
Parts = Annotated[
    list[Path], typer.Argument(metavar="FOLDER ...", help="Folders of `sweep --shard i/n`, all of one study.")
]
Query = Annotated[str, typer.Argument(metavar="QUERY", help='SQL on points, runs, failures and means: "select ..."')]
Into = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Where to write; default: studies/<name>.")]
File = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the answer as .csv or .parquet.")]
Cluster = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ADDRESS", help="A Dask scheduler, or `local`: processes instead of threads."),
]
Shard = Annotated[
    str | None, typer.Option("--shard", metavar="I/N", help="The I-th of N parts, for places without Dask.")
]
Extend = Annotated[bool, typer.Option("--extend", help="The study has grown: keep its runs and add the new ones.")]
Outcome = Annotated[str | None, typer.Option("--outcome", metavar="NAME", help="One outcome; default: all.")]
Method = Annotated[str | None, typer.Option("--method", metavar="NAME", help="Default: what the design is made for.")]
SHOWN_FAILURES, SHOWN_ROWS = 5, 40


def sweep(
    study: StudyFile,
    customers: Customers = None,
    weeks: Weeks = None,
    replicates: Replicates = None,
    seed: Seed = None,
    threads: Threads = None,
    cluster: Cluster = None,
    shard: Shard = None,
    extend: Extend = False,
    out: Into = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Simulate all runs of a study; the same command goes on where it was interrupted."""
    from simulation.sweeping.study import Study
    from simulation.sweeping.sweeping import StudyInterruptedError, folder_of
    from simulation.sweeping.sweeping import sweep as swept

    part = _part(shard)
    asked = Study.load(study, customers=customers, weeks=weeks, replicates=replicates, seed=seed)
    folder = out if out is not None else folder_of(asked, part)
    with showing(quiet=quiet) as progress:
        try:
            saved = swept(
                asked,
                folder=folder,
                threads=threads,
                cluster=cluster,
                shard=part,
                extend=extend,
                watch=_watch(asked.name, progress),
                progress=progress,
            )
        except StudyInterruptedError as error:
            say(f"interrupted: {error}. The same command goes on from there.")
            raise typer.Exit(INTERRUPTED) from error
    _report(saved, progress, part)
    _show(saved, as_json=as_json)


def _part(shard: str | None) -> tuple[int, int] | None:
    if shard is None:
        return None
    number, slash, parts = shard.partition("/")
    if slash and number.isdecimal() and parts.isdecimal() and 1 <= int(number) <= int(parts):
        return int(number), int(parts)
    raise WrongInputError(f"--shard: {shard!r} is not I/N, such as 2/4 for the second of four parts")


def _watch(name: str, progress: Progress | None) -> "Callable[[Count], None] | None":
    if progress is None:
        return None

    def watch(count: "Count") -> None:
        failed = f", {count.failed:,} failed" if count.failed else ""
        done = count.done + count.failed
        progress(done / max(count.all, 1), f"{name}: {done:,} of {count.all:,} runs, {count.rate:.1f} a second{failed}")

    return watch


def _report(saved: "SavedStudy", progress: Progress | None, part: tuple[int, int] | None) -> None:
    """The page of a finished study; a part of one has none."""
    if saved.is_finished and part is None:
        from analysis.studies.reading import write_report_of

        if progress is not None:
            progress(1.0, "drawing the report")
        write_report_of(saved)


def _show(saved: "SavedStudy", *, as_json: bool) -> None:
    """What came of the study; exit code 3 if runs failed."""
    failures = saved.failures
    if as_json:
        print_json(_as_json(saved))
    else:
        for sentence in _sentences(saved):
            typer.echo(sentence)
        say_where(saved.folder)
    if len(failures):
        _say_failures(failures)
        raise typer.Exit(RUNS_FAILED)


def _as_json(saved: "SavedStudy") -> dict[str, Any]:
    return {
        "name": saved.name,
        "out": saved.folder,
        "results_sha256": saved.results_sha256,
        "runs": len(saved.means),
        "failed": len(saved.failures),
        "answer": " ".join(_sentences(saved)),
    }


def _sentences(saved: "SavedStudy") -> list[str]:
    from analysis.studies.reading import sentences_of

    lead = f"{saved.name}: {len(saved.means):,} of {saved.plan.count:,} runs are there."
    return [lead, *sentences_of(saved)] if len(saved.means) and saved.plan.shard is None else [lead]


def _say_failures(failures: "Table") -> None:
    say(f"{len(failures):,} runs failed; the same command tries them again:")
    for row in failures.take(slice(0, SHOWN_FAILURES)).rows():
        say(f"  run {row['point']}: {row['cause']}")


def status(folder: StudyFolder, as_json: Json = False) -> None:
    """How far a sweep is, from another terminal."""
    from simulation.sweeping.locking import is_locked
    from simulation.sweeping.saved import load_study

    saved = load_study(folder)
    known, writing = saved.progress, is_locked(folder)
    done, failed, everything = (int(known.get(key) or 0) for key in ("done", "failed", "all"))
    left = known.get("seconds_left") if writing else None
    state = "finished" if saved.is_finished else "running" if writing else "stopped: the same `sweep` goes on with it"
    about = {"name": saved.name, "state": state, "runs": everything or saved.plan.count, "done": done, "failed": failed}
    if as_json:
        print_json({**about, "rate": known.get("rate"), "seconds_left": left})
        return
    rows = [(key, f"{value:,}" if isinstance(value, int) else value) for key, value in about.items()]
    if left is not None:
        rows.append(("left", f"about {duration(left)}, at {known.get('rate', 0.0):.1f} runs a second"))
    print_table(str(folder), ("", ""), rows)


def sensitivity(folder: StudyFolder, outcome: Outcome = None, method: Method = None, as_json: Json = False) -> None:
    """Which numbers matter for the outcomes of a study, and how sure that is."""
    from analysis.studies.reading import experiments_of
    from analysis.studies.sensitivity import sensitivity as indices
    from simulation.sweeping.saved import load_study

    try:
        found = indices(experiments_of(load_study(folder)), outcome=outcome, method=method)
    except ValueError as error:
        raise WrongInputError(f"{folder}: {error}") from error
    if as_json:
        print_json(found.rows())
        return
    for name in found.values("outcome") if len(found) else ():
        rows = [tuple(row.values())[1:] for row in found.where(outcome=name).rows()]
        print_table(name, list(found.columns)[1:], rows, numeric=("value", "low", "high"))


def sql(folder: StudyFolder, query: Query, out: File = None, as_json: Json = False) -> None:
    """Ask the tables of a study: points, runs, failures, means."""
    from simulation.sweeping.querying import written
    from simulation.sweeping.saved import load_study

    answer = load_study(folder).sql(query)
    if out is not None:
        say_where(written(answer, out))
    elif as_json:
        print_json(answer.rows())
    else:
        rows = [tuple(row.values()) for row in answer.take(slice(0, SHOWN_ROWS)).rows()]
        print_table("", list(answer.columns), rows)
        if len(answer) > SHOWN_ROWS:
            say(f"{SHOWN_ROWS} of {len(answer):,} rows; --out FILE.csv writes all")


def merge(folders: Parts, out: Into = None, quiet: Quiet = False, as_json: Json = False) -> None:
    """Join the parts of a study that `sweep --shard i/n` wrote."""
    from simulation.files import file_name
    from simulation.sweeping.merging import merge as merged
    from simulation.sweeping.saved import load_study
    from simulation.sweeping.sweeping import STUDIES

    saved = merged(folders, out if out is not None else STUDIES / file_name(load_study(folders[0]).name))
    with showing(quiet=quiet) as progress:
        _report(saved, progress, None)
    _show(saved, as_json=as_json)
