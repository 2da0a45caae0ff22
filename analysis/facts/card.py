"""The card: every fact beside its band, in one market, over seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from analysis.facts import answers, fixtures, judgement, market, purchases, queue, satisfaction, service, word
from analysis.facts.observed import PERCENT_DEARER, PERCENT_LOUDER, Observed
from analysis.facts.purchases import MONTH, QUARTER, YEAR
from analysis.facts.recovery import Recovery
from analysis.facts.table import Fact, Finding, applies, facts, finding, is_cohort
from simulation import Scenario

SEEDS = (1, 2, 3, 4, 5, 6)
CUSTOMERS = 6_000
HISTORY = 78  # weeks of a cohort
Progress = Callable[[float, str], None]

VALUES: Mapping[str, Callable[[Observed], float]] = {
    "1": lambda _: fixtures.nbd_identities(),
    "2a": lambda _: fixtures.toothpaste_shares(),
    "2b": lambda _: fixtures.toothpaste_purchases(),
    "3": lambda _: fixtures.repeat_buying(),
    "4": lambda _: fixtures.cohort_retention(),
    "5": lambda _: fixtures.lifetime_values(),
    "6a": lambda seen: market.retention_leverage(seen.base, seen.focal),
    "7": lambda _: fixtures.wallets(),
    "8": lambda _: fixtures.sales_split(),
    "9": lambda _: fixtures.airline_return(),
    "10": lambda seen: purchases.constant_k(seen.purchases),
    "11": lambda seen: purchases.zeros(seen.purchases),
    "12a": lambda seen: purchases.double_jeopardy(seen.purchases),
    "12b": lambda seen: purchases.double_jeopardy(seen.purchases),
    "13a": lambda seen: purchases.duplication_fit(seen.purchases),
    "13b": lambda seen: purchases.duplication_coefficient(seen.purchases),
    "13c": lambda seen: purchases.duplication_among_buyers(seen.purchases),
    "14a": lambda seen: purchases.sole_buyers(seen.purchases, MONTH),
    "14b": lambda seen: purchases.sole_buyers(seen.purchases, QUARTER),
    "14c": lambda seen: purchases.sole_buyers(seen.purchases, YEAR),
    "14d": lambda seen: purchases.sole_buyers_fall(seen.purchases),
    "15a": lambda seen: purchases.concentration(seen.purchases),
    "15b": lambda seen: purchases.frequent_concentration(seen.purchases, seen.focal),
    "15c": lambda seen: purchases.focal_concentration(seen.purchases, seen.focal),
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
    "23d": lambda seen: market.month_factor(seen.base, market.DECEMBER),
    "24": lambda seen: market.month_factor(seen.base, market.JANUARY),
    "26a": lambda seen: answers.skewness(seen.survey["satisfaction"]),
    "26b": lambda seen: satisfaction.level(seen.stock),
    "26c": lambda seen: answers.skewness(seen.survey["csat"]),
    "27": lambda seen: satisfaction.spread(seen.stock),
    "28a": lambda seen: answers.mean_nps(seen.survey),
    "28b": lambda seen: answers.nps_at_acsi(seen.survey),
    "29a": lambda seen: word.gap_of_stars(seen.base, 5, 4),
    "29b": lambda seen: word.gap_of_stars(seen.base, 1, 2),
    "29c": lambda seen: word.mean_stars(seen.base),
    "30": lambda seen: word.good_per_bad(seen.base),
    "31": lambda seen: word.tellers_ratio(seen.base),
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
    "46a": lambda seen: _by_advertising(seen, 1, QUARTER),
    "46b": lambda seen: _by_advertising(seen, YEAR + 1, 2 * YEAR) / _by_advertising(seen, 1, QUARTER),
    "47": lambda seen: answers.standardised_effect(seen.better_atmosphere, seen.focal_stores, seen.survey),
    "48": lambda seen: queue.incidence_change(seen.market),
    "49a": lambda seen: purchases.omnichannel(seen.purchases, seen.online, channel=False),
    "49b": lambda seen: purchases.omnichannel(seen.purchases, seen.online, channel=True),
    "50a": lambda seen: market.margin_per_point(seen.better_service, seen.focal_id),
    "52": lambda seen: market.distance_slope(seen.base, seen.purchases),
    "53a": lambda seen: market.conversion(seen.base, "store"),
    "53b": lambda seen: market.conversion(seen.base, "online"),
    "53c": lambda seen: market.conversion(seen.base, "store") / market.conversion(seen.base, "online"),
    "54a": lambda seen: word.bass(seen.spread.first_purchases).ratio,
    "54b": lambda seen: word.bass(seen.spread.awareness).ratio,
    "55a": lambda seen: seen.courses[0].autocorrelation - seen.courses[1].autocorrelation,
    "55b": lambda seen: seen.courses[0].dispersion - seen.courses[1].dispersion,
}


def _by_advertising(seen: Observed, first: int, last: int) -> float:
    return market.advertising_elasticity(seen.more_advertising, seen.focal_id, PERCENT_LOUDER, first, last)


def values_of(seen: Observed) -> Iterator[tuple[str, float]]:
    """The value of every fact that applies to the market, by id; NaN of what cannot be computed in it."""
    for fact in facts():
        if applies(fact, seen.market):
            yield fact.id, value_of(fact, seen)


def value_of(fact: Fact, seen: Observed) -> float:
    """A fact's statistic in one seed; NaN where the market lacks what it is about."""
    try:
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(VALUES[fact.id](seen))
    except (ArithmeticError, np.linalg.LinAlgError):
        return math.nan


def observed(
    name: str, seed: int, customers: int, threads: int | None = None, edits: Mapping[str, Any] | None = None
) -> Observed:
    """A market to be judged: a year of it, or the history of a cohort."""
    weeks = HISTORY if is_cohort(Scenario.load(name, edits=edits)) else YEAR
    return Observed.of(name, seed, customers, weeks, threads, edits)


def judged(seen: Sequence[Observed]) -> list[Finding]:
    """Every fact, one finding for each row of the table, from worlds of one market that differ in their seed."""
    return _findings(seen[0].subject, [dict(values_of(one)) for one in seen])


def _findings(market: Scenario, found: Sequence[Mapping[str, float]]) -> list[Finding]:
    return [finding(fact, market, [one[fact.id] for one in found if fact.id in one]) for fact in facts()]


def card(
    name: str = "grocery",
    *,
    seeds: Sequence[int] = SEEDS,
    customers: int = CUSTOMERS,
    threads: int | None = None,
    edits: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Every fact beside its band, in a market lived once for each seed.

    Args:
        name: name or path of a market.
        seeds: one world each; intervals are over them.
        customers: simulated customers in each world.
        threads: cores to use; default all.
        edits: numbers of the market to change, path to value.
        progress: told the share done and what is being done.

    Returns:
        One finding for each row of the table, in its order.

    Raises:
        ScenarioError: there is no such market, or something is wrong with it.
    """
    found = []
    for done, seed in enumerate(seeds):
        seen, values = observed(name, seed, customers, threads, edits), {}
        for fact, value in values_of(seen):
            values[fact] = value
            if progress is not None:
                progress((done + len(values) / len(VALUES)) / len(seeds), f"{seen.subject.name}, seed {seed}")
        found.append(values)
    return _findings(Scenario.load(name, edits=edits), found)
