"""Parts of a study that were lived apart (`--shard i/n`), joined."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from simulation.files import RunFolderError
from simulation.sweeping.finishing import finish
from simulation.sweeping.plan import differences
from simulation.sweeping.saved import SavedStudy, load_study
from simulation.sweeping.store import POINTS, RUNS, Store


def merge(folders: Sequence[Path], into: Path) -> SavedStudy:
    """Join the parts of a study in a new folder, which is finished if nothing is missing.

    Raises:
        RunFolderError: a folder is no part of the same study, two are the same part, or the new one is not empty.
    """
    parts = [load_study(folder) for folder in folders]
    _are_parts(parts)
    if into.exists() and any(into.iterdir()):
        raise RunFolderError(f"{into} is not empty. Name a new folder.")
    store = Store(into, replace(parts[0].plan, shard=None))
    try:
        for part in parts:
            store.copy(part.folder / RUNS)
        shutil.copyfile(parts[0].folder / POINTS, into / POINTS)
        if missing := _missing(store):
            store.say(name=store.plan.name, all=store.plan.count, done=store.plan.count - missing, failed=0)
        else:
            finish(store, _keys(store))
    finally:
        store.close()
    return load_study(into)


def _are_parts(parts: Sequence[SavedStudy]) -> None:
    first = parts[0].plan
    for each in parts[1:]:
        changed = differences(first.identity, each.plan.identity)
        if changed:
            told = "\n".join(f"  {change}" for change in changed)
            raise RunFolderError(f"{each.folder} is a part of another study than {parts[0].folder}:\n{told}")
    shards = [each.plan.shard for each in parts]
    if None in shards or len(set(shards)) < len(shards):
        raise RunFolderError("merge joins different parts of a study, which `sweep --shard i/n` wrote")


def _keys(store: Store) -> list[str]:
    """The points of the design in its order, each once."""
    return list(dict.fromkeys(load_study(store.folder).points.where(in_design=True)["key"].astype(str).tolist()))


def _missing(store: Store) -> int:
    there = store.replicates_done()
    return sum(key not in there for key in _keys(store))
