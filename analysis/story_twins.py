"""Two lives side by side: where they first part, and how they differ in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.story_visit import Line, whole_effects
from analysis.story_words import Names, exact, largest, listed, source
from analysis.wording import short
from simulation.life import Life, Occasion, Stocks, Visit, Week

FELT_OTHERWISE = 0.005  # half a point of 100
LEAST_TOLD = 0.0001  # a hundredth of a point


@dataclass(frozen=True)
class Parting:
    """The first weeks in which two lives differ: in anything met or felt, and in a decision; None: never."""

    felt: int | None
    decided: int | None
    same_choices: int
    choices: int

    @property
    def weeks(self) -> set[int]:
        """Both weeks."""
        return {week for week in (self.felt, self.decided) if week is not None}


def parting_of(life: Life, twin: Life) -> Parting:
    """Where two lives part."""
    pairs = list(zip(life.weeks, twin.weeks, strict=True))
    felt = next((week.week for week, other in pairs if week != other), None)
    decided = next((week.week for week, other in pairs if _decisions(week) != _decisions(other)), None)
    both = [(a, b) for week, other in pairs for a, b in zip(week.occasions, other.occasions, strict=False)]
    same = sum(a.chosen.outlet == b.chosen.outlet for a, b in both)
    return Parting(felt, decided, same, len(both))


def _decisions(week: Week) -> list[object]:
    """Where every occasion went, whether it ended in a purchase, and how relationships stand."""
    trips = [(each.chosen.outlet, each.visit is not None and each.visit.bought) for each in week.occasions]
    return [trips, {retailer: stocks.status for retailer, stocks in week.stocks.items()}]


def beside(life: Life, twin: Life, parting: Parting | None, names: Names) -> Iterator[Line]:
    """The twin's life in a few lines, before the weeks are told."""
    if parting is None or parting.felt is None:
        yield Line("Twin", f"the same person lives the same life in {twin.scenario}, to the last bit.")
        return
    decided = f"first decide otherwise in week {parting.decided}" if parting.decided else "never decide otherwise"
    yield Line(
        "Twin",
        f"the same person with the same luck in {twin.scenario}. The two lives first differ in week {parting.felt}"
        f"{_what(life, twin, parting.felt)} and {decided}; {parting.same_choices} of {parting.choices} choices are "
        f"the same. In the end, beside the twin: {'; '.join(differences(life, twin, names))}.",
    )


def _what(life: Life, twin: Life, week: int) -> str:
    """What differs first: the determinant that moved a visit otherwise, if there was one."""
    ours, theirs = (next(each for each in one.weeks if each.week == week) for one in (life, twin))
    for visit, other in zip(ours.visits, theirs.visits, strict=False):
        if visit.outlet == other.outlet and visit.experience != other.experience:
            moved = largest(_moved(visit, other), LEAST_TOLD)[:1]
            return "".join(f" ({source(name)} {short(100 * value, sign=True)} points)" for name, value in moved)
    return ""


def _moved(visit: Visit, other: Visit) -> dict[str, float]:
    effects, others = whole_effects(visit), whole_effects(other)
    return {name: effects[name] - others[name] for name in effects}


def differences(life: Life, twin: Life, names: Names) -> list[str]:
    """Per retailer, how the two lives differ in the end."""
    ours, theirs = life.weeks[-1].stocks, twin.weeks[-1].stocks
    found = []
    for retailer in dict.fromkeys([*ours, *theirs]):
        here, there = ours.get(retailer), theirs.get(retailer)
        if here is None or there is None:
            found.append(f"{names.retailer(retailer)} known in {life.scenario if here else twin.scenario} only")
        elif _differ(here, there):
            found.append(f"{names.retailer(retailer)} {_difference(here, there, names)}")
    return found or ["nothing that is left"]


def _differ(here: Stocks, there: Stocks) -> bool:
    same = (here.status, here.visits, here.spend) == (there.status, there.visits, there.spend)
    return not same or abs(here.satisfaction - there.satisfaction) >= FELT_OTHERWISE / 10


def _difference(here: Stocks, there: Stocks, names: Names) -> str:
    parts = [f"satisfaction {short(100 * (here.satisfaction - there.satisfaction), sign=True)}"]
    if here.visits != there.visits:
        parts.append(f"visits {here.visits - there.visits:+d}".replace("-", "−"))
    if here.spend != there.spend:
        parts.append(f"spent {short(here.spend - there.spend, sign=True)} {names.currency}")
    if here.status != there.status:
        parts.append(f"{here.status} instead of {there.status}")
    return listed(parts)


def twin_lines(week: Week, other: Week, names: Names) -> Iterator[Line]:
    """What the twin did or felt otherwise in a week that is told."""
    pairs = list(zip(week.occasions, other.occasions, strict=False))
    elsewhere = Counter(_went(b, names) for a, b in pairs if a.chosen.outlet != b.chosen.outlet)
    texts = [f"instead {went}" + (f" {times} ×" if times > 1 else "") for went, times in elsewhere.items()]
    texts += [text for a, b in pairs if (text := _felt_otherwise(a, b, names))]
    for retailer, stocks in other.stocks.items():
        here = week.stocks.get(retailer)
        if here is not None and here.status != stocks.status:
            texts.append(f"{names.retailer(retailer)}: {stocks.status}, here {here.status}")
    if texts:
        yield Line("Twin", "; ".join(texts) + ".")


def _went(occasion: Occasion, names: Names) -> str:
    return f"{'went to' if occasion.visit else 'stayed'} {_place(occasion, names)}"


def _place(occasion: Occasion, names: Names) -> str:
    return names.outlet(occasion.chosen.outlet, occasion.chosen.retailer)


def _felt_otherwise(ours: Occasion, theirs: Occasion, names: Names) -> str:
    """A visit to the same outlet that was felt otherwise by half a point or more."""
    a, b = ours.visit, theirs.visit
    if a is None or b is None or a.outlet != b.outlet or abs(a.experience - b.experience) < FELT_OTHERWISE:
        return ""
    return f"felt {_place(ours, names)} as {exact(b.experience)} instead of {exact(a.experience)}"
