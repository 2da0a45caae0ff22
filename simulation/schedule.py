"""What is known of every week beforehand: the calendar, the climate, and every lever and event as a plan of weeks.

Weeks are counted by the engine from 0, the first of the warm-up; the calendar's weeks are ..., -2, -1, 1, 2, ...
(there is no week 0).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from simulation.levers import intensity, levers_move
from simulation.outreach import relations_are_planned
from simulation.parameters import CAPABILITIES, DESKS, DETERMINANT_NAMES, SEASONS
from simulation.planned import PLAN_DESK, PLAN_OUTLET, PLAN_RETAILER
from simulation.records import SITUATION, Plans, levels_of
from simulation.scenario import Scenario

MEAN_MONTH_DAYS = 30.44
LONG_YEARS = 71 / 400  # share of years with 53 ISO weeks
_DAYS_IN_MEAN_YEAR = (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def calendar_week(week: int, warmup: int) -> int:
    """The calendar's number of an engine week: -warmup .. -1, then 1, 2, ..."""
    return week - warmup if week < warmup else week - warmup + 1


def engine_week(calendar: int, warmup: int) -> int:
    """The engine's number of a calendar week."""
    return calendar + warmup if calendar < 0 else calendar + warmup - 1


def thursday(start: date, weeks_from_start: int) -> date:
    """The day that decides which month a week belongs to."""
    return start + timedelta(days=7 * weeks_from_start + 3)


def monthly_rates(trade: str) -> list[float]:
    """Weekly rate of each month, mean 1 over a year: month totals x 30.44 / days in the month."""
    season = SEASONS[trade] if trade in SEASONS else SEASONS["none"]
    if season.rates:
        rates = list(season.factors)
    else:
        rates = [f * MEAN_MONTH_DAYS / d for f, d in zip(season.factors, _DAYS_IN_MEAN_YEAR, strict=True)]
    return scaled_rates(rates)


def scaled_rates(rates: Sequence[float]) -> list[float]:
    """Twelve rates a day, or a week, over their mean of a year."""
    mean = sum(r * d for r, d in zip(rates, _DAYS_IN_MEAN_YEAR, strict=True)) / sum(_DAYS_IN_MEAN_YEAR)
    return [r / mean for r in rates]


def weekly_rates(factors: Sequence[float]) -> list[float]:
    """Factors of ISO weeks 1 to 53 over their mean of a year; week 53, which few years have, counts for what it is."""
    mean = (sum(factors[:-1]) + LONG_YEARS * factors[-1]) / (len(factors) - 1 + LONG_YEARS)
    return [f / mean for f in factors]


def plans_of(scenario: Scenario) -> Plans:
    """The plan of every week of a scenario, warm-up included."""
    warmup = scenario.market.warmup_weeks
    weeks = np.array([calendar_week(t, warmup) for t in range(warmup + scenario.weeks)])
    outlets, retailers, desks = _outlets(scenario, weeks), _retailers(scenario, weeks), _desks(scenario, weeks)
    levers_move(scenario, weeks, outlets, retailers, desks)
    relations_are_planned(scenario, outlets, retailers, desks)
    return Plans(
        situations=_situations(scenario, weeks),
        outlets=outlets,
        retailers=retailers,
        desks=desks,
        levels=levels_of(outlets),
    )


def _number(scenario: Scenario, name: str) -> float:
    from simulation.parameters import PARAMETERS

    return float(scenario.parameters.get(name, PARAMETERS[name].value))


def _season(scenario: Scenario, weeks: int) -> Any:
    """The season of so many engine weeks: weekly rates, mean 1 over a year."""
    own = scenario.market.season
    days = [thursday(scenario.market.start, t - scenario.market.warmup_weeks) for t in range(weeks)]
    if own is not None and own.weeks is not None:
        factors = weekly_rates(own.weeks)
        return np.array([factors[day.isocalendar().week - 1] for day in days])
    rates = monthly_rates(scenario.market.trade) if own is None or own.months is None else scaled_rates(own.months)
    return np.array([rates[day.month - 1] for day in days])


def _seasonal_staff(scenario: Scenario, weeks: Any) -> Any:
    """Staff of each week over usual staff: retailers know their season, and hire for it."""
    return 1.0 + _number(scenario, "seasonal_staff") * (_season(scenario, weeks.size) - 1.0)


def _situations(scenario: Scenario, weeks: Any) -> Any:
    market = scenario.market
    rows = np.zeros(weeks.size, SITUATION).view(np.recarray)
    rows.season[:] = _season(scenario, weeks.size)
    rows.season_ratio[0] = rows.season[0]
    rows.season_ratio[1:] = rows.season[1:] / rows.season[:-1]
    rows.culture[:] = market.culture
    rows.climate[:] = market.climate
    rows.competition[:] = market.competition
    for event in scenario.events:
        force = _event_force(event, weeks)
        if event.kind == "recession":
            rows.climate[:] -= float(event.fields["depth"]) * force
        elif event.kind == "competition":
            rows.competition[:] += float(event.fields["change"]) * force
        elif event.kind == "entry":
            rows.entry[:] = np.maximum(rows.entry, _recent(event, weeks, int(_number(scenario, "entry_weeks"))))
    rows.climate[:] = np.clip(rows.climate, -1.0, 1.0)
    rows.competition[:] = np.clip(rows.competition, -0.7, 2.0)
    return rows


def _event_force(event: Any, weeks: Any) -> Any:
    end = None if event.weeks is None else event.week + event.weeks - 1
    return intensity(weeks, event.week, end, 0)


def _recent(event: Any, weeks: Any, length: int) -> Any:
    return intensity(weeks, event.week, event.week + length - 1, 0)


def _outlets(scenario: Scenario, weeks: Any) -> Any:
    rows = np.zeros((weeks.size, len(scenario.outlets)), PLAN_OUTLET).view(np.recarray)
    prices = {retailer.id: retailer.price_index for retailer in scenario.retailers}
    for o, outlet in enumerate(scenario.outlets):
        for name in DETERMINANT_NAMES:
            rows[name][:, o] = outlet.levels[name]
        rows.price_index[:, o] = prices[outlet.retailer]
        rows.staff[:, o] = outlet.staff
        rows.capacity[:, o] = outlet.capacity_visits_week
        rows.upkeep[:, o] = outlet.upkeep
        rows.tills[:, o] = rows.failures[:, o] = rows.stock_outs[:, o] = rows.questions[:, o] = 1.0
        opens = _opening(scenario, outlet)
        closes = weeks[-1] + 1 if outlet.closes_week is None else outlet.closes_week
        rows.is_open[:, o] = (weeks >= opens) & (weeks < closes)
        rows.opens[:, o] = weeks == opens
    rows.staff *= _seasonal_staff(scenario, weeks)[:, None]
    for event in scenario.events:
        if event.kind == "price_attack":
            for o, outlet in enumerate(scenario.outlets):
                if outlet.retailer == event.retailer:
                    rows.price_index[:, o] *= 1.0 + float(event.fields["percent"]) / 100.0 * _event_force(event, weeks)
    return rows


def _opening(scenario: Scenario, outlet: Any) -> int:
    entries = [event.week for event in scenario.events if event.kind == "entry" and event.retailer == outlet.retailer]
    if outlet.opens_week is not None:
        return int(outlet.opens_week)
    return min(entries) if entries else -scenario.market.warmup_weeks - 1


def _retailers(scenario: Scenario, weeks: Any) -> Any:
    rows = np.zeros((weeks.size, len(scenario.retailers)), PLAN_RETAILER).view(np.recarray)
    for r, retailer in enumerate(scenario.retailers):
        rows.awareness[:, r] = retailer.advertising
        _accounts(rows, retailer, r)
        rows.feedback[:, r] = retailer.feedback
        rows.acting[:, r] = retailer.acting
        rows.offers[:, r] = retailer.offers
        rows.winback[:, r] = retailer.winback
        rows.answers[:, r] = retailer.last_refusal
        for event in scenario.events:
            if event.kind == "rating_crisis" and event.retailer == retailer.id:
                wave = float(event.fields["postings"]) * _event_force(event, weeks)
                rows.wave[:, r] += wave
                rows.wave_stars[wave > 0.0, r] = float(event.fields["stars"])
            if event.kind == "entry" and event.retailer == retailer.id:
                launch = intensity(weeks, event.week, event.week + int(event.fields["launch_weeks"]) - 1, 0)
                rows.awareness[:, r] += float(event.fields["launch_awareness"]) * launch
    return rows


def _accounts(rows: Any, retailer: Any, r: int) -> None:
    """What a retailer knows of its customers, and what it is able to do with it, before any lever."""
    rows.identified[:, r] = retailer.identified
    rows.consent[:, r] = retailer.consent
    rows.budget[:, r] = 1.0
    rows.reward_spend[:, r] = 1.0
    for name in CAPABILITIES:
        rows[name][:, r] = retailer.capabilities.get(name, 0.0)


def _desks(scenario: Scenario, weeks: Any) -> Any:
    rows = np.zeros((weeks.size, len(scenario.desks)), PLAN_DESK).view(np.recarray)
    for d, desk in enumerate(scenario.desks):
        rows.staff[:, d] = desk.staff
        rows.minutes[:, d] = desk.minutes_per_contact
        rows.resolution[:, d] = desk.first_contact_resolution
        rows.recovery[:, d] = desk.complaint_resolution
        rows.lag[:, d] = DESKS[desk.channel]["lag_hours"].value
        rows.waiting[:, d] = 1.0
    rows.at_once[:] = _number(scenario, "settled_at_once")
    return rows
