"""On which line of a TOML text each key, table and array element begins.

`tomllib` gives values without lines. This walks over a text that `tomllib` has already accepted, so it may
trust the syntax: it only has to know where keys are and where values end.
"""

from __future__ import annotations

import re
from bisect import bisect_left

Keys = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]*")
_STRING = re.compile(  # the longest form first: """ before "
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:[^"\\]|\\.)*"' r"|'[^']*'",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\", "e": "\x1b"}


def locate(text: str) -> dict[Keys, int]:
    """Line (from 1) of every key, table and array element of a valid TOML text, by its path of keys and indices."""
    return _Locator(text).document()


class _Locator:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line_ends = [match.start() for match in re.finditer("\n", text)]
        self.lines: dict[Keys, int] = {}
        self.counts: dict[Keys, int] = {}  # tables so far in each array of tables

    def document(self) -> dict[Keys, int]:
        table: Keys = ()
        while self.skip(_BLANK) < len(self.text):
            table = self.header() if self.text[self.at] == "[" else self.statement(table)
        return self.lines

    def statement(self, table: Keys) -> Keys:
        """`key = value` in a table; gives the table back."""
        line = self.line()
        path = table + self.key()
        self.note(path, line, since=len(table))
        self.skip(_SPACE)
        self.at += 1  # the equals sign
        self.skip(_SPACE)
        self.value(path)
        return table

    def header(self) -> Keys:
        """`[table]` or `[[array]]`: the table that the next statements belong to."""
        line = self.line()
        is_array = self.text.startswith("[[", self.at)
        brackets = len("[[") if is_array else len("[")
        self.at += brackets
        self.skip(_SPACE)
        parts = self.key()
        path = self.through_arrays(parts[:-1]) + parts[-1:]
        if is_array:
            self.lines.setdefault(path, line)
            self.counts[path] = self.counts.get(path, -1) + 1
            path += (self.counts[path],)
        else:
            path = self.through_arrays(parts)
        self.note(path, line, since=0)
        self.skip(_SPACE)
        self.at += brackets
        return path

    def through_arrays(self, parts: Keys) -> Keys:
        """A header's path with the index of the latest element put in after each array of tables."""
        path: Keys = ()
        for part in parts:
            path += (part,)
            if path in self.counts:
                path += (self.counts[path],)
        return path

    def note(self, path: Keys, line: int, since: int) -> None:
        """Gives a line to a path and to the tables that its dotted key makes on the way."""
        for length in range(since + 1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def key(self) -> Keys:
        """A key of one or more dotted parts, bare or quoted."""
        parts: list[str] = []
        while True:
            parts.append(self.key_part())
            self.skip(_SPACE)
            if self.at >= len(self.text) or self.text[self.at] != ".":
                return tuple(parts)
            self.at += 1
            self.skip(_SPACE)

    def key_part(self) -> str:
        quote = self.text[self.at]
        if quote not in "\"'":
            return self.take(_BARE_KEY)
        inside = self.take(_STRING)[1:-1]
        return inside if quote == "'" else _ESCAPE.sub(_unescaped, inside)

    def value(self, path: Keys) -> None:
        """Steps over a value, noting what lies inside arrays and inline tables."""
        first = self.text[self.at]
        if first == "[":
            self.array(path)
        elif first == "{":
            self.inline_table(path)
        else:
            self.take(_STRING if first in "\"'" else _SCALAR)

    def array(self, path: Keys) -> None:
        index = 0
        self.at += 1
        while self.skip_to_item() != "]":
            self.lines[(*path, index)] = self.line()
            self.value((*path, index))
            index += 1
        self.at += 1

    def inline_table(self, path: Keys) -> None:
        self.at += 1
        while self.skip_to_item() != "}":
            self.statement(path)
        self.at += 1

    def skip_to_item(self) -> str:
        """Past blanks and a comma to the next item or closing bracket, whose character it gives."""
        self.skip(_BLANK)
        if self.text[self.at] == ",":
            self.at += 1
            self.skip(_BLANK)
        return self.text[self.at]

    def line(self) -> int:
        return bisect_left(self.line_ends, self.at) + 1

    def skip(self, pattern: re.Pattern[str]) -> int:
        self.take(pattern)
        return self.at

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"not TOML at character {self.at}")
        self.at = match.end()
        return match.group()


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code[1:], 16)) if code[0] in "uU" else _ESCAPED[code]
