"""Jobs: the queue, the logs, the agents.

Revision: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def number() -> sa.types.TypeEngine[int]:
    # SQLite numbers rows by itself only when the type is exactly INTEGER.
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("job_id", words(32), nullable=False),
        sa.Column("work", text(), nullable=False),
        sa.Column("queue", words(100), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("labels", text(), nullable=False),
        sa.Column("idempotency_key", words(250), nullable=True),
        sa.Column("state", words(12), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("agent", words(250), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("claim_time", sa.BigInteger(), nullable=True),
        sa.Column("start_time", sa.BigInteger(), nullable=True),
        sa.Column("end_time", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("is_cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("exit_code", sa.BigInteger(), nullable=True),
        sa.Column("reason", text(), nullable=False),
        sa.Column("run_id", words(256), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("job_id", name=op.f("uq_jobs_job_id")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_jobs_idempotency_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_queue", "jobs", ["state", "queue", "priority", "id"], unique=False)
    op.create_index("ix_jobs_lease", "jobs", ["state", "lease_until"], unique=False)
    op.create_table(
        "job_logs",
        sa.Column("job", number(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("job", "attempt", "start", name=op.f("pk_job_logs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "agents",
        sa.Column("name", words(250), nullable=False),
        sa.Column("description", text(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_agents")),
    )
