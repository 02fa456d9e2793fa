"""Rules of retention, what their passes did, and what waits in the trash because of them.

Revision: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def number() -> sa.types.TypeEngine[int]:
    # SQLite numbers rows by itself only when the type is exactly INTEGER.
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "retention_rules",
        sa.Column("name", words(100), nullable=False),
        sa.Column("place", text(), nullable=False),
        sa.Column("filter", text(), nullable=False),
        sa.Column("best_by", text(), nullable=False),
        sa.Column("keep_best", sa.Integer(), nullable=False),
        sa.Column("keep_last", sa.Integer(), nullable=False),
        sa.Column("per", text(), nullable=False),
        sa.Column("after_days", sa.Double(), nullable=False),
        sa.Column("retires", words(10), nullable=False),
        sa.Column("path", text(), nullable=False),
        sa.Column("trash_days", sa.Double(), nullable=True),
        sa.Column("every_hours", sa.Double(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("next_time", sa.BigInteger(), nullable=False),
        sa.Column("holder", words(64), server_default="", nullable=False),
        sa.Column("lease_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_retention_rules")),
    )
    op.create_table(
        "retention_passes",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("rule", words(100), nullable=False),
        sa.Column("started_by", text(), nullable=False),
        sa.Column("start_time", sa.BigInteger(), nullable=False),
        sa.Column("end_time", sa.BigInteger(), nullable=True),
        sa.Column("n_retired", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("n_purged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_passes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_retention_passes_rule", "retention_passes", ["rule", "id"], unique=False)
    op.create_table(
        "retention_items",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("rule", words(100), nullable=False),
        sa.Column("run_id", words(256), nullable=False),
        sa.Column("path", text(), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_items")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_retention_items_rule", "retention_items", ["rule", "time"], unique=False)
    op.create_index("ix_retention_items_run", "retention_items", ["run_id"], unique=False)
