"""A complete scenario as TOML: what a run folder keeps, and what loads again as an equal scenario."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from simulation.scenario.forms import ARRAY_FORMS, NESTED_TABLES, NUMBER_TABLES, TABLE_FORMS

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def as_toml(values: Mapping[str, Any]) -> str:
    """Nested values, shaped like a file, as TOML text."""
    tables = (*TABLE_FORMS, *NUMBER_TABLES)
    apart = (*tables, *NESTED_TABLES, *ARRAY_FORMS)
    blocks = ["\n".join(_lines({key: value for key, value in values.items() if key not in apart}))]
    blocks += ["\n".join([f"[{key}]", *_lines(values[key])]) for key in tables if values.get(key)]
    blocks += [
        "\n".join([f"[{key}.{_key(name)}]", *_lines(rows)])
        for key in NESTED_TABLES
        for name, rows in values.get(key, {}).items()
    ]
    blocks += ["\n".join([f"[[{key}]]", *_lines(row)]) for key in ARRAY_FORMS for row in values.get(key, ())]
    return "\n\n".join(blocks) + "\n"


def _lines(table: Mapping[str, Any]) -> Iterable[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items() if value is not None]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_lines(value)) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return value.isoformat() if isinstance(value, date) else repr(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)
