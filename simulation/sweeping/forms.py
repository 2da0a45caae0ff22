"""The form of a study file: what each of its tables may hold; what concerns more than one key is in `checking`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from simulation.scenario.forms import MAX_CUSTOMERS, MAX_REPLICATES, MAX_SEED, Form, Week

MAX_POINTS = 1_000_000
MAX_LEVELS = 1_000
MAX_CHOICES, MAX_POLICIES = 250, 400  # each is tried when the file is read
Kind = Literal["grid", "one_at_a_time", "latin_hypercube", "sobol", "morris", "saltelli", "policies", "list"]
Choice = float | int | bool | str
USES: Mapping[str, tuple[str, ...]] = {  # the keys of [design] that each kind reads
    "grid": ("levels",),
    "one_at_a_time": ("levels",),
    "latin_hypercube": ("samples",),
    "sobol": ("samples",),
    "morris": ("trajectories", "levels"),
    "saltelli": ("samples", "second_order"),
    "policies": ("samples",),
    "list": ("file",),
}


class Design(Form):
    """`[design]`: which points are simulated."""

    kind: Kind
    samples: int | None = Field(
        None, ge=1, le=MAX_POINTS, description="points; of saltelli base points, of policies futures"
    )
    levels: int | None = Field(None, ge=2, le=MAX_LEVELS, description="values of each range on a grid")
    trajectories: int | None = Field(None, ge=2, le=MAX_POINTS, description="walks through the grid of a morris design")
    second_order: bool = Field(False, description="whether a saltelli design tells pairs of numbers")
    file: str | None = Field(None, description="CSV file with a column for each number and a row for each point")


class Span(Form):
    """What a number may be: `{ min, max }`, evenly or by its logarithm, of whole numbers if so said."""

    min: float
    max: float
    log: bool = False
    integer: bool = False

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.min >= self.max:
            raise PydanticCustomError("span", "a range whose max is above its min")
        if self.log and self.min <= 0:
            raise PydanticCustomError("log", "above 0 at its min, to be drawn by its logarithm")
        return self


class Policy(Form):
    """`[[policy]]`: what a strategist would do, in every future; keys are "LEVER_ID.field"."""

    id: str = Field(min_length=1, max_length=64)
    levers: Mapping[str, Choice] = Field(default_factory=dict)


class Stopping(Form):
    """`[stopping]`: replicates are added at a point until the mean of an outcome is known well enough."""

    outcome: str
    half_width: float = Field(gt=0, description="of the 95 % interval of the mean over replicates")
    most_replicates: int = Field(64, ge=2, le=MAX_REPLICATES)


class Runs(Form):
    """`[runs]`: what happens to a run that fails or takes too long."""

    on_error: Literal["record", "stop"] = "record"
    retries: int = Field(0, ge=0, le=10)
    seconds_limit: float | None = Field(None, gt=0, description="of one point, all its replicates")


class Size(Form):
    """`[population]` of a study: how many customers each run has."""

    customers: int | None = Field(None, ge=1, le=MAX_CUSTOMERS)


class StudyForm(Form):
    """A study file."""

    name: str | None = None
    question: str = ""
    based_on: str
    seed: int | None = Field(
        None, ge=0, le=MAX_SEED, description="of all chance and of the design; default: its base's"
    )
    weeks: Week | None = None
    replicates: int = Field(1, ge=1, le=MAX_REPLICATES, description="of each point, with the same luck at all points")
    outcomes: tuple[str, ...] = Field((), description="npv, margin, cost, a measure, or a measure's name and _effect")
    population: Size = Size()
    design: Design
    uncertainties: Mapping[str, Any] = Field(default_factory=dict)
    levers: Mapping[str, Any] = Field(default_factory=dict)
    policy: tuple[Policy, ...] = Field((), max_length=MAX_POLICIES)
    stopping: Stopping | None = None
    runs: Runs = Runs()


def study_schema() -> dict[str, Any]:
    """JSON Schema of a study file."""
    result = StudyForm.model_json_schema(by_alias=True)
    span = {
        "anyOf": [Span.model_json_schema(), {"type": "array", "minItems": 2}, {"type": ["number", "string", "boolean"]}]
    }
    for name in ("uncertainties", "levers"):
        result["properties"][name]["additionalProperties"] = span
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **result, "title": "retailcx study"}
