"""Whom a retailer reaches by name, compiled: accounts, messages, points, offers that keep."""

from __future__ import annotations

from typing import Any

from simulation.bits import uniforms
from simulation.chance import ACCOUNT, OFFER
from simulation.compiling import phase
from simulation.customer.account import (
    at_risk_of_leaving,
    by_offer,
    chance_to_join,
    either,
    is_chosen,
    is_reachable,
    message_pull,
    personal_pull,
    pull_of_points,
    quarter_of,
    received,
    responds,
    suits,
)
from simulation.customer.choice import digital_appeal
from simulation.customer.gathering import fill, gather
from simulation.customer.lane import CHANNEL_PREFERENCE, LANE
from simulation.customer.relation import (
    ACTIVE,
    LAPSED,
    PROSPECT,
    chance_to_leave,
    dissatisfaction,
    happens_if,
    temptation,
)
from simulation.records import LINK_TOTALS, REACH

_L = {name: number for number, name in enumerate(LINK_TOTALS)}
IDENTIFIED, MEMBERS, JOINED = _L["identified"], _L["members"], _L["joined"]
MESSAGES, RETENTION, CALLED_BACK = _L["messages"], _L["retention_offers"], _L["winback_contacts"]
MEMBER_WALLET, MEMBER_OWN = _L["member_wallet_cents"], _L["member_own_cents"]


@phase
def retailers_reach_out(
    visit: Any, slots: int, links: Any, retailers: Any, seed: int, replicate: int, account: Any
) -> None:
    """What each retailer does for this customer by name this week: messages, points, the channel that suits."""
    if is_personal(retailers):
        for s in range(slots):
            customers_are_recognised(visit, s, links, retailers, seed, replicate)
            customers_are_addressed(visit, s, retailers, account)
    else:
        for s in range(slots):
            fill(visit.link_known[s], 0.0)
            fill(visit.link_rebate[s], 0.0)


@phase
def is_personal(retailers: Any) -> bool:
    """Whether any retailer does anything by name this week; where none does, nobody is asked (draws are kept apart)."""
    found = 0.0
    for r in range(retailers.size):
        found = max(found, retailers[r].personal)
    return found > 0.0


@phase
def makes_offers_that_keep(retailers: Any) -> bool:
    """Whether any retailer makes retention offers this week."""
    found = 0.0
    for r in range(retailers.size):
        found = max(found, retailers[r].kept_at_risk + retailers[r].kept_others)
    return found > 0.0


@phase
def customers_are_recognised(visit: Any, s: int, links: Any, retailers: Any, seed: int, replicate: int) -> None:
    """The retailer of a slot, the points that it counts, and what decides for good whom it knows."""
    gather(visit.retailer, links.retailer[s], visit.who)
    for j in range(LANE):
        visit.retailer[j] = max(visit.retailer[j], 0)
    gather(visit.retailer_number, retailers.number, visit.retailer)
    gather(visit.points, links.points[s], visit.who)
    for j in range(LANE):
        a, b, c, d = uniforms(seed, replicate, visit.key[j], 0, 0, 0, ACCOUNT, visit.retailer_number[j])
        visit.account[0, j] = a
        visit.account[1, j] = b
        visit.account[2, j] = c
        visit.account[3, j] = d


@phase
def customers_are_addressed(visit: Any, s: int, retailers: Any, account: Any) -> None:
    """What the retailer of a slot does for the customer this week."""
    for j in range(LANE):
        here = retailers[visit.retailer[j]]
        u = visit.account[3, j]
        known = is_reachable(visit.account[0, j], here.identified, visit.account[1, j], here.consent, visit.points[j])
        chosen = known * is_chosen(u, account.responsive_share, here.to_responsive, here.to_others)
        by_now = received(here.sent, visit.account[2, j])
        before = received(here.sent_before, visit.account[2, j])
        earlier = received(here.sent_earlier, visit.account[2, j])
        lately = by_now - received(here.sent_lately, visit.account[2, j])
        now = chosen * (by_now - before)
        pull = message_pull(
            now,
            chosen * (before - earlier),
            chosen * lately,
            account.messages_least,
            account.messages_half,
            account.pull_forward,
        )
        visit.link_known[s, j] = known
        visit.link_personal[s, j] = here.message_gain * responds(u, account.responsive_share) * pull
        visit.link_points[s, j] = pull_of_points(visit.points[j], here.inertia, here.acceleration)
        visit.link_suits[s, j] = here.preferred * known
        visit.link_rebate[s, j] = here.message_discount * min(now, 1.0)


@phase
def outlets_are_personal(visit: Any, retailers: Any, choice: Any, cannibalised: float) -> None:
    """What is done for a customer by name holds for each of the retailer's outlets, but for the channel."""
    personal = is_personal(retailers)
    for a in range(REACH):
        fill(visit.a_personal[a], 0.0)
        for j in range(LANE if personal else 0):
            link = visit.a_link[a, j]
            digital = digital_appeal(
                1.0, choice.online_utility, choice.online_preference_sd, visit.source[CHANNEL_PREFERENCE, j]
            )
            channel = visit.link_suits[link, j] * suits(visit.a_online[a, j], digital, cannibalised)
            visit.a_personal[a, j] = personal_pull(visit.link_personal[link, j], visit.link_points[link, j], channel)


@phase
def accounts_are_kept(
    relate: Any,
    slot: int,
    draw_week: int,
    seed: int,
    replicate: int,
    links: Any,
    retailers: Any,
    account: Any,
) -> None:
    """For one slot: who can be reached by name, what was sent, whom a retention offer would go to, who joins."""
    if is_personal(retailers):
        gather(relate.points, links.points[slot], relate.who)
        customers_are_known(relate, seed, replicate, retailers, account)
        offers_may_keep(relate, quarter_of(draw_week), seed, replicate, retailers)
        customers_join(relate, retailers, account)
    else:
        fill(relate.called_back, 0.0)
        fill(relate.winning, 0.0)


@phase
def customers_are_known(relate: Any, seed: int, replicate: int, retailers: Any, account: Any) -> None:
    """Who can be reached by name by a retailer that does anything by name, and what was sent to them."""
    for j in range(LANE):
        a, b, c, d = uniforms(seed, replicate, relate.key[j], 0, 0, 0, ACCOUNT, relate.number[j])
        here = retailers[relate.retailer[j]]
        reachable = is_reachable(a, here.identified, b, here.consent, relate.points[j])
        relate.known[j] = here.personal * reachable
        chosen = relate.known[j] * is_chosen(d, account.responsive_share, here.to_responsive, here.to_others)
        relate.sent[j] = chosen * (received(here.sent, c) - received(here.sent_before, c))


@phase
def customers_join(relate: Any, retailers: Any, account: Any) -> None:
    """Who joins a loyalty scheme, and who of those that left is called back."""
    for j in range(LANE):
        here = retailers[relate.retailer[j]]
        is_active = 1.0 if relate.status[j] == ACTIVE else 0.0
        joining = chance_to_join(here.scheme, account.joining_weekly, relate.frequency[j])
        relate.joins[j] = happens_if(relate.join_luck[j], joining, is_active if relate.points[j] < 0.5 else 0.0)
        is_lapsed = relate.known[j] if relate.status[j] == LAPSED else 0.0
        relate.called_back[j] = happens_if(relate.call_luck[j], relate.winback[j], is_lapsed)
        relate.winning[j] = here.winning


@phase
def offers_may_keep(relate: Any, quarter: int, seed: int, replicate: int, retailers: Any) -> None:
    """The luck of a quarter: who would get a retention offer; nobody where no retailer makes any."""
    for j in range(LANE if makes_offers_that_keep(retailers) else 0):
        u, _, _, _ = uniforms(seed, replicate, relate.key[j], quarter, 0, 1, OFFER, relate.number[j])
        relate.keep_luck[j] = u


@phase
def offers_keep(relate: Any, retailers: Any, relations: Any, account: Any) -> None:
    """Log-odds of leaving by retention offers, by the chance of leaving without them; 0 where no retailer makes any."""
    fill(relate.by_keeping, 0.0)
    fill(relate.kept_by, 0.0)
    for j in range(LANE if makes_offers_that_keep(retailers) else 0):
        here = retailers[relate.retailer[j]]
        by_satisfaction = dissatisfaction(relations.leaving_slope, relate.satisfaction[j], relations.leaving_pivot)
        by_competition = temptation(relations.leaving_slope, relate.satisfaction[j], relate.slope[j] - 1.0)
        chance = chance_to_leave(relate.mu[j], by_satisfaction, by_competition)
        at_risk = at_risk_of_leaving(chance, account.at_risk_from)
        is_active = relate.known[j] if relate.status[j] == ACTIVE else 0.0
        share = either(at_risk, here.kept_at_risk, here.kept_others)
        relate.kept_by[j] = happens_if(relate.keep_luck[j], share, is_active)
        relate.by_keeping[j] = by_offer(relate.kept_by[j], at_risk, account.retention_effect, account.retention_woken)


@phase
def accounts_are_counted(
    relate: Any,
    slot: int,
    first: int,
    count: int,
    start: int,
    people: Any,
    links: Any,
    retailers: Any,
    block: Any,
    totals: Any,
) -> None:
    """Write who has joined, and count what was done by name."""
    counts = totals.links
    points_of_link = links.points
    for j in range(count if is_personal(retailers) else 0):
        i = first + j
        r = links.retailer[slot, i]
        if r >= 0:
            g = people.segment[i]
            active = relate.status[j] == ACTIVE
            if relate.joins[j] > 0.0:
                points_of_link[slot, i] = 1
                counts[r, g, JOINED] += 1
            counts[r, g, IDENTIFIED] += 1 if active and relate.known[j] > 0.0 else 0
            counts[r, g, MEMBERS] += 1 if active and points_of_link[slot, i] > 0 else 0
            counts[r, g, MEMBER_WALLET] += block.spent[i - start] if points_of_link[slot, i] > 0 else 0
            counts[r, g, MEMBER_OWN] += block.spent_at[slot, i - start] if points_of_link[slot, i] > 0 else 0
            counts[r, g, MESSAGES] += int(relate.sent[j]) if relate.status[j] >= PROSPECT else 0
            counts[r, g, RETENTION] += 1 if relate.kept_by[j] > 0.0 else 0
            counts[r, g, CALLED_BACK] += 1 if relate.called_back[j] > 0.0 else 0
