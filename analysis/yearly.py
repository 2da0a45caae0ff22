"""Weekly rates as people say them: 99.5 % who stay a week are 78 % who stay a year."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from analysis.effects import Floats, Interval

WEEKS = 52
Number = TypeVar("Number", float, Floats)


def kept(weekly: Number) -> Number:
    """The share that stays a year, of a share that stays each week."""
    return weekly**WEEKS


def lost(weekly: Number) -> Number:
    """The share that is gone after a year, of a share that goes each week."""
    return 1.0 - kept(1.0 - weekly)


YEARLY: Mapping[str, Callable[[float], float]] = {"retention": kept, "churn": lost}


def level(measure: str, weekly: Interval) -> Interval:
    """A level as it is shown: of a year if it is a weekly rate, as it is otherwise."""
    of_a_year = YEARLY.get(measure)
    return weekly if of_a_year is None else Interval(*(of_a_year(each) for each in weekly))


def change(measure: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the effects table as it is shown: what a change of a weekly rate is in a year, from its baseline on."""
    of_a_year = YEARLY.get(measure)
    if of_a_year is None:
        return dict(row)
    start = row["baseline"]
    before = of_a_year(start)
    ends = {key: of_a_year(start + row[key]) - before for key in ("effect", "low", "high")}
    parts = zip(("relative", "relative_low", "relative_high"), ends.values(), strict=True)
    relative = {key: 100 * each / before if before > 0 else math.nan for key, each in parts}
    return {**row, **ends, "baseline": before, **relative}


def label(measure: str, words: str) -> str:
    """What it is called."""
    return f"{words.removeprefix('weekly ')} in a year" if measure in YEARLY else words
