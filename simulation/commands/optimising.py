"""`optimise`: how is a budget best split over levers?"""

import hashlib
import math
import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from simulation.commands.destination import check_free, say_where
from simulation.commands.endings import WrongInputError
from simulation.commands.options import Edits, Json, Out, Quiet, ScenarioFile, Seed, Settings, Threads, Weeks
from simulation.commands.printing import number, print_json, print_table
from simulation.commands.progress import Progress, showing

if TYPE_CHECKING:
    from pathlib import Path

    from analysis.optimising.plan import Plan
    from simulation.scenario import Scenario

Budget = Annotated[
    float | None,
    typer.Option(
        "--budget", metavar="MONEY", min=0, help="Most that all levers may cost, discounted; default: the file's."
    ),
]
Objective = Annotated[
    Literal["npv", "cvar", "probability"] | None,
    typer.Option(
        "--objective", help="What is to be high: expected value, the mean of the worst fifth, the chance of a gain."
    ),
]
Customers = Annotated[int, typer.Option("--customers", metavar="N", min=100, help="How many customers in each look.")]
Replicates = Annotated[int, typer.Option("--replicates", metavar="N", min=2, help="How many times each look is lived.")]


def optimise(
    file: ScenarioFile,
    budget: Budget = None,
    objective: Objective = None,
    settings: Settings = None,
    customers: Customers = 2_000,
    weeks: Weeks = None,
    replicates: Replicates = 4,
    seed: Seed = None,
    threads: Threads = None,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Split a budget over the levers of a scenario so that it brings most."""
    given = {"optimise.budget": budget, "optimise.objective": objective}
    asked = [*(settings or ()), *(f"{path}={value}" for path, value in given.items() if value is not None)]
    edits = Edits(settings=asked, customers=customers, weeks=weeks, replicates=replicates, seed=seed)
    scenario = edits.load(file)
    scenario.needed_baseline()
    check_free(out)
    from analysis.optimising.plan import optimised

    started = time.perf_counter()
    with showing(quiet=quiet) as progress:
        try:
            plan = optimised(scenario, threads=threads, progress=progress)
        except ValueError as error:
            raise WrongInputError(f"{file}: {error}") from error
        folder = _kept(plan, scenario, out, time.perf_counter() - started, progress)
    if as_json:
        print_json(_as_json(plan, folder))
    else:
        _print(plan)
        say_where(folder)


def _kept(plan: "Plan", scenario: "Scenario", out: "Path | None", seconds: float, progress: Progress | None) -> "Path":
    from analysis.optimising.plan_report import write_plan_report
    from analysis.optimising.words import sentence, tables
    from simulation.files import read_manifest, save_found

    if progress:
        progress(1.0, "drawing the plan")
    found = tables(plan)
    about = {"answer": sentence(plan), "results_sha256": _fingerprint(plan), "wall_seconds": round(seconds, 3)}
    folder = save_found("optimise", scenario, found, out, **about)
    write_plan_report(folder, read_manifest(folder), found, scenario.market.currency)
    return folder


def _fingerprint(plan: "Plan") -> str:
    looks = [look.npv.tobytes() for look in plan.search.seen.values()]
    return hashlib.sha256(b"".join(looks)).hexdigest()


def _as_json(plan: "Plan", folder: "Path") -> dict[str, Any]:
    from analysis.optimising.words import sentence

    dials = [dial.name for dial in plan.search.dials]

    def option(found: Any) -> dict[str, Any]:
        known = {**found._asdict(), "regret": None if math.isnan(found.regret) else found.regret}
        return {**known, "allocation": dict(zip(dials, found.allocation, strict=True))}

    return {
        "answer": sentence(plan),
        "out": folder,
        "results_sha256": _fingerprint(plan),
        "budget": plan.search.budget,
        "objective": plan.scenario.optimise.objective,
        "options": [option(found) for found in plan.options],
        "front": [{"budget": budget, **option(found)} for budget, found in plan.front],
        "at_bounds": list(plan.search.at_bounds),
        "information": {"everything": plan.everything.net, **{each.names[0]: each.net for each in plan.each}},
    }


def _print(plan: "Plan") -> None:
    from analysis.optimising.plan_report import bought_by, judged, settings
    from analysis.optimising.words import sentence, tables

    found, currency = tables(plan), plan.scenario.market.currency
    typer.echo(sentence(plan))
    rows = [(option, *cells) for option, cells in judged(found["options"], currency)]
    headings = ("option", "net present value [95 %]", "chance", "cost", "worst fifth", "regret")
    title = f"Judged on other luck, with what is not known drawn; {rows[0][-1]}"
    print_table(title, headings, [row[:-1] for row in rows], numeric=headings[1:])
    bought = [name for name in bought_by(found["settings"]) if not name.startswith("budget")]
    chosen = [(dial, *values) for dial, values in settings(found["settings"], bought)]
    print_table("What they buy", ("setting", *bought), chosen, numeric=bought)
    if plan.each:
        known = [
            (each.names[0], number(each.net)) for each in (plan.everything._replace(names=("everything",)), *plan.each)
        ]
        print_table("What it would be worth to know before deciding", ("number", currency), known, numeric=(currency,))
