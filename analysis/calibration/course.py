"""The course of a year: factors of the need rate by month or ISO week, over the weeks of a log and those to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.calendar import month_shares

Array = NDArray[Any]
WEEK = 7


@dataclass(frozen=True)
class Course:
    """Factors around a year's mean of 1, of 12 months or of ISO weeks 1 to 53; without any, all weeks are alike."""

    months: tuple[float, ...] = ()
    weeks: tuple[float, ...] = ()

    @classmethod
    def of(cls, season: Mapping[str, Any] | None) -> Course:
        """Of a season as a market has it, `{months = [...]}` or `{weeks = [...]}`."""
        found = season or {}
        return cls(tuple(found.get("months") or ()), tuple(found.get("weeks") or ()))

    @property
    def is_flat(self) -> bool:
        """Whether all weeks are alike."""
        return not (self.months or self.weeks)

    def as_season(self) -> dict[str, list[float]]:
        """As a market has it; months that are all alike where there is no season."""
        if self.weeks:
            return {"weeks": list(self.weeks)}
        return {"months": list(self.months) or [1.0] * 12}

    def over(self, first: date, weeks: int) -> Array:
        """The factor of each of so many weeks of seven days, the mean of that of their days."""
        if self.is_flat:
            return np.ones(weeks)
        starts = [first + timedelta(days=WEEK * week) for week in range(weeks)]
        if self.months:
            return np.array([month_shares(start, WEEK) @ np.array(self.months) for start in starts])
        return np.array([np.mean([self._of_day(start + timedelta(days=n)) for n in range(WEEK)]) for start in starts])

    def _of_day(self, day: date) -> float:
        return self.weeks[day.isocalendar().week - 1]


FLAT = Course()
