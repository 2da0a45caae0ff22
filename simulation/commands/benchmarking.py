"""`benchmark`: how fast, against what, measured now."""

from typing import Annotated, Any

import typer

from simulation.commands.endings import say
from simulation.commands.options import Json, Quiet
from simulation.commands.printing import print_json, print_table
from simulation.commands.progress import Progress, showing

Quick = Annotated[bool, typer.Option("--quick", help="Leave out ten million customers; of sweeps, take few runs.")]
Sweeps = Annotated[bool, typer.Option("--sweep", help="Measure what a sweep costs beside the engine alone.")]


def benchmark(sweep: Sweeps = False, quick: Quick = False, quiet: Quiet = False, as_json: Json = False) -> None:
    """Measure speed on this machine, now, as ratios that other machines share."""
    if not quiet:
        say("measuring; on a busy machine it means little")
    with showing(quiet=quiet) as progress:
        measured = _measured(sweep, quick, progress)
    if as_json:
        print_json(measured)
    else:
        flat = {**measured, **measured.get("ns_per_customer_week", {})}
        rows = [(words, flat.get(key)) for key, words in (OF_SWEEPS if sweep else WORDS).items()]
        print_table("Measured now, on this machine", ("what", "value"), rows, numeric=("value",))


def _measured(sweep: bool, quick: bool, progress: Progress | None) -> dict[str, Any]:
    if sweep:
        from simulation.sweeping import benchmarks as of_sweeps

        return of_sweeps.measure(quick=quick, progress=progress)
    from simulation import benchmarks

    return benchmarks.measure(large=not quick, progress=progress)


OF_SWEEPS = {
    "runs": "runs that were timed",
    "customers": "customers in each",
    "weeks": "weeks of each",
    "thread_scaling": "times faster on two threads than on one",
    "overhead": "of the engine's own time that a sweep adds on one thread (share)",
    "writing": "of a sweep's time that is writing (share)",
    "cluster_ratio": "times as long on two workers of Dask as on two threads",
    "resume_seconds": "seconds until 10,000 finished runs are known to be finished",
    "megabytes_of_many": "megabytes of memory at most, with 100,000 runs kept",
}
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
