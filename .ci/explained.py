"""What twins, money and the exact Shapley values of two levers cost, against plain runs of the four worlds they need.

Ratios of one sitting; beside them, against the two worlds that were asked about. Fails above the limit.
"""

import sys
import time
from collections.abc import Callable

from analysis.why.levers import attribution_to_levers
from simulation import Scenario, compare, run
from simulation.variants import Branches

LIMIT = 2.2
KINDS = ("staff_training", "price_change")
TWO_LEVERS = """
based_on = "grocery"
weeks = 52
replicates = 2
[[lever]]
kind = "staff_training"
start_week = 5
hours_per_employee = 50
[[lever]]
kind = "price_change"
start_week = 5
percent = 2
"""


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> int:
    """Print both ratios; 1 if the first is above the limit."""
    scenario = Scenario.from_toml(TWO_LEVERS).replace(customers=10_000, edits={"market.warmup_weeks": 52})
    baseline = scenario.needed_baseline()
    training, price = (scenario.with_levers(lever for lever in scenario.levers if lever.kind == kind) for kind in KINDS)
    compare([scenario.replace(customers=100, weeks=6, replicates=1)], threads=1)  # compiled before it is timed
    asked = sum(seconds(lambda world=world: run(world, threads=1)) for world in (baseline, scenario))
    others = sum(seconds(lambda world=world: run(world, threads=1)) for world in (training, price))
    twins = seconds(lambda: compare([scenario], threads=1))
    levers = seconds(lambda: attribution_to_levers(scenario, Branches(baseline, threads=1)))
    ratio = (twins + levers) / (asked + others)
    beside = f"{(twins + levers) / asked:.2f} x the two asked about"
    print(f"{ratio:.2f} x the four worlds run plainly (limit {LIMIT}); {beside}")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
