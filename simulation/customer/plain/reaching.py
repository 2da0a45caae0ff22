"""Whom a retailer reaches by name, for one customer, phase by phase as in the compiled `reaching.py`."""

from __future__ import annotations

from typing import Any

from simulation.chance import ACCOUNT, OFFER
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
from simulation.customer.lane import CHANNEL_PREFERENCE
from simulation.customer.plain.luck import Luck
from simulation.customer.plain.values import Values
from simulation.customer.reaching import (
    CALLED_BACK,
    IDENTIFIED,
    JOINED,
    MEMBER_OWN,
    MEMBER_WALLET,
    MEMBERS,
    MESSAGES,
    RETENTION,
)
from simulation.customer.relation import (
    ACTIVE,
    LAPSED,
    PROSPECT,
    chance_to_leave,
    dissatisfaction,
    happens_if,
    temptation,
)
from simulation.records import REACH


def retailers_reach_out(
    visit: Values, luck: Luck, slots: int, links: Any, retailers: list[Values], account: Any
) -> None:
    """What each retailer does for this customer by name this week: messages, points, the channel that suits."""
    for s in range(slots if is_personal(retailers) else 0):
        here = retailers[max(int(links.retailer[s, visit.who]), 0)]
        customers_are_recognised(visit, s, luck, links, here)
        customers_are_addressed(visit, s, here, account)


def is_personal(retailers: list[Values]) -> bool:
    """Whether any retailer does anything by name this week; where none does, nobody is asked."""
    return bool(max(retailer.personal for retailer in retailers) > 0.0)


def makes_offers_that_keep(retailers: list[Values]) -> bool:
    """Whether any retailer makes retention offers this week."""
    return bool(max(retailer.kept_at_risk + retailer.kept_others for retailer in retailers) > 0.0)


def customers_are_recognised(visit: Values, s: int, luck: Luck, links: Any, here: Values) -> None:
    """The points that a retailer counts, and what decides for good whether it knows the customer."""
    visit.points = float(links.points[s, visit.who])
    visit.account = luck.uniforms(0, 0, 0, ACCOUNT, here.number)


def customers_are_addressed(visit: Values, s: int, here: Values, account: Any) -> None:
    """What the retailer of a slot does for the customer this week."""
    a, b, c, u = visit.account
    known = is_reachable(a, here.identified, b, here.consent, visit.points)
    chosen = known * is_chosen(u, account.responsive_share, here.to_responsive, here.to_others)
    by_now, before, earlier = (received(sent, c) for sent in (here.sent, here.sent_before, here.sent_earlier))
    lately = by_now - received(here.sent_lately, c)
    now = chosen * (by_now - before)
    pull = message_pull(
        now,
        chosen * (before - earlier),
        chosen * lately,
        account.messages_least,
        account.messages_half,
        account.pull_forward,
    )
    visit.link_known[s] = known
    visit.link_personal[s] = here.message_gain * responds(u, account.responsive_share) * pull
    visit.link_points[s] = pull_of_points(visit.points, here.inertia, here.acceleration)
    visit.link_suits[s] = here.preferred * known
    visit.link_rebate[s] = here.message_discount * min(now, 1.0)


def outlets_are_personal(visit: Values, retailers: list[Values], choice: Any, cannibalised: float) -> None:
    """What is done for a customer by name holds for each of the retailer's outlets, but for the channel."""
    for a in range(REACH if is_personal(retailers) else 0):
        link = visit.a_link[a]
        digital = digital_appeal(
            1.0, choice.online_utility, choice.online_preference_sd, visit.source[CHANNEL_PREFERENCE]
        )
        channel = visit.link_suits[link] * suits(visit.a_online[a], digital, cannibalised)
        visit.a_personal[a] = personal_pull(visit.link_personal[link], visit.link_points[link], channel)


def accounts_are_kept(
    relate: Values, slot: int, i: int, draw_week: int, luck: Luck, links: Any, retailers: list[Values], account: Any
) -> None:
    """For one link: who can be reached by name, what was sent, whom a retention offer would go to, who joins."""
    relate.sent = relate.joins = relate.called_back = relate.winning = 0.0
    if is_personal(retailers):
        here = retailers[max(int(links.retailer[slot, i]), 0)]
        relate.points = float(links.points[slot, i])
        customers_are_known(relate, luck, here, account)
        offers_may_keep(relate, quarter_of(draw_week), luck, here, retailers)
        customers_join(relate, here, account)


def customers_are_known(relate: Values, luck: Luck, here: Values, account: Any) -> None:
    """Whether the customer can be reached by name by a retailer that does anything by name, and what was sent."""
    a, b, c, d = luck.uniforms(0, 0, 0, ACCOUNT, here.number)
    reachable = is_reachable(a, here.identified, b, here.consent, relate.points)
    relate.known = here.personal * reachable
    chosen = relate.known * is_chosen(d, account.responsive_share, here.to_responsive, here.to_others)
    relate.sent = chosen * (received(here.sent, c) - received(here.sent_before, c))


def offers_may_keep(relate: Values, quarter: int, luck: Luck, here: Values, retailers: list[Values]) -> None:
    """The luck of a quarter: who would get a retention offer."""
    if makes_offers_that_keep(retailers):
        relate.keep_luck, _, _, _ = luck.uniforms(quarter, 0, 1, OFFER, here.number)


def customers_join(relate: Values, here: Values, account: Any) -> None:
    """Whether the customer joins a loyalty scheme, or is called back after having left."""
    is_active = 1.0 if relate.status == ACTIVE else 0.0
    joining = chance_to_join(here.scheme, account.joining_weekly, relate.frequency)
    relate.joins = happens_if(relate.join_luck, joining, is_active if relate.points < 0.5 else 0.0)
    is_lapsed = relate.known if relate.status == LAPSED else 0.0
    relate.called_back = happens_if(relate.call_luck, relate.winback, is_lapsed)
    relate.winning = here.winning


def offers_keep(
    relate: Values, slope: float, here: Values, retailers: list[Values], relations: Any, account: Any
) -> None:
    """Log-odds of leaving by retention offers, by the chance of leaving without them; 0 where no retailer makes any."""
    relate.by_keeping = relate.kept_by = 0.0
    if makes_offers_that_keep(retailers):
        by_satisfaction = dissatisfaction(relations.leaving_slope, relate.satisfaction, relations.leaving_pivot)
        by_competition = temptation(relations.leaving_slope, relate.satisfaction, slope - 1.0)
        chance = chance_to_leave(relate.mu, by_satisfaction, by_competition)
        at_risk = at_risk_of_leaving(chance, account.at_risk_from)
        is_active = relate.known if relate.status == ACTIVE else 0.0
        share = either(at_risk, here.kept_at_risk, here.kept_others)
        relate.kept_by = happens_if(relate.keep_luck, share, is_active)
        relate.by_keeping = by_offer(relate.kept_by, at_risk, account.retention_effect, account.retention_woken)


def accounts_are_counted(
    relate: Values, slot: int, i: int, people: Any, links: Any, retailers: list[Values], met: Values, totals: Any
) -> None:
    """Write who has joined, and count what was done by name."""
    r = int(links.retailer[slot, i])
    if r < 0 or not is_personal(retailers):
        return
    row = totals.links[r, people.segment[i]]
    active = relate.status == ACTIVE
    if relate.joins > 0.0:
        links.points[slot, i] = 1
        row[JOINED] += 1
    row[IDENTIFIED] += 1 if active and relate.known > 0.0 else 0
    row[MEMBERS] += 1 if active and links.points[slot, i] > 0 else 0
    row[MEMBER_WALLET] += sum(met.spent_at) if links.points[slot, i] > 0 else 0
    row[MEMBER_OWN] += met.spent_at[slot] if links.points[slot, i] > 0 else 0
    row[MESSAGES] += int(relate.sent) if relate.status >= PROSPECT else 0
    row[RETENTION] += 1 if relate.kept_by > 0.0 else 0
    row[CALLED_BACK] += 1 if relate.called_back > 0.0 else 0
