"""The audit.

Revision: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NO_DIGEST = "0" * 64


def number() -> sa.types.TypeEngine[int]:
    # SQLite keeps rows in the order of a key only when its type is exactly INTEGER.
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_records",
        sa.Column("number", number(), autoincrement=False, nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("user_name", text(), nullable=False),
        sa.Column("token", text(), nullable=False),
        sa.Column("address", text(), nullable=False),
        sa.Column("action", text(), nullable=False),
        sa.Column("object", text(), nullable=False),
        sa.Column("detail", text(), nullable=False),
        sa.Column("result", words(10), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("n_times", sa.Integer(), nullable=False),
        sa.Column("request_id", text(), nullable=False),
        sa.Column("digest", words(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_records")),
    )
    op.create_index("ix_audit_records_user", "audit_records", ["user_name", "number"], unique=False)
    op.create_index("ix_audit_records_action", "audit_records", ["action", "number"], unique=False)
    op.create_index("ix_audit_records_object", "audit_records", ["object", "number"], unique=False)
    op.create_index("ix_audit_records_time", "audit_records", ["time"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("digest", words(64), nullable=False),
        sa.Column("archived", sa.BigInteger(), nullable=False),
        sa.Column("archived_digest", words(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    insert = sa.text(
        "INSERT INTO audit_head (id, number, digest, archived, archived_digest) VALUES (0, 0, :none, 0, :none)"
    )
    op.execute(insert.bindparams(none=NO_DIGEST))
