"""How far a run is, on standard error: a bar for people, a line now and then for logs, nothing when quiet."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeAlias

from simulation.commands.endings import say
from simulation.commands.printing import duration

Progress: TypeAlias = Callable[[float, str], None]
"""Called with the share done (0 to 1) and what is being done."""

PATIENCE_SECONDS = 2.0  # what takes less needs no progress
LINE_SECONDS = 20.0  # between two lines of a log


def showing(*, quiet: bool) -> AbstractContextManager[Progress | None]:
    """The progress that suits whoever reads standard error; nothing when quiet."""
    if quiet:
        return nullcontext()
    return _bar() if sys.stderr.isatty() else nullcontext(Lines())


class Lines:
    """Sparse plain lines, for logs: the share done and the time left after two seconds, then every twenty."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._spoke = now()
        self._start: tuple[float, float] | None = None  # when, and how much was done by then: compiling is no measure
        self._compiling = False

    def __call__(self, done: float, message: str) -> None:
        """Say it if it is news, or if the last line is long ago."""
        now = self._now()
        if self._start is None and done > 0:
            self._start = now, done
            self._spoke = now - LINE_SECONDS + PATIENCE_SECONDS
        news = is_compiling(message) and not self._compiling
        self._compiling = is_compiling(message)
        if news:
            say(message)
        elif now - self._spoke >= LINE_SECONDS:
            self._spoke = now
            say(f"{message}: {done:.0%} done{self._left(done, now)}")

    def _left(self, done: float, now: float) -> str:
        began, done_then = self._start or (now, done)
        if done <= done_then:
            return ""
        return f", about {duration((now - began) * (1 - done) / (done - done_then))} left"


def is_compiling(message: str) -> bool:
    """Compiling comes once, before anything is done, and takes long: it is said at once."""
    return message.startswith("compiling")


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar with the time left; it appears only once the work has lasted two seconds, and goes when it ends."""
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn()
    bar = RichProgress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=1.0)
    started = time.monotonic()

    def show(done: float, message: str) -> None:
        bar.update(task, completed=done, description=message)
        if is_compiling(message) or time.monotonic() - started > PATIENCE_SECONDS:
            bar.start()

    try:
        yield show
    finally:
        bar.stop()
