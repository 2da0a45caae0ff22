"""What service desks did, by week: their totals as columns, and response times read from a histogram of counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.records import DESK_TOTALS, RESPONSE_BINS, Totals
from simulation.scenario import Scenario

QUANTILES = {"median": 0.5, "p90": 0.9}
FIRST_HOURS, BINS_AN_OCTAVE = 1.0 / 60.0, 2.0  # of the histogram: see the box `response_bin`


def desks_of(scenario: Scenario, retailer: str, channel: str = "") -> Any:
    """Numbers of the desks of a retailer, of one channel or of all."""
    mine = [d for d, desk in enumerate(scenario.desks) if desk.retailer == retailer and channel in ("", desk.channel)]
    return np.array(mine, int)


def desk_columns(totals: Totals, desks: Any, mine: Any) -> dict[str, Any]:
    """Totals of some desks by week, with the backlog at the beginning of the week (real contacts)."""
    counts = totals.desks[:, mine].sum(1).astype(float)
    columns = {f"desks:{name}": counts[:, k] for k, name in enumerate(DESK_TOTALS)}
    return columns | {"desks:backlog": desks["backlog"][:, mine].sum(1)}


def response_quantile(columns: dict[str, Any], name: str) -> Any:
    """Hours until the answer, by week: the median or the 90th percentile, evenly in logarithms within a bin."""
    counts = np.stack([columns[f"desks:response_{place:02d}"] for place in range(RESPONSE_BINS)], axis=1)
    wanted = counts.sum(1) * QUANTILES[name]
    before = np.cumsum(counts, axis=1) - counts
    place = np.maximum((before < wanted[:, None]).sum(1) - 1, 0)
    rows = np.arange(counts.shape[0])
    here = counts[rows, place]
    within = np.divide(wanted - before[rows, place], here, out=np.full(here.size, np.nan), where=here > 0)
    return FIRST_HOURS * 2.0 ** ((place + within) / BINS_AN_OCTAVE)
