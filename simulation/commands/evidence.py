"""The evidence card of a lever: what it does, how sure that is, what it costs, and what comes with it, in words."""

from collections.abc import Iterator

from simulation.commands.printing import print_table, text
from simulation.parameters import LEVERS, Effect, Lever, Parameter

GRADES = {
    "measured": "measured: this effect, in the field or by meta-analysis",
    "direction": "direction: whether it helps is known, how much is not",
    "assumption": "assumption: to be replaced by the user's own numbers",
}
PLACES = {
    "outlets": "every outlet, or the one named",
    "stores": "every store, or the one named",
    "online": "online outlets",
    "desks": "every service desk, or the one named",
    "retailer": "the retailer as a whole",
}


def print_evidence(name: str) -> None:
    """Print the card of one lever, then its numbers and its prices."""
    lever = LEVERS[name]
    print_table(f"{name} ({lever.family})", ("", ""), list(_facts(lever)))
    rows = [row for row in lever.fields.values() if not row.cost]
    if rows:
        headings = ("field", "value", "allowed", "likely range", "what it is", "source")
        print_table("What can be set", headings, map(_field, rows))
    prices = [row for row in lever.fields.values() if row.cost]
    if prices:
        headings = ("price", "value", "likely range", "of", "what it is", "source")
        print_table("What it costs", headings, map(_price, prices))


def _facts(lever: Lever) -> Iterator[tuple[str, str]]:
    yield "what it is", lever.about
    yield "moves", lever.moves
    yield "in the model", "; ".join(_effect(effect) for effect in lever.effects)
    yield "acts on", PLACES.get(lever.acts_on, lever.acts_on)
    yield "works", _time(lever)
    if lever.side_effect:
        yield "side effect", lever.side_effect
    yield "evidence", GRADES.get(lever.evidence, lever.evidence)
    yield "source", lever.source
    if lever.hangs_on:
        yield "hangs on", ", ".join(lever.hangs_on)


def _effect(effect: Effect) -> str:
    """One effect: "adds service to the service of outlets"."""
    place = f"{effect.plan}s" if effect.plan != "retailer" else "the retailer"
    channel = f" ({effect.channel.replace('_', ' ')})" if effect.channel else ""
    what = effect.column.strip("{}").replace("_", " ")
    if effect.how == "percent":
        return f"changes the {what} of {place}{channel} by {effect.by} in %"
    return f"adds {effect.by} to the {what} of {place}{channel}"


def _time(lever: Lever) -> str:
    ramp = f"in full force {lever.ramp_weeks} weeks after its start" if lever.ramp_weeks else "at once"
    wears = f"; half of it has worn off {lever.half_life_weeks:g} weeks later" if lever.half_life_weeks else ""
    return f"{ramp}{wears}, unless a scenario says otherwise"


def _covers(row: Parameter) -> str:
    ends = row.seen or row.spread
    return f"{text(ends[0])} to {text(ends[1])}" if ends else "not known"


def _field(row: Parameter) -> tuple[str, ...]:
    if row.choices:
        return row.name, "", ", ".join(row.choices), "", row.about, row.source
    allowed = f"{text(row.low)} to {text(row.high)} {row.unit}"
    return row.name, text(row.value), allowed, _covers(row), row.about, row.source


def _price(row: Parameter) -> tuple[str, ...]:
    of = f"{row.cost.replace('_', ' ')}, once" if row.per == "once" else row.cost.replace("_", " ")
    return row.name, f"{text(row.value)} {row.unit}", _covers(row), of, row.about, row.source
