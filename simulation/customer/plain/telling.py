"""What others learn of a visit, phase by phase as in the compiled `telling.py`."""

from __future__ import annotations

from typing import Any

from simulation.arithmetic import normal
from simulation.chance import RATING, WORD
from simulation.customer.lane import RESPONSE_STYLE, SOCIABILITY
from simulation.customer.plain.luck import Luck
from simulation.customer.plain.values import Values
from simulation.customer.rating import posts, stars, urge_to_post
from simulation.customer.survey import latent
from simulation.customer.telling import DISAPPOINTED, FIRST_STAR, TOLD_BADLY, TOLD_WELL
from simulation.customer.tie import by_type
from simulation.customer.word import chance_to_tell, speaks_well, tells


def visit_is_told(visit: Values, luck: Luck, week: int, occasion: int, word: Any, ties: Any) -> None:
    """Whether the customer tells of the visit, and whether well."""
    visit.bond = by_type(visit.kind, 1.0, ties.telling_social, ties.telling_emotional)
    visit.tell_luck, _, _, _ = luck.uniforms(week, occasion, 1, WORD, visit.retailer_number)
    chance = chance_to_tell(
        visit.remembered,
        word.delighted_from,
        word.disappointed_below,
        word.tell_delighted,
        word.tell_satisfied,
        word.tell_dissatisfied,
    )
    visit.told = tells(visit.tell_luck, chance, visit.source[SOCIABILITY], visit.bond)
    visit.well = speaks_well(visit.remembered, word.disappointed_below)


def visit_is_rated(visit: Values, luck: Luck, week: int, occasion: int, word: Any, answer_error_sd: float) -> None:
    """How many stars the customer calls the visit, an answer like any other, and whether they are posted."""
    visit.post_luck, visit.rate_luck, _, _ = luck.uniforms(week, occasion, 0, RATING, visit.retailer_number)
    level = latent(visit.remembered, visit.source[RESPONSE_STYLE], answer_error_sd, normal(visit.rate_luck))
    visit.stars = stars(level, word.star_two_from, word.star_three_from, word.star_four_from, word.star_five_from)
    urge = urge_to_post(
        visit.stars, visit.rating, word.post_base, word.post_gap, word.post_gap_squared, word.post_extremity
    )
    visit.posted = posts(visit.post_luck, urge)


def voices_are_counted(visit: Values, people: Any, links: Any, totals: Any) -> None:
    """Add what was told and posted to the week's totals, by outlet and segment; tellings also by neighbourhood."""
    row = totals.visits[visit.outlet, people.segment[visit.who]]
    pool = totals.word[visit.cell, links.retailer[visit.slot, visit.who]]
    well = 1 if visit.told * visit.well > 0.0 else 0
    badly = 1 if visit.told * (1.0 - visit.well) > 0.0 else 0
    row[DISAPPOINTED] += 1 if visit.well == 0.0 else 0
    row[TOLD_WELL] += well
    row[TOLD_BADLY] += badly
    row[FIRST_STAR + int(visit.stars) - 1] += 1 if visit.posted > 0.0 else 0
    pool[0] += well
    pool[1] += badly
