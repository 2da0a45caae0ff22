"""Boxes as the plain functions that they are: a test of one box compiles nothing but the arithmetic beneath it."""

from types import ModuleType, SimpleNamespace
from typing import Any

from simulation.parameters import PARAMETERS


def boxes_of(*modules: ModuleType) -> Any:
    """The functions of modules by name, uncompiled."""
    found = {name: value for module in modules for name, value in vars(module).items() if hasattr(value, "py_func")}
    return SimpleNamespace(**{name: value.py_func for name, value in found.items()})


def parameter(name: str) -> float:
    """The default value of a parameter."""
    return PARAMETERS[name].value
