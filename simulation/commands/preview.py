"""What a scenario says, before it is run: to programs in JSON, to people in tables."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import typer

from simulation.commands.members import in_words as members_in_words
from simulation.commands.members import members_of
from simulation.commands.printing import duration, number, print_table
from simulation.commands.timetable import in_words, timetable

if TYPE_CHECKING:
    from simulation.assumptions import Assumption
    from simulation.commands.pilot import Pilot
    from simulation.scenario import Scenario


def as_json(scenario: "Scenario", pilot: "Pilot") -> dict[str, Any]:
    """Everything that `show` shows."""
    from simulation.assumptions import assumptions, beyond_evidence, sources

    baseline = scenario.baseline()
    return {
        "resolved": scenario.model_dump(mode="json"),
        "baseline": baseline.name if baseline else None,
        "population": members_of(scenario),
        "differences": [{"key": key, "here": here, "there": there} for key, here, there in scenario.differences()],
        "timetable": [entry._asdict() for entry in timetable(scenario)],
        "assumptions": assumptions(scenario),
        "sources": sources(scenario),
        "beyond_evidence": [str(found) for found in beyond_evidence(scenario)],
        "size": {"seconds": pilot.seconds, "megabytes": pilot.megabytes},
        "pilot": pilot.size._asdict(),
        "level": pilot.level,
        "drift": {name: found.mean for name, found in pilot.drift.items()},
        "detectable": pilot.detectable,
    }


def show(scenario: "Scenario", pilot: "Pilot") -> None:
    """Print what the scenario says, section by section."""
    from simulation.assumptions import assumptions, sources

    _size(scenario, pilot)
    _members(scenario)
    _differences(scenario)
    _timetable(scenario)
    _pilot(pilot, scenario)
    _assumptions(assumptions(scenario))
    _beyond(scenario)
    _sources(sources(scenario))


def _size(scenario: "Scenario", pilot: "Pilot") -> None:
    people, market, baseline = scenario.population, scenario.market, scenario.baseline()
    warmup = (baseline or scenario).market.warmup_weeks  # of both worlds
    facts = (
        ("question", scenario.question or "-"),
        ("compared with", baseline.name if baseline else "nothing: it is a market as it stands"),
        ("customers", f"{people.customers:,} simulated, for {people.represents or people.customers:,} real ones"),
        (
            "weeks",
            f"{scenario.weeks:,} from {market.start}, after a warm-up of {warmup:,}",
        ),
        ("replicates", f"{scenario.replicates:,}, from seed {scenario.seed}"),
        ("retailers", ", ".join(f"{each.id} (ours)" if each.focal else each.id for each in scenario.retailers)),
        ("outlets", f"{len(scenario.outlets)}"),
        ("will take", f"about {duration(pilot.seconds)} and {number(pilot.megabytes)} MB"),
    )
    print_table(f"{scenario.name} is valid", ("", ""), facts)


def _members(scenario: "Scenario") -> None:
    members = members_of(scenario)
    if members is not None:
        print_table(f"The customers of {members['file']}", ("", ""), members_in_words(members))


def _differences(scenario: "Scenario") -> None:
    rows = scenario.differences()
    if rows:
        print_table("What differs from what it is based on", ("key", "here", "there"), rows)


def _timetable(scenario: "Scenario") -> None:
    entries = timetable(scenario)
    if entries:
        cells = [(entry.name, entry.who, in_words(entry, scenario), entry.fields) for entry in entries]
        print_table("What happens, and when", ("what", "who", "when", "how much"), cells)


def _assumptions(found: "Iterable[Assumption]") -> None:
    by_kind: dict[str, list[str]] = {}
    for assumption in found:
        by_kind.setdefault(assumption.kind, []).append(assumption.name)
    count = sum(map(len, by_kind.values()))
    rows = [(kind, len(names), ", ".join(names)) for kind, names in by_kind.items()]
    print_table(f"{count} numbers are assumptions: nobody published their size", ("kind", "how many", "which"), rows)


def _beyond(scenario: "Scenario") -> None:
    """What of the levers lies beyond the evidence, and whose effect is assumed."""
    from simulation.assumptions import assumed_levers, beyond_evidence

    for found in beyond_evidence(scenario):
        typer.echo(f"Beyond the evidence: {found}. What follows from it is extrapolated.")
    if kinds := assumed_levers(scenario):
        typer.echo(f"Assumed, or known in direction only: the effect of {', '.join(kinds)} (list lever NAME says why).")


def _sources(found: "Mapping[str, list[str]]") -> None:
    if found:
        count = sum(map(len, found.values()))
        rows = [(source, len(paths), ", ".join(paths)) for source, paths in found.items()]
        title = f"{count} numbers come from data, with their source in the file"
        print_table(title, ("source", "how many", "which"), rows)


def _pilot(pilot: "Pilot", scenario: "Scenario") -> None:

    size = pilot.size
    title = (
        f"From a pilot of {size.customers:,} customers, {size.weeks:,} weeks after the warm-up and "
        f"{size.replicates:,} replicates"
    )
    headings = ["measure", "level", "drift a year [95 %]", "detectable"]
    rows = [_found(pilot, scenario, name) for name in pilot.level]
    print_table(title, headings if pilot.detectable else headings[:3], rows, numeric=headings[1:])
    _explain(pilot, scenario)


def _found(pilot: "Pilot", scenario: "Scenario", name: str) -> list[str]:
    """A measure with its unit, its level, its drift, and what is detectable of it, in words."""
    from analysis import yearly
    from analysis.effects import Interval
    from analysis.views import SHARE, scale_of
    from analysis.wording import bracketed, short
    from simulation.parameters import MEASURES

    measure, level = MEASURES[name], pilot.level[name]
    of_a_year = yearly.YEARLY.get(name, float)
    scale = SHARE if name in yearly.YEARLY else scale_of(measure.unit, scenario.market.currency, level)
    drift, smallest = pilot.drift.get(name), pilot.detectable.get(name)

    def difference(change: float) -> float:
        return scale.factor * (of_a_year(level + change) - of_a_year(level))

    cells = [
        f"{yearly.label(name, measure.label)}, {scale.unit}" + (" a week" if measure.adds == "sum" else ""),
        short(scale.factor * of_a_year(level)),
        "-" if drift is None else bracketed(Interval(*map(difference, drift))),
        "-" if smallest is None else short(difference(smallest)),
    ]
    return cells if pilot.detectable else cells[:3]


def _explain(pilot: "Pilot", scenario: "Scenario") -> None:
    """What the columns mean, below their table."""
    typer.echo(
        "Drift: what a year without any lever or event would change; "
        "where its interval holds 0, the warm-up has settled."
    )
    if pilot.detectable:
        typer.echo(
            f"Detectable: the smallest true change that {scenario.replicates:,} replicates find four times in five, "
            "if they differ as the pilot's do; more customers and replicates find smaller ones."
        )
    elif scenario.baseline() is not None:
        typer.echo("One replicate has no interval, so no change can be told from chance: ask for more.")
    typer.echo()
