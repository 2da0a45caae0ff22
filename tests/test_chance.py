"""Chance: published answers of Philox, what a draw depends on, and how draws are distributed."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation.arithmetic import gumbel, normal
from simulation.bits import philox, uniforms
from simulation.chance import CHOICE, NEED, TRAITS, VISIT, uniform_columns
from simulation.compiling import driver

KEYS = np.arange(20_000, dtype=np.uint64)
FIRST = {"seed": 0, "replicate": 0, "key": 0, "week": 0, "occasion": 0, "block": 0, "stream": 0, "entity": 0}

# Known answers of philox4x32-10 in the file kat_vectors of Random123 (Salmon et al. 2011): counter, key, result.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def draw(**changes: int) -> tuple[float, float, float, float]:
    counter = {**FIRST, **changes}
    return uniforms(*(np.uint64(word) if name == "key" else word for name, word in counter.items()))


@pytest.mark.parametrize(("counter", "key", "result"), KNOWN)
def test_philox_gives_the_published_answers(counter: Any, key: Any, result: Any):
    words = philox(*(np.uint64(word) for word in (*counter, *key)))
    assert tuple(int(word) for word in words) == result


def test_a_draw_is_the_words_of_philox_in_the_middle_of_their_cells():
    words = philox(*(np.uint64(word) for word in (5, 0, 16384 << 16, 3 << 26, 7, 1)))
    drawn = draw(seed=7, replicate=1, key=5, stream=3)
    assert drawn == tuple((int(word) + 0.5) / 2**32 for word in words)


def test_the_seed_0_is_a_seed():
    assert len(set(draw())) == 4
    assert draw(seed=0) != draw(seed=1)


@pytest.mark.parametrize("part", FIRST)
def test_every_part_of_key_and_counter_changes_the_draw(part: str):
    drawn = {draw(**{part: value}) for value in range(8)}
    assert len(drawn) == 8


def test_parts_of_the_counter_do_not_run_into_each_other():
    limits = {"week": 16383, "occasion": 15, "block": 4095, "stream": 63, "entity": 2**26 - 1}
    drawn = [draw(**{name: top}) for name, top in limits.items()]
    drawn += [draw(week=1), draw(occasion=1), draw(block=1), draw(stream=1), draw(entity=1)]
    assert len(set(drawn)) == len(drawn)


def test_weeks_before_the_first_have_draws_of_their_own():
    assert len({draw(week=week) for week in range(-104, 105)}) == 209


def test_the_next_seed_is_not_the_next_customer():
    assert draw(seed=8, key=4) != draw(seed=7, key=5)
    assert draw(replicate=1, key=4) != draw(replicate=0, key=5)


def test_the_upper_half_of_a_draw_key_counts():
    assert draw(key=2**40) != draw(key=0)


def test_a_column_of_draws_is_the_draws_one_by_one():
    column = uniform_columns(3, 2, KEYS[:5], TRAITS, 1, 9)
    assert [tuple(row) for row in column] == [
        draw(seed=3, replicate=2, key=key, block=1, stream=TRAITS, entity=9) for key in range(5)
    ]


def test_adding_a_customer_changes_nobody_elses_draws():
    assert np.array_equal(uniform_columns(3, 0, KEYS[:10], NEED), uniform_columns(3, 0, KEYS[:11], NEED)[:10])


# --- distributions: one fixed sample each, so that a test never fails by bad luck ---


def sample() -> Any:
    return uniform_columns(20260101, 0, KEYS, VISIT)


@driver
def _quantiles(u: Any, z: Any, g: Any) -> None:
    for n in range(u.size):
        z[n] = normal(u[n])
        g[n] = gumbel(u[n])


def quantiles(u: Any) -> tuple[Any, Any]:
    z, g = np.empty_like(u), np.empty_like(u)
    _quantiles(u, z, g)
    return z, g


@pytest.mark.parametrize("word", range(4))
def test_draws_are_uniform(word: int):
    assert stats.kstest(sample()[:, word], "uniform").pvalue > 0.01


def test_draws_are_inside_0_and_1():
    assert sample().min() > 0.0
    assert sample().max() < 1.0


def test_the_four_words_of_a_draw_are_independent():
    correlations = np.corrcoef(sample(), rowvar=False)[np.triu_indices(4, 1)]
    assert np.abs(correlations).max() < 4.0 / np.sqrt(KEYS.size)


def test_neighbouring_customers_are_independent():
    u = sample()[:, 0]
    assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 4.0 / np.sqrt(KEYS.size)


def test_streams_are_independent():
    u, v = sample()[:, 0], uniform_columns(20260101, 0, KEYS, CHOICE)[:, 0]
    assert abs(np.corrcoef(u, v)[0, 1]) < 4.0 / np.sqrt(KEYS.size)


def test_normals_are_normal():
    assert stats.kstest(quantiles(sample().ravel())[0], "norm").pvalue > 0.01


def test_gumbels_are_gumbel():
    assert stats.kstest(quantiles(sample().ravel())[1], "gumbel_r").pvalue > 0.01


def test_the_normal_quantile_is_right_everywhere():
    u = np.concatenate([np.linspace(2**-33, 1 - 2**-33, 20_001), 2.0 ** -np.arange(2.0, 34.0)])
    assert quantiles(u)[0] == pytest.approx(stats.norm.ppf(u), rel=2e-9, abs=2e-9)


def test_the_gumbel_quantile_is_right_everywhere():
    u = np.concatenate([np.linspace(2**-33, 1 - 2**-33, 20_001), 2.0 ** -np.arange(2.0, 34.0)])
    assert quantiles(u)[1] == pytest.approx(stats.gumbel_r.ppf(u), rel=1e-9, abs=1e-9)
