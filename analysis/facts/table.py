"""The table of facts, what is known of those that a market does not show, and a fact as a market shows it."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from analysis.effects import interval
from simulation.scenario import Scenario

HOLDS, FAILS, NOT_APPLICABLE = "holds", "fails", "not applicable"
FIXTURE, NONE, COHORT, ANY = "fixture", "none", "cohort", "any"
OVER_SEEDS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "mean": lambda values: float(np.mean(values)),
    "median": lambda values: float(np.median(values)),
    "lowest": min,
}


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
    markets: (
        str  # "all" markets of rivals, trades, "cohort": new customers, "fixture": formulas, "none": cannot be seen
    )
    source: str

    @property
    def band(self) -> str:
        """The band in words: 1.1 .. 2, up to 0, from 5."""
        if math.isinf(self.low):
            return f"up to {self.high:g}"
        return f"from {self.low:g}" if math.isinf(self.high) else f"{self.low:g} .. {self.high:g}"


@dataclass(frozen=True)
class Finding:
    """A fact as a market shows it.

    `value` is what is judged; `low` and `high` are the 95 % t interval of the mean over seeds, NaN of a single one.
    """

    fact: Fact
    value: float
    low: float
    high: float
    verdict: str  # holds, fails, or not applicable
    why: str  # not applicable because, or what is known of a failure; empty of what holds

    @property
    def row(self) -> dict[str, Any]:
        """For programs, under the names of the contract; the band as its two ends, None where it is open."""
        ends = [end if math.isfinite(end) else None for end in (self.fact.low, self.fact.high)]
        about = {name: getattr(self.fact, name) for name in ("id", "fact", "statistic")}
        return {
            **about,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "band": ends,
            "kind": self.fact.kind,
            "use": self.fact.use,
            "verdict": self.verdict,
            "why": self.why,
            "source": self.fact.source,
        }

    def __str__(self) -> str:
        seen = f"{self.value:9.4f} [{self.low:.4f}, {self.high:.4f}]"
        about = f"{self.fact.kind} {self.fact.use:<9} {self.fact.statistic}"
        return f"{self.fact.id:>4} {self.verdict:<14} {seen:<28} {self.fact.band:>14}  {about}"


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def facts() -> tuple[Fact, ...]:
    """The table of facts."""
    return tuple(
        Fact(**{**row, "low": float(row["low"] or -math.inf), "high": float(row["high"] or math.inf)})  # type: ignore[arg-type]
        for row in _rows("facts.csv")
    )


@cache
def known(market: str = ANY) -> Mapping[str, str]:
    """What is known of facts that a shipped market fails, by id; of any market: why a fact is not applicable."""
    return {row["id"]: row["why"] for row in _rows("known.csv") if row["market"] == market}


def is_cohort(scenario: Scenario) -> bool:
    """Whether its customers come into the market one after another."""
    weeks = scenario.population.traits.get("first_week", {}).get("values", ())
    return isinstance(weeks, tuple) and max(weeks, default=0.0) > 0.0


def applies(fact: Fact, scenario: Scenario) -> bool:
    """Whether a market is of the kind whose fact it is; formulas are those of every market."""
    settings = {FIXTURE, COHORT} if is_cohort(scenario) else {FIXTURE, "all", scenario.market.trade}
    return not settings.isdisjoint(fact.markets.split())


def holds(fact: Fact, value: float) -> bool:
    """Whether a value lies in the band."""
    return fact.low <= value <= fact.high


def finding(fact: Fact, scenario: Scenario, values: Sequence[float]) -> Finding:
    """One fact from its values over seeds; a fact without values, or with NaN among them, is not applicable."""
    if not values or any(map(math.isnan, values)):
        return Finding(fact, math.nan, math.nan, math.nan, NOT_APPLICABLE, _why_not(fact, scenario))
    value = OVER_SEEDS[fact.seeds](values)
    verdict = HOLDS if holds(fact, value) else FAILS
    _, low, high = interval(values)
    return Finding(fact, value, low, high, verdict, known(scenario.name).get(fact.id, "") if verdict == FAILS else "")


def _why_not(fact: Fact, scenario: Scenario) -> str:
    if applies(fact, scenario) or fact.markets == NONE:
        return known().get(fact.id, "nothing in this market to compute it from")
    wanted = fact.markets.split()
    if wanted == [COHORT]:
        return "a fact of newly acquired customers alone"
    return "customers come in one by one here" if wanted == ["all"] else f"a fact of {' and '.join(wanted)}"
