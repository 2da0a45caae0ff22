"""What the boxes of the model's picture say: measures of the run, in the order of the theory."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from analysis.chart import Change, capital, change
from analysis.effects import Interval
from analysis.figures import mark
from analysis.parts import levels_by
from analysis.views import View
from analysis.wording import short
from simulation.parameters import DETERMINANT_NAMES

Names = Mapping[str, str]
EXPERIENCE: Names = {
    "experience_cognitive": "cognitive",
    "experience_affective": "affective",
    "experience_social": "social",
    "experience_physical": "physical",
    "experience": "the visit as a whole",
}
JUDGEMENT: Names = {
    "expectation": "expected",
    "performance": "perceived",
    "disconfirmation": "beyond tolerance",
    "encounter_satisfaction": "satisfaction with it",
    "remembered": "as remembered",
}
MEMORY: Names = {
    "acsi": "satisfaction (ACSI)",
    "trust": "trust",
    "attitudinal_loyalty": "attitudinal loyalty",
    "relationship_emotional": "emotional ties",
}
OUTCOMES: Names = {
    "behavioural_loyalty": "behavioural loyalty",
    "retention": "stay a year",
    "share_of_wallet": "share of wallet",
    "word_reach": "hear of it in a week",
    "rating": "rating shown",
    "visits": "visits",
    "revenue": "revenue",
    "gross_margin": "gross margin",
}
SHOP: Names = {
    "load": "load of capacity",
    "wait_minutes": "wait",
    "stock_outs": "stock-outs",
    "staff_skill": "staff skill",
    "staff_motivation": "staff motivation",
    "failures": "service failures",
}
LONGEST = 15  # letters of "before → after" that fit into a box
WHOLE = 1_000  # from here on a box has no room for decimals
TINY = 0.05  # points, below which a change is too small for a colour
TELLING = 0.01  # difference of weights between groups of customers that is worth a sentence
CHAIN = (("acsi", "satisfaction"), ("revenue", "revenue"))


class Box(NamedTuple):
    """A box in words; `mark` is "better", "worse", "changed" or "" (no clear change, or nothing compared)."""

    label: str
    value: str
    change: str
    mark: str


class Met(NamedTuple):
    """A determinant: its box, its share of the weight, and how many points its change moves the experience by."""

    name: str
    box: Box
    weight: float
    moves: float


def boxes(view: View, names: Names) -> list[Box]:
    """The boxes of a column, without those that were not measured."""
    return [found for measure, label in names.items() if (found := box(view, measure, label)) is not None]


def box(view: View, measure: str, label: str) -> Box | None:
    """A measure as a box: before → after, and the change; in brackets where chance may do it or it is tiny."""
    level = view.level(view.scenario, measure)
    if level is None:
        return None
    scale = view.scale(measure, level.mean)
    worlds = [found for world in view.worlds if (found := view.level(world, measure)) is not None]
    sizes = [_decimals(scale.factor * found.mean) for found in worlds]
    value = " → ".join(sizes) if len(" → ".join(sizes)) <= LONGEST else sizes[-1]
    unit = {"points": "", "% points": ", %"}.get(scale.step, f", {scale.unit}")
    words, told = _change_words(view, measure)
    return Box(f"{label}{unit}", value, words, mark(view, measure) if told else "")


def _decimals(size: float) -> str:
    return short(size, like=max(WHOLE if abs(size) >= WHOLE else 1.0, 1.0))


def met(view: View) -> list[Met]:
    """The determinants that have a level and a weight."""
    return list(_met(view))


def _met(view: View) -> Iterator[Met]:
    for name in DETERMINANT_NAMES:
        level, weight = f"level_{name}", view.level(view.scenario, f"importance_{name}")
        words = view.label(level).removesuffix(": level").removeprefix("experience in ")
        shown = box(view, level, words)
        if shown is not None and weight is not None:
            row = view.effect(level)
            yield Met(name, shown, weight.mean, weight.mean * row["effect"] if row is not None else 0.0)


def _change_words(view: View, measure: str) -> tuple[str, bool]:
    """A change, of sums in %, of the rest in their own points; and whether it can be told from chance and from nothing.

    With one replicate nothing can be told, and nothing is put in brackets.
    """
    found = _change(view, measure)
    if found is None:
        return "", False
    words = short(found.found.mean, sign=True, like=max(abs(found.found.mean), 0.02))
    words += " %" if found.step == "%" else ""
    told = found.clear and abs(found.found.mean) >= TINY
    return words if told or not found.measured else f"({words})", told


def _change(view: View, measure: str) -> Change | None:
    row = view.effect(measure)
    if row is None:
        return None
    if row["unit"] in ("visits", "baskets") and math.isfinite(row["relative"]):
        return Change(Interval(row["relative"], row["relative_low"], row["relative_high"]), "%")
    return change(view, measure, view.scale(measure))


def title(view: View, determinants: list[Met]) -> str:
    """Whether the change came through the experience, and through what most; of a single run, what weighs most."""
    if view.baseline is None:
        most = max(determinants, key=lambda each: each.weight)
        name, weight = capital(most.box.label), f"{100 * most.weight:.0f} %"
        return f"{name} weighs most in the experience ({weight}) and is met at {most.box.value} points of 100"
    experience, clear = _change_words(view, "experience")
    effects = [(words, *_change_words(view, measure)) for measure, words in CHAIN if view.effect(measure) is not None]
    told = [f"{words} {size}" for words, size, told in effects if told or view.replicates == 1]
    doubtful = [words for words, _, told in effects if not told and view.replicates > 1]
    if not clear and view.replicates > 1:
        return "; ".join([_unclear(["the experience of visits", *doubtful]), *([", ".join(told)] if told else [])])
    most = max(determinants, key=lambda each: abs(each.moves))
    cause = f"{most.box.label} ({most.box.change.strip('()')} points, with {100 * most.weight:.0f} % of the weight)"
    lead = ", ".join([f"Mostly through {cause}: experience {experience}", *told])
    return f"{lead}; no clear change of {' and '.join(doubtful)}" if doubtful else lead


def _unclear(names: list[str]) -> str:
    if len(names) == 1:
        return f"{capital(names[0])} did not change clearly"
    return f"Neither {' nor '.join(names)} changed clearly"


def moderation(view: View) -> list[str]:
    """How much weights differ between groups: the moderators at work, in words."""
    found = []
    for margin, whose in (("segment", "by segment"), ("channel", "by channel")):
        spans = {name: _span(view, f"importance_{name}", margin) for name in DETERMINANT_NAMES}
        name = max(spans, key=lambda each: spans[each][1] - spans[each][0])
        low, high = spans[name]
        if high - low > TELLING:
            found.append(f"{name}: weight {100 * low:.0f} to {100 * high:.0f} % {whose}")
    return found


def _span(view: View, measure: str, margin: str) -> tuple[float, float]:
    levels = [level.mean for level in levels_by(view, measure, margin).values()]
    return (min(levels), max(levels)) if levels else (0.0, 0.0)
