"""The shape of the code: which way imports point, what modules are called, what every number says of itself."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

SIMULATION = sorted((ROOT / "simulation").rglob("*.py"))
ANALYSIS = sorted((ROOT / "analysis").rglob("*.py"))
MODULES = SIMULATION + ANALYSIS
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "core", "base", "manager", "common", "misc"}
LONGEST_MODULE = 525  # lines; at about 500, ask which noun is hiding inside
NUMBERS = sorted((ROOT / "simulation" / "numbers").glob("*.toml"))

# Who may know of the analysis: the commands, which print answers, running, which hands results over, and what a study
# keeps of a run.
EDGE = {"simulation.commands", "simulation.running", "simulation.sweeping.outcomes"}
# What the analysis may know of the simulation: results, scenarios and the numbers, not the engine.
PUBLIC = {
    "simulation",
    "simulation.assumptions",
    "simulation.compiling",  # how what calls boxes is compiled
    "simulation.customer.choice",  # choices are fitted with the choice box itself
    "simulation.customer.experience",  # boxes are pure functions: facts of one judgement are facts of them
    "simulation.customer.memory",
    "simulation.customer.purchase",
    "simulation.customer.satisfaction",
    "simulation.customer.survey",
    "simulation.discounting",  # values of different weeks
    "simulation.files",
    "simulation.life",  # what a replay saw, as plain values
    "simulation.market.queue",
    "simulation.parameters",
    "simulation.provenance",
    "simulation.results",
    "simulation.scenario",
    "simulation.sweeping",  # studies
    "simulation.sweeping.factors",
    "simulation.sweeping.saved",
    "simulation.tables",  # tables in files
    "simulation.uncertainty",  # what comparisons drew
    "simulation.variants",  # explanations and optimisation live many worlds
}


def module(path: Path) -> str:
    """`simulation/commands/listing.py` is `simulation.commands.listing`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports(path: Path) -> tuple[str, ...]:
    """The modules a file imports, wherever in the file; names from a package as `package.name`."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (_home(node.module or "", alias.name) for alias in node.names)


def _home(package: str, name: str) -> str:
    path = ROOT.joinpath(*package.split("."), name)
    return f"{package}.{name}" if path.is_dir() or path.with_suffix(".py").exists() else package


def within(name: str, places: set[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def test_the_simulation_knows_the_analysis_only_at_its_edge():
    known = {
        module(path): [name for name in imports(path) if within(name, {"analysis"})]
        for path in SIMULATION
        if not within(module(path), EDGE)
    }
    assert {name: found for name, found in known.items() if found} == {}


def test_the_analysis_reads_results_and_never_the_engine():
    ours = {path: [name for name in imports(path) if within(name, {"simulation"})] for path in ANALYSIS}
    assert [(module(path), name) for path, names in ours.items() for name in names if name not in PUBLIC] == []


def test_the_model_knows_nothing_of_commands():
    model = [path for path in SIMULATION if not within(module(path), {"simulation.commands"})]
    foreign = {"simulation.commands", "typer", "rich"}
    assert [(module(path), name) for path in model for name in imports(path) if within(name, foreign)] == []


def test_scenario_files_are_read_by_nobody_downstream():
    readers = {module(path) for path in MODULES if "tomllib" in imports(path)}
    allowed = {"simulation.parameters", "simulation.scenario", "simulation.commands.listing"}
    assert {name for name in readers if not within(name, allowed)} == set()


def test_modules_are_named_after_things():
    assert [module(path) for path in MODULES if EMPTY_NAMES & set(module(path).split("."))] == []


def test_modules_are_short_enough_to_read():
    lines = {module(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: number for name, number in lines.items() if number > LONGEST_MODULE} == {}


def numbers(table: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every row of a data file that holds one number, with its name."""
    for key, row in table.items():
        if isinstance(row, dict):
            if "value" in row:
                yield f"{name}.{key}", row
            else:
                yield from numbers(row, f"{name}.{key}")


ROWS = dict(row for path in NUMBERS for row in numbers(tomllib.loads(path.read_text(encoding="utf-8")), path.stem))


def test_there_are_modules_and_numbers_to_look_at():
    assert {"simulation.living", "analysis.report"} <= {module(path) for path in MODULES}
    assert "levers.price_change.fields.percent" in ROWS


def test_every_number_has_a_range_a_unit_a_source_and_a_meaning():
    fields = {"value", "low", "high", "unit", "source", "about"}
    assert {name: fields - set(row) for name, row in ROWS.items() if fields - set(row)} == {}


def test_every_number_says_something_in_each_field():
    fields = ("unit", "source", "about")
    assert [(name, field) for name, row in ROWS.items() for field in fields if not str(row[field]).strip()] == []


def test_every_number_lies_in_its_range():
    assert [name for name, row in ROWS.items() if not row["low"] <= row["value"] <= row["high"]] == []
