"""Pools of word: what was told last week becomes what people in each neighbourhood may hear this week; ratings."""

from __future__ import annotations

from simulation.compiling import box


@box
def message_rate(
    told_here: float, people_here: float, told: float, people: float, listeners: float, town: float
) -> float:
    """Messages a person of ordinary sociability hears: of what the neighbourhood told, and a share of the whole town's.

    Tellings and people both stand for `represents` real ones, so the weight of a simulated customer cancels.
    """
    return listeners * ((1.0 - town) * told_here / max(people_here, 1.0) + town * told / max(people, 1.0))


@box
def less_by_replies(told: float, replied: float, calmed: float) -> float:
    """Bad word told in public that is still passed on: who gets a reply tells of it less, or more where it hurts."""
    return told * (1.0 - replied * calmed)


@box
def postings_kept(postings: float, kept: float) -> float:
    """How many postings the posted mean is worth a week later: old ones count less."""
    return postings * kept


@box
def posted_mean(mean: float, postings: float, stars: float, new: float) -> float:
    """The mean that readers see, after `new` postings with so many stars in all."""
    return mean + (stars - mean * new) / (postings + new)
