"""Customers who come into the market later: nothing before their first week, a purchase in it, and their own luck."""

from functools import cache

import numpy as np
import pytest

from simulation.customer.relation import ACTIVE, LAPSED, PROSPECT
from simulation.records import LINK_TOTALS, VISIT_TOTALS
from simulation.scenario import Scenario
from simulation.schedule import plans_of
from simulation.world import World, world_of
from tests.lives import columns, lived

ACQUIRED, BASKETS = LINK_TOTALS.index("acquired"), VISIT_TOTALS.index("baskets")
ALONE = {"population.customers": 600}


def cohort(**edits: object) -> Scenario:
    return Scenario.load("online_music", weeks=14, replicates=1, edits={**ALONE, **edits})


@cache
def after(weeks: int) -> World:
    return lived(cohort(), weeks)


def test_nobody_has_a_relationship_or_a_need_before_the_first_week():
    world = after(6)
    later = world.people.first_week > 6
    assert later.sum() > 100
    assert (world.links.retailer[:, later] == -1).all()
    assert (world.links.visits[:, later] == 0).all()
    assert (world.reach.outlet[:, later] == -1).all()


def test_everybody_buys_in_the_first_week():
    world = after(6)
    come = world.people.first_week <= 6
    assert (world.links.spend[0, come] > 0).all()
    assert (world.links.since[0, come] <= world.people.first_week[come] - 1 + 6).all()


def test_a_customer_is_acquired_in_the_week_of_coming():
    world = after(14)
    acquired = world.totals.links[:, 0, :, ACQUIRED].sum(1)
    expected = np.bincount(world.people.first_week.astype(int) - 1, minlength=14)
    assert acquired.tolist() == expected.tolist()


def test_the_first_weeks_are_spread_as_the_scenario_says():
    trait = cohort().population.traits["first_week"]
    people = world_of(cohort(**{"population.customers": 20_000}), 0).people
    found = np.bincount(people.first_week.astype(int), minlength=13)[1:] / people.key.size
    assert found == pytest.approx(np.array(trait["shares"]), abs=0.008)


def test_the_only_retailer_can_be_left_where_no_link_is_kept_and_not_otherwise():
    left = lived(cohort(), 14).links.status[0]
    kept = lived(cohort(**{"parameters.links_kept": 1.0}), 14).links.status[0]
    assert (left == LAPSED).mean() > 0.2
    assert set(np.unique(kept)) == {ACTIVE}


def test_who_comes_later_begins_with_prospects_and_what_is_open_then():
    edits = {"market.warmup_weeks": 2, "population.traits.first_week": {"values": [0, 5], "shares": [0.5, 0.5]}}
    scenario = Scenario.load("rival_enters", customers=400, weeks=8, edits={**edits, "event.entry.week": 4})
    before = lived(scenario, 5)  # two weeks of warm-up and three more
    later = before.people.first_week == 5
    assert (before.reach.outlet[:, later] == -1).all()
    world = lived(scenario, 7)  # to week 5
    entrant = [o.retailer == "newcomer" for o in scenario.outlets].index(True)
    assert (world.reach.outlet[:, later] >= entrant).any(), "the entrant's stores were open when they came"
    bought = world.links.visits[:, later] > 0
    assert (world.links.status[:, later][bought] != PROSPECT).any()
    assert (world.links.status[:, later] == PROSPECT).any()


def test_where_everybody_is_there_from_the_start_nobody_comes():
    scenario = Scenario.load("grocery", customers=100, weeks=2, edits={"market.warmup_weeks": 1})
    assert (world_of(scenario, 0).people.first_week == 0).all()


def test_who_comes_later_has_the_same_traits_and_leaves_those_of_others():
    edits = {"population.traits.first_week": {"values": [0, 5], "shares": [0.5, 0.5]}}
    mixed, usual = (world_of(Scenario.load("grocery", customers=100, weeks=8, edits=e), 0) for e in (edits, {}))
    names = [name for name, _ in columns(mixed) if name.startswith("people.")]
    here = mixed.people.first_week == 0
    for name in set(names) - {"people.first_week"}:
        ours, theirs = (dict(columns(world))[name] for world in (mixed, usual))
        assert np.array_equal(ours[..., here], theirs[..., here]), name


def test_values_and_shares_of_a_trait_reach_the_population():
    text = 'based_on = "grocery"\n[population.traits.household]\nvalues = [2, 4]\nshares = [0.25, 0.75]\n'
    scenario = Scenario.from_toml(text).replace(customers=4_000)
    household = world_of(scenario, 0).people.trait("household")
    assert set(np.unique(household)) == {2.0, 4.0}
    assert (household == 4.0).mean() == pytest.approx(0.75, abs=0.03)
    assert Scenario.from_toml(scenario.to_toml()).sha256 == scenario.sha256


# --- what a firm knows of its customers ---

SHOP = {"population.traits.first_week": {"values": [0], "shares": [1.0]}, **ALONE}


def shop(**edits: object) -> Scenario:
    """Customers of one shop who are there from the start and never leave, unless edits say so."""
    quiet = {"parameters.leaving_monthly": -6.0, "parameters.leaving_sd": 0.0, "parameters.return_weekly": 0.0}
    return Scenario.load("online_music", weeks=20, replicates=1, edits={**SHOP, **quiet, **edits})


def test_who_lapsed_before_the_start_buys_nothing_and_the_others_live_as_before():
    lapsed = {"population.traits.lapsed": {"values": [0, 1], "shares": [0.5, 0.5]}}
    some, none = (lived(shop(**edits), 20) for edits in (lapsed, {}))
    gone = some.people.trait("lapsed") > 0
    assert 200 < gone.sum() < 400
    assert (some.links.status[0, gone] == LAPSED).all()
    assert (some.links.visits[0, gone] == 0).all()
    assert (some.links.visits[0, ~gone] == none.links.visits[0, ~gone]).all()


def test_who_lapsed_before_the_start_may_come_back():
    lapsed = {"population.traits.lapsed": {"values": [1], "shares": [1.0]}, "parameters.return_weekly": 0.03}
    world = lived(shop(**lapsed), 20)
    assert (world.links.status[0] == ACTIVE).mean() == pytest.approx(1 - 0.97**20, abs=0.08)


def test_a_readiness_of_ones_own_makes_who_has_it_leave():
    edits = {"population.traits.leaving": {"mean": 4.0, "sd": 1.0}}
    ready, usual = (lived(shop(**given), 20) for given in (edits, {}))
    assert (ready.links.status[0] == LAPSED).mean() > 5 * (usual.links.status[0] == LAPSED).mean()


def visits_by_half(**edits: object) -> tuple[np.ndarray, np.ndarray]:
    """Visits of each customer in weeks 1-10 and in weeks 11-20, with a high rate, alike for all."""
    alike = {"population.traits.need_rate": {"mean": 104.0, "shape": 1e6}, "parameters.pace_kept": 0.98}
    worlds = [lived(shop(**alike, **edits), weeks) for weeks in (10, 20)]
    first, both = (world.links.visits[0].astype(float) for world in worlds)
    return first, both - first


def test_where_needs_wander_the_past_of_equal_customers_tells_their_future():
    wander, steady = visits_by_half(**{"parameters.pace_sd": 0.8}), visits_by_half()
    assert np.corrcoef(*wander)[0, 1] > 0.7
    assert abs(np.corrcoef(*steady)[0, 1]) < 0.15


def test_newcomers_begin_with_many_needs():
    edits = {"parameters.pace_sd": 0.8, "parameters.leaving_monthly": -6.0, "population.traits.need_rate.mean": 20.0}
    pace = lived(cohort(**edits), 14).people.pace
    first = world_of(cohort(**edits), 0).people
    came = first.first_week <= 1
    assert (pace[came] - first.pace[came]).mean() == pytest.approx(0.8 * 0.98**14, abs=0.2)


# --- staff for the season ---


def staff(share: float) -> tuple[np.ndarray, np.ndarray]:
    """Staff of the first outlet by week over its usual staff, and the season."""
    edits = {"market.trade": "fashion", "market.warmup_weeks": 0, "parameters.seasonal_staff": share}
    plans = plans_of(Scenario.load("grocery", weeks=52, edits=edits))
    return plans.outlets.staff[:, 0] / plans.outlets.staff[0, 0], plans.situations.season


def test_staff_stays_the_same_all_year_unless_it_follows_the_season():
    assert (staff(0.0)[0] == 1.0).all()


def test_staff_follows_the_season_in_proportion():
    numbers, season = staff(1.0)
    assert numbers == pytest.approx(season / season[0])


def test_half_the_way_is_half_the_swing():
    numbers, season = staff(0.5)
    assert numbers * (1 + 0.5 * (season[0] - 1)) == pytest.approx(1 + 0.5 * (season - 1))
