"""What folders say of themselves, read with suspicion: a file of JSON may be damaged, or somebody else's."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MOST_BYTES = 20 * 2**20  # all that is told in JSON is short; tables are Parquet
KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("name", "question", "answer", "verb", "status", "cpu", "written"), (str,)),
    **dict.fromkeys(("source_sha256", "scenario_sha256", "results_sha256"), (str,)),
    **dict.fromkeys(("seed", "replicates", "customers", "weeks", "assumptions"), (int,)),
    **dict.fromkeys(("customer_weeks", "runs", "failed"), (int,)),
    "represents": (int, float, type(None)),
    "wall_seconds": (int, float),
    **dict.fromkeys(("versions", "sources"), (dict,)),
    "comparisons": (list,),
}
MADE_BY = ("name", "verb", "status", "versions", "cpu", "source_sha256", "written")
ABOUT = ("question", "seed", "replicates", "customers", "represents", "weeks", "assumptions", "sources", "comparisons")
NEEDED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("run", "compare"), (*MADE_BY, *ABOUT, "results_sha256", "customer_weeks", "wall_seconds")),
    "validate": (*MADE_BY, *ABOUT),
    "sweep": (*MADE_BY, "results_sha256"),
}


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no file, too large, no JSON, or JSON of something else.
    """
    if not path.is_file():
        raise ValueError("it is not a file")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES:,} bytes")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("it is no table of names and values")  # noqa: TRY004 - of the file, not of an argument
    return found


def damage_of(manifest: Mapping[str, Any]) -> str:
    """What is wrong with a manifest, if anything: something lacks, or is not of its kind."""
    verb = manifest["verb"]
    needed = NEEDED.get(verb, ()) if isinstance(verb, str) else ()
    lacking = [name for name in needed if name not in manifest]
    wrong = [name for name, value in manifest.items() if not _fits(value, KINDS.get(name))]
    if lacking:
        return f"it has no {lacking[0]!r}"
    return f"{wrong[0]!r} is not what it should be" if wrong else ""


def _fits(value: Any, kinds: tuple[type, ...] | None) -> bool:
    if kinds is None:
        return True
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, kinds) and not isinstance(value, bool)


def numbers_of(found: Mapping[str, Any]) -> dict[str, float]:
    """The entries that are finite numbers, not below zero."""
    numbers = {name: value for name, value in found.items() if _fits(value, (int, float))}
    return {name: value for name, value in numbers.items() if 0 <= value < 2**63}
