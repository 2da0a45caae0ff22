"""The report: one page from the saved tables alone, which opens offline and runs nothing."""

import dataclasses
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from analysis import yearly
from analysis.charts import CHARTS as CHARTS_IN_ORDER
from analysis.charts import charts_of
from analysis.customer_charts import helped_and_hurt
from analysis.drawing import VARIABLES, Sheet, as_svg, inline, style
from analysis.effects import Interval, Window, effects_table, summary_table
from analysis.experience_charts import Felt, why_painful
from analysis.labels import Box, apart, broken
from analysis.report import write_report
from analysis.views import View, scale_of
from analysis.wording import short
from simulation.files import RunFolderError, load, save
from simulation.results import EMPTY, CompareResults, Labels, Table
from tests.synthetic import MEASURES, QUESTION, compare_results, run_results


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = save(compare_results(), tmp_path_factory.mktemp("runs") / "compared")
    write_report(place)
    return place


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    return Page((folder / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Page:
    place = save(run_results(), tmp_path_factory.mktemp("runs") / "single")
    return Page(write_report(place).read_text(encoding="utf-8"))


def test_the_page_leads_with_the_answer(folder: Path, page: Page):
    lead = page.texts[next(i for i, text in enumerate(page.texts) if text.startswith("Staff training")) :][0]
    assert compare_results().answer.startswith(lead.rstrip(".").replace("\u00a0", " "))
    assert re.search(r"\[[^] ]+\]", lead), "figures in brackets stay in one line"
    assert lead in (folder / "report.html").read_text(encoding="utf-8").partition("<main>")[0]


def test_the_question_cannot_run(page: Page):
    assert "script" not in page.tags
    assert QUESTION in page.texts


def test_nothing_is_fetched(page: Page):
    links = [value for name, value in page.attributes if name in ("src", "href", "xlink:href", "action", "srcset")]
    assert [link for link in links if not (link or "").startswith("#")] == []
    assert not {"link", "iframe", "img", "object", "embed", "base"} & set(page.tags)


def test_the_policy_of_the_page_forbids_what_it_does_not_need(page: Page):
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes


def test_there_is_no_import_in_the_style(folder: Path):
    assert not re.search(r"@import|url\((?!#)", (folder / "report.html").read_text(encoding="utf-8"))


COMPARED = "helped_and_hurt market encounter_satisfaction_by_part revenue_by_part"
TOGETHER = "acsi revenue attitudinal_loyalty behavioural_loyalty experience journey journey_map importance"
RELATIONS = "retention model relationships transitions giving loyalty_curve service_desk coming_again word stars"
CHARTS = f"{TOGETHER} {RELATIONS} {COMPARED}"


@pytest.mark.parametrize("name", CHARTS.split())
def test_every_chart_is_saved_as_an_svg_document(folder: Path, name: str):
    assert ET.parse(folder / "charts" / f"{name}.svg").getroot().tag.endswith("svg")  # noqa: S314  (our own file)


def test_every_chart_is_on_the_page_with_its_title(page: Page):
    assert page.tags.count("figure") == len(CHARTS.split())
    assert all(value for name, value in page.attributes if name == "aria-label")


def test_ids_of_charts_do_not_meet(page: Page):
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_every_reference_of_a_chart_has_its_target(folder: Path):
    text = (folder / "report.html").read_text(encoding="utf-8")
    wanted = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    assert wanted - set(re.findall(r'\bid="([^"]+)"', text)) == set()


def test_intervals_and_units_stand_in_the_table(page: Page):
    assert any("points" in text for text in page.texts)
    assert any(re.fullmatch(r"\+0\.\d \[.*\]", text) for text in page.texts)


@pytest.mark.parametrize("word", ["seed", "replicates", "customers", "versions", "assumptions", "results"])
def test_the_foot_says_where_the_page_comes_from(page: Page, word: str):
    assert word in page.texts


def test_the_fingerprint_of_the_results_is_on_the_page(page: Page):
    assert compare_results().results_sha256 in page.texts


def test_light_and_dark_define_every_colour_of_the_charts(folder: Path):
    text = (folder / "report.html").read_text(encoding="utf-8")
    for variable in VARIABLES.values():
        assert len(re.findall(rf"{variable}: #", text)) == 2, f"{variable} must have a light and a dark value"


def test_drawing_again_gives_the_same_page(folder: Path):
    before = (folder / "report.html").read_bytes()
    write_report(folder)
    assert (folder / "report.html").read_bytes() == before


@pytest.fixture
def one_chart(monkeypatch: pytest.MonkeyPatch):
    """One chart is enough, and quicker, where charts are not the point."""
    monkeypatch.setattr("analysis.charts.CHARTS", CHARTS_IN_ORDER[:1])


@pytest.mark.usefixtures("one_chart")
def test_png_is_written_if_asked_for(tmp_path: Path):
    place = save(run_results(16, 2), tmp_path / "run")
    write_report(place, png=True)
    assert (place / "charts" / "acsi.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_has_the_same_page_without_comparison(single: Page):
    assert any(text.startswith("Ours stands at an ACSI of") for text in single.texts)
    assert "grocery" not in " ".join(single.texts)
    assert single.tags.count("figure") == len(CHARTS.split()) - len(COMPARED.split())


def test_one_replicate_has_figures_and_no_intervals(tmp_path: Path):
    text = write_report(save(compare_results(16, 1), tmp_path / "run")).read_text(encoding="utf-8")
    assert "One replicate" in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def several_scenarios() -> CompareResults:
    """Training, and the same under another name, against the same market."""
    results = compare_results(16, 2)
    (training, grocery) = results.scenarios[0]
    again = training.replace(name="training_again_under_a_name_too_long_for_a_chart")
    world = results.worlds["training"]
    n = Labels.constant(again.name, len(world.weekly))
    copy = dataclasses.replace(world, scenario=again, weekly=world.weekly.leading(scenario=n), tenure=EMPTY)
    weekly = Table.concat([results.weekly, copy.weekly])
    windows = {(name, "grocery"): Window(13, 16) for name in ("training", again.name)}
    return dataclasses.replace(
        results,
        scenarios=[(training, grocery), (again, grocery)],
        worlds={**results.worlds, again.name: copy},
        effects=effects_table(weekly, windows, MEASURES),
        summary=summary_table(weekly, {"training": Window(13, 16), again.name: Window(13, 16)}, MEASURES),
    )


@pytest.mark.usefixtures("one_chart")
def test_several_scenarios_stand_side_by_side(tmp_path: Path):
    page = Page(write_report(save(several_scenarios(), tmp_path / "run")).read_text(encoding="utf-8"))
    assert page.tags.count("h1") == 2
    assert "Scenarios side by side" in page.texts
    assert (tmp_path / "run" / "charts" / "training_acsi.svg").exists()


def test_an_unfinished_folder_has_no_report(tmp_path: Path):
    with pytest.raises(RunFolderError):
        write_report(tmp_path)


def test_bands_are_the_intervals_of_the_table(folder: Path):
    """The mean over the weeks of the difference that is drawn is the effect in the table."""
    saved = load(folder)
    view = View.of(saved, saved.comparisons[0])
    series = view.difference("acsi")
    counted = series.found.mean[series.weeks >= 13].mean()
    row = view.effect("acsi")
    assert row is not None
    assert counted == pytest.approx(row["effect"])


def test_before_the_lever_the_twins_are_the_same(folder: Path):
    saved = load(folder)
    series = View.of(saved, saved.comparisons[0]).difference("acsi")
    assert np.all(series.found.mean[series.weeks < 13] == 0)


def test_charts_without_their_tables_are_left_out(tmp_path: Path):
    place = save(run_results(16, 2), tmp_path / "run")
    (place / "tenure.parquet").unlink()
    saved = load(place)
    assert "retention" not in [chart.name for chart in charts_of(View.of(saved, saved.comparisons[0]))]


def test_text_in_a_chart_cannot_run():
    with style():
        sheet = Sheet(2, "<script>alert(1)</script> & $x^2$")
        svg = as_svg(sheet.figure)
    part = inline(svg, "chart")
    assert "<script" not in part
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; $x^2$" in part


def test_the_users_own_settings_do_not_change_a_chart():
    import matplotlib as mpl

    def drawn() -> str:
        with style():
            return as_svg(Sheet(2, "a title").figure)

    before = drawn()
    with mpl.rc_context({"text.color": "red", "font.size": 30}):
        assert drawn() == before


def test_pain_points_are_worse_than_the_journey_and_than_a_good_visit():
    felt = [
        Felt(name, (Interval(level, level, level),), None)
        for name, level in zip("abcd", (0.80, 0.74, 0.70, 0.60), strict=True)
    ]
    assert [why_painful(each, felt) for each in felt] == ["", "", "pain point", "pain point"]


def test_a_good_journey_has_no_pain_point():
    felt = [Felt(name, (Interval(level, level, level),), None) for name, level in zip("ab", (0.90, 0.80), strict=True)]
    assert [why_painful(each, felt) for each in felt] == ["", ""]


def test_a_touchpoint_may_be_good_and_still_behind_the_rivals():
    felt = [
        Felt(name, (Interval(level, level, level),), None, 0.85) for name, level in zip("ab", (0.9, 0.8), strict=True)
    ]
    assert [why_painful(each, felt) for each in felt] == ["", "behind\nrivals"]


def test_rates_of_a_week_are_shown_as_those_of_a_year():
    row = {"baseline": 0.995, "effect": 0.001, "low": 0.0, "high": 0.002}
    shown = yearly.change("retention", row)
    assert shown["baseline"] + shown["effect"] == pytest.approx(0.996**52)
    assert (shown["low"], shown["relative_low"]) == (0.0, 0.0)
    assert yearly.level("churn", Interval(0.005, 0.004, 0.006)).mean == pytest.approx(1 - 0.995**52)
    assert yearly.change("acsi", row) == row


def test_what_customers_changed_by_is_the_quantiles_of_their_twins(folder: Path):
    saved = load(folder)
    chart = helped_and_hurt(View.of(saved, saved.comparisons[0]))
    assert chart is not None
    low, high = 100 * np.percentile(saved.twins["effect"], (5, 95))
    helped = 100 * (saved.twins["outcome"] == "helped").mean()
    assert chart.title.startswith(f"{helped:.0f} % of customers were helped")
    assert chart.title.endswith(f"nine in ten changed by {short(low, sign=True)} to {short(high, sign=True)} points")


@pytest.mark.usefixtures("one_chart")
def test_each_of_several_scenarios_asks_its_own_question(tmp_path: Path):
    made = compare_results()
    asked, baseline = made.scenarios[0]
    second = asked.model_copy(update={"name": "second", "question": "And the other one?"})
    world = made.worlds["training"]
    called = {name: getattr(world, name) for name in ("weekly", "summary", "tenure")}
    renamed = {name: table.adding(scenario=Labels.constant("second", len(table))) for name, table in called.items()}
    worlds = {**made.worlds, "second": dataclasses.replace(world, **renamed)}
    summary = Table.concat([made.summary, renamed["summary"]])
    pairs = [(asked, baseline), (second, baseline)]
    both = dataclasses.replace(made, scenarios=pairs, worlds=worlds, summary=summary)
    page = Page(write_report(save(both, tmp_path / "both")).read_text(encoding="utf-8"))
    assert {QUESTION, "And the other one?"} <= set(page.texts)


def test_labels_are_moved_apart_and_keep_their_order():
    moved = apart([1.0, 1.1, 5.0], 1.0)
    assert moved[0] < moved[1] < moved[2]
    assert moved[1] - moved[0] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("grocery", "grocery"),
        ("staff training", "staff training"),
        ("understaffed christmas", "understaffed\nchristmas"),
        ("a very long name indeed for a world", "a very long\nname indeed…"),
    ],
)
def test_names_at_the_ends_of_lines_are_broken_before_they_are_cut(name: str, lines: str):
    assert broken(name) == lines


def test_boxes_meet_only_if_they_overlap():
    assert Box(0, 0, 2, 2).meets(Box(1, 1, 3, 3))
    assert not Box(0, 0, 1, 1).meets(Box(2, 0, 3, 1))


@pytest.mark.parametrize(
    ("unit", "size", "shown"),
    [
        ("level", 0.7, "points of 100"),
        ("share", 0.4, "%"),
        ("currency", 3e6, "million USD"),
        ("minutes", 2, "minutes"),
        ("visits", 4e6, "thousand"),
        ("visits", 4e3, "visits"),
    ],
)
def test_units_are_shown_to_people(unit: str, size: float, shown: str):
    assert scale_of(unit, "USD", size).unit == shown
