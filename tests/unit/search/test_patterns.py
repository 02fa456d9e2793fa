import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfold.search.patterns import matches


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("", "a", False),
        ("%", "", True),
        ("_", "", False),
        ("a%", "abc", True),
        ("%c", "abc", True),
        ("%b%", "abc", True),
        ("a_c", "abc", True),
        ("a_c", "abbc", False),
        ("A%", "abc", False),
        ("%aab", "aaaab", True),
        ("%a%b%c", "xaxbxcxc", True),
    ],
)
def test_percent_stands_for_any_characters_and_underscore_for_one(pattern, text, expected):
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(("pattern", "text"), [("GRÖ_E", "größe"), ("größe", "GRÖßE"), ("k", "K"), ("İ", "İ")])
def test_ilike_takes_the_upper_and_lower_form_of_a_letter(pattern, text):
    assert matches(pattern, text, ignores_case=True)


@given(st.text("ab%_", max_size=8), st.text("ab", max_size=12))
def test_a_pattern_means_what_a_regular_expression_says(pattern, text):
    expression = pattern.replace("%", ".*").replace("_", ".")

    assert matches(pattern, text) is (re.fullmatch(expression, text) is not None)


def test_a_pattern_made_to_take_long_does_not():
    began = time.process_time()

    assert not matches("%a" * 200 + "b", "a" * 4000)

    assert time.process_time() - began < 20
