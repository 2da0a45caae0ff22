"""Any customer of a finished run, replayed alone in the plain twin, ends as the run left them, bit for bit."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation import compare, run
from simulation.files import load, save
from simulation.offers import KINDS
from simulation.records import Market
from simulation.running import Work, twin_records
from simulation.scenario import Scenario
from simulation.world import World
from tests.conftest import ROOT
from tests.lives import COMING, LEVER
from tests.replays import state

WHO = (0, 3, 17, 101)
LAST = 1  # the replicate that is replayed
SHARES = ("values", "shares")
CHEAPER = """
based_on = "rival_enters"
[review]
every = 2
start_week = 3
policy = "in_turn"
budget = 100_000
[review.levers]
price = "cheaper"
service = "train"
[[lever]]
id = "cheaper"
kind = "price_change"
percent = -20
[[lever]]
id = "train"
kind = "staff_training"
"""
MEMBERS = """
based_on = "grocery"
[population]
file = "members.csv"
[[lever]]
kind = "staff_training"
start_week = 3
"""


def entry() -> Scenario:
    """A rival enters in week 3 and the focal chain answers; nobody did in the baseline."""
    edits = {"market.warmup_weeks": 4, "event.entry.week": 3, "seed": 11}
    return Scenario.from_toml(LEVER).replace(customers=150, weeks=8, replicates=2, edits=edits)


def newcomer() -> Scenario:
    """Compared with a market without the entrant: its outlets are in one world only."""
    edits = {"market.warmup_weeks": 3, "event.entry.week": 2}
    return Scenario.load("rival_enters", customers=150, weeks=6, replicates=2, edits=edits)


def reviewed() -> Scenario:
    """Reviews in weeks 3 and 5 change the plan of the weeks to come."""
    text = 'based_on = "grocery"\n[[lever]]\nid = "redo"\nkind = "refurbishment"\natmosphere = 0.2\n'
    edits = {"market.warmup_weeks": 3, "review.every": 2, "review.budget": 1e6, "review.levers.atmosphere": "redo"}
    return Scenario.from_toml(text).replace(customers=150, weeks=6, replicates=2, edits=edits)


def members(folder: Path) -> Scenario:
    """Customers from a file, with some traits of their own."""
    rows = "".join(f"m{n},{20 + n % 60},{0.5 + n % 3 / 2}\n" for n in range(150))
    (folder / "members.csv").write_text("id,age,price_sensitivity\n" + rows, encoding="utf-8")
    (folder / "members.toml").write_text(MEMBERS, encoding="utf-8")
    edits = {"market.warmup_weeks": 3}
    return Scenario.load(folder / "members.toml", weeks=6, replicates=2, edits=edits)


def replayed(folder: Path, places: tuple[int, ...] = WHO) -> Any:
    """How customers end in each world of a run folder, replayed in a process whose boxes are not compiled."""
    words = [sys.executable, "-m", "tests.replays", str(folder), str(LAST), *map(str, places)]
    plain = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    ended = subprocess.run(words, cwd=ROOT, env=plain, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def worlds(scenario: Scenario) -> dict[str, World]:
    """Both worlds of the last replicate as the engine left them."""
    baseline = scenario.needed_baseline()
    before, after = twin_records(scenario, baseline, 1, Work(1.0, None))
    return {baseline.name: before[LAST].world, scenario.name: after[LAST].world}


def cheaper() -> Scenario:
    """Reviews lower prices while customers come and a rival enters: who begins anything reads prices."""
    coming = {f"population.traits.first_week.{name}": COMING[f"population.traits.first_week.{name}"] for name in SHARES}
    edits = {"market.warmup_weeks": 4, "event.entry.week": 5, **coming}
    return Scenario.from_toml(CHEAPER).replace(customers=150, weeks=8, replicates=2, edits=edits)


@pytest.mark.parametrize("name", ["entry", "newcomer", "reviewed", "cheaper", "members"])
def test_a_customer_replayed_alone_ends_as_in_the_run(name: str, tmp_path: Path):
    made = {"entry": entry, "newcomer": newcomer, "reviewed": reviewed, "cheaper": cheaper}
    scenario = members(tmp_path) if name == "members" else made[name]()
    folder = save(compare(scenario), tmp_path / "run")
    found = replayed(folder)
    expected = {name: {str(n): state(world, n) for n in WHO} for name, world in worlds(scenario).items()}
    assert found == expected


def test_something_worth_replaying_happens():
    after = worlds(entry())["scenario"]
    assert (after.reach.outlet >= 22).any(), "the entrant is within nobody's reach"
    assert (after.links.status == 4).any(), "nobody left"


def test_a_run_without_comparison_can_be_replayed(tmp_path: Path):
    scenario = Scenario.load("grocery", customers=120, weeks=4, replicates=2, edits={"market.warmup_weeks": 0})
    folder = save(run(scenario), tmp_path / "run")
    customers = load(folder).customers.where(replicate=LAST, customer_id=101)
    ended = replayed(folder)["grocery"]["101"]
    spend = np.frombuffer(bytes.fromhex(ended["links.spend"]), np.uint32)
    assert sorted(spend[spend > 0] / 100.0) == sorted(amount for amount in customers["spend"].tolist() if amount)


def test_offers_are_saved_with_the_warm_up_and_exactly(tmp_path: Path):
    scenario = newcomer()
    results = compare(scenario)
    folder = save(results, tmp_path / "run")
    saved, base = load(folder).offers, scenario.needed_baseline().name
    assert saved.where(scenario=base).values("week") == (-3, -2, -1, *range(1, 7))
    assert saved.where(scenario=scenario.name).values("week") == tuple(range(1, 7)), "the warm-up is the baseline's"
    kept = np.concatenate([results.worlds[name].offers.where(of="outlet")["wait"] for name in (scenario.name, base)])
    assert saved.where(of="outlet")["wait"].tobytes() == kept.tobytes()


def test_every_record_that_the_market_shows_customers_is_kept():
    """Customers read neither the state of outlets, nor what was learned, nor who lives where; the rest are views."""
    shown = set(Market._fields) - {"outlets", "residents", "levels", "given_needs", "learning", "gains"}
    assert {kind.records for kind in KINDS.values()} == shown, "see simulation/offers.py"
