"""What is wrong with a file, in words for the person who wrote it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

LONGEST_NAME = 60  # characters of a name that a message repeats
SHORT_LIST = 12  # names that a message lists when none of them is near
MANY_NAMES = 20_000  # beyond which looking for the nearest takes too long


@dataclass(frozen=True)
class Problem:
    """One fault: where (file, line, key) and what is allowed instead (message)."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.message}"


class ScenarioError(ValueError):
    """Everything found wrong with a scenario, at once; `problems` has them one by one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems by file (in the order met) and line; of several with one key, the first met, which caused the others."""
    unique: dict[tuple[str, int | None, str], Problem] = {}
    for problem in problems:
        unique.setdefault((problem.file, problem.line, problem.key or problem.message), problem)
    files = list(dict.fromkeys(file for file, _, _ in unique))
    return sorted(unique.values(), key=lambda problem: (files.index(problem.file), problem.line or 0))


def unknown(kind: str, name: str, names: Iterable[str]) -> str:
    """`there is no parameter 'x'. Did you mean 'y'?`, or what there is when nothing is near."""
    return f"there is no {kind} {quoted(name)}. {suggestion(name, names)}".rstrip()


def unknown_key(key: str, table: str, keys: Iterable[str]) -> str:
    """`there is no key 'x' in [market]. Did you mean 'y'?`."""
    return f"there is no key {quoted(key)} in {table}. {suggestion(key, keys)}".rstrip()


def quoted(name: str) -> str:
    """A name in a message, cut when long."""
    return repr(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 3]}...")


def unknown_customer(name: str, customers: int, ids: Collection[str] | None) -> str:
    """What is wrong with the name of a customer, if anything; `ids` are a file's, drawn customers have numbers."""
    if ids is not None:
        near = ids if len(ids) <= MANY_NAMES else ()
        return "" if name in ids else unknown("customer", name, near)
    if re.fullmatch("[0-9]{1,18}", name) and int(name) < customers:
        return ""
    return f"there is no customer {name!r}; they are numbered 0 to {customers - 1:,}"


def suggestion(name: str, names: Iterable[str]) -> str:
    """The nearest known name as a question, or else the list of names when it is short."""
    known = sorted(names)
    if len(name) > LONGEST_NAME:
        return ""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Known: {one_of(known)}." if 0 < len(known) <= SHORT_LIST else ""


def one_of(names: Iterable[str]) -> str:
    """A list of names for a message."""
    return ", ".join(names)
