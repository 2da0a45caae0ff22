"""The page of a study, its charts and its tables say what was found, whatever the design."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from analysis.drawing import as_svg, style
from analysis.studies.bins import cell_means, grouped
from analysis.studies.experiments import Experiments, Factor, Floats, Outcome
from analysis.studies.policy_charts import trade_off
from analysis.studies.sensitivity import sensitivity
from analysis.studies.study_charts import charts_of_study, cohort_map, lever_and_moderator
from analysis.studies.study_report import study_page, write_study_report
from tests.browser import browser, seen
from tests.studying import grid, morris, policies, saltelli, sampled, study, unit

FACTORS = (
    Factor("price_weight", -2.0, 2.0, label="weight of price"),
    Factor("staff_training.hours", 0, 90, integer=True, is_lever=True, unit="hours per employee"),
    Factor("market.segment", 0, 1, choices=("households", "hunters of prices and of very much else")),
)
OUTCOMES = (Outcome("npv", "net present value", "currency"), Outcome("acsi", "satisfaction", "ACSI points"))
HOSTILE = "<script>document.title = 'owned'</script> & \"we\""
ABOUT = {"seed": 5, "currency": "EUR", "assumptions": 1_312, "results_sha256": "ab" * 32}


def whole(made: Experiments) -> Experiments:
    """With settings that are whole where they must be, and two outcomes over four replicates."""
    inputs = np.array(made.inputs)
    inputs[:, 1:] = np.round(inputs[:, 1:])
    price, hours, segment = inputs.T
    values = np.column_stack([2_000.0 * hours - 4e4 * price * (1 + segment), 70.0 + hours / 30.0 - price])
    return replace(
        made, inputs=inputs, outcomes=OUTCOMES, values=values, errors=np.full(values.shape, 0.05), replicates=4
    )


def one_at_a_time() -> Experiments:
    steps = [[0, 30, 0], [-2, 30, 0], [2, 30, 0], [0, 0, 0], [0, 90, 0], [0, 30, 1]]
    return study("one_at_a_time", FACTORS, np.array(steps, np.float64), lambda x: x[:, 0])


def of_policies() -> Experiments:
    futures = np.tile(sampled(FACTORS, lambda x: x[:, 0], 80).inputs, (3, 1))
    made = whole(study("policies", FACTORS, futures, lambda x: x[:, 0]))
    policy = np.repeat(np.arange(3), 80)
    values = made.values + np.column_stack([3e4 * policy, -policy])
    names = ("do_nothing", "train_staff", "open a second desk with longer hours")
    return replace(made, values=values, policies=names, policy=policy, future=np.tile(np.arange(80), 3))


def zero(inputs: Floats) -> Floats:
    return inputs[:, 0]


DESIGNS: dict[str, Callable[[], Experiments]] = {
    "saltelli": lambda: whole(saltelli(FACTORS, zero, 64)),
    "morris": lambda: whole(morris(FACTORS, zero)),
    "latin_hypercube": lambda: whole(sampled(FACTORS, zero, 120)),
    "grid": lambda: whole(grid(FACTORS, [(-2, 0, 2), (0, 30, 90), (0, 1)], zero)),
    "one_at_a_time": lambda: whole(one_at_a_time()),
    "policies": of_policies,
}


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return unescape(found[1])


def drawn(made: Experiments) -> list[str]:
    return [chart.name for chart in charts_of_study(made, sensitivity(made), "EUR")]


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ("saltelli", "of what net present value varies by goes with"),
        ("morris", "Net present value moves most with"),
        ("latin_hypercube", "goes with weight of price, by itself"),
        ("grid", "alone or together with others"),
        ("one_at_a_time", "Net present value swings most with staff training: hours: from "),
        ("policies", "“Open a second desk with longer hours” is best for net present value on average over futures: "),
    ],
)
def test_the_page_leads_with_what_matters_most(design: str, words: str):
    assert words in heading(study_page(DESIGNS[design](), [], ABOUT))


@pytest.mark.parametrize(
    ("design", "names"),
    [
        ("saltelli", {"npv_shares", "npv_by_staff_training.hours_and_price_weight"}),
        ("morris", {"npv_screening", "acsi_screening"}),
        ("latin_hypercube", {"npv_shares", "npv_of_staff_training.hours_by_market.segment"}),
        ("grid", {"npv_shares", "acsi_shares"}),
        ("one_at_a_time", {"npv_tornado", "acsi_tornado"}),
        ("policies", {"npv_by_policy", "acsi_by_policy", "front_npv_acsi"}),
    ],
)
def test_every_design_has_its_pictures(design: str, names: set[str]):
    assert names <= set(drawn(DESIGNS[design]()))


def test_a_front_is_not_drawn_where_luck_moves_the_points():
    assert not [name for name in drawn(DESIGNS["latin_hypercube"]()) if name.startswith("front")]


def test_the_page_is_written_with_its_charts(tmp_path: Path):
    page = write_study_report(DESIGNS["one_at_a_time"](), [], ABOUT, tmp_path)
    assert page.name == "report.html"
    assert {path.name for path in (tmp_path / "charts").iterdir()} == {"npv_tornado.svg", "acsi_tornado.svg"}


def test_the_same_study_has_the_same_page():
    made = DESIGNS["latin_hypercube"]()
    assert study_page(made, [], ABOUT) == study_page(made, [], ABOUT)


def test_what_is_written_by_others_is_taken_as_words():
    factors = (replace(FACTORS[0], label=HOSTILE), *FACTORS[1:])
    made = replace(DESIGNS["saltelli"](), question=HOSTILE, factors=factors)
    page = study_page(made, [(3, HOSTILE)], ABOUT)
    assert "<script" not in page


def test_the_page_asks_for_nothing_from_elsewhere():
    page = study_page(DESIGNS["policies"](), [], ABOUT)
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', page) == []


def test_failures_are_listed_with_their_cause():
    page = study_page(DESIGNS["grid"](), [(n, f"time limit of {n} s") for n in range(30)], ABOUT)
    assert "30 failed runs, the first 20" in page
    assert "time limit of 19 s" in page
    assert "time limit of 20 s" not in page


def test_a_study_of_which_every_run_failed_has_a_page():
    made = DESIGNS["latin_hypercube"]()
    page = study_page(replace(made, values=np.full_like(made.values, np.nan)), [(0, "no")], ABOUT)
    assert heading(page) == "No run gave net present value."


def test_a_study_of_few_points_says_that_they_are_few():
    page = study_page(whole(sampled(FACTORS, zero, 12)), [], ABOUT)
    assert heading(page) == "Too few points ran to say what net present value varies by."


def test_a_constant_outcome_is_called_that_and_not_drawn():
    made = DESIGNS["latin_hypercube"]()
    values = np.column_stack([made.values[:, 0], np.full(len(made.values), 70.0)])
    made = replace(made, values=values)
    assert "Satisfaction is constant (70.0 points of 100)" in study_page(made, [], ABOUT)
    assert not [name for name in drawn(made) if "acsi" in name]


def test_the_table_of_policies_has_a_row_for_each():
    page = study_page(DESIGNS["policies"](), [], ABOUT)
    assert "How policies stand: net present value" in page
    assert all(f'<th scope="row">{name}</th>' in page for name in ("do nothing", "train staff"))


def test_a_map_of_a_grid_has_the_mean_of_every_cell():
    made = grid(unit(2), [(0, 1), (0, 1, 2)], lambda x: 10.0 * x[:, 0] + x[:, 1])
    means, count = cell_means(grouped(made, 0), grouped(made, 1), made.values[:, 0])
    assert means.tolist() == [[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]]
    assert (count == 1).all()


def test_a_cell_in_which_nothing_ran_is_empty():
    made = grid(unit(2), [(0, 1), (0, 1)], lambda x: np.where(x[:, 0] > x[:, 1], np.nan, 1.0))
    means, _ = cell_means(grouped(made, 0), grouped(made, 1), made.values[:, 0])
    assert np.isnan(means).tolist() == [[False, False], [True, False]]


def test_numbers_are_grouped_in_equal_parts_and_ratios_where_they_are_logarithmic():
    made = sampled([Factor("a", 0.0, 90.0), Factor("b", 1.0, 100.0, log=True)], zero, 200)
    assert grouped(made, 0, 3).edges == ("0", "30", "60", "90")
    assert grouped(made, 1, 2).edges == ("1", "10", "100")


def test_a_map_by_cohort_has_a_row_for_every_cohort():
    chart = cohort_map(DESIGNS["grid"](), "npv", "market.segment", "staff_training.hours", "EUR")
    with style():
        drawing = as_svg(chart.figure)
    assert all(words in drawing for words in ("households", "hunters of prices", ">30<", ">90<"))


def test_a_lever_is_looked_at_by_choices_where_there_are_some():
    assert lever_and_moderator(DESIGNS["grid"](), [0, 2, 1]) == (1, 2)


def test_a_trade_off_where_one_point_is_best_in_both_is_not_drawn():
    made = policies(np.array([[1.0, 1.0], [2.0, 2.0]]), ["a", "b"])
    both = replace(made, outcomes=OUTCOMES, values=np.column_stack([made.values, made.values]))
    assert trade_off(both, "npv", "acsi") is None


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("width", [1366, 390])
def test_in_a_browser_nothing_is_cut_faint_or_crossed(design: str, width: int, tmp_path: Path):
    program = browser()
    if program is None:
        pytest.skip("not run: there is no Chromium here")
    made = replace(DESIGNS[design](), question=HOSTILE)
    found = seen(program, write_study_report(made, [(3, HOSTILE)], ABOUT, tmp_path), width)
    assert found.texts
    assert (found.scripts, found.beyond, found.cut, found.faint, found.crossed) == (0, [], [], [], [])


def test_where_nothing_stands_out_nothing_is_drawn_of_how_it_answers():
    noise = np.random.default_rng(1).normal(size=120)
    assert drawn(sampled(unit(3), lambda _: noise, 120)) == ["npv_shares"]
