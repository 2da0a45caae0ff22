"""The store: load, crowding, stock-outs, wear."""

from __future__ import annotations

from simulation.arithmetic import clip
from simulation.compiling import box


@box
def load(visits: float, season_ratio: float, capacity: float) -> float:
    """Visits expected this week as a share of capacity: last week's, carried by the season."""
    return visits * season_ratio / capacity


@box
def crowding(load_now: float, comfortable: float, response: float, reference: float) -> float:
    """Social level lost above the comfortable load, beyond what the reference load costs already."""
    return response * (max(0.0, load_now - comfortable) - max(0.0, reference - comfortable))


@box
def bustle(load_now: float, best: float, response: float, reference: float) -> float:
    """Liveliness that experiential customers enjoy.

    An inverted U around the comfortable load, 0 at the reference load.
    """
    here = min(max((load_now - best) / best, -1.0), 1.0)
    usual = (reference - best) / best
    return response * (usual * usual - here * here)


@box
def stock_out_chance(load_now: float, base: float, response: float, reference: float, cap: float) -> float:
    """Probability that a visitor misses an item."""
    return min(max(base + response * (load_now - reference), 0.0), cap)


@box
def freshness_after(fresh: float, wear: float, upkeep: float) -> float:
    """What is left of a store's looks a week later; full upkeep stops the wear."""
    return clip(fresh * (1.0 - wear * (1.0 - min(max(upkeep, 0.0), 1.0))))


@box
def atmosphere(given: float, floor: float, fresh: float) -> float:
    """The atmosphere: the given level, worn towards a floor (a level below the floor does not wear)."""
    lowest = min(given, floor)
    return lowest + (given - lowest) * fresh
