"""Everything about a scenario that takes more than one key to judge.

Each check is a function in `CHECKS`, and all of them run, so that all problems are found at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from simulation import parameters as numbers
from simulation.scenario.checking_actions import ACTION_CHECKS
from simulation.scenario.checking_numbers import NUMBER_CHECKS
from simulation.scenario.checking_optimise import OPTIMISE_CHECKS
from simulation.scenario.checking_review import REVIEW_CHECKS
from simulation.scenario.drafting import Draft
from simulation.scenario.forms import MAX_CELLS
from simulation.scenario.identity import entity_number
from simulation.scenario.limits import BYTES_PER_CUSTOMER, customers_that_fit
from simulation.scenario.merging import is_id
from simulation.scenario.problems import Problem, in_order, unknown, unknown_customer
from simulation.scenario.wording import said

MONDAY = 0
Check = Callable[[Draft], Iterable[Problem]]


def problems_of(draft: Draft) -> list[Problem]:
    """All problems of a draft, by file and line."""
    found = [problem for check in CHECKS for problem in check(draft)]
    return in_order([*draft.problems, *found])


def market_is_there(draft: Draft) -> Iterator[Problem]:
    """A file is based on a market, or is one."""
    if not draft.tree.ids("retailer"):
        message = 'there is no market: add based_on = "grocery", or [market], [[retailer]] and [[outlet]] tables'
        yield Problem(draft.tree.file, None, "retailer", message)


def name_is_a_word(draft: Draft) -> Iterator[Problem]:
    """Results and their folder are called by it."""
    if draft.run is not None and "name" in draft.run.model_fields_set and not is_id(draft.run.name):
        message = f"name must be letters, digits, '_' or '-'; it is {said(draft.run.name)}"
        yield draft.tree.problem(("name",), message)


def calendar_is_sound(draft: Draft) -> Iterator[Problem]:
    """Weeks begin on Mondays, and seasons belong to a known trade."""
    if draft.market is None:
        return
    if draft.market.start.weekday() != MONDAY:
        day = f"{draft.market.start:%A}"
        yield draft.tree.problem(("market", "start"), f"start must be a Monday; {draft.market.start} is a {day}")
    if draft.market.trade not in numbers.SEASONS:
        yield draft.tree.problem(("market", "trade"), unknown("trade", draft.market.trade, numbers.SEASONS))


def population_is_sound(draft: Draft) -> Iterator[Problem]:
    """Cells make a square."""
    if draft.population is None:
        return
    cells = draft.population.cells
    if math.isqrt(cells) ** 2 != cells:
        near = math.isqrt(cells)
        message = f"cells must be a square number, such as {max(1, near**2)} or {(near + 1) ** 2}; it is {cells}"
        yield draft.tree.problem(("population", "cells"), message)


def customers_fit(draft: Draft) -> Iterator[Problem]:
    """The customers fit in memory, and come either from a file or from a number."""
    path = ("population", "customers")
    fit = customers_that_fit()
    if fit is not None and draft.customers is not None and draft.customers > fit:
        message = (
            f"{draft.customers:,} customers need more than 60 % of the free memory "
            f"(about {BYTES_PER_CUSTOMER} bytes each): at most {fit:,} now"
        )
        yield draft.tree.problem(path, message)
    if draft.tree.get("population", "file") is not None and draft.tree.get(*path) is not None:
        place = draft.tree.place(path)
        if place.line is None or place.file == draft.tree.place(("population", "file")).file:
            yield draft.tree.problem(path, "the customers are those of the population file; take the number out")


def recorded_customers_exist(draft: Draft) -> Iterator[Problem]:
    """Customers whose touchpoints are to be kept are among those simulated."""
    if draft.record is None or draft.customers is None or isinstance(draft.record.events, int):
        return
    for name in draft.record.events:
        fault = unknown_customer(name, draft.customers, draft.people.ids if draft.people is not None else None)
        if fault:
            yield draft.tree.problem(("record", "events"), fault)


def one_retailer_is_focal(draft: Draft) -> Iterator[Problem]:
    """The question is about one retailer."""
    ids = draft.tree.ids("retailer")
    focal = [name for name in ids if draft.tree.get("retailer", name, "focal") is True]
    here = [name for name in ids if draft.tree.place(("retailer", name, "focal")).file == draft.tree.file]
    if ids and not focal:
        message = "no retailer is focal; write focal = true at the one the question is about"
        said = [name for name in here if draft.tree.get("retailer", name, "focal") is False]
        yield draft.tree.problem(("retailer", said[0], "focal") if said else ("retailer",), message)
    focal.sort(key=here.__contains__)  # a file's own word last: that is where it goes wrong
    for name in focal[1:]:
        message = f"{focal[0]!r} and {name!r} are both focal; exactly one can be"
        yield draft.tree.problem(("retailer", name, "focal"), message)


def retailers_and_outlets_belong_together(draft: Draft) -> Iterator[Problem]:
    """Every outlet has a retailer of the market and every retailer an outlet."""
    retailers = draft.tree.ids("retailer")
    owners = {name: draft.tree.get("outlet", name, "retailer") for name in draft.tree.ids("outlet")}
    for name, owner in owners.items():
        if isinstance(owner, str) and owner not in retailers:
            message = f"outlet {name!r} belongs to no retailer of this market: {unknown('retailer', owner, retailers)}"
            place = draft.tree.place(("outlet", name, "retailer"))
            gone = place.file != draft.tree.file  # its own file had the retailer
            advice = f" If {owner!r} was removed, remove its outlets too" if gone else ""
            yield draft.tree.problem(("outlet", name, "retailer"), f"{message}{advice}")
    for name in retailers:
        if name not in owners.values():
            yield draft.tree.problem(("retailer", name), f"retailer {name!r} has no outlet; add an [[outlet]] for it")


def outlets_are_where_they_can_be(draft: Draft) -> Iterator[Problem]:
    """Stores stand in a cell, digital channels do not."""
    for name, outlet in draft.tree.table("outlet").items():
        if outlet.get("channel") in ("store", "online"):
            for key, message in _misplacements(draft, name, outlet):
                yield draft.tree.problem(("outlet", name, key), message)


def desks_belong_to_retailers(draft: Draft) -> Iterator[Problem]:
    """Every desk has a retailer of the market; a machine solves no complaints."""
    retailers = draft.tree.ids("retailer")
    for name, desk in draft.tree.table("desk").items():
        owner = desk.get("retailer")
        if isinstance(owner, str) and owner not in retailers:
            message = f"desk {name!r} belongs to no retailer of this market: {unknown('retailer', owner, retailers)}"
            yield draft.tree.problem(("desk", name, "retailer"), message)
        if desk.get("channel") == "self_service" and desk.get("complaint_resolution"):
            message = f"desk {name!r} is self-service, and complaints go to people; take complaint_resolution out"
            yield draft.tree.problem(("desk", name, "complaint_resolution"), message)


def ids_have_luck_of_their_own(draft: Draft) -> Iterator[Problem]:
    """Two ids with the same number would share their draws."""
    for array in ("retailer", "outlet", "desk"):
        seen: dict[int, str] = {}
        for name in draft.tree.ids(array):
            first = seen.setdefault(entity_number(name), name)
            if first != name:
                message = f"the ids {first!r} and {name!r} happen to share their number for chance; change one a little"
                yield draft.tree.problem((array, name, "id"), message)


def _misplacements(draft: Draft, name: str, outlet: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    cells = draft.population.cells if draft.population else MAX_CELLS
    online = outlet["channel"] == "online"
    for key in ("format", "location"):
        if key in outlet and (outlet[key] == "online") != online:
            kind = "an online outlet" if online else "a store"
            other = 'is "online"' if online else 'cannot be "online"'
            yield key, f"the {key} of {kind} {other}; it is {said(outlet[key])}"
    cell = outlet.get("cell")
    if online and cell is not None:
        yield "cell", "an online outlet stands in no cell; take it out"
    if not online and cell is None:
        yield "cell", f"outlet {name!r} has no cell; a store stands in one, from 0"
    if isinstance(cell, int) and not 0 <= cell < cells:
        yield "cell", f"cell must lie between 0 and {cells - 1} (population.cells is {cells}); it is {said(cell)}"


CHECKS: tuple[Check, ...] = (
    market_is_there,
    name_is_a_word,
    calendar_is_sound,
    population_is_sound,
    customers_fit,
    recorded_customers_exist,
    one_retailer_is_focal,
    retailers_and_outlets_belong_together,
    outlets_are_where_they_can_be,
    desks_belong_to_retailers,
    ids_have_luck_of_their_own,
    *NUMBER_CHECKS,
    *ACTION_CHECKS,
    *OPTIMISE_CHECKS,
    *REVIEW_CHECKS,
)
