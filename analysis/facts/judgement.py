"""Facts of one visit's judgement, on the model's own boxes: what expectation and disconfirmation do to satisfaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.customer.satisfaction import (
    encounter,
    gap,
    larger_deviation,
    latest_deviation,
    perception,
    remembered,
    response_to,
)
from simulation.customer.survey import latent
from simulation.parameters import INSTRUMENTS, PARAMETERS, TRAITS

Array = NDArray[Any]
ORDINARY = 0.75  # level of an ordinary visit
STEP = 0.10  # of the scale: a promise, a standard, a better visit
VISITS = 999  # quantiles of the luck of a visit
EPISODES = 8_000  # visits of different customers, judged and asked about


def number(name: str) -> float:
    """The default of a parameter."""
    return PARAMETERS[name].value


@dataclass(frozen=True)
class Judged:
    """A visit as perceived and judged."""

    perception: float
    gap: float
    satisfaction: float


def judged(experience: float, will: float, should: float) -> Judged:
    """One visit through the boxes, with the parameters' defaults."""
    perceived = perception(experience, will, should, number("assimilation"), number("contrast"))
    surprise = gap(experience, will, number("assimilation"), number("tolerance_zone"))
    response = response_to(surprise, number("loss_aversion"), number("gain_saturation"))
    satisfaction = encounter(  # needs met as usual
        number("intercept"),
        number("performance_weight"),
        perceived,
        number("disconfirmation_weight"),
        response,
        0.0,
        0.0,
    )
    return Judged(perceived, surprise, satisfaction)


def noisy_visits(centre: float = ORDINARY) -> Array:
    """Experiences of ordinary visits: quantiles of a normal with the noise of a visit and of its touchpoints."""
    from scipy.special import ndtri

    touchpoints = 3.0 + number("advice_share") + number("aftercare_share")
    sd = np.hypot(number("visit_noise_sd"), number("touchpoint_noise_sd") / np.sqrt(touchpoints))
    luck = np.asarray(ndtri((np.arange(VISITS) + 0.5) / VISITS), float)
    return np.asarray(np.clip(centre + float(sd) * luck, 0.0, 1.0))


def mean_satisfaction(will: float) -> float:
    """Mean over noisy visits of customers who expect `will`."""
    return float(np.mean([judged(float(x), will, ORDINARY).satisfaction for x in noisy_visits()]))


def negative_asymmetry() -> float:
    """Fact 35. Satisfaction over noisy visits on performance, positive and negative gap: ratio of the last two slopes.

    Anderson & Sullivan 1993 regress on perceived quality and both disconfirmations; Mittal, Ross & Baldasare 1998 on
    attributes. Visits on the ceiling of the scale are left out.
    """
    visits = [judged(float(x), ORDINARY, ORDINARY) for x in noisy_visits()]
    inside = [visit for visit in visits if 0.0 < visit.satisfaction < 1.0]
    gaps = np.array([visit.gap for visit in inside])
    performance = np.array([visit.perception for visit in inside])
    design = np.column_stack([np.ones_like(gaps), performance, np.maximum(gaps, 0.0), np.maximum(-gaps, 0.0)])
    slopes = np.linalg.lstsq(design, np.array([visit.satisfaction for visit in inside]), rcond=None)[0]
    return float(-slopes[3] / slopes[2])


def diminishing_sensitivity() -> float:
    """Fact 36. Second difference of satisfaction where performance exceeds expectation (Mittal et al. 1998: < 0)."""
    low = ORDINARY - STEP  # expected, so that the scale's ceiling is far
    first = low + number("tolerance_zone") / (1.0 - number("assimilation"))  # where gains begin
    values = [judged(first + n * STEP / 2.0, low, 0.0).satisfaction for n in range(3)]
    return values[2] - 2.0 * values[1] + values[0]


def over_promising() -> float:
    """Fact 37. Mean satisfaction over noisy visits after a promise .10 too high, less that after a true one.

    Oliver 1980; Anderson & Sullivan 1993.
    """
    return mean_satisfaction(ORDINARY + STEP) - mean_satisfaction(ORDINARY)


def should_lowers() -> float:
    """Fact 38. Change of perception when .10 more ought to be delivered (Boulding et al. 1993: negative)."""
    return judged(ORDINARY, ORDINARY, ORDINARY + STEP).perception - judged(ORDINARY, ORDINARY, ORDINARY).perception


def will_raises() -> float:
    """Fact 38. Change of perception when .10 more is expected to be delivered (Boulding et al. 1993: positive)."""
    return judged(ORDINARY, ORDINARY + STEP, ORDINARY).perception - judged(ORDINARY, ORDINARY, ORDINARY).perception


@dataclass(frozen=True)
class Episodes:
    """Visits of different customers: peak and end as reported at once, touchpoints met, and the answer afterwards."""

    peak_end: Array
    touchpoints: Array
    answer: Array


def episodes(seed: int = 39) -> Episodes:
    """Ordinary visits with the luck, the customers and the touchpoints of the model, remembered and asked about.

    Customers expect what they usually meet; the question is that of overall satisfaction on 1 to 10.
    """
    rng = np.random.default_rng(seed)
    lived = [_episode(rng) for _ in range(EPISODES)]
    return Episodes(*(np.array(column) for column in zip(*lived, strict=True)))


def _episode(rng: np.random.Generator) -> tuple[float, float, float]:
    person = rng.normal(0.0, TRAITS["leniency"].sd) + rng.normal(0.0, number("fit_sd"))
    usual = float(np.clip(ORDINARY + person, 0.0, 1.0))
    touchpoints = 3 + int(rng.random() < number("advice_share")) + int(rng.random() < number("aftercare_share"))
    luck = rng.normal(0.0, number("visit_noise_sd")) + rng.normal(0.0, number("touchpoint_noise_sd"), touchpoints)
    felt = np.clip(ORDINARY + person + luck, 0.0, 1.0)
    experience = float(felt.mean())
    visit = judged(experience, usual, usual + number("should_margin"))
    peak = end = 0.0
    for deviation in (felt - experience).tolist():
        peak, end = larger_deviation(peak, deviation, 1.0), latest_deviation(end, deviation, 1.0)
    left = remembered(
        visit.satisfaction, number("performance_weight"), number("peak_weight"), peak, number("end_weight"), end
    )
    style = float(rng.normal(0.0, TRAITS["response_style"].sd))
    moments = np.array([answered(moment, style, rng) for moment in felt.tolist()])
    extreme = moments[np.abs(moments - moments.mean()).argmax()]
    return float(extreme + moments[-1]) / 2.0, float(touchpoints), answered(left, style, rng)


def answered(about: float, style: float, rng: np.random.Generator) -> float:
    """What somebody answers on 1 to 10, with their own style and an error."""
    level = latent(about, style, number("answer_error_sd"), float(rng.normal()))
    return 1.0 + float(np.searchsorted(INSTRUMENTS["satisfaction"].cuts, level, side="right"))


def peak_end() -> float:
    """Fact 39. Correlation of the mean of peak and end with the answer afterwards (Alaybek et al. 2022: .58).

    Both are what people report, as in the studies put together there: moments while they last, the whole afterwards.
    """
    seen = episodes()
    return float(np.corrcoef(seen.peak_end, seen.answer)[0, 1])


def duration_effect() -> float:
    """Fact 39. Correlation of the number of touchpoints with the answer afterwards (Alaybek et al. 2022: none)."""
    seen = episodes()
    return float(np.corrcoef(seen.touchpoints, seen.answer)[0, 1])
