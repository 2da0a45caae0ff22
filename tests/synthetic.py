"""Results made up for tests of what comes after the engine: known effects in tables of the true form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from analysis.answer import answer, window_of
from analysis.effects import Window, effects_table, summary_table
from simulation.parameters import DETERMINANT_NAMES, TOUCHPOINT_NAMES
from simulation.provenance import Comparison
from simulation.results import CompareResults, Labels, RunResults, Table
from simulation.scenario import Scenario

QUESTION = "Does <script>alert('x')</script> training & co. pay back?"
TOML = f"""
name = "training"
question = "{QUESTION}"
based_on = "grocery"
seed = 7
weeks = %d
replicates = %d
[population]
customers = 2000
[[lever]]
kind = "staff_training"
start_week = 13
hours_per_employee = 45
"""


@dataclass(frozen=True)
class Made:
    """A measure of made-up worlds: unit, way of adding, ordinary level, weekly noise, and what training adds."""

    unit: str
    adds: str
    level: float
    noise: float
    effect: float
    better: str = "up"

    @property
    def label(self) -> str:
        """A made-up name is enough."""
        return "a measure"


MEASURES = {
    "acsi": Made("ACSI points", "mean", 78.0, 0.35, 0.9),
    "attitudinal_loyalty": Made("level", "mean", 0.752, 0.004, 0.008),
    "behavioural_loyalty": Made("level", "mean", 0.41, 0.004, 0.001),
    "share_of_wallet": Made("share", "mean", 0.34, 0.004, 0.0045),
    "revenue": Made("currency", "sum", 1_250_000.0, 22_000.0, 14_000.0),
    "gross_margin": Made("currency", "sum", 340_000.0, 6_000.0, 3_600.0),
    "visits": Made("visits", "sum", 61_000.0, 900.0, 500.0),
    "active": Made("customers", "last", 118_000.0, 300.0, 400.0),
    "retention": Made("share", "mean", 0.9962, 0.0004, 0.0001),
    "churn": Made("share", "mean", 0.0038, 0.0004, -0.0001, better="down"),
    "wait_minutes": Made("minutes", "mean", 2.1, 0.1, -0.15, better="down"),
    "stock_outs": Made("share", "mean", 0.047, 0.002, 0.0, better="down"),
    "load": Made("share of capacity", "mean", 0.69, 0.01, 0.004, better="none"),
    "staff_skill": Made("level", "mean", 0.62, 0.002, 0.04),
    "expectation": Made("level", "mean", 0.788, 0.003, 0.004, better="none"),
    "performance": Made("level", "mean", 0.776, 0.003, 0.006),
    "disconfirmation": Made("level", "mean", -0.001, 0.0004, 0.0002),
    "encounter_satisfaction": Made("level", "mean", 0.794, 0.003, 0.006),
    **{
        f"relationship_{name}": Made("share", "mean", level, 0.002, effect, better="none")
        for name, level, effect in (
            ("transactional", 0.79, -0.004),
            ("quantitative", 0.05, 0.0),
            ("social", 0.09, 0.0),
            ("emotional", 0.07, 0.004),
        )
    },
    "complaints": Made("complaints", "sum", 290.0, 20.0, -30.0, better="down"),
    "response_time_median": Made("hours", "mean", 2.0, 0.2, -0.5, better="down"),
    "response_time_p90": Made("hours", "mean", 96.0, 1.0, -60.0, better="down"),
    "complaints_solved": Made("share", "mean", 0.35, 0.01, 0.05),
    **{
        f"repurchase_{severity}_{fate}": Made("share", "mean", share, 0.01, 0.0)
        for severity, fate, share in (
            ("minor", "quick", 0.95),
            ("minor", "vain", 0.46),
            ("major", "quick", 0.82),
            ("major", "vain", 0.19),
        )
    },
    "word_heard_positive": Made("messages", "sum", 9_000.0, 100.0, 300.0),
    "word_heard_negative": Made("messages", "sum", 3_000.0, 50.0, 0.0, better="down"),
    "ratings_posted": Made("ratings", "sum", 150.0, 8.0, 0.0),
    "rating": Made("stars", "mean", 4.1, 0.01, 0.1),
    **{
        f"star_share_{star}": Made("share", "mean", share, 0.002, 0.0)
        for star, share in zip((1, 2, 3, 4, 5), (0.15, 0.05, 0.08, 0.17, 0.55), strict=True)
    },
    "offers_made": Made("offers", "sum", 3_000.0, 60.0, 0.0, better="none"),
    "offers_taken": Made("baskets", "sum", 1_200.0, 40.0, 0.0, better="none"),
    "discount_given": Made("currency", "sum", 3_400.0, 100.0, 0.0, better="none"),
    "trust": Made("level", "mean", 0.78, 0.003, 0.003),
    "experience": Made("level", "mean", 0.757, 0.003, 0.008),
    "experience_cognitive": Made("level", "mean", 0.761, 0.003, 0.005),
    "experience_affective": Made("level", "mean", 0.752, 0.003, 0.008),
    "experience_social": Made("level", "mean", 0.739, 0.003, 0.017),
    "experience_physical": Made("level", "mean", 0.771, 0.003, 0.002),
    **{
        f"touchpoint_{name}": Made("level", "mean", level, 0.004, effect)
        for name, level, effect in zip(
            TOUCHPOINT_NAMES,
            (0.772, 0.761, 0.731, 0.744, 0.752),
            (0.003, 0.005, 0.019, 0.010, 0.009),
            strict=True,
        )
    },
    **{
        f"level_{name}": Made("level", "mean", level, 0.003, effect)
        for name, level, effect in zip(
            DETERMINANT_NAMES,
            (0.742, 0.716, 0.758, 0.775, 0.731, 0.750, 0.768),
            (0.0, 0.034, 0.0, 0.0, 0.0, 0.004, 0.003),
            strict=True,
        )
    },
    **{
        f"importance_{name}": Made("share", "mean", level, 0.001, 0.0, better="none")
        for name, level in zip(DETERMINANT_NAMES, (0.13, 0.19, 0.17, 0.21, 0.11, 0.06, 0.13), strict=True)
    },
}


def scenario(weeks: int = 26, replicates: int = 4) -> Scenario:
    """Training in week 13, based on the shipped grocery market."""
    return Scenario.from_toml(TOML % (weeks, replicates))


def weekly(weeks: int, replicates: int, retailers: tuple[str, ...], focal: str, *, trained: bool) -> Table:
    """Weekly margins: the same luck in both worlds, plus a little noise of its own after the lever."""
    parts = []
    for place, (name, made) in enumerate(MEASURES.items()):
        rng = np.random.default_rng(place)
        shape = (len(retailers), replicates, weeks)
        offset = 1 + 0.03 * rng.standard_normal((len(retailers), 1, 1)) * (np.array(retailers) != focal)[:, None, None]
        luck = made.noise * (rng.standard_normal(shape) + 1.5 * rng.standard_normal((len(retailers), replicates, 1)))
        season = 1 + (0.04 * np.sin(np.arange(weeks) / 52 * 2 * np.pi) if made.adds == "sum" else 0 * np.arange(weeks))
        values = made.level * offset * season + luck
        if trained:
            own = 0.35 * made.noise * rng.standard_normal(shape)
            own = own + 0.8 * made.noise * rng.standard_normal((len(retailers), replicates, 1))
            ramp = np.clip((np.arange(1, weeks + 1) - 12) / 12, 0, 1)
            mine = (np.array(retailers) == focal)[:, None, None]
            values = values + ramp * np.where(mine, made.effect, -made.effect / 8) + (ramp > 0) * own
        parts.append(_rows(values, retailers, name))
        if name in BY_PART:
            mine = values[[retailers.index(focal)]]
            parts += [_rows(mine * share, (focal,), name, **{margin: part}) for margin, part, share in PARTS]
    table = Table.concat(parts)
    return table.leading(scenario=Labels.constant("training" if trained else "grocery", len(table)))


BY_PART = ("encounter_satisfaction", "revenue", "importance_price", "importance_social")
PARTS = (
    ("channel", "store", 0.9),
    ("channel", "online", 0.1),
    ("segment", "low price sensitivity, task goal", 0.4),
    ("segment", "high price sensitivity, experiential goal", 0.6),
)


def _rows(values: np.ndarray, retailers: tuple[str, ...], measure: str, channel: str = "", segment: str = "") -> Table:
    retailer, replicate, week = (axis.ravel() for axis in np.indices(values.shape))
    blank = Labels.constant("", values.size)
    return Table.of(
        replicate=replicate.astype(np.int32),
        week=(week + 1).astype(np.int32),
        retailer=Labels(retailer, retailers),
        outlet=blank,
        channel=Labels.constant(channel, values.size),
        segment=Labels.constant(segment, values.size),
        relationship=blank,
        measure=Labels.constant(measure, values.size),
        value=values.ravel(),
    )


def twins(customers: int, replicates: int) -> Table:
    """Customers in both worlds; the price-sensitive and the task-minded gain less."""
    rng = np.random.default_rng(99)
    n = customers * replicates
    price, goal = rng.normal(1, 0.35, n).clip(0.1, 3), rng.normal(0.4, 0.25, n).clip(0, 1)
    before = rng.normal(0.78, 0.09, n).clip(0, 1)
    effect = np.where(rng.random(n) < 0.55, rng.normal(0.012 + 0.012 * goal - 0.008 * (price - 1), 0.02, n), 0.0)
    after = (before + effect).clip(0, 1)
    change = after - before
    outcome = np.where(change > 0.01, "helped", np.where(change < -0.01, "hurt", "unchanged"))
    spend = rng.gamma(1.2, 500, n)
    kept = np.where(rng.random(n) < 0.006, 1, np.where(rng.random(n) < 0.003, -1, 0))
    return Table.of(
        scenario=Labels.constant("training", n),
        replicate=np.repeat(np.arange(replicates), customers),
        customer_id=np.tile(np.arange(customers), replicates),
        age=rng.normal(48, 16, n).clip(18, 95),
        income=rng.lognormal(11, 0.6, n),
        household=rng.integers(1, 6, n),
        price_sensitivity=price,
        involvement=rng.normal(0.5, 0.2, n).clip(0, 1),
        goal=goal,
        cs_baseline=before,
        cs_scenario=after,
        spend_baseline=spend,
        spend_scenario=spend * (1 + change),
        effect=change,
        outcome=outcome,
        kept=kept,
    )


def customers(number: int) -> Table:
    """Final states: loyalty is flat up to 80 points of satisfaction and climbs above it."""
    rng = np.random.default_rng(3)
    satisfaction = rng.uniform(0.55, 0.95, number)
    return Table.of(
        replicate=np.zeros(number, np.int32),
        customer_id=np.arange(number),
        retailer=Labels.constant("ours", number),
        status=Labels.constant("active", number),
        satisfaction=satisfaction,
        loyalty=0.2 + 2 * np.maximum(satisfaction - 0.8, 0.0),
        visits=rng.integers(1, 300, number),
        tenure=rng.integers(0, 208, number),
    )


def tenure(world: str, retailers: tuple[str, ...], replicates: int) -> Table:
    """Weeks of active links and departures by tenure: the longer, the fewer leave."""
    rng = np.random.default_rng(5)
    lows = np.array([0, 13, 26, 52, 104, 208])
    hazard = np.array([0.0090, 0.0071, 0.0060, 0.0046, 0.0036, 0.0028]) * (0.97 if world == "training" else 1.0)
    shape = (replicates, len(retailers), len(lows))
    link_weeks = rng.integers(15_000, 40_000, shape)
    replicate, retailer, group = (axis.ravel() for axis in np.indices(shape))
    return Table.of(
        scenario=Labels.constant(world, replicate.size),
        replicate=replicate,
        retailer=Labels(retailer, retailers),
        tenure_low=lows[group],
        tenure_high=np.append(lows[1:], 0)[group],
        link_weeks=link_weeks.ravel(),
        departures=rng.binomial(link_weeks, hazard).ravel(),
    )


def transitions(world: str, retailers: tuple[str, ...], replicates: int) -> Table:
    """A quarter of relationships: two deepen for each that cools; training wins more of the transactional."""
    kinds = ("transactional", "quantitative", "social", "emotional", "lapsed")
    shape = (replicates, len(retailers), len(kinds), len(kinds))
    replicate, retailer, was, became = (axis.ravel() for axis in np.indices(shape))
    count = np.where(became > was, 200, 100) + replicate
    count += np.where((was == 0) & (became == 2) & (world == "training"), 50 + 2 * replicate, 0)
    other = was != became
    table = Table.of(
        scenario=Labels.constant(world, replicate.size),
        replicate=replicate,
        retailer=Labels(retailer, retailers),
        first_week=np.full(replicate.size, 14),
        last_week=np.full(replicate.size, 26),
        was=Labels(was, kinds),
        became=Labels(became, kinds),
        count=count,
        link_weeks=np.full(replicate.size, 52_000),
        yearly=count / 10.0,
    )
    return table.take(other)


@cache
def run_results(weeks: int = 26, replicates: int = 4, *, trained: bool = True) -> RunResults:
    """One made-up world."""
    asked = scenario(weeks, replicates)
    world = asked if trained else asked.needed_baseline()
    retailers = tuple(retailer.id for retailer in asked.retailers)
    table = weekly(weeks, replicates, retailers, "ours", trained=trained)
    return RunResults(
        scenario=world,
        results_sha256="c0ffee" * 10 + "beef",
        weekly=table,
        summary=summary_table(table, {world.name: Window(13, weeks)}, MEASURES),
        customers=customers(2000),
        tenure=tenure(world.name, retailers, replicates),
        transitions=transitions(world.name, retailers, replicates),
        transactions=Table.of(
            customer_id=["=cmd()", "b"], date=np.array(["2026-01-05"] * 2, "M8[D]"), amount=[1.5, -2.0]
        ),
        replicates=replicates,
        customer_weeks=2000 * weeks * replicates,
        wall_seconds=1.25,
    )


@cache
def compare_results(weeks: int = 26, replicates: int = 4) -> CompareResults:
    """Two made-up worlds and what training changed."""
    after, before = (run_results(weeks, replicates, trained=trained) for trained in (True, False))
    told = Comparison.of(after.scenario, before.scenario)
    both = Table.concat([after.weekly, before.weekly])
    effects = effects_table(both, {("training", "grocery"): window_of(told)}, MEASURES)
    return CompareResults(
        scenarios=[(after.scenario, before.scenario)],
        worlds={"training": after, "grocery": before},
        effects=effects,
        summary=Table.concat([after.summary, before.summary]),
        twins=twins(500, replicates),
        results_sha256="c0ffee" * 10 + "beef",
        answer=answer(effects, told),
        wall_seconds=2.5,
    )
