"""`benchmark`: how fast, against what, measured now."""

from typing import Annotated

import typer

from simulation.commands.endings import say
from simulation.commands.options import Json, Quiet
from simulation.commands.printing import print_json, print_table

Quick = Annotated[bool, typer.Option("--quick", help="Leave out the market of ten million customers.")]


def benchmark(quick: Quick = False, quiet: Quiet = False, as_json: Json = False) -> None:
    """Measure speed on this machine, now, as ratios that other machines share."""
    from simulation import benchmarks

    if not quiet:
        say("measuring: this takes a minute or two, and an idle machine to mean something")
    measured = benchmarks.measure(large=not quick)
    if as_json:
        print_json(measured)
    else:
        print_table("Measured now", ("what", "value"), list(measured.items()), numeric=("value",))
