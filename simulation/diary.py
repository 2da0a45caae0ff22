"""Looks on while the plain twin lives, and writes down what it saw as a `Life`: it decides and changes nothing.

What a visit's values do not hold as such (how far each determinant moved a dimension) is asked of the model's own
boxes, never computed by a formula of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulation.customer.experience import blended, mean_of_determinants, mean_of_met, mood, present, weighed
from simulation.customer.lane import LENIENCY
from simulation.customer.memory import drifted, from_steps, usual_level
from simulation.customer.plain import Values
from simulation.diary_relations import complaint_of, contact_of, needs_of, relations_of
from simulation.life import Alternative, Failure, Occasion, Stocks, Touchpoint, Visit, Week
from simulation.parameters import DETERMINANT_NAMES, DIMENSION_NAMES, RELATIONSHIPS, STATUSES, TOUCHPOINT_NAMES
from simulation.records import DETERMINANTS, REACH, TOUCHPOINTS
from simulation.scenario import Scenario
from simulation.schedule import calendar_week
from simulation.world import World

SEVERITIES = ("trivial", "minor", "major")
DISUTILITIES = ("price", "distance")  # terms that `utility` subtracts
ONLY = 0  # a replayed world has one customer
NOTHING = 0.0


def stocks_of(world: World, scenario: Scenario, week: int) -> dict[str, Stocks]:
    """What the customer carries of each retailer known, drifted to an engine week."""
    links = world.links
    slots = [slot for slot in range(links.retailer.shape[0]) if links.retailer[slot, ONLY] >= 0]
    return {
        scenario.retailers[int(links.retailer[slot, ONLY])].id: _stocks(world, scenario, slot, week) for slot in slots
    }


def _stocks(world: World, scenario: Scenario, slot: int, week: int) -> Stocks:
    links, people, at = world.links, world.people, (slot, ONLY)
    kept = float(world.tables.kept[week - int(links.last_visit[at])])
    habitual = float(people.habitual[ONLY])
    usual = usual_level(world.numbers.store.ordinary_level, float(people.trait("leniency")[ONLY]))
    mine = (world.reach.link[:, ONLY] == slot) & (world.reach.outlet[:, ONLY] >= 0)
    return Stocks(
        status=STATUSES[int(links.status[at])],
        relationship=RELATIONSHIPS[int(links.type[at])],
        satisfaction=drifted(from_steps(links.satisfaction[at]), habitual, kept),
        expectation=float(links.will[at]),
        trust=drifted(from_steps(links.trust[at]), habitual, kept),
        experience={d: drifted(from_steps(getattr(links, d)[at]), usual, kept) for d in DIMENSION_NAMES},
        loyalty=float(world.reach.loyalty[mine, ONLY].astype(float).sum()),
        visits=int(links.visits[at]),
        spend=int(links.spend[at]) / 100.0,
    )


@dataclass
class Diary:
    """One customer's weeks in one world; the plain twin appends every occasion."""

    world: World
    scenario: Scenario
    weeks: list[Week] = field(default_factory=list)
    _occasions: list[Occasion] = field(default_factory=list)
    _now: int = 0
    _before: dict[str, Stocks] = field(default_factory=dict)
    _complained: dict[str, int] = field(default_factory=dict)
    links: list[Values] = field(default_factory=list)  # the plain twin appends what the week did to each

    def week_begins(self, week: int) -> None:
        """An engine week is about to be lived."""
        self._now, self._occasions = week, []
        self.links.clear()
        self._before = stocks_of(self.world, self.scenario, week)

    def append(self, visit: Values, /) -> None:
        """An occasion is over, and remembered."""
        after = stocks_of(self.world, self.scenario, self._now)
        alternatives = tuple(_alternatives(visit, self.scenario))
        went = _visit(visit, self.world, self.scenario, self._before, after) if visit.went > NOTHING else None
        self._occasions.append(Occasion(int(visit.occasion), alternatives, went, _refused(visit, self.scenario)))
        if went is not None and went.complains:
            self._complained[went.retailer] = calendar_week(self._now, self.world.warmup)
        self._before = after

    def week_ends(self) -> None:
        """The week is over: relationships have changed."""
        people = self.world.people
        self.weeks.append(
            Week(
                week=calendar_week(self._now, self.world.warmup),
                occasions=tuple(self._occasions),
                stocks=stocks_of(self.world, self.scenario, self._now),
                habitual=float(people.habitual[ONLY]),
                should=float(people.should[ONLY]),
                relations=relations_of(self.links, self.world, self.scenario, self._complained),
            )
        )


def _alternatives(visit: Values, scenario: Scenario) -> list[Alternative]:
    """Staying at home and every outlet that could be chosen, with logit probabilities: utilities without luck."""
    places = [a for a in range(REACH) if visit.a_may[a] * visit.a_counts[a] > NOTHING]
    utilities = [visit.home_value, *(visit.a_value[a] for a in places)]
    best = max(utilities)
    weights = [math.exp(utility - best) for utility in utilities]
    shares = [weight / sum(weights) for weight in weights]
    home = Alternative(
        "", "", {"home": visit.home_value}, utilities[0], visit.home_utility - utilities[0], shares[0], visit.best < 0
    )
    return [home, *(_outlet(visit, scenario, a, share) for a, share in zip(places, shares[1:], strict=True))]


def _outlet(visit: Values, scenario: Scenario, a: int, share: float) -> Alternative:
    outlet = scenario.outlets[visit.a_outlet[a]]
    signed = {name: 0.0 - term if name in DISUTILITIES else 0.0 + term for name, term in visit.a_terms[a].items()}
    value = visit.a_value[a]
    return Alternative(outlet.id, outlet.retailer, signed, value, visit.a_utility[a] - value, share, a == visit.best)


def _visit(
    visit: Values, world: World, scenario: Scenario, before: Mapping[str, Stocks], after: Mapping[str, Stocks]
) -> Visit:
    outlet = scenario.outlets[visit.outlet]
    lost = _lost(visit)
    return Visit(
        outlet=outlet.id,
        retailer=outlet.retailer,
        levels=dict(zip(DETERMINANT_NAMES, visit.level, strict=True)),
        importance=dict(zip(DETERMINANT_NAMES, visit.weight, strict=True)),
        contributions=contributions(visit, world, lost),
        dimension_weights=dict(zip(DIMENSION_NAMES, visit.omega, strict=True)),
        touchpoints=tuple(_touchpoints(visit, lost)),
        failure=_failure(visit, lost),
        out_of_stock=visit.out_of_stock > NOTHING,
        wait_minutes=visit.wait,
        experience=visit.experience,
        dimensions=dict(zip(DIMENSION_NAMES, visit.dimension, strict=True)),
        will=visit.expected,
        should=visit.should,
        perceived=visit.perceived,
        gap=visit.gap,
        encounter=visit.encounter,
        peak=visit.peak,
        end=visit.end,
        remembered=visit.remembered,
        chance_to_buy=visit.buy_chance,
        bought=visit.bought > NOTHING,
        amount=visit.amount,
        before=before[outlet.retailer],
        after=after[outlet.retailer],
        needs=needs_of(visit, world),
        offer=visit.offer > NOTHING,
        discount=visit.discount,
        contact=contact_of(visit, scenario),
        complaint=complaint_of(visit, scenario),
        chance_to_end=visit.end_chance,
        told=("well" if visit.well > NOTHING else "badly") if visit.told > NOTHING else "",
        stars=int(visit.stars) if visit.posted > NOTHING else 0,
        reward=min(visit.rewards * visit.reward_value, visit.discount),
    )


def _refused(visit: Values, scenario: Scenario) -> str:
    """The outlet whose personal offer a tied retailer answered with the same one, the last refusal; or ""."""
    return scenario.outlets[visit.a_outlet[visit.first_choice]].id if visit.answered > NOTHING else ""


def _lost(visit: Values) -> list[float]:
    """What a failure cost at each touchpoint: the mood that would have been, less the mood that was."""
    undisturbed = (mood(visit.source[LENIENCY], visit.fit, visit.visit_luck, luck) for luck in visit.luck)
    return [was - now for was, now in zip(undisturbed, visit.mood, strict=True)]


def _met(visit: Values) -> list[int]:
    return [t for t in range(TOUCHPOINTS) if visit.met[t] > NOTHING]


def _touchpoints(visit: Values, lost: list[float]) -> list[Touchpoint]:
    return [
        Touchpoint(
            TOUCHPOINT_NAMES[t], visit.felt[t], dict(zip(DIMENSION_NAMES, visit.delivered[t], strict=True)), lost[t]
        )
        for t in _met(visit)
    ]


def _failure(visit: Values, lost: list[float]) -> Failure | None:
    if visit.loss <= NOTHING:
        return None
    place = max(_met(visit), key=lost.__getitem__)
    return Failure(SEVERITIES[int(visit.degree)], TOUCHPOINT_NAMES[place], visit.loss)


def contributions(visit: Values, world: World, lost: list[float]) -> dict[str, dict[str, float]]:
    """How far each source moved each dimension of a visit from an ordinary level, by dimension and source."""
    past_weight = world.numbers.experience.past_weight
    ordinary = world.numbers.store.ordinary_level
    alike = _mood_parts(visit, lost, past_weight)
    return {
        name: {
            **_determinant_parts(visit, world, d, ordinary, past_weight),
            "past": blended(0.0, past_weight, visit.past[d] - ordinary),
            **alike,
        }
        for d, name in enumerate(DIMENSION_NAMES)
    }


def _determinant_parts(visit: Values, world: World, d: int, ordinary: float, past_weight: float) -> dict[str, float]:
    """Weight x (level - ordinary) of each determinant: a dimension is linear in the levels."""
    met, parts = _met(visit), dict.fromkeys(DETERMINANT_NAMES, 0.0)
    for t in met:
        weights = [present(visit.pull[d][k], float(world.tables.presence[t, k])) for k in range(DETERMINANTS)]
        for name, weight, level in zip(DETERMINANT_NAMES, weights, visit.level, strict=True):
            parts[name] += mean_of_determinants(weighed(0.0, weight, level - ordinary), sum(weights))
    return {name: blended(mean_of_met(part, float(len(met))), past_weight, 0.0) for name, part in parts.items()}


def _mood_parts(visit: Values, lost: list[float], past_weight: float) -> dict[str, float]:
    """What moves all dimensions alike: who the customer is, how the retailer suits them, luck, and a failure."""
    met = _met(visit)
    luck = visit.visit_luck + mean_of_met(sum(visit.luck[t] for t in met), float(len(met)))
    failed = -mean_of_met(sum(lost[t] for t in met), float(len(met))) if visit.loss > NOTHING else 0.0
    parts = {"leniency": visit.source[LENIENCY], "fit": visit.fit, "luck": luck, "failure": failed}
    return {name: blended(value, past_weight, 0.0) for name, value in parts.items()}
