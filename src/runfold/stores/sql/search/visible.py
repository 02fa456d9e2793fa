"""What somebody may see, as a condition: `domain.access.Visible` in SQL, of the same meaning.

Few decisions are written into the statement. Many, such as thousands of grants on single records, would take longer to
read than the search itself: SQLite then asks back for each row that it looks at, and PostgreSQL gets them as arrays.
"""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from runfold.domain.access import Visible
from runfold.stores.sql.search.values import Condition

MANY = 200
_FEW_OF_MANY = 2000
_FUNCTION = "runfold_sees"


def is_visible(
    connection: sa.Connection, visible: Visible, key: sa.ColumnElement[Any], name: sa.ColumnElement[str]
) -> Condition:
    """That a record is included.

    Args:
        key: what `Visible.records` names records by.
        name: what lies in `Visible.folders`.
    """
    if visible.within is not None:  # of the few places of a token: never too many to be written
        alone = msgspec.structs.replace(visible, within=None)
        return sa.and_(is_visible(connection, visible.within, key, name), is_visible(connection, alone, key, name))
    if visible.is_all:
        return sa.true()
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite and len(visible.records) + len(visible.folders) > MANY and not _is_short_list(visible):
        return _ask_back(connection, visible, key, name)
    is_number = isinstance(key.type, sa.Integer)
    cases: list[tuple[sa.ColumnElement[bool], Any]] = []
    for decision in (True, False) if visible.by_default or visible.folders else (True,):
        keys = [int(one) if is_number else one for one, included in visible.records.items() if included is decision]
        if keys:
            cases.append((_is_one_of(key, keys, is_sqlite=is_sqlite), _literal(decision)))
    # Deeper folders first: the innermost decides.
    for folder in sorted(visible.folders, key=lambda folder: folder.count("/"), reverse=True):
        prefix = f"{folder}/"
        lies_in = sa.func.substr(name, 1, len(prefix)) == prefix
        cases.append((lies_in, _literal(visible.folders[folder])))
    default = _literal(visible.by_default)
    return sa.case(*cases, else_=default) == sa.literal_column("1") if cases else default == sa.literal_column("1")


def _is_short_list(visible: Visible) -> bool:
    """Whether a few records are all there is to see, perhaps among very many: asking back for each would be slow."""
    if visible.by_default or any(visible.folders.values()):
        return False
    return sum(visible.records.values()) <= _FEW_OF_MANY


def _ask_back(
    connection: sa.Connection, visible: Visible, key: sa.ColumnElement[Any], name: sa.ColumnElement[str]
) -> Condition:
    # The function belongs to the connection, which works for one search at a time.
    driver: Any = connection.connection.driver_connection
    driver.create_function(_FUNCTION, 2, lambda one, called: visible.includes(str(one), called), deterministic=True)
    sees: sa.ColumnElement[int] = getattr(sa.func, _FUNCTION)(key, name, type_=sa.Integer)
    return sees == sa.literal_column("1")


def _is_one_of(key: sa.ColumnElement[Any], keys: list[Any], *, is_sqlite: bool) -> Condition:
    if not is_sqlite and len(keys) > MANY:
        kind = sa.BigInteger() if isinstance(keys[0], int) else sa.Text()
        return key == sa.any_(sa.bindparam(None, keys, type_=ARRAY(kind)))
    # Written into the statement rather than bound: engines limit the number of parameters.
    return key.in_(sa.bindparam(None, keys, expanding=True, literal_execute=True))


def _literal(included: bool) -> sa.ColumnElement[Any]:
    return sa.literal_column("1" if included else "0", sa.Integer)
