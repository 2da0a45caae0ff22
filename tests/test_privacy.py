"""Nothing that a calibration or a forecast writes says who a customer is, but for the ids that a forecast returns."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulation.tables import read_parquet
from tests.commanding import Ended, end, written
from tests.conftest import ROOT

MARKET = str(ROOT / "scenarios" / "online_music.toml")
PEOPLE = [f"0{n}x{n:03d}" for n in range(24)]  # with a leading zero
PERSONAL = ("Zoë Smith", "mail.example", "Elm Street", "4915112", "1984-05-06")
LETTERS = {"forecast.csv", "choice_probabilities.csv"}  # have the user's own ids


def personal(n: int) -> list[str]:
    """Name, e-mail, street, telephone and birthday of a customer."""
    return [f"Zoë Smith {n}", f"someone{n}@mail.example", f"{n} Elm Street", f"49151120{n:03d}", "1984-05-06"]


def write(path: Path, head: str, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*head.split(","), "name", "mail", "street", "phone", "birthday"], *rows])


def rows_of_a_log() -> Iterator[list[str]]:
    for n, name in enumerate(PEOPLE):
        for k in range(1 + n % 7):
            day = (7 * n + 23 * k) % 200
            yield [name, f"2025-{1 + day // 28:02d}-{1 + day % 28:02d}", f"{10 + n + k}", *personal(n)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ended, Ended]]:
    """A calibration to four files full of what concerns nobody else, and a forecast with choices to come."""
    place = tmp_path_factory.mktemp("firm")
    write(place / "log.csv", "customer_id,date,amount", list(rows_of_a_log()))
    listed = [[name, "2025-01-01", str(20 + n), *personal(n)] for n, name in enumerate(PEOPLE)]
    write(place / "list.csv", "customer_id,since,age", listed)
    answers = [[n, str(1 + k % 10), str(1 + k * 3 % 10), str(1 + k * 7 % 9)] for k, n in enumerate(PEOPLE * 8)]
    head = "customer_id,satisfaction,service,price"
    write(place / "survey.csv", head, [[*row, *personal(k % 24)[:3], "", ""] for k, row in enumerate(answers)])
    chosen = [
        [name, str(k), f"shop{a}", str(int((n + k) % 2 == a)), f"{1 + (n * 7 + k * 3 + a) % 5}", *personal(n)]
        for n, name in enumerate(PEOPLE)
        for k in range(6)
        for a in range(2)
    ]
    write(place / "choices.csv", "customer_id,occasion,alternative,chosen,price", chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        files = (f"--{kind}={place / name}.csv" for kind, name in FILES.items())
        found = end(place, "calibrate", MARKET, *files, "--quiet")
        ahead = tmp_path_factory.mktemp("ahead")
        yield (
            found,
            end(ahead, "forecast", str(found.folder), "--horizon=4", f"--choices={place / 'choices.csv'}", "--quiet"),
        )


FILES = {"transactions": "log", "customer-list": "list", "survey": "survey", "choices": "choices"}


def texts_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Every text of every file of a folder, as it is read: Parquet is compressed."""
    for path in written(folder):
        if path.suffix == ".parquet":
            table = read_parquet(path)
            words = [str(word) for name in table.columns for word in (name, *table[name].tolist())]
            yield path.name, "\n".join(words)
        elif path.is_file():
            yield path.name, path.read_bytes().decode("utf-8", "replace")


def test_no_file_of_a_calibration_has_an_id_or_what_else_is_personal(folders: tuple[Ended, Ended]):
    secrets = (*PEOPLE, *PERSONAL)
    told = [(name, word) for name, text in texts_of(folders[0].folder) for word in secrets if word in text]
    assert told == []


def test_a_forecast_gives_ids_back_to_the_letter_and_nothing_else(folders: tuple[Ended, Ended]):
    ahead = folders[1].folder
    told = [(name, word) for name, text in texts_of(ahead) for word in PERSONAL if word in text]
    assert told == []
    assert {name for name, text in texts_of(ahead) if any(word in text for word in PEOPLE)} == LETTERS
    with (ahead / "forecast.csv").open(encoding="utf-8") as file:
        assert [row["customer_id"] for row in csv.DictReader(file)] == PEOPLE


def test_traits_of_the_list_are_kept_and_its_other_columns_are_named_alone(folders: tuple[Ended, Ended]):
    people = read_parquet(folders[0].folder / "population.parquet")
    assert people["age"].tolist() == [20.0 + n for n in range(24)]
    assert not {"name", "mail", "street", "phone", "birthday", "since"} & set(people.columns)
