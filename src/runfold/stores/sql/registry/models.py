"""Registered models: units that write them."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from runfold.domain.access import PlaceKind
from runfold.domain.model_limits import MAX_DESCRIPTION, check_model_name, check_model_tag, check_words
from runfold.domain.registered_model import RegisteredModel, is_prompt
from runfold.domain.webhook import Event
from runfold.errors import AlreadyExists, NotFound
from runfold.stores.sql.access.versions import forget_place, move_place
from runfold.stores.sql.registry.outbox import tell
from runfold.stores.sql.registry.rows import load_models
from runfold.stores.sql.registry.tables import registered_models
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import workspace_of

KIND = "registered model"

# What goes with a model, by the column that names it.
_OWNED = (
    ("registered_model_tags", "model"),
    ("model_aliases", "model"),
    ("alias_moves", "model"),
    ("model_policies", "model"),
    ("promotion_requests", "model"),
    ("model_versions", "model"),
)
VERSION_TABLES = (
    "model_version_tags",
    "model_version_metrics",
    "model_version_params",
    "model_version_datasets",
    "model_version_flavours",
    "model_version_files",
    "pending_versions",
)


def create_model(
    transaction: Transaction, name: str, *, description: str, user_id: str, tags: Mapping[str, str]
) -> RegisteredModel:
    check_model_name(name)
    check_words("description", description, MAX_DESCRIPTION)
    for key, value in tags.items():
        check_model_tag("registered model tag", key, value)
    workspace = workspace_of(transaction.connection, to_write=True)
    made = transaction.row(
        "INSERT INTO registered_models (name, description, user_id, creation_time, last_update_time, workspace) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        (name, description, user_id, transaction.now_ms, transaction.now_ms, workspace),
    )
    if made is None:
        raise _name_is_taken(transaction, name)
    transaction.run_many(
        "INSERT INTO registered_model_tags (model, key, value) VALUES (?, ?, ?)",
        [(made[0], key, value) for key, value in tags.items()],
    )
    told = {"name": name, "tags": dict(tags), "description": description or None}
    tell(transaction, int(made[0]), Event.MODEL_CREATED, told)
    return get_model(transaction.connection, name)


def _name_is_taken(transaction: Transaction, name: str) -> AlreadyExists:
    held = get_model(transaction.connection, name)
    hint = "It is a prompt: choose another name." if is_prompt(held.tags) else ""
    return AlreadyExists(KIND, name, hint)


def get_model(connection: sa.Connection, name: str) -> RegisteredModel:
    if "\x00" not in name:
        found = connection.execute(sa.select(registered_models).where(is_called(connection, name))).all()
        for model in load_models(connection, found):
            return model
    raise NotFound(KIND, name)


def is_called(connection: sa.Connection, name: str) -> sa.ColumnElement[bool]:
    """That a row of `registered_models` has a name, in the workspace that the connection works in."""
    return (registered_models.c.workspace == workspace_of(connection)) & (registered_models.c.name == name)


def find_number(connection: sa.Connection, name: str) -> int:
    """The number of a model, for reading."""
    query = sa.select(registered_models.c.id).where(is_called(connection, name))
    found = None if "\x00" in name else connection.execute(query).scalar()
    if found is None:
        raise NotFound(KIND, name)
    return int(found)


def number_of(transaction: Transaction, name: str) -> int:
    """The number of a model, which stays as it is until the commit."""
    number = find_number(transaction.connection, name)
    if not hold(transaction, number):
        raise NotFound(KIND, name)
    return number


def hold(transaction: Transaction, number: int) -> bool:
    """Make other writers of this model wait; False when it is gone. Every change of a model begins here."""
    changed = transaction.run(
        "UPDATE registered_models SET last_update_time = ? WHERE id = ?", (transaction.now_ms, number)
    )
    return bool(changed.rowcount)


def rename_model(transaction: Transaction, name: str, new_name: str) -> RegisteredModel:
    check_model_name(new_name)
    number = number_of(transaction, name)
    workspace = workspace_of(transaction.connection)
    if transaction.row(
        "SELECT 1 FROM registered_models WHERE workspace = ? AND name = ? AND id <> ?", (workspace, new_name, number)
    ):
        raise _name_is_taken(transaction, new_name)
    transaction.run("UPDATE registered_models SET name = ? WHERE id = ?", (new_name, number))
    transaction.run("UPDATE model_versions SET last_update_time = ? WHERE model = ?", (transaction.now_ms, number))
    move_place(transaction, PlaceKind.MODEL, name, new_name, workspace=workspace)
    tell(transaction, number, Event.MODEL_RENAMED, {"name": new_name, "previous_name": name})
    return get_model(transaction.connection, new_name)


def update_model(transaction: Transaction, name: str, *, description: str) -> RegisteredModel:
    check_words("description", description, MAX_DESCRIPTION)
    number = number_of(transaction, name)
    transaction.run("UPDATE registered_models SET description = ? WHERE id = ?", (description, number))
    return get_model(transaction.connection, name)


def delete_model(transaction: Transaction, name: str) -> None:
    number = number_of(transaction, name)
    forget_place(transaction, PlaceKind.MODEL, name, workspace=workspace_of(transaction.connection))
    tell(transaction, number, Event.MODEL_DELETED, {"name": name})
    versions = "SELECT id FROM model_versions WHERE model = ?"
    for table in VERSION_TABLES:
        transaction.run(f"DELETE FROM {table} WHERE version_id IN ({versions})", (number,))  # noqa: S608 (constants)
    transaction.run(
        "DELETE FROM promotion_reviews WHERE request IN (SELECT id FROM promotion_requests WHERE model = ?)", (number,)
    )
    for table, column in (*_OWNED, ("registered_models", "id")):
        transaction.run(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608 (constants)


def set_model_tag(transaction: Transaction, name: str, key: str, value: str) -> None:
    check_model_tag("registered model tag", key, value)
    number = number_of(transaction, name)
    transaction.run(
        "INSERT INTO registered_model_tags (model, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (model, key) DO UPDATE SET value = excluded.value",
        (number, key, value),
    )
    tell(transaction, number, Event.MODEL_TAG_SET, {"name": name, "key": key, "value": value})


def delete_model_tag(transaction: Transaction, name: str, key: str) -> None:
    number = number_of(transaction, name)
    if "\x00" in key:
        return
    gone = transaction.run("DELETE FROM registered_model_tags WHERE model = ? AND key = ?", (number, key))
    if gone.rowcount:
        tell(transaction, number, Event.MODEL_TAG_DELETED, {"name": name, "key": key})
