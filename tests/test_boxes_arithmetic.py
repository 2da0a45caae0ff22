"""Boxes of arithmetic: known values, limits, direction; and that no box is without a test."""

import ast
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation import arithmetic, bits
from tests.conftest import ROOT
from tests.plainly import boxes_of

its = boxes_of(arithmetic)
numbers = st.floats(-1e6, 1e6)


def test_every_box_is_named_in_a_test_of_boxes():
    """`uniforms` and its kin have tests of chance."""
    boxes = set()
    for path in (ROOT / "simulation").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            marks = [m.id for m in getattr(node, "decorator_list", []) if isinstance(m, ast.Name)]
            if "box" in marks and path.name != "bits.py":
                boxes.add(node.name)
    tests = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_boxes_*.py"))
    assert {name for name in boxes if not re.search(rf"\b{name}\(", tests)} == set()


@pytest.mark.parametrize(("x", "held"), [(-0.1, 0.0), (0.0, 0.0), (0.3, 0.3), (1.0, 1.0), (7.0, 1.0)])
def test_a_level_is_held_between_0_and_1(x: float, held: float):
    assert its.clip(x) == held


@given(numbers, st.floats(0.0, 10.0))
def test_soft_is_nothing_within_its_zone_and_one_to_one_beyond(d: float, zone: float):
    expected = math.copysign(max(0.0, abs(d) - zone), d)
    assert its.soft(d, zone) == pytest.approx(expected, abs=1e-9)


def test_soft_treats_gains_and_losses_alike():
    assert its.soft(0.05, 0.03) == -its.soft(-0.05, 0.03) > 0.0


@given(st.floats(-690.0, 690.0))
def test_exp_is_exp_to_eleven_digits(x: float):
    assert its.exp_(x) == pytest.approx(math.exp(x), rel=1e-11)


@pytest.mark.parametrize("x", [0.0, -0.0])
def test_exp_of_nothing_is_one(x: float):
    assert its.exp_(x) == 1.0


@pytest.mark.parametrize("x", [701.0, 1e9, math.inf])
def test_exp_never_overflows(x: float):
    assert its.exp_(x) == its.exp_(700.0) < math.inf
    assert its.exp_(-x) == its.exp_(-700.0) > 0.0


@given(st.floats(1e-300, 1e300))
def test_log_is_log_to_eleven_digits(x: float):
    assert its.log_(x) == pytest.approx(math.log(x), rel=1e-11, abs=1e-11)


def test_log_of_one_is_nothing():
    assert its.log_(1.0) == 0.0


@given(st.floats(-600.0, 600.0))
def test_log_undoes_exp(x: float):
    assert its.log_(its.exp_(x)) == pytest.approx(x, rel=1e-10, abs=1e-10)


@given(st.floats(-30.0, 30.0))
def test_logistic_is_symmetric_about_one_half(x: float):
    assert its.logistic(x) + its.logistic(-x) == pytest.approx(1.0, abs=1e-11)
    assert its.logistic(0.0) == 0.5


@given(st.floats(0.01, 100.0), st.floats(-5.0, 5.0))
def test_power_is_a_power(x: float, y: float):
    assert its.power(x, y) == pytest.approx(x**y, rel=1e-9)


@given(st.floats(1e-9, 0.5))
def test_normal_quantiles_are_symmetric(u: float):
    assert its.normal(u) == pytest.approx(-its.normal(1.0 - u), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("u", "z"), [(0.5, 0.0), (0.975, 1.959963984540054), (0.0013498980316300933, -3.0)])
def test_normal_quantiles_are_known(u: float, z: float):
    assert its.normal(u) == pytest.approx(z, rel=2e-9, abs=1e-9)


def test_gumbel_quantiles_are_known():
    assert its.gumbel(math.exp(-1.0)) == pytest.approx(0.0, abs=1e-12)
    assert its.gumbel(0.5) == pytest.approx(0.36651292058166435)


@pytest.mark.parametrize("quantile", ["normal", "gumbel"])
def test_quantiles_rise_all_the_way(quantile: str):
    u = np.sort(np.concatenate([np.linspace(2.0**-33, 1.0 - 2.0**-33, 5001), 2.0 ** -np.arange(2.0, 33.0)]))
    assert (np.diff([getattr(its, quantile)(float(x)) for x in np.unique(u)]) > 0.0).all()


@pytest.mark.parametrize("n", [-1022.0, -1.0, 0.0, 1.0, 52.0, 1023.0])
def test_powers_of_two_are_exact(n: float):
    assert bits.two_to_the(n) == 2.0**n


@pytest.mark.parametrize("x", [1.0, 0.75, 0.7, 3.0, 1e-300, 1e300])
def test_a_number_is_its_mantissa_times_its_power_of_two(x: float):
    mantissa, exponent = bits.split(x)
    assert mantissa * 2.0**exponent == x
    assert math.sqrt(0.5) <= mantissa < math.sqrt(2.0)
