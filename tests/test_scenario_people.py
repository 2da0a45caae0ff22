"""Customers from a file: what is used, what is ignored, what is refused and where."""

import pickle
from pathlib import Path

import duckdb
import numpy as np
import pytest

from simulation.scenario import Scenario, ScenarioError, customer_number
from simulation.scenario.population_file import People, load_people

GOOD = "id,age,cell,agee\nann,30,3,x\nbob,40,24,y\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def messages(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_people(path, cells=25)
    return str(caught.value).splitlines()


def parquet(path: Path, query: str) -> Path:
    duckdb.sql(f"copy ({query}) to '{path}'")
    return path


def test_ids_and_traits_are_read_and_the_rest_is_ignored_with_a_reason(people: Path) -> None:
    people.write_text(GOOD)
    found = load_people(people, cells=25)
    assert found.ids.tolist() == ["ann", "bob"]
    assert found.draw_keys.tolist() == [customer_number("ann"), customer_number("bob")]
    assert found.traits["age"].tolist() == [30, 40]
    assert found.used == ("id", "age", "cell")
    assert found.ignored == {"agee": "no trait of that name. Did you mean 'age'?"}
    assert list(found.columns) == ["id", "draw_key", "age", "cell"]
    assert not any(column.flags.writeable for column in found.columns.values())


def test_a_draw_key_is_used_as_it_stands(people: Path) -> None:
    people.write_text(f"draw_key,id\n0,a\n{2**64 - 1},b\n")
    assert load_people(people).draw_keys.tolist() == [0, 2**64 - 1]


def test_csv_and_parquet_say_the_same(people: Path, tmp_path: Path) -> None:
    people.write_text("id,age,need_rate\n1,30,50.5\n2,40,60\n")
    other = parquet(tmp_path / "p.parquet", "select * from (values (1, 30, 50.5), (2, 40, 60)) t(id, age, need_rate)")
    assert load_people(other).sha256 == load_people(people).sha256
    assert load_people(other).ids.tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["people.csv: the file is empty"]),
        ("id,age\n", ["people.csv: there are no customers below the header"]),
        ("age\n30\n", ["people.csv:1: there is no column 'id'"]),
        ("id;age\n1;30\n", ["people.csv:1: there is no column 'id'", "Separate columns by commas"]),
        ("id,age,age\n1,30,30\n", ["people.csv:1: there are two columns 'age'"]),
        ("id,age\na,30\n ,30\n", ["people.csv:3: there is no id in this row"]),
        ("id,age\na,30\nb,30\na,30\n", ["people.csv:4: the id 'a' is given twice (before in line 2)"]),
        ("id,age\na,old\n", ["people.csv:2: age must be a number; it is 'old'"]),
        ("id,age\na,\n", ["people.csv:2: age must be a number; it is empty"]),
        ("id,age\na,nan\n", ["people.csv:2: age must be a number; it is 'nan'"]),
        ("id,age\na,inf\n", ["people.csv:2: age must be a number; it is 'inf'"]),
        ("id,age\na,300\n", ["people.csv:2: age must lie between 18 and 95; it is 300"]),
        ("id,cell\na,25\n", ["people.csv:2: cell must lie between 0 and 24; it is 25"]),
        ("id,cell\na,2.5\n", ["people.csv:2: cell must be a whole number; it is 2.5"]),
        ("id,age\na\n", ["people.csv:2: this row has 1 values; there are 2 columns"]),
        ("id,draw_key\na,-1\n", ["people.csv:2: draw_key must be a whole number between 0 and 2^64 - 1"]),
        (f"id,draw_key\na,{2**64}\n", ["people.csv:2: draw_key must be a whole number"]),
        ("id,draw_key\na,7\nb,7\n", ["people.csv:3: the draw_key 7 is given twice (before in line 2)"]),
    ],
)
def test_a_bad_csv_file_is_refused_with_its_line(people: Path, text: str, words: list[str]) -> None:
    people.write_text(text)
    said = "\n".join(messages(people))
    for word in words:
        assert word in said


def test_lines_are_counted_through_values_of_several_lines(people: Path) -> None:
    people.write_text('id,age\n"a\nb",30\n\nc,old\n')
    assert messages(people) == ["people.csv:5: age must be a number; it is 'old'"]


@pytest.mark.parametrize("content", [b"id\0\n", b"id,age\na,\xff\n"])
def test_what_is_not_text_is_no_csv_file(people: Path, content: bytes) -> None:
    people.write_bytes(content)
    assert "binary" in messages(people)[0] or "not UTF-8" in messages(people)[0]


def test_the_first_problems_are_listed_and_the_rest_counted(people: Path) -> None:
    people.write_text("id,age\n" + "".join(f"c{number},{'old' if number % 2 else 500}\n" for number in range(1000)))
    said = messages(people)
    assert len(said) == 21
    assert said[0].startswith("people.csv:2: age must lie between")
    assert said[1].startswith("people.csv:3: age must be a number")
    assert said[-1].endswith("and 980 more problems")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select 1 as age", "there is no column 'id'"),
        ("select 1 as id, 'old' as age", "age must be a column of numbers; it is VARCHAR"),
        ("select case when i <> 2 then i end as id from range(1, 4) t(i)", "p.parquet:2: row 2: there is no id"),
        ("select 'a' as id from range(2)", "p.parquet:2: row 2: the id 'a' is given twice (before in row 1)"),
        ("select i as id, case when i = 1 then 30 end as age from range(1, 3) t(i)", "row 2: age must be a number"),
        ("select 1 as id, 'nan'::double as age", "row 1: age must be a number; it is missing or NaN"),
        ("select 1 as id, 300 as age", "row 1: age must lie between 18 and 95; it is 300"),
        ("select 1 as id, -1 as draw_key", "row 1: draw_key must be a whole number"),
        ("select 1 as id where false", "it has 0 rows"),
    ],
)
def test_a_bad_parquet_file_is_refused_with_its_row(tmp_path: Path, query: str, words: str) -> None:
    said = "\n".join(messages(parquet(tmp_path / "p.parquet", query)))
    assert words in said
    assert said.count("p.parquet") == 1, "a problem is said once, not as the reason of another"


def test_another_file_by_the_name_of_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    path.write_bytes(pickle.dumps({"id": [1, 2]}))
    assert messages(path) == ["p.parquet: this is not a Parquet file, whatever its name says"]


@pytest.mark.parametrize("inside", [b"\0" * 60, b"\xff" * 60])
def test_a_parquet_file_that_lies_is_refused(tmp_path: Path, inside: bytes) -> None:
    path = tmp_path / "p.parquet"
    path.write_bytes(b"PAR1" + inside + (40).to_bytes(4, "little") + b"PAR1")
    assert "this Parquet file cannot be read" in messages(path)[0]


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_text(GOOD)
    assert messages(path) == ["people.xlsx: a population file ends in .csv or .parquet"]


def test_a_file_too_large_is_not_read(people: Path) -> None:
    with people.open("wb") as file:
        file.truncate(2 * 2**30 + 1)
    assert "2 GB" in messages(people)[0]


# --- in a scenario ---------------------------------------------------------------------------------------------------


def from_file(folder: Path, rest: str = "") -> Scenario:
    text = f'based_on = "grocery"\n[population]\nfile = "people.csv"\n{rest}'
    return Scenario.from_toml(text, file="promo.toml", folder=folder)


def test_a_scenario_takes_its_customers_from_the_file(people: Path) -> None:
    people.write_text(GOOD)
    made = from_file(people.parent, '[[lever]]\nkind = "staff_training"\n')
    assert isinstance(made.people, People)
    assert (made.population.customers, made.population.represents) == (2, 200_000)
    assert made.baseline().people is made.people


def test_who_the_customers_are_is_part_of_the_hash(people: Path) -> None:
    people.write_text(GOOD)
    first = from_file(people.parent)
    people.write_text(GOOD.replace("40", "41"))
    assert from_file(people.parent).sha256 != first.sha256


def test_a_scenario_with_a_file_written_out_loads_as_an_equal_one(people: Path, tmp_path: Path) -> None:
    people.write_text(GOOD)
    made = from_file(people.parent)
    again = Scenario.from_toml(made.to_toml(), folder=tmp_path)
    np.testing.assert_array_equal(again.people.draw_keys, made.people.draw_keys)
    assert again.population == made.population


def test_problems_of_the_file_and_of_the_scenario_come_together(people: Path) -> None:
    people.write_text("id,age\na,old\n")
    with pytest.raises(ScenarioError) as caught:
        from_file(people.parent, "customers = 20\n[market]\nclimate = 3\n")
    said = str(caught.value)
    assert "people.csv:2: age must be a number" in said
    assert "promo.toml:4: the customers are those of the population file" in said
    assert "promo.toml:6: climate must be between" in said


def test_the_number_of_customers_cannot_be_set_beside_a_file(people: Path) -> None:
    people.write_text(GOOD)
    with pytest.raises(ScenarioError, match="the customers are those of the population file"):
        from_file(people.parent).replace(customers=5)


def test_a_file_set_from_outside_is_looked_for_where_the_user_stands(
    people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.write_text(GOOD)
    monkeypatch.chdir(people.parent)
    text = Scenario.load("grocery").to_toml().replace("customers = 20000\n", "")
    made = Scenario.from_toml(text).replace(edits={"population.file": "people.csv"})
    assert made.population.customers == 2
    assert Scenario.load("grocery", edits={"population.file": "people.csv"}).population.customers == 2
