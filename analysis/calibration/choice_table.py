"""Choices as they come, a row an occasion and alternative, and as a fit wants them: in order, with places for names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.results import Labels, Table

Array = NDArray[Any]
KEYS = ("customer_id", "occasion", "alternative")
NAMED_ROWS = 3  # that a message names


class Rows(NamedTuple):
    """Choices in order: customers, their occasions in time, the alternatives of each.

    A *pair* is a customer and an alternative that the customer ever could choose; loyalty is kept for pairs.
    """

    first: Array  # first row of each occasion, and the end
    start: Array  # first occasion of each customer, and the end
    alternative: Array  # of each row
    pair: Array  # of each row
    pairs: Array  # first pair of each customer, and the end
    chosen: Array  # row chosen on each occasion; -1: not known
    counts: Array  # whether an occasion counts in the likelihood
    values: Array  # attributes of each row, shape (rows, attributes)


@dataclass(frozen=True, eq=False)
class Choices:
    """Checked choices, with the names of what the rows are numbers of."""

    rows: Rows
    customers: tuple[Any, ...]  # ids as they came
    alternatives: tuple[str, ...]
    attributes: tuple[str, ...]
    pair_alternative: Array  # of each pair
    order: Array  # place in the table of each row

    @property
    def occasions(self) -> int:
        """How many occasions there are."""
        return len(self.rows.chosen)

    @property
    def pair_customer(self) -> Array:
        """The customer of each pair."""
        return np.repeat(np.arange(len(self.customers)), np.diff(self.rows.pairs))

    def with_values(self, values: Array) -> Choices:
        """The same choices between other attributes."""
        return Choices(self.rows._replace(values=np.ascontiguousarray(values)), *self._names())

    def counting(self, counts: Array) -> Choices:
        """The same choices, of which others count in the likelihood."""
        return Choices(self.rows._replace(counts=np.ascontiguousarray(counts, np.bool_)), *self._names())

    def of_customers(self, wanted: Array) -> Choices:
        """The choices of some customers, given by their places in ascending order."""
        rows = self.rows
        occasion = _runs(rows.start[wanted], rows.start[wanted + 1])
        row = _runs(rows.first[occasion], rows.first[occasion + 1])
        pair = _runs(rows.pairs[wanted], rows.pairs[wanted + 1])
        of_row, of_pair = np.full(len(rows.pair), -1, np.int64), np.zeros(len(self.pair_alternative), np.int64)
        of_row[row], of_pair[pair] = np.arange(len(row)), np.arange(len(pair))
        chosen = rows.chosen[occasion]
        ours = Rows(
            np.r_[0, np.cumsum(np.diff(rows.first)[occasion])],
            np.r_[0, np.cumsum(np.diff(rows.start)[wanted])],
            rows.alternative[row],
            of_pair[rows.pair[row]],
            np.r_[0, np.cumsum(np.diff(rows.pairs)[wanted])],
            np.where(chosen >= 0, of_row[chosen], -1),
            rows.counts[occasion],
            np.ascontiguousarray(rows.values[row]),
        )
        people = tuple(self.customers[n] for n in wanted.tolist())
        return Choices(ours, people, self.alternatives, self.attributes, self.pair_alternative[pair], self.order[row])

    def _names(self) -> tuple[Any, ...]:
        return self.customers, self.alternatives, self.attributes, self.pair_alternative, self.order


def _runs(begins: Array, ends: Array) -> Array:
    """All whole numbers of several ranges, one range after the other."""
    lengths = ends - begins
    return np.repeat(begins - np.r_[0, np.cumsum(lengths)[:-1]], lengths) + np.arange(lengths.sum())


def choices_of(
    table: Table | Mapping[str, Any],
    *,
    attributes: Sequence[str] | None = None,
    alternatives: Sequence[str] = (),
    must_choose: bool = True,
) -> Choices:
    """Choices from a table with a row for each occasion and alternative.

    Args:
        table: columns `customer_id`, `occasion` (numbers or ISO dates; their order is time), `alternative`, `chosen` (1
            in one row of each occasion, else 0) and numeric attributes.
        attributes: the attributes to take; all other columns if not given.
        alternatives: names known already; new ones come after them.
        must_choose: whether each occasion must have a choice; otherwise it may be unknown.

    Raises:
        ValueError: a column is missing or not numeric, a value is not finite, an occasion has no choice, several
            choices, one alternative only, or an alternative twice. The message names rows, counted from 1.
    """
    table = table if isinstance(table, Table) else Table.of(**table)
    named = _attributes(table, attributes, must_choose=must_choose)
    if not len(table):
        raise ValueError("there are no choices: the table has no row")
    ids, customer = _coded(table, "customer_id")
    _, occasion = _coded(table, "occasion")
    names, alternative = _alternatives(table, alternatives)
    order = np.lexsort((alternative, occasion, customer))
    customer, occasion, alternative = customer[order], occasion[order], alternative[order]
    values = np.column_stack([_numbers(table, name) for name in named] or [np.empty((len(table), 0))])[order]
    begins = np.flatnonzero(np.r_[True, (np.diff(customer) != 0) | (np.diff(occasion) != 0)])
    first = np.r_[begins, len(order)]
    _one_of_several(table, order, first, alternative)
    width = len(names)
    pairs, pair = np.unique(customer * width + alternative, return_inverse=True)
    rows = Rows(
        first,
        np.searchsorted(customer[begins], np.arange(len(ids) + 1)),
        alternative,
        pair.reshape(-1),
        np.searchsorted(pairs // width, np.arange(len(ids) + 1)),
        _chosen(table, order, first, must_choose=must_choose),
        np.ones(len(begins), np.bool_),
        np.ascontiguousarray(values, float),
    )
    return Choices(rows, ids, names, named, pairs % width, order)


def _attributes(table: Table, wanted: Sequence[str] | None, *, must_choose: bool) -> tuple[str, ...]:
    needed = (*KEYS, "chosen") if must_choose else KEYS
    lacking = [name for name in (*needed, *(wanted or ())) if name not in table]
    if lacking:
        raise ValueError(f"choices need the column{'s' * (len(lacking) > 1)} {', '.join(lacking)}; there are none")
    return tuple(wanted if wanted is not None else (n for n in table.columns if n not in (*KEYS, "chosen")))


def _numbers(table: Table, name: str, missing_is: float | None = None) -> Array:
    """A numeric column; text that says numbers is numbers."""
    raw = np.asarray(table[name])
    is_text = raw.dtype.kind in "OUT"
    values = np.array([_number(text) for text in raw.tolist()], float) if is_text else raw.astype(float)
    if missing_is is not None:
        values = np.where(np.isnan(values), missing_is, values)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise ValueError(
            f"{name} must be a finite number in every row; it is {raw[bad[0]]!r} in {_rows(bad)}. "
            "Leave the column out if it is not an attribute"
        )
    return values


def _number(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return float("nan")


def _coded(table: Table, name: str) -> tuple[tuple[Any, ...], Array]:
    """Distinct values of a key in order, and the place of each row's; text that says numbers is ordered as numbers."""
    column = table.columns[name]
    if isinstance(column, Labels):
        words, place = np.unique(column.texts().astype(str), return_inverse=True)
        empty = [str(word).strip().lower() in {"", "nan", "none"} for word in words]
    else:
        words, place = np.unique(column, return_inverse=True)
        empty = np.isnan(words).tolist() if words.dtype.kind == "f" else [False]
    if any(empty):
        missing = np.flatnonzero(np.isin(place.reshape(-1), np.flatnonzero(empty)))
        raise ValueError(f"{name} is empty in {_rows(missing)}")
    if isinstance(column, Labels):
        numbers = np.array([_number(word) for word in words])
        if np.isfinite(numbers).all():
            rank = np.argsort(np.argsort(numbers, kind="stable"), kind="stable")
            words, place = words[np.argsort(numbers, kind="stable")], rank[place]
    return tuple(words.tolist()), place.reshape(-1).astype(np.int64)


def _alternatives(table: Table, known: Sequence[str]) -> tuple[tuple[str, ...], Array]:
    words, place = _coded(table, "alternative")
    names = list(dict.fromkeys([*known, *map(str, words)]))
    at = {name: number for number, name in enumerate(names)}
    return tuple(names), np.array([at[str(word)] for word in words], np.int64)[place]


def _one_of_several(table: Table, order: Array, first: Array, alternative: Array) -> None:
    lonely = np.flatnonzero(np.diff(first) == 1)
    if lonely.size:
        raise ValueError(
            f"{_occasion(table, order[first[lonely[0]]])} has one alternative only "
            f"({_rows(order[first[lonely]])}); a choice is between two or more"
        )
    same = np.r_[False, np.diff(alternative) == 0]
    same[first[:-1]] = False
    if same.any():
        row = order[np.flatnonzero(same)[0]]
        raise ValueError(f"{_occasion(table, row)} lists {table['alternative'][row]} twice ({_rows(order[same])})")


def _chosen(table: Table, order: Array, first: Array, *, must_choose: bool) -> Array:
    """The row that was chosen on each occasion; -1 where that need not be known and is not."""
    if "chosen" not in table:
        return np.full(len(first) - 1, -1, np.int64)
    values = _numbers(table, "chosen", missing_is=None if must_choose else 0.0)[order]
    odd = np.flatnonzero((values != 0) & (values != 1))
    if odd.size:
        raise ValueError(f"chosen is 1 or 0; it is {values[odd[0]]:g} in {_rows(order[odd])}")
    picks = np.add.reduceat(values, first[:-1])
    wrong = np.flatnonzero((picks > 1) | ((picks == 0) & must_choose))
    if wrong.size:
        at = wrong[0]
        what = "no chosen alternative" if picks[at] == 0 else f"{picks[at]:.0f} chosen alternatives"
        raise ValueError(f"{_occasion(table, order[first[at]])} has {what} ({_rows(order[first[at] : first[at + 1]])})")
    rows = np.full(len(first) - 1, -1, np.int64)
    rows[picks == 1] = np.flatnonzero(values == 1)
    return rows


def _occasion(table: Table, row: int) -> str:
    return f"occasion {table['occasion'][row]} of customer {table['customer_id'][row]}"


def _rows(places: Array) -> str:
    """Rows in words, counted from 1."""
    shown = [str(place + 1) for place in np.sort(places)[:NAMED_ROWS]]
    more = f" and {len(places) - NAMED_ROWS} more" if len(places) > NAMED_ROWS else ""
    return f"row{'s' * (len(places) > 1)} {', '.join(shown)}{more}"
