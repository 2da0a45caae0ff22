"""What it would be worth to know more before deciding: the expected value of information, by regression.

Strong, Oakley & Brennan 2014 (Medical Decision Making 34:311-326): the value of each option is regressed on the numbers
drawn; what the fit says of an option in a draw is its value with luck taken out. What shuffled numbers seem to be worth
is taken off, so that a number that tells nothing is worth about nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
SHUFFLES = 40
DEGREE = 2  # of the polynomial in one number


class Worth(NamedTuple):
    """What knowing numbers is worth: before and after what chance alone would give is taken off."""

    names: tuple[str, ...]
    value: float
    by_chance: float

    @property
    def net(self) -> float:
        """Never below 0: nobody has to listen."""
        return max(0.0, self.value - self.by_chance)


def value_of_knowing(options: Floats, numbers: Mapping[str, Floats], seed: int = 0) -> tuple[Worth, tuple[Worth, ...]]:
    """What perfect knowledge of all numbers together, and of each by itself, is worth to who chooses the best option.

    Args:
        options: net present values, (options, draws), of the same draws.
        numbers: what was drawn, (draws,) each.
        seed: of the shuffles.

    Returns:
        All together first, then each, the most valuable in front; in the unit of the options.

    Raises:
        ValueError: there are too few draws to fit so many numbers.
    """
    if not numbers:
        return Worth((), 0.0, 0.0), ()
    draws = options.shape[1]
    if draws <= 1 + DEGREE:
        raise ValueError(f"{draws} draws are too few to tell what knowing a number is worth")
    chance = np.random.default_rng(seed)
    each = [_worth((name,), options, _powers(column), chance) for name, column in numbers.items()]
    together = np.column_stack([_standard(column) for column in numbers.values()])
    together = together[:, : max(1, (draws - 1) // 3)] if together.shape[1] >= draws - 1 else together
    joint = _worth(tuple(numbers), options, together, chance)
    everything = max((joint, *each), key=lambda worth: worth.net)._replace(names=tuple(numbers))  # no less than any
    return everything, tuple(sorted(each, key=lambda worth: -worth.net))


def _worth(names: tuple[str, ...], options: Floats, columns: Floats, chance: np.random.Generator) -> Worth:
    shuffled = [_gain(options, columns[chance.permutation(len(columns))]) for _ in range(SHUFFLES)]
    return Worth(names, _gain(options, columns), float(np.mean(shuffled)))


def _gain(options: Floats, columns: Floats) -> float:
    """The mean of the best fitted value of each draw, less the best mean."""
    design = np.column_stack([np.ones(len(columns)), columns])
    fitted = design @ np.linalg.lstsq(design, options.T, rcond=None)[0]
    return float(fitted.max(1).mean() - options.mean(1).max())


def _standard(column: Floats) -> Floats:
    spread = float(column.std())
    return np.asarray((column - column.mean()) / spread if spread > 0.0 else np.zeros_like(column), np.float64)


def _powers(column: Floats) -> Floats:
    """A number, standardised, in powers up to the degree."""
    return np.column_stack([_standard(column) ** power for power in range(1, DEGREE + 1)])
