"""Word of mouth: who tells, who listens, what it does to who hears it.

Telling: Goodman (twice as many hear of a bad experience as of a good one). Hearing: East, Hammond & Lomax 2008 (good
word moves choice more than bad word does, and word against one's own experience is resisted).
"""

from __future__ import annotations

from simulation.arithmetic import clip, exp_
from simulation.compiling import box

MOST_MESSAGES = 6  # good or bad, of one retailer, that one person hears in a week


@box
def chance_to_tell(
    remembered: float, delighted_from: float, disappointed_below: float, delighted: float, plain: float, bad: float
) -> float:
    """Probability that somebody of ordinary sociability tells of a visit: in steps of M, least in the middle."""
    good = delighted if remembered > delighted_from else plain
    return bad if remembered < disappointed_below else good


@box
def tells(u: float, chance: float, sociability: float, bond: float) -> float:
    """1 when a visit is told: more often by the sociable, and by those with a bond to the retailer (1: none)."""
    return 1.0 if u < chance * sociability * bond else 0.0


@box
def speaks_well(remembered: float, disappointed_below: float) -> float:
    """1 for a good telling, 0 for a bad one; what the merely satisfied tell counts as good."""
    return 0.0 if remembered < disappointed_below else 1.0


@box
def messages(u: float, rate: float) -> float:
    """Messages that one person hears in a week: the Poisson quantile of `u`, at most 6."""
    chance = exp_(-rate)
    so_far = chance
    number = 0.0
    for k in range(1, 7):
        number = number + (1.0 if u > so_far else 0.0)
        chance = chance * rate * (1.0 / k)
        so_far = so_far + chance
    return number


@box
def belief_in_praise(visits: float, satisfaction: float, dissatisfied_to: float, contrary: float) -> float:
    """How much good word counts: less for who knows better from visits of their own."""
    return contrary if visits > 0.0 and satisfaction <= dissatisfied_to else 1.0


@box
def belief_in_blame(visits: float, satisfaction: float, satisfied_from: float, contrary: float) -> float:
    """How much bad word counts: less for who knows better from visits of their own."""
    return contrary if visits > 0.0 and satisfaction >= satisfied_from else 1.0


@box
def heard_after(heard: float, kept: float, praise: float, blame: float, most: float) -> float:
    """What is in the ear after a week, in units of utility: it fades, messages add, up to `most`."""
    return min(max(kept * heard + praise - blame, -most), most)


@box
def inexperience(prior: float, visits: float) -> float:
    """1 for who has not been there, falling with own visits as the weight of a first belief does."""
    return prior / (prior + visits)


@box
def will_after_word(will: float, per_message: float, naive: float, praise: float, blame: float) -> float:
    """The will expectation after a week's messages: hardly moved, and only while there is little own experience."""
    return clip(will + per_message * naive * (praise - blame))


@box
def chance_to_learn(by_itself: float, advertised: float, per_message: float, heard: float) -> float:
    """Chance that somebody unaware learns of a retailer this week: in passing, by advertising, by each message."""
    return by_itself + advertised + per_message * heard
