"""Money: by source, exactly; what customers are worth; whether it pays, in words; which scenario is best."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from analysis.lifetime import simulated_value
from analysis.ranking import ranking
from analysis.theory.published import AIRLINE_GAIN, AIRLINE_RETURN, AIRLINE_SPENT, DISCOUNT, VALUES
from analysis.theory.value import CustomerBase, multiple, return_on
from analysis.verdict import deed, ranked_words, verdict
from simulation import Scenario, compare
from simulation.discounting import WHOLE, discount
from simulation.gains import SOURCES, gained, sources_of
from simulation.provenance import Change, Comparison
from simulation.recording import Record
from simulation.records import VISIT_TOTALS
from simulation.results import CompareResults
from simulation.running import Work, twin_records
from simulation.world import outcomes_for

WEEKS, FIRST = 26, 6
MARGIN = VISIT_TOTALS.index("margin_cents")
LEVER = (
    'based_on = "grocery"\n[[lever]]\nkind = "level_change"\ndeterminant = "service"\nchange = 0.2\nstart_week = 6\n'
)
TRAINING = Comparison(
    "training", "grocery", "", "ours", "Ours", "USD", 104, (Change("staff training (45 hours per employee)", 1),)
)


@cache
def served(customers: int = 1_500) -> Scenario:
    edits = {"population.customers": customers, "uncertainty.weights": 0.0, "market.warmup_weeks": 20}
    return Scenario.from_toml(LEVER).replace(weeks=WEEKS, replicates=1, edits=edits)


@cache
def twins() -> tuple[Record, Record]:
    """The baseline and the scenario, one replicate."""
    before, after = twin_records(served(), served().needed_baseline(), 1, Work(1.0, None))
    return before[0], after[0]


def focal_margin(record: Record) -> int:
    """Discounted margin of the focal retailer from the weekly totals, in cents / WHOLE."""
    scenario = served()
    ours = [o for o, outlet in enumerate(scenario.outlets) if outlet.retailer == "ours"]
    weekly = record.totals.visits[..., MARGIN][:, ours].sum((1, 2))[FIRST - 1 :]
    return int((weekly * discount(np.arange(weekly.size), scenario.money.discount_yearly)).sum())


def test_margins_of_customers_add_up_to_the_weekly_totals_exactly():
    for record in twins():
        assert record.world.outcomes.margin.sum() == focal_margin(record)


def test_what_is_gained_by_source_adds_up_to_all_that_is_gained_exactly():
    before, after = twins()
    parts = gained(before.world.outcomes, after.world.outcomes)
    assert sum(parts.values()) == focal_margin(after) - focal_margin(before) != 0
    assert set(parts) == set(SOURCES)


def test_every_source_is_told_by_who_was_a_customer_how_long_and_through_whom():
    before, after = outcomes_for(4), outcomes_for(4)
    before.before[:2] = 1
    before.weeks[:] = (5, 5, 0, 0)
    after.weeks[:] = (5, 7, 3, 3)
    after.by_word[:] = (1, 1, 0, 1)
    assert sources_of(before, after).tolist() == [0, 1, 2, 3]


def test_who_was_a_customer_is_the_same_in_both_worlds():
    before, after = (record.world.outcomes for record in twins())
    assert np.array_equal(before.before, after.before)
    assert 0 < before.before.sum() < before.before.size


def test_recommendation_is_a_minor_part_of_the_benefit():
    """Below 7 % of the benefit in most trades (Forrester 2020, 2022); repurchase and retention are most of it."""
    before, after = twins()
    parts = gained(before.world.outcomes, after.world.outcomes)
    assert abs(parts["word_of_mouth"]) < 0.07 * sum(parts.values())
    assert parts["repurchase"] + parts["retention"] > 0.5 * sum(parts.values())


@cache
def compared() -> CompareResults:
    return compare(served(800).replace(replicates=8), threads=1)


def rows(measure: str, source: str) -> dict[str, Any]:
    (row,) = compared().effects.where(measure=measure, source=source).rows()
    return row


def test_sources_in_the_effects_add_up_to_the_money_tables_margin():
    (money,) = compared().money.rows()
    assert sum(rows("discounted_margin", source)["effect"] for source in SOURCES) == pytest.approx(money["margin"])
    assert rows("discounted_margin", "")["effect"] == pytest.approx(money["margin"])


def test_twins_have_their_money_and_its_source():
    table = compared().twins
    assert table["money_effect"] == pytest.approx(table["margin_scenario"] - table["margin_baseline"])
    assert set(table.values("source")) <= set(SOURCES)


def test_better_service_raises_what_customers_and_all_of_them_are_worth():
    assert rows("customer_lifetime_value", "")["effect"] > 0
    assert rows("customer_equity", "")["effect"] > rows("discounted_margin", "")["effect"] > 0


@pytest.mark.parametrize(("retention", "worth", "_"), VALUES)
@pytest.mark.parametrize("periods", [0, 1, 8])
def test_a_cohort_whose_customers_leave_at_a_constant_rate_is_worth_the_closed_form(
    retention: float, worth: float, _: float, periods: int
):
    """Gupta, Lehmann & Stuart 2004: r / (1 + i - r), however many of its years are simulated."""
    margins = retention ** np.arange(1, periods + 1)
    found = simulated_value(margins, retention**periods, 1.0, retention, DISCOUNT)
    assert found == pytest.approx(multiple(retention, DISCOUNT), rel=1e-12)
    assert found == pytest.approx(worth, abs=6e-3)


def test_the_american_airlines_arithmetic_with_simulated_cohorts():
    """Rust, Lemon & Zeithaml 2004: 70 million spent, equity 101.3 million higher, a return of 44.7 %."""
    base = CustomerBase(margin=100.0, retention=0.8, discount=DISCOUNT, customers=1.0, acquired=0.0, cost=0.0)
    more = AIRLINE_GAIN / (100.0 * multiple(0.8, DISCOUNT))
    years = 0.8 ** np.arange(1, 6) * 100.0
    values = [simulated_value(n * years, n * 0.8**5, 100.0, 0.8, DISCOUNT) for n in (1.0, 1.0 + more)]
    assert values[0] == pytest.approx(base.equity)
    assert return_on(values[1] - values[0], AIRLINE_SPENT) == pytest.approx(AIRLINE_RETURN, abs=5e-4)


def paid(npv: float, half: float, p_positive: float, cost: float = 1e6) -> dict[str, Any]:
    return {"npv": npv, "low": npv - half, "high": npv + half, "p_positive": p_positive, "cost": cost}


def test_what_pays_is_said_to_pay_and_how_surely():
    assert verdict(paid(1.2e6, 8e5, 0.9), TRAINING) == (
        "Staff training pays: +1.2 million USD [0.4, 2.0] over two years, 90 % sure."
    )


def test_what_does_not_pay_is_said_not_to():
    assert "does not pay back: −3.0 million USD [−5.0, −1.0] over two years, 95 % sure" in verdict(
        paid(-3e6, 2e6, 0.05), TRAINING
    )


def test_what_cannot_be_told_is_not_claimed():
    assert verdict(paid(1e5, 9e5, 0.6), TRAINING).startswith("Whether staff training pays cannot be told")


def test_nobody_is_ever_certain():
    assert "99 % sure" in verdict(paid(3e6, 1e5, 1.0), TRAINING)


def test_what_cost_nothing_is_not_judged():
    assert verdict(paid(1e6, 1e5, 0.99, cost=0.0), TRAINING) == ""


def test_two_deeds_are_named_together():
    both = (Change("staff training (45 hours)", 1), Change("price change (-2 %)", 1))
    assert deed(TRAINING.__class__(**{**TRAINING.as_dict(), "changes": both})) == "Staff training and price change"


def samples(lead: float, replicates: int = 12) -> dict[str, Any]:
    """Values of three scenarios that share most of their luck; the second leads the first by so much."""
    chance = np.random.default_rng(3)
    shared = 50.0 * chance.standard_normal(replicates)
    own = chance.standard_normal((3, replicates))
    return {"first": shared + own[0], "second": shared + own[1] + lead, "poor": shared + own[2] - 100.0}


def test_the_better_one_is_found_through_the_luck_that_they_share():
    places = ranking(samples(5.0), 0)
    assert [place.scenario for place in places] == ["second", "first", "poor"]
    assert places[0].p_best > 0.99
    assert places[2].p_best < 0.001


def test_equals_are_as_likely_the_best_and_their_difference_is_called_noise():
    places = ranking(samples(0.0), 0)
    assert 0.1 < places[0].p_best < 0.9
    assert sum(place.p_best for place in places) == pytest.approx(1.0)
    told = [{**place._asdict(), "npv": -n} for n, place in enumerate(places)]
    assert "which is within the noise" in ranked_words(told, "USD")


def test_replicates_of_one_draw_are_no_more_than_one_piece_of_evidence():
    twice = {name: np.repeat(values, 2) for name, values in samples(0.5, 6).items()}
    alone, together = ranking(twice, 0)[0], ranking(twice, 2)[0]
    assert together.p_best < alone.p_best


def test_factors_fall_by_the_discount_in_a_year():
    assert discount(np.array([0, 52, 104]), 0.12) / WHOLE == pytest.approx([1.0, 1 / 1.12, 1 / 1.12**2], abs=1e-6)
