"""Tables: columns of equal length that nobody can change."""

import numpy as np
import pytest

from simulation.results import EMPTY, Labels, Table
from tests.synthetic import compare_results, run_results


def table() -> Table:
    return Table.of(retailer=["ours", "rival", "ours"], week=[1, 1, 2], value=[0.5, 0.25, np.nan])


def test_a_table_knows_its_length_and_columns():
    assert (len(table()), list(table().columns)) == (3, ["retailer", "week", "value"])


def test_texts_are_kept_as_codes_and_words():
    column = table().columns["retailer"]
    assert isinstance(column, Labels)
    assert (column.codes.tolist(), column.words) == ([0, 1, 0], ("ours", "rival"))


def test_texts_come_back_as_they_were():
    assert table()["retailer"].tolist() == ["ours", "rival", "ours"]


def test_columns_of_different_length_are_refused_by_name():
    with pytest.raises(ValueError, match="'b': 1"):
        Table.of(a=[1, 2], b=[1])


def test_a_column_with_two_dimensions_is_refused():
    with pytest.raises(ValueError, match="one dimension"):
        Table.of(a=np.zeros((2, 2)))


def test_columns_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        table()["week"][0] = 5


def test_the_array_a_table_was_made_from_stays_writable():
    array = np.array([1, 2])
    Table.of(a=array)
    array[0] = 5
    assert array[0] == 5


def test_where_keeps_rows_in_which_all_columns_match():
    assert table().where(retailer="ours", week=2).rows()[0]["week"] == 2


def test_where_finds_nothing_for_a_word_that_is_not_there():
    assert len(table().where(retailer="nobody")) == 0


def test_values_are_distinct_and_only_those_present():
    assert table().where(week=2).values("retailer") == ("ours",)


def test_concat_joins_words_of_both():
    joined = Table.concat([table(), Table.of(retailer=["third"], week=[9], value=[1.0])])
    assert joined["retailer"].tolist() == ["ours", "rival", "ours", "third"]


def test_concat_of_nothing_is_empty():
    assert (len(Table.concat([])), len(Table.concat([EMPTY]))) == (0, 0)


def test_concat_refuses_other_columns():
    with pytest.raises(ValueError, match="same columns"):
        Table.concat([table(), Table.of(x=[1])])


def test_concat_refuses_text_under_numbers():
    with pytest.raises(ValueError, match="text in one table"):
        Table.concat([Table.of(x=[1]), Table.of(x=["one"])])


def test_leading_puts_a_column_in_front():
    assert next(iter(table().leading(scenario=Labels.constant("a", 3)).columns)) == "scenario"


def test_a_frame_has_the_same_values():
    pytest.importorskip("pandas")
    frame = table().to_frame()
    assert (frame["retailer"].tolist(), frame["value"].isna().sum()) == (["ours", "rival", "ours"], 1)


def test_labels_with_a_code_beyond_their_words_are_refused():
    with pytest.raises(ValueError, match=r"0\.\.0"):
        Labels(np.array([1]), ("a",))


def test_labels_with_the_same_word_twice_are_refused():
    with pytest.raises(ValueError, match="must differ"):
        Labels(np.array([1]), ("a", "a"))


@pytest.mark.parametrize(("words", "kind"), [(256, np.uint8), (257, np.uint16), (70_000, np.uint32)])
def test_codes_are_as_small_as_the_number_of_words_allows(words: int, kind: type):
    assert Labels(np.zeros(1, np.int64), tuple(map(str, range(words)))).codes.dtype == kind


def test_a_comparison_has_the_weeks_of_both_worlds():
    results = compare_results()
    assert len(results.weekly) == sum(len(world.weekly) for world in results.worlds.values())


def test_a_comparison_without_its_baseline_is_refused():
    results = compare_results()
    with pytest.raises(ValueError, match="grocery"):
        type(results)(
            scenarios=results.scenarios,
            worlds={"training": results.worlds["training"]},
            effects=EMPTY,
            summary=EMPTY,
            results_sha256="",
        )


def test_results_cannot_be_changed():
    with pytest.raises(AttributeError):
        run_results().replicates = 3  # type: ignore[misc]
