"""simulation/MODEL.md describes the model that is built: it forgets nothing, and what it names exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from simulation import parameters, records
from simulation.desk_measures import QUANTILES
from tests.conftest import ROOT

HERE = ROOT / "simulation"
TEXT = (HERE / "MODEL.md").read_text(encoding="utf-8")
PIECES = re.findall(r"`([^`\n]+)`", TEXT)  # what stands in backquotes
FORMULAS = [line for line in TEXT.splitlines() if line.startswith("    ")]
WORDS = set(re.findall(r"\w+", "\n".join([*PIECES, *FORMULAS])))
FOLDERS = ("simulation", "tests", "analysis", "scenarios")


def is_box(function: ast.FunctionDef) -> bool:
    """Public and compiled as a box; the two halves of bit work go by the name that the rest calls."""
    marks = [mark.id for mark in function.decorator_list if isinstance(mark, ast.Name)]
    return "box" in marks and not function.name.startswith("_")


def boxes() -> Iterator[tuple[str, str]]:
    for path in sorted(HERE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and is_box(node):
                yield path.relative_to(HERE).as_posix(), node.name


BOXES = sorted(boxes())
STATE = sorted(
    {*records.People._fields, *records.Links._fields, *records.Reach._fields}
    | {*(records.OUTLET.names or ()), *(records.RETAILER.names or ()), *(records.SITUATION.names or ())}
    | {*(records.DESK.names or ()), *(records.LEARNING.names or ())}
)
TABLES = (*("PARAMETERS", "MODERATORS", "DETERMINANTS", "NEEDS", "INSTRUMENTS", "TRAITS", "LEVERS", "EVENTS"),)
ROWS = sorted((table.lower(), name) for table in TABLES for name in getattr(parameters, table))
GROUPS = sorted({row.group for row in parameters.PARAMETERS.values()})


def test_every_row_of_the_numbers_is_described():
    assert [(table, name) for table, name in ROWS if name not in WORDS] == [], "MODEL.md says nothing of these rows"


def test_every_group_of_parameters_has_a_place():
    assert [group for group in GROUPS if f"`{group}`" not in TEXT] == []


def test_every_box_is_named_beside_its_formula():
    assert [name for _, name in BOXES if name not in PIECES] == [], "MODEL.md does not name these boxes"
    assert {file for file, _ in BOXES if f"]({file})" not in TEXT} == set(), "MODEL.md does not link to their files"


def test_there_are_boxes_rows_and_columns_to_look_for():
    assert {name for _, name in BOXES} >= {"utility", "remembered", "service"}
    assert {("parameters", "price_weight"), ("traits", "age")} <= set(ROWS)
    assert {"satisfaction", "taste", "load"} <= set(STATE)


def test_every_column_of_state_says_how_it_changes():
    assert [column for column in STATE if column not in PIECES] == [], "MODEL.md does not say what these are"


def words_of_the_code() -> set[str]:
    """Every word of the code, the numbers and the scenarios, and what their files are called."""
    files = [path for folder in FOLDERS for ending in ("*.py", "*.toml") for path in (ROOT / folder).rglob(ending)]
    return {path.stem for path in files} | {
        word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))
    }


def test_every_name_in_the_text_is_a_name_in_the_code():
    names = {word for word in WORDS if re.search(r"[a-z]{3,}_[a-z]{3,}", word)}  # not U_o, a letter of a formula
    assert names - words_of_the_code() == set()


def exists(piece: str) -> bool:
    return any((folder / piece).exists() for folder in (HERE, ROOT)) or any(HERE.rglob(Path(piece).name))


def test_every_file_it_names_exists():
    files = {piece for piece in PIECES if re.fullmatch(r"[\w/]+(\.py|\.toml|\.md|/)", piece)}
    assert files
    assert [piece for piece in files if not exists(piece)] == []


TOTALS = {
    "visits": {*records.VISIT_TOTALS, "content", "ratings", "stars"},
    "links": {
        *records.LINK_TOTALS,
        *(f"type_{name}" for name in (*parameters.RELATIONSHIPS, "entered")),
        "stayed",
        "attitude",
        "recommend_net",
        "satisfaction_index",
    },
    "offers": set(records.OFFER.names or ()),
    "market": set(records.MARKET_TOTALS),
    "desks": {*records.DESK_TOTALS, "backlog"},
    "responses": set(QUANTILES),
}


def test_every_measure_reads_totals_that_the_engine_counts():
    unknown = {
        name: {measure.top, measure.bottom.removeprefix("market:")} - {"", "population"} - TOTALS[measure.table]
        for name, measure in parameters.MEASURES.items()
    }
    assert {name: words for name, words in unknown.items() if words} == {}
