"""Datasets of runs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from runfold.domain import limits
from runfold.domain.dataset import DatasetUse
from runfold.errors import InvalidValue, LimitExceeded
from runfold.stores.sql.batches import OpenRun, find_open_run
from runfold.stores.sql.transaction import Transaction


def check_uses(uses: Sequence[DatasetUse]) -> None:
    """Raises LimitExceeded or InvalidValue for what MLflow's servers refuse."""
    if len(uses) > limits.MAX_INPUT_DATASETS:
        raise LimitExceeded(f"{len(uses)} datasets in one call; at most {limits.MAX_INPUT_DATASETS} are allowed.")
    for use in uses:
        dataset = use.dataset
        for field, value, limit in (
            ("name", dataset.name, limits.MAX_DATASET_NAME),
            ("digest", dataset.digest, limits.MAX_DATASET_DIGEST),
            ("source", dataset.source, limits.MAX_DATASET_SOURCE),
            ("schema", dataset.schema, limits.MAX_DATASET_SCHEMA),
            ("profile", dataset.profile, limits.MAX_DATASET_PROFILE),
        ):
            _check_text(f"dataset {field}", value, limit)
        limits.check_text("dataset source type", dataset.source_type)
        for field, value in (("name", dataset.name), ("digest", dataset.digest)):
            if not value:
                raise InvalidValue(f"A dataset needs a {field}; got an empty text.")
        for key, value in use.tags.items():
            _check_text("dataset tag key", key, limits.MAX_INPUT_TAG_KEY)
            _check_text(f"dataset tag {key!r}", value, limits.MAX_INPUT_TAG_VALUE)


def _check_text(what: str, value: str, limit: int) -> None:
    if len(value) > limit:
        raise LimitExceeded(f"The {what} has {len(value)} characters; at most {limit} are allowed.")
    limits.check_text(what, value)


def log_inputs(transaction: Transaction, run_id: str, uses: Sequence[DatasetUse]) -> None:
    run = find_open_run(transaction, run_id)
    write_uses(transaction, run, uses)
    transaction.touched.add(run.id)


def write_uses(transaction: Transaction, run: OpenRun, uses: Sequence[DatasetUse]) -> None:
    for use in uses:
        dataset_id = intern_dataset(transaction, run.experiment, use)
        found = transaction.row(
            "SELECT tags FROM dataset_uses WHERE run = ? AND dataset_id = ? AND is_output = ?",
            (run.id, dataset_id, int(use.is_output)),
        )
        tags = {**(msgspec.json.decode(found[0], type=dict[str, str]) if found else {}), **use.tags}
        transaction.run(
            "INSERT INTO dataset_uses (run, dataset_id, is_output, context, tags) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (run, dataset_id, is_output) DO UPDATE SET context = excluded.context, tags = excluded.tags",
            (
                run.id,
                dataset_id,
                int(use.is_output),
                tags.get("mlflow.data.context"),
                msgspec.json.encode(tags).decode(),
            ),
        )


def intern_dataset(transaction: Transaction, experiment: int, use: DatasetUse) -> int:
    """The number of a dataset version within an experiment, made if it is new."""
    dataset = use.dataset
    transaction.run(
        "INSERT INTO datasets (experiment_id, name, digest, source_type, source, schema, profile) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            experiment,
            dataset.name,
            dataset.digest,
            dataset.source_type,
            dataset.source,
            dataset.schema,
            dataset.profile,
        ),
    )
    found = transaction.row(
        "SELECT id FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?",
        (experiment, dataset.name, dataset.digest),
    )
    assert found is not None, "inserted above, or there before"
    return int(found[0])
