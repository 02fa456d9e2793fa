from hypothesis import given
from hypothesis import strategies as st

from runfold.cli.tables import Column, cell_len, fitted, middle_cut, shrink, tab_separated

COLUMNS = [Column("run"), Column("accuracy", is_number=True), Column("name")]


def test_a_table_that_fits_is_printed_whole():
    assert fitted(COLUMNS, [["a1", "0.5", "first"], ["b22", "12.25", "x"]], 80) == [
        "run  accuracy  name",
        "a1        0.5  first",
        "b22     12.25  x",
    ]


def test_the_widest_column_loses_its_middle_first():
    rows = [["a1", "0.5", "densenet-201-imagenet-with-augmentation"]]

    assert fitted(COLUMNS, rows, 30) == [
        "run  accuracy  name",
        "a1        0.5  densene…ntation",
    ]


def test_columns_that_do_not_fit_are_named():
    wide = [Column(f"column{i}") for i in range(4)]

    assert fitted(wide, [["x" * 9] * 4], 16)[-1] == "(2 columns do not fit: column2, column3)"


def test_a_pipe_gets_everything_with_tabs():
    assert tab_separated(COLUMNS, [["a", "1", "n" * 100]]) == ["run\taccuracy\tname", "a\t1\t" + "n" * 100]


@given(st.lists(st.integers(1, 300), min_size=1, max_size=12), st.integers(1, 200))
def test_shrunk_columns_use_what_is_there_and_never_grow(natural, available):
    widths = shrink(natural, available)

    assert all(1 <= new <= old for new, old in zip(widths, natural, strict=True))
    assert sum(widths) <= max(available, len(natural))


@given(st.text(max_size=60), st.integers(0, 40))
def test_a_cut_text_never_exceeds_its_width(text, width):
    assert cell_len(middle_cut(text, width)) <= width


def test_wide_characters_count_double():
    assert middle_cut("日本語の実験名前です", 9) == "日本…です"
