"""What levers do to the plan of weeks: the rows of their catalogue, applied to its columns, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.parameters import DETERMINANT_NAMES, LEVERS, Effect
from simulation.scenario.checking_actions import CHANNELS

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from simulation.scenario.forms import Lever, Outlet

SHARES = (  # lie in [0, 1]
    *DETERMINANT_NAMES,
    *("identified", "consent", "chosen", "opting_out", "privacy", "message_discount", "retention", "winback", "scheme"),
    *("operational", "analytical", "collaborative"),
    *("openness", "upkeep", "feedback", "acting", "mapped", "asked", "response", "called", "replied"),
    *("resolution", "recovery", "answered", "at_once", "tried", "answers"),
)


USUAL_EASE = 0.5  # of use, at which a ramp is as long as it says


def intensity(weeks: Any, start: int, end: int | None, ramp: int, half_life: float = 0.0) -> Any:
    """How far something is in force in each calendar week: 0 before `start` and after `end`.

    It rises over `ramp` weeks; from then on half of it wears off every `half_life` weeks (0: it stays).
    """
    rising = np.clip((weeks - start + 1.0) / (ramp + 1.0), 0.0, 1.0)
    last = weeks[-1] if end is None else end
    force = np.where((weeks >= start) & (weeks <= last), rising, 0.0)
    if half_life > 0.0:
        force *= 0.5 ** (np.maximum(0.0, weeks - start - ramp) / half_life)
    return force


def force_of(lever: Lever, weeks: Any) -> Any:
    """How far a lever is in force in each calendar week; what is hard to use is learned slowly, and used in part."""
    ease = float(lever.fields.get("ease_of_use", USUAL_EASE))
    ramp = round((lever.ramp_weeks or 0) * (1.0 - ease) / (1.0 - USUAL_EASE))
    force = intensity(weeks, lever.start_week, lever.end_week, ramp, lever.half_life_weeks or 0.0)
    return force * used(lever.fields, ease) if "ease_of_use" in lever.fields else force


def used(fields: Mapping[str, float | str], ease: float) -> float:
    """How far something is used by those who should: all that is easy, and what training made easy of the rest."""
    hours, half = float(fields["training_hours"]), float(fields["learning_hours"])
    return 1.0 - (1.0 - ease) * half / (half + hours)


def outlets_of(scenario: Scenario, lever: Lever) -> list[Outlet]:
    """The outlets that a lever acts on."""
    channels = CHANNELS[LEVERS[lever.kind].acts_on]
    return [
        outlet
        for outlet in scenario.outlets
        if outlet.retailer == lever.retailer and lever.outlet in (None, outlet.id) and outlet.channel in channels
    ]


def levers_move(scenario: Scenario, weeks: Any, outlets: Any, retailers: Any, desks: Any) -> None:
    """Every lever of a scenario moves the plans of its outlets, its retailer and its desks, each (weeks, rows).

    What waits for a review moves nothing: see `reviews`.
    """
    for lever in scenario.levers:
        if lever.id not in scenario.review.waiting:
            lever_moves(scenario, lever, weeks, outlets, retailers, desks)


def lever_moves(scenario: Scenario, lever: Lever, weeks: Any, outlets: Any, retailers: Any, desks: Any) -> None:
    """One lever moves the plans of calendar weeks `weeks`, in place."""
    chosen = {"outlet": (outlets, _outlets), "retailer": (retailers, _retailers), "desk": (desks, _desks)}
    force = force_of(lever, weeks)
    for effect in LEVERS[lever.kind].effects:
        plan, places = chosen[effect.plan]
        for place in places(scenario, lever, effect):
            _move(plan[_column_of(effect, lever)][:, place], effect, lever, force)


def _outlets(scenario: Scenario, lever: Lever, effect: Effect) -> Iterator[int]:
    acted_on = {outlet.id for outlet in outlets_of(scenario, lever) if effect.channel in ("", outlet.channel)}
    return (o for o, outlet in enumerate(scenario.outlets) if outlet.id in acted_on)


def _retailers(scenario: Scenario, lever: Lever, _: Effect) -> Iterable[int]:
    return (r for r, retailer in enumerate(scenario.retailers) if retailer.id == lever.retailer)


def _desks(scenario: Scenario, lever: Lever, effect: Effect) -> Iterable[int]:
    return (
        d
        for d, desk in enumerate(scenario.desks)
        if desk.retailer == lever.retailer and lever.desk in (None, desk.id) and effect.channel in ("", desk.channel)
    )


def _column_of(effect: Effect, lever: Lever) -> str:
    """A column by its name; `{determinant}` is the one that the lever's field names."""
    name = effect.column
    return str(lever.fields[name[1:-1]]) if name.startswith("{") else name


def _move(column: Any, effect: Effect, lever: Lever, force: Any) -> None:
    """One effect on one column of one row, in place."""
    size = float(lever.fields[effect.by])
    if effect.how == "percent":
        column *= 1.0 + size / 100.0 * force
    elif effect.how == "lowers":
        column *= 1.0 - size / 100.0 * force
    else:
        column += size * force
    if _column_of(effect, lever) in SHARES:
        np.clip(column, 0.0, 1.0, out=column)
