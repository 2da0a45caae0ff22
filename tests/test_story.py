"""`story`: one customer's life in words, from a replay; the twin's beside it; one chart."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis.story import MOST_TOLD, Story, as_text, worth_telling
from analysis.story_chart import departures, retailers
from analysis.story_twins import parting_of
from analysis.story_words import Names
from simulation import compare, run
from simulation.files import save
from simulation.life import Alternative, Life, Occasion, Stocks, Touchpoint, Visit, Week
from simulation.results import Table
from simulation.scenario import Scenario
from simulation.tables import read_parquet, write_parquet
from tests.conftest import Command

SHORT = {"market.warmup_weeks": 1}
SMALL = {"market.warmup_weeks": 4, "lever.staff_training.start_week": 3}


def training(**edits: Any) -> Scenario:
    return Scenario.load("staff_training", customers=60, weeks=14, replicates=2, edits={**SMALL, **edits})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(compare(training()), tmp_path_factory.mktemp("story") / "compared")


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture
def told(folder: Path, command: Command) -> Any:
    ended = command("story", folder, "--customer", "11", "--replicate", "1", "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def occasions(life: Any) -> list[Any]:
    return [occasion for week in life["weeks"] for occasion in week["occasions"]]


def visits(life: Any) -> list[Any]:
    return [occasion["visit"] for occasion in occasions(life) if occasion["visit"]]


def test_the_replayed_life_is_the_one_of_the_run(told: Any):
    assert told["agrees"] is True
    assert [week["week"] for week in told["life"]["weeks"]] == list(range(1, 15))
    assert (told["life"]["scenario"], told["twin"]["scenario"]) == ("staff_training", "grocery")
    assert visits(told["life"]), "this customer goes nowhere: choose another"
    assert sum(each["probability"] for each in occasions(told["life"])[0]["alternatives"]) == pytest.approx(1.0)
    _check_contributions(told["life"])


def _check_contributions(life: Any) -> None:
    """What moved a dimension adds up to it, where it was not clipped."""
    inside = [(v, d) for v in visits(life) for d in v["dimensions"] if 0.0 < v["dimensions"][d] < 1.0]
    assert inside
    for visit, dimension in inside:
        moved = sum(visit["contributions"][dimension].values())
        assert life["ordinary"] + moved == pytest.approx(visit["dimensions"][dimension], abs=1e-9)


def test_people_read_words_and_get_a_chart(folder: Path, command: Command):
    ended = command("story", folder, "--customer", "11", "--replicate", "1", "--png")
    assert ended.returncode == 0, ended.stderr
    for word in ("Customer 11 in staff_training", "Who ", "Twin ", "Chose ", "Why ", "Moved by ", "Felt ", "Leaves "):
        assert word in ended.stdout
    chart = folder / "charts" / "story_11_staff_training_1.svg"
    assert "Ours" in "".join(ET.parse(chart).getroot().itertext())  # noqa: S314
    assert chart.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_a_life_in_the_baseline_has_no_twin(folder: Path, command: Command):
    ended = command("story", folder, "--customer", "2", "--scenario", "grocery", "--json")
    assert json.loads(ended.stdout)["twin"] is None


def test_a_lever_without_strength_leaves_the_same_life(tmp_path: Path, command: Command):
    nothing = training(**{"lever.staff_training.hours_per_employee": 0})
    place = save(compare(nothing), tmp_path / "nothing")
    ended = command("story", place, "--customer", "11")
    assert "the same life in grocery, to the last bit" in ended.stdout


def test_a_member_of_a_file_is_called_by_their_id(tmp_path: Path, command: Command):
    (tmp_path / "members.csv").write_text("id,age\nanna,34\nben,61\n", encoding="utf-8")
    text = 'based_on = "grocery"\n[population]\nfile = "members.csv"\n'
    (tmp_path / "members.toml").write_text(text, encoding="utf-8")
    scenario = Scenario.load(tmp_path / "members.toml", weeks=9, replicates=1, edits={"market.warmup_weeks": 1})
    place = save(run(scenario), tmp_path / "run")
    ended = command("story", place, "--customer", "ben", "--json")
    assert json.loads(ended.stdout)["agrees"] is True
    wrong = command("story", place, "--customer", "bem")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "there is no customer 'bem'. Did you mean 'ben'?" in wrong.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--customer", "60"), "there is no customer '60'; they are numbered 0 to 59"),
        (("--customer", "anna"), "there is no customer 'anna'; they are numbered 0 to 59"),
        (("--customer", "3", "--replicate", "2"), "there is no replicate 2; it has replicates 0 to 1"),
        (("--customer", "3", "--scenario", "grozery"), "Did you mean 'grocery'?"),
    ],
)
def test_what_the_run_has_not_ends_with_2_and_one_line(words: Any, said: str, folder: Path, command: Command):
    before = sorted(folder.rglob("*"))
    ended = command("story", folder, *words)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("column", ["", "of", "skill"])
def test_a_folder_of_another_version_ends_with_2_and_one_line(column: str, tmp_path: Path, command: Command):
    place = save(run(Scenario.load("grocery", customers=5, weeks=2, replicates=1, edits=SHORT)), tmp_path / "run")
    offers = read_parquet(place / "offers.parquet")
    (place / "offers.parquet").unlink()
    if column:
        rest = {name: values for name, values in offers.columns.items() if name != column}
        write_parquet(Table(rest), place / "offers.parquet")
    ended = command("story", place, "--customer", "3")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1), ended.stderr
    assert "Run it again with this version" in ended.stderr


def test_a_folder_without_a_run_ends_with_2(tmp_path: Path, command: Command):
    ended = command("story", tmp_path / "nowhere", "--customer", "3")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1)


# --- words, from lives made up --------------------------------------------------------------------

STOCKS = Stocks("active", "transactional", 0.8, 0.78, 0.77, {"cognitive": 0.8}, 0.5, 10, 100.0)
TRAITS = {"goal": 0.2, "age": 40, "household": 2, "income": 30_000.0, "need_rate": 50, "basket": 40.0}
WHO = {**TRAITS, "price_sensitivity": 1.0, "leniency": 0.0}


def visit(satisfaction: float = 0.8, **changes: Any) -> Visit:
    made = Visit(
        outlet="ours_centre",
        retailer="ours",
        levels={"service": 0.7},
        importance={"service": 1.0},
        contributions={"cognitive": {"service": -0.05, "luck": 0.1}},
        dimension_weights={"cognitive": 1.0},
        touchpoints=(Touchpoint("discover", 0.8, {"cognitive": 0.8}, 0.0),),
        failure=None,
        out_of_stock=False,
        wait_minutes=1.0,
        experience=0.8,
        dimensions={"cognitive": 0.8},
        will=0.78,
        should=0.8,
        perceived=0.8,
        gap=0.0,
        encounter=0.85,
        peak=0.0,
        end=0.0,
        remembered=0.85,
        chance_to_buy=0.97,
        bought=True,
        amount=40.0,
        before=STOCKS,
        after=replace(STOCKS, satisfaction=satisfaction),
    )
    return replace(made, **changes)


def occasion(visited: Visit | None) -> Occasion:
    went = visited is not None
    home = Alternative("", "", {"home": -2.5}, -2.5, 0.1, 0.02, not went)
    ours = Alternative("ours_centre", "ours", {"loyalty": 1.0, "distance": -2.0}, -1.0, 0.4, 0.9, went)
    other = Alternative("harvest_north", "harvest", {"loyalty": 0.2, "distance": -1.5}, -1.3, 0.2, 0.08, False)
    return Occasion(0, (home, ours, other), visited)


def week(number: int, *visited: Visit | None, status: str = "active") -> Week:
    return Week(number, tuple(map(occasion, visited)), {"ours": replace(STOCKS, status=status)}, 0.8, 0.85)


def life(*weeks: Week) -> Life:
    return Life("7", "training", 0, WHO, "middle", 0.75, {"ours": STOCKS}, 12, weeks)


def text_of(lived: Life, twin: Life | None = None) -> str:
    parting = parting_of(lived, twin) if twin is not None else None
    return as_text(Story(lived, Names(Scenario.load("grocery")), twin, parting).lines())


def test_dull_weeks_are_folded_into_one_line():
    text = text_of(life(week(1, visit(0.85)), *(week(n, visit()) for n in range(2, 9)), week(9, None)))
    assert "Weeks 2-9: 7 × Ours centre, 1 × at home; remembered as 85; spent 280 USD." in text
    assert "Week 5" not in text


def test_weeks_without_a_trip_are_said_to_be():
    assert "Weeks 1-4: no trip." in text_of(life(*(week(n) for n in range(1, 5))))


def test_leaving_is_told():
    text = text_of(life(week(1, visit()), week(2, visit()), week(3, visit(), status="lapsed")))
    assert "Week 3, from 19 January 2026" in text
    assert "left Ours." in text


def test_only_so_many_weeks_are_told_and_they_are_those_in_which_most_happened():
    moved = [week(n, visit(0.8 + 0.031 + n / 1000)) for n in range(1, 40)]
    chosen = worth_telling(life(*moved), set())
    assert chosen == {1, *range(40 - MOST_TOLD, 40)}, "the first with a visit, and the largest changes"


def test_a_choice_is_told_with_its_probability_and_reasons():
    text = " ".join(text_of(life(week(1, visit()))).split())
    assert "Chose Ours centre, at a chance of 90 %; Harvest north 8 %, at home 2 %." in text
    assert "beside Harvest north, for it: habit +0.8; against it: distance −0.5; luck of the day +0.2." in text


def test_what_moved_a_visit_is_told_with_its_dimension():
    assert "service −5.0 (cognitive −5.0), luck of the day +10.0." in text_of(life(week(1, visit())))


@pytest.mark.parametrize(("gap", "words"), [(-0.04, "4.0 below the zone"), (0.0, "within"), (0.02, "2.0 above")])
def test_expectation_is_told_against_the_zone_of_tolerance(gap: float, words: str):
    assert words in " ".join(text_of(life(week(1, visit(gap=gap)))).split())


def test_lives_part_where_they_first_differ_and_first_decide_otherwise():
    ours = life(week(1, visit()), week(2, visit()), week(3, visit()))
    twin = life(week(1, visit()), week(2, visit(0.81)), week(3, None))
    parting = parting_of(ours, twin)
    assert (parting.felt, parting.decided, parting.same_choices, parting.choices) == (2, 3, 2, 3)


def test_a_twin_who_goes_elsewhere_is_told_of():
    ours, twin = life(week(1, visit()), week(2, visit())), life(week(1, visit()), week(2, None))
    assert "Twin       instead stayed at home." in text_of(ours, twin)


def test_the_chart_has_a_row_for_each_retailer_visited_and_marks_who_is_left():
    lived = life(week(1, visit()), week(2, visit(), status="lapsed"))
    assert retailers(Story(lived, Names(Scenario.load("grocery")))) == ["ours"]
    assert departures(lived, "ours") == [(2, pytest.approx(80.0))]
