"""The Wallet Allocation Rule (Keiningham, Aksoy, Buoye & Cooil 2011, HBR 89(10)): rank, not score, earns share."""

from __future__ import annotations


def share_of_wallet(rank: float, used: int) -> float:
    """Share of a category's spending at the shop of this rank (1: liked best) among `used` shops; ties: mean rank."""
    return (1.0 - rank / (used + 1.0)) * 2.0 / used
