"""What others learn of a visit, compiled: who tells of it, who rates it; both are counted for next week."""

from __future__ import annotations

from typing import Any

from simulation.arithmetic import normal
from simulation.bits import uniforms
from simulation.chance import RATING, WORD
from simulation.compiling import phase
from simulation.customer.lane import LANE, RESPONSE_STYLE, SOCIABILITY
from simulation.customer.rating import posts, stars, urge_to_post
from simulation.customer.survey import latent
from simulation.customer.tie import by_type
from simulation.customer.word import chance_to_tell, speaks_well, tells
from simulation.records import VISIT_TOTALS

DISAPPOINTED, TOLD_WELL, TOLD_BADLY, FIRST_STAR = (
    VISIT_TOTALS.index(name) for name in ("disappointed", "told_well", "told_badly", "stars_1")
)


@phase
def visit_is_told(visit: Any, seed: int, replicate: int, week: int, occasion: int, word: Any, ties: Any) -> None:
    """Whether the customer tells of the visit, and whether well."""
    for j in range(LANE):
        visit.bond[j] = by_type(visit.kind[j], 1.0, ties.telling_social, ties.telling_emotional)
    for j in range(LANE):
        a, _, _, _ = uniforms(seed, replicate, visit.key[j], week, occasion, 1, WORD, visit.retailer_number[j])
        visit.tell_luck[j] = a
    for j in range(LANE):
        chance = chance_to_tell(
            visit.remembered[j],
            word.delighted_from,
            word.disappointed_below,
            word.tell_delighted,
            word.tell_satisfied,
            word.tell_dissatisfied,
        )
        visit.told[j] = tells(visit.tell_luck[j], chance, visit.source[SOCIABILITY, j], visit.bond[j])
        visit.well[j] = speaks_well(visit.remembered[j], word.disappointed_below)


@phase
def visit_is_rated(
    visit: Any, seed: int, replicate: int, week: int, occasion: int, word: Any, answer_error_sd: float
) -> None:
    """How many stars the customer calls the visit, an answer like any other, and whether they are posted."""
    for j in range(LANE):
        a, b, _, _ = uniforms(seed, replicate, visit.key[j], week, occasion, 0, RATING, visit.retailer_number[j])
        visit.post_luck[j] = a
        visit.rate_luck[j] = b
    for j in range(LANE):
        level = latent(
            visit.remembered[j], visit.source[RESPONSE_STYLE, j], answer_error_sd, normal(visit.rate_luck[j])
        )
        visit.stars[j] = stars(
            level, word.star_two_from, word.star_three_from, word.star_four_from, word.star_five_from
        )
        urge = urge_to_post(
            visit.stars[j], visit.rating[j], word.post_base, word.post_gap, word.post_gap_squared, word.post_extremity
        )
        visit.posted[j] = posts(visit.post_luck[j], urge)


@phase
def voices_are_counted(visit: Any, count: int, people: Any, links: Any, totals: Any) -> None:
    """Add what was told and posted to the week's totals, by outlet and segment; tellings also by neighbourhood."""
    segment_of_person = people.segment
    retailer_of_link = links.retailer
    counts = totals.visits
    pools = totals.word
    for j in range(count):
        if visit.went[j] > 0.0:
            i = visit.who[j]
            o = visit.outlet[j]
            g = segment_of_person[i]
            well = 1 if visit.told[j] * visit.well[j] > 0.0 else 0
            badly = 1 if visit.told[j] * (1.0 - visit.well[j]) > 0.0 else 0
            counts[o, g, DISAPPOINTED] += 1 if visit.well[j] == 0.0 else 0
            counts[o, g, TOLD_WELL] += well
            counts[o, g, TOLD_BADLY] += badly
            counts[o, g, FIRST_STAR + int(visit.stars[j]) - 1] += 1 if visit.posted[j] > 0.0 else 0
            r = retailer_of_link[visit.slot[j], i]
            pools[visit.cell[j], r, 0] += well
            pools[visit.cell[j], r, 1] += badly
