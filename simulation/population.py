"""Who the customers are: traits drawn by their own keys, or taken from the user's file."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.chance import TRAITS as TRAIT_STREAM
from simulation.chance import uniform_columns
from simulation.parameters import PARAMETERS, TRAITS, Trait
from simulation.records import TRAITS as TRAITS_KEPT
from simulation.records import People
from simulation.scenario import Scenario
from simulation.scenario.identity import entity_number

WEEKS_PER_YEAR = 52.0
TERTILE_Z = 0.4307272992954576  # normal quantile of 2/3


def trait_of(scenario: Scenario, name: str) -> Trait:
    """How a trait is drawn in this scenario: the data file's row with the scenario's changes."""
    row = TRAITS[name]
    changes = dict(scenario.population.traits.get(name, {}))
    return Trait(**{**row.__dict__, **changes}) if changes else row


def drawn(trait: Trait, u: Any, cells: int) -> Any:
    """Values of a trait for uniforms `u`; clipped to its bounds."""
    from scipy.special import gammaincinv, ndtri

    if trait.kind == "gamma":
        values = gammaincinv(trait.shape, u) * (trait.mean / trait.shape)
    elif trait.kind == "lognormal":
        values = trait.median * np.exp(trait.sd * ndtri(u))
    elif trait.kind == "choice":
        edges = np.cumsum(trait.shares) / np.sum(trait.shares)
        values = np.asarray(trait.values, float)[np.minimum(np.searchsorted(edges, u, side="right"), len(edges) - 1)]
    elif trait.kind == "uniform":
        return np.floor(u * cells)
    else:
        values = trait.mean + trait.sd * ndtri(u)
    return np.clip(values, trait.low, trait.high)


def segment_of(scenario: Scenario, price_sensitivity: Any, goal: Any) -> Any:
    """Price tertile x goal as 0..5, by fixed thresholds of the trait's distribution.

    So that nobody's segment depends on others.
    """
    trait = trait_of(scenario, "price_sensitivity")
    tertile = (price_sensitivity > trait.mean - TERTILE_Z * trait.sd).astype(np.int8)
    tertile += price_sensitivity > trait.mean + TERTILE_Z * trait.sd
    return (tertile * 2 + (goal >= 0.5)).astype(np.int8)


SEGMENTS = tuple(
    f"{price} price sensitivity, {goal} goal"
    for price in ("low", "middle", "high")
    for goal in ("task", "experiential")
)


def draw_keys(scenario: Scenario) -> Any:
    """The 64-bit number by which chance knows each customer."""
    if scenario.people is not None:
        return np.asarray(scenario.people.draw_keys, np.uint64)
    return np.arange(scenario.population.customers, dtype=np.uint64)


def trait_columns(scenario: Scenario, replicate: int, keys: Any) -> dict[str, Any]:
    """Every trait of every customer as float64 columns, drawn where the user's file has none.

    One after the other, so that no more than one is half made: many customers would not fit otherwise.
    """
    given: dict[str, Any] = dict(scenario.people.columns) if scenario.people is not None else {}
    return {
        name: np.asarray(given[name], float)
        if name in given
        else drawn(
            trait_of(scenario, name),
            _uniforms(scenario, replicate, keys, name, correlated="need_rate" not in given),
            scenario.population.cells,
        )
        for name in TRAITS
    }


def _uniforms(scenario: Scenario, replicate: int, keys: Any, name: str, *, correlated: bool) -> Any:
    """Uniforms of a trait; those of the basket go with those of the need rate."""
    own = uniform_columns(scenario.seed, replicate, keys, TRAIT_STREAM, 0, entity_number(name))[:, 0]
    if name != "basket" or not correlated:
        return own
    rho = scenario.parameters.get("need_rate_basket", PARAMETERS["need_rate_basket"].value)
    return _correlated(_uniforms(scenario, replicate, keys, "need_rate", correlated=False), own, float(rho))


def _correlated(first: Any, second: Any, rho: float) -> Any:
    """Uniforms correlated with the first, as normals, by rho."""
    from scipy.special import ndtr, ndtri

    return np.clip(ndtr(rho * ndtri(first) + np.sqrt(1.0 - rho * rho) * ndtri(second)), 1e-12, 1.0 - 1e-12)


def people_of(scenario: Scenario, replicate: int) -> People:
    """The population of one replicate as columns.

    Habitual level and should expectation are set when customers begin.
    """
    keys = draw_keys(scenario)
    traits = trait_columns(scenario, replicate, keys)
    return People(
        key=keys,
        cell=traits["cell"].astype(np.int16),
        segment=segment_of(scenario, traits["price_sensitivity"], traits["goal"]),
        need_rate=(traits["need_rate"] / WEEKS_PER_YEAR).astype(np.float32),
        log_basket=np.log(traits["basket"]).astype(np.float32),
        first_week=traits["first_week"].astype(np.int16),
        traits=np.array([traits[name] for name in TRAITS_KEPT], np.float32),
        habitual=np.zeros(keys.size, np.float32),
        should=np.zeros(keys.size, np.float32),
        pace=traits["pace"].astype(np.float32),
    )
