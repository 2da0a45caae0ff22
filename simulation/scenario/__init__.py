"""Scenario files: read with line numbers, merged, checked all at once, frozen.

Names are loaded when they are first used, so that listing what is shipped does not wait for pydantic.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.scenario.checking_optimise import dials_of
    from simulation.scenario.edits import parse_edits
    from simulation.scenario.finding import find, shipped
    from simulation.scenario.forms import Lever
    from simulation.scenario.identity import customer_number, entity_number
    from simulation.scenario.population_columns import Faults
    from simulation.scenario.population_file import People
    from simulation.scenario.problems import Problem, ScenarioError, suggestion
    from simulation.scenario.reading import shown
    from simulation.scenario.scenario import Difference, Scenario

__all__ = [
    "Difference",
    "Faults",
    "Lever",
    "People",
    "Problem",
    "Scenario",
    "ScenarioError",
    "customer_number",
    "dials_of",
    "entity_number",
    "find",
    "parse_edits",
    "shipped",
    "shown",
    "suggestion",
]

_HOMES = {
    "Difference": "scenario",
    "Faults": "population_columns",
    "Lever": "forms",
    "dials_of": "checking_optimise",
    "People": "population_file",
    "Problem": "problems",
    "Scenario": "scenario",
    "ScenarioError": "problems",
    "customer_number": "identity",
    "entity_number": "identity",
    "find": "finding",
    "parse_edits": "edits",
    "shipped": "finding",
    "shown": "reading",
    "suggestion": "problems",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its home when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(import_module(f"simulation.scenario.{_HOMES[name]}"), name)
    return globals()[name]
