"""Numbers with an interval and a source in scenario files, weights of determinants, and a market's own season."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from simulation import Scenario, run
from simulation.assumptions import assumptions, sources
from simulation.files import save
from simulation.parameters import DETERMINANTS, DIMENSION_NAMES, DIMENSIONS
from simulation.scenario import ScenarioError
from simulation.scenario.schema import schema
from simulation.schedule import plans_of
from simulation.world import numbers_of, tables_of
from tests.commanding import Verb

G = 'based_on = "grocery"\n'
SOURCED = (
    G
    + """
[parameters]
habit_weight = { value = 2.9, low = 2.1, high = 3.6, unit = "utility", source = "transactions" }
[population.traits.need_rate]
mean = { value = 1.3, source = "transactions" }
[dimensions]
cognitive = { value = 0.5, source = "survey" }
[weights.cognitive]
service = { value = 0.2, low = 0.1, high = 0.3, source = "survey" }
price = 0.3
"""
)
SMALL = {"customers": 60, "weeks": 4, "replicates": 1}


def scenario(text: str) -> Scenario:
    return Scenario.from_toml(text, file="mine.toml")


# --- numbers with a source -----------------------------------------------------------------------


def test_a_number_with_a_source_is_a_number_to_all_that_follows():
    assert scenario(SOURCED) == scenario(SOURCED)
    assert scenario(SOURCED).parameters["habit_weight"] == 2.9
    assert scenario(SOURCED).population.traits["need_rate"]["mean"] == 1.3


def test_its_interval_and_source_are_kept_beside_it():
    row = scenario(SOURCED).sources["parameters.habit_weight"]
    assert (row.low, row.high, row.unit, row.source) == (2.1, 3.6, "utility", "transactions")


def test_the_same_numbers_without_sources_give_the_same_results_under_the_same_hash():
    plain = scenario(G + "[parameters]\nhabit_weight = 2.9\n")
    told = scenario(G + '[parameters]\nhabit_weight = { value = 2.9, source = "survey" }\n')
    assert plain.sha256 == told.sha256
    assert plain != told


def test_a_scenario_written_out_keeps_sources():
    made = scenario(SOURCED)
    again = scenario(made.to_toml())
    assert dict(again.sources) == dict(made.sources)
    assert again == made


def test_a_run_folder_keeps_them_too(tmp_path: Path):
    folder = save(run(scenario(SOURCED).replace(**SMALL)), tmp_path / "run")
    assert dict(Scenario.load(folder / "scenario.toml").sources) == dict(scenario(SOURCED).sources)


def test_a_plain_number_from_outside_takes_its_place():
    made = scenario(SOURCED).replace(edits={"parameters.habit_weight": 2.5})
    assert made.parameters["habit_weight"] == 2.5
    assert "parameters.habit_weight" not in made.sources


def test_a_later_file_replaces_number_and_source_as_one(tmp_path: Path):
    (tmp_path / "fitted.toml").write_text(SOURCED)
    (tmp_path / "mine.toml").write_text(
        'based_on = "fitted.toml"\n[parameters]\nhabit_weight = { value = 1.5, source = "panel" }\n'
    )
    row = Scenario.load(tmp_path / "mine.toml").sources["parameters.habit_weight"]
    assert (row.value, row.low, row.source) == (1.5, None, "panel")


def test_it_is_counted_by_its_source_and_not_among_assumptions():
    made = scenario(SOURCED)
    assert sources(made)["transactions"] == ["parameters.habit_weight", "population.traits.need_rate.mean"]
    assert sources(made)["survey"] == ["dimensions.cognitive", "weights.cognitive.service"]
    names = {(each.kind, each.name) for each in assumptions(made)}
    assert not {("parameter", "habit_weight"), ("dimension", "cognitive"), ("trait", "need_rate")} & names
    assert ("dimension", "affective") in names


def test_check_says_where_numbers_come_from(verb: Verb, tmp_path: Path):
    (tmp_path / "mine.toml").write_text(SOURCED)
    small = ("--customers=100", "--weeks=2", "--replicates=1", "--set=market.warmup_weeks=2")
    said = verb("check", "mine.toml", *small).stdout
    assert "4 numbers come from data" in said
    assert "weights.cognitive.service" in said


def test_set_takes_a_plain_number_and_a_table():
    plain = Scenario.load("grocery", edits={"weights.social.price": 0.1})
    told = Scenario.load("grocery", edits={"weights.social.price": {"value": 0.1, "source": "survey"}})
    assert plain.sha256 == told.sha256
    assert list(told.sources) == ["weights.social.price"]


@pytest.mark.parametrize(
    ("table", "row", "words"),
    [
        ("parameters", 'habit_weight = { value = 9, source = "x" }', "habit_weight must lie between 1 and 3; it is 9"),
        ("parameters", 'habit_wieght = { value = 2, source = "x" }', "Did you mean 'habit_weight'?"),
        ("parameters", "habit_weight = { value = 2 }", "habit_weight has no source"),
        ("parameters", 'habit_weight = { low = 2, source = "x" }', "habit_weight has no value"),
        ("parameters", 'habit_weight = { value = "2", source = "x" }', "value must be a number; it is '2'"),
        ("parameters", 'habit_weight = { value = 2, sources = "x", source = "y" }', "Did you mean 'source'?"),
        ("parameters", 'habit_weight = { value = 2, low = 2.5, source = "x" }', "low of habit_weight is 2.5, above"),
        ("parameters", 'habit_weight = { value = 2, high = 1.5, source = "x" }', "high of habit_weight is 1.5, below"),
        ("moderators", 'age_service = { value = 7, source = "x" }', "age_service must lie between"),
        ("dimensions", "cognitive = 1.5", "cognitive must lie between 0 and 1; it is 1.5"),
        ("dimensions", "cognitiv = 0.5", "Did you mean 'cognitive'?"),
        ("weights.cognitiv", "price = 0.5", "there is no dimension 'cognitiv'. Did you mean 'cognitive'?"),
        ("weights.cognitive", "prise = 0.5", "there is no determinant 'prise'. Did you mean 'price'?"),
        ("weights.cognitive", 'price = { value = 2, source = "x" }', "price must lie between 0 and 1; it is 2"),
        ("weights", "cognitive = 3", "cognitive must be a table; it is 3"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(table: str, row: str, words: str):
    with pytest.raises(ScenarioError) as error:
        scenario(f"{G}[{table}]\n{row}\n")
    assert words in str(error.value)
    assert "mine.toml:3: " in str(error.value) or "mine.toml:2: " in str(error.value)


def test_the_schema_takes_a_number_or_a_table_with_its_source():
    number, table = schema()["properties"]["parameters"]["properties"]["habit_weight"]["anyOf"]
    assert number["maximum"] == table["properties"]["value"]["maximum"] == 3
    assert table["required"] == ["value", "source"]


# --- weights of determinants and dimensions ------------------------------------------------------


def test_weights_of_a_scenario_reach_the_engine_and_the_rest_stays():
    made = scenario(SOURCED)
    tables = tables_of(made, numbers_of(made), 2)
    service, social = list(DETERMINANTS).index("service"), list(DETERMINANTS).index("social")
    assert tables.base[0, service] == 0.2
    assert tables.base[0, social] == DETERMINANTS["social"].weights["cognitive"]
    assert tables.omega[0] == 0.5
    assert tables.omega[1] == DIMENSIONS["affective"].value


def test_weights_as_the_data_files_have_them_change_no_bit():
    own = {f"weights.{d}.{name}": row.weights[d] for name, row in DETERMINANTS.items() for d in DIMENSION_NAMES}
    own |= {f"dimensions.{d}": DIMENSIONS[d].value for d in DIMENSION_NAMES}
    plain, given = (run(Scenario.load("grocery", edits=edits, **SMALL)) for edits in ({}, own))
    assert plain.results_sha256 == given.results_sha256


def test_a_weight_moves_the_importance_of_its_determinant():
    edits = {f"weights.{dimension}.price": 1.0 for dimension in DIMENSION_NAMES}
    plain, given = (run(Scenario.load("grocery", edits=each, **SMALL)) for each in ({}, edits))
    before, after = (
        np.nanmean(result.weekly.where(measure="importance_price", outlet="", channel="")["value"])
        for result in (plain, given)
    )
    assert after > 2 * before


def test_a_dimension_needs_a_determinant_that_everybody_meets():
    nothing = "".join(f"{name} = 0\n" for name in DETERMINANTS if name != "channels")
    with pytest.raises(ScenarioError, match="all determinants but channels have the weight 0 in social"):
        scenario(f"{G}[weights.social]\n{nothing}")


def test_some_dimension_must_count():
    nothing = "".join(f"{name} = 0\n" for name in DIMENSION_NAMES)
    with pytest.raises(ScenarioError, match="all dimensions have the weight 0"):
        scenario(f"{G}[dimensions]\n{nothing}")


# --- a season of the market's own ----------------------------------------------------------------

MONTHS = [1.0] * 11 + [2.0]


def season(edits: dict[str, object], weeks: int = 53) -> np.ndarray:
    made = Scenario.load("grocery", edits={"market.warmup_weeks": 0, **edits}, weeks=weeks)
    return np.asarray(plans_of(made).situations.season)


def test_months_of_its_own_go_before_the_trades():
    found = season({"market.season": {"months": MONTHS}})
    assert found[50] / found[20] == pytest.approx(2.0)
    assert found[:52].mean() == pytest.approx(1.0, abs=0.02)


def test_weeks_of_its_own_follow_iso_weeks():
    factors = [1.0] * 53
    factors[51] = 3.0
    found = season({"market.season": {"weeks": factors}})
    assert date(2026, 12, 21).isocalendar().week == 52
    assert found[50] / found[49] == pytest.approx(3.0)  # week 1 begins on 5 January, in ISO week 2


def test_the_trades_own_months_change_nothing():
    flat = season({"market.trade": "none"})
    assert season({"market.season": {"months": [1.0] * 12}}) == pytest.approx(flat)


def test_its_source_is_counted():
    made = Scenario.load("grocery", edits={"market.season": {"months": MONTHS, "source": "season"}})
    assert sources(made) == {"season": ["market.season"]}
    assert scenario(made.to_toml()).market.season == made.market.season


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[market]\nseason = 3", "season must be a table"),
        ("[market.season]\nmonths = [1, 2]", "months must be a list of 12 numbers; it is 2 values"),
        ("[market.season]\nweeks = 5", "weeks must be a list of 53 numbers; it is 5"),
        ("[market.season]\nmonth = [1]", "Did you mean 'months'?"),
        (f"[market.season]\nmonths = {[0.0, *MONTHS[1:]]}", "each of months must lie between 0.01 and 20"),
        (f"[market.season]\nmonths = {MONTHS}\nweeks = {[1.0] * 53}", "a season has either months or weeks"),
        (f"[market.season]\nmonths = {MONTHS}\nsource = 3", "source must be text in quotes"),
    ],
)
def test_a_wrong_season_is_refused(text: str, words: str):
    with pytest.raises(ScenarioError) as error:
        scenario(G + text)
    assert words in str(error.value)
