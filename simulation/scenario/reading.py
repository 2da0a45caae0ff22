"""A TOML file as data with the line of everything in it, or the problems that keep it from being one."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from pathlib import Path, PureWindowsPath
from typing import Any

from simulation.scenario.locating import Keys, locate
from simulation.scenario.problems import Problem, ScenarioError, quoted

MAX_FILE_BYTES = 2 * 2**20  # a scenario is written by hand, ten thousand outlets included; larger ones take minutes
MAX_KEYS, MAX_KEYS_A_TABLE = 100_000, 2_000
MAX_DEPTH = 12  # tables within tables; a scenario needs four

_WHERE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_KEY = re.compile(r"\s*(?:\[\[?\s*)?([^=\]]+?)\s*[=\]]")
_TWICE = ("Cannot overwrite", "Cannot declare", "Duplicate inline table key", "Cannot mutate", "Cannot redefine")
_NAMED = re.compile(r"inline table key '(.*)'$")
_LONG_KEY = re.compile(  # more parts than any table has levels; the parser takes the square of their number
    r"""(?<![A-Za-z0-9_-])(?:(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){50}"""
)
_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True)
class Document:
    """What one file says: `data` as TOML, `lines` by path of keys; `folder` is what its own paths start from."""

    file: str
    folder: Path | None
    data: Mapping[str, Any]
    lines: Mapping[Keys, int]
    path: Path | None = None

    def under(self, start: Keys) -> Sequence[tuple[Keys, int]]:
        """The lines of everything whose path begins with one or two given keys."""
        return self._by_start.get(start, ())

    @cached_property
    def _by_start(self) -> Mapping[Keys, Sequence[tuple[Keys, int]]]:
        """Once for all: a file with thousands of outlets is asked for each of them."""
        groups: dict[Keys, list[tuple[Keys, int]]] = {}
        for path, line in self.lines.items():
            for start in {path[:1], path[:2]}:
                groups.setdefault(start, []).append((path, line))
        return groups


def read(path: Path) -> Document:
    """A scenario file; raises `ScenarioError` when it cannot be read as TOML."""
    file = shown(path)
    return replace(parse(_text(_bytes(path, file), file), file, path.parent), path=path)


def parse(text: str, file: str, folder: Path | None = None) -> Document:
    """A TOML text as a document; `file` is how messages call it."""
    if not text.strip():
        raise _error(file, None, 'the file is empty. A scenario needs at least: based_on = "grocery"')
    if too_long := _LONG_KEY.search(text):
        line = text.count("\n", 0, too_long.start()) + 1
        raise _error(file, line, f"tables are nested too deeply: a key of dozens of parts (at most {MAX_DEPTH})")
    data = _values(text, file)
    if _too_deep(data):
        raise _error(file, None, f"tables are nested too deeply (at most {MAX_DEPTH} levels)")
    lines = locate(text.replace("\r\n", "\n"))
    _refuse_too_many(lines, file)
    return Document(file, folder, data, lines)


def shown(path: Path) -> str:
    """A path as messages show it: from the working folder when inside it, else the name alone."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return path.name


def inside(folder: Path, name: str) -> Path | None:
    """The file a document calls `name`, or None when that is no file within the document's folder.

    Links are followed first, so that none can lead out.
    """
    if Path(name).is_absolute() or PureWindowsPath(name).drive:
        return None
    try:
        home, target = folder.resolve(), (folder / name).resolve()
        return target if target.is_relative_to(home) else None
    except (OSError, RuntimeError, ValueError):  # a ring of links, a name no file can have
        return None


def is_file(path: Path) -> bool:
    """Whether a regular file is there; False too for names that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _bytes(path: Path, file: str) -> bytes:
    try:
        if not is_file(path):
            raise _error(file, None, "there is no such file")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise _error(file, None, f"it has {size:,} bytes; a scenario file may have {MAX_FILE_BYTES:,} (2 MB)")
        return path.read_bytes()
    except OSError as error:
        raise _error(file, None, f"it cannot be read ({error.strerror or error})") from None


def _text(raw: bytes, file: str) -> str:
    encoding = _ENCODINGS.get(raw[:2])
    if encoding:
        raise _error(file, None, f"the file is saved as {encoding}; save it as UTF-8")
    if b"\0" in raw:
        raise _error(file, None, "this is a binary file, not text; a scenario is a TOML text file")
    try:
        return raw.decode("utf-8-sig")  # some editors put a mark in front
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _error(file, line, "a character here is not UTF-8; save the file as UTF-8") from None


def _values(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError([_syntax_problem(str(error), text, file)]) from None
    except RecursionError:
        raise _error(file, None, f"values are nested too deeply (at most {MAX_DEPTH} levels)") from None
    except ValueError:
        raise _error(file, None, "a whole number in it has thousands of digits") from None


def _syntax_problem(message: str, text: str, file: str) -> Problem:
    where = _WHERE.search(message)
    what = message[: where.start()] if where else message
    lines = text.split("\n")
    line = int(where.group(1)) if where and where.group(1) else len(text.rstrip().split("\n"))
    if not what.startswith(_TWICE):
        return Problem(file, line, "", f"this is not valid TOML: {what[:1].lower()}{what[1:]}")
    if not lines[line - 1].strip():  # the parser sometimes stops on the line that follows
        line -= 1
    return _duplicate_problem(lines, line, what, file)


def _duplicate_problem(lines: list[str], line: int, what: str, file: str) -> Problem:
    named = _NAMED.search(what)
    key = named.group(1) if named else _key_of(lines[line - 1])
    first = None if named else _first_line(lines, line, key)
    earlier = f" (first in line {first})" if first else ""
    return Problem(file, line, key, f"{key!r} is given twice{earlier}; keep one")


def _first_line(lines: list[str], line: int, key: str) -> int | None:
    """Where the same key stood before: among the headers for a header, else in the same table."""
    header = lines[line - 1].lstrip().startswith("[")
    for number in range(line - 1, 0, -1):
        is_header = lines[number - 1].lstrip().startswith("[")
        if is_header == header and _key_of(lines[number - 1]) == key:
            return number
        if is_header and not header:
            return None
    return None


def _key_of(line: str) -> str:
    found = _KEY.match(line)
    return found.group(1).strip("\"' ") if found else ""


def _too_deep(data: Mapping[str, Any]) -> bool:
    """Level by level, not by recursion, because the depth is what is in question."""
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        level = [inner for value in level for inner in _contents(value)]
    return bool(level)


def _refuse_too_many(lines: Mapping[Keys, int], file: str) -> None:
    """Each key that is not known is looked for among those that are, which takes a millisecond."""
    if len(lines) > MAX_KEYS:
        raise _error(file, None, f"it has {len(lines):,} keys and values; a file may have {MAX_KEYS:,}")
    tables = Counter(path[:-1] for path in lines if isinstance(path[-1], str))
    table, count = max(tables.items(), key=itemgetter(1), default=((), 0))
    if count > MAX_KEYS_A_TABLE:
        called = f"[{quoted('.'.join(map(str, table)))[1:-1]}]" if table else "the file outside its tables"
        raise _error(file, lines.get(table), f"{called} has {count:,} keys; a table may have {MAX_KEYS_A_TABLE:,}")


def _contents(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _error(file: str, line: int | None, message: str) -> ScenarioError:
    return ScenarioError([Problem(file, line, "", message)])
