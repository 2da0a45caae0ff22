"""Whether it pays, in the words of a board; and which of several scenarios is best, as far as that can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.answer import answer, window_of
from analysis.board import with_reasons
from analysis.effects import Interval
from analysis.views import scale_of
from analysis.wording import bracketed, ends, size
from simulation.provenance import Comparison
from simulation.results import EMPTY, Table

SURE = 0.8  # from so probable on, a board is told so
YEAR = 52
LISTED = 3  # things that were done; of more the scenario is named
SEVERAL = {1: "a year", 2: "two years", 3: "three years", 4: "four years", 5: "five years"}


def verdict(row: Mapping[str, Any], comparison: Comparison) -> str:
    """Whether a scenario pays, from its row of the money table; empty where nothing was paid for, or at one replicate.

    "Staff training pays: +1.2 million USD [0.4, 2.0] over two years, 90 % sure."
    """
    if row["cost"] == 0.0 or row["p_positive"] != row["p_positive"]:
        return ""
    found, unit = shown(row, comparison.currency)
    worth = f"{size(found)} {unit} [{ends(found)}] over {duration(comparison)}"
    probable = float(row["p_positive"])
    if probable >= SURE:
        return f"{deed(comparison)} {'pay' if _several(comparison) else 'pays'}: {worth}, {_percent(probable)} sure."
    if probable <= 1.0 - SURE:
        word = "do" if _several(comparison) else "does"
        return f"{deed(comparison)} {word} not pay back: {worth}, {_percent(1.0 - probable)} sure."
    word = "pay" if _several(comparison) else "pays"
    return f"Whether {_inside(deed(comparison))} {word} cannot be told: {worth}, {_percent(probable)} likely to pay."


def shown(row: Mapping[str, Any], currency: str) -> tuple[Interval, str]:
    """Net present value with its interval, and the unit it is shown in."""
    scale = scale_of("currency", currency, max(abs(float(row[name])) for name in ("npv", "low", "high")))
    return Interval(*(scale.factor * float(row[name]) for name in ("npv", "low", "high"))), scale.unit


def _deeds(comparison: Comparison) -> list[str]:
    return list(dict.fromkeys(change.text.partition(" (")[0] for change in comparison.changes))


def _several(comparison: Comparison) -> bool:
    """Whether `deed` names more than one thing."""
    return 1 < len(_deeds(comparison)) <= LISTED


def deed(comparison: Comparison) -> str:
    """What is bought, without its details: "Staff training and price change"."""
    names = _deeds(comparison)
    if len(names) > LISTED:
        return f"The scenario {comparison.scenario.replace('_', ' ')}"
    words = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return words[:1].upper() + words[1:] if words else comparison.scenario.replace("_", " ").capitalize()


def duration(comparison: Comparison) -> str:
    """How long the weeks that count are: "40 weeks", "two years", "1.8 years"."""
    window = window_of(comparison)
    weeks = window.last - window.first + 1
    if weeks < YEAR:
        return f"{weeks} weeks"
    years = weeks / YEAR
    return SEVERAL.get(round(years), f"{years:.0f} years") if abs(years - round(years)) < 0.05 else f"{years:.1f} years"  # noqa: PLR2004


def _percent(probability: float) -> str:
    """A probability in words: never certain."""
    return f"{min(99, max(1, round(100 * probability)))} %"


def _inside(words: str) -> str:
    return words[:1].lower() + words[1:]


def ranked_words(rows: Sequence[Mapping[str, Any]], currency: str) -> str:
    """The ranking of the money table's rows in a sentence; a difference within the noise is called that.

    Empty where scenarios cannot be ranked: fewer than two, or without the same luck.
    """
    placed = sorted((row for row in rows if row["p_best"] == row["p_best"]), key=lambda row: -float(row["npv"]))
    if len(placed) < 2:  # noqa: PLR2004
        return ""
    order = ", then ".join(f"{row['scenario']} ({_percent(row['p_best'])} likely the best)" for row in placed)
    scale = scale_of("currency", currency, abs(placed[0]["lead"]))
    lead = Interval(*(scale.factor * placed[0][name] for name in ("lead", "lead_low", "lead_high")))
    noise = "" if lead.clear else ", which is within the noise"
    return f"By net present value: {order}; the first leads by {bracketed(lead, sign=False)} {scale.unit}{noise}."


def answers(effects: Table, money: Table, comparisons: Sequence[Comparison], why: Table = EMPTY) -> str:
    """A line for each scenario: whether it pays, where it was paid for, and what it changed; then their ranking.

    `why` has what explains them, if that is known.
    """
    rows = {row["scenario"]: row for row in money.rows()}
    lines = []
    for comparison in comparisons:
        row = rows[comparison.scenario]
        reasons = why.where(scenario=comparison.scenario) if why.columns else why
        paid = with_reasons(verdict(row, comparison), row, reasons)
        lines.append(f"{paid} {answer(effects.where(scenario=comparison.scenario), comparison)}".lstrip())
    return "\n".join([*lines, *filter(None, [ranked_words(list(rows.values()), comparisons[0].currency)])])
