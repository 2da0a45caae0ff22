"""Staff: skill, motivation, turnover, and the service level that follows.

Service-profit chain: Brown & Lam 2008, Hogreve et al. 2017.
"""

from __future__ import annotations

from simulation.arithmetic import clip
from simulation.compiling import box


@box
def on_the_floor(staff: float, training_hours: float, hours_per_year: float) -> float:
    """Staff left for customers when training (hours per employee and year) takes its time."""
    return max(staff * (1.0 - training_hours / hours_per_year), 0.01)


@box
def cover(staff: float, usual_staff: float, load: float, reference_load: float) -> float:
    """Share of the staff needed that is there; needed is the usual staff at the reference load, in proportion."""
    return min(1.0, staff * reference_load / max(usual_staff * load, 1.0e-9))


@box
def motivation_target(
    usual: float,
    overload_response: float,
    staff_cover: float,
    support_response: float,
    weekly_hours: float,
    openness: float,
    broken_promise: float,
) -> float:
    """Where motivation goes: down with overload and promises that staff cannot keep, up with support and openness.

    `openness`: what open figures do, and besides what else makes work better.
    """
    given = usual - overload_response * (1.0 - staff_cover) + support_response * weekly_hours
    return clip(given + openness - broken_promise)


@box
def openness_effect(shown: float, used_to: float, gain: float, shock: float) -> float:
    """What open figures do to motivation: a jolt while they are new, a gain once staff are used to them."""
    return gain * used_to - shock * max(0.0, shown - used_to)


@box
def broken_promise(brand: float, service_level: float, usual: float, response: float) -> float:
    """What it costs motivation that the brand promises more than staff deliver, beyond the gap they are used to."""
    return response * max(0.0, brand - service_level - usual)


@box
def turnover(yearly: float, response: float, usual: float, motivation: float) -> float:
    """Share of staff who leave in a week."""
    return clip(yearly / 52.0 * (1.0 + response * (usual - motivation)))


@box
def skill_after(
    skill: float, gain: float, weekly_hours: float, forgetting: float, leaving: float, newcomer: float
) -> float:
    """Skill a week later.

    Training adds in proportion to what is still to learn, forgetting and turnover pull to a newcomer's.
    """
    return clip(skill + gain * weekly_hours * (1.0 - skill) - (forgetting + leaving) * (skill - newcomer))


@box
def service(
    skill_weight: float,
    skill: float,
    motivation_weight: float,
    motivation: float,
    cover_weight: float,
    staff_cover: float,
) -> float:
    """Service level before the queue."""
    return skill_weight * skill + motivation_weight * motivation + cover_weight * staff_cover


@box
def newcomers_skill(
    level: float,
    skill_weight: float,
    motivation_part: float,
    cover_part: float,
    queue: float,
    gain: float,
    weekly_hours: float,
    leak: float,
) -> float:
    """The newcomer's skill at which a given service level holds for ever at the reference load.

    `leak` = forgetting + turnover.
    """
    skill = (level + queue - motivation_part - cover_part) / skill_weight
    return skill - gain * weekly_hours * (1.0 - skill) / leak
