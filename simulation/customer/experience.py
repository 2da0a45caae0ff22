"""Experience: determinants become a felt touchpoint in four dimensions.

Verhoef et al. 2009; formative sum Bustamante & Rubio 2017.
"""

from __future__ import annotations

from simulation.arithmetic import clip
from simulation.compiling import box


@box
def stands_out(level: float, strength: float, ordinary: float) -> float:
    """A determinant's level with its deviation from the ordinary multiplied by `strength`.

    0 makes it count for nothing.
    """
    return ordinary + strength * (level - ordinary)


@box
def social_level(given: float, crowd: float, sensitivity: float, bustle: float, goal: float) -> float:
    """Other people: crowding hurts by sensitivity; a lively shop pleases who came for the experience (inverted U)."""
    return clip(given - crowd * sensitivity + bustle * goal)


@box
def service_level(given: float, queue: float, sensitivity: float) -> float:
    """Staff and technology, less what the queue costs this customer."""
    return clip(given - queue * sensitivity)


@box
def assortment_level(given: float, out_of_stock: float, loss: float) -> float:
    """The range as found: something missing lowers it."""
    return clip(given - out_of_stock * loss)


@box
def channels_level(given: float, integration: float, other_stock: float, ordinary: float) -> float:
    """Experience in the retailer's other channel, as far as channels are integrated."""
    return clip(given + integration * (other_stock - ordinary))


@box
def exists_or_not(factor: float, exists: float) -> float:
    """A determinant that does not exist for this customer (no other channel) has no weight.

    The rest are renormalised.
    """
    return factor * exists


@box
def pull(base: float, factor: float) -> float:
    """Weight of a determinant in a dimension, moderated, before normalising."""
    return base * factor


@box
def present(pull_here: float, presence: float) -> float:
    """Weight of a determinant in a dimension at one touchpoint, where it is more or less present."""
    return pull_here * presence


@box
def weighed(total: float, weight: float, level: float) -> float:
    """A sum of levels by weight, and one more."""
    return total + weight * level


@box
def mean_of_determinants(weighed_levels: float, weights: float) -> float:
    """A dimension at a touchpoint: the mean level of the determinants by their weights there."""
    return weighed_levels / weights


@box
def improved(delivered: float, gain: float) -> float:
    """A dimension at a touchpoint, with what the retailer has learned from feedback."""
    return delivered + gain


@box
def share_of_whole(weight: float, whole_weight: float) -> float:
    """Weight of a dimension in the whole experience, moderated; the four sum to 1."""
    return weight / whole_weight


@box
def mood(leniency: float, fit: float, visit_luck: float, touchpoint_luck: float) -> float:
    """What lifts or lowers all dimensions of a touchpoint alike."""
    return leniency + fit + visit_luck + touchpoint_luck


@box
def blended(delivered: float, past_weight: float, past: float) -> float:
    """A dimension as met now, blended with past experience of the same retailer: the arrow from t-1."""
    return (1.0 - past_weight) * delivered + past_weight * past


@box
def whole(
    w_cognitive: float,
    w_affective: float,
    w_social: float,
    w_physical: float,
    cognitive: float,
    affective: float,
    social: float,
    physical: float,
) -> float:
    """The four dimensions as one: their weighted sum."""
    return (w_cognitive * cognitive + w_affective * affective) + (w_social * social + w_physical * physical)


@box
def felt(value: float, past_weight: float, mood_now: float) -> float:
    """A touchpoint, or a dimension, as felt: lifted or lowered by the mood, as far as the present counts."""
    return clip(value + (1.0 - past_weight) * mood_now)


@box
def mean_of_met(total: float, met: float) -> float:
    """A mean over the touchpoints met (at least discover and browse)."""
    return total / met


@box
def importance(omega: float, pull_here: float, pulls: float) -> float:
    """Share of a determinant in the whole experience through one dimension.

    Its normalised weight there, times that dimension's.
    """
    return omega * pull_here / pulls


@box
def fit_of(z_fit: float, z_taste: float, correlation: float, rest: float, sd: float) -> float:
    """How well a retailer suits the customer; correlated with taste. `rest` is sqrt(1 - correlation^2)."""
    return sd * (correlation * z_taste + rest * z_fit)
