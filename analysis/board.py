"""What a board reads: whether it pays, through what, and what would turn that, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulation.parameters import DETERMINANTS
from simulation.results import Table

MARGIN, NPV = "margin", "npv"
MOST = 2  # ways, or levers, that a sentence names
BETTER = {
    "failures": "fewer failures",
    "waiting": "shorter waits",
    "stock": "fewer stock-outs",
}  # ways that are bad in themselves
SEVERAL = 2  # levers from which on they are told apart


def with_reasons(verdict: str, money: Mapping[str, Any], why: Table) -> str:
    """A verdict with its reasons.

    "Training pays: ...; it works through advice; it fails if turnover is above 40 %."

    Args:
        verdict: the sentence that says whether it pays; empty stays empty.
        money: the scenario's row of the money table.
        why: what explains it, or a table without columns.
    """
    if not verdict or not why.columns:
        return verdict
    reasons = [through(why), by_lever(why), turning(why, money["npv"])]
    return "; ".join([verdict.rstrip("."), *filter(None, reasons)]) + "."


def through(why: Table) -> str:
    """The ways that bring margin beyond doubt, the largest first: "it works through stock and service"."""
    rows = [row for row in why.where(kind="route", figure=MARGIN).rows() if row["low"] > 0.0]
    names = [called_way(row["name"]) for row in sorted(rows, key=lambda row: -row["value"])[:MOST]]
    return f"it works through {' and '.join(names)}" if names else ""


def by_lever(why: Table) -> str:
    """Of several levers those that help or cost beyond doubt: "of its parts journey helps and promise costs"."""
    rows = why.where(kind="lever", figure=NPV).rows()
    if len(rows) < SEVERAL:
        return ""
    helping = _named([row for row in rows if row["low"] > 0.0], "helps", "help")
    costing = _named([row for row in rows if row["high"] < 0.0], "costs", "cost")
    found = " and ".join(filter(None, [helping, costing]))
    return f"of its parts {found}" if found else "none of its parts can be told from chance"


def _named(rows: Sequence[Mapping[str, Any]], one: str, several: str) -> str:
    """The largest of some levers with what they do; nothing of none."""
    first = sorted(rows, key=lambda row: -abs(row["value"]))[:MOST]
    names = [called(f"lever.{row['name']}") for row in first]
    return f"{' and '.join(names)} {one if len(names) == 1 else several}" if names else ""


def turning(why: Table, npv: float) -> str:
    """What turns it at the least of its range, or that nothing asked does alone.

    Empty where the small world of the explanation recommends otherwise than the whole does.
    """
    usual = [row["value"] for row in why.where(kind="whole", figure=NPV).rows()]
    asked = why.where(kind="assumption", figure=NPV).rows()
    if not usual or not asked or usual[0] * npv <= 0.0:
        return ""
    turned = [row for row in asked if np.isfinite(row["turns_at"])]
    if turned and is_doubtful(why):
        return "what would turn it cannot be told from so small a world as explains it"
    if not turned:
        return f"no single assumption that was asked would make it {'fail' if npv > 0.0 else 'pay'}"
    nearest = (condition(row, " is") for row in sorted(turned, key=nearness)[:MOST])
    return f"it {'fails if' if npv > 0.0 else 'would pay if'} {' or if '.join(nearest)}"


def is_doubtful(why: Table) -> bool:
    """Whether chance may have made the sign of the value in the explanation's world: then it turns by chance too."""
    return any(row["low"] <= 0.0 <= row["high"] for row in why.where(kind="whole", figure=NPV).rows())


def condition(row: Mapping[str, Any], verb: str = "") -> str:
    """Where an assumption turns the answer: "turnover above 40 %", or with a verb "turnover is above 40 %"."""
    word = "above" if row["turns_at"] > row["here"] else "below"
    return f"{called(row['name'])}{verb} {word} {amount(row['turns_at'], row['unit'])}"


def nearness(row: Mapping[str, Any]) -> float:
    """How far an assumption must move to turn the answer, as a share of the room on that side."""
    end = row["to"] if row["turns_at"] > row["here"] else row["from"]
    room = abs(end - row["here"])
    return abs(row["turns_at"] - row["here"]) / room if room else 0.0


def called(path: str) -> str:
    """An assumption's name: "training gain", or "staff training: cost per hour"."""
    table, *names = path.split(".")
    return ": ".join(names if table == "lever" else names[:1]).replace("_", " ").removesuffix(" yearly")


def called_way(name: str) -> str:
    """What customers meet there, the better."""
    return f"the {DETERMINANTS[name].label}" if name in DETERMINANTS else BETTER.get(name, name.replace("_", " "))


def amount(value: float, unit: str) -> str:
    """A limit as it is said, with two digits, as it was searched for: shares in per cent."""
    if unit.startswith("share"):
        return f"{_two_digits(100.0 * value)} %{unit.removeprefix('share').replace('per', 'a')}"
    return _two_digits(value)


def _two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):,.10g}".replace("-", "−")
