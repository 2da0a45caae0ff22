"""Word of mouth and ratings in small worlds: nothing at zero strength, direction, known answers, every new column."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from analysis.facts import Observed
from analysis.facts.word import bass, bass_curve, spread_of
from simulation.customer.relation import UNAWARE
from simulation.market.week import market_remembers
from simulation.records import LINK_TOTALS, STARS, VISIT_TOTALS
from simulation.scenario import Scenario
from simulation.twins import twin_of
from simulation.world import World
from tests.lives import columns, difference, fingerprints, grocery, lived
from tests.plainly import parameter

SILENT = {f"tell_{who}": 0.0 for who in ("delighted", "satisfied", "dissatisfied")}
DEAF = {"praise_heard": 0.0, "blame_heard": 0.0, "will_per_message": 0.0, "awareness_per_message": 0.0}
UNREAD = {"will_per_rating": 0.0, "reputation_ratings": 0.0}
UNPOSTED = {"post_base": -10.0, "post_gap_squared": 0.0, "post_extremity": 0.0}
ALIKE = {f"tell_{who}": 0.2 for who in ("delighted", "satisfied", "dissatisfied")}
LIVES = ("people", "links", "reach", "outcomes", "offers", "outlets")
ERRORS = 4.0  # standard errors that a fixed seed may be off


CRISIS = """
based_on = "grocery"
[[event]]
kind = "rating_crisis"
retailer = "ours"
week = 2
weeks = 1
postings = {}
"""


def with_numbers(scenario: Scenario, **values: float) -> Scenario:
    return scenario.model_copy(update={"parameters": values})


@cache
def world_with(customers: int = 300, weeks: int = 8, **numbers: float) -> World:
    return lived(with_numbers(grocery(customers), **numbers), weeks)


def visits(world: World, name: str) -> Any:
    """A total by week and outlet."""
    return world.totals.visits[..., VISIT_TOTALS.index(name)].sum(axis=2)


def links(world: World, name: str) -> Any:
    """A total by week and retailer."""
    return world.totals.links[..., LINK_TOTALS.index(name)].sum(axis=2)


def lives(world: World, *beside: str) -> dict[str, Any]:
    """All that customers carry and meet, but for some columns."""
    return {n: mark for n, mark in fingerprints(world).items() if n.split(".")[0] in LIVES and n not in beside}


# --- nothing at zero strength ---


def test_where_nobody_tells_nobody_hears():
    world = world_with(**SILENT)
    assert world.totals.word.sum() == 0
    assert not world.market.word.praise.any()
    assert not world.market.word.blame.any()
    assert not world.links.heard.any()
    assert links(world, "reached").sum() == 0


def test_telling_changes_nobodys_life_where_word_has_no_effect():
    talked, silent = world_with(**DEAF), world_with(**DEAF, **SILENT)
    assert talked.totals.word.sum() > 0
    assert difference(lives(silent), lives(talked)) == []


def test_posting_changes_nobodys_life_where_ratings_are_not_read():
    posted, none = world_with(**UNREAD), world_with(**UNREAD, **UNPOSTED)
    assert visits(posted, "stars_5").sum() > 0
    assert visits(none, "stars_5").sum() == 0
    assert difference(lives(none, "offers.rating"), lives(posted, "offers.rating")) == []


@pytest.mark.parametrize("name", [*DEAF, *UNREAD, "reputation_advertising", "contrary_share"])
def test_every_effect_is_one(name: str):
    """Without any one of them, customers live otherwise: each is exercised by this small world."""
    numbers = dict.fromkeys(ALIKE, 0.8) | {"listeners": 8.0}
    assert difference(lives(world_with(**numbers)), lives(world_with(**numbers, **{name: 0.0}))) != []


# --- telling ---


def test_as_many_tell_as_the_chance_says():
    """Among people of ordinary sociability, on average: the sociable tell more, and come as often."""
    world = world_with(2000, 6, **ALIKE)
    told = world.totals.word.sum()
    number = visits(world, "visits").sum()
    assert told == visits(world, "told_well").sum() + visits(world, "told_badly").sum()
    assert told / number == pytest.approx(0.2, abs=ERRORS * np.sqrt(0.2 * 0.8 * (1 + 0.5) / number) + 0.01)


def test_the_sociable_tell_and_hear_more():
    def sociable(world: World) -> World:
        world.people.trait("sociability")[:] = 3.0
        return world

    scenario = with_numbers(grocery(300), **ALIKE)
    usual, more = lived(scenario, 6), lived(scenario, 6, change=sociable)
    assert more.totals.word.sum() > 2.0 * usual.totals.word.sum()
    assert links(more, "heard_well").sum() > 4.0 * links(usual, "heard_well").sum()


def test_tellings_are_counted_where_people_live():
    world = world_with()
    by_cell = np.bincount(world.people.cell, minlength=world.market.residents.size)
    assert np.array_equal(by_cell, world.market.residents)
    empty = world.market.residents == 0
    assert world.totals.word[:, empty].sum() == 0
    told = np.zeros(len(world.market.retailers), np.int64)
    np.add.at(told, world.market.outlets.retailer, visits(world, "told_badly").sum(axis=0))
    assert np.array_equal(world.totals.word[..., 1].sum(axis=(0, 1)), told)


def test_a_worse_retailer_is_talked_of_worse():
    world = world_with(1500, 8)
    well, badly = (world.totals.word[..., k].sum(axis=(0, 1)) for k in (0, 1))
    ids = [retailer.id for retailer in grocery().retailers]
    levels = np.array(
        [np.mean([list(o.levels.values()) for o in grocery().outlets if o.retailer == name]) for name in ids]
    )
    large = well + badly > np.median(well + badly)
    assert np.corrcoef((badly / (well + badly))[large], levels[large])[0, 1] < -0.7


# --- hearing ---


def test_messages_are_as_many_as_were_told_to_listeners():
    """A market in which everybody holds every retailer: what was told last week reaches its listeners this week."""
    whole = grocery(3000)
    few = tuple(retailer for retailer in whole.retailers if retailer.id in {"ours", "northgate", "valumart"})
    outlets = tuple(next(o for o in whole.outlets if o.retailer == retailer.id) for retailer in few)
    market = whole.model_copy(update={"retailers": few, "outlets": outlets, "desks": ()})
    world = lived(with_numbers(market, listeners=3.0), 10)
    assert (world.links.retailer >= 0).all()
    told = world.totals.word[:9].sum()  # ten weeks were lived; the last is not yet heard
    heard = (links(world, "heard_well") + links(world, "heard_badly"))[1:].sum()
    assert heard == pytest.approx(3.0 * told, abs=ERRORS * np.sqrt(3.0 * told * 1.5))


def test_what_is_heard_is_last_weeks_fading_and_this_weeks_messages():
    """The sum over links is exact where no message is resisted and nobody reaches the cap."""
    numbers = {"contrary_share": 1.0, "heard_most": 50.0, "listeners": 8.0, **ALIKE}
    before, after = (lived(with_numbers(grocery(300), **numbers), weeks) for weeks in (6, 7))
    praise, blame = (links(after, name)[6].sum() for name in ("heard_well", "heard_badly"))
    assert praise > 50
    assert blame > 10
    expected = 0.8 * before.links.heard.sum(dtype=float) + 0.10 * praise - 0.06 * blame
    assert after.links.heard.sum(dtype=float) == pytest.approx(expected, abs=1e-3)


def test_a_new_link_has_heard_nothing():
    world = world_with()
    assert not world.links.heard[world.links.retailer < 0].any()


def test_good_word_brings_visits_and_bad_word_takes_them():
    def of_ours(sign: float) -> Any:
        def told(world: World) -> World:
            world.links.heard[world.links.retailer == world.focal] = sign * 0.5
            return world

        world = lived(with_numbers(grocery(500), heard_kept=1.0), 6, change=told)
        mine = world.market.outlets.retailer == world.focal
        return visits(world, "visits")[:, mine].sum()

    assert of_ours(1.0) > 1.1 * of_ours(0.0) > 1.2 * of_ours(-1.0)


def test_who_has_been_there_resists_word_against_it():
    """With the same bad word, heard falls less where customers are satisfied than where nobody was."""
    numbers = {"tell_dissatisfied": 1.0, "tell_satisfied": 0.0, "tell_delighted": 0.0, "listeners": 8.0}
    believed, resisted = (world_with(300, 6, contrary_share=share, **numbers) for share in (1.0, 0.5))
    assert believed.links.heard.sum() < resisted.links.heard.sum() < 0.0


def test_word_makes_known():
    quiet, loud = world_with(600, **SILENT), world_with(600, listeners=8.0, **ALIKE)
    assert links(quiet, "aware_by_word").sum() == 0
    assert links(loud, "aware_by_word").sum() > 0
    assert links(loud, "became_aware").sum() > links(quiet, "became_aware").sum()
    assert (links(loud, "aware_by_word") <= links(loud, "became_aware")).all()
    assert links(loud, "acquired_by_word").sum() > links(quiet, "acquired_by_word").sum() == 0


def test_who_would_have_learned_anyway_still_does():
    """The draw of becoming aware is the same with and without word: word only adds."""
    quiet, loud = (lived(with_numbers(grocery(600), **numbers), 1) for numbers in (SILENT, ALIKE))
    assert np.array_equal(quiet.links.status == UNAWARE, loud.links.status == UNAWARE)
    later = [lived(with_numbers(grocery(600), **{**DEAF, "awareness_per_message": c}), 6) for c in (0.0, 1.0)]
    unaware = [world.links.status == UNAWARE for world in later]
    assert (unaware[1] & ~unaware[0]).sum() == 0
    assert (unaware[0] & ~unaware[1]).sum() > 0


def test_ratings_draw_the_expectation_of_who_was_never_there():
    strong = {"will_per_rating": 0.02, "will_per_message": 0.0}
    read, unread = (world_with(300, 8, **{**strong, **change}) for change in ({}, {"will_per_rating": 0.0}))
    new = (read.links.visits == 0) & (unread.links.visits == 0) & (read.links.retailer >= 0)
    rating = (read.market.retailers.rating[read.links.retailer] - 1.0) / 4.0 + read.people.trait("leniency")
    away = [np.abs(world.links.will - np.clip(rating, 0.0, 1.0))[new].mean() for world in (read, unread)]
    assert away[0] < 0.95 * away[1]


def test_word_hardly_moves_expectations():
    talked, silent = world_with(300, 8), world_with(300, 8, **SILENT)
    same = (talked.links.visits == silent.links.visits) & (talked.links.visits == 0)
    moved = np.abs(talked.links.will - silent.links.will)[same]
    assert 0.0 < moved.max() < 0.02


# --- ratings and reputation ---


def test_the_posted_mean_is_what_was_posted():
    """Postings of each week join it with the weight of real customers; old ones fade."""
    world = world_with()
    kept, mean, worth = parameter("rating_kept"), parameter("rating_start"), parameter("rating_start_worth")
    mine = world.market.outlets.retailer == world.focal
    counts = np.array([visits(world, f"stars_{k}")[:, mine].sum(axis=1) for k in range(1, STARS + 1)]).T * world.weight
    for week in counts[:7]:  # eight weeks were lived; the last is not yet remembered
        total = mean * worth * kept + (week * np.arange(1, STARS + 1)).sum()
        worth = worth * kept + week.sum()
        mean = total / worth
    ours = world.market.retailers[world.focal]
    assert (ours.rating, ours.postings) == pytest.approx((mean, worth))
    assert world.market.offers.rating[mine] == pytest.approx(mean)


def test_stars_are_answers_and_err_as_answers_do():
    """The larger the error of answers, the more visits are called the worst by who posts."""

    def worst(error: float) -> float:
        counts = world_with(1_000, 12, answer_error_sd=error).totals.visits.sum((0, 1, 2))
        stars = [counts[VISIT_TOTALS.index(f"stars_{number}")] for number in range(1, 6)]
        return float(stars[0] / sum(stars))

    assert worst(0.147) > 1.1 * worst(0.05)


def test_a_wave_of_ratings_joins_the_posted_mean():
    def ours(postings: int, weeks: int) -> Any:
        """The focal retailer after so many weeks, the first two of them the warm-up's; the wave is in week 2."""
        scenario = Scenario.from_toml(CRISIS.format(postings))
        world = lived(scenario.replace(customers=300, weeks=4, edits={"market.warmup_weeks": 2}), weeks)
        return world.market.retailers[world.focal]

    assert ours(900, 4).rating == ours(0, 4).rating  # what is posted in week 2 is read in week 3
    quiet, hit = ours(0, 5), ours(900, 5)
    assert hit.postings == pytest.approx(quiet.postings + 900)
    assert hit.rating == pytest.approx((quiet.rating * quiet.postings + 900 * 1.0) / (quiet.postings + 900))


def test_a_brand_follows_ratings_and_advertising():
    def brand(**numbers: float) -> float:
        world = world_with(300, 6, **numbers)
        return float(world.market.retailers.brand[world.focal])

    base = {"reputation_ratings": 0.0, "reputation_advertising": 0.0, "rating_start_worth": 1e4}
    assert brand(**{**base, "reputation_ratings": 0.5}, rating_start=5.0) > brand(**base)
    assert brand(**{**base, "reputation_ratings": 0.5}, rating_start=1.0) < brand(**base)
    loud, quiet = (brand(**{**base, "reputation_advertising": 0.5}, advertising_half=half) for half in (0.0005, 0.01))
    assert loud > quiet


def test_ratings_do_not_depend_on_the_number_of_simulated_customers():
    few, many = world_with(1000, 8), world_with(4000, 8)
    assert few.market.retailers.postings.sum() == pytest.approx(many.market.retailers.postings.sum(), rel=0.15)
    assert few.market.word.praise.mean() == pytest.approx(many.market.word.praise.mean(), rel=0.15)


# --- another world goes on from here ---


def test_a_twin_reads_what_was_told_and_posted_in_the_warm_up():
    scenario = grocery(200)
    warm = lived(scenario, 4)
    twin = twin_of(warm, scenario, scenario)
    for world in (warm, twin):
        last = type(world.totals)(*(column[3] for column in world.totals))
        market_remembers(world.market, last, world.weight, world.numbers)
    shown = {name: column for name, column in columns(warm) if name.startswith(("word", "retailers"))}
    theirs = dict(columns(twin))
    assert shown["word.praise"].any()
    assert [name for name, column in shown.items() if not np.array_equal(column, theirs[name])] == []


# --- how an unknown retailer spreads ---


def test_the_curve_of_bass_is_found_again():
    week = np.arange(1.0, 157.0)
    found = bass(bass_curve(week, 40_000.0, 0.002, 0.02))
    assert found == pytest.approx((40_000.0, 0.002, 0.02), rel=1e-4)


@pytest.mark.slow
def test_word_spreads_as_an_s_and_without_word_nothing_does():
    """Imitation is word's: without it the curve is hardly an S. (q alone moves with p: the ratio tells.)"""
    scenario = Observed.of("grocery", 1, 3000).with_unknown
    told, silent = (bass(spread_of(world).awareness) for world in (scenario, scenario.replace(edits=off())))
    assert 4.0 <= told.ratio <= 25.0
    assert silent.ratio < 0.4 * told.ratio
    assert silent.ratio < 2.5


def off() -> dict[str, float]:
    return {f"parameters.{name}": value for name, value in SILENT.items()}
