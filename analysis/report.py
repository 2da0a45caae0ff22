"""The report: one page that opens anywhere, drawn from the saved tables of a run folder alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.answer import answer
from analysis.board import with_reasons
from analysis.chart import Chart, capital
from analysis.charts import charts_across, charts_of
from analysis.drawing import file_name, inline, replace_file, save_drawing
from analysis.facts_chart import facts_in_their_bands, groups
from analysis.figures import Line, Tile, table, tiles
from analysis.review_table import Bought, reviews_of
from analysis.verdict import ranked_words, verdict
from analysis.views import View
from analysis.wording import bracketed
from simulation.assumptions import assumed_levers, beyond_evidence
from simulation.files import SavedRun, load

if TYPE_CHECKING:
    from jinja2 import Template


class Picture(NamedTuple):
    """A chart on the page: its words for those who cannot see it, and its drawing."""

    title: str
    svg: str
    broad: bool = False


Part = tuple[str, list[Picture]]  # a heading, and what stands under it


@dataclass(frozen=True)
class Section:
    """What the page says about one scenario."""

    view: View
    sentence: str
    verdict: str  # whether it pays; empty where nothing was paid for
    tiles: list[Tile]
    parts: list[Part]
    table: list[tuple[str, list[Line]]]
    reviews: list[Bought]

    @property
    def claim(self) -> str:
        """The part of the sentence that leads: what can be said."""
        return _together(self.sentence.partition("; ")[0].rstrip(".")) + "."

    @property
    def reservation(self) -> str:
        """The rest of the sentence: what cannot be said."""
        rest = _together(self.sentence.partition("; ")[2])
        return rest[:1].upper() + rest[1:]


def _together(sentence: str) -> str:
    """A sentence whose figures are not broken at the end of a line: "0.5 % [0.3, 0.7]"."""
    return re.sub(r"\[(\S+), (\S+)\]", "[\\1,\u00a0\\2]", sentence.replace(" %", "\u00a0%"))


def write_report(folder: Path | str, *, png: bool = False) -> Path:
    """Draw `report.html` and `charts/*.svg` (with `png` also `charts/*.png`) from the tables of a run folder.

    Returns:
        The path of the page.

    Raises:
        RunFolderError: the folder is unfinished or not a run folder.
    """
    saved = load(folder)
    if saved.manifest["verb"] == "validate":
        return _write_card(saved, png=png)
    saved.refuse_others()
    views = [View.of(saved, comparison) for comparison in saved.comparisons]
    across = _drawn(saved.folder, charts_across(views), "", png=png)
    sections = [_section(saved, view, png=png) for view in views]
    ranking = ranked_words([view.money for view in views if view.money], views[0].comparison.currency)
    page = page_template().render(
        manifest=saved.manifest, sections=sections, across=across, ranking=_together(ranking), facts=_facts(saved)
    )
    return replace_file(saved.folder / "report.html", page.encode())


def _write_card(saved: SavedRun, *, png: bool) -> Path:
    """The page of a market judged by facts."""
    rows = saved.read("facts").rows()
    title = capital(f"{saved.manifest['name'].replace('_', ' ')} beside real markets")
    chart = facts_in_their_bands(rows, title)
    parts = _drawn(saved.folder, [chart] if chart else [], "", png=png)
    page = page_template("facts.html.j2").render(
        manifest=saved.manifest, parts=parts, card=groups(rows), facts=_facts(saved)
    )
    return replace_file(saved.folder / "report.html", page.encode())


def _section(saved: SavedRun, view: View, *, png: bool) -> Section:
    prefix = f"{view.scenario}_" if len(saved.comparisons) > 1 else ""
    return Section(
        view=view,
        sentence=answer(view.effects, view.comparison) if view.baseline else _plain_sentence(view),
        verdict=_together(with_reasons(verdict(view.money, view.comparison), view.money, view.why))
        if view.money
        else "",
        tiles=tiles(view),
        parts=_drawn(saved.folder, charts_of(view), prefix, png=png),
        table=table(view),
        reviews=reviews_of(view),
    )


def _verdict(view: View) -> str:
    """Whether a scenario pays and why, if it is compared with another."""
    return with_reasons(verdict(view.money, view.comparison), view.money, view.why) if view.money else ""


def _plain_sentence(view: View) -> str:
    """What a run without comparison says."""
    level, comparison = view.level(view.scenario, "acsi"), view.comparison
    if level is None:
        return f"{comparison.focal_label} over {view.window}."
    return f"{comparison.focal_label} stands at an ACSI of {bracketed(level, sign=False)} over {view.window}."


def _drawn(folder: Path, charts: list[Chart], prefix: str, *, png: bool) -> list[Part]:
    """Save charts and give them as parts of the page, under their headings."""
    pictures: dict[str, list[Picture]] = {}
    for chart in charts:
        name = file_name(prefix + chart.name)
        svg = save_drawing(folder / "charts", name, chart.figure, png=png)
        pictures.setdefault(chart.part, []).append(Picture(chart.title, inline(svg, name), chart.broad))
    return list(pictures.items())


def _facts(saved: SavedRun) -> list[tuple[str, str]]:
    """Where the page comes from, for its foot."""
    about = saved.manifest
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    return [
        ("seed", str(about["seed"])),
        ("replicates", f"{about['replicates']:,}"),
        ("customers", f"{about['customers']:,} simulated, standing for {_represented(about):,}"),
        ("weeks", f"{about['weeks']:,}"),
        ("assumptions", f"{about['assumptions']:,} of the model's numbers have no published size behind them"),
        *([("from data", _from_data(about))] if about.get("sources") else []),
        *_of_levers(saved),
        ("results", about["results_sha256"]),
        ("versions", versions),
        ("written", f"{about['written']}, after {about['wall_seconds']:,.1f} s on {about['cpu']}"),
    ]


def _of_levers(saved: SavedRun) -> Iterator[tuple[str, str]]:
    """Levers whose effect is assumed, and what lies beyond the evidence."""
    if saved.manifest["verb"] not in ("run", "compare"):
        return
    scenarios = [scenario for scenario, _ in saved.scenarios]
    kinds = dict.fromkeys(kind for scenario in scenarios for kind in assumed_levers(scenario))
    if kinds:
        yield "levers", f"assumed, or known in direction only: the effect of {', '.join(kinds)}"
    found = dict.fromkeys(str(each) for scenario in scenarios for each in beyond_evidence(scenario))
    if found:
        yield "beyond the evidence", f"{'; '.join(found)}. What follows from it is extrapolated."


def _from_data(about: Any) -> str:
    counts = ", ".join(f"{count:,} from {source}" for source, count in about["sources"].items())
    return f"numbers with a source of the user's own: {counts}"


def _represented(about: Any) -> int:
    return int(about["represents"] or about["customers"])


def page_template(name: str = "report.html.j2") -> Template:
    """A page's template; everything put into it is escaped unless it is a drawing of ours."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    place = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return place.get_template(name)
