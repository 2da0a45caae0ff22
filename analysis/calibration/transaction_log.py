"""A firm's log of transactions: `customer_id, date, amount[, outlet, channel]`, in any order.

What counts as a purchase: all that a customer bought on one day, together. A row that repeats another in every column
is a slip and dropped. A negative amount is a refund: it is taken off what the customer bought that day or last before,
and is no purchase. An amount of 0 is a purchase (of something given away), without a basket. All of this is counted and
said in `remarks`; what cannot be right is refused with its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.data_file import NO_NAMES, DataFile, Meanings, codes_of
from analysis.calibration.gaps import remarks_on_gaps
from analysis.calibration.purchases import Purchases
from simulation.scenario import Problem, ScenarioError

Array = NDArray[Any]
NEEDED = ("customer_id", "date", "amount")
PLACES = ("outlet", "channel")
LONGEST_ID = 200  # characters
LARGEST = 1e9  # amount of a row
FIRST_YEAR, LAST_YEAR = 1900, 2200
PROBE = date(2023, 11, 28)  # no two of its parts are alike
LONE_SHARE = 0.05  # of rows beyond a gap longer than all the rest: a slip, not a history
LONE_GAP_DAYS = 366
UNLIKELY = 12.0  # purchases that a gap would have had at the log's mean rate: by chance once in 160,000
DAYS_OF_A_WEEK = 7


class Rows(NamedTuple):
    """The log row by row, as numbers; `outlet` and `channel` are codes, or empty without such columns."""

    customer: Array
    day: Array  # proleptic ordinal
    amount: Array
    mark: Array
    places: dict[str, Array]

    def some(self, kept: Array) -> Rows:
        """The rows of a mask."""
        places = {name: codes[kept] for name, codes in self.places.items()}
        return Rows(self.customer[kept], self.day[kept], self.amount[kept], self.mark[kept], places)


@dataclass(frozen=True, eq=False)
class TransactionLog:
    """Purchases by customer and day, with the customers' own names."""

    file: str
    ids: tuple[str, ...]  # of customer code 0, 1, ...
    purchases: Purchases
    places: dict[str, dict[str, float]] = field(default_factory=dict)  # purchase days by outlet, by channel
    remarks: tuple[str, ...] = ()

    @property
    def last_day(self) -> date:
        """The last day of observation."""
        return self.purchases.first_day + timedelta(days=self.purchases.until - 1)


def read_log(path: Path | str, *, date_format: str | None = None, until: date | None = None) -> TransactionLog:
    """A log of transactions as purchases.

    Args:
        path: CSV (UTF-8) or Parquet (`.parquet`).
        date_format: how dates are written, as `strptime` has it ("%d/%m/%Y"); ISO dates if not given.
        until: the last day of observation; the day of the last purchase if not given.

    Raises:
        ScenarioError: all that is wrong with the file, line by line.
    """
    file = DataFile.open(path, NEEDED, "a log of transactions")
    remarks = list(_remarks_of_columns(file))
    people = Meanings(_name)
    names = {name: Meanings(str) for name in PLACES if name in file.names}
    rows = _read(file, people, names, date_format)
    if file.has_commas:
        remarks.append(f"In {file.faults.file} commas are decimal ones (1.234,50 is 1234.5).")
    _refuse_other_retailers(file)
    file.refuse_if_faulty()
    if not rows.day.size:
        file.faults.fail("there are no transactions below the header")
    rows = _until(rows, until, file, remarks)
    _refuse_lone_dates(rows.day, file)
    rows = _without_duplicates(rows, remarks)
    bought, refunds = rows.some(rows.amount >= 0), rows.some(rows.amount < 0)
    if not bought.day.size:
        file.faults.fail("there is no purchase in it: every amount is a refund")
    return _log(file, bought, refunds, people, names, until, remarks)


def _name(text: str) -> str | None:
    return None if text.lower() in NO_NAMES or len(text) > LONGEST_ID else text


def _remarks_of_columns(file: DataFile) -> Iterator[str]:
    if file.delimiter != ",":
        yield f"{file.faults.file} separates its columns by {file.delimiter!r}."
    unread = [name for name in file.names if name and name not in (*NEEDED, *PLACES)]
    if unread:
        yield f"Columns of {file.faults.file} that are not read: {', '.join(unread)}."


def _read(file: DataFile, people: Meanings, names: dict[str, Meanings], date_format: str | None) -> Rows:
    days = Meanings(day_of(date_format, file))
    allowed = "an ISO date such as 2026-01-05" if date_format is None else f"a date such as {PROBE:{date_format}}"
    hint = "; if dates are written otherwise, give --date-format, e.g. %d/%m/%Y" if date_format is None else ""
    parts: list[Rows] = []
    for texts, lines, marks in file.chunks():
        who, when = codes_of(texts["customer_id"], people), codes_of(texts["date"], days)
        about = f"there is no customer_id in this row, or one of more than {LONGEST_ID} characters"
        file.fault_codes(who, people, lines, "customer_id", about)
        years = f" between {FIRST_YEAR} and {LAST_YEAR}"
        file.fault_codes(when, days, lines, "date", f"date must be {allowed}{years}{hint}")
        amount = file.numbers("amount", texts["amount"], lines)
        for row in np.flatnonzero(np.abs(amount) > LARGEST).tolist():
            file.fault(int(lines[row]), "amount", f"amount must be at most {LARGEST:,.0f}; it is {amount[row]:g}")
        where = {name: codes_of(texts[name], meanings) for name, meanings in names.items()}
        ordinals = np.array([value or 0 for value in days.values_found], np.int64)
        parts.append(Rows(who, ordinals[when], amount, marks, where))
        file.others |= set(texts.get("retailer", ()))
    return _joined(parts, names)


def _joined(parts: list[Rows], names: Iterable[str]) -> Rows:
    empty = np.empty(0, np.int64)
    whole = [np.concatenate([part[n] for part in parts]) if parts else empty for n in range(4)]
    places = {name: np.concatenate([part.places[name] for part in parts]) if parts else empty for name in names}
    return Rows(whole[0], whole[1], whole[2], whole[3], places)


def day_of(date_format: str | None, file: DataFile) -> Any:
    """A function from text to the ordinal of its day; None for a text that is no date."""
    if date_format is None:
        return lambda text: _in_years(text, datetime.fromisoformat)
    try:
        gives_the_day = datetime.strptime(PROBE.strftime(date_format), date_format).date() == PROBE  # noqa: DTZ007
    except (ValueError, KeyError):  # what strptime makes of a broken format
        gives_the_day = False
    if not gives_the_day:
        message = f"--date-format: {date_format!r} does not give year, month and day; an example is %d/%m/%Y"
        raise ScenarioError([Problem(file.faults.file, None, "date", message)])
    return lambda text: _in_years(text, lambda words: datetime.strptime(words, date_format))  # noqa: DTZ007


def _in_years(text: str, parse: Any) -> int | None:
    try:
        found = parse(text)
    except ValueError:
        return None
    return int(found.toordinal()) if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _refuse_other_retailers(file: DataFile) -> None:
    """A log of several retailers would be taken for one firm's."""
    if len(file.others) > 1:
        some = ", ".join(sorted(file.others)[:5])
        file.faults.fail(f"its column 'retailer' has {len(file.others)} values ({some}); keep one firm's purchases")


def _until(rows: Rows, until: date | None, file: DataFile, remarks: list[str]) -> Rows:
    if until is None:
        return rows
    later = rows.day > until.toordinal()
    if later.all():
        first = date.fromordinal(int(rows.day.min()))
        file.faults.fail(f"--until {until} lies before the first transaction, of {first}")
    if later.any():
        remarks.append(f"{int(later.sum()):,} rows after {until} were left out.")
    return rows.some(~later)


def _refuse_lone_dates(day: Array, file: DataFile) -> None:
    """A few rows years away from all others are slips; as a history they would make everybody a lost customer."""
    days, count = np.unique(day, return_counts=True)
    if days.size == 1:
        return
    gaps = np.diff(days)
    place = int(gaps.argmax())
    before = int(count[: place + 1].sum())
    few_first = before <= count.sum() - before
    few = before if few_first else int(count.sum()) - before
    main = days[place + 1 :] if few_first else days[: place + 1]
    lone = days[0] if few_first else days[-1]
    if few <= LONE_SHARE * count.sum() and gaps[place] > max(LONE_GAP_DAYS, int(main[-1] - main[0])):
        message = (
            f"{few} of {int(count.sum()):,} rows, such as that of {date.fromordinal(int(lone))}, lie "
            f"{int(gaps[place]):,} days from all others. Correct or remove them, or end the log with --until"
        )
        file.faults.fail(message)


def _without_duplicates(rows: Rows, remarks: list[str]) -> Rows:
    order = np.argsort(rows.mark, kind="stable")
    same = np.zeros(order.size, np.bool_)
    same[1:] = True
    for column in (rows.mark, rows.customer, rows.day, rows.amount):
        same[1:] &= np.diff(column[order]) == 0
    kept = np.ones(order.size, np.bool_)
    kept[order[same]] = False
    if same.any():
        remarks.append(f"{int(same.sum()):,} rows repeat another in every column and were dropped.")
    return rows.some(kept)


def _log(
    file: DataFile,
    bought: Rows,
    refunds: Rows,
    people: Meanings,
    names: dict[str, Meanings],
    until: date | None,
    remarks: list[str],
) -> TransactionLog:
    start = int(bought.day.min())
    end = (until.toordinal() if until else int(max(bought.day.max(), refunds.day.max(initial=0)))) + 1
    codes = np.unique(bought.customer)  # in order of appearance
    place = np.full(len(people), -1)
    place[codes] = np.arange(codes.size)
    first_day = date.fromordinal(start)
    found = Purchases.of(place[bought.customer], bought.day - start, bought.amount, first_day, end - start)
    zeros = int((found.amount == 0).sum())
    found = _net_of_refunds(found, place[refunds.customer], refunds.day - start, -refunds.amount, remarks)
    if zeros:
        remarks.append(f"{zeros:,} purchases have an amount of 0: they count as purchases, without a basket.")
    remarks += _remarks_of_dates(found)
    ids = tuple(people)
    return TransactionLog(
        file.faults.file,
        tuple(ids[code] for code in codes.tolist()),
        found,
        {name: _days_by_place(bought, bought.places[name], meanings) for name, meanings in names.items()},
        tuple(remarks),
    )


def _net_of_refunds(found: Purchases, who: Array, when: Array, money: Array, remarks: list[str]) -> Purchases:
    """The same purchases, from which refunds are taken: that day's first, then the last before it, and so on."""
    if not who.size:
        return found
    key, amount = found.customer * found.until + found.day, found.amount.copy()
    left = 0.0
    for row in np.lexsort((when, who)).tolist():
        at = int(np.searchsorted(key, who[row] * found.until + when[row], side="right")) - 1
        rest = float(money[row])
        while rest > 0 and at >= 0 and found.customer[at] == who[row]:
            taken = min(rest, float(amount[at]))
            amount[at] -= taken
            rest -= taken
            at -= 1
        left += rest
    unmatched = f"; {left:,.2f} of them had no earlier purchase in the log" if left > 0 else ""
    remarks.append(
        f"{who.size:,} refunds ({money.sum():,.2f}) were taken off what the customer bought that day or before, "
        f"and are no purchases{unmatched}."
    )
    return Purchases(found.customer, found.day, amount, found.first_day, found.customers, found.first, found.until)


def _remarks_of_dates(found: Purchases) -> Iterator[str]:
    today = date.today()  # noqa: DTZ011
    ahead = int((found.day > (today - found.first_day).days).sum())
    if ahead:
        yield f"{ahead:,} purchases lie in the future; they are taken as they are."
    known = tuple(remarks_on_gaps(found))
    yield from known
    days = np.unique(found.day)
    gaps = np.diff(np.r_[days, found.until])
    place = int(gaps.argmax())
    if not known and gaps[place] >= 2 * DAYS_OF_A_WEEK and found.day.size / found.until * gaps[place] > UNLIKELY:
        begin = found.first_day + timedelta(days=int(days[place]) + 1)
        end = found.first_day + timedelta(days=int(days[place] + gaps[place]) - 1)
        yield (
            f"Nobody bought anything from {begin} to {end}. If the log has a gap there, rates come out too low and "
            "customers seem lost; give a log without it."
        )


def _days_by_place(bought: Rows, codes: Array, meanings: Meanings) -> dict[str, float]:
    """Purchase days at each outlet (or by each channel); rows without one count nowhere."""
    day = bought.day - bought.day.min()
    visits = np.unique((bought.customer * (int(day.max()) + 1) + day) * len(meanings) + codes)
    count = np.bincount(visits % len(meanings), minlength=len(meanings))
    return {name: float(number) for name, number in zip(meanings, count.tolist(), strict=True) if name and number}
