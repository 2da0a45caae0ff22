"""simulation/VALIDATION.md is what the code and the exhibits say; exhibits are about facts that there are."""

from pathlib import Path

import pytest

from analysis.exhibits import CARDS, PEOPLE, Exhibit, keep, kept, of_markdown
from analysis.facts import facts
from analysis.validation_document import DOCUMENT, MARKETS, document, table

EXHIBIT = Exhibit("panel", PEOPLE, "A panel", "python -m panel", "Near.", ("a", "b"), (("1", "2|3"),))


def test_the_document_is_up_to_date():
    ours = document()
    assert DOCUMENT.read_text(encoding="utf-8") == ours, "write it again: python -m analysis.validation_document"


def test_every_shipped_market_has_a_card_of_facts_that_there_are():
    cards = {exhibit.name.split("_", 2)[2]: exhibit for exhibit in kept() if exhibit.part == CARDS}
    assert set(MARKETS) <= set(cards)
    bands = {fact.id: fact.band for fact in facts()}
    for name, exhibit in cards.items():
        shown = {row[0]: row[3] for row in exhibit.rows}
        moved = {fact for fact, band in shown.items() if bands.get(fact) != band}
        assert not moved, f"judge {name} again: python -m analysis.validation_document {name}"


def test_the_document_says_that_the_link_in_the_middle_is_not_validated():
    assert "No public panel follows the satisfaction of persons and what the same\npersons buy later" in document()


def test_an_exhibit_is_kept_and_found_again(tmp_path: Path):
    keep(EXHIBIT, tmp_path)
    assert kept(tmp_path) == [EXHIBIT]


def test_an_exhibit_belongs_to_a_part_of_the_document_and_its_rows_are_whole():
    with pytest.raises(ValueError, match="no part 'nowhere'"):
        Exhibit("panel", "nowhere", "", "", "", ("a",), ())
    with pytest.raises(ValueError, match="as many cells"):
        Exhibit("panel", PEOPLE, "", "", "", ("a",), (("1", "2"),))


def test_a_bar_in_a_cell_is_no_column():
    assert list(table(EXHIBIT.columns, EXHIBIT.rows))[2] == r"| 1 | 2\|3 |"


def test_a_printed_table_becomes_an_exhibit():
    lines = ["| model | error |", "|---|---|", "| ours | 1.2 |", "", "Better.", "Reached."]
    found = of_markdown("panel", PEOPLE, "A panel", "python -m panel", lines)
    assert (found.columns, found.rows, found.said) == (("model", "error"), (("ours", "1.2"),), "Better. Reached.")


def test_words_without_a_table_are_no_exhibit():
    with pytest.raises(ValueError, match="no table"):
        of_markdown("panel", PEOPLE, "A panel", "python -m panel", ["Better."])
