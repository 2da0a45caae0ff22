"""What becomes of good files: merging, edits, baselines, resolving, writing."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from simulation import parameters as numbers
from simulation.scenario import Scenario, ScenarioError, parse_edits, shipped
from simulation.scenario.schema import schema

LEVER = '[[lever]]\nkind = "staff_training"\nstart_week = 13\n'


def scenario(text: str, **edits: object) -> Scenario:
    """A scenario on top of the grocery market."""
    made = Scenario.from_toml(f'based_on = "grocery"\n{text}', file="promo.toml")
    return made.replace(edits={path.replace("__", "."): value for path, value in edits.items()}) if edits else made


def outlet(made: Scenario, name: str) -> object:
    return next(outlet for outlet in made.outlets if outlet.id == name)


# --- what is shipped -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_loads_and_asks_a_question(name: str) -> None:
    made = Scenario.load(name)
    assert made.name == name
    assert made.question.endswith("?")
    assert sum(retailer.focal for retailer in made.retailers) == 1


@pytest.mark.parametrize("name", shipped())
def test_a_scenario_written_out_loads_as_an_equal_one(name: str, tmp_path: Path) -> None:
    made = Scenario.load(name, customers=321)
    file = tmp_path / "scenario.toml"
    file.write_text(made.to_toml(), encoding="utf-8")
    again = Scenario.load(file)
    assert again == made
    assert again.sha256 == made.sha256
    assert again.differences(made) == []


def test_the_grocery_market_is_as_large_as_the_specification_says() -> None:
    grocery = Scenario.load("grocery")
    online = [one for one in grocery.outlets if one.channel == "online"]
    assert len(grocery.retailers) == 8
    assert (len(grocery.outlets) - len(online), len(online)) == (20, 3)
    assert (grocery.population.customers, grocery.population.represents) == (10_000, 200_000)
    occasions = grocery.population.represents * numbers.TRAITS["need_rate"].mean / 52
    load = occasions / sum(one.capacity_visits_week for one in grocery.outlets)
    # some 4 % of occasions end at home, and loads are of visits
    assert load == pytest.approx(numbers.PARAMETERS["reference_load"].value / 0.96, abs=0.01)


def test_the_focal_chain_is_third_largest() -> None:
    grocery = Scenario.load("grocery")
    capacity = {chain.id: 0.0 for chain in grocery.retailers}
    for one in grocery.outlets:
        capacity[one.retailer] += one.capacity_visits_week
    assert sorted(capacity, key=lambda name: -capacity[name])[2] == "ours"


# --- defaults are filled in ------------------------------------------------------------------------------------------


def test_defaults_are_filled_in() -> None:
    made = scenario(LEVER)
    (lever,) = made.levers
    assert (lever.id, lever.retailer, lever.end_week) == ("staff_training", "ours", None)
    assert lever.fields["hours_per_employee"] == numbers.LEVERS["staff_training"].fields["hours_per_employee"].value
    ours = next(chain for chain in made.retailers if chain.focal)
    brands = [one.levels["brand"] for one in made.outlets if one.retailer == "ours"]
    assert ours.brand == pytest.approx(sum(brands) / len(brands))
    assert {one.hedonic for one in made.outlets if one.format == "discount"} == {numbers.FORMATS["discount"].value}


def test_without_represents_customers_stand_for_themselves() -> None:
    text = Scenario.load("grocery").to_toml().replace("represents = 200000\n", "")
    made = Scenario.from_toml(text)
    assert made.population.represents == made.population.customers
    assert made.replace(customers=77).population.represents == 77


# --- merging ---------------------------------------------------------------------------------------------------------


def test_tables_merge_key_by_key_and_arrays_by_id() -> None:
    made = scenario('[market]\nclimate = -0.5\n[[outlet]]\nid = "ours_centre"\nstaff = 12\nlevels.price = 0.8\n')
    grocery = Scenario.load("grocery")
    assert made.market == grocery.market.model_copy(update={"climate": -0.5})
    before, after = outlet(grocery, "ours_centre"), outlet(made, "ours_centre")
    assert after == before.model_copy(update={"staff": 12, "levels": {**before.levels, "price": 0.8}})
    assert [one.id for one in made.outlets] == [one.id for one in grocery.outlets]


def test_elements_are_removed_and_added_by_id() -> None:
    made = scenario('[[outlet]]\nid = "corner_east"\nremove = true\n')
    assert "corner_east" not in [one.id for one in made.outlets]
    assert len(made.outlets) == 22


def test_a_chain_of_files_merges_from_the_market_up(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "market.toml").write_text('based_on = "grocery"\nweeks = 10\nseed = 1\nquestion = "mine?"\n')
    (tmp_path / "promo.toml").write_text('based_on = "sub/market.toml"\nseed = 2\n')
    made = Scenario.load(tmp_path / "promo.toml")
    assert (made.name, made.weeks, made.seed, made.question) == ("promo", 10, 2, "")
    assert made.baseline().name == "market"


def test_a_folder_of_ones_own_does_not_hide_what_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "grocery.toml").write_text("nonsense")
    monkeypatch.chdir(tmp_path)
    assert Scenario.load("grocery").name == "grocery"


# --- edits -----------------------------------------------------------------------------------------------------------


def test_set_texts_are_parsed_as_toml_and_bare_words_as_text() -> None:
    texts = ["outlet.ours_centre.staff=12", "weeks = 3", "market.trade=fashion", 'question="Why so?"', "a.b=[1, 2]"]
    assert parse_edits(texts) == {
        "outlet.ours_centre.staff": 12,
        "weeks": 3,
        "market.trade": "fashion",
        "question": "Why so?",
        "a.b": [1, 2],
    }


@pytest.mark.parametrize("text", ["staff", "=3", "weeks=", "weeks=[1", "weeks=1\nseed=2", 'name="x'])
def test_a_set_text_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match="--set"):
        parse_edits([text])


def test_edits_follow_paths_through_ids() -> None:
    made = Scenario.load(
        "staff_training",
        edits={
            "outlet.ours_centre.staff": 12,
            "outlet.ours_centre.levels.price": 0.8,
            "lever.staff_training.hours_per_employee": 30,
            "parameters.price_weight": 2.0,
            "moderators.income_price": 0.0,
            "population.traits.age.mean": 40,
            "weeks": 30,
        },
        customers=50,
    )
    assert (outlet(made, "ours_centre").staff, outlet(made, "ours_centre").levels["price"]) == (12, 0.8)
    assert made.levers[0].fields["hours_per_employee"] == 30
    assert (made.parameters["price_weight"], made.moderators["income_price"]) == (2.0, 0.0)
    assert made.population.traits["age"]["mean"] == 40
    assert (made.weeks, made.population.customers) == (30, 50)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("outlet.ours_center.staff", 3, "--set: outlet.ours_center.staff: there is no outlet 'ours_center'. Did you"),
        ("outlet.ours_centre.staf", 3, "--set: there is no key 'staf' in outlet 'ours_centre'. Did you mean 'staff'?"),
        ("outlet.ours_centre.staff", -3, "--set: staff must be above 0"),
        ("outlet.ours_centre.staff.x", 3, "outlet.ours_centre.staff is a single value"),
        ("outlet.ours_centre", 3, "outlet.ID.KEY=VALUE"),
        ("outlet.ours_centre.id", "x", "id can only be changed in the file"),
        ("parameters.price_wieght", 3, "--set: there is no parameter 'price_wieght'. Did you mean 'price_weight'?"),
        ("based_on", "grocery", "can only be changed in its file"),
        ("weeks", 5, "start_week 13 is beyond the end of the run (5 weeks)"),
        ("market..start", 5, "single dots"),
        ("market", 5, "--set: [market] must be a table; it is 5"),
    ],
)
def test_a_wrong_edit_is_refused_by_its_own_name(path: str, value: object, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario.load("staff_training", edits={path: value})
    assert words in str(caught.value)


def test_an_option_is_named_by_its_own_name() -> None:
    with pytest.raises(ScenarioError, match="--customers: customers must be between 1"):
        Scenario.load("grocery", customers=0)


def test_an_edit_of_a_lever_that_is_not_there_buys_it() -> None:
    made = Scenario.load("grocery", edits={"lever.staff_training.hours_per_employee": 30})
    assert made.levers[0].fields["hours_per_employee"] == 30
    assert made.baseline().levers == ()


# --- the baseline rule -----------------------------------------------------------------------------------------------


def test_a_scenario_that_adds_levers_is_compared_with_itself_without_them() -> None:
    made = scenario("[market]\nclimate = -0.5\n" + LEVER)
    baseline = made.baseline()
    assert baseline.levers == ()
    assert baseline.market.climate == -0.5
    assert baseline.name == "promo_without_levers"


def test_a_scenario_that_only_adds_levers_is_compared_with_what_it_is_based_on() -> None:
    made = scenario("seed = 9\n" + LEVER)
    assert made.baseline().name == "grocery"
    assert made.baseline().sha256 == Scenario.load("grocery", seed=9).sha256


def test_a_scenario_without_levers_is_compared_with_what_it_is_based_on() -> None:
    made = Scenario.load("rival_enters")
    assert made.baseline() == Scenario.load("grocery")


def test_levers_of_the_base_stay_in_the_baseline(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('based_on = "staff_training"\n[[lever]]\nkind = "staff_change"\npercent = 5\n')
    baseline = Scenario.load(tmp_path / "a.toml").baseline()
    assert [lever.id for lever in baseline.levers] == ["staff_training"]
    assert baseline.name == "staff_training"


def test_changing_an_inherited_lever_is_compared_with_the_base(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        'based_on = "staff_training"\n[[lever]]\nid = "staff_training"\nhours_per_employee = 90\n'
    )
    baseline = Scenario.load(tmp_path / "a.toml").baseline()
    assert [lever.fields["hours_per_employee"] for lever in baseline.levers] == [45]


def test_a_named_baseline_wins(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('based_on = "grocery"\nbaseline = "recession"\nseed = 77\n' + LEVER)
    baseline = Scenario.load(tmp_path / "a.toml").baseline()
    assert baseline.name == "recession"
    assert [event.kind for event in baseline.events] == ["recession"]
    assert baseline.seed == 77


def test_size_and_luck_are_the_scenarios_in_both_worlds() -> None:
    text = "seed = 4\nweeks = 40\nreplicates = 2\n[market]\nstart = 2027-01-04\nclimate = -1\n"
    made = scenario(text + "[population]\ncustomers = 99\nrepresents = 999\n")
    baseline = made.baseline()
    assert (baseline.seed, baseline.weeks, baseline.replicates) == (4, 40, 2)
    assert (baseline.population, baseline.market.start) == (made.population, made.market.start)
    assert baseline.market.climate == 0


def test_an_edit_of_something_else_holds_in_both_worlds() -> None:
    made = Scenario.load("rival_enters", edits={"retailer.ours.price_index": 0.97}, customers=50)
    prices = [next(chain.price_index for chain in world.retailers if chain.focal) for world in (made, made.baseline())]
    assert prices == [0.97, 0.97]
    assert made.baseline().population.customers == 50


def test_an_edit_of_the_difference_itself_holds_in_the_scenario_alone(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('based_on = "grocery"\n[[retailer]]\nid = "ours"\nprice_index = 0.9\n')
    made = Scenario.load(tmp_path / "a.toml", edits={"retailer.ours.price_index": 0.97})
    prices = [next(chain.price_index for chain in world.retailers if chain.focal) for world in (made, made.baseline())]
    assert prices == [0.97, 1.0]
    rival = Scenario.load("rival_enters", edits={"outlet.newcomer_centre.staff": 60, "event.entry.launch_weeks": 4})
    assert rival.baseline() == Scenario.load("grocery")


def test_a_market_has_no_baseline_and_says_so() -> None:
    grocery = Scenario.load("grocery")
    assert grocery.baseline() is None
    with pytest.raises(ScenarioError, match="is a market and asks no question: there is nothing to compare it with"):
        grocery.needed_baseline()


def test_a_scenario_written_out_keeps_a_built_in_baseline() -> None:
    made = Scenario.from_toml(Scenario.load("rival_enters", customers=60).to_toml())
    assert made.baseline() == Scenario.load("grocery", customers=60)


# --- changing, comparing ---------------------------------------------------------------------------------------------


def test_replace_changes_a_copy() -> None:
    made = Scenario.load("staff_training")
    other = made.replace(seed=0, customers=10, parameters={"price_weight": 2.0}, market={"climate": -1.0})
    assert (other.seed, other.population.customers, other.parameters["price_weight"]) == (0, 10, 2.0)
    assert made == Scenario.load("staff_training")
    assert other.baseline().market.climate == -1.0


def test_replace_refuses_what_it_cannot_change() -> None:
    with pytest.raises(TypeError, match="use edits="):
        Scenario.load("grocery").replace(outlets=())
    with pytest.raises(ScenarioError, match="weeks must be between"):
        Scenario.load("grocery").replace(weeks=0)


def test_a_scenario_made_in_python_can_be_changed_too() -> None:
    grocery = Scenario.load("grocery")
    made = Scenario(**{name: getattr(grocery, name) for name in Scenario.model_fields})
    assert made == grocery
    assert made.replace(seed=3).seed == 3


def test_a_scenario_cannot_be_changed_in_place() -> None:
    made = Scenario.load("staff_training")
    with pytest.raises(ValueError, match="frozen"):
        made.seed = 3
    with pytest.raises(TypeError, match="cannot be changed"):
        made.levers[0].fields["hours_per_employee"] = 3
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301
    assert len({made, Scenario.load("staff_training")}) == 1


def test_differences_name_keys_and_whole_elements() -> None:
    made = scenario(
        '[[outlet]]\nid = "ours_centre"\nstaff = 12\n[[outlet]]\nid = "corner_east"\nremove = true\n' + LEVER
    )
    found = {row.key: row for row in made.differences()}
    brand = "retailer.corner.brand"  # by default the mean of its outlets, of which there is one less
    assert list(found) == [brand, "outlet.ours_centre.staff", "outlet.corner_east", "lever.staff_training"]
    assert found["outlet.ours_centre.staff"].here == 12
    assert (found["outlet.corner_east"].here, found["lever.staff_training"].there) == (None, None)


def test_names_and_questions_do_not_change_the_hash_and_all_else_does() -> None:
    grocery = Scenario.load("grocery")
    assert grocery.replace(name="other", question="Why?").sha256 == grocery.sha256
    assert grocery.replace(edits={"outlet.ours_centre.staff": 12}).sha256 != grocery.sha256


def test_text_of_any_kind_survives_writing() -> None:
    made = scenario("").replace(question='a "quote", a \\, a\nline, \x7f \t \u2028 é 漢')
    assert Scenario.from_toml(made.to_toml()) == made


def test_the_schema_knows_levers_events_and_parameters() -> None:
    found = schema()
    assert set(numbers.LEVERS["staff_training"].fields) <= set(found["$defs"]["Lever"]["properties"])
    assert set(found["$defs"]["Event"]["properties"]["kind"]["enum"]) == set(numbers.EVENTS)
    assert set(found["properties"]["parameters"]["properties"]) == set(numbers.PARAMETERS)
    assert {"based_on", "retailer", "outlet", "lever", "event"} <= set(found["properties"])


def test_loading_scenarios_needs_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from simulation.scenario import Scenario; Scenario.load('grocery'); "
        "print([name for name in ('numpy', 'numba', 'scipy', 'pandas', 'matplotlib', 'duckdb') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
