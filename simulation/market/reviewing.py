"""A retailer reviews its quarter: what went wrong is added up by week; once a quarter the worst of it is mended."""

from __future__ import annotations

from typing import Any

from simulation.compiling import phase
from simulation.market.learning import (
    able_to_act,
    gain_after,
    rate_pain,
    share_heard,
    share_known,
    share_mended,
    touchpoint_pain,
)
from simulation.records import TOUCHPOINTS, VISIT_TOTALS

QUARTER = 13.0  # weeks
QUARTERS = 4.0  # of a year
FIXED = 65536.0
_V = {name: number for number, name in enumerate(VISIT_TOTALS)}
VISITS, BASKETS, FAILURES = _V["visits"], _V["baskets"], _V["failures"]
STOCK_OUTS, COMPLAINTS, FIRST_FELT = _V["stock_outs"], _V["complaints"], _V["at_discover"]
MET = (VISITS, VISITS, _V["met_advice"], BASKETS, _V["met_aftercare"])


@phase
def quarter_is_added_up(learning: Any, outlets: Any, totals: Any, weight: float) -> None:
    """Add last week's visits, real ones, to what each retailer knows of its quarter."""
    for r in range(learning.size):
        learning[r].weeks += 1.0
    for o in range(outlets.size):
        learned = learning[outlets[o].retailer]
        for segment in range(totals.shape[1]):
            row = totals[o, segment]
            learned.visits += row[VISITS] * weight
            learned.failures += row[FAILURES] * weight
            learned.stock_outs += row[STOCK_OUTS] * weight
            learned.complaints += row[COMPLAINTS] * weight
            for t in range(TOUCHPOINTS):
                learned.felt[t] += row[FIRST_FELT + t] / FIXED * weight
                learned.met[t] += row[MET[t]] * weight


@phase
def quarter_is_forgotten(learned: Any) -> None:
    """A new quarter begins."""
    learned.weeks = 0.0
    learned.visits = 0.0
    learned.failures = 0.0
    learned.stock_outs = 0.0
    learned.complaints = 0.0
    for t in range(TOUCHPOINTS):
        learned.felt[t] = 0.0
        learned.met[t] = 0.0


@phase
def retailers_learn(week: int, learning: Any, plan: Any, numbers: Any) -> None:
    """At the end of a quarter each retailer mends what hurts most, as far as it hears of it and can act."""
    for r in range(learning.size):
        learned = learning[r]
        if learned.weeks >= QUARTER:
            if learned.visits > 0.0:
                quarter_is_acted_upon(learned, plan[week, r], numbers)
            quarter_is_forgotten(learned)


@phase
def quarter_is_acted_upon(learned: Any, plan: Any, numbers: Any) -> None:
    """The worst touchpoint, the range or the rules: one of them improves."""
    own = numbers.learning
    worst = -1
    worst_pain = -1.0e30
    for t in range(TOUCHPOINTS):
        if learned.met[t] > 0.0:
            pain = touchpoint_pain(own.aspired_level, learned.felt[t] / learned.met[t], numbers.store.ordinary_level)
            worst = t if pain > worst_pain else worst
            worst_pain = max(pain, worst_pain)
    range_pain = rate_pain(learned.stock_outs, learned.visits, numbers.store.stock_out_base)
    rules_pain = rate_pain(learned.failures, learned.visits, numbers.experience.failure_rate)
    heard = share_heard(plan.feedback, learned.visits, learned.complaints, own.telling_half)
    known = share_known(heard, plan.mapped)
    bought = share_mended(plan.mend_worst / QUARTERS, learned.visits, own.mending_half)
    acting = able_to_act(plan.acting, bought)
    if worst_pain >= max(range_pain, rules_pain):
        touchpoint_is_mended(learned, worst, known, acting, own)
    elif range_pain >= rules_pain:
        range_is_mended(learned, known, acting, own)
    else:
        rules_are_mended(learned, known, acting, own)
    half = own.mending_half
    touchpoint_is_mended(
        learned, worst, known, share_mended(plan.mend_touchpoint / QUARTERS, learned.visits, half), own
    )
    range_is_mended(learned, known, share_mended(plan.mend_range / QUARTERS, learned.visits, half), own)
    rules_are_mended(learned, known, share_mended(plan.mend_rules / QUARTERS, learned.visits, half), own)


@phase
def touchpoint_is_mended(learned: Any, worst: int, known: float, acting: float, own: Any) -> None:
    """More is delivered at one touchpoint."""
    learned.gain[worst] = gain_after(learned.gain[worst], own.touchpoint_gain, own.learning_pace, known, acting)


@phase
def range_is_mended(learned: Any, known: float, acting: float, own: Any) -> None:
    """More is in stock."""
    learned.fewer_stock_outs = gain_after(learned.fewer_stock_outs, own.range_gain, own.learning_pace, known, acting)


@phase
def rules_are_mended(learned: Any, known: float, acting: float, own: Any) -> None:
    """Less goes wrong."""
    learned.fewer_failures = gain_after(learned.fewer_failures, own.rules_gain, own.learning_pace, known, acting)
