"""The compiled driver and its plain twin: the same boxes in the same order, the same bits in every column and total."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation import arithmetic, bits
from simulation.compiling import driver
from simulation.customer.week import customers_live_their_week
from simulation.records import DESK_TOTALS, LINK_TOTALS, MARKET_TOTALS, TYPE_TOTALS, VISIT_TOTALS
from tests.conftest import ROOT
from tests.lives import NAMED, close, coming, difference, entry, fingerprints, grocery, lived, trouble

TROUBLES = (
    "answered",
    "solved",
    "waiting",
    "solved_at_once",
    "asked_minor_late",
    "asked_major_vain",
    "again_minor_vain",
)
CUSTOMER = ROOT / "simulation" / "customer"
FILES = (
    *("choosing", "meeting", "judging", "remembering", "contacting", "telling"),
    *("hearing", "tying", "relating", "surveying", "reaching", "week"),
)


def uncompiled(*words: str) -> "subprocess.Popen[str]":
    """Start Python in a process whose boxes are plain functions."""
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer_of(process: "subprocess.Popen[str]") -> Any:
    """What such a process printed, as JSON."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return json.loads(out)


# --- the same bits ---


@pytest.fixture(scope="module")
def both() -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of the named worlds, lived plain and compiled."""
    process = uncompiled("-m", "tests.lives", *NAMED)
    compiled = {name: fingerprints(lived(scenario())) for name, scenario in NAMED.items()}
    return answer_of(process), compiled


@pytest.mark.parametrize("name", NAMED)
def test_every_column_has_the_same_bits_plain_and_compiled(name: str, both: Any):
    plain, compiled = both
    assert list(plain[name]) == list(compiled[name])
    assert difference(plain[name], compiled[name]) == [], "these columns differ; the first is where to look"


def test_the_twins_live_something_worth_comparing():
    world = lived(entry())
    assert all(column.sum() > 0 for column in world.totals)
    assert (world.links.status == 4).any(), "nobody left"
    assert (world.reach.outlet >= 22).any(), "the entrant is within nobody's reach"
    assert (world.links.since > 0).any(), "nobody became a customer later"
    assert world.outcomes.weeks.sum() > 0
    assert np.isfinite(world.notes.ease).any(), "no visit was noted"
    for name in ("asked", "recommend_top", "recommend_bottom", "intention_answers"):
        assert world.totals.links[..., LINK_TOTALS.index(name)].sum() > 0, name
    for name in ("effort_asked", "effort_top"):
        assert world.totals.visits[..., VISIT_TOTALS.index(name)].sum() > 0, name
    assert world.totals.visits[..., VISIT_TOTALS.index("needs_effect")].any()


def test_the_coming_twins_look_online_before_they_go_to_a_store():
    more = lived(coming().replace(edits={"parameters.research_gain": 0.2}), 8)
    less = lived(coming().replace(edits={"parameters.research_gain": 0.0}), 8)
    assert difference(fingerprints(more), fingerprints(less)) != []


def test_the_twins_live_through_every_kind_of_trouble():
    world = lived(trouble())
    desks, links = world.totals.desks.sum((0, 1)), world.totals.links.sum((0, 1, 2))
    never = [name for name, count in zip(DESK_TOTALS[:9], desks, strict=False) if count == 0]
    never += [name for name, count in zip(LINK_TOTALS, links, strict=True) if count == 0 and name in TROUBLES]
    assert never == [], "these never happened"
    assert set(np.unique(np.sign(world.links.complaint))) == {-1, 0, 1}
    learning = world.market.learning
    assert learning.gain.sum() + learning.fewer_failures.sum() + learning.fewer_stock_outs.sum() > 0.0
    corner = [retailer.id for retailer in trouble().retailers].index("corner")
    assert (world.totals.desks[:, world.market.desks.retailer == corner].sum((0, 1))[[1, 7]] > 0).all()


def test_the_tied_twins_know_every_type_of_relationship():
    world = lived(close())
    active = world.totals.types[..., TYPE_TOTALS.index("active")]
    assert (active.sum(axis=(0, 1)) > 0).all()
    for name in ("offers_taken", "answers", "discount_cents"):
        assert world.totals.visits[..., VISIT_TOTALS.index(name)].sum() > 0, name
    assert world.totals.links[..., LINK_TOTALS.index("won_back")].sum() > 0
    assert world.totals.market[:, MARKET_TOTALS.index("moved")].sum() > 0


# --- any split ---


def in_pieces(size: int) -> Callable[..., None]:
    """A driver that is called for `size` customers at a time, the last first."""

    def live(begin: int, end: int, *rest: Any) -> None:
        for start in reversed(range(begin, end, size)):
            customers_live_their_week(start, min(start + size, end), *rest)

    return live


@cache
def whole() -> dict[str, str]:
    return fingerprints(lived(grocery(300), 4))


@pytest.mark.parametrize("size", [1, 7, 255, 256, 257])
def test_any_chunk_gives_the_same_bits(size: int):
    pieces = lived(grocery(300), 4, live=in_pieces(size))
    assert difference(whole(), fingerprints(pieces)) == []


@pytest.mark.parametrize("threads", [2, 5])
def test_any_number_of_threads_gives_the_same_bits(threads: int):
    shared = lived(grocery(300), 4, threads=threads)
    assert difference(whole(), fingerprints(shared)) == []


def test_a_world_of_several_blocks_does_not_depend_on_where_they_begin():
    scenario = grocery(20_000)
    assert difference(fingerprints(lived(scenario, 2)), fingerprints(lived(scenario, 2, threads=2))) == []


def test_more_threads_than_customers_do_no_harm():
    few = grocery(3)
    assert difference(fingerprints(lived(few, 3)), fingerprints(lived(few, 3, threads=8))) == []


# --- the same boxes in the same order ---


def functions(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def decorators(function: ast.FunctionDef) -> set[str]:
    return {node.id for node in function.decorator_list if isinstance(node, ast.Name)}


@cache
def compiled_functions(kind: str) -> frozenset[str]:
    """Names of everything decorated as a box, or as a phase, in the package."""
    paths = (ROOT / "simulation").rglob("*.py")
    return frozenset(name for path in paths for name, node in functions(path).items() if kind in decorators(node))


def called(function: ast.FunctionDef) -> Iterator[str]:
    """Names of what a function calls, in the order of the source; `luck.uniforms` is `uniforms`."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(call.func, ast.Name):
            yield call.func.id
        elif isinstance(call.func, ast.Attribute):
            yield call.func.attr


def phases(file: str) -> list[str]:
    return [name for name in functions(CUSTOMER / "plain" / f"{file}.py") if name in functions(CUSTOMER / f"{file}.py")]


PHASES = [(file, name) for file in FILES for name in phases(file)]


def boxes_called(path: Path, name: str) -> list[str]:
    words = compiled_functions("box") | {"uniforms"}
    return [word for word in called(functions(path)[name]) if word in words]


@pytest.mark.parametrize(("file", "phase"), PHASES, ids=lambda word: word)
def test_a_phase_calls_the_same_boxes_in_the_same_order_plain_and_compiled(file: str, phase: str):
    plain = boxes_called(CUSTOMER / "plain" / f"{file}.py", phase)
    compiled = boxes_called(CUSTOMER / f"{file}.py", phase)
    assert without_repeats(plain) == without_repeats(compiled)


def without_repeats(words: list[str]) -> list[str]:
    """A box called for each of several columns in turn counts once."""
    return [word for n, word in enumerate(words) if n == 0 or word != words[n - 1]]


@pytest.mark.parametrize("name", ["journey", "visit_has_consequences", "needs_arise", "relationships_change"])
def test_a_part_of_the_week_has_the_same_phases_plain_and_compiled(name: str):
    words = {phase for _, phase in PHASES}
    twins = (functions(folder / "week.py")[name] for folder in (CUSTOMER, CUSTOMER / "plain"))
    compiled, plain = ([word for word in called(twin) if word in words] for twin in twins)
    assert plain == compiled


@pytest.mark.parametrize("file", FILES)
def test_every_compiled_phase_has_a_plain_one_of_the_same_name(file: str):
    shared = {
        "who_goes",
        "tenure_group",
        "departure_is_counted",
        "link_is_at_risk",
        "machine_answers",
        "people_answer",
        "answer_is_given",
        "complaint_is_counted",
        "answer_is_counted",
        "solution_is_compared",
        "complaint_waits",
        "link_is_given_up",
        "repurchase_is_counted",
        "customer_is_counted",
        "tie_is_counted",
        "mood_is_counted",
        "respondents_answer",
        "is_recent_customer",
    }  # shared, or of lanes only
    kinds = {"phase", "part", "driver"}
    compiled = {name for name, node in functions(CUSTOMER / f"{file}.py").items() if kinds & decorators(node)}
    assert compiled - shared == set(phases(file))


# --- the same draws and arithmetic ---

SAMPLE = """
import json, numpy as np
from simulation import arithmetic, bits
from tests.test_twin import counters, inputs
print(json.dumps({
    "uniforms": [[u.hex() for u in bits.uniforms(*row)] for row in counters()],
    **{name: [getattr(arithmetic, name)(x).hex() for x in values] for name, values in inputs().items()},
}))
"""


def counters() -> list[tuple[int, ...]]:
    """Seed, replicate, draw key, week, occasion, block, stream, entity: corners and a spread of others."""
    top = (2**32 - 1, 2**32 - 1, 2**64 - 1, 16383, 15, 4095, 63, 2**26 - 1)
    corners = [(0,) * 8, top, (1, 2, 3, -16384, 5, 6, 7, 8)]
    rng = np.random.default_rng(5)
    limits = (2**32, 2**32, 2**63, 16384, 16, 4096, 64, 2**26)
    return corners + [tuple(int(rng.integers(limit)) for limit in limits) for _ in range(500)]


def inputs() -> dict[str, list[float]]:
    """Arguments of each function, over its whole range."""
    rng = np.random.default_rng(6)
    edge = [2.0**-33, 1.0 - 2.0**-33, 0.5, 0.02425, 1.0 - 0.02425, 0.97575, 0.25]
    small = [float(x) for x in 10.0 ** rng.uniform(-300, 300, 500)]
    unit = [float(u) for u in rng.uniform(size=500)]
    wide = [float(x) for x in rng.uniform(-720, 720, 500)]
    narrow = [float(x) for x in rng.normal(size=500)]
    return {
        "exp_": [0.0, -0.0, 1.0, -1.0, 700.0, -700.0, *wide, *narrow],
        "log_": [1.0, 0.7071067811865475, 0.7071067811865476, 2.0, 1e-300, 1e300, *small, *unit],
        "normal": edge + unit,
        "gumbel": edge + unit,
        "logistic": wide + narrow,
    }


@driver
def _drawn(rows: Any, keys: Any, out: Any) -> None:
    for n in range(keys.size):
        a, b, c, d = bits.uniforms(
            rows[n, 0], rows[n, 1], keys[n], rows[n, 3], rows[n, 4], rows[n, 5], rows[n, 6], rows[n, 7]
        )
        out[n, 0], out[n, 1], out[n, 2], out[n, 3] = a, b, c, d


@pytest.fixture(scope="module")
def plain_sample() -> Any:
    return answer_of(uncompiled("-c", SAMPLE))


def test_draws_have_the_same_bits_plain_and_compiled(plain_sample: Any):
    keys = np.array([row[2] for row in counters()], np.uint64)
    rows = np.array([[0 if n == 2 else word for n, word in enumerate(row)] for row in counters()], np.int64)
    out = np.empty((keys.size, 4))
    _drawn(rows, keys, out)
    assert [[float(u).hex() for u in row] for row in out] == plain_sample["uniforms"]


@pytest.mark.parametrize("name", inputs())
def test_arithmetic_has_the_same_bits_plain_and_compiled(name: str, plain_sample: Any):
    compiled = [float(getattr(arithmetic, name)(x)).hex() for x in inputs()[name]]
    assert compiled == plain_sample[name]
