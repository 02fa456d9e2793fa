"""The page that describes the language says what the parser takes."""

import re
from pathlib import Path

import pytest

from runfold.search.fields import EXPERIMENTS, LOGGED_MODELS, MODEL_VERSIONS, REGISTERED_MODELS, RUNS
from runfold.search.parser import MAX_CLAUSES, MAX_DEPTH, MAX_ORDER_KEYS, MAX_TEXT, parse_filter, parse_order

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "search.md").read_text(encoding="utf-8")
FILTERS, ORDER = PAGE.split("## Order")


def examples(text):
    return re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("example", examples(FILTERS))
def test_every_example_of_a_filter_parses(example):
    parse_filter(example, RUNS)


@pytest.mark.parametrize("example", examples(ORDER))
def test_every_example_of_an_order_parses(example):
    parse_order([example], RUNS)


LANGUAGES = (RUNS, EXPERIMENTS, REGISTERED_MODELS, MODEL_VERSIONS, LOGGED_MODELS)


@pytest.mark.parametrize("name", sorted({name for language in LANGUAGES for name in language.attributes}))
def test_every_attribute_is_described(name):
    assert f"`{name}`" in PAGE


def test_the_limits_are_those_of_the_parser():
    assert f"{MAX_TEXT:,} characters and {MAX_CLAUSES} conditions, {MAX_DEPTH} deep" in PAGE
    assert MAX_ORDER_KEYS == 10
    assert "up to ten of them" in PAGE
