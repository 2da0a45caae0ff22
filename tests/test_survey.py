"""Surveys and needs in small worlds: who is asked, what is answered, what it must not change, what needs do."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation import Scenario, compare, run
from simulation.files import load, save
from simulation.parameters import DETERMINANT_NAMES, INSTRUMENTS, NEEDS
from simulation.records import LINK_TOTALS, VISIT_TOTALS
from simulation.results import RunResults
from simulation.scenario import ScenarioError
from simulation.world import World, world_of
from tests.lives import difference, fingerprints, grocery, lived

WAVES = {"every": 4, "sample": 0.5}
FIRST = ("customer_id", "week", "retailer", "expectation", "performance", "satisfaction", "loyalty_intent")
QUESTIONS = {"loyalty_intent": "intention", "loyalty_attitude": "attitude"}


def surveyed(**edits: Any) -> Scenario:
    return grocery(300).replace(replicates=1, edits={"record.survey": WAVES, **edits})


@cache
def results() -> RunResults:
    return run(surveyed())


def links(world: World, name: str) -> Any:
    """A total of links by week and retailer."""
    return world.totals.links[..., LINK_TOTALS.index(name)].sum(-1)


def visits(world: World, name: str) -> Any:
    return world.totals.visits[..., VISIT_TOTALS.index(name)].sum((-1, -2))


def changed(scenario: Scenario, **values: float) -> Scenario:
    """A scenario with parameters that no file may hold."""
    return scenario.model_copy(update={"parameters": values})


# --- the tracking survey ---


def test_a_thirteenth_of_the_customers_is_asked_each_week():
    world = lived(grocery(3_000))
    share = links(world, "asked").sum() / links(world, "customers").sum()
    assert share == pytest.approx(1.0 / 13.0, rel=0.04)
    after = visits(world, "effort_asked").sum() / visits(world, "visits").sum()
    assert after == pytest.approx(1.0 / 13.0, rel=0.04)


def test_where_everybody_is_asked_every_week_the_survey_counts_everybody():
    world = lived(changed(grocery(), survey_weeks=1.0))
    assert np.array_equal(links(world, "asked"), links(world, "customers"))
    assert np.array_equal(visits(world, "effort_asked"), visits(world, "visits"))


def test_without_style_and_error_the_answers_are_the_state_to_a_step_of_the_scale():
    edits = {"population.traits.response_style.sd": 1e-9}
    world = lived(changed(grocery(1_000).replace(edits=edits), survey_weeks=1.0, answer_error_sd=0.0))
    state = links(world, "satisfaction").sum() / links(world, "customers").sum() / 65536.0
    answered = (links(world, "satisfaction_answers").sum() / links(world, "asked").sum() - 1.0) / 9.0
    assert answered == pytest.approx(state, abs=0.005)
    promoters = links(world, "recommend_top").sum() / links(world, "asked").sum()
    satisfied = links(world, "csat_top").sum() / links(world, "asked").sum()
    assert 0.0 < promoters < satisfied < 1.0, "9 of 0 to 10 is further up than 4 of 5"


def test_what_answers_say_changes_nothing_but_what_is_counted_of_them():
    """Where nobody posts a rating: that is an answer which others read."""
    ours = fingerprints(lived(changed(grocery(), post_base=-10.0)))
    loud = fingerprints(lived(changed(grocery(), post_base=-10.0, answer_error_sd=0.3, survey_weeks=2.0)))
    assert difference(ours, loud) == ["totals.visits", "totals.links"]


def test_a_better_retailer_gets_better_answers():
    better = grocery(1_000).replace(edits={"outlet.ours_centre.levels.service": 0.95, "parameters.survey_weeks": 1})
    worse = better.replace(edits={"outlet.ours_centre.levels.service": 0.4})
    focal = [retailer.focal for retailer in better.retailers].index(True)
    high, low = (lived(scenario) for scenario in (better, worse))
    for question in ("satisfaction", "csat", "recommend", "intention", "attitude"):
        up, down = (
            links(w, f"{question}_answers")[:, focal].sum() / links(w, "asked")[:, focal].sum() for w in (high, low)
        )
        assert up > down, question


def test_the_measures_of_answers_follow_their_definitions():
    world = results()
    nps = world.weekly.where(measure="nps", retailer="ours", outlet="", channel="", segment="")["value"]
    assert ((nps >= -100.0) & (nps <= 100.0)).all()
    answered = world.weekly.where(measure="acsi_survey", retailer="ours", segment="")["value"]
    assert ((answered >= 0.0) & (answered <= 100.0)).all()
    assert world.weekly.where(measure="ces", outlet="ours_online").columns, "effort is known by outlet"


# --- survey.csv ---


def test_every_wave_asks_the_same_share_of_customers_about_every_retailer_they_use():
    survey = results().survey
    assert survey is not None
    assert survey.values("week") == (4, 8)
    waves = [set(survey.where(week=week)["customer_id"].tolist()) for week in (4, 8)]
    assert len(waves[0] & waves[1]) > 0.8 * len(waves[0] | waves[1])
    assert 0.4 * 300 < len(waves[0] | waves[1]) < 0.6 * 300
    assert len(survey.values("retailer")) == 8


def test_answers_are_whole_numbers_on_their_scales():
    survey = results().survey
    assert survey is not None
    assert tuple(survey.columns)[: len(FIRST)] == FIRST
    assert set(DETERMINANT_NAMES) <= set(survey.columns)
    for name in list(survey.columns)[3:]:
        question = INSTRUMENTS.get(QUESTIONS.get(name, name), INSTRUMENTS["driver"])
        answers = survey[name][np.isfinite(survey[name])]
        assert answers.size
        assert set(answers.tolist()) <= {float(n) for n in range(question.lowest, question.highest + 1)}, name


def test_drivers_are_those_of_the_last_visit():
    exact = surveyed(**{"population.traits.response_style.sd": 1e-9})
    survey = run(exact.model_copy(update={"parameters": {"answer_error_sd": 0.0}})).survey
    assert survey is not None
    for name in ("atmosphere", "brand"):  # nobody's visit differs from the outlet's level in these
        given = {o.retailer: set() for o in exact.outlets}
        for outlet in exact.outlets:
            given[outlet.retailer].add(outlet.levels[name])
        for retailer in survey.values("retailer"):
            answers = survey.where(retailer=retailer)[name]
            expected = [1.0 + 9.0 * level for level in given[retailer]]
            seen = answers[np.isfinite(answers)]
            assert seen.min() >= min(expected) - 0.6, (name, retailer)
            assert seen.max() <= max(expected) + 0.6, (name, retailer)


def test_recording_a_survey_changes_no_bit_of_the_results():
    assert run(grocery(300).replace(replicates=1)).results_sha256 == results().results_sha256
    assert len(run(surveyed(**{"record.survey": {"every": 2, "sample": 1.0}})).survey or ()) > 0


def test_threads_give_the_same_answers():
    one, two = (run(surveyed(), threads=threads).survey for threads in (1, 2))
    assert one is not None
    assert two is not None
    assert all(np.array_equal(one[name], two[name], equal_nan=name not in FIRST[:3]) for name in one.columns)


def test_both_worlds_of_a_comparison_are_asked_and_the_scenarios_answers_are_saved(tmp_path: Path):
    edits = {"record.survey": WAVES, "market.warmup_weeks": 4, "lever.staff_training.start_week": 6}
    training = Scenario.load("staff_training", customers=200, weeks=8, replicates=1, edits=edits)
    compared = compare(training)
    after, before = (compared.worlds[pair.name].survey for pair in compared.scenarios[0])
    assert before is not None
    assert after is not None
    first, second = (table.where(week=4) for table in (before, after))
    assert all(np.array_equal(first[n], second[n], equal_nan=n not in FIRST[:3]) for n in first.columns)
    saved = load(save(compared, tmp_path / "out"))
    assert saved.survey["satisfaction"].tolist() == after["satisfaction"].tolist()


def test_respondents_are_called_as_in_the_population_file(tmp_path: Path):
    (tmp_path / "people.csv").write_text("id\n" + "\n".join(f"member{n}" for n in range(40)))
    text = (
        'based_on = "grocery"\nweeks = 4\nreplicates = 1\n[population]\nfile = "people.csv"\n'
        "[market]\nwarmup_weeks = 2\n[record]\nsurvey = { every = 2, sample = 1.0 }\n"
    )
    survey = run(Scenario.from_toml(text, folder=tmp_path)).survey
    assert survey is not None
    assert set(survey["customer_id"].tolist()) <= {f"member{n}" for n in range(40)}
    assert len(survey) > 0


@pytest.mark.parametrize(
    ("survey", "said"),
    [
        ("true", "survey must be a table, such as { every = 13, sample = 0.1 }; it is true"),
        ("{ everyy = 4 }", "there is no key of a survey 'everyy'. Did you mean 'every'?"),
        ("{ every = 0 }", "every must be a whole number of weeks from 1; it is 0"),
        ("{ every = 4.5 }", "every must be a whole number of weeks from 1; it is 4.5"),
        ("{ every = 60 }", "every is 60 and the run has 52 weeks: nobody would be asked"),
        ("{ sample = 0 }", "sample must be a share above 0 and at most 1; it is 0"),
        ("{ sample = 2.5 }", "sample must be a share above 0 and at most 1; it is 2.5"),
    ],
)
def test_a_survey_that_cannot_be_is_refused_in_words(survey: str, said: str):
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_toml(f'based_on = "grocery"\nweeks = 52\n[record]\nsurvey = {survey}\n')
    assert said in str(caught.value)
    assert "scenario.toml:4" in str(caught.value)


def test_a_survey_comes_back_from_the_file_it_is_saved_in():
    again = Scenario.from_toml(surveyed().to_toml(), file="grocery.toml")
    assert again.record.survey is not None
    assert (again.record.survey.every, again.record.survey.sample) == (4, 0.5)
    assert again == surveyed()


# --- needs ---


def without_needs(world: World) -> World:
    """A world whose needs matter to nobody."""
    tables = world.tables._replace(need_importance=np.zeros_like(world.tables.need_importance))
    return world._replace(tables=tables)


def of_customers(world: World) -> dict[str, str]:
    return {n: m for n, m in fingerprints(world).items() if n.split(".")[0] in ("people", "links", "reach", "offers")}


def test_needs_of_no_weight_change_nothing_bit_for_bit():
    off = changed(grocery(), needs_weight=0.0)
    levels = {"outlet.ours_centre.needs": {"health": 0.1}, "parameters.usual_wait": 15}
    other = changed(grocery().replace(edits=levels), needs_weight=0.0)
    none = of_customers(lived(grocery(), change=without_needs))
    assert difference(of_customers(lived(off)), none) == []
    assert set(difference(none, of_customers(lived(other)))) <= {"offers.need_health"}


@pytest.mark.parametrize("name", NEEDS)
def test_every_need_matters_and_at_importance_zero_it_does_not(name: str):
    def taken_out(world: World) -> World:
        importance = world.tables.need_importance.copy()
        importance[list(NEEDS).index(name)] = 0.0
        return world._replace(tables=world.tables._replace(need_importance=importance))

    market = grocery().replace(edits={"outlet.ours_centre.needs": {"health": 0.3}})
    zero = fingerprints(lived(market.replace(edits={f"needs.{name}": 0.0})))
    assert difference(zero, fingerprints(lived(market, change=taken_out))) == []
    assert "links.satisfaction" in difference(zero, fingerprints(lived(market)))


@pytest.mark.parametrize(("health", "sign"), [(1.0, 1), (0.3, -1)])
def test_a_healthy_shop_pleases_and_an_unhealthy_one_displeases(health: float, sign: int):
    market = grocery(1_000)
    outlet = [o.id for o in market.outlets].index("ours_centre")
    plain, other = (
        lived(scenario, 3)
        for scenario in (market, market.replace(edits={"outlet.ours_centre.needs": {"health": health}}))
    )
    before, after = (
        w.totals.visits[:, outlet, :, VISIT_TOTALS.index("encounter")].sum()
        / w.totals.visits[:, outlet, :, VISIT_TOTALS.index("visits")].sum()
        for w in (plain, other)
    )
    assert sign * (after - before) > 0.0


def test_health_has_the_effect_that_one_can_work_out():
    """All outlets healthy at .95, nothing else counts: weight .3 x importance 1 x (.2 - zone) x mean trait 1."""
    outlets = {f"outlet.{o.id}.needs": {"health": 0.95} for o in grocery().outlets}
    others = {f"needs.{name}": 0.0 for name in NEEDS if name != "health"}
    world = lived(grocery(2_000).replace(edits={**outlets, **others, "needs.health": 1.0}), 3)
    effect = visits(world, "needs_effect").sum() / visits(world, "visits").sum() / 65536.0
    zone = NEEDS["health"].zone.value
    assert effect == pytest.approx(0.3 * (0.95 - 0.75 - zone), rel=0.03)


def test_only_misses_count_in_basic_needs():
    only = {f"needs.{name}": float(name == "reliability") for name in NEEDS}
    world = lived(grocery(500).replace(edits=only), 4)
    effect = world.totals.visits[..., VISIT_TOTALS.index("needs_effect")].sum((0, 2))
    assert (effect <= 0).all()
    assert effect.sum() < 0


def test_outlets_that_say_nothing_are_ordinary():
    assert (world_of(grocery(10), 0).market.offers.need_health == 0.75).all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[needs]\nspead = 0.2\n", "there is no need 'spead'. Did you mean 'speed'?"),
        ("[needs]\nspeed = 2\n", "speed must lie between 0 and 1; it is 2"),
        ('[[outlet]]\nid = "ours_centre"\nneeds = { health = 1.5 }\n', "health must lie between 0 and 1; it is 1.5"),
        ('[[outlet]]\nid = "ours_centre"\nneeds = { speed = 0.5 }\n', "the need speed is met follows from wait"),
        ('[[outlet]]\nid = "ours_centre"\nneeds = { heath = 0.5 }\n', "Did you mean 'health'?"),
    ],
)
def test_needs_that_cannot_be_are_refused_in_words(text: str, said: str):
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_toml(f'based_on = "grocery"\n{text}')
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reads": "weather"}, "reads 'weather'"),
        ({"kind": "vital"}, "is 'vital'"),
        ({"personal": "zeal"}, "has 'zeal'"),
    ],
)
def test_a_row_of_a_need_that_cannot_be_is_refused(change: dict[str, str], said: str):
    from simulation.parameters import _need, table

    with pytest.raises(ValueError, match=said):
        _need("speed", {**table("needs")["speed"], **change})
