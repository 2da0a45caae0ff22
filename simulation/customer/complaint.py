"""Contacts and complaints: who speaks up, at which desk, when the answer comes, what it restores.

Who complains: TARP (Goodman), Hirschman 1970. What answers do: Orsingher et al. 2010 (justice before speed), de Matos
et al. 2007 (a paradox of satisfaction, not of loyalty).
"""

from __future__ import annotations

import math

from simulation.arithmetic import clip, exp_, log_, logistic
from simulation.compiling import box
from simulation.customer.survey import LARGEST

# Link column `complaint`: 0 nothing open; n > 0 waits at desk n - 1; else how the last failure that hurt ended.
NONE, SOLVED_QUICKLY, SOLVED_LATE, IN_VAIN, SILENT = 0, -1, -2, -3, -4


@box
def desk_appeal(pull: float, preference: float, digital: float, taste: float) -> float:
    """Which desk somebody turns to: liking of digital channels and a personal taste (Gumbel, drawn once)."""
    return pull * preference * digital + taste


@box
def chance_of_contact(store: float, online: float, is_online: float, over_usual: float) -> float:
    """Probability that an order, an account or a question is followed up: fewer where guidance answers before."""
    return min(1.0, (online if is_online > 0.0 else store) * over_usual)


@box
def machine_first(has_people: float, is_there: float, tried: float, tried_at_desk: float) -> float:
    """Share of questions that a machine takes first: of self-service, or at a desk; all where it is alone."""
    return max(tried * is_there, tried_at_desk) if has_people > 0.0 else 1.0


@box
def share_answered(is_there: float, resolution: float, has_people: float, answers: float) -> float:
    """Questions that self-service, or the machine at a desk, answers: the better of the two, where there are both."""
    return max(is_there * resolution, has_people * answers)


@box
def heard_too(chance: float, reached: float) -> float:
    """Chance that a problem is heard: told by the customer, or learned by a retailer that asks."""
    return chance + (1.0 - chance) * reached


@box
def chance_to_complain(
    usual: float, tendency: float, ease: float, loyalty_weight: float, loyalty: float, usual_loyalty: float
) -> float:
    """Probability of a complaint: usual for what happened, moved in log-odds by person, ease and loyalty (voice)."""
    return logistic(log_(usual / (1.0 - usual)) + tendency + ease + loyalty_weight * (loyalty - usual_loyalty))


@box
def chance_for(loss: float, by_loss: float, displeased: float, remembered: float, below: float) -> float:
    """The usual chance of a complaint: by severity after a failure, else for a bad visit, else none."""
    return by_loss if loss > 0.0 else (displeased if remembered < below else 0.0)


@box
def lost_by(loss: float, will: float, experience: float, most: float) -> float:
    """What there is to complain of: the failure's loss, else what the visit fell short of the expectation."""
    return loss if loss > 0.0 else min(max(0.0, will - experience), most)


@box
def hours_until_answer(mean: float, u: float) -> float:
    """Hours until the answer: exponential around the desk's mean."""
    return -mean * log_(u)


@box
def hours_until_settled(answer: float, at_once: float, mean: float, u: float) -> float:
    """Hours until a complaint is settled: with the answer, or a repair, a refund, a decision later (exponential)."""
    return answer if u < at_once else answer - mean * log_((1.0 - u) / max(1.0 - at_once, 1.0e-9))


@box
def luck_of_who_complained(u: float, chance: float) -> float:
    """What the luck that made somebody complain still says: a uniform among those who do."""
    return min(u / chance, LARGEST)


@box
def weeks_until(hours: float) -> float:
    """Whole weeks until the answer."""
    return math.floor(hours / 168.0) * 1.0


@box
def quickness(hours: float, quick_hours: float) -> float:
    """1 for an answer at once, falling to 0."""
    return exp_(-hours / quick_hours)


@box
def response_bin(hours: float) -> float:
    """Which bin of the histogram of response hours: half octaves from one minute on, 40 of them."""
    return min(max(math.floor(log_(hours * 60.0) / 0.34657359027997264) * 1.0, 0.0), 39.0)


@box
def contact_effect(solved: float, gain: float, loss: float, quick: float, slow: float) -> float:
    """Change of satisfaction by an ordinary contact: what it solves, quickly or not, and what the wait costs."""
    return solved * gain * quick - (1.0 - solved) * loss - slow * (1.0 - quick)


@box
def restored(
    loss: float, cap: float, fair: float, by_quick: float, paradox: float, quick: float, weight: float
) -> float:
    """Satisfaction that a solution restores: mostly for being just, a little for being quick, and a little beyond."""
    return min(loss, cap) * (fair + by_quick * quick) * weight + paradox * quick


@box
def part_of_loss(loss: float, cap: float, share: float) -> float:
    """Satisfaction or trust in proportion to what was lost."""
    return min(loss, cap) * share


@box
def shifted(stock: float, change: float, kept: float) -> float:
    """A stored stock after a change of what is left of it now, `kept` of its deviation having been kept."""
    return clip(stock + change / kept)


@box
def nearest_severity(loss: float, trivial: float, minor: float, major: float) -> float:
    """0, 1 or 2: which failure costs about as much."""
    return (1.0 if 2.0 * loss > trivial + minor else 0.0) + (1.0 if 2.0 * loss > minor + major else 0.0)
