"""A study file as a study, or everything that is wrong with it at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.parameters import MEASURES
from simulation.scenario.forms import Form
from simulation.scenario.problems import ScenarioError, unknown
from simulation.scenario.scenario import Scenario
from simulation.scenario.wording import said
from simulation.sweeping.factors import Factor
from simulation.sweeping.finding import find_study
from simulation.sweeping.forms import MAX_POINTS, USES, Design, Policy, Runs, Size, Stopping, StudyForm
from simulation.sweeping.listed import points_listed
from simulation.sweeping.moving import factors_of, fixed_by, given_by, is_field, try_out, usual_of
from simulation.sweeping.sheet import Sheet
from simulation.sweeping.study import EFFECT, MONEY, Study

WITH_BASELINE = ("npv", "acsi_effect", "retention_effect", "revenue_effect")  # outcomes unless others are named
WITHOUT = ("acsi", "retention", "share_of_wallet", "revenue")
TABLES: Mapping[str, type[Form]] = {"design": Design, "population": Size, "stopping": Stopping, "runs": Runs}
STAND_IN = {"kind": "grid"}  # for a design with a fault, so that the rest can be checked


def study_of(name_or_path: str | Path, sizes: Mapping[str, int]) -> Study:
    """The study that a file describes, of other sizes where so asked; raises `ScenarioError` with all its problems."""
    sheet = Sheet(find_study(name_or_path))
    form = _form(sheet, sizes)
    if form is None:
        sheet.stop_if_wrong()
        raise AssertionError("a form that does not fit has a fault")
    is_design_right = not sheet.has_fault("design")
    given = given_by(sheet, form)
    factors = factors_of(sheet, given)
    scenario = _scenario(sheet, form, fixed_by(given))
    listed = points_listed(sheet, form.design.file, factors) if form.design.kind == "list" else ()
    if is_design_right:
        _design_is_sound(sheet, form, factors)
    _policies_are_sound(sheet, form)
    if scenario is None:
        sheet.stop_if_wrong()
        raise AssertionError("a scenario that cannot be made has a fault")
    try_out(sheet, scenario, factors, form.policy)
    outcomes = _outcomes(sheet, form, scenario, factors)
    _stopping_is_sound(sheet, form, outcomes)
    sheet.stop_if_wrong()
    study = Study(
        name=form.name or sheet.path.stem,
        question=form.question,
        scenario=scenario,
        seed=scenario.seed,
        design=form.design,
        factors=factors,
        usual=tuple(usual_of(scenario, factor) for factor in factors),
        outcomes=outcomes,
        policies=form.policy,
        stopping=form.stopping,
        runs=form.runs,
        listed=listed,
    )
    if not 0 < study.count <= MAX_POINTS:
        sheet.add(("design",), f"the design has {study.count:,} runs; a study has 1 to {MAX_POINTS:,}")
    sheet.stop_if_wrong()
    return study


def _form(sheet: Sheet, sizes: Mapping[str, int]) -> StudyForm | None:
    """The file in its form: table by table, so that every fault is named at its line."""
    values = _sized(sheet.values, sizes)
    for name, form in TABLES.items():
        if name in values:
            sheet.fits(form, (name,), values[name])
    policies = values.get("policy", ())
    for n, each in enumerate(policies if isinstance(policies, tuple) else ()):
        sheet.fits(Policy, ("policy", n), each)
    faulty = {problem.key.partition(".")[0] for problem in sheet.problems}
    rest = {name: value for name, value in values.items() if name not in faulty}
    rest |= {"design": STAND_IN} if "design" in faulty else {}
    return StudyForm.model_validate(rest) if sheet.fits(StudyForm, (), rest) else None


def _sized(values: dict[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    """What the file says, with the sizes that a command was given."""
    own = {name: size for name, size in sizes.items() if name != "customers"}
    if "customers" not in sizes or not isinstance(values.get("population", {}), dict):
        return {**values, **own}
    return {**values, **own, "population": {**values.get("population", {}), "customers": sizes["customers"]}}


def _scenario(sheet: Sheet, form: StudyForm, fixed: Mapping[str, Any]) -> Scenario | None:
    """The scenario of every run, with the study's sizes and all that it sets to one value."""
    base: str | Path | None = form.based_on
    if form.based_on.endswith(".toml"):
        base = sheet.beside(form.based_on)
    if base is None:
        sheet.add(("based_on",), f"there is no scenario {said(form.based_on)} in the folder of this file")
        return None
    try:
        return Scenario.load(
            base,
            edits=fixed,
            customers=form.population.customers,
            weeks=form.weeks,
            replicates=form.replicates,
            seed=form.seed,
        )
    except ScenarioError as error:
        sheet.of_edits(error, fixed)
        return None


def _design_is_sound(sheet: Sheet, form: StudyForm, factors: tuple[Factor, ...]) -> None:
    design = form.design
    for key in sheet.document.data["design"]:
        if key != "kind" and key not in USES[design.kind]:
            reads = ", ".join(USES[design.kind])
            sheet.add(("design", key), f"a {design.kind} design has no {key}; it reads {reads}")
    if design.kind in ("sobol", "saltelli") and design.samples and design.samples & (design.samples - 1):
        near = 2 ** round(math.log2(design.samples))
        sheet.add(("design", "samples"), f"samples of a {design.kind} design are a power of 2, such as {near:,}")
    if design.kind == "morris" and (design.levels or 4) % 2:
        sheet.add(("design", "levels"), "levels of a morris design are an even number")
    if design.kind == "policies" and any(factor.is_lever for factor in factors):
        sheet.add(("levers",), "in a design of policies, what a strategist decides stands in [[policy]]")
    if not factors and not sheet.has_fault("uncertainties") and not sheet.has_fault("levers"):
        sheet.add(("uncertainties",), "nothing is moved: give a number a range or choices")


def _policies_are_sound(sheet: Sheet, form: StudyForm) -> None:
    ids = [policy.id for policy in form.policy]
    for n, policy in enumerate(form.policy):
        if policy.id in ids[:n]:
            sheet.add(("policy", n, "id"), f"two policies are called {policy.id!r}")
        for name in policy.levers:
            if not is_field(name):
                sheet.add(("policy", n, "levers", name), f'{name!r} is not "LEVER_ID.field"')
    if form.policy and form.design.kind != "policies":
        sheet.add(("design", "kind"), f'policies are for a design of kind "policies"; it is {form.design.kind!r}')
    if not form.policy and form.design.kind == "policies":
        sheet.add(("design", "kind"), "a design of policies has a [[policy]] for each")


def _outcomes(sheet: Sheet, form: StudyForm, scenario: Scenario, factors: tuple[Factor, ...]) -> tuple[str, ...]:
    """What is kept of every run; what is a difference needs something to differ from."""
    has = scenario.baseline() is not None or bool(form.policy) or any(factor.is_lever for factor in factors)
    twice = [name for name, count in Counter(form.outcomes).items() if count > 1]
    for name in twice:
        sheet.add(("outcomes",), f"{name} is named twice")
    for name in dict.fromkeys(form.outcomes):
        measure = name.removesuffix(EFFECT)
        if name not in MONEY and measure not in MEASURES:
            sheet.add(("outcomes",), unknown("outcome", name, [*MONEY, *MEASURES, f"acsi{EFFECT}"]))
        elif not has and (measure != name or name in MONEY):
            why = f"{scenario.name} has nothing to be compared with"
            sheet.add(("outcomes",), f"{name}: {why}, so nothing has an effect or pays back")
    return form.outcomes or (WITH_BASELINE if has else WITHOUT)


def _stopping_is_sound(sheet: Sheet, form: StudyForm, outcomes: tuple[str, ...]) -> None:
    rule = form.stopping
    if rule is None:
        return
    if rule.outcome not in outcomes:
        sheet.add(("stopping", "outcome"), unknown("outcome in this study", rule.outcome, outcomes))
    if form.replicates < 2:  # noqa: PLR2004
        sheet.add(("replicates",), "[stopping] needs two replicates at least, for an interval")
    if rule.most_replicates < form.replicates:
        message = f"most_replicates must be at least {form.replicates}, which all points have"
        sheet.add(("stopping", "most_replicates"), message)
