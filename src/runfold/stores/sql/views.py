"""Saved views."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from runfold.domain.limits import check_text
from runfold.domain.view import SavedView
from runfold.errors import InvalidValue, LimitExceeded, NotFound
from runfold.stores.sql.tables import saved_views
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import workspace_of

MAX_NAME = 250
MAX_STATE = 1_000_000


def save_view(transaction: Transaction, *, scope: str, name: str, state: str, view_id: str | None) -> SavedView:
    for field, value, limit in (("scope", scope, MAX_NAME), ("name", name, MAX_NAME), ("state", state, MAX_STATE)):
        if len(value) > limit:
            raise LimitExceeded(f"The {field} of a view has {len(value)} characters; at most {limit} are allowed.")
        if not value.strip():
            raise InvalidValue(f"The {field} of a view must not be blank.")
        check_text(f"{field} of a view", value)
    now_ms = transaction.now_ms
    if view_id is None:
        view_id = uuid.uuid4().hex
        transaction.connection.execute(
            sa.insert(saved_views).values(
                view_id=view_id,
                scope=scope,
                name=name,
                state=state,
                creation_time=now_ms,
                last_update_time=now_ms,
                workspace=workspace_of(transaction.connection, to_write=True),
            )
        )
    else:
        changed = transaction.connection.execute(
            sa.update(saved_views)
            .where(saved_views.c.view_id == view_id)
            .values(scope=scope, name=name, state=state, last_update_time=now_ms)
        )
        if changed.rowcount == 0:
            raise NotFound("view", view_id)
    return get_view(transaction.connection, view_id)


def get_view(connection: sa.Connection, view_id: str) -> SavedView:
    for view in _select(connection, saved_views.c.view_id == view_id):
        return view
    raise NotFound("view", view_id)


def list_views(connection: sa.Connection, scope: str) -> tuple[SavedView, ...]:
    return _select(connection, (saved_views.c.workspace == workspace_of(connection)) & (saved_views.c.scope == scope))


def delete_view(transaction: Transaction, view_id: str) -> None:
    if transaction.run("DELETE FROM saved_views WHERE view_id = ?", (view_id,)).rowcount == 0:
        raise NotFound("view", view_id)


def _select(connection: sa.Connection, where: sa.ColumnElement[bool]) -> tuple[SavedView, ...]:
    return tuple(
        SavedView(
            view_id=row.view_id,
            scope=row.scope,
            name=row.name,
            state=row.state,
            creation_time_ms=row.creation_time,
            last_update_time_ms=row.last_update_time,
        )
        for row in connection.execute(
            sa.select(saved_views).where(where).order_by(saved_views.c.name, saved_views.c.view_id)
        )
    )
