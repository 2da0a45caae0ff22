"""Whatever a file says, the answer is a scenario or a list of problems; and every key of a TOML text has its line."""

import tomllib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.scenario import Problem, Scenario, ScenarioError, shipped
from simulation.scenario.finding import SHIPPED
from simulation.scenario.locating import Keys, locate

TEXTS = [(SHIPPED / f"{name}.toml").read_text(encoding="utf-8") for name in shipped()]
LINES = sorted({line for text in TEXTS for line in text.splitlines()})
NUMBERS = ["0", "-1", "1e999", "nan", "-inf", "9223372036854775808", "1_0", "0x10", "1" + "0" * 400, "0.3"]
OTHERS = ["true", "'x'", '""', '"\\u0000"', "grocery", '"grocery"', '".."', "'''a\nb'''", "2026-01-05", "07:30:00"]
NESTED = ["[]", "{}", "[[]]", "{a=1}", "{id=1}", "[1,2,'a']", "[{id='x'}]", "1979-05-27T07:32:00Z"]
KEYS = ["id", "kind", "remove", "retailer", "levels", "fields", "name", "weeks", "market", "lever", "levels.price"]
TABLES = ["baseline", "based_on", "population.traits", "[a]", "[[outlet]]", "[market]", "[record]", "outlet", "[desk]"]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A shipped file with a few lines changed, dropped, doubled or taken from elsewhere."""
    lines = draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        key, equals, value = lines[at].partition("=")
        lines[at : at + 1] = draw(
            st.one_of(
                st.just([]),
                st.just([lines[at], lines[at]]),
                st.sampled_from(NUMBERS + OTHERS + NESTED).map(
                    lambda new, key=key, equals=equals: [f"{key}{equals or '='} {new}"]
                ),
                st.sampled_from(KEYS + TABLES).map(lambda new, equals=equals, value=value: [f"{new} {equals}{value}"]),
                st.sampled_from(LINES).map(lambda line, old=lines[at]: [old, line]),
                st.text(max_size=12).map(lambda text, old=lines[at]: [old[: len(old) // 2] + text]),
            )
        )
        lines = lines or [""]
    return "\n".join(lines)


def outcome(make: Callable[[], Scenario]) -> Scenario | tuple[Problem, ...]:
    """A scenario, or the problems that keep it from being one; nothing else may come out."""
    try:
        return make()
    except ScenarioError as error:
        return error.problems


@settings(max_examples=250)
@given(mutated())
def test_any_text_is_a_scenario_or_a_list_of_problems(text: str) -> None:
    found = outcome(lambda: Scenario.from_toml(text, file="promo.toml"))
    if isinstance(found, Scenario):
        assert Scenario.from_toml(found.to_toml()) == found
    else:
        assert found
        assert all(problem.message and problem.file for problem in found)


@settings(max_examples=100)
@given(st.text(st.sampled_from("abc=[]{}.\"'\n# 1,\\é\0"), max_size=40))
def test_any_letters_are_a_list_of_problems(text: str) -> None:
    with pytest.raises(ScenarioError):
        Scenario.from_toml(text)


paths = st.sampled_from(
    ["weeks", "lever.x.y", "outlet.ours_centre.staff", "market.start", "a", "retailer.ours.name", "."]
)
values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.integers(), max_size=2)
)


@settings(max_examples=60)
@given(st.dictionaries(paths | st.text(max_size=6), values, max_size=3))
def test_any_edit_gives_a_scenario_or_a_list_of_problems(edits: dict[str, object]) -> None:
    assert outcome(lambda: Scenario.load("staff_training", edits=edits))


def keys_in(value: object, path: Keys = ()) -> set[Keys]:
    """Every path that a text's values have."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {found for key, inner in items for found in {(*path, key), *keys_in(inner, (*path, key))}}


@settings(max_examples=120)
@given(mutated())
def test_every_key_of_a_toml_text_has_its_line(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except ValueError:
        return
    found = locate(text.replace("\r\n", "\n"))
    assert keys_in(data) == set(found)
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())


def test_lines_of_every_form_of_toml() -> None:
    text = (
        'a = 1 # one\n"b c" . \'d\' = """\ntwo\\" "" lines""""\n\n[ t ]\nx = [ # list\n 1,\n {y = [2], z.w = 3},\n]\n'
        "[[ t . s ]]\nk = '''\n'''\n[t.s.u]\nv = 1979-05-27 07:32:00\n[[t.s]]\nk = '#='\n[t.\"\\u0061\"]\n"
    )
    expected = {
        ("a",): 1,
        ("b c",): 2,
        ("b c", "d"): 2,
        ("t",): 5,
        ("t", "x"): 6,
        ("t", "x", 0): 7,
        ("t", "x", 1): 8,
        ("t", "x", 1, "y"): 8,
        ("t", "x", 1, "y", 0): 8,
        ("t", "x", 1, "z"): 8,
        ("t", "x", 1, "z", "w"): 8,
        ("t", "s"): 10,
        ("t", "s", 0): 10,
        ("t", "s", 0, "k"): 11,
        ("t", "s", 0, "u"): 13,
        ("t", "s", 0, "u", "v"): 14,
        ("t", "s", 1): 15,
        ("t", "s", 1, "k"): 16,
        ("t", "a"): 17,
    }
    assert keys_in(tomllib.loads(text)) == set(expected)
    assert locate(text) == expected
