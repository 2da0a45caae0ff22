"""Out of sample: how well a model foretells the last weeks of a log, which it has not seen, beside simple rivals.

Every model is fitted on the same past and foretells the same customers: those who had bought by then. No single error
is trusted alone: zero for everybody has a fair mean absolute error, a straight line a fair cumulative one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import buyers
from analysis.calibration.purchases import Purchases, Summary
from simulation.results import Table

Array = NDArray[Any]
DAYS = 7
SHARE_HELD, MOST_HELD = 0.25, 26  # of the log's weeks; weeks
LEAST_WEEKS = 8  # of a log from which weeks can be held back
RESAMPLES = 400
OURS = "this model"


class Prediction(NamedTuple):
    """What a model says of the weeks held back: by customer, and in all by week."""

    name: str
    expected: Array  # purchases of each customer
    active: Array  # chance that the customer buys at all; what only orders customers will do
    weekly: Array  # purchases of all, by week


@dataclass(frozen=True)
class Held:
    """A log divided: the past, and what the customers of the past did in the weeks after."""

    past: Purchases
    weeks: int
    bought: Array  # by customer of the past
    by_week: Array
    newcomers: int  # customers whose first purchase came later: nobody can foretell them


def weeks_to_hold(purchases: Purchases, asked: int | None) -> int:
    """How many of the last weeks are held back: a quarter, at most 26; 0 when the log is too short for it."""
    weeks = purchases.until // DAYS
    if asked is not None:
        return asked
    return min(MOST_HELD, int(weeks * SHARE_HELD)) if weeks >= LEAST_WEEKS else 0


def divide(purchases: Purchases, weeks: int) -> Held | None:
    """The log with its last weeks held back; None if nobody had bought before them."""
    begin = purchases.until - DAYS * weeks
    seen = purchases.seen_by(begin) if begin > 0 else np.empty(0, np.int64)
    if not seen.size or weeks < 1:
        return None
    theirs = purchases.some(seen)
    return Held(
        purchases.until_day(begin),
        weeks,
        theirs.bought(begin, purchases.until),
        theirs.by_week(begin, weeks),
        purchases.customers - int(seen.size),
    )


def rivals(held: Held) -> Iterator[Prediction]:
    """What the models of the literature and rules of thumb foretell; one that the past does not determine is out."""
    seen = held.past.summary()
    with np.errstate(all="ignore"):  # of a past in which nobody came back, or everybody every day
        found = [*_of_the_literature(seen, held.weeks), *_flat(held, seen)]
    yield from (each for each in found if np.isfinite(each.expected).all() and np.isfinite(each.weekly).all())


def _flat(held: Held, seen: Summary) -> Iterator[Prediction]:
    """Rules of thumb, which foretell the same for every week."""
    for name, expected in _rules(seen, held.weeks):
        yield Prediction(name, expected, expected, np.full(held.weeks, expected.sum() / held.weeks))


def _of_the_literature(seen: Summary, weeks: int) -> Iterator[Prediction]:
    x, t_x, age = seen.frequency.astype(float), seen.recency, seen.age
    bg, pareto = buyers.bg_nbd_fit(x, t_x, age), buyers.pareto_nbd_fit(x, t_x, age)

    def until(week: int) -> tuple[Array, Array]:
        return (
            buyers.bg_nbd_conditional(bg, x, t_x, age, float(week)),
            buyers.pareto_nbd_conditional(pareto, x, t_x, age, float(week)),
        )

    weekly = np.diff([[each.sum() for each in until(week)] for week in range(1, weeks + 1)], axis=0, prepend=0.0)
    nothing = (
        buyers.bg_nbd_nothing(bg, x, t_x, age, float(weeks)),
        buyers.pareto_nbd_nothing(pareto, x, t_x, age, float(weeks)),
    )
    for n, (name, expected) in enumerate(zip(("BG/NBD", "Pareto/NBD"), until(weeks), strict=True)):
        yield Prediction(name, expected, 1.0 - nothing[n], weekly[:, n])


def _rules(seen: Summary, weeks: int) -> Iterator[tuple[str, Array]]:
    x, age = seen.frequency.astype(float), seen.age
    yield "NBD, nobody leaves", buyers.nbd_shrinkage(buyers.nbd_fit(x, age), x, age, float(weeks))
    yield "own rate so far", buyers.own_rate(x, age, float(weeks))
    yield "12-week hiatus rule", buyers.hiatus_rule(x, seen.recency, age, float(weeks))
    yield "nobody buys", np.zeros(x.size)


def comparison(held: Held, predictions: Sequence[Prediction]) -> Table:
    """A row for each model, ours first: errors by customer, in all and by week; not a number where there is none.

    `rmse_above_ours` is how much larger a rival's error is, with a 95 % interval over customers drawn again (paired).
    """
    ours = predictions[0]
    rows = [_row(held, each) | _against(held, each, ours) for each in predictions]
    return Table.of(**{name: [row[name] for row in rows] for name in rows[0]})


def _row(held: Held, model: Prediction) -> dict[str, Any]:
    truth, error = held.bought, model.expected - held.bought
    seen = held.by_week > 0
    weekly = np.abs(model.weekly - held.by_week)[seen] / held.by_week[seen]
    return {
        "model": model.name,
        "total_error_percent": 100.0 * float(error.sum() / truth.sum()) if truth.sum() else np.nan,
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "correlation": _correlation(model.expected, truth),
        "auc": area_under_curve(model.active, truth > 0),
        "share_without": float(1.0 - model.active.mean()) if _are_chances(model) else np.nan,
        "weekly_error_percent": 100.0 * float(weekly.mean()) if seen.any() else np.nan,
    }


def _are_chances(model: Prediction) -> bool:
    """A rule of thumb orders customers, but gives no chances."""
    return model.active is not model.expected


def _correlation(expected: Array, truth: Array) -> float:
    if np.ptp(expected) == 0 or np.ptp(truth) == 0:
        return float("nan")
    return float(np.corrcoef(expected, truth)[0, 1])


def area_under_curve(score: Array, happened: Array) -> float:
    """The chance that one to whom it happened has the higher score than one to whom it did not; ties count half."""
    from scipy.stats import rankdata

    yes = int(happened.sum())
    if yes in (0, happened.size):
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[happened].sum() - yes * (yes + 1) / 2.0) / (yes * (happened.size - yes)))


def _against(held: Held, model: Prediction, ours: Prediction) -> dict[str, float]:
    names = ("rmse_above_ours", "above_low", "above_high")
    if model is ours:
        return dict.fromkeys(names, np.nan)
    squares = np.stack([(each.expected - held.bought) ** 2 for each in (ours, model)])
    difference = _resampled(lambda rows: float(np.diff(np.sqrt(squares[:, rows].mean(1)))[0]), held.bought.size)
    found = float(np.diff(np.sqrt(squares.mean(1)))[0])
    return dict(zip(names, (found, *np.quantile(difference, (0.025, 0.975)).tolist()), strict=True))


def _resampled(statistic: Callable[[Array], float], size: int) -> Array:
    chance = np.random.default_rng(0)
    return np.array([statistic(chance.integers(0, size, size)) for _ in range(RESAMPLES)])


def verdict(held: Held, table: Table) -> str:
    """The comparison in a sentence, whoever wins."""
    ours, *others = rows = table.rows()
    best = min(rows, key=lambda row: row["rmse"])
    next_to_it = min(others, key=lambda row: row["rmse"]) if best is ours else ours
    clear = [row["model"] for row in others if row["above_low"] > 0]
    worse = [row["model"] for row in others if row["above_high"] < 0]
    lead = f"Of the last {held.weeks} weeks, held back, {best['model']} has the smallest error by customer"
    parts = [f"{lead} (RMSE {best['rmse']:.3f}; {next_to_it['model']} {next_to_it['rmse']:.3f})"]
    if clear:
        parts.append(f"clearly larger errors than {OURS}: {', '.join(clear)}")
    if worse:
        parts.append(f"clearly smaller ones: {', '.join(worse)}")
    if not clear and not worse:
        parts.append(f"no model's differs clearly from that of {OURS}")
    return "; ".join(parts) + "."
