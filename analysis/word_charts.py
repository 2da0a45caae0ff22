"""Word of mouth: what people hear of the focal retailer, and the stars it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.chart import Chart, basis, colour
from analysis.drawing import INK, LINE, Sheet, plain
from analysis.effects import Interval
from analysis.panels import Panel, bands, change_of, level_of, of_measure, small_multiples
from analysis.views import View
from analysis.wording import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONGEST_NAME = 30  # letters: half of the chart is as wide
WORD = {
    "word_heard_positive": "good messages heard a week",
    "word_heard_negative": "bad messages heard a week",
    "rating": "rating shown",
    "ratings_posted": "ratings posted a week",
    "word_reach": "customers who heard something",
    "acquisition_by_word": "new customers by word a week",
}
STARS = (1, 2, 3, 4, 5)
MIDDLE = 3


def word_of_mouth(view: View) -> Chart | None:
    """Good and bad word, and ratings, by week."""
    panels = {name: panel for name, label in WORD.items() if (panel := of_measure(view, name, label)) is not None}
    if not {"word_heard_positive", "word_heard_negative"} <= set(panels):
        return None
    title = _word_title(view, panels)
    note = f"Of {view.comparison.focal_label}; {bands(view)}; axes not from 0"
    return Chart("word", title, small_multiples(view, title, note, list(panels.values())))


def _word_title(view: View, panels: dict[str, Panel]) -> str:
    good, bad = (level_of(view, panels[f"word_heard_{kind}"]) for kind in ("positive", "negative"))
    lead = f"People hear {short(good / bad)} good messages for a bad one" if bad > 0 else "People hear no bad word"
    if "rating" not in panels:
        return lead
    found = change_of(view, panels["rating"])
    change = f" ({found.size})" if found is not None and found.clear else ""
    return f"{lead}; the rating shown is {short(level_of(view, panels['rating']), like=0.05)} stars{change}"


def stars(view: View) -> Chart | None:
    """How many of the ratings posted have one star, two, ...: two humps, because the middle keeps silent."""
    levels = {
        world: [level for each in STARS if (level := view.level(world, f"star_share_{each}")) is not None]
        for world in view.worlds
    }
    if any(len(shares) < len(STARS) for shares in levels.values()):
        return None
    now = [100 * share.mean for share in levels[view.scenario]]
    title = _stars_title(now)
    sheet = Sheet(3.1, title, f"Ratings posted in {view.window}, {basis(view)}")
    axes = sheet.axes(0.5, 0.45, 0.2, top=sheet.top - 0.25)
    width = 0.8 / len(levels)
    for n, (world, shares) in enumerate(levels.items()):
        places = np.arange(len(STARS)) + (n - (len(levels) - 1) / 2) * width
        _bars(axes, places, shares, width, colour(view, world))
    _frame(axes, view)
    return Chart("stars", title, sheet.figure)


def _stars_title(now: list[float]) -> str:
    lead = f"{now[-1]:.0f} % of ratings have five stars, {now[0]:.0f} % one"
    if min(now[0], now[-1]) > min(now[1:-1]):
        least = STARS[1 + now[1:-1].index(min(now[1:-1]))]
        return f"{lead}: the middle keeps silent ({min(now[1:-1]):.0f} % have {least})"
    return lead


def _bars(axes: Axes, places: np.ndarray, shares: list[Interval], width: float, paint: str) -> None:
    axes.bar(places, [100 * share.mean for share in shares], width=0.9 * width, color=paint, alpha=0.85)
    lows, highs = ([100 * getattr(share, end) for share in shares] for end in ("low", "high"))
    axes.vlines(places, lows, highs, color=INK, linewidth=1.2)
    for place, share in zip(places, shares, strict=True):
        above = share.high if np.isfinite(share.high) else share.mean
        axes.annotate(
            f"{100 * share.mean:.0f}",
            (place, 100 * above),
            (0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color=paint,
        )


def _frame(axes: Axes, view: View) -> None:
    axes.set_xticks(range(len(STARS)), [f"{each} {'star' if each == 1 else 'stars'}" for each in STARS], color=INK)
    axes.yaxis.set_major_formatter(plain)
    axes.locator_params(axis="y", nbins=4)
    axes.set_ylabel("% of ratings")
    axes.spines["bottom"].set_color(LINE)
    axes.margins(y=0.12)
    if view.baseline is None:
        return
    for world, place, side in zip(view.worlds, (0.0, 1.0), ("left", "right"), strict=True):
        look: Any = {"color": colour(view, world), "fontweight": "bold", "ha": side}
        axes.text(place, 1.03, view.name(world)[:LONGEST_NAME], transform=axes.transAxes, **look)
