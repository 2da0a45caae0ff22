"""The search finds optima that are known."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from analysis.optimising.search import (
    SCORES,
    Allocation,
    Dial,
    Evaluate,
    Look,
    conditional_value_at_risk,
    searched,
)

Value = Callable[[Allocation], float]
NOISE = np.linspace(-1.0, 1.0, 5)


def planted(value: Value, spread: float = 0.0, counted: list[Allocation] | None = None) -> Evaluate:
    """Levers that cost what they are set to."""

    def evaluate(asked: Sequence[Allocation]) -> list[Look]:
        if counted is not None:
            counted.extend(asked)
        return [Look(np.asarray(value(each) + spread * sum(each) * NOISE), sum(each)) for each in asked]

    return evaluate


def adbudg(spend: float, most: float, half: float, power: float = 1.0) -> float:
    """Little's (1970) response to spending."""
    return most * spend**power / (half**power + spend**power)


def two_levers(allocation: Allocation) -> float:
    first, second = allocation
    return adbudg(first, 100.0, 20.0) + adbudg(second, 60.0, 5.0) - first - second


def test_two_levers_without_interaction_are_split_where_a_little_more_of_each_gives_the_same():
    grid = [(a, b) for a in np.linspace(0, 40, 401) for b in np.linspace(0, 40, 401) if a + b <= 40]
    truth = max(map(two_levers, grid))
    found = searched([Dial("a", 0, 40), Dial("b", 0, 40)], 40.0, planted(two_levers))
    assert two_levers(found.best) == pytest.approx(truth, rel=0.01)
    assert sum(found.best) <= 40.0 * (1 + 1e-6)


def test_the_interior_optimum_of_one_lever_leaves_money_in_the_till():
    found = searched([Dial("a", 0, 100)], 100.0, planted(lambda each: adbudg(each[0], 100.0, 20.0) - each[0]))
    assert found.best[0] == pytest.approx(np.sqrt(100 * 20) - 20, rel=0.1)


def needing(allocation: Allocation) -> float:
    """Each of the first two is worth nothing without the other."""
    first, second, third = allocation
    return 200.0 * min(first, second) / (10.0 + min(first, second)) + adbudg(third, 20.0, 10.0) - sum(allocation)


def test_a_lever_that_needs_another_is_bought_with_it():
    found = searched([Dial(name, 0, 60) for name in "abc"], 60.0, planted(needing))
    assert found.best[0] > 10
    assert found.best[1] > 10
    assert needing(found.best) > 0.95 * max(needing((x, x, z)) for x in np.linspace(0, 30, 61) for z in (0, 2, 5))


def test_a_lever_worth_nothing_is_not_bought():
    found = searched([Dial("a", 0, 50), Dial("b", 0, 50)], 50.0, planted(lambda e: adbudg(e[0], 90, 10) - sum(e)))
    assert found.best[1] == 0.0
    assert found.best[0] > 0.0


def test_nothing_is_bought_where_nothing_pays():
    found = searched([Dial("a", 0, 50)], 50.0, planted(lambda each: -each[0]))
    assert found.best == found.nothing


def test_levers_that_exclude_one_another_are_never_bought_together():
    counted: list[Allocation] = []
    value = planted(lambda each: adbudg(each[0], 90, 10) + adbudg(each[1], 80, 10) - sum(each), counted=counted)
    found = searched([Dial("a", 0, 50), Dial("b", 0, 50)], 50.0, value, excluded=[frozenset("ab")])
    assert not [each for each in counted if all(each)]
    assert found.best[1] == 0.0


def test_no_allocation_is_looked_at_twice():
    counted: list[Allocation] = []
    searched([Dial("a", 0, 40), Dial("b", 0, 40)], 40.0, planted(two_levers, counted=counted))
    assert len(counted) == len(set(counted)) < 90


def test_a_budget_below_every_minimum_is_refused():
    with pytest.raises(ValueError, match="below the least"):
        searched([Dial("a", 30, 50)], 20.0, planted(lambda each: 0.0))


def test_a_dial_at_its_bound_is_named():
    found = searched([Dial("a", 0, 5)], 100.0, planted(lambda each: adbudg(each[0], 90, 10) - each[0]))
    assert found.at_bounds == ("a",)


def test_who_fears_the_worst_spends_less_on_what_is_risky():
    value = planted(lambda each: adbudg(each[0], 100.0, 20.0) - each[0], spread=2.0)
    bold, careful = (searched([Dial("a", 0, 100)], 100.0, value, SCORES[name]).best[0] for name in ("npv", "cvar"))
    assert careful < bold


def test_the_value_at_risk_is_the_mean_of_the_worst_fifth():
    assert conditional_value_at_risk(np.arange(10.0)) == 0.5


def test_another_budget_is_answered_from_what_was_seen():
    found = searched([Dial("a", 0, 40), Dial("b", 0, 40)], 40.0, planted(two_levers))
    assert sum(found.affordable(10.0)) <= 10.0 * (1 + 1e-6)
    assert two_levers(found.affordable(10.0)) > 0
