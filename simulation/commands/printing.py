"""What commands print on standard output: tables for people, JSON for programs."""

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import typer

SHORT = 7  # characters that a table has room for
TINY = 1e-4
GAP, LEAST_WIDTH = 3, 12  # between columns; of a column whose words may be broken
MINUTE, HOUR = 60.0, 3600.0


def print_json(value: Any) -> None:
    """Print a result for programs: plain JSON, `null` for what is not a number."""
    typer.echo(json.dumps(plain(value), indent=2, allow_nan=False, ensure_ascii=False))


def plain(value: Any) -> Any:
    """The same value in the types of JSON: dataclasses become objects, array scalars numbers, NaN null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()  # of numpy, without importing it
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def print_table(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], numeric: Sequence[str] = ()
) -> None:
    """Print a table for people: names and numbers stay unbroken, the columns in `numeric` to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    class Screen(Console):
        """A console that leaves it to the command what happens when its reader has left."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    cells = [[text(cell) for cell in row] for row in rows]
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        show_header=any(headings),
        pad_edge=False,
    )
    console = Screen(markup=False, highlight=False)  # cells hold the user's words: brackets in them are no markup
    whole = _kept_whole(headings, cells, numeric, console.width)
    for place, heading in enumerate(headings):
        side: Literal["left", "right"] = "right" if heading in numeric else "left"
        table.add_column(heading, justify=side, overflow="fold", no_wrap=place in whole)
    for row in cells:
        table.add_row(*row)
    console.print(table)


def _kept_whole(
    headings: Sequence[str], cells: Sequence[Sequence[str]], numeric: Sequence[str], width: int
) -> frozenset[int]:
    """Columns whose cells are not broken: names and numbers, from the left, as long as the others have room."""
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    names = [not any(" " in row[place] for row in cells) for place in range(len(headings))]
    wanted = [place for place, heading in enumerate(headings) if heading in numeric or names[place]]
    left = width - GAP * len(headings) - LEAST_WIDTH * (len(headings) - len(wanted))
    whole = set()
    for place in wanted:
        if widths[place] <= left:
            whole.add(place)
        left -= widths[place] if place in whole else LEAST_WIDTH
    return frozenset(whole)


def text(value: object) -> str:
    """A value as people read it: three figures, a dash for what is not known, what a table holds as `key = value`."""
    if isinstance(value, Mapping):
        said = {key: item for key, item in value.items() if item is not None and item != {}}
        return ", ".join(
            f"{key} ({text(item)})" if isinstance(item, Mapping) else f"{key} = {text(item)}"
            for key, item in said.items()
        )
    value = _scalar(value)
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, float) else str(value)


def number(value: float) -> str:
    """As it is when short (45; 0.35), else three figures or all before the point (12,346; 71.2; 0.0123)."""
    exact = f"{value:,.10g}"
    if len(exact) <= SHORT or abs(value) < TINY:
        return exact if len(exact) <= SHORT else f"{value:.3g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def duration(seconds: float) -> str:
    """A time as people say it: 40 s, 12 min, 3.5 h."""
    if seconds < 2 * MINUTE:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"
