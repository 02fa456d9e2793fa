"""The first schema.

Revision: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def number() -> sa.types.TypeEngine[int]:
    # SQLite numbers rows by itself only when the type is exactly INTEGER.
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "change_counter",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_counter")),
    )
    op.create_table(
        "dataset_uses",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("run", number(), nullable=False),
        sa.Column("dataset_id", number(), nullable=False),
        sa.Column("is_output", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "context",
            sa.String(length=500).with_variant(sa.String(length=500, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("tags", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_uses")),
        sa.UniqueConstraint("run", "dataset_id", "is_output", name=op.f("uq_dataset_uses_run_dataset_id_is_output")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dataset_uses_dataset", "dataset_uses", ["dataset_id", "run"], unique=False)
    op.create_table(
        "datasets",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("experiment_id", number(), nullable=False),
        sa.Column(
            "name",
            sa.String(length=500).with_variant(sa.String(length=500, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "digest",
            sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("source_type", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("source", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("schema", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("profile", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datasets")),
        sa.UniqueConstraint("experiment_id", "name", "digest", name=op.f("uq_datasets_experiment_id_name_digest")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "experiment_tags",
        sa.Column("experiment_id", number(), nullable=False),
        sa.Column(
            "key",
            sa.String(length=250).with_variant(sa.String(length=250, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("value", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("experiment_id", "key", name=op.f("pk_experiment_tags")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "experiments",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column(
            "name",
            sa.String(length=500).with_variant(sa.String(length=500, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("artifact_location", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "lifecycle_stage",
            sa.String(length=10).with_variant(sa.String(length=10, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("last_update_time", sa.BigInteger(), nullable=False),
        sa.Column("deleted_time", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiments")),
        sa.UniqueConstraint("name", name=op.f("uq_experiments_name")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_experiments_creation_time", "experiments", ["creation_time"], unique=False)
    op.create_table(
        "keys",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("experiment_id", number(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column(
            "key",
            sa.String(length=250).with_variant(sa.String(length=250, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("n_runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keys")),
        sa.UniqueConstraint("experiment_id", "kind", "key", name=op.f("uq_keys_experiment_id_kind_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "latest_metrics",
        sa.Column("run", number(), nullable=False),
        sa.Column("key_id", number(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("min", sa.Double(), nullable=True),
        sa.Column("max", sa.Double(), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run", "key_id", name=op.f("pk_latest_metrics")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_latest_metrics_value", "latest_metrics", ["key_id", "value", "run", "min", "max"], unique=False)
    op.create_table(
        "metric_chunks",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("run", number(), nullable=False),
        sa.Column("key_id", number(), nullable=False),
        sa.Column("n_points", sa.Integer(), nullable=False),
        sa.Column("first_step", sa.BigInteger(), nullable=False),
        sa.Column("first_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("last_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("steps", sa.LargeBinary(), nullable=False),
        sa.Column("timestamps", sa.LargeBinary(), nullable=False),
        sa.Column("point_values", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_chunks")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_metric_chunks_run_key", "metric_chunks", ["run", "key_id", "first_step"], unique=False)
    op.create_table(
        "metric_journal",
        sa.Column("seq", number(), autoincrement=True, nullable=False),
        sa.Column("run", number(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("n_points", sa.Integer(), nullable=False),
        sa.Column("is_folded", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_metric_journal")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_metric_journal_run", "metric_journal", ["run", "digest"], unique=False)
    op.create_index(
        "ix_metric_journal_unfolded",
        "metric_journal",
        ["run"],
        unique=False,
        sqlite_where=sa.text("is_folded = 0"),
        postgresql_where=sa.text("is_folded = 0"),
    )
    op.create_table(
        "params",
        sa.Column("run", number(), nullable=False),
        sa.Column("key_id", number(), nullable=False),
        sa.Column("value", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("run", "key_id", name=op.f("pk_params")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_params_long",
        "params",
        ["key_id", "run"],
        unique=False,
        sqlite_where=sa.text("length(value) > 300"),
        postgresql_where=sa.text("length(value) > 300"),
    )
    op.create_index(
        "ix_params_value",
        "params",
        ["key_id", "number", "value", "run"],
        unique=False,
        sqlite_where=sa.text("length(value) <= 300"),
        postgresql_where=sa.text("length(value) <= 300"),
    )
    op.create_table(
        "runs",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column(
            "run_id",
            sa.String(length=256).with_variant(sa.String(length=256, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("experiment_id", number(), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("user_id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column(
            "lifecycle_stage",
            sa.String(length=10).with_variant(sa.String(length=10, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("start_time", sa.BigInteger(), nullable=False),
        sa.Column("end_time", sa.BigInteger(), nullable=True),
        sa.Column("deleted_time", sa.BigInteger(), nullable=True),
        sa.Column("deleted_with_experiment", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("artifact_uri", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "parent_run_id",
            sa.String(length=256).with_variant(sa.String(length=256, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("heartbeat", sa.BigInteger(), nullable=True),
        sa.Column("last_write", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column(
            "idempotency_key",
            sa.String(length=256).with_variant(sa.String(length=256, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_runs_idempotency_key")),
        sa.UniqueConstraint("run_id", name=op.f("uq_runs_run_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_experiment_change", "runs", ["experiment_id", "change"], unique=False)
    op.create_index(
        "ix_runs_experiment_start", "runs", ["experiment_id", "lifecycle_stage", "start_time", "run_id"], unique=False
    )
    op.create_index(
        "ix_runs_parent",
        "runs",
        ["parent_run_id"],
        unique=False,
        sqlite_where=sa.text("parent_run_id IS NOT NULL"),
        postgresql_where=sa.text("parent_run_id IS NOT NULL"),
    )
    op.create_table(
        "saved_views",
        sa.Column(
            "view_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.String(length=250).with_variant(sa.String(length=250, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "name",
            sa.String(length=250).with_variant(sa.String(length=250, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("state", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("last_update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_saved_views")),
    )
    op.create_index("ix_saved_views_scope", "saved_views", ["scope", "name"], unique=False)
    op.create_table(
        "tags",
        sa.Column("run", number(), nullable=False),
        sa.Column("key_id", number(), nullable=False),
        sa.Column("value", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("run", "key_id", name=op.f("pk_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_tags_long",
        "tags",
        ["key_id", "run"],
        unique=False,
        sqlite_where=sa.text("length(value) > 300"),
        postgresql_where=sa.text("length(value) > 300"),
    )
    op.create_index(
        "ix_tags_value",
        "tags",
        ["key_id", "value", "run"],
        unique=False,
        sqlite_where=sa.text("length(value) <= 300"),
        postgresql_where=sa.text("length(value) <= 300"),
    )
