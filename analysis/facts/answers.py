"""Facts of survey answers: how they are distributed, and how answers to different questions go together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.results import CompareResults, RunResults, Table

Array = NDArray[Any]
AT_ACSI = 78.0  # where NPS is known
PROMOTERS, DETRACTORS = 9.0, 6.0  # on 0 to 10: from, to
LIKELY = 4.0  # on 1 to 5, to shop there again: from
FIRST_WEEKS = 4  # of a change, while expectations are what they were
STEPS = 9.0  # from 1 to 10
WORST, BEST = 2.0, 5.0  # on 1 to 5, how satisfied: to, and at


def answers_of(results: RunResults) -> Table:
    """Every interview of a run that recorded a survey.

    Raises:
        ValueError: the run recorded none.
    """
    if results.survey is None:
        raise ValueError("facts of answers need a run with record.survey")
    return results.survey


def skewness(answers: Array) -> float:
    """Fact 26. Skewness of answers (Peterson & Wilson 1992: negative)."""
    deviation = answers - answers.mean()
    return float((deviation**3).mean() / (deviation**2).mean() ** 1.5)


def net_promoters(answers: Array) -> float:
    """NPS: % of answers that promote less % that detract."""
    return 100.0 * float((answers >= PROMOTERS).mean() - (answers <= DETRACTORS).mean())


def acsi(answers: Array) -> float:
    """Answers on 1 to 10 as an index of 0 to 100 (Fornell et al. 1996)."""
    return float((answers.mean() - 1.0) / 9.0 * 100.0)


def by_retailer(survey: Table) -> Array:
    """ACSI and NPS of each retailer, as answered, shape (retailers, 2)."""
    names = survey["retailer"]
    return np.array(
        [
            (acsi(survey["satisfaction"][names == name]), net_promoters(survey["recommend"][names == name]))
            for name in survey.values("retailer")
        ]
    )


def mean_nps(survey: Table) -> float:
    """Fact 28. NPS, mean over retailers."""
    return float(by_retailer(survey)[:, 1].mean())


def nps_at_acsi(survey: Table) -> float:
    """Fact 28. NPS where ACSI is 78, on the line through the retailers."""
    index, nps = by_retailer(survey).T
    slope, start = np.polyfit(index - AT_ACSI, nps, 1)
    return float(start if np.isfinite(slope) else np.nan)


def correlation(survey: Table, one: str, other: str) -> float:
    """Facts 40 and 41. Correlation of the answers to two questions over customers and retailers."""
    return float(np.corrcoef(survey[one], survey[other])[0, 1])


def bottom_to_top(survey: Table) -> float:
    """Fact 43. Share likely to shop there again among the dissatisfied, over the share among the very satisfied.

    The bottom are 1 and 2 of 5, as in XM Institute 2022, because hardly anybody answers 1.
    """
    satisfied, likely = survey["csat"], survey["loyalty_intent"] >= LIKELY
    return float(likely[satisfied <= WORST].mean() / likely[satisfied == BEST].mean())


def spread_of_answers(answers: Array) -> float:
    """Standard deviation of answers on 1 to 10, as a level on [0, 1]."""
    return float(answers.std()) / STEPS


def standardised_effect(worlds: CompareResults, outlets: Sequence[str], survey: Table) -> float:
    """Fact 47. Rise of satisfaction with visits in the outlets changed, in standard deviations of what people answer.

    Roschk, Loureiro & Breitsohl 2017: d of satisfaction small to medium, with music or scent against without.
    """
    after, before = (
        [_satisfaction_at(worlds.worlds[world.name], outlet) for outlet in outlets] for world in worlds.scenarios[0]
    )
    if not outlets:
        return math.nan
    return float(np.mean(after) - np.mean(before)) / spread_of_answers(survey["satisfaction"])


def _satisfaction_at(results: RunResults, outlet: str) -> float:
    rows = results.weekly.where(measure="encounter_satisfaction", outlet=outlet)
    return float(rows["value"][rows["week"] <= FIRST_WEEKS].mean())
