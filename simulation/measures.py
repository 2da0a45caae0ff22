"""Measures: the engine's totals as the words of the field, by week and margin.

Formulas are rows of `numbers/measures.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from simulation.desk_measures import desk_columns, desks_of, response_quantile
from simulation.parameters import DESK_CHANNELS, INSTRUMENTS, MEASURES, RELATIONSHIPS, Measure
from simulation.population import SEGMENTS
from simulation.records import LINK_TOTALS, MARKET_TOTALS, STARS, TENURE_WEEKS, TYPE_TOTALS, VISIT_TOTALS, Totals
from simulation.results import Labels, Table
from simulation.scenario import Scenario

CHANNELS = ("store", "online")
FULL = 65536.0
ACTIVE_TIES = TYPE_TOTALS.index("active")


class Margin(NamedTuple):
    """One set of rows: whose, and of which part of its customers."""

    retailer: str
    outlet: str
    channel: str
    segment: str
    relationship: str
    outlets: Any  # indices of outlets
    retailer_number: int
    segments: Any  # indices of segments
    has_links: bool
    has_visits: bool = True


WHOLE_MARKET = Margin("", "", "", "", "", (), -1, (), False)


def focal_margin(scenario: Scenario) -> Margin:
    """The focal retailer as a whole."""
    focal = next(retailer.id for retailer in scenario.retailers if retailer.focal)
    return next(margin for margin in margins_of(scenario) if margin.retailer == focal)


def margins_of(scenario: Scenario) -> list[Margin]:
    """Every retailer as a whole.

    The focal one (or all, if the scenario records all margins) by outlet, channel, segment and relationship.
    """
    found: list[Margin] = []
    every = np.arange(len(SEGMENTS))
    for r, retailer in enumerate(scenario.retailers):
        mine = np.array([o for o, outlet in enumerate(scenario.outlets) if outlet.retailer == retailer.id], int)
        found.append(Margin(retailer.id, "", "", "", "", mine, r, every, True))
        if retailer.focal or scenario.record.margins == "all":
            found += [
                Margin(retailer.id, scenario.outlets[o].id, "", "", "", np.array([o]), r, every, False) for o in mine
            ]
            for channel in CHANNELS:
                part = np.array([o for o in mine if scenario.outlets[o].channel == channel], int)
                if part.size:
                    found.append(Margin(retailer.id, "", channel, "", "", part, r, every, False))
            found += [
                Margin(retailer.id, "", "", segment, "", mine, r, np.array([s]), True)
                for s, segment in enumerate(SEGMENTS)
            ]
            served = [c for c in DESK_CHANNELS if desks_of(scenario, retailer.id, c).size]
            found += [Margin(retailer.id, "", channel, "", "", (), r, every, False, False) for channel in served]
            found += [Margin(retailer.id, "", "", "", kind, mine, r, every, True) for kind in RELATIONSHIPS]
    return found


def _columns(totals: Totals, margin: Margin) -> dict[str, Any]:
    """Totals of a margin by week, as float64 columns by name."""
    visits = totals.visits[:, margin.outlets][:, :, margin.segments].sum((1, 2)).astype(float)
    links = totals.links[:, margin.retailer_number][:, margin.segments].sum(1).astype(float)
    columns = {f"visits:{name}": visits[:, k] for k, name in enumerate(VISIT_TOTALS)}
    columns["visits:content"] = columns["visits:visits"] - columns["visits:disappointed"]
    columns["visits:ratings"] = sum(columns[f"visits:stars_{k}"] for k in range(1, STARS + 1))
    columns["visits:stars"] = sum(k * columns[f"visits:stars_{k}"] for k in range(1, STARS + 1))
    columns |= {f"links:{name}": links[:, k] for k, name in enumerate(LINK_TOTALS)}
    if not margin.segment:
        types = totals.types[:, margin.retailer_number].astype(float)
        columns |= {f"links:type_{name}": types[:, k, ACTIVE_TIES] for k, name in enumerate(RELATIONSHIPS)}
        columns["links:type_entered"] = types[:, :, TYPE_TOTALS.index("entered")].sum(1)
    return columns | _derived(columns) | _answered(columns)


def _tie_columns(totals: Totals, margin: Margin) -> dict[str, Any]:
    """Totals of a retailer's links of one type of relationship by week, by name."""
    types = totals.types[:, margin.retailer_number, RELATIONSHIPS.index(margin.relationship)].astype(float)
    columns = {f"links:{name}": types[:, k] for k, name in enumerate(TYPE_TOTALS)}
    columns["links:own_active_cents"] = columns["links:own_cents"]
    return columns | _derived(columns)


def _derived(columns: dict[str, Any]) -> dict[str, Any]:
    return {
        "links:stayed": columns["links:at_risk"] - columns["links:left"],
        "links:attitude": 0.6 * columns["links:satisfaction"] + 0.4 * columns["links:trust"],
    }


def _answered(columns: dict[str, Any]) -> dict[str, Any]:
    """Scores of answers that take more than one count."""
    acsi = INSTRUMENTS["satisfaction"]
    above = columns["links:satisfaction_answers"] - acsi.lowest * columns["links:asked"]
    return {
        "links:recommend_net": columns["links:recommend_top"] - columns["links:recommend_bottom"],
        "links:satisfaction_index": above / (acsi.highest - acsi.lowest),
    }


def _offer_mean(name: str, totals: Totals, offers: Any, margin: Margin) -> Any:
    """A state of outlets, weighted by their visits; where nobody came, their plain mean."""
    visits = totals.visits[..., 0][:, margin.outlets].sum(2).astype(float)
    visits = np.where(visits.sum(1, keepdims=True) > 0, visits, offers["is_open"][:, margin.outlets])
    weight = visits.sum(1)
    value = (offers[name][:, margin.outlets] * visits).sum(1)
    return np.divide(value, weight, out=np.full_like(value, np.nan), where=weight > 0)


def values_of(
    measure: Measure, columns: dict[str, Any], market: dict[str, Any], population: float, weight: float
) -> Any:
    """One measure by week from the columns of a margin and of the whole market; NaN where nothing is to be measured."""
    top = columns[f"{measure.table}:{measure.top}"] * measure.scale * (weight if measure.weighted else 1.0)
    if not measure.bottom:
        return top
    if measure.bottom == "population":
        return top / population
    place, _, name = measure.bottom.rpartition(":")
    bottom = (market if place == "market" else columns)[f"{measure.table}:{name}"]
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom > 0)


def _market_columns(totals: Totals) -> dict[str, Any]:
    """Totals of the whole market by week, by name."""
    columns = {
        f"visits:{name}": totals.visits[:, :, :, k].sum((1, 2)).astype(float) for k, name in enumerate(VISIT_TOTALS)
    }
    return columns | {f"market:{name}": totals.market[:, k].astype(float) for k, name in enumerate(MARKET_TOTALS)}


def weekly_rows(
    scenario: Scenario,
    totals: Totals,
    offers: Any,
    desks: Any,
    customers: int,
    weight: float,
    margins: Sequence[Margin] | None = None,
) -> Iterator[tuple[Margin, str, Any]]:
    """Every margin and measure with its values by week; `totals`, `offers` and `desks` begin with week 1.

    `margins`: only these; default: all of `margins_of`.
    """
    market = _market_columns(totals)
    for measure in MEASURES.values():
        if measure.table == "market":
            yield WHOLE_MARKET, measure.name, values_of(measure, market, market, customers, weight)
    for margin in margins_of(scenario) if margins is None else margins:
        if not (margin.outlet or margin.segment or margin.relationship or margin.channel in CHANNELS):
            yield from _desk_rows(scenario, totals, desks, margin, weight)
        if not margin.has_visits:
            continue
        columns = _tie_columns(totals, margin) if margin.relationship else _columns(totals, margin)
        for measure in MEASURES.values():
            if measure.table == "offers":
                if not (margin.segment or margin.relationship):
                    yield margin, measure.name, _offer_mean(measure.top, totals, offers, margin)
            elif (measure.table != "links" or margin.has_links) and _is_counted(measure, columns):
                yield margin, measure.name, values_of(measure, columns, market, customers, weight)


def _desk_rows(
    scenario: Scenario, totals: Totals, desks: Any, margin: Margin, weight: float
) -> Iterator[tuple[Margin, str, Any]]:
    """What service desks did, of a retailer as a whole or by their channel."""
    mine = desks_of(scenario, margin.retailer, margin.channel)
    if mine.size:
        columns = desk_columns(totals, desks, mine)
        for measure in MEASURES.values():
            if measure.table == "desks":
                yield margin, measure.name, values_of(measure, columns, {}, 1.0, weight)
            elif measure.table == "responses":
                yield margin, measure.name, response_quantile(columns, measure.top)


def _is_counted(measure: Measure, columns: dict[str, Any]) -> bool:
    """Whether a margin has what the measure is read from."""
    read = [measure.top, *([measure.bottom] if ":" not in measure.bottom else [])]
    return all(f"{measure.table}:{name}" in columns for name in read if name not in ("", "population"))


def weekly_table(
    scenario: Scenario,
    parts: list[tuple[Totals, Any, Any]],
    customers: int,
    weight: float,
    margins: Sequence[Margin] | None = None,
) -> Table:
    """The tidy weekly margins of all replicates; `parts` has totals, offers and desks of each, from week 1."""
    tables = []
    for replicate, (totals, offers, desks) in enumerate(parts):
        rows = list(weekly_rows(scenario, totals, offers, desks, customers, weight, margins))
        weeks = totals.visits.shape[0]
        number = len(rows) * weeks

        def labels(texts: list[str], weeks: int = weeks) -> Labels:
            few = Labels.of(texts)
            return Labels(np.repeat(few.codes, weeks), few.words)

        tables.append(
            Table.of(
                scenario=Labels.constant(scenario.name, number),
                replicate=np.full(number, replicate, np.int32),
                week=np.tile(np.arange(1, weeks + 1, dtype=np.int32), len(rows)),
                retailer=labels([margin.retailer for margin, _, _ in rows]),
                outlet=labels([margin.outlet for margin, _, _ in rows]),
                channel=labels([margin.channel for margin, _, _ in rows]),
                segment=labels([margin.segment for margin, _, _ in rows]),
                relationship=labels([margin.relationship for margin, _, _ in rows]),
                measure=labels([measure for _, measure, _ in rows]),
                value=np.concatenate([values for _, _, values in rows]),
            )
        )
    return Table.concat(tables)


def tenure_table(scenario: Scenario, parts: list[tuple[Totals, Any, Any]]) -> Table:
    """Weeks at risk and departures of links by tenure, per replicate and retailer.

    Tenures in weeks, the last group open.
    """
    rows = []
    ends = (*TENURE_WEEKS[1:], 10_000)
    for replicate, (totals, _, _) in enumerate(parts):
        counts = totals.tenure.sum(0)
        for r, retailer in enumerate(scenario.retailers):
            for g, (low, high) in enumerate(zip(TENURE_WEEKS, ends, strict=True)):
                rows.append((replicate, retailer.id, low, high, counts[r, g, 0], counts[r, g, 1]))
    replicate_column, retailers, lows, highs, weeks, departures = zip(*rows, strict=True)
    return Table.of(
        scenario=Labels.constant(scenario.name, len(rows)),
        replicate=np.array(replicate_column, np.int32),
        retailer=Labels.of(retailers),
        tenure_low=np.array(lows, np.int32),
        tenure_high=np.array(highs, np.int32),
        link_weeks=np.array(weeks, np.int64),
        departures=np.array(departures, np.int64),
    )
