"""Who owns runs and logged models, how many bytes they keep, and quotas.

Whoever made what is there already is not known for certain: it is nobody's, and counts against no quota.

Revision: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    for table in ("runs", "logged_models"):
        op.add_column(table, sa.Column("owner_id", number(), nullable=True))
        op.add_column(table, sa.Column("n_bytes", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "usage",
        sa.Column("owner_kind", words(12), nullable=False),
        sa.Column("owner_id", number(), nullable=False),
        sa.Column("n_runs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("max_runs", sa.BigInteger(), nullable=True),
        sa.Column("max_bytes", sa.BigInteger(), nullable=True),
        sa.Column("max_requests_per_s", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("owner_kind", "owner_id", name=op.f("pk_usage")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO usage (owner_kind, owner_id, n_runs, n_bytes) SELECT 'nobody', 0, n, 0 "
        "FROM (SELECT count(*) AS n FROM runs) AS counted WHERE n > 0"
    )
    op.create_table(
        "request_counts",
        sa.Column("user_id", number(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("n_requests", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "day", name=op.f("pk_request_counts")),
        sqlite_with_rowid=False,
    )
