"""Every shipped market and scenario is valid and runs; the other trades show their facts; the questions' directions."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from analysis.facts import Finding, Observed, applies, facts, judged, known
from analysis.facts.card import observed as observed_once
from analysis.facts.market import DAYS, MEAN_MONTH_DAYS
from simulation import Scenario, compare, run
from simulation.results import CompareResults, Table
from simulation.scenario import shipped
from simulation.schedule import monthly_rates, plans_of
from tests.phases import since_golden

QUESTIONS = ("price_war", "new_online_channel", "worn_out_store", "habit_broken")
MARKETS = ("fashion", "electronics")
SHORT = {"market.warmup_weeks": 2}
SEEDS = (1, 2, 3, 4)
CUSTOMERS = 5_000


@pytest.mark.parametrize("name", shipped())
def test_everything_shipped_is_valid_and_runs(name: str):
    scenario = Scenario.load(name, customers=60, replicates=1, edits=SHORT)
    assert scenario.question
    ended = run(scenario, threads=1)
    assert ended.weekly.where(measure="revenue", outlet="", channel="", segment="")["value"].sum() > 0


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_about_one_difference_and_says_how_large_it_is(name: str):
    scenario = Scenario.load(name)
    baseline = scenario.needed_baseline()
    assert baseline.name in ("grocery", "fashion")
    assert scenario.population.customers * scenario.weeks * scenario.replicates < 10_000_000, "a minute at most"


@pytest.mark.parametrize(("trade", "low", "high"), [("fashion", 1.5, 1.7), ("electronics", 1.35, 1.65)])
def test_december_is_planned_as_the_census_has_it(trade: str, low: float, high: float):
    totals = np.array(monthly_rates(trade)) * DAYS / MEAN_MONTH_DAYS
    assert low <= totals[11] / totals.mean() <= high
    plans = plans_of(Scenario.load(trade))
    assert plans.situations.season.max() == pytest.approx(max(monthly_rates(trade)))


def test_january_is_planned_as_the_census_has_it():
    totals = np.array(monthly_rates("fashion")) * DAYS / MEAN_MONTH_DAYS
    assert 0.72 <= totals[0] / totals.mean() <= 0.79


# --- what the markets show ---


@cache
def observed(market: str) -> tuple[Observed, ...]:
    return tuple(observed_once(market, seed, CUSTOMERS) for seed in SEEDS)


@cache
def found(market: str) -> dict[str, Finding]:
    card = judged(observed(market))
    print(f"\n{market}\n" + "\n".join(str(one) for one in card if one.verdict != "not applicable"))  # noqa: T201
    return {one.fact.id: one for one in card}


def applicable() -> Iterator[tuple[str, str]]:
    for market in MARKETS:
        scenario = Scenario.load(market)
        for fact in facts():
            if applies(fact, scenario) and fact.id not in known(market):
                yield market, fact.id


@pytest.mark.slow
@pytest.mark.parametrize(("market", "fact"), list(applicable()))
def test_the_market_shows(market: str, fact: str):
    assert found(market)[fact].verdict == "holds", f"{found(market)[fact]}\n{since_golden()}"


@pytest.mark.slow
@pytest.mark.parametrize("market", MARKETS)
def test_what_a_market_does_not_show_is_known(market: str):
    assert {name for name, one in found(market).items() if one.verdict == "fails"} <= set(known(market))


@pytest.mark.slow
@pytest.mark.parametrize("market", MARKETS)
def test_no_outlet_is_far_from_the_load_at_which_its_levels_hold(market: str):
    for outlet in observed(market)[0].market.outlets:
        load = np.mean([one.base.offers.where(outlet=outlet.id)["load"].mean() for one in observed(market)])
        assert 0.55 <= load <= 0.85, f"{outlet.id}: mean load {load:.2f}"


@cache
def served(market: str) -> Table:
    world = run(Scenario.load(market, customers=10_000, weeks=52, replicates=2))
    return world.weekly.where(retailer="ours", outlet="", segment="", relationship="")


@pytest.mark.slow
@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize(("channel", "median", "tenth"), [("face_to_face", 2, 12), ("phone", 4, 24), ("email", 12, 48)])
def test_desks_answer_in_sensible_time(market: str, channel: str, median: float, tenth: float):
    rows = served(market).where(channel=channel)
    assert np.nanmean(rows.where(measure="response_time_median")["value"]) < median
    assert np.nanmean(rows.where(measure="response_time_p90")["value"]) < tenth


@pytest.mark.slow
@pytest.mark.parametrize("market", MARKETS)
def test_what_waits_at_desks_does_not_pile_up(market: str):
    rows = served(market).where(measure="backlog", channel="")
    waiting, contacts = (
        np.nanmean(r["value"][r["week"] > 26]) for r in (rows, served(market).where(measure="contacts", channel=""))
    )
    assert waiting < 0.05 * contacts


@pytest.mark.slow
@pytest.mark.parametrize("market", MARKETS)
def test_satisfaction_is_where_the_acsi_of_the_trade_is(market: str):
    values = []
    for one in observed(market):
        rows = one.base.weekly.where(outlet="", channel="", segment="", relationship="")
        acsi, customers = rows.where(measure="acsi")["value"], rows.where(measure="active")["value"]
        values.append(np.nansum(acsi * customers) / np.nansum(customers))
    assert 78.0 <= np.mean(values) <= 80.0


# --- the questions' directions ---


def small(name: str, replicates: int = 4, **edits: float) -> Scenario:
    return Scenario.load(name, customers=5_000, replicates=replicates, edits={"market.warmup_weeks": 52, **edits})


@cache
def answered(name: str) -> CompareResults:
    return compare([small(name)])


def effect(name: str, measure: str) -> tuple[float, float, float]:
    """The effect on the focal retailer with its interval."""
    rows = answered(name).effects.where(measure=measure, retailer="ours", source="").rows()
    return next((row["effect"], row["low"], row["high"]) for row in rows)


def part(name: str, measure: str, **where: str) -> tuple[float, float]:
    """Sum of a measure over weeks and replicates in a part of the market, in the baseline and in the scenario."""
    scenario, baseline = answered(name).scenarios[0]
    worlds = (answered(name).worlds[one.name] for one in (baseline, scenario))
    before, after = (float(np.nansum(w.weekly.where(measure=measure, segment="", **where)["value"])) for w in worlds)
    return before, after


@pytest.mark.slow
def test_a_price_war_takes_revenue_and_some_satisfaction():
    assert effect("price_war", "revenue")[2] < 0
    assert effect("price_war", "acsi")[0] < 0


@pytest.mark.slow
def test_an_online_channel_brings_sessions_and_takes_trips():
    before, after = part("new_online_channel", "visits", retailer="ours", channel="store")
    assert after < before
    assert part("new_online_channel", "baskets", retailer="ours", channel="online")[1] > 0
    assert effect("new_online_channel", "visits")[1] > 0
    assert effect("new_online_channel", "conversion")[2] < 0


@pytest.mark.slow
def test_an_online_channel_brings_revenue_where_looking_leaves_needs_open_and_not_where_it_ends_them():
    assert effect("new_online_channel", "revenue")[1] > 0
    ends = compare([small("new_online_channel", 7, **{"parameters.research_online": 0.0})])
    rows = ends.effects.where(measure="revenue", retailer="ours", source="").rows()
    assert rows[0]["high"] < 0


@pytest.mark.slow
def test_a_worn_out_store_costs_satisfaction_and_then_visits():
    assert effect("worn_out_store", "acsi")[2] < 0
    before, after = part("worn_out_store", "visits", outlet="ours_centre")
    assert after < before


@pytest.mark.slow
def test_a_rival_next_door_takes_visits_where_it_opens():
    assert effect("habit_broken", "visits")[2] < 0
    assert effect("habit_broken", "revenue")[2] < 0
    lost = {
        o: np.subtract(*part("habit_broken", "visits", outlet=o)) for o in ("ours_south", "ours_north", "ours_centre")
    }
    assert lost["ours_south"] == max(lost.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered_in_a_sentence(name: str):
    answer = answered(name).answer
    assert "Ours" in answer
    assert answer.endswith(".")


def test_an_opening_is_said_with_its_week():
    from simulation.provenance import Comparison

    scenario = Scenario.load("habit_broken")
    told = Comparison.of(scenario, scenario.needed_baseline())
    assert told.subject == "Opening of a store of Harvest (harvest_south, from week 14)"
    assert told.first_week == 14
