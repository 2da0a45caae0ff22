"""Histories: each customer's purchases by week, as a weekly model of buying reads them.

Weeks end with the observation, so that the last one is whole and a forecast begins with the next. A newcomer's history
begins with the first purchase, which is given and not explained; what is left of that week counts as a part of one. A
customer from before was there when the log began: the history begins with the log's first whole week.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.purchases import Purchases

Array = NDArray[Any]
WEEK = 7
SETTLED = 91  # days after which few customers from before are seen for the first time
EARLY, LATER = 28, (56, 84)  # days of a log whose numbers of new faces are compared; of a shorter log its outer thirds
SHORTEST = 28  # days of a log that can tell
RUSH = 2.0  # times as many new faces a day at first as later say that the customers were there before


@dataclass(frozen=True, eq=False)
class Histories:
    """Distinct histories; `of` says which one each customer has."""

    counts: Array  # (histories, weeks) int64, purchases to be explained
    begin: Array  # (histories,) the week in which each begins
    part: Array  # (histories,) what share of that week is left
    newcomer: Array  # (histories,) 1 or 0
    copies: Array  # (histories,) customers who have it
    of: Array  # (customers,)

    @property
    def weeks(self) -> int:
        """Weeks of the calendar that the histories cover."""
        return int(self.counts.shape[1])

    def some(self, rows: Array, copies: Array) -> Histories:
        """These histories alone, each had by so many customers."""
        return Histories(
            self.counts[rows], self.begin[rows], self.part[rows], self.newcomer[rows], copies, np.zeros(0, np.int64)
        )


def days_before(log: Purchases) -> int:
    """How many days of new faces are customers from before: none where a log follows people since they were acquired.

    A firm that has had customers sees most of them again soon after its log begins: many new faces at first, few later.
    """
    if log.until < SHORTEST:
        return 0
    third = log.until // 3
    end, later = (EARLY, LATER) if log.until >= LATER[1] else (third, (log.until - third, log.until))
    first = np.bincount(log.first, minlength=later[1])
    few = first[slice(*later)].sum() / (later[1] - later[0])
    return min(SETTLED, log.until) if first[:end].sum() / end > RUSH * few > 0 else 0


def histories_of(log: Purchases, before: int | None = None) -> Histories:
    """Histories of all customers.

    Args:
        log: the purchases.
        before: who first bought in so many days of the log was a customer before it; None: as `days_before` says.
    """
    old = log.first < (days_before(log) if before is None else before)
    weeks = -(-log.until // WEEK)
    start = log.until - WEEK * weeks  # the first day of the first week, which may lie before the log
    begin = np.where(old, 1 if start < 0 and weeks > 1 else 0, (log.first - start) // WEEK)
    part = np.where(old, 1.0, 1.0 - ((log.first - start) % WEEK + 1) / WEEK)
    explained = ~log.is_first | old[log.customer]
    week = (log.day - start) // WEEK
    explained &= week >= begin[log.customer]
    counts = np.zeros((log.customers, weeks), np.int64)
    np.add.at(counts, (log.customer[explained], week[explained]), 1)
    sevenths = np.rint(part * WEEK).astype(np.int64)
    rows = np.column_stack([~old, begin, sevenths, counts])
    rows, of, copies = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    return Histories(
        np.ascontiguousarray(rows[:, 3:]),
        np.ascontiguousarray(rows[:, 1]),
        rows[:, 2] / WEEK,
        np.ascontiguousarray(rows[:, 0]),
        copies,
        of.ravel(),
    )
