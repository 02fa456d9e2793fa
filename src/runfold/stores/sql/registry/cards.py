"""What is known of a version: checked, written, and copied from its run and its logged model."""

from __future__ import annotations

import math

import sqlalchemy as sa

from runfold.domain.limits import MAX_DATASET_DIGEST, MAX_DATASET_NAME, MAX_KEY, MAX_PARAM_VALUE
from runfold.domain.model_files import ModelFiles
from runfold.domain.model_limits import MAX_CARD_ENTRIES, MAX_CARD_TEXT, MAX_SIGNATURE, check_words
from runfold.domain.param import as_number
from runfold.domain.registered_model import ModelCard, ModelDataset
from runfold.errors import InvalidValue, LimitExceeded
from runfold.stores.sql.hidden import hidden_of
from runfold.stores.sql.registry.tables import model_version_datasets
from runfold.stores.sql.search.telling import is_named
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import name_of

TEXTS = (
    "algorithm",
    "framework",
    "framework_version",
    "task",
    "target_platform",
    "owner",
    "licence",
    "serialisation",
)


def check_card(card: ModelCard) -> None:
    """Raises InvalidValue or LimitExceeded for what cannot be kept."""
    for name in TEXTS:
        check_words(name.replace("_", " "), getattr(card, name), MAX_CARD_TEXT)
    check_words("signature", card.signature, MAX_SIGNATURE)
    for what, n in (
        ("metrics", len(card.metrics)),
        ("params", len(card.params)),
        ("datasets", len(card.datasets)),
        ("flavours", len(card.flavours)),
    ):
        if n > MAX_CARD_ENTRIES:
            raise LimitExceeded(f"A model version has {n} {what}; at most {MAX_CARD_ENTRIES} are kept.")
    for flavour in card.flavours:
        check_words("name of a flavour", flavour, MAX_KEY)
    for metric in card.metrics:
        check_words("metric key", metric.key, MAX_KEY)
    if len({metric.key for metric in card.metrics}) < len(card.metrics):
        raise InvalidValue("A metric comes twice in the model version; give each key once.")
    for key, value in card.params.items():
        check_words("param key", key, MAX_KEY)
        check_words(f"param {key!r}", value, MAX_PARAM_VALUE)
    for dataset in card.datasets:
        check_words("dataset name", dataset.name, MAX_DATASET_NAME)
        check_words("dataset digest", dataset.digest, MAX_DATASET_DIGEST)
        check_words("dataset context", dataset.context, MAX_DATASET_NAME)


def write_card(transaction: Transaction, row: int, card: ModelCard, files: ModelFiles | None) -> None:
    """Write the card of a version that has none in the tables beside its row."""
    columns = ", ".join(f"{name} = ?" for name in (*TEXTS, "signature"))
    transaction.run(
        f"UPDATE model_versions SET {columns} WHERE id = ?",  # noqa: S608 (constants)
        (*(getattr(card, name) or None for name in TEXTS), card.signature or None, row),
    )
    if files is not None:
        transaction.run(
            "UPDATE model_versions SET size_bytes = ?, n_files = ?, digest = ? WHERE id = ?",
            (files.size_bytes, files.n_files, files.digest or None, row),
        )
    transaction.run_many(
        "INSERT INTO model_version_metrics (version_id, key, value, step, timestamp) VALUES (?, ?, ?, ?, ?)",
        [
            (row, metric.key, None if math.isnan(metric.value) else metric.value, metric.step, metric.timestamp_ms)
            for metric in card.metrics
        ],
    )
    transaction.run_many(
        "INSERT INTO model_version_params (version_id, key, value, number) VALUES (?, ?, ?, ?)",
        [(row, key, value, as_number(value)) for key, value in card.params.items()],
    )
    _write_datasets(transaction, row, card.datasets)
    transaction.run_many(
        "INSERT INTO model_version_flavours (version_id, name) VALUES (?, ?)",
        [(row, flavour) for flavour in sorted(set(card.flavours))],
    )


def replace_card(transaction: Transaction, row: int, card: ModelCard, files: ModelFiles | None) -> None:
    """Args: files: None: they stay as they are."""
    connection = transaction.connection
    for table in (
        "model_version_metrics",
        "model_version_params",
        "model_version_flavours",
    ):
        transaction.run(f"DELETE FROM {table} WHERE version_id = ?", (row,))  # noqa: S608 (constants)
    # What who replaces it cannot see stays.
    dataset, hidden = model_version_datasets.c, hidden_of(connection).in_workspace(name_of(connection))
    is_hidden = is_named(dataset.name, hidden, is_sqlite=connection.dialect.name == "sqlite")
    connection.execute(sa.delete(model_version_datasets).where(dataset.version_id == row, sa.not_(is_hidden)))
    write_card(transaction, row, card, files)


def _write_datasets(transaction: Transaction, row: int, datasets: tuple[ModelDataset, ...]) -> None:
    transaction.run_many(
        "INSERT INTO model_version_datasets (version_id, name, digest, context) VALUES (?, ?, ?, ?)",
        sorted({(row, dataset.name, dataset.digest, dataset.context) for dataset in datasets}),
    )


def add_of_logged_model(transaction: Transaction, row: int, model_id: str) -> None:
    """Copy params and metrics of a logged model, where the card has no such key."""
    if not model_id:
        return
    transaction.run(
        "INSERT INTO model_version_params (version_id, key, value, number) "
        "SELECT CAST(? AS BIGINT), p.key, p.value, p.number FROM logged_model_params p "
        "JOIN logged_models m ON m.id = p.model WHERE m.model_id = ? ON CONFLICT DO NOTHING",
        (row, model_id),
    )
    # A metric measured on several datasets, or by several runs: the newest counts.
    transaction.run(
        "INSERT INTO model_version_metrics (version_id, key, value, step, timestamp) "
        "SELECT CAST(? AS BIGINT), x.key, x.value, x.step, x.timestamp FROM logged_model_metrics x "
        "JOIN logged_models m ON m.id = x.model WHERE m.model_id = ? "
        "ORDER BY x.key, x.step DESC, x.timestamp DESC ON CONFLICT DO NOTHING",
        (row, model_id),
    )
    transaction.run(
        "INSERT INTO model_version_datasets (version_id, name, digest, context) "
        "SELECT DISTINCT CAST(? AS BIGINT), x.dataset_name, x.dataset_digest, 'eval' FROM logged_model_metrics x "
        "JOIN logged_models m ON m.id = x.model WHERE m.model_id = ? AND x.dataset_name <> '' ON CONFLICT DO NOTHING",
        (row, model_id),
    )


def add_of_run(transaction: Transaction, row: int, run_id: str) -> None:
    """Copy params, last metrics and datasets of a run, where the card has no such key."""
    run = transaction.row("SELECT id FROM runs WHERE run_id = ?", (run_id,)) if run_id else None
    if run is None:
        return
    number = int(run[0])
    transaction.run(
        "INSERT INTO model_version_params (version_id, key, value, number) "
        "SELECT CAST(? AS BIGINT), k.key, p.value, p.number FROM params p JOIN keys k ON k.id = p.key_id "
        "WHERE p.run = ? ON CONFLICT DO NOTHING",
        (row, number),
    )
    transaction.run(
        "INSERT INTO model_version_metrics (version_id, key, value, step, timestamp) "
        "SELECT CAST(? AS BIGINT), k.key, l.value, l.step, l.timestamp FROM latest_metrics l "
        "JOIN keys k ON k.id = l.key_id WHERE l.run = ? ON CONFLICT DO NOTHING",
        (row, number),
    )
    transaction.run(
        "INSERT INTO model_version_datasets (version_id, name, digest, context) "
        "SELECT DISTINCT CAST(? AS BIGINT), d.name, d.digest, COALESCE(u.context, '') FROM dataset_uses u "
        "JOIN datasets d ON d.id = u.dataset_id WHERE u.run = ? AND u.is_output = 0 ON CONFLICT DO NOTHING",
        (row, number),
    )
