"""The numbers of the model, read from `simulation/numbers/`: each with value, range, unit and source.

Nothing here knows a formula. `PARAMETERS` and the other tables are dicts from name to a frozen dataclass, loaded when
first asked for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "numbers"
DIMENSION_NAMES = ("cognitive", "affective", "social", "physical")
STATUSES = ("none", "unaware", "prospect", "active", "lapsed")  # of a customer with a retailer
RELATIONSHIPS = ("transactional", "quantitative", "social", "emotional")
TOUCHPOINT_NAMES = ("discover", "browse", "advice", "checkout", "aftercare")
DESK_CHANNELS = ("face_to_face", "phone", "email", "chat", "self_service")


@dataclass(frozen=True)
class Parameter:
    """One number of the model: `value` within `low`..`high`, in `unit`, from `source`.

    `choices` replaces the range for words. `spread` is what evidence leaves open around the value, `seen` the doses
    that it covers; a number with `cost` is a price: of what, `per` "once" or "year".
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    source: str
    about: str
    group: str = ""
    choices: tuple[str, ...] = ()
    spread: tuple[float, float] | None = None
    seen: tuple[float, float] | None = None
    cost: str = ""
    per: str = "year"

    @property
    def is_assumption(self) -> bool:
        """True where no publication stands behind the size of the number."""
        return "assumption" in self.source


@dataclass(frozen=True)
class Determinant:
    """What a retailer does that customers experience, with base weights per dimension and presence per touchpoint."""

    name: str
    label: str
    weights: Mapping[str, float]
    touchpoints: Mapping[str, float]


@dataclass(frozen=True)
class Moderator:
    """A source variable that multiplies its target by 1 + strength z, z in [-1.

    1] between `low` and `high` of the source.
    """

    name: str
    source_variable: str
    target: str
    low: float
    high: float
    strength: float
    strength_low: float
    strength_high: float
    source: str
    about: str


@dataclass(frozen=True)
class Trait:
    """A property of a customer that stays, and how it is drawn."""

    name: str
    kind: str
    low: float
    high: float
    unit: str
    source: str
    about: str
    mean: float = 0.0
    sd: float = 0.0
    median: float = 0.0
    shape: float = 1.0
    values: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class Need:
    """What customers want of a visit: what tells how well it was met, and what follows.

    `basic`: only a shortfall counts. `personal`: the trait that multiplies its importance, or nothing.
    """

    name: str
    label: str
    reads: str
    kind: str
    importance: Parameter
    zone: Parameter
    personal: str = ""

    @property
    def source(self) -> str:
        """Where its importance comes from."""
        return self.importance.source


@dataclass(frozen=True)
class Instrument:
    """A question of a survey: `lowest` answer, one more for each of `cuts` that the latent level reaches.

    Its score counts answers from `top` up and down from `bottom`; `trust` is its share beside satisfaction.
    """

    name: str
    label: str
    asked: str
    lowest: int
    cuts: tuple[float, ...]
    top: int
    bottom: int
    source: str
    trust: float = 0.0

    @property
    def highest(self) -> int:
        """The highest answer."""
        return self.lowest + len(self.cuts)


@dataclass(frozen=True)
class Effect:
    """What a lever in full force does to one column of a plan of weeks: of an "outlet", a "retailer" or a "desk".

    `how`: "adds" the field, changes by it in "percent", or "lowers" by so many percent.
    A column named `{field}` is the one that the field names.
    `channel`: only outlets of it.
    """

    plan: str
    column: str
    how: str
    by: str
    channel: str = ""


@dataclass(frozen=True)
class Lever:
    """A kind of investment: what it moves, for whom, how fast, at which cost, and on what evidence.

    `acts_on`: what the retailer must have ("outlets", "stores", "online", "desks", "retailer"). `ramp_weeks` is how
    long it takes to be in full force, `half_life_weeks` how fast that wears off (0: it stays). Prices are among its
    fields.
    """

    name: str
    about: str
    source: str
    family: str
    moves: str
    evidence: str
    acts_on: str
    effects: tuple[Effect, ...] = ()
    ramp_weeks: int = 0
    half_life_weeks: float = 0.0
    side_effect: str = ""
    hangs_on: tuple[str, ...] = ()  # parameters of the model that its effect hangs on most
    fields: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """What can happen to everybody."""

    name: str
    about: str
    source: str
    needs_retailer: bool = False
    fields: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """What is measured: how it is read from the totals, and how it adds over weeks ("mean", "sum" or "last")."""

    name: str
    label: str
    unit: str
    adds: str
    better: str
    definition: str
    source: str
    top: str
    bottom: str = ""
    scale: float = 1.0
    table: str = "visits"
    weighted: bool = False


@dataclass(frozen=True)
class Season:
    """Twelve monthly factors of a trade; `rates` says that they are weekly rates already, not month totals."""

    name: str
    factors: tuple[float, ...]
    source: str
    rates: bool = False


@cache
def table(name: str) -> dict[str, Any]:
    """The data file `numbers/<name>.toml` as read."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


DETERMINANT_NAMES: tuple[str, ...] = tuple(table("determinants"))
TRAIT_NAMES: tuple[str, ...] = tuple(table("traits"))
NEED_NAMES: tuple[str, ...] = tuple(table("needs"))
GIVEN_NEEDS: tuple[str, ...] = tuple(name for name, row in table("needs").items() if row["reads"] == "outlet")
INSTRUMENT_NAMES: tuple[str, ...] = tuple(table("instruments"))
RETAILER_QUESTIONS, VISIT_QUESTIONS = (
    tuple(name for name, row in table("instruments").items() if row["asked"] == asked)
    for asked in ("retailer", "visit")
)
CAPABILITIES = ("operational", "analytical", "collaborative")  # of managing customer relationships
SITUATION_SOURCES = ("culture", "season", "climate", "competition", "entry")
OUTLET_SOURCES = ("hedonic", "online", "location")

# What is moderated, by the stage of the week at which it is needed: an outlet's character acts on a visit only.
WEEK_TARGETS = ("need_rate", "leaving_slope")
CHOICE_TARGETS = ("price_response", "satisfaction_response")
VISIT_TARGETS = (
    *(f"weight.{name}" for name in DETERMINANT_NAMES),
    *(f"dimension.{name}" for name in DIMENSION_NAMES),
    "wait_sensitivity",
    "crowding_sensitivity",
    "disconfirmation",
    "basket",
)
RESPONSES = (*WEEK_TARGETS, *CHOICE_TARGETS, *(name for name in VISIT_TARGETS if "." not in name))


def as_parameter(name: str, row: Mapping[str, Any], group: str = "") -> Parameter:
    """A row of a data file as a parameter; a row of words carries `choices` instead of a range."""
    words = tuple(row.get("choices", ()))
    columns: dict[str, Any] = {key: float(row[key]) if not words else 0.0 for key in ("value", "low", "high")}
    columns |= {key: row[key] for key in ("unit", "source", "about", "cost", "per") if key in row}
    columns |= {key: _range(name, row[key]) for key in ("spread", "seen") if key in row}
    return Parameter(name=name, group=group, choices=words, **columns)


def _range(name: str, ends: Sequence[float]) -> tuple[float, float]:
    low, high = (float(end) for end in ends)
    if low > high:
        raise ValueError(f"{name}: a range goes from its lower to its upper end, not from {low} to {high}")
    return low, high


def _parameters() -> dict[str, Parameter]:
    return {
        name: as_parameter(name, row, group)
        for group, rows in table("parameters").items()
        for name, row in rows.items()
    }


def _named(name: str) -> dict[str, Parameter]:
    return {key: as_parameter(key, row) for key, row in table(name).items()}


def _determinants() -> dict[str, Determinant]:
    return {name: Determinant(name, **row) for name, row in table("determinants").items()}


def _need(name: str, row: Mapping[str, Any]) -> Need:
    """A need whose reading, kind and trait exist."""
    if row["reads"] not in ("failure", "wait", "outlet", *DETERMINANT_NAMES):
        raise ValueError(
            f"needs.toml: [{name}] reads {row['reads']!r}: neither failure, wait, outlet nor a determinant"
        )
    if row["kind"] not in ("basic", "varying"):
        raise ValueError(f"needs.toml: [{name}] is {row['kind']!r}; a need is basic or varying")
    if row.get("personal", "") not in ("", *TRAIT_NAMES):
        raise ValueError(f"needs.toml: [{name}] has {row['personal']!r} for its trait, which is none")
    numbers = {key: as_parameter(name, row[key]) for key in ("importance", "zone")}
    return Need(name, row["label"], row["reads"], row["kind"], **numbers, personal=row.get("personal", ""))


def _needs() -> dict[str, Need]:
    return {name: _need(name, row) for name, row in table("needs").items()}


def _instruments() -> dict[str, Instrument]:
    rows = table("instruments")
    order = [("retailer", "visit", "interview").index(row["asked"]) for row in rows.values()]
    if order != sorted(order):
        raise ValueError(
            "instruments.toml: questions about retailers come first, then about visits, then of interviews"
        )
    return {name: Instrument(name, **{**row, "cuts": tuple(row["cuts"])}) for name, row in rows.items()}


def _moderator(name: str, row: Mapping[str, Any]) -> Moderator:
    strength = row["strength"]
    _check_stage(name, row["source_variable"], row["target"])
    return Moderator(
        name=name,
        source_variable=row["source_variable"],
        target=row["target"],
        low=float(row["from"]),
        high=float(row["to"]),
        strength=float(strength["value"]),
        strength_low=float(strength["low"]),
        strength_high=float(strength["high"]),
        source=strength["source"],
        about=strength["about"],
    )


def _check_stage(name: str, source: str, target: str) -> None:
    """An outlet's character is known when it has been chosen: it cannot move what was decided before."""
    if source not in (*TRAIT_NAMES, *SITUATION_SOURCES, *OUTLET_SOURCES):
        raise ValueError(f"moderators.toml: [{name}] reads {source!r}, which is no trait, situation or outlet variable")
    if target not in (*WEEK_TARGETS, *CHOICE_TARGETS, *VISIT_TARGETS):
        raise ValueError(f"moderators.toml: [{name}] moves {target!r}, which is none of the targets named on its top")
    if source in OUTLET_SOURCES and target not in VISIT_TARGETS:
        raise ValueError(f"moderators.toml: [{name}] moves {target!r} before an outlet, and so {source!r}, is known")


def _moderators() -> dict[str, Moderator]:
    return {name: _moderator(name, row) for name, row in table("moderators").items()}


def _trait(name: str, row: Mapping[str, Any]) -> Trait:
    columns: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Trait(name=name, **columns)


def _traits() -> dict[str, Trait]:
    return {name: _trait(name, row) for name, row in table("traits").items()}


def _fields(row: Mapping[str, Any]) -> dict[str, Parameter]:
    return {key: as_parameter(key, field_row) for key, field_row in row.get("fields", {}).items()}


def _events() -> dict[str, Event]:
    return {name: Event(name, **{**row, "fields": _fields(row)}) for name, row in table("events").items()}


def _levers() -> dict[str, Lever]:
    return {
        name: Lever(
            name,
            **{
                **row,
                "fields": _fields(row),
                "effects": _effects(name, row),
                "hangs_on": tuple(row.get("hangs_on", ())),
            },
        )
        for name, row in table("levers").items()
    }


def _effects(name: str, row: Mapping[str, Any]) -> tuple[Effect, ...]:
    """The effects of a kind of lever, whose fields exist."""
    found = []
    for each in row.get("effects", ()):
        plan, _, column = each["moves"].partition(".")
        ((how, by),) = [(how, each[how]) for how in ("adds", "percent", "lowers") if how in each]
        if by not in row["fields"] or (column.startswith("{") and column[1:-1] not in row["fields"]):
            raise ValueError(f"levers.toml: [{name}] has an effect by {by!r} on {column!r}, and no such field")
        found.append(Effect(plan, column, how, by, each.get("channel", "")))
    return tuple(found)


def _desks() -> dict[str, dict[str, Parameter]]:
    return {
        channel: {key: as_parameter(key, row) for key, row in table("desks")[channel].items()}
        for channel in DESK_CHANNELS
    }


def _measures() -> dict[str, Measure]:
    found: dict[str, Measure] = {}
    for name, row in table("measures").items():
        if "each" in row:
            found |= _each(name, {key: value for key, value in row.items() if key != "each"}, _labels(row["each"]))
        else:
            found[name] = Measure(name=name, **row)
    return found


def _labels(kind: str) -> dict[str, str]:
    """Names and labels of what a row of measures stands for: every determinant, or every type of relationship."""
    if kind == "determinant":
        return {name: row["label"] for name, row in table("determinants").items()}
    return {name: name for name in RELATIONSHIPS}


def _each(name: str, row: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Measure]:
    """A row that stands for several measures: EACH is the name of one of the things, LABEL its label."""
    found: dict[str, Measure] = {}
    for each, label in labels.items():
        words = {"name": name, **row}
        told: dict[str, Any] = {
            key: value.replace("EACH", each).replace("LABEL", label) if isinstance(value, str) else value
            for key, value in words.items()
        }
        found[told["name"]] = Measure(**told)
    return found


def _seasons() -> dict[str, Season]:
    return {
        name: Season(name, tuple(row["factors"]), row["source"], row.get("rates", False))
        for name, row in table("seasons").items()
    }


_LOADERS: dict[str, Callable[[], Any]] = {
    "PARAMETERS": _parameters,
    "DIMENSIONS": lambda: _named("dimensions"),
    "DETERMINANTS": _determinants,
    "MODERATORS": _moderators,
    "NEEDS": _needs,
    "INSTRUMENTS": _instruments,
    "TRAITS": _traits,
    "LEVERS": _levers,
    "EVENTS": _events,
    "MEASURES": _measures,
    "SEASONS": _seasons,
    "FORMATS": lambda: _named("formats"),
    "DESKS": _desks,
}

PARAMETERS: dict[str, Parameter]
DIMENSIONS: dict[str, Parameter]
DETERMINANTS: dict[str, Determinant]
MODERATORS: dict[str, Moderator]
NEEDS: dict[str, Need]
INSTRUMENTS: dict[str, Instrument]
TRAITS: dict[str, Trait]
LEVERS: dict[str, Lever]
EVENTS: dict[str, Event]
MEASURES: dict[str, Measure]
SEASONS: dict[str, Season]
FORMATS: dict[str, Parameter]
DESKS: dict[str, dict[str, Parameter]]


def __getattr__(name: str) -> Any:
    """Load a table when it is first asked for."""
    if name not in _LOADERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = _LOADERS[name]()
    return globals()[name]
