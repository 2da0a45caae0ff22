"""Where results come from, in words and numbers: what was compared with what, by which versions, on which machine."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from simulation.scenario.forms import Event, Lever, Outlet

LAST_WEEK = 10**6  # far beyond any run
PACKAGES = ("numpy", "numba", "scipy", "duckdb", "mesa")


@dataclass(frozen=True)
class Change:
    """One thing a scenario does: in words, with its first and last week (`last` None: to the end)."""

    text: str
    first: int
    last: int | None = None

    @property
    def when(self) -> str:
        """Its weeks in words."""
        return f"from week {self.first}" if self.last is None else f"in weeks {self.first}-{self.last}"


@dataclass(frozen=True)
class Comparison:
    """A scenario and what it is compared with (`baseline` None: with nothing), as the answer and the report word it."""

    scenario: str
    baseline: str | None
    question: str
    focal: str
    focal_label: str
    currency: str
    weeks: int
    changes: tuple[Change, ...] = ()
    retailers: Mapping[str, str] | None = None
    start: str = ""  # the date of week 1

    @classmethod
    def of(cls, scenario: Scenario, baseline: Scenario | None) -> Comparison:
        """Word what `scenario` does that its baseline does not."""
        focal = next(retailer for retailer in scenario.retailers if retailer.focal)
        labels = {retailer.id: retailer.name or retailer.id for retailer in scenario.retailers}
        return cls(
            scenario=scenario.name,
            baseline=baseline.name if baseline is not None else None,
            question=scenario.question,
            focal=focal.id,
            focal_label=labels[focal.id],
            currency=scenario.market.currency,
            weeks=scenario.weeks,
            changes=tuple(_changes(scenario, baseline, labels)),
            retailers=labels,
            start=scenario.market.start.isoformat(),
        )

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Comparison:
        """Read back what `as_dict` gave; raises `ValueError` for anything else."""
        from pydantic import TypeAdapter

        found = TypeAdapter(cls).validate_python(saved)
        ends = [week for change in found.changes for week in (change.first, change.last) if week is not None]
        if not all(0 <= week <= LAST_WEEK for week in (found.weeks, *ends)):
            raise ValueError("a week lies beyond all weeks")
        return found

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the manifest."""
        return asdict(self)

    @property
    def first_week(self) -> int:
        """The week in which the first lever or event starts; 1 if none has a week of its own."""
        return min((change.first for change in self.changes), default=1)

    @property
    def subject(self) -> str:
        """What was done, as the subject of a sentence: "Staff training (45 hours per employee, from week 13)"."""
        if not self.changes:
            return self.scenario.replace("_", " ").capitalize()
        texts = [_with_weeks(change) for change in self.changes[:3]]
        if len(self.changes) > len(texts):
            texts.append(f"{len(self.changes) - len(texts)} more changes")
        joined = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
        return joined[:1].upper() + joined[1:]


def _with_weeks(change: Change) -> str:
    if change.text.endswith(")"):
        return f"{change.text[:-1]}, {change.when})"
    return f"{change.text} ({change.when})"


def _changes(scenario: Scenario, baseline: Scenario | None, labels: Mapping[str, str]) -> Iterable[Change]:
    focal = next(retailer.id for retailer in scenario.retailers if retailer.focal)
    levers = baseline.levers if baseline is not None else ()
    events = baseline.events if baseline is not None else ()
    if scenario.review.levers and (baseline is None or scenario.review != baseline.review):
        yield Change(_review_words(scenario), scenario.review.first)
    for lever in scenario.levers:
        if lever not in levers and lever.id not in scenario.review.waiting:
            yield Change(_lever_words(lever, labels, focal), lever.start_week, lever.end_week)
    for event in scenario.events:
        if event not in events:
            last = event.week + event.weeks - 1 if event.weeks is not None else None
            yield Change(_event_words(event, labels), event.week, last)
    known = {outlet.id for outlet in baseline.outlets} if baseline is not None else set()
    entrants = {event.retailer for event in scenario.events if event.kind == "entry"}
    for outlet in scenario.outlets:
        if baseline is not None and outlet.id not in known and outlet.opens_week and outlet.retailer not in entrants:
            yield Change(_opening_words(outlet, labels), outlet.opens_week)


def _lever_words(lever: Lever, labels: Mapping[str, str], focal: str) -> str:
    from simulation.parameters import LEVERS

    dose = _dose(lever.fields, LEVERS[lever.kind].fields if lever.kind in LEVERS else {})
    where = f" in {lever.outlet}" if lever.outlet else f" at {lever.desk}" if lever.desk else ""
    whose = f" of {labels.get(lever.retailer, lever.retailer)}" if lever.retailer not in ("", focal) else ""
    return f"{_words(lever.kind)}{whose}{where}{dose}"


def _review_words(scenario: Scenario) -> str:
    """The review, for all that it may buy: nobody knows yet what of it will be bought."""
    review = scenario.review
    kinds = {lever.id: _words(lever.kind) for lever in scenario.levers}
    bought = ", ".join(dict.fromkeys(kinds[name] for name in review.levers.values() if name in kinds))
    policy = "for what is worst" if review.policy == "worst" else "in turn"
    money = f"{review.budget or 0.0:,.0f} {scenario.market.currency}"
    return f"a review every {review.every} weeks (of {money} {policy}: {bought})"


def _event_words(event: Event, labels: Mapping[str, str]) -> str:
    from simulation.parameters import EVENTS

    dose = _dose(event.fields, EVENTS[event.kind].fields if event.kind in EVENTS else {}, always=False)
    whose = f" of {labels.get(event.retailer, event.retailer)}" if event.retailer else ""
    return f"{_words(event.kind)}{whose}{dose}"


def _opening_words(outlet: Outlet, labels: Mapping[str, str]) -> str:
    kind = "an online shop" if outlet.channel == "online" else "a store"
    return f"opening of {kind} of {labels.get(outlet.retailer, outlet.retailer)} ({outlet.id})"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _dose(fields: Mapping[str, float | str], kinds: Mapping[str, Any], *, always: bool = True) -> str:
    """The words, the percent, `always` the main number, of a lever or event, and what differs from its defaults."""
    main = next((name for name, value in fields.items() if always and not isinstance(value, str)), None)
    shown = [
        _field_words(name, value, kinds[name].unit if name in kinds else "")
        for name, value in sorted(fields.items(), key=lambda field: not isinstance(field[1], str))
        if isinstance(value, str) or name in (main, "percent") or (name in kinds and value != kinds[name].value)
    ]
    return f" ({', '.join(shown)})" if shown else ""


def _field_words(name: str, value: float | str, unit: str) -> str:
    if isinstance(value, str):
        return _words(value)
    if name in ("percent", "change"):
        number = f"{100.0 * value:+g} %" if unit == "share" else f"{value:+g} %" if name == "percent" else f"{value:+g}"
        return number.replace("-", "−")
    amount = "_per_" in name and not name.startswith("cost")
    return f"{value:g} {_words(name)}" if amount else f"{_words(name)} {value:g}"


@cache
def versions() -> dict[str, str]:
    """Versions of this program, of Python and of what the numbers depend on."""
    return {
        "retailcx": _version("retailcx"),
        "python": platform.python_version(),
        **{package: _version(package) for package in PACKAGES},
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def processor() -> str:
    """The processor's name: bits are promised for one kind of processor only."""
    info = Path("/proc/cpuinfo")
    if sys.platform == "linux" and info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
