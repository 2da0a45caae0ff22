"""Compiled code is found again by the next process (see also the tests of `run`), and never when it is stale."""

import pickle
import subprocess
import sys
from typing import Any

import pytest

from simulation import compiling, compiling_beside, world
from simulation.compiling import box, phase
from simulation.compiling_beside import make_parts, parts_are_made
from simulation.customer import week
from simulation.within import Part
from tests.lives import grocery, lived


def types_of_the_numbers() -> list[Any]:
    numbers = world.numbers_of(grocery())
    return [type(numbers), *map(type, numbers)]


@pytest.mark.parametrize("form", types_of_the_numbers(), ids=lambda form: form.__name__)
def test_types_of_compiled_arguments_are_found_by_name(form: type):
    """A type that is saved whole is another type when it is read, and everything would be compiled again."""
    assert pickle.loads(pickle.dumps(form)) is form  # noqa: S301


def test_parameters_that_change_places_make_compiled_code_stale(monkeypatch: pytest.MonkeyPatch):
    before = compiling._code_hash()
    monkeypatch.setattr(compiling, "_row_names", lambda: ["[memory", "trust_gain"])
    assert compiling._code_hash() != before


def test_every_parameter_has_its_place():
    numbers = world.numbers_of(grocery())
    names = [
        name for group, values in zip(numbers._fields, numbers, strict=True) for name in (f"[{group}", *values._fields)
    ]
    assert compiling._row_names()[: len(names)] == names


# --- what compiled code calls ---


@box
def doubled(x: float) -> float:
    """Twice x."""
    return x + x


@phase
def above(x: int, y: int) -> int:
    """A number y above x."""
    return x + y


@phase  # a driver would be found in the cache folder
def caller(x: float, n: int) -> float:
    """Calls both, with whole numbers written here and given."""
    return doubled(x) + above(n, 1) + above(n, 2) + above(3, n)


def test_what_compiled_code_calls_is_compiled_with_its_caller_only():
    assert caller(1.5, 4) == 21.0
    assert doubled.signatures == [], "an entry for Python was made that nobody uses"
    assert doubled(1.5) == 3.0
    assert doubled.signatures != []


def test_whole_numbers_written_in_a_caller_are_not_compiled_apart():
    caller(1.5, 4)
    assert len(above._within.signatures) == 1


# --- parts that another process compiles meanwhile ---


def parts() -> list[Any]:
    return [each for each in vars(week).values() if isinstance(each, Part)]


def test_the_other_process_makes_all_parts_and_for_the_types_that_the_week_has():
    lived(grocery())
    missed = [sum(part.stats.cache_misses.values()) for part in parts()]
    assert sorted(make_parts()) == sorted(part.py_func.__name__ for part in parts())
    assert [sum(part.stats.cache_misses.values()) for part in parts()] == missed


def test_nobody_waits_for_a_process_that_has_failed(monkeypatch: pytest.MonkeyPatch):
    def failing() -> Any:
        return subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"], stdout=subprocess.PIPE, text=True)

    monkeypatch.setattr(compiling_beside, "_other_process", failing)
    with parts_are_made():
        assert Part.when_made is not None
        Part.when_made("relationships_change")
    assert Part.when_made is None
