"""What calibrated customers will do next: as tables in the user's own names, and files of them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from analysis.calibration import buying, forecasting
from analysis.calibration.calibrated_folder import Calibrated
from analysis.calibration.data_file import QUOTED
from analysis.calibration.firm_fits import STATE
from analysis.calibration.firm_tables import read_choices
from analysis.calibration.purchases import Purchases
from analysis.calibration.transaction_log import read_log
from simulation.files import made_by, writing
from simulation.results import Labels, Table
from simulation.scenario import Problem, ScenarioError
from simulation.tables import FORMULA_STARTS

VERB = "forecast"
DIGITS = 6  # significant, in the files
FORMULAS = (
    "{count:,} customer_id begin like formulas of a spreadsheet, as {word!r}. They are written as in the log, "
    "so that they join with it: import that column as text."
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Forecast:
    """Purchases to come: by customer, of all by week, and choices to come if they were asked for."""

    customers: Table  # customer_id, expected_purchases, p_active, expected_spend
    weekly: Table  # week, expected_purchases, low, high
    choices: Table | None
    until: date
    remarks: tuple[str, ...] = ()


def forecast(
    calibrated: Calibrated,
    *,
    horizon: int,
    replicates: int,
    seed: int,
    transactions: Path | None = None,
    date_format: str | None = None,
    until: date | None = None,
    choices: Path | None = None,
    threads: int | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Forecast:
    """Foretell the purchases of the calibrated customers, or of other customers with the parameters as fitted.

    Args:
        calibrated: the folder.
        horizon: weeks to come after the last day of observation.
        replicates: of what is drawn.
        seed: of what is drawn.
        transactions: another log; only its customers are forecast, from their histories alone.
        date_format: how dates are written in it.
        until: the last day of it that is used.
        choices: occasions and alternatives to come, for a calibration that had choices.
        threads: to use; default one for each processor.
        progress: called with the share done and what is being done.

    Raises:
        ScenarioError: a file is wrong, or the calibration had no choices.
        NoSaltError: the names of the customers are not on this machine.
    """
    later = None if choices is None else _choices(calibrated, choices)
    remarks: tuple[str, ...] = ()
    if transactions is None:
        names = calibrated.names()
        ids, purchases = names.ids, calibrated.history(names)
    else:
        log = read_log(transactions, date_format=date_format, until=until)
        ids, purchases, remarks = log.ids, log.purchases, log.remarks
    if progress is not None:
        progress(0.2, "foretelling")
    process = buying.from_record(calibrated.record("transactions") or {})
    ahead = forecasting.forecast(process, purchases, horizon, replicates, seed, threads)
    return Forecast(
        customers=Table.of(
            customer_id=_names(ids),
            expected_purchases=ahead.expected,
            p_active=ahead.active,
            expected_spend=ahead.spend,
        ),
        weekly=Table.of(
            week=np.arange(1, horizon + 1), expected_purchases=ahead.weekly, low=ahead.low, high=ahead.high
        ),
        choices=later,
        until=_last_day(purchases),
        remarks=(*remarks, *_remarks_of_formulas(ids)),
    )


def _remarks_of_formulas(ids: tuple[str, ...]) -> Iterator[str]:
    """Names that a spreadsheet would run, such as =cmd(); numbers are none."""
    found = [word for word in ids if word.startswith(FORMULA_STARTS) and not _is_number(word)]
    if found:
        yield FORMULAS.format(count=len(found), word=found[0][:QUOTED])


def _is_number(word: str) -> bool:
    return word[1:].isdigit() and word[0] in "+-"


def save_forecast(found: Forecast, target: Path, about: Mapping[str, Any]) -> Path:
    """Write `forecast.csv`, `weekly.csv`, `choice_probabilities.csv` if there are any, and the manifest.

    Raises:
        RunFolderError: the folder holds something already, or cannot be written.
    """
    manifest = made_by(VERB, target.name) | dict(about) | {"customers": len(found.customers)}
    with writing(target, manifest) as place:
        _write(found.customers, place / "forecast.csv")
        _write(found.weekly, place / "weekly.csv")
        if found.choices is not None:
            _write(found.choices, place / "choice_probabilities.csv")
    return target


def _choices(calibrated: Calibrated, path: Path) -> Table:
    """The probability of each alternative to come, in the user's own names."""
    from analysis.calibration.choices import choice_probabilities

    record = calibrated.record("choices")
    later = read_choices(path, must_choose=False)
    if record is None:
        message = "this calibration had no choices, so none can be foretold. Calibrate with --choices"
        raise ScenarioError([Problem(later.name, None, "", message)])
    own: Any = later.table.columns["customer_id"]
    names = calibrated.names()
    hidden = Labels(own.codes, tuple(names.of(word) for word in own.words))
    try:
        found = choice_probabilities(record, later.table.adding(customer_id=hidden), calibrated.table(STATE))
    except ValueError as error:
        raise ScenarioError([Problem(later.name, None, "", str(error))]) from error
    return found.adding(customer_id=own)


def _names(ids: tuple[str, ...]) -> Labels:
    return Labels(np.arange(len(ids)), ids)


def _last_day(purchases: Purchases) -> date:
    return date.fromordinal(purchases.first_day.toordinal() + purchases.until - 1)


def _write(table: Table, path: Path) -> None:
    """A CSV file with ids to the letter, as they must fit the user's own; numbers with six significant digits."""
    columns = [_texts(table[name]) for name in table.columns]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(table.columns)
        rows.writerows(zip(*columns, strict=True))


def _texts(values: Any) -> list[Any]:
    if values.dtype.kind == "f":
        return [f"{value:.{DIGITS}g}" for value in values.tolist()]
    return list(values.tolist())
