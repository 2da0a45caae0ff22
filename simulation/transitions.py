"""Relationships that became another: how many of each type went over to which, by quarter, as a tidy table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from simulation.records import KINDS_AFTER, LINK_TOTALS, TYPE_TOTALS, Totals
from simulation.results import Labels, Table
from simulation.scenario import Scenario

QUARTER = 13  # weeks of a row; the last ones may be fewer
YEAR = 52.0
AT_RISK, LAPSED = TYPE_TOTALS.index("at_risk"), LINK_TOTALS.index("lapsed")


def transitions_table(scenario: Scenario, parts: Sequence[tuple[Totals, Any, Any]]) -> Table:
    """Relationships that changed, per replicate, retailer, quarter, and what they were and became.

    `parts` has the totals of each replicate (first of each tuple), from week 1. `count` is of simulated customers,
    `link_weeks` the weeks that relationships were what is left, and `yearly` how many of a hundred would become so
    in a year: 100 x 52 x count / link_weeks; NaN where there was none. An active relationship can change its type or
    lapse; a lapsed one comes back. A household that moves away takes its relationships with it and is not counted.
    """
    rows = [row for replicate, part in enumerate(parts) for row in _rows(scenario, replicate, part[0])]
    replicate, retailer, first, last, before, after, count, weeks = zip(*rows, strict=True)
    counts, at_risk = np.array(count, np.int64), np.array(weeks, np.int64)
    yearly = np.divide(100.0 * YEAR * counts, at_risk, out=np.full(counts.shape, np.nan), where=at_risk > 0)
    return Table.of(
        scenario=Labels.constant(scenario.name, len(rows)),
        replicate=np.array(replicate, np.int32),
        retailer=Labels.of(retailer),
        first_week=np.array(first, np.int32),
        last_week=np.array(last, np.int32),
        was=Labels.of(before),
        became=Labels.of(after),
        count=counts,
        link_weeks=at_risk,
        yearly=yearly,
    )


def _rows(scenario: Scenario, replicate: int, totals: Totals) -> Iterator[tuple[Any, ...]]:
    """One row for each retailer, quarter and pair of different kinds."""
    weeks = totals.transitions.shape[0]
    spans = [(first, min(first + QUARTER, weeks)) for first in range(0, weeks, QUARTER)]
    for r, retailer in enumerate(scenario.retailers):
        for first, end in spans:
            changed = totals.transitions[first:end, r].sum(0)
            at_risk = [*totals.types[first:end, r, :, AT_RISK].sum(0), totals.links[first:end, r, :, LAPSED].sum()]
            for was, before in enumerate(KINDS_AFTER):
                for became, after in enumerate(KINDS_AFTER):
                    if was != became:
                        found = (changed[was, became], at_risk[was])
                        yield replicate, retailer.id, first + 1, end, before, after, *found
