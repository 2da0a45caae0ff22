"""Trouble of one customer, phase by phase as in the compiled `contacting.py`."""

from __future__ import annotations

from typing import Any

from simulation.arithmetic import gumbel
from simulation.chance import CONTACT
from simulation.customer.complaint import (
    NONE,
    SILENT,
    SOLVED_QUICKLY,
    chance_for,
    chance_of_contact,
    chance_to_complain,
    desk_appeal,
    heard_too,
    hours_until_answer,
    hours_until_settled,
    lost_by,
    luck_of_who_complained,
    machine_first,
    quickness,
    share_answered,
    shifted,
    weeks_until,
)
from simulation.customer.contacting import (
    REACHED,
    REPURCHASE_WEEKS,
    WAITING,
    answer_is_counted,
    answer_is_given,
    complaint_is_counted,
    complaint_waits,
    link_is_given_up,
    machine_answers,
    people_answer,
    repurchase_is_counted,
    solution_is_compared,
)
from simulation.customer.failure import by_severity
from simulation.customer.lane import CHANNEL_PREFERENCE, COMPLAINT_TENDENCY
from simulation.customer.memory import anchor, from_steps, in_steps, weight_of_visit
from simulation.customer.plain.luck import Luck
from simulation.customer.plain.values import Values
from simulation.customer.relation import happens_if
from simulation.customer.remembering import CONTACTS
from simulation.records import STEP


def trouble_is_drawn(visit: Values, luck: Luck, week: int, occasion: int, own: Any) -> None:
    """Whether there is something to ask, and how likely a complaint would be of a middling person."""
    a, b, c, d = luck.uniforms(week, occasion, 0, CONTACT, visit.retailer_number)
    visit.contact_luck, visit.complaint_luck, visit.hours_luck, visit.solution_luck = a, b, c, d
    chance = chance_of_contact(own.contact_store, own.contact_online, visit.online, visit.questions)
    visit.contacts = happens_if(visit.contact_luck, chance, visit.went)
    by_loss = by_severity(visit.degree, own.complain_trivial, own.complain_minor, own.complain_major)
    visit.usual_chance = visit.went * chance_for(
        visit.loss, by_loss, own.complain_displeased, visit.remembered, own.complain_below
    )
    visit.may_end = 1.0


def people_at_a_desk(preference: float, r: int, desks: list[Values], pull: float, luck: Luck) -> int:
    """The retailer's desk with people that the customer turns to, or -1."""
    best = -1
    best_appeal = -1.0e30
    for d, desk in enumerate(desks):
        if desk.retailer == r and desk.self_service == 0.0:
            u, _, _, _ = luck.uniforms(0, 0, 0, CONTACT, desk.number)
            appeal = desk_appeal(pull, preference, desk.digital, gumbel(u))
            best = d if appeal > best_appeal else best
            best_appeal = max(appeal, best_appeal)
    return best


def machine_of(r: int, desks: list[Values]) -> int:
    """The retailer's self-service desk, or -1."""
    found = [d for d, desk in enumerate(desks) if desk.retailer == r and desk.self_service > 0.0]
    return found[-1] if found else -1


def customers_get_in_touch(
    visit: Values,
    week: int,
    occasion: int,
    luck: Luck,
    desks: list[Values],
    people: Any,
    links: Any,
    contacts_at: list[int],
    own: Any,
    totals: Any,
) -> None:
    """An ordinary contact: a machine first, if it is tried, then people; satisfaction moves a little."""
    if visit.contacts == 0.0:
        return
    at = (visit.slot, visit.who)
    r = int(links.retailer[at])
    desk = people_at_a_desk(visit.source[CHANNEL_PREFERENCE], r, desks, own.channel_pull, luck)
    machine = machine_of(r, desks)
    if max(desk, machine) < 0:
        return
    a, b, c, d = luck.uniforms(week, occasion, 1, CONTACT, visit.retailer_number)
    totals.visits[visit.outlet, people.segment[visit.who], CONTACTS] += 1
    contacts_at[visit.slot] += 1
    has_people, is_there = 1.0 if desk >= 0 else 0.0, 1.0 if machine >= 0 else 0.0
    first = machine_first(has_people, is_there, own.bot_tried, desks[desk].tried)
    is_tried = a < first
    is_left = not is_tried
    change, solved, hours = 0.0, 0.0, 0.0
    if is_tried:
        answered = share_answered(is_there, desks[machine].resolution, has_people, desks[desk].answers)
        solved = happens_if(b, answered, 1.0)
        response = desks[machine].response if machine >= 0 else own.bot_hours
        change = machine_answers(machine, desk, response, solved, c, own, totals.desks)
        is_left = solved == 0.0 and desk >= 0
    if is_left:
        by_people, solved, hours = people_answer(
            desk, desks[desk].response, desks[desk].resolution, is_tried, c, d, own, totals.desks
        )
        change = change + by_people
    tried = machine if machine >= 0 else desk
    visit.contact = Values(
        machine=tried if is_tried else -1, desk=desk if is_left else -1, solved=solved, hours=hours, change=change
    )
    links.satisfaction[at] = in_steps(shifted(from_steps(links.satisfaction[at]), change, 1.0))


def satisfaction_and_trust(slot: int, i: int, links: Any) -> tuple[float, float]:
    """What is felt of a retailer, as it is kept: told to stories only."""
    return float(links.satisfaction[slot, i]) * STEP, float(links.trust[slot, i]) * STEP


def complaints_are_made(
    visit: Values,
    week: int,
    luck: Luck,
    desks: list[Values],
    people: Any,
    links: Any,
    contacts_at: list[int],
    retailers: list[Values],
    numbers: Any,
    totals: Any,
) -> None:
    """Who has reason to complain does, is asked, or stays silent; who waits for an answer does not complain again."""
    own, memory, i, slot = numbers.desk, numbers.memory, visit.who, visit.slot
    if visit.usual_chance == 0.0 or links.complaint[slot, i] > 0:
        return
    r, segment = int(links.retailer[slot, i]), int(people.segment[i])
    desk = people_at_a_desk(visit.source[CHANNEL_PREFERENCE], r, desks, own.channel_pull, luck)
    told, chance = 0.0, 0.0
    before = satisfaction_and_trust(slot, i, links)
    if desk >= 0:
        chance = chance_to_complain(
            visit.usual_chance,
            visit.source[COMPLAINT_TENDENCY],
            desks[desk].ease + desks[desk].encouraged,
            own.complain_loyalty,
            visit.link_loyalty[slot],
            own.usual_loyalty,
        )
        by_itself = happens_if(visit.complaint_luck, chance, 1.0)
        chance = heard_too(chance, retailers[r].reached)
        told = happens_if(visit.complaint_luck, chance, 1.0)
        totals.desks[desk, REACHED] += 1 if told > by_itself else 0
    if told > 0.0 or visit.loss > 0.0:
        links.complaint_loss[slot, i] = in_steps(
            lost_by(visit.loss, visit.will, visit.experience, numbers.experience.failure_loss_trivial)
        )
        links.complaint[slot, i] = SILENT
        links.complaint_due[slot, i] = week
    visit.complaint = Values(desk=desk, chance=chance, told=told, hours=0.0, weeks=0, solved=None, before=before)
    if told > 0.0:
        hours = hours_until_answer(desks[desk].response, visit.hours_luck)
        contacts_at[slot] += 1
        complaint_is_counted(totals, visit.outlet, segment, visit.loss, desk, hours)
        left = luck_of_who_complained(visit.complaint_luck, chance)
        hours = hours_until_settled(hours, desks[desk].at_once, own.settling_hours, left)
        weeks = weeks_until(hours)
        links.complaint[slot, i] = desk + 1
        links.complaint_due[slot, i] = week + int(weeks)
        visit.may_end = 0.0
        visit.complaint.hours, visit.complaint.weeks = hours, int(weeks)
        if weeks < 1.0:
            quick = quickness(hours, own.quick_hours)
            solved = happens_if(visit.solution_luck, desks[desk].recovery, 1.0)
            weight = weight_of_visit(
                anchor(memory.satisfaction_carryover, memory.forgetting_renews, visit.kept),
                memory.satisfaction_carryover,
            )
            answer_is_given(slot, i, solved, quick, weight, 1.0, links, own)
            visit.may_end = 1.0 - solved
            visit.complaint.solved = solved
            if solved > 0.0 and hours <= own.quick_hours:
                links.complaint[slot, i] = SOLVED_QUICKLY
            if visit.loss == 0.0:
                links.complaint[slot, i] = NONE
            answer_is_counted(totals, r, segment, desk, solved)
            solution_is_compared(
                totals, r, segment, solved, visit.satisfaction, from_steps(links.satisfaction[slot, i])
            )
    visit.complaint.after = satisfaction_and_trust(slot, i, links)


def complaints_are_answered(
    relate: Values,
    slot: int,
    i: int,
    week: int,
    draw_week: int,
    luck: Luck,
    people: Any,
    links: Any,
    retailers: list[Values],
    desks: list[Values],
    kept: list[float],
    numbers: Any,
    totals: Any,
) -> None:
    """An open complaint is answered when it is due, and hurts while it waits; what came of another is counted."""
    complaint = int(links.complaint[slot, i])
    relate.answer = None
    if complaint == 0:
        return
    r, segment, due = int(links.retailer[slot, i]), int(people.segment[i]), int(links.complaint_due[slot, i])
    left = kept[week - int(links.last_visit[slot, i])]
    if complaint > 0:
        relate.answer = Values(desk=complaint - 1, weeks=due - week, solved=None, ended=0.0, kept=left)
        relate.answer.before = satisfaction_and_trust(slot, i, links)
    if complaint < 0:
        if week - due == REPURCHASE_WEEKS:
            repurchase_is_counted(slot, i, r, segment, links, numbers.experience, totals)
    elif week < due:
        complaint_waits(slot, i, left, links, numbers.desk)
        totals.links[r, segment, WAITING] += 1
    else:
        a, b, _, _ = luck.uniforms(draw_week, 0, 2, CONTACT, retailers[r].number)
        solved = happens_if(a, desks[complaint - 1].recovery, 1.0)
        answer_is_given(slot, i, solved, 0.0, 1.0, left, links, numbers.desk)
        answer_is_counted(totals, r, segment, complaint - 1, solved)
        is_open = relate.open[slot]
        gone = link_is_given_up(slot, i, week, b, solved, is_open, relate.active_links, people, links, numbers, totals)
        relate.active_links = relate.active_links - gone
        relate.answer.solved, relate.answer.ended = solved, gone
    if complaint > 0:
        relate.answer.after = satisfaction_and_trust(slot, i, links)
