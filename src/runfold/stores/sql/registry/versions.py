"""Versions: units that write them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from runfold.domain.model_files import summed_up
from runfold.domain.model_limits import (
    MAX_DESCRIPTION,
    MAX_SOURCE,
    check_model_tag,
    check_words,
)
from runfold.domain.registered_model import (
    CardChanges,
    ModelCard,
    ModelVersion,
    NewModelVersion,
    Stage,
    VersionStatus,
    completed,
)
from runfold.domain.webhook import Event
from runfold.errors import InvalidValue, NotFound
from runfold.stores.sql.registry import cards
from runfold.stores.sql.registry.aliases import check_ready, delete_aliases_of
from runfold.stores.sql.registry.listings import copy_listing, write_listing
from runfold.stores.sql.registry.models import VERSION_TABLES, get_model, is_called, number_of
from runfold.stores.sql.registry.outbox import tell
from runfold.stores.sql.registry.pending import note_newest, put, told_of
from runfold.stores.sql.registry.places import mark_of, versions_below
from runfold.stores.sql.registry.rows import load_versions
from runfold.stores.sql.registry.sources import Source, resolve
from runfold.stores.sql.registry.tables import model_versions, registered_models
from runfold.stores.sql.transaction import Transaction

KIND = "model version"


def check_version(new: NewModelVersion) -> None:
    """Raises InvalidValue or LimitExceeded for what cannot be kept."""
    if not new.source:
        raise InvalidValue("A model version needs a source: where its files lie.")
    check_words("source", new.source, MAX_SOURCE)
    check_words("run link", new.run_link, MAX_SOURCE)
    check_words("run id", new.run_id, 256)
    check_words("description", new.description, MAX_DESCRIPTION)
    for key, value in new.tags.items():
        check_model_tag("model version tag", key, value)
    cards.check_card(new.card)
    if new.listing and summed_up(new.listing) != new.files:
        raise InvalidValue("The files of the version, one by one, are not those that its size and digest tell of.")


def create_version(transaction: Transaction, new: NewModelVersion) -> ModelVersion:
    number = number_of(transaction, new.name)
    source = resolve(transaction.connection, new.source, model_id=new.model_id)
    given = transaction.row(
        "UPDATE registered_models SET last_version = last_version + 1 WHERE id = ? RETURNING last_version", (number,)
    )
    assert given is not None, "the model is held"
    version = int(given[0])
    made = transaction.row(
        "INSERT INTO model_versions (model, version, description, user_id, creation_time, last_update_time, stage, "
        "source, storage_location, location_mark, run_id, run_link, model_id, status) "
        "VALUES (?, ?, ?, ?, ?, ?, 'None', ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            number,
            version,
            new.description,
            new.user_id,
            transaction.now_ms,
            transaction.now_ms,
            new.source,
            source.location,
            mark_of(source.location),
            new.run_id or source.run_id,
            new.run_link,
            new.model_id or source.model_id,
            new.status.value,
        ),
    )
    assert made is not None, "an insert that returns its row"
    row = int(made[0])
    transaction.run_many(
        "INSERT INTO model_version_tags (version_id, key, value) VALUES (?, ?, ?)",
        [(row, key, value) for key, value in new.tags.items()],
    )
    card = completed(new.card, source.card)
    _write_files(transaction, row, new, source, card)
    if source.version is None:
        cards.add_of_logged_model(transaction, row, new.model_id or source.model_id)
        cards.add_of_run(transaction, row, new.run_id or source.run_id)
    made_version = get_version(transaction.connection, new.name, version)
    if new.status is VersionStatus.PENDING:
        put(transaction, row)
    else:
        note_newest(transaction, number)
        tell(transaction, number, Event.VERSION_CREATED, told_of(made_version))
    return made_version


def _write_files(transaction: Transaction, row: int, new: NewModelVersion, source: Source, card: ModelCard) -> None:
    """The card of a version with its files, unless a server is still to read those."""
    is_pending = new.status is VersionStatus.PENDING
    cards.write_card(transaction, row, card, None if is_pending else new.files or source.files)
    if is_pending:
        return
    if new.files is not None:
        write_listing(transaction, row, new.listing)
    elif source.version is not None:
        copy_listing(transaction, row, source.version.name, source.version.version)


def get_version(connection: sa.Connection, name: str, version: int) -> ModelVersion:
    if "\x00" not in name:
        query = (
            sa.select(model_versions)
            .join(registered_models, registered_models.c.id == model_versions.c.model)
            .where(is_called(connection, name), model_versions.c.version == version)
        )
        for found in load_versions(connection, connection.execute(query).all()):
            return found
    raise NotFound(KIND, f"{name}/{version}")


def latest_versions(connection: sa.Connection, name: str, stages: Sequence[Stage]) -> tuple[ModelVersion, ...]:
    latest = get_model(connection, name).latest_versions
    return tuple(version for version in latest if not stages or version.stage in stages)


def find_at(connection: sa.Connection, locations: Sequence[str], *, also_below: bool) -> tuple[ModelVersion, ...]:
    where = model_versions.c.location_mark.in_(sorted({mark_of(location) for location in locations}))
    if also_below:
        where = model_versions.c.id.in_(versions_below(connection, locations))
    query = sa.select(model_versions).where(where).order_by(model_versions.c.id)
    return tuple(load_versions(connection, connection.execute(query).all()))


def row_of(transaction: Transaction, name: str, version: int) -> tuple[int, int]:
    """The numbers of a version's model and of the version itself, both held until the commit."""
    number = number_of(transaction, name)
    changed = transaction.row(
        "UPDATE model_versions SET last_update_time = ? WHERE model = ? AND version = ? RETURNING id",
        (transaction.now_ms, number, version),
    )
    if changed is None:
        raise NotFound(KIND, f"{name}/{version}")
    return number, int(changed[0])


def update_version(transaction: Transaction, name: str, version: int, *, description: str) -> ModelVersion:
    check_words("description", description, MAX_DESCRIPTION)
    _, row = row_of(transaction, name, version)
    transaction.run("UPDATE model_versions SET description = ? WHERE id = ?", (description, row))
    return get_version(transaction.connection, name, version)


def update_card(transaction: Transaction, name: str, version: int, changes: CardChanges) -> ModelVersion:
    _, row = row_of(transaction, name, version)
    card = get_version(transaction.connection, name, version).card
    cards.replace_card(transaction, row, changes.applied_to(card), None)
    return get_version(transaction.connection, name, version)


def transition(
    transaction: Transaction, name: str, version: int, stage: Stage, *, archive_existing: bool
) -> ModelVersion:
    if archive_existing and stage not in (Stage.STAGING, Stage.PRODUCTION):
        raise InvalidValue(
            f"Others can be archived only when a version goes to Staging or Production, not to {stage.value}."
        )
    number, row = row_of(transaction, name, version)
    check_ready(transaction, number, name, version)
    moves = [(row, version, stage)]
    if archive_existing:
        others = "SELECT id, version FROM model_versions WHERE model = ? AND stage = ? AND id <> ? ORDER BY version"
        moves += [(*other, Stage.ARCHIVED) for other in transaction.rows(others, (number, stage.value, row))]
    for moved, moved_version, to in moves:
        _put_into(transaction, number, moved, to, {"name": name, "version": str(moved_version)})
    return get_version(transaction.connection, name, version)


def _put_into(transaction: Transaction, number: int, row: int, stage: Stage, told: dict[str, object]) -> None:
    before = transaction.row("SELECT stage FROM model_versions WHERE id = ?", (row,))
    assert before is not None, "the model is held"
    transaction.run(
        "UPDATE model_versions SET stage = ?, last_update_time = ? WHERE id = ?",
        (stage.value, transaction.now_ms, row),
    )
    if before[0] != stage.value:
        told |= {"stage": stage.value, "previous_stage": before[0]}
        tell(transaction, number, Event.VERSION_STAGED, told)


def delete_version(transaction: Transaction, name: str, version: int) -> None:
    number, row = row_of(transaction, name, version)
    delete_aliases_of(transaction, number, name, version)
    tell(transaction, number, Event.VERSION_DELETED, {"name": name, "version": str(version)})
    for table in VERSION_TABLES:
        transaction.run(f"DELETE FROM {table} WHERE version_id = ?", (row,))  # noqa: S608 (constants)
    transaction.run("DELETE FROM model_versions WHERE id = ?", (row,))
    note_newest(transaction, number)


def set_version_tag(transaction: Transaction, name: str, version: int, key: str, value: str) -> None:
    check_model_tag("model version tag", key, value)
    number, row = row_of(transaction, name, version)
    transaction.run(
        "INSERT INTO model_version_tags (version_id, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (version_id, key) DO UPDATE SET value = excluded.value",
        (row, key, value),
    )
    told = {"name": name, "version": str(version), "key": key, "value": value}
    tell(transaction, number, Event.VERSION_TAG_SET, told)


def delete_version_tag(transaction: Transaction, name: str, version: int, key: str) -> None:
    number, row = row_of(transaction, name, version)
    if "\x00" in key:
        return
    gone = transaction.run("DELETE FROM model_version_tags WHERE version_id = ? AND key = ?", (row, key))
    if gone.rowcount:
        tell(transaction, number, Event.VERSION_TAG_DELETED, {"name": name, "version": str(version), "key": key})
