"""Published figures that our formulas must give again."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.theory.churn import Churn
from analysis.theory.dirichlet import Dirichlet

Array = NDArray[Any]
# Goodhardt, Ehrenberg & Chatfield 1984: toothpaste in the United Kingdom, first quarter of 1973, as they fitted it.
# The cells of toothpaste.csv follow; Colgate's penetration and the category's are also in their tables.
TOOTHPASTE = Dirichlet(mean=1.456, shape=0.78, diversity=1.55)
TOOTHPASTE_DUPLICATION = 1.26
QUARTERS = (0.25, 1.0, 4.0)
CATEGORY_BY_QUARTERS = (0.258, 0.560, 0.811)
COLGATE_BY_QUARTERS = (0.075, 0.205, 0.401)
# Fader, Hardie & Lee 2005 on the tenth of CDNOW: r, alpha, a and b of the BG/NBD (weeks), repeat purchases of a new
# customer in 39 weeks and the chance of none; of one with two repeats, the last in week 30.43 of 38.86, in the next 39.
CDNOW_BG_NBD = (0.243, 4.414, 0.793, 2.426)
CDNOW_WEEKS = 39.0
CDNOW_EXPECTED, CDNOW_NONE = 1.197, 0.574
CDNOW_CUSTOMER, CDNOW_CUSTOMER_EXPECTED = (2.0, 30.43, 38.86), 1.226
# Fader & Hardie 2007, data of Berry & Linoff (cohorts.csv, % still there): fitted on years 1 to 7, year 12 foretold.
FITTED_YEARS = 7
FORETOLD_YEAR = 12
COHORTS = {"high_end": (Churn(0.668, 3.806), 0.378), "regular": (Churn(0.704, 1.182), 0.170)}
# Gupta, Lehmann & Stuart 2004 at a discount of 12 % a year: retention, multiple of the margin, elasticity to retention.
DISCOUNT = 0.12
VALUES = ((0.6, 1.15, 2.15), (0.7, 1.67, 2.67), (0.8, 2.50, 3.50), (0.9, 4.09, 5.09))
# Keiningham et al. 2011, shares of wallet by rank.
WALLETS = {2: (0.67, 0.33), 3: (0.50, 0.33, 0.17), 4: (0.40, 0.30, 0.20, 0.10)}
# Zhang & Vaver 2017, the code of R package amss with the numbers of its documentation: by favourability, unaware to
# favourable, how many there are, what they would buy without a competitor, and what of the brand they buy.
AMSS_MIX = (0.03, 0.07, 0.65, 0.20, 0.05)
AMSS_DEMAND = (0.014, 0.0, 0.2, 0.3, 0.9)
AMSS_COMPETITOR, AMSS_REPLACED = 0.8, 0.5
AMSS_BRAND = (0.007, 0.0, 0.10, 0.15, 0.55)
AMSS_SPLIT = (0.1227, 0.6823)
# Rust, Lemon & Zeithaml 2004, American Airlines, million USD.
AIRLINE_GAIN, AIRLINE_SPENT, AIRLINE_RETURN = 101.3, 70.0, 0.447


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def toothpaste(column: str) -> Array:
    """A column of the buying of toothpaste, by brand."""
    return np.array([float(row[column]) for row in _table("toothpaste.csv")])


def survival(cohort: str) -> Array:
    """Share of a cohort still there, by year from 0."""
    return np.array([float(row[cohort]) for row in _table("cohorts.csv")]) / 100.0
