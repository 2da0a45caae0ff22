"""`[record] events`: some customers' lives touchpoint by touchpoint, made by replay when the run is over."""

from typing import Any

import numpy as np
import pytest

from simulation import compare, run
from simulation.events import places_of, recorded_events
from simulation.files import load, save
from simulation.results import Table
from simulation.scenario import Scenario

WEEKS = 10


def market(events: Any) -> Scenario:
    edits = {"market.warmup_weeks": 2, "record.events": events}
    return Scenario.load("grocery", customers=60, weeks=WEEKS, replicates=2, edits=edits)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Table, Table]:
    """Events of five customers of a comparison, and the customers' final states; only visits move what they expect."""
    deaf = {"parameters.will_per_message": 0.0, "parameters.will_per_rating": 0.0}
    edits = {"market.warmup_weeks": 2, "record.events": 5, "lever.staff_training.start_week": 2, **deaf}
    scenario = Scenario.load("staff_training", customers=60, weeks=WEEKS, replicates=2, edits=edits)
    saved = load(save(compare(scenario), tmp_path_factory.mktemp("events") / "run"))
    return saved.events, saved.customers


def test_so_many_customers_are_always_the_same_ones():
    few, more = places_of(market(5)), places_of(market(9))
    assert len(few) == 5
    assert set(few) < set(more)


def test_named_customers_are_those(kept: Any):
    assert places_of(market([7, 3])) == [3, 7]
    assert len(kept[0].values("customer_id")) == 5


def test_nobody_asks_and_nothing_is_kept():
    assert recorded_events(run(market(0))) is None


def test_both_worlds_of_a_comparison_are_there_in_replicate_0(kept: Any):
    events, _ = kept
    assert set(events.values("scenario")) == {"staff_training", "grocery"}
    assert events.values("replicate") == (0,)


def test_probabilities_of_each_choice_sum_to_1_and_one_is_chosen(kept: Any):
    rows = kept[0].where(event="choice").to_frame()
    each = rows.groupby(["scenario", "customer_id", "week", "occasion"], observed=True)
    assert each["probability"].sum().to_numpy() == pytest.approx(1.0)
    assert set(each["happened"].sum()) == {1.0}


def test_the_chosen_has_the_largest_utility_with_its_luck(kept: Any):
    rows = kept[0].where(event="choice").to_frame()
    rows["all"] = rows["utility"] + rows["luck"]
    best = rows.groupby(["scenario", "customer_id", "week", "occasion"], observed=True)["all"].idxmax()
    assert (rows.loc[best, "happened"] == 1.0).all()


def test_the_terms_of_a_utility_add_up_to_it(kept: Any):
    rows = kept[0].where(event="choice").to_frame()
    terms = rows[[name for name in rows.columns if name.startswith("term_")]]
    assert terms.sum(axis=1).to_numpy() == pytest.approx(rows["utility"].to_numpy())


def test_probabilities_are_what_the_model_says_of_shares(kept: Any):
    """Closed form: log-odds against staying at home are the difference of the utilities without luck."""
    rows = kept[0].where(event="choice").to_frame()
    home = rows[rows["outlet"] == ""].set_index(["scenario", "customer_id", "week", "occasion"])
    at = rows.set_index(["scenario", "customer_id", "week", "occasion"])
    odds = np.log(at["probability"] / home["probability"].reindex(at.index))
    assert odds.to_numpy() == pytest.approx((at["utility"] - home["utility"].reindex(at.index)).to_numpy())


def test_the_last_visit_leaves_what_the_run_says(kept: Any):
    events, customers = kept
    last = events.where(event="visit").to_frame().groupby(["scenario", "customer_id", "retailer"], observed=True).last()
    final = customers.where(replicate=0).to_frame().set_index(["scenario", "customer_id", "retailer"])
    assert (last["expectation"] == final["expectation"].reindex(last.index)).all()


def test_customers_of_a_file_are_called_by_their_ids(tmp_path: Any):
    (tmp_path / "members.csv").write_text("id,age\nanna,34\nben,61\ncarla,45\n", encoding="utf-8")
    text = 'based_on = "grocery"\n[population]\nfile = "members.csv"\n[record]\nevents = ["ben"]\n'
    (tmp_path / "members.toml").write_text(text, encoding="utf-8")
    scenario = Scenario.load(tmp_path / "members.toml", weeks=20, replicates=1, edits={"market.warmup_weeks": 0})
    results = run(scenario)
    assert results.events is not None
    assert results.events.values("customer_id") == ("ben",)
    paid = results.events.where(event="purchase")["amount"]
    assert paid.any()
    spend = results.customers.where(customer_id="ben")["spend"]
    assert np.floor(paid * 100.0 + 0.5).sum() == np.round(spend * 100.0).sum(), "cents"
