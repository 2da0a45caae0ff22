"""A firm's log of transactions: what counts as a purchase, and what is refused, in which words."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.calibration.transaction_log import TransactionLog, read_log
from simulation.scenario import ScenarioError

HEAD = "customer_id,date,amount"
GOOD = "ann,2026-01-05,10\nben,2026-01-06,20\nann,2026-02-01,30\n"

Read = Callable[..., TransactionLog]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A log from the rows below the usual header, or from a whole file's text or bytes."""

    def call(rows: str | bytes, head: str = HEAD, **options: object) -> TransactionLog:
        path = tmp_path / "log.csv"
        path.write_bytes(rows if isinstance(rows, bytes) else f"{head}\n{rows}".encode())
        return read_log(path, **options)  # type: ignore[arg-type]

    return call


def bought(log: TransactionLog) -> list[tuple[str, str, float]]:
    """Customer, date and amount of each purchase, in order."""
    found = log.purchases
    rows = zip(found.customer.tolist(), found.day.tolist(), found.amount.tolist(), strict=True)
    return [(log.ids[who], (found.first_day + timedelta(days=day)).isoformat(), amount) for who, day, amount in rows]


def test_a_log_in_any_order_is_purchases_by_customer_and_day(read: Read):
    shuffled = read("ann,2026-02-01,30\nben,2026-01-06,20\nann,2026-01-05,10\n")
    assert bought(shuffled) == [("ann", "2026-01-05", 10), ("ann", "2026-02-01", 30), ("ben", "2026-01-06", 20)]


def test_what_is_bought_on_one_day_is_one_purchase(read: Read):
    assert bought(read("ann,2026-01-05,10\nann,2026-01-05T18:30:00,5\n")) == [("ann", "2026-01-05", 15)]


def test_rows_that_repeat_another_are_dropped_and_counted(read: Read):
    log = read("ann,2026-01-05,10,x\nann,2026-01-05,10,x\nann,2026-01-05,10,y\n", f"{HEAD},receipt")
    assert bought(log) == [("ann", "2026-01-05", 20)]
    assert "1 rows repeat another in every column and were dropped." in log.remarks


@pytest.mark.parametrize(
    ("refund", "left"),
    [
        ("ann,2026-01-07,-5", [10, 15]),  # the same day
        ("ann,2026-01-09,-5", [10, 15]),  # the last before it
        ("ann,2026-01-09,-25", [5, 0]),  # more than the last one
        ("ann,2026-01-05,-3", [7, 20]),  # not what is bought later
        ("cid,2026-01-09,-3", [10, 20]),  # somebody who never bought
    ],
)
def test_refunds_are_netted_and_are_no_purchases(read: Read, refund: str, left: list[float]):
    log = read(f"{refund}\nann,2026-01-05,10\nann,2026-01-07,20\n")
    assert log.purchases.amount.tolist() == left
    assert log.ids == ("ann",)
    assert any(remark.startswith("1 refunds") for remark in log.remarks)


def test_a_gift_is_a_purchase_without_a_basket(read: Read):
    log = read("ann,2026-01-05,0\nben,2026-01-06,2\n")
    assert log.purchases.customers == 2
    assert any("amount of 0" in remark for remark in log.remarks)


def test_until_ends_the_observation_and_leaves_out_what_is_later(read: Read):
    log = read(GOOD, until=date(2026, 1, 31))
    assert log.purchases.until == 27
    assert log.last_day == date(2026, 1, 31)
    assert [amount for *_, amount in bought(log)] == [10, 20]
    assert "1 rows after 2026-01-31 were left out." in log.remarks


def test_dates_may_be_written_otherwise(read: Read):
    log = read("ann,05/01/2026,10\n", date_format="%d/%m/%Y")
    assert bought(log) == [("ann", "2026-01-05", 10)]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_columns_may_be_separated_otherwise_and_it_is_said(read: Read, mark: str):
    log = read(GOOD.replace(",", mark), HEAD.replace(",", mark))
    assert bought(log) == bought(read(GOOD))
    assert any("separates" in remark for remark in read(GOOD.replace(",", mark), HEAD.replace(",", mark)).remarks)


def test_commas_are_decimal_where_they_do_not_separate_columns(read: Read):
    log = read("ann;2026-01-05;1.234,50\nann;2026-01-06;-0,5\nben;2026-01-07;12\n", "customer_id;date;amount")
    assert [amount for *_, amount in bought(log)] == [1234.0, 12.0]
    assert any("commas are decimal" in remark for remark in log.remarks)


def test_a_mark_in_front_and_lines_of_windows_do_not_matter(read: Read):
    text = f"{HEAD}\n{GOOD}".replace("\n", "\r\n").encode("utf-8-sig")
    assert bought(read(text)) == bought(read(GOOD))


def test_parquet_is_read_as_csv_is(read: Read, tmp_path: Path):
    import duckdb

    log = read(GOOD)
    rows = duckdb.read_csv(str(tmp_path / "log.csv"))
    assert [str(kind) for kind in rows.types] == ["VARCHAR", "DATE", "BIGINT"]
    rows.write_parquet(str(tmp_path / "log.parquet"))
    assert bought(read_log(tmp_path / "log.parquet")) == bought(log)


def test_columns_that_are_not_read_are_named(read: Read):
    log = read("ann,2026-01-05,10,a@b.example\n", f"{HEAD},email")
    assert any("not read: email" in remark for remark in log.remarks)


def test_purchases_are_counted_by_outlet_and_channel(read: Read):
    rows = (
        "ann,2026-01-05,10,north,store\nann,2026-01-05,9,north,store\nben,2026-01-05,9,web,online\nben,2026-01-06,9,,\n"
    )
    log = read(rows, f"{HEAD},outlet,channel")
    assert log.places == {"outlet": {"north": 1.0, "web": 1.0}, "channel": {"store": 1.0, "online": 1.0}}


def test_a_time_without_purchases_is_said(read: Read):
    days = [*range(60), *range(150, 210)]
    rows = "".join(f"c{day % 9},{date(2026, 1, 1) + timedelta(days=day)},5\n" for day in days)
    assert any("Nobody bought anything from 2026-03-02 to 2026-05-30" in remark for remark in read(rows).remarks)


def test_ids_keep_their_spelling_in_order_of_appearance(read: Read):
    rows = '007,2026-01-05,1\n" Zoë, X",2026-01-05,1\n7,2026-01-05,1\n=1+1,2026-01-05,1\n'
    assert read(rows).ids == ("007", "Zoë, X", "7", "=1+1")


BROKEN = [
    (b"", "log.csv: the file is empty; it needs a header line"),
    (HEAD.encode(), "log.csv: there are no transactions below the header"),
    (b"customer_id,dat,amount\n", "log.csv:1: there is no column 'date', and a log of transactions needs one"),
    (b"customer_id,dat,amount\n", "The nearest is 'dat': rename it"),
    (b"Customer ID,date,amount\n", "The nearest is 'Customer ID': rename it"),
    (b"customer_id,date,amount,amount\n", "log.csv:1: there are two columns 'amount'"),
    (b"name,when,money\n", "The columns are: name, when, money"),
    (f"{HEAD}\nann,2026-01-05\n", "log.csv:2: this row has 2 values; there are 3 columns"),
    (f"{HEAD}\n\nann,05.01.2026,1\n", "log.csv:3: date must be an ISO date such as 2026-01-05"),
    (f"{HEAD}\nann,05.01.2026,1\n", "give --date-format, e.g. %d/%m/%Y; it is '05.01.2026'"),
    (f"{HEAD}\nann,2026-02-30,1\n", "it is '2026-02-30'"),
    (f"{HEAD}\nann,1026-02-03,1\n", "between 1900 and 2200"),
    (f"{HEAD}\nann,,1\n", "log.csv:2: date must be an ISO date"),
    (f"{HEAD}\n,2026-01-05,1\n", "log.csv:2: there is no customer_id in this row"),
    (f"{HEAD}\nNaN,2026-01-05,1\n", "it is 'NaN'"),
    (f"{HEAD}\nann,2026-01-05,\n", "log.csv:2: amount must be a number; it is empty"),
    (f'{HEAD}\nann,2026-01-05,"1,50"\n', "number with a decimal point, as in 1234.50; it is '1,50'"),
    (f"{HEAD}\nann,2026-01-05,€5\n", "log.csv:2: amount must be a number; it is '€5'"),
    ("customer_id;date;amount\nann;2026-01-05;1,234\n", "log.csv:2: amount must be a number with a decimal point"),
    (
        "customer_id;date;amount\nann;2026-01-05;1.5\nann;2026-01-06;2,5\n",
        "log.csv:2: amount must be a number with a decimal comma",
    ),
    (
        "customer_id;date;amount\nann;2026-01-05;2,5\nann;2026-01-06;1.5\n",
        "decimal comma, as others of the file; it is '1.5'",
    ),
    (b"customer_id,Order Date,amount\n", "The nearest is 'Order Date': rename it"),
    (f"{HEAD}\nann,2026-01-05,inf\n", "amount must be a number; it is 'inf'"),
    (f"{HEAD}\nann,2026-01-05,1e300\n", "amount must be at most 1,000,000,000; it is 1e+300"),
    (f"{HEAD}\nann,2026-01-05,-1\n", "there is no purchase in it: every amount is a refund"),
    (f'{HEAD}\nann,2026-01-05,1\n"ben,2026-01-05,1\n', "log.csv:3: this row cannot be read as CSV"),
    (f"{HEAD}\nJürgen,2026-01-05,1\n".encode("latin-1"), "log.csv:2: a character here is not UTF-8"),
    (f"{HEAD}\n".encode("utf-16"), "log.csv: the file is saved as UTF-16; save it as UTF-8"),
    (b"PK\0\0\0", "log.csv: this is not a CSV file: it is binary"),
    (f"{HEAD},retailer\na,2026-01-05,1,x\na,2026-01-06,1,y\n", "'retailer' has 2 values (x, y); keep one"),
]


@pytest.mark.parametrize(("content", "words"), BROKEN, ids=[words[:50] for _, words in BROKEN])
def test_what_is_wrong_is_said_with_its_line(read: Read, content: str | bytes, words: str):
    with pytest.raises(ScenarioError) as refused:
        read(content if isinstance(content, bytes) else content.encode())
    assert words in str(refused.value)


def test_all_faults_are_said_at_once_up_to_a_limit(read: Read):
    rows = "".join(f",2026-01-05,{n}\n" for n in range(40)) + "ann,x,y\n"
    with pytest.raises(ScenarioError) as refused:
        read(rows)
    lines = str(refused.value).splitlines()
    assert len(lines) == 21
    assert lines[-1].endswith("and 22 more problems")


@pytest.mark.parametrize("lone", ["2190-01-05", "1970-01-01"])
def test_a_date_years_from_all_others_is_a_slip(read: Read, lone: str):
    rows = "".join(f"c{n % 7},{date(2025, 1, 1) + timedelta(days=n)},5\n" for n in range(100))
    with pytest.raises(ScenarioError, match=f"1 of 101 rows, such as that of {lone}, lie"):
        read(f"{rows}ann,{lone},5\n")


@pytest.mark.parametrize("written", ["%d/%m", "%m/%Y", "%q", "", "nonsense", "%"])
def test_a_date_format_must_give_a_day(read: Read, written: str):
    with pytest.raises(ScenarioError, match=r"--date-format: .* does not give year, month and day"):
        read(GOOD, date_format=written)


def test_until_must_not_lie_before_the_log(read: Read):
    with pytest.raises(ScenarioError, match="--until 2020-01-01 lies before the first transaction, of 2026-01-05"):
        read(GOOD, until=date(2020, 1, 1))


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ScenarioError, match=r"log\.csv: there is no such file"):
        read_log(tmp_path / "log.csv")


@pytest.mark.parametrize("name", ["log.csv", "log.parquet"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: f"{HEAD}\n{text}".encode())))
def test_any_bytes_are_a_log_or_refused(tmp_path: Path, name: str, data: bytes):
    path = tmp_path / name
    path.write_bytes(data if name == "log.csv" else b"PAR1" + data + b"PAR1")
    try:
        log = read_log(path)
    except ScenarioError:
        return
    assert len(log.ids) == log.purchases.customers > 0


CELLS = st.sampled_from(
    ["ann", "ben", "", "2026-01-05", "2026-03-09", "2025-12-31", "10", "-4", "0", "1e9", "nan", '"']
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=8))
def test_any_cells_are_a_log_or_refused(tmp_path: Path, rows: list[list[str]]):
    path = tmp_path / "log.csv"
    path.write_text("\n".join([HEAD, *(",".join(row) for row in rows)]))
    try:
        log = read_log(path)
    except ScenarioError:
        return
    assert np.isfinite(log.purchases.amount).all()
    assert (log.purchases.amount >= 0).all()
    assert log.purchases.until > log.purchases.day.max()
