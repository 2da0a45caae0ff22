"""The answer: one sentence that a strategist would repeat, and could defend."""

from __future__ import annotations

import math
from typing import NamedTuple

from analysis.effects import Interval, Window
from analysis.wording import ends, short, size
from simulation.provenance import Comparison
from simulation.results import Table

MOSTLY = 0.5  # luck below this share of the doubt is not what leaves a question open
HEADLINES = {"acsi": "ACSI", "revenue": "revenue"}


class Finding(NamedTuple):
    """One headline effect: the measure, by how much it changed and in which unit, and what could have been detected.

    `luck` is the share of luck in what the interval leaves open.
    """

    name: str
    change: Interval
    unit: str
    detectable: float
    luck: float = 1.0

    @property
    def measured(self) -> bool:
        """False with one replicate: there is no interval."""
        return math.isfinite(self.change.low)

    @property
    def identical(self) -> bool:
        """True if both worlds are the same in every replicate."""
        return self.change == (0.0, 0.0, 0.0)

    @property
    def verb(self) -> str:
        """What was done to the measure."""
        return "raised" if self.change.mean > 0 else "lowered"

    @property
    def size(self) -> str:
        """The size with its interval, without a sign: "0.9 points [0.7, 1.1]"."""
        low, high = sorted((abs(self.change.low), abs(self.change.high)))
        found = Interval(abs(self.change.mean), low, high)
        return f"{size(found, sign=False)} {self.unit} [{ends(found)}]"

    @property
    def signed(self) -> str:
        """The size with its interval and signs: "−0.3 % [−1.2, 0.6]"."""
        words = f"{size(self.change)} {self.unit}"
        return f"{words} [{ends(self.change)}]" if self.measured else words


def window_of(comparison: Comparison) -> Window:
    """The weeks that count: from the first lever or event to the end."""
    return Window(comparison.first_week, comparison.weeks)


def answer(effects: Table, comparison: Comparison) -> str:
    """The effect on the focal retailer's satisfaction and revenue, in one sentence.

    Args:
        effects: the table that `effects_table` makes, or the saved one.
        comparison: what was compared with what, in words.

    Returns:
        A claim about what the intervals leave no doubt of; of the rest it says that nothing can be told from chance,
        and how large a change would have had to be.
    """
    findings = [found for name in HEADLINES if (found := finding(effects, comparison, name)) is not None]
    if not findings:
        return f"{comparison.subject}: nothing was measured that could be compared with {_baseline(comparison)}."
    if all(found.identical for found in findings):
        return _nothing_changed(comparison, findings)
    if not all(found.measured for found in findings):
        return _one_replicate(comparison, findings)
    if not any(found.change.clear for found in findings):
        return _nothing_told(comparison, findings)
    return _claim(comparison, findings)


def finding(effects: Table, comparison: Comparison, measure: str) -> Finding | None:
    """The focal retailer's effect on a headline measure: revenue in % of the baseline, the rest in its unit."""
    rows = effects.where(scenario=comparison.scenario, retailer=comparison.focal, measure=measure, source="").rows()
    if not rows:
        return None
    row = rows[0]
    name = HEADLINES.get(measure, measure.replace("_", " "))
    if measure != "revenue" or not math.isfinite(row["relative"]):
        unit = row["unit"].removeprefix(f"{name} ")
        return Finding(name, Interval(row["effect"], row["low"], row["high"]), unit, row["detectable"], row["luck"])
    change = Interval(row["relative"], row["relative_low"], row["relative_high"])
    return Finding(name, change, "%", 100 * row["detectable"] / row["baseline"], row["luck"])


def _claim(comparison: Comparison, findings: list[Finding]) -> str:
    told = [found for found in findings if found.change.clear]
    doubtful = [found for found in findings if not found.change.clear]
    clauses, verb = "", ""
    for found in told:
        link = "" if not verb else " and " if verb == found.verb else " but "
        action = "" if found.verb == verb else f"{found.verb} "
        clauses += f"{link}{action}{_whose(comparison, found, told)} by {found.size}"
        verb = found.verb
    claim = f"{comparison.subject} {clauses} {_against(comparison)}"
    return f"{claim}; {_doubt(doubtful)}." if doubtful else f"{claim}."


def _doubt(findings: list[Finding]) -> str:
    seen = " and ".join(f"its {found.name}" for found in findings)
    sizes = " and ".join(found.signed for found in findings)
    if max(found.luck for found in findings) < MOSTLY:
        return f"in {seen} the direction is not known ({sizes}; {_unknown(findings)})"
    return f"in {seen} no difference can be told from chance ({sizes}; {_limits(findings)})"


def _nothing_told(comparison: Comparison, findings: list[Finding]) -> str:
    if max(found.luck for found in findings) < MOSTLY:
        return (
            f"The direction is not known: with {_inside(comparison.subject)}, {_signed(comparison, findings)} "
            f"{_against(comparison)}; {_unknown(findings)}."
        )
    return (
        f"No difference can be told from chance: with {_inside(comparison.subject)}, {_signed(comparison, findings)} "
        f"{_against(comparison)}; {_limits(findings)}."
    )


def _one_replicate(comparison: Comparison, findings: list[Finding]) -> str:
    changed = _signed(comparison, findings)
    return (
        f"One replicate cannot be told from chance: with {_inside(comparison.subject)}, {changed} "
        f"{_against(comparison)}; more replicates give an interval."
    )


def _nothing_changed(comparison: Comparison, findings: list[Finding]) -> str:
    names = " and ".join(_whose(comparison, found, findings) for found in findings)
    return f"{comparison.subject} changed nothing: {names} stayed exactly the same {_against(comparison)}."


def _signed(comparison: Comparison, findings: list[Finding]) -> str:
    changed = [f"{_whose(comparison, found, findings)} changed by {found.signed}" for found in findings]
    return " and ".join(changed)


def _whose(comparison: Comparison, found: Finding, among: list[Finding]) -> str:
    return f"the {found.name} of {comparison.focal_label}" if found is among[0] else f"its {found.name}"


def _limits(findings: list[Finding]) -> str:
    limits = " and ".join(f"{short(found.detectable)} {found.unit}" for found in findings)
    return f"this many customers and replicates detect changes above {limits}"


def _unknown(findings: list[Finding]) -> str:
    """That more of the same would not tell: what the model takes for granted is not known well enough."""
    luck = max(found.luck for found in findings)
    return f"luck is {100 * luck:.0f} % of that doubt, the rest is what nobody knows exactly"


def _against(comparison: Comparison) -> str:
    return f"over {window_of(comparison)}, compared with {_baseline(comparison)}"


def _baseline(comparison: Comparison) -> str:
    return f"the same market without it ({comparison.baseline})" if comparison.changes else str(comparison.baseline)


def _inside(subject: str) -> str:
    """A subject in the middle of a sentence."""
    return subject[:1].lower() + subject[1:]
