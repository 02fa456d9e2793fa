"""The package offers exactly the names it lists, and each is found where it is said to be."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import runfold

SOURCE = Path(runfold.__file__)


def names_for_type_checkers() -> set[str]:
    """Names that `__init__.py` imports for those who read it without running it."""
    [block] = [node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.If)]
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in imports for alias in node.names if node.module != "typing"}


def test_what_is_listed_is_what_type_checkers_see() -> None:
    assert set(runfold.__all__) - {"__version__"} == names_for_type_checkers()
    assert len(runfold.__all__) == len(set(runfold.__all__))


@pytest.mark.parametrize("name", runfold.__all__)
def test_a_listed_name_is_there_and_documented(name: str) -> None:
    value = getattr(runfold, name)

    assert name in dir(runfold)
    assert name == "__version__" or inspect.getdoc(value)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = runfold.no_such_name
