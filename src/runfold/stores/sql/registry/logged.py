"""Logged models: units that write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from runfold.domain.artifact import ArtifactPath
from runfold.domain.limits import MAX_PARAM_VALUE, MAX_TAG_VALUE, check_key
from runfold.domain.logged_model import (
    LoggedModel,
    LoggedModelStatus,
    ModelUse,
    NewLoggedModel,
    new_model_id,
)
from runfold.domain.model_limits import MAX_CARD_TEXT, check_logged_model_name, check_words
from runfold.domain.param import as_number
from runfold.domain.run_names import random_run_name
from runfold.errors import InvalidValue, LimitExceeded, NotFound
from runfold.stores.sql.batches import find_open_run
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.registry.rows import load_logged
from runfold.stores.sql.registry.tables import logged_models
from runfold.stores.sql.transaction import Transaction

KIND = "logged model"
MAX_USES = 1000
# MLflow's clients send at most 100 with a model, and the rest in further calls of as many.
MAX_PARAMS = 1000


def check_new(model: NewLoggedModel) -> None:
    check_logged_model_name(model.name)
    check_words("model type", model.model_type, MAX_CARD_TEXT)
    check_words("source run id", model.source_run_id, 256)
    if model.artifact_path:
        ArtifactPath(model.artifact_path)
    check_params(model.params)
    check_tags(model.tags)


def check_params(params: Mapping[str, str]) -> None:
    if len(params) > MAX_PARAMS:
        raise LimitExceeded(f"{len(params)} params in one call; at most {MAX_PARAMS} are allowed.")
    for key, value in params.items():
        check_key("param", key)
        check_words(f"param {key!r}", value, MAX_PARAM_VALUE)


def check_tags(tags: Mapping[str, str]) -> None:
    for key, value in tags.items():
        check_key("tag", key)
        check_words(f"tag {key!r}", value, MAX_TAG_VALUE)


def create(transaction: Transaction, model: NewLoggedModel, *, owner: int | None = None) -> LoggedModel:
    experiment = parse_id(model.experiment_id)
    found = transaction.row("SELECT artifact_location, lifecycle_stage FROM experiments WHERE id = ?", (experiment,))
    if found is None:
        raise NotFound("experiment", model.experiment_id)
    if found[1] != "active":
        raise InvalidValue(f"The experiment {model.experiment_id!r} is deleted and takes no models; restore it first.")
    model_id = new_model_id()
    if model.artifact_path:
        location = _place_in_run(transaction, model, experiment)
    else:
        location = f"{str(found[0]).rstrip('/')}/models/{model_id}/artifacts/"
    made = transaction.row(
        "INSERT INTO logged_models (model_id, experiment_id, name, model_type, status, status_message, source_run_id, "
        "creator_id, artifact_uri, creation_time, last_update_time, owner_id) "
        "VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?) "
        "RETURNING id",
        (
            model_id,
            experiment,
            model.name or random_run_name(),
            model.model_type,
            int(LoggedModelStatus.PENDING),
            model.source_run_id,
            model.creator_id,
            location,
            transaction.now_ms,
            transaction.now_ms,
            owner,
        ),
    )
    assert made is not None, "an insert that returns its row"
    _write_params(transaction, int(made[0]), model.params)
    _write_tags(transaction, int(made[0]), model.tags)
    return get(transaction.connection, model_id)


def _place_in_run(transaction: Transaction, model: NewLoggedModel, experiment: int) -> str:
    """Where the files lie; the model that lay there before is deleted."""
    run_id = model.source_run_id
    query = "SELECT artifact_uri, experiment_id FROM runs WHERE run_id = ?"
    run = None if "\x00" in run_id else transaction.row(query, (run_id,))
    if run is None:
        raise NotFound("run", run_id)
    if run[1] != experiment:
        raise InvalidValue(f"The run {run_id!r} does not belong to the experiment {model.experiment_id!r}.")
    location = f"{str(run[0]).rstrip('/')}/{model.artifact_path}"
    transaction.run(
        "UPDATE logged_models SET deleted_time = ? WHERE source_run_id = ? AND artifact_uri = ? "
        "AND deleted_time IS NULL",
        (transaction.now_ms, run_id, location),
    )
    return location


def get(connection: sa.Connection, model_id: str) -> LoggedModel:
    if "\x00" not in model_id:
        query = sa.select(logged_models).where(
            logged_models.c.model_id == model_id, logged_models.c.deleted_time.is_(None)
        )
        for model in load_logged(connection, connection.execute(query).all()):
            return model
    raise NotFound(KIND, model_id)


def finalize(transaction: Transaction, model_id: str, status: LoggedModelStatus) -> LoggedModel:
    if status is LoggedModelStatus.PENDING:
        raise InvalidValue("A model is finalized as READY or UPLOAD_FAILED, not as PENDING.")
    number = _touch(transaction, model_id)
    transaction.run("UPDATE logged_models SET status = ? WHERE id = ?", (int(status), number))
    return get(transaction.connection, model_id)


def delete(transaction: Transaction, model_id: str) -> None:
    number = _touch(transaction, model_id)
    transaction.run("UPDATE logged_models SET deleted_time = ? WHERE id = ?", (transaction.now_ms, number))


def set_tags(transaction: Transaction, model_id: str, tags: Mapping[str, str]) -> LoggedModel:
    _write_tags(transaction, _touch(transaction, model_id), tags)
    return get(transaction.connection, model_id)


def delete_tag(transaction: Transaction, model_id: str, key: str) -> None:
    number = _touch(transaction, model_id)
    gone = "\x00" not in key and transaction.run(
        "DELETE FROM logged_model_tags WHERE model = ? AND key = ?", (number, key)
    )
    if not gone or gone.rowcount == 0:
        raise NotFound("tag of a logged model", key)


def log_params(transaction: Transaction, model_id: str, params: Mapping[str, str]) -> None:
    _write_params(transaction, _touch(transaction, model_id), params)


def _touch(transaction: Transaction, model_id: str) -> int:
    """The number of a model, which is held until the commit."""
    found = None
    if "\x00" not in model_id:
        found = transaction.row(
            "UPDATE logged_models SET last_update_time = ? WHERE model_id = ? AND deleted_time IS NULL RETURNING id",
            (transaction.now_ms, model_id),
        )
    if found is None:
        raise NotFound(KIND, model_id)
    return int(found[0])


def _write_tags(transaction: Transaction, number: int, tags: Mapping[str, str]) -> None:
    transaction.run_many(
        "INSERT INTO logged_model_tags (model, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (model, key) DO UPDATE SET value = excluded.value",
        [(number, key, value) for key, value in sorted(tags.items())],
    )


def _write_params(transaction: Transaction, number: int, params: Mapping[str, str]) -> None:
    known = dict(transaction.rows("SELECT key, value FROM logged_model_params WHERE model = ?", (number,)))
    for key, value in params.items():
        if known.get(key, value) != value:
            raise InvalidValue(
                f"Param {key!r} of the model is {known[key][:80]!r} already and cannot become {value[:80]!r}: params "
                "are written once."
            )
    transaction.run_many(
        "INSERT INTO logged_model_params (model, key, value, number) VALUES (?, ?, ?, ?)",
        [(number, key, value, as_number(value)) for key, value in params.items() if key not in known],
    )


def check_model_uses(uses: Sequence[ModelUse]) -> None:
    if len(uses) > MAX_USES:
        raise LimitExceeded(f"{len(uses)} models in one call; at most {MAX_USES} are allowed.")


def log_uses(transaction: Transaction, run_id: str, uses: Sequence[ModelUse]) -> None:
    run = find_open_run(transaction, run_id)
    for use in uses:
        get(transaction.connection, use.model_id)
    transaction.run_many(
        "INSERT INTO run_models (run, is_output, model_id, step) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (run, is_output, model_id) DO UPDATE SET step = excluded.step",
        [(run.id, int(use.is_output), use.model_id, use.step) for use in uses],
    )
    transaction.touched.add(run.id)
