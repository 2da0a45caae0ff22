"""The intermediate values of one customer, by their names in `lane.py`; arrays and records as plain Python numbers."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np

from simulation.customer.lane import RELATE, VISIT
from simulation.records import REACH, Moderation, Tables


class Values(SimpleNamespace):
    """Values by name, for debuggers and stories."""


class Trace(Protocol):
    """Whoever is told of every occasion, or of every link's week, when it is over: a list, or an onlooker."""

    def append(self, visit: Values, /) -> None:
        """An occasion with all that was met, felt, expected and decided; or what a week did to a link."""


def _blank(shape: tuple[int, ...], zero: Any) -> Any:
    if len(shape) > 1:
        return [_blank(shape[1:], zero) for _ in range(shape[0])]
    return [zero] * shape[0] if shape else zero


@cache
def _shapes(form: np.dtype[Any]) -> list[tuple[str, tuple[int, ...], Any]]:
    """Name, shape for one customer, and zero of each column of a lane."""
    columns = [(name, form[name].subdtype) for name in form.names or ()]
    return [(name, sub[1][:-1], sub[0].type(0).item()) for name, sub in columns if sub is not None]


def _blanks(form: np.dtype[Any]) -> dict[str, Any]:
    return {name: _blank(shape, zero) for name, shape, zero in _shapes(form)}


def blank_visit(who: int, week: int, occasion: int) -> Values:
    """A visit before anything of it is known; `week` is the calendar's."""
    visit = Values(week=week, occasion=occasion, **_blanks(VISIT))
    visit.who = who
    visit.a_terms, visit.a_value, visit.a_counts = [{}] * REACH, [0.0] * REACH, [1.0] * REACH  # told to stories only
    visit.contact, visit.complaint = None, None  # likewise
    return visit


def blank_week(slots: int, wanted: float) -> Values:
    """What a customer's week adds up at each retailer, before it begins; occasions that it brings."""
    sums = ("spent_at", "margin_at", "won_by_word", "visits_at", "contacts_at")
    return Values(wanted=wanted, looked_at=0.0, **{name: [0] * slots for name in sums})


def blank_relation() -> Values:
    """A customer's relationships in one week before anything of them is known."""
    return Values(**_blanks(RELATE))


def rows_of(records: Any) -> list[Values]:
    """The rows of a record array."""
    return [Values(**dict(zip(records.dtype.names, row, strict=True))) for row in records.tolist()]


def row_of(record: Any) -> Values:
    """One record."""
    return Values(**dict(zip(record.dtype.names, record.item(), strict=True)))


def lists_of(tables: Tables) -> Tables:
    """Tables of a market as nested lists."""
    return Tables(*(column.tolist() for column in tables))


def moderators_of(moderation: Moderation) -> Moderation:
    """The moderators of a stage as lists."""
    targets, *columns = moderation
    return Moderation(targets, *(column.tolist() for column in columns))
