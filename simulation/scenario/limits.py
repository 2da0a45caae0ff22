"""How many customers this machine can hold."""

from __future__ import annotations

import os
from pathlib import Path

BYTES_PER_CUSTOMER = 550  # one customer with six links, and what is summed of it over the weeks, rounded up
SHARE_OF_MEMORY = 0.6

_MEMINFO = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")


def customers_that_fit() -> int | None:
    """Customers that fit in 60 % of the free memory, or None where the system does not tell."""
    free = free_memory()
    return None if free is None else int(free * SHARE_OF_MEMORY / BYTES_PER_CUSTOMER)


def free_memory() -> int | None:
    """Bytes that a new process may use, as far as the system tells."""
    known = [size for size in (_system_memory(), _group_memory()) if size is not None]
    return min(known) if known else None


def _system_memory() -> int | None:
    try:
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass  # not Linux
    return _free_pages()


def _free_pages() -> int | None:
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None


def _group_memory() -> int | None:
    """What a container leaves, when it sets a limit."""
    try:
        limit = (_GROUP / "memory.max").read_text(encoding="ascii").strip()
        used = int((_GROUP / "memory.current").read_text(encoding="ascii"))
        return None if limit == "max" else max(0, int(limit) - used)
    except (OSError, ValueError):
        return None
