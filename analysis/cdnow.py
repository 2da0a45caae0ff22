"""A newly acquired cohort through the model: the scenario `online_music` beside the customers of CDNOW, 1997-98.

    pip install "retailcx[validation]"
    python -m analysis.cdnow                 # prints, and draws cdnow.svg and cdnow.png into the current folder
    python -m analysis.cdnow --fit           # finds again, on weeks 1-39 alone, the parameters that the scenario has

The sample is every tenth customer who first bought there in the first twelve weeks of 1997, followed for 78 weeks. It
is read from the folder of the package `lifetimes`, whose code is not imported. Parameters were fitted on weeks 1-39 and
on nothing else, so that weeks 40-78 test them. The engine is told rates, baskets and hazards; that most customers buy
once, that activity falls and then hardly falls any more, and how many come back is what it says.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.chart import Chart
from analysis.drawing import BASELINE, SCENARIO, SOFT, Sheet, as_png, as_svg, plain, style
from analysis.facts.cohort import Cohort
from analysis.facts.table import facts, holds
from simulation import Scenario, run

Array = NDArray[Any]
CAUTION = (
    "CDNOW, every tenth customer of those acquired in weeks 1-12 of 1997: 2,357 customers, CDNOW_sample.txt in the\n"
    "package lifetimes 0.11.3 (the package is MIT; of the data no licence is stated). They are 1997's, and of one shop."
)
MISSING = 'the CDNOW sample needs its package: pip install "retailcx[validation]"'
SCENARIO_NAME = "online_music"
FIRST_DAY = date(1997, 1, 1)
FITTED, WEEKS = 39, 78
REPLICATES = 10
PERIODS, PERIOD_DAYS = 6, 28  # of age, that everybody acquired in 12 weeks has lived by week 39
MOST_REPEATS = 7  # 0 .. 6 are counted apart, 7 or more together
TRIALS = 150  # of the fit
FREE = (  # what is fitted, with the range that the fit may use
    ("population.traits.need_rate.mean", 0.5, 20.0),
    ("population.traits.need_rate.shape", 0.1, 3.0),
    ("parameters.leaving_monthly", -6.0, -1.0),
    ("parameters.leaving_sd", 0.5, 2.0),
    ("parameters.return_weekly", 0.0, 0.036),
)
OF_A_COHORT: Sequence[tuple[str, Callable[[Cohort], float]]] = (
    ("18a", Cohort.bought_once),
    ("18b", lambda cohort: cohort.repeated_by(90)),
    ("18c", lambda cohort: cohort.repeated_by(365)),
    ("19", Cohort.fall_of_activity),
)


@dataclass(frozen=True)
class Figure:
    """A figure of the cohort: simulated (mean over replicates and its range), observed, a verdict if it has a band."""

    name: str
    simulated: float
    low: float
    high: float
    observed: float
    band: str = ""

    @classmethod
    def of(cls, name: str, values: Sequence[float], observed: float, band: str = "") -> Figure:
        """From one value a replicate."""
        return cls(name, float(np.mean(values)), float(np.min(values)), float(np.max(values)), observed, band)

    def __str__(self) -> str:
        found = f"{self.simulated:8.3f}  [{self.low:.3f}, {self.high:.3f}]"
        observed = "" if np.isnan(self.observed) else f"{self.observed:8.3f}"
        return f"{self.name:<58} {found:<27} {observed:>8}  {self.band}".rstrip()


def sample(path: Path | None = None) -> Cohort:
    """The sample's purchase days.

    Args:
        path: the file, if it is not the package's.

    Raises:
        ModuleNotFoundError: the package is not installed; the message says how.
    """
    rows = np.loadtxt(path or _file(), dtype=str)
    days = np.array([(date(int(d[:4]), int(d[4:6]), int(d[6:])) - FIRST_DAY).days for d in rows[:, 2]], np.int64)
    return Cohort.of(rows[:, 1].astype(np.int64), days, rows[:, 4].astype(float))


def _file() -> Path:
    try:
        found = find_spec("lifetimes")  # says where it is, without running it
    except ValueError:
        found = None
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(MISSING)
    return Path(found.submodule_search_locations[0]) / "datasets" / "CDNOW_sample.txt"


def simulated(scenario: Scenario, replicates: int) -> list[Cohort]:
    """The simulated cohort once for each replicate, each a run of its own seed."""
    return [Cohort.simulated(run(scenario.replace(seed=scenario.seed + n, replicates=1))) for n in range(replicates)]


def known_facts(sim: Sequence[Cohort], real: Cohort) -> list[Figure]:
    """Facts 18 and 19, which set no parameter, with their bands and verdicts."""
    rows = {fact.id: fact for fact in facts()}
    found = []
    for name, statistic in OF_A_COHORT:
        fact, values = rows[name], [statistic(cohort) for cohort in sim]
        verdict = "holds" if holds(fact, float(np.mean(values))) else "fails"
        band = f"{verdict} ({fact.low:g} .. {fact.high:g})"
        found.append(Figure.of(f"fact {name}: {fact.statistic}", values, statistic(real), band))
    return found


def activity(sim: Sequence[Cohort], real: Cohort) -> list[Figure]:
    """Share of customers who buy again in each 30 days of age."""
    return [
        Figure.of(f"buy again in month {n} of their age", [c.active_in(n) for c in sim], real.active_in(n))
        for n in range(1, 16)
    ]


def of_the_test(sim: Sequence[Cohort], real: Cohort) -> list[Figure]:
    """Weeks 40-78, which nothing was fitted on, and the errors by week there."""
    weekly, truth = np.array([c.repeats_by_week(WEEKS) for c in sim]), real.repeats_by_week(WEEKS)
    held = slice(FITTED, WEEKS)
    cumulative, true_sum = weekly.cumsum(1)[:, held], truth.cumsum()[held]
    return [
        Figure.of("repeat purchases a customer, weeks 1-39 (fitted)", weekly[:, :FITTED].sum(1), truth[:FITTED].sum()),
        Figure.of("purchases a customer, weeks 40-78", weekly[:, held].sum(1), truth[held].sum()),
        Figure.of("share of customers who buy in weeks 40-78", [later(c) for c in sim], later(real)),
        Figure.of("mean error of a week, weeks 40-78, %", [_mape(weekly.mean(0)[held], truth[held])], np.nan),
        Figure.of("mean error of the cumulative sum, weeks 40-78, %", [_mape(cumulative.mean(0), true_sum)], np.nan),
    ]


def later(cohort: Cohort) -> float:
    """Share of customers who buy after the fitted weeks."""
    return float(np.unique(cohort.customer[cohort.day >= 7 * FITTED]).size / cohort.size)


def _mape(simulated: Array, real: Array) -> float:
    return 100.0 * float(np.mean(np.abs(simulated - real) / real))


def by_week(sim: Sequence[Cohort], real: Cohort) -> list[str]:
    """Repeat purchases of each week and their sum so far, per 1,000 customers, simulated beside observed."""
    weekly = 1000.0 * np.mean([c.repeats_by_week(WEEKS) for c in sim], axis=0)
    truth = 1000.0 * real.repeats_by_week(WEEKS)
    head = "week   simulated  observed   cumulative: simulated  observed   (per 1,000 customers)"
    rows = zip(weekly, truth, weekly.cumsum(), truth.cumsum(), strict=True)
    return [head, *(f"{n:4d} {a:11.1f} {b:9.1f} {c:23.0f} {d:9.0f}" for n, (a, b, c, d) in enumerate(rows, 1))]


def drawn(sim: Sequence[Cohort], real: Cohort) -> Chart:
    """Weekly and cumulative repeat purchases, and activity by age, simulated beside observed."""
    weekly = 1000.0 * np.array([c.repeats_by_week(WEEKS) for c in sim])
    truth = 1000.0 * real.repeats_by_week(WEEKS)
    months = np.arange(1, 16)
    aged = 100.0 * np.array([[c.active_in(int(n)) for n in months] for c in sim])
    title = "A cohort of 1997 comes back, simulated and real"
    sheet = Sheet(
        7.1, title, f"CDNOW sample and mean of {len(sim)} replicates with their range; fitted on weeks 1-{FITTED}"
    )
    top = sheet.top - 0.2
    heights = [(top - 1.85, top), (top - 3.75, top - 2.25), (0.45, top - 4.55)]
    panels = [sheet.axes(0.62, low, 0.25, top=high) for low, high in heights]
    weeks = np.arange(1, WEEKS + 1)
    _beside(panels[0], weeks, weekly, truth, "repeat purchases a week per 1,000 customers")
    _beside(panels[1], weeks, weekly.cumsum(1), truth.cumsum(), "their sum so far")
    _beside(panels[2], months, aged, 100.0 * np.array([real.active_in(int(n)) for n in months]), "% who buy again")
    panels[1].set_xlabel("week of the calendar")
    panels[2].set_xlabel("30 days of age")
    for panel in panels[:2]:
        panel.axvline(FITTED + 0.5, color=SOFT, linewidth=0.9, linestyle=(0, (3, 2)))
    for word, side in (("fitted ", "right"), (" tested", "left")):
        panels[0].text(FITTED + 0.5, 0.93, word, transform=panels[0].get_xaxis_transform(), color=SOFT, ha=side)
    panels[2].set_xticks((1, 3, 6, 9, 12, 15))
    return Chart("cdnow", title, sheet.figure)


def _beside(axes: Any, x: Array, sim: Array, real: Array, unit: str) -> None:
    axes.fill_between(x, sim.min(0), sim.max(0), color=SCENARIO, alpha=0.18, linewidth=0)
    axes.plot(x, sim.mean(0), color=SCENARIO)
    axes.plot(x, real, color=BASELINE, linewidth=1.2)
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(plain)
    axes.text(0, 1.04, unit, transform=axes.transAxes, color=SOFT, fontsize=9.2)
    for name, place, paint in (("simulated", 0.86, SCENARIO), ("real", 1.0, BASELINE)):
        axes.text(place, 1.04, name, transform=axes.transAxes, color=paint, ha="right", fontweight="bold", fontsize=9.2)


def deviance(sim: Cohort, real: Cohort) -> float:
    """How far a simulated cohort lies from the real one, in what the fit looks at; both end with week 39."""
    expected, counted = (_repeat_shares(cohort) for cohort in (sim, real))
    ages, seen = (_ages(cohort) for cohort in (sim, real))
    repeats = (counted * np.log(np.maximum(counted, 1e-9) / expected)).sum()
    active = (seen * np.log(seen / ages) + (1.0 - seen) * np.log((1.0 - seen) / (1.0 - ages))).sum()
    return float(2.0 * real.size * (repeats + active))


def _repeat_shares(cohort: Cohort) -> Array:
    counts = np.bincount(np.minimum(cohort.repeats(), MOST_REPEATS), minlength=MOST_REPEATS + 1)
    return np.maximum(counts / cohort.size, 1e-6)


def _ages(cohort: Cohort) -> Array:
    shares = [cohort.active_in(period, PERIOD_DAYS) for period in range(1, PERIODS + 1)]
    return np.clip(shares, 1e-6, 1.0 - 1e-6)


def fit(real: Cohort, scenario: Scenario, trials: int = TRIALS) -> dict[str, float]:
    """The free parameters that bring the simulated weeks 1-39 nearest to the real ones (Nelder and Mead's search)."""
    from scipy.optimize import minimize

    known = real.until(FITTED)
    low, high = (np.array([row[n] for row in FREE], float) for n in (1, 2))

    def edits_at(point: Array) -> dict[str, float]:
        values = low + (high - low) / (1.0 + np.exp(-point))
        return {name: float(value) for (name, _, _), value in zip(FREE, values, strict=True)}

    def distance(point: Array) -> float:
        tried = scenario.replace(edits={**edits_at(point), "weeks": FITTED}, replicates=1)
        return deviance(Cohort.simulated(run(tried)), known)

    now = np.array([_now(scenario, name) for name, _, _ in FREE])
    share = np.clip((now - low) / (high - low), 0.01, 0.99)
    start = np.log(share / (1.0 - share))
    simplex = np.vstack([start, start - 0.6 * np.eye(len(FREE))])
    found = minimize(distance, start, method="Nelder-Mead", options={"maxfev": trials, "initial_simplex": simplex})
    return {**edits_at(found.x), "deviance": float(found.fun)}


def _now(scenario: Scenario, name: str) -> float:
    """What a scenario says at a path."""
    value: Any = scenario
    for key in name.split("."):
        value = value[key] if isinstance(value, dict) else getattr(value, key)
    return float(value)


def main(words: Sequence[str] = (), replicates: int = REPLICATES, folder: Path | None = None) -> int:
    """Print simulated beside observed and draw it, or fit; returns 1, with a message, if the data is not there."""
    try:
        real = sample()
    except ModuleNotFoundError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    scenario = Scenario.load(SCENARIO_NAME)
    if "--fit" in words:
        print("\n".join(f"{name} = {value:.4g}" for name, value in fit(real, scenario).items()))  # noqa: T201
        return 0
    sim = simulated(scenario, replicates)
    with style():
        figure = drawn(sim, real).figure
        for name, picture in (("cdnow.svg", as_svg(figure).encode()), ("cdnow.png", as_png(figure))):
            ((folder or Path()) / name).write_bytes(picture)
    print("\n".join(report(sim, real)))  # noqa: T201
    return 0


def report(sim: Sequence[Cohort], real: Cohort) -> list[str]:
    """What `main` prints."""
    who = f"{sim[0].size:,} simulated customers, {len(sim)} replicates, beside {real.size:,} real ones"
    head = f"{'':<58} {'simulated  [least, most]':>27} observed"
    figures = (*known_facts(sim, real), *of_the_test(sim, real), *activity(sim, real))
    return [CAUTION, "", who, head, *map(str, figures), "", *by_week(sim, real)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
