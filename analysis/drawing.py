"""How charts look: one width, one small palette safe for the colour-blind, text that stays text.

Charts are drawn in plain colours; on a page the same colours become CSS variables, so that a chart follows light and
dark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's blue and vermilion, and greys; each has a CSS variable in the page.
INK, SOFT, LINE, PAPER = "#1b1f24", "#5c6670", "#d5dade", "#ffffff"
SCENARIO, BASELINE, WARN = "#0072b2", "#7a828a", "#c24e00"
VARIABLES = {
    INK: "--ink",
    SOFT: "--soft",
    LINE: "--line",
    PAPER: "--paper",
    SCENARIO: "--scenario",
    BASELINE: "--baseline",
    WARN: "--warn",
}
WIDTH = 5.5  # inches: 396 units, which a phone shows at nine tenths and a laptop larger
BROAD = 11.0  # inches: a chart over both columns of the page; a phone scrolls it
TITLE_LETTERS, SUBTITLE_LETTERS = 54, 78  # what fits into a line of WIDTH
TITLE_LEADING, SUBTITLE_LEADING = 0.215, 0.175  # inches
PNG_DPI = 200
STYLE: Any = {
    "svg.fonttype": "none",  # text stays text: it can be searched, read aloud, and takes the reader's own font
    "svg.hashsalt": "retailcx",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib; wider than what browsers put in its place
    "font.size": 10.0,
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.labelsize": 9.5,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
}


def head(title: str, subtitle: str, width: float = WIDTH) -> float:
    """Inches that a title and its subtitle take at the top of a sheet."""
    lines = len(_lines(title, TITLE_LETTERS, width)), len(_lines(subtitle, SUBTITLE_LETTERS, width))
    return 0.15 + TITLE_LEADING * lines[0] + SUBTITLE_LEADING * lines[1]


def _lines(text: str, letters: int, width: float) -> list[str]:
    """Lines of a sheet `width` wide; a number keeps its per cent."""
    return wrap(text.replace(" %", "\u00a0%"), int(letters * width / WIDTH))


@contextmanager
def style() -> Iterator[None]:
    """Draw in the house's style, whatever the user's own settings are."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


class Sheet:
    """An empty figure with its title; axes are placed in inches from the lower left corner.

    No pyplot: importing it takes a second, and it keeps every figure alive.
    """

    def __init__(self, height: float, title: str, subtitle: str = "", width: float = WIDTH) -> None:
        from matplotlib.figure import Figure

        self.figure: Figure = Figure(figsize=(width, height), facecolor="none")
        self.width, self.height = width, height
        self.top = height - 0.03
        self._write(title, TITLE_LETTERS, TITLE_LEADING, fontsize=11.5, fontweight="bold")
        self._write(subtitle[:1].upper() + subtitle[1:], SUBTITLE_LETTERS, SUBTITLE_LEADING, fontsize=9.2, color=SOFT)
        self.top -= 0.12

    def _write(self, text: str, letters: int, leading: float, **look: Any) -> None:
        for line in _lines(text, letters, self.width):
            self.figure.text(0.011 / self.width, self.top / self.height, line, va="top", **look)
            self.top -= leading

    def axes(self, left: float, bottom: float, right: float, top: float | None = None) -> Axes:
        """Axes `left` and `right` inches from the sides, from `bottom` to `top` (default: up to the title)."""
        upper = self.top if top is None else top
        across = (left / self.width, (self.width - left - right) / self.width)
        box = (across[0], bottom / self.height, across[1], (upper - bottom) / self.height)
        axes: Axes = self.figure.add_axes(box)
        return axes


def as_svg(figure: Figure) -> str:
    """The figure as an SVG document in plain colours, the same bytes for the same figure."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def as_png(figure: Figure) -> bytes:
    """The figure as a PNG picture on white."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PNG_DPI, facecolor=PAPER)
    return buffer.getvalue()


def replace_file(path: Path, content: bytes) -> Path:
    """Write a file so that it is the old one or the new one, never half of it."""
    part = path.with_name(f".{path.name}.unfinished")
    part.write_bytes(content)
    return part.replace(path)


def save_drawing(folder: Path, name: str, figure: Figure, *, png: bool) -> str:
    """Save a figure as SVG in a folder (with `png` also as PNG), and give the drawing."""
    folder.mkdir(exist_ok=True)
    with style():
        svg = as_svg(figure)
        if png:
            replace_file(folder / f"{name}.png", as_png(figure))
    replace_file(folder / f"{name}.svg", svg.encode())
    return svg


def file_name(words: str) -> str:
    """Words as the name of a chart's file."""
    return "".join(letter if letter.isalnum() else "_" for letter in words)


def inline(svg: str, name: str) -> str:
    """An SVG document as a part of a page: no prologue, ids of its own, colours as CSS variables, the page's font."""
    part = svg[svg.index("<svg") :]
    part = re.sub(r"<metadata>.*?</metadata>|<style type=.*?</style>", "", part, flags=re.DOTALL)
    part = re.sub(r'<g id="[^"]*"', "<g", part)
    part = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", part)
    part = part.replace(" font-family: 'DejaVu Sans', sans-serif;", "")
    for colour, variable in VARIABLES.items():
        part = re.sub(rf"(fill|stroke): {colour}", rf"\1: var({variable})", part)
    return re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', 'aria-hidden="true"', part, count=1)


def bare(axes: Axes) -> None:
    """No grid and no spines: for charts whose labels say it all."""
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def plain(value: float, _place: float = 0) -> str:
    """A tick as people write it: 1,300 and −0.5."""
    return f"{value:,.10g}".replace("-", "−")
