"""The folder of a calibration: a scenario that runs, its customers under pseudonyms, and all that was found.

`scenario.toml` and `population.parquet` are the calibrated scenario; `purchases.parquet` is the customers' history
under the same pseudonyms, from which `forecast` starts; `calibration.json` has what `forecast` needs besides. Nothing
in the folder says who a customer is: that is told by a file outside it (`pseudonyms`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.calibration import Calibration
from analysis.calibration.calibration_report import write_calibration_report
from analysis.calibration.estimates import Estimate
from analysis.calibration.pseudonyms import Pseudonyms
from analysis.calibration.purchases import Purchases
from simulation.assumptions import assumptions
from simulation.files import RunFolderError, made_by, read_manifest, writing
from simulation.results import Labels, Table
from simulation.scenario import Scenario
from simulation.tables import read_parquet, write_parquet

Array = NDArray[Any]
VERB = "calibrate"
SCENARIO, POPULATION, RECORD, PURCHASES = "scenario.toml", "population.parquet", "calibration.json", "purchases"
REDRAWN = ("weekly_fit", "holdout", "holdout_by_count", "estimates", "moments", "curves")


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A finished calibration as `forecast` takes it up."""

    folder: Path
    manifest: Mapping[str, Any]
    saved: Mapping[str, Any]  # calibration.json

    def record(self, source: str) -> Mapping[str, Any] | None:
        """What a kind of data left for `forecast`; None if it was not given."""
        found: Mapping[str, Any] | None = self.saved["records"].get(source)
        return found

    def table(self, name: str) -> Table | None:
        """A saved table; None if there is none of that name."""
        path = self.folder / f"{name}.parquet"
        return read_parquet(path) if path.is_file() else None

    def names(self) -> Pseudonyms:
        """Who the customers are.

        Raises:
            NoSaltError: the file that says so is not on this machine.
        """
        return Pseudonyms.read(str(self.manifest["salt"]))

    def history(self, names: Pseudonyms) -> Purchases:
        """The purchases of the calibrated customers, in the order of their names.

        Raises:
            RunFolderError: the folder holds other customers than the names.
        """
        table = self.table(PURCHASES)
        place = {name: n for n, name in enumerate(names.all())}
        if table is None or not set(table.columns["customer_id"].words) <= place.keys():  # type: ignore[union-attr]
            raise RunFolderError(f"{self.folder}: its {PURCHASES}.parquet is missing or of other customers.")
        who = np.array([place[name] for name in table["customer_id"]], np.int64)
        first = date.fromisoformat(str(self.manifest["first"]))
        until = (date.fromisoformat(str(self.manifest["until"])) - first).days + 1
        return Purchases.of(who, table["day"], table["amount"], first, until)


def save_calibration(found: Calibration, target: Path, *, seed: int, seconds: float, files: Mapping[str, str]) -> Path:
    """Write the folder of a calibration, and the key to its pseudonyms elsewhere; returns where the key is.

    Args:
        found: what `calibrate` gave.
        target: a new or empty folder.
        seed: that it was calibrated with.
        seconds: how long it took.
        files: names of the files that were read, by kind.

    Raises:
        RunFolderError: the folder holds something already, or cannot be written.
        NoSaltError: the key cannot be written.
    """
    key = found.names.save()
    about = made_by(VERB, found.scenario.name) | {
        "seed": seed,
        "customers": found.purchases.customers,
        "purchases": int(found.purchases.day.size),
        "first": found.purchases.first_day.isoformat(),
        "until": found.until.isoformat(),
        "held_back_weeks": found.held_weeks,
        "salt": found.names.name,
        "files": dict(files),
        "assumptions": len(assumptions(found.scenario)),
        "wall_seconds": round(seconds, 3),
    }
    try:
        with writing(target, about) as place:
            _write(found, place, about)
    except BaseException:
        found.names.forget()
        raise
    return key


def load_calibration(place: Path | str) -> Calibrated:
    """Open the folder of a calibration, named itself or by its scenario.

    Raises:
        RunFolderError: it is unfinished, or was not written by `calibrate`.
    """
    folder = Path(place)
    if folder.name == SCENARIO:
        folder = folder.parent
    if not folder.is_dir():
        raise RunFolderError(f"{place}: there is no such folder. Name one that `calibrate` wrote, or its {SCENARIO}.")
    manifest = read_manifest(folder)
    if manifest["verb"] != VERB:
        raise RunFolderError(f"{folder} was written by `{manifest['verb']}`; name a folder that `{VERB}` wrote.")
    try:
        saved = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunFolderError(f"{folder}: its {RECORD} cannot be read ({error}).") from error
    return Calibrated(folder, manifest, saved)


def draw_again(folder: Path | str, *, png: bool = False) -> Path:
    """Draw the page of a calibration from its saved tables."""
    found = load_calibration(folder)
    tables = {name: table for name in REDRAWN if (table := found.table(name)) is not None}
    return write_calibration_report(found.folder, found.manifest, found.saved, tables, png=png)


def _write(found: Calibration, place: Path, about: dict[str, Any]) -> None:
    write_parquet(found.people, place / POPULATION)
    (place / SCENARIO).write_text(found.scenario.to_toml(population_file=POPULATION), encoding="utf-8")
    about["scenario_sha256"] = Scenario.load(place / SCENARIO).sha256
    tables = {**found.tables, "estimates": estimates_table(found.estimates), PURCHASES: _history(found)}
    for name, table in tables.items():
        if table.columns:
            write_parquet(table, place / f"{name}.parquet")
    charts = [chart for fit in found.fits for chart in fit.charts]
    saved = {
        "records": {fit.source: fit.record for fit in found.fits},
        "verdict": found.verdict,
        "remarks": list(found.remarks),
        "charts": [{key: getattr(each, key) for key in ("name", "title", "part", "broad")} for each in charts],
    }
    text = json.dumps(as_json(saved), indent=1, ensure_ascii=False, allow_nan=False)
    (place / RECORD).write_text(text + "\n", encoding="utf-8")
    write_calibration_report(place, about, saved, tables, charts)


def estimates_table(estimates: tuple[Estimate, ...]) -> Table:
    """All estimates, one a row."""
    keys = ("path", "value", "low", "high", "unit", "source", "told", "remark")
    columns: dict[str, Any] = {key: [getattr(each, key) for each in estimates] for key in keys}
    return Table.of(**columns)


def _history(found: Calibration) -> Table:
    words = tuple(found.names.all())
    bought = found.purchases
    return Table.of(customer_id=Labels(bought.customer, words), day=bought.day, amount=bought.amount)


def as_json(value: Any) -> Any:
    """The same value in the types of JSON; what is not finite is null."""
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [as_json(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
