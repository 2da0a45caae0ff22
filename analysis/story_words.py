"""What a story calls things: outlets, terms of a utility, levels of 100, weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from simulation.scenario import Scenario

HOME = "at home"
TERMS = {
    "home": "the need itself",  # what staying at home costs
    "loyalty": "habit",
    "channel": "liking of the channel",
    "heard": "word of mouth",
    "tie": "the tie to the retailer",
    "offer": "a personal offer",
    "personal": "messages, points and contact by name",
}
SOURCES = {
    "channels": "other channels",
    "past": "past experience",
    "leniency": "response style",
    "fit": "how the retailer suits them",
    "luck": "luck of the day",
    "failure": "the failure",
}
NEEDS = {"affordable_price": "the price", "choice": "the choice"}
DESKS = {
    "face_to_face": "the desk in the store",
    "phone": "the phone",
    "email": "e-mail",
    "chat": "the chat",
    "self_service": "the bot",
}
MOST_LISTED = 4
LEAST_SHARE = 0.0005
WHOLE = 100.0  # an amount of money from which nobody reads cents


@dataclass(frozen=True)
class Names:
    """Words of one scenario."""

    scenario: Scenario

    @property
    def currency(self) -> str:
        """What money is counted in."""
        return self.scenario.market.currency

    def retailer(self, name: str) -> str:
        """A retailer as people call it."""
        found = next((each for each in self.scenario.retailers if each.id == name), None)
        return found.name if found is not None and found.name else name

    def outlet(self, name: str, retailer: str) -> str:
        """An outlet: the retailer's name and where it is; no outlet is home."""
        if not name:
            return HOME
        return name.replace(retailer, self.retailer(retailer), 1).replace("_", " ")

    def desk(self, name: str) -> str:
        """A service desk by its channel: the phone, the chat."""
        found = next((each for each in self.scenario.desks if each.id == name), None)
        return DESKS.get(found.channel, found.channel) if found is not None else name

    def monday(self, week: int) -> date:
        """The day on which a calendar week begins."""
        return self.scenario.market.start + timedelta(weeks=week - 1)

    def money(self, amount: float) -> str:
        """An amount with its currency."""
        return f"{amount:,.{0 if amount >= WHOLE or not amount else 2}f} {self.currency}"


def term(name: str) -> str:
    """A term of the utility in words."""
    return TERMS.get(name, name)


def source(name: str) -> str:
    """What moved an experience, in words."""
    return SOURCES.get(name, name)


def level(value: float) -> str:
    """A level of 100."""
    return f"{100 * value:.0f}"


def exact(value: float) -> str:
    """A level of 100 with one decimal."""
    return f"{100 * value:.1f}"


def signed(value: float) -> str:
    """A difference with its sign and one decimal: +1.2, −0.3."""
    text = f"{abs(value):.1f}"
    return ("" if not float(text) else "−" if value < 0 else "+") + text


def points(value: float) -> str:
    """A difference between levels, in points of 100."""
    return signed(100 * value)


def per_cent(share: float) -> str:
    """A probability: 34 %, below 1 %."""
    return "below 1 %" if share < 0.005 else f"{100 * share:.0f} %"  # noqa: PLR2004


def tenths(share: float) -> str:
    """A small probability: 0.4 %."""
    return f"{100 * share:.1f} %" if share >= LEAST_SHARE else "below 0.1 %"


def need(name: str) -> str:
    """A need in words."""
    return NEEDS.get(name, name)


def largest(parts: Mapping[str, float], least: float) -> list[tuple[str, float]]:
    """The parts of a sum that are large enough to be told, the largest first."""
    found = [(name, value) for name, value in parts.items() if abs(value) >= least]
    return sorted(found, key=lambda part: -abs(part[1]))[:MOST_LISTED]


def listed(texts: Iterable[str]) -> str:
    """Texts with commas."""
    return ", ".join(texts)


def span(first: int, last: int) -> str:
    """Week 4, or weeks 4-7."""
    return f"Week {first}" if first == last else f"Weeks {first}-{last}"
