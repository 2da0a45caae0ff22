"""Relationships change, compiled.

Every week, for every link of a lane of customers, forgetting, leaving, return and awareness.
"""

from __future__ import annotations

from typing import Any

from simulation.arithmetic import normal
from simulation.bits import uniforms
from simulation.chance import RELATION, TASTE_RETAILER
from simulation.compiling import box, phase
from simulation.customer.lane import LANE
from simulation.customer.memory import drifted
from simulation.customer.relation import (
    ACTIVE,
    LAPSED,
    PROSPECT,
    UNAWARE,
    chance_to_leave,
    happens_if,
    leaves,
    readiness,
)
from simulation.customer.remembering import (
    DISSATISFIED_TO,
    SATISFIED_FROM,
    departure_is_counted,
    fixed,
    link_is_at_risk,
)
from simulation.records import LINK_TOTALS, REACH

_L = {name: number for number, name in enumerate(LINK_TOTALS)}
CUSTOMERS, KNOWN, UNAWARE_LINKS, ACTIVE_LINKS = _L["customers"], _L["known"], _L["unaware"], _L["active"]
LAPSED_LINKS, SATISFACTION, TRUST, LOYALTY = _L["lapsed"], _L["satisfaction"], _L["trust"], _L["loyalty"]
WALLET, OWN, OWN_ACTIVE = _L["wallet_cents"], _L["own_cents"], _L["own_active_cents"]
BUYERS, RETURNED = _L["buyers"], _L["returned"]
BECAME_AWARE, POSITIVE, NEGATIVE = _L["became_aware"], _L["positive"], _L["negative"]
LOG_WEEKS_PER_MONTH = 1.4663370687934272  # ln(52 / 12)


@box
def weekly_readiness(monthly: float, slope: float) -> float:
    """Mean of mu per week at CS .95, from the monthly log-odds at CS .72."""
    return monthly - slope * (0.95 - 0.72) - 1.4663370687934272


@phase
def loyalty_is_summed(relate: Any, first: int, count: int, slots: int, links: Any, reach: Any) -> None:
    """Behavioural loyalty to each retailer, over its outlets in reach, and the number of active links."""
    status_of_link = links.status
    link_of_place = reach.link
    loyalty_of_place = reach.loyalty
    outlet_of_place = reach.outlet
    for j in range(LANE):
        i = first + min(j, count - 1)
        relate.active_links[j] = 0.0
        for s in range(slots):
            relate.loyalty[s, j] = 0.0
            relate.active_links[j] += 1.0 if status_of_link[s, i] == ACTIVE else 0.0
        for a in range(REACH):
            relate.loyalty[link_of_place[a, i], j] += loyalty_of_place[a, i] if outlet_of_place[a, i] >= 0 else 0.0


@phase
def chances_are_drawn(
    relate: Any,
    slot: int,
    first: int,
    count: int,
    week: int,
    draw_week: int,
    seed: int,
    replicate: int,
    people: Any,
    links: Any,
    retailers: Any,
    kept: Any,
    relations: Any,
) -> None:
    """For one slot of a lane: satisfaction and trust drifted to this week; readiness to leave; the luck of the week."""
    key_of_person = people.key
    habitual_of_person = people.habitual
    retailer_of_link = links.retailer
    status_of_link = links.status
    last_visit_of_link = links.last_visit
    satisfaction_of_link = links.satisfaction
    trust_of_link = links.trust
    for j in range(LANE):
        i = first + min(j, count - 1)
        r = max(retailer_of_link[slot, i], 0)
        relate.key[j] = key_of_person[i]
        relate.number[j] = retailers[r].number
        relate.awareness[j] = retailers[r].awareness
        relate.status[j] = status_of_link[slot, i]
        habitual = float(habitual_of_person[i])
        share = kept[week - last_visit_of_link[slot, i]]
        relate.satisfaction[j] = drifted(float(satisfaction_of_link[slot, i]), habitual, share)
        relate.trust[j] = drifted(float(trust_of_link[slot, i]), habitual, share)
    mean = weekly_readiness(relations.leaving_monthly, relations.leaving_slope)
    for j in range(LANE):
        _, _, c, _ = uniforms(seed, replicate, relate.key[j], 0, 0, 0, TASTE_RETAILER, relate.number[j])
        relate.mu[j] = readiness(mean, relations.leaving_sd, normal(c))
    for j in range(LANE):
        a, b, c, _ = uniforms(seed, replicate, relate.key[j], draw_week, 0, 0, RELATION, relate.number[j])
        relate.leave_luck[j] = a
        relate.return_luck[j] = b
        relate.hear_luck[j] = c


@phase
def links_change(relate: Any, slope: Any, offset: int, relations: Any) -> None:
    """Who leaves, who returns, who hears of a retailer, in one slot."""
    for j in range(LANE):
        competition = slope[min(offset + j, slope.size - 1)] - 1.0
        chance = chance_to_leave(relate.mu[j], relations.leaving_slope, relate.satisfaction[j], competition)
        is_active = 1.0 if relate.status[j] == 3.0 else 0.0
        relate.left[j] = leaves(relate.leave_luck[j], chance, is_active, relate.active_links[j])
        relate.active_links[j] = relate.active_links[j] - relate.left[j]
        is_lapsed = 1.0 if relate.status[j] == 4.0 else 0.0
        relate.returned[j] = happens_if(relate.return_luck[j], relations.return_weekly, is_lapsed)
        is_unaware = 1.0 if relate.status[j] == 1.0 else 0.0
        hearing = relations.awareness_weekly + relate.awareness[j]
        relate.heard_of[j] = happens_if(relate.hear_luck[j], hearing, is_unaware)


@phase
def links_are_counted(
    relate: Any,
    slot: int,
    first: int,
    count: int,
    start: int,
    week: int,
    people: Any,
    links: Any,
    block: Any,
    focal: int,
    outcomes: Any,
    totals: Any,
) -> None:
    """Write the changes back and add the links to the week's totals, by retailer and segment."""
    counts = totals.links
    segment_of_person = people.segment
    retailer_of_link = links.retailer
    status_of_link = links.status
    since_of_link = links.since
    weeks_outcome = outcomes.weeks
    satisfaction_outcome = outcomes.satisfaction
    for j in range(count):
        i = first + j
        r = retailer_of_link[slot, i]
        if r >= 0:
            before = status_of_link[slot, i]
            segment = segment_of_person[i]
            counts[r, segment, CUSTOMERS] += 1
            if before == ACTIVE:
                counts[r, segment, WALLET] += block.spent[i - start]
                counts[r, segment, OWN_ACTIVE] += block.spent_at[slot, i - start]
                link_is_at_risk(totals, r, segment, week - since_of_link[slot, i])
            counts[r, segment, OWN] += block.spent_at[slot, i - start]
            counts[r, segment, BUYERS] += 1 if block.spent_at[slot, i - start] > 0 else 0
            if relate.left[j] > 0.0:
                status_of_link[slot, i] = LAPSED
                departure_is_counted(totals, r, segment, week - since_of_link[slot, i])
            if relate.returned[j] > 0.0:
                status_of_link[slot, i] = ACTIVE
                since_of_link[slot, i] = week
                counts[r, segment, RETURNED] += 1
            if relate.heard_of[j] > 0.0:
                status_of_link[slot, i] = PROSPECT
                counts[r, segment, BECAME_AWARE] += 1
            after = status_of_link[slot, i]
            counts[r, segment, KNOWN] += 1 if after >= PROSPECT else 0
            counts[r, segment, UNAWARE_LINKS] += 1 if after == UNAWARE else 0
            counts[r, segment, LAPSED_LINKS] += 1 if after == LAPSED else 0
            if after == ACTIVE:
                satisfaction = fixed(relate.satisfaction[j])
                counts[r, segment, ACTIVE_LINKS] += 1
                counts[r, segment, SATISFACTION] += satisfaction
                counts[r, segment, TRUST] += fixed(relate.trust[j])
                counts[r, segment, LOYALTY] += fixed(relate.loyalty[slot, j])
                counts[r, segment, POSITIVE] += 1 if relate.satisfaction[j] >= SATISFIED_FROM else 0
                counts[r, segment, NEGATIVE] += 1 if relate.satisfaction[j] <= DISSATISFIED_TO else 0
                if r == focal and weeks_outcome.size > 0:
                    satisfaction_outcome[i] += satisfaction
                    weeks_outcome[i] += 1
