"""`calibrate` and `forecast`: a scenario made the firm's own from its data, and what its customers will do next."""

import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.destination import check_free
from simulation.commands.endings import WrongInputError, say
from simulation.commands.options import Edits, Json, Out, Quiet, ScenarioFile, Seed, Settings, Threads
from simulation.commands.printing import number, print_json, print_table
from simulation.commands.progress import showing

if TYPE_CHECKING:
    from analysis.calibration.calibration import Calibration
    from analysis.calibration.foretelling import Forecast

LEAST_REPLICATES, MOST_WEEKS = 200, 520

File = Path | None
Transactions = Annotated[
    Path, typer.Option("--transactions", metavar="LOG", help="customer_id, date, amount[, outlet, channel].")
]
OtherLog = Annotated[File, typer.Option("--transactions", metavar="LOG", help="Another log: forecast its customers.")]
Survey = Annotated[File, typer.Option("--survey", metavar="FILE", help="satisfaction, loyalty and drivers, any scale.")]
CustomerList = Annotated[File, typer.Option("--customer-list", metavar="FILE", help="customer_id[, since, traits].")]
Choices = Annotated[
    File, typer.Option("--choices", metavar="FILE", help="customer_id, occasion, alternative, chosen, ...")
]
Later = Annotated[File, typer.Option("--choices", metavar="FILE", help="Occasions to come: choice_probabilities.csv.")]
Sales = Annotated[File, typer.Option("--sales", metavar="FILE", help="A dated series of sales, for the season.")]
DateFormat = Annotated[
    str | None, typer.Option("--date-format", metavar="F", help="Of dates that are not ISO: %d/%m/%Y")
]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="The last day of the log that is used.")]
Holdout = Annotated[
    int | None, typer.Option("--holdout", metavar="WEEKS", min=0, help="Weeks held back; default: a quarter.")
]
Calibrated = Annotated[
    Path, typer.Argument(metavar="CALIBRATED", help="A folder that `calibrate` wrote, or its scenario.")
]
Horizon = Annotated[int, typer.Option("--horizon", metavar="WEEKS", min=1, max=MOST_WEEKS, help="Weeks to come.")]
Replicates = Annotated[int, typer.Option("--replicates", metavar="N", min=LEAST_REPLICATES, help="Of what is drawn.")]


def calibrate(
    file: ScenarioFile,
    transactions: Transactions,
    survey: Survey = None,
    customer_list: CustomerList = None,
    choices: Choices = None,
    sales: Sales = None,
    date_format: DateFormat = None,
    until: Until = None,
    holdout: Holdout = None,
    settings: Settings = None,
    out: Out = None,
    seed: Seed = None,
    threads: Threads = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Calibrate a scenario to a firm's own data; its customers become the firm's."""
    scenario = Edits(settings=settings or (), seed=seed).load(file)
    last = _date(until)
    check_free(out)
    from analysis.calibration.calibrated_folder import save_calibration
    from analysis.calibration.calibration import calibrate as calibrated
    from analysis.calibration.firm_data import Sources, read_sources
    from analysis.calibration.pseudonyms import NoSaltError
    from simulation.files import default_folder

    started = time.perf_counter()
    sources = Sources(
        transactions=transactions,
        survey=survey,
        customer_list=customer_list,
        choices=choices,
        sales=sales,
        date_format=date_format,
        until=last,
    )
    with showing(quiet=quiet) as progress:
        data = read_sources(sources)
        found = calibrated(scenario, data, seed=scenario.seed, holdout=holdout, threads=threads, progress=progress)
        folder = out or default_folder(found.scenario.name)
        try:
            key = save_calibration(
                found,
                folder,
                seed=scenario.seed,
                seconds=time.perf_counter() - started,
                files=sources.names,
            )
        except NoSaltError as error:
            raise WrongInputError(str(error)) from error
    if as_json:
        print_json(_calibration_as_json(found, folder, key))
        return
    _print_calibration(found)
    say(f"written to {folder}; open {folder / 'report.html'} in a browser")
    say(f"the names of the customers and their salt are in {key}, which only you can read")


def forecast(
    calibrated: Calibrated,
    horizon: Horizon,
    transactions: OtherLog = None,
    choices: Later = None,
    date_format: DateFormat = None,
    until: Until = None,
    replicates: Replicates = LEAST_REPLICATES,
    out: Out = None,
    seed: Seed = None,
    threads: Threads = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Foretell what the customers of a calibration, or of another log, will buy."""
    last = _date(until)
    if last is not None and transactions is None:
        raise WrongInputError("--until: says where another log ends; give that log with --transactions")
    check_free(out)
    from analysis.calibration.calibrated_folder import load_calibration
    from analysis.calibration.foretelling import forecast as foretold
    from analysis.calibration.foretelling import save_forecast
    from analysis.calibration.pseudonyms import NoSaltError
    from simulation.files import default_folder

    opened = load_calibration(calibrated)
    luck = int(opened.manifest["seed"]) if seed is None else seed
    try:
        with showing(quiet=quiet) as progress:
            found = foretold(
                opened,
                horizon=horizon,
                replicates=replicates,
                seed=luck,
                transactions=transactions,
                date_format=date_format,
                until=last,
                choices=choices,
                threads=threads,
                progress=progress,
            )
    except NoSaltError as error:
        raise WrongInputError(str(error)) from error
    about = {
        "seed": luck,
        "replicates": replicates,
        "horizon": horizon,
        "until": found.until.isoformat(),
        "calibration": {key: opened.manifest[key] for key in ("name", "salt", "scenario_sha256")},
    }
    folder = save_forecast(found, out or default_folder("forecast"), about)
    if as_json:
        print_json(_forecast_as_json(found, folder, horizon, replicates))
        return
    _print_forecast(found, horizon)
    say(f"written to {folder}")


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise WrongInputError(f"--until: {text!r} is no date; write it as 2026-01-05") from error


def _calibration_as_json(found: "Calibration", folder: Path, key: Path) -> dict[str, Any]:
    held = found.tables.get("holdout")
    return {
        "out": folder,
        "salt": key,
        "customers": found.purchases.customers,
        "purchases": found.purchases.day.size,
        "first": found.purchases.first_day,
        "until": found.until,
        "estimates": [each for each in found.estimates if each.told],
        "not_told": [each for each in found.estimates if not each.told],
        "holdout": {"weeks": found.held_weeks, "models": held.rows() if held is not None else []},
        "verdict": found.verdict,
        "remarks": found.remarks,
    }


def _print_calibration(found: "Calibration") -> None:
    from analysis.calibration.calibration_words import SCREEN_COLUMNS, comparison_cells

    for remark in found.remarks:
        say(remark)
    typer.echo(
        f"{found.scenario.name}: {found.purchases.customers:,} customers, {found.purchases.day.size:,} purchases, "
        f"{found.purchases.first_day} to {found.until}"
    )
    told = [each for each in found.estimates if each.told]
    cells = [
        (each.path, number(each.value), f"{number(each.low)} to {number(each.high)}", each.source) for each in told
    ]
    print_table("What the data say", ("number", "estimate", "95 % interval", "from"), cells, numeric=("estimate",))
    untold = [each.path for each in found.estimates if not each.told]
    if untold:
        typer.echo(f"What they cannot tell, and stays as it was: {', '.join(untold)}\n")
    if "holdout" in found.tables:
        title = f"The last {found.held_weeks} weeks, held back"
        rows = [row[: len(SCREEN_COLUMNS)] for row in comparison_cells(found.tables["holdout"])]
        print_table(title, SCREEN_COLUMNS, rows, numeric=SCREEN_COLUMNS[1:])
    typer.echo(found.verdict)


def _forecast_as_json(found: "Forecast", folder: Path, horizon: int, replicates: int) -> dict[str, Any]:
    return {
        "out": folder,
        "customers": len(found.customers),
        "until": found.until,
        "horizon": horizon,
        "replicates": replicates,
        "expected_purchases": float(found.customers["expected_purchases"].sum()),
        "expected_spend": float(found.customers["expected_spend"].sum()),
        "weekly": found.weekly.rows(),
        "remarks": found.remarks,
    }


def _print_forecast(found: "Forecast", horizon: int) -> None:
    for remark in found.remarks:
        say(remark)
    table = found.customers
    typer.echo(
        f"{len(table):,} customers are expected to make {table['expected_purchases'].sum():,.0f} purchases for "
        f"{table['expected_spend'].sum():,.0f} in the {horizon} weeks after {found.until}; "
        f"{table['p_active'].sum():,.0f} of them are expected to be customers still."
    )
