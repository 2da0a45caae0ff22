"""What a scenario says, before it is run: to programs in JSON, to people in tables."""

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from simulation.commands.printing import duration, number, print_table
from simulation.commands.timetable import in_words, timetable

if TYPE_CHECKING:
    from simulation.assumptions import Assumption
    from simulation.scenario import Scenario


class Pilot(Protocol):
    """What a short run with few customers tells of a long one."""

    @property
    def customers(self) -> int:
        """Customers of the pilot."""

    @property
    def seconds(self) -> float:
        """How long the scenario will take, with its baseline."""

    @property
    def megabytes(self) -> float:
        """How much memory it will take."""

    @property
    def drift(self) -> Mapping[str, float]:
        """What each measure of the focal retailer would change by in a year without any lever or event, in its unit."""

    @property
    def sd(self) -> Mapping[str, float]:
        """Standard deviation between replicates of the difference between twins of the pilot, in the measure's unit."""


def as_json(scenario: "Scenario", pilot: Pilot) -> dict[str, Any]:
    """Everything that `show` shows."""
    from simulation.assumptions import assumptions

    baseline = scenario.baseline()
    return {
        "resolved": scenario.model_dump(mode="json"),
        "baseline": baseline.name if baseline else None,
        "differences": [{"key": key, "here": here, "there": there} for key, here, there in scenario.differences()],
        "timetable": [entry._asdict() for entry in timetable(scenario)],
        "assumptions": assumptions(scenario),
        "size": {"seconds": pilot.seconds, "megabytes": pilot.megabytes},
        "drift": pilot.drift,
        "detectable": detectable(pilot, scenario),
    }


def show(scenario: "Scenario", pilot: Pilot) -> None:
    """Print what the scenario says, section by section."""
    from simulation.assumptions import assumptions

    _size(scenario, pilot)
    _differences(scenario)
    _timetable(scenario)
    _pilot(pilot, scenario)
    _assumptions(assumptions(scenario))


def _size(scenario: "Scenario", pilot: Pilot) -> None:
    people, market, baseline = scenario.population, scenario.market, scenario.baseline()
    facts = (
        ("question", scenario.question or "-"),
        ("compared with", baseline.name if baseline else "nothing: it is a market as it stands"),
        ("customers", f"{people.customers:,} simulated, for {people.represents or people.customers:,} real ones"),
        (
            "weeks",
            f"{scenario.weeks:,} from {market.start}, after a warm-up of {market.warmup_weeks:,}",
        ),
        ("replicates", f"{scenario.replicates:,}, from seed {scenario.seed}"),
        ("retailers", ", ".join(f"{each.id} (ours)" if each.focal else each.id for each in scenario.retailers)),
        ("outlets", f"{len(scenario.outlets)}"),
        ("will take", f"about {duration(pilot.seconds)} and {number(pilot.megabytes)} MB"),
    )
    print_table(f"{scenario.name} is valid", ("", ""), facts)


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


def _pilot(pilot: Pilot, scenario: "Scenario") -> None:
    from simulation.parameters import MEASURES

    smallest = detectable(pilot, scenario)
    rows = [
        (name, MEASURES[name].unit if name in MEASURES else "", pilot.drift.get(name), smallest.get(name))
        for name in dict.fromkeys([*pilot.drift, *smallest])
    ]
    title = f"What a pilot of {pilot.customers:,} customers says"
    headings = ("measure", "unit", "drift a year", "detectable effect")
    print_table(title, headings, rows, numeric=headings[2:])


def detectable(pilot: Pilot, scenario: "Scenario") -> dict[str, float | None]:
    """The smallest true effect on each measure that is found four times in five, in its unit; None: one replicate."""
    import numpy as np

    from analysis import effects

    shrink = math.sqrt(pilot.customers / scenario.population.customers / scenario.replicates)
    errors = np.array(list(pilot.sd.values())) * shrink
    found = effects.detectable(errors, np.full(len(errors), scenario.replicates))
    return dict(zip(pilot.sd, (None if math.isnan(value) else value for value in found.tolist()), strict=True))
