"""Every column of state that changes, beside what it must become: one week lived, worked out again by hand.

The arithmetic here is that of `simulation/MODEL.md`, not the engine's boxes. Columns with a test of their own elsewhere
are listed with its name; a column without any makes a test fail.
"""

import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

from simulation import planned as planned_columns
from simulation import records
from simulation.customer.plain import customers_live_their_week as live_plainly
from simulation.customer.relation import ACTIVE, LAPSED, PROSPECT
from simulation.living import Clock
from simulation.market import queue
from simulation.records import DESK_TOTALS, LINK_TOTALS, REACH, VISIT_TOTALS
from simulation.scenario import Scenario
from simulation.world import World, world_of
from tests.conftest import ROOT
from tests.lives import TROUBLE
from tests.plainly import boxes_of

QUEUE = boxes_of(queue)
WEEKS = 9  # lived before the one that is looked at, warm-up included
BUSY = """
[[lever]]
kind = "staff_training"
hours_per_employee = 100
[[lever]]
kind = "staff_openness"
share = 1
[[lever]]
kind = "staff_change"
percent = -40
[[lever]]
kind = "upkeep_change"
change = -0.5
[[lever]]
id = "northgate_points"
kind = "loyalty_scheme"
retailer = "northgate"
spend_for_reward = 80
[[event]]
kind = "rating_crisis"
retailer = "ours"
week = 6
weeks = 1
postings = 500
"""
QUIET = {"will_per_message": 0.0, "will_per_rating": 0.0, "moving_yearly": 0.0, "leaving_monthly": -1.0}
EDITS = {
    "market.warmup_weeks": 4,
    "retailer.ours.winback": 0.8,
    "retailer.ours.last_refusal": 1.0,
    "retailer.northgate.offers": 0.5,
    "parameters.unaware_at_start": 0.2,
    "parameters.joining_weekly": 1.0,
}


@dataclass(frozen=True)
class Step:
    """A week: the state before and after it, and what the plain twin met on the way."""

    before: World
    after: World
    visits: list[Any]  # that did not end at home
    links: list[Any]
    week: int

    @property
    def numbers(self) -> Any:
        return self.after.numbers

    def at(self, name: str, visit: Any) -> float:
        """A column of the link visited, after the week."""
        column = getattr(self.after.links, name)
        return float(column[visit.slot, visit.who]) * (records.STEP if name in records.IN_STEPS else 1.0)

    def plan(self, of: str) -> Any:
        return getattr(self.after.plans, of)[self.week]

    def counted(self, totals: str, name: str, names: tuple[str, ...]) -> Any:
        """A total of the week before, by outlet, retailer or desk."""
        column = getattr(self.after.totals, totals)[self.week - 1][..., names.index(name)]
        return column.sum(-1) if column.ndim > 1 else column


@cache
def step() -> Step:
    """The week after some others, from a process whose boxes are not compiled (each by itself, that takes longer)."""
    code = "import pickle, sys; from tests import test_state as t; pickle.dump(t.lived_step(), sys.stdout.buffer)"
    plain = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    lived = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=plain, stdout=subprocess.PIPE, check=True)
    return pickle.loads(lived.stdout)  # noqa: S301


def lived_step() -> Step:
    """The same, lived by the plain twin in this process."""
    scenario = Scenario.from_toml(TROUBLE + BUSY).replace(customers=250, weeks=8, edits=EDITS)
    scenario = scenario.model_copy(update={"parameters": {**scenario.parameters, **QUIET}})
    world = world_of(scenario, 0)
    clock = Clock(world, live=live_plainly)
    for _ in range(WEEKS):
        clock.step()
    before = _copied(world)
    visits: list[Any] = []
    links: list[Any] = []
    clock.live = partial(live_plainly, trace=visits, link_trace=links)
    clock.step()
    return Step(before, world, [visit for visit in visits if visit.went > 0.0], links, WEEKS)


def _copied(world: World) -> World:
    groups = {name: type(getattr(world, name))(*(c.copy() for c in getattr(world, name))) for name in CARRIED}
    return world._replace(**groups, market=type(world.market)(*(part.copy() for part in world.market)))


CARRIED = ("people", "links", "reach")
Pairs = Iterator[tuple[float, float]]  # found, expected


# --- customers: what a visit leaves ---


def undisturbed() -> Iterator[Any]:
    """Visits of customers who made one that week and had no trouble afterwards."""
    often: dict[int, int] = {}
    for visit in step().visits:
        often[visit.who] = often.get(visit.who, 0) + 1
    quiet = (v for v in step().visits if often[v.who] == 1 and v.contact is None and v.complaint is None)
    waiting = step().before.links.complaint > 0
    yield from (visit for visit in quiet if not waiting[:, visit.who].any() and visit.answered == 0.0)


def anchor_of(visit: Any) -> float:
    """What the visit leaves of a stock: a share rho of what is remembered, nothing of what was forgotten."""
    memory = step().numbers.memory
    return float(memory.satisfaction_carryover * (1.0 - memory.forgetting_renews * (1.0 - visit.kept)))


def carried(name: str, was: Callable[[Any], float], added: Callable[[Any], float]) -> Callable[[], Pairs]:
    """CS <- rho CS + (1 - rho) M, and the like, with rho the less, the more was forgotten."""

    def pairs() -> Pairs:
        for visit in undisturbed():
            rho = anchor_of(visit)
            yield step().at(name, visit), rho * was(visit) + (1 - rho) * added(visit)

    return pairs


def stock(name: str, online: float) -> Callable[[], Pairs]:
    """The stock of the channel visited is carried; the other one only drifts."""

    def pairs() -> Pairs:
        for visit in undisturbed():
            rho = anchor_of(visit)
            own = rho * visit.own_stock + (1 - rho) * visit.experience
            yield step().at(name, visit), own if visit.online == online else visit.other_stock

    return pairs


def will() -> Pairs:
    memory = step().numbers.memory
    for v in undisturbed():
        gain = max(memory.learning_floor, 1 / (memory.learning_prior + v.visits))
        yield step().at("will", v), v.will + gain * (v.experience - v.will)


def trust() -> Pairs:
    for v in undisturbed():
        yield step().at("trust", v), v.trust + step().numbers.memory.trust_gain * (v.remembered - v.trust)


def visits() -> Pairs:
    for v in undisturbed():
        yield step().at("visits", v), v.visits + 1


def last_visit() -> Pairs:
    for v in undisturbed():
        yield step().at("last_visit", v), step().week


def spend() -> Pairs:
    for v in undisturbed():
        yield step().at("spend", v), step().before.links.spend[v.slot, v.who] + np.floor(100 * v.amount + 0.5)


def points() -> Pairs:
    """Members collect thousandths of a reward by what they pay, discounts apart, and begin again after one."""
    own = [(v.slot, v.who) for v in step().visits]
    for v in (v for v in step().visits if own.count((v.slot, v.who)) == 1):
        was = int(step().before.links.points[v.slot, v.who])
        if was > 0 and v.scheme > 0.0:
            collected = np.floor(was - 1 + 1000 * round(v.amount + v.discount, 6) / v.reward_spend)
            yield step().at("points", v), 1 + collected % 1000


def habitual() -> Pairs:
    gain = step().numbers.memory.habitual_gain
    for v in undisturbed():
        yield float(step().after.people.habitual[v.who]), v.habitual + gain * (v.remembered - v.habitual)


def should() -> Pairs:
    memory, links = step().numbers.memory, step().after.links
    for v in undisturbed():
        best = float(links.will[links.visits[:, v.who] > 0, v.who].max())
        rise = memory.should_ratchet * max(0.0, best + memory.should_margin - v.should)
        yield float(step().after.people.should[v.who]), v.should + rise


def loyalty() -> Pairs:
    alpha, reach = step().numbers.memory.habit_carryover, step().after.reach
    for v in undisturbed():
        for a in range(REACH):
            was = float(step().before.reach.loyalty[a, v.who])
            bought = alpha * was + (1 - alpha) * (a == v.best)
            yield float(reach.loyalty[a, v.who]), bought if v.bought > 0.0 else was


def frequency() -> Pairs:
    pace = step().numbers.relationships.tie_pace
    for v in undisturbed():
        was = float(step().before.links.frequency[v.slot, v.who])
        yield step().at("frequency", v), was + pace * (1 - was)


def interactions() -> Pairs:
    pace = step().numbers.relationships.tie_pace
    for v in undisturbed():
        was = float(step().before.links.interactions[v.slot, v.who])
        yield step().at("interactions", v), was + pace * (v.met_advice - was)


# --- links: status ---


def status() -> Pairs:
    """Who leaves lapses, who returns is active, who hears of a retailer is a prospect; others stay, visits apart."""
    customers = step().after.people.key.size
    slots = step().after.links.retailer.shape[0]
    seen = 0
    for n, link in enumerate(step().links):
        at = (link.slot, n // slots)
        became = LAPSED if link.left > 0 else ACTIVE if link.returned > 0 else PROSPECT if link.heard_of > 0 else None
        if became is not None:
            seen += 1
            yield float(step().after.links.status[at]), float(became)
    assert len(step().links) == customers * slots
    assert seen > 5, "too few relationships changed in this week"


def since() -> Pairs:
    before, after = step().before.links, step().after.links
    began = (before.status != ACTIVE) & (after.status == ACTIVE)
    stayed = (before.status == ACTIVE) & (after.status == ACTIVE) & (before.last_visit <= after.last_visit)
    assert began.any()
    yield from ((float(week), float(step().week)) for week in after.since[began])
    failed = {(v.slot, v.who) for v in step().visits if v.loss > 0.0}
    for slot, who in zip(*np.nonzero(stayed), strict=True):
        if (slot, who) not in failed:
            yield float(after.since[slot, who]), float(before.since[slot, who])


# --- outlets ---


def of_outlets(name: str, expected: Callable[[], Any]) -> Callable[[], Pairs]:
    def pairs() -> Pairs:
        yield from zip(step().after.market.outlets[name], expected(), strict=True)

    return pairs


def was(name: str) -> Any:
    return step().before.market.outlets[name]


def loads() -> Any:
    visits = step().counted("visits", "visits", VISIT_TOTALS) * step().after.weight
    return visits * step().plan("situations").season_ratio / step().plan("outlets").capacity


def staffing() -> tuple[Any, Any]:
    """Weekly hours of training, and cover."""
    plan, service = step().plan("outlets"), step().numbers.service
    floor = np.maximum(plan.staff * (1 - plan.training_hours / service.hours_per_year), 0.01)
    needed = was("usual_staff") * loads() / step().numbers.store.reference_load
    return plan.training_hours / 52.0, np.minimum(1.0, floor / np.maximum(needed, 1e-9))


def turnovers() -> Any:
    service = step().numbers.service
    return (
        service.turnover_yearly / 52 * (1 + service.turnover_response * (service.motivation_usual - was("motivation")))
    )


def skills() -> Any:
    service, skill = step().numbers.service, was("skill")
    lost = (service.forgetting + turnovers()) * (skill - was("newcomer"))
    return np.clip(skill + service.training_gain * staffing()[0] * (1 - skill) - lost, 0, 1)


def motivations() -> Any:
    own, plan = step().numbers.service, step().plan("outlets")
    hours, cover = staffing()
    retailer = step().after.market.retailers[was("retailer")]
    given = own.skill_weight * was("skill") + own.motivation_weight * was("motivation") + own.cover_weight * cover
    usual_gap = np.maximum(0, retailer.given_brand - was("given_service"))
    broken = own.promise_response * np.maximum(0, retailer.brand - given - usual_gap)
    shock = own.openness_shock * np.maximum(0, plan.openness - was("openness"))
    target = own.motivation_usual - own.overload_response * (1 - cover) + own.support_response * hours
    target = np.clip(target + own.openness_gain * was("openness") - shock - broken, 0, 1)
    return was("motivation") + own.motivation_pace * (target - was("motivation"))


def opennesses() -> Any:
    return was("openness") + step().numbers.service.openness_pace * (step().plan("outlets").openness - was("openness"))


def looks() -> Any:
    return was("fresh") * (1 - step().numbers.store.atmosphere_wear * (1 - step().plan("outlets").upkeep))


def visited() -> Any:
    return step().counted("visits", "visits", VISIT_TOTALS) * step().after.weight


# --- retailers ---


def brands() -> Any:
    """Towards a mean of satisfaction, ratings and advertising, as they stood."""
    word, retailers = step().numbers.word, step().after.market.retailers
    mean = (
        step().counted("links", "satisfaction", LINK_TOTALS) / 65536 / step().counted("links", "customers", LINK_TOTALS)
    )
    heard = step().before.market.retailers.awareness
    advertising = heard / (heard + word.advertising_half)
    stars = (retailers.rating - 1) / 4
    own = 1 - word.reputation_ratings - word.reputation_advertising
    target = own * mean + word.reputation_ratings * stars + word.reputation_advertising * advertising
    brand = step().before.market.retailers.brand
    return brand + step().numbers.store.brand_pace * (target - brand)


def of_retailers(name: str, expected: Callable[[], Any]) -> Callable[[], Pairs]:
    def pairs() -> Pairs:
        yield from zip(step().after.market.retailers[name], expected(), strict=True)

    return pairs


def planned(name: str) -> Callable[[], Pairs]:
    return of_retailers(name, lambda: step().plan("retailers")[name])


def reached() -> Any:
    plan, fatigue = step().plan("retailers"), step().numbers.learning.survey_fatigue
    return plan.asked * plan.response * (1.0 - fatigue * plan.asked) + plan.called


def public_blame() -> Any:
    plan = step().plan("retailers")
    return 1.0 - plan.replied * plan.calmed


# --- desks ---


def of_desks(name: str, expected: Callable[[], Any]) -> Callable[[], Pairs]:
    def pairs() -> Pairs:
        yield from zip(step().after.market.desks[name], expected(), strict=True)

    return pairs


def planned_at_desks(name: str) -> Callable[[], Pairs]:
    return of_desks(name, lambda: step().plan("desks")[name])


def desk() -> Any:
    return step().after.market.desks


def arrivals() -> Any:
    met = step().counted("desks", "contacts", DESK_TOTALS) * step().after.weight
    stood = step().before.market.desks.contacts
    return stood + step().numbers.desk.load_pace * (met - stood)


def hours_of_staff() -> Any:
    return np.where(desk().self_service > 0, desk().open_hours, step().numbers.service.hours_per_year / 52)


def desk_plan() -> Any:
    return step().plan("desks")


def capacities() -> Any:
    return desk_plan().staff * hours_of_staff() * 60 / desk_plan().minutes


def backlogs() -> Any:
    last = step().before.market.desks
    over = np.maximum(0, last.backlog + arrivals() - last.capacity)
    return np.minimum(over, last.patience * last.capacity)


def strains() -> Any:
    own = step().numbers.desk
    return np.clip((arrivals() + backlogs()) / capacities() - own.comfortable_use, 0, own.strain_cap)


def responses() -> Any:
    use = np.minimum(0.98, arrivals() / capacities())
    servers = np.maximum(1, desk_plan().staff * hours_of_staff() / desk().open_hours)
    waits = np.array([QUEUE.waiting_in_services(float(u), float(c)) for u, c in zip(use, servers, strict=True)])
    return desk_plan().lag + (1 + waits) * desk_plan().minutes / 60 + 168 * backlogs() / capacities()


def solved(given: str) -> Callable[[], Any]:
    return lambda: desk_plan()[given] * np.maximum(0, 1 - step().numbers.desk.strain_response * strains())


# --- what a retailer knows of its quarter ---


def counted(name: str) -> Callable[[], Pairs]:
    """Last week's, real ones, on top of the quarter so far."""

    def pairs() -> Pairs:
        world, owner = step().after, step().after.market.outlets.retailer
        last = step().counted("visits", name, VISIT_TOTALS) * world.weight
        added = np.bincount(owner, weights=last, minlength=world.market.learning.size)
        yield from zip(world.market.learning[name], step().before.market.learning[name] + added, strict=True)

    return pairs


def weeks_of_quarter() -> Pairs:
    learning = step().after.market.learning
    yield from zip(learning.weeks, step().before.market.learning.weeks + 1, strict=True)


def touchpoints(name: str, totals: tuple[str, ...], unit: float) -> Callable[[], Pairs]:
    def pairs() -> Pairs:
        world, owner = step().after, step().after.market.outlets.retailer
        for t, total in enumerate(totals):
            last = step().counted("visits", total, VISIT_TOTALS) * world.weight / unit
            added = np.bincount(owner, weights=last, minlength=world.market.learning.size)
            stood = step().before.market.learning[name][:, t]
            yield from zip(world.market.learning[name][:, t], stood + added, strict=True)

    return pairs


def pool(name: str, place: int) -> Callable[[], Pairs]:
    """Tellings of last week as messages a resident may hear, most of them from neighbours."""

    def pairs() -> Pairs:
        world, word = step().after, step().numbers.word
        told = world.totals.word[step().week - 1, :, :, place]
        people = world.market.residents
        near = np.divide(told, people[:, None], out=np.zeros(told.shape), where=people[:, None] > 0)
        kept = step().before.market.retailers.public_blame if name == "blame" else 1.0
        town = kept * told.sum(0) / people.sum()
        rates = word.listeners * ((1 - word.town_share) * near + word.town_share * town)
        lived_in = np.repeat(people > 0, told.shape[1])
        found = world.market.word[name]
        yield from zip(found[lived_in], rates.ravel()[lived_in], strict=True)

    return pairs


AT = tuple(f"at_{name}" for name in ("discover", "browse", "advice", "checkout", "aftercare"))
MET = ("visits", "visits", "met_advice", "baskets", "met_aftercare")
DIMENSIONS = ("cognitive", "affective", "social", "physical")
EXPECTED: dict[str, Callable[[], Pairs]] = {
    "people.habitual": habitual,
    "people.should": should,
    "links.status": status,
    "links.satisfaction": carried("satisfaction", lambda v: v.satisfaction, lambda v: v.remembered),
    "links.will": will,
    "links.trust": trust,
    **{
        f"links.{name}": carried(name, lambda v, d=d: v.past[d], lambda v, d=d: v.dimension[d])
        for d, name in enumerate(DIMENSIONS)
    },
    "links.store_stock": stock("store_stock", 0.0),
    "links.digital_stock": stock("digital_stock", 1.0),
    "links.visits": visits,
    "links.last_visit": last_visit,
    "links.since": since,
    "links.spend": spend,
    "links.points": points,
    "links.interactions": interactions,
    "links.frequency": frequency,
    "reach.loyalty": loyalty,
    "outlets.visits": of_outlets("visits", visited),
    "outlets.load": of_outlets("load", loads),
    "outlets.turnover": of_outlets("turnover", turnovers),
    "outlets.skill": of_outlets("skill", skills),
    "outlets.motivation": of_outlets("motivation", motivations),
    "outlets.openness": of_outlets("openness", opennesses),
    "outlets.fresh": of_outlets("fresh", looks),
    "retailers.brand": of_retailers("brand", brands),
    "retailers.reached": of_retailers("reached", reached),
    "retailers.public_blame": of_retailers("public_blame", public_blame),
    **{f"retailers.{name}": planned(name) for name in planned_columns.PLANNED_OF_RETAILERS},
    **{f"retailers.{name}": planned(name) for name in planned_columns.PERSONAL},
    "desks.contacts": of_desks("contacts", arrivals),
    "desks.capacity": of_desks("capacity", capacities),
    "desks.backlog": of_desks("backlog", backlogs),
    "desks.strain": of_desks("strain", strains),
    "desks.response": of_desks("response", responses),
    "desks.resolution": of_desks("resolution", solved("resolution")),
    "desks.recovery": of_desks("recovery", solved("recovery")),
    **{f"desks.{name}": planned_at_desks(name) for name in ("at_once", "encouraged", "tried", "answers")},
    "learning.weeks": weeks_of_quarter,
    **{f"learning.{name}": counted(name) for name in ("visits", "failures", "stock_outs", "complaints")},
    "learning.felt": touchpoints("felt", AT, 65536.0),
    "learning.met": touchpoints("met", MET, 1.0),
    "word.praise": pool("praise", 0),
    "word.blame": pool("blame", 1),
}
ELSEWHERE = {
    "people.pace": "test_the_engine_leaves_returns_and_wanders_as_the_chain_does",
    "links.retailer": "test_a_new_outlet_takes_a_place_and_a_link_that_does_not_know_it_yet",
    "links.complaint": "test_a_slow_desks_complaint_waits_until_its_week_and_is_then_answered",
    "links.complaint_due": "test_a_slow_desks_complaint_waits_until_its_week_and_is_then_answered",
    "links.complaint_loss": "test_what_is_lost_is_the_failure_or_the_shortfall",
    "links.heard": "test_what_is_heard_is_last_weeks_fading_and_this_weeks_messages",
    "links.type": "test_who_has_left_has_no_type",
    "links.type_since": "test_a_type_is_kept_for_its_least_time",
    "reach.outlet": "test_a_new_outlet_takes_a_place_and_a_link_that_does_not_know_it_yet",
    "reach.link": "test_a_new_outlet_takes_a_place_and_a_link_that_does_not_know_it_yet",
    "retailers.rating": "test_the_posted_mean_is_what_was_posted",
    "retailers.postings": "test_the_posted_mean_is_what_was_posted",
    "learning.gain": "test_the_worst_touchpoint_improves_and_customers_meet_it",
    "learning.fewer_failures": "test_who_hears_and_acts_prevents_failures_where_failures_hurt_most",
    "learning.fewer_stock_outs": "test_fewer_failures_and_stock_outs_are_met_where_they_were_learned_away",
}
NEVER = {
    "people": ("key", "cell", "segment", "need_rate", "log_basket", "first_week", "traits"),
    "reach": ("taste",),
    "outlets": (
        *("number", "retailer", "online", "attraction", "hedonic", "location", "base_price", "usual_staff", "newcomer"),
        *("given_service", "given_price", "price_offset"),
    ),
    "retailers": ("number", "attraction", "integration", "margin", "given_brand"),
    "desks": ("number", "retailer", "self_service", "digital", "ease", "patience", "open_hours"),
}


@pytest.mark.parametrize("column", EXPECTED)
def test_a_column_becomes_what_the_model_says(column: str):
    pairs = list(EXPECTED[column]())
    assert len(pairs) > 5, "too little happened in this week to tell"
    found, expected = np.array(pairs, float).T
    kept_in_steps = column.partition(".")[2] in records.IN_STEPS
    assert found == pytest.approx(expected, rel=2e-6, abs=0.51 * records.STEP if kept_in_steps else 2e-6)


def columns() -> Iterator[str]:
    """Every column of state."""
    for group, form in (("people", records.People), ("links", records.Links), ("reach", records.Reach)):
        yield from (f"{group}.{name}" for name in form._fields)
    forms = {"outlets": "OUTLET", "retailers": "RETAILER", "desks": "DESK", "learning": "LEARNING", "word": "POOL"}
    for group, form in forms.items():
        yield from (f"{group}.{name}" for name in getattr(records, form).names)


def test_every_column_of_state_has_a_test_of_its_update_or_never_changes():
    fixed = {f"{group}.{name}" for group, names in NEVER.items() for name in names}
    assert sorted(columns()) == sorted({*EXPECTED, *ELSEWHERE, *fixed})


@pytest.mark.parametrize("group", NEVER)
def test_what_never_changes_has_not_changed(group: str):
    before, after = (
        getattr(world, group) if group in CARRIED else getattr(world.market, group)
        for world in (step().before, step().after)
    )
    for name in NEVER[group]:
        was, now = (getattr(records_of, name) for records_of in (before, after))
        assert np.array_equal(was, now), name


def test_a_new_outlet_takes_a_place_and_a_link_that_does_not_know_it_yet():
    edits = {"market.warmup_weeks": 2, "event.entry.week": 3}
    scenario = Scenario.load("rival_enters", customers=300, weeks=4, edits=edits)
    world = world_of(scenario, 0)
    clock = Clock(world)
    for _ in range(4):
        clock.step()
    held = world.reach.outlet.copy()
    clock.step()
    new = (world.reach.outlet != held) & (world.reach.outlet >= 0)
    place, who = np.nonzero(new)
    assert who.size > 10
    slot = world.reach.link[place, who]
    entrant = world.market.outlets.retailer[world.reach.outlet[place, who]]
    assert (world.links.retailer[slot, who] == entrant).all()
    assert (world.links.visits[slot, who] == 0).all()


def test_tests_named_elsewhere_exist():
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    assert set(ELSEWHERE.values()) <= set(re.findall(r"^def (test_\w+)\(", text, re.MULTILINE))
