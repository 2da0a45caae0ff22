"""Known weights through a survey and back: how often the intervals of `fit_survey` hold them, and what hides them.

    python -m analysis.survey_example

Towns are simulated in which outlets are good at different things and the weights of determinants are drawn anew; their
customers are interviewed (`survey.csv`), and the weights are estimated from the answers. Shares in the effect on a
visit are compared with the true ones. Nothing here is a customer: no public data set that could be installed has
satisfaction, its drivers and several retailers rated by the same people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from analysis.calibration.answers import Floats
from analysis.calibration.estimates import Fit
from analysis.calibration.survey import fit_survey
from analysis.calibration.weights import Weights
from simulation import Scenario, run
from simulation.parameters import DETERMINANT_NAMES, DIMENSION_NAMES
from simulation.results import Table

TOWNS, CUSTOMERS = 5, 1_500
LEVEL_SD, LEVEL_MEAN = 0.12, 0.72  # of outlets, so that they differ in what they are good at
FACTORS = (0.5, 2.0)  # of each determinant's weights over the model's own
BY_PERSON = {"person": "customer_id"}
WAYS: Mapping[str, Mapping[str, str]] = {
    "every rating by itself": {},
    "beside the person's other ratings": BY_PERSON,
    "and a person's ratings of a retailer averaged": {**BY_PERSON, "subject": "retailer"},
}
WHY = (
    "Ratings by themselves mislead: whoever is easily pleased rates everything well, most of all other channels,\n"
    "which are remembered. Beside the person's other ratings that drops out. Price and waiting also please or annoy\n"
    "as needs of their own, so that overall satisfaction gives price more than the experience does. No survey of real\n"
    "customers has its true weights beside it."
)
OUTCOMES = {"performance": "how the last visit was", "satisfaction": "overall satisfaction"}


class Recovery(NamedTuple):
    """How a way of estimating did: share of intervals that hold the truth, error and bias by determinant."""

    coverage: float
    error: float
    bias: Floats


def town(seed: int, edits: Mapping[str, Any] | None = None, customers: int = CUSTOMERS) -> Scenario:
    """A grocery town with outlets and weights of its own, everybody interviewed four times a year."""
    chance = np.random.default_rng(seed)
    grocery = Scenario.load("grocery")
    made: dict[str, Any] = {"record.survey": {"every": 13, "sample": 1.0}}
    for outlet in grocery.outlets:
        for name in DETERMINANT_NAMES:
            level = float(np.clip(chance.normal(LEVEL_MEAN, LEVEL_SD), 0.3, 1.0))
            made[f"outlet.{outlet.id}.levels.{name}"] = level
    base = Weights.of().base * chance.uniform(*FACTORS, len(DETERMINANT_NAMES))[:, None]
    base = base / base.sum(axis=0)
    for k, name in enumerate(DETERMINANT_NAMES):
        made |= {f"weights.{dimension}.{name}": float(base[k, d]) for d, dimension in enumerate(DIMENSION_NAMES)}
    made |= edits or {}
    return Scenario.load("grocery", edits=made, customers=customers, weeks=52, replicates=1, seed=seed)


def answers_of(scenario: Scenario) -> Table:
    """The interviews of a town."""
    survey = run(scenario, threads=1).survey
    if survey is None:
        raise ValueError(f"{scenario.name} records no survey")
    return survey


def fitted(answers: Table, outcome: str, way: str) -> Fit:
    """Weights from interviews, in one of the ways."""
    ids = WAYS[way]
    return fit_survey(
        answers,
        satisfaction=outcome,
        drivers=DETERMINANT_NAMES,
        person=ids.get("person"),
        subject=ids.get("subject"),
    )


def recovery(towns: int = TOWNS, edits: Mapping[str, Any] | None = None) -> dict[tuple[str, str], Recovery]:
    """By outcome and way: how well known shares are found again in so many towns."""
    found: dict[tuple[str, str], list[tuple[Floats, Floats]]] = {}
    for seed in range(1, towns + 1):
        scenario = town(seed, edits)
        truth, answers = Weights.of(scenario).shares, answers_of(scenario)
        for outcome in OUTCOMES:
            for way in WAYS:
                rows = fitted(answers, outcome, way).estimates[: len(truth)]
                holds = [row.low <= true <= row.high for row, true in zip(rows, truth, strict=True)]
                off = np.array([row.value for row in rows]) - truth
                found.setdefault((outcome, way), []).append((np.array(holds, np.float64), off))
    return {key: _summed(pairs) for key, pairs in found.items()}


def _summed(pairs: list[tuple[Floats, Floats]]) -> Recovery:
    held, off = (np.array(part) for part in zip(*pairs, strict=True))
    return Recovery(float(held.mean()), float(np.sqrt(np.mean(off**2))), off.mean(axis=0))


def markdown(towns: int = TOWNS) -> list[str]:
    """The result as lines of Markdown."""
    kinds = {"as they are": None, "with no needs beside experience": {"parameters.needs_weight": 0.0}}
    lead = f"Known weights, interviews, estimates: {towns} towns of {CUSTOMERS:,} customers, seven shares each"
    lines = [
        f"{lead} (`python -m analysis.survey_example`).",
        "",
        "| customers | outcome | ratings count | 95 % intervals that hold | error of a share | largest bias |",
        "|---|---|---|---|---|---|",
    ]
    for kind, edits in kinds.items():
        for (outcome, way), each in recovery(towns, edits).items():
            worst = int(np.argmax(np.abs(each.bias)))
            largest = f"{DETERMINANT_NAMES[worst]} {each.bias[worst]:+.3f}".replace("-", "−")
            cells = (
                kind,
                OUTCOMES[outcome],
                way,
                f"{each.coverage:.0%}".replace("%", " %"),
                f"{each.error:.3f}",
                largest,
            )
            lines.append(f"| {' | '.join(cells)} |")
    return [*lines, "", WHY]


def main() -> None:
    """Print the result."""
    print("\n".join(markdown()))  # noqa: T201


if __name__ == "__main__":
    main()
