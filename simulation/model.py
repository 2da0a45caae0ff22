"""The simulator as a Mesa model: retailers and outlets are agents, views of the rows that the engine works on.

Customers are agents too, with traits, memory and decisions, but held as columns; `RetailModel.customer` gives one as
an object. There is one code path: `step` lives one week, `run_model` all of them, with the same bits as
`simulation.run`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np

from simulation.customer.complaint import NONE, SOLVED_LATE, SOLVED_QUICKLY
from simulation.customer.relation import ACTIVE
from simulation.parameters import DIMENSION_NAMES, STATUSES
from simulation.population import SEGMENTS
from simulation.records import (
    DESK,
    DESK_TOTALS,
    LINK_TOTALS,
    LOSSES,
    OUTCOMES,
    OUTLET,
    RETAILER,
    STEP,
    TRAITS,
    VISIT_TOTALS,
)
from simulation.scenario import Scenario
from simulation.world import World


class RowAgent(mesa.Agent):  # type: ignore[misc]
    """An agent whose numbers are one row of a record array: reading and writing them reads and writes the row."""

    model: RetailModel
    kind = ""
    columns: tuple[str, ...] = ()

    def __init__(self, model: RetailModel, row: int, name: str) -> None:
        object.__setattr__(self, "row", row)
        object.__setattr__(self, "name", name)
        super().__init__(model)

    def __getattr__(self, column: str) -> Any:
        if column in type(self).columns:
            return getattr(self.model.world.market, self.kind)[column][self.row].item()
        raise AttributeError(f"{type(self).__name__} has no {column!r}; it has {', '.join(type(self).columns)}")

    def __setattr__(self, column: str, value: Any) -> None:
        if column in type(self).columns:
            getattr(self.model.world.market, self.kind)[column][self.row] = value
        else:
            super().__setattr__(column, value)


class RetailerAgent(RowAgent):
    """A retailer: `brand`, `attraction`, ...; `outlets` are its agents."""

    kind = "retailers"
    columns = tuple(RETAILER.names or ())

    @property
    def outlets(self) -> list[OutletAgent]:
        """Its outlets."""
        return [outlet for outlet in self.model.outlets if outlet.retailer == self.row]

    @property
    def desks(self) -> list[DeskAgent]:
        """Its service desks."""
        return [desk for desk in self.model.desks if desk.retailer == self.row]

    def _links(self, name: str) -> int:
        totals = self.model.last_week
        return 0 if totals is None else int(totals.links[self.row, :, LINK_TOTALS.index(name)].sum())

    @property
    def active_customers(self) -> float:
        """Customers with an active link at the end of last week, real ones."""
        return self._links("active") * self.model.world.weight

    @property
    def acsi(self) -> float:
        """100 x mean cumulative satisfaction of its customers at the end of last week; NaN before the first."""
        customers = self._links("customers")
        return 100.0 * self._links("satisfaction") / 65536.0 / customers if customers else float("nan")

    @property
    def revenue(self) -> float:
        """Last week's revenue."""
        return sum(outlet.revenue for outlet in self.outlets)


class OutletAgent(RowAgent):
    """An outlet: `skill`, `motivation`, `load`, `fresh`, ... as they stand."""

    kind = "outlets"
    columns = tuple(OUTLET.names or ())

    def _visits(self, name: str) -> int:
        totals = self.model.last_week
        return 0 if totals is None else int(totals.visits[self.row, :, VISIT_TOTALS.index(name)].sum())

    @property
    def revenue(self) -> float:
        """Last week's revenue."""
        return self._visits("revenue_cents") / 100.0 * self.model.world.weight

    @property
    def offer(self) -> dict[str, float]:
        """What customers could read of it last week."""
        row = self.model.world.market.offers[self.row]
        return {name: row[name].item() for name in row.dtype.names}


class DeskAgent(RowAgent):
    """A service desk: `backlog`, `response` (mean hours), `resolution`, `recovery`, ... as they stand."""

    kind = "desks"
    columns = tuple(DESK.names or ())

    @property
    def complaints(self) -> float:
        """Last week's complaints, real ones."""
        totals = self.model.last_week
        count = 0 if totals is None else int(totals.desks[self.row, DESK_TOTALS.index("complaints")])
        return count * self.model.world.weight


@dataclass(frozen=True)
class Link:
    """What a customer carries for one retailer, as stored at the last visit."""

    retailer: str
    status: str
    satisfaction: float
    expectation: float
    trust: float
    experience: dict[str, float]
    loyalty: float
    visits: int
    spend: float
    complaint: str  # none, waiting, or how the last failure ended: quick, late, vain, silent


@dataclass(frozen=True)
class Customer:
    """One customer as an object: a copy of the columns at this moment."""

    id: Any
    segment: str
    traits: dict[str, float]
    habitual: float
    should: float
    links: dict[str, Link]

    @property
    def active_with(self) -> list[str]:
        """Retailers with an active link."""
        return [name for name, link in self.links.items() if link.status == STATUSES[ACTIVE]]


class RetailModel(mesa.Model):  # type: ignore[misc]
    """A scenario as a Mesa model, standing at the end of its warm-up.

    Args:
        scenario: a `Scenario`, or what `Scenario.load` takes: a built-in name or a path.
        replicate: which luck of the seed.
        seed, customers, weeks: change the scenario's.
        threads: threads that share the customers of each week.
        rng: taken as the seed, for versions of Mesa whose `batch_run` calls it so.
        edits: paths to values, as `--set` takes them.

    Raises:
        ScenarioError: the scenario or an edit is wrong.
    """

    def __init__(
        self,
        scenario: Scenario | str = "grocery",
        *,
        replicate: int = 0,
        seed: int | None = None,
        customers: int | None = None,
        weeks: int | None = None,
        threads: int = 1,
        rng: Any = None,
        edits: dict[str, Any] | None = None,
    ) -> None:
        from simulation.running import Work, warmed

        luck = seed if seed is not None else rng if isinstance(rng, int) else None
        # not `scenario`: Mesa 3.5 keeps something of its own under that name
        self.retail_scenario = _scenario(scenario, luck, customers, weeks, edits)
        super().__init__(seed=self.retail_scenario.seed)
        self.world: World = warmed(self.retail_scenario, replicate, threads, Work(1.0, None))
        self._clock = self._clock_of(threads)
        self._reviews = self._reviews_of()
        self.retailers = [RetailerAgent(self, n, r.id) for n, r in enumerate(self.retail_scenario.retailers)]
        self.outlets = [OutletAgent(self, n, o.id) for n, o in enumerate(self.retail_scenario.outlets)]
        self.desks = [DeskAgent(self, n, d.id) for n, d in enumerate(self.retail_scenario.desks)]

    def _clock_of(self, threads: int) -> Any:
        from simulation.running import _clock

        clock = _clock(self.world, threads, False)
        clock.week = self.world.warmup
        return clock

    def _reviews_of(self) -> Any:
        from simulation.reviews import Reviews

        return Reviews(self.retail_scenario, self.world)

    @property
    def reviews(self) -> list[Any]:
        """What reviews measured and bought so far (`simulation.reviews.Decision`)."""
        return list(self._reviews.held)

    @property
    def week(self) -> int:
        """Weeks lived since the warm-up."""
        return int(self._clock.week) - self.world.warmup

    @property
    def focal(self) -> RetailerAgent:
        """The retailer that the question is about."""
        return self.retailers[self.world.focal]

    @property
    def last_week(self) -> Any:
        """int64 totals of the last week lived (`simulation.records.Totals`); None before any."""
        from simulation.living import totals_of_week

        lived = self._clock.week
        return totals_of_week(self.world.totals, lived - 1) if lived > 0 else None

    def repurchase(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Customers who came again in the quarter after a failure, and all of them: since week 1, of all retailers.

        By what the failure cost ("trivial", "minor", "major") and how it ended ("quick": solved within `quick_hours`,
        "late": solved later, "vain": complained of in vain, "silent": not complained of).
        """
        counts = self.world.totals.links[self.world.warmup :].sum((0, 1, 2))
        named = {name: int(count) for name, count in zip(LINK_TOTALS, counts, strict=True)}
        ends = [(loss, end) for loss in LOSSES for end in OUTCOMES]
        return {(loss, end): (named[f"again_{loss}_{end}"], named[f"asked_{loss}_{end}"]) for loss, end in ends}

    def recovery_paradox(self) -> float:
        """Mean satisfaction after a failure solved within its week, over that of the same links before it, less 1.

        Since week 1, of all retailers; NaN when nothing was solved.
        """
        counts = self.world.totals.links[self.world.warmup :].sum((0, 1, 2))
        after, before = (counts[LINK_TOTALS.index(name)] for name in ("after_solution", "before_failure"))
        return float(after / before) - 1.0 if before else float("nan")

    def solved_this_week(self) -> Any:
        """Links whose complaint of a failure was made and solved in the last week lived, shape (slots, customers)."""
        links, last = self.world.links, int(self._clock.week) - 1
        solved = (links.complaint == SOLVED_QUICKLY) | (links.complaint == SOLVED_LATE)
        return solved & (links.complaint_due == last) & (links.last_visit == last)

    def visited_since(self, weeks: int) -> Any:
        """Links with a visit in the last `weeks` weeks lived, shape (slots, customers)."""
        links = self.world.links
        return (links.visits > 0) & (links.last_visit >= int(self._clock.week) - weeks)

    def step(self) -> None:
        """Live one week; `running` turns False at the end of the scenario."""
        self._reviews.hold(self.week + 1)
        self._clock.step()
        self.running = self.week < self.retail_scenario.weeks

    def run_model(self) -> None:
        """Live all weeks that are left."""
        while self.running:
            self.step()

    def customer(self, name: Any) -> Customer:
        """One customer as an object.

        Args:
            name: the id of a customer from a file, or the number of a drawn one.

        Raises:
            KeyError: there is no such customer.
        """
        i = self._index(name)
        world = self.world
        slots = np.nonzero(world.links.retailer[:, i] >= 0)[0]
        links = [self._link(int(slot), i) for slot in slots]
        traits = {"cell": float(world.people.cell[i])} | {name: float(world.people.trait(name)[i]) for name in TRAITS}
        return Customer(
            id=name,
            segment=SEGMENTS[int(world.people.segment[i])],
            traits=traits,
            habitual=float(world.people.habitual[i]),
            should=float(world.people.should[i]),
            links={link.retailer: link for link in links},
        )

    def _index(self, name: Any) -> int:
        people = self.retail_scenario.people
        if people is not None:
            places = np.nonzero(np.asarray(people.ids) == name)[0]
            if places.size:
                return int(places[0])
        elif isinstance(name, (int, np.integer)) and 0 <= name < self.world.people.key.size:
            return int(name)
        raise KeyError(f"there is no customer {name!r}; there are {self.world.people.key.size:,}")

    def _link(self, slot: int, i: int) -> Link:
        links, reach = self.world.links, self.world.reach
        mine = (reach.link[:, i] == slot) & (reach.outlet[:, i] >= 0)
        return Link(
            retailer=self.retail_scenario.retailers[int(links.retailer[slot, i])].id,
            status=STATUSES[int(links.status[slot, i])],
            satisfaction=float(links.satisfaction[slot, i] * STEP),
            expectation=float(links.will[slot, i]),
            trust=float(links.trust[slot, i] * STEP),
            experience={d: float(getattr(links, d)[slot, i] * STEP) for d in DIMENSION_NAMES},
            loyalty=float(reach.loyalty[mine, i].sum()),
            visits=int(links.visits[slot, i]),
            spend=int(links.spend[slot, i]) / 100.0,
            complaint=complaint_words(int(links.complaint[slot, i])),
        )


def complaint_words(code: int) -> str:
    """The column `complaint` in words."""
    return "none" if code == NONE else "waiting" if code > NONE else OUTCOMES[-code - 1]


def _scenario(
    scenario: Scenario | str, seed: int | None, customers: int | None, weeks: int | None, edits: dict[str, Any] | None
) -> Scenario:
    if isinstance(scenario, Scenario):
        options = {"seed": seed, "customers": customers, "weeks": weeks}
        return scenario.replace(edits=edits, **{name: value for name, value in options.items() if value is not None})
    return Scenario.load(scenario, edits=edits, seed=seed, customers=customers, weeks=weeks)
