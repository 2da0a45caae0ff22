"""One writer at a time: a lock on a folder that ends with the process that holds it, however that ends."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from simulation.files import RunFolderError

NAME = "lock"


class FolderLock:
    """Held from the moment it is made.

    Raises:
        RunFolderError: another process holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._file = _opened(folder / NAME)
        if not _locked(self._file):
            who = self._file.read().strip() or "unknown"
            self._file.close()
            raise RunFolderError(
                f"{folder}: another process (number {who}) is writing here; `status {folder}` shows how far it is."
            )
        with suppress(OSError):  # who it is helps others, and needs room
            os.ftruncate(self._file.fileno(), 0)
            os.lseek(self._file.fileno(), 0, os.SEEK_SET)
            os.write(self._file.fileno(), str(os.getpid()).encode())

    def release(self) -> None:
        """Let others write."""
        self._file.close()


def is_locked(folder: Path) -> bool:
    """Whether a process is writing in a folder now."""
    if not (folder / NAME).is_file():
        return False
    file = _opened(folder / NAME)
    with file:
        return not _locked(file)


def _opened(path: Path) -> IO[str]:
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+", encoding="ascii", errors="replace")
    except OSError as error:
        raise RunFolderError(f"{path.parent} cannot be written: {error.strerror}.") from error


def _locked(file: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return _locked_on_windows(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _locked_on_windows(file: IO[str]) -> bool:
    import msvcrt

    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    return True
