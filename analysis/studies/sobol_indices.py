"""Sobol indices: which share of an outcome's variance goes with a factor alone, and with it and all it acts with.

First order: what would go if the factor were known. Total: what would stay if all others were known. Estimators of
Saltelli, Annoni, Azzini, Campolongo, Ratto & Tarantola 2010 (Computer Physics Communications 181:259-270), as SALib has
them (Iwanaga, Usher & Herman 2022, Socio-Environmental Systems Modelling 4:18155), with a seeded bootstrap over blocks.
"""

from __future__ import annotations

from analysis.studies.experiments import Experiments, Floats, factor_names
from analysis.studies.index import CONFIDENCE, RESAMPLES, Index, around

LEAST_BLOCKS = 4


def block_length(experiments: Experiments) -> int:
    """Points that one pair of base points makes: one for each factor, two for the pair, twice with second order."""
    factors = len(experiments.factors)
    return 2 * factors + 2 if experiments.second_order else factors + 2


def sobol_indices(experiments: Experiments, values: Floats, seed: int) -> list[Index]:
    """First and total order of every factor, of complete blocks.

    Raises:
        ValueError: fewer blocks are complete than can be resampled.
    """
    from SALib.analyze import sobol

    if len(values) < LEAST_BLOCKS * block_length(experiments):
        raise ValueError(f"Sobol indices need at least {LEAST_BLOCKS} complete blocks of {block_length(experiments)}")
    names = factor_names(experiments)
    found = sobol.analyze(
        {"num_vars": len(names), "names": names},
        values,
        calc_second_order=experiments.second_order,
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        seed=seed + 1,  # SALib takes 0 for "no seed"
    )
    return [
        around(name, index, found[key][place], found[f"{key}_conf"][place])
        for index, key in (("first", "S1"), ("total", "ST"))
        for place, name in enumerate(names)
    ]
