"""What a plan says: in a sentence, and as tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.effects import Interval
from analysis.optimising.plan import Option, Plan
from analysis.optimising.search import Search
from analysis.wording import bracketed, short
from simulation.results import Table


def sentence(plan: Plan) -> str:
    """What to buy, what it is worth, how sure that is, and what it is worth beside an equal split."""
    currency, best = plan.scenario.market.currency, plan.best
    if not any(best.allocation):
        return f"Buy nothing: of what was tried within {_money(plan.search.budget, currency)}, nothing pays back."
    listed = ", ".join(in_words(plan.search, best))
    worth = _interval(best, currency)
    equal = next(option for option in plan.options if option.name == "equal split")
    if best.npv <= 0.0:  # the search saw other luck
        return (
            f"Buy nothing: the best that was found within {_money(plan.search.budget, currency)}, {listed}, comes to "
            f"{worth} on other luck, {_chance(best.p_positive)} to pay back "
            f"(split equally: {_interval(equal, currency)})."
        )
    bounds = f" At its bound: {', '.join(map(_named, plan.search.at_bounds))}." if plan.search.at_bounds else ""
    return (
        f"Buy {listed}: {worth} net over the run for {_money(best.cost, currency)} of "
        f"{_money(plan.search.budget, currency)}, {_chance(best.p_positive)} to pay back "
        f"(split equally: {_interval(equal, currency)}).{bounds}"
    )


def in_words(search: Search, option: Option) -> list[str]:
    """What an allocation buys: "staff training, hours per employee 32"."""
    return [
        f"{_named(dial.name)} {short(value)}"
        for dial, value in zip(search.dials, option.allocation, strict=True)
        if value > 0.0
    ]


def _named(dial: str) -> str:
    lever, _, field = dial.partition(".")
    return f"{lever.replace('_', ' ')}: {field.replace('_', ' ')}"


def _chance(probability: float) -> str:
    return f"{100 * probability:.0f} % sure"


def _interval(option: Option, currency: str) -> str:
    return f"{bracketed(Interval(option.npv, option.low, option.high))} {currency}"


def _money(amount: float, currency: str) -> str:
    return f"{amount:,.0f} {currency}"


def tables(plan: Plan) -> Mapping[str, Table]:
    """Everything a plan found: what was judged, its settings, the front, all looks, and the worth of information."""
    search = plan.search
    judged = [*plan.options, *(option._replace(name=f"budget {budget:.0f}") for budget, option in plan.front)]
    kept = ("npv", "low", "high", "p_positive", "cvar", "cost", "regret")
    return {
        "options": Table.of(
            option=[each.name for each in judged],
            **{name: np.array([getattr(each, name) for each in judged]) for name in kept},
        ),
        "settings": Table.of(
            option=[each.name for each in judged for _ in search.dials],
            dial=[dial.name for _ in judged for dial in search.dials],
            setting=np.array([value for each in judged for value in each.allocation]),
        ),
        "looks": _looks(search),
        "information": Table.of(
            number=["everything", *(each.names[0] for each in plan.each)],
            **{
                name: np.array([getattr(each, name) for each in (plan.everything, *plan.each)])
                for name in ("net", "value", "by_chance")
            },
        ),
    }


def _looks(search: Search) -> Table:
    """Every allocation that the search looked at, one column a dial."""
    seen = list(search.seen.items())
    columns = {dial.name: np.array([each[n] for each, _ in seen]) for n, dial in enumerate(search.dials)}
    npv = np.array([look.npv for _, look in seen])
    return Table.of(npv=npv.mean(1), sd=npv.std(1), cost=np.array([look.cost for _, look in seen]), **columns)
