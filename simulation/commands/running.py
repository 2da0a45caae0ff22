"""`run` and `compare`: simulate, save, and answer."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from simulation.commands import answering, uncompiled
from simulation.commands.destination import check_free, keep, say_where
from simulation.commands.members import say_members
from simulation.commands.options import (
    Customers,
    Edits,
    Json,
    Out,
    Plain,
    Quiet,
    Replicates,
    ScenarioFile,
    ScenarioFiles,
    Seed,
    Settings,
    Threads,
    Weeks,
)
from simulation.commands.printing import print_json
from simulation.commands.progress import Progress, showing

if TYPE_CHECKING:
    from simulation.results import CompareResults


Explain = Annotated[
    Literal["short", "full", "none"],
    typer.Option(help="Why, and what would turn the answer: with 2,000 customers, in full (long), or not at all."),
]


def run(
    file: ScenarioFile,
    settings: Settings = None,
    customers: Customers = None,
    weeks: Weeks = None,
    replicates: Replicates = None,
    seed: Seed = None,
    threads: Threads = None,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """Simulate a scenario or market as it stands."""
    uncompiled.ensure(plain=plain)
    edits = Edits(settings=settings or (), customers=customers, weeks=weeks, replicates=replicates, seed=seed)
    scenario = edits.load(file)
    check_free(out)
    say_members([scenario], quiet=quiet)
    from simulation import running

    with showing(quiet=quiet) as progress:
        results = running.run(scenario, threads=threads, progress=progress, plain=plain)
        folder = keep(results, out, progress)
    if as_json:
        print_json(answering.run_as_json(results, folder))
    else:
        answering.print_answer("", folder)
        say_where(folder)


def compare(
    scenarios: ScenarioFiles,
    settings: Settings = None,
    customers: Customers = None,
    weeks: Weeks = None,
    replicates: Replicates = None,
    seed: Seed = None,
    threads: Threads = None,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
    plain: Plain = False,
    explain: Explain = "short",
) -> None:
    """Simulate each scenario and its baseline as twins, and answer its question."""
    uncompiled.ensure(plain=plain)
    edits = Edits(settings=settings or (), customers=customers, weeks=weeks, replicates=replicates, seed=seed)
    questions = edits.load_all(scenarios)
    check_free(out)
    say_members(questions, quiet=quiet)
    from simulation import running

    with showing(quiet=quiet) as progress:
        results = running.compare(questions, threads=threads, progress=progress)
        if explain != "none":
            results = _explained(results, threads, progress, full=explain == "full")
        folder = keep(results, out, progress)
    if as_json:
        print_json(answering.compare_as_json(results, folder))
    else:
        answering.print_answer(results.answer, folder)
        say_where(folder)


def _explained(
    results: "CompareResults", threads: int | None, progress: Progress | None, *, full: bool
) -> "CompareResults":
    """Results with why they are as they are, said in their answer as well."""
    from dataclasses import replace

    from analysis.verdict import answers
    from analysis.why.explaining import explained_together
    from simulation.provenance import Comparison

    def why(share: float, message: str) -> None:
        if progress is not None:
            progress(share, f"why: {message}")

    questions = [scenario for scenario, _ in results.scenarios]
    table = explained_together(questions, full=full, threads=threads, progress=why)
    comparisons = [Comparison.of(*pair) for pair in results.scenarios]
    return replace(results, why=table, answer=answers(results.effects, results.money, comparisons, table))
