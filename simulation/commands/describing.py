"""`schema`: the form of the files, for editors."""

from typing import Annotated

import typer

from simulation.commands.printing import print_json

Study = Annotated[bool, typer.Option("--study", help="Of study files.")]


def schema(study: Study = False) -> None:
    """Print the JSON Schema of market and scenario files, or of studies, for editors that check and complete them."""
    if study:
        from simulation.sweeping.forms import study_schema

        print_json(study_schema())
        return
    from simulation.scenario.schema import schema as scenario_schema

    print_json(scenario_schema())
