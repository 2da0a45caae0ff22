"""The sentence for a board: reasons from the table that explains, and silence where it explains another answer."""

import pytest

from analysis.board import amount, called, with_reasons
from simulation.results import EMPTY, Table

PAYS = "Training pays: +1.2 million USD [0.4, 2.0] over two years, 90 % sure."
NAN = float("nan")
COLUMNS = ("kind", "name", "figure", "unit", "value", "low", "high", "here", "from", "to", "turns_at")


def explained(*rows: tuple[object, ...]) -> Table:
    return Table.of(**{name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)})


def way(name: str, value: float, half: float) -> tuple[object, ...]:
    return ("route", name, "margin", "", value, value - half, value + half, NAN, NAN, NAN, NAN)


def whole(npv: float, half: float = NAN) -> tuple[object, ...]:
    return ("whole", "all levers", "npv", "", npv, npv - half, npv + half, NAN, NAN, NAN, NAN)


def lever(name: str, value: float, half: float) -> tuple[object, ...]:
    return ("lever", name, "npv", "", value, value - half, value + half, NAN, NAN, NAN, NAN)


def assumption(path: str, unit: str, turns_at: float) -> tuple[object, ...]:
    return ("assumption", path, "npv", unit, 1.0, NAN, NAN, 0.2, 0.0, 1.0, turns_at)


TURNOVER = assumption("parameters.turnover_yearly", "share", 0.4)


def test_a_board_reads_whether_why_and_when_not():
    why = explained(way("stock", 9.0, 1.0), way("service", 5.0, 2.0), way("price", -3.0, 1.0), whole(7.0), TURNOVER)
    assert with_reasons(PAYS, {"npv": 1.2e6}, why) == (
        "Training pays: +1.2 million USD [0.4, 2.0] over two years, 90 % sure; it works through fewer stock-outs and "
        "the service interface; it fails if turnover is above 40 %."
    )


def test_a_way_that_chance_may_have_made_is_not_named():
    why = explained(way("stock", 9.0, 10.0), whole(7.0), TURNOVER)
    assert "works through" not in with_reasons(PAYS, {"npv": 1.0}, why)


def test_what_does_not_pay_is_told_what_would_make_it():
    why = explained(whole(-7.0), TURNOVER)
    assert with_reasons("It does not.", {"npv": -1.0}, why) == "It does not; it would pay if turnover is above 40 %."


def test_the_nearest_condition_comes_first():
    near, far = assumption("parameters.a", "", 0.3), assumption("parameters.b", "", 0.9)
    assert with_reasons("So.", {"npv": 1.0}, explained(whole(1.0), far, near)) == (
        "So; it fails if a is above 0.3 or if b is above 0.9."
    )


def test_an_explanation_that_recommends_otherwise_names_no_condition():
    assert with_reasons(PAYS, {"npv": 1.0}, explained(whole(-7.0), TURNOVER)) == PAYS


def test_where_chance_may_have_made_the_sign_no_condition_turns_it():
    said = with_reasons("So.", {"npv": -1.0}, explained(whole(-7.0, 8.0), TURNOVER))
    assert said == "So; what would turn it cannot be told from so small a world as explains it."


def test_levers_that_help_and_cost_beyond_doubt_are_told_apart():
    why = explained(lever("staff_map", 2.0, 1.0), lever("promise", -3.0, 1.0), lever("insight", 4.0, 5.0), whole(3.0))
    assert with_reasons("So.", {"npv": 1.0}, why) == "So; of its parts staff map helps and promise costs."


def test_where_no_lever_is_beyond_doubt_it_is_said():
    why = explained(lever("map", 2.0, 3.0), lever("insight", 4.0, 5.0), whole(6.0))
    assert with_reasons("So.", {"npv": 1.0}, why) == "So; none of its parts can be told from chance."


def test_it_is_said_that_nothing_asked_turns_it():
    why = explained(whole(7.0), assumption("parameters.a", "", NAN))
    assert with_reasons("So.", {"npv": 1.0}, why) == "So; no single assumption that was asked would make it fail."


@pytest.mark.parametrize(("verdict", "why"), [("", explained(whole(1.0))), (PAYS, EMPTY)])
def test_without_a_verdict_or_an_explanation_nothing_is_added(verdict: str, why: Table):
    assert with_reasons(verdict, {"npv": 1.0}, why) == verdict


def test_assumptions_are_said_in_words():
    assert called("lever.staff_training.cost_per_hour") == "staff training: cost per hour"
    assert amount(0.4, "share per month") == "40 % a month"
    assert amount(-1234.5, "currency") == "−1,200"
