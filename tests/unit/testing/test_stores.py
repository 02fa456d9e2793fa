"""The suite is joined from modules by name: two tests of one name would hide one another."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

from runfold.testing import stores


def test_every_test_of_the_suite_is_reached_by_its_name() -> None:
    names: Counter[str] = Counter()
    for module in pkgutil.iter_modules(stores.__path__):
        content = vars(importlib.import_module(f"{stores.__name__}.{module.name}"))
        names.update(name for name in content if name.startswith("test_"))
    assert [name for name, count in names.items() if count > 1] == []
    assert set(names) <= set(vars(stores))
