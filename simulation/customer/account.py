"""What a retailer knows of a customer by name: the account, consent, messages, points of a loyalty scheme.

Who has an account and agreed to be addressed is decided by one draw per customer and retailer that never changes, so
that more accounts, or fewer, are always the same people first. Nothing personal reaches anybody else.
"""

from __future__ import annotations

import math

from simulation.compiling import box

A_REWARD = 1000.0  # points, by definition
WEEKS_OF_A_QUARTER = 13.0


@box
def is_reachable(u: float, identified: float, v: float, consent: float, points: float) -> float:
    """1 for a customer whom the retailer knows, by an account or as a member, and who agreed to be addressed."""
    return 1.0 if (u < identified or points > 0.5) and v < consent else 0.0


@box
def responds(u: float, share: float) -> float:
    """1 for a customer to whom messages of this retailer mean something."""
    return 1.0 if u < share else 0.0


@box
def is_chosen(u: float, share: float, of_responsive: float, of_others: float) -> float:
    """1 for a customer whom messages are sent to; `u` decides who responds and, within either group, who is chosen."""
    within = u / share if u < share else (u - share) / max(1.0 - share, 1.0e-9)
    return 1.0 if within < (of_responsive if u < share else of_others) else 0.0


@box
def received(sent: float, luck: float) -> float:
    """Messages that have come by now, of so many sent to everybody chosen: regular, everybody at their own time."""
    return 1.0 * math.floor(sent + luck)


@box
def message_pull(now: float, before: float, lately: float, least: float, worn_half: float, forward: float) -> float:
    """How much a message of this week counts, less what last week's brought forward.

    Nothing before the `least` messages of a quarter; each counts for less the more there are (`worn_half`: for half).
    """
    fresh = min(now, 1.0) - forward * min(before, 1.0)
    return fresh * worn_half / (worn_half + lately) if lately > least - 0.5 else 0.0


@box
def suits(online: float, digital: float, cannibalised: float) -> float:
    """1 in the channel that a customer prefers, by the appeal of digital ones; in the other, what is taken from it."""
    return (1.0 if digital > 0.0 else -cannibalised) if online > 0.0 else (-cannibalised if digital > 0.0 else 1.0)


@box
def personal_pull(message: float, points: float, channel: float) -> float:
    """Utility by what a retailer does for this customer alone: messages, points, the channel that suits."""
    return message + points + channel


@box
def pull_of_points(points: float, inertia: float, acceleration: float) -> float:
    """Utility of a member's points: some by being a member, more as the reward comes near (Kivetz et al. 2006)."""
    near = max(points - 1.0, 0.0) / A_REWARD
    return inertia + acceleration * near * near if points > 0.5 else 0.0


@box
def points_collected(points: float, amount: float, spend: float) -> float:
    """Points with those of a purchase, before any reward; `spend` is money for one reward."""
    return points - 1.0 + A_REWARD * amount / spend


@box
def rewards_due(points: float, amount: float, spend: float, scheme: float) -> float:
    """Rewards that a purchase brings a member."""
    due = 1.0 * math.floor(points_collected(points, amount, spend) / A_REWARD)
    return due if points > 0.5 and scheme > 0.0 else 0.0


@box
def points_after(points: float, amount: float, spend: float, scheme: float) -> float:
    """Points after a purchase: a reward takes them back to the beginning; 0 for who is no member."""
    left = 1.0 * math.floor(points_collected(points, amount, spend)) - A_REWARD * rewards_due(
        points, amount, spend, scheme
    )
    return 1.0 + left if points > 0.5 and scheme > 0.0 else points


@box
def with_voucher(paid: float, discount: float, rewards: float, value: float) -> float:
    """What is paid after the discount of a message and the vouchers of rewards; nobody gets money back."""
    rest = paid * (1.0 - discount)
    return rest - min(rest, rewards * value)


@box
def quarter_of(week: int) -> int:
    """The quarter of a week, for which a retention offer holds."""
    return math.floor(week / WEEKS_OF_A_QUARTER)


@box
def chance_to_join(scheme: float, weekly: float, frequency: float) -> float:
    """Weekly chance to join a loyalty scheme: who comes often has more of it, and joins first."""
    return scheme * min(1.0, weekly * frequency)


@box
def by_offer(offered: float, at_risk: float, effect: float, woken: float) -> float:
    """Log-odds of leaving by a retention offer: who was about to go stays; who was not is reminded that one can go."""
    return offered * (woken - at_risk * (woken + effect))


@box
def at_risk_of_leaving(chance: float, limit: float) -> float:
    """1 where the weekly chance of leaving says that a customer may be about to go."""
    return 1.0 if chance >= limit else 0.0


@box
def either(right: float, if_right: float, otherwise: float) -> float:
    """One of two shares, by whom it is about."""
    return if_right if right > 0.0 else otherwise


@box
def promised(will: float, promise: float) -> float:
    """What is expected of a visit: by experience, and by what the retailer promises."""
    return will + promise


@box
def suited(level: float, gain: float, known: float) -> float:
    """A determinant as a customer meets it whom the retailer knows: better matched."""
    return level + gain * known


@box
def as_one(integration: float, continuity: float, known: float) -> float:
    """How far channels work as one for a customer: more where each knows what the other did."""
    return min(1.0, integration * (1.0 + continuity * known))
