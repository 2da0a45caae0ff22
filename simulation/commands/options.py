"""The options that verbs share, and the scenario they lead to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.commands.endings import WrongInputError

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from simulation.scenario.problems import Problem

ScenarioFile = Annotated[
    str, typer.Argument(metavar="FILE", help="A scenario or market (TOML), or a shipped one's name.")
]
ScenarioFiles = Annotated[
    list[str], typer.Argument(metavar="SCENARIO...", help="Scenarios (TOML), or shipped ones' names.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a number, e.g. outlet.ours_centre.staff=12"),
]
Customers = Annotated[int | None, typer.Option("--customers", metavar="N", help="How many customers to simulate.")]
Weeks = Annotated[int | None, typer.Option("--weeks", metavar="N", help="How many weeks, after the warm-up.")]
Replicates = Annotated[int | None, typer.Option("--replicates", metavar="N", help="How many times, with other luck.")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="Which luck: the same seed gives the same bits.")]
Threads = Annotated[int | None, typer.Option("--threads", metavar="N", min=1, help="Cores to use; default: all.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="Where to write; default: runs/<name>-<stamp>.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]
Json = Annotated[bool, typer.Option("--json", help="Print the machine-readable result alone.")]
Plain = Annotated[bool, typer.Option("--plain", help="Use the uncompiled twin: the same bits, slowly, for debuggers.")]


@dataclass(frozen=True, kw_only=True)
class Edits:
    """What the command line changes in a scenario: `None` leaves the file's own value."""

    settings: Sequence[str]
    customers: int | None = None
    weeks: int | None = None
    replicates: int | None = None
    seed: int | None = None

    def load(self, scenario: str) -> "Scenario":
        """The scenario of that name or path, resolved and checked with these changes."""
        from simulation.scenario import Scenario, parse_edits

        return Scenario.load(
            scenario,
            edits=parse_edits(self.settings),
            customers=self.customers,
            weeks=self.weeks,
            replicates=self.replicates,
            seed=self.seed,
        )

    def load_all(self, scenarios: Sequence[str]) -> "list[Scenario]":
        """All of them, each with something to be compared with; or the problems of all of them at once.

        A setting of a lever or event that only some of them have is about those: it adds nothing to the others.
        """
        from simulation.scenario import ScenarioError

        loaded: list[Scenario] = []
        problems: list[Problem] = []
        asked = self.settings and len(scenarios) > 1
        theirs = [_changes_of(scenario) if asked else set() for scenario in scenarios]
        for scenario, own in zip(scenarios, theirs, strict=True):
            others = set().union(*theirs) - own
            settings = [text for text in self.settings if tuple(text.split(".")[:2]) not in others]
            try:
                loaded.append(replace(self, settings=settings).load(scenario))
                loaded[-1].needed_baseline()
            except ScenarioError as error:
                problems += error.problems
        if problems:
            raise ScenarioError(dict.fromkeys(problems))
        return _differently_named(loaded)


def _changes_of(scenario: str) -> set[tuple[str, str]]:
    """The levers and events of a file, as the first two parts of their paths; none of a file that is wrong."""
    from simulation.scenario import Scenario, ScenarioError

    try:
        found = Scenario.load(scenario)
    except ScenarioError:
        return set()
    return {("lever", each.id) for each in found.levers} | {("event", each.id) for each in found.events}


def _differently_named(scenarios: "list[Scenario]") -> "list[Scenario]":
    names = [scenario.name for scenario in scenarios]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise WrongInputError(f"two scenarios are called {', '.join(twice)}; results are kept by name. Rename a file.")
    return scenarios
