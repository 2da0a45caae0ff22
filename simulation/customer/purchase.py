"""Buying: who buys, and how much."""

from __future__ import annotations

from simulation.arithmetic import clip, exp_, logistic
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
def if_served(chance: float, served: float) -> float:
    """Probability of buying where only a share of visitors can be served; the others leave with nothing."""
    return chance * served


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


@box
def chance_to_look_on(share: float, involvement: float, innovativeness: float) -> float:
    """Probability that a session without an order was research: the need stays open. `share` at .5 of both traits."""
    return clip(share * (involvement + innovativeness))


@box
def with_open_need(wanted: float, stays_open: float, most: float) -> float:
    """Occasions of the week when a need was left open: one more, up to the `most` that a week can have."""
    return min(wanted + stays_open, most)


@box
def is_prepared(looked_at: float, slot: float, online: float) -> float:
    """1 on a trip to a store of the retailer whose site the customer looked at last (slots from 1, 0 is none)."""
    return 1.0 - online if looked_at > 0.5 and looked_at == slot + 1.0 else 0.0


@box
def informed(gain: float, channels: float, prepared: float) -> float:
    """What is discovered better in the store by who looked online first: by how good the other channel is."""
    return gain * channels * prepared
