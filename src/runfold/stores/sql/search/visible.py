"""What somebody may see, as a condition: `domain.access.Visible` in SQL, of the same meaning."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from runfold.domain.access import Visible
from runfold.stores.sql.search.values import Condition


def is_visible(visible: Visible, key: sa.ColumnElement[Any], name: sa.ColumnElement[str]) -> Condition:
    """That a record is included.

    Args:
        key: what `Visible.records` names records by.
        name: what lies in `Visible.folders`.
    """
    if visible.is_all:
        return sa.true()
    is_number = isinstance(key.type, sa.Integer)
    cases: list[tuple[sa.ColumnElement[bool], Any]] = []
    for decision in (True, False):
        keys = [int(one) if is_number else one for one, included in visible.records.items() if included is decision]
        if keys:
            # Written into the statement rather than bound: engines limit the number of parameters.
            cases.append((key.in_(sa.bindparam(None, keys, expanding=True, literal_execute=True)), _literal(decision)))
    # Deeper folders first: the innermost decides.
    for folder in sorted(visible.folders, key=lambda folder: folder.count("/"), reverse=True):
        prefix = f"{folder}/"
        lies_in = sa.func.substr(name, 1, len(prefix)) == prefix
        cases.append((lies_in, _literal(visible.folders[folder])))
    default = _literal(visible.by_default)
    return sa.case(*cases, else_=default) == sa.literal_column("1") if cases else default == sa.literal_column("1")


def _literal(included: bool) -> sa.ColumnElement[Any]:
    return sa.literal_column("1" if included else "0", sa.Integer)
