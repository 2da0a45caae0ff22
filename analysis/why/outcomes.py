"""What explanations explain: a figure of a variant beside its baseline, replicate by replicate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.effects import Window, window_cube
from analysis.money import money
from simulation.parameters import MEASURES
from simulation.results import Labels, Table
from simulation.scenario import Scenario
from simulation.variants import Outcome

Floats: TypeAlias = NDArray[np.float64]
NPV, MARGIN, COST = "npv", "margin", "cost"  # of `analysis.money`; all other figures are measures
OF_MONEY = (NPV, MARGIN, COST)
BEFORE, AFTER = "before", "after"


def differences(
    before: Outcome, after: Outcome, scenario: Scenario, window: Window, names: tuple[str, ...]
) -> Mapping[str, Floats]:
    """Each figure of a variant less the baseline's, by replicate: of its money, or a measure over the window."""
    found: dict[str, Floats] = {}
    if set(names) & set(OF_MONEY):
        samples = _money(before, after, scenario, window)
        found = {name: np.asarray(samples[name], np.float64) for name in OF_MONEY if name in names}
    for name in set(names) - set(OF_MONEY):
        old, new = (over_window(each.weekly.where(measure=name), window) for each in (before, after))
        found[name] = new - old
    return found


def over_window(weekly: Table, window: Window) -> Floats:
    """The one measure of a table over a window, by replicate."""
    values = window_cube(weekly, window, MEASURES).values
    return np.asarray(values[np.isfinite(values).any(-1)][0], np.float64)


def _money(before: Outcome, after: Outcome, scenario: Scenario, window: Window) -> Table:
    weekly = Table.concat([_named(before.weekly, BEFORE), _named(after.weekly, AFTER)])
    costs = Table.concat([_named(each.costs, name) for each, name in ((before, BEFORE), (after, AFTER))])
    focal = next(retailer.id for retailer in scenario.retailers if retailer.focal)
    discount = scenario.money.discount_yearly
    return money(weekly, costs, AFTER, BEFORE, focal, window, discount, 0).samples


def _named(table: Table, name: str) -> Table:
    """The rows of a world under another name: variants of one scenario share theirs."""
    return table.adding(scenario=Labels.constant(name, len(table))) if table.columns else table
