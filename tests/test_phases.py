"""What every phase writes is what it wrote when the golden file was written; a change names the phase."""

import json

from tests.phases import GOLDEN, changed, found, phase_names


def test_every_phase_writes_what_it_wrote_before():
    now, golden = found(), json.loads(GOLDEN.read_text(encoding="utf-8"))
    difference = changed(now, golden)
    assert not difference, f"{difference}. If it is meant: python -m tests.refresh_phases, and a line in CHANGELOG.md"
    assert phase_names() <= {name for week in now for name in week}, "the small world leaves a phase out"


def test_the_first_phase_that_differs_is_named():
    golden = [{"world": "a"}, {"choose": "b", "meet": "c", "judge": "d"}]
    now = [{"world": "a"}, {"choose": "b", "meet": "x", "judge": "y"}]
    assert "change is meet, in week 1" in changed(now, golden)
    assert changed(golden, golden) == ""
