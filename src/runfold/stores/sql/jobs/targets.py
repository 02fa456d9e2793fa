"""Targets: where jobs are executed."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from runfold.domain.access import PlaceKind
from runfold.domain.target import Target, TargetName, check_target
from runfold.errors import AlreadyExists, NotFound
from runfold.stores.sql.access.versions import forget_place
from runfold.stores.sql.jobs.tables import targets
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import workspace_of


def create_target(transaction: Transaction, target: Target) -> Target:
    check_target(target)
    workspace = workspace_of(transaction.connection, to_write=True)
    if find_target(transaction.connection, target.name) is not None:
        raise AlreadyExists("target", target.name)
    transaction.connection.execute(
        sa.insert(targets).values(
            name=target.name,
            description=_encode(target),
            creation_time=transaction.now_ms,
            last_update_time=transaction.now_ms,
            workspace=workspace,
        )
    )
    return get_target(transaction.connection, target.name)


def update_target(transaction: Transaction, target: Target) -> Target:
    check_target(target)
    changed = transaction.connection.execute(
        sa.update(targets)
        .where(_is_called(transaction.connection, target.name))
        .values(description=_encode(target), last_update_time=transaction.now_ms)
    )
    if changed.rowcount == 0:
        raise NotFound("target", target.name)
    return get_target(transaction.connection, target.name)


def get_target(connection: sa.Connection, name: TargetName) -> Target:
    found = find_target(connection, name)
    if found is None:
        raise NotFound("target", name)
    return found


def find_target(connection: sa.Connection, name: TargetName, *, workspace: int | None = None) -> Target | None:
    """
    Args:
        workspace: in which the name holds; None: that of the connection.
    """
    found = _select(connection, _is_called(connection, name, workspace)) if "\0" not in name else ()
    return found[0] if found else None


def list_targets(connection: sa.Connection, *, workspace: int | None = None) -> tuple[Target, ...]:
    """By name."""
    return _select(connection, targets.c.workspace == (workspace or workspace_of(connection)))


def delete_target(transaction: Transaction, name: TargetName) -> None:
    get_target(transaction.connection, name)
    transaction.connection.execute(sa.delete(targets).where(_is_called(transaction.connection, name)))
    forget_place(transaction, PlaceKind.TARGET, name, workspace=workspace_of(transaction.connection))


def _is_called(connection: sa.Connection, name: TargetName, workspace: int | None = None) -> sa.ColumnElement[bool]:
    return (targets.c.workspace == (workspace or workspace_of(connection))) & (targets.c.name == name)


def _encode(target: Target) -> str:
    return msgspec.json.encode(msgspec.structs.replace(target, creation_time_ms=0, last_update_time_ms=0)).decode()


def _select(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[Target, ...]:
    return tuple(
        msgspec.structs.replace(
            msgspec.json.decode(row.description, type=Target),
            creation_time_ms=row.creation_time,
            last_update_time_ms=row.last_update_time,
        )
        for row in connection.execute(sa.select(targets).where(which).order_by(targets.c.name))
    )
