"""Tables with customers in them: final state and traits, both lives of twins, the firm's own log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from simulation.customer.relation import ACTIVE
from simulation.gains import SOURCES, margin_of, sources_of
from simulation.parameters import DETERMINANT_NAMES, INSTRUMENT_NAMES, STATUSES
from simulation.population import SEGMENTS
from simulation.recording import SAMPLE_ROWS, Record, sample_of
from simulation.records import STEP, TRAITS, Links
from simulation.results import Labels, Table
from simulation.scenario import Scenario
from simulation.world import World

FULL = 65536.0
CHANGE = 0.01  # of mean CS, beyond which a customer is helped or hurt


def ids_of(scenario: Scenario, rows: Any) -> Any:
    """What customers are called: the ids of the user's file, else their numbers."""
    if scenario.people is not None:
        return np.asarray(scenario.people.ids)[rows]
    return rows.astype(np.int64)


def traits_of(world: World, rows: Any) -> dict[str, Any]:
    """Traits as columns, in the units of `numbers/traits.toml`."""
    people = world.people
    columns: dict[str, Any] = {"cell": people.cell[rows].astype(float)}
    columns |= {name: people.trait(name)[rows].astype(float) for name in TRAITS}
    columns["need_rate"] = people.need_rate[rows].astype(float) * 52.0
    columns["basket"] = np.exp(people.log_basket[rows].astype(float))
    columns["first_week"] = people.first_week[rows].astype(float)
    columns["pace"] = people.pace[rows].astype(float)
    columns["segment"] = Labels(people.segment[rows].astype(np.int64), SEGMENTS)
    return columns


def customers_table(scenario: Scenario, records: list[Record]) -> Table:
    """One row per replicate, customer and retailer known: final state of the link, and traits."""
    slots = records[0].world.links.retailer.shape[0]
    share = max(1, SAMPLE_ROWS // (len(records) * slots))
    return Table.concat(_customers(scenario, n, record.world, share) for n, record in enumerate(records))


def _customers(scenario: Scenario, replicate: int, world: World, limit: int) -> Table:
    rows = sample_of(world, limit)
    slot, place = np.nonzero(world.links.retailer[:, rows] >= 0)
    order = np.lexsort((slot, place))
    slot, customer = slot[order], rows[place[order]]
    links = world.links
    stocks = _drifted(world, slot, customer)
    return Table.of(
        replicate=np.full(customer.size, replicate, np.int32),
        customer_id=ids_of(scenario, customer),
        retailer=Labels(links.retailer[slot, customer].astype(np.int64), tuple(r.id for r in scenario.retailers)),
        status=Labels(links.status[slot, customer].astype(np.int64), STATUSES),
        satisfaction=stocks["satisfaction"],
        trust=stocks["trust"],
        expectation=links.will[slot, customer].astype(float),
        loyalty=_loyalty(world, slot, customer),
        visits=links.visits[slot, customer].astype(np.int64),
        spend=links.spend[slot, customer] / 100.0,
        tenure=_tenure(world, slot, customer),
        **traits_of(world, customer),
    )


def _tenure(world: World, slot: Any, customer: Any) -> Any:
    """Weeks since a customer became one (or came back); -1 of links that are not active."""
    last = world.totals.visits.shape[0] - 1
    active = world.links.status[slot, customer] == ACTIVE
    return np.where(active, last - world.links.since[slot, customer].astype(np.int64), -1)


def _drifted(world: World, slot: Any, customer: Any) -> dict[str, Any]:
    """Satisfaction and trust as they have drifted to the last week."""
    last = world.totals.visits.shape[0] - 1
    kept = world.tables.kept[last - world.links.last_visit[slot, customer]]
    habitual = world.people.habitual[customer].astype(float)
    return {
        name: habitual + (getattr(world.links, name)[slot, customer] * STEP - habitual) * kept
        for name in ("satisfaction", "trust")
    }


def _loyalty(world: World, slot: Any, customer: Any) -> Any:
    mine = (world.reach.link[:, customer] == slot) & (world.reach.outlet[:, customer] >= 0)
    return (world.reach.loyalty[:, customer].astype(float) * mine).sum(0)


def twins_table(scenario: Scenario, baseline: Scenario, after: list[Record], before: list[Record]) -> Table:
    """Both lives of a sample of customers with the focal retailer, from the first week of interest."""
    share = max(1, SAMPLE_ROWS // len(after))
    pairs = enumerate(zip(after, before, strict=True))
    table = Table.concat(_twins(scenario, baseline, n, a.world, b.world, share) for n, (a, b) in pairs)
    return table.leading(scenario=Labels.constant(scenario.name, len(table)))


def _twins(scenario: Scenario, baseline: Scenario, replicate: int, after: World, before: World, limit: int) -> Table:
    rows = sample_of(after, limit)
    new, old = _outcome(after, rows), _outcome(before, rows)
    effect = new["cs"] - old["cs"]
    words = np.where(effect > CHANGE, "helped", np.where(effect < -CHANGE, "hurt", "unchanged"))
    kept = np.where(new["active"] & ~old["active"], "kept", np.where(old["active"] & ~new["active"], "lost", ""))
    known = np.isfinite(effect)
    source = sources_of(before.outcomes, after.outcomes)[rows]
    outcomes = {
        f"{name}_{world}": values[known].astype(float)
        for name in ("cs", "spend", "visits", "active", "margin")
        for world, values in (("baseline", old[name]), ("scenario", new[name]))
    }
    return Table.of(
        replicate=np.full(int(known.sum()), replicate, np.int32),
        customer_id=ids_of(scenario, rows[known]),
        **traits_of(after, rows[known]),
        **outcomes,
        effect=effect[known],
        outcome=Labels.of(words[known]),
        kept=Labels.of(kept[known]),
        money_effect=(new["margin"] - old["margin"])[known],
        source=Labels(source[known], SOURCES),
    )


def _outcome(world: World, rows: Any) -> dict[str, Any]:
    """A customer's dealings with the focal retailer.

    Mean CS over the weeks of an active link, spend, visits, active at the end, discounted margin.
    """
    links: Links = world.links
    focal = links.retailer[:, rows] == world.focal
    weeks = world.outcomes.weeks[rows]
    satisfaction = world.outcomes.satisfaction[rows]
    return {
        "cs": np.divide(satisfaction, weeks * FULL, out=np.full(rows.size, np.nan), where=weeks > 0),
        "spend": (links.spend[:, rows] * focal).sum(0, dtype=np.int64) / 100.0,
        "margin": margin_of(world.outcomes, rows),
        "visits": (links.visits[:, rows] * focal).sum(0, dtype=np.int64),
        "active": ((links.status[:, rows] == ACTIVE) & focal).any(0),
    }


def transactions_table(scenario: Scenario, record: Record) -> Table:
    """Purchases as a firm has them: the focal retailer's, or everybody's with a retailer column.

    The week has no days of its own: a customer's first purchase of a week is put on its Monday, the second on its
    Tuesday, and so on.
    """
    weeks = np.concatenate([np.full(p[1].size, p[0]) for p in record.purchases])
    customer, occasion, outlet, cents = (np.concatenate([p[k] for p in record.purchases]) for k in (1, 2, 3, 4))
    owner = np.array([[r.id for r in scenario.retailers].index(o.retailer) for o in scenario.outlets])[outlet]
    if scenario.record.transactions != "all":
        mine = owner == record.world.focal
        weeks, customer, occasion, outlet, cents, owner = (
            column[mine] for column in (weeks, customer, occasion, outlet, cents, owner)
        )
    days = 7 * (weeks - 1) + np.minimum(occasion, 6)
    last = int(days.max()) + 1 if days.size else 1
    dates = tuple((scenario.market.start + timedelta(days=d)).isoformat() for d in range(last))
    columns: dict[str, Any] = {
        "customer_id": ids_of(scenario, customer),
        "date": Labels(days, dates),
        "amount": cents / 100.0,
        "outlet": Labels(outlet.astype(np.int64), tuple(o.id for o in scenario.outlets)),
        "channel": Labels.of(np.array([o.channel for o in scenario.outlets])[outlet]),
    }
    if scenario.record.transactions == "all":
        columns["retailer"] = Labels(owner, tuple(r.id for r in scenario.retailers))
    return Table.of(**columns)


SURVEY_COLUMNS = {"intention": "loyalty_intent", "attitude": "loyalty_attitude"}


def survey_table(scenario: Scenario, record: Record) -> Table:
    """Interviews of the first replicate: one row per wave, respondent and retailer whose customer they are.

    Answers are whole numbers on their scales (`numbers/instruments.toml`): of satisfaction, loyalty and expectation as
    they stand, of performance, effort and determinants as met at the last visit; empty where no visit is remembered.
    """
    weeks = np.concatenate([np.full(wave[1].size, wave[0], np.int32) for wave in record.interviews])
    customer, retailer = (np.concatenate([wave[k] for wave in record.interviews]) for k in (1, 2))
    answers = np.concatenate([wave[3] for wave in record.interviews])
    asked = {SURVEY_COLUMNS.get(name, name): n for n, name in enumerate(INSTRUMENT_NAMES) if name != "driver"}
    first = ("expectation", "performance", "satisfaction", "loyalty_intent", "recommend", "effort")
    order = [*first, *(name for name in asked if name not in first)]
    return Table.of(
        customer_id=ids_of(scenario, customer),
        week=weeks,
        retailer=Labels(retailer, tuple(r.id for r in scenario.retailers)),
        **{name: answers[:, asked[name]] for name in order},
        **{name: answers[:, len(asked) + k] for k, name in enumerate(DETERMINANT_NAMES)},
    )


def rfm_table(scenario: Scenario, record: Record) -> Table:
    """Recency, frequency and monetary value of the focal retailer's customers.

    As the customer-lifetime-value libraries define them: `frequency` counts repeat purchases by day, `recency` and `T`
    (age) are weeks since the first purchase, `monetary_value` is the mean of a repeat purchase.
    """
    owner = np.array([o.retailer == scenario.retailers[record.world.focal].id for o in scenario.outlets])
    parts = [(w, c[owner[o]], k[owner[o]], m[owner[o]]) for w, c, k, o, m in record.purchases]
    day = np.concatenate([7 * (w - 1) + np.minimum(k.astype(np.int64), 6) for w, _, k, _ in parts])
    customer = np.concatenate([c for _, c, _, _ in parts]).astype(np.int64)
    cents = np.concatenate([m for _, _, _, m in parts])
    key, place = np.unique(customer * 1_000_000 + day, return_inverse=True)
    value = np.bincount(place, weights=cents) / 100.0
    who, first, count = np.unique(key // 1_000_000, return_index=True, return_counts=True)
    days = key % 1_000_000
    start, end = days[first], days[first + count - 1]
    repeats = count - 1
    total = np.add.reduceat(value, first) - value[first] if who.size else value
    return Table.of(
        customer_id=ids_of(scenario, who),
        frequency=repeats.astype(np.int64),
        recency=(end - start) / 7.0,
        T=(7 * scenario.weeks - start) / 7.0,
        monetary_value=np.divide(total, repeats, out=np.zeros(who.size), where=repeats > 0),
    )
