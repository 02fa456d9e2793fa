"""Models: registered ones with versions, aliases and promotions, logged ones, policies and webhooks.

Revision: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def number() -> sa.types.TypeEngine[int]:
    # SQLite numbers rows by itself only when the type is exactly INTEGER.
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "alias_moves",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("model", number(), nullable=False),
        sa.Column("alias", words(255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("reason", text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias_moves")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alias_moves_alias", "alias_moves", ["model", "alias", "id"], unique=False)
    op.create_table(
        "logged_model_metrics",
        sa.Column("model", number(), nullable=False),
        sa.Column("key", words(250), nullable=False),
        sa.Column("run_id", words(256), nullable=False),
        sa.Column("dataset_name", words(500), nullable=False),
        sa.Column("dataset_digest", words(36), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "model", "key", "run_id", "dataset_name", "dataset_digest", name=op.f("pk_logged_model_metrics")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "logged_model_params",
        sa.Column("model", number(), nullable=False),
        sa.Column("key", words(250), nullable=False),
        sa.Column("value", text(), nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("model", "key", name=op.f("pk_logged_model_params")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "logged_model_tags",
        sa.Column("model", number(), nullable=False),
        sa.Column("key", words(250), nullable=False),
        sa.Column("value", text(), nullable=False),
        sa.PrimaryKeyConstraint("model", "key", name=op.f("pk_logged_model_tags")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "logged_models",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("model_id", words(36), nullable=False),
        sa.Column("experiment_id", number(), nullable=False),
        sa.Column("name", words(500), nullable=False),
        sa.Column("model_type", text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("status_message", text(), nullable=False),
        sa.Column("source_run_id", words(256), nullable=False),
        sa.Column("creator_id", text(), nullable=False),
        sa.Column("artifact_uri", text(), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("last_update_time", sa.BigInteger(), nullable=False),
        sa.Column("deleted_time", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logged_models")),
        sa.UniqueConstraint("model_id", name=op.f("uq_logged_models_model_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_logged_models_experiment", "logged_models", ["experiment_id", "creation_time", "model_id"], unique=False
    )
    op.create_index("ix_logged_models_source_run", "logged_models", ["source_run_id"], unique=False)
    op.create_table(
        "model_aliases",
        sa.Column("model", number(), nullable=False),
        sa.Column("alias", words(255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("model", "alias", name=op.f("pk_model_aliases")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_model_aliases_version", "model_aliases", ["model", "version"], unique=False)
    op.create_table(
        "model_policies",
        sa.Column("model", number(), autoincrement=False, nullable=False),
        sa.Column("policy", text(), nullable=False),
        sa.Column("last_update_time", sa.BigInteger(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.PrimaryKeyConstraint("model", name=op.f("pk_model_policies")),
    )
    op.create_table(
        "model_version_datasets",
        sa.Column("version_id", number(), nullable=False),
        sa.Column("name", words(500), nullable=False),
        sa.Column("digest", words(36), nullable=False),
        sa.Column("context", words(500), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "name", "digest", "context", name=op.f("pk_model_version_datasets")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "model_version_flavours",
        sa.Column("version_id", number(), nullable=False),
        sa.Column("name", words(250), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "name", name=op.f("pk_model_version_flavours")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "model_version_metrics",
        sa.Column("version_id", number(), nullable=False),
        sa.Column("key", words(250), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "key", name=op.f("pk_model_version_metrics")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "model_version_params",
        sa.Column("version_id", number(), nullable=False),
        sa.Column("key", words(250), nullable=False),
        sa.Column("value", text(), nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("version_id", "key", name=op.f("pk_model_version_params")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "model_version_tags",
        sa.Column("version_id", number(), nullable=False),
        sa.Column("key", words(250), nullable=False),
        sa.Column("value", text(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "key", name=op.f("pk_model_version_tags")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "model_versions",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("model", number(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("description", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("last_update_time", sa.BigInteger(), nullable=False),
        sa.Column("stage", words(20), nullable=False),
        sa.Column("source", text(), nullable=False),
        sa.Column("storage_location", text(), nullable=False),
        sa.Column("location_mark", words(32), nullable=False),
        sa.Column("run_id", words(256), nullable=False),
        sa.Column("run_link", text(), nullable=False),
        sa.Column("model_id", words(256), nullable=False),
        sa.Column("algorithm", text(), nullable=True),
        sa.Column("framework", text(), nullable=True),
        sa.Column("framework_version", text(), nullable=True),
        sa.Column("task", text(), nullable=True),
        sa.Column("target_platform", text(), nullable=True),
        sa.Column("owner", text(), nullable=True),
        sa.Column("licence", text(), nullable=True),
        sa.Column("serialisation", text(), nullable=True),
        sa.Column("signature", text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("n_files", sa.Integer(), nullable=True),
        sa.Column("digest", words(80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_versions")),
        sa.UniqueConstraint("model", "version", name=op.f("uq_model_versions_model_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_model_versions_location", "model_versions", ["location_mark"], unique=False)
    op.create_index("ix_model_versions_model_id", "model_versions", ["model_id"], unique=False)
    op.create_index("ix_model_versions_run_id", "model_versions", ["run_id"], unique=False)
    op.create_table(
        "promotion_requests",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("request_id", words(32), nullable=False),
        sa.Column("model", number(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("alias", words(255), nullable=False),
        sa.Column("state", words(20), nullable=False),
        sa.Column("description", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("reviewers", text(), nullable=False),
        sa.Column("n_approvals", sa.Integer(), nullable=False),
        sa.Column("gates", text(), nullable=False),
        sa.Column("results", text(), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("last_update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_requests")),
        sa.UniqueConstraint("request_id", name=op.f("uq_promotion_requests_request_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_promotion_requests_model", "promotion_requests", ["model", "id"], unique=False)
    op.create_table(
        "promotion_reviews",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("request", number(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("verdict", words(20), nullable=False),
        sa.Column("comment", text(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_reviews")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_promotion_reviews_request", "promotion_reviews", ["request", "id"], unique=False)
    op.create_table(
        "registered_model_tags",
        sa.Column("model", number(), nullable=False),
        sa.Column("key", words(250), nullable=False),
        sa.Column("value", text(), nullable=False),
        sa.PrimaryKeyConstraint("model", "key", name=op.f("pk_registered_model_tags")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "registered_models",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("name", words(256), nullable=False),
        sa.Column("description", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("last_update_time", sa.BigInteger(), nullable=False),
        sa.Column("last_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("newest", number(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_models")),
        sa.UniqueConstraint("name", name=op.f("uq_registered_models_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "run_models",
        sa.Column("run", number(), nullable=False),
        sa.Column("model_id", words(36), nullable=False),
        sa.Column("is_output", sa.SmallInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run", "is_output", "model_id", name=op.f("pk_run_models")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_run_models_model", "run_models", ["model_id"], unique=False)
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("delivery_id", words(36), nullable=False),
        sa.Column("webhook", number(), nullable=False),
        sa.Column("entity", words(40), nullable=False),
        sa.Column("action", words(40), nullable=False),
        sa.Column("body", text(), nullable=False),
        sa.Column("state", words(20), nullable=False),
        sa.Column("n_attempts", sa.Integer(), nullable=False),
        sa.Column("due_time", sa.BigInteger(), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_webhook_deliveries_delivery_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", ["state", "due_time"], unique=False)
    op.create_index("ix_webhook_deliveries_webhook", "webhook_deliveries", ["webhook", "id"], unique=False)
    op.create_table(
        "webhooks",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("webhook_id", words(36), nullable=False),
        sa.Column("name", words(500), nullable=False),
        sa.Column("description", text(), nullable=False),
        sa.Column("url", text(), nullable=False),
        sa.Column("events", text(), nullable=False),
        sa.Column("secret", text(), nullable=False),
        sa.Column("is_active", sa.SmallInteger(), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("last_update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("webhook_id", name=op.f("uq_webhooks_webhook_id")),
        sqlite_autoincrement=True,
    )
