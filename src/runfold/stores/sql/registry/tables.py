"""The tables of models: part of the one schema that `stores.sql.tables` begins.

Models and versions have small numbers of their own, which other tables refer to, so that a rename touches one row.
The last version number of a name stands in its row and only ever grows: numbers are never used again.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
)

from runfold.stores.sql.tables import Number, Words, metadata, words, workspace_column

registered_models = Table(
    "registered_models",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("name", words(256), nullable=False),
    Column("description", Words, nullable=False),
    Column("user_id", Words, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    Column("last_version", Integer, nullable=False, server_default="0"),
    # The version with the highest number that is there: searches over models look at its metadata.
    Column("newest", Number),
    workspace_column(),
    UniqueConstraint("workspace", "name"),
    sqlite_autoincrement=True,
)

registered_model_tags = Table(
    "registered_model_tags",
    metadata,
    Column("model", Number, nullable=False),
    Column("key", words(250), nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("model", "key"),
    sqlite_with_rowid=False,
)

model_versions = Table(
    "model_versions",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("model", Number, nullable=False),
    Column("version", Integer, nullable=False),
    Column("description", Words, nullable=False),
    Column("user_id", Words, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    Column("stage", words(20), nullable=False),
    Column("source", Words, nullable=False),
    # Where the files lie: the source with `models:/` resolved.
    Column("storage_location", Words, nullable=False),
    # Of the location, which may be too long for an index: tells whether a folder belongs to a version.
    Column("location_mark", words(32), nullable=False),
    Column("run_id", words(256), nullable=False),
    Column("run_link", Words, nullable=False),
    Column("model_id", words(256), nullable=False),
    # What is known of the model; NULL: unknown.
    Column("algorithm", Words),
    Column("framework", Words),
    Column("framework_version", Words),
    Column("task", Words),
    Column("target_platform", Words),
    Column("owner", Words),
    Column("licence", Words),
    Column("serialisation", Words),
    Column("signature", Words),
    Column("size_bytes", BigInteger),
    Column("n_files", Integer),
    Column("digest", words(80)),
    Column("status", words(30), nullable=False, server_default="READY"),
    Column("status_message", Words, nullable=False, server_default=""),
    UniqueConstraint("model", "version"),
    Index("ix_model_versions_run_id", "run_id"),
    Index("ix_model_versions_model_id", "model_id"),
    Index("ix_model_versions_location", "location_mark"),
    sqlite_autoincrement=True,
)

# Versions whose files a server still has to read.
pending_versions = Table(
    "pending_versions",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    # When a server may take it; while one reads, when another may take it over.
    Column("due_time", BigInteger, nullable=False),
    Column("n_attempts", Integer, nullable=False),
)

# The files of a version one by one: a JSON list of `[path, size, sha256]`, deflated, read whole.
model_version_files = Table(
    "model_version_files",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("listing", LargeBinary, nullable=False),
)

model_version_tags = Table(
    "model_version_tags",
    metadata,
    Column("version_id", Number, nullable=False),
    Column("key", words(250), nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("version_id", "key"),
    sqlite_with_rowid=False,
)

model_version_metrics = Table(
    "model_version_metrics",
    metadata,
    Column("version_id", Number, nullable=False),
    Column("key", words(250), nullable=False),
    # NULL is NaN.
    Column("value", Double),
    Column("step", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    PrimaryKeyConstraint("version_id", "key"),
    sqlite_with_rowid=False,
)

model_version_params = Table(
    "model_version_params",
    metadata,
    Column("version_id", Number, nullable=False),
    Column("key", words(250), nullable=False),
    Column("value", Words, nullable=False),
    Column("number", Double),
    PrimaryKeyConstraint("version_id", "key"),
    sqlite_with_rowid=False,
)

model_version_datasets = Table(
    "model_version_datasets",
    metadata,
    Column("version_id", Number, nullable=False),
    Column("name", words(500), nullable=False),
    Column("digest", words(36), nullable=False),
    Column("context", words(500), nullable=False),
    PrimaryKeyConstraint("version_id", "name", "digest", "context"),
    sqlite_with_rowid=False,
)

model_version_flavours = Table(
    "model_version_flavours",
    metadata,
    Column("version_id", Number, nullable=False),
    Column("name", words(250), nullable=False),
    PrimaryKeyConstraint("version_id", "name"),
    sqlite_with_rowid=False,
)

model_aliases = Table(
    "model_aliases",
    metadata,
    Column("model", Number, nullable=False),
    Column("alias", words(255), nullable=False),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("model", "alias"),
    Index("ix_model_aliases_version", "model", "version"),
    sqlite_with_rowid=False,
)

# Every move of an alias, never changed. The present target is the last row, and stands in `model_aliases` too.
alias_moves = Table(
    "alias_moves",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("model", Number, nullable=False),
    Column("alias", words(255), nullable=False),
    # NULL: the alias was removed.
    Column("version", Integer),
    Column("time", BigInteger, nullable=False),
    Column("user_id", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Index("ix_alias_moves_alias", "model", "alias", "id"),
    sqlite_autoincrement=True,
)

logged_models = Table(
    "logged_models",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("model_id", words(36), nullable=False, unique=True),
    Column("experiment_id", Number, nullable=False),
    Column("name", words(500), nullable=False),
    Column("model_type", Words, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("status_message", Words, nullable=False),
    Column("source_run_id", words(256), nullable=False),
    Column("creator_id", Words, nullable=False),
    Column("artifact_uri", Words, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    Column("deleted_time", BigInteger),
    Column("owner_id", Number),
    Column("n_bytes", BigInteger, nullable=False, server_default="0"),
    Index("ix_logged_models_experiment", "experiment_id", "creation_time", "model_id"),
    Index("ix_logged_models_source_run", "source_run_id"),
    sqlite_autoincrement=True,
)

logged_model_tags = Table(
    "logged_model_tags",
    metadata,
    Column("model", Number, nullable=False),
    Column("key", words(250), nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("model", "key"),
    sqlite_with_rowid=False,
)

logged_model_params = Table(
    "logged_model_params",
    metadata,
    Column("model", Number, nullable=False),
    Column("key", words(250), nullable=False),
    Column("value", Words, nullable=False),
    Column("number", Double),
    PrimaryKeyConstraint("model", "key"),
    sqlite_with_rowid=False,
)

# The latest point of a metric per run and dataset that it was measured on; empty texts: no dataset.
logged_model_metrics = Table(
    "logged_model_metrics",
    metadata,
    Column("model", Number, nullable=False),
    Column("key", words(250), nullable=False),
    Column("run_id", words(256), nullable=False),
    Column("dataset_name", words(500), nullable=False),
    Column("dataset_digest", words(36), nullable=False),
    # NULL is NaN.
    Column("value", Double),
    Column("step", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    PrimaryKeyConstraint("model", "key", "run_id", "dataset_name", "dataset_digest"),
    sqlite_with_rowid=False,
)

run_models = Table(
    "run_models",
    metadata,
    Column("run", Number, nullable=False),
    Column("model_id", words(36), nullable=False),
    Column("is_output", SmallInteger, nullable=False),
    Column("step", BigInteger, nullable=False),
    PrimaryKeyConstraint("run", "is_output", "model_id"),
    Index("ix_run_models_model", "model_id"),
    sqlite_with_rowid=False,
)

promotion_requests = Table(
    "promotion_requests",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("request_id", words(32), nullable=False, unique=True),
    Column("model", Number, nullable=False),
    Column("version", Integer, nullable=False),
    Column("alias", words(255), nullable=False),
    Column("state", words(20), nullable=False),
    Column("description", Words, nullable=False),
    Column("user_id", Words, nullable=False),
    # Names as a JSON list, read whole.
    Column("reviewers", Words, nullable=False),
    Column("n_approvals", Integer, nullable=False),
    # Gates as a JSON list, as they were when the request was made.
    Column("gates", Words, nullable=False),
    # What the gates said when it was merged, as a JSON list; empty before.
    Column("results", Words, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    Index("ix_promotion_requests_model", "model", "id"),
    sqlite_autoincrement=True,
)

promotion_reviews = Table(
    "promotion_reviews",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("request", Number, nullable=False),
    Column("user_id", Words, nullable=False),
    Column("verdict", words(20), nullable=False),
    Column("comment", Words, nullable=False),
    Column("time", BigInteger, nullable=False),
    Index("ix_promotion_reviews_request", "request", "id"),
    sqlite_autoincrement=True,
)

model_policies = Table(
    "model_policies",
    metadata,
    # 0: every model of the store.
    Column("model", Number, primary_key=True, autoincrement=False),
    Column("policy", Words, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    Column("user_id", Words, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("webhook_id", words(36), nullable=False, unique=True),
    Column("name", words(500), nullable=False),
    Column("description", Words, nullable=False),
    Column("url", Words, nullable=False),
    # A JSON list of `[entity, action]`.
    Column("events", Words, nullable=False),
    Column("secret", Words, nullable=False),
    Column("is_active", SmallInteger, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    # Events that it was not told of, because too many deliveries waited already; and when that last happened.
    Column("n_dropped", BigInteger, nullable=False, server_default="0"),
    Column("last_drop_time", BigInteger),
    sqlite_autoincrement=True,
)

# What is to be sent, and what was: written in the transaction of the change that it tells of.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("delivery_id", words(36), nullable=False, unique=True),
    Column("webhook", Number, nullable=False),
    Column("entity", words(40), nullable=False),
    Column("action", words(40), nullable=False),
    Column("body", Words, nullable=False),
    Column("state", words(20), nullable=False),
    Column("n_attempts", Integer, nullable=False),
    # When it may be sent; while it is being sent, when another process may take it over.
    Column("due_time", BigInteger, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("status", Integer),
    Column("error", Words, nullable=False),
    Index("ix_webhook_deliveries_due", "state", "due_time"),
    Index("ix_webhook_deliveries_webhook", "webhook", "id"),
    sqlite_autoincrement=True,
)
