"""How loops of estimators are compiled: they call the model's boxes, and may allocate, which the engine's may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import simulation.compiling  # noqa: F401  (chooses the folder of compiled code, before numba is imported)

from numba import njit  # isort: skip

F = TypeVar("F", bound=Callable[..., Any])


def loop(function: F) -> F:
    """Compile a loop over data, under the number rule, and keep it in the cache folder."""
    return cast("F", njit(nogil=True, cache=True, error_model="numpy")(function))
