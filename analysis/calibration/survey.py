"""Weights of the model from a firm's own survey: satisfaction, and how each of its drivers was rated.

The model says that experience is a weighted sum, so that only the shares of drivers in the effect on satisfaction are
the model's weights; how strongly satisfaction follows altogether is not. Shares are estimated with the model's weights
as what is known beforehand (`sharing`), on answers less what people add to all of theirs alike where that can be
(`answers`). A survey is a cross-section: whoever is already pleased may rate everything better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.calibration.answers import Floats, Scales, Sheet, codes, levels, sheet_of
from analysis.calibration.estimates import Estimate, Fit
from analysis.calibration.sharing import Prior, Weighing, prior_draws, shapley, weigh
from analysis.calibration.weights import Weights
from simulation.parameters import DETERMINANT_NAMES, DIMENSION_NAMES, DIMENSIONS, PARAMETERS
from simulation.results import Table

if TYPE_CHECKING:
    from analysis.chart import Chart
    from simulation.scenario import Scenario

SOURCE = "survey"
RANGE_SD = 2.0  # a declared range is read as one standard deviation to both sides: nobody published these sizes
TOLD_BELOW = 0.8  # spread of a share over its spread beforehand; above it the data have said next to nothing
TIED_BELOW = -0.5  # correlation of two shares, given the data: one can take the other's place
ILL = 10.0  # condition number from which drivers are called collinear (Belsley 1980: 10 to 30)
DRAWS = 800  # of the shares that are split over dimensions


@dataclass(frozen=True)
class Shares:
    """Shares of some of the model's weights after the survey: draws (draws, names), and which the data told."""

    names: tuple[str, ...]
    prior: Floats
    draws: Floats
    told: tuple[bool, ...]
    ties: tuple[tuple[str, str], ...] = ()

    @property
    def means(self) -> Floats:
        """The estimates."""
        return np.asarray(self.draws.mean(axis=0))

    def both(self, first: str, second: str) -> Floats:
        """Draws of two of them."""
        return np.asarray(self.draws[:, [self.names.index(first), self.names.index(second)]])


@dataclass
class _Report:
    """What is gathered on the way."""

    estimates: list[Estimate] = field(default_factory=list)
    edits: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)


def fit_survey(
    table: Table,
    *,
    satisfaction: str,
    drivers: Sequence[str] | Mapping[str, str],
    loyalty: str | None = None,
    scale: Scales | None = None,
    dimensions: Sequence[str] | Mapping[str, str] = (),
    person: str | None = None,
    subject: str | None = None,
    scenario: Scenario | None = None,
    answer_error: float | None = None,
    seed: int = 0,
) -> Fit:
    """Weights of determinants, and of dimensions where they were asked, from a survey.

    Args:
        table: one row an interview; answers are numbers, NaN where nothing was answered.
        satisfaction: the column of overall satisfaction.
        drivers: columns of drivers; a mapping says which determinant each column is about. Columns of one determinant
            are averaged. Names that are no determinant stay drivers of their own.
        loyalty: a column of stated loyalty (recommendation, intention), if there is one.
        scale: lowest and highest answer, for all columns or by column; found from the answers where not given.
        dimensions: columns of the four dimensions of experience; a mapping says which dimension each column is.
        person: the column of who answered; people who rated several things give away their habits of answering.
        subject: the column of what was rated (a retailer); answers of a person about the same are averaged.
        scenario: whose weights are known beforehand; default: those of the data files.
        answer_error: standard deviation of one answer about a driver around what the person means, as a share of the
            scale; default: that of the model's own surveys (parameter `answer_error_sd`). 0 takes answers as they are.
        seed: of the draws behind the intervals.

    Raises:
        ValueError: columns that are missing, no numbers or off their scale; fewer than two drivers; too few rows.
    """
    report = _Report()
    rated = _drivers(table, drivers, scale, report)
    y = levels(table, [satisfaction], scale)[satisfaction]
    who, what = codes(table, person), codes(table, subject)
    x = np.column_stack(list(rated.values()))
    sheet = sheet_of(y, x, who, what, name="satisfaction")
    report.remarks += sheet.remarks
    weights = Weights.of(scenario)
    asked = _by_dimension(table, dimensions, scale)
    variance = _error_variance(answer_error) + np.array([_rounding(column) for column in rated.values()])
    weighing = weigh(sheet, _prior(tuple(rated), weights), seed, variance)
    shares = _shares(tuple(rated), weighing, weights, seed)
    _tell(report, shares, weighing, sheet, tuple(rated))
    if asked:
        _two_stages(report, (y, x, asked), (who, what), tuple(rated), weights, seed, variance)
    else:
        _one_stage(report, shares, weights)
    if loyalty is not None:
        _loyalty(report, y, levels(table, [loyalty], scale)[loyalty], who, what)
    importance = shapley(sheet, seed)
    report.tables["survey_drivers"] = _driver_table(rated, shares, weighing, importance)
    chart = _chart(rated, importance)
    return Fit(
        source=SOURCE,
        estimates=tuple(report.estimates),
        edits=report.edits,
        record={"drivers": list(rated), "rows": sheet.rows, "r_squared": weighing.r_squared},
        tables=report.tables,
        charts=() if chart is None else (chart,),
        remarks=tuple(report.remarks),
    )


def _error_variance(answer_error: float | None) -> float:
    """Of one answer about a driver around what the person means."""
    sd = PARAMETERS["answer_error_sd"].value if answer_error is None else answer_error
    if not 0 <= sd < 1:
        raise ValueError(f"the error of an answer is a share of its scale from 0 to below 1, not {sd:g}")
    return sd**2


def _rounding(column: Floats) -> float:
    """What the steps of a scale add to the variance of answers (Sheppard 1898)."""
    steps = np.diff(np.unique(column[np.isfinite(column)]))
    return float(steps.min()) ** 2 / 12 if steps.size else 0.0


def _drivers(
    table: Table, given: Sequence[str] | Mapping[str, str], scale: Scales | None, report: _Report
) -> dict[str, Floats]:
    """Levels by determinant, or by the name of a driver that is none; those that everybody rates alike drop out."""
    meant = dict(given) if isinstance(given, Mapping) else {name: name for name in given}
    found = levels(table, list(meant), scale)
    by_name: dict[str, list[Floats]] = {}
    for column, name in meant.items():
        by_name.setdefault(name, []).append(found[column])
    rated = {name: np.mean(columns, axis=0) for name, columns in by_name.items()}
    alike = [name for name, column in rated.items() if np.nanmin(column) == np.nanmax(column)]
    if alike:
        report.remarks.append(f"Everybody gave the same answer about {', '.join(alike)}: it explains nothing.")
    rated = {name: column for name, column in rated.items() if name not in alike}
    others = [name for name in rated if name not in DETERMINANT_NAMES]
    if others:
        report.remarks.append(f"{', '.join(others)}: drivers of their own, for which the model has no place.")
    if len(rated) < 2 or len(others) == len(rated):  # noqa: PLR2004  (shares are of something)
        raise ValueError(f"a survey needs two drivers, one of them a determinant: {', '.join(DETERMINANT_NAMES)}")
    return rated


def _by_dimension(table: Table, given: Sequence[str] | Mapping[str, str], scale: Scales | None) -> dict[str, Floats]:
    meant = dict(given) if isinstance(given, Mapping) else {name: name for name in given}
    unknown = [name for name in meant.values() if name not in DIMENSION_NAMES]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no dimension; they are {', '.join(DIMENSION_NAMES)}")
    found = levels(table, list(meant), scale) if meant else {}
    return {name: found[column] for column, name in meant.items()}


def _prior(names: tuple[str, ...], weights: Weights, dimension: int | None = None) -> Prior:
    """Shares as the model has them, from nothing to twice as much; drivers of their own may be anything."""
    known = dict(
        zip(DETERMINANT_NAMES, weights.shares if dimension is None else weights.shares_in(dimension), strict=True)
    )
    mean = np.array([known.get(name, 0.0) for name in names])
    usual = 1.0 / len(DETERMINANT_NAMES)  # where the model has nothing, data may say otherwise
    sd = np.where(mean > 0, 2 * mean, 2 * usual) / RANGE_SD
    is_own = np.array([name not in known for name in names])
    return Prior(mean, np.where(is_own, 1.0, sd), ~is_own)


def _shares(names: tuple[str, ...], weighing: Weighing, weights: Weights, seed: int, d: int | None = None) -> Shares:
    """Draws of shares in the part of the whole that the determinants asked about have."""
    prior = _prior(names, weights, d)
    known = tuple(name for name in names if name in DETERMINANT_NAMES)
    columns = [names.index(name) for name in known]
    part = float(prior.mean[columns].sum())
    draws = _scaled(weighing.draws[:, columns], part)
    before = _scaled(prior_draws(prior, seed)[:, columns], part)
    return _settled(known, prior.mean[columns], draws, before, rises=weighing.rises)


def _settled(names: tuple[str, ...], prior: Floats, draws: Floats, before: Floats, *, rises: bool) -> Shares:
    """What the data did not tell stays where it was; the others share the rest."""
    spread = draws.std(axis=0) / np.maximum(before.std(axis=0), 1e-12)
    likeness = np.corrcoef(draws.T) - np.corrcoef(before.T) * (spread.mean() > TOLD_BELOW)
    tied = [(j, k) for j in range(len(names)) for k in range(j) if rises and likeness[j, k] < TIED_BELOW]
    in_ties = {each for pair in tied for each in pair}
    told = np.array([rises and (spread[k] < TOLD_BELOW or k in in_ties) for k in range(len(names))])
    found = np.where(told, draws, prior)
    if told.any():
        found[:, told] = _scaled(draws[:, told], float(prior[told].sum())) if not told.all() else draws
    ties = tuple((names[k], names[j]) for j, k in tied)
    return Shares(names, prior, found, tuple(bool(each) for each in told), ties)


def _scaled(draws: Floats, total: float) -> Floats:
    sums = np.maximum(draws.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(total * draws / sums)


def _tell(report: _Report, shares: Shares, weighing: Weighing, sheet: Sheet, names: tuple[str, ...]) -> None:
    """Estimates of the shares, and what must be known about them."""
    lead = f"{sheet.rows:,} ratings explain {weighing.r_squared:.0%} of the variance of satisfaction"
    if not weighing.rises:
        report.remarks.insert(0, f"{lead}; it does not rise with the drivers, so that no weight can be told.")
    else:
        report.remarks.insert(0, f"{lead}; it rises by {weighing.slope:.2f} where all drivers rise by 1.")
    report.estimates += [_estimate(f"importance.{name}", shares, n) for n, name in enumerate(shares.names)]
    own = [n for n, name in enumerate(names) if name not in DETERMINANT_NAMES]
    for n in own:
        low, value, high = _interval(weighing.draws[:, n])
        remark = "the model has no place for it"
        report.estimates.append(Estimate(f"survey.{names[n]}", value, low, high, "slope on 0-1", SOURCE, remark=remark))
    untold = [name for name, told in zip(shares.names, shares.told, strict=True) if not told]
    if untold:
        report.remarks.append(f"The answers do not tell the weight of {', '.join(untold)}: it stays as it was.")
    missing = [name for name in DETERMINANT_NAMES if name not in shares.names]
    if missing:
        report.remarks.append(f"Nobody was asked about {', '.join(missing)}: their weights stay as they were.")
    for first, second in shares.ties:
        low, value, high = _interval(shares.both(first, second).sum(axis=1))
        words = f"{first} and {second} cannot be told apart: together {value:.2f} [{low:.2f}, {high:.2f}]."
        report.remarks.append(words)
    least = float(weighing.reliability.min())
    if least < 1:
        report.remarks.append(
            f"Errors of answers are allowed for: what people meant is {least:.0%} of the variance of "
            f"{names[int(np.argmin(weighing.reliability))]}, the least reliable driver."
        )
    if weighing.condition > ILL:
        report.remarks.append(f"The drivers are nearly collinear (condition number {weighing.condition:.0f}).")
    report.tables["survey_ties"] = _tie_table(shares)


def _estimate(path: str, shares: Shares, n: int) -> Estimate:
    if not shares.told[n]:
        high = min(1.0, 2 * float(shares.prior[n]))
        remark = "the answers do not tell it"
        return Estimate(path, float(shares.prior[n]), 0.0, high, "share", SOURCE, told=False, remark=remark)
    with_it = [other for pair in shares.ties if shares.names[n] in pair for other in pair if other != shares.names[n]]
    remark = f"not told apart from {', '.join(with_it)}" if with_it else ""
    low, value, high = _interval(shares.draws[:, n])
    return Estimate(path, value, low, high, "share", SOURCE, remark=remark)


def _one_stage(report: _Report, shares: Shares, weights: Weights) -> None:
    """Totals split over the dimensions as the model has them."""
    if not any(shares.told):
        return
    every = max(1, len(shares.draws) // DRAWS)
    some = shares.draws[::every]
    parts = weights.with_shares(_filled(weights.shares, shares.names, some))
    told = {name for name, each in zip(shares.names, shares.told, strict=True) if each}
    report.remarks.append("Dimensions were not asked about: each weight is split over them as the model has it.")
    for k, name in enumerate(DETERMINANT_NAMES):
        for d, dimension in enumerate(DIMENSION_NAMES):
            if weights.base[k, d] > 0:
                _set(report, f"weights.{dimension}.{name}", parts[:, k, d], told=name in told)


def _two_stages(
    report: _Report,
    answers: tuple[Floats, Floats, dict[str, Floats]],
    ids: tuple[Any, Any],
    names: tuple[str, ...],
    weights: Weights,
    seed: int,
    variance: Floats,
) -> None:
    """Determinants on each dimension that was asked about, and dimensions on satisfaction."""
    y, x, asked = answers
    for name, column in asked.items():
        d = DIMENSION_NAMES.index(name)
        sheet = sheet_of(column, x, *ids, name=f"the {name} dimension")
        weighing = weigh(sheet, _prior(names, weights, d), seed, variance)
        shares = _shares(names, weighing, weights, seed, d)
        some = shares.draws[:: max(1, len(shares.draws) // DRAWS)]
        parts = weights.with_shares_in(d, _filled(weights.shares_in(d), shares.names, some))
        told = {each for each, is_told in zip(shares.names, shares.told, strict=True) if is_told}
        for k, determinant in enumerate(DETERMINANT_NAMES if told else ()):
            _set(report, f"weights.{name}.{determinant}", parts[:, k], told=determinant in told)
    order = [DIMENSION_NAMES.index(name) for name in asked]
    sheet = sheet_of(y, np.column_stack(list(asked.values())), *ids, name="satisfaction by dimension")
    known = weights.dimensions[order]
    ranges = np.array([DIMENSIONS[name].high - DIMENSIONS[name].low for name in asked])
    prior = Prior(known, ranges / RANGE_SD, np.ones(len(order), np.bool_))
    coarse = np.array([_rounding(column) for column in asked.values()])
    weighing = weigh(sheet, prior, seed, coarse)
    part = float(known.sum())
    draws, before = _scaled(weighing.draws, part), _scaled(prior_draws(prior, seed), part)
    shares = _settled(tuple(asked), known, draws, before, rises=weighing.rises)
    for n, name in enumerate(shares.names):
        if shares.told[n]:
            _set(report, f"dimensions.{name}", shares.draws[:, n], told=True)
        else:
            report.estimates.append(_estimate(f"dimensions.{name}", shares, n))


def _filled(known: Floats, names: tuple[str, ...], draws: Floats) -> Floats:
    """Draws of the shares of all determinants: of those not asked about, as they were."""
    found = np.tile(known, (len(draws), 1))
    found[:, [DETERMINANT_NAMES.index(name) for name in names]] = draws
    return found


def _set(report: _Report, path: str, draws: Floats, *, told: bool) -> None:
    """A weight for the scenario; one that only moved with the others keeps calling itself an assumption."""
    low, value, high = (round(each, 4) for each in _interval(draws))
    if not told:
        report.edits[path] = {"value": value, "source": "assumption"}
        return
    low, high = min(low, value), max(high, value)
    report.edits[path] = {"value": value, "low": low, "high": high, "unit": "share", "source": SOURCE}
    report.estimates.append(Estimate(path, value, low, high, "share", SOURCE))


def _loyalty(report: _Report, satisfaction: Floats, loyalty: Floats, who: Any, what: Any) -> None:
    """How stated loyalty rises with satisfaction: the model has a link of its own, from satisfaction to behaviour."""
    sheet = sheet_of(loyalty, satisfaction[:, None], who, what, name="loyalty")
    free = Prior(np.ones(1), np.full(1, 10.0), np.zeros(1, np.bool_))
    weighing = weigh(sheet, free)
    low, value, high = _interval(weighing.draws[:, 0])
    remark = "stated, not behaviour, and of one moment"
    path = "survey.loyalty_by_satisfaction"
    report.estimates.append(Estimate(path, value, low, high, "slope on 0-1", SOURCE, remark=remark))
    report.remarks.append(
        f"Stated loyalty rises by {value:.2f} [{low:.2f}, {high:.2f}] where satisfaction rises by 1 "
        f"(R2 {weighing.r_squared:.2f}); that is not what people then do, and sets nothing in the scenario."
    )


def _interval(draws: Floats) -> tuple[float, float, float]:
    """Low, mean and high of draws: 95 %."""
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(draws.mean()), float(high)


def _driver_table(rated: Mapping[str, Floats], shares: Shares, weighing: Weighing, importance: Floats) -> Table:
    """One row a driver: answers, performance, slope, share, Shapley importance, inflation of its variance."""
    columns: dict[str, list[Any]] = {}
    for n, (name, column) in enumerate(rated.items()):
        k = shares.names.index(name) if name in shares.names else None
        low, slope, high = _interval(weighing.draws[:, n])
        share_low, share, share_high = (np.nan,) * 3 if k is None else _interval(shares.draws[:, k])
        row: dict[str, Any] = {
            "driver": name,
            "answers": int(np.isfinite(column).sum()),
            "performance": 100 * float(np.nanmean(column)),
            "slope": slope,
            "slope_low": low,
            "slope_high": high,
            "share": share,
            "share_low": share_low,
            "share_high": share_high,
            "prior": np.nan if k is None else float(shares.prior[k]),
            "shapley": float(importance[n]),
            "variance_inflation": float(weighing.inflation[n]),
            "reliability": float(weighing.reliability[n]),
            "told": k is not None and shares.told[k],
        }
        for key, value in row.items():
            columns.setdefault(key, []).append(value)
    return Table.of(**columns)


def _tie_table(shares: Shares) -> Table:
    """Pairs of determinants whose shares can take each other's place, with their sum."""
    rows = []
    for first, second in shares.ties:
        both = shares.both(first, second)
        low, value, high = _interval(both.sum(axis=1))
        rows.append((first, second, float(np.asarray(np.corrcoef(both.T))[0, 1]), value, low, high))
    heads = ("first", "second", "correlation", "together", "low", "high")
    return Table.of(**{head: [row[n] for row in rows] for n, head in enumerate(heads)})


def _chart(rated: Mapping[str, Floats], importance: Floats) -> Chart | None:
    """Importance by Shapley values against performance."""
    from analysis.drawing import style
    from analysis.importance_chart import Place, quarters_of

    total = float(importance.sum())
    if total <= 0:
        return None
    places = []
    for (name, column), share in zip(rated.items(), importance, strict=True):
        level = 100 * float(np.nanmean(column))
        places.append(Place(name, 100 * float(share) / total, level, level))
    with style():
        return quarters_of(places, "Share in what explains satisfaction (Shapley), and mean rating; lines at the means")
