"""Values of different weeks made comparable: discount factors as whole numbers, so sums over customers are exact."""

from __future__ import annotations

from typing import Any

import numpy as np

WEEKS_A_YEAR = 52.0
DISCOUNT_BITS = 20
WHOLE = 1 << DISCOUNT_BITS  # the factor of the first week


def discount(weeks: Any, yearly: float) -> Any:
    """Discount factors after so many weeks, in units of 1 / `WHOLE`; `yearly` is what a year's delay takes off."""
    factors = np.rint((1.0 + yearly) ** (-np.asarray(weeks) / WEEKS_A_YEAR) * WHOLE)
    return factors.astype(np.int64)
