"""The draws of one customer, behind one small object, so that draws computed in bulk can be handed in instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from simulation.bits import Four, uniforms


class Luck(Protocol):
    """Whatever answers for the draws of one customer."""

    def uniforms(self, week: int, occasion: int, block: int, stream: int, entity: int) -> Four:
        """Four uniforms in (0, 1) of this counter."""


@dataclass(frozen=True, slots=True)
class OwnLuck:
    """Draws made when they are asked for."""

    seed: int
    replicate: int
    key: int

    def uniforms(self, week: int, occasion: int, block: int, stream: int, entity: int) -> Four:
        """Four uniforms in (0, 1) of this counter."""
        return uniforms(self.seed, self.replicate, self.key, week, occasion, block, stream, entity)


LuckOf = Callable[[int, int, int], Luck]
"""From seed, replicate and draw key to a customer's luck."""
