"""`benchmark`: how fast, against what, measured now."""

from simulation.commands.options import Json
from simulation.commands.printing import print_json, print_table


def benchmark(as_json: Json = False) -> None:
    """Measure speed as ratios, on this machine, now."""
    from simulation import benchmarks

    measured = benchmarks.measure()
    if as_json:
        print_json(measured)
    else:
        print_table("Measured now", ("what", "value"), list(measured.items()), numeric=("value",))
