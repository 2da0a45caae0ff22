"""Needs of a visit, basic and varying: what must be right, and what pleases some customers more than others.

Kano et al. 1984: what must be there can only dissatisfy. Whether a shopping occasion arises is another matter
(`simulation.customer.needs`).
"""

from __future__ import annotations

from simulation.arithmetic import clip, soft
from simulation.compiling import box


@box
def promise_kept(ordinary: float, loss: float) -> float:
    """Level of a need that failures miss: ordinary where nothing went wrong, less what the failure cost."""
    return clip(ordinary - loss)


@box
def speed(ordinary: float, wait: float, usual_wait: float, per_minute: float, online: float) -> float:
    """Level of a need that waiting misses; nobody queues in a digital channel, so there it is ordinary."""
    return clip(ordinary - per_minute * (wait - usual_wait) * (1.0 - online))


@box
def difference_from_ordinary(level: float, ordinary: float, zone: float) -> float:
    """How much better or worse than ordinary a need was met, outside what nobody notices."""
    return soft(level - ordinary, zone)


@box
def loss_weight(loss_aversion: float, basic: float, factor: float) -> float:
    """Lambda of a need: a shortfall in a basic one weighs `factor` times as much."""
    return loss_aversion * (factor if basic > 0.0 else 1.0)


@box
def need_counts(difference: float, importance: float, personal: float, basic: float, loss_weight: float) -> float:
    """What a need adds: gains where it is varying, losses by their weight; times what it matters to the customer."""
    gain = max(difference, 0.0) * (1.0 - basic)
    return importance * personal * (gain - loss_weight * max(-difference, 0.0))
