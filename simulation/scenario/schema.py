"""JSON Schema of scenario files, for editors: the forms, with the names of levers, events and parameters filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation import parameters as numbers
from simulation.scenario.finding import shipped
from simulation.scenario.forms import Sourced, World
from simulation.scenario.merging import NAMED_BY_KIND


def schema() -> dict[str, Any]:
    """The schema of a market or scenario file; nothing is required of a file that is based on another."""
    result = World.model_json_schema(by_alias=True)
    forms = result["$defs"]
    result["title"] = "retailcx market or scenario"
    result["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    result["properties"]["based_on"] = {
        "type": "string",
        "description": "what this file changes: a built-in name, or a path relative to this file",
        "examples": shipped(),
    }
    for form in (result, *forms.values()):
        form.pop("required", None)
    for name in ("Retailer", "Outlet", "Desk", "Lever", "Event"):
        forms[name]["properties"]["remove"] = {"const": True, "description": "take out what the base has by this id"}
        keys = ("id", "kind") if name.lower() in NAMED_BY_KIND else ("id",)
        forms[name]["anyOf"] = [{"required": [key]} for key in keys]
    _fill_in_fields(forms["Lever"], numbers.LEVERS)
    _fill_in_fields(forms["Event"], numbers.EVENTS)
    _fill_in_names(result, forms)
    return result


def _fill_in_fields(form: dict[str, Any], kinds: Mapping[str, numbers.Lever] | Mapping[str, numbers.Event]) -> None:
    """The fields of each kind beside the common keys."""
    form["properties"].pop("fields")
    form["properties"]["kind"] = {
        "enum": list(kinds),
        "description": "; ".join(_about(kind) for kind in kinds.values()),
    }
    for kind in kinds.values():
        for name, row in kind.fields.items():
            known = form["properties"].setdefault(name, {"anyOf": []})
            known["anyOf"].append({**_rules(row), "title": f"{name} of {kind.name}"})


def _fill_in_names(result: dict[str, Any], forms: dict[str, Any]) -> None:
    levels = {name: _range(0, 1, row.label) for name, row in numbers.DETERMINANTS.items()}
    strengths = {name: _or_sourced(_range(0, 2, row.label)) for name, row in numbers.DETERMINANTS.items()}
    moderators = {
        name: _or_sourced(_range(row.strength_low, row.strength_high, row.about))
        for name, row in numbers.MODERATORS.items()
    }
    parameters = {name: _or_sourced(_rules(row)) for name, row in numbers.PARAMETERS.items()}
    traits = {name: {"type": "object", "description": row.about} for name, row in numbers.TRAITS.items()}
    given = {name: _range(0, 1, numbers.NEEDS[name].label) for name in numbers.GIVEN_NEEDS}
    importances = {name: _or_sourced(_rules(row.importance)) for name, row in numbers.NEEDS.items()}
    forms["Outlet"]["properties"]["needs"] = _closed(given, "how well it meets needs of its own; default: ordinary")
    result["properties"]["needs"] = _closed(importances, "importance of needs")
    forms["Outlet"]["properties"]["levels"] = _closed(levels, "given level of each determinant, 0 to 1")
    forms["Population"]["properties"]["traits"] = _closed(traits, "changes to how traits are drawn")
    forms["Market"]["properties"]["trade"]["enum"] = list(numbers.SEASONS)
    result["properties"]["parameters"] = _closed(parameters, "parameters that differ from the data files")
    result["properties"]["moderators"] = _closed(moderators, "strengths of moderators")
    result["properties"]["determinants"] = _closed(strengths, "strengths of determinants; 1 unless given")
    _fill_in_weights(result)


def _fill_in_weights(result: dict[str, Any]) -> None:
    """Weights of dimensions in the experience, and of determinants in each dimension."""
    of_whole = {name: _or_sourced(_range(0, 1, row.about)) for name, row in numbers.DIMENSIONS.items()}
    of_dimension = {
        dimension: _closed(
            {name: _or_sourced(_range(0, 1, row.label)) for name, row in numbers.DETERMINANTS.items()},
            f"weights of determinants in the {dimension} dimension; scaled to 1",
        )
        for dimension in numbers.DIMENSION_NAMES
    }
    result["properties"]["dimensions"] = _closed(of_whole, "weights of dimensions in the experience; scaled to 1")
    result["properties"]["weights"] = _closed(of_dimension, "weights of determinants, by dimension")


def _or_sourced(rules: dict[str, Any]) -> dict[str, Any]:
    """A number, or a table that says besides where it comes from and how sure it is."""
    about: dict[str, Any] = {key: rules.pop(key) for key in ("description", "default") if key in rules}
    row = Sourced.model_json_schema()
    properties = {**row["properties"], "value": rules}
    table = {
        "type": "object",
        "properties": properties,
        "required": row["required"],
        "additionalProperties": False,
    }
    return {"anyOf": [rules, table], **about}


def _closed(properties: dict[str, Any], about: str) -> dict[str, Any]:
    return {"type": "object", "description": about, "properties": properties, "additionalProperties": False}


def _range(low: float, high: float, about: str) -> dict[str, Any]:
    return {"type": "number", "minimum": low, "maximum": high, "description": about}


def _rules(row: numbers.Parameter) -> dict[str, Any]:
    if row.choices:
        return {"enum": list(row.choices), "description": row.about}
    return {**_range(row.low, row.high, f"{row.about} ({row.unit})"), "default": row.value}


def _about(kind: numbers.Lever | numbers.Event) -> str:
    return f"{kind.name}: {kind.about}"
