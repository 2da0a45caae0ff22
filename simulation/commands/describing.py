"""`schema`: the form of the files, for editors."""

from simulation.commands.printing import print_json


def schema() -> None:
    """Print the JSON Schema of market and scenario files, so that an editor can check and complete them."""
    from simulation.scenario.schema import schema as scenario_schema

    print_json(scenario_schema())
