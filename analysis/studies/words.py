"""What matters most and how sure, in one or two sentences for each outcome."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from analysis.chart import capital
from analysis.effects import Interval
from analysis.studies.experiments import (
    POLICIES,
    Experiments,
    Factor,
    Outcome,
    constant_outcomes,
    factor_named,
    luck_share,
    outcome_named,
    outcome_values,
    points,
)
from analysis.studies.index import Index
from analysis.studies.sensitivity import method_of, ranking, standing_out, stands_out
from analysis.studies.settings import outcome_scale, setting
from analysis.studies.usable import left_out
from analysis.views import Scale
from analysis.wording import bracketed, short, size
from simulation.results import Table

FRACTIONS = ((0.25, "a quarter"), (1 / 3, "a third"), (0.5, "half"), (2 / 3, "two thirds"), (0.75, "three quarters"))
NEAR = 0.03  # so near to a fraction its name is as good as the number beside it
ALMOST_ALL, ALL = 0.95, 0.995
MOSTLY = 0.5  # of the variation
TURNS = 1.0  # sigma above mu star: the effect changes its sign or depends on the others (Morris 1991)
SHARES = ("sobol", "grid", "given_data")


def statement(experiments: Experiments, table: Table, outcome: str, currency: str = "") -> str:
    """What matters most to an outcome, how sure that is, how much is luck, and what failed.

    Args:
        experiments: the study.
        table: its `sensitivity`, by the design's own method.
        outcome: which.
        currency: of money.
    """
    return " ".join([lead(experiments, table, outcome, currency), *doubts(experiments, table, outcome)])


def lead(experiments: Experiments, table: Table, outcome: str, currency: str = "") -> str:
    """What matters most to an outcome, in a sentence."""
    described = experiments.outcomes[outcome_named(experiments, outcome)]
    ran = np.isfinite(outcome_values(experiments, outcome))
    if not ran.any():
        return f"No run gave {described.words}."
    if outcome in constant_outcomes(experiments):
        return _constant(experiments, described, currency)
    method = method_of(experiments)
    ranked = ranking(table, outcome, method) if len(table) else []
    if not ranked:
        return f"Too few points ran to say what {described.words} varies by."
    if method in SHARES:
        return _by_share(experiments, described, ranked, method)
    scale = outcome_scale(described, max(abs(each.value) for each in ranked), currency)
    if method == "morris":
        return _by_effect(experiments, described, ranked, scale)
    return _by_swing(experiments, described, ranked, table, scale, currency)


def _constant(experiments: Experiments, outcome: Outcome, currency: str) -> str:
    values = outcome_values(experiments, outcome.name)
    value = float(values[np.isfinite(values)][0])
    scale = outcome_scale(outcome, value, currency)
    shown = f"{short(scale.factor * value)} {scale.unit}".rstrip()
    return f"{capital(outcome.words)} is constant ({shown}): nothing that was moved matters to it."


def _by_share(experiments: Experiments, outcome: Outcome, ranked: Sequence[Index], method: str) -> str:
    first, *rest = ranked
    if not stands_out(ranked, method):
        return f"Nothing stands out: no factor's share of what {outcome.words} varies by can be told from none."
    name = "first order" if method == "given_data" else "total"
    how = "by itself" if method == "given_data" else "alone or together with others"
    much = f"{capital(_share(first.value))} of what {outcome.words} varies by goes with {_name(experiments, first)}"
    second = standing_out(rest[:1], method, len(ranked))
    none_other = "; no other can be told from none" if rest else ""
    following = f"; next is {_name(experiments, second[0])} ({share_words(second[0])})" if second else none_other
    return f"{much}, {how} ({name} {share_words(first)}){following}."


def _share(value: float) -> str:
    """A share in words where a word is near, else in per cent."""
    if value >= ALL:
        return "all"
    if value >= ALMOST_ALL:
        return "almost all"
    return next((word for part, word in FRACTIONS if abs(part - value) <= NEAR), f"{100 * value:.0f} %")


def _by_effect(experiments: Experiments, outcome: Outcome, ranked: Sequence[Index], scale: Scale) -> str:
    first, *rest = ranked
    following = f"; next is {_name(experiments, rest[0])} ({_interval(rest[0], scale)})" if rest else ""
    far = f"{_name(experiments, first)}: {_interval(first, scale)} {scale.unit}".rstrip()
    return (
        f"{capital(outcome.words)} moves most with {far} on average from one end of its range to the other{following}."
    )


def _by_swing(
    experiments: Experiments, outcome: Outcome, ranked: Sequence[Index], table: Table, scale: Scale, currency: str
) -> str:
    first, *rest = ranked
    factor = _factor(experiments, first)
    ends = [
        table.where(outcome=outcome.name, factor=first.factor, index=index).rows()[0]["value"]
        for index in ("at_low", "at_high")
    ]
    low, high = (short(scale.factor * end, like=scale.factor * first.value) for end in ends)
    high = f"{high} {scale.unit}".rstrip()
    low_at, high_at = (setting(factor, end, currency) for end in (factor.low, factor.high))
    following = f"; next is {_name(experiments, rest[0])} ({size(_scaled(rest[0], scale))})" if rest else ""
    return (
        f"{capital(outcome.words)} swings most with {factor.words}: from {low} at {low_at} to {high} at {high_at}"
        f"{following}."
    )


def doubts(experiments: Experiments, table: Table, outcome: str) -> list[str]:
    """How sure the ranking is, what shares leave over, how much is luck, and what failed; each a sentence."""
    if outcome in constant_outcomes(experiments) or not len(table.where(outcome=outcome) if len(table) else ()):
        return list(_failures(experiments, outcome))
    method = method_of(experiments)
    ranked = ranking(table, outcome, method)
    found = [
        _order(experiments, outcome, ranked, method),
        _rest(ranked, method),
        _turning(experiments, table, outcome, ranked),
    ]
    return [*(each for each in found if each), luck(experiments, outcome), *_failures(experiments, outcome)]


def _order(experiments: Experiments, outcome: str, ranked: Sequence[Index], method: str) -> str:
    if len(ranked) < 2 or not stands_out(ranked, method):  # noqa: PLR2004 - it takes two to be told apart
        return ""
    first, second = ranked[:2]
    if method == "grid":
        return "" if left_out(experiments, outcome, method) else "On this grid that is exact."
    if not math.isfinite(first.low):
        return ""
    if told_apart(first, second):
        return f"That {_name(experiments, first)} matters most is sure: the 95 % intervals lie apart."
    return f"Which of {_name(experiments, first)} and {_name(experiments, second)} matters more is not sure."


def told_apart(first: Index, second: Index) -> bool:
    """Whether two intervals of sizes lie apart."""
    halves = [(each.high - each.low) / 2.0 for each in (first, second)]
    return abs(first.value) - halves[0] > abs(second.value) + halves[1]


def _rest(ranked: Sequence[Index], method: str) -> str:
    """What the shares of the factors that stand out by themselves leave over."""
    left = 1.0 - sum(each.value for each in standing_out(ranked, method, len(ranked)))
    if method != "given_data" or left < 1.0 - ALMOST_ALL or not stands_out(ranked, method):
        return ""
    return (
        f"{100 * left:.0f} % goes with no factor that stands out: with the others, with what all do together, and luck."
    )


def _turning(experiments: Experiments, table: Table, outcome: str, ranked: Sequence[Index]) -> str:
    """Whether the effect of the first depends on where the others stand."""
    spread = table.where(outcome=outcome, factor=ranked[0].factor, index="sigma").rows()
    if not spread or spread[0]["value"] <= TURNS * ranked[0].value:
        return ""
    return f"How far {_name(experiments, ranked[0])} moves it, or which way, depends on where it and the others stand."


def luck(experiments: Experiments, outcome: str) -> str:
    """How much of what an outcome varies by is luck of replicates."""
    share = luck_share(experiments, outcome)
    if math.isnan(share):
        return "One replicate of each point: how much of this is luck cannot be told."
    warning = ": run more before trusting the rest" if share > MOSTLY else ""
    return f"{_few(share)} of the variation is luck of {experiments.replicates} replicates{warning}."


def _few(share: float) -> str:
    return "Less than 1 %" if share < 0.01 else f"{100 * share:.0f} %"  # noqa: PLR2004 - as it is written


def _failures(experiments: Experiments, outcome: str) -> Iterator[str]:
    failed = int(np.isnan(outcome_values(experiments, outcome)).sum())
    out = left_out(experiments, outcome, method_of(experiments))
    if failed:
        kept_together = "futures" if experiments.design == POLICIES else "blocks"
        others = f"; left out with their {kept_together}: {out:,} points" if out > failed else ""
        yield f"{failed:,} of {points(experiments):,} points gave nothing{others}."


def share_words(each: Index) -> str:
    """A share with its interval, if it has one: "0.52 [0.45, 0.60]"."""
    value, low, high = (
        f"{end:.2f}".replace("-0.00", "0.00").replace("-", "−") for end in (each.value, each.low, each.high)
    )
    return f"{value} [{low}, {high}]" if each.low < each.high else value


def _interval(each: Index, scale: Scale) -> str:
    found = _scaled(each, scale)
    return bracketed(found, sign=False) if found.low < found.high else short(found.mean)


def _scaled(each: Index, scale: Scale) -> Interval:
    return Interval(*(scale.factor * end for end in (each.value, each.low, each.high)))


def _factor(experiments: Experiments, each: Index) -> Factor:
    return experiments.factors[factor_named(experiments, each.factor)]


def _name(experiments: Experiments, each: Index) -> str:
    return _factor(experiments, each).words
