"""What was discovered, in words: "it fails when turnover > 35 % and a rival enters"."""

from __future__ import annotations

import math
from collections.abc import Callable

from analysis.chart import capital
from analysis.drawing import plain
from analysis.studies.discovery import Discovery, Restriction
from analysis.studies.experiments import Factor, Outcome
from analysis.studies.settings import factor_scale, outcome_scale, rounded
from analysis.wording import short


def told(found: Discovery, label: str, unit: str, currency: str = "") -> str:
    """The finding as one or two sentences, with how much it explains and how sure it is."""
    scale = outcome_scale(Outcome(found.interest.outcome, label, unit), found.interest.limit, currency)
    limit = f"{short(scale.factor * found.interest.limit)} {scale.unit}".rstrip() if found.interest.limit else "0"
    what = f"{label} is {'below' if found.interest.below else 'above'} {limit}"
    if not found.of_interest:
        return capital(f"{what} at none of {found.points:,} points.")
    if not found.restrictions:
        return capital(
            f"{what} at {found.of_interest:,} of {found.points:,} points ({_percent(found.rate)}). No conditions were "
            "found under which that is clearly more likely."
        )
    when = " and ".join(conditions(found, currency))
    return capital(
        f"{what} mostly when {when}: {_percent(found.coverage)} of these cases are there, and "
        f"{_percent(found.density)} of what is there are such cases "
        f"({_percent(found.rate)} of all points are)."
    )


def conditions(found: Discovery, currency: str = "") -> list[str]:
    """Every restriction as words, the surest first."""
    return [_condition(each, currency) for each in found.restrictions]


def _condition(each: Restriction, currency: str) -> str:
    name = each.factor.words
    if each.factor.choices:
        return f"{name}: {' or '.join(each.kept)}"
    if math.isinf(each.high):
        return f"{name} > {_limit(each.factor, each.low, currency, math.floor)}"
    high = _limit(each.factor, each.high, currency, math.ceil)
    if math.isinf(each.low):
        return f"{name} < {high}"
    return f"{name} between {_limit(each.factor, each.low, currency, math.floor)} and {high}"


def _limit(factor: Factor, value: float, currency: str, whole: Callable[[float], int]) -> str:
    """A limit as exact as a search that takes off one slice in twenty can know it; whole numbers stay whole."""
    scale = factor_scale(factor, currency)
    shown = scale.factor * whole(value) if factor.integer else rounded(factor, value, currency)
    unit = "" if factor.words.endswith(scale.unit) else scale.unit  # "hours per employee < 32" says it already
    return f"{plain(shown)} {unit}".rstrip()


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
