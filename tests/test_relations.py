"""Relations by name in small worlds: whom they reach, what they are worth, and that nothing else moves."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation import outreach
from simulation.customer import account
from simulation.customer.relation import ACTIVE, LAPSED
from simulation.parameters import DETERMINANT_NAMES, LEVERS, PARAMETERS
from simulation.records import LINK_TOTALS, VISIT_TOTALS
from simulation.scenario import Scenario
from simulation.scenario.forms import Lever
from simulation.schedule import plans_of
from simulation.world import World
from tests.lives import difference, fingerprints, lived
from tests.plainly import boxes_of

ITS = boxes_of(account)
NUMBERS = {name: row.value for name, row in PARAMETERS.items()}
OURS = [retailer.id for retailer in Scenario.load("grocery").retailers].index("ours")
SHARE = st.floats(0.0, 1.0)
PERSONAL = ("targeted_messages", "personal_profiles", "multichannel_marketing", "retention_offers", "win_back")
NOTHING = {
    "targeted_messages": {"odds_percent": 0, "discount": 0, "opting_out": 0},
    "personal_profiles": {"match": 0, "privacy": 0},
    "multichannel_marketing": {"odds_percent": 0},
    "retention_offers": {"share": 0, "answers": 0},
    "win_back": {"contacted": 0},
    "advertising": {"percent": 0},
    "expectation_setting": {"promise": 0},
    "unified_database": {"identified": 0, "groundwork": 0},
    "crm_operational": {"capability": 0},
    "crm_analytical": {"capability": 0},
    "crm_collaborative": {"capability": 0},
    "loyalty_scheme": {"share": 0, "felt": 0, "acceleration": 0, "reward_percent": 0},
}


def market(customers: int = 300, weeks: int = 20, warmup: int = 2, **values: float) -> Scenario:
    whole = Scenario.load("grocery", customers=customers, weeks=weeks, edits={"market.warmup_weeks": warmup})
    return whole.model_copy(update={"parameters": {**whole.parameters, **values}})


def knowing(scenario: Scenario, identified: float, consent: float = 1.0) -> Scenario:
    """The focal retailer knows so many of its customers, and so many of them agreed to be addressed."""
    known = {"identified": identified, "consent": consent}
    retailers = tuple(r.model_copy(update=known if r.focal else {}) for r in scenario.retailers)
    return scenario.model_copy(update={"retailers": retailers})


def lever(kind: str, **fields: Any) -> Lever:
    usual = {name: row.value for name, row in LEVERS[kind].fields.items() if not row.choices}
    return Lever(id=kind, kind=kind, retailer="ours", ramp_weeks=0, half_life_weeks=0, fields={**usual, **fields})


def bought(scenario: Scenario, *levers: Lever, weeks: int | None = None) -> World:
    return lived(scenario.model_copy(update={"levers": levers}), weeks)


def behaviour(world: World) -> dict[str, Any]:
    """What customers remember, without what is counted of accounts, or read of a plan."""
    return {
        name: value for name, value in fingerprints(world).items() if name.startswith(("links.", "people.", "reach."))
    }


def of_links(world: World, name: str) -> int:
    return int(world.totals.links[world.warmup :, world.focal, :, LINK_TOTALS.index(name)].sum())


def revenue(world: World, first: int = 0) -> int:
    ours = world.market.outlets.retailer == world.focal
    return int(world.totals.visits[world.warmup + first :, ours, :, VISIT_TOTALS.index("revenue_cents")].sum())


def satisfaction(world: World) -> float:
    return of_links(world, "satisfaction") / of_links(world, "customers") / 65536


def delivered(world: World) -> float:
    """The mean level met in visits to the focal retailer, over determinants."""
    ours = world.market.outlets.retailer == world.focal
    visits = world.totals.visits[world.warmup :, ours].sum((0, 1, 2))
    levels = sum(int(visits[VISIT_TOTALS.index(f"level_{name}")]) for name in DETERMINANT_NAMES)
    return levels / visits[VISIT_TOTALS.index("visits")] / 65536 / len(DETERMINANT_NAMES)


# --- nothing ---


@pytest.mark.parametrize("kind", NOTHING)
def test_a_lever_of_no_strength_moves_nobody(kind: str):
    scenario = market()
    assert difference(behaviour(lived(scenario)), behaviour(bought(scenario, lever(kind, **NOTHING[kind])))) == []


@pytest.mark.parametrize(("identified", "consent"), [(0.0, 1.0), (1.0, 0.0)])
def test_nothing_personal_moves_anybody_where_nobody_is_known_or_agreed(identified: float, consent: float):
    scenario = knowing(market(), identified, consent)
    named = (*PERSONAL, "crm_analytical", "crm_collaborative")
    personal = [lever(kind, answers=0) if kind == "retention_offers" else lever(kind) for kind in named]
    assert difference(behaviour(lived(scenario)), behaviour(bought(scenario, *personal))) == []


def test_asking_everybody_moves_nobody_where_no_retailer_does_anything_by_name():
    def asked(world: World) -> World:
        world.plans.retailers.personal[:] = 1.0
        return world

    silent, asking = lived(market()), lived(market(), change=asked)
    assert of_links(silent, "identified") == 0 < of_links(asking, "identified")
    assert difference(behaviour(silent), behaviour(asking)) == []


def test_analysis_without_anything_to_aim_moves_nobody():
    scenario = market()
    assert difference(behaviour(lived(scenario)), behaviour(bought(scenario, lever("crm_analytical")))) == []


def test_what_is_done_for_one_customer_moves_only_who_is_known_in_its_first_week():
    scenario = knowing(market(), 0.5)
    messages = lever("personal_profiles", match=0.5)
    one, other = lived(scenario, 3), bought(scenario, messages, weeks=3)
    moved = (one.links.satisfaction != other.links.satisfaction).any(0)
    kept = knowing(market(), 0.4)  # fewer accounts are some of the same people
    fewer = (lived(kept, 3).links.satisfaction != bought(kept, messages, weeks=3).links.satisfaction).any(0)
    assert moved.sum() > fewer.sum() > 10
    assert not (fewer & ~moved).any()


# --- accounts ---


@given(SHARE, SHARE, SHARE, SHARE, st.sampled_from([0.0, 1.0]))
def test_who_is_known_of_few_is_known_of_many(u: float, v: float, fewer: float, more: float, points: float):
    fewer, more = sorted((fewer, more))
    assert ITS.is_reachable(u, fewer, v, 0.5, points) <= ITS.is_reachable(u, more, v, 0.5, points)


def test_a_member_is_known_without_another_account_if_they_agree():
    assert ITS.is_reachable(0.9, 0.1, 0.2, 0.5, 1.0) == 1.0
    assert ITS.is_reachable(0.9, 0.1, 0.8, 0.5, 1.0) == 0.0


# --- messages ---


def test_messages_of_two_a_week_and_one_a_fortnight_come_as_often():
    for rate in (2.0, 0.5):
        came = [ITS.received(rate * (week + 1), 0.3) - ITS.received(rate * week, 0.3) for week in range(20)]
        assert sum(came) == 20 * rate
        assert max(came) - min(came) <= (0.0 if rate == 2.0 else 1.0)


def test_two_messages_of_a_quarter_do_nothing_and_the_third_begins():
    pulls = [ITS.message_pull(1.0, 0.0, float(n), 3.0, 13.0, 0.3) for n in (1, 2, 3)]
    assert pulls == [0.0, 0.0, pytest.approx(13.0 / 16.0)]


def test_more_messages_are_worth_less_each_and_a_week_later_something_is_taken_back():
    assert ITS.message_pull(1.0, 0.0, 26.0, 3.0, 13.0, 0.3) == pytest.approx(1.0 / 3.0)
    assert ITS.message_pull(0.0, 1.0, 13.0, 3.0, 13.0, 0.3) == pytest.approx(-0.15)


@given(st.floats(0.1, 0.9), SHARE, SHARE, st.floats(0.0, 0.999))
def test_so_many_of_both_kinds_are_chosen_as_is_meant(share: float, of_right: float, of_others: float, u: float):
    chosen = ITS.is_chosen(u, share, of_right, of_others)
    limit = share * of_right if u < share else share + (1.0 - share) * of_others
    assert abs(u - limit) < 1e-9 or chosen == float(u < limit)


def test_each_message_makes_some_disagree():
    plans = plans_of(
        market(weeks=60).model_copy(update={"levers": (lever("targeted_messages", messages=52, opting_out=0.01),)})
    )
    ours = plans.retailers[:, OURS]
    assert ours.sent[-1] == pytest.approx(60.0)
    assert ours.consent[-1] == pytest.approx(0.8 * 0.99**60)


def test_messages_bring_visits_and_a_discount_costs_money():
    scenario = knowing(market(600), 1.0)
    strong = lever("targeted_messages", odds_percent=100, messages=52, chosen=1.0, opting_out=0)
    silent, told = lived(scenario), bought(scenario, strong)
    given = bought(scenario, lever("targeted_messages", odds_percent=0, messages=52, discount=0.2, opting_out=0))
    assert revenue(told) > 1.02 * revenue(silent)
    assert revenue(given) < revenue(silent)
    assert of_links(told, "messages") > 0


def test_analysis_makes_messages_reach_whom_they_mean_something_to():
    scenario = market().model_copy(update={"levers": (lever("targeted_messages"),)})
    able = scenario.model_copy(update={"levers": (*scenario.levers, lever("crm_analytical", ease_of_use=1.0))})
    plain, sharp = (plans_of(each).retailers[-1, OURS] for each in (scenario, able))
    share, precision = NUMBERS["responsive_share"], NUMBERS["crm_precision"]
    assert plain.to_responsive == pytest.approx(plain.to_others)
    assert sharp.to_responsive == pytest.approx(0.6 * (1.0 + 0.6 * precision))
    sent = share * sharp.to_responsive + (1.0 - share) * sharp.to_others
    assert sent == pytest.approx(0.6)


# --- points ---


def test_points_begin_again_after_a_reward():
    assert ITS.points_after(1.0, 100.0, 250.0, 1.0) == 401.0
    assert ITS.rewards_due(401.0, 400.0, 250.0, 1.0) == 2.0
    assert ITS.points_after(401.0, 400.0, 250.0, 1.0) == 1.0


def test_who_is_no_member_collects_nothing():
    assert ITS.points_after(0.0, 1000.0, 250.0, 1.0) == 0.0
    assert ITS.rewards_due(0.0, 1000.0, 250.0, 1.0) == 0.0


def test_the_pull_of_points_rises_faster_the_nearer_the_reward():
    pulls = [ITS.pull_of_points(1.0 + points, 0.1, 1.0) for points in (0.0, 500.0, 999.0)]
    assert pulls == [0.1, pytest.approx(0.35), pytest.approx(0.1 + 0.999**2)]
    assert ITS.pull_of_points(0.0, 0.1, 1.0) == 0.0


def test_nobody_gets_money_back():
    assert ITS.with_voucher(2.0, 0.0, 1.0, 5.0) == 0.0
    assert ITS.with_voucher(10.0, 0.1, 1.0, 5.0) == pytest.approx(4.0)


def test_members_were_better_customers_before_they_joined():
    scenario = market(600, 26, warmup=26)
    world = bought(scenario, lever("loyalty_scheme", acceleration=0.0, reward_percent=0.0))
    alone = lived(scenario)
    ours = alone.links.retailer == alone.focal
    member = (world.links.points > 0) & ours
    assert member.sum() > 30
    assert alone.links.spend[member].mean() > 2.0 * alone.links.spend[ours & ~member].mean()


# --- promises ---


def test_a_promise_is_expected_and_not_learned():
    assert ITS.promised(0.75, 0.05) == pytest.approx(0.80)


def test_promising_more_lowers_satisfaction_at_equal_delivery_and_promising_less_loses_choices():
    scenario = market(600, 12, satisfaction_weight=0.0)
    usual = lived(scenario)
    more, less = (bought(scenario, lever("expectation_setting", promise=p)) for p in (0.06, -0.06))
    assert satisfaction(more) < satisfaction(usual) < satisfaction(less)
    assert revenue(more) > revenue(usual) > revenue(less)


# --- retention and win-back ---


def test_an_offer_keeps_who_was_about_to_go_and_wakes_who_was_not():
    assert ITS.by_offer(1.0, 1.0, 0.5, 0.1) == pytest.approx(-0.5)
    assert ITS.by_offer(1.0, 0.0, 0.5, 0.1) == pytest.approx(0.1)
    assert ITS.by_offer(0.0, 1.0, 0.5, 0.1) == 0.0


def test_offers_to_who_is_about_to_go_keep_customers():
    scenario = knowing(market(1_000, 20, leaving_monthly=-1.0, retention_recall=1.0, retention_effect=1.5), 1.0)
    assert of_links(bought(scenario, lever("retention_offers", share=1.0)), "left") < 0.8 * of_links(
        lived(scenario), "left"
    )


# --- capabilities ---


def test_what_is_hard_to_use_is_used_as_far_as_it_is_trained_for():
    from simulation.levers import used

    assert used({"training_hours": 0.0, "learning_hours": 8.0}, 0.0) == 0.0
    assert used({"training_hours": 8.0, "learning_hours": 8.0}, 0.5) == pytest.approx(0.75)
    assert used({"training_hours": 0.0, "learning_hours": 8.0}, 1.0) == 1.0


def test_the_operational_capability_multiplies_work_and_waiting_at_desks_for_the_known():
    scenario = knowing(market(), 0.5)
    able = scenario.model_copy(update={"levers": (lever("crm_operational", capability=1.0, ease_of_use=1.0),)})
    before, after = (plans_of(each).desks[-1] for each in (scenario, able))
    ours = [n for n, desk in enumerate(scenario.desks) if desk.retailer == "ours"]
    assert (after.minutes[ours] / before.minutes[ours]) == pytest.approx(1.0 + 0.5 * NUMBERS["crm_minutes"])
    assert (after.waiting[ours] / before.waiting[ours]) == pytest.approx(1.0 + 0.5 * NUMBERS["crm_response"])


def test_continuity_joins_channels_of_the_known_only():
    assert ITS.as_one(0.5, 0.6, 1.0) == pytest.approx(0.8)
    assert ITS.as_one(0.5, 0.6, 0.0) == 0.5
    assert ITS.as_one(0.9, 0.6, 1.0) == 1.0


# --- advertising ---


def test_the_response_to_a_budget_is_adbudg():
    numbers = {"budget_least": 1.0, "budget_most": 3.0, "budget_half": 1.0, "budget_shape": 2.0}
    assert outreach.response(1.0, numbers) == pytest.approx(2.0)
    assert outreach.response(3.0, numbers) == pytest.approx(1.0 + 2.0 * 0.9)


def test_goodwill_is_half_built_after_its_half_life():
    numbers = {**NUMBERS, "goodwill_at_once": 0.0, "goodwill_kept": 0.5**0.1}
    budget = np.array([1.0, *[2.0] * 60])
    goodwill = outreach.goodwill_of(budget, numbers)
    full = outreach.response(2.0, numbers) - outreach.response(1.0, numbers)
    assert goodwill[[0, 10, 20]] == pytest.approx([0.0, full / 2, 3 * full / 4])


# --- in the grocery market ---

YEAR = 52


def shares(life: World, before: World, who: Any) -> float:
    """Of what these customers spent after `before`, the part at the focal retailer."""
    spend = life.links.spend - before.links.spend
    return float((spend * (life.links.retailer == life.focal))[:, who].sum() / spend[:, who].sum())


def gain(scenario: Scenario, *levers: Lever) -> float:
    """What levers add to revenue, as a share of it; more customers are less chance."""
    return revenue(bought(scenario, *levers)) / revenue(lived(scenario)) - 1.0


@pytest.mark.slow
def test_a_loyalty_scheme_causes_a_small_part_of_the_gap_between_members_and_others():
    """Leenheer et al. 2007: about a seventh, 0 to a third, of the gap in shares of wallet; here in the second year."""
    scenario = market(4_000, 2 * YEAR, warmup=26, moving_yearly=0.0)
    scheme = lever("loyalty_scheme")
    alone, world = lived(scenario), bought(scenario, scheme)
    early = [lived(scenario, 26 + YEAR), bought(scenario, scheme, weeks=26 + YEAR)]
    ours = early[1].links.retailer == world.focal
    member = ((early[1].links.points > 0) & ours).any(0)
    other = (ours & (early[1].links.status == ACTIVE)).any(0) & ~member
    of_members = shares(world, early[1], member)
    gap, causal = of_members - shares(world, early[1], other), of_members - shares(alone, early[0], member)
    assert gap > 0.1
    assert 0.0 < causal < gap / 3


@pytest.mark.slow
def test_sales_follow_advertising_with_an_elasticity_that_grows():
    """Sethuraman et al. 2011: .12 in the short run, .24 in the long."""
    scenario = market(3_000, 78, warmup=26)
    alone, loud = lived(scenario), bought(scenario, lever("advertising", percent=50))
    first = (revenue(loud) - revenue(loud, 13)) / (revenue(alone) - revenue(alone, 13))
    later = revenue(loud, 52) / revenue(alone, 52)
    short, long = np.log([first, later]) / np.log(1.5)
    assert 0.05 < short < 0.2
    assert short < long < 0.4


@pytest.mark.slow
def test_over_promising_lowers_satisfaction_where_the_same_is_delivered():
    """Oliver 1980; Anderson & Sullivan 1993. Neither promises nor satisfaction move choice here."""
    scenario = market(3_000, 26, warmup=13, satisfaction_weight=0.0, promise_appeal=0.0)
    usual = lived(scenario)
    some, much = (bought(scenario, lever("expectation_setting", promise=promise)) for promise in (0.05, 0.1))
    assert delivered(some) == pytest.approx(delivered(usual), abs=0.002)
    assert delivered(much) == pytest.approx(delivered(usual), abs=0.002)
    assert satisfaction(much) < satisfaction(some) - 0.005 < satisfaction(usual) - 0.01


@pytest.mark.slow
def test_analysis_brings_more_of_messages_to_who_agreed():
    scenario = knowing(market(4_000, YEAR, warmup=13), 1.0)
    messages = lever("targeted_messages", odds_percent=30, chosen=0.4, opting_out=0)
    aimed = gain(scenario, messages, lever("crm_analytical", capability=1.0, ease_of_use=1.0))
    assert aimed > 1.1 * gain(scenario, messages) > 0.0


@pytest.mark.slow
def test_too_many_messages_bring_less_than_one_a_week():
    """They are worth less each, and who had enough of them is out of reach for good."""
    scenario = knowing(market(4_000, YEAR, warmup=13), 1.0)
    some, many = (lever("targeted_messages", odds_percent=30, messages=number) for number in (52, 364))
    assert 0.0 < gain(scenario, many) < 0.6 * gain(scenario, some)


@pytest.mark.slow
def test_calling_back_returns_customers_who_had_left():
    scenario = market(3_000, YEAR, warmup=13)
    usual, called = lived(scenario), bought(scenario, lever("win_back", contacted=0.25))
    assert of_links(called, "won_back") > of_links(usual, "won_back") == 0
    lapsed = [int(((w.links.status == LAPSED) & (w.links.retailer == w.focal)).sum()) for w in (called, usual)]
    assert lapsed[0] < 0.95 * lapsed[1]
