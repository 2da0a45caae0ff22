"""What likelihood does not reach, by simulated moments: where customers buy, and how many needs a purchase takes.

The calibrated market is simulated with its own customers, several times with the same luck in every trial. Outlets of
the firm become more attractive where they sell less than in the log, and less where they sell more, until shares agree;
needs are scaled until the customers buy as often as the fitted process expects, because in a market with rivals and
unsold visits a need is not yet a purchase of ours. Other moments are compared, and set nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.estimates import Estimate
from analysis.calibration.purchases import Purchases
from simulation import Scenario, run
from simulation.parameters import TRAITS
from simulation.results import Table
from simulation.scenario import People, customer_number

Array = NDArray[Any]
Groups = Mapping[str, Sequence[str]]  # what the log calls a place: outlets of the scenario
TRIALS, BESIDE_RIVALS, REPLICATES = 8, 12, 3
MOST_SIMULATED = 4_000  # customers: shares and means of more are no surer than the log's own
LEAST_WEEKS, MOST_WEEKS = 4, 26
CLOSE = 0.01  # difference of a share that is left alone
SAME = 0.05  # of the expected purchases: nearer is as good as chance allows
ALIKE = 0.15  # of the spread of rates: nearer is as good as chance allows
CLEARLY = 0.3  # utility that is said
LIKING = 2.0  # utility by which a step moves outlets where customers are e times too unlike
TELLING = 100  # purchases simulated, from which on their shares say where outlets stand
UPPER = 0.95  # of customers whose needs stay within what the model holds
OFTEN, MISSED = 2.0, 0.2  # needs for a purchase that are said; difference of purchases that is
FEWEST = 0.5  # purchases that an outlet without any is taken to have made
STRONGEST = 10.0  # attraction that a scenario may have
MONTH = 28  # days
SOURCE, NEEDS, POWER = "transactions", "calibration.needs_for_a_purchase", "calibration.power_of_needs"


@dataclass(frozen=True, eq=False)
class Bought:
    """Purchase days of some weeks, of customers numbered from 0: of a log, or simulated."""

    customer: Array
    day: Array  # from 0
    amount: Array
    customers: int
    weeks: int


def bought_in(log: Purchases, begin: int, weeks: int, rows: Array) -> Bought:
    """What some customers of a log did in so many weeks from a day on."""
    theirs = log.some(rows)
    there = (theirs.day >= begin) & (theirs.day < begin + 7 * weeks)
    return Bought(theirs.customer[there], theirs.day[there] - begin, theirs.amount[there], rows.size, weeks)


@dataclass(frozen=True, eq=False)
class Target:
    """What a simulation should come to: purchases a customer, shares of places, how unlike customers are."""

    purchases: float
    shares: Mapping[str, float]
    groups: Groups
    spread: float = 0.0  # of the customers' rates beside their mean, squared; 0: nobody else sells, so it is not asked
    power: float = 1.0  # of a customer's rate that needs follow


@dataclass(frozen=True, eq=False)
class Matched:
    """Attractions and the factor of needs that bring a simulation to its target, and what it then does."""

    attraction: Mapping[str, float]  # by outlet
    needs: float
    shares: Mapping[str, float]
    simulated: tuple[Bought, ...]  # one a replicate


def places_of(scenario: Scenario, places: Mapping[str, Mapping[str, float]]) -> tuple[Groups, dict[str, float], str]:
    """Outlets that the log names, or channels, with their shares of purchases; and what has to be said of others."""
    focal = next(retailer.id for retailer in scenario.retailers if retailer.focal)
    ours = [outlet for outlet in scenario.outlets if outlet.retailer == focal]
    for kind in ("outlet", "channel"):
        counts = places.get(kind, {})
        groups = {name: [o.id for o in ours if name == (o.id if kind == "outlet" else o.channel)] for name in counts}
        known = {name: outlets for name, outlets in groups.items() if outlets}
        total = sum(counts[name] for name in known)
        if known:
            left = sorted(set(counts) - set(known))
            remark = f"Not in the scenario, so without a share to match: {kind} {', '.join(left)}." if left else ""
            return known, {name: counts[name] / total for name in known}, remark
        if counts:
            mine = ", ".join(outlet.id for outlet in ours)
            return {}, {}, f"No {kind} of the log is one of the scenario's ({mine}), so shares were not matched."
    return {}, {}, ""


def simulated_rows(customers: int) -> Array:
    """The customers who are simulated: all, or so many of them, always the same."""
    if customers <= MOST_SIMULATED:
        return np.arange(customers)
    return np.sort(np.random.default_rng(0).choice(customers, MOST_SIMULATED, replace=False))


def people_of(traits: Mapping[str, Array], rows: Array) -> People:
    """Some of the customers, as a population file would have them."""
    keys = np.array([customer_number(f"customer {n}") for n in rows.tolist()], np.uint64)
    columns = {name: np.asarray(values, float)[rows] for name, values in traits.items() if name in TRAITS}
    return People(rows.astype(object), keys, {**columns, "first_week": np.zeros(rows.size)})


def matched(
    scenario: Scenario,
    traits: Mapping[str, Array],
    target: Target,
    weeks: int,
    threads: int | None = None,
    load: float | None = None,
) -> Matched:
    """Bring the simulation of these customers to its target, trial by trial with the same luck; the nearest trial.

    Beside rivals, customers of a firm are those who like it: how unlike they are in what they buy tells how much.

    Args:
        scenario: the market from the end of the log on.
        traits: of all customers, as the fitted process has them.
        target: what is to be met.
        weeks: to simulate.
        threads: to use.
        load: needs a year that outlets are sized for, of all whom the customers stand for (default: theirs, whatever
            they are).
    """
    rows = simulated_rows(len(traits["need_rate"]))
    focal = next(retailer.id for retailer in scenario.retailers if retailer.focal)
    moved = {name for names in target.groups.values() for name in names}
    attraction = {
        o.id: o.attraction for o in scenario.outlets if o.id in moved or (target.spread and o.retailer == focal)
    }
    usual = float(np.mean(traits["need_rate"]))
    most = max(TRAITS["need_rate"].high / max(float(np.quantile(traits["need_rate"], UPPER)), 1.0), 1.0)
    needs, best, smallest = 1.0, None, np.inf
    for _ in range(BESIDE_RIVALS if target.spread else TRIALS):
        people = people_of({**traits, "need_rate": needs_of(traits["need_rate"], needs, target.power)}, rows)
        stand_for = None if load is None else represented(load, needs * usual)
        found, shares = _lived(scenario, people, attraction, target.groups, weeks, stand_for, threads)
        mean = float(np.mean([each.day.size for each in found])) / rows.size
        spread = float(np.mean([spread_of(each) for each in found]))
        away = _away(mean, shares, spread, target)
        if away < smallest:
            best, smallest = Matched(attraction, needs, shares, tuple(found)), away
        if away <= 1.0:
            break
        needs = min(needs * target.purchases / mean, most) if mean else needs
        if mean * rows.size > TELLING:
            attraction = _moved(attraction, shares, spread, target, mean * rows.size)
    return best or Matched(attraction, needs, shares, tuple(found))


def needs_of(rate: Array, factor: float, power: float) -> Array:
    """Needs of customers with these rates of buying: so many times as many, and as a power of the rate less unlike.

    Who buys more of ours than others needs more, or likes us better; the second is not in the need.
    """
    powers = rate**power
    mean = float(powers.mean())
    return np.asarray(factor * powers * (float(rate.mean()) / mean if mean else 1.0))


def spread_of(bought: Bought) -> float:
    """How unlike the rates of customers are: variance of counts beyond Poisson, over the squared mean; at least 0."""
    count = np.bincount(bought.customer, minlength=bought.customers)
    mean = float(count.mean())
    return max((float(count.var()) - mean) / mean**2, 0.0) if mean else 0.0


def represented(load: float, need_rate: float) -> int:
    """How many people have so many needs a year in all: whom customers with this mean stand for."""
    return max(round(load / max(need_rate, 1e-9)), 1)


def _away(mean: float, shares: Mapping[str, float], spread: float, target: Target) -> float:
    """The largest difference from the target, in units of what is near enough."""
    parts = [abs(shares[name] - share) / CLOSE for name, share in target.shares.items()]
    if target.spread:
        parts.append(abs(spread / target.spread - 1.0) / ALIKE)
    return max([abs(mean - target.purchases) / max(SAME * target.purchases, 1e-12), *parts])


def _moved(
    attraction: Mapping[str, float], shares: Mapping[str, float], spread: float, target: Target, purchases: float
) -> dict[str, float]:
    """Attractions a step nearer: by the log of what a share should be over what it is, as a logit would want it.

    All together by how unlike customers are: of a firm that is liked better, more of its customers buy.
    """
    least = FEWEST / max(purchases, 1.0)
    liked = LIKING * float(np.log(max(spread, ALIKE) / target.spread)) if target.spread else 0.0
    moved = {name: float(np.clip(value + liked, -STRONGEST, STRONGEST)) for name, value in attraction.items()}
    if len(target.groups) > 1:
        steps = {
            name: float(np.log(max(share, least) / max(shares[name], least))) for name, share in target.shares.items()
        }
        middle = sum(target.shares[name] * step for name, step in steps.items())  # beside rivals nothing moves
        for name, outlets in target.groups.items():
            for outlet in outlets:
                moved[outlet] = float(np.clip(moved[outlet] + steps[name] - middle, -STRONGEST, STRONGEST))
    return moved


def _lived(
    scenario: Scenario,
    people: People,
    attraction: Mapping[str, float],
    groups: Groups,
    weeks: int,
    stand_for: int | None,
    threads: int | None,
) -> tuple[list[Bought], dict[str, float]]:
    """Purchase days of each replicate, and the shares of places over all of them."""
    edits: dict[str, Any] = {f"outlet.{name}.attraction": value for name, value in attraction.items()}
    edits |= {"record.transactions": True, "population.customers": len(people)}
    edits |= {} if stand_for is None else {"population.represents": stand_for}
    market = scenario.replace(edits=edits, weeks=weeks, replicates=1)
    found, counts = [], dict.fromkeys(groups, 0.0)
    for replicate in range(REPLICATES):
        log = run(market.replace(seed=market.seed + replicate).with_people(people), threads=threads).transactions
        if log is None or not len(log):
            found.append(Bought(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), len(people), weeks))
            continue
        dates: Any = log.columns["date"]
        place = {row: n for n, row in enumerate(people.ids.tolist())}
        who = np.array([place[int(name)] for name in log["customer_id"]], np.int64)
        found.append(Bought(who, dates.codes.astype(np.int64), log["amount"], len(people), weeks))
        at, number = np.unique(log["outlet"].astype(str), return_counts=True)
        by_outlet = dict(zip(at.tolist(), number.tolist(), strict=True))
        for name, outlets in groups.items():
            counts[name] += sum(by_outlet.get(outlet, 0) for outlet in outlets)
    total = max(sum(counts.values()), 1.0)
    return found, {name: count / total for name, count in counts.items()}


def moments_of(bought: Bought) -> dict[str, float]:
    """Statistics of purchases: repeat rates, gaps, recency, frequency and money, activity by month."""
    count = np.bincount(bought.customer, minlength=bought.customers)
    spent = np.bincount(bought.customer, bought.amount, minlength=bought.customers)
    again = count[count > 0]
    return {
        "purchases a customer": float(count.mean()),
        "customers who buy, share": float((count > 0).mean()),
        "buyers who buy again, share": float((again > 1).mean()) if again.size else np.nan,
        "spend a customer": float(spent.mean()),
        "weeks between purchases, mean": _mean_gap(bought),
        "purchases of the top fifth, share": float(
            np.sort(count)[::-1][: -(-count.size // 5)].sum() / max(count.sum(), 1)
        ),
        **dict(_active_by_month(bought)),
    }


def _mean_gap(bought: Bought) -> float:
    """By the weeks that purchases fall into: the engine's weeks have no days."""
    order = np.lexsort((bought.day, bought.customer))
    gap, same = np.diff(bought.day[order] // 7), np.diff(bought.customer[order]) == 0
    return float(np.mean(gap[same])) if same.any() else float("nan")


def _active_by_month(bought: Bought) -> Iterator[tuple[str, float]]:
    for month in range(bought.weeks * 7 // MONTH):
        there = bought.day // MONTH == month
        share = np.unique(bought.customer[there]).size / bought.customers
        yield f"customers active in weeks {4 * month + 1}-{4 * month + 4}, share", float(share)


def moments_table(observed: Bought, simulated: Sequence[Bought], shares: Mapping[str, tuple[float, float]]) -> Table:
    """Observed beside simulated: mean of the replicates and their range; shares of places (observed, simulated) too."""
    seen = moments_of(observed)
    each = [moments_of(one) for one in simulated]
    rows = [(name, value, [one[name] for one in each]) for name, value in seen.items()]
    rows += [(f"purchases at {name}, share", pair[0], [pair[1]]) for name, pair in shares.items()]
    return Table.of(
        moment=[name for name, _, _ in rows],
        observed=[value for _, value, _ in rows],
        simulated=[float(np.mean(values)) for _, _, values in rows],
        low=[float(np.min(values)) for _, _, values in rows],
        high=[float(np.max(values)) for _, _, values in rows],
    )


def remarks_of(found: Matched, target: Target, before: Mapping[str, float]) -> Iterator[str]:
    """What has to be said of a simulation: what customers need elsewhere, and a target that was not reached."""
    if found.needs > OFTEN:
        yield (
            f"In this market {found.needs:,.0f} needs make one purchase of ours, and customers' need rates are so many "
            "times higher: what they buy elsewhere a log does not tell."
        )
    liked = [found.attraction[name] - before[name] for name in found.attraction] if target.spread else []
    if liked and np.mean(liked) > CLEARLY:
        yield (
            f"The firm's customers like it better than others do (attraction {np.mean(liked):+.1f}): else fewer of "
            "them would buy, and those more. Their needs are as unlike as the market's; what they buy elsewhere is "
            "drawn."
        )
    bought = np.mean([each.day.size / max(each.customers, 1) for each in found.simulated])
    if abs(bought - target.purchases) > MISSED * target.purchases:
        yield (
            f"The market could not be brought to the log: simulated customers buy {bought:.3g} times in the weeks that "
            f"are compared, instead of {target.purchases:.3g}. Runs of the scenario sell accordingly."
        )


def estimates_of(found: Matched, target: Target, purchases: int, before: Mapping[str, float]) -> tuple[Estimate, ...]:
    """Attractions that were moved, with the interval that the log's shares leave; and the factor of needs."""
    place = {outlet: name for name, outlets in target.groups.items() for outlet in outlets}
    rows = []
    for outlet, value in found.attraction.items():
        if value == before[outlet]:
            continue
        share = target.shares.get(place.get(outlet, ""), 1.0)
        reach = 1.96 * float(np.sqrt((1.0 - share) / max(share * purchases, FEWEST)))
        about = "how much better than others' its own customers like the firm" if target.spread else ""
        if outlet in place:
            about = (
                f"share {share:.3f} in the log, {found.shares[place[outlet]]:.3f} simulated"
                + "; " * bool(about)
                + about
            )
        path = f"outlet.{outlet}.attraction"
        rows.append(Estimate(path, value, value - reach, value + reach, "utility", SOURCE, remark=about))
    if found.needs != 1.0:
        about = "needs of this market for a purchase of ours; customers' need rates are multiplied by it"
        rows.append(Estimate(NEEDS, found.needs, found.needs, found.needs, "ratio", SOURCE, remark=about))
    if target.power != 1.0:
        about = (
            "power of their rates of buying that customers' needs follow, so that needs are as unlike as the market's"
        )
        rows.append(Estimate(POWER, target.power, target.power, target.power, "ratio", SOURCE, remark=about))
    return tuple(rows)
