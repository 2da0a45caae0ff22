"""Surveys, phase by phase as in the compiled `surveying.py`; interviews are held in one place for both."""

from __future__ import annotations

from typing import Any

from simulation.arithmetic import normal
from simulation.chance import SURVEY
from simulation.customer.lane import RESPONSE_STYLE
from simulation.customer.plain.luck import Luck
from simulation.customer.plain.values import Values
from simulation.customer.survey import asked_about, ease, is_asked, is_asked_after_visit, latent, luck_left, reaches
from simulation.customer.surveying import ABOUT_RETAILER, ASKED, BLOCKS, EFFORT, VISIT_ASKED
from simulation.records import DETERMINANTS


def answer_of(level: float, question: int, lowest: list[float], cuts: list[list[float]]) -> float:
    """The answer to a question: its lowest, and one more for each cut point reached."""
    answer = lowest[question]
    for cut in cuts[question]:
        answer = answer + reaches(level, cut)
    return answer


def effort_is_felt(visit: Values) -> None:
    """How easy the visit was."""
    visit.ease = ease(visit.felt[0], visit.felt[3], visit.felt[4], visit.met[3], visit.met[4])


def visits_are_asked_about(visit: Values, segment: int, survey: Any, tables: Any, totals: Any) -> None:
    """A part of the visits is followed by a question: how easy it was made."""
    if is_asked_after_visit(visit.survey_luck, survey.survey_weeks) > 0.0:
        z = normal(luck_left(visit.survey_luck, survey.survey_weeks))
        level = latent(visit.ease, visit.source[RESPONSE_STYLE], survey.answer_error_sd, z)
        answer = answer_of(level, EFFORT, tables.lowest, tables.cuts)
        row = totals[visit.outlet, segment]
        row[VISIT_ASKED] += 1
        row[VISIT_ASKED + 1] += int(answer)
        row[VISIT_ASKED + 2] += 1 if answer >= tables.top[EFFORT] else 0
        row[VISIT_ASKED + 3] += 1 if answer <= tables.bottom[EFFORT] else 0


def visits_are_noted(visit: Values, notes: Any) -> None:
    """Write the visit down, where notes are kept."""
    if notes.ease.size > 0:
        at = (visit.slot, visit.who)
        notes.performance[at] = visit.perceived
        notes.ease[at] = visit.ease
        for k in range(DETERMINANTS):
            notes.levels[k, visit.slot, visit.who] = visit.level[k]


def customers_are_asked(
    relate: Values,
    slot: int,
    i: int,
    draw_week: int,
    luck: Luck,
    people: Any,
    links: Any,
    survey: Any,
    tables: Any,
    totals: Any,
) -> None:
    """If it is the customer's turn, the retailer's questions are answered; the counts of this week are added."""
    if relate.recent * is_asked(relate.panel, float(draw_week), survey.survey_weeks) > 0.0:
        row = totals.links[int(links.retailer[slot, i]), int(people.segment[i])]
        row[ASKED] += 1
        style = float(people.traits[RESPONSE_STYLE, i])
        for block in range(BLOCKS):
            four = luck.uniforms(draw_week, 0, block, SURVEY, relate.number)
            for n in range(4 * block, min(4 * block + 4, ABOUT_RETAILER)):
                about = asked_about(relate.satisfaction, relate.trust, tables.trust_share[n])
                z = normal(four[n - 4 * block])
                level = latent(about, style, survey.answer_error_sd, z)
                answer = answer_of(level, n, tables.lowest, tables.cuts)
                row[ASKED + 1 + 3 * n] += int(answer)
                row[ASKED + 2 + 3 * n] += 1 if answer >= tables.top[n] else 0
                row[ASKED + 3 + 3 * n] += 1 if answer <= tables.bottom[n] else 0
