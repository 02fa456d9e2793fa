"""The examples in docstrings run."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = [
    "runfold.tracking.client",
    "runfold.tracking.fluent.artifacts",
    "runfold.tracking.fluent.experiments",
    "runfold.tracking.fluent.logging",
    "runfold.tracking.fluent.media",
    "runfold.tracking.fluent.queries",
    "runfold.tracking.fluent.runs",
]


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_do_what_they_show(module: str) -> None:
    result = doctest.testmod(import_module(module))

    assert result.attempted > 0
    assert result.failed == 0
