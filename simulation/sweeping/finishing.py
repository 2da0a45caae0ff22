"""A study that is complete: its runs in one table, and its fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from simulation.files import made_by
from simulation.results import Table
from simulation.sweeping.store import Store, batches


def finish(store: Store, keys: Sequence[str]) -> None:
    """Sum up a folder that has a row for every key, in the order of the design."""
    rows = in_order(batches(store.folder))
    done = set(rows["key"].astype(str)[rows["replicate"] >= 0].tolist())
    about = {
        **made_by("sweep", store.plan.name),
        "question": store.plan.question,
        "runs": sum(key in done for key in keys),
        "failed": sum(key not in done for key in keys),
        "results_sha256": results_hash(keys, rows, store.plan.outcome_names),
    }
    store.finish(about, rows)


def in_order(rows: Table) -> Table:
    """One row for each replicate that is there, and for each point that failed and was never done."""
    if not rows.columns:
        return rows
    key, replicate = rows["key"].astype(str), rows["replicate"]
    order = np.lexsort((replicate, key))
    key, replicate = key[order], replicate[order]
    first = np.r_[True, (key[1:] != key[:-1]) | (replicate[1:] != replicate[:-1])]
    done = set(key[replicate >= 0].tolist())
    wanted = first & np.array([number >= 0 or name not in done for name, number in zip(key, replicate, strict=True)])
    return rows.take(order[wanted])


def results_hash(keys: Sequence[str], runs: Table, outcomes: Sequence[str]) -> str:
    """What came of all points in their order, whoever lived them, when, and in how many sittings."""
    rows: dict[str, list[int]] = {}
    for row, key in enumerate(runs["key"] if runs.columns else ()):
        rows.setdefault(str(key), []).append(row)
    values = np.column_stack([runs[name] for name in outcomes]) if runs.columns else np.empty((0, len(outcomes)))
    failed = runs["replicate"] < 0 if runs.columns else np.empty(0, bool)
    digest = hashlib.sha256()
    for key in keys:
        mine = rows.get(key, [])
        digest.update(key.encode())
        digest.update(b"failed" if not mine or failed[mine].any() else np.ascontiguousarray(values[mine]).tobytes())
    return digest.hexdigest()
