"""`run` and `compare`: simulate, save, and answer."""

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
from simulation.commands.progress import showing


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
        folder = keep(results, out, progress)
    if as_json:
        print_json(answering.compare_as_json(results, folder))
    else:
        answering.print_answer(results.answer, folder)
        say_where(folder)
