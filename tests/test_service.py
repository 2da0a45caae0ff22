"""Service desks and learning in small worlds: who complains, what desks and answers do, what nothing changes."""

from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
import pytest

from simulation.customer.complaint import IN_VAIN, NONE, SILENT, SOLVED_LATE, SOLVED_QUICKLY
from simulation.desk_measures import response_quantile
from simulation.model import RetailModel
from simulation.parameters import PARAMETERS
from simulation.records import DESK_TOTALS, LINK_TOTALS, RESPONSE_BINS, TOUCHPOINTS, VISIT_TOTALS
from simulation.running import run
from simulation.scenario import Scenario
from simulation.twins import twin_of
from simulation.world import World
from tests.lives import columns, difference, fingerprints, grocery, lived

NEW = ("complaint", "complaint_due", "complaint_loss")  # columns that remember a failure even where nobody can complain
FAILING = {"failure_rate": 0.5, "failure_minor_from": 0.0, "failure_major_from": 0.0}  # half of all visits, major


def numbers(**values: float) -> Scenario:
    """The grocery market with parameters that no file may hold."""
    return grocery(400).model_copy(update={"parameters": values})


def desked(scenario: Scenario, **changes: Any) -> Scenario:
    """The same with every desk changed."""
    return scenario.model_copy(update={"desks": tuple(desk.model_copy(update=changes) for desk in scenario.desks)})


def without_desks(scenario: Scenario) -> Scenario:
    return scenario.model_copy(update={"desks": ()})


def visits(world: World, name: str) -> int:
    return int(world.totals.visits[..., VISIT_TOTALS.index(name)].sum())


def links(world: World, name: str) -> int:
    return int(world.totals.links[..., LINK_TOTALS.index(name)].sum())


def desks(world: World, name: str) -> int:
    return int(world.totals.desks[..., DESK_TOTALS.index(name)].sum())


def satisfaction(world: World) -> float:
    known = world.links.visits > 0
    return float(world.links.level("satisfaction")[known].mean())


# --- without desks, or without reasons ---

NO_CONTACTS = {"contact_store": 0.0, "contact_online": 0.0}
NOBODY_SPEAKS = {f"complain_{size}": 1e-12 for size in ("trivial", "minor", "major", "displeased")}


def carried(world: World) -> dict[str, str]:
    """Fingerprints of what customers carry and of what they do, apart from desks."""
    kept = ("people", "links", "reach", "outcomes", "totals")
    marks = {name: mark for name, mark in fingerprints(world).items() if name.split(".")[0] in kept}
    return {name: mark for name, mark in marks.items() if name != "totals.desks"}


def test_desks_that_nobody_turns_to_change_nothing():
    quiet = numbers(**NO_CONTACTS, **NOBODY_SPEAKS)
    assert difference(carried(lived(without_desks(quiet))), carried(lived(quiet))) == []


def test_without_desks_every_failure_is_silent():
    world = lived(without_desks(numbers(**FAILING)))
    assert visits(world, "failures") > 1_000
    assert visits(world, "complaints") == visits(world, "contacts") == 0
    assert set(np.unique(world.links.complaint)) == {NONE, SILENT}


def test_without_desks_what_complaints_cost_does_not_matter():
    others = {name: 0.05 for name, row in PARAMETERS.items() if row.group == "desk"}
    silent, same = (lived(without_desks(numbers(**more))) for more in ({}, others))
    assert difference(fingerprints(silent), fingerprints(same)) == []


def test_a_machine_alone_hears_no_complaint():
    whole = numbers(**FAILING)
    machines = tuple(desk.model_copy(update={"channel": "self_service"}) for desk in whole.desks)
    world = lived(whole.model_copy(update={"desks": machines}))
    assert desks(world, "complaints") == 0
    assert desks(world, "ordinary") == visits(world, "contacts") > 0


# --- who complains ---


def test_known_shares_complain_where_person_ease_and_loyalty_do_not_matter():
    market = numbers(**FAILING, complain_loyalty=0.0)
    world = lived(market, 1, change=_alike)
    failures, told = visits(world, "failures"), visits(world, "failures_told")
    first = 0.60  # who waits for an answer does not complain again, but few do in the first week
    assert told / failures == pytest.approx(first, abs=4.0 * np.sqrt(first * (1 - first) / failures))


def _alike(world: World) -> World:
    """Everybody middling, every desk as easy as the phone."""
    world.people.trait("complaint_tendency").fill(0.0)
    world.market.desks.ease[:] = 0.0
    return world


@cache
def shares_told() -> dict[str, float]:
    sizes = {"trivial": (1.0, 1.0), "minor": (0.0, 1.0), "major": (0.0, 0.0)}
    found = {}
    for size, (minor, major) in sizes.items():
        world = lived(numbers(failure_rate=0.3, failure_minor_from=minor, failure_major_from=major), 4)
        found[size] = visits(world, "failures_told") / visits(world, "failures")
    return found


def test_the_larger_the_loss_the_fewer_are_silent():
    told = shares_told()
    assert told["trivial"] < told["minor"] < told["major"]


@pytest.mark.parametrize("tendency", [-3.0, 3.0])
def test_who_is_ready_to_complain_does(tendency: float):
    def change(world: World) -> World:
        world.people.trait("complaint_tendency").fill(tendency)
        return world

    usual, world = lived(numbers(**FAILING), 3), lived(numbers(**FAILING), 3, change=change)
    assert (visits(world, "complaints") > visits(usual, "complaints")) == (tendency > 0.0)


def test_who_likes_digital_channels_writes_and_who_does_not_comes_in_person():
    def liking(preference: float) -> Any:
        def change(world: World) -> World:
            world.people.trait("channel_preference").fill(preference)
            return world

        return change

    offline, digital = (lived(numbers(), 6, change=liking(preference)) for preference in (-4.0, 4.0))
    channels = np.array([desk.channel for desk in grocery().desks])
    ordinary = DESK_TOTALS.index("ordinary")
    counts = {
        (kind, channel): int(world.totals.desks[:, channels == channel, ordinary].sum())
        for kind, world in (("offline", offline), ("digital", digital))
        for channel in ("face_to_face", "email", "chat")
    }
    assert counts["offline", "face_to_face"] > 20 * max(1, counts["offline", "chat"])
    assert counts["digital", "email"] + counts["digital", "chat"] > 3 * counts["digital", "face_to_face"]


# --- the columns of an open complaint ---

EVERYBODY = {"complain_minor": 0.999999, "complain_major": 0.999999, "complain_trivial": 0.999999}
SLOW = {"staff": 0.001, "complaint_resolution": 1.0}


def complaining(**changes: Any) -> Scenario:
    """Every visit fails badly and everybody complains; what the desk answers settles it."""
    return desked(numbers(**FAILING | {"failure_rate": 1.0}, **EVERYBODY, settled_at_once=1.0), **changes)


def test_a_complaint_is_answered_at_once_where_desks_are_quick():
    world = lived(complaining(staff=1000.0, complaint_resolution=1.0), 2)
    visited = world.links.visits > 0
    assert visits(world, "complaints") > 500
    found = world.links.complaint[visited]
    assert np.isin(found, [SOLVED_QUICKLY, SOLVED_LATE, SILENT, NONE]).all()
    assert (found == SOLVED_QUICKLY).mean() > 0.5
    assert links(world, "answered") == links(world, "solved") == desks(world, "solved") == visits(world, "complaints")


def test_what_is_not_settled_with_a_quick_answer_waits_and_is_settled_late():
    scenario = complaining(staff=1000.0, complaint_resolution=1.0)
    later = scenario.model_copy(update={"parameters": {**scenario.parameters, "settled_at_once": 0.0}})
    first, then = (lived(later, weeks) for weeks in (1, 12))
    waits = first.links.complaint > 0
    assert waits.sum() > 100
    assert float((first.links.complaint_due[waits]).mean()) == pytest.approx(336.0 / 168.0, rel=0.4)
    assert (then.links.complaint == SOLVED_LATE).any()
    assert links(then, "solved") > 100


def test_a_complaint_in_vain_is_remembered_as_such():
    world = lived(complaining(staff=1000.0, complaint_resolution=0.0), 2)
    visited = world.links.visits > 0
    found = world.links.complaint[visited]
    assert np.isin(found, [IN_VAIN, SILENT, NONE]).all()
    assert (found == IN_VAIN).mean() > 0.5
    assert links(world, "solved") == 0


def slow(world: World) -> World:
    """Desks whose backlog takes three weeks, and that nobody's contacts change."""
    world.plans.desks.lag[:] = 504.0
    return world


def test_a_slow_desks_complaint_waits_until_its_week_and_is_then_answered():
    scenario = complaining(staff=1000.0, complaint_resolution=1.0)
    early, late = (lived(scenario, weeks, change=slow) for weeks in (1, 12))
    waits = early.links.complaint > 0
    assert waits.sum() > 100
    assert (early.links.complaint_due[waits] >= 1).all()
    assert early.links.level("complaint_loss")[waits] == pytest.approx(0.6)
    mean = float(early.links.complaint_due[waits].mean())
    assert mean == pytest.approx(504.0 / 168.0, rel=0.4)
    assert (late.links.complaint_due[late.links.complaint > 0] >= 12).all()
    assert (late.links.complaint == SOLVED_LATE).any()
    assert links(late, "answered") > 100


def test_waiting_costs_satisfaction_and_trust_every_week():
    scenario = complaining(staff=1000.0)
    still = scenario.model_copy(
        update={"parameters": {**scenario.parameters, "waiting_loss": 0.0, "waiting_trust": 0.0}}
    )
    hurt, unhurt = (lived(each, 1, change=slow) for each in (scenario, still))
    waits = (unhurt.links.complaint > 0) & (unhurt.links.level("satisfaction") > 0.02)
    assert (hurt.links.complaint == unhurt.links.complaint).all()
    lost = unhurt.links.level("satisfaction")[waits] - hurt.links.level("satisfaction")[waits]
    assert lost == pytest.approx(0.35 * PARAMETERS["waiting_loss"].value, abs=4e-5)
    assert unhurt.links.level("trust")[waits] - hurt.links.level("trust")[waits] == pytest.approx(
        0.35 * PARAMETERS["waiting_trust"].value, abs=4e-5
    )


def test_a_new_link_has_nothing_to_complain_of():
    world = lived(grocery(), 0)
    assert not world.links.complaint.any()
    assert not world.links.complaint_loss.any()


# --- what answers do ---


@cache
def answered(resolution: float) -> World:
    return lived(desked(numbers(failure_rate=0.3), staff=1000.0, complaint_resolution=resolution))


def test_solving_complaints_satisfies_and_answering_in_vain_does_not():
    silent = lived(without_desks(numbers(failure_rate=0.3, **NO_CONTACTS)))
    assert satisfaction(answered(1.0)) > satisfaction(silent) > satisfaction(answered(0.0))


def test_a_solved_failure_ends_no_link_and_one_answered_in_vain_ends_as_many_as_a_silent_one():
    failing = FAILING | {"failure_rate": 1.0, "leaving_monthly": -50.0}
    everybody = numbers(**failing, **EVERYBODY, settled_at_once=1.0)
    solved, vain, silent = (
        lived(each, 1)
        for each in (
            desked(everybody, staff=1e5, complaint_resolution=1.0),
            desked(everybody, staff=1e5, complaint_resolution=0.0),
            without_desks(everybody),
        )
    )
    assert links(solved, "left") < 0.02 * links(silent, "left")  # a few people say nothing even so
    assert links(silent, "left") > 100
    assert links(vain, "left") == pytest.approx(links(silent, "left"), rel=0.1)  # later choices of the week differ


def test_a_late_answer_in_vain_can_end_a_link():
    scenario = complaining(staff=1e5, complaint_resolution=0.0)
    still = scenario.model_copy(update={"parameters": {**scenario.parameters, "leaving_monthly": -50.0}})
    first, later = (lived(still, weeks, change=slow) for weeks in (1, 10))
    assert links(later, "left") > links(first, "left")


def test_satisfaction_after_a_quick_solution_exceeds_what_it_was_by_eight_percent_at_most():
    world = answered(1.0)
    ratio = links(world, "after_solution") / links(world, "before_failure")
    assert links(world, "solved_at_once") > 50
    assert 0.98 < ratio <= 1.08


# --- the desk's week ---


def test_desks_meet_last_weeks_contacts_as_real_ones():
    world = lived(numbers(load_pace=1.0), 6)
    counts = world.totals.desks[4, :, 0]  # what week 5 met
    assert counts.sum() > 0
    assert world.market.desks.contacts == pytest.approx(counts * world.weight)


def test_the_load_of_a_desk_follows_its_contacts_smoothly():
    world = lived(grocery(), 3)
    first, second = world.totals.desks[:2, :, 0] * world.weight
    assert world.market.desks.contacts == pytest.approx(0.25 * second + 0.75 * 0.25 * first)


def test_half_the_staff_makes_answers_late_and_fewer():
    edits = {"market.warmup_weeks": 2, "lever.desk_change.start_week": 3}
    scenario = Scenario.load("slow_help_desk", customers=4_000, weeks=20, edits=edits)
    before, after = lived(scenario.needed_baseline()), lived(scenario)
    ours = after.market.desks.retailer == after.focal
    assert (after.market.desks.response[ours] > 2.0 * before.market.desks.response[ours]).all()
    assert (after.market.desks.resolution[ours] < before.market.desks.resolution[ours]).all()
    assert (after.market.desks.backlog[ours] > 0.0).all()


def test_a_bad_bot_is_worse_than_none_and_a_good_one_better():
    market = grocery(2_000).model_copy(update={"parameters": {"contact_store": 0.5, "contact_online": 0.5}})
    bot = Scenario.load("bad_bot").desks[-1]
    roomy = desked(market, staff=1000.0)
    bots = {share: bot.model_copy(update={"first_contact_resolution": share}) for share in (0.0, 1.0)}
    whole = {
        share: lived(roomy.model_copy(update={"desks": (*roomy.desks, machine)})) for share, machine in bots.items()
    }
    none = lived(roomy)
    ours = {share: _of_ours(world) for share, world in whole.items()}
    assert ours[0.0] < _of_ours(none) < ours[1.0]
    assert desks(whole[0.0], "deflected") == 0
    assert desks(whole[1.0], "deflected") > 500
    assert desks(whole[0.0], "bot_failures") == pytest.approx(desks(whole[1.0], "deflected"), rel=0.15)


def _of_ours(world: World) -> float:
    ours = (world.links.retailer == world.focal) & (world.links.visits > 0)
    return float(world.links.level("satisfaction")[ours].mean())


def test_a_failed_bot_contact_goes_on_to_people():
    market = grocery().model_copy(update={"parameters": {"bot_tried": 1.0}})
    bot = Scenario.load("bad_bot").desks[-1].model_copy(update={"first_contact_resolution": 0.0})
    world = lived(market.model_copy(update={"desks": (*market.desks, bot)}))
    ours = (world.market.desks.retailer == world.focal) & (world.market.desks.self_service == 0.0)
    at = {name: world.totals.desks[:, :, DESK_TOTALS.index(name)].sum(0) for name in ("contacts", "ordinary")}
    assert at["ordinary"][ours].sum() == 0
    assert at["contacts"][ours].sum() >= at["ordinary"][-1] > 0


# --- measures ---


def test_the_median_of_responses_is_read_from_the_histogram():
    counts = np.zeros((2, RESPONSE_BINS))
    counts[0, 10] = 8.0  # from 2^5 minutes, half an octave wide
    bins = {f"desks:response_{place:02d}": counts[:, place] for place in range(RESPONSE_BINS)}
    assert response_quantile(bins, "median")[0] == pytest.approx(2.0**5.25 / 60.0)
    assert response_quantile(bins, "p90")[0] == pytest.approx(2.0**5.45 / 60.0)
    assert np.isnan(response_quantile(bins, "median")[1])


def test_the_median_of_exponential_responses_is_theirs():
    rng = np.random.default_rng(0)
    hours = rng.exponential(10.0, 20_000)
    place = np.clip(np.floor(2.0 * np.log2(hours * 60.0)), 0, RESPONSE_BINS - 1).astype(int)
    counts = np.bincount(place, minlength=RESPONSE_BINS).astype(float)[None, :]
    bins = {f"desks:response_{n:02d}": counts[:, n] for n in range(RESPONSE_BINS)}
    assert response_quantile(bins, "median")[0] == pytest.approx(10.0 * np.log(2.0), rel=0.05)
    assert response_quantile(bins, "p90")[0] == pytest.approx(10.0 * np.log(10.0), rel=0.05)


@cache
def measured() -> Any:
    return run(grocery(400).replace(replicates=1)).weekly


def test_desks_are_measured_by_retailer_and_by_their_channel():
    whole = measured().where(measure="backlog")
    assert set(whole.where(channel="")["retailer"]) == {retailer.id for retailer in grocery().retailers}
    assert set(whole.where(retailer="ours")["channel"]) == {"", "face_to_face", "phone", "email"}


def test_complaints_are_measured_by_outlet_and_segment_and_add_up():
    rows = measured().where(measure="complaints", retailer="ours")
    total = rows.where(outlet="", channel="", segment="")["value"].sum()
    parts = [row for row in rows.rows() if row["outlet"]]
    assert sum(row["value"] for row in parts) == pytest.approx(total)
    parts = [row for row in rows.rows() if row["segment"]]
    assert sum(row["value"] for row in parts) == pytest.approx(total)


# --- Mesa ---


def test_desks_are_agents_that_read_and_write_their_rows():
    model = RetailModel("grocery", customers=100, weeks=2, edits={"market.warmup_weeks": 1})
    desk = next(desk for desk in model.focal.desks if desk.name == "ours_phone")
    assert desk in model.agents
    assert desk.response > 0.0
    desk.backlog = 1e4
    assert model.world.market.desks.backlog[desk.row] == 1e4
    model.run_model()
    assert desk.complaints >= 0.0
    assert model.customer(3).links["ours"].complaint in {"none", "waiting", "quick", "late", "vain", "silent"}


def test_a_link_tells_of_its_complaint():
    from simulation.model import Link

    assert "complaint" in {field.name for field in fields(Link)}


# --- twins ---


def test_a_twins_complaints_wait_at_the_desk_where_they_were_made():
    baseline = complaining(staff=1000.0)
    turned = baseline.model_copy(update={"desks": baseline.desks[::-1]})
    warm = lived(baseline, 4, change=slow)
    twin = twin_of(warm, baseline, turned)
    waits = warm.links.complaint > 0
    assert waits.any()
    names = {world: np.array([desk.id for desk in each.desks]) for world, each in (("a", baseline), ("b", turned))}
    there = names["b"][twin.links.complaint[waits] - 1]
    assert (names["a"][warm.links.complaint[waits] - 1] == there).all()


def test_a_complaint_at_a_desk_that_the_twin_has_not_is_lost():
    baseline = complaining(staff=1000.0)
    warm = lived(baseline, 4, change=slow)
    twin = twin_of(warm, baseline, without_desks(baseline))
    assert (warm.links.complaint > 0).any()
    assert not (twin.links.complaint > 0).any()


# --- learning ---


def listening(feedback: float, acting: float, **values: float) -> World:
    """30 weeks of a market whose focal retailer listens and acts so far."""
    scenario = grocery(400).replace(
        weeks=30, edits={"retailer.ours.feedback": feedback, "retailer.ours.acting": acting}
    )
    return lived(scenario.model_copy(update={"parameters": values}))


@cache
def deaf() -> dict[str, str]:
    return fingerprints(listening(0.0, 0.0))


@pytest.mark.parametrize(("feedback", "acting"), [(0.5, 0.0), (0.0, 1.0)])
def test_hearing_or_acting_alone_changes_nothing(feedback: float, acting: float):
    assert difference(deaf(), fingerprints(listening(feedback, acting))) == []


def test_who_hears_and_acts_prevents_failures_where_failures_hurt_most():
    world = listening(0.5, 1.0, failure_rate=0.1, stock_out_base=0.0, stock_out_response=0.0, aspired_level=2.0)
    learned = world.market.learning[world.focal]
    gains = {"rules": learned.fewer_failures, "range": learned.fewer_stock_outs, "touchpoint": learned.gain.max()}
    assert gains["rules"] > 0.0 or gains["touchpoint"] > 0.0
    assert gains["range"] == 0.0
    others = np.arange(world.market.learning.size) != world.focal
    assert not world.market.learning.gain[others].any()


def test_the_worst_touchpoint_improves_and_customers_meet_it():
    """Nothing fails and nothing is missing: what is left to improve is what is delivered."""
    world = listening(0.5, 1.0, failure_rate=0.0, stock_out_base=0.0, stock_out_response=0.0)
    gains = world.market.learning[world.focal].gain
    assert (gains > 0.0).sum() >= 1
    assert gains.max() <= PARAMETERS["touchpoint_gain"].value
    ours = world.market.outlets.retailer == world.focal
    assert (world.market.gains[ours] == gains).all()
    assert world.market.gains.shape == (world.market.outlets.size, TOUCHPOINTS)
    quiet = listening(0.5, 0.0, failure_rate=0.0, stock_out_base=0.0, stock_out_response=0.0)
    assert _of_ours(world) > _of_ours(quiet)


def test_fewer_failures_and_stock_outs_are_met_where_they_were_learned_away():
    def prevented(world: World) -> World:
        world.market.learning.fewer_failures[:] = 1.0
        world.market.learning.fewer_stock_outs[:] = 1.0
        return world

    usual, better = lived(grocery(400), 3), lived(grocery(400), 3, change=prevented)
    assert visits(usual, "failures") > 0
    assert visits(better, "failures") == visits(better, "stock_outs") == 0


def test_continuous_feedback_is_a_retailer_that_listens():
    text = 'based_on = "grocery"\n[[lever]]\nkind = "continuous_feedback"\nfeedback = 0.5\nacting = 1.0\n'
    bought = Scenario.from_toml(text).replace(customers=400, weeks=30, edits={"market.warmup_weeks": 0})
    edits = {"market.warmup_weeks": 0, "retailer.ours.feedback": 0.5, "retailer.ours.acting": 1.0}
    always = Scenario.load("grocery", customers=400, weeks=30, edits=edits)
    assert difference(fingerprints(lived(bought)), fingerprints(lived(always))) == []


def test_nobody_forgets_a_column_of_trouble():
    names = {name for name, _ in columns(lived(grocery(), 0))}
    assert {f"links.{name}" for name in NEW} <= names


def test_the_satisfaction_of_an_agent_is_the_measure():
    scenario = Scenario.load("grocery", customers=300, weeks=2, replicates=1, edits={"market.warmup_weeks": 3})
    model = RetailModel(scenario)
    model.run_model()
    rows = run(scenario, threads=1).weekly.where(retailer="ours", measure="acsi", week=2)
    rows = rows.where(outlet="", channel="", segment="", relationship="")
    assert model.focal.acsi == pytest.approx(rows["value"][0])
