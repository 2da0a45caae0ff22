"""Ties form, compiled: how often, how close, and so what kind of relationship it is, link by link."""

from __future__ import annotations

from typing import Any

from simulation.compiling import phase
from simulation.customer.lane import LANE
from simulation.customer.relation import ACTIVE
from simulation.customer.remembering import fixed
from simulation.customer.tie import (
    deserved_type,
    is_emotional,
    is_quantitative,
    is_tied,
    reaches,
    smoothed,
    type_after,
)
from simulation.records import TYPE_TOTALS

_T = {name: number for number, name in enumerate(TYPE_TOTALS)}
ACTIVE_TIES, CUSTOMERS, AT_RISK = _T["active"], _T["customers"], _T["at_risk"]
VISITS, OWN, WALLET = _T["visits"], _T["own_cents"], _T["wallet_cents"]
SATISFACTION, TRUST, LOYALTY, ENTERED = _T["satisfaction"], _T["trust"], _T["loyalty"], _T["entered"]


@phase
def ties_form(relate: Any, slot: int, week: int, start: int, block: Any, links: Any, ties: Any) -> None:
    """Interactions and frequency move; the relationship takes the type that it deserves, if it may change."""
    for j in range(LANE):
        relate.interactions[j] = links.interactions[slot, relate.who[j]]
        relate.frequency[j] = links.frequency[slot, relate.who[j]]
    for j in range(LANE):
        relate.kind[j] = links.type[slot, relate.who[j]]
        relate.kind_since[j] = links.type_since[slot, relate.who[j]]
    for j in range(LANE):
        relate.came[j] = block.visits_at[slot, relate.who[j] - start]
        relate.contacts[j] = block.contacts_at[slot, relate.who[j] - start]
    for j in range(LANE):
        relate.interactions[j] = smoothed(relate.interactions[j], ties.tie_pace, relate.contacts[j])
        relate.frequency[j] = smoothed(relate.frequency[j], ties.tie_pace, relate.came[j])
    for j in range(LANE):
        kind = relate.kind[j]
        margin = ties.type_hysteresis
        deserved = deserved_type(
            reaches(relate.frequency[j], ties.frequency_limit, margin, is_quantitative(kind)),
            reaches(relate.interactions[j], ties.interactions_limit, margin, is_tied(kind)),
            reaches(relate.affective[j], ties.affect_limit, margin, is_emotional(kind)),
            reaches(relate.trust[j], ties.trust_limit, margin, is_emotional(kind)),
        )
        after = type_after(kind, deserved, float(week) - relate.kind_since[j], ties.type_weeks)
        relate.kind_since[j] = relate.kind_since[j] if after == kind else float(week)
        relate.kind[j] = after


@phase
def ties_are_kept(
    relate: Any, slot: int, first: int, count: int, start: int, week: int, links: Any, block: Any, totals: Any
) -> None:
    """Write the ties back and count active ones by type; who has left is nobody's."""
    retailer_of_link = links.retailer
    status_of_link = links.status
    type_of_link = links.type
    for j in range(count):
        i = first + j
        links.interactions[slot, i] = relate.interactions[j]
        links.frequency[slot, i] = relate.frequency[j]
        active = retailer_of_link[slot, i] >= 0 and status_of_link[slot, i] == ACTIVE
        before = type_of_link[slot, i]
        kind = int(relate.kind[j]) if active else 0
        type_of_link[slot, i] = kind
        links.type_since[slot, i] = int(relate.kind_since[j]) if active else week
        if retailer_of_link[slot, i] >= 0 and relate.open[slot, j] > 0.0:
            row = totals.types[retailer_of_link[slot, i]]
            if active:
                totals.transitions[retailer_of_link[slot, i], before, kind] += 1 if kind != before else 0
                tie_is_counted(
                    row[kind],
                    kind != before,
                    block.visits_at[slot, i - start],
                    block.spent_at[slot, i - start],
                    block.spent[i - start],
                )
                if relate.recent[j] > 0.0:
                    mood_is_counted(row[kind], relate.satisfaction[j], relate.trust[j], relate.loyalty[slot, j])


@phase
def tie_is_counted(row: Any, entered: bool, visits: int, own: int, wallet: int) -> None:
    """An active link in the totals of its retailer and type."""
    row[ACTIVE_TIES] += 1
    row[AT_RISK] += 1
    row[ENTERED] += 1 if entered else 0
    row[VISITS] += visits
    row[OWN] += own
    row[WALLET] += wallet


@phase
def mood_is_counted(row: Any, satisfaction: float, trust: float, loyalty: float) -> None:
    """A recent customer in the totals of the retailer and type."""
    row[CUSTOMERS] += 1
    row[SATISFACTION] += fixed(satisfaction)
    row[TRUST] += fixed(trust)
    row[LOYALTY] += fixed(loyalty)
