"""retailcx: what an investment in customer experience does to a retail market, and what it pays back.

    from simulation import Scenario, compare
    results = compare([Scenario.load("staff_training", customers=2_000)])
    results.effects.to_frame()

Names are loaded when they are first used: importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.loading import load
    from simulation.model import RetailModel
    from simulation.running import compare, run
    from simulation.scenario import Scenario, ScenarioError
    from simulation.sweeping.study import Study
    from simulation.sweeping.sweeping import sweep

__all__ = ["RetailModel", "Scenario", "ScenarioError", "Study", "compare", "load", "run", "sweep"]

_HOMES = {
    "RetailModel": "simulation.model",
    "Scenario": "simulation.scenario",
    "ScenarioError": "simulation.scenario",
    "compare": "simulation.running",
    "load": "simulation.loading",
    "run": "simulation.running",
    "Study": "simulation.sweeping.study",
    "sweep": "simulation.sweeping.sweeping",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its home when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(import_module(_HOMES[name]), name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
