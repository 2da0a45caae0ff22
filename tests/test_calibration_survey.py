"""Weights from surveys: known answers, what data cannot tell, what people add to every answer, what is refused."""

from functools import cache

import numpy as np
import pytest

from analysis.calibration.answers import levels, scale_of, sheet_of
from analysis.calibration.estimates import Fit
from analysis.calibration.firm_fits import _survey
from analysis.calibration.sharing import Prior, shapley, weigh
from analysis.calibration.survey import fit_survey
from analysis.calibration.weights import Weights, split
from analysis.survey_example import WAYS, recovery
from simulation import Scenario
from simulation.parameters import DETERMINANT_NAMES as DRIVERS
from simulation.parameters import DIMENSION_NAMES
from simulation.results import Table

TRUE = np.array([0.05, 0.35, 0.05, 0.20, 0.20, 0.05, 0.10])  # not what the model has


def survey(
    rows: int = 1_500,
    *,
    shares: np.ndarray = TRUE,
    noise: float = 0.05,
    style: float = 0.0,
    seed: int = 1,
    things: int = 1,
    like: float = 0.3,
    slope: float = 1.0,
) -> dict[str, np.ndarray]:
    """Ratings from 1 to 10 of `rows / things` people; satisfaction is a weighted sum of drivers that are alike."""
    chance = np.random.default_rng(seed)
    person = np.repeat(np.arange(rows // things), things)
    drivers = 0.6 + 0.12 * (
        np.sqrt(like) * chance.normal(size=(len(person), 1)) + np.sqrt(1 - like) * chance.normal(size=(len(person), 7))
    )
    outcome = slope * drivers @ shares + (1 - slope) * 0.6 + noise * chance.normal(size=len(person))
    habit = style * chance.normal(size=rows // things)[person]
    table = {name: drivers[:, n] + habit for n, name in enumerate(DRIVERS)}
    table |= {"satisfaction": outcome + habit, "recommend": 0.8 * outcome + 0.1 + habit}
    answers = {name: 1 + np.clip(np.round(9 * column), 0, 9) for name, column in table.items()}
    return {**answers, "person": person}


def fit(columns: dict[str, np.ndarray], **how: object) -> Fit:
    given = {"satisfaction": "satisfaction", "drivers": DRIVERS, "scale": (1, 10), "answer_error": 0.0, **how}
    return fit_survey(Table.of(**columns), **given)  # type: ignore[arg-type]


@cache
def usual() -> Fit:
    """The fit of the usual survey."""
    return fit(survey())


def found(made: Fit) -> np.ndarray:
    return np.array([row.value for row in made.estimates if row.path.startswith("importance.")])


# --- known answers -------------------------------------------------------------------------------


def test_known_shares_are_found():
    assert found(usual()) == pytest.approx(TRUE, abs=0.04)


@pytest.mark.slow
def test_the_intervals_hold_as_often_as_they_say():
    held = []
    for seed in range(30):
        rows = fit(survey(500, seed=seed)).estimates[:7]
        held += [row.low <= true <= row.high for row, true in zip(rows, TRUE, strict=True)]
    assert 0.88 <= np.mean(held) <= 0.99


def test_more_answers_say_more():
    few, many = (fit(survey(rows)).estimates[1] for rows in (150, 3_000))
    assert many.high - many.low < 0.5 * (few.high - few.low)


def test_weights_are_not_negative_though_least_squares_are():
    rows = fit(survey(shares=np.array([-0.3, 0.5, 0.3, 0.2, 0.2, 0.05, 0.05]))).estimates
    assert all(row.value >= 0 and row.low >= 0 for row in rows)
    assert rows[0].value < 0.03


def test_few_answers_leave_the_model_nearly_as_it_was():
    rows = fit(survey(40, noise=0.3)).estimates[:7]
    assert np.array([row.value for row in rows]) == pytest.approx(Weights.of().shares, abs=0.08)


def test_the_same_answers_give_the_same_fit():
    assert fit(survey(200)).estimates == fit(survey(200)).estimates


# --- what goes into a scenario -------------------------------------------------------------------


def test_the_weights_written_come_to_the_shares_found():
    made = usual()
    scenario = Scenario.load("grocery", edits=dict(made.edits))
    assert Weights.of(scenario).shares == pytest.approx(found(made), abs=0.01)
    assert scenario.sources["weights.cognitive.service"].source == "survey"


def test_every_dimension_keeps_the_sum_of_its_weights():
    scenario = Scenario.load("grocery", edits=dict(usual().edits))
    for dimension in DIMENSION_NAMES:
        assert sum(scenario.weights[dimension].values()) == pytest.approx(1.0, abs=0.01)


def test_proportional_fitting_keeps_zeros_and_ratios():
    base = np.array([[0.5, 0.0], [0.25, 0.5], [0.25, 0.5]])
    cells = split(np.array([[0.5, 0.3, 0.2]]), base, np.array([0.5, 0.5]))[0]
    assert cells[0, 1] == 0.0
    assert cells.sum(axis=0) == pytest.approx([1, 1])
    assert (cells[1] / cells[2]) == pytest.approx([1.5, 1.5], abs=0.01)


def test_shares_of_a_visit_are_those_of_presence_at_touchpoints():
    weights = Weights.of()
    visit = np.zeros(7)
    for met, there in zip(weights.met, weights.presence, strict=True):
        for d, omega in enumerate(weights.dimensions):
            pull = weights.base[:, d] * there
            visit += met * omega * pull / pull.sum()
    assert weights.shares == pytest.approx(visit)


def test_dimensions_that_were_asked_about_have_weights_of_their_own():
    columns = survey()
    chance = np.random.default_rng(4)
    drivers = np.column_stack([(columns[name] - 1) / 9 for name in DRIVERS])
    true = {"cognitive": [0, 0, 0, 0.6, 0.4, 0, 0], "affective": [0.2, 0.2, 0.2, 0.2, 0, 0, 0.2]}
    felt = {f"felt_{name}": drivers @ np.array(row) + 0.02 * chance.normal(size=1_500) for name, row in true.items()}
    columns |= {name: 1 + np.clip(np.round(9 * column), 0, 9) for name, column in felt.items()}
    whole = 0.2 * felt["felt_cognitive"] + 0.6 * felt["felt_affective"]
    columns["satisfaction"] = 1 + np.clip(np.round(9 * whole), 0, 9)
    asked = {"felt_cognitive": "cognitive", "felt_affective": "affective"}
    scenario = Scenario.load("grocery", edits=dict(fit(columns, dimensions=asked).edits))
    assert scenario.dimensions["affective"] > 2 * scenario.dimensions["cognitive"]
    assert Weights.of(scenario).shares_in(0) == pytest.approx(true["cognitive"], abs=0.06)
    assert "weights.social.price" not in scenario.sources


def test_social_without_other_dimensions_is_the_driver_of_that_name():
    columns = survey(400)
    columns = {name: columns[name] for name in (*DRIVERS, "satisfaction")}
    made = _survey(Table.of(**columns), Scenario.load("grocery"), 0)
    assert made.record["drivers"] == list(DRIVERS)
    assert not any(path.startswith("dimensions.") for path in made.edits)


# --- what data cannot tell -----------------------------------------------------------------------


def test_drivers_that_go_together_are_told_only_together():
    columns = survey()
    columns["brand"] = columns["service"]
    made = fit(columns)
    pairs = made.tables["survey_ties"]
    assert {pairs.columns["first"].texts()[0], pairs.columns["second"].texts()[0]} == {"service", "brand"}
    assert any("service and brand cannot be told apart: together" in remark for remark in made.remarks)
    assert any("condition number" in remark for remark in made.remarks)


def test_what_was_not_asked_stays_and_is_said():
    made = fit(survey(), drivers=("service", "assortment", "price"))
    before, after = Weights.of(), Weights.of(Scenario.load("grocery", edits=dict(made.edits)))
    assert after.shares[[0, 2, 5, 6]] == pytest.approx(before.shares[[0, 2, 5, 6]], abs=0.01)
    assert any("Nobody was asked about social, atmosphere, channels, brand" in remark for remark in made.remarks)


def test_answers_that_say_nothing_change_nothing():
    columns = survey(400)
    columns["satisfaction"] = np.random.default_rng(9).integers(1, 11, 400).astype(float)
    made = fit(columns)
    assert not any(row.told for row in made.estimates)
    assert made.edits == {}
    assert "no weight can be told" in made.remarks[0]


def test_a_driver_of_its_own_is_kept_and_said():
    columns = survey()
    columns["parking"] = columns.pop("channels")
    made = fit(columns, drivers=(*(name for name in DRIVERS if name != "channels"), "parking"))
    assert "survey.parking" in [row.path for row in made.estimates]
    assert not any("parking" in path for path in made.edits)
    assert any("parking: drivers of their own" in remark for remark in made.remarks)


def test_columns_may_be_called_otherwise():
    columns = survey()
    columns["q7"] = columns.pop("service")
    named = {("q7" if name == "service" else name): name for name in DRIVERS}
    assert found(fit(columns, drivers=named)) == pytest.approx(found(usual()))


# --- people --------------------------------------------------------------------------------------


def test_what_people_add_to_every_answer_drops_out_beside_their_other_ratings():
    columns = survey(3_000, style=0.15, things=3, slope=0.4, noise=0.02)
    raw, beside = fit(columns), fit(columns, person="person")
    off = [np.abs(found(made) - TRUE).max() for made in (raw, beside)]
    assert off[1] < 0.06 < off[0]
    assert any("Habits of answering stay" in remark for remark in raw.remarks)


def test_ratings_of_the_same_thing_by_a_person_are_averaged():
    outcome = np.array([0.0, 1.0, 0.5, 0.5, 1.0, 0.0, 0.2, 0.4, 0.6])
    person, subject = np.repeat([1, 2, 3], 3), np.array([1, 1, 2] * 3)
    sheet = sheet_of(outcome, outcome[:, None], person, subject, name="it")
    assert sheet.rows == 6
    assert sorted(sheet.error.tolist()) == pytest.approx(sorted([0.5 * 5 / 6, 5 / 6] * 3))


def test_errors_of_answers_flatten_slopes_and_are_allowed_for():
    chance = np.random.default_rng(5)
    meant = 0.1 * chance.normal(size=(4_000, 2))
    answered = meant + 0.1 * chance.normal(size=meant.shape)
    sheet = sheet_of(meant.sum(axis=1), answered, name="it")
    loose = Prior(np.full(2, 0.5), np.full(2, 10.0), np.ones(2, bool))
    naive, corrected = (weigh(sheet, loose, error_variance=each).draws.mean() for each in (0.0, 0.01))
    assert naive == pytest.approx(0.5, abs=0.03)
    assert corrected == pytest.approx(1.0, abs=0.06)


def test_a_correction_for_errors_never_takes_all_of_a_driver():
    sheet = sheet_of(np.arange(30.0), np.random.default_rng(1).normal(0, 0.01, (30, 2)), name="it")
    loose = Prior(np.full(2, 0.5), np.full(2, 10.0), np.ones(2, bool))
    assert weigh(sheet, loose, error_variance=0.01).reliability.min() >= 0.3


def test_missing_answers_are_left_out_and_counted():
    columns = survey(400)
    columns["price"] = np.where(np.arange(400) < 30, np.nan, columns["price"])
    assert any("30 of 400 rows lack an answer" in remark for remark in fit(columns).remarks)


def test_stated_loyalty_is_reported_and_sets_nothing():
    made = fit(survey(), loyalty="recommend")
    row = next(row for row in made.estimates if row.path == "survey.loyalty_by_satisfaction")
    assert 0.5 < row.value < 1.0
    assert made.edits.keys() == usual().edits.keys()


# --- importance ----------------------------------------------------------------------------------


def test_shapley_values_add_up_to_what_is_explained_and_are_squares_where_drivers_are_unlike():
    chance = np.random.default_rng(2)
    drivers = np.linalg.qr(chance.normal(size=(300, 3)))[0]
    outcome = drivers @ np.array([3.0, 2.0, 0.0]) + 0.0
    sheet = sheet_of(outcome, drivers, name="it")
    centred = weigh(sheet, Prior(np.ones(3), np.full(3, 1e3), np.zeros(3, bool)))
    assert shapley(sheet).sum() == pytest.approx(centred.r_squared, abs=1e-9)
    assert shapley(sheet) == pytest.approx(np.array([9, 4, 0]) / 13, abs=0.05)


def test_importance_stands_against_performance_in_a_chart():
    made = fit(survey(200))
    assert [chart.name for chart in made.charts] == ["importance"]
    assert made.tables["survey_drivers"]["performance"][0] == pytest.approx(60, abs=3)


# --- scales and what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "scale"),
    [([1, 3, 5], (1, 5)), ([2, 7], (1, 7)), ([0, 10], (0, 10)), ([1, 10], (1, 10)), ([35, 80], (0, 100))],
)
def test_the_usual_scale_is_found(answers: list[float], scale: tuple[float, float]):
    assert scale_of(np.array(answers, float)) == scale


def test_any_scale_gives_the_same_shares():
    columns = survey()
    wide = {name: (2 * value - 1 if name in DRIVERS else value) for name, value in columns.items()}  # 1 to 19
    scales = {**dict.fromkeys(DRIVERS, (1, 19)), "satisfaction": (1, 10)}
    assert found(fit(wide, scale=scales)) == pytest.approx(found(usual()))


@pytest.mark.parametrize(
    ("change", "how", "words"),
    [
        ({"price": np.full(60, 11.0)}, {}, "outside its scale 1 to 10"),
        ({"price": np.array(["good"] * 60)}, {}, "'price' holds text"),
        ({"price": np.full(60, np.nan)}, {}, "'price' has no answers"),
        ({}, {"drivers": ("service",)}, "needs two drivers"),
        ({}, {"drivers": ("service", "parking")}, "has no column 'parking'"),
        ({}, {"satisfaction": "csat"}, "has no column 'csat'"),
        ({}, {"person": "who"}, "has no column 'who'"),
        ({}, {"dimensions": ("price",)}, "'price' is no dimension"),
        ({}, {"answer_error": 2.0}, "share of its scale"),
    ],
)
def test_what_no_weight_can_come_from_is_refused(change: dict[str, np.ndarray], how: dict[str, object], words: str):
    with pytest.raises(ValueError, match=words):
        fit({**survey(60), **change}, **how)


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError, match="9 complete rows are too few for 7 drivers"):
        fit(survey(9))


def test_a_driver_that_everybody_rates_alike_drops_out():
    made = fit({**survey(200), "price": np.full(200, 7.0)})
    assert any("Everybody gave the same answer about price" in remark for remark in made.remarks)


def test_levels_of_columns_share_their_scale():
    table = Table.of(a=[1.0, 5.0], b=[2.0, 3.0])
    assert levels(table, ["a", "b"])["b"].tolist() == [0.25, 0.5]


# --- our own survey ------------------------------------------------------------------------------


@pytest.mark.slow
def test_known_weights_come_back_from_simulated_interviews():
    found_again = recovery(4, {"parameters.needs_weight": 0.0})
    alone, beside, averaged = (found_again["performance", way] for way in WAYS)
    assert averaged.coverage >= 0.85
    assert averaged.error < 0.05  # answers err by .118 and share a style of .094 of the scale
    assert alone.error > 1.5 * beside.error  # halo and memory make the drivers of an easily pleased person look good
