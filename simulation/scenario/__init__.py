"""Scenario files: read with line numbers, merged, checked all at once, frozen."""

from simulation.scenario.edits import parse_edits
from simulation.scenario.finding import find, shipped
from simulation.scenario.identity import customer_number, entity_number
from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.scenario import Difference, Scenario

__all__ = [
    "Difference",
    "Problem",
    "Scenario",
    "ScenarioError",
    "customer_number",
    "entity_number",
    "find",
    "parse_edits",
    "shipped",
]
