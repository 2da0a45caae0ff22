"""Facts of a newly acquired cohort: who buys once, who comes back and when. Ages are days since the first purchase."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.results import RunResults

Array = NDArray[Any]
PERIOD = 30  # days of an age period
SPREAD = 0  # seed of the days that a simulated week's purchases are spread over


@dataclass(frozen=True, eq=False)
class Cohort:
    """Purchase days of customers, in order of customer and day; days count from 0, the first of week 1."""

    customer: Array  # from 0, without gaps
    day: Array
    amount: Array
    size: int  # customers

    @classmethod
    def of(cls, customer: Array, day: Array, amount: Array) -> Cohort:
        """From a log in any order; several purchases of a customer on one day are one purchase day."""
        key, place = np.unique(np.stack([customer, day], 1), axis=0, return_inverse=True)
        who, number = np.unique(key[:, 0], return_inverse=True)
        return cls(number, key[:, 1], np.bincount(place.ravel(), amount), who.size)

    @classmethod
    def simulated(cls, results: RunResults) -> Cohort:
        """From a run with recorded transactions; the days of a week are drawn, for the engine's week has none.

        Raises:
            ValueError: the run kept no log.
        """
        log = results.transactions
        if log is None:
            raise ValueError("facts of a cohort need a run with record.transactions")
        dates: Any = log.columns["date"]
        start = np.datetime64(results.scenario.market.start)
        days = (np.array(dates.words, "M8[D]") - start).astype(np.int64)[dates.codes]
        offsets = np.random.default_rng(SPREAD).integers(0, 7, days.size)
        customer = log["customer_id"].astype(np.int64)
        order = np.lexsort((days // 7 * 7 + offsets, customer))
        _, number = np.unique(customer[order], return_inverse=True)
        return cls(number, (days // 7 * 7 + offsets)[order], log["amount"][order], int(number.max()) + 1)

    @cached_property
    def is_first(self) -> Array:
        """Which purchases are a customer's first."""
        return np.diff(self.customer, prepend=-1) > 0

    @cached_property
    def first_day(self) -> Array:
        """By customer."""
        return self.day[self.is_first]

    @cached_property
    def age(self) -> Array:
        """Of the customer at each purchase, in days."""
        return self.day - self.first_day[self.customer]

    def until(self, week: int) -> Cohort:
        """The log of weeks 1 to `week`."""
        kept = self.day < 7 * week
        return Cohort(self.customer[kept], self.day[kept], self.amount[kept], self.size)

    def repeats_by_week(self, weeks: int) -> Array:
        """Repeat purchases per customer in each week of the calendar."""
        days = self.day[~self.is_first]
        return np.bincount(days // 7, minlength=weeks)[:weeks] / self.size

    def repeats(self) -> Array:
        """Repeat purchases by customer."""
        return np.bincount(self.customer, minlength=self.size) - 1

    def bought_once(self) -> float:
        """Fact 18. Share of customers who never came back."""
        return float((self.repeats() == 0).mean())

    def repeated_by(self, days: int) -> float:
        """Fact 18. Share of customers who bought again within so many days."""
        soon = ~self.is_first & (self.age <= days)
        return float(np.unique(self.customer[soon]).size / self.size)

    def active_in(self, period: int, length: int = PERIOD) -> float:
        """Fact 19. Share of customers who bought again in a period of age, the first being days 1 to `length`."""
        there = ~self.is_first & (self.age > (period - 1) * length) & (self.age <= period * length)
        return float(np.unique(self.customer[there]).size / self.size)

    def fall_of_activity(self) -> float:
        """Fact 19. Activity in the first period of age over that in the twelfth."""
        return self.active_in(1) / self.active_in(12)
