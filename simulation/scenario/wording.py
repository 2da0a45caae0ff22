"""What a form refuses, in words: `staff must be a number above 0; it is -3`."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from datetime import date, time
from functools import cache
from typing import Any

from pydantic import ValidationError

from simulation.scenario.forms import OPEN_TABLES, Form, keys_of
from simulation.scenario.problems import suggestion, unknown_key

_TYPES = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "text in quotes",
    "string_too_long": "a text of at most 1,000 characters",
    "date_type": "a date such as 2026-01-05, without quotes",
    "dict_type": "a table",
    "mapping_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
_QUOTED = 60  # characters of a value that a message repeats
_RANGES = ("greater_than_equal", "greater_than", "less_than_equal", "less_than")


def faults(
    form: type[Form], error: ValidationError, table: str, open_tables: Collection[str] = OPEN_TABLES
) -> Iterator[tuple[str, str]]:
    """Key and message of each fault that a form found in a table; tables of free names are left to `checking`."""
    by_key: dict[str, list[Any]] = {}
    for fault in error.errors(include_url=False):
        by_key.setdefault(str(fault["loc"][0]) if fault["loc"] else "", []).append(fault)
    for key, found in by_key.items():
        if key not in open_tables or found[0]["type"] == "missing":
            yield key, _message(form, key, found, table)


def number_fault(value: object, low: float, high: float) -> str | None:
    """What is wrong with a value that should be a number in a range, as `must be ...; it is ...`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"must be a number; it is {said(value)}"
    if isinstance(value, float) and not math.isfinite(value):
        return f"must be a finite number; it is {value}"
    if not low <= value <= high:
        return f"must lie between {_number(low)} and {_number(high)}; it is {said(value)}"
    return None


def said(value: object) -> str:
    """A value as messages quote it, cut when long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a number too large"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return _said_list(value)
    if isinstance(value, date | time):
        return value.isoformat()
    text = _number(value) if isinstance(value, int | float) else repr(value)
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 3]}..."


def _said_list(value: list[object]) -> str:
    """A short list of plain values as it stands in the file; any other by its kind."""
    if any(isinstance(item, dict) for item in value):
        return "an array of tables"
    text = f"[{', '.join(said(item) for item in value)}]"
    return text if len(text) <= _QUOTED else "a list"


def _message(form: type[Form], key: str, found: list[Any], table: str) -> str:
    kind = found[0]["type"]
    if kind == "missing":
        return f"{table} has no {key}"
    if kind == "extra_forbidden":
        return unknown_key(key, table, keys_of(form))
    expected = " or ".join(dict.fromkeys(_expected(form, key, fault) for fault in found))
    hint = _nearest_choice(found[0])
    return f"{key or table} must be {expected}; it is {said(found[0]['input'])}{hint}"


def _expected(form: type[Form], key: str, fault: Mapping[str, Any]) -> str:
    kind = fault["type"]
    if kind == "literal_error":
        choices = fault["ctx"]["expected"]
        return f"one of {choices}" if "," in choices or " or " in choices else str(choices)
    if kind in _RANGES:
        return _range(_bounds(form).get(key, {}))
    return _TYPES.get(kind, str(fault["msg"]))


def _nearest_choice(fault: Mapping[str, Any]) -> str:
    if fault["type"] != "literal_error" or not isinstance(fault["input"], str):
        return ""
    choices = [choice.strip(" '") for choice in fault["ctx"]["expected"].replace(" or ", ",").split(",")]
    hint = suggestion(fault["input"], choices)
    return f". {hint}" if hint.startswith("Did") else ""


@cache
def _bounds(form: type[Form]) -> dict[str, dict[str, Any]]:
    """The numeric limits of each key, from the form's own JSON Schema."""
    properties = form.model_json_schema(by_alias=True)["properties"]
    return {
        key: {name: value for part in (rules, *rules.get("anyOf", ())) for name, value in part.items()}
        for key, rules in properties.items()
    }


def _range(rules: Mapping[str, Any]) -> str:
    low, high = rules.get("minimum"), rules.get("maximum")
    if low is not None and high is not None:
        return f"between {_number(low)} and {_number(high)}"
    above, below = rules.get("exclusiveMinimum"), rules.get("exclusiveMaximum")
    lower = f"above {_number(above)}" if above is not None else f"at least {_number(low)}"
    upper = f"below {_number(below)}" if below is not None else f"at most {_number(high)}"
    return f"{lower} and {upper}"


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) or not float(value).is_integer() else f"{value:,.0f}"
