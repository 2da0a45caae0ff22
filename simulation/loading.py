"""Open what a command wrote: a run folder, or the folder of a study."""

from __future__ import annotations

from pathlib import Path

from simulation import files
from simulation.files import SavedRun
from simulation.sweeping.plan import PLAN
from simulation.sweeping.saved import SavedStudy, load_study


def load(folder: Path | str) -> SavedRun | SavedStudy:
    """Open a finished run folder, or a study's, finished or not; tables are read when they are asked for.

    Raises:
        RunFolderError: there is no such folder, it is unfinished, or none of ours.
    """
    return load_study(folder) if (Path(folder) / PLAN).is_file() else files.load(folder)
