"""Running: replicates over threads, twins side by side, with progress."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from simulation.compiling import IS_PLAIN, is_compiled_already
from simulation.compiling_beside import parts_are_made
from simulation.costs import costs_table
from simulation.discounting import discount
from simulation.events import recorded_events
from simulation.gains import gains_table
from simulation.measures import tenure_table, weekly_table
from simulation.offers import Readings, readings_table
from simulation.people_tables import customers_table, rfm_table, survey_table, transactions_table, twins_table
from simulation.recording import Record, digest_of, interviews_of_week, purchases_of_week, respondents_of
from simulation.records import Totals
from simulation.results import CompareResults, RunResults, Table
from simulation.reviews import Reviews, reviews_table
from simulation.scenario import Scenario
from simulation.transitions import transitions_table
from simulation.twins import twin_of
from simulation.uncertainty import drawn, shared_by
from simulation.world import World, outcomes_from_now, world_of

Progress = Callable[[float, str], None]
MarketsWeek = Callable[..., None]


class InterruptedRunError(Exception):
    """Somebody asked the run to stop."""


@dataclass
class Work:
    """How far a run is; shared by its threads."""

    total: float
    progress: Progress | None
    message: str = ""
    done: float = 0.0
    stop: bool = False
    lock: Any = field(default_factory=threading.Lock)

    def advance(self, weeks: int = 1) -> None:
        """Count weeks lived; raises `InterruptedRunError` when asked to stop."""
        if self.stop:
            raise InterruptedRunError
        with self.lock:
            self.done += weeks
            if self.progress is not None:
                self.progress(min(self.done / self.total, 1.0), self.message)


def cores(threads: int | None) -> int:
    """Threads to use: as asked, else all that this process may use."""
    if threads is not None:
        return max(1, threads)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _live() -> Any:
    """The customers' week: compiled, or plain in a process whose boxes are not compiled."""
    if IS_PLAIN:
        from simulation.customer.plain import customers_live_their_week as plain

        return plain
    from simulation.customer.week import customers_live_their_week

    return customers_live_their_week


def _clock(world: World, threads: int, log: bool, market: MarketsWeek | None = None) -> Any:
    from simulation.living import Clock, market_lives_its_week

    return Clock(world, threads, _live(), log, market or market_lives_its_week)


def compile_first(scenario: Scenario, progress: Progress | None, threads: int | None = 1) -> None:
    """Compile, once and with word of it, before anything is timed; with a second core, parts of it there."""
    live = _live()
    if IS_PLAIN or live.signatures:
        return
    is_new = not is_compiled_already(live)
    if progress is not None and is_new:
        progress(0.0, "compiling the engine, once (about half a minute)")
    tiny = scenario.replace(customers=2, record={"events": 0}) if scenario.population.file is None else scenario
    with parts_are_made() if is_new and cores(threads) > 1 else nullcontext():
        clock = _clock(world_of(tiny, 0), 1, False)
        clock.step()


def warmed(scenario: Scenario, replicate: int, threads: int, work: Work, readings: Readings | None = None) -> World:
    """The scenario's world at the end of its warm-up; `readings` keeps what customers read in it."""
    clock = _clock(world_of(scenario, replicate), threads, False)
    try:
        for _ in range(scenario.market.warmup_weeks):
            clock.step()
            if readings is not None:
                readings.keep(clock.world.market)
            work.advance()
    finally:
        clock.close()
    return clock.world  # type: ignore[no-any-return]


def lived(
    scenario: Scenario,
    world: World,
    first_week: int,
    threads: int,
    work: Work,
    readings: Readings,
    market: MarketsWeek | None = None,
    weeks: range | None = None,
) -> Record:
    """Live weeks 1 to the end in a world that stands at the end of its warm-up, or a stretch of them.

    `first_week` is the calendar week from which what the focal retailer has of each customer is summed;
    `readings` goes on keeping what customers read; `market` is a market's week in place of the engine's;
    `weeks`, from 0, are those to live in a world that has lived all before.
    """
    clock = _clock(world, threads, bool(scenario.record.transactions), market)
    stretch = range(scenario.weeks) if weeks is None else weeks
    clock.week = world.warmup + stretch.start
    purchases = []
    interviews = []
    reviews = Reviews(scenario, world)
    survey = scenario.record.survey
    who = respondents_of(world, survey.sample) if survey else None
    try:
        for week in stretch:
            if week == first_week - 1:
                clock.world = clock.world._replace(outcomes=outcomes_from_now(clock.world))
            if week >= first_week - 1:
                clock.world.outcomes.factor[0] = discount(week - first_week + 1, scenario.money.discount_yearly)
            reviews.hold(week + 1)
            clock.step()
            readings.keep(clock.world.market)
            if scenario.record.transactions:
                purchases.append(purchases_of_week(week + 1, clock.log))
            if survey and (week + 1) % survey.every == 0:
                interviews.append(interviews_of_week(clock.world, clock.week - 1, week + 1, who))
            work.advance()
    finally:
        clock.close()
    world = clock.world
    totals = Totals(*(np.ascontiguousarray(column[world.warmup :]) for column in world.totals))
    return Record(totals, readings, digest_of(world), world, purchases, interviews, reviews.held)


def spread(jobs: Sequence[Callable[[], Any]], threads: int, work: Work) -> list[Any]:
    """Run jobs on threads and give their results in order; the first failure, or Ctrl-C, stops the others."""
    with ThreadPoolExecutor(max(1, min(threads, len(jobs)))) as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            finished, _ = wait(futures, return_when=FIRST_EXCEPTION)
            failed = [f for f in finished if f.exception() is not None]
        except BaseException:
            work.stop = True
            raise
        if failed:
            work.stop = True
    for future in futures:
        error = future.exception()
        if error is not None and not isinstance(error, InterruptedRunError):
            raise error
    return [future.result() for future in futures]


def _hash(digests: Sequence[bytes]) -> str:
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _results(scenario: Scenario, records: list[Record], seconds: float, joint: bool = False) -> RunResults:
    from analysis.effects import Window, summary_table
    from simulation.parameters import MEASURES

    customers = records[0].world.people.key.size
    parts = [(record.totals, record.offers, record.desks) for record in records]
    weekly = weekly_table(scenario, parts, customers, records[0].world.weight)
    keeps_log = bool(scenario.record.transactions)
    return RunResults(
        scenario=scenario,
        results_sha256=_hash([record.digest for record in records]),
        weekly=weekly,
        summary=summary_table(weekly, {scenario.name: Window(1, scenario.weeks)}, MEASURES),
        customers=customers_table(scenario, records),
        offers=readings_table(scenario, [record.readings for record in records]),
        word=readings_table(scenario, [record.readings for record in records], "word"),
        tenure=tenure_table(scenario, parts),
        transitions=transitions_table(scenario, parts),
        transactions=transactions_table(scenario, records[0]) if keeps_log else None,
        rfm=rfm_table(scenario, records[0]) if keeps_log else None,
        survey=survey_table(scenario, records[0]) if scenario.record.survey else None,
        population=_population(scenario),
        costs=costs_table(scenario, records, joint),
        reviews=reviews_table(scenario, records),
        replicates=len(records),
        customer_weeks=customers * scenario.weeks * len(records),
        wall_seconds=seconds,
    )


def _population(scenario: Scenario) -> Table | None:
    people = scenario.people
    if people is None:
        return None
    return Table.of(**people.columns)


def run(
    scenario: Scenario, *, threads: int | None = None, progress: Progress | None = None, plain: bool = False
) -> RunResults:
    """Simulate a scenario as it stands.

    Args:
        scenario: what `Scenario.load` gave.
        threads: cores to use; default all.
        progress: called with the share done and a message.
        plain: the process must run uncompiled (NUMBA_DISABLE_JIT=1), for debuggers.

    Returns:
        Frozen results; `weekly`, `summary`, ... are tables with `to_frame()`.

    Raises:
        RuntimeError: `plain` in a process whose boxes are compiled.
    """
    if plain and not IS_PLAIN:
        raise RuntimeError("plain=True needs a process started with NUMBA_DISABLE_JIT=1")
    started = time.perf_counter()
    compile_first(scenario, progress, threads)
    work = Work(scenario.replicates * (scenario.market.warmup_weeks + scenario.weeks), progress, scenario.name)
    records = records_of(scenario, cores(threads), work)
    results = _results(scenario, records, time.perf_counter() - started)
    return replace(results, events=recorded_events(results, progress))


def records_of(scenario: Scenario, threads: int, work: Work) -> list[Record]:
    """Every replicate of a scenario as it stands."""
    outer, inner = shares_of(threads, scenario.replicates)

    def one(replicate: int) -> Record:
        readings = Readings(0)
        warm = warmed(scenario, replicate, inner, work, readings)
        return lived(scenario, warm, scenario.weeks + 1, inner, work, readings)

    return spread([lambda n=n: one(n) for n in range(scenario.replicates)], outer, work)  # type: ignore[misc]


def shares_of(threads: int, replicates: int) -> tuple[int, int]:
    """Threads over replicates, and threads within one: many small runs go side by side, one large run is split."""
    outer = min(threads, replicates)
    return outer, max(1, threads // outer)


def compare(
    scenarios: Sequence[Scenario] | Scenario, *, threads: int | None = None, progress: Progress | None = None
) -> CompareResults:
    """Simulate each scenario and its baseline as twins: same people, same luck, same warm-up.

    Raises:
        ScenarioError: a scenario has no baseline (a bare market).
    """
    started = time.perf_counter()
    chosen = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    pairs = [beside_its_baseline(scenario, scenario.needed_baseline()) for scenario in chosen]
    names = _names(pairs)
    compile_first(chosen[0], progress, threads)
    weeks = sum(s.replicates * (s.market.warmup_weeks + 2 * s.weeks) for s, _ in pairs)
    work = Work(weeks, progress)
    worlds: dict[str, RunResults] = {}
    twins, gains = [], []
    for (asked, beside), (name, base_name) in zip(pairs, names, strict=True):
        scenario, baseline = asked.model_copy(update={"name": name}), beside.model_copy(update={"name": base_name})
        work.message = f"{name} beside {base_name}"
        before, after = twin_records(scenario, baseline, cores(threads), work)
        seconds = time.perf_counter() - started
        if base_name not in worlds:
            worlds[base_name] = _results(baseline, before, seconds, joint=True)
        worlds[name] = _results(scenario, after, seconds, joint=True)
        twins.append(twins_table(scenario, baseline, after, before))
        gains.append(gains_table(scenario, after, before))
    named = [(worlds[name].scenario, worlds[base].scenario) for name, base in names]
    results = _comparison(named, worlds, Table.concat(twins), Table.concat(gains), time.perf_counter() - started)
    return replace(results, events=recorded_events(results, progress))


def beside_its_baseline(scenario: Scenario, baseline: Scenario) -> tuple[Scenario, Scenario]:
    """Both as twins are: the warm-up is the baseline's, whatever the scenario says of its own."""
    weeks = baseline.market.warmup_weeks
    if scenario.market.warmup_weeks == weeks:
        return scenario, baseline
    return scenario.replace(market={"warmup_weeks": weeks}), baseline


def _names(pairs: list[tuple[Scenario, Scenario]]) -> list[tuple[str, str]]:
    """A name for every world: the same baseline once; different ones of one name told apart."""
    taken: dict[str, str] = {}

    def name(scenario: Scenario) -> str:
        wanted, number = scenario.name, 2
        while taken.get(wanted, scenario.sha256) != scenario.sha256:
            wanted, number = f"{scenario.name}_{number}", number + 1
        taken[wanted] = scenario.sha256
        return wanted

    return [(name(scenario), name(baseline)) for scenario, baseline in pairs]


def twin_records(scenario: Scenario, baseline: Scenario, threads: int, work: Work) -> tuple[list[Record], list[Record]]:
    """Every replicate of the baseline and of the scenario, from one warm-up each."""
    from simulation.provenance import Comparison

    first_week = Comparison.of(scenario, baseline).first_week
    outer, inner = shares_of(threads, scenario.replicates)

    def one(replicate: int) -> tuple[Record, Record]:
        before = Readings(0)
        plain, changed = drawn(baseline, replicate), drawn(scenario, replicate)
        warm = warmed(plain, replicate, inner, work, before)
        twin = twin_of(warm, plain, changed)
        after = Readings(twin.warmup)
        return (
            lived(plain, warm, first_week, inner, work, before),
            lived(changed, twin, first_week, inner, work, after),
        )

    found = spread([lambda n=n: one(n) for n in range(scenario.replicates)], outer, work)  # type: ignore[misc]
    return [pair[0] for pair in found], [pair[1] for pair in found]


def _comparison(
    pairs: list[tuple[Scenario, Scenario]], worlds: dict[str, RunResults], twins: Table, gains: Table, seconds: float
) -> CompareResults:
    from analysis.answer import window_of
    from analysis.effects import effects_table, summary_table
    from analysis.money import money_table
    from analysis.verdict import answers
    from analysis.worth import worth_table
    from simulation.parameters import MEASURES
    from simulation.provenance import Comparison

    comparisons = [Comparison.of(*pair) for pair in pairs]
    weekly = Table.concat(world.weekly for world in worlds.values())
    windows = {(s.name, b.name): window_of(c) for (s, b), c in zip(pairs, comparisons, strict=True)}
    sharing = {scenario.name: shared_by(scenario) for scenario, _ in pairs}
    worth = worth_table(gains, weekly, pairs, windows, sharing)
    effects = Table.concat([effects_table(weekly, windows, MEASURES, sharing=sharing), worth])
    money = money_table(weekly, Table.concat(world.costs for world in worlds.values()), pairs, windows, sharing)
    world_windows = {name: window for pair, window in windows.items() for name in pair}
    return CompareResults(
        scenarios=pairs,
        worlds=worlds,
        effects=effects,
        summary=summary_table(weekly, world_windows, MEASURES),
        results_sha256=_hash([bytes.fromhex(world.results_sha256) for world in worlds.values()]),
        twins=twins,
        gains=gains,
        money=money,
        answer=answers(effects, money, comparisons),
        wall_seconds=seconds,
    )
