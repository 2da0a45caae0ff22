"""Which store a household goes to: the Complete Journey, fitted on weeks 14-39, forecast for weeks 40-52.

    pip install "retailcx[validation]"
    python -m analysis.store_choice

The stores a household chooses between are those it went to in weeks 1-13, at most eight; these weeks also say what it
is used to. Households with one store choose nothing, and trips to other stores are left out. Where stores or households
are is not known: habit, taste, the stores' constants and the time of a trip have to tell all. Some households go to one
store on Saturdays and to another after work; how far that was so before is an attribute of each alternative.

All this was chosen on weeks 14-32 and 33-39. A store is not visited twice a day, because that is how trips are counted;
nothing here makes use of it, although that would raise the figures.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.brand_panels import Forecast, forecast, value
from analysis.calibration.choices import fit_choices
from analysis.calibration.estimates import Fit
from analysis.households import CAUTION, baskets_with
from simulation.results import Table

Array = NDArray[Any]
KNOWN, FITTED, LAST = 13, 39, 52  # last weeks of what is known, fitted, forecast
MOST_STORES = 8
PARTS_OF_DAY = (12, 17)  # hours at which the second and the third begin
MANY = 4.0  # trips that a household's usual share is worth beside those at the same time
TIMES = ("weekday", "part_of_day")
LOG_LIKELIHOOD, HIT = -0.625, 0.765  # to reach
REFERENCE = {"last store": (-0.876, 0.685), "running share": (-0.655, 0.750), "smoothing": (-0.622, 0.767)}
"""Log-likelihood and hit rate a trip of simpler forecasts, same trips, by plain maximum likelihood."""


@dataclass(frozen=True, eq=False)
class Trips:
    """Trips in the order of time within households: who, in which week, where, on which weekday and part of the day."""

    household: Array
    week: Array
    store: Array
    weekday: Array
    part_of_day: Array


def complete_journey() -> Trips:
    """The trips of the Complete Journey.

    Baskets of one household, store and day are one trip, or staying where one is would look like loyalty.

    Raises:
        ModuleNotFoundError: the data package is not installed; the message says how.
    """
    baskets = baskets_with(week="first", store_id="first", transaction_timestamp="min")
    baskets["day"] = baskets["transaction_timestamp"].dt.normalize()
    baskets = baskets.sort_values(["household_id", "transaction_timestamp", "basket_id"], kind="stable")
    visits = baskets.drop_duplicates(["household_id", "day", "store_id"])
    when = visits["transaction_timestamp"].dt
    household, week, store = (visits[name].to_numpy() for name in ("household_id", "week", "store_id"))
    part_of_day = np.digitize(when.hour.to_numpy(), PARTS_OF_DAY)
    return Trips(household, week, store, when.day_of_week.to_numpy(), part_of_day)


def choice_table(trips: Trips) -> Table:
    """Trips to the stores that households knew in the first weeks as choices between these; a column has the week.

    Occasions are numbered through. `weekday` and `part_of_day` say how much more than usual the household went to a
    store at such a time before, as a difference of log shares.
    """
    household, store, width = trips.household.astype(np.int64), trips.store, int(trips.store.max()) + 1
    sets = _known_stores(household[trips.week <= KNOWN] * width + store[trips.week <= KNOWN], width)
    owner = sets // width
    start = np.searchsorted(owner, household)
    sizes = np.searchsorted(owner, household, "right") - start
    place = np.minimum(np.searchsorted(sets, household * width + store), len(sets) - 1)
    is_choice = np.flatnonzero((sets[place] == household * width + store) & (sizes > 1))
    sizes, start = sizes[is_choice], start[is_choice]
    trip = np.repeat(is_choice, sizes)
    within = np.arange(len(trip)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    option = sets[np.repeat(start, sizes) + within] % width
    chosen = (option == store[trip]).astype(int)
    times = {name: leanings(household[is_choice], sizes, chosen, getattr(trips, name)[is_choice]) for name in TIMES}
    return Table.of(
        customer_id=household[trip],
        occasion=trip,
        alternative=option.astype(str),
        chosen=chosen,
        **times,
        week=trips.week[trip],
    )


def _known_stores(visits: Array, width: int) -> Array:
    """Households x width + stores that they visit most, at most eight each, in ascending order; earlier ones first."""
    sets, first, number = np.unique(visits, return_index=True, return_counts=True)
    order = np.lexsort((first, -number, sets // width))
    rank = np.arange(len(order)) - np.searchsorted(sets[order] // width, sets[order] // width)
    return np.sort(sets[order][rank < MOST_STORES])


def leanings(household: Array, sizes: Array, chosen: Array, time: Array) -> Array:
    """How much more than usual a household chose each alternative at the same kind of time before, in log shares.

    `household`, `sizes` (number of alternatives) and `time` are by trip, `chosen` and the result by trip and
    alternative. The trips of a household stand together and have the same alternatives.
    """
    result = np.zeros(len(chosen))
    begins = np.r_[np.flatnonzero(np.r_[True, household[1:] != household[:-1]]), len(household)]
    rows = np.r_[0, np.cumsum(sizes)]
    for low, high in pairwise(begins.tolist()):
        block = slice(rows[low], rows[high])
        taken = chosen[block].reshape(high - low, -1).astype(float)
        usual = _before(taken) + 1.0 / taken.shape[1]
        usual /= usual.sum(1, keepdims=True)
        own = np.zeros_like(taken)
        for kind in np.unique(time[low:high]):
            then = time[low:high] == kind
            own[then] = _before(taken[then])
        share = (own + MANY * usual) / (own.sum(1, keepdims=True) + MANY)
        result[block] = np.log(share / usual).reshape(-1)
    return result


def _before(taken: Array) -> Array:
    """How often each alternative was chosen before each trip."""
    return np.asarray(np.cumsum(taken, axis=0) - taken)


def fitted_and_forecast(
    table: Table, last_fitted: int, last: int, *, taste: bool = True, time: bool = True
) -> tuple[Fit, Forecast]:
    """A fit of the weeks from 14 with or without tastes that last and the time of a trip; forecasts of later weeks."""
    week = np.asarray(table["week"])
    left_out = ("week",) if time else ("week", *TIMES)
    plain = Table({name: column for name, column in table.columns.items() if name not in left_out})
    fit = fit_choices(plain.take(week <= last_fitted), counted=week[week <= last_fitted] > KNOWN, taste=taste)
    return fit, forecast(fit, plain.take((week > last_fitted) & (week <= last)))


def lines(fit: Fit, forecasts: Mapping[str, Forecast]) -> list[str]:
    """Forecasts beside the references as a Markdown table; the last one of all is judged."""
    rows = [f"| {name} | {ll:.3f} | {hit:.3f} |" for name, (ll, hit) in REFERENCE.items()]
    ours = [f"| ours, {name} | {each.log_likelihood:.3f} | {each.hit:.3f} |" for name, each in forecasts.items()]
    last = list(forecasts.values())[-1]
    reached = last.log_likelihood >= LOG_LIKELIHOOD and last.hit >= HIT
    weight, habit = value(fit, "choices.panel_loyalty_weight"), value(fit, "parameters.habit_weight")
    about = (
        f"{last.choices:,} trips held back. The loyalty weight is {weight:.2f} with all persistence taken for habit, "
        f"{habit:.2f} beside tastes that last."
    )
    verdict = "Reached" if reached else "Not reached"
    return [
        f"| forecast of weeks {FITTED + 1}-{LAST} | log-likelihood a trip | hit |",
        "|---|---|---|",
        *rows,
        *ours,
        f"| to reach | {LOG_LIKELIHOOD:.3f} | {HIT:.3f} |",
        "",
        f"{about} {verdict} with all of it.",
    ]


def markdown() -> list[str]:
    """The table, computed now."""
    table = choice_table(complete_journey())
    _, loyalty = fitted_and_forecast(table, FITTED, LAST, taste=False, time=False)
    _, taste = fitted_and_forecast(table, FITTED, LAST, time=False)
    fit, time = fitted_and_forecast(table, FITTED, LAST)
    return lines(fit, {"habit": loyalty, "habit and taste": taste, "habit, taste and time": time})


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
