"""Surveys, compiled: who is asked this week, what they answer, and the interviews of `survey.csv`."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.arithmetic import normal
from simulation.bits import uniforms
from simulation.chance import SURVEY
from simulation.compiling import driver, phase
from simulation.customer.lane import RESPONSE_STYLE
from simulation.customer.memory import drifted, from_steps
from simulation.customer.relation import ACTIVE
from simulation.customer.survey import asked_about, ease, is_asked, is_asked_after_visit, latent, luck_left, reaches
from simulation.parameters import INSTRUMENT_NAMES, RETAILER_QUESTIONS, VISIT_QUESTIONS
from simulation.records import DETERMINANTS, LINK_TOTALS, REACH, VISIT_TOTALS

ASKED = LINK_TOTALS.index("asked")
VISIT_ASKED = VISIT_TOTALS.index(f"{VISIT_QUESTIONS[0]}_asked")
ABOUT_RETAILER = len(RETAILER_QUESTIONS)
EFFORT = INSTRUMENT_NAMES.index("effort")
EXPECTATION, PERFORMANCE = INSTRUMENT_NAMES.index("expectation"), INSTRUMENT_NAMES.index("performance")
DRIVER = INSTRUMENT_NAMES.index("driver")
NOTHING = -100.0  # below every level
BLOCKS = (ABOUT_RETAILER + 3) // 4  # of four draws each: one for the error of every answer
INTERVIEW_BLOCKS = (DRIVER + DETERMINANTS + 3) // 4


@phase
def answer_of(level: float, question: int, lowest: Any, cuts: Any) -> float:
    """The answer to a question: its lowest, and one more for each cut point reached."""
    answer = float(lowest[question])
    for k in range(cuts.shape[1]):
        answer = answer + reaches(level, cuts[question, k])
    return answer


@phase
def effort_is_felt(visit: Any) -> None:
    """How easy each visit was."""
    for j in range(visit.ease.size):
        visit.ease[j] = ease(visit.felt[0, j], visit.felt[3, j], visit.felt[4, j], visit.met[3, j], visit.met[4, j])


@phase
def visits_are_asked_about(visit: Any, count: int, segment: Any, survey: Any, tables: Any, totals: Any) -> None:
    """A part of the visits is followed by a question: how easy it was made."""
    for j in range(count):
        if visit.went[j] * is_asked_after_visit(visit.survey_luck[j], survey.survey_weeks) > 0.0:
            z = normal(luck_left(visit.survey_luck[j], survey.survey_weeks))
            level = latent(visit.ease[j], visit.source[RESPONSE_STYLE, j], survey.answer_error_sd, z)
            answer = answer_of(level, EFFORT, tables.lowest, tables.cuts)
            row = totals[visit.outlet[j], segment[visit.who[j]]]
            row[VISIT_ASKED] += 1
            row[VISIT_ASKED + 1] += np.int64(answer)
            row[VISIT_ASKED + 2] += 1 if answer >= tables.top[EFFORT] else 0
            row[VISIT_ASKED + 3] += 1 if answer <= tables.bottom[EFFORT] else 0


@phase
def visits_are_noted(visit: Any, count: int, notes: Any) -> None:
    """Write the visit down, where notes are kept."""
    performance_noted = notes.performance
    ease_noted = notes.ease
    levels_noted = notes.levels
    if ease_noted.size > 0:
        for j in range(count):
            if visit.went[j] > 0.0:
                i = visit.who[j]
                slot = visit.slot[j]
                performance_noted[slot, i] = visit.perceived[j]
                ease_noted[slot, i] = visit.ease[j]
                for k in range(DETERMINANTS):
                    levels_noted[k, slot, i] = visit.level[k, j]


@phase
def customers_are_asked(
    relate: Any,
    slot: int,
    first: int,
    count: int,
    draw_week: int,
    seed: int,
    replicate: int,
    people: Any,
    links: Any,
    survey: Any,
    tables: Any,
    totals: Any,
) -> None:
    """A part of each retailer's customers answers its questions; the counts of this week are added."""
    retailer_of_link = links.retailer
    segment_of_person = people.segment
    style_of_person = people.traits[RESPONSE_STYLE]
    for j in range(count):
        if relate.recent[j] * is_asked(relate.panel[j], float(draw_week), survey.survey_weeks) > 0.0:
            i = first + j
            row = totals.links[retailer_of_link[slot, i], segment_of_person[i]]
            row[ASKED] += 1
            for block in range(BLOCKS):
                luck = uniforms(seed, replicate, relate.key[j], draw_week, 0, block, SURVEY, relate.number[j])
                for n in range(4 * block, min(4 * block + 4, ABOUT_RETAILER)):
                    about = asked_about(relate.satisfaction[j], relate.trust[j], tables.trust_share[n])
                    z = normal(luck[n - 4 * block])
                    level = latent(about, style_of_person[i], survey.answer_error_sd, z)
                    answer = answer_of(level, n, tables.lowest, tables.cuts)
                    row[ASKED + 1 + 3 * n] += np.int64(answer)
                    row[ASKED + 2 + 3 * n] += 1 if answer >= tables.top[n] else 0
                    row[ASKED + 3 + 3 * n] += 1 if answer <= tables.bottom[n] else 0


@driver
def respondents_answer(
    week: int,
    draw_week: int,
    key: Any,
    respondents: Any,
    people: Any,
    links: Any,
    reach: Any,
    market: Any,
    tables: Any,
    numbers: Any,
    notes: Any,
    levels: Any,
    answers: Any,
) -> None:
    """Interviews at the end of a week: every question about every retailer whose customer a respondent is.

    `levels` (slots, respondents, items) is scratch; `answers` of the same shape stays NaN where nothing is answered.
    """
    items = answers.shape[2]
    for s in range(answers.shape[0]):
        for n in range(respondents.size):
            i = respondents[n]
            if is_recent_customer(s, i, week, links, reach, market.offers, numbers.relations.customer_weeks):
                kept = tables.kept[week - links.last_visit[s, i]]
                habitual = float(people.habitual[i])
                satisfaction = drifted(from_steps(links.satisfaction[s, i]), habitual, kept)
                trust = drifted(from_steps(links.trust[s, i]), habitual, kept)
                for q in range(ABOUT_RETAILER):
                    levels[s, n, q] = asked_about(satisfaction, trust, tables.trust_share[q])
                levels[s, n, EFFORT] = notes.ease[s, i]
                levels[s, n, EXPECTATION] = links.will[s, i]
                levels[s, n, PERFORMANCE] = notes.performance[s, i]
                for k in range(DETERMINANTS):
                    levels[s, n, DRIVER + k] = notes.levels[k, s, i]
                number = market.retailers[links.retailer[s, i]].number
                style = float(people.traits[RESPONSE_STYLE, i])
                for block in range(INTERVIEW_BLOCKS):
                    luck = uniforms(key[0], key[1], people.key[i], draw_week, 0, block, SURVEY, number)
                    for q in range(4 * block, min(4 * block + 4, items)):
                        z = normal(luck[q - 4 * block])
                        level = latent(levels[s, n, q], style, numbers.survey.answer_error_sd, z)
                        if level > NOTHING:  # NaN is not: what was never met is not answered
                            answers[s, n, q] = answer_of(level, min(q, DRIVER), tables.lowest, tables.cuts)


@phase
def is_recent_customer(slot: int, i: int, week: int, links: Any, reach: Any, offers: Any, weeks: float) -> bool:
    """Whether a link is active, with an open outlet in reach and a visit within so many weeks."""
    active = links.retailer[slot, i] >= 0 and links.status[slot, i] == ACTIVE
    if not active or links.visits[slot, i] == 0 or float(week - links.last_visit[slot, i]) >= weeks:
        return False
    can_go = False
    for a in range(REACH):
        outlet = reach.outlet[a, i]
        if outlet >= 0 and reach.link[a, i] == slot and offers[outlet].is_open > 0.0:
            can_go = True
    return can_go
