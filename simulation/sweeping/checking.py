"""A study file as a study, or everything that is wrong with it at once."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from simulation.parameters import MEASURES
from simulation.scenario.finding import SHIPPED
from simulation.scenario.forms import Form
from simulation.scenario.problems import Problem, ScenarioError, in_order, suggestion, unknown, unknown_key
from simulation.scenario.reading import Document, inside, is_file, read
from simulation.scenario.scenario import Scenario
from simulation.scenario.wording import faults, said
from simulation.sweeping.factors import Factor, all_parameters, known_names, row_of
from simulation.sweeping.forms import MAX_POINTS, USES, Design, Policy, Runs, Size, Span, Stopping, StudyForm
from simulation.sweeping.study import EFFECT, MONEY, Study

STUDIES = SHIPPED / "studies"
ABOUT = ("all", "but")  # keys of [uncertainties] that are no names of numbers
WITH_BASELINE = ("npv", "acsi_effect", "retention_effect", "revenue_effect")
WITHOUT = ("acsi", "retention", "share_of_wallet", "revenue")
TABLES: Mapping[str, type[Form]] = {"design": Design, "population": Size, "stopping": Stopping, "runs": Runs}
MAX_RUNS_IN_WORDS = f"{MAX_POINTS:,}"


def shipped_studies() -> list[str]:
    """Names of the studies that come with the program."""
    return sorted(path.stem for path in STUDIES.glob("*.toml"))


def is_study(path: Path) -> bool:
    """Whether a file describes a study rather than a scenario."""
    try:
        return "design" in read(path).data
    except ScenarioError:
        return False


def find_study(name_or_path: str | Path) -> Path:
    """The file of a shipped study or a path; raises `ScenarioError` when there is none."""
    if str(name_or_path) in shipped_studies():
        return STUDIES / f"{name_or_path}.toml"
    path = Path(name_or_path)
    if is_file(path):
        return path
    hint = suggestion(path.stem, shipped_studies())
    message = f"there is no such file or shipped study. {hint}".rstrip()
    raise ScenarioError([Problem(str(name_or_path), None, "", message)])


def study_of(name_or_path: str | Path) -> Study:
    """The study that a file describes; raises `ScenarioError` with all its problems."""
    path = find_study(name_or_path)
    return _Reader(read(path), path).study()


class _Reader:
    """One study file and what has been found wrong with it."""

    def __init__(self, document: Document, path: Path) -> None:
        self.document = document
        self.path = path
        self.problems: list[Problem] = []

    def study(self) -> Study:
        form = self._form()
        scenario = self._scenario(form) if form else None
        if form is None or scenario is None:
            raise ScenarioError(in_order(self.problems))
        policies = self._policies(form)
        factors, usual, scenario = self._factors(form, scenario)
        outcomes = self._outcomes(form, scenario, factors, policies)
        listed = self._listed(form, factors)
        self._design(form, factors, policies)
        self._tried(scenario, factors, policies)
        self._stopping(form, outcomes)
        if self.problems:
            raise ScenarioError(in_order(self.problems))
        study = Study(
            name=form.name or self.path.stem,
            question=form.question,
            scenario=scenario,
            seed=scenario.seed,
            design=form.design,
            factors=factors,
            usual=usual,
            outcomes=outcomes,
            policies=policies,
            stopping=form.stopping,
            runs=form.runs,
            listed=listed,
            text=self.path.read_text(encoding="utf-8-sig"),
        )
        if not 0 < study.count <= MAX_POINTS:
            raise ScenarioError([self._problem(("design",), f"{study.count:,} runs; a study has 1 to {MAX_POINTS:,}")])
        return study

    def _problem(self, keys: tuple[str | int, ...], message: str) -> Problem:
        """A problem with a key; of one that is missing, with the table it should be in."""
        lines = self.document.lines
        line = next((lines[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in lines), None)
        return Problem(self.document.file, line, ".".join(map(str, keys)), message)

    def _add(self, keys: tuple[str | int, ...], message: str) -> None:
        self.problems.append(self._problem(keys, message))

    # --- forms

    def _form(self) -> StudyForm | None:
        """The file in its form: table by table, so that every fault is named at its line."""
        values = _frozen(self.document.data)
        for name, form in TABLES.items():
            self._table(form, (name,), values.get(name))
        for n, each in enumerate(values.get("policy") or ()):
            self._table(Policy, ("policy", n), each)
        try:
            return StudyForm.model_validate(values)
        except ValidationError as error:
            for key, message in faults(StudyForm, error, "a study"):
                if not any(problem.key.split(".")[0] == key for problem in self.problems):
                    self._add((key,) if key else (), message)
            return None

    def _table(self, form: type[Form], keys: tuple[str | int, ...], values: Any) -> None:
        if values is None:
            return
        try:
            form.model_validate(values)
        except ValidationError as error:
            for key, message in faults(form, error, f"[{keys[0]}]"):
                self._add((*keys, key) if key else keys, message)

    # --- what it is based on

    def _scenario(self, form: StudyForm) -> Scenario | None:
        """The scenario of every run; the study's own sizes are its."""
        base = inside(self.path.parent, form.based_on) if form.based_on.endswith(".toml") else None
        if form.based_on.endswith(".toml") and (base is None or not is_file(base)):
            self._add(("based_on",), f"there is no scenario {said(form.based_on)} in the folder of this file")
            return None
        try:
            return Scenario.load(
                base or form.based_on,
                customers=form.population.customers,
                weeks=form.weeks,
                replicates=form.replicates,
                seed=form.seed,
            )
        except ScenarioError as error:
            for problem in error.problems:
                words = problem.message if problem.file.startswith("--") else str(problem)
                self._add(("based_on",), words)
            return None

    # --- factors

    def _factors(self, form: StudyForm, scenario: Scenario) -> tuple[tuple[Factor, ...], tuple[float, ...], Scenario]:
        """What is moved, where it stands now, and the scenario with all that the study sets to one value."""
        found: list[Factor] = []
        fixed: dict[str, Any] = {}
        given = {name: value for name, value in form.uncertainties.items() if name not in ABOUT}
        for name, value in {**self._all(form.uncertainties, given), **given}.items():
            path = self._path(name, scenario)
            self._one(("uncertainties", name), Factor(name, path or "", unit=""), value, found, fixed) if path else None
        for name, value in form.levers.items():
            if name.count(".") != 1:
                self._add(
                    ("levers", name), f'{name!r} is not "LEVER_ID.field", such as "staff_training.hours_per_employee"'
                )
            else:
                self._one(("levers", name), Factor(name, f"lever.{name}", is_lever=True), value, found, fixed)
        scenario = self._with(scenario, fixed)
        if not found and not form.policy and form.design.kind != "list":
            self._add(("uncertainties",), "nothing is moved: name a number in [uncertainties] or [levers]")
        return tuple(found), tuple(_usual(scenario, factor) for factor in found), scenario

    def _all(self, uncertainties: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Every parameter that is not named itself, where `all = true`."""
        known = known_names()
        but = uncertainties.get("but", ())
        for name in but if isinstance(but, tuple) else ():
            if name not in known:
                self._add(("uncertainties", "but"), unknown("number", str(name), known))
        wanted = uncertainties.get("all", False)
        if not isinstance(wanted, bool):
            self._add(("uncertainties", "all"), f"all must be true or false; it is {said(wanted)}")
        return all_parameters(frozenset(map(str, but)) | frozenset(given)) if wanted is True else {}

    def _path(self, name: str, scenario: Scenario) -> str | None:
        """The path of a number in a scenario; a name alone is one of the model's."""
        known = known_names()
        if "." in name:
            return name
        if name not in known:
            self._add(("uncertainties", name), unknown("number of the model", name, known))
        return known.get(name)

    def _one(
        self, keys: tuple[str, str], factor: Factor, value: Any, found: list[Factor], fixed: dict[str, Any]
    ) -> None:
        """A range, choices, or a value that is set once for all."""
        row = row_of(factor.path)
        factor = replace(factor, label=keys[1].replace("_", " ") if row is None else row.name.replace("_", " "))
        factor = replace(factor, unit="" if row is None else row.unit)
        if isinstance(value, dict):
            span = self._span(keys, value)
            if span is not None:
                self._within(keys, span, factor)
                ends = {"low": span.min, "high": span.max, "log": span.log, "integer": span.integer}
                found.append(replace(factor, **ends))  # type: ignore[arg-type]
        elif isinstance(value, tuple):
            if len(set(map(repr, value))) < 2 or not all(isinstance(each, str | int | float) for each in value):  # noqa: PLR2004
                self._add(keys, f"choices are two or more different numbers or words; they are {said(list(value))}")
            else:
                found.append(replace(factor, choices=value))
        else:
            fixed[factor.path] = value

    def _span(self, keys: tuple[str, str], value: Mapping[str, Any]) -> Span | None:
        before = len(self.problems)
        self._table(Span, keys, value)
        return Span.model_validate(value) if len(self.problems) == before else None

    def _within(self, keys: tuple[str, str], span: Span, factor: Factor) -> None:
        """Parameters are checked against their rows: there are hundreds, and a scenario takes 15 ms to be checked."""
        row = row_of(factor.path)
        if row is None:
            return
        for end in ("min", "max"):
            value = getattr(span, end)
            if not row.low <= value <= row.high:
                self._add(
                    (*keys, end), f"{end} of {keys[1]} must lie between {row.low:g} and {row.high:g}; it is {value:g}"
                )

    def _with(self, scenario: Scenario, fixed: Mapping[str, Any]) -> Scenario:
        try:
            return scenario.replace(edits=fixed) if fixed else scenario
        except ScenarioError as error:
            self._from_edits(error, list(fixed))
            return scenario

    def _from_edits(self, error: ScenarioError, paths: list[str]) -> None:
        """Problems of a changed scenario, at the lines of the study that made the change."""
        for problem in error.problems:
            path = next((each for each in paths if problem.key.startswith(each)), "")
            self._add(self._keys_of(path), problem.message.removeprefix(f"{path}: "))

    def _keys_of(self, path: str) -> tuple[str, ...]:
        """Where a study names a path of the scenario."""
        _, _, rest = path.partition(".")
        lines = self.document.lines
        wanted = [("levers", rest), ("uncertainties", path), ("uncertainties", rest)]
        return next((keys for keys in wanted if keys in lines), ("design",))

    def _tried(self, scenario: Scenario, factors: tuple[Factor, ...], policies: tuple[Policy, ...]) -> None:
        """The scenario at both ends, or all choices, of every number that is no parameter; and with every policy."""
        for factor in factors:
            if row_of(factor.path) is None and not self._is_faulty(factor):
                for cell in factor.levels(2):
                    self._try(scenario, {factor.path: factor.value(float(cell))})
        for n, policy in enumerate(policies):
            before = len(self.problems)
            self._try(scenario, {f"lever.{name}": value for name, value in policy.levers.items()})
            self.problems[before:] = [
                self._problem(("policy", n), f"policy {policy.id!r}: {each.message}") for each in self.problems[before:]
            ]

    def _is_faulty(self, factor: Factor) -> bool:
        table = "levers" if factor.is_lever else "uncertainties"
        return any(problem.key.startswith(f"{table}.{factor.name}") for problem in self.problems)

    def _try(self, scenario: Scenario, edits: Mapping[str, Any]) -> None:
        try:
            scenario.replace(edits=edits)
        except ScenarioError as error:
            self._from_edits(error, list(edits))

    # --- design, outcomes, policies

    def _policies(self, form: StudyForm) -> tuple[Policy, ...]:
        ids = [policy.id for policy in form.policy]
        for n, policy in enumerate(form.policy):
            if policy.id in ids[:n]:
                self._add(("policy", n, "id"), f"two policies are called {policy.id!r}")
            for name in policy.levers:
                if name.count(".") != 1:
                    self._add(("policy", n, "levers", name), f'{name!r} is not "LEVER_ID.field"')
        if form.policy and form.design.kind != "policies":
            self._add(("design", "kind"), f'policies are for a design of kind "policies"; it is {form.design.kind!r}')
        if not form.policy and form.design.kind == "policies":
            self._add(("design", "kind"), "a design of policies has a [[policy]] for each")
        return form.policy

    def _design(self, form: StudyForm, factors: tuple[Factor, ...], policies: tuple[Policy, ...]) -> None:
        design = form.design
        for key in self.document.data.get("design", {}):
            if key != "kind" and key not in USES[design.kind]:
                self._add(
                    ("design", key), f"a {design.kind} design has no {key}; it reads {', '.join(USES[design.kind])}"
                )
        if design.kind in ("sobol", "saltelli") and design.samples and design.samples & (design.samples - 1):
            near = 2 ** round(math.log2(design.samples))
            self._add(("design", "samples"), f"samples of a {design.kind} design are a power of 2, such as {near:,}")
        if design.kind == "morris" and (design.levels or 4) % 2:
            self._add(("design", "levels"), "levels of a morris design are an even number")
        if design.kind == "policies" and any(factor.is_lever for factor in factors):
            self._add(("levers",), "what a strategist decides stands in [[policy]] in a design of policies")

    def _listed(self, form: StudyForm, factors: tuple[Factor, ...]) -> tuple[tuple[float, ...], ...]:
        """The points of a list."""
        if form.design.kind != "list":
            return ()
        name = form.design.file
        path = inside(self.path.parent, name) if name else None
        if path is None or not is_file(path):
            self._add(
                ("design", "file"), 'a list needs a file of its points in the folder of this study: file = "points.csv"'
            )
            return ()
        return tuple(self._rows(path, factors))

    def _rows(self, path: Path, factors: tuple[Factor, ...]) -> Iterator[tuple[float, ...]]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            for name in [factor.name for factor in factors if factor.name not in columns]:
                self._add(("design", "file"), f"{path.name} has no column {name!r}")
            for name in [name for name in columns if name not in {factor.name for factor in factors}]:
                self._add(
                    ("design", "file"), f"{path.name}: {unknown_key(name, 'the study', [f.name for f in factors])}"
                )
            if any(problem.key == "design.file" for problem in self.problems):
                return
            for line, row in enumerate(reader, start=2):
                cells = [factor.place(_plain(row[factor.name])) for factor in factors]
                for factor, cell in zip(factors, cells, strict=True):
                    if cell is None:
                        message = f"{factor.name} cannot be {said(row[factor.name])}"
                        self.problems.append(Problem(path.name, line, factor.name, message))
                yield tuple(cell or 0.0 for cell in cells)

    def _outcomes(
        self, form: StudyForm, scenario: Scenario, factors: tuple[Factor, ...], policies: tuple[Policy, ...]
    ) -> tuple[str, ...]:
        has = scenario.baseline() is not None or bool(policies) or any(factor.is_lever for factor in factors)
        for name in form.outcomes:
            measure = name.removesuffix(EFFECT)
            if name not in MONEY and measure not in MEASURES:
                self._add(("outcomes",), unknown("outcome", name, [*MONEY, *MEASURES, f"acsi{EFFECT}"]))
            elif measure != name and not has:
                self._add(
                    ("outcomes",), f"{name}: {scenario.name} has nothing to be compared with, so nothing has an effect"
                )
            elif name in MONEY and not has:
                self._add(
                    ("outcomes",), f"{name}: {scenario.name} has nothing to be compared with, so nothing pays back"
                )
        return form.outcomes or (WITH_BASELINE if has else WITHOUT)

    def _stopping(self, form: StudyForm, outcomes: tuple[str, ...]) -> None:
        rule = form.stopping
        if rule is None:
            return
        if rule.outcome not in outcomes:
            self._add(("stopping", "outcome"), unknown("outcome in this study", rule.outcome, outcomes))
        if form.replicates < 2:  # noqa: PLR2004
            self._add(("replicates",), "replicates: stopping needs two at least, for an interval")
        if rule.most_replicates < form.replicates:
            message = f"most_replicates must be at least {form.replicates}, the replicates that all points have"
            self._add(("stopping", "most_replicates"), message)


def _usual(scenario: Scenario, factor: Factor) -> float:
    """Where a number stands in the scenario as it is; the middle of its range where it is not in it, or is beyond."""
    value: Any = scenario.model_dump(by_alias=True)
    row = row_of(factor.path)
    keys = factor.path.split(".")
    for key in keys:
        if isinstance(value, tuple | list):
            value = {each["id"]: {**each, **each.get("fields", {})} for each in value}
        value = value.get(key) if isinstance(value, dict) else None
    if value is None and row is not None:
        value = row.value
    place = factor.place(value)
    if place is None:
        place = factor.place(type(factor.low)(value)) if isinstance(value, int) and not factor.choices else None
    low, high = factor.ends
    return float(factor.from_unit(np.array([0.5]))[0]) if place is None else min(max(place, low), high)


def _plain(text: str | None) -> object:
    """A cell of a CSV file as a number where it is one."""
    try:
        number = float(text or "")
    except ValueError:
        return {"true": True, "false": False}.get((text or "").lower(), text)
    return int(number) if number.is_integer() and "." not in (text or "") else number


def _frozen(value: Any) -> Any:
    """Lists as tuples, as frozen forms hold them."""
    if isinstance(value, Mapping):
        return {key: _frozen(each) for key, each in value.items()}
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value
