"""What single charts of the report say: their numbers against the tables, and what they leave out."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from analysis.chart import Chart
from analysis.desk_charts import coming_again, service_desk
from analysis.drawing import as_svg, style
from analysis.effects import MARGINS, Estimates
from analysis.model_chart import model_picture
from analysis.model_words import MEMORY, OUTCOMES, boxes, met, moderation
from analysis.panels import change_of, of_measure
from analysis.part_charts import by_part
from analysis.parts import effects_by, levels_by, part_order
from analysis.relation_charts import Curve, _curve_title, giving_and_getting, loyalty_and_satisfaction, relationship_mix
from analysis.season_chart import season
from analysis.transition_chart import _clear, transitions
from analysis.views import View
from analysis.word_charts import stars, word_of_mouth
from simulation.files import load, save
from simulation.parameters import DETERMINANT_NAMES
from simulation.results import EMPTY
from tests.synthetic import compare_results, run_results


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    """Two years of two worlds, of which the second has training."""
    saved = load(save(compare_results(60, 4), tmp_path_factory.mktemp("runs") / "compared"))
    return View.of(saved, saved.comparisons[0])


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> View:
    """One world without comparison."""
    saved = load(save(run_results(60, 4), tmp_path_factory.mktemp("runs") / "alone"))
    return View.of(saved, saved.comparisons[0])


def words(chart: Chart | None) -> str:
    assert chart is not None
    with style():
        return as_svg(chart.figure)


def drawn(draw, view: View) -> Chart:
    with style():
        chart = draw(view)
    assert chart is not None
    return chart


def test_the_picture_of_the_model_leads_with_what_moved_the_experience_most(view: View):
    chart = drawn(model_picture, view)
    assert chart.title.startswith("Mostly through service interface (+")
    assert chart.broad


def test_the_picture_of_the_model_holds_every_weight_and_both_levels(view: View):
    text = words(drawn(model_picture, view))
    for name in DETERMINANT_NAMES:
        level = view.level(view.scenario, f"importance_{name}")
        assert level is not None
        assert f">{100 * level.mean:.0f} %<" in text
    before, after = (view.level(world, "level_service") for world in view.worlds)
    assert before is not None
    assert after is not None
    assert f"{100 * before.mean:.1f} → {100 * after.mean:.1f}" in text


def test_boxes_are_coloured_only_where_the_change_is_clear_and_more_than_nothing(view: View):
    shown = {each.name: each.box for each in met(view)}
    assert shown["service"].mark == "better"
    for name, box in shown.items():
        row = view.effect(f"level_{name}")
        assert row is not None
        clear = (row["low"] > 0 or row["high"] < 0) and abs(100 * row["effect"]) >= 0.05
        assert bool(box.mark) == clear == (not box.change.startswith("("))


def test_without_a_comparison_boxes_hold_levels_alone(alone: View):
    assert all(box.change == box.mark == "" and "→" not in box.value for box in boxes(alone, MEMORY | OUTCOMES))
    assert drawn(model_picture, alone).title.startswith("Assortment weighs most in the experience (21 %)")


def test_measures_that_were_not_taken_have_no_box(view: View):
    assert len(boxes(view, {"acsi": "satisfaction", "word_of_nobody": "word"})) == 1


def test_a_retailer_of_whom_little_was_measured_has_no_picture(view: View):
    bare = dataclasses.replace(view, summary=view.summary.where(measure="acsi"))
    with style():
        assert model_picture(bare) is None


def test_money_in_the_picture_is_changed_in_per_cent(view: View):
    revenue = boxes(view, {"revenue": "revenue"})[0]
    row = view.effect("revenue")
    assert row is not None
    assert revenue.change.strip("()") == f"{row['relative']:+.1f} %".replace("-", "−")


def test_moderators_are_told_by_the_weights_of_groups(view: View):
    levels = levels_by(view, "importance_social", "channel")
    low, high = (100 * pick(level.mean for level in levels.values()) for pick in (min, max))
    assert f"social: weight {low:.0f} to {high:.0f} % by channel" in moderation(view)


def test_effects_by_part_are_differences_of_the_weekly_table(view: View):
    found = effects_by(view, ["revenue"], "channel")["revenue"]
    weekly = view.saved.read("weekly", retailer="ours", measure="revenue", channel="online")
    weekly = weekly.take(weekly["week"] >= view.window.first)
    after, before = (weekly.where(scenario=world)["value"].sum() / view.replicates for world in ("training", "grocery"))
    assert set(found) == {"online", "store"}
    assert found["online"]["effect"] == pytest.approx(after - before)


def test_low_comes_before_middle_before_high():
    assert sorted(["middle b", "high a", "low a", "middle a"], key=part_order) == [
        "low a",
        "middle a",
        "middle b",
        "high a",
    ]


def test_parts_are_named_in_few_words(view: View):
    text = words(drawn(by_part("revenue"), view))
    assert ">low, task<" in text
    assert ">all<" in text


def test_parts_need_a_comparison_and_parts(view: View, alone: View):
    assert by_part("revenue")(alone) is None
    assert by_part("acsi")(view) is None


def test_the_mix_of_relationships_leads_with_the_largest_type(view: View):
    title = drawn(relationship_mix, view).title
    level = view.level(view.scenario, "relationship_transactional")
    assert level is not None
    assert title.startswith(f"Transactional relationships are {100 * level.mean:.0f} %, emotional ones ")


def test_transitions_lead_with_whether_ties_deepen_and_which_end(view: View):
    chart = drawn(transitions, view)
    assert chart.title == "2.1 relationships deepen for each that cools; of 100 transactional ones 20 end in a year"
    text = words(chart)
    assert text.count(">20<") == 9, "all but what training changed of ten upward and to lapsed"
    assert ">25<" in text
    assert text.count(">+5.") == 1, "only the clear change is told"


def test_without_the_table_of_transitions_there_is_no_chart(tmp_path: Path):
    saved = load(save(dataclasses.replace(run_results(16, 2), transitions=EMPTY), tmp_path / "run"))
    assert transitions(View.of(saved, saved.comparisons[0])) is None


def test_changes_of_panels_are_those_of_the_table(view: View):
    panel = of_measure(view, "relationship_emotional")
    row = view.effect("relationship_emotional")
    assert panel is not None
    assert row is not None
    found = change_of(view, panel)
    assert found is not None
    assert found.found == pytest.approx([100 * row[key] for key in ("effect", "low", "high")])


def test_a_measure_that_was_not_taken_has_no_panel(view: View):
    assert of_measure(view, "nothing") is None
    never = view.weekly.adding(value=np.where(view.weekly["measure"] == "rating", np.nan, view.weekly["value"]))
    assert of_measure(dataclasses.replace(view, weekly=never), "rating") is None


def test_what_is_given_is_set_against_the_margin(view: View):
    title = drawn(giving_and_getting, view).title
    given, margin = (view.level(view.scenario, name) for name in ("discount_given", "gross_margin"))
    assert given is not None
    assert margin is not None
    assert f"are {100 * given.mean / margin.mean:.1f} % of the gross margin" in title


def test_who_offers_nothing_has_no_chart_of_offers(view: View):
    zero = view.weekly.adding(value=np.where(view.weekly["measure"] == "offers_made", 0.0, view.weekly["value"]))
    with style():
        assert giving_and_getting(dataclasses.replace(view, weekly=zero)) is None


def test_the_curve_of_loyalty_says_where_it_is_flat_and_where_it_climbs(view: View):
    title = drawn(loyalty_and_satisfaction, view).title
    assert re.match(r"Below 7\d points of satisfaction loyalty is flat \(20 to 2\d %\), above it climbs", title)


def test_a_curve_that_falls_is_said_to_fall():
    falling = Curve("", np.array([50.0, 70.0, 90.0]), np.array([60.0, 40.0, 40.5]), np.array([2.0, 2.0, 2.0]))
    assert "loyalty falls (60 to 40 %), above it is flat (40 to 40 %)" in _curve_title(falling)


def test_the_season_is_the_markets_revenue_around_its_mean(view: View):
    chart = drawn(season, view)
    rows = view.saved.read("weekly", scenario="grocery", measure="revenue", **dict.fromkeys(MARGINS, ""))
    total = np.array([rows["value"][rows["week"] == week].sum() for week in range(1, 53)])
    around = np.concatenate([total[-4:], total, total[:4]])
    calm = np.convolve(around, np.ones(4) / 4, mode="same")[4:-4] / total.mean()
    assert f": {100 * (calm.max() - 1):.0f} % above the year's mean" in chart.title
    assert re.match(r"Busiest in (March|April)", chart.title)


def test_less_than_a_year_has_no_season(tmp_path: Path):
    saved = load(save(run_results(16, 2), tmp_path / "run"))
    assert season(View.of(saved, saved.comparisons[0])) is None


def test_answers_that_take_days_are_told_in_days(view: View):
    title = drawn(service_desk, view).title
    assert re.fullmatch(
        r"[34]\d % of complaints are solved; one answer in ten takes [34]\d(\.\d)? hours or more, instead of 4 days",
        title,
    )


def test_the_title_of_coming_again_is_about_major_failures(view: View):
    title = drawn(coming_again, view).title
    shares = r"8\d % come again if it is solved quickly, (1\d|20) % if they complain in vain"
    assert re.fullmatch(f"After a major failure {shares}", title)


def without(view: View, measure: str) -> View:
    """The same view of a run in which a measure was not taken."""
    return dataclasses.replace(
        view,
        weekly=view.weekly.take(view.weekly["measure"] != measure),
        summary=view.summary.take(view.summary["measure"] != measure),
    )


@pytest.mark.parametrize(
    ("draw", "measure"),
    [
        (service_desk, "complaints_solved"),
        (word_of_mouth, "word_heard_negative"),
        (stars, "star_share_3"),
        (relationship_mix, "relationship_social"),
        (giving_and_getting, "discount_given"),
    ],
)
def test_charts_without_what_they_are_about_are_left_out(view: View, draw, measure: str):
    with style():
        assert draw(view) is not None
        assert draw(without(view, measure)) is None


def test_failures_that_were_never_solved_have_no_line(view: View):
    text = words(drawn(coming_again, view))
    assert text.count(">in vain<") == 2
    assert ">solved late<" not in text


def test_good_and_bad_word_are_set_against_each_other(view: View):
    title = drawn(word_of_mouth, view).title
    good, bad = (view.series(view.scenario, f"word_heard_{kind}").found.mean[12:].mean() for kind in GOOD_AND_BAD)
    assert f"People hear {good / bad:.1f} good messages for a bad one; the rating shown is 4." in title


GOOD_AND_BAD = ("positive", "negative")


def test_ratings_with_a_silent_middle_are_said_to_have_one(view: View):
    assert "the middle keeps silent (5 % have 2)" in drawn(stars, view).title


def test_rivals_are_retailers(view: View):
    assert "" not in view.retailers()
    assert view.comparison.focal not in view.rivals()


def test_a_baseline_is_read_in_the_weeks_of_its_comparison(view: View):
    """Two scenarios may share a baseline, whose saved levels are then of the weeks of one of them."""
    own = view.level("grocery", "revenue")
    other = view.summary.columns["window"]
    shared = view.summary.adding(window=np.full(len(other), "weeks 20-60"), mean=np.zeros(len(other)))
    assert own is not None
    assert dataclasses.replace(view, summary=shared).level("grocery", "revenue") == pytest.approx(own)


@pytest.mark.parametrize(("change", "shown"), [(0.5, 0.5), (0.0001, None)])
def test_a_change_of_a_transition_is_shown_if_it_is_one_to_speak_of(change: float, shown: float | None):
    found = np.full((1, 1), change)
    changed = Estimates(found, found, found, 0.0 * found, np.full((1, 1), 4), 3.0 + 0.0 * found)
    assert _clear(changed, 0, 0) == shown
