"""`[review]`: what a review may buy is there, acts on outlets, and has prices that are known beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from simulation import parameters as numbers
from simulation.scenario.checking_actions import ON_OUTLETS
from simulation.scenario.drafting import Draft
from simulation.scenario.forms import Lever, Review
from simulation.scenario.problems import Problem, unknown

AHEAD = (  # what prices are the price of that is known before it happens
    "retailer",
    "outlet",
    "employee",
    "training_hour",
    "staff_hour",
    "capacity_visit",
    "upkeep",
)


def review_is_complete(draft: Draft) -> Iterator[Problem]:
    """A review has money, something to choose from, and a week."""
    if draft.review is None or not draft.tree.table("review"):
        return
    path = ("review",)
    if not draft.tree.table("review", "levers"):
        message = 'a review has nothing to buy; add [review.levers] with lines such as service = "the id of a lever"'
        yield draft.tree.problem(path, message)
    if draft.tree.get("review", "budget") is None:
        yield draft.tree.problem(path, "a review has no budget; add budget = what it may spend each time")
    first = draft.review.first
    if draft.weeks is not None and first > draft.weeks:
        message = f"the first review is held before week {first}, beyond the end of the run ({draft.weeks} weeks)"
        yield draft.tree.problem(path, message)


def review_buys_what_is_there(draft: Draft) -> Iterator[Problem]:
    """Each determinant is one that there is, each lever one of the scenario's that a review can buy."""
    for name, lever in (draft.review or Review()).levers.items():
        path = ("review", "levers", name)
        if name not in numbers.DETERMINANT_NAMES:
            yield draft.tree.problem(path, unknown("determinant", name, numbers.DETERMINANT_NAMES))
        if lever not in draft.tree.ids("lever"):
            yield draft.tree.problem(path, unknown("lever", lever, draft.tree.ids("lever")))
        elif lever in draft.levers:
            yield from _lever_problems(draft, draft.levers[lever])


def _lever_problems(draft: Draft, lever: Lever) -> Iterator[Problem]:
    """The focal retailer buys it, in outlets, when the review says, at prices known beforehand."""
    path = ("lever", lever.id)
    kind = numbers.LEVERS.get(lever.kind)
    if lever.retailer not in ("", draft.focal):
        message = f"a review is the focal retailer's, and {lever.id!r} is bought by {lever.retailer!r}"
        yield draft.tree.problem((*path, "retailer"), message)
    for key, usual in (("start_week", 1), ("end_week", None)):
        if getattr(lever, key) != usual:
            yield draft.tree.problem((*path, key), f"a review says when {lever.id!r} is bought; take {key} out")
    if kind is not None and kind.acts_on not in ON_OUTLETS:
        message = f"a review buys what acts on outlets; {lever.kind} acts on the {kind.acts_on.removesuffix('s')}"
        yield draft.tree.problem((*path, "kind"), message)
    for price, row in kind.fields.items() if kind is not None else ():
        if row.cost and row.cost not in AHEAD:
            message = f"a review cannot know what {lever.id!r} will cost: {price} is paid by the {row.cost}"
            yield draft.tree.problem((*path, "kind"), message)


REVIEW_CHECKS: tuple[Callable[[Draft], Iterable[Problem]], ...] = (review_is_complete, review_buys_what_is_there)
