"""The form of a scenario: what each table may hold, of which type, in which range.

Types are strict: `true` is not a number, `"12"` is not 12, nothing is NaN or infinite. What concerns more than one key
is in `checking`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

Value = TypeVar("Value")


class FrozenDict(dict[str, Value]):
    """A dict that cannot be changed: a scenario stays what was checked."""

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a scenario cannot be changed; use scenario.replace(...)")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenDict[Any]], tuple[dict[str, Value]]]:
        return FrozenDict, (dict(self),)


def _freeze(values: Mapping[str, Value]) -> FrozenDict[Value]:
    return FrozenDict(values)


def _row(values: object) -> object:
    """A list of a file as what a frozen scenario holds."""
    return tuple(values) if isinstance(values, list) else values


MAX_CUSTOMERS = 200_000_000
MAX_WEEKS = 5_200
MAX_REPLICATES = 10_000
MAX_CELLS = 10_000
MAX_SEED = 2**32 - 1
MAX_RECORDED = 1_000  # customers whose every touchpoint is kept: each is replayed, for about a second

Share = Annotated[float, Field(ge=0, le=1)]
Signed = Annotated[float, Field(ge=-1, le=1)]
Week = Annotated[int, Field(ge=1, le=MAX_WEEKS)]
Numbers = Annotated[Mapping[str, float], AfterValidator(_freeze)]
NestedNumbers = Annotated[Mapping[str, Numbers], AfterValidator(_freeze)]
Names = Annotated[Mapping[str, str], AfterValidator(_freeze)]
Fields = Annotated[Mapping[str, float | str], AfterValidator(_freeze)]
Row = Annotated[tuple[float, ...], BeforeValidator(_row)]
TraitNumbers = Annotated[
    Mapping[str, Annotated[Mapping[str, float | Row], AfterValidator(_freeze)]], AfterValidator(_freeze)
]


def _customers(value: object) -> object:
    """How many customers, or which: ids of a file as text, numbers of drawn ones."""
    if isinstance(value, list | tuple):
        named = all(isinstance(each, int | str) and not isinstance(each, bool) for each in value)
        if named and len(value) <= MAX_RECORDED:
            return tuple(str(each) for each in value)
    elif isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_RECORDED:
        return value
    raise PydanticCustomError("customers", f"a whole number up to {MAX_RECORDED:,} or a list of customer ids")


Customers = Annotated[int | tuple[str, ...], BeforeValidator(_customers)]


class Form(BaseModel):
    """A frozen table of a scenario file with strict types."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, populate_by_name=True, str_max_length=1_000
    )


class Sourced(Form):
    """A number with its source, in place of a plain one: what data said of it, and how sure they are."""

    value: float
    low: float | None = Field(None, description="lower end of its interval")
    high: float | None = Field(None, description="upper end of its interval")
    unit: str | None = Field(None, max_length=60, description="what it is measured in")
    source: str = Field(min_length=1, max_length=60, description="survey, transactions, or another short word")


class Season(Form):
    """`[market.season]`: a season of the market's own, by months or by ISO weeks."""

    months: Row | None = Field(None, description="January to December: sales a day over a mean day's")
    weeks: Row | None = Field(None, description="ISO weeks 1 to 53: sales of the week over a mean week's")
    source: str = Field("", max_length=60, description="where it comes from")


class Market(Form):
    """`[market]`: what all retailers share."""

    currency: str = Field("USD", description="label of money in results")
    start: date = Field(date(2026, 1, 5), description="first day of week 1, a Monday")
    trade: str = Field("grocery", description="whose season the market has")
    season: Season | None = Field(None, description="a season of its own; default: its trade's")
    culture: Signed = Field(0.0, description="how open and developed the country is; 0 neutral")
    climate: Signed = Field(0.0, description="economic climate; 0 normal, -1 deep recession")
    competition: float = Field(0.0, ge=-0.7, le=2, description="competitive intensity; 0 ordinary")
    warmup_weeks: int = Field(104, ge=0, le=520, description="weeks run before week 1, unrecorded")


class Population(Form):
    """`[population]`: how many customers, whom they stand for, where they live."""

    customers: int = Field(10_000, ge=1, le=MAX_CUSTOMERS, description="simulated customers")
    represents: int = Field(1, ge=1, le=10**10, description="real customers they stand for; default: as many")
    cells: int = Field(25, ge=1, le=MAX_CELLS, description="neighbourhoods, a square grid")
    cell_minutes: float = Field(6.0, gt=0, le=600, description="minutes between centres of neighbouring cells")
    file: str | None = Field(None, description="CSV or Parquet file with one row a customer")
    traits: TraitNumbers = Field(default_factory=FrozenDict, description="changes to how traits are drawn")


class Retailer(Form):
    """`[[retailer]]`: a chain."""

    id: str
    name: str = Field("", description="label in results; default: the id")
    focal: bool = Field(False, description="the one the question is about; exactly one")
    attraction: float = Field(0.0, ge=-10, le=10, description="appeal beyond what is modelled, utility")
    price_index: float = Field(1.0, ge=0.1, le=10, description="its prices over the market's")
    margin: float = Field(0.27, ge=0, le=0.9, description="gross margin, share of revenue")
    brand: Share = Field(0.75, description="starting level of the brand; default: mean of its outlets")
    advertising: Share = Field(0.0, description="weekly probability that somebody unaware learns of it")
    integration: Share = Field(0.5, description="how far its channels work as one")
    feedback: Share = Field(0.0, description="share of visits whose feedback it hears")
    acting: Share = Field(0.0, description="how far it can act on what feedback and complaints reveal")
    offers: Share = Field(0.02, description="share of those who know it that a personal offer reaches in a week")
    winback: Share = Field(0.0, description="share of the lapsed that it contacts in a week")
    last_refusal: Share = Field(0.3, description="probability that it answers a rival's offer to a customer tied to it")
    identified: Share = Field(0.5, description="share of its customers whom it knows by an account")
    consent: Share = Field(0.8, description="share of them who agreed to be addressed")
    capabilities: Numbers = Field(
        default_factory=FrozenDict,
        description="operational, analytical and collaborative management of relationships, each 0 to 1",
    )


Format = Literal["supermarket", "hypermarket", "discount", "convenience", "speciality", "department", "online"]


class Outlet(Form):
    """`[[outlet]]`: a store or a digital channel of a retailer."""

    id: str
    retailer: str
    channel: Literal["store", "online"]
    format: Format
    location: Literal["centre", "suburb", "edge", "online"]
    capacity_visits_week: float = Field(gt=0, le=1e9, description="visits a week it can take, of real customers")
    staff: float = Field(gt=0, le=1e6, description="employees, full-time equivalents")
    attraction: float = Field(0.0, ge=-10, le=10, description="appeal beyond its retailer's, utility")
    hedonic: Signed = Field(0.0, description="character from utilitarian to hedonic; default: its format's")
    cell: int | None = Field(None, ge=0, lt=MAX_CELLS, description="neighbourhood of a store, from 0")
    upkeep: Share = Field(1.0, description="share of wear made good; 1: the atmosphere does not wear")
    opens_week: Week | None = Field(None, description="first week open; default: before week 1")
    closes_week: Week | None = Field(None, description="first week closed; default: never")
    levels: Numbers = Field(description="given level of each determinant, 0 to 1")
    needs: Numbers = Field(
        default_factory=FrozenDict, description="how well it meets needs of its own, 0 to 1; default: ordinary"
    )


DeskChannel = Literal["face_to_face", "phone", "email", "chat", "self_service"]


class Desk(Form):
    """`[[desk]]`: where a retailer takes orders, questions and complaints; without one nobody can complain to it."""

    id: str
    retailer: str
    channel: DeskChannel
    staff: float = Field(
        gt=0, le=1e6, description="employees, full-time equivalents; of self-service, contacts it takes at a time"
    )
    minutes_per_contact: float = Field(gt=0, le=10_000, description="work that a contact takes")
    hours_open_week: float = Field(60.0, gt=0, le=168, description="hours a week open; default: its channel's")
    first_contact_resolution: Share = Field(
        0.7, description="contacts solved at the first contact while not overloaded; default: its channel's"
    )
    complaint_resolution: Share = Field(
        0.35, description="complaints solved to full satisfaction while not overloaded; default: its channel's"
    )


class Lever(Form):
    """`[[lever]]`: what a retailer buys; the fields of its kind stand beside these keys in the file."""

    id: str
    kind: str
    retailer: str = Field("", description="who buys it; default: the focal retailer")
    outlet: str | None = Field(None, description="only there; default: everywhere")
    desk: str | None = Field(None, description="only at this desk; default: at all of the retailer's")
    start_week: Week = 1
    end_week: Week | None = Field(None, description="last week in force; default: the end")
    ramp_weeks: int | None = Field(
        None, ge=0, le=MAX_WEEKS, description="weeks until it is in full force; default: its kind's"
    )
    half_life_weeks: float | None = Field(
        None, ge=0, le=MAX_WEEKS, description="weeks until half of it has worn off, 0: it stays; default: its kind's"
    )
    fields: Fields = Field(default_factory=FrozenDict)


class Event(Form):
    """`[[event]]`: what happens to everybody; the fields of its kind stand beside these keys in the file."""

    id: str
    kind: str
    week: Week
    weeks: Week | None = Field(None, description="how long it lasts; default: to the end")
    retailer: str | None = None
    fields: Fields = Field(default_factory=FrozenDict)


class Survey(Form):
    """`[record] survey`: interviews in every so many weeks with a share of the customers."""

    every: int = Field(13, ge=1, le=MAX_WEEKS, description="weeks from one wave to the next")
    sample: float = Field(0.1, gt=0, le=1, description="share of customers interviewed, the same ones in every wave")


class Record(Form):
    """`[record]`: what is kept beside the weekly totals."""

    transactions: bool | Literal["all"] = Field(False, description="the focal retailer's purchases; all: everybody's")
    events: Customers = Field(0, description="customers whose every touchpoint is kept: how many, or their ids")
    survey: Survey | None = Field(None, description="interviews of the customers of every retailer; default: none")
    margins: Literal["focal", "all"] = Field("focal", description="whose breakdowns by outlet, channel, ...")


class Uncertainty(Form):
    """`[uncertainty]`: what comparisons do not take as known, but draw anew."""

    effects: bool = Field(True, description="effects of levers, over what their evidence leaves open")
    weights: float = Field(0.3, ge=0, le=2, description="weights of determinants: 95 % within so large a share")
    parameters: tuple[str, ...] | Literal["all"] = Field(
        (), description="parameters drawn over their ranges: a list of names, or all"
    )
    replicates_each: int = Field(2, ge=1, le=MAX_REPLICATES, description="replicates that share a draw")


class Money(Form):
    """`[money]`: how values of different weeks are compared."""

    discount_yearly: float = Field(
        0.12, ge=0, le=2, description="what a year's delay takes off a value (12 %: Gupta, Lehmann & Stuart 2004)"
    )


class Optimise(Form):
    """`[optimise]`: how a budget may be split over the levers of the scenario."""

    budget: float | None = Field(None, gt=0, le=1e15, description="most that all levers may cost, discounted")
    objective: Literal["npv", "cvar", "probability"] = Field(
        "npv", description="what is to be high: expected value, mean of the worst fifth, or chance of a gain"
    )
    exclude: tuple[tuple[str, ...], ...] = Field((), description="sets of levers of which at most one is bought")
    levers: NestedNumbers = Field(
        default_factory=FrozenDict, description='"LEVER.FIELD" = { min, max }; default: the main field of every lever'
    )


class Review(Form):
    """`[review]`: every so many weeks the focal retailer measures what it delivers, and spends a budget by a policy."""

    every: Week = Field(13, description="weeks from one review to the next, and weeks that each looks back on")
    start_week: int | None = Field(
        None, ge=2, le=MAX_WEEKS, description="before which the first is held; default: after `every` weeks"
    )
    budget: float | None = Field(None, gt=0, le=1e15, description="most that a review spends; the rest is not kept")
    policy: Literal["worst", "in_turn"] = Field(
        "worst", description="what is bought: the lever of the worst determinant, or of the next in the list"
    )
    levers: Names = Field(
        default_factory=FrozenDict, description="determinant = lever of the scenario that a review may buy for it"
    )

    @property
    def first(self) -> int:
        """The week before which the first review is held."""
        return self.every + 1 if self.start_week is None else self.start_week

    @property
    def waiting(self) -> frozenset[str]:
        """Levers that nobody has unless a review buys them."""
        return frozenset(self.levers.values())


class Run(Form):
    """The keys outside any table: the question and the size of the answer."""

    name: str = Field("scenario", description="what results call it; default: the file's name")
    question: str = Field("", description="what a manager would ask")
    baseline_name: str | None = Field(
        None, alias="baseline", description="what to compare with; default: what it changes"
    )
    seed: int = Field(ge=0, le=MAX_SEED, description="of all chance")
    weeks: Week
    replicates: int = Field(12, ge=1, le=MAX_REPLICATES, description="runs with fresh luck")


class World(Run):
    """A complete scenario: all tables of the file, resolved."""

    market: Market = Market()
    population: Population = Population()
    retailers: tuple[Retailer, ...] = Field(alias="retailer")
    outlets: tuple[Outlet, ...] = Field(alias="outlet")
    desks: tuple[Desk, ...] = Field((), alias="desk")
    levers: tuple[Lever, ...] = Field((), alias="lever")
    events: tuple[Event, ...] = Field((), alias="event")
    parameters: Numbers = Field(default_factory=FrozenDict, description="parameters that differ from the data files")
    moderators: Numbers = Field(
        default_factory=FrozenDict, description="strengths of moderators that differ from the data files"
    )
    determinants: Numbers = Field(default_factory=FrozenDict, description="strengths of determinants; 1 unless given")
    needs: Numbers = Field(
        default_factory=FrozenDict, description="importance of needs that differ from the data files"
    )
    dimensions: Numbers = Field(
        default_factory=FrozenDict,
        description="weights of dimensions that differ from the data files",
    )
    weights: NestedNumbers = Field(
        default_factory=FrozenDict, description="weights of determinants, by dimension, that differ from the data files"
    )
    record: Record = Record()
    uncertainty: Uncertainty = Uncertainty()
    money: Money = Money()
    optimise: Optimise = Optimise()
    review: Review = Review()


ARRAY_FORMS: Mapping[str, type[Form]] = {
    "retailer": Retailer,
    "outlet": Outlet,
    "desk": Desk,
    "lever": Lever,
    "event": Event,
}
TABLE_FORMS: Mapping[str, type[Form]] = {
    "market": Market,
    "population": Population,
    "record": Record,
    "uncertainty": Uncertainty,
    "money": Money,
    "optimise": Optimise,
    "review": Review,
}
NUMBER_TABLES = ("parameters", "moderators", "determinants", "needs", "dimensions")
NESTED_TABLES = ("weights",)  # of tables of numbers
OPEN_TABLES = (
    "fields",
    "levels",
    "needs",
    "capabilities",
    "traits",
    "season",
    "survey",
    "levers",
)  # their keys are names from the data files: see `checking`


def keys_of(form: type[Form]) -> list[str]:
    """The keys a table of this form may have in a file."""
    return [field.alias or name for name, field in form.model_fields.items() if name != "fields"]
