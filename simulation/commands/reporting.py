"""`report`: draw a finished run again."""

from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.destination import say_where
from simulation.commands.endings import WrongInputError

RunFolder = Annotated[Path, typer.Argument(metavar="RUN_FOLDER", help="A folder that a command wrote.")]
Png = Annotated[bool, typer.Option("--png", help="Also write the charts as PNG files.")]


def report(folder: RunFolder, png: Png = False) -> None:
    """Draw charts and report again from the saved tables."""
    from analysis.report import write_report
    from simulation.files import is_by
    from simulation.sweeping.plan import PLAN
    from simulation.sweeping.saved import load_study

    try:
        if (folder / PLAN).is_file():
            from analysis.studies.reading import write_report_of

            write_report_of(load_study(folder), png=png)
        elif is_by(folder, "calibrate"):
            from analysis.calibration.calibrated_folder import draw_again

            draw_again(folder, png=png)
        elif is_by(folder, "optimise"):
            from analysis.optimising.plan_report import draw_plan_again

            draw_plan_again(folder, png=png)
        else:
            write_report(folder, png=png)
    except OSError as error:
        raise WrongInputError(f"{folder}: the report cannot be written there ({error.strerror or error})") from error
    say_where(folder)
