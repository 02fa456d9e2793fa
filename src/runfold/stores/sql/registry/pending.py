"""Versions whose files a server still has to read: taken by one server at a time, as deliveries are (`outbox`).

A server keeps what it has taken by moving its time on while it reads. One that dies leaves nothing to repair: soon the
version is due again.
"""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.model_files import ModelFile, summed_up
from runfold.domain.registered_model import ModelCard, ModelVersion, PendingVersion, VersionStatus, completed
from runfold.domain.webhook import Event
from runfold.stores.sql.registry import cards
from runfold.stores.sql.registry.listings import write_listing
from runfold.stores.sql.registry.models import hold
from runfold.stores.sql.registry.outbox import tell
from runfold.stores.sql.registry.rows import load_versions
from runfold.stores.sql.registry.tables import model_versions, pending_versions
from runfold.stores.sql.transaction import Transaction

MAX_MESSAGE = 1000


def put(transaction: Transaction, row: int) -> None:
    transaction.run(
        "INSERT INTO pending_versions (version_id, due_time, n_attempts) VALUES (?, ?, 0)", (row, transaction.now_ms)
    )


def has_due(connection: sa.Connection, now_ms: int) -> bool:
    """Whether a claim would find any; most times there are none, and nothing is written."""
    query = sa.select(pending_versions.c.version_id).where(pending_versions.c.due_time <= now_ms).limit(1)
    return connection.execute(query).first() is not None


def count(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(pending_versions)).scalar_one())


def claim(transaction: Transaction, *, lease_ms: int) -> PendingVersion | None:
    found = transaction.row(
        "SELECT version_id, due_time, n_attempts FROM pending_versions WHERE due_time <= ? "
        "ORDER BY due_time, version_id LIMIT 1",
        (transaction.now_ms,),
    )
    if found is None:
        return None
    number, due_time, n_attempts = map(int, found)
    # Of two servers that found the same row one finds it still due; PostgreSQL lets the other wait and look again.
    taken = transaction.run(
        "UPDATE pending_versions SET due_time = ?, n_attempts = ? WHERE version_id = ? AND due_time = ?",
        (transaction.now_ms + lease_ms, n_attempts + 1, number, due_time),
    )
    if not taken.rowcount:
        return None
    return PendingVersion(number=number, version=_version(transaction, number), n_attempts=n_attempts + 1)


def find(connection: sa.Connection, pending: PendingVersion) -> ModelVersion | None:
    mine = sa.and_(pending_versions.c.version_id == pending.number, pending_versions.c.n_attempts == pending.n_attempts)
    query = sa.select(model_versions).join(pending_versions, pending_versions.c.version_id == model_versions.c.id)
    return next(iter(load_versions(connection, connection.execute(query.where(mine)).all())), None)


def keep(transaction: Transaction, pending: PendingVersion, *, lease_ms: int) -> bool:
    return _move(transaction, pending, transaction.now_ms + lease_ms, pending.n_attempts)


def release(transaction: Transaction, pending: PendingVersion, *, in_ms: int, is_attempt: bool) -> bool:
    return _move(transaction, pending, transaction.now_ms + in_ms, pending.n_attempts - (not is_attempt))


def _move(transaction: Transaction, pending: PendingVersion, due_time: int, n_attempts: int) -> bool:
    moved = transaction.run(
        "UPDATE pending_versions SET due_time = ?, n_attempts = ? WHERE version_id = ? AND n_attempts = ?",
        (due_time, n_attempts, pending.number, pending.n_attempts),
    )
    return bool(moved.rowcount)


def finish(
    transaction: Transaction, pending: PendingVersion, *, card: ModelCard, listing: tuple[ModelFile, ...]
) -> bool:
    model = _take(transaction, pending)
    if model is None:
        return False
    known = completed(_version(transaction, pending.number).card, card)
    cards.replace_card(transaction, pending.number, known, summed_up(listing))
    write_listing(transaction, pending.number, listing)
    transaction.run("UPDATE model_versions SET status = ? WHERE id = ?", (VersionStatus.READY.value, pending.number))
    note_newest(transaction, model)
    ready = _version(transaction, pending.number)
    tell(transaction, model, Event.VERSION_CREATED, told_of(ready))
    return True


def fail(transaction: Transaction, pending: PendingVersion, message: str) -> bool:
    model = _take(transaction, pending)
    if model is None:
        return False
    message = message[:MAX_MESSAGE]
    transaction.run(
        "UPDATE model_versions SET status = ?, status_message = ? WHERE id = ?",
        (VersionStatus.FAILED.value, message, pending.number),
    )
    failed = _version(transaction, pending.number)
    told = {"name": failed.name, "version": str(failed.version), "message": message}
    tell(transaction, model, Event.VERSION_FAILED, told)
    return True


def _take(transaction: Transaction, pending: PendingVersion) -> int | None:
    """The number of the model, held until the commit; None: the version is deleted, or another server's by now."""
    model = transaction.row("SELECT model FROM model_versions WHERE id = ?", (pending.number,))
    if model is None or not hold(transaction, int(model[0])):
        return None
    gone = transaction.run(
        "DELETE FROM pending_versions WHERE version_id = ? AND n_attempts = ?", (pending.number, pending.n_attempts)
    )
    if not gone.rowcount:
        return None
    transaction.run("UPDATE model_versions SET last_update_time = ? WHERE id = ?", (transaction.now_ms, pending.number))
    return int(model[0])


def _version(transaction: Transaction, number: int) -> ModelVersion:
    query = sa.select(model_versions).where(model_versions.c.id == number)
    return load_versions(transaction.connection, transaction.connection.execute(query).all())[0]


def note_newest(transaction: Transaction, model: int) -> None:
    """Searches over models look at the version with the highest number that is ready."""
    transaction.run(
        "UPDATE registered_models SET newest = (SELECT id FROM model_versions WHERE model = ? AND status = ? "
        "ORDER BY version DESC LIMIT 1) WHERE id = ?",
        (model, VersionStatus.READY.value, model),
    )


def told_of(version: ModelVersion) -> dict[str, object]:
    """What webhooks are told of a version, in the words that MLflow's servers use."""
    return {
        "name": version.name,
        "version": str(version.version),
        "source": version.source,
        "run_id": version.run_id or None,
        "tags": version.tags,
        "description": version.description or None,
    }
