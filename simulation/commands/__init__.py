"""The commands: `python run.py VERB`, installed also as `retailcx VERB`.

Nothing heavy is imported here, so that `--help` answers at once; each verb imports what it needs when it is called.
"""

from collections.abc import Callable

import typer

from simulation.commands.benchmarking import benchmark
from simulation.commands.calibrating import calibrate, forecast
from simulation.commands.checking import check
from simulation.commands.describing import schema
from simulation.commands.endings import with_exit_code
from simulation.commands.listing import list_
from simulation.commands.optimising import optimise
from simulation.commands.reporting import report
from simulation.commands.running import compare, run
from simulation.commands.storytelling import story
from simulation.commands.sweeping import merge, sensitivity, sql, status, sweep
from simulation.commands.validating import validate

app = typer.Typer(
    name="retailcx",
    help="Simulates the customers of a retail market, and what an investment in their experience pays back.",
    epilog="Start with: python run.py compare scenarios/staff_training.toml",
    rich_markup_mode=None,  # twice as fast to start
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

VERBS: dict[str, Callable[..., None]] = {
    "list": list_,
    "check": check,
    "run": run,
    "compare": compare,
    "story": story,
    "report": report,
    "calibrate": calibrate,
    "forecast": forecast,
    "validate": validate,
    "optimise": optimise,
    "sweep": sweep,
    "status": status,
    "sensitivity": sensitivity,
    "sql": sql,
    "merge": merge,
    "schema": schema,
    "benchmark": benchmark,
}
for _name, _verb in VERBS.items():
    app.command(_name)(with_exit_code(_verb))


def main() -> None:
    """Run the command line; ends the process with one of the exit codes of `simulation.commands.endings`."""
    app()
