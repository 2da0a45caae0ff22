"""The CDNOW example: known answers of its statistics, a file read, a cohort lived, a chart, words without the data."""

import sys
from pathlib import Path

import numpy as np
import pytest

from analysis import cdnow
from analysis.drawing import as_svg, style
from analysis.facts.cohort import Cohort
from simulation import Scenario

FILE = """ 00004 0001 19970101  2   29.33
 00004 0001 19970118  2   29.73
 00004 0001 19970118  1   10.00
 00021 0002 19970104  1   14.96
 00050 0003 19970325  1   20.00
 00050 0003 19980630  1   30.00
"""


@pytest.fixture
def few(tmp_path: Path) -> Cohort:
    """Three customers: one comes back after 17 days, one never, one after 15 months."""
    path = tmp_path / "sample.txt"
    path.write_text(FILE, encoding="utf-8")
    return cdnow.sample(path)


@pytest.fixture(scope="module")
def lived() -> Cohort:
    """The simulated cohort, a thirtieth of it."""
    return cdnow.simulated(Scenario.load("online_music", customers=800), 1)[0]


def test_purchases_of_one_day_are_one_purchase_day(few: Cohort):
    assert few.size == 3
    assert few.customer.tolist() == [0, 0, 1, 2, 2]
    assert few.day.tolist() == [0, 17, 3, 83, 545]
    assert few.amount[1] == pytest.approx(39.73)


def test_repeats_are_counted_by_customer_by_week_and_by_age(few: Cohort):
    assert few.repeats().tolist() == [1, 0, 1]
    assert few.bought_once() == pytest.approx(1 / 3)
    assert few.repeated_by(90) == pytest.approx(1 / 3)
    assert few.repeated_by(17) == pytest.approx(1 / 3), "the last day counts"
    assert few.repeated_by(16) == 0.0
    assert few.active_in(1) == pytest.approx(1 / 3)
    assert few.active_in(16) == pytest.approx(1 / 3), "462 days of age lie in the sixteenth thirty"
    weekly = few.repeats_by_week(78)
    assert weekly[2] == pytest.approx(1 / 3)
    assert weekly.sum() == pytest.approx(2 / 3)


def test_a_log_is_cut_at_the_end_of_a_week(few: Cohort):
    assert few.until(39).repeats().tolist() == [1, 0, 0]
    assert few.until(3).day.tolist() == [0, 17, 3]


def test_equal_cohorts_are_no_distance_apart_and_others_are(lived: Cohort):
    fitted = lived.until(cdnow.FITTED)
    half = Cohort(fitted.customer, fitted.day // 2, fitted.amount, fitted.size)
    assert cdnow.deviance(fitted, fitted) == pytest.approx(0.0, abs=1e-9)
    assert cdnow.deviance(half, fitted) > 20.0


def test_every_simulated_customer_is_acquired_in_twelve_weeks(lived: Cohort):
    assert lived.size == 800
    assert lived.first_day.max() < 7 * 12
    assert (lived.age >= 0).all()


def test_the_simulated_cohort_shows_the_facts_of_one(lived: Cohort):
    for figure in cdnow.known_facts([lived], lived):
        assert figure.band.startswith("holds"), figure


def test_activity_falls_fast_and_then_slowly(lived: Cohort):
    months = [np.mean([lived.active_in(n) for n in span]) for span in ((1, 2), (5, 6), (14, 15))]
    assert months[0] > months[1] > months[2]
    assert months[0] - months[1] > months[1] - months[2]


def test_the_report_has_simulated_beside_observed_and_every_week(lived: Cohort):
    lines = cdnow.report([lived, lived], lived)
    assert lines[0] == cdnow.CAUTION
    weeks = lines[next(n for n, line in enumerate(lines) if line.startswith("week")) + 1 :]
    assert [int(line.split()[0]) for line in weeks] == list(range(1, cdnow.WEEKS + 1))
    assert any("fact 19" in line for line in lines)


def test_the_chart_shows_where_the_test_begins(lived: Cohort):
    with style():
        svg = as_svg(cdnow.drawn([lived], lived).figure)
    for word in ("fitted", "tested", "simulated", "real", "30 days of age"):
        assert word in svg


def test_the_fit_looks_at_the_fitted_weeks_alone(lived: Cohort):
    later = lived.day >= 7 * cdnow.FITTED
    gone = Cohort(lived.customer[~later], lived.day[~later], lived.amount[~later], lived.size)
    few_customers = Scenario.load("online_music", customers=200)
    assert cdnow.fit(lived, few_customers, trials=3) == cdnow.fit(gone, few_customers, trials=3)


def test_the_sample_is_found_without_running_the_package():
    try:
        path = cdnow._file()
    except ModuleNotFoundError:
        pytest.skip("lifetimes is not installed")
    assert "lifetimes" not in sys.modules
    real = cdnow.sample(path)
    assert real.size == 2_357
    assert int((real.until(cdnow.FITTED).repeats() == 0).sum()) == 1_411
    assert int((real.day >= 7 * cdnow.FITTED).sum()) == 1_882


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setitem(sys.modules, "lifetimes", None)
    assert cdnow.main() == 1
    assert 'pip install "retailcx[validation]"' in capsys.readouterr().err
