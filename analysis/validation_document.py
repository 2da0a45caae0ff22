"""`simulation/VALIDATION.md`: what is validated, on what, how well, and what is not.

    python -m analysis.validation_document                     # writes the document from what is kept
    python -m analysis.validation_document grocery fashion     # judges these markets first (minutes each)
    python -m analysis.validation_document real                # looks at the held-back weeks of real data again

Formulas are computed when it is written; cards and comparisons with real data come from `analysis/exhibits`, where the
commands that find them keep them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from analysis.exhibits import CARDS, CHOICES, FIRMS, PARTS, Exhibit, keep, kept, of_markdown
from analysis.facts import Fact, Finding, card, facts, known
from analysis.facts.card import CUSTOMERS, SEEDS, VALUES
from analysis.facts.summary import sentence
from analysis.facts.table import FAILS, FIXTURE, NONE, NOT_APPLICABLE
from simulation import Scenario
from simulation.assumptions import assumptions

DOCUMENT = Path(__file__).parents[1] / "simulation" / "VALIDATION.md"
MARKETS = ("grocery", "fashion", "electronics", "online_music")
REAL = "real"  # no market has this name
FAILS_IN_BOLD = "**fails**"
COLUMNS = ("fact", "statistic", "value [95 %]", "band", "kind, use", "verdict")
HEAD = """# What is validated, on what, how well, and what is not

Written by `python -m analysis.validation_document`; edit that, not this.

A market is held against *facts*: regularities of real markets, each with a band and a source
([facts.csv](../analysis/facts/facts.csv)). No fact is coded as an outcome. *Calibrate*: it may have set numbers of the
model, so that holding proves little. *Validate*: it may not, so that it tests. *Verify*: true by construction or in
closed form; it checks the code. *Hard*: a formula, within a numerical tolerance; *firm*: strong, replicated evidence;
*soft*: a wide or second-hand band. A fact of another setting is not applicable, never passed.

**The link in the middle is not validated.** No public panel follows the satisfaction of persons and what the same
persons buy later. That satisfaction moves choice, baskets and staying, and by how much, is pieced together here from
separate studies; it is an assumption with a range, and every answer of this simulator that goes from satisfaction to
money rests on it.
"""
ASSUMED = """## How much is assumed

Behind the grocery market stand {count} numbers without a published size; `python run.py check grocery` names them.
Directions come from the literature, sizes mostly do not. What that does to an answer is not told by the intervals of
this document, which are over seeds: how much is chance.
"""


def document() -> str:
    """The whole document."""
    return "\n".join([HEAD, *_summary(), *_formulas(), *_parts(), *_unseen(), ASSUMED.format(count=_assumed())])


def _assumed() -> int:
    return len(assumptions(Scenario.load("grocery")))


def _summary() -> Iterator[str]:
    yield "## In short\n"
    for exhibit in kept():
        yield f"- {exhibit.title}: {exhibit.said}"
    yield ""


def _formulas() -> Iterator[str]:
    yield "## Formulas beside published numbers\n"
    yield "The closed forms of [analysis/theory](../analysis/theory), computed when this was written.\n"
    rows = [
        (fact.id, fact.fact, f"{_formula(fact):.2g}", fact.band, fact.source) for fact in facts() if _is_formula(fact)
    ]
    yield from table(("fact", "what", "largest error", "tolerance", "source"), rows)


def _is_formula(fact: Fact) -> bool:
    return fact.markets == FIXTURE


def _formula(fact: Fact) -> float:
    """A formula's error; no world is needed for it."""
    return VALUES[fact.id](None)  # type: ignore[arg-type]


def _parts() -> Iterator[str]:
    for part, heading in PARTS.items():
        yield f"## {heading}\n"
        shown = [exhibit for exhibit in kept() if exhibit.part == part]
        for exhibit in shown:
            yield f"### {exhibit.title}\n\n`{exhibit.command}`\n\n{exhibit.said}\n"
            yield from table(exhibit.columns, exhibit.rows)
            yield from _why(exhibit)
        if not shown:
            yield "Nothing is kept yet.\n"


def _why(exhibit: Exhibit) -> Iterator[str]:
    """What is known of the facts that a card says fail."""
    reasons = known(exhibit.command.split()[3]) if exhibit.part == CARDS else {}
    failed = [row[0] for row in exhibit.rows if row[-1] == FAILS_IN_BOLD]
    yield from (f"- {fact}: {reasons.get(fact, 'not known why')}" for fact in failed)
    if failed:
        yield ""


def _unseen() -> Iterator[str]:
    yield "## What no market here can show\n"
    rows = [(fact.id, fact.fact, known()[fact.id], fact.source) for fact in facts() if fact.markets == NONE]
    yield from table(("fact", "what", "why not", "source"), rows)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table of the document, and an empty line."""
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def card_of(market: str, seeds: Sequence[int] = SEEDS, customers: int = CUSTOMERS) -> Exhibit:
    """A market's card as an exhibit: what fails first, then what holds; formulas have a table of their own."""
    found = card(market, seeds=seeds, customers=customers)
    seen = [one for one in found if one.verdict != NOT_APPLICABLE and not _is_formula(one.fact)]
    title = f"{market.replace('_', ' ').capitalize()}, {len(seeds)} seeds of {customers:,} customers"
    shown = sorted(seen, key=lambda one: one.verdict)
    command = f"python run.py validate {market} --replicates {len(seeds)} --customers {customers}"
    return Exhibit(
        f"card_{MARKETS.index(market) + 1}_{market}" if market in MARKETS else f"card_{market}",
        CARDS,
        title,
        command,
        sentence(found),
        COLUMNS,
        tuple(map(_cells, shown)),
    )


def _cells(one: Finding) -> tuple[str, ...]:
    interval = f" [{one.low:.3g}, {one.high:.3g}]" if one.low < one.high else ""
    verdict = FAILS_IN_BOLD if one.verdict == FAILS else one.verdict
    use = f"{one.fact.kind}, {one.fact.use}"
    return one.fact.id, one.fact.statistic, f"{one.value:.3g}{interval}", one.fact.band, use, verdict


def beside_real_data() -> Iterator[Exhibit]:
    """What the commands that hold the model against real data find now. They need the extra `validation`."""
    from analysis import brand_panels, buying_targets, store_choice

    for task in buying_targets.held_back():
        name, lines = f"buying_{task.reference.split()[0].lower()}", buying_targets.markdown(task)
        yield of_markdown(name.replace("/", "_"), FIRMS, task.name, "python -m analysis.buying_targets", lines)
    panels, stores = "python -m analysis.brand_panels", "python -m analysis.store_choice"
    yield of_markdown("brand_panels", CHOICES, "Brands of three panels", panels, brand_panels.markdown())
    yield of_markdown("store_choice", CHOICES, "Stores of the Complete Journey", stores, store_choice.markdown())


def main(words: Sequence[str] = ()) -> None:
    """Judge the markets named, keep their cards, and write the document; "real" stands for comparisons with data."""
    for word in words:
        for exhibit in beside_real_data() if word == REAL else [card_of(word)]:
            keep(exhibit)
    DOCUMENT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
