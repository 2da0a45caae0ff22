"""A world: one scenario in one replicate, as the arrays that the engine works on."""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from simulation.arithmetic import log_
from simulation.customer.beginning import customers_begin
from simulation.customer.lane import READS_DETERMINANT, READS_FAILURE, READS_OUTLET, READS_WAIT, SOURCES
from simulation.customer.memory import kept_after
from simulation.customer.relation import ACTIVE
from simulation.discounting import WHOLE
from simulation.market.brand import price_offset
from simulation.market.queue import queue_penalty, queue_per_till, utilisation, waiting_in_services
from simulation.market.staff import newcomers_skill, turnover
from simulation.parameters import (
    CHOICE_TARGETS,
    DESKS,
    DETERMINANT_NAMES,
    DETERMINANTS,
    DIMENSION_NAMES,
    DIMENSIONS,
    FORMATS,
    GIVEN_NEEDS,
    INSTRUMENTS,
    MODERATORS,
    NEEDS,
    PARAMETERS,
    RELATIONSHIPS,
    TOUCHPOINT_NAMES,
    VISIT_TARGETS,
    WEEK_TARGETS,
)
from simulation.planned import PERSONAL
from simulation.population import people_of
from simulation.records import (
    DESK,
    DESK_TOTALS,
    GAIN_COLUMNS,
    GIVEN_COLUMNS,
    IN_STEPS,
    KINDS_AFTER,
    LEARNING,
    LINK_TOTALS,
    MARKET_TOTALS,
    OFFER,
    OUTLET,
    POOL,
    REACH,
    RETAILER,
    SEGMENTS,
    SLOTS,
    TENURE_WEEKS,
    TYPE_TOTALS,
    VISIT_TOTALS,
    Links,
    Log,
    Market,
    Moderation,
    Notes,
    Outcomes,
    People,
    Plans,
    Reach,
    Tables,
    Totals,
    levels_of,
)
from simulation.scenario import Scenario
from simulation.scenario.identity import entity_number
from simulation.schedule import plans_of
from simulation.uncertainty import base_weight

OUT_OF_REACH = 1e9  # a cut point that no level reaches
LOCATIONS = {"centre": 1.0, "suburb": 0.0, "edge": -1.0, "online": 0.0}


class Stages(NamedTuple):
    """The moderators table, split by when its targets are needed."""

    week: Moderation
    choice: Moderation
    visit: Moderation


class World(NamedTuple):
    """Everything that one run of one scenario reads and writes."""

    key: tuple[int, int]  # seed, replicate
    focal: int
    weight: float  # real customers per simulated one
    people: People
    links: Links
    reach: Reach
    market: Market
    plans: Plans
    tables: Tables
    moderation: Stages
    numbers: Any
    outcomes: Outcomes
    notes: Notes
    totals: Totals  # of every week: a leading axis of weeks
    warmup: int


@cache
def _groups() -> dict[str, Any]:
    names: dict[str, list[str]] = {}
    for parameter in PARAMETERS.values():
        names.setdefault(parameter.group, []).append(parameter.name)
    return {group: namedtuple(f"Numbers_{group}", fields, module=__name__) for group, fields in names.items()}


@cache
def _numbers_type() -> Any:
    return namedtuple("Numbers", list(_groups()), module=__name__)


def __getattr__(name: str) -> Any:
    """The types of the numbers, which are made from data, by name: so the cache finds its compiled code again."""
    for form in (_numbers_type(), *_groups().values()):
        if form.__name__ == name:
            return form
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def numbers_of(scenario: Scenario) -> Any:
    """The parameters as named tuples of floats by group, with the scenario's changes: `numbers.memory.trust_gain`."""
    values = {name: row.value for name, row in PARAMETERS.items()}
    if scenario.people is not None:
        values["moving_yearly"] = 0.0  # the user's own customers are not replaced by others
    values |= {name: float(value) for name, value in scenario.parameters.items()}
    return _numbers_type()(**{group: form(*(values[n] for n in form._fields)) for group, form in _groups().items()})


def moderation_of(scenario: Scenario, targets: tuple[str, ...]) -> Moderation:
    """The moderators of these targets as arrays."""
    rows = [row for row in MODERATORS.values() if row.target in targets]
    return Moderation(
        targets=len(targets),
        source=np.array([SOURCES.index(row.source_variable) for row in rows], np.int64),
        target=np.array([targets.index(row.target) for row in rows], np.int64),
        middle=np.array([(row.low + row.high) / 2.0 for row in rows]),
        per_unit=np.array([2.0 / (row.high - row.low) for row in rows]),
        strength=np.array([float(scenario.moderators.get(row.name, row.strength)) for row in rows]),
    )


def minutes_between(scenario: Scenario, online_minutes: float) -> Any:
    """Minutes from each cell to each outlet, shape (cells, outlets).

    Cells are a square grid, half a cell away within one.
    """
    cells = scenario.population.cells
    side = int(np.ceil(np.sqrt(cells)))
    rows, columns = np.divmod(np.arange(cells), side)
    minutes = np.empty((cells, len(scenario.outlets)))
    for o, outlet in enumerate(scenario.outlets):
        if outlet.cell is None:
            minutes[:, o] = online_minutes
        else:
            row, column = divmod(outlet.cell, side)
            away = np.hypot(rows - row, columns - column)
            minutes[:, o] = scenario.population.cell_minutes * np.maximum(away, 0.5)
    return minutes


def tables_of(scenario: Scenario, numbers: Any, weeks: int) -> Tables:
    """Weights, presence, geography and forgetting as arrays."""
    minutes = minutes_between(scenario, numbers.choice.online_minutes)
    half_life = numbers.memory.forgetting_half_life
    return Tables(
        base=np.array([[base_weight(scenario, d, k) for k in DETERMINANT_NAMES] for d in DIMENSION_NAMES]),
        presence=np.array([[DETERMINANTS[k].touchpoints[t] for k in DETERMINANT_NAMES] for t in TOUCHPOINT_NAMES]),
        omega=np.array([float(scenario.dimensions.get(d, DIMENSIONS[d].value)) for d in DIMENSION_NAMES]),
        strength=np.array([float(scenario.determinants.get(k, 1.0)) for k in DETERMINANT_NAMES]),
        log_minutes=np.array([[log_(float(m)) for m in row] for row in minutes]),
        kept=np.array([kept_after(float(w), half_life) for w in range(weeks + 1)]),
        **_needs_of(scenario),
        **_questions(),
    )


def _needs_of(scenario: Scenario) -> dict[str, Any]:
    """The rows of the needs as arrays."""
    rows = NEEDS.values()
    traits = [SOURCES.index(need.personal) if need.personal else -1 for need in rows]
    return {
        "need_reads": np.array([_reads(need.name, need.reads) for need in rows], np.int64),
        "need_basic": np.array([float(need.kind == "basic") for need in rows]),
        "need_importance": np.array([float(scenario.needs.get(need.name, need.importance.value)) for need in rows]),
        "need_zone": np.array([need.zone.value for need in rows]),
        "need_trait": np.array(traits, np.int64),
    }


def _reads(name: str, reads: str) -> int:
    """What tells how well a need was met, by the number that the engine knows it by."""
    if reads == "outlet":
        return READS_OUTLET + GIVEN_NEEDS.index(name)
    places = {"failure": READS_FAILURE, "wait": READS_WAIT}
    return places[reads] if reads in places else READS_DETERMINANT + DETERMINANT_NAMES.index(reads)


def _questions() -> dict[str, Any]:
    """The rows of the instruments as arrays."""
    rows = INSTRUMENTS.values()
    most = max(len(question.cuts) for question in rows)
    return {
        "lowest": np.array([float(question.lowest) for question in rows]),
        "cuts": np.array([[*question.cuts, *[OUT_OF_REACH] * (most - len(question.cuts))] for question in rows]),
        "top": np.array([float(question.top) for question in rows]),
        "bottom": np.array([float(question.bottom) for question in rows]),
        "trust_share": np.array([question.trust for question in rows]),
    }


def market_of(scenario: Scenario, plans: Plans, numbers: Any, cells: Any) -> Market:
    """Retailers and outlets at the reference load, where every given level holds; `cells` is where customers live."""
    retailers = np.zeros(len(scenario.retailers), RETAILER).view(np.recarray)
    for r, retailer in enumerate(scenario.retailers):
        retailers[r] = (
            entity_number(retailer.id),
            retailer.attraction,
            retailer.integration,
            retailer.margin,
            retailer.brand,
            retailer.brand,
            retailer.advertising,
            retailer.offers,
            retailer.winback,
            retailer.last_refusal,
            0.0,
            0.0,
            numbers.word.rating_start,
            numbers.word.rating_start_worth,
            0.0,
            1.0,
            *(float(plans.retailers[name][0, r]) for name in PERSONAL),
        )
    outlets = np.zeros(len(scenario.outlets), OUTLET).view(np.recarray)
    ids = [retailer.id for retailer in scenario.retailers]
    for o, outlet in enumerate(scenario.outlets):
        _begin_outlet(outlets[o], outlet, ids.index(outlet.retailer), scenario, numbers)
    _begin_prices(outlets, plans, numbers)
    offers = np.zeros(len(scenario.outlets), OFFER).view(np.recarray)
    for name in ("number", "retailer", "online", "hedonic", "location", "attraction"):
        offers[name] = outlets[name]
    for name, source in (("retailer_number", "number"), ("integration", "integration")):
        offers[name] = retailers[source][outlets.retailer]
    for name, column in zip(GIVEN_NEEDS, GIVEN_COLUMNS, strict=True):
        offers[column] = [outlet.needs.get(name, numbers.store.ordinary_level) for outlet in scenario.outlets]
    residents = np.bincount(cells, minlength=scenario.population.cells).astype(float)
    return Market(
        outlets=outlets,
        retailers=retailers,
        offers=offers,
        levels=levels_of(offers),
        word=silent_pools(residents.size, retailers.size),
        residents=residents,
        given_needs=levels_of(offers, GIVEN_COLUMNS),
        gains=levels_of(offers, GAIN_COLUMNS),
        desks=desks_of(scenario),
        learning=np.zeros(len(scenario.retailers), LEARNING).view(np.recarray),
    )


def silent_pools(cells: int, retailers: int) -> Any:
    """Pools of a town in which nobody has told anything, the retailers of a cell together."""
    return np.zeros(cells * retailers, POOL).view(np.recarray)


def desks_of(scenario: Scenario) -> Any:
    """The service desks before anybody has turned to them."""
    ids = [retailer.id for retailer in scenario.retailers]
    desks = np.zeros(len(scenario.desks), DESK).view(np.recarray)
    for row, desk in zip(desks, scenario.desks, strict=True):
        usual = DESKS[desk.channel]
        row.number = entity_number(desk.id)
        row.retailer = ids.index(desk.retailer)
        row.self_service = float(desk.channel == "self_service")
        row.digital = usual["digital"].value
        row.ease = usual["ease"].value
        row.patience = usual["patience_weeks"].value
        row.open_hours = desk.hours_open_week
    return desks


def _begin_outlet(row: Any, outlet: Any, retailer: int, scenario: Scenario, numbers: Any) -> None:
    service = numbers.service
    online = outlet.channel == "online"
    row.number = entity_number(outlet.id)
    row.retailer = retailer
    row.online = float(online)
    row.hedonic = outlet.hedonic if "hedonic" in outlet.model_fields_set else FORMATS[outlet.format].value
    row.location = LOCATIONS[outlet.location]
    row.attraction = scenario.retailers[retailer].attraction + outlet.attraction
    row.base_price = scenario.retailers[retailer].price_index
    row.usual_staff = outlet.staff
    row.given_service = outlet.levels["service"]
    row.given_price = outlet.levels["price"]
    row.motivation = service.motivation_usual
    row.turnover = turnover(service.turnover_yearly, service.turnover_response, row.motivation, row.motivation)
    use = utilisation(service.till_busy, 1.0, 1.0, 1.0, 1.0)
    services = (0.0 if online else 1.0) * waiting_in_services(use, max(1.0, service.tills_share * outlet.staff))
    row.newcomer = newcomers_skill(
        outlet.levels["service"],
        service.skill_weight,
        service.motivation_weight * service.motivation_usual,
        service.cover_weight,
        queue_penalty(queue_per_till(services, use), service.queue_penalty, service.queue_penalty_cap),
        service.training_gain,
        0.0,
        service.forgetting + row.turnover,
    )
    row.skill = row.newcomer
    row.fresh = 1.0
    row.visits = numbers.store.reference_load * outlet.capacity_visits_week
    row.load = numbers.store.reference_load


def _begin_prices(outlets: Any, plans: Plans, numbers: Any) -> None:
    first = plans.outlets[0]
    outlets.visits *= first.is_open
    mean = float((outlets.visits * first.price_index).sum() / outlets.visits.sum()) if outlets.visits.sum() > 0 else 1.0
    for outlet in outlets:
        outlet.price_offset = price_offset(
            outlet.given_price, numbers.store.ordinary_level, numbers.store.price_perception, outlet.base_price, mean
        )


def empty_links(slots: int, customers: int) -> Links:
    """Slots that hold no retailer."""

    def column(dtype: Any, fill: int = 0) -> Any:
        return np.full((slots, customers), fill, dtype)

    return Links(
        retailer=column(np.int16, -1),
        status=column(np.int8),
        will=column(np.float32),
        **{name: column(np.uint16) for name in IN_STEPS},
        visits=column(np.uint16),
        last_visit=column(np.int16),
        since=column(np.int16),
        spend=column(np.uint32),
        complaint=column(np.int16),
        complaint_due=column(np.int16),
        heard=column(np.float32),
        interactions=column(np.float32),
        frequency=column(np.float32),
        type=column(np.int8),
        type_since=column(np.int16),
        points=column(np.int16),
    )


def empty_reach(customers: int) -> Reach:
    """Eight places that hold no outlet."""
    return Reach(
        outlet=np.full((REACH, customers), -1, np.int16),
        link=np.zeros((REACH, customers), np.int8),
        loyalty=np.zeros((REACH, customers), np.float32),
        taste=np.zeros((REACH, customers), np.int16),
    )


def empty_totals(weeks: int, outlets: int, retailers: int, cells: int, desks: int) -> Totals:
    """Zeroed totals of so many weeks."""
    return Totals(
        visits=np.zeros((weeks, outlets, SEGMENTS, len(VISIT_TOTALS)), np.int64),
        links=np.zeros((weeks, retailers, SEGMENTS, len(LINK_TOTALS)), np.int64),
        tenure=np.zeros((weeks, retailers, len(TENURE_WEEKS), 2), np.int64),
        types=np.zeros((weeks, retailers, len(RELATIONSHIPS), len(TYPE_TOTALS)), np.int64),
        transitions=np.zeros((weeks, retailers, len(KINDS_AFTER), len(KINDS_AFTER)), np.int64),
        market=np.zeros((weeks, len(MARKET_TOTALS)), np.int64),
        desks=np.zeros((weeks, desks, len(DESK_TOTALS)), np.int64),
        word=np.zeros((weeks, cells, retailers, 2), np.int64),
    )


def empty_notes(slots: int, customers: int) -> Notes:
    """Diaries of so many customers in which nothing is written yet (0: none are kept)."""
    empty = np.full((2 + len(DETERMINANT_NAMES), slots, customers), np.nan, np.float32)
    return Notes(performance=empty[0], ease=empty[1], levels=empty[2:])


def empty_log(customers: int, notes: Notes | None = None) -> Log:
    """Room for one week's purchases of so many customers (0: none are logged), and the notes of visits, if any."""
    return Log(
        notes=notes or empty_notes(1, 0),
        outlet=np.zeros((customers, 15), np.int16),
        cents=np.zeros((customers, 15), np.int64),
        occasions=np.zeros(customers, np.int64),
    )


def outcomes_for(customers: int) -> Outcomes:
    """Room for what the focal retailer has of so many customers, summed over weeks (0: nobody asks)."""
    return Outcomes(
        satisfaction=np.zeros(customers, np.int64),
        weeks=np.zeros(customers, np.int64),
        margin=np.zeros(customers, np.int64),
        by_word=np.zeros(customers, np.uint8),
        before=np.zeros(customers, np.uint8),
        factor=np.full(1, WHOLE, np.int64),
    )


def outcomes_from_now(world: World) -> Outcomes:
    """Outcomes of the weeks to come; who is a customer of the focal retailer now was one before."""
    found = outcomes_for(world.people.key.size)
    is_customer = (world.links.status == ACTIVE) & (world.links.retailer == world.focal)
    found.before[:] = is_customer.any(0)
    return found


def focal_of(scenario: Scenario) -> int:
    """The place of the retailer whose questions are asked."""
    return [retailer.focal for retailer in scenario.retailers].index(True)


def world_of(scenario: Scenario, replicate: int, begin: bool = True) -> World:
    """A world before its first week; with `begin` False its customers know no retailer yet (see `twins`)."""
    numbers = numbers_of(scenario)
    plans = plans_of(scenario)
    weeks = plans.situations.size
    people = people_of(scenario, replicate)
    customers = people.key.size
    market = market_of(scenario, plans, numbers, people.cell)
    tables = tables_of(scenario, numbers, weeks)
    links = empty_links(min(SLOTS, len(scenario.retailers)), customers)
    reach = empty_reach(customers)
    key = (scenario.seed, replicate)
    if begin:
        log_prices = np.array([log_(float(p)) for p in plans.outlets[0].price_index])
        is_open = np.ascontiguousarray(plans.outlets[0].is_open)
        appeal = np.zeros((len(scenario.outlets), 3))
        customers_begin(
            0,
            customers,
            key,
            people,
            links,
            reach,
            market,
            tables,
            log_prices,
            is_open,
            appeal,
            numbers,
            focal_of(scenario),
        )
    return World(
        key=key,
        focal=focal_of(scenario),
        weight=scenario.population.represents / customers,
        people=people,
        links=links,
        reach=reach,
        market=market,
        plans=plans,
        tables=tables,
        moderation=Stages(
            *(moderation_of(scenario, targets) for targets in (WEEK_TARGETS, CHOICE_TARGETS, VISIT_TARGETS))
        ),
        numbers=numbers,
        outcomes=outcomes_for(0),
        notes=empty_notes(links.retailer.shape[0], customers if scenario.record.survey else 0),
        totals=empty_totals(
            weeks, len(scenario.outlets), len(scenario.retailers), scenario.population.cells, len(scenario.desks)
        ),
        warmup=scenario.market.warmup_weeks,
    )
