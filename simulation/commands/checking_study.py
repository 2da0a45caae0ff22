"""`check` of a study: what it moves, how many runs that is, how long they will take, how large they will be."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from simulation.commands.endings import WRONG_INPUT, say
from simulation.commands.printing import duration, number, print_json, print_table
from simulation.commands.progress import showing

if TYPE_CHECKING:
    from simulation.scenario import ScenarioError
    from simulation.sweeping.study import Study

BYTES_A_RUN, BYTES_A_VALUE = 40, 8  # on disk: key, number, seconds; of each outcome
SHOWN = 12  # numbers moved that people see


def names_study(file: str) -> bool:
    """Whether this is a study rather than a scenario: a shipped one's name, or a file with a design."""
    from pathlib import Path

    from simulation.sweeping.finding import is_study, shipped_studies

    return file in shipped_studies() or is_study(Path(file))


def refuse(error: "ScenarioError", *, as_json: bool) -> None:
    """Print what is wrong, and end."""
    if as_json:
        print_json({"ok": False, "problems": error.problems, "resolved": None})
    say(str(error))
    raise typer.Exit(WRONG_INPUT)


def check_study(file: str, sizes: Mapping[str, int | None], *, threads: int | None, quiet: bool, as_json: bool) -> None:
    """Validate a study and print what it says."""
    from simulation.commands.pilot import pilot
    from simulation.scenario import ScenarioError
    from simulation.sweeping.study import Study

    try:
        study = Study.load(file, **sizes)
    except ScenarioError as error:
        refuse(error, as_json=as_json)
        return
    with showing(quiet=quiet) as progress:
        seconds = pilot(study.scenario, threads=threads, progress=progress).seconds * study.count
    about = _about(study, seconds)
    if as_json:
        print_json({"ok": True, "problems": [], "resolved": about})
    else:
        _show(study, about)


def _about(study: "Study", seconds: float) -> dict[str, Any]:
    rows = study.count * study.replicates
    return {
        "name": study.name,
        "question": study.question,
        "based_on": study.scenario.name,
        "design": study.design.kind,
        "runs": study.count,
        "replicates": study.replicates,
        "most_replicates": study.stopping.most_replicates if study.stopping else study.replicates,
        "customers": study.scenario.population.customers,
        "weeks": study.scenario.weeks,
        "outcomes": study.outcomes,
        "policies": [policy.id for policy in study.policies],
        "factors": [
            {
                "name": each.name,
                "min": each.ends[0],
                "max": each.ends[1],
                "choices": each.choices,
                "lever": each.is_lever,
            }
            for each in study.factors
        ],
        "seconds": seconds,
        "bytes": rows * (BYTES_A_RUN + BYTES_A_VALUE * len(study.outcomes)),
    }


def _show(study: "Study", about: Mapping[str, Any]) -> None:
    more = f" (up to {about['most_replicates']:,})" if study.stopping else ""
    facts = (
        ("question", about["question"] or "-"),
        ("based on", about["based_on"]),
        ("design", f"{about['design']}, {about['runs']:,} runs of {about['replicates']:,} replicates{more}"),
        ("each", f"{about['customers']:,} customers, {about['weeks']:,} weeks after the warm-up"),
        ("outcomes", ", ".join(about["outcomes"])),
        ("will take", f"about {duration(about['seconds'])}, and {number(about['bytes'] / 1e6)} MB on disk"),
    )
    print_table(f"{study.name} is a valid study", ("", ""), facts)
    rows = [(each.name, "decided" if each.is_lever else "not controlled", _range(each)) for each in study.factors]
    print_table(f"{len(rows)} numbers are moved", ("what", "by whom", "over"), rows[:SHOWN])
    if len(rows) > SHOWN:
        typer.echo(f"and {len(rows) - SHOWN} more; --json lists all")


def _range(factor: Any) -> str:
    if factor.choices:
        return ", ".join(map(str, factor.choices))
    how = " by its logarithm" if factor.log else " in whole numbers" if factor.integer else ""
    return f"{number(factor.low)} to {number(factor.high)}{how}"
