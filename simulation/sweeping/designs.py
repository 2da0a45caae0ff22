"""Designs: which points of the space of factors a study simulates. scipy.stats.qmc and SALib draw them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import prod

import numpy as np

from simulation.sweeping.factors import Factor, Floats
from simulation.sweeping.forms import Design

GRID_LEVELS, ENDS, MORRIS_LEVELS = 5, 2, 4
SAMPLES, BASE_SAMPLES, TRAJECTORIES = 100, 128, 10


def count(design: Design, factors: Sequence[Factor], policies: int) -> int:
    """How many points a design has; that of a list is not known before it is read."""
    many = len(factors)
    levels = design.levels or (GRID_LEVELS if design.kind == "grid" else ENDS)
    sizes = [len(factor.levels(levels)) for factor in factors] if many else []
    return {
        "grid": prod(sizes),
        "one_at_a_time": 1 + sum(sizes),
        "latin_hypercube": design.samples or SAMPLES,
        "sobol": design.samples or BASE_SAMPLES,
        "morris": (design.trajectories or TRAJECTORIES) * (many + 1),
        "saltelli": (design.samples or BASE_SAMPLES) * ((2 * many if design.second_order else many) + 2),
        "policies": (design.samples or SAMPLES) * max(policies, 1),
        "list": 0,
    }[design.kind]


def points(design: Design, factors: Sequence[Factor], seed: int, usual: Floats) -> Floats:
    """The points of a design, (points, factors); of a policies design its futures. `usual` is where nothing moves."""
    if design.kind == "grid":
        return _grid(design, factors)
    if design.kind == "one_at_a_time":
        return _one_at_a_time(design, factors, usual)
    shares = _SHARES[design.kind](design, len(factors), seed)
    return np.column_stack([factor.from_unit(shares[:, k]) for k, factor in enumerate(factors)])


def _grid(design: Design, factors: Sequence[Factor]) -> Floats:
    levels = [factor.levels(design.levels or GRID_LEVELS) for factor in factors]
    return np.array(list(product(*levels)), np.float64)


def _one_at_a_time(design: Design, factors: Sequence[Factor], usual: Floats) -> Floats:
    """The usual point, then each factor at its levels while all others stay."""
    moved = [(k, level) for k, factor in enumerate(factors) for level in factor.levels(design.levels or ENDS)]
    return np.array([usual, *(np.where(np.arange(len(factors)) == k, level, usual) for k, level in moved)])


def _latin_hypercube(design: Design, many: int, seed: int) -> Floats:
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(many, rng=seed).random(design.samples or SAMPLES))


def _sobol(design: Design, many: int, seed: int) -> Floats:
    from scipy.stats import qmc

    return np.asarray(qmc.Sobol(many, rng=seed).random(design.samples or BASE_SAMPLES))


def _morris(design: Design, many: int, seed: int) -> Floats:
    from SALib.sample import morris

    levels = design.levels or MORRIS_LEVELS
    return np.asarray(morris.sample(problem(many), design.trajectories or TRAJECTORIES, levels, seed=seed))


def _saltelli(design: Design, many: int, seed: int) -> Floats:
    from SALib.sample import sobol

    found = sobol.sample(
        problem(many), design.samples or BASE_SAMPLES, calc_second_order=design.second_order, seed=seed
    )
    return np.asarray(found)


def problem(many: int) -> dict[str, object]:
    """Factors between 0 and 1, as SALib wants them."""
    return {"num_vars": many, "names": [f"x{k}" for k in range(many)], "bounds": [[0.0, 1.0]] * many}


_SHARES: Mapping[str, Callable[[Design, int, int], Floats]] = {
    "latin_hypercube": _latin_hypercube,
    "sobol": _sobol,
    "morris": _morris,
    "saltelli": _saltelli,
    "policies": _latin_hypercube,
}
