"""Effects: known differences between made-up twins come out with known intervals."""

import numpy as np
import pytest

from analysis.effects import (
    Interval,
    Window,
    detectable,
    effects_table,
    estimate,
    everybody,
    interval,
    summary_table,
    t_quantile,
)
from simulation.results import Labels, Table
from tests.synthetic import Made

MEASURES = {"acsi": Made("points", "mean", 0, 0, 0), "sales": Made("currency", "sum", 0, 0, 0)}
MEASURES["members"] = Made("customers", "last", 0, 0, 0)
EVERY_WEEK = Window(1, 4)


def weekly(world: str, values: list[float], measure: str = "acsi", weeks: int = 4, segment: str = "") -> Table:
    """One retailer; replicate r has `values[r] + week` in every week."""
    replicate, week = (axis.ravel() for axis in np.indices((len(values), weeks)))
    n = len(week)
    texts = {"scenario": world, "retailer": "ours", "outlet": "", "channel": "", "segment": segment, "relationship": ""}
    columns = {name: Labels.constant(word, n) for name, word in texts.items()}
    return Table.of(
        **columns,
        measure=Labels.constant(measure, n),
        replicate=replicate,
        week=week + 1,
        value=np.asarray(values, float)[replicate] + week + 1,
    )


def effect(before: list[float], after: list[float], measure: str = "acsi", window: Window = EVERY_WEEK) -> dict:
    both = Table.concat([weekly("base", before, measure), weekly("new", after, measure)])
    (row,) = effects_table(both, {("new", "base"): window}, MEASURES).rows()
    return row


def test_the_interval_is_students():
    """1, 2, 3: mean 2, standard error 1/√3, t(.975, 2) = 4.3027."""
    assert interval([1, 2, 3]) == pytest.approx((2.0, 2 - 4.30265 / 3**0.5, 2 + 4.30265 / 3**0.5), rel=1e-5)


def test_the_t_quantile_is_the_published_one():
    assert t_quantile(0.975, np.array([1, 11, 1000])) == pytest.approx([12.7062, 2.20099, 1.96234], rel=1e-5)


def test_one_replicate_has_a_mean_and_no_interval():
    mean, low, high = interval([5.0])
    assert (mean, np.isnan(low), np.isnan(high)) == (5.0, True, True)


def test_nothing_has_no_mean():
    assert np.isnan(interval([]).mean)


def test_missing_replicates_are_left_out():
    assert interval([1.0, np.nan, 3.0]) == interval([1.0, 3.0])


def test_estimates_count_what_was_there():
    assert estimate(np.array([[1.0, np.nan], [1.0, 2.0]])).replicates.tolist() == [1, 2]


@pytest.mark.parametrize(("low", "high", "clear"), [(0.1, 2, True), (-2, -0.1, True), (-1, 1, False), (0, 1, False)])
def test_a_change_is_clear_if_its_interval_leaves_out_zero(low: float, high: float, clear: bool):
    assert Interval(0.5, low, high).clear is clear


def test_no_interval_is_never_clear():
    assert not Interval(1.0, float("nan"), float("nan")).clear


def test_twins_are_paired_by_replicate():
    """Worlds differ wildly between replicates, by exactly 1 within each: the interval has no width."""
    row = effect([10, 50, 90], [11, 51, 91])
    assert (row["effect"], row["low"], row["high"]) == pytest.approx((1, 1, 1))


def test_the_effect_has_the_interval_of_the_differences():
    row = effect([10, 10, 10], [11, 12, 13])
    assert (row["effect"], row["low"], row["high"]) == pytest.approx(interval([1, 2, 3]))


def test_a_mean_counts_the_weeks_of_the_window_only():
    both = Table.concat([weekly("base", [0]), weekly("new", [0])])
    table = summary_table(both, {"new": Window(3, 4)}, MEASURES)
    assert table["mean"].tolist() == [3.5]


def test_a_sum_adds_the_weeks_of_the_window():
    assert effect([0, 0], [1, 1], "sales", Window(2, 4))["effect"] == pytest.approx(3)


def test_a_stock_counts_in_the_last_week():
    both = Table.concat([weekly("base", [0], "members")])
    assert summary_table(both, {"base": EVERY_WEEK}, MEASURES)["mean"].tolist() == [4.0]


def test_parts_of_customers_do_not_count_twice():
    both = Table.concat([weekly("new", [0]), weekly("new", [100], segment="frugal")])
    assert len(everybody(both)) == 4
    assert summary_table(both, {"new": EVERY_WEEK}, MEASURES)["mean"].tolist() == [2.5]


def test_relative_effects_are_in_per_cent_of_the_baseline():
    row = effect([97.5, 97.5], [98.5, 98.5])
    assert (row["baseline"], row["relative"]) == pytest.approx((100, 1.0))


def test_a_baseline_of_zero_gives_no_relative_effect():
    assert np.isnan(effect([-2.5, -2.5], [0, 0])["relative"])


def test_the_row_says_what_it_is():
    row = effect([1, 2], [2, 3])
    words = ("scenario", "retailer", "measure", "source", "unit", "interval", "window")
    assert [row[word] for word in words] == ["new", "ours", "acsi", "", "points", "replicates", "weeks 1-4"]


def test_a_measure_in_one_world_only_has_no_effect():
    both = Table.concat([weekly("base", [1]), weekly("new", [1]), weekly("new", [1], "sales")])
    assert effects_table(both, {("new", "base"): EVERY_WEEK}, MEASURES)["measure"].tolist() == ["acsi"]


def test_an_entrant_sold_nothing_where_it_was_not():
    entrant = weekly("new", [1, 1], "sales").leading(retailer=Labels.constant("entrant", 8))
    names = list(entrant.columns)
    both = Table.concat(
        [Table.of(**{n: part.columns[n] for n in names}) for part in (weekly("base", [1, 1], "sales"), entrant)]
    )
    (gone, come) = sorted(
        effects_table(both, {("new", "base"): EVERY_WEEK}, MEASURES).rows(), key=lambda row: row["effect"]
    )
    assert (come["retailer"], come["effect"]) == ("entrant", 14.0)
    assert (gone["retailer"], gone["effect"]) == ("ours", -14.0)


def test_weeks_without_a_value_are_left_out():
    table = weekly("base", [0])
    gap = Table.of(**{**table.columns, "value": np.array([1.0, np.nan, 3.0, np.nan])})
    assert summary_table(gap, {"base": EVERY_WEEK}, MEASURES)["mean"].tolist() == [2.0]


def test_what_can_be_detected_is_found_four_times_in_five():
    """Simulated: differences of that size are clear in 80 % of experiments."""
    rng = np.random.default_rng(1)
    true = float(detectable(np.array(1 / 12**0.5), np.array(12)))
    found = estimate(rng.normal(true, 1.0, (4000, 12)))
    assert np.mean(found.low > 0) == pytest.approx(0.80, abs=0.05)


def test_a_95_percent_interval_holds_the_truth_95_times_in_100():
    found = estimate(np.random.default_rng(2).normal(3.0, 1.0, (4000, 8)))
    assert np.mean((found.low < 3) & (found.high > 3)) == pytest.approx(0.95, abs=0.015)


def test_a_window_is_read_back_from_its_words():
    assert Window.parse(str(Window(13, 104))) == (13, 104)
