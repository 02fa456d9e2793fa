"""Versions whose files are read in the background, files one by one, and what webhooks were not told of.

Revision: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("model_versions", sa.Column("status", words(30), server_default="READY", nullable=False))
    op.add_column("model_versions", sa.Column("status_message", text(), server_default="", nullable=False))
    op.create_table(
        "pending_versions",
        sa.Column("version_id", number(), autoincrement=False, nullable=False),
        sa.Column("due_time", sa.BigInteger(), nullable=False),
        sa.Column("n_attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_pending_versions")),
    )
    op.create_table(
        "model_version_files",
        sa.Column("version_id", number(), autoincrement=False, nullable=False),
        sa.Column("listing", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_model_version_files")),
    )
    op.add_column("webhooks", sa.Column("n_dropped", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("webhooks", sa.Column("last_drop_time", sa.BigInteger(), nullable=True))
