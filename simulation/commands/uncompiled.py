"""`--plain`: the same command again, in a process of its own whose boxes are not compiled."""

import os
import subprocess
import sys
from typing import NoReturn

import typer

SWITCH = "NUMBA_DISABLE_JIT"  # numba reads it when it is imported, so this process cannot change its mind


def ensure(*, plain: bool) -> None:
    """Go on if the boxes run as asked; otherwise run the whole command again without compiling, and end as it ends."""
    if plain and os.environ.get(SWITCH) != "1":
        _run_again()


def _run_again() -> NoReturn:
    same_command = [sys.executable, *sys.orig_argv[1:]]
    raise typer.Exit(subprocess.call(same_command, env={**os.environ, SWITCH: "1"}))  # noqa: S603
