"""`validate`: does a market behave like real ones?"""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.destination import check_free, say_where
from simulation.commands.options import Edits, Json, Out, Quiet, Settings, Threads
from simulation.commands.printing import number, print_json, print_table
from simulation.commands.progress import Progress, showing

if TYPE_CHECKING:
    from pathlib import Path

    from analysis.facts import Finding
    from simulation.scenario import Scenario

Market = Annotated[str, typer.Argument(metavar="MARKET", help="A market (TOML), or a shipped one's name.")]
Customers = Annotated[int, typer.Option("--customers", metavar="N", min=100, help="How many customers in each world.")]
Replicates = Annotated[
    int,
    typer.Option("--replicates", "--seeds", metavar="N", min=1, help="How many worlds, each of its own seed."),
]
FirstSeed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of the first world.")]
HEADINGS = ("id", "statistic", "value [95 %]", "band", "use", "verdict")


def validate(
    market: Market = "grocery",
    settings: Settings = None,
    customers: Customers = 6_000,
    replicates: Replicates = 6,
    seed: FirstSeed = 1,
    threads: Threads = None,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Judge a market by regularities of real ones (stylised facts), over several seeds."""
    edits = Edits(settings=settings or (), customers=customers, replicates=replicates, seed=seed)
    scenario = edits.load(market)
    check_free(out)
    from analysis.facts import card
    from simulation.scenario import parse_edits

    seeds = range(seed, seed + replicates)
    started = time.perf_counter()
    with showing(quiet=quiet) as progress:
        found = card(
            market,
            seeds=seeds,
            customers=customers,
            threads=threads,
            edits=parse_edits(settings or ()),
            progress=progress,
        )
        folder = _kept(found, scenario, out, time.perf_counter() - started, progress)
    if as_json:
        print_json(_as_json(found, folder))
    else:
        _print(found, scenario.name)
        say_where(folder)


def _kept(
    found: "list[Finding]", scenario: "Scenario", out: "Path | None", seconds: float, progress: Progress | None
) -> "Path":
    from analysis.facts.summary import as_table, fingerprint, sentence
    from analysis.report import write_report
    from simulation.files import save_found

    if progress:
        progress(1.0, "drawing the card")
    about = {"answer": sentence(found), "results_sha256": fingerprint(found), "wall_seconds": round(seconds, 3)}
    folder = save_found("validate", scenario, {"facts": as_table(found)}, out, **about)
    write_report(folder)
    return folder


def _as_json(found: "list[Finding]", folder: "Path") -> dict[str, Any]:
    from analysis.facts.summary import counts, fingerprint, sentence

    said = {name: {"hold": held, "apply": seen} for name, (held, seen) in counts(found).items()}
    return {
        "answer": sentence(found),
        "out": folder,
        "results_sha256": fingerprint(found),
        "counts": said,
        "facts": [one.row for one in found],
    }


def _print(found: "list[Finding]", market: str) -> None:
    """The facts that apply by kind, then what is known of failures, then what does not apply and why."""
    from analysis.facts.summary import KINDS, sentence
    from analysis.facts.table import FAILS, NOT_APPLICABLE

    for kind in KINDS:
        shown = [one for one in found if one.fact.kind == kind and one.verdict != NOT_APPLICABLE]
        if shown:
            print_table(f"{market}: {kind} facts", HEADINGS, [_cells(one) for one in shown], numeric=HEADINGS[2:4])
    _print_why(f"{market}: what fails, and why", [one for one in found if one.verdict == FAILS])
    _print_why(f"{market}: not applicable, because", [one for one in found if one.verdict == NOT_APPLICABLE])
    typer.echo(sentence(found))


def _cells(one: "Finding") -> tuple[str, ...]:
    interval = f" [{number(one.low)}, {number(one.high)}]" if one.low < one.high else ""
    value = f"{number(one.value)}{interval}".replace("-", "−")
    return one.fact.id, one.fact.statistic, value, one.fact.band.replace("-", "−"), one.fact.use, one.verdict


def _print_why(title: str, found: "list[Finding]") -> None:
    if found:
        rows = [(one.fact.id, one.fact.fact, one.why or "not known yet") for one in found]
        print_table(title, ("id", "fact", "why"), rows)
