"""Pseudonyms: what customers are called in a run folder, and the key to it, which is kept elsewhere.

A customer's pseudonym is a 64-bit hash of the id, salted with 256 bits of chance. Salt and ids stand in a file that
only its owner can read (mode 600), outside every run folder, in `$XDG_STATE_HOME/retailcx/salts` (by default
`~/.local/state/retailcx/salts`). Without that file nobody can tell who is who.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

SALT_BYTES, HASH_BYTES, NAME_BYTES = 32, 8, 8
STATE, DEFAULT_STATE = "XDG_STATE_HOME", Path(".local") / "state"
OWNER_ALONE = 0o600
NAME = re.compile(f"[0-9a-f]{{{2 * NAME_BYTES}}}")  # anything else could lead out of the folder


class NoSaltError(ValueError):
    """The salt of a calibration cannot be written or is gone; the message says where it was and what to do."""


@dataclass(frozen=True)
class Pseudonyms:
    """The key of one calibration: its salt, and the ids of its customers in order of their codes."""

    name: str  # of the file; a run folder names it
    salt: bytes
    ids: tuple[str, ...] = ()

    @classmethod
    def new(cls, ids: Iterable[str]) -> Pseudonyms:
        """A new salt for these customers."""
        return cls(secrets.token_hex(NAME_BYTES), secrets.token_bytes(SALT_BYTES), tuple(ids))

    @classmethod
    def read(cls, name: str) -> Pseudonyms:
        """The key that a run folder names.

        Raises:
            NoSaltError: it is not on this machine, or cannot be read.
        """
        if not NAME.fullmatch(name):
            raise NoSaltError(f"{name[:40]!r} is no name of a salt; the folder was not written by `calibrate`")
        path = place_of(name)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return cls(name, bytes.fromhex(found["salt"]), tuple(map(str, found["ids"])))
        except FileNotFoundError:
            message = (
                f"{path}: the salt of this calibration is not here, so nobody can tell which customer is which. "
                "Forecast where the calibration was made, or give the log again with --transactions"
            )
            raise NoSaltError(message) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NoSaltError(f"{path}: the salt of this calibration cannot be read ({error})") from error

    def of(self, customer: str) -> str:
        """The pseudonym of a customer: 16 hexadecimal digits."""
        return blake2b(customer.encode(), key=self.salt, digest_size=HASH_BYTES).hexdigest()

    def all(self) -> list[str]:
        """The pseudonyms of all customers, in order."""
        return [self.of(each) for each in self.ids]

    def save(self) -> Path:
        """Write the key where only its owner can read it, and say where.

        Raises:
            NoSaltError: it cannot be written there.
        """
        path = place_of(self.name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"salt": self.salt.hex(), "ids": self.ids}, file)
            path.chmod(OWNER_ALONE)
        except OSError as error:
            message = f"{path}: the salt cannot be written ({error.strerror}). Set {STATE} to a folder of your own"
            raise NoSaltError(message) from error
        return path

    def forget(self) -> None:
        """Remove the key: what it was for has not been written."""
        place_of(self.name).unlink(missing_ok=True)


def place_of(name: str) -> Path:
    """Where the key of that name is kept on this machine."""
    state = os.environ.get(STATE)
    return (Path(state) if state else Path.home() / DEFAULT_STATE) / "retailcx" / "salts" / f"{name}.json"
