"""`check`: is the file right, and what does it say?"""

from typing import TYPE_CHECKING

from simulation.commands import preview
from simulation.commands.checking_study import check_study, names_study, refuse
from simulation.commands.endings import WrongInputError
from simulation.commands.options import (
    Customers,
    Edits,
    Json,
    Quiet,
    Replicates,
    ScenarioFile,
    Seed,
    Settings,
    Threads,
    Weeks,
)
from simulation.commands.printing import print_json
from simulation.commands.progress import showing

if TYPE_CHECKING:
    from simulation.scenario import Scenario


def check(
    file: ScenarioFile,
    settings: Settings = None,
    customers: Customers = None,
    weeks: Weeks = None,
    replicates: Replicates = None,
    seed: Seed = None,
    threads: Threads = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Validate a market, scenario or study, and print what it says in full. Runs nothing long."""
    if names_study(file):
        if settings:
            raise WrongInputError("--set changes a scenario; a study says itself what it sets and moves")
        sizes = {"customers": customers, "weeks": weeks, "replicates": replicates, "seed": seed}
        check_study(file, sizes, threads=threads, quiet=quiet, as_json=as_json)
        return
    edits = Edits(settings=settings or (), customers=customers, weeks=weeks, replicates=replicates, seed=seed)
    from simulation.scenario import ScenarioError

    try:
        scenario = edits.load(file)
    except ScenarioError as error:
        refuse(error, as_json=as_json)
    else:
        _show(scenario, threads=threads, quiet=quiet, as_json=as_json)


def _show(scenario: "Scenario", *, threads: int | None, quiet: bool, as_json: bool) -> None:
    from simulation.commands.pilot import pilot

    with showing(quiet=quiet) as progress:
        found = pilot(scenario, threads=threads, progress=progress)
    if as_json:
        print_json({"ok": True, "problems": [], **preview.as_json(scenario, found)})
    else:
        preview.show(scenario, found)
