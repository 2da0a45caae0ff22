"""Buying: who buys, and how much."""

from __future__ import annotations

from simulation.arithmetic import exp_, logistic
from simulation.compiling import box


@box
def base_of_channel(base: float, online_base: float, online: float) -> float:
    """Log-odds of buying at an ordinary visit: a digital channel converts fewer of its visits."""
    return base + online_base * online


@box
def certainly(chance: float, arriving: float) -> float:
    """Who comes into the market does so with a purchase."""
    return max(chance, arriving)


@box
def chance_to_buy(
    base: float, c_experience: float, experience: float, ordinary: float, wait: float, out_of_stock: float
) -> float:
    """Probability of buying after discover, browse and any advice; `wait` and `out_of_stock` in log-odds."""
    return logistic(base + c_experience * (experience - ordinary) - wait - out_of_stock)


@box
def basket(
    log_mean: float,
    sd: float,
    z: float,
    price_exponent: float,
    log_price: float,
    c_memory: float,
    better: float,
    response: float,
) -> float:
    """Money spent: the customer's own mean, the luck of the day, the price index, and how good the visit was."""
    return response * exp_(log_mean + sd * z - 0.5 * sd * sd + (1.0 - price_exponent) * log_price + c_memory * better)


@box
def paid(amount: float, discount: float, has_offer: float) -> float:
    """What the basket costs with the offer."""
    return amount * (1.0 - discount * has_offer)


@box
def gross_margin(paid: float, amount: float, cost_share: float) -> float:
    """What the retailer keeps: an offer costs it the discount, not the goods."""
    return paid - amount * cost_share
