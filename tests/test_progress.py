"""Progress: what a log hears, what a terminal shows, how times are said."""

from collections.abc import Iterator
from typing import Any

import pytest

from simulation.commands import progress
from simulation.commands.printing import duration


@pytest.fixture
def clock() -> Iterator[Any]:
    class Clock:
        seconds = 0.0

        def __call__(self) -> float:
            return self.seconds

    return Clock()


def test_a_log_hears_of_compiling_at_once_and_only_once(clock: Any, capsys: pytest.CaptureFixture[str]):
    lines = progress.Lines(clock)
    lines(0.0, "compiling, once")
    lines(0.0, "compiling, once")
    assert capsys.readouterr().err == "compiling, once\n"


def test_a_log_hears_little_else(clock: Any, capsys: pytest.CaptureFixture[str]):
    lines = progress.Lines(clock)
    for second in range(44):
        clock.seconds = second
        lines(second / 80, "simulating")
    said = [f"simulating: {done}% done, about {left} s left\n" for done, left in ((4, 77), (29, 57), (54, 37))]
    assert capsys.readouterr().err == "".join(said)


def test_the_time_left_does_not_count_compiling(clock: Any, capsys: pytest.CaptureFixture[str]):
    lines = progress.Lines(clock)
    lines(0.0, "compiling, once")
    for second in range(100, 110):
        clock.seconds = second
        lines((second - 99) / 80, "simulating")
    assert capsys.readouterr().err == "compiling, once\nsimulating: 4% done, about 77 s left\n"


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "1 s"), (40, "40 s"), (700, "12 min"), (12_600, "3.5 h")])
def test_times_are_said_as_people_do(seconds: float, said: str):
    assert duration(seconds) == said


def test_quiet_means_no_progress():
    with progress.showing(quiet=True) as shown:
        assert shown is None


def test_a_bar_waits_until_the_work_is_long(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress.showing(quiet=False) as shown:
        assert shown is not None
        shown(0.5, "simulating")
    assert capsys.readouterr().err == ""


def test_a_bar_shows_compiling_at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress.showing(quiet=False) as shown:
        assert shown is not None
        shown(0.0, "compiling, once")
    assert "compiling, once" in capsys.readouterr().err
