"""What customers are worth: margins of the weeks that were simulated, and in closed form those of the weeks after."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.theory.value import multiple


def simulated_value(margins: Any, staying: float, each: float, retention: float, discount: float) -> float:
    """Value of a group of customers, now: the margins of its periods, then a residual.

    Args:
        margins: of the whole group at the end of each period that was simulated.
        staying: how many are still customers after the last of them.
        each: margin of a period of one who is a customer.
        retention: share of customers who stay from a period to the next, from then on.
        discount: of a period.

    Returns:
        The residual is `multiple` margins of each who stays (Gupta, Lehmann & Stuart 2004). Without any simulated
        period this is their closed form; customers acquired later are worth nothing here.
    """
    paid = np.asarray(margins, float)
    factors = (1.0 + discount) ** -np.arange(1.0, paid.size + 1.0)
    later = residual(staying, each, retention, discount) * (1.0 + discount) ** -paid.size
    return float((paid * factors).sum() + later)


def residual(staying: Any, each: Any, retention: Any, discount: float) -> Any:
    """Value of customers at the end of the simulated weeks, at retention and margin as they were observed."""
    return staying * each * multiple(retention, discount)
