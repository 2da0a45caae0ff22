"""Simulated moments: shares of outlets are matched by their attraction, other moments are counted and set nothing."""

import numpy as np
import pytest

from analysis.calibration.simulated import (
    Bought,
    Target,
    matched,
    moments_of,
    moments_table,
    needs_of,
    places_of,
    spread_of,
)
from simulation import Scenario
from tests.conftest import ROOT

SECOND = """
based_on = "online_music"
[[outlet]]
id = "second_shop"
retailer = "music_shop"
channel = "online"
format = "online"
location = "online"
capacity_visits_week = 5_000
staff = 30
[outlet.levels]
social = 0.75
service = 0.78
atmosphere = 0.75
assortment = 0.85
price = 0.78
channels = 0.75
brand = 0.78
"""
FIRST = "music_shop_online"


@pytest.fixture(scope="module")
def two_shops() -> Scenario:
    return Scenario.from_toml(SECOND, folder=ROOT / "scenarios")


def some_weeks(*rows: tuple[int, int, float], customers: int = 4, weeks: int = 8) -> Bought:
    who, day, amount = (np.array(column) for column in zip(*rows, strict=True))
    return Bought(who, day, amount.astype(float), customers, weeks)


def test_an_outlet_that_sells_more_in_the_log_becomes_more_attractive(two_shops: Scenario):
    traits = {"need_rate": np.full(400, 26.0), "basket": np.full(400, 20.0)}
    groups = {FIRST: [FIRST], "second_shop": ["second_shop"]}
    shares = {FIRST: 0.25, "second_shop": 0.75}
    found = matched(two_shops, traits, Target(2.0, shares, groups), 4, threads=1)
    assert found.attraction["second_shop"] > found.attraction[FIRST]
    assert found.shares["second_shop"] == pytest.approx(0.75, abs=0.03)
    assert np.mean([each.day.size for each in found.simulated]) / 400 == pytest.approx(2.0, rel=0.06)


def test_attraction_of_an_outlet_of_zero_changes_nothing_and_more_moves_choices(two_shops: Scenario):
    from simulation import run

    small = {"weeks": 3, "replicates": 1, "customers": 60}
    as_it_was, none = (run(two_shops.replace(**small, edits=e)) for e in ({}, {"outlet.second_shop.attraction": 0.0}))
    more = run(two_shops.replace(**small, edits={"outlet.second_shop.attraction": 2.0}))
    assert none.results_sha256 == as_it_was.results_sha256
    assert more.results_sha256 != as_it_was.results_sha256


def test_places_of_the_log_are_outlets_or_channels_of_the_firm(two_shops: Scenario):
    groups, shares, remark = places_of(two_shops, {"outlet": {FIRST: 30.0, "second_shop": 10.0, "pop_up": 5.0}})
    assert groups == {FIRST: [FIRST], "second_shop": ["second_shop"]}
    assert shares == {FIRST: 0.75, "second_shop": 0.25}
    assert "pop_up" in remark
    assert places_of(two_shops, {"channel": {"online": 3.0}})[0] == {"online": [FIRST, "second_shop"]}
    assert "No outlet of the log" in places_of(two_shops, {"outlet": {"elsewhere": 1.0}})[2]
    assert places_of(two_shops, {}) == ({}, {}, "")


def test_moments_are_counted_by_customer():
    found = moments_of(some_weeks((0, 0, 10.0), (0, 7, 10.0), (0, 21, 10.0), (1, 30, 6.0)))
    assert found["purchases a customer"] == 1.0
    assert found["customers who buy, share"] == 0.5
    assert found["buyers who buy again, share"] == 0.5
    assert found["spend a customer"] == 9.0
    assert found["weeks between purchases, mean"] == 1.5
    assert found["customers active in weeks 1-4, share"] == 0.25
    assert found["customers active in weeks 5-8, share"] == 0.25


def test_the_table_has_the_range_over_replicates():
    seen = some_weeks((0, 0, 1.0))
    table = moments_table(seen, [seen, some_weeks((0, 0, 1.0), (1, 3, 1.0))], {"shop": (0.4, 0.5)})
    row = table.where(moment="purchases a customer").rows()[0]
    assert (row["observed"], row["simulated"], row["low"], row["high"]) == (0.25, 0.375, 0.25, 0.5)
    assert table.where(moment="purchases at shop, share")["observed"].tolist() == [0.4]


# --- beside rivals ---


def test_needs_keep_their_mean_and_become_as_alike_as_the_power_says():
    rate = np.random.default_rng(1).lognormal(0.0, 1.0, 200_000)
    needs = needs_of(rate, 3.0, 0.5)
    assert needs.mean() == pytest.approx(3.0 * rate.mean())
    assert np.log(needs).std() == pytest.approx(0.5, abs=0.01)
    assert np.array_equal(needs_of(rate, 1.0, 1.0), rate)


def test_spread_is_what_is_beyond_chance():
    """Gamma rates of shape 2 are unlike by 1 / 2, however many purchases they make."""
    chance = np.random.default_rng(1)
    count = chance.poisson(4.0 * chance.gamma(2.0, 0.5, 100_000))
    who = np.repeat(np.arange(100_000), count)
    assert spread_of(Bought(who, who, who, 100_000, 8)) == pytest.approx(0.5, abs=0.02)
    assert spread_of(Bought(np.arange(5), np.arange(5), np.arange(5), 5, 8)) == 0.0


@pytest.mark.slow
def test_beside_rivals_a_firm_is_liked_by_its_own_customers_so_that_as_many_of_them_buy():
    """Rates as unlike as in the log come from needs as unlike as the market's, at outlets that these people like."""
    rate = np.random.default_rng(2).gamma(0.5, 60.0, 1_500)
    traits = {"need_rate": rate, "basket": np.full(rate.size, 20.0)}
    market = Scenario.load("grocery", edits={"market.warmup_weeks": 0})
    target = Target(float(rate.mean()) * 8 / 52, {}, {}, spread=2.0, power=0.75)
    found = matched(market, traits, target, 8, load=80.0 * 200_000)
    bought = np.mean([each.day.size for each in found.simulated]) / rate.size
    assert bought == pytest.approx(target.purchases, rel=0.08)
    assert np.mean([spread_of(each) for each in found.simulated]) == pytest.approx(2.0, rel=0.25)
    assert min(found.attraction.values()) > 1.0
    assert {name.partition("_")[0] for name in found.attraction} == {"ours"}
