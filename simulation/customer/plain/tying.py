"""Ties of one customer form, phase by phase as in the compiled `tying.py`."""

from __future__ import annotations

from typing import Any

from simulation.customer.plain.values import Values
from simulation.customer.relation import ACTIVE
from simulation.customer.tie import (
    deserved_type,
    is_emotional,
    is_quantitative,
    is_tied,
    reaches,
    smoothed,
    type_after,
)
from simulation.customer.tying import mood_is_counted, tie_is_counted


def ties_form(relate: Values, slot: int, i: int, week: int, met: Values, links: Any, ties: Any) -> None:
    """Interactions and frequency move; the relationship takes the type that it deserves, if it may change."""
    relate.interactions = smoothed(float(links.interactions[slot, i]), ties.tie_pace, float(met.contacts_at[slot]))
    relate.frequency = smoothed(float(links.frequency[slot, i]), ties.tie_pace, float(met.visits_at[slot]))
    kind = float(links.type[slot, i])
    margin = ties.type_hysteresis
    deserved = deserved_type(
        reaches(relate.frequency, ties.frequency_limit, margin, is_quantitative(kind)),
        reaches(relate.interactions, ties.interactions_limit, margin, is_tied(kind)),
        reaches(relate.affective, ties.affect_limit, margin, is_emotional(kind)),
        reaches(relate.trust, ties.trust_limit, margin, is_emotional(kind)),
    )
    since = float(links.type_since[slot, i])
    relate.kind = type_after(kind, deserved, float(week) - since, ties.type_weeks)
    relate.kind_since = since if relate.kind == kind else float(week)


def ties_are_kept(relate: Values, slot: int, i: int, week: int, links: Any, met: Values, totals: Any) -> None:
    """Write the ties back and count active ones by type; who has left is nobody's."""
    at = (slot, i)
    links.interactions[at] = relate.interactions
    links.frequency[at] = relate.frequency
    active = links.retailer[at] >= 0 and links.status[at] == ACTIVE
    before = int(links.type[at])
    kind = int(relate.kind) if active else 0
    links.type[at] = kind
    links.type_since[at] = int(relate.kind_since) if active else week
    if links.retailer[at] < 0 or relate.open[slot] == 0.0:
        return
    row = totals.types[links.retailer[at]]
    if active:
        totals.transitions[links.retailer[at], before, kind] += 1 if kind != before else 0
        own, wallet = met.spent_at[slot], sum(met.spent_at)
        tie_is_counted(row[kind], kind != before, met.visits_at[slot], own, wallet)
        if relate.recent > 0.0:
            mood_is_counted(row[kind], relate.satisfaction, relate.trust, relate.loyalty[slot])
