import math

import pytest

from runfold.cli import formats

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (3.0, "3"), (0.123456789, "0.123457"), (1e-9, "1e-09"), (math.nan, "nan"), (-math.inf, "-inf")],
)
def test_numbers_keep_six_digits(value, text):
    assert formats.number(value) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (None, ""),
        (999, "999ms"),
        (1_250, "1.2s"),
        (3 * MINUTE + 5_000, "3m 05s"),
        (2 * HOUR + 10 * MINUTE, "2h 10m"),
        (4 * DAY + 3 * HOUR, "4d 3h"),
        (-1_500, "-1.5s"),
    ],
)
def test_durations_show_two_units(ms, text):
    assert formats.duration(ms) == text


@pytest.mark.parametrize(
    ("ago", "text"),
    [(500, "0s"), (59_000, "59s"), (5 * MINUTE, "5m"), (26 * HOUR, "1d"), (800 * DAY, "2y"), (-5_000, "0s")],
)
def test_ages_show_one_unit_and_a_clock_ahead_of_ours_is_now(ago, text):
    assert formats.age(1_700_000_000_000 - ago, now_ms=1_700_000_000_000) == text


def test_a_time_never_noted_is_empty():
    assert (formats.age(0, now_ms=1), formats.moment(0), formats.moment(None)) == ("", "", "")


@pytest.mark.parametrize(("n", "text"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (3 * 2**40, "3.0 TiB")])
def test_sizes_use_binary_units(n, text):
    assert formats.size(n) == text


def test_control_characters_cannot_drive_the_terminal():
    assert formats.one_line("a\nb\x1b[31mc") == "a b [31mc"
