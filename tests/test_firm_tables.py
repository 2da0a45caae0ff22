"""A firm's other files: survey, choices, sales, list of customers; what is kept of them, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.calibration import firm_tables
from analysis.calibration.firm_tables import FirmTable
from simulation.scenario import ScenarioError

READERS: dict[str, Callable[..., FirmTable]] = {
    "survey": firm_tables.read_survey,
    "choices": firm_tables.read_choices,
    "sales": firm_tables.read_sales,
    "customers": firm_tables.read_customers,
}


def read(place: Path, kind: str, text: str, **options: Any) -> FirmTable:
    path = place / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    return READERS[kind](path, **options)


def test_a_survey_keeps_columns_of_numbers_and_leaves_names_behind(tmp_path: Path):
    found = read(tmp_path, "survey", "customer_id,satisfaction,service,name,remark\nann,7,8,Ann,\nben,,9,Ben,fine\n")
    assert list(found.table.columns) == ["customer_id", "satisfaction", "service"]
    assert np.isnan(found.table["satisfaction"]).tolist() == [False, True]
    assert found.table["customer_id"].tolist() == [0, 1]
    assert any("not read: name, remark" in remark for remark in found.remarks)


def test_a_series_may_call_its_sales_as_it_likes(tmp_path: Path):
    found = read(tmp_path, "sales", "date,turnover\n05/02/2026,7\n", date_format="%d/%m/%Y")
    assert found.table.rows() == [{"date": "2026-02-05", "sales": 7.0}]


def test_a_list_keeps_traits_and_no_other_column(tmp_path: Path):
    found = read(tmp_path, "customers", "customer_id,age,email\nann,34,a@b.example\n")
    assert list(found.table.columns) == ["customer_id", "age"]


BROKEN = [
    ("survey", "customer_id,satisfied\na,1\n", "survey.csv:1: there is no column 'satisfaction'"),
    ("survey", "satisfaction,service\nwell,1\n3,4\n", "survey.csv:2: satisfaction must be a number; it is 'well'"),
    ("choices", "customer_id,occasion,alternative\na,1,x\n", "there is no column 'chosen'"),
    ("choices", "customer_id,occasion,alternative,chosen\na,1,,1\n", "choices.csv:2: alternative must not be empty"),
    ("sales", "date,net,gross\n2026-01-01,1,2\n", "there is no column 'sales'"),
    ("sales", "date,sales\n2026-01-01,1\n2026-01-01,2\n", "the date 2026-01-01 has 2 rows"),
    ("sales", "date,sales\n1.1.2026,1\n", "sales.csv:2: date must be an ISO date"),
    ("customers", "customer_id\nann\nann\n", "the customer 'ann' is listed 2 times"),
    ("customers", "customer_id,age\nann,7\n", "age must lie between 18 and 95; in 1 rows it does not, such as 7"),
    ("customers", "customer_id,age\nann,\n", "customers.csv:2: age must be a number; it is empty"),
    ("customers", "customer_id\n", "there are no rows below the header"),
]


@pytest.mark.parametrize(("kind", "text", "words"), BROKEN, ids=[words[:45] for _, _, words in BROKEN])
def test_what_is_wrong_is_said(tmp_path: Path, kind: str, text: str, words: str):
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, kind, text)
    assert words in str(refused.value)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(READERS)),
    rows=st.lists(st.lists(st.sampled_from(["ann", "", "1", "2026-01-05", "x;y", '"', "nan"]), max_size=5), max_size=6),
)
def test_any_cells_are_a_table_or_refused(tmp_path: Path, kind: str, rows: list[list[str]]):
    heads = {
        "survey": "customer_id,satisfaction,service",
        "choices": "customer_id,occasion,alternative,chosen",
        "sales": "date,sales",
        "customers": "customer_id,since,age",
    }
    try:
        found = read(tmp_path, kind, "\n".join([heads[kind], *(",".join(row) for row in rows)]))
    except ScenarioError:
        return
    assert len(found.table) > 0
