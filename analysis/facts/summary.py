"""A card in one line, and as a table."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from analysis.facts.table import HOLDS, NOT_APPLICABLE, Finding
from simulation.results import Table

KINDS = ("firm", "soft", "hard")
VALIDATE = "validate"
OPEN = np.nan


def counted(found: Sequence[Finding]) -> tuple[int, int]:
    """How many hold, of how many that apply."""
    seen = [one for one in found if one.verdict != NOT_APPLICABLE]
    return sum(one.verdict == HOLDS for one in seen), len(seen)


def counts(found: Sequence[Finding]) -> dict[str, tuple[int, int]]:
    """How many hold, of how many that apply: by kind, and of those marked *validate* whatever their kind."""
    parts = {kind: [one for one in found if one.fact.kind == kind] for kind in KINDS}
    parts[VALIDATE] = [one for one in found if one.fact.use == VALIDATE]
    return {name: counted(part) for name, part in parts.items()}


def sentence(found: Sequence[Finding]) -> str:
    """Such as "Firm facts: 39 of 43 hold; soft: 11 of 11; hard: 8 of 8; on validate alone: 33 of 36 (92 %).".

    The last is the pass rate that tests the model: the facts that may not have set a number of it.
    """
    said = counts(found)
    firm, soft, hard = (f"{said[kind][0]} of {said[kind][1]}" for kind in KINDS)
    held, seen = said[VALIDATE]
    rate = f" ({100.0 * held / seen:.0f} %)" if seen else ""
    return f"Firm facts: {firm} hold; soft: {soft}; hard: {hard}; on validate alone: {held} of {seen}{rate}."


def as_table(found: Sequence[Finding]) -> Table:
    """One row for each finding; an open end of a band is NaN."""
    ends = [[end if np.isfinite(end) else OPEN for end in (one.fact.low, one.fact.high)] for one in found]
    rows = [one.row for one in found]
    words = ("id", "fact", "statistic", "kind", "use", "verdict", "why", "source")
    return Table.of(
        **{name: np.array([row[name] for row in rows]) for name in words[:3]},
        **{name: np.array([row[name] for row in rows], float) for name in ("value", "low", "high")},
        band_low=np.array([low for low, _ in ends]),
        band_high=np.array([high for _, high in ends]),
        **{name: np.array([row[name] for row in rows]) for name in words[3:]},
    )


def fingerprint(found: Sequence[Finding]) -> str:
    """A hash of all values of a card."""
    return hashlib.sha256(np.array([[one.value, one.low, one.high] for one in found]).tobytes()).hexdigest()
