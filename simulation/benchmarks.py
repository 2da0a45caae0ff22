"""How fast the engine is, as ratios measured in one sitting on this machine.

The comparison with Mesa is the same model with one `mesa.Agent` per customer whose `step` calls the same boxes in
plain Python, with the same draws, made beforehand and handed in; it ends in the same bits, which is checked. Absolute
rates depend on the machine and are not promised.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from simulation.scenario import Scenario

WARM_WEEKS, TIMED_WEEKS = 2, 4
MEDIUM, LARGE = 100_000, 10_000_000
MESA_CUSTOMERS = 60
BYTES_FOR_LARGE = 6_000_000_000


def market(customers: int, weeks: int = WARM_WEEKS + TIMED_WEEKS) -> Scenario:
    """The grocery market without a warm-up of its own, with so many customers."""
    return Scenario.load("grocery", customers=customers, weeks=weeks, seed=1, edits={"market.warmup_weeks": 0})


def seconds_per_customer_week(customers: int, threads: int = 1, weeks: int = TIMED_WEEKS, repeat: int = 1) -> float:
    """Best of `repeat` timings of the compiled engine on a market that has lived a little."""
    from simulation.living import Clock
    from simulation.world import world_of

    clock = Clock(world_of(market(customers, WARM_WEEKS + weeks * repeat), 0), threads)
    for _ in range(WARM_WEEKS):
        clock.step()
    best = float("inf")
    for _ in range(repeat):
        started = time.perf_counter()
        for _ in range(weeks):
            clock.step()
        best = min(best, (time.perf_counter() - started) / (weeks * customers))
    clock.close()
    return best


class HandedLuck:
    """Draws made beforehand: remembered in a first life, handed in in the second."""

    def __init__(self, own: Any, drawn: dict[Any, Any]) -> None:
        self._own = own
        self._drawn = drawn

    def uniforms(self, week: int, occasion: int, block: int, stream: int, entity: int) -> Any:
        """Four uniforms of this counter."""
        counter = (week, occasion, block, stream, entity)
        if counter not in self._drawn:
            self._drawn[counter] = self._own.uniforms(*counter)
        return self._drawn[counter]


def _mesa_life(scenario: Scenario, drawn: list[dict[Any, Any]]) -> tuple[float, str]:
    """Live the scenario with one Mesa agent per customer.

    Seconds per customer-week after the first weeks, and the hash.
    """
    import mesa

    from simulation.customer.plain import customer_lives_a_week, week_of
    from simulation.customer.plain.luck import OwnLuck
    from simulation.living import Clock
    from simulation.recording import digest_of
    from simulation.world import world_of

    world = world_of(scenario, 0)
    customers = world.people.key.size

    class Population(mesa.Model):  # type: ignore[misc]
        """Nothing but customers."""

    class CustomerAgent(mesa.Agent):  # type: ignore[misc]
        """One customer as one object."""

        def __init__(self, model: Any, i: int) -> None:
            super().__init__(model)
            self.i = i
            self.luck = HandedLuck(OwnLuck(*world.key, int(world.people.key[i])), drawn[i])

        def step(self) -> None:
            """Live one week."""
            customer_lives_a_week(self.i, self.luck, self.model.now)

    model = Population(seed=1)
    for i in range(customers):
        CustomerAgent(model, i)

    def live(begin: int, end: int, week: int, draw_week: int, key: Any, scratch: Any, *rest: Any) -> None:
        model.now = week_of(week, draw_week, key, *rest)
        model.agents.do("step")

    clock = Clock(world, live=live)
    for _ in range(WARM_WEEKS):
        clock.step()
    started = time.perf_counter()
    for _ in range(TIMED_WEEKS):
        clock.step()
    return (time.perf_counter() - started) / (TIMED_WEEKS * customers), digest_of(world).hex()


def mesa_alone(customers: int) -> dict[str, Any]:
    """Seconds per customer-week of the Mesa model in this process, draws handed in, and its hash."""
    drawn: list[dict[Any, Any]] = [{} for _ in range(customers)]
    _mesa_life(market(customers), drawn)  # makes the draws
    seconds, digest = _mesa_life(market(customers), drawn)
    return {"seconds": seconds, "digest": digest}


def _mesa_elsewhere(customers: int, *, compiled_boxes: bool) -> dict[str, Any]:
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "0" if compiled_boxes else "1"}
    code = f"import json; from simulation.benchmarks import mesa_alone; print(json.dumps(mesa_alone({customers})))"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compiled_digest(customers: int) -> str:
    """Hash of the same life with the compiled engine."""
    from simulation.living import Clock
    from simulation.recording import digest_of
    from simulation.world import world_of

    clock = Clock(world_of(market(customers), 0))
    for _ in range(WARM_WEEKS + TIMED_WEEKS):
        clock.step()
    return digest_of(clock.world).hex()


def bytes_per_customer(retailers: int = 4) -> int:
    """Memory of one customer's columns in a market of so many retailers."""
    from simulation.world import world_of

    world = world_of(market(2), 0)
    own = sum(int(column[..., 0].nbytes) for column in (*world.people, *world.reach))
    return own + sum(int(column.itemsize) for column in world.links) * retailers


def _free_memory() -> float:
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (ValueError, OSError, AttributeError):
        return 0.0


def measure(*, large: bool = True, progress: Callable[[float, str], None] | None = None) -> dict[str, Any]:
    """All ratios; `large` also times ten million customers where there is memory for them."""
    fits = large and _free_memory() > BYTES_FOR_LARGE
    tell = progress or (lambda _done, _what: None)
    timed = partial(seconds_per_customer_week, repeat=3)
    tell(0.0, "compiling the engine, if it is not yet")
    seconds_per_customer_week(2)
    tell(0.01, "timing the engine")
    one, two = timed(MEDIUM), timed(MEDIUM, threads=2)
    tell(0.1 if fits else 0.3, "timing Mesa")
    plain = _mesa_elsewhere(MESA_CUSTOMERS, compiled_boxes=False)
    boxes = _mesa_elsewhere(MESA_CUSTOMERS, compiled_boxes=True)
    digest = compiled_digest(MESA_CUSTOMERS)
    tell(0.3 if fits else 0.95, "timing ten million customers" if fits else "comparing results")
    return {
        "mesa_ratio_1_thread": plain["seconds"] / one,
        "mesa_ratio_2_threads": plain["seconds"] / two,
        "mesa_ratio_compiled_boxes": boxes["seconds"] / one,
        "thread_scaling": one / two,
        "ns_per_customer_week": {
            "1e5": one * 1e9,
            "1e7": seconds_per_customer_week(LARGE, threads=1, weeks=1) * 1e9 if fits else None,
        },
        "bytes_per_customer": bytes_per_customer(),
        "same_results": bool(plain["digest"] == digest == boxes["digest"]),
    }
