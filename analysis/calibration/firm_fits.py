"""What a firm's survey, choices and sales say: each file through the module that estimates from it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from analysis.calibration.estimates import Fit
from analysis.calibration.firm_data import FirmData
from analysis.calibration.pseudonyms import Pseudonyms
from simulation import Scenario
from simulation.results import Labels, Table
from simulation.scenario import Problem, ScenarioError

STATE = "choice_state"
SURVEY_WORDS = ("week", "expectation", "performance", "effort", "loyalty_attitude", "customer_id", "retailer")
LOYALTY = ("loyalty_intent", "loyalty", "recommend", "nps")


def fits_of(scenario: Scenario, data: FirmData, names: Pseudonyms, seed: int) -> tuple[list[Fit], dict[str, Table]]:
    """What survey, choices and sales say; and the state of who chose, by pseudonym."""
    fits, tables = [], {}
    for name, fit in (("survey", _survey), ("choices", _choices), ("sales", _season)):
        if name not in data.tables:
            continue
        file = data.tables[name]
        try:
            found = fit(file.table, scenario, seed)
        except ValueError as error:
            raise ScenarioError([Problem(file.name, None, "", str(error))]) from error
        fits.append(found)
        if STATE in found.tables:
            tables[STATE] = _under_pseudonyms(found.tables[STATE], file.table.columns["customer_id"], names)
    return fits, tables


def _survey(table: Table, scenario: Scenario, seed: int) -> Fit:
    from analysis.calibration.survey import fit_survey
    from simulation.parameters import DETERMINANT_NAMES, DIMENSION_NAMES

    felt = [name for name in DIMENSION_NAMES if name in table]
    dimensions = felt if set(felt) - {*DETERMINANT_NAMES} else []  # `social` alone is a driver of that name
    rest = [n for n in table.columns if n not in ("satisfaction", *SURVEY_WORDS, *LOYALTY, *dimensions)]
    known = [name for name in rest if name in DETERMINANT_NAMES]
    return fit_survey(
        table,
        satisfaction="satisfaction",
        drivers=known if len(known) > 1 else rest,
        loyalty=next((name for name in LOYALTY if name in table), None),
        dimensions=dimensions,
        person="customer_id" if "customer_id" in table else None,
        subject="retailer" if "retailer" in table else None,
        scenario=scenario,
        seed=seed,
    )


def _choices(table: Table, scenario: Scenario, seed: int) -> Fit:
    from analysis.calibration.choices import fit_choices

    ids: Any = table.columns["customer_id"]
    return fit_choices(table.adding(customer_id=ids.codes.astype(np.int64)))  # numbers: the salt moves no result


def _season(table: Table, scenario: Scenario, seed: int) -> Fit:
    from analysis.calibration.season import fit_season

    return fit_season([date.fromisoformat(day) for day in table["date"]], table["sales"])


def _under_pseudonyms(state: Table, ids: Any, names: Pseudonyms) -> Table:
    words = np.array([names.of(word) for word in ids.words], dtype=object)
    return state.adding(customer_id=Labels.of(words[state["customer_id"].astype(np.int64)]))
