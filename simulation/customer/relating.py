"""Relationships change, compiled.

Every week, for every link of a lane of customers, forgetting, leaving, return and awareness.
"""

from __future__ import annotations

from typing import Any

from simulation.arithmetic import normal
from simulation.bits import uniforms
from simulation.chance import RELATION, TASTE_RETAILER
from simulation.compiling import phase
from simulation.customer.gathering import fill, gather
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
    weekly_readiness,
)
from simulation.customer.remembering import (
    departure_is_counted,
    fixed,
    link_is_at_risk,
)
from simulation.customer.word import chance_to_learn
from simulation.records import LINK_TOTALS, REACH

_L = {name: number for number, name in enumerate(LINK_TOTALS)}
CUSTOMERS, KNOWN, UNAWARE_LINKS, ACTIVE_LINKS = _L["customers"], _L["known"], _L["unaware"], _L["active"]
LAPSED_LINKS, SATISFACTION, TRUST, LOYALTY = _L["lapsed"], _L["satisfaction"], _L["trust"], _L["loyalty"]
WALLET, OWN, OWN_ACTIVE = _L["wallet_cents"], _L["own_cents"], _L["own_active_cents"]
BUYERS, RETURNED = _L["buyers"], _L["returned"]
BECAME_AWARE, POSITIVE, NEGATIVE = _L["became_aware"], _L["positive"], _L["negative"]


@phase
def loyalty_is_summed(
    relate: Any,
    first: int,
    count: int,
    offset: int,
    slots: int,
    block: Any,
    people: Any,
    links: Any,
    reach: Any,
    offers: Any,
) -> None:
    """Load the lane; behavioural loyalty to each retailer, over its outlets in reach; which can be gone to."""
    for j in range(LANE):
        relate.who[j] = first + min(j, count - 1)
    for j in range(LANE):
        relate.slope[j] = block.slope[offset + min(j, count - 1)]
    gather(relate.key, people.key, relate.who)
    gather(relate.habitual, people.habitual, relate.who)
    for s in range(slots):
        fill(relate.loyalty[s], 0.0)
        fill(relate.open[s], 0.0)
    loyalty_of_place = reach.loyalty
    link_of_place = reach.link
    outlet_of_place = reach.outlet
    for a in range(REACH):
        for j in range(LANE):
            i = relate.who[j]
            o = outlet_of_place[a, i]
            relate.loyalty[link_of_place[a, i], j] += loyalty_of_place[a, i] if o >= 0 else 0.0
            is_open = offers.is_open[max(o, 0)] if o >= 0 else 0.0
            relate.open[link_of_place[a, i], j] = max(relate.open[link_of_place[a, i], j], is_open)
    fill(relate.active_links, 0.0)
    for s in range(slots):
        gather(relate.status, links.status[s], relate.who)
        for j in range(LANE):
            relate.active_links[j] += relate.open[s, j] if relate.status[j] == ACTIVE else 0.0


@phase
def chances_are_drawn(
    relate: Any,
    slot: int,
    week: int,
    draw_week: int,
    seed: int,
    replicate: int,
    links: Any,
    retailers: Any,
    kept: Any,
    relations: Any,
) -> None:
    """For one slot: satisfaction and trust drifted to this week; readiness to leave; the luck of the week."""
    gather(relate.retailer, links.retailer[slot], relate.who)
    for j in range(LANE):
        relate.retailer[j] = max(relate.retailer[j], 0)
    gather(relate.number, retailers.number, relate.retailer)
    gather(relate.awareness, retailers.awareness, relate.retailer)
    gather(relate.status, links.status[slot], relate.who)
    gather(relate.last_visit, links.last_visit[slot], relate.who)
    gather(relate.satisfaction, links.satisfaction[slot], relate.who)
    gather(relate.trust, links.trust[slot], relate.who)
    for j in range(LANE):
        relate.kept[j] = kept[week - relate.last_visit[j]]
    for j in range(LANE):
        relate.satisfaction[j] = drifted(relate.satisfaction[j], relate.habitual[j], relate.kept[j])
        relate.trust[j] = drifted(relate.trust[j], relate.habitual[j], relate.kept[j])
    mean = weekly_readiness(
        relations.leaving_monthly, relations.leaving_slope, relations.leaving_known_at, relations.leaving_pivot
    )
    for j in range(LANE):
        _, _, c, _ = uniforms(seed, replicate, relate.key[j], 0, 0, 0, TASTE_RETAILER, relate.number[j])
        relate.mu[j] = readiness(mean, relations.leaving_sd, normal(c))
    for j in range(LANE):
        a, b, c, _ = uniforms(seed, replicate, relate.key[j], draw_week, 0, 0, RELATION, relate.number[j])
        relate.leave_luck[j] = a
        relate.return_luck[j] = b
        relate.hear_luck[j] = c


@phase
def links_change(relate: Any, slot: int, relations: Any, word: Any) -> None:
    """Who leaves, who returns, who hears of a retailer, in one slot; nothing changes where no outlet is open."""
    for j in range(LANE):
        chance = chance_to_leave(
            relate.mu[j],
            relations.leaving_slope,
            relate.satisfaction[j],
            relate.slope[j] - 1.0,
            relations.leaving_pivot,
        )
        is_active = relate.open[slot, j] if relate.status[j] == ACTIVE else 0.0
        relate.left[j] = leaves(relate.leave_luck[j], chance, is_active, relate.active_links[j])
    for j in range(LANE):
        relate.active_links[j] = relate.active_links[j] - relate.left[j]
        is_lapsed = relate.open[slot, j] if relate.status[j] == LAPSED else 0.0
        relate.returned[j] = happens_if(relate.return_luck[j], relations.return_weekly, is_lapsed)
        is_unaware = relate.open[slot, j] if relate.status[j] == UNAWARE else 0.0
        hearing = chance_to_learn(
            relations.awareness_weekly, relate.awareness[j], word.awareness_per_message, relate.messages[j]
        )
        without = chance_to_learn(relations.awareness_weekly, relate.awareness[j], word.awareness_per_message, 0.0)
        relate.heard_of[j] = happens_if(relate.hear_luck[j], hearing, is_unaware)
        relate.by_word[j] = relate.heard_of[j] - happens_if(relate.hear_luck[j], without, is_unaware)


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
    relations: Any,
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
    visits_of_link = links.visits
    weeks_outcome = outcomes.weeks
    satisfaction_outcome = outcomes.satisfaction
    for j in range(count):
        i = first + j
        r = retailer_of_link[slot, i]
        if r >= 0:
            before = status_of_link[slot, i]
            segment = segment_of_person[i]
            can_go = relate.open[slot, j] > 0.0
            if can_go and before == ACTIVE:
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
            if can_go and after == ACTIVE:
                satisfaction = fixed(relate.satisfaction[j])
                counts[r, segment, ACTIVE_LINKS] += 1
                if visits_of_link[slot, i] > 0 and float(week - relate.last_visit[j]) < relations.customer_weeks:
                    counts[r, segment, CUSTOMERS] += 1
                    counts[r, segment, SATISFACTION] += satisfaction
                    counts[r, segment, TRUST] += fixed(relate.trust[j])
                    counts[r, segment, LOYALTY] += fixed(relate.loyalty[slot, j])
                    counts[r, segment, POSITIVE] += 1 if relate.satisfaction[j] >= relations.satisfied_from else 0
                    counts[r, segment, NEGATIVE] += 1 if relate.satisfaction[j] <= relations.dissatisfied_to else 0
                if r == focal and weeks_outcome.size > 0:
                    satisfaction_outcome[i] += satisfaction
                    weeks_outcome[i] += 1
