"""Users."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from runfold.domain.access import User, check_account_name
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, NotFound
from runfold.stores.sql.access.tables import users
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import get as get_workspace

_END_CREDENTIALS = (
    "DELETE FROM access_tokens WHERE user_id = ?",
    "DELETE FROM sessions WHERE user_id = ?",
    "DELETE FROM invitations WHERE user_id = ?",
)


def create_user(transaction: Transaction, name: str, *, password: str, is_admin: bool, is_service: bool) -> User:
    """`password`: hashed, or empty."""
    check_account_name("user", name)
    if is_service and password:
        raise InvalidValue(f"The service account {name!r} takes no password; it signs in by tokens.")
    if find_user(transaction.connection, users.c.name == name) is not None:
        raise AlreadyExists("user", name)
    transaction.connection.execute(
        sa.insert(users).values(
            name=name,
            password=password,
            is_admin=is_admin,
            is_service=is_service,
            is_active=True,
            creation_time=transaction.now_ms,
        )
    )
    note_change(transaction)
    return get_user(transaction.connection, name)


def get_user(connection: sa.Connection, name: str) -> User:
    found = find_user(connection, users.c.name == name) if "\0" not in name else None
    if found is None:
        raise NotFound("user", name)
    return found


def find_user(connection: sa.Connection, which: sa.ColumnElement[bool]) -> User | None:
    row = connection.execute(sa.select(users).where(which)).first()
    return None if row is None else user_of(row)


def list_users(connection: sa.Connection) -> tuple[User, ...]:
    return tuple(map(user_of, connection.execute(sa.select(users).order_by(users.c.name))))


def user_of(row: sa.Row[Any]) -> User:
    return User(
        number=row.id,
        name=row.name,
        is_admin=row.is_admin,
        is_service=row.is_service,
        is_active=row.is_active,
        creation_time_ms=row.creation_time,
        workspace=row.workspace,
    )


def update_user(
    transaction: Transaction,
    name: str,
    *,
    password: str | None,
    is_admin: bool | None,
    is_active: bool | None,
    workspace: str | None = None,
) -> User:
    user = get_user(transaction.connection, name)
    if user.is_service and password:
        raise InvalidValue(f"The service account {name!r} takes no password; it signs in by tokens.")
    if workspace is not None:
        get_workspace(transaction.connection, workspace)
    given = {"password": password, "is_admin": is_admin, "is_active": is_active, "workspace": workspace}
    changes = {column: value for column, value in given.items() if value is not None}
    if not changes:
        return user
    transaction.connection.execute(sa.update(users).where(users.c.id == user.number).values(**changes))
    _check_an_admin_is_left(transaction, user)
    if password is not None or is_active is False:
        for statement in _END_CREDENTIALS:
            transaction.run(statement, (user.number,))
    note_change(transaction)
    return get_user(transaction.connection, name)


def delete_user(transaction: Transaction, name: str) -> None:
    note_change(transaction)
    user = get_user(transaction.connection, name)
    for statement in (
        *_END_CREDENTIALS,
        "DELETE FROM identities WHERE user_id = ?",
        "DELETE FROM group_members WHERE user_id = ?",
        "DELETE FROM grants WHERE subject_kind = 'user' AND subject_id = ?",
        "DELETE FROM users WHERE id = ?",
    ):
        transaction.run(statement, (user.number,))
    _check_an_admin_is_left(transaction, user)


def _check_an_admin_is_left(transaction: Transaction, changed: User) -> None:
    if changed.is_admin and changed.is_active and not has_admin(transaction.connection):
        raise InvalidState(f"{changed.name!r} is the last active administrator; make somebody else one first.")


def has_admin(connection: sa.Connection, *, beside: User | None = None) -> bool:
    which = sa.select(users.c.id).where(users.c.is_admin, users.c.is_active)
    if beside is not None:
        which = which.where(users.c.id != beside.number)
    return connection.execute(which.limit(1)).first() is not None
