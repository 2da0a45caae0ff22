"""Study files: what is wrong with one is said at once with its line; designs hold the points they should."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulation import ScenarioError, Study
from simulation.sweeping.finding import STUDIES, shipped_studies
from tests.sweeps import study_in, text_of


def faults_of(text: str, folder: Path) -> str:
    path = folder / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        Study.load(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"design": 'kind = "latin_square"'}, "wrong.toml:10: kind must be one of"),
        ({"design": 'kind = "grid"\nsamples = 3'}, "wrong.toml:11: a grid design has no samples; it reads levels"),
        ({"design": 'kind = "saltelli"\nsamples = 100'}, "samples of a saltelli design are a power of 2, such as 128"),
        ({"design": 'kind = "morris"\nlevels = 3'}, "levels of a morris design are an even number"),
        ({"design": 'kind = "grid"\nlevels = 1'}, "levels must be between 2 and 1,000; it is 1"),
        ({"uncertainties": "price_wieght = { min = 1, max = 2 }"}, "Did you mean 'price_weight'?"),
        ({"uncertainties": "price_weight = { min = 2, max = 1 }"}, "a range whose max is above its min"),
        ({"uncertainties": "price_weight = { min = 0, max = 2 }"}, "min of price_weight must lie between 1.1 and 3.3"),
        ({"uncertainties": "price_weight = { min = 1.5 }"}, "has no max"),
        ({"uncertainties": "price_weight = [2.0]"}, "choices are two or more different numbers or words"),
        ({"uncertainties": "price_weight = { min = 1.5, max = 2, loud = 1 }"}, "there is no key 'loud'"),
        ({"uncertainties": '"market.climat" = [0.0, 0.5]'}, "Did you mean 'climate'?"),
        ({"uncertainties": '"market.climate" = { min = -3, max = 0 }'}, "climate must be between -1 and 1"),
        ({"levers": '"hours_per_employee" = { min = 0, max = 9 }'}, 'is not "LEVER_ID.field"'),
        ({"levers": '"staff_trainig.hours_per_employee" = { min = 0, max = 9 }'}, "there is no lever 'staff_trainig'"),
        ({"top": 'outcomes = ["npw"]'}, "there is no outcome 'npw'. Did you mean 'npv'?"),
        ({"based_on": "grosery"}, "Did you mean 'grocery'?"),
        ({"based_on": "../secret.toml"}, "in the folder of this file"),
        ({"rest": '[stopping]\noutcome = "nps"\nhalf_width = 1.0'}, "there is no outcome in this study 'nps'"),
        ({"rest": '[stopping]\noutcome = "npv"\nhalf_width = 1.0\nmost_replicates = 2', "replicates": 3}, "at least 3"),
        ({"rest": '[[policy]]\nid = "a"'}, 'policies are for a design of kind "policies"'),
        ({"design": 'kind = "policies"'}, "a design of policies has a [[policy]] for each"),
        ({"design": 'kind = "list"\nfile = "nothing.csv"'}, "a list needs the file of its points"),
        ({"rest": '[runs]\non_error = "weep"'}, "on_error must be"),
    ],
)
def test_faults_are_named_with_their_place(parts: dict[str, str], words: str, tmp_path: Path):
    assert words in faults_of(text_of(**parts), tmp_path)


def test_all_faults_are_named_at_once(tmp_path: Path):
    found = faults_of(
        text_of(design='kind = "grid"\nsamples = 3', uncertainties="colour = [1, 2]", top='outcomes = ["x"]'), tmp_path
    )
    assert all(words in found for words in ("has no samples", "'colour'", "no outcome 'x'"))


def test_a_study_of_a_market_without_levers_has_no_effects(tmp_path: Path):
    found = faults_of(text_of(levers="", top='outcomes = ["acsi_effect"]'), tmp_path)
    assert "nothing to be compared with" in found


def test_nothing_moved_is_a_fault(tmp_path: Path):
    assert "nothing is moved" in faults_of(text_of(levers="", uncertainties="", top=""), tmp_path)


@pytest.mark.parametrize(
    ("design", "count"),
    [
        ('kind = "grid"\nlevels = 3', 9),
        ('kind = "one_at_a_time"', 1 + 2 + 2),
        ('kind = "latin_hypercube"\nsamples = 7', 7),
        ('kind = "sobol"\nsamples = 8', 8),
        ('kind = "morris"\ntrajectories = 3', 9),
        ('kind = "saltelli"\nsamples = 4', 16),
        ('kind = "saltelli"\nsamples = 4\nsecond_order = true', 24),
    ],
)
def test_a_design_has_as_many_points_as_it_says(design: str, count: int, tmp_path: Path):
    study = study_in(tmp_path, design=design)
    assert study.count == len(study.points) == count
    cells = study.points.cells
    assert (cells >= [1.5, 0.0]).all()
    assert (cells <= [3.0, 90.0]).all()


def test_one_at_a_time_begins_where_the_scenario_stands_and_moves_one_number_in_each_run(tmp_path: Path):
    cells = study_in(
        tmp_path,
        design='kind = "one_at_a_time"',
        based_on="staff_training",
        levers='"staff_training.hours_per_employee" = { min = 0, max = 90 }\n"staff_training.start_week" = 1',
    ).points.cells
    assert cells[0].tolist() == [2.2, 45.0]
    assert ((cells[1:] != cells[0]).sum(1) == 1).all()


def test_a_range_can_be_drawn_by_its_logarithm_and_in_whole_numbers(tmp_path: Path):
    levers = """
    "staff_training.hours_per_employee" = { min = 0.1, max = 100, log = true }
    "staff_training.start_week" = { min = 1, max = 3, integer = true }
    """
    study = study_in(tmp_path, design='kind = "latin_hypercube"\nsamples = 99', levers=levers)
    hours, week = study.points.cells[:, 1], study.points.cells[:, 2]
    assert np.median(hours) == pytest.approx(10**0.5, rel=0.1)
    assert np.unique(week, return_counts=True)[1].tolist() == [33, 33, 33]
    assert study.edits(0)["lever.staff_training.start_week"] in (1, 2, 3)


def test_every_policy_meets_every_future(tmp_path: Path):
    rest = '[[policy]]\nid = "a"\nlevers = { "staff_training.hours_per_employee" = 9 }\n[[policy]]\nid = "b"'
    study = study_in(
        tmp_path, design='kind = "policies"\nsamples = 3', levers='"staff_training.start_week" = 1', rest=rest
    )
    points = study.points
    assert points.policy is not None
    assert points.future is not None
    assert list(zip(points.future.tolist(), points.policy.tolist(), strict=True)) == [
        (f, p) for f in range(3) for p in range(2)
    ]
    assert study.group(0) == study.group(1) != study.group(2)
    assert study.edits(0)["lever.staff_training.hours_per_employee"] == 9
    assert "lever.staff_training.hours_per_employee" not in study.edits(1)


def test_points_come_from_a_list(tmp_path: Path):
    (tmp_path / "points.csv").write_text(
        "price_weight,staff_training.hours_per_employee\n2,45\n1.6,0\n", encoding="utf-8"
    )
    study = study_in(tmp_path, design='kind = "list"\nfile = "points.csv"')
    assert study.points.cells.tolist() == [[2.0, 45.0], [1.6, 0.0]]


def test_faults_of_a_list_are_named_with_their_line(tmp_path: Path):
    (tmp_path / "points.csv").write_text(
        "price_weight,staff_training.hours_per_employee\n2,45\n9,many\n", encoding="utf-8"
    )
    found = faults_of(text_of(design='kind = "list"\nfile = "points.csv"'), tmp_path)
    assert "points.csv:3: price_weight cannot be '9'" in found
    assert "points.csv:3: staff_training.hours_per_employee cannot be 'many'" in found


def test_all_parameters_can_be_moved_but_some(tmp_path: Path):
    study = study_in(
        tmp_path,
        design='kind = "morris"\ntrajectories = 2',
        uncertainties='all = true\nbut = ["price_weight"]\nhabit_weight = 2.0',
    )
    names = {factor.name for factor in study.factors}
    assert len(names) > 200
    assert not names & {"price_weight", "habit_weight"}
    assert study.scenario.parameters["habit_weight"] == 2.0


def test_sizes_of_the_command_go_before_the_files(tmp_path: Path):
    study_in(tmp_path)
    study = Study.load(tmp_path / "small.toml", customers=20, weeks=6, replicates=3, seed=9)
    sizes = study.scenario.population.customers, study.scenario.weeks, study.replicates, study.seed
    assert sizes == (20, 6, 3, 9)


@pytest.mark.parametrize("name", shipped_studies())
def test_shipped_studies_are_valid(name: str):
    study = Study.load(name)
    assert study.question
    assert study.count == len(study.points)
    assert (STUDIES / f"{name}.toml").is_file()


def test_a_study_that_begins_alike_has_the_points_of_the_smaller_one(tmp_path: Path):
    """A saltelli design can grow: SALib's sequence goes on where it ended."""
    small = study_in(tmp_path, design='kind = "saltelli"\nsamples = 4')
    large = study_in(tmp_path, design='kind = "saltelli"\nsamples = 8')
    assert large.points.cells[: len(small.points)].tolist() == small.points.cells.tolist()
