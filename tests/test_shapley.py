"""Shapley values on games whose values are known."""

import numpy as np
import pytest

from analysis.why.shapley import MOST_EXACT, Subset, attribution, needed

NOISE = np.array([-1.0, 0.0, 1.0])


def gloves(subset: Subset) -> float:
    """One left glove and two right ones; a pair is worth 1 (Shapley values 2/3, 1/6, 1/6)."""
    return float("left" in subset and bool(subset & {"right", "other"}))


def test_the_glove_game_has_its_published_values():
    causes = ["left", "right", "other"]
    found = attribution(causes, {each: np.array([gloves(each)] * 2) for each in needed(causes)})
    assert [share.value.mean for share in found.shares] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_shares_add_up_to_the_whole():
    causes = list("abcd")
    values = {each: NOISE * len(each) + len(each) ** 2 for each in needed(causes)}
    found = attribution(causes, values)
    assert sum(share.value.mean for share in found.shares) == pytest.approx(found.whole.mean)


def test_an_idle_cause_gets_nothing_and_its_interval_knows_it():
    causes = ["works", "idles"]
    found = attribution(causes, {each: 5.0 * ("works" in each) + NOISE for each in needed(causes)})
    assert found.shares[1].value == (0.0, 0.0, 0.0)


def test_two_causes_that_need_each_other_interact_and_share():
    causes = ["survey", "capacity"]
    found = attribution(causes, {each: np.full(3, 8.0 * (len(each) == 2)) for each in needed(causes)})
    assert [share.value.mean for share in found.shares] == [4.0, 4.0]
    assert [(share.causes, share.value.mean) for share in found.interactions] == [(("survey", "capacity"), 8.0)]


def test_causes_that_only_add_do_not_interact():
    causes = list("abc")
    found = attribution(causes, {each: np.full(3, float(sum(map(ord, each)))) for each in needed(causes)})
    assert [share.value.mean for share in found.interactions] == pytest.approx([0, 0, 0])


def test_no_subset_is_asked_for_twice():
    for number in (3, 12):
        asked = needed([f"lever_{n}" for n in range(number)])
        assert len(asked) == len(set(asked))


MANY = [f"lever_{n}" for n in range(MOST_EXACT + 3)]


def drawn(power: float) -> dict[Subset, np.ndarray]:
    return {each: sum(1.0 + MANY.index(name) for name in each) ** power + NOISE * 1e-3 for each in needed(MANY)}


def test_drawn_orders_give_additive_causes_exactly_what_they_add():
    found = attribution(MANY, drawn(1.0))
    assert not found.exact
    assert [share.value.mean for share in found.shares] == pytest.approx([1.0 + n for n in range(len(MANY))])


def test_drawn_orders_add_up_to_the_whole_and_say_how_unsure_they_are():
    found = attribution(MANY, drawn(0.5))
    assert sum(share.value.mean for share in found.shares) == pytest.approx(found.whole.mean)
    assert all(share.value.low < share.value.mean < share.value.high for share in found.shares)


def test_one_replicate_gives_shares_without_an_interval():
    found = attribution(["a", "b"], {each: np.array([float(len(each))]) for each in needed(["a", "b"])})
    assert np.isnan(found.shares[0].value.low)
    assert found.shares[0].value.mean == 1.0
