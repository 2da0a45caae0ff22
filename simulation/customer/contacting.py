"""Trouble is handled, compiled: who turns to a desk, who complains, what the answer does, at once or weeks later.

Contacts are rare, so after the draws of a lane each of them is followed by itself.
"""

from __future__ import annotations

from typing import Any

from simulation.arithmetic import gumbel
from simulation.bits import uniforms
from simulation.chance import CONTACT
from simulation.compiling import phase
from simulation.customer.complaint import (
    IN_VAIN,
    NONE,
    SILENT,
    SOLVED_LATE,
    SOLVED_QUICKLY,
    chance_for,
    chance_of_contact,
    chance_to_complain,
    contact_effect,
    desk_appeal,
    heard_too,
    hours_until_answer,
    hours_until_settled,
    lost_by,
    luck_of_who_complained,
    machine_first,
    nearest_severity,
    part_of_loss,
    quickness,
    response_bin,
    restored,
    share_answered,
    shifted,
    weeks_until,
)
from simulation.customer.failure import by_severity
from simulation.customer.lane import CHANNEL_PREFERENCE, COMPLAINT_TENDENCY, LANE
from simulation.customer.memory import anchor, from_steps, in_steps, weight_of_visit
from simulation.customer.relation import ACTIVE, LAPSED, happens_if, leaves
from simulation.customer.remembering import (
    COMPLAINTS,
    CONTACTS,
    FAILURES_TOLD,
    departure_is_counted,
    fixed,
    link_is_at_risk,
)
from simulation.records import DESK_TOTALS, LINK_TOTALS, OUTCOMES

_D = {name: number for number, name in enumerate(DESK_TOTALS)}
AT_DESK, ORDINARY, COMPLAINED, FIRST_SOLVED = _D["contacts"], _D["ordinary"], _D["complaints"], _D["first_solved"]
DESK_ANSWERED, DESK_SOLVED, DEFLECTED, BOT_FAILURES = _D["answered"], _D["solved"], _D["deflected"], _D["bot_failures"]
REACHED, FIRST_RESPONSE = _D["reached"], _D["response_00"]
_L = {name: number for number, name in enumerate(LINK_TOTALS)}
ANSWERED, SOLVED, WAITING = _L["answered"], _L["solved"], _L["waiting"]
AT_ONCE, BEFORE, AFTER = _L["solved_at_once"], _L["before_failure"], _L["after_solution"]
ASKED, AGAIN = _L["asked_trivial_quick"], _L["again_trivial_quick"]
KINDS = len(OUTCOMES)
REPURCHASE_WEEKS = 13  # after a failure or its answer, until it is counted whether the customer came again


@phase
def trouble_is_drawn(visit: Any, seed: int, replicate: int, week: int, occasion: int, own: Any) -> None:
    """Who has something to ask, and how likely a complaint would be of a middling person."""
    for j in range(LANE):
        a, b, c, d = uniforms(seed, replicate, visit.key[j], week, occasion, 0, CONTACT, visit.retailer_number[j])
        visit.contact_luck[j] = a
        visit.complaint_luck[j] = b
        visit.hours_luck[j] = c
        visit.solution_luck[j] = d
    for j in range(LANE):
        chance = chance_of_contact(own.contact_store, own.contact_online, visit.online[j], visit.questions[j])
        visit.contacts[j] = happens_if(visit.contact_luck[j], chance, visit.went[j])
    for j in range(LANE):
        by_loss = by_severity(visit.degree[j], own.complain_trivial, own.complain_minor, own.complain_major)
        visit.usual_chance[j] = visit.went[j] * chance_for(
            visit.loss[j], by_loss, own.complain_displeased, visit.remembered[j], own.complain_below
        )
        visit.may_end[j] = 1.0


@phase
def people_at_a_desk(key: int, preference: float, r: int, desks: Any, pull: float, seed: int, replicate: int) -> int:
    """The retailer's desk with people that this customer turns to, or -1."""
    best = -1
    best_appeal = -1.0e30
    for d in range(desks.size):
        if desks[d].retailer == r and desks[d].self_service == 0.0:
            u, _, _, _ = uniforms(seed, replicate, key, 0, 0, 0, CONTACT, desks[d].number)
            appeal = desk_appeal(pull, preference, desks[d].digital, gumbel(u))
            best = d if appeal > best_appeal else best
            best_appeal = max(appeal, best_appeal)
    return best


@phase
def machine_of(r: int, desks: Any) -> int:
    """The retailer's self-service desk, or -1."""
    found = -1
    for d in range(desks.size):
        if desks[d].retailer == r and desks[d].self_service > 0.0:
            found = d
    return found


@phase
def customers_get_in_touch(
    visit: Any,
    count: int,
    week: int,
    occasion: int,
    seed: int,
    replicate: int,
    desks: Any,
    people: Any,
    links: Any,
    contacts_at: Any,
    start: int,
    own: Any,
    totals: Any,
) -> None:
    """Ordinary contacts: a machine first, if it is tried, then people; satisfaction moves a little."""
    segment_of_person = people.segment
    satisfaction_of_link = links.satisfaction
    retailer_of_link = links.retailer
    for j in range(count):
        if visit.contacts[j] > 0.0:
            i = visit.who[j]
            slot = visit.slot[j]
            r = retailer_of_link[slot, i]
            preference = visit.source[CHANNEL_PREFERENCE, j]
            desk = people_at_a_desk(visit.key[j], preference, r, desks, own.channel_pull, seed, replicate)
            machine = machine_of(r, desks)
            if max(desk, machine) >= 0:
                a, b, c, d = uniforms(
                    seed, replicate, visit.key[j], week, occasion, 1, CONTACT, visit.retailer_number[j]
                )
                totals.visits[visit.outlet[j], segment_of_person[i], CONTACTS] += 1
                contacts_at[slot, i - start] += 1
                has_people = 1.0 if desk >= 0 else 0.0
                is_there = 1.0 if machine >= 0 else 0.0
                first = machine_first(has_people, is_there, own.bot_tried, desks[desk].tried)
                is_tried = a < first
                is_left = not is_tried
                change = 0.0
                if is_tried:
                    answered = share_answered(is_there, desks[machine].resolution, has_people, desks[desk].answers)
                    solved = happens_if(b, answered, 1.0)
                    response = desks[machine].response if machine >= 0 else own.bot_hours
                    change = machine_answers(machine, desk, response, solved, c, own, totals.desks)
                    is_left = solved == 0.0 and desk >= 0
                if is_left:
                    by_people, _, _ = people_answer(
                        desk, desks[desk].response, desks[desk].resolution, is_tried, c, d, own, totals.desks
                    )
                    change = change + by_people
                stock = satisfaction_of_link[slot, i]
                satisfaction_of_link[slot, i] = in_steps(shifted(from_steps(stock), change, 1.0))


@phase
def machine_answers(
    machine: int, desk: int, response: float, solved: float, hours_luck: float, own: Any, counts: Any
) -> float:
    """Change of satisfaction by a contact with a machine: a little up when it helped, down when it did not.

    The machine at a desk is counted there, and takes nobody's time.
    """
    counts[machine, AT_DESK] += 1 if machine >= 0 else 0
    machine = machine if machine >= 0 else desk
    counts[machine, ORDINARY] += 1
    hours = hours_until_answer(response, hours_luck)
    quick = quickness(hours, own.quick_hours)
    if solved > 0.0:
        counts[machine, FIRST_SOLVED] += 1
        counts[machine, DEFLECTED] += 1
        counts[machine, FIRST_RESPONSE + int(response_bin(hours))] += 1
        return contact_effect(1.0, own.contact_gain, 0.0, quick, 0.0)
    counts[machine, BOT_FAILURES] += 1
    return -float(own.bot_failure_loss)


@phase
def people_answer(
    desk: int,
    response: float,
    resolution: float,
    after_machine: bool,
    hours_luck: float,
    luck: float,
    own: Any,
    counts: Any,
) -> tuple[float, float, float]:
    """A contact with people: change of satisfaction, whether it helped, hours; who is not helped comes once more."""
    hours = hours_until_answer(response, hours_luck)
    solved = happens_if(luck, resolution, 1.0)
    counts[desk, AT_DESK] += 1 if solved > 0.0 else 2
    counts[desk, ORDINARY] += 0 if after_machine else 1
    counts[desk, FIRST_SOLVED] += 1 if solved > 0.0 and not after_machine else 0
    counts[desk, FIRST_RESPONSE + int(response_bin(hours))] += 1
    quick = quickness(hours, own.quick_hours)
    return contact_effect(solved, own.contact_gain, own.contact_loss, quick, own.slow_loss), solved, hours


@phase
def complaints_are_made(
    visit: Any,
    count: int,
    week: int,
    seed: int,
    replicate: int,
    desks: Any,
    people: Any,
    links: Any,
    contacts_at: Any,
    start: int,
    retailers: Any,
    numbers: Any,
    totals: Any,
) -> None:
    """Who has reason to complain does, is asked, or stays silent; who waits for an answer does not complain again."""
    own = numbers.desk
    memory = numbers.memory
    segment_of_person = people.segment
    retailer_of_link = links.retailer
    complaint_of_link = links.complaint
    due_of_link = links.complaint_due
    loss_of_link = links.complaint_loss
    for j in range(count):
        i = visit.who[j]
        slot = visit.slot[j]
        if visit.usual_chance[j] > 0.0 and complaint_of_link[slot, i] <= 0:
            r = retailer_of_link[slot, i]
            preference = visit.source[CHANNEL_PREFERENCE, j]
            desk = people_at_a_desk(visit.key[j], preference, r, desks, own.channel_pull, seed, replicate)
            told = 0.0
            chance = 0.0
            if desk >= 0:
                chance = chance_to_complain(
                    visit.usual_chance[j],
                    visit.source[COMPLAINT_TENDENCY, j],
                    desks[desk].ease + desks[desk].encouraged,
                    own.complain_loyalty,
                    visit.link_loyalty[slot, j],
                    own.usual_loyalty,
                )
                by_itself = happens_if(visit.complaint_luck[j], chance, 1.0)
                chance = heard_too(chance, retailers[r].reached)
                told = happens_if(visit.complaint_luck[j], chance, 1.0)
                totals.desks[desk, REACHED] += 1 if told > by_itself else 0
            if told > 0.0 or visit.loss[j] > 0.0:
                loss_of_link[slot, i] = in_steps(
                    lost_by(visit.loss[j], visit.will[j], visit.experience[j], numbers.experience.failure_loss_trivial)
                )
                complaint_of_link[slot, i] = SILENT
                due_of_link[slot, i] = week
            if told > 0.0:
                hours = hours_until_answer(desks[desk].response, visit.hours_luck[j])
                contacts_at[slot, i - start] += 1
                complaint_is_counted(totals, visit.outlet[j], segment_of_person[i], visit.loss[j], desk, hours)
                left = luck_of_who_complained(visit.complaint_luck[j], chance)
                hours = hours_until_settled(hours, desks[desk].at_once, own.settling_hours, left)
                weeks = weeks_until(hours)
                complaint_of_link[slot, i] = desk + 1
                due_of_link[slot, i] = week + int(weeks)
                visit.may_end[j] = 0.0
                if weeks < 1.0:
                    quick = quickness(hours, own.quick_hours)
                    solved = happens_if(visit.solution_luck[j], desks[desk].recovery, 1.0)
                    weight = weight_of_visit(
                        anchor(memory.satisfaction_carryover, memory.forgetting_renews, visit.kept[j]),
                        memory.satisfaction_carryover,
                    )
                    answer_is_given(slot, i, solved, quick, weight, 1.0, links, own)
                    visit.may_end[j] = 1.0 - solved
                    in_time = solved > 0.0 and hours <= own.quick_hours
                    complaint_of_link[slot, i] = SOLVED_QUICKLY if in_time else complaint_of_link[slot, i]
                    complaint_of_link[slot, i] = complaint_of_link[slot, i] if visit.loss[j] > 0.0 else NONE
                    answer_is_counted(totals, r, segment_of_person[i], desk, solved)
                    solution_is_compared(
                        totals,
                        r,
                        segment_of_person[i],
                        solved,
                        visit.satisfaction[j],
                        from_steps(links.satisfaction[slot, i]),
                    )


@phase
def answer_is_given(
    slot: int, i: int, solved: float, quick: float, weight: float, kept: float, links: Any, own: Any
) -> None:
    """A solution restores satisfaction more than trust; an answer in vain costs both.

    One within the week is part of the visit's memory and weighs as much; a later one is an event of its own.
    """
    loss = from_steps(links.complaint_loss[slot, i])
    gained = restored(
        loss, own.restored_cap, own.restored_fair, own.restored_quick, own.recovery_paradox, quick, weight
    )
    lost = part_of_loss(loss, own.restored_cap, own.unsolved_loss)
    trust_gained = part_of_loss(loss, own.restored_cap, own.restored_trust)
    trust_lost = part_of_loss(loss, own.restored_cap, own.unsolved_trust)
    satisfaction = from_steps(links.satisfaction[slot, i])
    trust = from_steps(links.trust[slot, i])
    links.satisfaction[slot, i] = in_steps(shifted(satisfaction, gained if solved > 0.0 else -lost, kept))
    links.trust[slot, i] = in_steps(shifted(trust, trust_gained if solved > 0.0 else -trust_lost, kept))
    links.complaint[slot, i] = SOLVED_LATE if solved > 0.0 else IN_VAIN


@phase
def complaint_is_counted(totals: Any, outlet: int, segment: int, loss: float, desk: int, hours: float) -> None:
    """A complaint, by outlet, segment and desk."""
    totals.visits[outlet, segment, COMPLAINTS] += 1
    totals.visits[outlet, segment, CONTACTS] += 1
    totals.visits[outlet, segment, FAILURES_TOLD] += 1 if loss > 0.0 else 0
    totals.desks[desk, AT_DESK] += 1
    totals.desks[desk, COMPLAINED] += 1
    totals.desks[desk, FIRST_RESPONSE + int(response_bin(hours))] += 1


@phase
def answer_is_counted(totals: Any, retailer: int, segment: int, desk: int, solved: float) -> None:
    """An answer to a complaint, by retailer, segment and desk."""
    totals.links[retailer, segment, ANSWERED] += 1
    totals.desks[desk, DESK_ANSWERED] += 1
    if solved > 0.0:
        totals.links[retailer, segment, SOLVED] += 1
        totals.desks[desk, DESK_SOLVED] += 1


@phase
def solution_is_compared(totals: Any, retailer: int, segment: int, solved: float, before: float, after: float) -> None:
    """Satisfaction before a failure and after its solution within the week."""
    if solved > 0.0:
        totals.links[retailer, segment, AT_ONCE] += 1
        totals.links[retailer, segment, BEFORE] += fixed(before)
        totals.links[retailer, segment, AFTER] += fixed(float(after))


@phase
def complaints_are_answered(
    relate: Any,
    slot: int,
    first: int,
    count: int,
    week: int,
    draw_week: int,
    seed: int,
    replicate: int,
    people: Any,
    links: Any,
    market: Any,
    kept: Any,
    numbers: Any,
    totals: Any,
) -> None:
    """Open complaints are answered when they are due, and hurt while they wait; what came of others is counted."""
    segment_of_person = people.segment
    complaint_of_link = links.complaint
    due_of_link = links.complaint_due
    last_visit_of_link = links.last_visit
    retailer_of_link = links.retailer
    for j in range(count):
        i = first + j
        complaint = int(complaint_of_link[slot, i])
        if complaint != 0:
            r = retailer_of_link[slot, i]
            left = kept[week - last_visit_of_link[slot, i]]
            if complaint < 0:
                if week - due_of_link[slot, i] == REPURCHASE_WEEKS:
                    repurchase_is_counted(slot, i, r, segment_of_person[i], links, numbers.experience, totals)
            elif week < due_of_link[slot, i]:
                complaint_waits(slot, i, left, links, numbers.desk)
                totals.links[r, segment_of_person[i], WAITING] += 1
            else:
                number = market.retailers[r].number
                a, b, _, _ = uniforms(seed, replicate, relate.key[j], draw_week, 0, 2, CONTACT, number)
                solved = happens_if(a, market.desks[complaint - 1].recovery, 1.0)
                answer_is_given(slot, i, solved, 0.0, 1.0, left, links, numbers.desk)
                answer_is_counted(totals, r, segment_of_person[i], complaint - 1, solved)
                is_open = relate.open[slot, j]
                gone = link_is_given_up(
                    slot, i, week, b, solved, is_open, relate.active_links[j], people, links, numbers, totals
                )
                relate.active_links[j] = relate.active_links[j] - gone


@phase
def complaint_waits(slot: int, i: int, kept: float, links: Any, own: Any) -> None:
    """A week without an answer costs a little satisfaction and trust."""
    loss = from_steps(links.complaint_loss[slot, i])
    satisfaction = from_steps(links.satisfaction[slot, i])
    trust = from_steps(links.trust[slot, i])
    lost = part_of_loss(loss, own.restored_cap, own.waiting_loss)
    trust_lost = part_of_loss(loss, own.restored_cap, own.waiting_trust)
    links.satisfaction[slot, i] = in_steps(shifted(satisfaction, -lost, kept))
    links.trust[slot, i] = in_steps(shifted(trust, -trust_lost, kept))


@phase
def link_is_given_up(
    slot: int,
    i: int,
    week: int,
    luck: float,
    solved: float,
    is_open: float,
    active_links: float,
    people: Any,
    links: Any,
    numbers: Any,
    totals: Any,
) -> float:
    """1 when the failure behind a complaint answered in vain ends the link, as a silent one can at once."""
    lost = numbers.experience
    degree = nearest_severity(
        from_steps(links.complaint_loss[slot, i]),
        lost.failure_loss_trivial,
        lost.failure_loss_minor,
        lost.failure_loss_major,
    )
    ends = by_severity(degree, 0.0, numbers.relations.failure_ends_minor, numbers.relations.failure_ends_major)
    is_active = is_open * (1.0 - solved) if links.status[slot, i] == ACTIVE else 0.0
    gone = leaves(luck, ends, is_active, active_links, numbers.relations.links_kept)
    if gone > 0.0:
        links.status[slot, i] = LAPSED
        weeks = week - int(links.since[slot, i])
        link_is_at_risk(totals, links.retailer[slot, i], people.segment[i], weeks)
        departure_is_counted(totals, links.retailer[slot, i], people.segment[i], weeks, links.type[slot, i])
    return gone


@phase
def repurchase_is_counted(slot: int, i: int, r: int, segment: int, links: Any, lost: Any, totals: Any) -> None:
    """Whether somebody came again in the quarter after a failure (or what was complained of), by its size and end."""
    degree = nearest_severity(
        from_steps(links.complaint_loss[slot, i]),
        lost.failure_loss_trivial,
        lost.failure_loss_minor,
        lost.failure_loss_major,
    )
    place = int(degree) * KINDS - int(links.complaint[slot, i]) - 1
    totals.links[r, segment, ASKED + place] += 1
    totals.links[r, segment, AGAIN + place] += 1 if links.last_visit[slot, i] > links.complaint_due[slot, i] else 0
