"""A customer's life as a replay saw it: plain, frozen values that words, tables and charts are made from.

Levels are in [0, 1], weeks are the calendar's. What did not happen is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Alternative:
    """Something an occasion could have gone to: an outlet, or staying at home (`outlet` and `retailer` empty).

    `terms` add up to `utility`, in the signs in which they do; `luck` is the Gumbel of this occasion on top of it.
    """

    outlet: str
    retailer: str
    terms: Mapping[str, float]
    utility: float
    luck: float
    probability: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A touchpoint met: as a whole as felt, the dimensions as delivered and blended, and what a failure cost here."""

    name: str
    felt: float
    dimensions: Mapping[str, float]
    lost: float


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong on a visit: how badly, where, and the experience it cost."""

    severity: str
    touchpoint: str
    loss: float


@dataclass(frozen=True, slots=True)
class Moved:
    """What something did to satisfaction with a retailer and to trust in it."""

    satisfaction: tuple[float, float]
    trust: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Contact:
    """An ordinary contact after a visit: the machine tried (or ""), the desk with people (or ""), and what it did.

    `hours` until people answered; `change` of satisfaction with the retailer.
    """

    machine: str
    desk: str
    helped: bool
    hours: float
    change: float


@dataclass(frozen=True, slots=True)
class Complaint:
    """A reason to complain: whether it was told (`chance` in [0, 1]) to which desk, and the answer if it came at once.

    `weeks` until the answer, 0 within the week; `solved` is None while it is open, or where nothing was told.
    """

    desk: str
    chance: float
    told: bool
    hours: float
    weeks: int
    solved: bool | None
    moved: Moved


@dataclass(frozen=True, slots=True)
class Answer:
    """A week of an open complaint: it waits (`solved` None, `weeks` to go), or is answered, which can end the link.

    `made` is the week of the complaint, None if the warm-up's.
    """

    desk: str
    made: int | None
    weeks: int
    solved: bool | None
    ended: bool
    moved: Moved


@dataclass(frozen=True, slots=True)
class Leaving:
    """The chance of leaving a retailer in a week, and whether it came so.

    `terms` add up to the log-odds: `usual` for a customer of usual readiness and satisfaction, then what the person,
    satisfaction, competition and the type of relationship add.
    """

    chance: float
    terms: Mapping[str, float]
    left: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """Good and bad messages of a week, and what stands of them, before and after, in choice and in expectation."""

    good: int
    bad: int
    in_ear: tuple[float, float]
    expectation: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Relation:
    """What a week did between a customer and a retailer, visits apart; `leaving` of active links only.

    `messages` sent by name; whether a loyalty scheme was `joined`, and who had left was `called_back`.
    """

    leaving: Leaving | None
    heard: Heard
    offer: bool
    returned: bool
    won_back: bool
    answer: Answer | None
    messages: int = 0
    joined: bool = False
    called_back: bool = False


@dataclass(frozen=True, slots=True)
class Stocks:
    """What is carried of one retailer, as it has drifted to the week in question."""

    status: str
    relationship: str
    satisfaction: float
    expectation: float
    trust: float
    experience: Mapping[str, float]
    loyalty: float
    visits: int
    spend: float


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: met, felt, expected, judged, decided, remembered.

    `contributions[dimension][source]` says how far each source (a determinant, past experience, mood) moved a dimension
    from an ordinary level; in each dimension they add up to `dimensions` less the ordinary, but for clipping.
    `dimension_weights`, which sum to 1, say how much each dimension counts in the whole. `needs` says what each need,
    met or missed, added to the satisfaction with the visit. `told` is "well", "badly" or "" (not told); `stars` those
    posted, 0 for none; `reward` what points were worth; `chance_to_end` that the failure ended the
    relationship at once.
    """

    outlet: str
    retailer: str
    levels: Mapping[str, float]
    importance: Mapping[str, float]
    contributions: Mapping[str, Mapping[str, float]]
    dimension_weights: Mapping[str, float]
    touchpoints: tuple[Touchpoint, ...]
    failure: Failure | None
    out_of_stock: bool
    wait_minutes: float
    experience: float
    dimensions: Mapping[str, float]
    will: float
    should: float
    perceived: float
    gap: float
    encounter: float
    peak: float
    end: float
    remembered: float
    chance_to_buy: float
    bought: bool
    amount: float
    before: Stocks
    after: Stocks
    needs: Mapping[str, float] = field(default_factory=dict)
    offer: bool = False
    discount: float = 0.0
    contact: Contact | None = None
    complaint: Complaint | None = None
    chance_to_end: float = 0.0
    told: str = ""
    stars: int = 0
    reward: float = 0.0

    @property
    def complains(self) -> bool:
        """Whether it was complained of."""
        return self.complaint is not None and self.complaint.told


@dataclass(frozen=True, slots=True)
class Occasion:
    """One need: what it could have gone to, and the visit if it did not end at home.

    `refused` is the outlet whose personal offer would have won, had not the chosen one, tied, made the same; or "".
    """

    number: int
    alternatives: tuple[Alternative, ...]
    visit: Visit | None
    refused: str = ""

    @property
    def chosen(self) -> Alternative:
        """What it went to."""
        return next(each for each in self.alternatives if each.chosen)

    @property
    def others(self) -> list[Alternative]:
        """What it could have gone to instead, the likeliest first."""
        rest = (each for each in self.alternatives if not each.chosen)
        return sorted(rest, key=lambda each: each.probability, reverse=True)


@dataclass(frozen=True, slots=True)
class Week:
    """One week: its occasions, and how it leaves the customer with each retailer known."""

    week: int
    occasions: tuple[Occasion, ...]
    stocks: Mapping[str, Stocks]
    habitual: float
    should: float
    relations: Mapping[str, Relation] = field(default_factory=dict)

    @property
    def visits(self) -> list[Visit]:
        """Its visits in order."""
        return [occasion.visit for occasion in self.occasions if occasion.visit is not None]


@dataclass(frozen=True, slots=True)
class Life:
    """One customer in one world and replicate: who, how the warm-up left them, and every week since."""

    customer: str
    scenario: str
    replicate: int
    traits: Mapping[str, float]
    segment: str
    ordinary: float
    beginning: Mapping[str, Stocks]
    trips_before: int
    weeks: tuple[Week, ...]
