"""What one run of a study does: points that share a warm-up, lived replicate by replicate, and what came of each."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.offers import Readings
from simulation.results import Table
from simulation.running import InterruptedRunError, Work, lived, warmed
from simulation.scenario import Scenario, ScenarioError
from simulation.scenario.forms import FrozenDict
from simulation.sweeping.outcomes import Values, values_of, wants_more
from simulation.sweeping.study import Study, with_baseline
from simulation.twins import twin_of
from simulation.variants import Outcome, outcome_of

if TYPE_CHECKING:
    from simulation.world import World

OF_MODEL = "parameters."
NAMES = {"name", "question", "baseline_name"}  # that change no result


class TimeLimitError(RuntimeError):
    """A run took longer than its study allows."""


@dataclass(frozen=True)
class Job:
    """Points to live together, and which replicates of each are there already, with their values."""

    points: tuple[int, ...]
    known: Mapping[int, tuple[Values, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Lived:
    """What came of one point: values of its new replicates, outcome by outcome, or why there are none."""

    point: int
    first_replicate: int
    values: tuple[Values, ...]
    seconds: float
    cause: str = ""


def lived_job(study: Study, job: Job, stopped: Callable[[], bool] = lambda: False) -> list[Lived]:
    """Live the points of a job on one thread.

    Raises:
        InterruptedRunError: `stopped` became true on the way.
    """
    found: dict[int, Lived] = {}
    made: dict[int, tuple[Scenario, Scenario]] = {}
    for point in job.points:
        try:
            made[point] = worlds_of(study, point)
        except ScenarioError as error:
            found[point] = Lived(point, 0, (), 0.0, str(error))
    for points in _by_baseline(made):
        for each in _tried(study, {point: made[point] for point in points}, job, stopped):
            found[each.point] = each
    return [found[point] for point in job.points]


def worlds_of(study: Study, point: int) -> tuple[Scenario, Scenario]:
    """The scenario of a point, and what it is compared with: itself where nothing else is.

    Parameters were checked with their ranges and are the same in both, so that no file is made for them: with all 240
    of them that would take longer than a small run.
    """
    edits = study.edits(point)
    parameters = {path.removeprefix(OF_MODEL): edits.pop(path) for path in list(edits) if path.startswith(OF_MODEL)}
    pair = study.usual_worlds if not edits else with_baseline(study.scenario.replace(edits=edits))
    return _with(pair[0], parameters), _with(pair[1], parameters)


def _with(scenario: Scenario, parameters: Mapping[str, Any]) -> Scenario:
    if not parameters:
        return scenario
    changed = scenario.model_copy(update={"parameters": FrozenDict({**scenario.parameters, **parameters})})
    changed.__dict__.pop("sha256", None)  # of the scenario that it was copied from
    return changed


def _by_baseline(made: Mapping[int, tuple[Scenario, Scenario]]) -> Iterator[list[int]]:
    """Points whose baselines are the same."""
    groups: dict[str, list[int]] = {}
    for point, (_, baseline) in made.items():
        groups.setdefault(baseline.model_dump_json(exclude=NAMES), []).append(point)
    yield from groups.values()


def _tried(
    study: Study, worlds: Mapping[int, tuple[Scenario, Scenario]], job: Job, stopped: Callable[[], bool]
) -> list[Lived]:
    """The points of one baseline; what fails is tried again as often as the study says, point by point."""
    try:
        return _Group(study, worlds, job, stopped).lived()
    except InterruptedRunError:
        raise
    except Exception as error:
        if len(worlds) > 1:
            return [each for point, pair in worlds.items() for each in _tried(study, {point: pair}, job, stopped)]
        return [_again(study, worlds, job, stopped, error)]


def _again(
    study: Study,
    worlds: Mapping[int, tuple[Scenario, Scenario]],
    job: Job,
    stopped: Callable[[], bool],
    error: Exception,
) -> Lived:
    for _ in range(study.runs.retries):
        try:
            return _Group(study, worlds, job, stopped).lived()[0]
        except InterruptedRunError:
            raise
        except Exception as new:
            error = new
    return Lived(next(iter(worlds)), 0, (), 0.0, _cause(error))


def _cause(error: Exception) -> str:
    """What failed and where, in one line."""
    if isinstance(error, TimeLimitError):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({place.name}, line {place.lineno})"


class _Group:
    """Points with one baseline, so with one warm-up in each replicate."""

    def __init__(
        self,
        study: Study,
        worlds: Mapping[int, tuple[Scenario, Scenario]],
        job: Job,
        stopped: Callable[[], bool],
    ) -> None:
        self.study = study
        self.scenarios = {point: scenario for point, (scenario, _) in worlds.items()}
        self.baseline = next(iter(worlds.values()))[1]
        self.values = {point: list(job.known.get(point, ())) for point in worlds}
        self.first = {point: len(values) for point, values in self.values.items()}
        self.seconds = dict.fromkeys(worlds, 0.0)
        limit = study.runs.seconds_limit
        self.until = None if limit is None else time.monotonic() + limit * len(worlds)
        self.stopped = stopped

    def lived(self) -> list[Lived]:
        replicate = min(self.first.values())
        while due := [point for point in self.scenarios if self._is_due(point, replicate)]:
            self._live(replicate, due)
            replicate += 1
        return [
            Lived(point, first, tuple(self.values[point][first:]), self.seconds[point])
            for point, first in self.first.items()
        ]

    def _is_due(self, point: int, replicate: int) -> bool:
        return len(self.values[point]) <= replicate and wants_more(self.study, self.values[point])

    def _live(self, replicate: int, due: Sequence[int]) -> None:
        """One replicate of the baseline, and of every point that wants it."""
        started = time.perf_counter()
        work = Work(1.0, self._look)
        warm = warmed(self.baseline, replicate, 1, work)
        before = self._outcome(warm, self.baseline, work) if self.study.needs_baseline else None
        shared = (time.perf_counter() - started) / len(due)
        for point in due:
            started = time.perf_counter()
            scenario = self.scenarios[point]
            after = self._outcome(warm, scenario, work)
            self.values[point].append(values_of(self.study.outcomes, scenario, self.study.first_week, before, after))
            self.seconds[point] += shared + time.perf_counter() - started

    def _look(self, *_: object) -> None:
        """Week by week: whether somebody wants an end, or time is up."""
        if self.stopped():
            raise InterruptedRunError
        if self.until is not None and time.monotonic() > self.until:
            raise TimeLimitError(f"took more than the {self.study.runs.seconds_limit:g} seconds that [runs] allows")

    def _outcome(self, warm: World, scenario: Scenario, work: Work) -> Outcome:
        twin = twin_of(warm, self.baseline, scenario)
        record = lived(scenario, twin, scenario.weeks + 1, 1, work, Readings(twin.warmup))
        found = outcome_of(scenario, record)
        return Outcome(*(_as_first(table) for table in (found.weekly, found.costs)))


def _as_first(table: Table) -> Table:
    """A table of one replicate, called the first."""
    return table.adding(replicate=np.zeros(len(table), np.int32)) if table.columns else table
