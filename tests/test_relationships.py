"""Relationships in whole worlds: what types change, offers and answers, winning back, moving; and nothing at zero."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from simulation.customer.tie import EMOTIONAL, QUANTITATIVE, SOCIAL, TRANSACTIONAL
from simulation.records import KINDS_AFTER, LINK_TOTALS, MARKET_TOTALS, TYPE_TOTALS, VISIT_TOTALS
from simulation.scenario import Scenario
from simulation.transitions import QUARTER, transitions_table
from simulation.world import World
from tests.lives import CLOSE, difference, fingerprints, lived

CUSTOMERS = 400
WEEKS = 14
# Multipliers of one, terms of zero: a type that changes nothing.
NEUTRAL = {
    "tie_utility": 0.0,
    "price_response_quantitative": 1.0,
    "price_response_social": 1.0,
    "price_response_emotional": 1.0,
    "telling_social": 1.0,
    "telling_emotional": 1.0,
    "leaving_quantitative": 1.0,
    "leaving_social": 1.0,
    "leaving_emotional": 1.0,
    "failure_social": 1.0,
    "failure_emotional": 1.0,
    "failure_betrayal": 1.0,
    "emotional_exclusive": 0.0,
    "offer_utility": 0.0,  # then no offer is worth answering
}
TYPE_COLUMNS = {"links.type", "links.type_since", "totals.types", "totals.transitions"}


def close(parameters: dict[str, float] | None = None, **edits: Any) -> Scenario:
    changed = {f"parameters.{name}": value for name, value in (parameters or {}).items()}
    edits = {**CLOSE, **changed, **edits}
    return Scenario.load("grocery", customers=CUSTOMERS, weeks=WEEKS, edits=edits)


@cache
def world_with(parameters: tuple[tuple[str, float], ...] = (), retailer: tuple[tuple[str, float], ...] = ()) -> World:
    return lived(close(dict(parameters), **dict(retailer)))


def life(parameters: dict[str, float] | None = None, **edits: float) -> World:
    return world_with(tuple((parameters or {}).items()), tuple(edits.items()))


def ties(world: World, name: str) -> Any:
    """A total of links by type of relationship, over all retailers and weeks."""
    return world.totals.types[..., TYPE_TOTALS.index(name)].sum(axis=(0, 1))


def links(world: World, name: str, retailer: int | None = None) -> int:
    column = world.totals.links[..., LINK_TOTALS.index(name)]
    return int(column.sum() if retailer is None else column[:, retailer].sum())


def visits(world: World, name: str = "visits") -> int:
    return int(world.totals.visits[..., VISIT_TOTALS.index(name)].sum())


# --- at zero ---


def test_types_without_any_strength_change_nothing_else():
    easy = NEUTRAL | {"affect_limit": 0.7, "trust_limit": 0.7, "frequency_limit": 0.15}
    hard = NEUTRAL | {"affect_limit": 0.9, "trust_limit": 0.9, "frequency_limit": 0.6, "interactions_limit": 0.4}
    differ = difference(fingerprints(life(easy)), fingerprints(life(hard)))
    assert set(differ) == TYPE_COLUMNS


def test_types_with_their_strengths_change_choices():
    assert "totals.visits" in difference(fingerprints(life()), fingerprints(life(NEUTRAL)))


def without_counts(world: World) -> dict[str, str]:
    """Fingerprints without what only counts offers, and without the retailers' own plans."""
    offers = [VISIT_TOTALS.index(name) for name in ("offers_taken",)]
    made = LINK_TOTALS.index("offers")
    world.totals.visits[..., offers] = 0
    world.totals.links[..., made] = 0
    return {name: mark for name, mark in fingerprints(world).items() if not name.startswith("retailers.")}


def test_an_offer_worth_nothing_changes_nothing():
    worthless = {"offer_utility": 0.0, "offer_discount": 0.0}
    many = lived(close(worthless, **{"retailer.northgate.offers": 0.9}))
    none = lived(close(worthless, **{"retailer.northgate.offers": 0.0}))
    assert links(many, "offers") > links(none, "offers")
    assert difference(without_counts(many), without_counts(none)) == []


def test_contact_without_success_wins_nobody_back():
    contacted, silent = life({"winback_success": 0.0}), life({"winback_success": 0.0}, **{"retailer.ours.winback": 0.0})
    assert links(contacted, "won_back") == 0
    assert links(contacted, "winback_contacts") > 0
    differ = set(difference(fingerprints(contacted), fingerprints(silent)))
    assert differ == {"retailers.winback", "retailers.personal", "totals.links"}  # contacts are counted


# --- direction ---


def test_all_four_types_occur_and_priority_goes_to_the_closer():
    assert (ties(life(), "active") > 0).all()


def test_easier_thresholds_make_more_emotional_relationships():
    easy, hard = life({"affect_limit": 0.7, "trust_limit": 0.7}), life({"affect_limit": 0.9, "trust_limit": 0.9})
    assert ties(easy, "active")[EMOTIONAL] > ties(hard, "active")[EMOTIONAL]


def test_emotional_customers_are_the_satisfied_ones():
    mean = ties(life(), "satisfaction") / ties(life(), "customers")
    assert mean[EMOTIONAL] > max(mean[SOCIAL], mean[QUANTITATIVE], mean[TRANSACTIONAL])


def departures(world: World, kind: int) -> float:
    return float(ties(world, "left")[kind] / ties(world, "at_risk")[kind])


def test_an_emotional_relationship_ends_more_rarely_with_its_multiplier():
    assert departures(life({"leaving_emotional": 0.25}), EMOTIONAL) < departures(
        life({"leaving_emotional": 1.0}), EMOTIONAL
    )


def test_an_emotional_tie_keeps_rivals_from_being_thought_of():
    def share(world: World) -> float:
        return float(ties(world, "own_cents")[EMOTIONAL] / ties(world, "wallet_cents")[EMOTIONAL])

    assert share(life({"emotional_exclusive": 0.9})) > share(life({"emotional_exclusive": 0.0}))


def test_offers_bring_visits_and_cost_money():
    def of_northgate(world: World, name: str) -> int:
        mine = np.flatnonzero(world.market.outlets.retailer == 0)
        return int(world.totals.visits[:, mine][..., VISIT_TOTALS.index(name)].sum())

    many, none = life(**{"retailer.northgate.offers": 0.9}), life(**{"retailer.northgate.offers": 0.0})
    assert of_northgate(many, "visits") > of_northgate(none, "visits")
    answers = of_northgate(none, "discount_cents")  # to rivals' offers
    assert of_northgate(many, "discount_cents") > 10 * answers


def test_who_answers_a_rivals_offer_keeps_tied_customers():
    answering, silent = life(**{"retailer.ours.last_refusal": 1.0}), life(**{"retailer.ours.last_refusal": 0.0})
    assert visits(answering, "answers") > visits(silent, "answers")


def test_a_discount_is_what_lies_between_price_and_payment():
    world = life()
    share = visits(world, "discount_cents") / (visits(world, "revenue_cents") + visits(world, "discount_cents"))
    taken = visits(world, "offers_taken") / visits(world, "baskets")
    assert share == pytest.approx(0.10 * taken, rel=0.25)


def test_contact_wins_back():
    assert links(life(), "won_back") > 0
    assert links(life(**{"retailer.ours.winback": 0.0}), "won_back") == 0


# --- state, week by week ---


def test_interactions_and_frequency_fade_by_their_pace_without_visits():
    before = lived(close({"moving_yearly": 0.0}), WEEKS)
    after = lived(close({"moving_yearly": 0.0}), WEEKS + 1)
    idle = (after.links.visits == before.links.visits) & (before.links.retailer >= 0)
    assert after.links.frequency[idle] == pytest.approx(0.8 * before.links.frequency[idle], rel=1e-6)
    assert after.links.interactions[idle] == pytest.approx(0.8 * before.links.interactions[idle], rel=1e-6)


def test_a_visit_raises_frequency_by_its_pace():
    before = lived(close({"moving_yearly": 0.0}), WEEKS)
    after = lived(close({"moving_yearly": 0.0}), WEEKS + 1)
    once = after.links.visits - before.links.visits == 1
    expected = before.links.frequency[once] + 0.2 * (1.0 - before.links.frequency[once])
    assert after.links.frequency[once] == pytest.approx(expected, rel=1e-6)


def test_a_type_is_kept_for_its_least_time():
    world = lived(close({"type_weeks": 26.0}))
    changed = world.links.type_since[(world.links.status == 3) & (world.links.type > 0)]
    assert changed.size == 0 or changed.min() >= 0
    assert ties(world, "entered").sum() < ties(life(), "entered").sum()


def test_who_has_left_has_no_type():
    world = life()
    assert (world.links.type[(world.links.retailer >= 0) & (world.links.status != 3)] == 0).all()


def test_so_many_move_as_the_year_says():
    world = life()
    moved = int(world.totals.market[:, MARKET_TOTALS.index("moved")].sum())
    expected = 0.15 / 52 * CUSTOMERS * world.totals.market.shape[0]
    assert moved == pytest.approx(expected, abs=4 * expected**0.5)


def test_who_moves_in_knows_nobody_yet():
    stay, move = lived(close({"moving_yearly": 0.0}), 1), lived(close({"moving_yearly": 0.15}), 1)
    new = np.flatnonzero((stay.links.status != move.links.status).any(axis=0))
    assert new.size > 0
    held = move.links.retailer[:, new] >= 0
    assert (move.links.visits[:, new][held] == 0).all()
    assert set(np.unique(move.links.status[:, new][held])) <= {1, 2}
    assert move.reach.loyalty[:, new].sum(axis=0) == pytest.approx(np.ones(new.size), abs=1e-6)


def test_nobody_moves_where_nobody_may():
    world = lived(close({"moving_yearly": 0.0}))
    assert world.totals.market[:, MARKET_TOTALS.index("moved")].sum() == 0


# --- what relationships become ---
STILL = (("parameters.moving_yearly", 0.0),)  # who moves takes relationships along, and no transition says so


def test_every_type_gains_and_loses_what_its_transitions_say():
    world = life(**dict(STILL))
    active = world.totals.types[..., TYPE_TOTALS.index("active")].sum(1)
    changed = world.totals.transitions.sum(1)[1:]
    flow = changed.sum(1)[:, : EMOTIONAL + 1] - changed.sum(2)[:, : EMOTIONAL + 1]
    flow[:, TRANSACTIONAL] += world.totals.links[1:, ..., LINK_TOTALS.index("acquired")].sum((1, 2))
    assert (np.diff(active, axis=0) == flow).all()


@pytest.mark.parametrize(("kind", "total"), [("came", "returned"), ("left", "left")])
def test_who_leaves_and_who_comes_back_is_in_the_transitions(kind: str, total: str):
    changed = life().totals.transitions.sum(0)
    lapsed = KINDS_AFTER.index("lapsed")
    assert (changed[:, lapsed].sum() if kind == "came" else changed[:, :, lapsed].sum()) == links(life(), total) > 0


def test_departures_by_type_are_all_departures():
    assert ties(life(), "left").sum() == links(life(), "left")


def test_where_types_are_kept_for_ever_none_becomes_another():
    kept = life({"type_weeks": 26.0}).totals.transitions.sum((0, 1))
    assert kept[: EMOTIONAL + 1, : EMOTIONAL + 1].sum() == 0


def test_the_table_of_transitions_has_rates_by_quarter():
    world = life()
    scenario = close()
    table = transitions_table(scenario, [(world.totals, None, None)])
    row = table.where(retailer="ours", first_week=1, was="quantitative", became="lapsed").rows()[0]
    ours = [retailer.id for retailer in scenario.retailers].index("ours")
    totals = world.totals.transitions[:QUARTER, ours], world.totals.types[:QUARTER, ours]
    count = totals[0][:, QUANTITATIVE, KINDS_AFTER.index("lapsed")].sum()
    weeks = totals[1][:, QUANTITATIVE, TYPE_TOTALS.index("at_risk")].sum()
    assert (row["count"], row["link_weeks"], row["last_week"]) == (count, weeks, QUARTER)
    assert row["yearly"] == pytest.approx(100 * 52 * count / weeks)
