"""Customers from a file: what of it is used, what is drawn instead and why, what is ignored."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict

from simulation.commands.endings import say

if TYPE_CHECKING:
    from simulation.scenario import Scenario


class Members(TypedDict):
    """Columns that are used; traits that are drawn, as there is no such column; columns that are ignored, and why."""

    file: str
    used: list[str]
    drawn: list[str]
    ignored: dict[str, str]


def members_of(scenario: "Scenario") -> Members | None:
    """What becomes of a population file; None without one."""
    people = scenario.people
    if people is None:
        return None
    from simulation.parameters import TRAITS

    return Members(
        file=str(scenario.population.file),
        used=list(people.used),
        drawn=[name for name in TRAITS if name not in people.traits],
        ignored=dict(people.ignored),
    )


def in_words(members: Members) -> list[tuple[str, str]]:
    """A line each, for people: what, and which columns or traits."""
    lines = [("used", ", ".join(members["used"]))]
    if members["drawn"]:
        lines.append(("drawn, as the file has no such column", ", ".join(members["drawn"])))
    lines += [(f"{name} is ignored", why) for name, why in members["ignored"].items()]
    return lines


def say_members(scenarios: "Iterable[Scenario]", *, quiet: bool) -> None:
    """Say of each population file what becomes of it, once."""
    found = {members["file"]: members for scenario in scenarios if (members := members_of(scenario)) is not None}
    for file, members in found.items() if not quiet else ():
        say("\n".join([f"the customers of {file}:", *(f"  {what}: {which}" for what, which in in_words(members))]))
