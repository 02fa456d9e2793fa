"""Aliases: pointers that move, and remember where they were."""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.model_limits import MAX_DESCRIPTION, check_alias, check_words
from runfold.domain.registered_model import AliasMove, ModelVersion, VersionStatus, not_ready
from runfold.domain.webhook import Event
from runfold.errors import InvalidState, InvalidValue, NotFound
from runfold.stores.sql.registry.models import find_number, number_of
from runfold.stores.sql.registry.outbox import tell
from runfold.stores.sql.registry.rows import load_versions
from runfold.stores.sql.registry.tables import alias_moves, model_aliases, model_versions
from runfold.stores.sql.transaction import Transaction


def set_alias(
    transaction: Transaction, name: str, alias: str, version: int, *, user_id: str, reason: str
) -> int | None:
    """Point an alias to a version; returns where it pointed before."""
    check_alias(alias)
    check_words("reason", reason, MAX_DESCRIPTION)
    number = number_of(transaction, name)
    check_ready(transaction, number, name, version)
    before = transaction.row("SELECT version FROM model_aliases WHERE model = ? AND alias = ?", (number, alias))
    if before is not None and before[0] == version:
        return version
    transaction.run(
        "INSERT INTO model_aliases (model, alias, version) VALUES (?, ?, ?) "
        "ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version",
        (number, alias, version),
    )
    note_move(transaction, number, alias, version, user_id=user_id, reason=reason)
    tell(transaction, number, Event.ALIAS_CREATED, {"name": name, "alias": alias, "version": str(version)})
    return None if before is None else int(before[0])


def check_ready(transaction: Transaction, number: int, name: str, version: int) -> None:
    """Raises NotFound, or InvalidState for a version that is being registered or never was."""
    query = "SELECT status, status_message FROM model_versions WHERE model = ? AND version = ?"
    found = transaction.row(query, (number, version))
    if found is None:
        raise NotFound("model version", f"{name}/{version}")
    if found[0] != VersionStatus.READY:
        raise not_ready(name, version, VersionStatus(found[0]), found[1])


def return_alias(transaction: Transaction, name: str, alias: str, *, user_id: str, reason: str) -> ModelVersion:
    number = number_of(transaction, name)
    present = transaction.row("SELECT version FROM model_aliases WHERE model = ? AND alias = ?", (number, alias))
    before = transaction.row(
        "SELECT m.version FROM alias_moves m JOIN model_versions v ON v.model = m.model AND v.version = m.version "
        "WHERE m.model = ? AND m.alias = ? AND m.version <> ? ORDER BY m.id DESC LIMIT 1",
        (number, alias, present[0] if present else 0),
    )
    if before is None:
        raise InvalidState(f"The alias {alias!r} of {name!r} never pointed to another version that is still there.")
    reason = reason or f"Back to version {before[0]}."
    set_alias(transaction, name, alias, int(before[0]), user_id=user_id, reason=reason)
    return get_by_alias(transaction.connection, name, alias, at_ms=None)


def delete_alias(transaction: Transaction, name: str, alias: str, *, user_id: str, reason: str) -> None:
    check_words("reason", reason, MAX_DESCRIPTION)
    number = number_of(transaction, name)
    if "\x00" in alias:
        return
    gone = transaction.run("DELETE FROM model_aliases WHERE model = ? AND alias = ?", (number, alias))
    if gone.rowcount:
        note_move(transaction, number, alias, None, user_id=user_id, reason=reason)
        tell(transaction, number, Event.ALIAS_DELETED, {"name": name, "alias": alias})


def delete_aliases_of(transaction: Transaction, number: int, name: str, version: int) -> None:
    """Remove the aliases of a version that goes."""
    for (alias,) in transaction.rows(
        "SELECT alias FROM model_aliases WHERE model = ? AND version = ? ORDER BY alias", (number, version)
    ):
        note_move(transaction, number, alias, None, user_id="", reason=f"Version {version} was deleted.")
        tell(transaction, number, Event.ALIAS_DELETED, {"name": name, "alias": alias})
    transaction.run("DELETE FROM model_aliases WHERE model = ? AND version = ?", (number, version))


def note_move(
    transaction: Transaction, number: int, alias: str, version: int | None, *, user_id: str, reason: str
) -> None:
    transaction.run(
        "INSERT INTO alias_moves (model, alias, version, time, user_id, reason) VALUES (?, ?, ?, ?, ?, ?)",
        (number, alias, version, transaction.now_ms, user_id, reason),
    )


def get_by_alias(connection: sa.Connection, name: str, alias: str, *, at_ms: int | None) -> ModelVersion:
    number = find_number(connection, name)
    version = None
    if "\x00" not in alias:
        version = (
            _target_now(connection, number, alias) if at_ms is None else _target_at(connection, number, alias, at_ms)
        )
    if version is None:
        when = "" if at_ms is None else " at that time"
        raise InvalidValue(f"Registered model alias {alias} not found{when}: the model {name!r} has no such alias.")
    query = sa.select(model_versions).where(model_versions.c.model == number, model_versions.c.version == version)
    for found in load_versions(connection, connection.execute(query).all()):
        return found
    raise NotFound("model version", f"{name}/{version}")


def _target_now(connection: sa.Connection, number: int, alias: str) -> int | None:
    query = sa.select(model_aliases.c.version).where(model_aliases.c.model == number, model_aliases.c.alias == alias)
    return connection.execute(query).scalar()


def _target_at(connection: sa.Connection, number: int, alias: str, at_ms: int) -> int | None:
    query = (
        sa.select(alias_moves.c.version)
        .where(alias_moves.c.model == number, alias_moves.c.alias == alias, alias_moves.c.time <= at_ms)
        .order_by(alias_moves.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def list_moves(connection: sa.Connection, name: str, alias: str) -> tuple[AliasMove, ...]:
    query = sa.select(alias_moves).where(alias_moves.c.model == find_number(connection, name))
    if alias:
        query = query.where(alias_moves.c.alias == alias.replace("\x00", ""))
    return tuple(
        AliasMove(alias=row.alias, version=row.version, time_ms=row.time, user_id=row.user_id, reason=row.reason)
        for row in connection.execute(query.order_by(alias_moves.c.id.desc()))
    )
