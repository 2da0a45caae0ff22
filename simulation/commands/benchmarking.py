"""`benchmark`: how fast, against what, measured now."""

from typing import Annotated

import typer

from simulation.commands.endings import say
from simulation.commands.options import Json, Quiet
from simulation.commands.printing import print_json, print_table
from simulation.commands.progress import showing

Quick = Annotated[bool, typer.Option("--quick", help="Leave out the market of ten million customers.")]


def benchmark(quick: Quick = False, quiet: Quiet = False, as_json: Json = False) -> None:
    """Measure speed on this machine, now, as ratios that other machines share."""
    from simulation import benchmarks

    if not quiet:
        say("measuring; on a busy machine it means little")
    with showing(quiet=quiet) as progress:
        measured = benchmarks.measure(large=not quick, progress=progress)
    if as_json:
        print_json(measured)
    else:
        flat = {**measured, **measured["ns_per_customer_week"]}
        rows = [(words, flat.get(key)) for key, words in WORDS.items()]
        print_table("Measured now, on this machine", ("what", "value"), rows, numeric=("value",))


WORDS = {
    "mesa_ratio_1_thread": "times faster than Mesa with one object per customer, one thread",
    "mesa_ratio_2_threads": "the same, two threads",
    "mesa_ratio_compiled_boxes": "times faster than Mesa whose objects call compiled boxes",
    "thread_scaling": "times faster on two threads than on one",
    "1e5": "nanoseconds for a week of one customer, of 100,000",
    "1e7": "nanoseconds for a week of one customer, of 10 million",
    "bytes_per_customer": "bytes of memory for one customer of a world",
    "same_results": "all of them end in the same bits",
}
