"""What a customer, a customer base and a change of it are worth in closed form.

Gupta, Lehmann & Stuart 2004 (JMR 41:7-18); Rust, Lemon & Zeithaml 2004 (JM 68:109-127). Retention `r` and discount `i`
are per period and never change; the first margin comes at the end of period 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

SMALL = 1e-6  # relative step of a numerical elasticity


def multiple(retention: float, discount: float) -> float:
    """Lifetime value of a customer in margins of one period: r / (1 + i - r)."""
    return retention / (1.0 + discount - retention)


def retention_elasticity(retention: float, discount: float) -> float:
    """% more lifetime value by 1 % more retention: (1 + i) / (1 + i - r)."""
    return (1.0 + discount) / (1.0 + discount - retention)


@dataclass(frozen=True)
class CustomerBase:
    """A firm's customers now, and those it will acquire: `acquired` a period, for ever, each at a cost."""

    margin: float
    retention: float
    discount: float
    customers: float
    acquired: float
    cost: float

    @property
    def equity(self) -> float:
        """Value of all present and future customers, acquisition paid for."""
        each = self.margin * multiple(self.retention, self.discount)
        return self.customers * each + self.acquired / self.discount * (each - self.cost)

    def elasticity(self, field: str) -> float:
        """% change of equity by 1 % more of `margin`, `retention` or `cost`."""
        more = replace(self, **{field: getattr(self, field) * (1.0 + SMALL)})
        return (more.equity / self.equity - 1.0) / SMALL


def return_on(gain: float, spent: float) -> float:
    """Return on an investment: (change of customer equity - spending) / spending."""
    return (gain - spent) / spent
