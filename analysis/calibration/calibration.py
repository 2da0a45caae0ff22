"""A scenario calibrated to a firm's own data: everything that `calibrate` finds, before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import buying
from analysis.calibration.buying_season import fitted
from analysis.calibration.buying_words import fit_of
from analysis.calibration.curves import curves_table
from analysis.calibration.engine_buying import PurchaseFit
from analysis.calibration.estimates import Estimate, Fit
from analysis.calibration.firm_data import FirmData, customers_of
from analysis.calibration.firm_fits import fits_of
from analysis.calibration.forecasting import forecast
from analysis.calibration.holdout import OURS, Held, Prediction, comparison, divide, rivals, verdict, weeks_to_hold
from analysis.calibration.pseudonyms import Pseudonyms
from analysis.calibration.purchases import Purchases
from analysis.calibration.simulated import (
    LEAST_WEEKS,
    MOST_WEEKS,
    NEEDS,
    POWER,
    Target,
    bought_in,
    estimates_of,
    matched,
    moments_table,
    needs_of,
    places_of,
    remarks_of,
    represented,
    simulated_rows,
)
from analysis.calibration.transaction_log import TransactionLog
from simulation import Scenario
from simulation.parameters import TRAITS
from simulation.results import Table
from simulation.scenario import Problem, ScenarioError, customer_number

Array = NDArray[Any]
Progress = Callable[[float, str], None]
DAYS = 7
MOMENTS = "simulated moments"
WITH_RANGE = ("parameters.", "population.")  # what a scenario has an interval and a source of
MOST_COUNTED = 7  # past purchases that are counted apart; so many or more together


@dataclass(frozen=True, eq=False, kw_only=True)
class Calibration:
    """A calibrated scenario, its customers, and all that was found on the way."""

    scenario: Scenario
    names: Pseudonyms
    people: Table  # columns of the population file
    purchases: Purchases
    fits: tuple[Fit, ...]
    tables: Mapping[str, Table]
    remarks: tuple[str, ...]
    verdict: str
    held_weeks: int
    until: date

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """Of all kinds of data."""
        return tuple(each for fit in self.fits for each in fit.estimates)


def calibrate(
    scenario: Scenario,
    data: FirmData,
    *,
    seed: int = 0,
    holdout: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Calibrate a scenario: its customers are the firm's, its numbers what the data say.

    Args:
        scenario: the market to calibrate; what data cannot tell stays as it is there.
        data: what `read_sources` gave.
        seed: of what is drawn on the way.
        holdout: how many of the last weeks are held back for a comparison out of sample; a quarter if not given.
        threads: cores to use; default all.
        progress: called with the share done and what is being done.

    Raises:
        ScenarioError: the data cannot be fitted, or the scenario does not hold what was found.
    """
    tell = progress or (lambda done, message: None)
    log = data.log.purchases
    tell(0.05, "fitting all but the last weeks")
    held = _held(data.log, holdout)
    past = held.past if held else log
    sales = data.tables.get("sales")
    known, season = fitted(past, sales, seed, threads=threads, known_by=_end_of(past))
    tell(0.25, "foretelling the weeks held back")
    tables, sentence = _out_of_sample(log, held, known, seed, threads)
    tell(0.45, "simulating them")
    shares, moments = _by_simulation(scenario, data.log, past, known, held, threads)
    tell(0.6, "fitting the whole log")
    process = known
    if held:
        process, season = fitted(log, sales, seed, threads=threads, near=known)
    names, who, unlisted = customers_of(data)
    tell(0.8, "fitting the other files")
    others, choice_tables = fits_of(scenario, data, names, seed)
    tell(0.9, "making the scenario")
    fits = (fit_of(process, log), season, shares, *others)
    known_needs = {each.path: each.value for each in shares.estimates}
    traits = buying.population(process, who, seed)
    traits["need_rate"] = needs_of(traits["need_rate"], known_needs.get(NEEDS, 1.0), known_needs.get(POWER, 1.0))
    people = _people(traits, data, names)
    stand_for = _stand_for(scenario, who.customers, float(people["need_rate"].mean()))
    made = _edited(scenario, fits, data.log.last_day, stand_for)
    return Calibration(
        scenario=made,
        names=names,
        people=people,
        purchases=who,
        fits=fits,
        tables={**tables, **moments, **{n: table for fit in fits for n, table in fit.tables.items()}, **choice_tables},
        remarks=(
            *data.remarks,
            *unlisted,
            *_scale(made, who.customers),
            *(words for fit in fits for words in fit.remarks),
        ),
        verdict=sentence,
        held_weeks=held.weeks if held else 0,
        until=data.log.last_day,
    )


def _held(log: TransactionLog, asked: int | None) -> Held | None:
    weeks = weeks_to_hold(log.purchases, asked)
    held = divide(log.purchases, weeks)
    if asked and held is None:
        message = f"--holdout {asked}: nobody had bought before the last {asked} weeks, so nothing could be fitted"
        raise ScenarioError([Problem(log.file, None, "", message)])
    return held


def _out_of_sample(
    log: Purchases, held: Held | None, process: PurchaseFit, seed: int, threads: int | None
) -> tuple[dict[str, Table], str]:
    """Tables of the comparison, and its verdict; without weeks held back the reason."""
    if held is None:
        return {}, "No weeks were held back: the log is too short for a comparison out of sample."
    ahead = forecast(process, held.past, held.weeks, seed=seed, threads=threads)
    predictions = [Prediction(OURS, ahead.expected, ahead.buying, ahead.weekly), *rivals(held)]
    compared = comparison(held, predictions)
    return {
        "holdout": compared,
        "holdout_by_count": _by_count(held, predictions),
        "weekly_fit": _tracking(log, held, buying.by_week(process, held.past), predictions),
    }, verdict(held, compared)


def _by_count(held: Held, predictions: Sequence[Prediction]) -> Table:
    """Mean purchases of the weeks held back by number of past repeat purchases, observed and expected."""
    count = np.minimum(held.past.summary().frequency, MOST_COUNTED)
    size = np.bincount(count, minlength=MOST_COUNTED + 1)

    def mean(values: Array) -> Array:
        total = np.bincount(count, values, minlength=MOST_COUNTED + 1)
        return np.asarray(np.divide(total, size, out=np.full(size.size, np.nan), where=size > 0))

    models = {each.name: mean(each.expected) for each in predictions}
    return Table.of(past_repeats=np.arange(size.size), customers=size, observed=mean(held.bought), **models)


def _tracking(log: Purchases, held: Held, fitted: Array, predictions: Sequence[Prediction]) -> Table:
    """Repeat purchases by week of the customers of the past: observed, fitted, and foretold where held back."""
    theirs = log.some(log.seen_by(held.past.until))
    past, weeks = len(fitted), len(fitted) + held.weeks
    again = theirs.day[~theirs.is_first] - (held.past.until - DAYS * past)
    observed = np.bincount(again[again >= 0] // DAYS, minlength=weeks)
    nothing = np.full(past, np.nan)
    models = {each.name: np.r_[fitted if each.name == OURS else nothing, each.weekly] for each in predictions}
    return Table.of(week=np.arange(1, weeks + 1), held_back=np.arange(weeks) >= past, observed=observed, **models)


def _edited(scenario: Scenario, fits: Sequence[Fit], until: date, stand_for: int) -> Scenario:
    """The scenario with what was found, from the Monday after the log on; its customers stand for so many."""
    edits: dict[str, Any] = {}
    for fit in fits:
        known = {each.path: each for each in fit.estimates if each.told and each.path.startswith(WITH_RANGE)}
        edits |= {path: _sourced(value, known.get(path)) for path, value in fit.edits.items()}
    start = until + timedelta(days=DAYS - until.weekday())
    edits |= {"market.start": start, "market.warmup_weeks": 0}  # it begins where the log ends
    edits["population.represents"] = stand_for
    return scenario.replace(edits=edits, name=f"{scenario.name}_calibrated")


def _sourced(value: Any, estimate: Estimate | None) -> Any:
    """A number with its interval and source, as scenario files have it."""
    if estimate is None or isinstance(value, bool) or not isinstance(value, int | float):
        return value
    low, high = min(estimate.low, value), max(estimate.high, value)
    return {"value": value, "low": low, "high": high, "unit": estimate.unit, "source": estimate.source}


def _stand_for_themselves(scenario: Scenario) -> bool:
    return scenario.population.represents == scenario.population.customers


def _stand_for(scenario: Scenario, customers: int, need_rate: float) -> int:
    """Whom the firm's customers stand for, whose mean need rate is known.

    Themselves, where those of the scenario do and nobody else sells; beside rivals so many as have the needs that its
    outlets are sized for.
    """
    if len(scenario.retailers) > 1:
        return represented(_load(scenario), need_rate)
    return customers if _stand_for_themselves(scenario) else scenario.population.represents


def _load(scenario: Scenario) -> float:
    """Needs a year of all whom a scenario's customers stand for."""
    own = scenario.people.columns.get("need_rate") if scenario.people is not None else None
    changed: Any = scenario.population.traits.get("need_rate", {})
    usual = changed.get("mean", TRAITS["need_rate"].mean) if own is None else np.mean(own)
    return scenario.population.represents * float(usual)


def _scale(scenario: Scenario, customers: int) -> Iterator[str]:
    """Tables of a run count those whom its customers stand for; a forecast counts the customers."""
    stand_for = scenario.population.represents
    if stand_for != customers:
        yield (
            f"The {customers:,} customers stand for {stand_for:,} in runs of this scenario, for which its outlets are "
            f"sized: tables count {stand_for / customers:.4g} times what forecast counts."
        )


def _by_simulation(
    scenario: Scenario,
    file: TransactionLog,
    past: Purchases,
    process: PurchaseFit,
    held: Held | None,
    threads: int | None,
) -> tuple[Fit, dict[str, Table]]:
    """What simulated moments set, and a table of moments simulated beside observed where weeks were held back."""
    weeks = min(max(held.weeks if held else LEAST_WEEKS, LEAST_WEEKS), MOST_WEEKS)
    groups, shares, remark = places_of(scenario, file.places)
    rows = simulated_rows(past.customers)
    expected = forecast(process, past.some(rows), weeks, threads=threads).expected
    last = _end_of(past) - timedelta(days=1)
    traits = buying.population(process, past, 0)
    target = Target(float(expected.mean()), shares, groups)
    if len(scenario.retailers) > 1:
        target = replace(target, spread=_spread(process, traits, rows), power=_power(scenario, traits["need_rate"]))
    stand_for = _stand_for(scenario, past.customers, float(traits["need_rate"].mean()))
    market = _edited(scenario, [fit_of(process, past)], last, stand_for)
    market = market.replace(edits={"market.season": process.course.as_season()})  # as the target was reckoned
    load = _load(scenario) if len(scenario.retailers) > 1 else None
    found = matched(market, traits, target, weeks, threads, load)
    before = {outlet.id: outlet.attraction for outlet in scenario.outlets}
    estimates = estimates_of(found, target, file.purchases.day.size, before)
    edits = {each.path: each.value for each in estimates if each.path not in (NEEDS, POWER)}
    tables = {}
    if held and held.weeks >= LEAST_WEEKS:
        seen = file.purchases.some(file.purchases.seen_by(past.until))
        pairs = {name: (share, found.shares[name]) for name, share in shares.items() if len(shares) > 1}
        observed = bought_in(seen, past.until, weeks, rows)
        tables["moments"] = moments_table(observed, found.simulated, pairs)
        tables["curves"] = curves_table(observed, found.simulated, seen.first[rows], pairs)
    remarks = [*([remark] if remark else []), *remarks_of(found, target, before)]
    return Fit(MOMENTS, estimates, edits, remarks=tuple(remarks)), tables


def _spread(process: PurchaseFit, traits: Mapping[str, Array], rows: Array) -> float:
    """How unlike the rates of these customers are at the end of the log: variance over the squared mean."""
    pace = np.exp(process.process.pace_sd * traits["pace"])
    rate = (traits["need_rate"] * pace * (1.0 - traits["lapsed"]))[rows]
    mean = float(rate.mean())
    return float(rate.var()) / mean**2 if mean else 0.0


def _power(scenario: Scenario, rate: Array) -> float:
    """The power of customers' rates of buying that is as unlike as needs are in the scenario's market, at most 1.

    As if both were lognormal: the log of 1 plus the squared coefficient of variation goes with the square of a power.
    """
    own = scenario.people.columns.get("need_rate") if scenario.people is not None else None
    changed: Any = scenario.population.traits.get("need_rate", {})
    usual = 1.0 / changed.get("shape", TRAITS["need_rate"].shape) if own is None else np.var(own) / np.mean(own) ** 2
    seen = float(rate.var()) / float(rate.mean()) ** 2
    return float(min(1.0, np.sqrt(np.log1p(usual) / np.log1p(seen)))) if seen > 0.0 else 1.0


def _end_of(log: Purchases) -> date:
    """The day after the last of a log."""
    return log.first_day + timedelta(days=log.until)


def _people(traits: dict[str, Array], data: FirmData, names: Pseudonyms) -> Table:
    """The columns of the population file: pseudonyms, luck, traits."""
    listed = data.tables.get("customer_list")
    if listed is not None:
        traits |= {name: listed.table[name] for name in listed.table.columns if name in TRAITS}
    keys = np.array([customer_number(f"customer {n}") for n in range(len(names.ids))], np.uint64)
    inside = {name: _within(name, values, data.log.file) for name, values in traits.items()}
    return Table.of(id=names.all(), draw_key=keys, first_week=np.zeros(len(names.ids)), **inside)


def _within(name: str, values: Array, file: str) -> Array:
    """Values that the trait allows; what is far beyond it as a whole has another unit."""
    if name not in TRAITS:
        return values
    trait = TRAITS[name]
    middle = float(np.median(values))
    if middle > trait.high:
        message = (
            f"the {name} of half of the customers is above {trait.high:,.0f}, which the model does not hold "
            f"(median {middle:,.0f}); give amounts in a larger unit, such as thousands"
        )
        raise ScenarioError([Problem(file, None, name, message)])
    return np.clip(values, trait.low, trait.high)
