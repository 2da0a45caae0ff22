"""What a fitted process of buying says of a scenario: estimates with intervals, and the settings that follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from analysis.calibration.buying import as_record
from analysis.calibration.engine_buying import PurchaseFit
from analysis.calibration.estimates import Estimate, Fit
from analysis.calibration.purchases import Purchases
from simulation.parameters import PARAMETERS, TRAITS

SOURCE = "transactions"
YEAR = 52.0  # weeks
LOG_WEEKS_A_MONTH = float(np.log(YEAR / 12.0))
FEW = 30  # customers


class Place(NamedTuple):
    """Where a scenario has a number of the process: its value there is scale x number + shift."""

    number: str
    path: str
    unit: str
    scale: float = 1.0
    shift: float = 0.0


PLACES = (
    Place("mean", "population.traits.need_rate.mean", "needs a year", YEAR),
    Place("shape", "population.traits.need_rate.shape", "shape of the Gamma of rates"),
    Place("readiness", "parameters.leaving_monthly", "log-odds a month", shift=LOG_WEEKS_A_MONTH),
    Place("leaving_sd", "parameters.leaving_sd", "log-odds"),
    Place("returning", "parameters.return_weekly", "probability a week"),
    Place("pace_sd", "parameters.pace_sd", "sd of the log of the rate"),
    Place("pace_kept", "parameters.pace_kept", "share a week"),
)
UNTOLD = "the log says no more of it than was known before"


def fit_of(found: PurchaseFit, log: Purchases) -> Fit:
    """The process as a fit: settings of a scenario whose customers come with traits of their own."""
    estimates = [_estimate(found, place) for place in PLACES]
    within = PARAMETERS["basket_sd_within"]
    value = found.baskets.within
    estimates.append(
        Estimate("parameters.basket_sd_within", value, value, value, within.unit, SOURCE, remark="by counting")
    )
    edits = {each.path: _held(each.path, each.value) for each in estimates if _has_place(each.path)}
    if "leaving" in TRAITS:
        edits["parameters.leaving_sd"] = 0.0  # every customer comes with a readiness of the own
    return Fit(SOURCE, tuple(estimates), edits, as_record(found), remarks=tuple(_remarks(found, log, estimates)))


def _estimate(found: PurchaseFit, place: Place) -> Estimate:
    low, high = (place.scale * end + place.shift for end in found.interval(place.number))
    value = place.scale * getattr(found.process, place.number) + place.shift
    told = found.is_told(place.number)
    remark = _beyond(place.path, value) if told else UNTOLD
    return Estimate(place.path, value, low, high, place.unit, SOURCE, told, remark)


def _range(path: str) -> tuple[float, float]:
    kind, _, name = path.partition(".")
    if kind == "parameters" and name in PARAMETERS:
        return PARAMETERS[name].low, PARAMETERS[name].high
    return (TRAITS["need_rate"].low, TRAITS["need_rate"].high) if path.endswith("mean") else (0.0, 1e6)


def _has_place(path: str) -> bool:
    kind, _, name = path.partition(".")
    return kind != "parameters" or name in PARAMETERS


def _held(path: str, value: float) -> float:
    return float(np.clip(value, *_range(path)))


def _beyond(path: str, value: float) -> str:
    low, high = _range(path)
    return "" if low <= value <= high else f"held within the {low:g} to {high:g} that the model allows"


def _remarks(found: PurchaseFit, log: Purchases, estimates: list[Estimate]) -> Iterator[str]:
    again = int(log.day.size) - log.customers
    if again == 0:
        yield "Nobody bought twice: how often customers come back is what was known before, not what this log says."
    if log.customers < FEW:
        yield f"The log has {log.customers:,} customers: what it says is uncertain, and intervals are wide."
    if found.before:
        yield (
            f"Customers first seen in the first {found.before} days are taken to have been customers before: "
            "new faces were many at first and few later."
        )
    untold = [each.path.rpartition(".")[2].replace("_", " ") for each in estimates if not each.told]
    if untold:
        yield f"The log cannot tell {', '.join(untold)}: what was known before stands."
