"""How boxes and drivers are compiled, and where the compiled code is kept.

numba's own cache does not notice an edit in another file: a stale kernel would keep running. The cache folder is
therefore keyed by a hash of all source that compiled code is made from, set before numba is first imported. It lies in
the user's own NUMBA_CACHE_DIR where there is one.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])
PACKAGE = Path(__file__).parent
KEEP_SECONDS = 30 * 24 * 3600


def source_hash() -> str:
    """Hash of every Python and data file of the package, in a fixed order."""
    digest = hashlib.sha256()
    for path in sorted(p for ending in ("*.py", "*.toml") for p in PACKAGE.rglob(ending)):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


COMPILED = (
    "compiling.py",
    "within.py",
    "bits.py",
    "arithmetic.py",
    "chance.py",
    "records.py",
    "planned.py",
    "parameters.py",
    "living.py",
    "customer",
    "market",
)
"""Everything that compiled code is made from; a test sees to it that nothing compiled lies elsewhere."""


def compiled_files() -> list[Path]:
    """The source files whose change makes compiled code stale."""
    places = [PACKAGE / name for name in COMPILED]
    return sorted(p for place in places for p in ([place] if place.is_file() else place.rglob("*.py")))


def _code_hash() -> str:
    digest = hashlib.sha256()
    for path in compiled_files():
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(" ".join(_row_names()).encode())
    return digest.hexdigest()[:16]


NUMBERED = ("parameters", "determinants", "traits", "needs", "instruments")
"""Data files whose rows compiled code knows by their place; what stands in the rows are arguments."""


def _row_names() -> list[str]:
    """The first word of each row of these files, in order."""
    texts = [(PACKAGE / "numbers" / f"{name}.toml").read_text(encoding="utf-8") for name in NUMBERED]
    return [name for text in texts for name in re.findall(r"^[\[\w]+", text, re.MULTILINE)]


def _cache_home() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "retailcx"


def _forget_old(home: Path) -> None:
    for folder in home.iterdir():
        if time.time() - folder.stat().st_mtime > KEEP_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _choose_cache_folder() -> None:
    """A folder of this source alone, in the user's own NUMBA_CACHE_DIR where there is one."""
    name, own = _code_hash(), os.environ.get("NUMBA_CACHE_DIR")
    if own and Path(own).name == name:
        return  # inherited from the process that started this one
    folder = (Path(own) if own else _cache_home()) / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.touch()
        if not own:
            _forget_old(folder.parent)
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"retailcx-{os.getuid() if hasattr(os, 'getuid') else 0}-{name}"
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


_choose_cache_folder()

from numba import config, njit  # noqa: E402  (the cache folder must be chosen first)

IS_PLAIN = bool(config.DISABLE_JIT)  # type: ignore[attr-defined]

NUMBER_RULE: dict[str, Any] = {"fastmath": False, "error_model": "numpy", "_nrt": False}
"""How everything is compiled. Nothing compiled allocates, so nothing need count references (`_nrt`)."""


def _within(function: F, **options: bool) -> F:
    """Compile a function that compiled code calls."""
    if IS_PLAIN:
        return function
    from simulation.within import Function

    return cast("F", Function(function, {"nopython": True, **NUMBER_RULE, **options}))


def box(function: F) -> F:
    """Compile a small pure scalar function so that it is inlined into the loop that calls it.

    The default error model divides unpacked, and any fastmath flag emits fused multiply-adds that change bits.
    """
    return _within(function, forceinline=True)


def phase(function: F) -> F:
    """Compile one phase of a driver: short loops that call boxes. Compiled and cached with the driver."""
    return _within(function, nogil=True)


def part(function: F) -> F:
    """Compile a large piece of a driver on its own and keep it: another process can do so at the same time."""
    if IS_PLAIN:
        return function
    from simulation.within import Part

    found = Part(function, targetoptions={"nopython": True, "nogil": True, **NUMBER_RULE})
    found.enable_caching()
    return cast("F", found)


def driver(function: F) -> F:
    """Compile an entry point called from Python: released from the interpreter lock, kept in the cache folder."""
    return cast("F", njit(nogil=True, cache=True, **NUMBER_RULE)(function))


def is_compiled_already(function: Any) -> bool:
    """True when the entry point needs no compiling in this process or finds it in the cache folder."""
    if IS_PLAIN or function.signatures:
        return True
    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    return any(folder.rglob(f"*.{function.py_func.__name__}-*.nbc"))
