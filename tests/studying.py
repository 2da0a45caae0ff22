"""Studies with known answers, without a simulation."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as saltelli_sample
from scipy.stats import qmc

from analysis.studies.experiments import Experiments, Factor, Floats, Outcome

Model = Callable[[Floats], Floats]
NPV = Outcome("npv", "net present value", "EUR")


def ishigami(inputs: Floats) -> Floats:
    """Ishigami & Homma 1990, A = 7, B = 0.1; inputs within -pi..pi."""
    first, second, third = inputs[:, :3].T
    return np.sin(first) + 7.0 * np.sin(second) ** 2 + 0.1 * third**4 * np.sin(first)


ISHIGAMI_FIRST = (0.3139, 0.4424, 0.0)
ISHIGAMI_TOTAL = (0.5576, 0.4424, 0.2437)


def angles(number: int = 3) -> tuple[Factor, ...]:
    return tuple(Factor(f"x{place + 1}", -np.pi, np.pi) for place in range(number))


def unit(number: int) -> tuple[Factor, ...]:
    return tuple(Factor(f"x{place + 1}", 0.0, 1.0) for place in range(number))


def problem(factors: Sequence[Factor]) -> dict[str, Any]:
    bounds = [[each.low, each.high] for each in factors]
    return {"num_vars": len(factors), "names": [each.name for each in factors], "bounds": bounds}


def study(design: str, factors: Sequence[Factor], inputs: Floats, model: Model, **changes: Any) -> Experiments:
    """A study of one outcome, one replicate, from its points and what each of them gives."""
    values = model(inputs).reshape(len(inputs), 1)
    found = Experiments(
        name="planted",
        question="What matters?",
        design=design,
        second_order=False,
        levels=4,
        factors=tuple(factors),
        inputs=inputs,
        outcomes=(NPV,),
        values=values,
        errors=np.full_like(values, np.nan),
        replicates=1,
    )
    return replace(found, **changes)


def saltelli(factors: Sequence[Factor], model: Model, samples: int = 512, second_order: bool = False) -> Experiments:
    inputs = saltelli_sample.sample(problem(factors), samples, calc_second_order=second_order, seed=1)
    return study("saltelli", factors, inputs, model, second_order=second_order)


def morris(factors: Sequence[Factor], model: Model, trajectories: int = 20) -> Experiments:
    inputs = morris_sample.sample(problem(factors), trajectories, num_levels=4, seed=1)
    return study("morris", factors, inputs, model)


def sampled(factors: Sequence[Factor], model: Model, samples: int = 400, seed: int = 1) -> Experiments:
    box = qmc.LatinHypercube(len(factors), rng=np.random.default_rng(seed)).random(samples)
    low, high = (np.array([getattr(each, end) for each in factors]) for end in ("low", "high"))
    return study("latin_hypercube", factors, low + box * (high - low), model)


def grid(factors: Sequence[Factor], levels: Sequence[Sequence[float]], model: Model) -> Experiments:
    inputs = np.array(np.meshgrid(*levels, indexing="ij"), np.float64).reshape(len(levels), -1).T
    return study("grid", factors, inputs, model)


def policies(table: NDArray[Any], names: Sequence[str]) -> Experiments:
    """What every policy (rows) brings in every future (columns); one factor, the number of the future."""
    number, futures = table.shape
    future = np.tile(np.arange(futures), number)
    return study(
        "policies",
        [Factor("luck", 0, futures - 1)],
        future[:, None].astype(np.float64),
        lambda _: np.asarray(table, np.float64).ravel(),
        policies=tuple(names),
        policy=np.repeat(np.arange(number), futures),
        future=future,
    )
