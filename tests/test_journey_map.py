"""The journey as a map: which part of what is missing lies at each touchpoint, and which is felt as the worst."""

from pathlib import Path

import pytest

from analysis.journey_map import journey_map, stops_of
from analysis.views import View
from simulation.files import load, save
from tests.synthetic import compare_results


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    folder: Path = save(compare_results(), tmp_path_factory.mktemp("map") / "run")
    saved = load(folder)
    return View.of(saved, saved.comparisons[0])


def test_parts_add_up_and_follow_what_each_touchpoint_lacks(view: View):
    stops = {stop.name: stop for stop in stops_of(view)}
    assert sum(stop.part for stop in stops.values()) == pytest.approx(1.0)
    assert sum(stop.before for stop in stops.values()) == pytest.approx(1.0)
    missing = {name: stop.met * (95.0 - stop.level) for name, stop in stops.items()}
    shares = {name: lack / sum(missing.values()) for name, lack in missing.items()}
    assert {name: stop.part for name, stop in stops.items()} == pytest.approx(shares)
    assert stops["advice"].before > stops["advice"].part, "training lifts advice most, so that less is missing there"


def test_the_map_names_what_holds_most_of_what_is_missing_and_the_worst(view: View):
    chart = journey_map(view)
    assert chart is not None
    stops = stops_of(view)
    assert max(stops, key=lambda stop: stop.part).name in chart.title.lower()
    assert min(stops, key=lambda stop: stop.level).name in chart.title.lower()
