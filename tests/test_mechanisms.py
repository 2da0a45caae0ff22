"""What each mechanism must do: in which direction it acts, that at zero strength it does nothing, and a known answer.

Most of these tests stand with their subject; here are those that had no place, and the check of the list in
`simulation/MODEL.md`, section 10.
"""

import re
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

from simulation.customer.relation import LAPSED, UNAWARE
from simulation.records import DESK_TOTALS, LINK_TOTALS
from simulation.scenario import Scenario
from simulation.world import World
from tests.conftest import ROOT
from tests.lives import difference, fingerprints, grocery, lived

ERRORS = 4.0  # standard errors that a fixed seed may be off
STATE = ("people", "links", "reach", "outcomes")


def numbers(customers: int = 300, **values: float) -> Scenario:
    """The grocery market with parameters that no file may hold."""
    return grocery(customers).model_copy(update={"parameters": values})


def edited(**edits: Any) -> Scenario:
    edits = {"market.warmup_weeks": 2, **edits}
    return Scenario.load("grocery", customers=400, weeks=8, edits=edits)


def links(world: World, name: str) -> int:
    return int(world.totals.links[..., LINK_TOTALS.index(name)].sum())


def desks(world: World, name: str) -> Any:
    """A total by desk."""
    return world.totals.desks[..., DESK_TOTALS.index(name)].sum(0)


def lives(world: World, *beside: str) -> dict[str, str]:
    """Fingerprints of what customers carry and do."""
    return {
        name: mark
        for name, mark in fingerprints(world).items()
        if name not in beside and (name.split(".")[0] in STATE or name == "totals.visits")
    }


# --- the bot ---


def with_bot(resolution: float, **values: float) -> Scenario:
    bot = Scenario.load("bad_bot").desks[-1]
    bot = bot.model_copy(update={"first_contact_resolution": resolution, "staff": 1000.0})
    market = numbers(600, contact_store=0.3, contact_online=0.3, **values)
    return market.model_copy(update={"desks": (*market.desks, bot)})


def test_a_bot_that_nobody_tries_changes_nothing():
    market = with_bot(0.0, bot_tried=0.0)
    none = market.model_copy(update={"desks": market.desks[:-1]})
    assert desks(lived(none), "ordinary").sum() > 500
    assert difference(lives(lived(none)), lives(lived(market))) == []


def test_a_bot_deflects_the_share_that_it_resolves():
    world = lived(with_bot(0.4, bot_tried=1.0))
    asked, deflected = desks(world, "ordinary")[-1], desks(world, "deflected")[-1]
    assert asked > 200
    assert deflected / asked == pytest.approx(0.4, abs=ERRORS * (0.24 / asked) ** 0.5)


# --- complaints ---

WORTHLESS = dict.fromkeys(
    (
        *("restored_fair", "restored_quick", "restored_trust", "recovery_paradox", "unsolved_loss", "unsolved_trust"),
        *("waiting_loss", "waiting_trust"),
    ),
    0.0,
)
FAILING = {"failure_rate": 0.3, "failure_minor_from": 0.5, "failure_major_from": 0.9}


def test_answers_that_restore_and_cost_nothing_change_nothing_but_how_complaints_ended():
    """Nor may a failure that was not solved end a relationship: then solved or not is the same."""
    market = numbers(**FAILING, **WORTHLESS, failure_ends_minor=0.0, failure_ends_major=0.0)
    solved, vain = (lived(market, change=partial(_recovering, share=share)) for share in (1.0, 0.0))
    assert links(solved, "solved") > 50 > links(vain, "solved") == 0
    assert difference(lives(solved, "links.complaint"), lives(vain, "links.complaint")) == []


def _recovering(world: World, share: float) -> World:
    world.plans.desks.recovery[:] = share
    return world


# --- awareness ---


def unadvertised(world: World) -> World:
    world.plans.retailers["awareness"] = 0.0
    return world


def test_where_nothing_makes_known_the_unaware_stay_unaware():
    world = lived(numbers(awareness_weekly=0.0, awareness_per_message=0.0, moving_yearly=0.0), change=unadvertised)
    assert links(world, "became_aware") == 0
    assert (world.links.status == UNAWARE).any()


# --- offers, the last refusal, winning back ---


def test_offers_reach_the_share_of_those_who_know_the_retailer_that_the_plan_says():
    world = lived(edited(**{"retailer.ours.offers": 0.3}))
    made, known = (world.totals.links[:, world.focal, :, LINK_TOTALS.index(n)].sum() for n in ("offers", "known"))
    assert made / known == pytest.approx(0.3, abs=ERRORS * (0.21 / known) ** 0.5)


def test_where_no_rival_makes_an_offer_readiness_to_answer_changes_nothing():
    silent = {f"retailer.{retailer.id}.offers": 0.0 for retailer in grocery().retailers}
    worlds = [lived(edited(**silent, **{"retailer.ours.last_refusal": share})) for share in (0.0, 1.0)]
    assert difference(*map(fingerprints, worlds)) == ["retailers.answers"]


def test_as_many_lapsed_come_back_as_chance_and_contact_say():
    market = numbers(2_000, leaving_monthly=-1.0, return_weekly=0.03, winback_success=0.5, moving_yearly=0.0)
    market = market.model_copy(
        update={
            "retailers": tuple(
                r.model_copy(update={"winback": 0.2, "identified": 1.0, "consent": 1.0}) for r in market.retailers
            )
        }
    )
    before, after = lived(market, 8), lived(market, 9)
    at_risk = int((before.links.status == LAPSED).sum())
    came = int(after.totals.links[8, ..., LINK_TOTALS.index("returned")].sum())
    chance = 0.03 + 0.2 * 0.5
    assert at_risk > 500
    assert came / at_risk == pytest.approx(chance, abs=ERRORS * (chance * (1 - chance) / at_risk) ** 0.5 + 0.01)


# --- staff ---

UNMOVED = {"overload_response": 0.0, "support_response": 0.0, "promise_response": 0.0}


@cache
def motivation(**values: float) -> Any:
    """Of the staff of every outlet after some weeks in which half of them were missing."""
    return lived(numbers(**values), change=_understaffed).market.outlets.motivation.copy()


def _understaffed(world: World) -> World:
    world.plans.outlets["staff"] *= 0.5
    return world


def test_where_nothing_moves_it_motivation_stays_as_it_was():
    assert (motivation(**UNMOVED) == motivation(**UNMOVED)[0]).all()


def test_too_much_work_costs_motivation():
    stores = lived(numbers(), 1).market.outlets.online == 0.0
    assert (motivation()[stores] < motivation(**UNMOVED)[stores]).all()


def test_motivation_that_counts_for_nothing_changes_nothing_else():
    idle = {"motivation_weight": 0.0, "turnover_response": 0.0}
    calm, driven = (lived(numbers(**idle, overload_response=size), change=_understaffed) for size in (0.0, 0.3))
    assert set(difference(fingerprints(calm), fingerprints(driven))) == {"outlets.motivation", "offers.motivation"}


def test_turnover_that_does_not_follow_motivation_is_the_years_in_weeks():
    world = lived(numbers(turnover_response=0.0, turnover_yearly=0.52))
    assert world.market.outlets.turnover == pytest.approx(0.01, rel=1e-12)


def test_a_promise_that_nobody_minds_breaking_costs_no_motivation():
    """Two brands, one service: without the response, motivation is the same to the last bit."""

    def bold(world: World) -> World:
        world.market.retailers.brand[:] = 1.0
        return world

    one = lived(numbers(promise_response=0.0), 1).market.outlets.motivation
    other = lived(numbers(promise_response=0.0), 1, change=bold).market.outlets.motivation
    broken = lived(numbers(), 1, change=bold).market.outlets.motivation
    assert np.array_equal(one, other)
    assert (broken < one).any()


# --- the list ---

TEXT = (ROOT / "simulation" / "MODEL.md").read_text(encoding="utf-8")
CELL = r"(`test_[^|]+)"  # at least one test
ROW = re.compile(rf"^\| ([^|]+) \| {CELL} \| {CELL} \| {CELL} \|$")  # direction, zero, known answer
MECHANISMS = (
    *("service desk", "bot", "complaints", "word of mouth", "ratings", "reputation", "awareness"),
    *("types of relationship", "offers", "last refusal", "winning back", "emotional tie", "moving"),
    *("motivation", "workload", "turnover", "openness", "brand promise", "learning", "needs", "surveys"),
    *("accounts and messages", "loyalty scheme", "promises", "retention offers", "advertising"),
    *("capabilities of managing relationships", "periodic reviews"),
    *("routing to who can answer", "asking and calling", "replies in public", "money for mending"),
)


def rows() -> dict[str, str]:
    """Mechanisms of the list, with what tests them."""
    found = filter(None, map(ROW.match, TEXT.splitlines()))
    return {match[1]: " ".join(match.groups()[1:]) for match in found}


def test_every_mechanism_has_a_test_of_direction_of_nothing_at_zero_and_of_a_known_answer():
    assert sorted(rows()) == sorted(MECHANISMS)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_tests_of_a_mechanism_exist(mechanism: str):
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", rows()[mechanism]))
    assert named
    assert named <= set(re.findall(r"^def (test_\w+)\(", text, re.MULTILINE))
