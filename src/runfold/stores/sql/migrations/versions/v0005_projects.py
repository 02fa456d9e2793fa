"""Registered projects, and what became of each job step by step.

Revision: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("project", words(250), server_default="", nullable=False))
    op.create_index("ix_jobs_project", "jobs", ["project", "id"], unique=False)
    op.create_table(
        "job_steps",
        sa.Column("change", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job", number(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", words(12), nullable=False),
        sa.Column("agent", words(250), nullable=False),
        sa.Column("exit_code", sa.BigInteger(), nullable=True),
        sa.Column("reason", text(), nullable=False),
        sa.PrimaryKeyConstraint("change", name=op.f("pk_job_steps")),
    )
    op.create_index("ix_job_steps_job", "job_steps", ["job", "change"], unique=False)
    op.create_table(
        "registered_projects",
        sa.Column("name", words(250), nullable=False),
        sa.Column("settings", text(), nullable=False),
        sa.Column("reading", text(), nullable=False),
        sa.Column("read_time", sa.BigInteger(), nullable=True),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("last_update_time", sa.BigInteger(), nullable=False),
        sa.Column("user_id", words(250), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_registered_projects")),
    )
