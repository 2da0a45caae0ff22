"""The card: every fact that has been looked at, beside its band."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from analysis.facts import answers, judgement, market, past, purchases, satisfaction, service, word
from analysis.facts.cohort import Cohort
from analysis.facts.purchases import MONTH, QUARTER, YEAR, Purchases
from analysis.facts.recovery import Recovery
from simulation import Scenario, compare
from simulation.results import CompareResults, RunResults, Table

PERCENT_DEARER = 5.0
SEEDS = (1, 2, 3)
CUSTOMERS = 4_000
SERVICE_CUSTOMERS = 30_000  # failures that hurt are one visit in two hundred
HISTORY = 78  # weeks of a cohort
PAST_CUSTOMERS = 1_500  # twins with the same luck need no more
HEAD = """
name = "dearer"
based_on = {market}
seed = {seed}
weeks = {weeks}
replicates = 1
[population]
customers = {customers}
[record]
transactions = "all"
survey = {{ every = {weeks}, sample = 1.0 }}
margins = "all"
"""
LEVER = """
[[lever]]
id = {id}
kind = "price_change"
retailer = {retailer}
start_week = 1
percent = {percent}
"""


@dataclass(frozen=True)
class Fact:
    """A regularity of real markets and the band in which a market must lie. An open end of the band is infinite."""

    id: str
    fact: str
    statistic: str
    low: float
    high: float
    kind: str  # hard, firm or soft
    use: str  # calibrate, validate or verify
    seeds: str  # which value over seeds is judged: mean, median or lowest
    markets: str  # "all" markets of rivals, the trades whose fact it is, or "cohort": newly acquired customers
    source: str


@dataclass(frozen=True)
class Finding:
    """A fact as a market shows it: the value judged, the lowest and the highest over seeds, and the verdict."""

    id: str
    fact: str
    statistic: str
    value: float
    low: float
    high: float
    band: tuple[float, float]
    kind: str
    use: str
    verdict: str  # holds, fails, or not applicable
    source: str

    def __str__(self) -> str:
        low, high = self.band
        band = f"{'' if math.isinf(low) else f'{low:g}'} .. {'' if math.isinf(high) else f'{high:g}'}"
        seen = f"{self.value:9.4f} [{self.low:.4f}, {self.high:.4f}]"
        return f"{self.id:>4} {self.verdict:<6} {seen:<28} {band:>14}  {self.kind} {self.use:<9} {self.statistic}"


@cache
def facts() -> tuple[Fact, ...]:
    """The table of facts."""
    with (Path(__file__).parent / "facts.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Fact(**{**row, "low": float(row["low"] or -math.inf), "high": float(row["high"] or math.inf)})  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        )


@dataclass(frozen=True, eq=False)
class Observed:
    """One seed of a market, and the worlds that its facts need, each lived when first asked for."""

    scenario: Scenario  # every retailer dearer from week 1 on; its baseline is the market as it stands

    @classmethod
    def of(cls, market: str, seed: int, customers: int, weeks: int = YEAR) -> Observed:
        """A market, by name or path, in one replicate with everybody's purchases recorded."""
        levers = "".join(
            LEVER.format(
                id=json.dumps(f"{retailer.id}_dearer"), retailer=json.dumps(retailer.id), percent=PERCENT_DEARER
            )
            for retailer in Scenario.load(market).retailers
        )
        head = HEAD.format(market=json.dumps(market), seed=seed, customers=customers, weeks=weeks)
        return cls(Scenario.from_toml(head + levers, file="dearer.toml"))

    @cached_property
    def market(self) -> Scenario:
        """The market as it stands."""
        return self.scenario.needed_baseline()

    @cached_property
    def worlds(self) -> CompareResults:
        """Both, with the same people, luck and warm-up."""
        return compare([self.scenario])

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
    def recovered(self) -> Recovery | None:
        """What solved failures do to the same people; None where there are no service desks."""
        return Recovery.of(self.market.replace(customers=SERVICE_CUSTOMERS))

    def of_recovery(self, statistic: Callable[[Recovery], float]) -> float:
        """A statistic of solved failures; NaN where there are no service desks."""
        return math.nan if self.recovered is None else statistic(self.recovered)

    @cached_property
    def spread(self) -> word.Spread:
        """How an unknown retailer becomes known."""
        return word.spread_of(word.unknown_retailer(self.market.seed, self.market.population.customers))

    @property
    def focal(self) -> int:
        """The number of the focal retailer."""
        return [retailer.focal for retailer in self.market.retailers].index(True)


VALUES: Mapping[str, Callable[[Observed], float]] = {
    "10": lambda seen: purchases.constant_k(seen.purchases),
    "11": lambda seen: purchases.zeros(seen.purchases),
    "12a": lambda seen: purchases.double_jeopardy(seen.purchases),
    "12b": lambda seen: purchases.double_jeopardy(seen.purchases),
    "13a": lambda seen: purchases.duplication_fit(seen.purchases),
    "13b": lambda seen: purchases.duplication_coefficient(seen.purchases),
    "14a": lambda seen: purchases.sole_buyers(seen.purchases, MONTH),
    "14b": lambda seen: purchases.sole_buyers(seen.purchases, QUARTER),
    "14c": lambda seen: purchases.sole_buyers(seen.purchases, YEAR),
    "14d": lambda seen: purchases.sole_buyers_fall(seen.purchases),
    "15a": lambda seen: purchases.concentration(seen.purchases),
    "15b": lambda seen: purchases.focal_concentration(seen.purchases, seen.focal),
    "17": lambda seen: market.retention_rises(seen.base),
    "18a": lambda seen: seen.cohort.bought_once(),
    "18b": lambda seen: seen.cohort.repeated_by(90),
    "18c": lambda seen: seen.cohort.repeated_by(365),
    "19": lambda seen: seen.cohort.fall_of_activity(),
    "20a": lambda seen: purchases.favourite_share(seen.purchases),
    "20b": lambda seen: purchases.favourite_share_of_spend(seen.purchases),
    "21a": lambda seen: purchases.retailers_used(seen.purchases),
    "21b": lambda seen: purchases.exclusive(seen.purchases),
    "22": lambda seen: purchases.switching(seen.purchases),
    "23a": lambda seen: market.month_factor(seen.base, market.DECEMBER),
    "23b": lambda seen: market.month_factor(seen.base, market.DECEMBER),
    "23c": lambda seen: market.month_factor(seen.base, market.DECEMBER),
    "24": lambda seen: market.month_factor(seen.base, market.JANUARY),
    "26a": lambda seen: answers.skewness(seen.survey["satisfaction"]),
    "26b": lambda seen: satisfaction.level(seen.stock),
    "26c": lambda seen: answers.skewness(seen.survey["csat"]),
    "27": lambda seen: satisfaction.spread(seen.stock),
    "29a": lambda seen: word.gap_of_stars(seen.base, 5, 4),
    "29b": lambda seen: word.gap_of_stars(seen.base, 1, 2),
    "29c": lambda seen: word.mean_stars(seen.base),
    "30": lambda seen: word.good_per_bad(seen.base),
    "31": lambda seen: word.tellers_ratio(seen.base),
    "28a": lambda seen: answers.mean_nps(seen.survey),
    "28b": lambda seen: answers.nps_at_acsi(seen.survey),
    "32a": lambda seen: seen.of_service(service.most_silent),
    "32b": lambda seen: seen.of_service(service.least_silent),
    "32c": lambda seen: seen.of_service(service.silence_falls),
    "33a": lambda seen: seen.of_service(service.repurchase_order),
    "33b": lambda seen: seen.of_service(service.repurchase_quick),
    "33c": lambda seen: seen.of_service(service.repurchase_speed),
    "34": lambda seen: seen.of_service(lambda served: served.paradox),
    "34b": lambda seen: seen.of_recovery(Recovery.repurchase),
    "34c": lambda seen: seen.of_recovery(Recovery.frequency),
    "35": lambda _: judgement.negative_asymmetry(),
    "36": lambda _: judgement.diminishing_sensitivity(),
    "37": lambda _: judgement.over_promising(),
    "38a": lambda _: judgement.should_lowers(),
    "38b": lambda _: judgement.will_raises(),
    "39a": lambda _: judgement.peak_end(),
    "39b": lambda _: judgement.duration_effect(),
    "40": lambda seen: answers.correlation(seen.survey, "satisfaction", "loyalty_attitude"),
    "41": lambda seen: answers.correlation(seen.survey, "satisfaction", "loyalty_intent"),
    "42a": lambda seen: satisfaction.wallet_by_level(seen.stock, seen.spend),
    "42b": lambda seen: satisfaction.rank_beats_level(seen.stock, seen.spend),
    "43": lambda seen: answers.bottom_to_top(seen.survey),
    "45": lambda seen: market.price_elasticity(seen.base, seen.dearer, PERCENT_DEARER),
    "52": lambda seen: market.distance_slope(seen.base, seen.purchases),
    "53a": lambda seen: market.conversion(seen.base, "store"),
    "53b": lambda seen: market.conversion(seen.base, "online"),
    "53c": lambda seen: market.conversion(seen.base, "store") / market.conversion(seen.base, "online"),
    "54a": lambda seen: word.bass(seen.spread.first_purchases).ratio,
    "54b": lambda seen: word.bass(seen.spread.awareness).ratio,
    "55a": lambda seen: seen.courses[0].autocorrelation - seen.courses[1].autocorrelation,
    "55b": lambda seen: seen.courses[0].dispersion - seen.courses[1].dispersion,
}
OVER_SEEDS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "mean": lambda values: float(np.mean(values)),
    "median": lambda values: float(np.median(values)),
    "lowest": min,
}


def is_cohort(scenario: Scenario) -> bool:
    """Whether its customers come into the market one after another."""
    weeks = scenario.population.traits.get("first_week", {}).get("values", ())
    return isinstance(weeks, tuple) and max(weeks, default=0.0) > 0.0


def applies(fact: Fact, scenario: Scenario) -> bool:
    """Whether a market is of the kind whose fact it is."""
    settings = {"cohort"} if is_cohort(scenario) else {"all", scenario.market.trade}
    return not settings.isdisjoint(fact.markets.split())


def holds(fact: Fact, value: float) -> bool:
    """Whether a value lies in the band."""
    return fact.low <= value <= fact.high


def finding(fact: Fact, seen: Sequence[Observed]) -> Finding:
    """One fact over the seeds observed."""
    if not applies(fact, seen[0].market):
        values, verdict = [math.nan], "not applicable"
        value = math.nan
    else:
        values = [VALUES[fact.id](one) for one in seen]
        value = OVER_SEEDS[fact.seeds](values)
        verdict = "holds" if holds(fact, value) else "fails"
        verdict = "not applicable" if math.isnan(value) else verdict
    return Finding(
        fact.id,
        fact.fact,
        fact.statistic,
        value,
        min(values),
        max(values),
        (fact.low, fact.high),
        fact.kind,
        fact.use,
        verdict,
        fact.source,
    )


def card(market: str = "grocery", *, seeds: Sequence[int] = SEEDS, customers: int = CUSTOMERS) -> list[Finding]:
    """Every fact beside its band, in a market lived once for each seed.

    Args:
        market: name or path of a market.
        seeds: one world each; the spread of a finding is over them.
        customers: simulated customers in each world.

    Returns:
        One finding for each row of the table, in its order.
    """
    weeks = HISTORY if is_cohort(Scenario.load(market)) else YEAR
    seen = [Observed.of(market, seed, customers, weeks) for seed in seeds]
    return [finding(fact, seen) for fact in facts()]
