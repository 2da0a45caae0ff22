"""Purchases of a firm's customers, as models of buying read them: who, on which day, for how much.

Several purchases of a customer on one day are one purchase. Days count from the log's first; the observation ends
before the day `until`, whether or not anybody bought just before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
DAYS = 7.0  # of a week


class Summary(NamedTuple):
    """What the models of Fader and Hardie need of each customer; times in weeks."""

    frequency: Array  # repeat purchases
    recency: Array  # from the first purchase to the last
    age: Array  # T: from the first purchase to the end
    monetary: Array  # mean amount of a repeat purchase; 0 where there is none


@dataclass(frozen=True, eq=False)
class Purchases:
    """At most one row per customer and day, in their order; every customer has at least one."""

    customer: Array  # codes 0 .. customers - 1, int64
    day: Array  # int64, 0 is `first_day`
    amount: Array  # money, the day's sum
    first_day: date
    customers: int
    first: Array  # each customer's first day
    until: int  # day of the end of observation, exclusive

    @classmethod
    def of(
        cls, customer: ArrayLike, day: ArrayLike, amount: ArrayLike, first_day: date, until: int | None = None
    ) -> Purchases:
        """From a log in any order; `until` is the day after the last purchase, if not given.

        Raises:
            ValueError: there is no purchase, a day lies outside the observation, or codes of customers have gaps.
        """
        who, when, paid = np.asarray(customer, np.int64), np.asarray(day, np.int64), np.asarray(amount, float)
        if who.size == 0:
            raise ValueError("there is no purchase")
        end = int(when.max()) + 1 if until is None else until
        if when.min() < 0 or when.max() >= end:
            raise ValueError(f"a purchase lies outside the observation, which has the days 0 to {end - 1}")
        key, place = np.unique(who * end + when, return_inverse=True)
        codes = key // end
        if codes[0] != 0 or np.any(np.diff(codes) > 1):
            raise ValueError("customers must have the codes 0, 1, 2, ... without gaps")
        starts = np.diff(codes, prepend=-1) > 0
        return cls(
            codes, key % end, np.bincount(place.ravel(), paid), first_day, int(codes[-1]) + 1, (key % end)[starts], end
        )

    @cached_property
    def is_first(self) -> Array:
        """Which rows are a customer's first."""
        return np.diff(self.customer, prepend=-1) > 0

    def seen_by(self, day: int) -> Array:
        """Codes of the customers who bought before a day: those whom `until_day` keeps, in its order."""
        return np.flatnonzero(self.first < day)

    def until_day(self, day: int) -> Purchases:
        """The same log as it stood before a day: customers who had bought by then, with new codes (`seen_by`)."""
        kept = self.day < day
        codes = np.full(self.customers, -1)
        seen = self.seen_by(day)
        codes[seen] = np.arange(seen.size)
        who = codes[self.customer[kept]]
        return Purchases(who, self.day[kept], self.amount[kept], self.first_day, seen.size, self.first[seen], day)

    def some(self, codes: Array) -> Purchases:
        """These customers alone, in this order, with new codes."""
        place = np.full(self.customers, -1)
        place[codes] = np.arange(codes.size)
        who = place[self.customer]
        rows = np.flatnonzero(who >= 0)
        rows = rows[np.argsort(who[rows], kind="stable")]
        return Purchases(
            who[rows], self.day[rows], self.amount[rows], self.first_day, codes.size, self.first[codes], self.until
        )

    def bought(self, begin: int, end: int) -> Array:
        """Number of purchases of each customer on the days `begin` to `end` - 1."""
        within = (self.day >= begin) & (self.day < end)
        return np.bincount(self.customer[within], minlength=self.customers)

    def by_week(self, begin: int, weeks: int) -> Array:
        """Purchases of all customers in each of so many weeks from a day on."""
        within = (self.day >= begin) & (self.day < begin + 7 * weeks)
        return np.bincount((self.day[within] - begin) // 7, minlength=weeks)

    def summary(self) -> Summary:
        """Frequency, recency, age and monetary value; the last day of observation is its end, as in BTYD."""
        count = np.bincount(self.customer, minlength=self.customers)
        last = np.zeros(self.customers, np.int64)
        np.maximum.at(last, self.customer, self.day)
        again = ~self.is_first
        spent = np.bincount(self.customer[again], self.amount[again], minlength=self.customers)
        repeats = count - 1
        return Summary(
            repeats,
            (last - self.first) / DAYS,
            (self.until - 1 - self.first) / DAYS,
            np.divide(spent, repeats, out=np.zeros(self.customers), where=repeats > 0),
        )
