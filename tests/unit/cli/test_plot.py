import math

import click

from runfold.cli.plot import Line, plot


def drawn(*lines, **kwargs):
    return [click.unstyle(row).rstrip() for row in plot(lines, **{"width": 24, "height": 4, **kwargs})]


def test_a_rising_line_goes_from_the_lower_left_to_the_upper_right():
    assert drawn(Line("loss", [0, 10], [0.0, 1.0]), width=16, height=3) == [
        "  1 ┤       ⢀⡠⠔⠊",
        "0.5 ┤   ⢀⡠⠔⠊⠁",
        "  0 ┤⡠⠔⠊⠁",
        "     0        10",
        "── loss",
    ]


def test_all_rows_fit_the_width():
    rows = drawn(Line("a", range(100), [math.sin(i / 5) for i in range(100)]), width=40, height=8)

    assert max(map(len, rows)) <= 40
    assert len(rows) == 8 + 2


def test_nan_breaks_a_line_and_only_nan_gives_a_sentence():
    broken = drawn(Line("a", [0, 1, 2, 3], [1.0, None, math.nan, 1.0]))

    assert sum(c != " " for c in broken[2][5:] + broken[1][5:] + broken[0][5:] + broken[3][5:]) == 2
    assert drawn(Line("a", [0], [math.inf])) == ["No finite value to draw."]


def test_a_constant_and_a_single_point_can_be_drawn():
    assert [row.split()[0] for row in drawn(Line("a", [5], [2.0]), height=3)[:3]] == ["3", "2", "1"]
    assert len(drawn(Line("a", [0, 1], [0.0, 0.0]))) == 6


def test_a_logarithmic_axis_labels_the_true_values_and_leaves_out_what_is_not_positive():
    rows = drawn(Line("a", [0, 1, 2], [0.001, -1.0, 1000.0]), log_y=True)

    assert rows[0].startswith(" 1000 ┤")
    assert rows[2].startswith("    1 ┤")
    assert rows[3].startswith("0.001 ┤")


def test_lines_have_their_own_colours():
    styled = plot([Line("a", [0, 1], [0, 0]), Line("b", [0, 1], [1, 1])], width=30, height=3)

    assert click.style("──", fg="cyan") + " a" in styled
    assert click.style("──", fg="yellow") + " b" in styled
