"""A sweep: what is left of a study is lived, kept in batches, and summed up when nothing is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.files import MANIFEST, file_name
from simulation.running import compile_first, cores
from simulation.sweeping.crews import Crew, Threads
from simulation.sweeping.evaluating import Job, Lived
from simulation.sweeping.finishing import finish
from simulation.sweeping.outcomes import wants_more
from simulation.sweeping.plan import Plan
from simulation.sweeping.saved import SavedStudy, load_study, points_table
from simulation.sweeping.store import Store, unwritable
from simulation.sweeping.study import Study

if TYPE_CHECKING:
    from simulation.sweeping.outcomes import Values

STUDIES = Path("studies")
LARGEST_JOB = 16  # points that share a warm-up
JOBS_A_THREAD = 4  # at least, so that all end at nearly the same time
LOOK_SECONDS = 0.25  # between two looks at what has come


class StudyInterruptedError(KeyboardInterrupt):
    """Somebody stopped a sweep; `folder` holds all that was finished."""

    def __init__(self, folder: Path, done: int, count: int) -> None:
        self.folder, self.done, self.count = folder, done, count
        super().__init__(f"{done:,} of {count:,} runs are in {folder}")


@dataclass(frozen=True)
class Count:
    """How far a sweep is: points of its part, done before and now, and failed."""

    all: int
    done: int
    failed: int
    begun: int  # done before this sweep
    seconds: float

    @property
    def rate(self) -> float:
        """Points a second, of this sweep."""
        return (self.done + self.failed - self.begun) / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float:
        """Until the end at this rate; infinite before anything is known of it."""
        left = self.all - self.done - self.failed
        return left / self.rate if self.rate > 0 else float("inf") if left else 0.0


Watch = Callable[[Count], None]


def folder_of(study: Study, shard: tuple[int, int] | None = None) -> Path:
    """Where a study is kept unless told otherwise: no stamp, so that the same command goes on with it."""
    part = f"-shard-{shard[0]}-of-{shard[1]}" if shard else ""
    return STUDIES / f"{file_name(study.name)}{part}"


def sweep(
    study: Study | str | Path,
    *,
    folder: Path | str | None = None,
    threads: int | None = None,
    cluster: str | None = None,
    shard: tuple[int, int] | None = None,
    extend: bool = False,
    watch: Watch | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> SavedStudy:
    """Live all runs of a study that its folder does not hold yet.

    Args:
        study: what `Study.load` gave, or what to load.
        folder: where its runs are kept; default `studies/<name>`. Runs that are there are not done again.
        threads: cores to use; default all.
        cluster: the address of a Dask scheduler, or `local`, in place of threads.
        shard: (i, n), the i-th of n parts of the study, 1 to n; `merge` joins them.
        extend: a study that grew keeps the runs of the smaller one.
        watch: called a few times a second with how far it is.
        progress: called with word of compiling.

    Returns:
        The study's folder, with everything to read it by. Failed runs are in `failures`.

    Raises:
        ScenarioError: the study is wrong.
        RunFolderError: the folder holds another study, is being written, or cannot be written.
        StudyInterruptedError: Ctrl-C; what was in flight is finished and kept.
    """
    study = study if isinstance(study, Study) else Study.load(study)
    place = Path(folder) if folder is not None else folder_of(study, shard)
    import duckdb

    plan = Plan.of(study, shard)
    try:
        with closing(Store(place, plan, extend=extend)) as store:
            Sweep(study, store, shard, watch).run(threads, cluster, progress)
    except (OSError, duckdb.IOException, duckdb.FatalException) as error:  # of the index, too
        raise unwritable(place, error) from error
    return load_study(place)


class Sweep:
    """One sweep: what is left to do, `left`, and how far it is."""

    def __init__(self, study: Study, store: Store, shard: tuple[int, int] | None, watch: Watch | None) -> None:
        self.study = study
        self.store = store
        self.watch = watch
        self.keys = {point: study.key(point) for point in range(len(study.points))}
        first = {key: point for point, key in reversed(self.keys.items())}  # a point that is there twice is lived once
        self.mine = _shard(study, sorted(first.values()), shard)
        there = store.replicates_done()
        self.left = [point for point in self.mine if self._is_left(there.get(self.keys[point]))]
        self.failed: set[int] = set()
        self.begun = self.done = len(self.mine) - len(self.left)
        self.started = time.monotonic()

    def _is_left(self, replicates: int | None) -> bool:
        """Whether a point is new, failed, or wants more replicates."""
        if not replicates or replicates < self.study.replicates:
            return True
        return self.study.stopping is not None and replicates < self.study.stopping.most_replicates

    def run(self, threads: int | None, cluster: str | None, progress: Callable[[float, str], None] | None) -> None:
        """Do what is left, and finish the folder if nothing is."""
        self.store.keep_points(points_table(self.study, self.keys, self.store.folder))
        known = self._known()
        self.left = [point for point in self.left if wants_more(self.study, known.get(point, ()))]
        self.begun = self.done = len(self.mine) - len(self.left)
        if not self.left:
            self._finish_if_done()
            return
        self.store.unfinish()
        compile_first(self.study.scenario, progress, threads)
        self.run_with(self._crew(cores(threads), cluster), cores(threads), known)

    def _known(self) -> dict[int, tuple[Values, ...]]:
        found = self.store.values(self.keys[point] for point in self.left)
        return {point: found[self.keys[point]] for point in self.left if self.keys[point] in found}

    def run_with(self, crew: Crew, threads: int, known: Mapping[int, tuple[Values, ...]] | None = None) -> None:
        """Let a crew do what is left, keep what comes, and finish the folder if nothing is left."""
        self.started = time.monotonic()
        jobs = _jobs(self.study, self.left, known or {}, threads, crew.points_each)
        try:
            self._until_done(crew, jobs)
        except KeyboardInterrupt:
            self._end_early(crew)
        finally:
            crew.close()
            self.store.write()
            self._say()
        self._finish_if_done()

    def _crew(self, threads: int, cluster: str | None) -> Crew:
        if cluster is None:
            return Threads(self.study, threads)
        from simulation.sweeping.cluster import Workers

        return Workers(self.study, cluster, threads)

    def _until_done(self, crew: Crew, jobs: Iterator[Job]) -> None:
        more = True
        while more or crew.busy:
            while more and crew.room:
                job = next(jobs, None)
                more = job is not None
                if job is not None:
                    crew.submit(job)
            self._take(crew.finished(LOOK_SECONDS))
            if self.failed and self.study.runs.on_error == "stop":
                more = False

    def _take(self, lived: Sequence[Lived]) -> None:
        self.done += sum(not each.cause for each in lived)
        self.failed |= {each.point for each in lived if each.cause}
        self.store.add(lived, self.keys)
        if self.store.write_if_due():
            self._say()
        if self.watch is not None:
            self.watch(self._count())

    def _end_early(self, crew: Crew) -> None:
        """Ctrl-C: what is in flight is finished; a second one gives it up too."""
        try:
            while crew.busy:
                self._take(crew.finished(LOOK_SECONDS))
        except KeyboardInterrupt:
            crew.stop()
            while crew.busy:
                self._take(crew.finished(LOOK_SECONDS))
        self.store.write()
        raise StudyInterruptedError(self.store.folder, self.done, len(self.mine))

    def _count(self) -> Count:
        return Count(len(self.mine), self.done, len(self.failed), self.begun, time.monotonic() - self.started)

    def _say(self) -> None:
        count = self._count()
        self.store.say(
            name=self.study.name,
            all=count.all,
            done=count.done,
            failed=count.failed,
            rate=count.rate,
            seconds_left=None if count.seconds_left == float("inf") else count.seconds_left,
        )

    def _finish_if_done(self) -> None:
        if self.done + len(self.failed) == len(self.mine) and not (self.store.folder / MANIFEST).is_file():
            finish(self.store, [self.keys[point] for point in self.mine])


def _shard(study: Study, points: list[int], shard: tuple[int, int] | None) -> list[int]:
    """The points of one part: whole groups that share a warm-up."""
    if shard is None:
        return points
    number: dict[tuple[float, ...], int] = {}
    part, parts = shard
    return [point for point in points if number.setdefault(study.group(point), len(number)) % parts == part - 1]


def _jobs(
    study: Study, left: Sequence[int], known: Mapping[int, tuple[Values, ...]], threads: int, least: int
) -> Iterator[Job]:
    """Points that share a warm-up together, several such groups where a job should be larger."""
    groups: dict[tuple[float, ...], list[int]] = {}
    for point in left:
        groups.setdefault(study.group(point), []).append(point)
    largest = max(1, min(LARGEST_JOB, -(-len(left) // (JOBS_A_THREAD * threads))))
    together: list[int] = []
    for points in groups.values():
        for begin in range(0, len(points), largest):
            together += points[begin : begin + largest]
            if len(together) >= least:
                yield _job(together, known)
                together = []
    if together:
        yield _job(together, known)


def _job(points: Sequence[int], known: Mapping[int, tuple[Values, ...]]) -> Job:
    return Job(tuple(points), {point: known[point] for point in points if point in known})
