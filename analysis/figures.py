"""The figures of the report as words: the few that count on top, all of them in a table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from analysis.chart import change, scaled
from analysis.effects import Interval
from analysis.views import Scale, View, scale_of
from analysis.wording import bracketed, ends, grain, short, size
from simulation.parameters import DETERMINANT_NAMES

HEADLINES = ("acsi", "revenue", "attitudinal_loyalty", "share_of_wallet")
GROUPS = {  # which measures stand together in the table; what is named nowhere goes to the end
    "Satisfaction and loyalty": (
        "acsi satisfied_share dissatisfied_share attitudinal_loyalty behavioural_loyalty trust share_of_wallet"
        " retention churn positive_valence negative_valence"
    ),
    "Money and visits": (
        "revenue gross_margin basket baskets visits conversion share_of_market share_of_visits buyers penetration"
        " active known acquisition returned"
    ),
    "Answers of surveys": "acsi_survey csat nps ces repurchase_intention loyalty_survey surveyed",
    "Relationships": (
        "relationship_transactional relationship_quantitative relationship_social relationship_emotional"
        " relationship_changes offers_made offers_taken discount_given offers_answered won_back"
        " identified members messages_sent rewards_given"
    ),
    "Service desk": (
        "contacts contacts_per_100_visits complaints complaint_rate complaints_solved complaints_waiting"
        " response_time_median response_time_p90 first_contact_resolution deflection bot_failures desk_load backlog"
    ),
    "Word of mouth": (
        "word_sent_positive word_sent_negative word_sent_ratio word_heard_positive word_heard_negative word_heard_ratio"
        " word_reach newly_aware awareness_by_word acquisition_by_word ratings_posted rating_posted rating"
        " star_share_1 star_share_2 star_share_3 star_share_4 star_share_5"
    ),
    "Experience": (
        "experience experience_cognitive experience_affective experience_social experience_physical touchpoint_discover"
        " touchpoint_browse touchpoint_advice touchpoint_checkout touchpoint_aftercare met_advice met_aftercare"
        " performance expectation disconfirmation needs_effect encounter_satisfaction remembered"
    ),
    "What customers met": (
        " ".join(f"level_{name}" for name in DETERMINANT_NAMES)
        + " wait_minutes failures stock_outs load staff_skill staff_motivation staff_turnover"
    ),
}


class Tile(NamedTuple):
    """A headline figure: what, how much, with which interval; `mark` as in `Line`."""

    label: str
    size: str
    unit: str
    detail: str
    mark: str


class Line(NamedTuple):
    """A line of the table, in words; `mark` is "better", "worse", "changed" or "" (no clear change)."""

    label: str
    before: str
    after: str
    change: str
    relative: str
    unit: str
    mark: str


def tiles(view: View) -> list[Tile]:
    """The figures that lead the page."""
    return [tile for name in HEADLINES if (tile := _tile(view, name)) is not None]


def _tile(view: View, measure: str) -> Tile | None:
    level = view.level(view.scenario, measure)
    if level is None:
        return None
    scale = view.scale(measure, level.mean)
    found = change(view, measure, scale)
    label = view.label(measure)
    if found is None:
        shown = scaled_level(level, scale)
        return Tile(label, size(shown, sign=False), scale.unit, ends(shown, " to "), "")
    between = ends(found.found, " to ")
    if found.clear or not between:
        detail = f"95 % interval {between}" if between else "one replicate, no interval"
        return Tile(label, found.size, found.step, detail, mark(view, measure) if found.clear else "")
    return Tile(label, "no clear change", "", f"{found.size} {found.step}, 95 % interval {between}", "")


def money(view: View) -> list[tuple[str, str]]:
    """What it is worth, in words: each figure with its size; nothing where nothing changed hands."""
    row = view.money
    if row is None or not (row["cost"] or row["margin"]):
        return []
    return [(name, words) for name, words in _money(view, row) if words]


def _money(view: View, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    scale = scale_of("currency", view.comparison.currency, max(abs(row["npv"]), abs(row["margin"]), abs(row["cost"])))

    def amount(found: Interval) -> str:
        return f"{bracketed(Interval(*(scale.factor * each for each in found)))} {scale.unit}"

    def single(value: float) -> str:
        return f"{short(scale.factor * value)} {scale.unit}"

    measured = math.isfinite(row["p_positive"])
    yield "net present value", amount(Interval(row["npv"], row["low"], row["high"]))
    yield "probability that it is above 0", _percent(row["p_positive"]) if measured else ""
    yield "of its uncertainty is luck", f"{100 * row['luck']:.0f} %" if measured else ""
    for kind, name in (("sign", "its sign"), ("order", "the ranking")):
        for kept in view.why.where(kind=kind).rows() if view.why.columns else ():
            words = f"{kept['value'] * kept['replicates']:.0f} of {kept['replicates']} draws"
            yield f"{name} stands, weights within 30 %", words
    yield "margin gained, discounted", single(row["margin"])
    for source, found in view.margins.items():
        yield f"  by {source.replace('_', ' ')}", amount(found)
    if not row["cost"]:
        return
    yield "cost, discounted", single(row["cost"])
    yield "return on what was spent", f"{short(100 * row['roi'])} %" if math.isfinite(row["roi"]) else ""
    paid = row["payback_week"]
    yield "paid back", f"from week {paid:.0f} on" if math.isfinite(paid) else f"not by week {view.window.last}"


def _percent(probability: float) -> str:
    """A probability in a table: nothing is certain."""
    shown = round(100.0 * probability)
    return "below 1 %" if shown < 1 else "above 99 %" if shown > 99 else f"{shown} %"  # noqa: PLR2004


def levers(view: View) -> list[tuple[str, str, str]]:
    """Each of several levers, and what it adds to net present value and ACSI, averaged over orders."""
    rows = {figure: _levers(view, figure) for figure in ("npv", "acsi")}
    if len(rows["npv"]) < 2:  # noqa: PLR2004  (one lever makes all of the effect)
        return []
    widest = max(abs(row[key]) for row in rows["npv"].values() for key in ("value", "low", "high"))
    scale = scale_of("currency", view.comparison.currency, widest if math.isfinite(widest) else 0.0)
    return [
        (name.replace("_", " "), f"{_share(row, scale.factor)} {scale.unit}", _share(rows["acsi"][name], 1.0))
        for name, row in rows["npv"].items()
    ]


def _levers(view: View, figure: str) -> dict[str, dict[str, Any]]:
    rows = view.why.where(kind="lever", figure=figure).rows() if view.why.columns else []
    return {str(row["name"]): row for row in rows}


def _share(row: Mapping[str, Any], factor: float) -> str:
    return bracketed(Interval(*(factor * row[key] for key in ("value", "low", "high"))))


def scaled_level(level: Interval, scale: Scale) -> Interval:
    """A level on the scale it is shown in."""
    return Interval(*(scale.factor * each for each in level))


def table(view: View) -> list[tuple[str, list[Line]]]:
    """All measures of the focal retailer in both worlds, in groups."""
    return list(_groups(view))


def _groups(view: View) -> Iterator[tuple[str, list[Line]]]:
    named = [name for names in GROUPS.values() for name in names.split()]
    rest = [name for name in view.summary.values("measure") if name not in named and not name.startswith("importance_")]
    for heading, names in {**GROUPS, "Other measures": " ".join(rest)}.items():
        lines = [line for name in names.split() if (line := _line(view, name)) is not None]
        if lines:
            yield heading, lines


def _line(view: View, measure: str) -> Line | None:
    after = view.level(view.scenario, measure)
    if after is None:
        return None
    before = view.level(view.baseline, measure) if view.baseline else None
    scale = view.scale(measure, after.mean)
    shown = scaled_level(after, scale)
    row = view.effect(measure)
    if row is None or before is None:
        return Line(view.label(measure), "", size(shown, sign=False), f"[{ends(shown)}]", "", scale.unit, "")
    found = scaled(row, scale).found
    relative = Interval(row["relative"], row["relative_low"], row["relative_high"])
    fine = grain(found) or grain(shown)
    return Line(
        label=view.label(measure),
        before=short(scale.factor * before.mean, like=fine),
        after=short(shown.mean, like=fine),
        change=bracketed(found),
        relative=bracketed(relative) if math.isfinite(relative.mean) else "",
        unit=scale.unit,
        mark=mark(view, measure) if found.clear else "",
    )


def mark(view: View, measure: str) -> str:
    """Whether a change of a measure, if clear, is one for the better, the worse, or neither."""
    from simulation.parameters import MEASURES

    row = view.effect(measure)
    better = MEASURES[measure].better if measure in MEASURES else "none"
    if row is None or better == "none":
        return "changed"
    return "better" if (row["effect"] > 0) == (better == "up") else "worse"
