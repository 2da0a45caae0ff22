"""Periodic reviews: what they read, what they buy by which policy, at what cost, and what is refused."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation import Scenario, ScenarioError, compare
from simulation.files import load, save
from simulation.model import RetailModel
from simulation.records import VISIT_TOTALS
from simulation.reviews import Reviews, shortfalls
from simulation.running import run
from simulation.world import World, world_of

LEVERS = """
[[lever]]
id = "train"
kind = "staff_training"
[[lever]]
id = "refurbish"
kind = "refurbishment"
"""
REVIEW = """
[review]
every = 4
budget = 300_000
[review.levers]
atmosphere = "refurbish"
service = "train"
"""
KNOWN = "[uncertainty]\nweights = 0.0\neffects = false\n[market]\nwarmup_weeks = 2\n[population]\ncustomers = 100\n"


def asked(review: str = REVIEW, levers: str = LEVERS, **edits: Any) -> Scenario:
    head = 'based_on = "grocery"\nweeks = 16\nreplicates = 1\n'
    changed = Scenario.from_toml(head + KNOWN + levers + review)
    return changed.replace(edits=edits) if edits else changed


def problems(review: str = REVIEW, levers: str = LEVERS) -> str:
    with pytest.raises(ScenarioError) as refusal:
        asked(review, levers)
    return str(refusal.value)


def reviewing(scenario: Scenario, **levels: float) -> tuple[World, Reviews]:
    """A world whose visitors met 0.9 of everything in every week, unless `levels` says otherwise, all as important."""
    world = world_of(scenario, 0)
    counts = world.totals.visits[:, world.market.outlets.retailer == world.focal]
    counts[..., VISIT_TOTALS.index("visits")] = 10
    for name in ("social", "service", "atmosphere", "assortment", "price", "channels", "brand"):
        counts[..., VISIT_TOTALS.index(f"level_{name}")] = round(10 * 65536 * levels.get(name, 0.9))
        counts[..., VISIT_TOTALS.index(f"weight_{name}")] = round(10 * 65536 * 0.1)
    world.totals.visits[:, world.market.outlets.retailer == world.focal] = counts
    return world, Reviews(scenario, world)


def bought(scenario: Scenario, weeks: int = 16, **levels: float) -> list[tuple[int, str]]:
    _, reviews = reviewing(scenario, **levels)
    for week in range(1, weeks + 1):
        reviews.hold(week)
    return [(decision.week, decision.determinant) for decision in reviews.held]


@cache
def compared(threads: int = 1) -> Any:
    return compare(asked(), threads=threads)


# --- what is measured ---


def test_a_shortfall_is_importance_times_what_the_level_lacks_of_the_best():
    world, _ = reviewing(asked(), service=0.5)
    found = shortfalls(world, 1, 5)["service"]
    assert found == pytest.approx((0.5, 0.1, 0.1 * (world.numbers.learning.aspired_level - 0.5)), abs=1e-4)


def test_a_review_reads_the_weeks_before_it_and_no_other():
    world, _ = reviewing(asked())
    before = shortfalls(world, 5, 9)
    changed = np.r_[: world.warmup + 4, world.warmup + 8 : world.totals.visits.shape[0]]  # all but weeks 5 to 8
    world.totals.visits[changed] *= 3
    world.totals.visits[changed, ..., VISIT_TOTALS.index("visits")] //= 3
    assert shortfalls(world, 5, 9) == before


def test_where_nobody_came_nothing_falls_short():
    world = world_of(asked(), 0)
    assert {each.size for each in shortfalls(world, 1, 5).values()} == {0.0}


# --- what is bought ---


def test_reviews_are_held_every_so_many_weeks_from_the_first_on():
    assert [week for week, _ in bought(asked(), service=0.5)] == [5, 9, 13]
    early = asked(REVIEW.replace("every = 4", "every = 4\nstart_week = 3"))
    assert [week for week, _ in bought(early)] == [3, 7, 11, 15]


@pytest.mark.parametrize("worst", ["service", "atmosphere"])
def test_the_worst_determinant_gets_its_lever(worst: str):
    assert bought(asked(), 5, **{worst: 0.5}) == [(5, worst)]


def test_policies_that_do_not_look_go_round():
    in_turn = asked(REVIEW.replace("every = 4", 'every = 4\npolicy = "in_turn"'))
    assert [name for _, name in bought(in_turn, service=0.1)] == ["atmosphere", "service", "atmosphere"]


def test_what_is_built_whole_is_not_built_again():
    rich = asked(REVIEW.replace("300_000", "1e9"))
    assert [name for _, name in bought(rich, atmosphere=0.1)] == ["atmosphere", "service", "service"]


def test_a_budget_buys_the_part_of_a_lever_that_it_pays():
    world, reviews = reviewing(asked(), atmosphere=0.1)
    before = world.plans.outlets.atmosphere.copy()
    reviews.hold(5)
    (decision,) = reviews.held
    stores = sum(o.retailer == "ours" and o.channel == "store" for o in asked().outlets)
    assert decision.share == pytest.approx(300_000 / (150_000 * stores))
    assert decision.spent == pytest.approx(300_000)
    risen = (world.plans.outlets.atmosphere - before).max(1)
    week = world.warmup + 4  # of week 5
    assert risen[:week].max() == 0.0
    assert risen[week] == pytest.approx(0.04 * decision.share)


def test_reckoning_what_a_lever_costs_moves_no_plan():
    empowered = LEVERS.replace('kind = "staff_training"', 'kind = "empowerment"\nramp_weeks = 0')
    world, reviews = reviewing(asked(levers=empowered), service=0.1)
    before = world.plans.desks.recovery.copy()
    reviews.hold(5)
    (decision,) = reviews.held
    assert (world.plans.desks.recovery - before).max() == pytest.approx(0.05 * decision.share)


def test_what_is_paid_by_the_year_lasts_until_the_next_review():
    world, reviews = reviewing(asked(), service=0.1)
    reviews.hold(5)
    hours = world.plans.outlets.training_hours.max(1)[world.warmup :]
    assert np.flatnonzero(hours > 0).tolist() == [4, 5, 6, 7]


def test_what_is_bought_again_goes_on_with_its_ramp():
    slow = LEVERS.replace('kind = "staff_training"', 'kind = "staff_training"\nramp_weeks = 6')
    world, reviews = reviewing(asked(levers=slow), service=0.1)
    reviews.hold(5)
    reviews.hold(9)
    hours = world.plans.outlets.training_hours.max(1)[world.warmup + 4 : world.warmup + 12]
    assert (np.diff(hours) >= 0).all()
    assert hours[-1] > hours[3]


def test_until_a_review_buys_them_levers_do_nothing():
    late = compare(asked(REVIEW.replace("every = 4", "every = 4\nstart_week = 16")), threads=1)
    weekly = late.weekly.where(retailer="ours", measure="revenue").to_frame()
    by_world = weekly[weekly.week < 16].pivot_table(index="week", columns="scenario", values="value", observed=True)
    assert (by_world.iloc[:, 0] == by_world.iloc[:, 1]).all()


# --- what is kept of it ---


def test_threads_change_nothing():
    assert compared(1).results_sha256 == compared(2).results_sha256
    assert compared(1).reviews.rows() == compared(2).reviews.rows()


def test_what_reviews_spend_is_among_the_costs():
    results = compared()
    assert results.costs["amount"].sum() == pytest.approx(results.reviews["spent"].sum())
    assert results.reviews["spent"].max() > 0


def test_a_model_lived_week_by_week_holds_the_reviews_of_a_run():
    model = RetailModel(asked())
    model.run_model()
    decided = run(asked()).reviews
    assert [decision.week for decision in model.reviews] == sorted(set(decided["week"].tolist()))
    assert sum(decision.spent for decision in model.reviews) == pytest.approx(decided["spent"].sum())


def test_the_baseline_has_no_review():
    assert compared().reviews.values("scenario") == ("scenario",)


def test_decisions_are_saved_and_told_on_the_page(tmp_path: Path):
    from analysis.report import write_report

    folder = save(compared(), tmp_path / "run")
    assert load(folder).reviews.rows() == compared().reviews.rows()
    page = write_report(folder).read_text(encoding="utf-8")
    assert "What reviews bought" in page
    assert "1 of 1" in page


def test_a_saved_scenario_with_a_review_loads_again(tmp_path: Path):
    folder = save(compared(), tmp_path / "run")
    assert load(folder).scenario.review == asked().review


def test_a_run_holds_reviews_as_a_comparison_does():
    here, there = run(asked(), threads=1).reviews, compared().reviews
    assert here.where(week=5)["shortfall"].tolist() == there.where(week=5)["shortfall"].tolist()


# --- what is refused ---


@pytest.mark.parametrize(
    ("review", "words"),
    [
        (REVIEW.replace("service =", "serving ="), "serving"),
        (REVIEW.replace('"train"', '"nobody"'), "nobody"),
        (REVIEW.replace("budget = 300_000\n", ""), "a review has no budget"),
        (REVIEW.partition("[review.levers]")[0], "a review has nothing to buy"),
        (REVIEW.replace("every = 4", "every = 30"), "beyond the end of the run"),
        (REVIEW.replace("every = 4", "every = 4\nstart_week = 1"), "start_week"),
        (REVIEW.replace("every = 4", 'every = 4\npolicy = "best"'), "policy"),
        (REVIEW.replace("300_000", "-1"), "budget"),
    ],
    ids=["determinant", "lever", "no budget", "no levers", "too late", "too early", "policy", "negative"],
)
def test_a_faulty_review_is_named(review: str, words: str):
    assert words in problems(review)


@pytest.mark.parametrize(
    ("lever", "words"),
    [
        ('kind = "staff_training"\nstart_week = 5', "a review says when 'train' is bought"),
        ('kind = "staff_training"\nretailer = "northgate"', "is bought by 'northgate'"),
        ('kind = "problem_prevention"', "cannot know what 'train' will cost"),
        ('kind = "follow_up"', "a review buys what acts on outlets"),
    ],
    ids=["week", "rival", "price", "desk"],
)
def test_a_lever_that_a_review_cannot_buy_is_named(lever: str, words: str):
    assert words in problems(levers=LEVERS.replace('kind = "staff_training"', lever))
