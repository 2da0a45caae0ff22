"""One seed of a market, and the worlds that its facts need, each lived when first asked for."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from analysis.facts import answers, past, satisfaction, service, word
from analysis.facts.cohort import Cohort
from analysis.facts.purchases import YEAR, Purchases
from analysis.facts.recovery import Recovery
from simulation import Scenario, compare
from simulation.results import CompareResults, RunResults, Table

PERCENT_DEARER = 5.0
PERCENT_LOUDER = 50.0  # more advertising
LOUDER_WEEKS = 2 * YEAR  # goodwill takes most of a year
SERVICE_BETTER = 0.1  # of the scale
SERVICE_CUSTOMERS = 30_000  # failures that hurt are one visit in two hundred
PAST_CUSTOMERS = 1_500  # twins with the same luck need no more
SHORT = """
name = {name}
based_on = {market}
seed = {seed}
weeks = {weeks}
replicates = 1
[population]
customers = {customers}
"""
RECORD = """
[record]
transactions = "all"
survey = {{ every = {weeks}, sample = 1.0 }}
margins = "all"
"""
DEARER = """
[[lever]]
id = {id}
kind = "price_change"
retailer = {retailer}
start_week = 1
percent = {percent}
"""
BETTER = """
[[lever]]
id = {id}
kind = "level_change"
outlet = {outlet}
determinant = {determinant}
change = {change}
start_week = 1
"""
LOUDER = """
[[lever]]
kind = "advertising"
retailer = {retailer}
start_week = 1
percent = {percent}
"""


def asked(market: Scenario, name: str, text: str, size: Mapping[str, int], edits: Mapping[str, Any] | None) -> Scenario:
    """A question about a market that was loaded from a file: what the file says, with `text` and `edits`, lived once.

    Args:
        market: as its file has it.
        name: of the question.
        text: TOML that is added to the file's.
        size: seed, weeks and customers.
        edits: numbers to change, path to value.
    """
    file = market.path
    if file is None:
        raise ValueError("a market without a file cannot be built on")
    head = SHORT.format(name=json.dumps(name), market=json.dumps(file.name), **size)
    made = Scenario.from_toml(head + text, file=f"{name}.toml", folder=file.parent)
    return made.replace(edits=edits) if edits else made


def _level(outlet: str, determinant: str, change: float) -> str:
    """A lever that makes an outlet better from week 1 on."""
    names = {"id": f"{outlet}_{determinant}", "outlet": outlet, "determinant": determinant}
    return BETTER.format(**{key: json.dumps(name) for key, name in names.items()}, change=change)


@dataclass(frozen=True, eq=False)
class Observed:
    """One seed of a market, and the worlds that its facts need, each lived when first asked for."""

    subject: Scenario  # the market as its file has it
    scenario: Scenario  # every retailer dearer from week 1 on; its baseline is the market as it stands
    threads: int | None = None
    edits: Mapping[str, Any] | None = None

    @classmethod
    def of(
        cls,
        market: str,
        seed: int,
        customers: int,
        weeks: int = YEAR,
        threads: int | None = None,
        edits: Mapping[str, Any] | None = None,
    ) -> Observed:
        """A market, by name or path, in one replicate with everybody's purchases recorded; `edits` change its numbers.

        Raises:
            ScenarioError: there is no such market, or something is wrong with it.
        """
        subject = Scenario.load(market, edits=edits)
        levers = "".join(
            DEARER.format(
                id=json.dumps(f"{retailer.id}_dearer"), retailer=json.dumps(retailer.id), percent=PERCENT_DEARER
            )
            for retailer in subject.retailers
        )
        size = {"seed": seed, "weeks": weeks, "customers": customers}
        dearer = asked(subject, "dearer", RECORD.format(weeks=weeks) + levers, size, edits)
        return cls(subject, dearer, threads, edits)

    @cached_property
    def market(self) -> Scenario:
        """The market as it stands."""
        return self.scenario.needed_baseline()

    @cached_property
    def worlds(self) -> CompareResults:
        """Both, with the same people, luck and warm-up."""
        return compare([self.scenario], threads=self.threads)

    @property
    def base(self) -> RunResults:
        """What the market as it stands gave."""
        return self.worlds.worlds[self.worlds.scenarios[0][1].name]

    @property
    def dearer(self) -> RunResults:
        """What the dearer market gave."""
        return self.worlds.worlds[self.worlds.scenarios[0][0].name]

    @cached_property
    def purchases(self) -> Purchases:
        """Everybody's purchases."""
        return Purchases.of(self.base)

    @cached_property
    def cohort(self) -> Cohort:
        """Purchase days of newly acquired customers."""
        return Cohort.simulated(self.base)

    @cached_property
    def stock(self) -> satisfaction.Array:
        """Satisfaction of a year's buyers."""
        return satisfaction.stock_of_buyers(self.base, self.purchases)

    @cached_property
    def survey(self) -> Table:
        """Answers of everybody at the end of the year, about every retailer whose customer they are."""
        return answers.answers_of(self.base)

    @cached_property
    def spend(self) -> satisfaction.Array:
        """Money of a year by customer and retailer."""
        return self.purchases.until(YEAR).spend

    @cached_property
    def courses(self) -> tuple[past.Course, past.Course]:
        """With and without the arrow from past experience."""
        few = self.market.replace(customers=min(PAST_CUSTOMERS, self.market.population.customers))
        return past.course_of(few), past.course_of(past.without_past(few))

    @cached_property
    def served(self) -> service.Service | None:
        """How failures and complaints end; None where there are no service desks."""
        return service.Service.of(self.market.replace(customers=SERVICE_CUSTOMERS))

    def of_service(self, statistic: Callable[[service.Service], float]) -> float:
        """A statistic of failures and complaints; NaN where there are no service desks."""
        return math.nan if self.served is None else statistic(self.served)

    @cached_property
    def better_service(self) -> CompareResults:
        """The market with and without better service in every outlet of the focal retailer."""
        ours = [outlet.id for outlet in self.market.outlets if outlet.retailer == self.focal_id]
        return self._compared("better_service", [_level(outlet, "service", SERVICE_BETTER) for outlet in ours])

    @property
    def online(self) -> satisfaction.Array:
        """Of each outlet, whether it is a digital channel."""
        return np.array([outlet.channel == "online" for outlet in self.market.outlets])

    @cached_property
    def focal_stores(self) -> list[str]:
        """Stores of the focal retailer."""
        outlets = self.market.outlets
        return [o.id for o in outlets if o.retailer == self.focal_id and o.cell is not None]

    @cached_property
    def better_atmosphere(self) -> CompareResults:
        """The market with and without a better atmosphere in the focal retailer's stores, by an answered sd."""
        change = answers.spread_of_answers(self.survey["atmosphere"])
        levers = [_level(store, "atmosphere", change) for store in self.focal_stores]
        return self._compared("better_atmosphere", levers)

    @cached_property
    def more_advertising(self) -> CompareResults:
        """Two years of the market with and without more advertising by the focal retailer."""
        text = LOUDER.format(retailer=json.dumps(self.focal_id), percent=PERCENT_LOUDER)
        scenario = asked(self.subject, "more_advertising", text, {**self._size, "weeks": LOUDER_WEEKS}, self.edits)
        return compare([scenario], threads=self.threads)

    def _compared(self, name: str, levers: Sequence[str]) -> CompareResults:
        scenario = asked(self.subject, name, "".join(levers), self._size, self.edits)
        return compare([scenario], threads=self.threads)

    @property
    def _size(self) -> Mapping[str, int]:
        market = self.market
        return {"seed": market.seed, "weeks": market.weeks, "customers": market.population.customers}

    @property
    def with_unknown(self) -> Scenario:
        """The market that a good retailer enters which nobody knows."""
        size = {**self._size, "weeks": word.SPREAD_WEEKS}
        entrant = word.unknown_retailer(self.market.population.cells // 2)
        return asked(self.subject, "unknown_retailer", entrant, size, self.edits)

    @cached_property
    def recovered(self) -> Recovery | None:
        """What solved failures do to the same people; None where there are no service desks."""
        return Recovery.of(self.market.replace(customers=SERVICE_CUSTOMERS))

    def of_recovery(self, statistic: Callable[[Recovery], float]) -> float:
        """A statistic of solved failures; NaN where there are no service desks."""
        return math.nan if self.recovered is None else statistic(self.recovered)

    @cached_property
    def spread(self) -> word.Spread:
        """How an unknown retailer becomes known."""
        return word.spread_of(self.with_unknown)

    @property
    def focal(self) -> int:
        """The number of the focal retailer."""
        return [retailer.focal for retailer in self.market.retailers].index(True)

    @property
    def focal_id(self) -> str:
        """Its name."""
        return self.market.retailers[self.focal].id
