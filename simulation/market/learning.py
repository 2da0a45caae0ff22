"""The retailer that learns: every quarter, what customers say improves the worst touchpoint, the range or the rules.

Feedback without acting, or acting without feedback, changes nothing; complaints reveal as much as feedback does.
"""

from __future__ import annotations

from simulation.compiling import box


@box
def share_heard(feedback: float, visits: float, complaints: float, half: float) -> float:
    """How much of what is wrong reaches the retailer that asks: half of it at `half` answers and complaints."""
    answers = feedback * visits + complaints
    return answers / (answers + half) if feedback > 0.0 else 0.0


@box
def touchpoint_pain(aspired: float, felt: float, ordinary: float) -> float:
    """How far a touchpoint falls short of what could be; 1 at an ordinary level."""
    return (aspired - felt) / (aspired - ordinary)


@box
def rate_pain(number: float, visits: float, usual: float) -> float:
    """How often something goes wrong, beside the usual rate; 1 where it is as usual."""
    return number / max(visits, 1.0) / max(usual, 1.0e-9)


@box
def gain_after(gain: float, limit: float, pace: float, heard: float, acting: float) -> float:
    """What has been gained after a quarter: nearer to the limit, as far as problems are heard and acted upon."""
    return gain + max(0.0, limit - gain) * (pace * heard * acting)


@box
def share_known(heard: float, mapped: float) -> float:
    """How much of what is wrong is known: what is heard, or what a map of the journey shows."""
    return max(heard, mapped)


@box
def share_mended(money: float, visits: float, half: float) -> float:
    """Capability to act that a quarter's money buys: half of it at `half` a visit of the quarter."""
    return money / (money + half * visits) if money > 0.0 else 0.0


@box
def able_to_act(acting: float, bought: float) -> float:
    """Capability to act, what is bought of it included."""
    return min(1.0, acting + bought)


@box
def reached_after_visit(asked: float, response: float, fatigue: float, called: float) -> float:
    """Share of visits after which the customer is heard, once: by an answer, fewer if all are asked, or by a call."""
    answering = asked * response * max(0.0, 1.0 - fatigue * asked)
    return answering + (1.0 - answering) * called


@box
def less_by(rate: float, prevented: float) -> float:
    """A rate of things going wrong, less what is prevented."""
    return rate * (1.0 - prevented)
