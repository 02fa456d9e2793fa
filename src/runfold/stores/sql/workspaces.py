"""Workspaces: rows, and in which of them a connection works.

A connection is told the name of its workspace, and who looks something up by a name asks it for the number. So calls
that need none, such as those about runs by their id, do not pay for it; and a workspace that is gone is noticed in the
transaction that would write into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from runfold.domain.access import PlaceKind
from runfold.domain.workspace import DEFAULT_WORKSPACE, Workspace, check_workspace
from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.tables import DEFAULT_WORKSPACE_ID, workspaces
from runfold.stores.sql.transaction import Transaction

KIND = "workspace"
_OPTION = "runfold_workspace"


@contextmanager
def working_in(connection: sa.Connection, workspace: str) -> Iterator[None]:
    """Have `workspace_of` answer this one for a while."""
    connection.execution_options(**{_OPTION: workspace})
    try:
        yield
    finally:
        connection.execution_options(**{_OPTION: DEFAULT_WORKSPACE})


def workspace_of(connection: sa.Connection, *, to_write: bool = False) -> int:
    """The number of the workspace that the connection works in.

    Args:
        to_write: it stays until the commit.

    Raises:
        NotFound: there is none of this name.
    """
    name = name_of(connection)
    return DEFAULT_WORKSPACE_ID if name == DEFAULT_WORKSPACE else find_number(connection, name, to_write=to_write)


def name_of(connection: sa.Connection) -> str:
    return str(connection.get_execution_options().get(_OPTION, DEFAULT_WORKSPACE))


def artifact_root_of(connection: sa.Connection) -> str:
    """Below which new experiments of the connection's workspace keep their files; empty: it has none of its own."""
    name = name_of(connection)
    if name == DEFAULT_WORKSPACE:
        return ""
    return connection.execute(sa.select(workspaces.c.artifact_root).where(workspaces.c.name == name)).scalar() or ""


def find_number(connection: sa.Connection, name: str, *, to_write: bool = False) -> int:
    """Raises NotFound."""
    query = sa.select(workspaces.c.id).where(is_called(name))
    if to_write:
        query = query.with_for_update(read=True, key_share=True)
    found = connection.execute(query).scalar()
    if found is None:
        raise NotFound(KIND, name)
    return int(found)


def is_called(name: str) -> sa.ColumnElement[bool]:
    """That a row of `workspaces` has a name, and is not in the trash."""
    return (workspaces.c.name == name.replace("\0", "")) & workspaces.c.deleted_time.is_(None)


def names_of(connection: sa.Connection, numbers: Iterable[int]) -> dict[int, str]:
    """The names behind numbers of workspaces, those in the trash included."""
    names = {DEFAULT_WORKSPACE_ID: DEFAULT_WORKSPACE}
    if missing := set(numbers) - names.keys():
        query = sa.select(workspaces.c.id, workspaces.c.name).where(workspaces.c.id.in_(missing))
        names.update((number, name) for number, name in connection.execute(query))
    return names


def create(transaction: Transaction, name: str, *, description: str, artifact_root: str) -> Workspace:
    """Closed to everyone until something is granted: what holds for the whole server shall not open it."""
    check_workspace(name, description=description, artifact_root=artifact_root)
    made = transaction.row(
        "INSERT INTO workspaces (name, description, artifact_root, creation_time, last_update_time) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        (name, description, artifact_root, transaction.now_ms, transaction.now_ms),
    )
    if made is None:
        trashed = find_trashed(transaction.connection, name)
        hint = "It is in the trash: restore it, purge it, or choose another name." if trashed is not None else ""
        raise AlreadyExists(KIND, name, hint)
    transaction.run(
        "INSERT INTO grants (subject_kind, subject_id, place_kind, place_key, role) VALUES ('everyone', 0, ?, ?, 0)",
        (PlaceKind.WORKSPACE.value, name),
    )
    note_change(transaction)
    return get(transaction.connection, name)


def get(connection: sa.Connection, name: str) -> Workspace:
    found = connection.execute(sa.select(workspaces).where(is_called(name))).first()
    if found is None:
        raise NotFound(KIND, name)
    return _from_row(found)


def list_all(connection: sa.Connection) -> tuple[Workspace, ...]:
    return _list(connection, workspaces.c.deleted_time.is_(None))


def list_trashed(connection: sa.Connection) -> tuple[Workspace, ...]:
    return _list(connection, workspaces.c.deleted_time.is_not(None))


def _list(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[Workspace, ...]:
    return tuple(map(_from_row, connection.execute(sa.select(workspaces).where(which).order_by(workspaces.c.name))))


def find_trashed(connection: sa.Connection, name: str) -> int | None:
    """The number of a workspace in the trash."""
    is_it = (workspaces.c.name == name.replace("\0", "")) & workspaces.c.deleted_time.is_not(None)
    return connection.execute(sa.select(workspaces.c.id).where(is_it)).scalar()


def update(transaction: Transaction, name: str, *, description: str | None, artifact_root: str | None) -> Workspace:
    before = get(transaction.connection, name)
    description = before.description if description is None else description
    artifact_root = before.artifact_root if artifact_root is None else artifact_root
    if name != DEFAULT_WORKSPACE:
        check_workspace(name, description=description, artifact_root=artifact_root)
    elif artifact_root:
        raise InvalidValue("Where the default workspace keeps its files is a setting of the server.")
    transaction.run(
        "UPDATE workspaces SET description = ?, artifact_root = ?, last_update_time = ? WHERE name = ?",
        (description, artifact_root, transaction.now_ms, name),
    )
    return get(transaction.connection, name)


def _from_row(row: sa.Row[tuple[object, ...]]) -> Workspace:
    return Workspace(
        name=row.name,
        description=row.description,
        artifact_root=row.artifact_root,
        creation_time_ms=row.creation_time,
        last_update_time_ms=row.last_update_time,
        deleted_time_ms=row.deleted_time,
    )
