"""Choices: known answers of the likelihood and of loyalty, what a fit recovers and admits, tables that have faults."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from analysis.calibration.choice_likelihood import carried
from analysis.calibration.choice_table import choices_of
from analysis.calibration.choices import STATE, choice_probabilities, fit_choices
from analysis.calibration.estimates import Estimate, Fit
from simulation.results import Table

HABIT, CARRYOVER, PRICE, MINUTES, SIZE = 2.0, 0.85, 2.0, 1.2, 0.5
COLUMNS = ("customer_id", "occasion", "alternative", "chosen", "price", "minutes", "size")
NAMES = np.array(list("abcd"))


def made_up(
    customers: int = 200,
    times: int = 15,
    *,
    taste: float = 0.0,
    seed: int = 1,
    distance: str = "log",
    price_weight: Any = PRICE,
) -> Table:
    """Choices between four alternatives by the model's own formulas, with known weights (`price_weight`)."""
    rng = np.random.default_rng(seed)
    minutes = rng.uniform(3.0, 40.0, (customers, 4))
    loyalty, liking = np.full((customers, 4), 0.25), taste * rng.standard_normal((customers, 4))
    far = MINUTES * np.log(minutes) if distance == "log" else 0.15 * minutes
    rows: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for time in range(times):
        price, size = np.exp(rng.normal(1.0, 0.3, (customers, 4))), rng.standard_normal((customers, 4))
        utility = (
            np.array([0.4, 0.0, -0.4, 0.0])
            + HABIT * loyalty
            - price_weight * np.log(price)
            - far
            + SIZE * size
            + liking
        )
        chosen = (utility + rng.gumbel(size=utility.shape)).argmax(1)[:, None] == np.arange(4)
        after = np.where(chosen, CARRYOVER, (1 - CARRYOVER) / 3)
        loyalty = after if time == 0 else CARRYOVER * loyalty + (1 - CARRYOVER) * chosen
        who, what = np.indices(price.shape)
        columns = (who, np.full_like(who, time), NAMES[what], chosen.astype(int), price, minutes, size)
        for name, column in zip(rows, columns, strict=True):
            rows[name].append(column.reshape(-1))
    return Table.of(**{name: np.concatenate(parts) for name, parts in rows.items()})


def by_hand(**columns: Any) -> Table:
    """One customer, alternatives a and b, twice; a is chosen first, b then."""
    plain = {"customer_id": [7] * 4, "occasion": [1, 1, 2, 2], "alternative": list("abab"), "chosen": [1, 0, 0, 1]}
    return Table.of(**{**plain, **columns})


def estimate(fit: Fit, path: str) -> Estimate:
    return next(each for each in fit.estimates if each.path == path)


@pytest.fixture(scope="module")
def plain_fit() -> Fit:
    return fit_choices(made_up())


def test_loyalty_is_smoothed_as_guadagni_and_little_have_it():
    choices = choices_of(
        Table.of(
            customer_id=[1] * 9,
            occasion=[1] * 3 + [2] * 3 + [3] * 3,
            alternative=list("abc") * 3,
            chosen=[1, 0, 0, 0, 1, 0, 0, 1, 0],
        )
    )
    level, _, stock = carried(choices.rows, 0.8)
    assert level.tolist() == pytest.approx([1 / 3] * 3 + [0.8, 0.1, 0.1] + [0.64, 0.28, 0.08])
    assert stock.tolist() == pytest.approx([0.512, 0.424, 0.064])


def test_the_slope_of_loyalty_in_the_carryover_is_that_of_small_steps():
    rows = choices_of(made_up(5, 8)).rows
    _, slope, _ = carried(rows, 0.8)
    above, below = carried(rows, 0.8 + 1e-6)[0], carried(rows, 0.8 - 1e-6)[0]
    assert slope == pytest.approx((above - below) / 2e-6, abs=1e-6)


def test_shares_are_the_closed_form_of_the_logit():
    record = {
        "attributes": ["price"],
        "forms": {"price": ["log", 1.0]},
        "weights": {"price": -2.0},
        "habit": False,
        "loyalty_weight": 0.0,
        "carryover": 0.9,
        "taste_smoothing": None,
        "taste_weight": 0.0,
        "constants": {"a": 0.5, "b": 0.0},
        "popularity": {"a": 0.5, "b": 0.5},
    }
    table = choice_probabilities(record, by_hand(price=[2.0, 1.0, 1.0, 1.0]))
    odds = [math.exp(0.5) / 4.0, math.exp(0.5)]
    assert table["probability"].tolist() == pytest.approx([part for o in odds for part in (o / (1 + o), 1 / (1 + o))])


def test_without_attributes_or_repeats_the_constants_give_the_shares():
    chosen = [1, 0] * 300 + [0, 1] * 100
    table = Table.of(
        customer_id=np.repeat(np.arange(400), 2),
        occasion=np.ones(800, int),
        alternative=list("ab") * 400,
        chosen=chosen,
    )
    fit = fit_choices(table)
    share = choice_probabilities(fit.record, table)["probability"][0]
    assert share == pytest.approx(0.75, abs=0.005)


def test_a_fit_finds_the_weights_that_made_the_choices(plain_fit: Fit):
    told = {"habit_weight": HABIT, "habit_carryover": CARRYOVER, "price_weight": PRICE, "distance_weight": MINUTES}
    for name, truth in told.items():
        found = estimate(plain_fit, f"parameters.{name}")
        assert abs(found.value - truth) < 2 * (found.high - found.low), name
    assert estimate(plain_fit, "choices.size").value == pytest.approx(SIZE, abs=0.1)


def test_what_the_scenario_has_a_place_for_is_set_within_its_range(plain_fit: Fit):
    assert set(plain_fit.edits) == {
        f"parameters.{name}" for name in ("habit_weight", "habit_carryover", "price_weight", "distance_weight")
    }
    assert all(estimate(plain_fit, path).value == value for path, value in plain_fit.edits.items())


def test_an_estimate_outside_the_models_range_is_set_to_its_end_and_said():
    table = made_up(100, 10)
    fit = fit_choices(table.adding(price=table["price"] ** 0.25))  # weights four times as large
    assert estimate(fit, "parameters.price_weight").value > 6.0
    assert fit.edits["parameters.price_weight"] == pytest.approx(3.3)
    assert any("outside" in remark and "price_weight" in remark for remark in fit.remarks)


def test_taste_is_told_from_habit():
    fit = fit_choices(made_up(250, 20, taste=1.5, seed=2))
    panel = estimate(fit, "choices.panel_loyalty_weight").value
    assert panel > 3.0, "persistence that is all taken for habit"
    assert abs(estimate(fit, "parameters.habit_weight").value - HABIT) < 0.5
    assert estimate(fit, "choices.taste_sd").value == pytest.approx(1.5, abs=0.3)


def test_taste_makes_later_choices_likelier():
    table = made_up(150, 24, taste=1.5, seed=3)
    early, late = table.take(table["occasion"] < 16), table.take(table["occasion"] >= 16)
    taken = late["chosen"] == 1

    def likelihood(fit: Fit) -> float:
        return float(np.log(choice_probabilities(fit.record, late, fit.tables[STATE])["probability"][taken]).mean())

    assert likelihood(fit_choices(early)) > likelihood(fit_choices(early, taste=False)) + 0.005


def test_the_form_of_distance_is_the_one_that_made_the_choices(plain_fit: Fit):
    assert plain_fit.record["forms"]["minutes"][0] == "log"
    other = fit_choices(made_up(distance="exponential"), taste=False)
    assert other.record["forms"]["minutes"][0] == "exponential" or other.record["forms"]["minutes"][1] >= 0.7
    assert any("minutes acts as" in remark for remark in other.remarks)


def test_one_occasion_each_turns_habit_off_and_says_so():
    fit = fit_choices(made_up(600, 1))
    assert not fit.record["habit"]
    assert "parameters.habit_weight" not in fit.edits
    assert any("habit is off" in remark for remark in fit.remarks)
    assert fit.edits["parameters.price_weight"] == pytest.approx(PRICE, abs=0.5)


def test_an_attribute_that_never_differs_is_not_told(plain_fit: Fit):
    table = made_up(60, 6)
    fit = fit_choices(table.adding(light=np.full(len(table), 3.0)), taste=False)
    found = estimate(fit, "choices.light")
    assert not found.told
    assert "never differs" in found.remark
    assert any("choices.light" in remark for remark in fit.remarks)
    assert all(each.told for each in plain_fit.estimates if each.path != "choices.taste_sd")


def test_attributes_that_move_together_are_not_told_apart():
    table = made_up(60, 6)
    fit = fit_choices(table.adding(shelf=2.0 * table["size"]), taste=False)
    assert [estimate(fit, f"choices.{name}").told for name in ("size", "shelf")] == [False, False]
    assert "moves together with size" in estimate(fit, "choices.shelf").remark


def test_an_attribute_that_decides_everything_keeps_a_finite_weight_and_is_named():
    table = made_up(60, 6)
    fit = fit_choices(table.adding(flag=table["chosen"].astype(float)), taste=False)
    found = estimate(fit, "choices.flag")
    assert not found.told
    assert math.isfinite(found.value)
    assert "separates" in found.remark


def test_the_record_survives_json_and_foretells_the_same(plain_fit: Fit):
    later = made_up(20, 4, seed=9)
    record = json.loads(json.dumps(plain_fit.record))
    ours = choice_probabilities(plain_fit.record, later, plain_fit.tables[STATE])["probability"]
    theirs = choice_probabilities(record, later, plain_fit.tables[STATE])["probability"]
    assert np.array_equal(ours, theirs)


def test_probabilities_come_in_the_order_of_the_rows_and_sum_to_one(plain_fit: Fit):
    later = made_up(10, 3, seed=4)
    order = np.random.default_rng(1).permutation(len(later))
    straight, mixed = (choice_probabilities(plain_fit.record, table) for table in (later, later.take(order)))
    assert mixed["probability"] == pytest.approx(straight["probability"][order])
    assert straight["probability"].reshape(3, 10, 4).sum(2) == pytest.approx(1.0)


def test_loyalty_carries_on_from_the_history():
    table = made_up(80, 12)
    whole = fit_choices(table, taste=False)
    early, late = table.take(table["occasion"] < 8), table.take(table["occasion"] >= 8)
    start = fit_choices(early, taste=False)
    on = choice_probabilities(start.record, late, start.tables[STATE])["probability"]
    straight = choice_probabilities(start.record, table)["probability"][table["occasion"] >= 8]
    assert on == pytest.approx(straight), "fitted history, then later choices: the same as all in one go"
    assert len(whole.tables[STATE]) == 80 * 4


def test_later_choices_that_are_not_known_leave_loyalty_where_it_was():
    table = made_up(40, 8)
    fit = fit_choices(table.take(table["occasion"] < 6), taste=False)
    late = table.take(table["occasion"] >= 6)
    unknown = Table({name: column for name, column in late.columns.items() if name != "chosen"})
    same = unknown.adding(**{name: np.tile(unknown[name][:160], 2) for name in ("price", "minutes", "size")})
    chances = choice_probabilities(fit.record, same, fit.tables[STATE])["probability"]
    assert chances[:160] == pytest.approx(chances[160:])


def test_a_stranger_and_a_new_alternative_get_a_probability(plain_fit: Fit):
    later = Table.of(
        customer_id=["new"] * 2,
        occasion=[1, 1],
        alternative=["a", "zoo"],
        price=[2.0] * 2,
        minutes=[9.0] * 2,
        size=[0.0] * 2,
    )
    chances = choice_probabilities(plain_fit.record, later, plain_fit.tables[STATE])["probability"]
    assert chances.min() > 0.0
    assert chances.sum() == pytest.approx(1.0)


def test_ids_may_be_hashed_between_fit_and_forecast():
    table = made_up(30, 8)
    fit = fit_choices(table, taste=False)
    state, later = fit.tables[STATE], made_up(30, 2, seed=5)
    names = [f"x{number:03d}" for number in range(30)]

    def hashed(each: Table) -> Table:
        return each.adding(customer_id=[names[number] for number in each["customer_id"]])

    ours = choice_probabilities(fit.record, later, state)["probability"]
    theirs = choice_probabilities(fit.record, hashed(later), hashed(state))["probability"]
    assert ours == pytest.approx(theirs)


def test_a_single_customer_is_fitted_and_the_doubt_is_said():
    fit = fit_choices(made_up(1, 40))
    assert any("fewer than 20 customers" in remark for remark in fit.remarks)
    assert "parameters.habit_weight" not in fit.edits or estimate(fit, "parameters.habit_weight").told


def test_the_same_table_gives_the_same_fit_in_any_order():
    table = made_up(40, 8)
    order = np.random.default_rng(2).permutation(len(table))
    assert fit_choices(table, taste=False).record == fit_choices(table.take(order), taste=False).record


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"chosen": [1, 0, 0, 0]}, r"occasion 2 of customer 7 has no chosen alternative \(rows 3, 4\)"),
        ({"chosen": [1, 1, 0, 1]}, r"occasion 1 of customer 7 has 2 chosen alternatives \(rows 1, 2\)"),
        ({"chosen": [1, 0, 0, 2]}, "chosen is 1 or 0; it is 2 in row 4"),
        ({"occasion": [1, 2, 3, 3]}, r"occasion 1 of customer 7 has one alternative only \(rows 1, 2\)"),
        ({"alternative": list("aaab")}, r"occasion 1 of customer 7 lists a twice \(row 2\)"),
        (
            {"price": [1.0, float("nan"), 2.0, 3.0]},
            "price must be a finite number in every row; it is .*nan.* in row 2",
        ),
        ({"price": [1.0, 2.0, float("inf"), 3.0]}, "price must be a finite number .* row 3"),
        ({"colour": ["red", "blue", "red", "4"]}, "colour must be a finite number .* 'red'.* rows 1, 2, 3"),
        ({"minutes": [1.0, -2.0, 3.0, 4.0]}, "minutes cannot be negative; the least is -2"),
        ({"alternative": ["a", "", "a", "b"]}, "alternative is empty in row 2"),
    ],
)
def test_faults_are_named_with_their_rows(changes: dict[str, Any], words: str):
    with pytest.raises(ValueError, match=words):
        fit_choices(by_hand(**changes))


def test_missing_columns_are_named():
    with pytest.raises(ValueError, match="choices need the columns occasion, chosen"):
        fit_choices(Table.of(customer_id=[1, 1], alternative=["a", "b"]))


def test_an_attribute_that_was_fitted_must_be_there_later(plain_fit: Fit):
    with pytest.raises(ValueError, match=r"choices need the columns? .*price"):
        choice_probabilities(plain_fit.record, by_hand())


def test_nothing_to_count_is_an_error():
    with pytest.raises(ValueError, match="no choice is left to fit"):
        fit_choices(by_hand(), counted=np.zeros(4, bool))


TRUTH = {"habit_weight": HABIT, "habit_carryover": CARRYOVER, "price_weight": PRICE, "distance_weight": MINUTES}


def paths_of(taste: float) -> dict[str, float]:
    return {f"parameters.{name}": value for name, value in TRUTH.items()} | {"choices.taste_sd": taste}


@pytest.mark.slow
@pytest.mark.parametrize(("customers", "times", "taste"), [(150, 15, 1.0), (200, 20, 2.0)])
def test_intervals_cover_the_truth(customers: int, times: int, taste: float):
    """Of 95 % intervals, over 16 simulated data sets and five parameters, all but a few hold the truth."""
    held, wide = [], []
    for seed in range(16):
        fit = fit_choices(made_up(customers, times, taste=taste, seed=100 + seed))
        for path, value in paths_of(taste).items():
            found = estimate(fit, path)
            held.append(found.low <= value <= found.high)
            half = (found.high - found.low) / 4.0
            wide.append(abs(found.value - value) <= half)
    assert np.mean(held) >= 0.89  # 95 % of 80 less nearly three standard errors, of estimates that hang together
    assert np.mean(wide) <= 0.85, "half of an interval holds as much: they are far too wide"


@pytest.mark.slow
def test_intervals_know_that_other_customers_weigh_prices_otherwise():
    """Estimates of samples of customers who are unlike differ by what the intervals say, which curvature does not."""
    prices = []
    for seed in range(16):
        rng = np.random.default_rng(seed)
        unlike = PRICE * np.exp(0.7 * rng.standard_normal((150, 1)))
        prices.append(
            estimate(
                fit_choices(made_up(150, 15, taste=1.0, seed=seed, price_weight=unlike)), "parameters.price_weight"
            )
        )
    said = np.mean([(each.high - each.low) / 3.92 for each in prices])
    assert 0.6 < said / np.std([each.value for each in prices], ddof=1) < 1.6
