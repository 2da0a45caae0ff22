"""`story`: one customer's life in words, from a replay; the twin's beside it; one chart."""

import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import Result

from analysis.story import MOST_TOLD, Story, as_text, worth_telling
from analysis.story_chart import complaints, departures, retailers, waiting
from analysis.story_twins import parting_of
from analysis.story_words import Names
from simulation import compare, run
from simulation.files import save
from simulation.life import (
    Alternative,
    Answer,
    Complaint,
    Contact,
    Heard,
    Leaving,
    Life,
    Moved,
    Occasion,
    Relation,
    Stocks,
    Touchpoint,
    Visit,
    Week,
)
from simulation.results import Table
from simulation.scenario import Scenario
from simulation.tables import read_parquet, write_parquet
from tests.commanding import Verb, invoke
from tests.conftest import Command, call_in

SHORT = {"market.warmup_weeks": 1}
SMALL = {"market.warmup_weeks": 4, "lever.staff_training.start_week": 3}


def training(**edits: Any) -> Scenario:
    return Scenario.load("staff_training", customers=60, weeks=14, replicates=2, edits={**SMALL, **edits})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(compare(training()), tmp_path_factory.mktemp("story") / "compared")


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def told(folder: Path) -> Any:
    ended = call_in(folder.parent, "story", folder, "--customer", "11", "--replicate", "1", "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Verb:
    """`story` in this process, which compiles: for what is found out before a life is lived."""

    def call(*words: object) -> Result:
        with monkeypatch.context() as plain:  # for this call alone: what the test runs itself is compiled
            plain.setenv("NUMBA_DISABLE_JIT", "1")
            plain.setattr("simulation.replay.IS_PLAIN", True)
            return invoke("story", *words)

    return call


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


def test_a_member_of_a_file_is_called_by_their_id(tmp_path: Path, command: Command, fault: Verb):
    (tmp_path / "members.csv").write_text("id,age\nanna,34\nben,61\n", encoding="utf-8")
    text = 'based_on = "grocery"\n[population]\nfile = "members.csv"\n'
    (tmp_path / "members.toml").write_text(text, encoding="utf-8")
    scenario = Scenario.load(tmp_path / "members.toml", weeks=9, replicates=1, edits={"market.warmup_weeks": 1})
    place = save(run(scenario), tmp_path / "run")
    ended = command("story", place, "--customer", "ben", "--json")
    assert json.loads(ended.stdout)["agrees"] is True
    wrong = fault(place, "--customer", "bem")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
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
def test_what_the_run_has_not_ends_with_2_and_one_line(words: Any, said: str, folder: Path, fault: Verb):
    before = sorted(folder.rglob("*"))
    ended = fault(folder, *words)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("column", ["", "of", "skill"])
def test_a_folder_of_another_version_ends_with_2_and_one_line(column: str, tmp_path: Path, fault: Verb):
    place = save(run(Scenario.load("grocery", customers=5, weeks=2, replicates=1, edits=SHORT)), tmp_path / "run")
    offers = read_parquet(place / "offers.parquet")
    (place / "offers.parquet").unlink()
    if column:
        rest = {name: values for name, values in offers.columns.items() if name != column}
        write_parquet(Table(rest), place / "offers.parquet")
    ended = fault(place, "--customer", "3")
    assert (ended.exit_code, len(ended.stderr.splitlines())) == (2, 1), ended.stderr
    assert "Run it again with this version" in ended.stderr


def test_a_folder_without_a_run_ends_with_2(tmp_path: Path, fault: Verb):
    ended = fault(tmp_path / "nowhere", "--customer", "3")
    assert (ended.exit_code, len(ended.stderr.splitlines())) == (2, 1)


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


# --- words of needs, desks, offers, word and leaving ---

MOVED = Moved((0.70, 0.68), (0.66, 0.65))
COMPLAINT = Complaint("ours_phone", 0.25, True, 30.0, 0, False, MOVED)
USUAL = {"usual": -5.5, "person": 1.0, "satisfaction": 0.7, "competition": 0.0, "relationship": -0.7}
SILENCE = Heard(0, 0, (0.0, 0.0), (0.8, 0.8))
QUIET = Relation(None, SILENCE, False, False, False, None)


def one_line(*weeks: Week) -> str:
    return " ".join(text_of(life(*weeks)).split())


def related(made: Week, **changes: Any) -> Week:
    return replace(made, relations={"ours": replace(QUIET, **changes)})


def test_needs_that_moved_satisfaction_are_told_in_points():
    needs = {"speed": -0.031, "affordable_price": 0.0, "reliability": -0.02}
    assert "Satisfied 85 (needs: speed −3.1, reliability −2.0), remembered" in one_line(week(1, visit(needs=needs)))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (COMPLAINT, "to the phone, at a chance of 25 %; answered in vain after 30 hours: satisfaction 70.0 → 68.0"),
        (replace(COMPLAINT, solved=True, hours=0.2), "solved after less than an hour: satisfaction"),
        (replace(COMPLAINT, solved=None, weeks=1), "to the phone, at a chance of 25 %; the answer will take 1 week."),
        (replace(COMPLAINT, told=False), "none: the chance of a complaint was 25 %."),
    ],
)
def test_a_complaint_is_told_from_its_chance_to_its_answer(made: Complaint, words: str):
    text = one_line(week(1, visit(complaint=made)))
    assert "Complaint " in text
    assert words in text


def test_a_chance_too_small_to_be_a_reason_is_not_told():
    assert "Complaint" not in one_line(week(1, visit(complaint=replace(COMPLAINT, told=False, chance=0.01))))


def test_a_failure_that_ended_the_relationship_is_said_to_have_done_so():
    silent = replace(COMPLAINT, told=False)
    gone = visit(complaint=silent, chance_to_end=0.2)
    gone = replace(gone, after=replace(STOCKS, status="lapsed"))
    assert "The failure could end the relationship (20 %), and did." in one_line(week(1, gone))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (
            Contact("", "ours_phone", True, 3.0, 0.004),
            "asked the phone and was helped after 3 hours: satisfaction +0.4.",
        ),
        (
            Contact("bot", "ours_phone", False, 50.0, -0.02),
            "asked bot, which did not help, then asked the phone and was",
        ),
        (Contact("bot", "", True, 0.0, 0.01), "asked bot, which helped: satisfaction +1.0."),
    ],
)
def test_a_contact_says_whom_was_asked_and_whether_it_helped(asked: Contact, words: str):
    assert words in one_line(week(1, visit(contact=asked)))


def test_an_answer_is_told_with_the_weeks_since_the_complaint_and_its_end():
    answer = Answer("ours_email", 1, 0, False, True, MOVED)
    ended = related(week(3, status="lapsed"), answer=answer)
    text = one_line(week(1, visit(complaint=replace(COMPLAINT, solved=None, weeks=2))), week(2), ended)
    assert "Answered e-mail of Ours answers in vain, 2 weeks after the complaint: satisfaction 70.0 → 68.0" in text
    assert "the relationship ends." in text
    assert "left Ours, after a complaint in vain." in text


def test_leaving_is_told_with_its_chance_and_reasons():
    left = Leaving(0.011, USUAL, True)
    text = one_line(week(1, visit()), week(2, visit()), related(week(3, visit(), status="lapsed"), leaving=left))
    assert "Leaving Ours with a chance of 1.1 % (a usual customer 0.4 %): who they are × 2.7, satisfaction × 2," in text
    assert "the kind of relationship × 0.5." in text


def test_a_chance_to_leave_is_told_where_it_is_remarkable_and_the_retailer_was_met():
    stays = [related(week(1, visit()), leaving=Leaving(chance, USUAL, False)) for chance in (0.03, 0.019)]
    assert "Leaving Ours with a chance of 3.0 %" in one_line(stays[0])
    assert "Leaving" not in one_line(stays[1])


def test_an_answered_offer_says_whose_was_refused():
    offered = occasion(visit(offer=True, discount=4.0))
    made = Week(1, (replace(offered, refused="harvest_north"),), {"ours": STOCKS}, 0.8, 0.85)
    assert "would have followed an offer to Harvest north, but Ours made the same, 4.00 USD less." in one_line(made)


def test_word_heard_and_told_is_in_the_story():
    heard = Heard(2, 1, (0.1, 0.3), (0.8, 0.812))
    text = one_line(related(week(1, visit(told="badly", stars=1)), heard=heard))
    assert "Told told others of it, badly; posted 1 star." in text
    assert "Heard 2 good, 1 bad of Ours (in choice +0.1 → +0.3, expectation +1.2)." in text


def test_folded_weeks_count_contacts_waits_word_and_offers():
    waits = Answer("ours_email", 1, 2, None, False, MOVED)
    dull = [
        related(week(n, visit(contact=Contact("", "x", False, 1.0, 0.0), told="well")), answer=waits) for n in (2, 3)
    ]
    dull.append(related(week(4), offer=True, heard=Heard(3, 0, (0.0, 0.1), (0.8, 0.8))))
    text = one_line(week(1, visit(0.9)), *dull)
    for words in ("asked a desk 2 ×, in vain 2 ×", "waited 2 weeks for an answer: satisfaction −4.0"):
        assert words in text
    assert "heard 3 good and 0 bad messages; personal offers of Ours 1 ×; told others 2 × well" in text


def test_a_relationship_that_became_another_is_told_or_folded():
    social = replace(STOCKS, relationship="social")
    later = [replace(week(n), stocks={"ours": social}) for n in (2, 3)]
    assert "Weeks 2-3: no trip; the relationship went from transactional to social with Ours." in one_line(
        week(1, visit(0.9)), *later
    )


def test_a_relationship_that_nobody_uses_does_not_fill_the_story():
    stranger = replace(STOCKS, visits=0)
    weeks = [replace(week(n), stocks={"ours": replace(stranger, status=s)}) for n, s in ((2, "lapsed"), (3, "active"))]
    assert worth_telling(life(week(1, visit()), *weeks), set()) == {1}


def test_the_chart_knows_complaints_and_the_weeks_they_wait():
    made = visit(complaint=replace(COMPLAINT, solved=None, weeks=1))
    lived = life(related(week(1, made), answer=Answer("d", 1, 1, None, False, MOVED)), related(week(2)))
    assert complaints(lived, "ours") == [(1, pytest.approx(80.0))]
    assert np.isfinite(waiting(lived, "ours")).tolist() == [True, False]


def test_a_replay_holds_what_needs_word_and_leaving_did(told: Any):
    relations = [each for week in told["life"]["weeks"] for each in week["relations"].values()]
    leaving = [each["leaving"] for each in relations if each["leaving"]]
    assert leaving
    for each in leaving:
        odds = each["chance"] / (1 - each["chance"])
        assert sum(each["terms"].values()) == pytest.approx(math.log(odds), abs=1e-6)
    assert {"speed", "choice", "health", "reliability", "affordable_price"} == set(visits(told["life"])[0]["needs"])
    assert any(each["heard"]["good"] for each in relations)
