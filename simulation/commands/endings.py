"""How a command ends: 0 done, 2 the user's input is wrong, 3 runs failed, 130 interrupted, 1 a bug (traceback)."""

import errno
import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

DONE, WRONG_INPUT, RUNS_FAILED, INTERRUPTED = 0, 2, 3, 130

OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE}

Parameters = ParamSpec("Parameters")


class WrongInputError(ValueError):
    """What the user asked for cannot be done; the message says where, what, and what to do instead."""


def with_exit_code(verb: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """The same verb, ending as a command should: words instead of tracebacks, except for bugs."""

    @functools.wraps(verb)
    def command(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            verb(*args, **kwargs)
            sys.stdout.flush()
        except ValueError as error:
            if not _is_the_users(error):
                raise
            say(str(error))
            raise typer.Exit(WRONG_INPUT) from error
        except KeyboardInterrupt as error:
            say("interrupted: what was not finished is not kept")
            raise typer.Exit(INTERRUPTED) from error
        except BrokenPipeError as error:
            _forget_standard_output()
            raise typer.Exit(DONE) from error
        except OSError as error:
            if error.errno not in OF_THE_MACHINE:
                raise
            where = f"{error.filename}: " if error.filename else ""
            say(f"{where}{(error.strerror or str(error)).lower()}: nothing more can be read or written here")
            raise typer.Exit(WRONG_INPUT) from error

    return command


def _is_the_users(error: ValueError) -> bool:
    from simulation.files import RunFolderError
    from simulation.scenario import ScenarioError

    return isinstance(error, WrongInputError | RunFolderError | ScenarioError)


def say(message: str) -> None:
    """A message for people: to standard error, so that standard output holds results alone."""
    typer.echo(message, err=True)


def _forget_standard_output() -> None:
    """Whoever read our output has left (`| head`): Python must not complain when it flushes at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
