"""One customer's life in plain words: who, beside the twin, week by week with dull weeks folded, and how it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill

from analysis.story_ties import addressed, cause, chance_now, heard, leaving, offers_of, ties_folded
from analysis.story_trouble import answers, trouble_folded
from analysis.story_twins import Parting, beside, twin_lines
from analysis.story_visit import Line, in_short, occasion_lines, place
from analysis.story_words import HOME, Names, exact, level, listed, per_cent, span
from simulation.life import Life, Occasion, Stocks, Visit, Week

MOVED_MUCH = 0.03  # a change of satisfaction that makes a visit worth telling
COMPLAINT = 0.5  # weight of a complaint, and of its answer
REFUSAL = 0.1  # weight of an offer that the own retailer answered
MOST_TOLD = 12  # weeks; the others are folded
LEAD = 10  # letters that lead a line; a longer name shifts its line
HOW_TO_READ = (
    "levels are of 100, and an ordinary good visit has {}; Why gives the terms of the utility beside the likeliest "
    "alternative; Moved by says how many points each source moved the visit from an ordinary one, and the dimension "
    "that it moved most."
)
STATUS_WORDS = {
    "active": "an active customer",
    "prospect": "knows it, has never bought there",
    "unaware": "has not heard of it",
    "lapsed": "has left",
}
CHANGES = {
    ("active", "lapsed"): "left {}",
    ("lapsed", "active"): "came back to {}",
    ("unaware", "prospect"): "heard of {}",
    ("prospect", "active"): "became a customer of {}",
    ("none", "unaware"): "{} is within reach, and not known yet",
}


@dataclass(frozen=True)
class Story:
    """A life, and the twin's life if there is one, ready to be told."""

    life: Life
    names: Names
    twin: Life | None = None
    parting: Parting | None = None

    def lines(self) -> Iterator[Line]:
        """The whole story, line by line."""
        yield Line("", title(self.life))
        yield Line("Who", who(self.life, self.names))
        yield Line("Before", before(self.life, self.names))
        yield Line("Numbers", HOW_TO_READ.format(level(self.life.ordinary)))
        if self.twin is not None:
            yield from beside(self.life, self.twin, self.parting, self.names)
        yield from self._weeks()
        yield Line("", "")
        yield Line("", f"After week {self.life.weeks[-1].week}")
        yield from ends(self.life, self.names)

    def _weeks(self) -> Iterator[Line]:
        """Weeks worth telling in full, the others folded."""
        twins = {week.week: week for week in self.twin.weeks} if self.twin is not None else {}
        chosen = worth_telling(self.life, self.parting.weeks if self.parting is not None else set())
        dull: list[Week] = []
        earlier = before_dull = self.life.beginning
        for week in self.life.weeks:
            if week.week not in chosen:
                dull.append(week)
            else:
                yield from folded(dull, before_dull, self.names, twins)
                dull, before_dull = [], week.stocks
                yield from told(week, earlier, self.names, twins.get(week.week))
            earlier = week.stocks
        yield from folded(dull, before_dull, self.names, twins)


def as_text(lines: Iterable[Line], width: int = 100) -> str:
    """Lines for people to read: what leads a line stands in a column of its own."""
    blank = " " * (LEAD + 3)
    return "\n".join(
        fill(line.text, width)
        if not line.lead
        else fill(line.text, width, initial_indent=f"  {line.lead:<{LEAD}} ", subsequent_indent=blank)
        for line in lines
    )


def title(life: Life) -> str:
    """Whose life it is."""
    return f"Customer {life.customer} in {life.scenario}, replicate {life.replicate}"


def who(life: Life, names: Names) -> str:
    """The traits that matter most, in words."""
    traits = life.traits
    goal = "to get things done" if traits["goal"] < 0.5 else "for the experience"  # noqa: PLR2004
    return (
        f"{traits['age']:.0f} years old, household of {traits['household']:.0f}, income "
        f"{names.money(traits['income'])} a year; {traits['need_rate']:.0f} shopping needs a year for about "
        f"{names.money(traits['basket'])} each; shops {goal}; price counts {traits['price_sensitivity']:.1f} times as "
        f"much as for the mean customer; {'easily' if traits['leniency'] > 0 else 'not easily'} pleased."
    )


def before(life: Life, names: Names) -> str:
    """What the warm-up left."""
    known = {name: stocks for name, stocks in life.beginning.items() if stocks.status == "active"}
    parts = listed(f"{names.retailer(name)} {level(stocks.satisfaction)}" for name, stocks in known.items())
    trips = f"{life.trips_before} trips before week 1; " if life.trips_before else ""
    return f"{trips}satisfaction, of 100, with those whose customer they are: {parts or 'nobody'}."


def worth_telling(life: Life, always: set[int]) -> set[int]:
    """The weeks that are told: some always, the first with a visit, and those in which most happened."""
    first = next((week.week for week in life.weeks if week.visits), None)
    always = always | ({first} if first is not None else set())
    before_each = [life.beginning, *(week.stocks for week in life.weeks)]
    weights = {week.week: _weight(week, earlier) for week, earlier in zip(life.weeks, before_each, strict=False)}
    eventful = [week for week, weight in weights.items() if weight >= MOVED_MUCH]
    most = sorted(eventful, key=weights.__getitem__, reverse=True)[:MOST_TOLD]
    return always | set(most)


def _weight(week: Week, earlier: Mapping[str, Stocks]) -> float:
    """How much happened: a change with a retailer once visited counts most, then what moved satisfaction."""
    changed = sum(week.stocks[name].visits > 0 for name, _, _ in changes(week, earlier))
    answered = sum(each.answer is not None and each.answer.solved is not None for each in week.relations.values())
    refused = sum(bool(occasion.refused) for occasion in week.occasions)
    visited = max((_weight_of(visit) for visit in week.visits), default=0.0)
    return changed + visited + COMPLAINT * answered + REFUSAL * refused


def _weight_of(visit: Visit) -> float:
    moved = abs(visit.after.satisfaction - visit.before.satisfaction)
    first = visit.before.visits == 0
    return moved + MOVED_MUCH * (first + (visit.failure is not None) + (not visit.bought)) + COMPLAINT * visit.complains


def changes(week: Week, earlier: Mapping[str, Stocks]) -> list[tuple[str, str, str]]:
    """What became of relationships in a week: retailer, status before and after."""
    statuses = {name: earlier[name].status if name in earlier else "none" for name in week.stocks}
    return [(name, was, week.stocks[name].status) for name, was in statuses.items() if was != week.stocks[name].status]


def change_in_words(retailer: str, was: str, now: str, names: Names) -> str:
    """A change of a relationship: left Ours, heard of Ours."""
    return CHANGES.get((was, now), f"{now} for {{}}").format(names.retailer(retailer))


def kinds_changed(week: Week, earlier: Mapping[str, Stocks], names: Names) -> list[str]:
    """Relationships that became another while they last: quantitative to social with Ours."""
    both = [(name, earlier[name], now) for name, now in week.stocks.items() if name in earlier]
    return [
        f"{was.relationship} to {now.relationship} with {names.retailer(name)}"
        for name, was, now in both
        if was.status == now.status == "active" and was.relationship != now.relationship
    ]


def told(week: Week, earlier: Mapping[str, Stocks], names: Names, twin: Week | None) -> Iterator[Line]:
    """A week in full: eventful occasions, others in short, what became of relationships, the twin's."""
    monday = names.monday(week.week)
    yield Line("", "")
    yield Line("", f"Week {week.week}, from {monday.day} {monday:%B %Y}")
    if week.occasions:
        main = max(range(len(week.occasions)), key=lambda n: _weight_of_occasion(week.occasions[n]))
        yield from _others("Earlier", week.occasions[:main], names)
        yield from occasion_lines(week.occasions[main], names)
        yield from _others("Later", week.occasions[main + 1 :], names)
    yield from (Line("Answered", text) for text in answers(week, names))
    yield from (Line("Heard", text) for text in [heard(week, names)] if text)
    yield from (Line("By name", text) for text in [addressed(week, names)] if text)
    yield from (Line("Leaving", text) for text in leaving(week, names))
    for change in changes(week, earlier):
        yield Line("Now", change_in_words(*change, names) + cause(week, change[0]) + ".")
    yield from (Line("Now", f"the relationship went from {each}.") for each in kinds_changed(week, earlier, names))
    if twin is not None:
        yield from twin_lines(week, twin, names)


def _others(lead: str, occasions: Sequence[Occasion], names: Names) -> Iterator[Line]:
    """Ordinary occasions of a week in one line."""
    parts = [in_short(occasion, names) for occasion in occasions if occasion.visit is not None]
    stayed = len(occasions) - len(parts)
    parts += [f"stayed {HOME} {stayed} ×"] if stayed else []
    if parts:
        yield Line(lead, f"{'; '.join(parts)}.")


def _weight_of_occasion(occasion: Occasion) -> float:
    return _weight_of(occasion.visit) if occasion.visit is not None else 0.0


def folded(weeks: list[Week], earlier: Mapping[str, Stocks], names: Names, twins: Mapping[int, Week]) -> Iterator[Line]:
    """Dull weeks in one line; `earlier` is how things stood before them."""
    if not weeks:
        return
    parts = [_places(weeks, names), *_outcomes(weeks, names), *trouble_folded(weeks, names)]
    parts += [*ties_folded(weeks, names), *_changes_folded(weeks, earlier, names), *_other_choices(weeks, twins)]
    yield Line("", "")
    yield Line("", f"{span(weeks[0].week, weeks[-1].week)}: {'; '.join(parts)}.")


def _changes_folded(weeks: list[Week], earlier: Mapping[str, Stocks], names: Names) -> Iterator[str]:
    """What became of relationships, from before some weeks to their end."""
    last = weeks[-1]
    yield from (change_in_words(*change, names) for change in changes(last, earlier))
    kinds = kinds_changed(last, earlier, names)
    if kinds:
        yield f"the relationship went from {listed(kinds)}"


def _places(weeks: list[Week], names: Names) -> str:
    counted = Counter(place(occasion.chosen, names) for week in weeks for occasion in week.occasions)
    return listed(f"{number} × {name}" for name, number in counted.most_common()) or "no trip"


def _outcomes(weeks: list[Week], names: Names) -> Iterator[str]:
    """What the visits of some weeks left: memories, money, and how many went wrong."""
    visits = [visit for week in weeks for visit in week.visits]
    if not visits:
        return
    memories = sorted(level(visit.remembered).rjust(3) for visit in visits)
    worst, best = memories[0].strip(), memories[-1].strip()
    yield f"remembered as {worst}" + (f" to {best}" if best != worst else "")
    yield f"spent {names.money(sum(visit.amount for visit in visits))}"
    counts = {
        "with a failure": sum(visit.failure is not None for visit in visits),
        "without a purchase": sum(not visit.bought for visit in visits),
    }
    yield from (f"{number} {words}" for words, number in counts.items() if number)


def _other_choices(weeks: list[Week], twins: Mapping[int, Week]) -> Iterator[str]:
    pairs = [(week, twins[week.week]) for week in weeks if week.week in twins]
    other = sum(
        a.chosen.outlet != b.chosen.outlet for w, t in pairs for a, b in zip(w.occasions, t.occasions, strict=False)
    )
    if other:
        yield f"the twin went elsewhere {other} ×"


def ends(life: Life, names: Names) -> Iterator[Line]:
    """How every relationship stands in the end."""
    for retailer, stocks in life.weeks[-1].stocks.items():
        start = life.beginning.get(retailer)
        was = f"{exact(start.satisfaction)} → " if start is not None else ""
        visits = stocks.visits - (start.visits if start is not None else 0)
        spent = names.money(stocks.spend - (start.spend if start is not None else 0.0))
        stands = STATUS_WORDS.get(stocks.status, stocks.status)
        stands += f" ({stocks.relationship} relationship)" if stocks.status == "active" else ""
        carried = f"expects {exact(stocks.expectation)}, trust {exact(stocks.trust)}, habit {per_cent(stocks.loyalty)}"
        made = offers_of(life.weeks, retailer)
        more = [f"offers {made}"] if made else []
        more += [words for words in [chance_now(life.weeks[-1], retailer)] if words]
        yield Line(
            names.retailer(retailer),
            f"{stands}; satisfaction {was}{exact(stocks.satisfaction)}, {carried}; "
            f"{'; '.join([f'visits {visits}, spent {spent}', *more])}.",
        )
