"""A study's folder as the experiments that analysis works on, and what is said and drawn of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from analysis.studies.experiments import Experiments, Factor, Outcome
from simulation.results import Table
from simulation.sweeping.factors import Factor as Moved
from simulation.sweeping.saved import SavedStudy, cells_of

ORDERED = ("saltelli", "morris", "grid", "one_at_a_time", "policies")  # designs that are read as they were drawn


def experiments_of(saved: SavedStudy) -> Experiments:
    """The points of a study with what came of them, finished or not; NaN where nothing came yet."""
    plan = saved.plan
    points = saved.points
    if plan.design["kind"] in ORDERED:
        points = points.where(in_design=True)
    means = _at(saved.means, points)
    names = plan.outcome_names
    return Experiments(
        name=plan.name,
        question=plan.question,
        design=plan.design["kind"],
        second_order=bool(plan.design["second_order"]),
        levels=int(plan.design["levels"] or 4),
        factors=tuple(map(_factor, plan.factors)),
        inputs=cells_of(plan.factors, points),
        outcomes=tuple(Outcome(each["name"], each["label"], each["unit"]) for each in plan.outcomes),
        values=np.column_stack([means[name] for name in names]),
        errors=np.column_stack([_errors(saved.runs, name, points) for name in names]),
        replicates=plan.replicates,
        policies=plan.policies,
        policy=_numbers(points, plan.policies) if plan.policies else None,
        future=points["future"] if plan.policies else None,
    )


def _factor(moved: Moved) -> Factor:
    """A factor of the design as analysis has it: choices as words."""
    return Factor(
        moved.name,
        *moved.ends,
        log=moved.log,
        integer=moved.integer,
        choices=tuple(map(str, moved.choices)),
        is_lever=moved.is_lever,
        label=moved.label,
        unit=moved.unit,
    )


def _at(means: Table, points: Table) -> dict[str, np.ndarray]:
    """Columns of the means in the order of points; NaN for points that are not there."""
    place = {int(point): row for row, point in enumerate(means["point"])}
    rows = np.array([place.get(int(point), -1) for point in points["point"]], np.int64)
    return {name: np.where(rows >= 0, np.append(means[name], np.nan)[rows], np.nan) for name in means.columns}


def _errors(runs: Table, name: str, points: Table) -> Any:
    """Standard errors of means over replicates, of points beside one another: luck that is common to all is no error.

    All points have the same luck in a replicate, which moves them together; what is left is how unlike they answer it.
    """
    number, point = np.unique(runs["point"], return_inverse=True)
    replicate, values = runs["replicate"].astype(np.int64), runs[name]
    count = np.bincount(point, minlength=len(number)).astype(float)
    rest = values - (np.bincount(point, values) / np.maximum(count, 1))[point]
    met = np.bincount(replicate).astype(float)
    rest = rest - (np.bincount(replicate, rest) / np.maximum(met, 1))[replicate]
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(count > 1, np.sqrt(np.bincount(point, rest**2) / (count - 1) / count), np.nan)
    return _at(Table.of(point=number, error=error), points)["error"]


def _numbers(points: Table, policies: tuple[str, ...]) -> np.ndarray:
    place = {name: number for number, name in enumerate(policies)}
    return np.array([place[str(name)] for name in points["policy"]], np.int64)


def sentences_of(saved: SavedStudy) -> list[str]:
    """What matters most for each outcome, and how sure that is."""
    from analysis.studies.study_report import findings, found_by_outcome

    experiments = experiments_of(saved)
    found = findings(experiments, found_by_outcome(experiments), saved.plan.currency)
    return [" ".join([each.lead, *each.doubts]) for each in found]


def write_report_of(saved: SavedStudy, *, png: bool = False) -> Path:
    """Draw the page and the charts of a study in its folder."""
    from analysis.studies.study_report import write_study_report

    failures = [(int(row["point"]), str(row["cause"])) for row in saved.failures.rows()]
    return write_study_report(experiments_of(saved), failures, _about(saved), saved.folder, png=png)


def _about(saved: SavedStudy) -> dict[str, Any]:
    """What the foot of the page says."""
    plan, known = saved.plan, ("results_sha256", "written", "versions", "cpu")
    return {
        "seed": plan.seed,
        "customers": plan.customers,
        "weeks": plan.weeks,
        "based_on": plan.based_on,
        "currency": plan.currency,
        "assumptions": plan.assumptions,
        **{name: saved.manifest[name] for name in known if name in saved.manifest},
    }
