"""The number rule: what boxes may be made of to mean the same compiled and plain, and what the compiler makes of it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation.customer.lane import scratch
from simulation.world import world_of
from tests.conftest import ROOT
from tests.lives import grocery

SIMULATION = ROOT / "simulation"
BITS = SIMULATION / "bits.py"  # integer bit work lives there and nowhere else
DRIVER_KINDS = {"phase", "part", "driver"}
BUILT_IN = {"min", "max", "abs", "float", "range"}
OF_BITS = {"split", "two_to_the"}  # bound in bits.py to their packed or plain form
EXACT = {"math.sqrt", "math.floor"}  # the same on every machine
CASTS = {"np.int64", "np.int32", "np.float64"}
INEXACT = {"round", "sum", "pow", "fsum", "exp", "log", "tanh", "sin", "cos", "mean", "dot"}
TYPES = {"float", "int", "Seven"}

# All that a box may be made of: no `if`, no open-ended loop, no `**`, `//` or `%`, no subscript.
STATEMENTS = (ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.Expr, ast.For)
NAMES = (ast.Name, ast.Load, ast.Store, ast.Constant, ast.Tuple, ast.Attribute, ast.Call)
ARITHMETIC = (ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UnaryOp, ast.USub)
COMPARISONS = (ast.IfExp, ast.BoolOp, ast.And, ast.Or, ast.Compare, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq)
ALLOWED = (*STATEMENTS, *NAMES, *ARITHMETIC, *COMPARISONS)
ON_BITS = (ast.BitAnd, ast.BitXor, ast.LShift, ast.RShift, ast.Invert)

PACKED_SHARE = 0.8  # of a phase's multiplications; single ones are left where a loop begins or ends


def compiled(kinds: set[str]) -> Iterator[tuple[Path, ast.FunctionDef]]:
    """Every function of the package with one of these decorators."""
    for path in sorted(SIMULATION.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                names = {mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)}
                if names & kinds:
                    yield path, node


BOXES = [node for path, node in compiled({"box"}) if path != BITS]
DRIVERS = [node for path, node in compiled(DRIVER_KINDS) if path != BITS]
BOX_NAMES = {node.name for node in BOXES}


def found(functions: list[ast.FunctionDef], *kinds: type[ast.AST]) -> list[str]:
    """Where something stands that should not be there."""
    return [f"{f.name}: {ast.unparse(n)}" for f in functions for n in inside(f) if isinstance(n, kinds)]


def inside(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """All nodes of a function's body."""
    return (node for statement in function.body for node in ast.walk(statement))


def called(functions: list[ast.FunctionDef]) -> dict[str, str]:
    """Everything that is called, with one caller."""
    return {ast.unparse(n.func): f.name for f in functions for n in inside(f) if isinstance(n, ast.Call)}


def is_truth(node: ast.AST) -> bool:
    """Whether an expression is true or false rather than a number."""
    return isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def truth_as_number(node: ast.AST) -> bool:
    """Whether truth is added or multiplied here."""
    if isinstance(node, ast.BinOp):
        return is_truth(node.left) or is_truth(node.right)
    return isinstance(node, ast.AugAssign) and is_truth(node.value)


def read_from_outside(box: ast.FunctionDef) -> set[str]:
    """Names that a box reads and neither gets, makes nor calls."""
    names = [node for node in inside(box) if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)} | {argument.arg for argument in box.args.args}
    return {node.id for node in names} - made - BOX_NAMES - BUILT_IN - OF_BITS - {"math"}


def test_there_are_boxes_to_look_at():
    assert len(BOXES) > 60
    assert len(DRIVERS) > 30


def test_boxes_are_made_of_arithmetic_and_comparisons():
    strange = [
        f"{box.name}: {type(node).__name__}" for box in BOXES for node in inside(box) if not isinstance(node, ALLOWED)
    ]
    assert strange == []


def test_boxes_call_other_boxes_and_what_is_exact():
    calls = called(BOXES)
    assert {name: calls[name] for name in calls.keys() - BOX_NAMES - BUILT_IN - OF_BITS - EXACT} == {}


def test_boxes_read_nothing_that_can_change():
    constants = re.compile(r"_?[A-Z][A-Z_0-9]*")
    read = {box.name: read_from_outside(box) for box in BOXES}
    assert {name: words for name, words in read.items() if not all(constants.fullmatch(word) for word in words)} == {}


def test_boxes_say_what_they_mean():
    assert [box.name for box in BOXES if not ast.get_docstring(box)] == []


def test_boxes_take_numbers():
    arguments = [(box.name, argument) for box in BOXES for argument in box.args.args]
    typed = {name: ast.unparse(argument.annotation) for name, argument in arguments if argument.annotation}
    assert [name for name, argument in arguments if not argument.annotation] == []
    assert {name: kind for name, kind in typed.items() if kind not in TYPES} == {}


def test_boxes_end_in_one_place():
    ends = {box.name: sum(isinstance(node, ast.Return) for node in inside(box)) for box in BOXES}
    assert {name: number for name, number in ends.items() if number != 1} == {}


def test_truth_is_never_added_or_multiplied():
    everywhere = BOXES + DRIVERS
    assert [f"{f.name}: {ast.unparse(n)}" for f in everywhere for n in inside(f) if truth_as_number(n)] == []


def test_drivers_use_no_power_and_no_function_whose_bits_depend_on_the_machine():
    assert found(DRIVERS, ast.Pow, ast.FloorDiv, ast.Mod) == []
    calls = called(DRIVERS)
    assert {name: calls[name] for name in calls if name.split(".")[-1] in INEXACT} == {}


def test_drivers_call_nothing_of_numpy_but_casts():
    calls = called(DRIVERS)
    assert {name: calls[name] for name in calls if name.startswith("np.") and name not in CASTS} == {}


def test_bits_are_worked_on_in_one_file_only():
    assert found(BOXES + DRIVERS, *ON_BITS) == []


# --- what the compiler made of it ---

DIVIDING = (
    "utilities_form",
    "chance_strikes",
    "touchpoints_deliver",
    "customers_decide_to_buy",
    "visit_is_felt",
    "visit_is_judged",
)
PHASES = (*DIVIDING, "needs_are_counted", "basket_is_filled")


def arguments_of(phase: str) -> tuple[Any, ...]:
    """What a phase of a visit is called with."""
    world = world_of(grocery(3), 0)
    numbers, tables = world.numbers, world.tables
    occasion = np.int64(0)
    return (
        scratch()[0][0],
        *{
            "utilities_form": (*world.key, 0, occasion, numbers.choice, numbers.relationships, 0.75),
            "chance_strikes": (*world.key, 0, occasion, numbers.experience),
            "touchpoints_deliver": (tables.presence, 0.1),
            "customers_decide_to_buy": (numbers.purchase, 0.75),
            "visit_is_felt": (0.1,),
            "needs_are_counted": (tables, 1.5, 0.75, 2.0),
            "visit_is_judged": (numbers.satisfaction, numbers.needs.needs_weight),
            "basket_is_filled": (numbers.purchase, numbers.relationships, 0.75),
        }[phase],
    )


@cache
def assembly(phase: str) -> str:
    """The instructions of a phase, compiled anew: numba cannot show those that it took from its cache."""
    import numba
    from llvmlite import binding

    from simulation.customer import choosing, judging, meeting

    if not binding.get_host_cpu_features().get("avx"):
        pytest.skip("this machine has no AVX: its packed instructions have other names")
    compiled_phase: Any = next(getattr(file, phase) for file in (choosing, meeting, judging) if hasattr(file, phase))
    kinds = tuple(numba.typeof(argument) for argument in arguments_of(phase))
    compiled_phase.compile(kinds)
    return str(compiled_phase.inspect_asm(kinds))


def instructions(phase: str, pattern: str) -> int:
    return len(re.findall(rf"^\s+{pattern}\b", assembly(phase), flags=re.MULTILINE))


@pytest.mark.parametrize("phase", PHASES)
def test_no_multiplication_is_fused_with_an_addition(phase: str):
    assert instructions(phase, r"vfn?m(add|sub)\w*") == 0


@pytest.mark.parametrize("phase", PHASES)
def test_a_phase_multiplies_for_several_customers_at_once(phase: str):
    packed, single = instructions(phase, "vmulpd"), instructions(phase, "vmulsd")
    assert packed / (packed + single) >= PACKED_SHARE, f"{single} of {packed + single} are one at a time"


@pytest.mark.parametrize("phase", DIVIDING)
def test_a_phase_divides_for_several_customers_at_once(phase: str):
    assert instructions(phase, "vdivpd") > 0
    assert instructions(phase, "vdivsd") == 0
