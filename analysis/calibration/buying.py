"""The fitted process of buying as `calibrate` keeps it, the weeks of its log by it, and a population drawn from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.buying_process import Process, Size, expected_by_week, grid_of
from analysis.calibration.course import Course
from analysis.calibration.engine_buying import (
    Baskets,
    PurchaseFit,
    evenly_drawn,
    expected_baskets,
)
from analysis.calibration.gaps import factors_of
from analysis.calibration.histories import WEEK
from analysis.calibration.purchases import Purchases
from simulation.parameters import TRAITS

Array = NDArray[Any]
AT_ONCE = 4_000  # customers drawn at a time
WEEKS_A_YEAR = 52.0


def as_record(fit: PurchaseFit) -> dict[str, Any]:
    """All numbers of a fit, for JSON."""
    names = ("log_likelihood", "customers", "searched", "before")
    return {
        "process": fit.process._asdict(),
        "baskets": fit.baskets._asdict(),
        "size": fit.size._asdict(),
        "season": None if fit.course.is_flat else fit.course.as_season(),
        **{name: getattr(fit, name).tolist() for name in ("point", "middle", "covariance", "points")},
        **{name: getattr(fit, name) for name in names},
    }


def from_record(record: Mapping[str, Any]) -> PurchaseFit:
    """The fit that `as_record` gave."""
    return PurchaseFit(
        process=Process(**record["process"]),
        baskets=Baskets(**record["baskets"]),
        size=Size(**record["size"]),
        point=np.array(record["point"], float),
        middle=np.array(record["middle"], float),
        covariance=np.array(record["covariance"], float),
        points=np.array(record["points"], float),
        log_likelihood=float(record["log_likelihood"]),
        customers=int(record["customers"]),
        searched=int(record["searched"]),
        before=int(record["before"]),
        course=Course.of(record.get("season")),
    )


def by_week(fit: PurchaseFit, log: Purchases) -> Array:
    """Repeat purchases that the model expects of all customers in each week of the log, given their first purchase."""
    grid = grid_of(fit.process, fit.size)
    weeks = log.until // WEEK
    begin = log.until - WEEK * weeks
    start = np.zeros((2, grid.multiple.size, grid.rate.size))
    start[0] = np.outer(grid.arriving / grid.arriving.sum(), grid.weight)
    ages = expected_by_week(grid, start, weeks + 1)
    came = np.clip((log.first - begin) // WEEK, -1, weeks)
    found = np.zeros(weeks)
    for week, newcomers in zip(*np.unique(came, return_counts=True), strict=True):
        rest = ages[: weeks - max(int(week), 0)]
        found[max(int(week), 0) :] += newcomers * rest
    left = 1.0 - ((log.first - begin) % WEEK + 1.0) / WEEK  # a newcomer's first week is a part of one
    found -= np.bincount(np.maximum(came, 0), ages[0] * (1.0 - left), minlength=weeks + 1)[:weeks]
    return found * factors_of(log, fit.course)[-weeks:] if weeks else found


def population(fit: PurchaseFit, log: Purchases, seed: int) -> dict[str, Array]:
    """Traits of the customers as the engine has them: one draw each from what the history leaves open.

    `need_rate` is the usual rate, `pace` where the need stands now, `lapsed` whether the customer has left.
    """
    parts = [
        evenly_drawn(fit, log.some(codes), seed + number)
        for number, codes in enumerate(np.split(np.arange(log.customers), range(AT_ONCE, log.customers, AT_ONCE)))
    ]
    rate, readiness, pace, active = (np.concatenate(columns)[:, 0] for columns in zip(*parts, strict=True))
    return {
        "need_rate": rate * WEEKS_A_YEAR,
        "pace": pace,
        "leaving": readiness - fit.process.readiness,
        "lapsed": 1.0 - active,
        "basket": np.maximum(expected_baskets(fit.baskets, log), TRAITS["basket"].low),
    }
