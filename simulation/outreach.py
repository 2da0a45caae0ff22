"""What a retailer does by name, planned: whom it may address, what it sends, promises and spends, week by week.

Raw columns of the plan, which levers move, become what customers read: messages add up, consent is lost, precision
follows from the analytical capability, and the three capabilities of managing relationships multiply named parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.discounting import WEEKS_A_YEAR
from simulation.parameters import PARAMETERS

if TYPE_CHECKING:
    from simulation.scenario import Scenario

LATELY = 13  # weeks of which messages are remembered
WEEKS = 0  # axis of the plan
BY_NAME = (  # what is done for known customers, or members, alone; and what makes more of it
    *("sent", "preferred", "scheme", "profile", "kept_at_risk", "kept_others", "winback"),
    *("operational", "analytical", "collaborative"),
)


def relations_are_planned(scenario: Scenario, outlets: Any, retailers: Any, desks: Any) -> None:
    """Work out the personal columns of every retailer's plan, and what follows for its outlets and desks; in place."""
    numbers = {name: float(scenario.parameters.get(name, row.value)) for name, row in PARAMETERS.items()}
    _messages(retailers, numbers)
    _precision(retailers, numbers)
    retailers.preferred[:] = np.log1p(retailers.preferred_percent / 100.0) * _spent(retailers.preferred_spend, numbers)
    retailers.inertia[:] = retailers.felt * numbers["price_weight"] * -np.log1p(-retailers.reward_percent / 100.0)
    retailers.continuity[:] = numbers["crm_continuity"] * retailers.collaborative
    goodwill = goodwill_of(retailers.budget, numbers)
    retailers.awareness *= response(retailers.budget, numbers) / response(1.0, numbers)
    np.clip(retailers.awareness, 0.0, 1.0, out=retailers.awareness)
    _appeal(scenario, outlets, goodwill + numbers["promise_appeal"] * retailers.promise)
    retailers.promise += numbers["advertising_promise"] * goodwill
    _operations(scenario, outlets, retailers, desks, numbers)
    retailers.personal[:] = np.any([retailers[name] != 0.0 for name in BY_NAME], axis=0)


def _messages(retailers: Any, numbers: dict[str, float]) -> None:
    """Messages sent by now, a week ago, two weeks ago and a quarter ago, to each customer chosen; consent left."""
    retailers.sent[:] = np.cumsum(retailers.messages / WEEKS_A_YEAR, WEEKS)
    retailers.sent_before[1:] = retailers.sent[:-1]
    retailers.sent_earlier[2:] = retailers.sent[:-2]
    retailers.sent_lately[LATELY:] = retailers.sent[:-LATELY]
    retailers.consent *= (1.0 - retailers.opting_out) ** retailers.sent * (1.0 - retailers.privacy)
    retailers.message_gain[:] = np.log1p(retailers.message_percent / 100.0) / numbers["responsive_share"]


def _precision(retailers: Any, numbers: dict[str, float]) -> None:
    """Shares of those whom messages mean something to, and of the others, that get them; of offers likewise."""
    share, insight = numbers["responsive_share"], retailers.analytical
    right = np.minimum(1.0, share * (1.0 + numbers["crm_precision"] * insight))
    retailers.to_responsive[:] = np.minimum(1.0, retailers.chosen * right / share)
    retailers.to_others[:] = retailers.chosen * (1.0 - right) / (1.0 - share)
    found = np.minimum(1.0, numbers["retention_recall"] * (1.0 + numbers["crm_recall"] * insight))
    retailers.kept_at_risk[:] = retailers.retention * found
    alarms = numbers["retention_alarms"] / (1.0 + numbers["crm_precision"] * insight)
    retailers.kept_others[:] = retailers.retention * alarms
    retailers.winning[:] = 1.0 + numbers["crm_recall"] * insight


def _spent(spend: Any, numbers: dict[str, float]) -> Any:
    """What a budget per customer buys of an effect, each part less than the one before it."""
    return spend / (spend + numbers["preferred_half"])


def response(budget: Any, numbers: dict[str, float]) -> Any:
    """Utility by an advertising budget over the usual one: min + (max - min) b^c / (d + b^c), ADBUDG, Little 1970."""
    power = np.asarray(budget, float) ** numbers["budget_shape"]
    least, most = numbers["budget_least"], numbers["budget_most"]
    return least + (most - least) * power / (numbers["budget_half"] + power)


def goodwill_of(budget: Any, numbers: dict[str, float]) -> Any:
    """Goodwill, utility beyond the usual budget's: part comes at once, the rest is built up and kept for a while."""
    beyond, kept = response(budget, numbers) - response(1.0, numbers), numbers["goodwill_kept"]
    built = np.zeros_like(beyond)
    for week in range(1, len(beyond)):
        built[week] = kept * built[week - 1] + (1.0 - kept) * beyond[week]
    at_once = numbers["goodwill_at_once"]
    return at_once * beyond + (1.0 - at_once) * built


def _appeal(scenario: Scenario, outlets: Any, appeal: Any) -> None:
    """A retailer's appeal is that of each of its outlets."""
    for o, r in enumerate(_owners(scenario, scenario.outlets)):
        outlets.appeal[:, o] += appeal[:, r]


def _operations(scenario: Scenario, outlets: Any, retailers: Any, desks: Any, numbers: dict[str, float]) -> None:
    """The operational capability helps where the customer is known: less work at desks, fewer errors of orders."""
    able = retailers.operational * retailers.identified * retailers.consent
    for d, r in enumerate(_owners(scenario, scenario.desks)):
        desks.minutes[:, d] *= 1.0 + numbers["crm_minutes"] * able[:, r]
        desks.waiting[:, d] *= 1.0 + numbers["crm_response"] * able[:, r]
    for o, r in enumerate(_owners(scenario, scenario.outlets)):
        if scenario.outlets[o].channel == "online":
            outlets.failures[:, o] *= 1.0 + numbers["crm_errors"] * able[:, r]


def _owners(scenario: Scenario, things: Any) -> list[int]:
    """The retailer of each outlet or desk, by number."""
    ids = [retailer.id for retailer in scenario.retailers]
    return [ids.index(thing.retailer) for thing in things]
